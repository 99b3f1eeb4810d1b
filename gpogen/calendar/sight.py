"""All that is told of one machine, sorted: known updates, doubts, and what does not count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gpogen.calendar.remarks import doubt_about, number_of, where_lies
from gpogen.calendar.sighting import Identity, Presence, Sighting, identify, is_rollup
from gpogen.calendar.updates import Update, stranger
from gpogen.calendar.walk import walk_through

MAX_NAMED = 8
"""So many updates are named in one sentence; more are counted."""

NEWER_DATA = "import a newer copy of Microsoft's release information with `gpogen releases import`"
"""What helps where an update is surely one of the system, and no data have it."""

ADD_MONTHS = (
    "install a newer gpogen, or add the months to hotpatch-releases.yaml next to the profiles "
    "(gpogen help release-data)"
)
"""What helps where the release data lacks months that are due; HP020 says the same."""

WHAT_TELLS = (
    "provide the build of the machine (--build, or build and ubr in a report), the package "
    "names (DISM /online /english /get-packages), or the titles (the history of Windows Update)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a machine has, as far as it is known.

    Attributes:
        named: its updates of the data, in any order.
        fork: updates of which it has one, and nobody knows which.
        unknown: KB numbers that no data have and that may be updates of the system.
        doubts: why there is no verdict; empty when there is one.
        outdated: whether the data lack an update that is surely one of the system.
        later: what makes the next restart change the verdict, or empty.
        remarks: what else is to be told.
    """

    named: tuple[Update, ...]
    fork: tuple[Update, ...]
    unknown: tuple[str, ...]
    doubts: tuple[str, ...]
    outdated: bool
    later: str
    remarks: tuple[str, ...]


def look(items: Sequence[Sighting], build: str, known: Sequence[Update]) -> Sight:
    """Sort what is told of a machine; ``known`` are all updates of its system, in order."""
    told = [item for item in items if item.presence in (Presence.THERE, Presence.UNCLEAR)]
    rollup = any(map(is_rollup, told))
    found = [(item, identify(item, known, has_rollup=rollup)) for item in told]
    single = [what.updates[0] for _, what in found if len(what.updates) == 1]
    named = dict.fromkeys(single)
    by_build = tuple(row for row in known if build and row.build == build)
    mismatch = doubt_about(build, by_build, walk_through(_ordered(named, known), known))
    forks = [what.updates for _, what in found if len(what.updates) > 1]
    forks += [by_build] if by_build and not mismatch else []
    open_forks = [rows for rows in forks if not any(row in named for row in rows)]
    named |= {rows[0]: None for rows in open_forks if len(rows) == 1}
    # The build of a machine is that of its newest cumulative update, or of its newest hotpatch.
    fork = next((rows for rows in open_forks if len(rows) > 1), ())
    moot = bool(by_build) and not mismatch and not fork
    open_ones = [
        (item, what) for item, what in found if what.doubt and not (moot and _is_older(what, build))
    ]
    return Sight(
        named=tuple(named),
        fork=fork,
        unknown=tuple(dict.fromkeys(item.kb for item, what in found if what.doubt and item.kb)),
        outdated=any(what.build for _, what in open_ones) or bool(build and not by_build),
        doubts=tuple(
            _doubts(
                open_ones,
                [item for item, what in found if _unclear(item, what)],
                _torn(items),
                "" if by_build else mismatch,
            )
        ),
        later=mismatch if by_build else "",
        remarks=tuple(_remarks(items, found, build, known, moot=moot)),
    )


def _ordered(rows: Iterable[Update], known: Sequence[Update]) -> list[Update]:
    wanted = set(rows)
    return [row for row in known if row in wanted]


def _is_older(what: Identity, build: str) -> bool:
    """Tell whether an unknown update cannot be newer than what the build tells."""
    return not what.build or number_of(what.build) <= number_of(build)


def _unclear(item: Sighting, what: Identity) -> bool:
    return item.presence is Presence.UNCLEAR and not what.neutral


def _torn(items: Sequence[Sighting]) -> list[str]:
    """Name the updates that are told as installed and as removed."""
    there = {str(item) for item in items if item.presence is Presence.THERE}
    gone = {str(item) for item in items if item.presence is Presence.GONE}
    return sorted(there & gone)


def _doubts(
    open_ones: Sequence[tuple[Sighting, Identity]],
    unclear: Sequence[Sighting],
    torn: Sequence[str],
    mismatch: str,
) -> Iterator[str]:
    if open_ones:
        sure = [what.doubt for _, what in open_ones if not what.doubt.endswith("may be one")]
        names = listed([str(item) for item, _ in open_ones])
        verb = "is" if len(open_ones) == 1 else "are"
        what = sure[0] if sure else "one of the unknown updates can be an update of the system"
        yield (
            f"{names} {verb} not in the release data: {what}, and a cumulative update that is "
            "not a baseline takes a machine off the train"
        )
    if unclear:
        words = listed(sorted({repr(item.state[:40]) for item in unclear}))
        yield f"the state {words} of {listed([str(item) for item in unclear])} is unknown"
    if torn:
        yield f"{listed(torn)}: reported both as installed and as removed"
    if mismatch:
        yield mismatch


def _remarks(
    items: Sequence[Sighting],
    found: Sequence[tuple[Sighting, Identity]],
    build: str,
    known: Sequence[Update],
    *,
    moot: bool,
) -> Iterator[str]:
    for kb in dict.fromkeys(item.kb for item, _ in found):
        if what := stranger(kb):
            yield f"{kb}: {what}"
    passed = [str(item) for item, what in found if what.neutral and not stranger(item.kb)]
    numbered = [name for name in dict.fromkeys(passed) if name.startswith("KB")]
    if numbered:
        yield f"{listed(numbered)}: not a cumulative update, so not relevant here"
    if build and not any(row.build == build for row in known):
        yield where_lies(build, known)
    if moot and (settled := [item.kb for item, what in found if what.doubt and item.kb]):
        yield f"{listed(settled)}: not in the release data; the build {build} decides"
    if pending := waiting(items):
        yield pending


def waiting(items: Iterable[Sighting]) -> str:
    """Name what is installed and not in effect before a restart; empty for nothing."""
    pending = [str(item) for item in items if item.presence is Presence.PENDING]
    return f"{listed(pending)}: waits for a restart, so it does not count yet" if pending else ""


def listed(names: Sequence[str]) -> str:
    """Write names with commas; many are counted."""
    shown = list(dict.fromkeys(names))
    rest = len(shown) - MAX_NAMED
    more = f" and {rest} more" if rest > 0 else ""
    return ", ".join(shown[:MAX_NAMED]) + more
