"""The calendar: what is known is told as known, the rest by plan and marked so."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace

import pytest

from gpogen.calendar.entries import MonthEntry, Restart, Status, entries
from gpogen.calendar.remarks import overdue
from gpogen.catalog.months import Month, months_from
from gpogen.catalog.releases import CONFIDENCES, Kind, release_data
from gpogen.releases.additions import read_additions
from gpogen.releases.knowledge import Knowledge, know
from tests.support.corpus import facts

TODAY = datetime.date(2026, 11, 24)
OS_2022, OS_2025 = "windows-server-2022", "windows-server-2025"


def shown(os: str, first: str, count: int = 1, *, files: tuple[str, ...] = ()) -> list[MonthEntry]:
    return list(
        entries(known(*files), os, months_from(Month.parse(first), count), TODAY),
    )


def known(*files: str) -> Knowledge:
    added = []
    for number, text in enumerate(files):
        found, findings = read_additions(text.encode(), f"r{number}.yaml")
        assert found is not None, findings
        added.append(found)
    return know(added)


# A list of its own, typed from Microsoft's calendar month by month: B, U, H, ?.
TYPES = {
    (OS_2025, 2025): "BHHBHHBHHBHH",
    (OS_2022, 2024): "BHHBHHBUHBHH",
    (OS_2022, 2025): "BHHBHHBHHBHH",
}


@pytest.mark.parametrize(("key", "types"), TYPES.items())
def test_the_years_that_are_known_have_microsofts_types(key: tuple[str, int], types: str) -> None:
    os, year = key
    signs = {"B": Kind.BASELINE, "U": Kind.UNPLANNED, "H": Kind.HOTPATCH}

    assert [row.type for row in shown(os, f"{year}-01", 12)] == [signs[sign] for sign in types]


def test_2026_of_server_2025_has_two_unplanned_baselines_and_no_news_after_september() -> None:
    rows = shown(OS_2025, "2026-01", 12)

    assert [row.type.value for row in rows] == [
        "baseline", "hotpatch", "hotpatch", "baseline", "hotpatch", "unplanned-baseline",
        "baseline", "hotpatch", "unplanned-baseline", "baseline", "hotpatch", "hotpatch",
    ]  # fmt: skip
    assert [row.status.value for row in rows] == (["released"] * 9 + ["overdue"] * 2 + ["planned"])
    assert [row.restart.value for row in rows] == [
        "yes", "no", "no", "yes", "no", "yes", "yes", "no", "yes", "yes", "possible", "possible",
    ]  # fmt: skip


# Second Tuesdays of 2027, read off a printed calendar.
TUESDAYS_2027 = (12, 9, 9, 13, 11, 8, 13, 10, 14, 12, 9, 14)


@pytest.mark.parametrize("os", [OS_2022, OS_2025])
def test_2027_is_computed_and_says_so(os: str) -> None:
    rows = shown(os, "2027-01", 12)[:10]

    assert [row.date.day for row in shown(os, "2027-01", 12)] == list(TUESDAYS_2027)
    assert [row.type is Kind.BASELINE for row in rows] == [n in (1, 4, 7, 10) for n in range(1, 11)]
    assert {row.status for row in rows} == {Status.PLANNED}
    assert {row.confidence for row in rows} == {"computed"}
    assert {row.kb for row in rows} == {row.build for row in rows} == {None}
    hotpatches = [row.restart for row in rows if row.type is Kind.HOTPATCH]
    assert set(hotpatches) == {Restart.POSSIBLE}


def test_hotpatch_for_server_2022_ends_with_october_2027_and_for_2025_does_not() -> None:
    ended = shown(OS_2022, "2027-11", 2)
    going = shown(OS_2025, "2027-11", 2)

    assert [row.type for row in ended] == [Kind.UNKNOWN] * 2
    assert [row.restart for row in ended] == [Restart.YES] * 2
    assert all("ends with 2027-10" in row.note for row in ended)
    assert [row.type for row in going] == [Kind.HOTPATCH] * 2


def test_a_month_that_no_source_explains_is_unknown_and_may_restart() -> None:
    rows = [*shown(OS_2022, "2026-06"), *shown(OS_2022, "2026-09")]

    assert [row.type for row in rows] == [Kind.UNKNOWN] * 2
    assert [row.restart for row in rows] == [Restart.POSSIBLE] * 2
    assert [row.kb for row in rows] == ["KB5094128", "KB5122882"]


@pytest.mark.parametrize(("days", "told"), [(-1, 0), (0, 1), (1, 1)])
def test_a_released_month_that_no_source_explains_is_told_from_its_day_on(
    days: int, told: int
) -> None:
    (row,) = shown(OS_2022, "2026-06")
    lines = list(overdue([row], row.date + datetime.timedelta(days=days)))

    assert ["no source states whether 2026-06 was a baseline" in line for line in lines] == (
        [True] * told
    )


def test_a_known_release_of_unknown_type_after_the_end_of_hotpatch_restarts() -> None:
    knowledge = know()
    (system,) = (row for row in knowledge.systems.values() if row.ends)
    assert system.ends is not None
    after = system.ends + 1
    (row,) = (item for key, item in knowledge.releases.items() if key == (OS_2022, Month(2026, 6)))
    late = replace(row, os=system.os, month=after, date=after.patch_tuesday)
    knowledge = replace(knowledge, releases={(system.os, after): late})

    (found,) = entries(knowledge, system.os, [after], TODAY)
    assert (found.type, found.restart) == (Kind.UNKNOWN, Restart.YES)


def test_nothing_is_told_of_months_before_there_was_a_calendar() -> None:
    assert shown(OS_2025, "2024-09", 3)[0].month == Month(2024, 11)
    assert shown(OS_2022, "2021-01", 3) == []


def test_every_release_is_on_a_second_tuesday_and_has_a_source() -> None:
    data = release_data()
    for row in data.releases:
        assert row.date == row.month.patch_tuesday, row
        assert row.source
        assert row.confidence in CONFIDENCES
    for other in data.others:
        assert other.kb or other.build
        assert other.source


def test_the_builds_of_a_system_rise_from_month_to_month() -> None:
    for os, system in release_data().systems.items():
        builds = [row.build for row in release_data().releases if row.os == os and row.build]
        numbers = [int(build.removeprefix(f"{system.build}.")) for build in builds]
        assert numbers == sorted(numbers)


def test_every_collected_month_is_reproduced() -> None:
    signs = {
        "B": {Kind.BASELINE},
        "H": {Kind.HOTPATCH},
        "U": {Kind.UNPLANNED},
        "U?": {Kind.UNKNOWN},
        "?": {Kind.UNKNOWN},
    }
    collected = json.loads((facts() / "hotpatch-releases.json").read_text("utf-8"))
    for key, os in (("ws2022", OS_2022), ("ws2025", OS_2025)):
        for row in collected[key]:
            (found,) = shown(os, row["month"])
            assert (found.date.isoformat(), found.kb, found.build) == (
                row["date"],
                row["kb"],
                row["build"],
            )
            assert found.type in signs[row["type"]]
            assert (found.status is Status.RELEASED) == (row["kb"] is not None)


ANNOUNCED = """
gpogen: 1
as_of: 2026-11-24
releases:
  - {os: windows-server-2025, month: 2026-12, type: unplanned-baseline}
