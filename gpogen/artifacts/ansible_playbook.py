"""``ansible/<name>.yml``: the values of a machine without Group Policy, for ansible.windows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gpogen.artifacts import direct_files
from gpogen.artifacts.api import Artifact, Held, OutFile, Reference
from gpogen.artifacts.placing import placing
from gpogen.catalog.platforms import operating_systems
from gpogen.compile.result import Compiled, Header, records_of
from gpogen.formats import playbook, playframe
from gpogen.policy.keys import is_policy_key
from gpogen.policy.records import Record


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
        handlers=playframe.HANDLERS if restarts else (),
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


def _checks(header: Header) -> list[Mapping[str, Any]]:
    """Return the task that stops where a machine runs another build than the profile is for."""
    system = operating_systems().get(header.os)
    return [] if system is None else [playframe.build_check(header.os_title, system.build)]


def _event(record: Record) -> str:
    """Return what a changed value announces: the policies of Windows Update need no restart."""
    return "" if is_policy_key(record.key) else playframe.RESTART


def _nothing(_record: Record) -> str:
    return ""


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
