"""Every update of both systems in every position, by answers that come from elsewhere.

The answers were not made from gpogen's data. Number and build of cumulative updates are those of
Microsoft's update history, as the vulnerability scanner vuls (scanner/windows.go, 2026-08-19) has
transcribed it, and for August and September 2026 those of KB articles. What a month was comes from
a collection of the hotpatch calendar that was made before the data. ``unknown`` is a cumulative
update of a month of which no source states whether it was a baseline.
"""

from __future__ import annotations

import csv
import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from gpogen.calendar.train import Machine, State, find_train
from gpogen.calendar.updates import Effect, Update, updates
from gpogen.catalog.releases import release_data
from gpogen.releases.knowledge import Knowledge, know

FOLDER = Path(__file__).parent / "answers"
SYSTEMS = ("windows-server-2022", "windows-server-2025")
EFFECTS = {
    "baseline": Effect.BASELINE,
    "hotpatch": Effect.HOTPATCH,
    "cumulative": Effect.LCU,
    "unknown": Effect.UNSURE,
}
NEUTRAL = tuple(row.kb for row in release_data().strangers)
NEAR = 7


@cache
def knowledge() -> Knowledge:
    return know()


def answers(os: str) -> list[tuple[str, str, str]]:
    with (FOLDER / f"{os}.csv").open(encoding="utf-8", newline="") as file:
        return [(row["kb"], row["build"], row["what"]) for row in csv.DictReader(file)]


@cache
def of_data(os: str) -> dict[str, Update]:
    return {item.kb: item for item in updates(knowledge()) if item.os == os and item.kb}


ROWS = [(os, *row) for os in SYSTEMS for row in answers(os)]
IDS = [f"{os[-4:]}-{kb}" for os, kb, _, _ in ROWS]


def state(
    os: str, *kbs: str, build: str = "", today: datetime.date, more: tuple[str, ...] = ()
) -> State:
    machine = Machine(os=os, kbs=(*kbs, *more), build=build)
    return find_train(machine, knowledge(), today).state


@pytest.mark.parametrize(("os", "kb", "build", "what"), ROWS, ids=IDS)
def test_the_data_agree_with_the_answers(os: str, kb: str, build: str, what: str) -> None:
    item = of_data(os)[kb]

    assert item.effect is EFFECTS[what]
    assert build in ("", item.build)


@pytest.mark.parametrize("os", SYSTEMS)
def test_builds_of_cumulative_updates_rise_with_their_days(os: str) -> None:
    rows = [row for row in of_data(os).values() if row.effect is not Effect.HOTPATCH and row.build]
    rows.sort(key=lambda row: row.date)

    for one, two in pairwise(rows):
        if one.date < two.date:
            assert int(str(one.build)[6:]) < int(str(two.build)[6:]), (one, two)


@pytest.mark.parametrize(("os", "kb", "build", "what"), ROWS, ids=IDS)
@pytest.mark.parametrize("more", [(), NEUTRAL], ids=["alone", "among neutral ones"])
def test_each_update_answers_on_its_own_day(
    os: str, kb: str, build: str, what: str, more: tuple[str, ...]
) -> None:
    day = of_data(os)[kb].date
    expected = {
        "baseline": State.ON,
        "hotpatch": State.ON,
        "cumulative": State.OFF,
        "unknown": State.UNKNOWN,
    }[what]

    assert state(os, kb, today=day, more=more) is expected
    same = [row for row in of_data(os).values() if build and row.build == build]
    if len(same) == 1:
        assert state(os, build=build, today=day, more=more) is expected
        assert state(os, kb, build=build, today=day, more=(*more, "KB9999999")) is expected
    elif same:
        assert state(os, build=build, today=day) is State.UNKNOWN


@pytest.mark.parametrize(("os", "kb", "build", "what"), ROWS, ids=IDS)
def test_each_update_is_judged_with_its_neighbours(os: str, kb: str, build: str, what: str) -> None:
    del build
    known = of_data(os)
    later = sorted(known.values(), key=lambda row: row.order)
    at = later.index(known[kb])
    for before in later[max(0, at - NEAR) : at]:
        assert before.kb is not None
        day = known[kb].date
        found = state(os, before.kb, kb, today=day)
        assert state(os, kb, before.kb, today=day) is found
        if what == "baseline":
            assert found is State.ON
        elif what == "cumulative":
            assert found is State.OFF
        elif what == "unknown":
            assert found is not State.ON
        elif before.effect is Effect.LCU:
            since = [row for row in later if row.effect is Effect.BASELINE and row.date <= day]
            assert found is (State.OFF if before.order > since[-1].order else State.ON)
        else:
            assert found is State.ON


@pytest.mark.parametrize(("os", "kb", "build", "what"), ROWS, ids=IDS)
def test_the_next_baseline_brings_each_back_and_without_it_none_is_on(
    os: str, kb: str, build: str, what: str
) -> None:
    del build, what
    known = of_data(os)
    day = known[kb].date
    rows = [row for row in known.values() if row.effect is Effect.BASELINE and row.date > day]
    for row in rows:
        assert row.kb is not None
        assert state(os, kb, row.kb, today=row.date) is State.ON
        assert state(os, kb, today=row.date) in (State.BEHIND, State.OFF)


def test_an_unknown_number_among_any_list_gives_no_verdict() -> None:
    for os, kb, _, _ in ROWS:
        day = of_data(os)[kb].date
        assert state(os, kb, "KB9999999", today=day) is State.UNKNOWN
