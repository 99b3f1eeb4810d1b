"""Registry values in no ADMX file, and SConfig's."""

from __future__ import annotations

import pytest

from gpogen.catalog.policies import find_value
from gpogen.catalog.sconfig import displayed_as, sconfig
from gpogen.catalog.values import find_known_value, value, values
from gpogen.policy.types import RegType

LICENCES = r"SOFTWARE\Microsoft\Azure Connected Machine Agent\Windows\Licenses"


def test_every_value_has_a_meaning_and_a_source_and_a_reason_if_read_only() -> None:
    for row in values():
        assert row.meaning.endswith("."), row.id
        assert row.source, row.id
        assert (row.reason is None) == row.writable, row.id
    assert len({row.id for row in values()}) == len(values())


def test_only_the_documented_preparation_is_writable() -> None:
    writable = {r.id: (r.name, r.type, r.data, r.oses) for r in values() if r.writable}
    old, new = "windows-server-2022", "windows-server-2025"
    assert writable == {
        "vbs-control": ("EnableVirtualizationBasedSecurity", RegType.DWORD, 1, (old, new)),
        "hotpatch-table-size": ("HotPatchTableSize", RegType.DWORD, 4096, (old,)),
        "targeting-name": ("Name", RegType.SZ, "Hotpatch Enrollment Package", (old,)),
        "targeting-version": ("Version", RegType.SZ, "10.0.20348.1129", (old,)),
    }


def test_no_value_is_also_written_by_an_admx_policy() -> None:
    assert not [row.id for row in values() if row.name and find_value(row.key, row.name)]


def test_licences_are_never_writable() -> None:
    rows = [row for row in values() if row.category in ("license", "arc-state", "mdm", "state")]
    assert rows
    assert not any(row.writable for row in rows)


@pytest.mark.parametrize(
    ("key", "name", "found"),
    [
        (rf"{LICENCES}\features\HOTPATCH", "subscription", "arc-licence-hotpatch"),
        (rf"{LICENCES}\Features\Other", "x", "arc-licences"),
        (LICENCES, "x", "arc-licences"),
        (r"software\microsoft\policymanager\current\device\Update", "Other", "policymanager"),
        (
            r"SYSTEM\CurrentControlSet\Control\DeviceGuard",
            "EnableVirtualizationBasedSecurity",
            "vbs-control",
        ),
    ],
)
def test_a_value_is_found_by_key_and_name_or_by_the_tree_above_it(
    key: str, name: str, found: str
) -> None:
    row = find_known_value(key, name)
    assert row is value(found)


def test_a_key_that_only_starts_alike_is_not_covered() -> None:
    assert find_known_value(rf"{LICENCES}2", "x") is None
    assert find_known_value(r"SYSTEM\CurrentControlSet\Control\DeviceGuard", "Other") is None


def test_sconfig_modes_write_what_the_module_writes() -> None:
    assert {mode.name: dict(mode.set) for mode in sconfig().modes} == {
        "automatic": {"AUOptions": 4, "NoAutoUpdate": 0},
        "download-only": {"AUOptions": 3, "NoAutoUpdate": 0},
        "manual": {"NoAutoUpdate": 1},
    }


@pytest.mark.parametrize(
    ("no_auto_update", "au_options", "shown"),
    [
        (1, 4, "Manual"),
        (1, None, "Manual"),
        (0, 3, "Download only"),
        (None, 4, "Automatic"),
        (0, 2, "Not configured"),
        (0, 7, "Not configured"),
        (None, None, "Not configured"),
    ],
)
def test_sconfig_shows_the_setting_by_its_own_rule(
    no_auto_update: int | None, au_options: int | None, shown: str
) -> None:
    assert displayed_as(no_auto_update=no_auto_update, au_options=au_options) == shown


def test_every_sconfig_mode_shows_its_own_title() -> None:
    for mode in sconfig().modes:
        shown = displayed_as(
            no_auto_update=mode.set["NoAutoUpdate"], au_options=mode.set.get("AUOptions")
        )
        assert shown.lower().replace(" ", "-") == mode.name


def test_sconfig_writes_values_of_configure_automatic_updates() -> None:
    for name in ("AUOptions", "NoAutoUpdate"):
        ((policy, _),) = find_value(sconfig().key, name)
        assert policy.name == "AutoUpdateCfg"


def test_sconfig_facts_have_sources() -> None:
    assert sconfig().source
    assert all(mode.source for mode in sconfig().modes)
