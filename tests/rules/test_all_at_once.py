"""Wrong values are told at once with what is wrong in the form of a profile."""

from __future__ import annotations

import pytest

from gpogen.profile.load import Loader
from gpogen.rules.check import check

HEAD = """\
gpogen: 1
name: some
title: Some
target: {platform: azure-arc, os: windows-server-2025-standard}
orchestration: manual
"""
WRONG = "updates: {drivers: perhaps}\n"
VALUES = """\
policies:
  - {policy: WindowsUpdate.AutoUpdatCfg, state: enabled}
  - {policy: WindowsUpdate.DetectionFrequency_Title, state: perhaps}
  - {policy: WindowsUpdate.ActiveHours, state: enabled, values: {ActiveHourEnd: 18}}
  - {policy: WindowsUpdate.DeferQualityUpdates, state: enabled,
     values: {DeferQualityUpdatesPeriodInDays: 31}}
registry:
  - {key: Software\\Some, name: A, type: dword, data: none}
  - {key: HKLM\\Software\\Some, name: A, type: REG_DWORD, data: 1}
  - {key: HKLM\\Software\\Some, name: B, type: dword, data: none}
allow:
  - {rule: HP36, why: some}
  - {rule: GP013, why: some}
"""


def _told(text: str) -> list[tuple[str, str, str]]:
    found = check(Loader().load_bytes(text.encode()))
    assert found.compiled is None
    return [
        (item.id, f"{item.at.line}:{item.at.col}" if item.at else "", item.message)
        for item in found.findings
        if item.severity == "error"
    ]


def test_values_are_told_although_the_form_is_wrong_elsewhere() -> None:
    told = _told(HEAD + WRONG + VALUES)

    assert [(code, at) for code, at, _ in told] == [
        ("GP013", "6:20"),
        ("GP033", "8:14"),
        ("GP013", "9:61"),
        ("GP035", "10:66"),
        ("GP035", "12:48"),
        ("GP050", "14:11"),
        ("GP050", "14:54"),
        ("GP013", "15:46"),
        ("GP050", "16:59"),
        ("GP060", "18:12"),
        ("GP060", "19:12"),
    ]


def test_items_keep_their_numbers_when_a_wrong_one_is_passed_over() -> None:
    told = _told(HEAD + WRONG + VALUES)

    assert "registry[3].data: dword must be" in told[8][2]


def test_nothing_is_told_of_values_when_they_are_right() -> None:
    right = "policies: [{policy: WindowsUpdate.DetectionFrequency_Title, state: disabled}]\n"

    assert [code for code, _, _ in _told(HEAD + WRONG + right)] == ["GP013"]


@pytest.mark.parametrize(
    "target",
    [
        "target: {platform: azure-arc, os: perhaps}",
        "target: perhaps",
        "base: true\ntarget: {os: windows-server-2022-azure-edition}",
    ],
)
def test_a_system_that_is_not_known_refuses_no_policy(target: str) -> None:
    lines = HEAD.replace(HEAD.splitlines()[3], target)
    policy = "policies: [{policy: WindowsUpdate.AllowOptionalContent, state: disabled}]\n"

    assert "GP032" not in {code for code, _, _ in _told(lines + WRONG + policy)}
