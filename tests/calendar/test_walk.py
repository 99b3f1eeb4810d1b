"""A machine's updates in their order, and what a list of updates leaves open."""

from __future__ import annotations

import datetime

import pytest

from gpogen.calendar.remarks import doubt_about
from gpogen.calendar.sight import MAX_NAMED, listed, look
from gpogen.calendar.sighting import Sighting
from gpogen.calendar.updates import Effect, Update
from gpogen.calendar.walk import Walk, walk_through
from gpogen.catalog.releases import release_data

JULY, AUGUST = datetime.date(2026, 7, 14), datetime.date(2026, 8, 11)
DAY = datetime.timedelta(days=1)


def update(effect: Effect, date: datetime.date, build: str = "", kb: str = "") -> Update:
    return Update(
        os="windows-server-2025",
        effect=effect,
        what=effect.value,
        date=date,
        kb=kb or None,
        build=build or None,
        also=(),
        confidence="verified",
        source="",
        note="",
    )


BASELINE = update(Effect.BASELINE, JULY, "26100.300")
HOTPATCH = update(Effect.HOTPATCH, AUGUST, "26100.400")


@pytest.mark.parametrize(("days", "counts"), [(-1, False), (0, True), (1, True)])
@pytest.mark.parametrize("effect", [Effect.LCU, Effect.UNSURE])
def test_only_what_came_on_the_day_of_the_baseline_or_later_counts_beside_a_hotpatch(
    effect: Effect, days: int, counts: bool
) -> None:
    other = update(effect, JULY + days * DAY)
    walk = walk_through([other, HOTPATCH], [BASELINE, HOTPATCH])

    assert (walk.off == other) is (counts and effect is Effect.LCU)
    assert walk.unsure is None
    contradictions = [text for text in walk.remarks if "contradict" in text]
    assert bool(contradictions) is counts
    assert (walk.latest == HOTPATCH) is (not counts or effect is Effect.UNSURE)


@pytest.mark.parametrize(
    ("build", "doubted"), [("26100.399", True), ("26100.400", False), ("26100.401", False)]
)
@pytest.mark.parametrize("place", ["off", "unsure", "latest"])
def test_a_build_below_that_of_an_installed_update_gives_no_verdict(
    place: str, build: str, doubted: bool
) -> None:
    walk = Walk()
    setattr(walk, place, HOTPATCH)

    assert bool(doubt_about(build, [HOTPATCH], walk)) is doubted
    assert doubt_about("", [HOTPATCH], walk) == ""


@pytest.mark.parametrize("count", [1, 7, 8, 9, 10])
def test_eight_names_are_written_and_the_rest_counted(count: int) -> None:
    names = [f"KB{number}" for number in range(5_000_000, 5_000_000 + count)]
    rest = {9: " and 1 more", 10: " and 2 more"}.get(count, "")

    assert MAX_NAMED == 8
    assert listed(names) == ", ".join(names[:8]) + rest
    assert listed(names * 2) == listed(names)


def test_an_update_of_another_product_is_named_by_what_it_is_and_only_once() -> None:
    other = release_data().strangers[0]
    found = look([Sighting(kb=other.kb)], "26100.300", [BASELINE])

    assert found.remarks == (f"{other.kb}: {other.what}",)


def test_an_update_that_does_not_count_is_named_once_with_its_number() -> None:
    beside = Sighting(kb="KB5099999", title="Security Intelligence Update for Microsoft Defender")
    part = Sighting(package="Microsoft-Windows-Foundation~31bf3856ad364e35~amd64~~10.0.26100.1")
    numbered = Sighting(
        kb="KB5099998", package="Microsoft-Windows-Foo~31bf3856ad364e35~amd64~~10.0.26100.1"
    )
    found = look([beside, beside, part], "26100.300", [BASELINE])

    assert found.remarks == ("KB5099999: not a cumulative update, so not relevant here",)
    assert found.unknown == ()
    assert look([numbered], "", [BASELINE]).unknown == ("KB5099998",)
