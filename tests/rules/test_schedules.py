"""HP032: a schedule or a window of Update Manager before its month's release."""

from __future__ import annotations

import pytest

from gpogen.finding import Finding, Severity
from tests.support.profiles import checked

VBS = "vbs: {enforce: policy+registry}\n"
RESTART = "restart: {policy: when-required}\n"
ARC = {"os": "windows-server-2025-standard", "platform": "azure-arc"}
EARLY = "day: tuesday, at: '03:00', weeks: [first]"
DEADLINE = "restart: {policy: deadline, days: 2, grace_days: 1}\n"


def found(rule: str, body: str, zone: str = "", **head: str) -> list[Finding]:
    extra = f", time_zone: {zone}" if zone else ""
    result = checked(VBS + body, extra_target=extra, **head)
    assert result.compilation is not None, result.findings
    return [item for item in result.findings if item.id == rule]


def scheduled(schedule: str, mode: str = "install-on-schedule") -> str:
    return f"updates: {{mode: {mode}, schedule: {{{schedule}}}}}\n"


@pytest.mark.parametrize("zone", ["", "Europe/Rome"])
@pytest.mark.parametrize(
    ("schedule", "mode", "more", "wrong"),
    [
        (EARLY, "install-on-schedule", RESTART, True),
        (EARLY, "install-on-schedule", "", True),
        (EARLY, "install-on-schedule", DEADLINE, False),
        (EARLY, "download", RESTART, False),
        (EARLY, "notify-restart", RESTART, False),
        (EARLY, "'off'", RESTART, False),
        ("day: sunday, at: '02:00'", "install-on-schedule", DEADLINE, False),
        ("day: sunday, at: '02:00'", "download", RESTART, False),
    ],
)
def test_a_schedule_that_does_not_install_is_never_early(
    schedule: str, mode: str, more: str, wrong: bool, zone: str
) -> None:
    assert bool(found("HP032", scheduled(schedule, mode) + more, zone)) is wrong


WINDOW = "the window opens before the month's release, so updates install a month late: "
BUT_MARCH = WINDOW + "2026-01, 2026-02, 2026-04, 2026-05, 2026-06, 2026-07 and 17 more"
"""On 2026-03-10 the clocks of the United States are an hour ahead, and those of Europe are not."""


def window(offset: int, at: str, more: str = "") -> str:
    return (
        f"update_manager: {{patch_tuesday_offset: {offset}, at: '{at}', duration: '03:00'{more}}}"
    )


@pytest.mark.parametrize(
    ("offset", "at", "own", "zone", "message", "severity"),
    [
        (0, "09:00", "America/Los_Angeles", "", WINDOW + "every month", Severity.ERROR),
        (0, "10:00", "America/Los_Angeles", "", "", None),
        (0, "09:00", "", "America/Los_Angeles", WINDOW + "every month", Severity.ERROR),
        (0, "10:00", "", "America/Los_Angeles", "", None),
        (0, "10:00", "America/Los_Angeles", "Asia/Tokyo", "", None),
        (0, "18:59", "", "Europe/Rome", BUT_MARCH, Severity.ERROR),
        (0, "17:59", "", "Europe/Rome", WINDOW + "every month", Severity.ERROR),
        (0, "19:00", "", "Europe/Rome", "", None),
        (0, "23:00", "", "", WINDOW + "every month", Severity.WARNING),
        (1, "01:00", "", "", WINDOW, Severity.WARNING),
        (2, "01:00", "", "", "", None),
        (1, "03:00", "Asia/Tokyo", "", "", None),
        (1, "02:59", "Asia/Tokyo", "", WINDOW, Severity.ERROR),
    ],
)
def test_a_window_is_early_in_its_own_zone_or_that_of_the_machines(
    offset: int, at: str, own: str, zone: str, message: str, severity: Severity | None
) -> None:
    body = window(offset, at, f", time_zone: {own}" if own else "")
    hits = found("HP032", body + "\n", zone, orchestration="azure-update-manager", **ARC)

    assert [item.severity for item in hits] == ([severity] if severity else [])
    for item in hits:
        assert item.message.startswith(message)
        assert item.message.endswith(("every month", " more"))
        assert item.fix == "set patch_tuesday_offset to 1 or more"
        assert item.at is not None


@pytest.mark.parametrize("orchestration", ["group-policy", "configmgr", "third-party", "manual"])
def test_a_window_that_nobody_uses_is_never_early(orchestration: str) -> None:
    body = window(0, "01:00") + "\n"

    assert found("HP032", body, "Europe/Rome", orchestration="azure-update-manager", **ARC)
    assert not found("HP032", body, "Europe/Rome", orchestration=orchestration, **ARC)
    assert found("UPDATE-MANAGER-UNUSED", body, "Europe/Rome", orchestration=orchestration, **ARC)
