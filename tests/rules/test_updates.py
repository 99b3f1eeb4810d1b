"""Rules about which updates come, when, from where, and about data: each case that decides."""

from __future__ import annotations

import itertools

import pytest

from gpogen.finding import Finding, Severity
from tests.support.profiles import OS_2022, OS_2025, checked

WU = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
AU = rf"{WU}\AU"
UPDATE = r"HKLM\SOFTWARE\Microsoft\PolicyManager\current\device\Update"
MEMORY = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management"
VBS = "vbs: {enforce: policy+registry}\n"
RUN = "mode: install-on-schedule, schedule: {day: saturday, at: '04:00'}"
WSUS = "source: {wsus: {server: 'https://w', status_server: 'https://w'}}"
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def found(rule: str, body: str, **head: str) -> list[Finding]:
    result = checked(VBS + body, **head)
    assert result.compilation is not None, result.findings
    return [one for one in result.findings if one.id == rule]


def item(key: str, name: str, data: int | str | None, more: str = "") -> str:
    """Return a value as an item of `registry`; nothing for None."""
    if data is None:
        return ""
    kind, shown = ("sz", f"'{data}'") if isinstance(data, str) else ("dword", data)
    return f"  - {{key: '{key}', name: {name}, type: {kind}, data: {shown}{more}}}\n"


@pytest.mark.parametrize("os", [OS_2022, OS_2025])
@pytest.mark.parametrize(
    ("version", "source", "severity"),
    [
        (None, "source: windows-update", INFO),
        (None, "drivers: exclude", INFO),
        (None, WSUS, None),
        ("2025", "source: windows-update", ERROR),
        ("2025", WSUS, ERROR),
        ("2022", "source: windows-update", INFO),
        ("2022", WSUS, None),
        ("hold", "source: windows-update", None),
        ("hold", WSUS, None),
    ],
)
def test_windows_server_2025_is_offered_to_2022_unless_something_blocks_it(
    version: str | None, source: str, severity: Severity | None, os: str
) -> None:
    value = item(WU, "TargetReleaseVersionInfo", version)
    body = f"updates: {{mode: download, {source}}}\n" + (f"registry:\n{value}" if value else "")
    hits = found("FEATURE-UPDATE-HOLD", body, os=os, orchestration="manual")

    assert [one.severity for one in hits] == [severity] * (severity is not None and os == OS_2022)


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        ("", 4, 37),
        ("updates: {optional_content: none}\n", 8, 10),
        ("updates: {mode: download}\n", 8, 17),
        ("updates: {mode: download, source: windows-update}\n", 8, 35),
        ("restart: {policy: deadline, days: 2, grace_days: 1}\n", 8, 19),
        (f"registry:\n{item(WU, 'SetComplianceDeadline', 1)}", 9, 5),
    ],
)
def test_what_comes_with_windows_update_stands_where_the_source_or_the_mode_does(
    body: str, line: int, column: int
) -> None:
    (hit,) = found("HP016", body, orchestration="manual")

    assert hit.at is not None
    assert (hit.at.line, hit.at.col) == (line, column)


@pytest.mark.parametrize("excluded", [None, 0, 1, 2])
@pytest.mark.parametrize(
    ("source", "comes"),
    [
        ("source: windows-update", True),
        ("drivers: unmanaged", True),
        (WSUS, False),
    ],
)
@pytest.mark.parametrize("mode", ["download", "install-on-schedule"])
def test_drivers_come_with_windows_update_unless_they_are_excluded(
    excluded: int | None, source: str, comes: bool, mode: str
) -> None:
    value = item(WU, "ExcludeWUDriversInQualityUpdate", excluded)
    body = f"updates: {{mode: {mode}, {source}}}\n" + (f"registry:\n{value}" if value else "")

    wanted = ["drivers come with Windows Update"] if excluded == 0 else []
    if excluded is None and comes:
        wanted = ["drivers come with Windows Update: nothing excludes them"]
    assert [one.message for one in found("HP016", body)] == wanted
    assert len(found("HP036", body)) == (comes and mode == "install-on-schedule")


@pytest.mark.parametrize("name", ["PauseQualityUpdatesStartTime", "PauseFeatureUpdatesStartTime"])
@pytest.mark.parametrize(
    ("value", "wrong"),
    [("", False), ("2026-11-02", False), ("2026-11-31", True), ("02.11.2026", True), ("x", True)],
)
def test_a_pause_is_a_date_or_empty(name: str, value: str, wrong: bool) -> None:
    hits = [one.message for one in found("PAUSE-FORMAT", f"registry:\n{item(WU, name, value)}")]

    assert hits == [f"{name} must be a date (yyyy-mm-dd); got {value!r}"] * wrong


DEFERRAL = "DeferQualityUpdatesPeriodInDays"


@pytest.mark.parametrize(("on", "days"), list(itertools.product((None, 0, 1), (None, 0, 14, 15))))
def test_a_deferral_is_long_from_15_days_on_where_it_is_on(
    on: int | None, days: int | None
) -> None:
    values = item(WU, "DeferQualityUpdates", on) + item(WU, DEFERRAL, days)
    body = f"registry:\n{values}" if values else ""

    said = ["quality updates are deferred by 15 days"] * (on == 1 and days == 15)
    assert [one.message for one in found("HP014", body, orchestration="manual")] == said


