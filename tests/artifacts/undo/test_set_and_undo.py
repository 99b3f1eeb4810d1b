"""Set remembers, Undo brings back: on Wine's registry, exported by its reg.exe after each step."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpogen.artifacts import powershell_set, powershell_undo, sconfig
from gpogen.compile.result import Compiled
from gpogen.policy.types import Action
from tests.artifacts.factory import WINDOWS_UPDATE, compiled, header, value
from tests.artifacts.powershell.harness import Registry, Wine, write
from tests.artifacts.powershell.samples import ACTIONS, BASE, HOSTILE_ALL, PLAIN
from tests.artifacts.undo.cases import Ran, Step, run_cases

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("set-and-undo")]
GUARD = r"SYSTEM\CurrentControlSet\Control\DeviceGuard"
ROOTS = (
    r"SOFTWARE\Policies\Gpogen",
    r"SOFTWARE\Policies\Microsoft\Windows",
    GUARD,
    r"SOFTWARE\Old",
)
WRONG = (
    f'[HKEY_LOCAL_MACHINE\\{BASE}]\n"mine"="kept"\n"dword"="7"\n"qword"=hex(4):00,00,00,00\n'
    '"text"=hex(2):25,00,78,00,25,00,00,00\n"bytes"=dword:00000001\n"list"="one"\n@=hex:00,ff\n'
    '"dword high"=hex(4):01,00,00,00,00,00,00,00,09\n"none"=hex(7):61,00,00,00,62,00,00,00,00,00\n'
    '"expand"=hex(b):01,00,00,00,00,00,00,80\n"no bytes"=hex(0):01\n"no list"=hex(7):00,00\n\n'
    f'[HKEY_LOCAL_MACHINE\\{WINDOWS_UPDATE}]\n"AUOptions"=dword:00000002\n'
    '"ScheduledInstallEveryWeek"=dword:00000001\n\n'
    f'[HKEY_LOCAL_MACHINE\\{GUARD}]\n"Locked"=dword:00000001\n\n'
    '[HKEY_LOCAL_MACHINE\\SOFTWARE\\Old]\n"Gone"="here"\n"Other"="x"\n'
)
TREES = (
    f'[HKEY_LOCAL_MACHINE\\{BASE}]\n"a"="b"\n@="c"\n"kept"=dword:00000001\n\n'
    f'[HKEY_LOCAL_MACHINE\\{BASE}\\Old\\Deep]\n"x"=hex(4):01,00\n\n'
    f'[HKEY_LOCAL_MACHINE\\{BASE}\\Stays]\n"x"="y"\n'
)
VM = "$global:Tag = '7783-7084-3265-9085-8269-3286-77'"
OTHER = "Set-ItemProperty -LiteralPath 'HKLM:\\%s' -Name %s -Value %s -Type DWord"
DATES = compiled(
    policy=tuple(
        value(name, 1, key=BASE)
        for name in ("2026-01-13T00:00:00Z", "2026-01-13T00:00:00+02:00", "/Date(1)/", "=x")
    )
)
LOCK = r"C:\Program Files\gpogen\Set-AzlocalWs2022Core.lock"
HELD = (
    "$null = [System.IO.Directory]::CreateDirectory('C:\\Program Files\\gpogen'); "
    f"$global:Held = [System.IO.File]::Open('{LOCK}', 'OpenOrCreate', 'ReadWrite', 'None')"
)
FREE = "$global:Held.Dispose()"
NO_UPDATES = compiled(policy=(value("x", 1, key=BASE),))
AZURE = compiled(header=header(platform="azure-vm"))


class Scripts:
    def __init__(self, sample: Compiled, folder: Path, name: str) -> None:
        self.set = write(powershell_set.emit(sample), folder / name)[0]
        self.undo = write(powershell_undo.emit(sample), folder / name)[0]


def _managed(name: str, key: str = WINDOWS_UPDATE) -> str:
    return (
        "$global:Managed = @([pscustomobject]@{ precedence = [uint32]1; GPOID = 'cn={1}'; "
        f"registryKey = '{key.lower()}'; valueName = '{name}' }})"
    )


@pytest.fixture(scope="module")
def ran(wine: Wine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Ran]]:
    folder = tmp_path_factory.mktemp("undo")
    plain, trees, hostile, nothing, azure, dates = (
        Scripts(sample, folder, name)
        for name, sample in (
            ("plain", PLAIN),
            ("trees", ACTIONS),
            ("hostile", HOSTILE_ALL),
            ("nothing", NO_UPDATES),
            ("azure", AZURE),
            ("dates", DATES),
        )
    )
    (mode,) = (p for p in write(sconfig.emit(PLAIN), folder / "mode") if p.suffix == ".ps1")
    saved = {"BackupPath": f"Z:{folder}/saved"}
    edited = [
        ("broken", "Edit-Record '}}' '}' $false"),
        ("edited", "Edit-Record 'AUOptions' 'AUOption' $false"),
        ("another machine", 'Edit-Record \'"machine":"\' \'"machine":"x\' $true'),
        ("another profile", 'Edit-Record \'"profile":"\' \'"profile":"x\' $true'),
        ("another schema", "Edit-Record 'gpogen-record/1' 'gpogen-record/2' $true"),
        ("odd data", 'Edit-Record \'"kind":"DWord"\' \'"kind":"Dword; exit"\' $true'),
        ("empty", "[System.IO.File]::WriteAllText(@(Get-Record)[0], '')"),
    ]
    cases = {
        "new": [
            Step(),
            Step(plain.set, {"WhatIf": True}),
            Step(plain.set),
            Step(plain.set),
            Step(plain.undo, {"WhatIf": True}),
            Step(plain.undo),
            Step(plain.undo),
        ],
        "wrong": [
            Step(load=WRONG),
            Step(plain.set, {"WhatIf": True}),
            Step(plain.set),
            Step(plain.set),
            Step(plain.undo),
        ],
        "half": [
            Step(load=WRONG),
            Step(plain.set),
            # As a run that died: some values are not written, the record is.
            Step(before=OTHER % (WINDOWS_UPDATE, "AUOptions", 2)),
            Step(plain.undo),
        ],
        "again": [
            Step(load=WRONG),
            Step(plain.set),
            Step(plain.set, before=OTHER % (WINDOWS_UPDATE, "AUOptions", 5)),
            Step(plain.undo),
        ],
        "others": [
            Step(load=WRONG),
            Step(plain.set),
            Step(plain.undo, before=OTHER % (WINDOWS_UPDATE, "AUOptions", 7)),
            Step(plain.undo),
        ],
        "locked": [
            Step(load=WRONG),
            Step(plain.set, before=f"Set-Lock '{WINDOWS_UPDATE}' $true"),
            Step(plain.set, before=f"Set-Lock '{WINDOWS_UPDATE}' $false"),
            Step(plain.undo, before=f"Set-Lock '{WINDOWS_UPDATE}' $true"),
            Step(plain.undo, before=f"Set-Lock '{WINDOWS_UPDATE}' $false"),
        ],
        "trees": [Step(load=TREES), Step(trees.set, saved), Step(trees.undo)],
        "hostile": [Step(), Step(hostile.set), Step(hostile.undo)],
        "without": [Step(load=WRONG), Step(plain.undo, {"WhatIf": True}), Step(plain.undo)],
        "without, nothing": [Step(load=WRONG), Step(nothing.undo)],
        "without, azure": [
            Step(load=WRONG),
            Step(azure.undo),
            Step(plain.undo, {"Force": True}, before=VM),
        ],
        "host": [
            Step(load=WRONG),
            Step(plain.set, {"Force": True}, before="$global:Sku = 406"),
            Step(plain.undo, {"Force": True}),
        ],
        "vm": [
            Step(load=WRONG),
            Step(plain.set, before=VM),
            Step(plain.set, {"Force": True}),
            Step(plain.undo),
            Step(plain.undo, {"Force": True}),
        ],
        "edition": [
            Step(load=WRONG),
            Step(plain.set, before="Set-Edition '26100' 'ServerTurbineCor'"),
            Step(plain.set, before="Set-Edition '20348' 'ServerStandard'"),
            Step(plain.set, {"Force": True}),
        ],
        "managed": [
            Step(load=WRONG),
            Step(plain.set, before=_managed("AUOPTIONS")),
            Step(plain.set, {"OverrideGroupPolicy": True}),
        ],
        "writable record": [
            Step(load=WRONG),
            Step(plain.set),
            Step(plain.undo, before="Set-Right $false 'Write' $true"),
            Step(plain.set),
            Step(plain.undo, before="Set-Right $false 'Modify' $true"),
            Step(plain.undo, before="Set-Right $false 'ReadAttributes' $true"),
        ],
        "writable folder": [
            Step(load=WRONG),
            Step(plain.set),
            Step(plain.undo, before="Set-Right $true 'Modify' $true"),
            Step(plain.undo, before="Set-Right $true '' $false"),
        ],
        "mode": [
            Step(load=WRONG),
            Step(mode, {"WhatIf": True}),
            Step(mode),
            Step(mode),
            Step(mode, {"Undo": True, "WhatIf": True}),
            Step(mode, {"Undo": True}),
            Step(mode, {"Undo": True}),
        ],
        "mode on a new machine": [Step(), Step(mode), Step(mode, {"Undo": True})],
        "mode, others": [
            Step(load=WRONG),
            Step(mode),
            Step(mode, {"Undo": True}, before=OTHER % (WINDOWS_UPDATE, "AUOptions", 7)),
        ],
        "mode, no record": [Step(load=WRONG), Step(mode, {"Undo": True})],
        "mode, edited": [
            Step(load=WRONG),
            Step(mode),
            Step(mode, {"Undo": True}, before="Edit-Record 'AUOptions' 'AUOption' $false"),
            Step(mode),
        ],
        "dates": [Step(), Step(dates.set), Step(dates.undo)],
        "locked run": [
            Step(load=WRONG),
            Step(plain.set, before=HELD),
            Step(mode),
            Step(plain.undo),
            Step(plain.set, {"WhatIf": True}),
            Step(plain.set, before=FREE),
            Step(plain.undo),
        ],
        "managed values": [Step(load=TREES), Step(trees.set, saved, before=_managed("A", BASE))],
        "managed and kept": [
            Step(load=TREES),
            Step(trees.set, saved, before=_managed("x", BASE + r"\Stays")),
        ],
        "managed keys": [
            Step(load=TREES),
            Step(trees.set, saved, before=_managed("x", BASE + r"\Old\Deep")),
        ],
        "no rsop": [Step(), Step(plain.set, before="$global:RsopFails = $true")],
        "log": [Step(), Step(plain.set, {"LogPath": f"Z:{folder}/set.log"})],
    }
    for name, change in edited:
        cases[name] = [
            Step(load=WRONG),
            Step(plain.set),
            Step(plain.undo, before=change),
            Step(plain.set),
        ]
    found = run_cases(wine, folder, ROOTS, cases)
    assert "Set: " in (folder / "set.log").read_text(encoding="utf-8")
    return found


def wanted(sample: Compiled) -> Registry:
    return {
        (item.record.key, item.record.name): (item.record.type or 0, item.record.data)
        for item in sample.direct
        if item.record.action is Action.SET
    }


def differing(step: Ran, sample: Compiled) -> list[object]:
    return [place for place, data in wanted(sample).items() if step.registry.get(place) != data]


def test_whatif_says_two_and_changes_nothing_and_the_second_run_neither(
    ran: dict[str, list[Ran]],
) -> None:
    for name in ("new", "wrong"):
        before, what_if, first, second = ran[name][:4]
        assert (what_if.code, first.code, second.code) == (2, 0, 0), what_if.text + first.text
        assert what_if.registry == before.registry
        assert set(what_if.states) <= {"WouldChange", "AlreadyRight"}
        assert differing(first, PLAIN) == []
        assert first.states.keys() <= {"Changed", "AlreadyRight"}
        assert list(second.states) == ["AlreadyRight"]
        assert second.registry == first.registry
        assert len(second.objects) == len(PLAIN.direct)


@pytest.mark.parametrize("name", ["new", "wrong", "half", "again", "trees", "hostile", "dates"])
def test_after_undo_everything_is_as_it_was_to_the_byte(
    ran: dict[str, list[Ran]], name: str
) -> None:
    steps = ran[name]
    last = next(step for step in reversed(steps) if "Nothing to undo" not in step.text)
    assert last.code == 0, last.text
    assert steps[1].registry != steps[0].registry or name == "new" or name == "wrong"
    assert last.registry == steps[0].registry


def test_undo_with_whatif_changes_nothing_and_a_second_undo_has_nothing_to_do(
    ran: dict[str, list[Ran]],
) -> None:
    _, _, _, second, what_if, undone, again = ran["new"]
    assert what_if.code == 2
    assert what_if.registry == second.registry
    assert undone.code == again.code == 0
    assert "Nothing to undo" in again.text
    assert again.registry == undone.registry


def test_what_somebody_else_changed_since_is_skipped_and_named(ran: dict[str, list[Ran]]) -> None:
    before, _, undone, again = ran["others"]
    for step in (undone, again):
        assert step.code == 2
        assert step.states["Skipped"] == ["AUOptions"]
        assert "AUOptions: It is no longer what Set wrote" in step.text
    place = (WINDOWS_UPDATE, "AUOptions")
    assert again.registry == before.registry | {place: (4, b"\x07\0\0\0")}


def test_a_locked_value_fails_alone_and_later_runs_go_on(ran: dict[str, list[Ran]]) -> None:
    before, locked, set_again, undo_locked, undone = ran["locked"]
    assert locked.code == 1
    assert "AUOptions" in locked.states["Failed"]
    assert all(place[0] == WINDOWS_UPDATE for place in differing(locked, PLAIN))  # type: ignore[index]
    assert set_again.code == 0
    assert differing(set_again, PLAIN) == []
    assert undo_locked.code == 1
    assert "AUOptions" in undo_locked.states["Failed"]
    assert undone.code == 0
    assert undone.registry == before.registry


def test_without_a_record_only_the_defaults_of_windows_server_are_set(
    ran: dict[str, list[Ran]],
) -> None:
    before, what_if, undone = ran["without"]
    assert (what_if.code, undone.code) == (2, 0)
    assert what_if.registry == before.registry
    assert undone.registry == before.registry | {
        (WINDOWS_UPDATE, "AUOptions"): (4, b"\x03\0\0\0"),
        (WINDOWS_UPDATE, "NoAutoUpdate"): (4, b"\0\0\0\0"),
    }


REFUSED = {
    "without, nothing": ("does not decide how updates install",),
    "without, azure": ("Azure writes NoAutoUpdate", "Azure writes NoAutoUpdate"),
    "host": ("Azure Local host", "Azure Local host"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_machines_that_are_not_ours_are_refused(ran: dict[str, list[Ran]], name: str) -> None:
    before, *steps = ran[name]
    for step, words in zip(steps, REFUSED[name], strict=True):
        assert step.code == 4, step.text
        assert words in step.text
        assert step.registry == before.registry


def test_an_azure_vm_needs_force(ran: dict[str, list[Ran]]) -> None:
    before, refused, forced, undo_refused, undone = ran["vm"]
    assert [step.code for step in (refused, forced, undo_refused, undone)] == [4, 0, 4, 0]
    assert "-Force continues" in refused.text
    assert refused.registry == before.registry == undone.registry
    assert undo_refused.registry == forced.registry != before.registry


def test_another_edition_or_build_needs_force(ran: dict[str, list[Ran]]) -> None:
    before, build, edition, forced = ran["edition"]
    assert [step.code for step in (build, edition, forced)] == [4, 4, 0]
    assert "build is 26100" in build.text
    assert "EditionID is ServerStandard" in edition.text
    assert build.registry == edition.registry == before.registry


def test_a_value_that_a_gpo_sets_stops_the_run_unless_told(ran: dict[str, list[Ran]]) -> None:
    before, refused, told = ran["managed"]
    assert (refused.code, told.code) == (4, 0)
    for step in (refused, told):
        assert 'The GPO "Old "GPO"" sets' in step.text
    assert refused.registry == before.registry
    assert differing(told, PLAIN) == []


@pytest.mark.parametrize(("name", "shown"), [("managed values", "a"), ("managed keys", "x")])
def test_what_a_record_deletes_as_a_whole_can_be_a_gpos_too(
    ran: dict[str, list[Ran]], name: str, shown: str
) -> None:
    before, refused = ran[name]
    assert refused.code == 4, refused.text
    assert 'The GPO "Old "GPO"" sets HKEY_LOCAL_MACHINE' in refused.text
    assert f"value {shown}." in refused.text.lower()
    assert refused.registry == before.registry
    assert ran["managed and kept"][1].code == 0


def test_two_runs_at_once_do_not_share_a_record(ran: dict[str, list[Ran]]) -> None:
    before, held, mode, undo, what_if, free, undone = ran["locked run"]
    for step in (held, undo):
        assert (step.code, "Another run of this profile's scripts" in step.text) == (4, True)
    # The script for SConfig has a record, and a lock, of its own.
    assert (mode.code, what_if.code, free.code, undone.code) == (0, 2, 0, 0), free.text
    assert held.registry == before.registry


def test_it_says_when_it_cannot_tell_whether_a_gpo_sets_a_value(ran: dict[str, list[Ran]]) -> None:
    done = ran["no rsop"][1]
    assert done.code == 0
    assert "is unknown: Invalid namespace" in done.text


BAD = {
    "broken": "somebody edited it, or it is damaged",
    "edited": "somebody edited it",
    "another machine": "of another machine",
    "another profile": "of the profile x",
    "another schema": "got gpogen-record/2",
    "odd data": "a form that Set does not write",
    "empty": "broken",
}


@pytest.mark.parametrize("name", BAD)
def test_a_record_that_is_not_the_one_is_refused_by_both_scripts(
    ran: dict[str, list[Ran]], name: str
) -> None:
    _, first, undo, again = ran[name]
    assert first.code == 0
    for step in (undo, again):
        assert step.code == 4, step.text
        assert BAD[name] in step.text
        assert step.registry == first.registry


def test_a_record_that_others_may_change_is_refused(ran: dict[str, list[Ran]]) -> None:
    before, first, undo, again, undo_deletable, undone = ran["writable record"]
    for step in (undo, again, undo_deletable):
        assert step.code == 4, step.text
        assert "others than administrators can change it: S-1-1-0" in step.text
        assert step.registry == first.registry
    assert undone.code == 0, undone.text
    assert undone.registry == before.registry


def test_a_record_in_a_folder_that_others_may_change_is_refused(ran: dict[str, list[Ran]]) -> None:
    before, first, undo, undone = ran["writable folder"]
    assert (undo.code, "others than administrators can change it: S-1-1-0" in undo.text) == (
        4,
        True,
    )
    assert undo.registry == first.registry
    assert undone.code == 0, undone.text
    assert undone.registry == before.registry


def test_the_sconfig_script_brings_back_what_was_there(ran: dict[str, list[Ran]]) -> None:
    before, what_if, first, second, undo_what_if, undone, again = ran["mode"]
    codes = [step.code for step in ran["mode"][1:]]
    assert codes == [2, 0, 0, 2, 0, 0], [step.text for step in ran["mode"]]
    assert what_if.registry == before.registry != first.registry
    assert second.registry == undo_what_if.registry == first.registry
    assert undone.registry == again.registry == before.registry
    assert "Nothing to undo" in again.text


def test_the_sconfig_script_leaves_no_key_behind(ran: dict[str, list[Ran]]) -> None:
    before, first, undone = ran["mode on a new machine"]
    assert (first.code, undone.code) == (0, 0), first.text + undone.text
    assert undone.registry == before.registry != first.registry


def test_the_undo_of_the_sconfig_script_skips_what_others_changed(
    ran: dict[str, list[Ran]],
) -> None:
    before, _, undone = ran["mode, others"]
    assert undone.code == 2
    assert undone.states["Skipped"] == ["AUOptions"]
    assert undone.registry == before.registry | {(WINDOWS_UPDATE, "AUOptions"): (4, b"\x07\0\0\0")}


def test_the_undo_of_the_sconfig_script_needs_its_own_record(ran: dict[str, list[Ran]]) -> None:
    before, refused = ran["mode, no record"]
    assert (refused.code, "There is no record" in refused.text) == (4, True)
    assert refused.registry == before.registry
    _, first, undo, again = ran["mode, edited"]
    for step in (undo, again):
        assert (step.code, "somebody edited it" in step.text) == (4, True)
        assert step.registry == first.registry
