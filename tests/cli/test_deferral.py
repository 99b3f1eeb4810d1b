"""``check`` and ``build`` say of a deferral or a pause what the calendar says (HP014)."""

from __future__ import annotations

import re

import pytest

from gpogen.finding import Severity
from tests.cli.conftest import Run, Workplace

YEAR = ("--from", "2027-01", "--months", "12", "--today", "2026-11-24")
ZONE = "target: {time_zone: Europe/Rome}"
RUNS = ("", ", weeks: [second, fourth]")


def body(days: int, weeks: str) -> str:
    schedule = f"{{day: saturday, at: '04:00'{weeks}}}"
    return f"updates: {{quality_deferral_days: {days}, schedule: {schedule}}}"


def severity(found: list[dict[str, str]]) -> list[str]:
    return [item["severity"] for item in found if item["id"] == "HP014"]


@pytest.mark.parametrize("days", [14, 15, 20, 21, 22, 25, 26, 27, 28, 30])
def test_build_and_calendar_are_of_one_mind_and_say_it_once(
    gpogen: Run, place: Workplace, days: int
) -> None:
    place.profile("slow", ZONE, body(days, ""))
    checked = severity(gpogen("check", "--format", "json").json)
    calendar = gpogen("calendar", "profiles/slow.yaml", *YEAR)

    told = re.findall(r"(error|warning) HP014", calendar.err)
    assert told == checked
    assert len(told) == (days > 14)
    assert (calendar.code == 1) is (told == ["error"])
    assert gpogen("build", "profiles/slow.yaml").code == calendar.code


@pytest.mark.parametrize("weeks", RUNS)
@pytest.mark.parametrize("command", ["check", "calendar"])
def test_what_the_fix_says_ends_the_finding(
    gpogen: Run, place: Workplace, command: str, weeks: str
) -> None:
    words = ("calendar", "profiles/slow.yaml", *YEAR) if command == "calendar" else ("check",)
    place.profile("slow", ZONE, body(30, weeks))
    answer = gpogen(*words)
    (days,) = set(re.findall(r"set `quality_deferral_days: (\d+)`", answer.out + answer.err))

    assert answer.code == 1
    assert int(days) < 15
    place.profile("slow", ZONE, body(int(days), weeks))
    answer = gpogen(*words)
    assert "HP014" not in answer.out + answer.err
    assert answer.code == 0


def test_a_deferral_of_a_profile_that_says_no_time_stays_a_warning(
    gpogen: Run, place: Workplace
) -> None:
    place.profile(
        "slow",
        "updates: {quality_deferral_days: 30, mode: notify, schedule: unmanaged}",
        "restart: unmanaged",
    )

    assert severity(gpogen("check", "--format", "json").json) == [Severity.WARNING.value]
