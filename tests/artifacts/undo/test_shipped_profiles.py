"""Set and Undo of every shipped profile, on Wine's registry, compared with the profile."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from gpogen.artifacts import powershell_set, powershell_undo
from gpogen.catalog.platforms import operating_systems
from gpogen.compile.result import Compiled
from gpogen.policy.records import Record
from gpogen.policy.types import Action, RegType
from tests.artifacts.powershell.harness import Registry, Wine, write
from tests.artifacts.undo.cases import Ran, Step, run_cases
from tests.support.profiles import shipped

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("undo-shipped")]
WINDOWS_UPDATE = r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
AU = rf"{WINDOWS_UPDATE}\AU"
ROOTS = (
    r"SOFTWARE\Policies\Microsoft\Windows",
    r"SYSTEM\CurrentControlSet\Control\DeviceGuard",
    r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management",
    r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Update",
)
DRIVERS = "ExcludeWUDriversInQualityUpdate"
PROFILES = {made.header.name: made for made in shipped()}
NAMES = tuple(PROFILES)


def _values(sample: Compiled) -> list[Record]:
    return [item.record for item in sample.direct]


def _right(record: Record) -> str:
    if isinstance(record.value, int):
        return f"dword:{record.value:08x}"
    assert isinstance(record.value, str)
    return f'"{record.value}"'


def _wrong(record: Record) -> str:
    """Return data of another type than the profile's; any data where nothing may be."""
    return '"7"' if record.type == RegType.DWORD else "dword:00000009"


def _loaded(lines: Iterable[tuple[Record, str]]) -> str:
    return "".join(f'[HKEY_LOCAL_MACHINE\\{r.key}]\n"{r.name}"={text}\n\n' for r, text in lines)


def _machine(sample: Compiled) -> str:
    system = operating_systems()[sample.header.os]
    edition = (powershell_set._editions(sample.header.os) or ("ServerTurbine",))[0]
    return f"Set-Edition '{system.build.rpartition('.')[2]}' '{edition}'"


def _cases(sample: Compiled, folder: Path) -> dict[str, list[Step]]:
    place = folder / sample.header.name
    put, undo = (write(m.emit(sample), place)[0] for m in (powershell_set, powershell_undo))
    here, values = _machine(sample), _values(sample)
    wrong = Step(load=_loaded((r, _wrong(r)) for r in values), before=here)
    half = values[::2]
    other = (
        f"Set-ItemProperty -LiteralPath 'HKLM:\\{WINDOWS_UPDATE}' -Name {DRIVERS} -Value 7 "
        "-Type DWord"
    )
    unlocked = f"Set-Lock '{WINDOWS_UPDATE}' $false"
    locked = f"Set-Lock '{WINDOWS_UPDATE}' $true"
    machine = 'Edit-Record \'"machine":"{}\' \'"machine":"{}\' $true'
    profile = 'Edit-Record \'"profile":"{}\' \'"profile":"{}\' $true'
    edit = f"Edit-Record '{DRIVERS}' '{DRIVERS}2' $false"
    restored = f"Edit-Record '{DRIVERS}2' '{DRIVERS}' $false"
    return {
        "new": [
            Step(before=here),
            Step(put, {"WhatIf": True}),
            Step(put),
            Step(put),
            Step(undo, {"WhatIf": True}),
            Step(undo),
        ],
        "wrong types": [wrong, Step(put, {"WhatIf": True}), Step(put), Step(put), Step(undo)],
        "half applied": [
            Step(load=_loaded((r, _right(r)) for r in half if r.action is Action.SET), before=here),
            Step(put, {"WhatIf": True}),
            Step(put),
            Step(undo),
        ],
        "others": [wrong, Step(put), Step(undo, before=other), Step(undo)],
        "locked": [
            wrong,
            Step(put, before=locked),
            Step(put, before=unlocked),
            Step(undo, before=locked),
            Step(undo, before=unlocked),
        ],
        "without": [wrong, Step(undo, {"WhatIf": True}), Step(undo)],
        "bad record": [
            wrong,
            Step(put),
            Step(undo, before=machine.format("", "x")),
            Step(undo, before=machine.format("x", "") + "\n" + profile.format("", "x")),
            Step(undo, before=profile.format("x", "") + "\n" + edit),
            Step(put),
            Step(undo, before=restored),
        ],
    }


Found = dict[tuple[str, str], list[Ran]]


