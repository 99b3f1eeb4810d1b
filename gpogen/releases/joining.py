"""What two sources say about one release or update becomes one; the newer takes precedence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gpogen.catalog.releases import Item, Kind, OtherUpdate, Release, Said, Train
from gpogen.finding import Finding, Place, Severity


def in_order(old: Said[Item], new: Said[Item]) -> tuple[Said[Item], Said[Item]]:
    """Return (newer, older); of one day, the one that was read later is the newer."""
    return (new, old) if new.as_of >= old.as_of else (old, new)


def join_releases(
    old: Said[Release] | None,
    new: Said[Release],
    conflicts: list[Finding],
    lost: list[OtherUpdate],
) -> Said[Release]:
    """Keep the newer of two, filled up from the older, and tell where they differ.

    Cumulative updates that turn out to be none of the month's go to ``lost``.
    """
    if old is None:
        return new
    newer, older = in_order(old, new)
    tell(newer, older, ("date", "type", "kb", "build"), f"{new.item.month}", new.at, conflicts)
    first, second = newer.item, older.item
    lead, other = (second, first) if _says_less(first, second) else (first, second)
    same = _is_the_same_update(lead, other)
    dated = newer if newer.dated or not older.dated else older
    item = replace(
        lead,
        date=dated.item.date,
        kb=lead.kb or (other.kb if same else None),
        build=lead.build or (other.build if same else None),
        note=lead.note or (other.note if lead.type is other.type else ""),
        also=lead.also or (other.also if same else ()),
    )
    if not same and item.type is Kind.HOTPATCH and other.type is not Kind.HOTPATCH:
        lost += _cumulative(other)
    return replace(newer, item=item, dated=dated.dated)


def _says_less(newer: Release, older: Release) -> bool:
    """Tell whether the older one says more of what came, so that its source is the one to name."""
    if newer.type is not Kind.UNKNOWN:
        return False
    return older.type is not Kind.UNKNOWN or (newer.kb is None and older.kb is not None)


def _is_the_same_update(lead: Release, other: Release) -> bool:
    """Tell whether two rows are about one update, so that each fills the other up.

    A month that is no hotpatch month is known by its cumulative update, and a hotpatch is none.
    """
    if lead.kb is not None and other.kb is not None:
        return lead.kb == other.kb
    return (lead.type is Kind.HOTPATCH) == (other.type is Kind.HOTPATCH)


def _cumulative(row: Release) -> list[OtherUpdate]:
    if not row.kb and not row.build:
        return []
    found = OtherUpdate(
        os=row.os,
        date=row.date,
        kb=row.kb,
        build=row.build,
        train=Train.LCU,
        out_of_band=False,
        confidence=row.confidence,
        source=row.source,
        note="the cumulative update of a hotpatch month",
    )
    return [found]


def join_others(
    old: Said[OtherUpdate] | None, new: Said[OtherUpdate], conflicts: list[Finding]
) -> Said[OtherUpdate]:
    """Do the same for updates between the months."""
    if old is None:
        return new
    newer, older = in_order(old, new)
    what = new.item.kb or new.item.build or ""
    tell(newer, older, ("date", "train", "build"), what, new.at, conflicts)
    item = replace(
        newer.item,
        kb=newer.item.kb or older.item.kb,
        build=newer.item.build or older.item.build,
        note=newer.item.note or older.item.note,
    )
    return replace(newer, item=item)


def tell(
    newer: Said[Item],
    older: Said[Item],
    names: Iterable[str],
    what: str,
    at: Place | None,
    conflicts: list[Finding],
) -> None:
    """Add a finding where two sources differ in what both of them say."""
    parts = [
        f"{name} {getattr(newer.item, name)} by {newer.by} ({newer.as_of}), "
        f"{getattr(older.item, name)} by {older.by} ({older.as_of})"
        for name in names
        if _differs(newer, older, name)
    ]
    if not parts:
        return
    counts = "the newer takes precedence"
    if newer.as_of == older.as_of:
        counts = (
            f"both have the same date, so {newer.by} takes precedence, because gpogen reads it "
            "later"
        )
    message = f"{newer.item.os} {what}: {'; '.join(parts)}: {counts}"
    related = tuple(place for place in (newer.at, older.at) if place and place != at)
    conflicts.append(
        Finding(id="GP040", severity=Severity.WARNING, message=message, at=at, related=related)
    )


def _differs(newer: Said[Item], older: Said[Item], name: str) -> bool:
    if name == "date" and not (newer.dated and older.dated):
        return False
    first, second = getattr(newer.item, name), getattr(older.item, name)
    return first != second and None not in (first, second) and Kind.UNKNOWN not in (first, second)
