"""The flat table of settings."""

from __future__ import annotations

import subprocess
import sys

from gpogen.catalog.policies import Status, find_value
from gpogen.catalog.settings import Setting, settings
from gpogen.catalog.values import values
from gpogen.policy.types import RegType


def _one(name: str, policy: str) -> Setting:
    (row,) = [s for s in settings() if s.name == name and s.policy == policy]
    return row


def test_no_setting_is_without_source_or_meaning() -> None:
    for row in settings():
        assert row.source, row
        assert row.meaning.endswith("."), row
        assert row.category, row
        assert (row.reason is None) == (row.status is Status.OFFERED), row


def test_every_setting_of_a_policy_is_found_by_its_value() -> None:
    for row in settings():
        if row.policy is not None and row.name is not None:
            assert row.policy in [policy.id for policy, _ in find_value(row.key, row.name)]


def test_no_policy_has_a_value_twice_and_all_other_values_follow() -> None:
    places = [(s.policy, s.key.lower(), (s.name or "").lower()) for s in settings()]
    assert len(places) == len(set(places))
    assert [s for s in settings() if s.policy is None] == list(settings()[-len(values()) :])


def test_a_setting_names_only_servers_whose_templates_have_it() -> None:
    policy = "WindowsUpdate.ComplianceDeadline"
    assert _one("SetComplianceDeadline", policy).oses == ("windows-server-2022",)
    assert _one("SetComplianceDeadlineForQU", policy).oses == ("windows-server-2025",)
    notices = _one(
        "NoUpdateNotificationsDuringActiveHours", "WindowsUpdate.UpdateNotificationLevel"
    )
    assert notices.oses == ("windows-server-2025",)


def test_a_setting_shows_range_choices_and_limits() -> None:
    hours = _one("DetectionFrequency", "WindowsUpdate.DetectionFrequency_Title")
    assert (hours.type, hours.min, hours.max) == (RegType.DWORD, 1, 22)
    options = _one("AUOptions", "WindowsUpdate.AutoUpdateCfg")
    assert [c.value.data for c in options.choices] == [2, 3, 4, 5, 7]
    switch = _one("NoAutoUpdate", "WindowsUpdate.AutoUpdateCfg")
    assert {c.display: c.value.data for c in switch.choices} == {"Enabled": 0, "Disabled": 1}
    wsus = _one("UseWUServer", "WindowsUpdate.CorpWuURL")
    assert {c.display: c.value.data for c in wsus.choices} == {"Enabled": 1, "Disabled": 0}
    pause = _one("PauseQualityUpdatesStartTime", "WindowsUpdate.DeferQualityUpdates")
    assert (pause.type, pause.max_length) == (RegType.SZ, 10)


def test_user_policies_lie_in_the_users_hive() -> None:
    assert {s.policy for s in settings() if s.hive == "HKCU"} == {
        "WindowsUpdate.NoAutoUpdate",
        "WindowsUpdate.AUNoUasDefaultPolicy_User",
        "WindowsUpdate.RemoveWindowsUpdate",
    }


def test_the_catalogue_needs_no_third_party_library() -> None:
    code = (
        "import sys; from gpogen.catalog.settings import settings; settings();"
        "from gpogen.catalog import platforms, sconfig; platforms.images(); sconfig.sconfig();"
        "bad = {'yaml', 'lxml', 'pydantic', 'click', 'jinja2'} & set(sys.modules);"
        "sys.exit(', '.join(sorted(bad)) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
