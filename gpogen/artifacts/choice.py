"""Which artifacts a profile has."""

from __future__ import annotations

from collections.abc import Collection, Set
from functools import cache

from gpogen.artifacts.all import MODULES, load
from gpogen.compile.result import Compiled
from gpogen.profile.schema import UNSPECIFIED


def chosen(compiled: Compiled, only: Collection[str] = ()) -> list[str]:
    """Name the artifacts to make: those of every profile, or those that the profile asks for.

    Scripts are for machines that a profile names.
    """
    unspecified = compiled.header.platform == UNSPECIFIED
    asked = _asked(compiled)
    names = (name for name in MODULES if name in asked and (not only or name in only))
    return [name for name in names if not unspecified or load(name).anywhere]


@cache
def _unasked() -> Set[str]:
    """Return the artifacts of a profile that does not choose."""
    return frozenset(item.id for item in map(load, MODULES) if not item.on_request)


def _asked(compiled: Compiled) -> Set[str]:
    """Return what ``outputs`` names, what that needs, and README.txt."""
    if not compiled.outputs:
        return _unasked()
    asked: set[str] = {"readme"}
    waiting = list(compiled.outputs)
    while waiting:
        name = waiting.pop()
        if name not in asked:
            asked.add(name)
            waiting += load(name).needs
    return asked
