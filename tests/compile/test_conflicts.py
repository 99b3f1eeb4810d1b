"""Two places that give one value, sides that are disabled, settings without effect."""

from __future__ import annotations

import pytest

from gpogen.finding import Finding
from tests.support.profiles import checked, compiled

KEY = r"key: 'HKLM\SOFTWARE\Policies\X'"
VBS = "DeviceGuard.VirtualizationBasedSecurity"


def found(body: str, code: str, **head: str) -> list[Finding]:
    return [one for one in checked(body, **head).findings if one.id == code]


def items(*texts: str) -> str:
    return "registry:\n" + "".join(f"  - {{{KEY}, {text}}}\n" for text in texts)


WORD = "updates: {drivers: exclude, why: first}\n"


def drivers(text: str) -> str:
    key = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
    return f"registry:\n  - {{key: '{key}', name: excludewudriversinqualityupdate, {text}}}\n"


def test_one_value_given_differently_is_an_error_at_both_places() -> None:
    (one,) = found(WORD + drivers("type: dword, data: 2"), "GP030")

    assert "is set twice: 1 (" in one.message
    assert ") and 2 (" in one.message
    assert one.at is not None
    assert (one.at.line, one.related[0].line) == (9, 7)
    assert one.fix == "keep one of the two"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("type: dword, data: 0", 1),
        ("action: delete", 1),
        ("type: sz, data: '1'", 1),
        ("type: dword, data: 1, action: soft", 1),
        ("type: dword, data: 1", 0),
    ],
)
def test_one_value_has_one_effect(text: str, count: int) -> None:
    assert len(found(WORD + drivers(text), "GP030")) == count


def test_the_same_value_twice_is_told_once_and_written_once() -> None:
    body = WORD + drivers("type: dword, data: 1, why: second")
    (one,) = found(body, "GP031")
    (written,) = compiled(body).policy

    assert one.severity == "info"
    assert one.at is not None
    assert (one.at.line, [at.line for at in one.related]) == (9, [7])
    assert written.origin.why == "first"
    assert [at.line for at in written.origin.places] == [7, 9]


def test_the_reason_of_the_second_counts_where_the_first_has_none() -> None:
    body = "updates: {drivers: exclude}\n" + drivers("type: dword, data: 1, why: second")

    assert compiled(body).policy[0].origin.why == "second"


def test_what_the_editor_fills_in_and_the_author_writes_too_is_the_authors() -> None:
    key = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"
    item = f"{{key: '{key}', name: ScheduledInstallDay, type: dword, data: 0}}"
    body = f"updates: {{mode: download}}\nregistry: [{item}]\n"
    compilation = checked(body).compilation
    assert compilation is not None
    (day,) = [one for one in compilation.drafts if one.record.name == "ScheduledInstallDay"]

    assert day.authored
    assert found(body, "GP031") == []


def test_a_policy_and_a_preference_are_two_routes_and_must_agree() -> None:
    same = WORD + drivers("type: dword, data: 1, via: preference")
    made = compiled(same)

    assert (len(made.policy), len(made.preferences)) == (1, 1)
    assert not found(same, "GP031")
    assert found(same.replace("data: 1", "data: 2"), "GP030")


def test_a_policy_given_twice_is_one_message_with_its_first_values() -> None:
    body = f"vbs: {{enforce: policy}}\npolicies:\n  - {{policy: {VBS}, state: disabled}}\n"
    (one,) = found(body, "GP030")

    assert one.message.startswith(f"{VBS} is set twice (")
    assert "EnableVirtualizationBasedSecurity 0 and 1" in one.message
    assert one.message.endswith(" more")
    assert one.message.endswith("HypervisorEnforcedCodeIntegrity delete and 3, 5 more")


@pytest.mark.parametrize(
    ("sides", "count"),
    [
        ("{computer: disabled}", 1),
        ("{computer: enabled}", 0),
        ("{user: disabled}", 0),
        ("{user: disabled, computer: disabled}", 1),
    ],
)
def test_a_disabled_side_with_values_is_told(sides: str, count: int) -> None:
    wanted = found(f"gpo: {sides}\n" + items("name: A, type: dword, data: 1"), "GP038")

    assert len(wanted) == count
    assert all(
        "the computer side is disabled: its 1 records have no effect" in o.message for o in wanted
    )
    assert all("write `gpo: {computer: enabled}`" in one.fix for one in wanted)


def test_a_disabled_user_side_says_nothing_of_the_rules() -> None:
    body = "gpo: {user: disabled}\n" + items("name: A, type: dword, data: 1").replace(
        "HKLM", "HKCU"
    )
    (one,) = found(body, "GP038")

    assert "no rule judges" not in one.message
    assert one.severity == "warning"


@pytest.mark.parametrize(
    ("body", "word", "reason"),
    [
        ("updates: {schedule: {day: sunday}}", "updates.schedule", "the profile has no mode"),
        ("updates: {mode: 'off', microsoft_update: true}", "updates.microsoft_update", "mode off"),
        ("updates: {mode: unmanaged, schedule: remove}", "updates.schedule", "mode unmanaged"),
        ("vbs: {enforce: registry, hvci: disabled}", "vbs.hvci", "`enforce: registry`"),
        ("vbs: {enforce: elsewhere, mat_required: false}", "vbs.mat_required", "elsewhere"),
    ],
)
def test_a_setting_without_effect_is_refused(body: str, word: str, reason: str) -> None:
    (one,) = found(body, "GP037", orchestration="manual")

    assert one.message.startswith(f"{word} has no effect: ")
    assert reason in one.message
    assert one.fix


@pytest.mark.parametrize(
    "body",
    [
        "updates: {mode: remove, schedule: remove, microsoft_update: remove}",
        "updates: {mode: download, schedule: {day: sunday}}",
        "updates: {schedule: unmanaged}",
        "vbs: {enforce: policy, hvci: disabled}",
        "vbs: {enforce: policy+registry, hvci: disabled}",
    ],
)
def test_a_setting_with_effect_is_not(body: str) -> None:
    assert found(body, "GP037", orchestration="manual") == []


def test_configmgr_leaves_the_source_out_and_says_so() -> None:
    body = "updates: {source: windows-update}"
    left = checked(body, orchestration="configmgr")
    assert left.compilation is not None
    told = checked("updates: {source: unmanaged}", orchestration="configmgr")

    assert [item.what for item in left.left_out] == ["updates.source"]
    assert left.compilation.drafts == ()
    assert told.left_out == ()
    assert checked(body).left_out == ()
