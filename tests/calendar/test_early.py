"""HP032: a schedule before its month's release, or at an hour that does not exist."""

from __future__ import annotations

import pytest

from gpogen.finding import Finding, Severity
from tests.support.profiles import checked

VBS = "vbs: {enforce: policy+registry}\nrestart: {policy: at-scheduled-time}\n"


def found(schedule: str, zone: str = "") -> list[Finding]:
    body = f"{VBS}updates: {{mode: install-on-schedule, schedule: {{{schedule}}}}}\n"
    extra = f", time_zone: {zone}" if zone else ""
    return [item for item in checked(body, extra_target=extra).findings if item.id == "HP032"]


@pytest.mark.parametrize("zone", ["Europe/Rome", "America/New_York", "Asia/Tokyo", ""])
def test_the_second_tuesday_at_three_is_before_the_release_in_every_month(zone: str) -> None:
    (hit,) = found('day: tuesday, at: "03:00", weeks: [second]', zone)

    assert hit.severity is Severity.ERROR
    assert "every month" in hit.message
    assert (zone or "in every time zone") in hit.message


@pytest.mark.parametrize(
    "schedule",
    [
        'day: every-day, at: "03:00"',
        'day: tuesday, at: "03:00", weeks: every',
        'day: wednesday, at: "03:00", weeks: [fourth]',
        'day: tuesday, at: "03:00", weeks: [second, fourth]',
    ],
)
def test_a_run_that_follows_the_release_in_its_month_is_no_finding(schedule: str) -> None:
    assert found(schedule, "Europe/Rome") == []
    assert found(schedule) == []


def test_the_second_wednesday_is_early_in_some_months_which_are_named() -> None:
    (hit,) = found('day: wednesday, at: "03:00", weeks: [second]', "Europe/Rome")

    assert hit.severity is Severity.WARNING
    # By the calendar's rows, the second Wednesday is early in a month that begins on a Wednesday,
    # Thursday, Friday or Saturday; by the Nth weekday in one that begins on a Wednesday.
    for month in ("2026-01", "2026-04", "2026-05", "2026-07", "2026-08", "2026-10"):
        assert month in hit.message


def test_what_only_the_unproven_reading_says_is_told_as_such() -> None:
    (hit,) = found('day: sunday, at: "03:00", weeks: [third]', "Europe/Rome")

    assert hit.severity is Severity.WARNING
    assert "if a week box means the calendar week (unproven)" in hit.message


def test_without_a_zone_what_is_early_in_some_zones_is_a_warning_that_names_them() -> None:
    (hit,) = found('day: tuesday, at: "12:00", weeks: [second]')

    assert hit.severity is Severity.WARNING
    assert "every month, in UTC-4 to UTC+14" in hit.message
    (other,) = found('day: tuesday, at: "12:00", weeks: [second]', "Pacific/Honolulu")
    assert "calendar week (unproven)" in other.message


def test_an_hour_that_windows_chooses_is_early_when_it_can_be() -> None:
    (hit,) = found("day: tuesday, at: automatic, weeks: [second]", "Europe/Rome")

    assert hit.severity is Severity.WARNING
    assert "every month, in Europe/Rome" in hit.message
    (first,) = found("day: monday, at: automatic, weeks: [first]", "Europe/Rome")
    assert first.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("schedule", "zone", "days"),
    [
        ('day: sunday, at: "02:00"', "Europe/Rome", "2026-03-29, 2027-03-28"),
        ('day: sunday, at: "02:00"', "America/New_York", "2026-03-08, 2027-03-14"),
    ],
)
def test_an_hour_that_daylight_saving_skips_is_named(schedule: str, zone: str, days: str) -> None:
    (hit,) = found(schedule, zone)

    assert hit.severity is Severity.WARNING
    assert f"02:00 does not exist on {days} in {zone}" in hit.message
    (daily,) = found('at: "02:00"', zone)
    assert daily.severity is Severity.INFO


@pytest.mark.parametrize(
    ("schedule", "zone"),
    [
        ('day: sunday, at: "03:00"', "Europe/Rome"),
        ('day: saturday, at: "02:00"', "Europe/Rome"),
        ('day: sunday, at: "02:00"', "Asia/Tokyo"),
    ],
)
def test_an_hour_that_is_always_there_is_no_finding(schedule: str, zone: str) -> None:
    assert found(schedule, zone) == []


def test_a_run_that_daylight_saving_skips_is_not_called_early() -> None:
    (hit,) = found('day: sunday, at: "02:00", weeks: [fourth]', "Europe/Rome")

    assert "before the month's release" not in hit.message
    assert "02:00 does not exist on" in hit.message
    assert "2027-03-28" in hit.message
    assert hit.message.endswith("no later run follows the release in 2027-03")


@pytest.mark.parametrize("zone", ["Europe/Rome", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("week", ["first", "second", "third", "fourth"])
def test_no_month_is_called_early_whose_run_would_follow_the_release_on_a_steady_clock(
    zone: str, week: str
) -> None:
    """A zone's clock without its changes is what the planned run is compared with."""
    hits = found(f'day: sunday, at: "02:00", weeks: [{week}]', zone)

    early = [item.message for item in hits if "before the month's release" in item.message]
    steady = found(f'day: sunday, at: "03:00", weeks: [{week}]', zone)
    same = [item.message for item in steady if "before the month's release" in item.message]
    assert early == same, "an hour later, where no clock skips it, the same months are early"


def test_each_finding_of_a_schedule_stands_at_its_own_key() -> None:
    early, skipped = (
        found('day: sunday, at: "02:00", weeks: [first]', "Africa/Casablanca"),
        found('day: sunday, at: "02:00"', "Europe/Rome"),
    )

    assert early
    assert early[0].at is not None
    assert skipped[0].at is not None
    assert skipped[0].at.col > early[0].at.col
