"""The Set script on Wine's registry, read back by its own ``reg export``."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpogen.artifacts import powershell_set
from gpogen.compile.result import Compiled
from gpogen.policy.types import Action
from tests.artifacts.factory import WINDOWS_UPDATE, compiled, value
from tests.artifacts.powershell.harness import Registry, Wine, forget, write
from tests.artifacts.powershell.samples import (
    ACTIONS,
    ALL_TYPES,
    BASE,
    HOSTILE_ALL,
    ODD,
    PLAIN,
)

POLICIES = r"SOFTWARE\Policies"
DEVICE_GUARD = r"SYSTEM\CurrentControlSet\Control\DeviceGuard"
pytestmark = pytest.mark.slow


@pytest.fixture
def registry(wine: Wine) -> Wine:
    wine.clear(r"SOFTWARE\Policies\Gpogen", WINDOWS_UPDATE, DEVICE_GUARD)
    forget(wine)
    return wine


def set_script(sample: Compiled, folder: Path) -> Path:
    return write(powershell_set.emit(sample), folder)[0]


def wanted(sample: Compiled) -> Registry:
    return {
        (item.record.key, item.record.name): (item.record.type or 0, item.record.data)
        for item in sample.direct
        if item.record.action is Action.SET
    }


def named(values: Registry) -> Registry:
    return {place: data for place, data in values.items() if place[1] != "\0key"}


@pytest.mark.parametrize("sample", [PLAIN, HOSTILE_ALL], ids=["plain", "hostile"])
def test_set_writes_every_type_and_hostile_text_byte_by_byte(
    registry: Wine, tmp_path: Path, sample: Compiled
) -> None:
    done = registry.run(set_script(sample, tmp_path))
    assert done.code == 0, done.out
    assert named(registry.values(POLICIES, tmp_path)) == wanted(sample)


def test_a_second_run_changes_nothing_and_says_so(registry: Wine, tmp_path: Path) -> None:
    script = set_script(PLAIN, tmp_path)
    first = registry.run(script)
    assert "were changed" in first.out
    assert "Windows, after the installation; a signed-in user can delay it" in first.out
    before = registry.values(POLICIES, tmp_path)
    second = registry.run(script)
    assert second.code == 0
    assert f"Nothing was changed: all {len(PLAIN.direct)} settings" in second.out
    assert "Restart" not in second.out
    assert registry.values(POLICIES, tmp_path) == before


def test_whatif_changes_nothing_and_names_each_value(registry: Wine, tmp_path: Path) -> None:
    before = registry.values(POLICIES, tmp_path)
    done = registry.run(set_script(PLAIN, tmp_path), "-WhatIf")
    assert done.code == 2
    assert "value dword high" in done.out
    assert registry.values(POLICIES, tmp_path) == before


def test_other_values_and_subkeys_of_a_key_survive(registry: Wine, tmp_path: Path) -> None:
    registry.load(
        f'[HKEY_LOCAL_MACHINE\\{BASE}]\n"mine"="kept"\n"dword"=dword:00000009\n\n'
        f'[HKEY_LOCAL_MACHINE\\{BASE}\\sub]\n"x"="kept"\n',
        tmp_path,
    )
    assert registry.run(set_script(PLAIN, tmp_path)).code == 0
    after = named(registry.values(POLICIES, tmp_path))
    kept = (1, "kept\0".encode("utf-16-le"))
    assert after == wanted(PLAIN) | {(BASE, "mine"): kept, (BASE + r"\sub", "x"): kept}


def test_a_value_of_another_type_is_replaced(registry: Wine, tmp_path: Path) -> None:
    registry.load(
        f'[HKEY_LOCAL_MACHINE\\{BASE}]\n"dword"="7"\n"qword"=hex(4):00,00,00,00\n'
        '"text"=hex(2):70,00,6c,00,61,00,69,00,6e,00,00,00\n"bytes"=dword:00000001\n'
        '"list"="one"\n"dword high"=hex(4):01,00\n',
        tmp_path,
    )
    assert registry.run(set_script(PLAIN, tmp_path)).code == 0
    assert named(registry.values(POLICIES, tmp_path)) == wanted(PLAIN)


def test_a_value_that_is_to_go_is_deleted(registry: Wine, tmp_path: Path) -> None:
    registry.load(
        f'[HKEY_LOCAL_MACHINE\\{WINDOWS_UPDATE}]\n"ScheduledInstallEveryWeek"=dword:00000001\n',
        tmp_path,
    )
    done = registry.run(set_script(PLAIN, tmp_path))
    assert "Delete: " in done.out
    assert named(registry.values(POLICIES, tmp_path)) == wanted(PLAIN)


def test_every_action_does_its_work_and_then_nothing(registry: Wine, tmp_path: Path) -> None:
    registry.load(
        f'[HKEY_LOCAL_MACHINE\\{BASE}]\n"a"="b"\n@="c"\n"kept"=dword:00000001\n\n'
        f'[HKEY_LOCAL_MACHINE\\{BASE}\\Old\\Deep]\n"x"="y"\n\n'
        f'[HKEY_LOCAL_MACHINE\\{BASE}\\Stays]\n"x"="y"\n\n'
        f'[HKEY_LOCAL_MACHINE\\{BASE}\\New]\n"maybe"="was there"\n',
        tmp_path,
    )
    script = set_script(ACTIONS, tmp_path)
    first = registry.run(script)
    assert first.code == 0, first.out
    after = registry.values(BASE, tmp_path)
    assert named(after) == {
        (BASE, "kept"): (4, b"\x01\0\0\0"),
        (BASE, "always"): (4, b"\x06\0\0\0"),
        (BASE + r"\New", "maybe"): (1, "was there\0".encode("utf-16-le")),
        (BASE + r"\Stays", "x"): (1, "y\0".encode("utf-16-le")),
    }
    assert (BASE + r"\Old", "\0key") not in after
    assert "Nothing was changed" in registry.run(script).out


def test_a_soft_value_and_an_empty_key_are_made_where_absent(
    registry: Wine, tmp_path: Path
) -> None:
    assert registry.run(set_script(ACTIONS, tmp_path)).code == 0
    after = registry.values(BASE, tmp_path)
    assert after[(BASE + r"\New", "maybe")] == (4, b"\x05\0\0\0")


def test_what_net_cannot_write_is_named_and_the_rest_is_written(
    registry: Wine, tmp_path: Path
) -> None:
    done = registry.run(set_script(ODD, tmp_path))
    assert done.code == 0
    assert "big endian: it has a type that .NET cannot write" in done.out
    assert "short: it has data that does not fit its type" in done.out
    assert "virtualization-based security starts with the next restart" in done.out


def test_no_vbs_restart_is_announced_when_no_vbs_value_changed(
    registry: Wine, tmp_path: Path
) -> None:
    sample = compiled(policy=(value(),), vbs_restart=True)
    assert "virtualization" not in registry.run(set_script(sample, tmp_path)).out


def test_nothing_is_put_into_the_local_group_policy_folder(registry: Wine, tmp_path: Path) -> None:
    registry.run(set_script(PLAIN, tmp_path))
    folder = registry.prefix / "drive_c/windows/system32"
    assert [path for path in folder.iterdir() if path.name.lower() == "grouppolicy"] == []


def test_what_cannot_be_recorded_ends_with_one_and_nothing_is_changed(
    registry: Wine, tmp_path: Path
) -> None:
    odd = value("x", 1, key=BASE + "\\" + "k" * 300)
    before = registry.values(POLICIES, tmp_path)
    done = registry.run(set_script(compiled(policy=(ALL_TYPES[0], odd)), tmp_path))
    assert done.code == 1
    assert "The script failed: " in done.out
    assert registry.values(POLICIES, tmp_path) == before
