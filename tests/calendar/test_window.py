"""Update Manager's windows in the calendar, against dates counted by hand."""

from __future__ import annotations

import datetime

import pytest

from gpogen.calendar.overlay import Overlay, lay_over
from gpogen.calendar_views import events, sentences, table
from gpogen.catalog.months import Month, months_from
from gpogen.releases.knowledge import know
from gpogen.rules.check import subject_of
from tests.support.profiles import checked, ids

ARC = {"platform": "azure-arc", "os": "windows-server-2025-standard"}
ROME = ", time_zone: Europe/Rome"
BODY = "vbs: {enforce: policy+registry}\nupdates: {mode: download, drivers: exclude}\n"


def laid(window: str, more: str = "") -> Overlay:
    subject = subject_of(
        checked(
            f"{BODY}update_manager: {{{window}}}\n{more}",
            orchestration="azure-update-manager",
            extra_target=ROME,
            **ARC,
        )
    )
    assert subject is not None
    span = months_from(Month(2026, 8), 2)
    return lay_over(subject, know(), span, today=datetime.date(2026, 11, 24))


@pytest.mark.parametrize(
    ("window", "end", "start"),
    [
        # Patch Tuesday is 2026-09-08; in Rome it is CEST (UTC+2), in New York EDT (UTC-4).
        (
            'patch_tuesday_offset: 4, at: "22:00", duration: "03:30"',
            "2026-09-13T01:30+02:00",
            "2026-09-12T22:00+02:00",
        ),
        (
            'patch_tuesday_offset: 1, at: "06:15", duration: "02:00", time_zone: America/New_York',
            "2026-09-09T14:15+02:00",
            "2026-09-09T12:15+02:00",
        ),
    ],
)
def test_a_baseline_installs_and_restarts_within_the_window(
    window: str, end: str, start: str
) -> None:
    row = laid(window).courses[1]

    assert row.installed is not None
    assert row.installed.isoformat(timespec="minutes") == end
    assert row.install_from == row.restart_from
    assert table.course_cells(row)[3].endswith(f"-{row.installed:%H:%M}")
    assert row.restart_due == row.installed
    assert row.restart_from is not None
    assert row.restart_from.isoformat(timespec="minutes") == start


def test_a_window_that_never_restarts_places_no_restart() -> None:
    found = laid('patch_tuesday_offset: 4, at: "22:00", duration: "03:30", reboot: Never')

    assert found.courses[1].restart_due is None
    assert sentences.restarts(found) == "nobody"


def test_a_window_before_the_release_is_a_month_late() -> None:
    # The release comes at 19:00 in Rome.
    window = 'at: "18:00", duration: "03:00"'
    row = laid(window).courses[0]

    assert row.installed is not None
    assert row.installed.date() == datetime.date(2026, 9, 8)
    for hour, early in (("18:00", True), ("20:00", False)):
        body = f'{BODY}update_manager: {{at: "{hour}", duration: "03:00"}}\n'
        found = checked(body, orchestration="azure-update-manager", extra_target=ROME, **ARC)
        assert ("HP032" in ids(found)) is early


def test_a_pause_over_the_window_moves_the_update_to_the_next() -> None:
    paused = (
        "policies:\n  - {policy: WindowsUpdate.DeferQualityUpdates, state: enabled, "
        "values: {PauseQualityUpdatesStartTime: '2026-08-13'}}\n"
    )
    row = laid('patch_tuesday_offset: 4, at: "22:00", duration: "03:00"', paused).courses[0]

    assert row.installed is not None
    assert row.installed.date() == datetime.date(2026, 10, 18)


def test_the_event_of_an_installation_is_the_window() -> None:
    found = laid('patch_tuesday_offset: 4, at: "22:00", duration: "03:00"')
    row = found.courses[1]
    made = [event for event in events.of_overlay(found) if str(row.entry.month) in event.seed]

    assert [(event.start, event.end) for event in made] == [(row.install_from, row.installed)] * 2
