"""Every update that is known by number or build, as the hotpatch train sees it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from gpogen.catalog.months import Month
from gpogen.catalog.releases import Kind, OtherUpdate, Release, Train, release_data
from gpogen.releases.knowledge import Knowledge

_KB = re.compile(r"(?:KB)?\s*([0-9]{6,8})", re.IGNORECASE)
_BUILD = re.compile(r"(?:10\.0\.)?([0-9]{5})\.([0-9]{1,6})")


class Effect(StrEnum):
    """What an update does to a machine's place on the train."""

    BASELINE = "baseline"
    HOTPATCH = "hotpatch"
    LCU = "cumulative update"
    """It takes the machine off."""
    UNSURE = "update of a month of unknown type"


_EFFECTS = {
    Kind.BASELINE: Effect.BASELINE,
    Kind.UNPLANNED: Effect.BASELINE,
    Kind.HOTPATCH: Effect.HOTPATCH,
    Kind.UNKNOWN: Effect.UNSURE,
}

_TRAINS = {
    Train.HOTPATCH: Effect.HOTPATCH,
    Train.LCU: Effect.LCU,
    Train.BASELINE: Effect.BASELINE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One update.

    Attributes:
        os: windows-server-2022 or windows-server-2025.
        effect: what it does.
        what: "unplanned-baseline", "hotpatch", "out-of-band hotpatch" and so on.
        date: the day of its release.
        kb: ``KB5094125`` or None.
        build: ``26100.32995`` or None.
        also: other KB numbers of it.
        confidence: how sure it is.
        source: where it was read.
        note: a remark, or empty.
    """

    os: str
    effect: Effect
    what: str
    date: datetime.date
    kb: str | None
    build: str | None
    also: tuple[str, ...]
    confidence: str
    source: str
    note: str

    @property
    def month(self) -> Month:
        """The month of its release."""
        return Month.of(self.date)

    @property
    def order(self) -> tuple[datetime.date, int]:
        """The order in which updates install: by day, a baseline first."""
        return self.date, list(Effect).index(self.effect)

    def __str__(self) -> str:
        """Write ``2026-06 unplanned-baseline KB5094125 (26100.32995)``."""
        build = f" ({self.build})" if self.build else ""
        return f"{self.month} {self.what} {self.kb or 'without a known KB number'}{build}"


def updates(knowledge: Knowledge) -> Iterator[Update]:
    """Yield every update that is known by number or build."""
    for row in knowledge.releases.values():
        if row.kb or row.build:
            yield _of_month(row)
    for other in knowledge.others:
        yield _between(other)


def _of_month(row: Release) -> Update:
    return Update(
        os=row.os,
        effect=_EFFECTS[row.type],
        what=row.type.value if row.type is not Kind.UNKNOWN else "update of unknown type",
        date=row.date,
        kb=row.kb,
        build=row.build,
        also=row.also,
        confidence=row.confidence,
        source=row.source,
        note=row.note,
    )


def _between(row: OtherUpdate) -> Update:
    effect = _TRAINS[row.train]
    return Update(
        os=row.os,
        effect=effect,
        what=f"out-of-band {effect}" if row.out_of_band else effect.value,
        date=row.date,
        kb=row.kb,
        build=row.build,
        also=(),
        confidence=row.confidence,
        source=row.source,
        note=row.note,
    )


def read_kb(text: str) -> str | None:
    """Return ``KB5066835`` for that number in any usual form; None for anything else."""
    found = _KB.fullmatch(text.strip())
    return f"KB{found[1]}" if found else None


def read_build(text: str) -> str | None:
    """Return ``26100.6905`` for that build, with ``10.0.`` or without; None for anything else."""
    found = _BUILD.fullmatch(text.strip())
    return f"{found[1]}.{int(found[2])}" if found else None


def stranger(kb: str) -> str:
    """Say what a number is that has nothing to do with the train; empty for any other."""
    return next((row.what for row in release_data().strangers if row.kb == kb), "")
