"""What a list tells of one machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from gpogen.calendar.sighting import Sighting
from gpogen.calendar.updates import read_build
from gpogen.errors import UsageError
from gpogen.text import cut

MAX_MACHINES = 5_000
MAX_UPDATES = 20_000
"""Updates of one machine; a history of ten years has about a thousand."""
MAX_NAME = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a list tells of one machine.

    Attributes:
        name: the machine's name, or empty where the list names none.
        build: its build, ``26100.6905``, or empty.
        seen: its updates, once each.
        rows: how many rows the list has of it, those without an update included.
        problem: why what is told of it can't be used; empty otherwise.
    """

    name: str
    build: str
    seen: tuple[Sighting, ...]
    rows: int = 0
    problem: str = ""


def join(parts: Iterable[Reported], shown: str) -> tuple[Reported, ...]:
    """Put what is told of one machine together, whatever the case of its name.

    Raises:
        UsageError: there are too many, two builds of one machine, or a name that is cut off.
    """
    found: dict[str, Reported] = {}
    seen: dict[str, dict[Sighting, None]] = {}
    for part in parts:
        _check_name(part.name, shown)
        key = part.name.lower()
        before = found.get(key)
        if before is None and len(found) >= MAX_MACHINES:
            raise UsageError(f"{shown}: more than {MAX_MACHINES} machines")
        if before is not None and before.build and part.build and before.build != part.build:
            name = cut(part.name or "the machine")
            raise UsageError(f"{shown}: {name} has two builds, {before.build} and {part.build}")
        updates = seen.setdefault(key, {})
        updates |= dict.fromkeys(part.seen)
        if len(updates) > MAX_UPDATES:
            raise UsageError(f"{shown}: more than {MAX_UPDATES} updates of one machine")
        found[key] = Reported(
            name=before.name if before else part.name,
            build=part.build or (before.build if before else ""),
            seen=(),
            rows=part.rows + (before.rows if before else 0),
            problem=part.problem or (before.problem if before else ""),
        )
    return tuple(_whole(found, seen))


def _whole(found: dict[str, Reported], seen: dict[str, dict[Sighting, None]]) -> Iterator[Reported]:
    for key, part in found.items():
        yield replace(part, seen=tuple(seen[key]))


def _check_name(name: str, shown: str) -> None:
    if name.endswith(("...", "\N{HORIZONTAL ELLIPSIS}")) or len(name) > MAX_NAME:
        raise UsageError(
            f"{shown}: the machine's name {cut(name)!r} is truncated: create the list with "
            "Export-Csv"
        )


def build_of(build: str, ubr: str, shown: str) -> str:
    """Join a build and its revision (UBR): ``26100`` and ``6905``, or ``26100.6905`` alone.

    Raises:
        UsageError: they are none.
    """
    text = build.strip().removeprefix("10.0.")
    if text and "." not in text and ubr.strip():
        text = f"{text}.{ubr.strip()}"
    if not text or (text.isdecimal() and len(text) == 5):
        return ""  # Without a revision it only tells the system.
    found = read_build(text)
    if found is None:
        raise UsageError(f"{shown}: {cut(text)!r} is not a build such as 26100.6899")
    return found
