"""``ansible/<name>.yml``: the values of a machine without Group Policy, for ansible.windows."""

from __future__ import annotations

import re
from typing import Any

from gpogen.artifacts import direct_files
from gpogen.artifacts.api import Artifact, Held, OutFile, Reference
from gpogen.artifacts.placing import placing
from gpogen.catalog.platforms import operating_systems
from gpogen.compile.result import Compiled, Header, records_of
from gpogen.formats import playbook
from gpogen.policy.keys import is_policy_key
from gpogen.policy.records import Record
from gpogen.yaml_text import Tagged

_RESTART = "Restart"
_NOQA = "noqa: run-once[task]"


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the playbook; nothing where there is nothing to set."""
    if not compiled.direct:
        return ()
    header, records = compiled.header, records_of(compiled.direct)
    restarts = asks(compiled)
    play = playbook.Play(
        name=f"Set the values of the profile {header.name}",
        hosts=group(header),
        pre_tasks=_checks(header),
        handlers=_handlers() if restarts else (),
        notifies=_event if restarts else _nothing,
    )
    data = playbook.encode(records, direct_files.remarks(compiled), play)
    return (OutFile(f"ansible/{header.name}.yml", data),)


def asks(compiled: Compiled) -> bool:
    """Tell whether the playbook asks for a restart."""
    return bool(compiled.facts.restart_causes) and any(
        _event(item.record) for item in compiled.direct
    )


def group(header: Header) -> str:
    """Name the group of an inventory, ``hotpatch_servers_ring_1``."""
    return re.sub(r"[^a-z0-9]+", "_", placing(header).group.lower())


def _checks(header: Header) -> list[dict[str, Any]]:
    """Return the task that stops where a machine runs another build than the profile is for."""
    system = operating_systems().get(header.os)
    if system is None:
        return []
    return [
        {
            "name": "Stop where the machine is not the one that the profile is for",
            "ansible.builtin.assert": {
                "that": [f"ansible_facts['distribution_version'].startswith('{system.build}.')"],
                "fail_msg": f"The profile is for {header.os_title}, build {system.build}.",
                "quiet": True,
            },
        }
    ]


def _event(record: Record) -> str:
    """Return what a changed value announces: the policies of Windows Update need no restart."""
    return "" if is_policy_key(record.key) else _RESTART


def _nothing(_record: Record) -> str:
    return ""


def _handlers() -> list[dict[str, Any]]:
    """Return handlers that restart the machines only after somebody has typed yes.

    Without a terminal nobody answers, and nothing restarts.
    """
    return [
        {
            # Without run_once the answer is registered for the first machine alone.
            "name": Tagged("Ask whether the changed machines may restart now", note=_NOQA),
            "listen": _RESTART,
            "ansible.builtin.pause": {
                "prompt": "Some values apply only after a restart. Restart now? Type yes"
            },
            "register": "restart_answer",
            "run_once": True,
            "when": "not ansible_check_mode",
        },
        {
            "name": "Restart the changed machines",
            "listen": _RESTART,
            "ansible.windows.win_reboot": {},
            "when": "(restart_answer.user_input | default('')) == 'yes'",
        },
    ]


def expected(source: Reference) -> tuple[Held, ...]:
    """Return what the playbook must give."""
    return direct_files.expected(source, "ansible", f"ansible/{source.name}.yml")


ARTIFACT = Artifact(
    id="ansible",
    title="Ansible playbook",
    consumer="Ansible with the collection ansible.windows",
    command="ansible-playbook -i inventory.ini --check --diff ansible/NAME.yml",
    emit=emit,
    form="ansible",
    expected=expected,
    needs=("ansible-requirements",),
)
