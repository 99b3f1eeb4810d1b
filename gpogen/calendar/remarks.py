"""What is to be told besides where a machine stands."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from gpogen.calendar.entries import MonthEntry, Restart, Status
from gpogen.calendar.updates import Effect, Update
from gpogen.calendar.walk import Walk, governing
from gpogen.catalog.releases import Kind


def doubt_about(build: str, by_build: Sequence[Update], walk: Walk) -> str:
    """Say why the build and the named updates give no verdict together; empty when they do."""
    if not build:
        return ""
    if not by_build:
        return (
            f"the build {build} is not in the release data: the machine may have an update that "
            "the list does not name"
        )
    for item in (walk.off, walk.unsure, walk.latest):
        if item is not None and item.build and number_of(build) < number_of(item.build):
            return (
                f"the build {build} is lower than that of {item}: its restart is pending, or "
                "one of the two belongs to another machine"
            )
    return ""


def overdue(coming: Sequence[MonthEntry], today: datetime.date) -> Iterator[str]:
    """Name the months that are out, and of which nothing is known, or not the type."""
    rows = [row for row in coming if row.status is Status.OVERDUE]
    baseline = next((row for row in rows if row.restart is Restart.YES), None)
    if baseline is not None:
        yield (
            f"the {baseline.type} of {baseline.month} should have been released on "
            f"{baseline.date}, but the release data do not have it: if Microsoft released it, "
            "later hotpatches require it"
        )
    elif rows:
        yield (
            f"{rows[0].month} should have been released on {rows[0].date}, but the release data "
            "do not have it: if it was an unplanned baseline, later hotpatches require it"
        )
    for row in coming:
        if row.type is Kind.UNKNOWN and row.status is Status.RELEASED and row.date <= today:
            yield (
                f"no source states whether {row.month} was a baseline: if it was, later "
                "hotpatches require it"
            )


def due_today(coming: Sequence[MonthEntry], today: datetime.date) -> Iterator[str]:
    """Say that a month comes today: the machine stands where it stood until it is out."""
    for row in coming:
        if row.status is Status.PLANNED and row.date == today:
            yield (
                f"{row.month} is to be released today at 10:00 Pacific time, and the release data "
                f"do not have it yet: this is the state before it"
            )


def only_concluded(walk: Walk) -> Iterator[str]:
    """Mark what follows from other cases, and is not said by Microsoft."""
    off = walk.off
    if off is not None and off.confidence != "microsoft":
        yield (
            f"that {off.kb or off.build} takes a machine off the train is an inference from "
            "what Microsoft says about October 2025; Microsoft names no other such update"
        )


def hotpatches_since(walk: Walk, known: Sequence[Update], today: datetime.date) -> Iterator[str]:
    """Name the out-of-band hotpatches that came after what the machine has."""
    if walk.latest is None or walk.off is not None:
        return
    for item in known:
        between = item.what != item.effect and item.effect is Effect.HOTPATCH
        if between and walk.latest.order < item.order and item.date <= today:
            base = governing(known, item.date)
            if base is walk.baseline:
                note = f": {item.note}" if item.note else ""
                yield f"{item} of {item.date} was released since, without a restart{note}"


def where_lies(build: str, known: Sequence[Update]) -> str:
    """Say between which known builds an unknown one lies."""
    number = number_of(build)
    builds = sorted({item.build for item in known if item.build}, key=number_of)
    below = [item for item in builds if number_of(item) < number]
    above = [item for item in builds if number_of(item) > number]
    where = f"above {below[-1]}" if below else ""
    where += " and " if below and above else ""
    where += f"below {above[0]}" if above else ""
    return (
        f"the build {build} is not in the release data; it is {where}. A hotpatch's build is "
        "between its baseline's and that of the same month's cumulative update"
    )


def number_of(build: str) -> tuple[int, ...]:
    """Return a build as numbers, to be compared."""
    return tuple(int(part) for part in build.split("."))
