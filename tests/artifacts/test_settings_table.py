from __future__ import annotations

from gpogen.artifacts import settings_csv, settings_json
from gpogen.artifacts.settings_table import settings
from gpogen.formats import settingscsv, settingsjson
from gpogen.formats.targeting import wql_condition
from gpogen.policy.types import Hive, RegType
from tests.artifacts.factory import compiled, deletion, preference, traced, value

WQL = "SELECT * FROM Win32_OperatingSystem WHERE OperatingSystemSKU = 407"
WHY = "Nobody says \"=1+1\".\r\n=cmd|' /C calc'!A0 \u202e {{ x }} ]]> -- %PATH% $(x) `y` \U0001f600"
MADE = compiled(
    policy=(
        traced(value().record, policy="WindowsUpdate.AutoUpdateCfg", title="Configure", why=WHY),
        deletion("B"),
        value("C", "=1", RegType.SZ, hive=Hive.HKCU),
    ),
    preferences=(preference(wql=(WQL,)),),
)


def test_both_files_hold_policies_and_preferences_with_policy_reason_and_targeting() -> None:
    (table,), (text) = settings_csv.emit(MADE), settings_json.emit(MADE)
    found = [item for _, item in settingscsv.decode(table.data)]

    assert (table.path, text[0].path) == ("settings.csv", "settings.json")
    assert found == settingsjson.decode(text[0].data) == list(settings(MADE))
    assert [item.record for item in found] == [
        item.record for item in (*MADE.policy, *MADE.preferences)
    ]
    assert (found[0].policy, found[0].title, found[0].why) == (
        "WindowsUpdate.AutoUpdateCfg",
        "Configure",
        WHY,
    )
    assert found[-1].targeting == wql_condition((WQL,))


def test_a_profile_without_records_has_neither() -> None:
    assert settings_csv.emit(compiled(policy=())) == ()
    assert settings_json.emit(compiled(policy=())) == ()
