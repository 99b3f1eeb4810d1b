"""What a playbook of gpogen has around its tasks of win_regedit: a check, and a restart.

A reader passes over exactly this frame, because it changes no value; it names everything else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gpogen.document.nodes import Mapping as MappingNode
from gpogen.document.nodes import Node, Scalar, plain
from gpogen.document.nodes import Sequence as SequenceNode
from gpogen.yaml_text import Tagged

RESTART = "Restart"
"""The event that a changed value announces to the handlers."""
_ASSERT = "ansible.builtin.assert"
_FAILED = re.compile(r"The profile is for ([^{}]+), build ([0-9]+(?:\.[0-9]+)+)\.")
_NOQA = "noqa: run-once[task]"
HANDLERS: tuple[Mapping[str, Any], ...] = (
    {
        # Without run_once the answer is registered for the first machine alone.
        "name": Tagged("Ask whether to restart the changed machines now", note=_NOQA),
        "listen": RESTART,
        "ansible.builtin.pause": {
            "prompt": "Some values apply only after a restart. Restart now? Type yes"
        },
        "register": "restart_answer",
        "run_once": True,
        "when": "not ansible_check_mode",
    },
    {
        "name": "Restart the changed machines",
        "listen": RESTART,
        "ansible.windows.win_reboot": {},
        "when": "(restart_answer.user_input | default('')) == 'yes'",
    },
)
"""Handlers that restart the machines only after somebody has typed yes.

Without a terminal nobody answers, and nothing restarts.
"""


def build_check(title: str, build: str) -> Mapping[str, Any]:
    """Return the task that stops where a machine runs another build than the profile is for.

    Args:
        title: the operating system, ``Windows Server 2025 Datacenter``.
        build: the beginning of its version, ``10.0.26100``.
    """
    return {
        "name": "Stop where the machine is not the one that the profile is for",
        _ASSERT: {
            "that": [f"ansible_facts['distribution_version'].startswith('{build}.')"],
            "fail_msg": f"The profile is for {title}, build {build}.",
            "quiet": True,
        },
    }


def is_build_check(node: Node) -> bool:
    """Tell whether a task is one of `build_check`."""
    arguments = node.get(_ASSERT) if isinstance(node, MappingNode) else None
    said = arguments.text("fail_msg") if isinstance(arguments, MappingNode) else None
    found = None if said is None else _FAILED.fullmatch(said)
    return found is not None and _is(node, build_check(found[1], found[2]))


def are_handlers(node: Node) -> bool:
    """Tell whether handlers are `HANDLERS`."""
    return _is(node, list(HANDLERS))


def _is(node: Node, wanted: object) -> bool:
    return plain(node) == wanted and not _has_tag(node)


def _has_tag(node: Node) -> bool:
    if isinstance(node, Scalar):
        return bool(node.tag)
    if isinstance(node, SequenceNode):
        return any(map(_has_tag, node.items))
    return any(_has_tag(child) for _, child in node.members.values())
