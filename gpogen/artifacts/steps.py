"""What README.txt needs of the answer to "who installs?" to name the steps of one installer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gpogen.servicing.answer import Installer, Restarts, Servicing, Who, Why
from gpogen.servicing.tell import reason_text

_PERSON = frozenset({Restarts.USER, Restarts.NOBODY})
_DECIDE = "gpogen check shows how to decide it; do so before you apply the GPO."


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Which steps there are.

    Attributes:
        by_itself: Windows Update on the machine installs by itself.
        by_hand: a person installs.
        on_request: Azure Update Manager installs only what somebody asks for.
        restarts: by a person, in a window that somebody plans, or when Azure chooses.
        doubts: what is not known about who installs, or that nobody does, one sentence each.
    """

    by_itself: bool
    by_hand: bool
    on_request: bool
    restarts: Literal["person", "window", "platform"]
    doubts: tuple[str, ...]


def steps_of(found: Servicing) -> Steps:
    """Choose the steps."""
    return Steps(
        by_itself=found.by_itself,
        by_hand=found.installers[0].who is Who.USER,
        on_request=any(item.why is Why.ON_REQUEST for item in found.installers),
        restarts=_restarts(found),
        doubts=tuple(
            _doubt(item, found)
            for item in found.installers
            if item.who in (Who.UNKNOWN, Who.NOBODY)
        ),
    )


def _restarts(found: Servicing) -> Literal["person", "window", "platform"]:
    if found.restarts is Restarts.PLATFORM:
        return "platform"
    by_hand = found.installers[0].who is Who.USER
    return "person" if by_hand or found.restarts in _PERSON else "window"


def _doubt(item: Installer, found: Servicing) -> str:
    reason = reason_text(item, found.situation)
    if item.who is Who.NOBODY:
        return f"Nothing installs updates: {reason}. {_DECIDE}"
    if len(found.installers) > 1:
        return f"Whether Windows Update also installs automatically is unknown: {reason}. {_DECIDE}"
    return f"What installs the updates is unknown: {reason}. {_DECIDE}"
