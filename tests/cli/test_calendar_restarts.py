"""What the calendar and the forecast say of restarts: from, by, unproven, and the next one."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

import icalendar
import pytest
from lxml import etree

from tests.cli.conftest import Run, Workplace

TODAY = ("--today", "2026-11-24")
YEAR = ("--from", "2026-07", *TODAY)
SUNDAY = 'updates: {schedule: {day: sunday, at: "03:00", weeks: every}}'
FORCED = "restart: {policy: at-scheduled-time, warn_minutes: 30}"
ZONE = "target: {time_zone: Europe/Rome}"
SVG = "{http://www.w3.org/2000/svg}"
NIGHT = ("profiles/night.yaml",)
WINDOW = (
    'update_manager: {patch_tuesday_offset: 4, at: "22:00", time_zone: Europe/Rome, '
    'duration: "03:30"}'
)


@pytest.fixture
def night(place: Workplace) -> Workplace:
    place.profile("night", ZONE, SUNDAY, FORCED)
    return place


def one_line(text: str) -> str:
    return " ".join(text.split())


def months(text: str) -> Iterator[str]:
    return (line for line in text.splitlines() if line.startswith("  20"))


def texts(place: Workplace, name: str) -> list[str]:
    root = etree.parse(place.root / name)
    return [node.text or "" for node in root.iter(f"{SVG}text")]


@pytest.mark.usefixtures("night")
def test_a_forced_restart_is_not_before_a_time_and_at_none(gpogen: Run) -> None:
    told = gpogen("calendar", *NIGHT, *YEAR).out

    assert (
        "forced 30 minutes after the scheduled installation ends, 03:30 at the earliest; plan a "
        "window of some hours"
    ) in one_line(told)
    assert "days exposed assume that an installation takes no time" in told
    assert "from Sun 17 Jan 03:30" in told
    assert "restart done" not in told


@pytest.mark.parametrize(
    ("at", "minutes", "said"),
    [
        ("23:00", 180, ", 02:00 on the next day at the earliest"),
        ("23:00", 59, ", 23:59 at the earliest"),
        ("23:00", 60, ", 00:00 on the next day at the earliest"),
        ("automatic", 15, "; plan a window"),
    ],
)
def test_the_earliest_time_of_a_forced_restart_can_be_on_the_next_day(
    gpogen: Run, place: Workplace, at: str, minutes: int, said: str
) -> None:
    restart = f"restart: {{policy: at-scheduled-time, warn_minutes: {minutes}}}"
    place.profile("night", ZONE, SUNDAY.replace("03:00", at), restart)

    told = one_line(gpogen("calendar", *NIGHT, *YEAR).out)
    assert f"forced {minutes} minutes after the scheduled installation ends{said}" in told


@pytest.mark.usefixtures("night")
def test_all_hotpatch_months_are_unproven_where_restarts_are_forced(gpogen: Run) -> None:
    told = gpogen("calendar", *NIGHT, *YEAR).out
    hotpatches = [line for line in months(told) if "hotpatch" in line]

    assert {"released", "planned", "overdue"} >= {line.split()[2] for line in hotpatches[1:]}
    assert len(hotpatches) == 7
    assert all(" unproven " in line for line in hotpatches)
    assert not any("unproven" in line.split() for line in months(told) if "hotpatch" not in line)
    assert "5 restarts; unproven in 7 more months (UNPROVEN-A)" in told
    rows = json.loads(gpogen("calendar", *NIGHT, *YEAR, "--format", "json").out)
    assert [row["restart_unproven"] for row in rows] == [row["type"] == "hotpatch" for row in rows]


def test_nothing_is_unproven_where_no_restart_is_forced(gpogen: Run, place: Workplace) -> None:
    place.profile("night", ZONE, SUNDAY)
    told = gpogen("calendar", *NIGHT, *YEAR).out

    assert "unproven in" not in told
    assert "UNPROVEN-A" not in told + gpogen("forecast", *NIGHT, *TODAY).out


@pytest.mark.usefixtures("night")
def test_the_calendar_file_names_the_unproven_fact_in_each_entry_that_rests_on_it(
    gpogen: Run,
) -> None:
    data = gpogen("calendar", *NIGHT, *YEAR, "--format", "ics").out
    found: dict[datetime.date, Any] = {}
    event: Any
    for event in icalendar.Calendar.from_ical(data).walk("VEVENT"):
        if "restart" in event["categories"].to_ical().decode():
            found[event["dtstart"].dt.astimezone(datetime.UTC).date()] = event
    sure = [event for event in found.values() if "UNPROVEN-A" not in event["summary"]]

    assert (len(found), len(sure)) == (12, 5)
    assert all("restarts at this time or later: " in event["summary"] for event in sure)
    august = found[datetime.date(2026, 8, 16)]
    assert august["summary"].startswith("night may restart at this time or later (UNPROVEN-A)")
    assert august["dtstart"].dt == datetime.datetime(2026, 8, 16, 1, 30, tzinfo=datetime.UTC)
    assert "Unproven: whether a hotpatch" in august["description"]
    assert not any("Unproven" in event["description"] for event in sure)


@pytest.mark.parametrize("form", ["table", "json", "markdown", "svg"])
@pytest.mark.usefixtures("night")
def test_the_forecast_assumes_that_a_hotpatch_forces_no_restart(gpogen: Run, form: str) -> None:
    told = one_line(gpogen("forecast", *NIGHT, *TODAY, "--format", form).out)

    assert "UNPROVEN-A" in told
    assert "Affected: night." in told.replace("</text>", "")


@pytest.mark.usefixtures("night")
def test_the_next_restart_is_told_even_if_the_months_end_before_it(gpogen: Run) -> None:
    past = ("--from", "2026-07", "--months", "3", *TODAY)
    future = ("--from", "2028-02", "--months", "3", *TODAY)
    systems = one_line(gpogen("calendar", "--os", "2025", *past).out)
    profile = one_line(gpogen("calendar", *NIGHT, *past).out)

    assert "planned: Tue 2027-01-12 (baseline, planned), after these months" in systems
    assert "planned: 2027-01 (baseline), from Sun 17 Jan 03:30, after these months" in profile
    assert "Tue 2027-01-12 (baseline, planned), before these months" in one_line(
        gpogen("calendar", "--os", "2025", *future).out
    )
    assert "before these months" in one_line(gpogen("calendar", *NIGHT, *future).out)


@pytest.mark.parametrize(
    ("count", "first"), [(1, "2026-11"), (3, "2026-11"), (5, "2026-11"), (6, "2026-07")]
)
def test_few_months_begin_with_the_current_one(gpogen: Run, count: int, first: str) -> None:
    rows = gpogen("calendar", "--format", "json", "--months", str(count), *TODAY).json

    assert rows[0]["month"] == first


@pytest.mark.parametrize("month", range(1, 13))
def test_the_months_that_are_shown_by_default_contain_the_current_one(
    gpogen: Run, month: int
) -> None:
    for count in (1, 2, 5, 6, 7):
        words = ("--os", "2025", "--months", str(count), "--today", f"2027-{month:02}-15")
        rows = gpogen("calendar", "--format", "json", *words).json
        assert f"2027-{month:02}" in [row["month"] for row in rows]


@pytest.mark.usefixtures("night")
def test_an_overdue_baseline_is_named_beside_the_next_restart(gpogen: Run) -> None:
    overdue = "overdue: 2026-10 (baseline, Tue 2026-10-13) is not in the release data"
    for words in (("--os", "2025"), NIGHT):
        assert overdue in one_line(gpogen("calendar", *words, *TODAY).out)
        before = gpogen("calendar", *words, "--today", "2026-10-05").out
        assert "overdue: " not in before


def test_the_picture_says_by_from_and_the_day_where_it_is_another(
    gpogen: Run, night: Workplace
) -> None:
    night.profile("azure", ZONE, WINDOW, extends="arc-ws2025-standard")
    gpogen("calendar", "profiles/azure.yaml", *YEAR, "-o", "window.svg")
    gpogen("calendar", *NIGHT, *YEAR, "-o", "night.svg")
    window, forced = texts(night, "window.svg"), texts(night, "night.svg")

    assert "restart by Sun 01:30" in window
    assert "(restart by Sun 01:30)" in window
    assert "restart from 03:30" in forced
    assert forced.count("restart unproven") == 7
    assert "5 restarts, 7 unproven" in forced
    assert "In parentheses: a restart only if the month becomes an unplanned baseline." not in (
        forced
    )


def test_the_picture_explains_only_what_it_shows(gpogen: Run, place: Workplace) -> None:
    gpogen("calendar", "--os", "2025", "--months", "2", *TODAY, "-o", "short.svg")
    gpogen("calendar", "--os", "2025", *YEAR, "-o", "year.svg")
    gpogen("forecast", "--os", "2025", *TODAY, "-o", "forecast.svg")
    short, year = texts(place, "short.svg"), texts(place, "year.svg")

    assert not {"baseline: restart", "unplanned baseline: restart", "unknown"} & set(short)
    assert "hotpatch: no restart planned" in short
    assert {"baseline: restart", "unplanned baseline: restart"} <= set(year)
    assert "dashed: not in the release data (planned or overdue)" in year
    assert "dashed: a restart is possible" in texts(place, "forecast.svg")
    assert "Release data of 2026-10-02. Planned months can change." in year
    gpogen("calendar", "--os", "2025", "--from", "2026-07", "--months", "3", *TODAY, "-o", "p.svg")
    assert not any(text.startswith("dashed") for text in texts(place, "p.svg"))


DECEMBER = """\
gpogen: 1
as_of: 2026-12-10
releases:
  - {os: windows-server-2025, month: 2026-12, type: hotpatch, kb: KB5999999}
"""


def test_a_newer_day_of_the_data_does_not_hide_months_without_data(
    gpogen: Run, place: Workplace
) -> None:
    (place.root / "news.yaml").write_text(DECEMBER, encoding="utf-8")
    words = ("--os", "2025", "--update", "news.yaml", "--today", "2026-12-10")
    told = one_line(gpogen("calendar", *words).err)
    assert (
        "HP020: the release data of windows-server-2025 is from 2026-12-10, but 2 past months have "
        "no data: 2026-10, 2026-11"
    ) in told

    rows = "".join(
        f"  - {{os: windows-server-2025, month: {month}, type: {kind}, kb: {kb}}}\n"
        for month, kind, kb in (
            ("2026-10", "baseline", "KB5999997"),
            ("2026-11", "hotpatch", "KB5999998"),
        )
    )
    (place.root / "news.yaml").write_text(DECEMBER + rows, encoding="utf-8")
    assert "HP020" not in gpogen("calendar", *words).err