def test_where_every_deferral_is_too_long_the_fix_sets_0_days() -> None:
    schedule = "mode: install-on-schedule, schedule: {day: wednesday, at: '04:00', weeks: [second]}"
    body = f"updates: {{{schedule}, quality_deferral_days: 15}}\n"
    (hit,) = found("HP014", body, extra_target=", time_zone: Europe/Rome")

    assert hit.message.startswith("the deferral of 15 days skips the baseline")
    assert hit.fix == "set `quality_deferral_days: 0`"


@pytest.mark.parametrize(
    ("form", "days", "fix"),
    [
        ("word", 30, "set `quality_deferral_days: 14` or less"),
        ("raw", 30, f"set `{DEFERRAL}: 14` or less"),
    ],
)
def test_the_fix_of_a_deferral_that_skips_a_baseline_names_what_is_written(
    form: str, days: int, fix: str
) -> None:
    raw = item(WU, "DeferQualityUpdates", 1) + item(WU, DEFERRAL, days)
    word = f", quality_deferral_days: {days}" if form == "word" else ""
    body = f"updates: {{{RUN}{word}}}\n" + ("" if word else f"registry:\n{raw}")
    (hit,) = found("HP014", body, extra_target=", time_zone: Europe/Rome")

    assert hit.severity is ERROR
    assert hit.fix == fix


@pytest.mark.parametrize(
    ("key", "name", "data", "wrong"),
    [
        (UPDATE, "AllowRebootlessUpdates", 1, True),
        (UPDATE, "Whatever", 1, True),
        (MEMORY, "HotPatchRestrictions", 1, False),
        (MEMORY, "HotPatchTableSize", 4096, False),
        (r"HKLM\SOFTWARE\Microsoft\WindowsUpdate\UpdatePolicy\Settings", "PausedQualityStatus", 0,
         False),
        (r"HKLM\SOFTWARE\Contoso", "A", 1, False),
    ],
)  # fmt: skip
def test_results_of_another_engine_are_not_written_and_may_be_deleted(
    key: str, name: str, data: int, wrong: bool
) -> None:
    gone = f"  - {{key: '{key}', name: {name}, action: delete}}\n"

    assert bool(found("HP002", f"registry:\n{item(key, name, data)}")) is wrong
    assert found("HP002", f"registry:\n{gone}") == []
    arm = name == "HotPatchRestrictions"
    for one in (item(key, name, data), gone):
        assert bool(found("HP028", f"registry:\n{one}")) is arm


@pytest.mark.parametrize("via", ["policy", "preference"])
@pytest.mark.parametrize(
    ("key", "name", "severity"),
    [
        (r"HKLM\SOFTWARE\Contoso", "A", WARNING),
        (MEMORY, "HotPatchTableSize", WARNING),
        (r"HKLM\SYSTEM\CurrentControlSet\Control\SecureBoot", "HighConfidenceOptOut", INFO),
        (r"HKLM\SOFTWARE\Policies\Contoso", "A", None),
        (AU, "AUOptions", None),
    ],
)
def test_a_value_stays_that_the_policy_writes_outside_of_the_policy_keys(
    key: str, name: str, severity: Severity | None, via: str
) -> None:
    stays = [severity] if severity and via == "policy" else []
    for action in ("set", "soft"):
        body = f"registry:\n{item(key, name, 4, f', via: {via}, action: {action}')}"
        assert [one.severity for one in found("HP031", body)] == stays
    gone = f"registry: [{{key: '{key}', name: {name}, action: delete, via: {via}}}]\n"
    assert found("HP031", gone) == []


@pytest.mark.parametrize("action", ["set", "soft"])
@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("AUOptions", "type: dword, data: 4", ""),
        ("AUOptions", "type: dword, data: 1", ""),
        ("AUOptions", "type: dword, data: 6", ""),
        ("AUOptions", "type: dword, data: 8", "is 8{}; its policy allows 2"),
        ("AUOptions", "type: sz, data: '1'", "has the type REG_SZ; its template writes REG_DWORD"),
        ("AUOptions", "type: qword, data: 6", "has the type REG_QWORD; its template"),
        ("NoAutoUpdate", "type: dword, data: 1", ""),
        ("NoAutoUpdate", "type: dword, data: 6", "is 6{}; its policy allows 0"),
        ("Unknown", "type: qword, data: 77", ""),
    ],
)
def test_data_that_no_template_gives_is_found_unless_another_rule_says_more(
    name: str, text: str, message: str, action: str
) -> None:
    body = f"registry: [{{key: '{AU}', name: {name}, {text}, action: {action}}}]\n"
    hits = [one.message for one in found("POLICY-VALUE", body)]

    assert len(hits) == bool(message)
    told = message.format(" (if absent)" if action == "soft" else "")
    assert all(f"!{name} {told}" in one for one in hits)
    gone = f"registry: [{{key: '{AU}', name: {name}, action: delete}}]\n"
    assert found("POLICY-VALUE", gone) == []


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("PauseQualityUpdatesStartTime", "type: sz, data: 'tomorrow'", False),
        ("PauseFeatureUpdatesStartTime", "type: sz, data: 'tomorrow'", False),
        ("PauseQualityUpdatesStartTime", "type: dword, data: 1", True),
        ("ManagePreviewBuildsPolicyValue", "type: dword, data: 0", True),
        ("BranchReadinessLevel", "type: dword, data: 16", True),
    ],
)
def test_what_older_templates_wrote_is_wrong_in_a_profile(
    name: str, text: str, wrong: bool
) -> None:
    body = f"registry: [{{key: '{WU}', name: {name}, {text}}}]\n"

    assert bool(found("POLICY-VALUE", body)) is wrong