"""


def test_an_announced_baseline_counts_before_it_is_released() -> None:
    (row,) = shown(OS_2025, "2026-12", files=(ANNOUNCED,))

    assert (row.type, row.status, row.restart) == (Kind.UNPLANNED, Status.PLANNED, Restart.YES)
    assert (row.confidence, row.source) == ("copy", "r0.yaml")


def test_a_users_file_fills_what_is_not_known_without_a_conflict() -> None:
    text = ANNOUNCED.replace("2025, month: 2026-12", "2022, month: 2026-09")
    found = known(text)
    (row,) = shown(OS_2022, "2026-09", files=(text,))

    assert (row.type, row.kb) == (Kind.UNPLANNED, "KB5122882")
    assert found.conflicts == ()
    assert found.as_of == {OS_2022: TODAY, OS_2025: release_data().as_of}


@pytest.mark.parametrize(
    ("as_of", "kind"),
    [("2026-11-24", Kind.HOTPATCH), ("2026-08-01", Kind.UNPLANNED)],
    ids=["newer than gpogen", "older than gpogen"],
)
def test_of_two_that_differ_the_newer_counts_and_both_are_named(as_of: str, kind: Kind) -> None:
    text = f"""
gpogen: 1
as_of: {as_of}
releases:
  - {{os: windows-server-2025, month: 2026-09, type: hotpatch}}
"""
    (row,) = shown(OS_2025, "2026-09", files=(text,))
    (conflict,) = known(text).conflicts

    assert row.type is kind
    assert row.kb == ("KB5122871" if kind is Kind.UNPLANNED else None)  # A baseline's number.
    assert conflict.id == "GP040"
    assert str(conflict.at) == "r0.yaml:5:5"
    for part in (f"hotpatch by r0.yaml ({as_of})", "unplanned-baseline by gpogen (2026-10-02)"):
        assert part in conflict.message


def test_of_two_files_the_newer_counts_in_either_order() -> None:
    newer = ANNOUNCED
    older = ANNOUNCED.replace("2026-11-24", "2026-11-01").replace("unplanned-baseline", "hotpatch")

    for files in ((newer, older), (older, newer)):
        (row,) = shown(OS_2025, "2026-12", files=files)
        assert row.type is Kind.UNPLANNED
        assert [item.id for item in known(*files).conflicts] == ["GP040"]
