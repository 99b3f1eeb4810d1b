"""Set-UpdateMode.ps1 and .cmd: SConfig's menu 5, the same values from both."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from gpogen.artifacts import sconfig
from gpogen.compile.result import SconfigPlan
from gpogen.compile.sconfig import sconfig_plan
from gpogen.profile.load import Loader
from gpogen.profile.sections import MODES
from tests.artifacts.factory import WINDOWS_UPDATE
from tests.artifacts.powershell.harness import Registry, Wine, write
from tests.artifacts.powershell.samples import PLAIN
from tests.artifacts.servicing.batch import Ran, Step, run_cases

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("update-mode")]
WORDS = MODES
OTHER = (WINDOWS_UPDATE, "mine")
PROFILE = """\
gpogen: 1
name: p
title: P
target: {{platform: azure-arc, os: windows-server-2025-standard, installation: core}}
orchestration: group-policy
updates: {{mode: {}}}
"""
FILLED = (
    f'[HKEY_LOCAL_MACHINE\\{WINDOWS_UPDATE}]\n"AUOptions"="4"\n"NoAutoUpdate"=dword:00000005\n'
    '"mine"=dword:00000009\n'
)

VM = "$global:Machine.Tag = '7783-7084-3265-9085-8269-3286-77'"
MANAGED = (
    "$global:Machine.Managed = @([pscustomobject]@{ precedence = [uint32]1; GPOID = 'cn={1}'; "
    f"registryKey = '{WINDOWS_UPDATE.lower()}'; valueName = 'noautoupdate' }})"
)
VERSION = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"


@cache
def plan(word: str) -> SconfigPlan:
    """Return what a profile with the mode gets."""
    profile = Loader().load_bytes(PROFILE.format(word).encode()).profile
    assert profile is not None
    made = sconfig_plan(profile)
    assert made is not None
    return made


def files(folder: Path, word: str) -> list[Path]:
    return write(sconfig.emit(replace(PLAIN, sconfig=plan(word))), folder / word)


def mode(word: str) -> Registry:
    made = plan(word)
    values = {OTHER: (4, b"\x09\0\0\0")}
    values[(WINDOWS_UPDATE, "NoAutoUpdate")] = (4, bytes([made.no_auto_update, 0, 0, 0]))
    if made.au_options is not None:
        values[(WINDOWS_UPDATE, "AUOptions")] = (4, bytes([made.au_options, 0, 0, 0]))
    return values


def as_text(values: Registry) -> list[str]:
    numbers = {name: int.from_bytes(data, "little") for (_, name), (_, data) in values.items()}
    return [f"{name} DWord {number}" for name, number in sorted(numbers.items())]


@pytest.fixture(scope="module")
def ran(wine: Wine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Ran]]:
    folder = tmp_path_factory.mktemp("mode")
    found: dict[str, list[Ran]] = {}
    for word in WORDS:
        steps = {
            word: [Step({"WhatIf": True}, "Set-Au"), Step(), Step()],
            f"{word} host": [Step({}, "Set-Au; $global:Machine.Sku = 406")],
            f"{word} vm": [Step({}, f"Set-Au; {VM}"), Step({"Force": True})],
            f"{word} managed": [
                Step({}, f"Set-Au; {MANAGED}"),
                Step({"OverrideGroupPolicy": True}),
            ],
            f"{word} log": [Step({"LogPath": f"Z:{folder}/{word}.log"}, "Set-Au")],
        }
        found |= run_cases(wine, folder, files(folder, word)[-1], steps)
    found["logs"] = []
    for word in WORDS:
        assert "NoAutoUpdate: Set to" in (folder / f"{word}.log").read_text()
    return found


@pytest.mark.parametrize("word", WORDS)
def test_the_script_sets_the_mode_and_then_nothing(ran: dict[str, list[Ran]], word: str) -> None:
    whatif, first, again = ran[word]
    assert whatif.code == 2
    assert whatif.mode == ["AUOptions String 4", "mine DWord 9", "NoAutoUpdate DWord 5"]
    assert (first.code, sorted(first.mode)) == (0, as_text(mode(word))), first.text
    assert f"SConfig shows: {plan(word).shows}" in first.text
    assert ("SConfig cannot show this mode" in first.text) == (not plan(word).mode)
    assert first.objects[0]["Shown"] == plan(word).shows
    assert (again.code, again.objects[0]["Changed"]) == (0, 0)
    assert "Nothing was changed" in again.text


@pytest.mark.parametrize("word", WORDS)
def test_the_batch_file_writes_what_the_script_writes(
    ran: dict[str, list[Ran]], wine: Wine, tmp_path: Path, word: str
) -> None:
    batch = files(tmp_path, word)[0]
    assert batch.suffix == ".cmd"
    wine.clear(WINDOWS_UPDATE)
    wine.load(FILLED, tmp_path)
    for _time in range(2):
        done = wine.batch(batch)
        assert done.code == 0, done.out
        assert f"SConfig shows: {plan(word).shows}" in done.out
        assert ("SConfig cannot show this mode" in done.out) == (not plan(word).mode)
        read = wine.values(WINDOWS_UPDATE, tmp_path).items()
        values = {place: data for place, data in read if place[1] != "\0key"}
        assert values == mode(word)
        assert as_text(values) == sorted(ran[word][1].mode)


@pytest.mark.parametrize("word", WORDS)
def test_a_host_of_azure_local_is_refused(ran: dict[str, list[Ran]], word: str) -> None:
    (run,) = ran[f"{word} host"]
    assert run.code == 4
    assert "Refused: This machine is an Azure Local host" in run.text
    assert "AUOptions String 4" in run.mode


@pytest.mark.parametrize("word", WORDS)
def test_an_azure_vm_needs_force(ran: dict[str, list[Ran]], word: str) -> None:
    refused, forced = ran[f"{word} vm"]
    assert (refused.code, forced.code) == (4, 0), forced.text
    assert "Refused: This machine is an Azure VM" in refused.text
    assert "AUOptions String 4" in refused.mode


@pytest.mark.parametrize("word", WORDS)
def test_a_value_that_a_gpo_sets_stops_the_run_unless_told(
    ran: dict[str, list[Ran]], word: str
) -> None:
    refused, told = ran[f"{word} managed"]
    assert (refused.code, told.code) == (4, 0), told.text
    for run in (refused, told):
        assert 'The GPO "Old "GPO"" sets HKEY_LOCAL_MACHINE' in run.text
    assert "AUOptions String 4" in refused.mode


def test_the_batch_file_refuses_a_host_of_azure_local(wine: Wine, tmp_path: Path) -> None:
    batch = files(tmp_path, "download")[0]
    wine.clear(WINDOWS_UPDATE)
    wine.load(FILLED, tmp_path)
    before = wine.values(WINDOWS_UPDATE, tmp_path)
    edition = f'[HKEY_LOCAL_MACHINE\\{VERSION}]\n"EditionID"="{{}}"\n'
    wine.load(edition.format("ServerAzureStackHCICor"), tmp_path)
    done = wine.batch(batch)
    wine.load(edition.format("ServerStandard"), tmp_path)
    assert (done.code, "Refused: This machine is an Azure Local host" in done.out) == (4, True)
    assert wine.values(WINDOWS_UPDATE, tmp_path) == before
    assert wine.batch(batch).code == 0
