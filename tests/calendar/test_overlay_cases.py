"""Cases that were reckoned by hand, with a printed calendar and ``date``, not by this program.

Each has the profile's words, and when an update is then released, installed and restarted, by
both readings of the week boxes. The calendar's types are those of Windows Server 2025.
"""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gpogen.calendar import clock
from gpogen.calendar.entries import entry
from gpogen.calendar.plan import plan_of
from gpogen.calendar.rollout import Course, course
from gpogen.calendar.schedule import WeekReading
from gpogen.catalog.months import Month
from gpogen.releases.knowledge import know
from gpogen.rules.check import subject_of
from tests.support.profiles import checked

CASES = json.loads(Path(__file__).with_name("overlay-cases.json").read_text("utf-8"))
LESS_THAN_15 = re.compile(r"warn_minutes: ([0-9]|1[0-4])\b")
TODAY = datetime.date(2026, 11, 24)


def body(case: dict[str, Any]) -> str:
    """Write the profile of a case."""
    weeks = case["weeks"] if case["weeks"] == "every" else f"[{', '.join(case['weeks'])}]"
    restart = ", ".join(f"{key}: {value}" for key, value in case["restart"].items())
    restart = LESS_THAN_15.sub("warn_minutes: 15", restart)
    lines = [
        "vbs: {enforce: policy+registry}",
        "updates:",
        "  mode: install-on-schedule",
        f'  schedule: {{day: {case["day"]}, at: "{case["at"]}", weeks: {weeks}}}',
        f"restart: {{{restart}}}",
        "allow: [{rule: HP032, why: the case is about it}]",
    ]
    if case["pause"]:
        values = f"PauseQualityUpdatesStartTime: '{case['pause']}'"
        if case["deferral"]:
            values += f", DeferQualityUpdatesPeriodInDays: {case['deferral']}"
        policy = "policy: WindowsUpdate.DeferQualityUpdates, state: enabled"
        lines += ["policies:", f"  - {{{policy}, values: {{{values}}}}}"]
    elif case["deferral"]:
        lines.insert(2, f"  quality_deferral_days: {case['deferral']}")
    return "\n".join(lines)


def reckoned(case: dict[str, Any]) -> Course:
    result = checked(body(case))
    subject = subject_of(result)
    assert subject is not None, result.findings
    system = know().systems["windows-server-2025"]
    month = entry(know(), system, Month.parse(case["month"]), TODAY)
    plan = plan_of(subject)
    if plan.warn_minutes is not None:
        # Some cases warn for less than the 15 minutes that a profile takes at least.
        plan = replace(plan, warn_minutes=case["restart"]["warn_minutes"])
    return course(plan, month, (clock.zone_of(case["zone"]),))


def iso(moment: datetime.datetime | None) -> str | None:
    return moment.isoformat(timespec="minutes") if moment else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_case_comes_out_as_reckoned_by_hand(case: dict[str, Any]) -> None:
    found = reckoned(case)
    due = found.restart_due if found.entry.restart.value == "yes" else None

    assert iso(found.released) == case["released"]
    assert iso(found.installed) == case["install"]
    assert iso(due) == case["restart_due"]
    assert found.exposed_days == case["exposed_days"]
    if case["nth"] != case["calendar_week"]:
        later = "nth" if case["nth"] == case["install"] else "calendar_week"
        assert found.reading is {"nth": WeekReading.NTH, "calendar_week": WeekReading.WEEK}[later]
    else:
        assert found.reading is None


def test_the_cases_are_many_and_about_every_form() -> None:
    assert len(CASES) >= 30
    assert len({case["zone"] for case in CASES}) >= 3
    weeks = {str(case["weeks"]) for case in CASES}
    assert {"every", *(f"['{week}']" for week in ("first", "second", "third", "fourth"))} <= weeks
    assert any(case["pause"] for case in CASES)
    assert any(case["deferral"] for case in CASES)
    assert any(case["restart"]["policy"] == "deadline" for case in CASES)
    assert {"2026-06", "2026-09"} <= {case["month"] for case in CASES}