@pytest.fixture(scope="module")
def ran(wine: Wine, tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder = tmp_path_factory.mktemp("shipped")
    found: Found = {}
    for name, sample in PROFILES.items():
        place = folder / f"{name}-runs"
        place.mkdir()
        for case, steps in run_cases(wine, place, ROOTS, _cases(sample, folder)).items():
            found[name, case] = steps
    return found


def _folded(registry: Registry) -> Registry:
    """Fold the names of keys: they differ in case between a profile and a machine."""
    return {(key.lower(), name): data for (key, name), data in registry.items()}


def _is_right(record: Record, registry: Registry) -> bool:
    found = registry.get((record.key.lower(), record.name))
    if record.action is Action.DELETE:
        return found is None
    return found == (record.type, record.data)


def _differing(step: Ran, name: str) -> list[str]:
    registry, values = _folded(step.registry), _values(PROFILES[name])
    assert {r.action for r in values} <= {Action.SET, Action.DELETE}
    return [r.name for r in values if not _is_right(r, registry)]


def test_there_are_profiles_of_each_platform() -> None:
    assert {made.header.platform for made in PROFILES.values()} == {
        "azure-local",
        "azure-arc",
        "azure-vm",
    }


@pytest.mark.parametrize("case", ["new", "wrong types", "half applied"])
@pytest.mark.parametrize("name", NAMES)
def test_set_writes_the_profile_once_and_undo_brings_back_every_byte(
    ran: Found, name: str, case: str
) -> None:
    before, what_if, first, *rest = ran[name, case]
    assert (what_if.code, first.code) == (2, 0), what_if.text + first.text
    assert what_if.registry == before.registry
    assert _differing(before, name)
    assert set(what_if.states.get("WouldChange", ())) == set(_differing(before, name))
    assert set(first.states["Changed"]) == set(_differing(before, name))
    assert _differing(first, name) == []
    if case != "half applied":
        assert list(rest[0].states) == ["AlreadyRight"]
        assert len(rest[0].objects) == len(_values(PROFILES[name]))
        assert rest[0].registry == first.registry
    assert rest[-1].code == 0, rest[-1].text
    assert rest[-1].registry == before.registry


@pytest.mark.parametrize("name", NAMES)
def test_undo_with_whatif_changes_nothing(ran: Found, name: str) -> None:
    _, _, _, second, what_if, _ = ran[name, "new"]
    assert what_if.code == 2
    assert what_if.registry == second.registry


@pytest.mark.parametrize("name", NAMES)
def test_what_somebody_changed_since_stays_and_is_named(ran: Found, name: str) -> None:
    before, _, *undone = ran[name, "others"]
    kept = {
        place: (4, b"\x07\0\0\0") if place[1] == DRIVERS else data
        for place, data in before.registry.items()
    }
    for step in undone:
        assert step.code == 2, step.text
        assert step.states["Skipped"] == [DRIVERS]
        assert step.registry == kept


@pytest.mark.parametrize("name", NAMES)
def test_a_locked_key_fails_alone_and_the_next_runs_go_on(ran: Found, name: str) -> None:
    before, locked, again, undo_locked, undone = ran[name, "locked"]
    own = {r.name for r in _values(PROFILES[name]) if r.key.lower() == WINDOWS_UPDATE.lower()}
    assert locked.code == undo_locked.code == 1
    assert set(locked.states["Failed"]) == set(undo_locked.states["Failed"]) == own
    assert set(_differing(locked, name)) == own
    assert again.code == 0, again.text
    assert _differing(again, name) == []
    assert undone.code == 0, undone.text
    assert undone.registry == before.registry


@pytest.mark.parametrize("name", NAMES)
def test_without_a_record_the_defaults_of_windows_server_are_set(ran: Found, name: str) -> None:
    before, what_if, undone = ran[name, "without"]
    assert what_if.registry == before.registry
    if PROFILES[name].header.platform == "azure-vm":
        assert (what_if.code, undone.code) == (4, 4)
        assert undone.registry == before.registry
        return
    assert (what_if.code, undone.code) == (2, 0)
    wanted = {
        (AU.lower(), "AUOptions"): (4, b"\x03\0\0\0"),
        (AU.lower(), "NoAutoUpdate"): (4, b"\0\0\0\0"),
    }
    assert _folded(undone.registry) == _folded(before.registry) | wanted


@pytest.mark.parametrize("name", NAMES)
def test_a_record_of_another_machine_or_profile_or_an_edited_one_is_refused(
    ran: Found, name: str
) -> None:
    before, first, *refused, undone = ran[name, "bad record"]
    words = ("of another machine", "of the profile x", "somebody edited it", "somebody edited it")
    for step, said in zip(refused, words, strict=True):
        assert step.code == 4, step.text
        assert said in step.text
        assert step.registry == first.registry
    assert undone.code == 0, undone.text
    assert undone.registry == before.registry
