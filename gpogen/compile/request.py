"""One policy that a profile asks for, whether by a word or by its ADMX name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gpogen.finding import Place
from gpogen.profile.setting import ElementValue, State


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRequest:
    """A policy in a state.

    Attributes:
        policy: the catalog's name, ``WindowsUpdate.AutoUpdateCfg``.
        state: as in the Group Policy editor, or ``remove`` (back to Not Configured, deleting
            explicitly), or ``unmanaged``.
        values: element values by registry value name; ``remove`` and ``unmanaged`` count per
            element too.
        at: where the policy is asked for.
        places: where the values of single elements stand, by value name.
        names: where the names of single elements stand; empty where a word asks for them.
        why: the author's reason.
        word: the profile's words, ``updates.mode``; for a ``policies`` item its name.
        filled: elements that a word filled in without the author's saying.
        any_release: whether the values are those of several template releases, of which each
            operating system takes its own.
    """

    policy: str
    state: State
    at: Place
    values: Mapping[str, ElementValue] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    names: Mapping[str, Place] = field(default_factory=dict)
    why: str = ""
    word: str = ""
    filled: frozenset[str] = frozenset()
    any_release: bool = False
