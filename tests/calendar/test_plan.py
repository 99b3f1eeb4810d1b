"""What a profile's plan is, by who installs and what restarts."""

from __future__ import annotations

import pytest

from gpogen.calendar.plan import plan_of
from gpogen.rules.check import subject_of
from tests.support.profiles import checked

SUNDAY = "updates: {mode: install-on-schedule, schedule: {day: sunday, at: '02:00'}}\n"
HOURS = ", active_hours: {start: '08:00', end: '18:00'}"


@pytest.mark.parametrize(
    ("restart", "hours", "follows"),
    [
        ("when-required", "", True),
        ("when-required", HOURS, False),
        ("none", "", True),
        ("none", HOURS, False),
        ("at-scheduled-time, warn_minutes: 30", "", False),
        ("not-while-users-are-logged-on", "", False),
    ],
)
def test_a_restart_follows_an_installation_unless_a_timer_a_user_or_active_hours_delay_it(
    restart: str, hours: str, follows: bool
) -> None:
    body = f"vbs: {{enforce: policy+registry}}\n{SUNDAY}restart: {{policy: {restart}{hours}}}\n"
    subject = subject_of(checked(body))
    assert subject is not None

    assert plan_of(subject).follows_installation is follows
