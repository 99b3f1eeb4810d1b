"""Texts of an author reach the registry and the domain as they are, and run nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gpogen.artifacts import powershell_import, powershell_set, powershell_undo, sconfig
from gpogen.policy.types import Action
from tests.artifacts.powershell.domain import Domain
from tests.artifacts.powershell.harness import Engine, Wine, write
from tests.artifacts.undo.cases import Ran, Step, run_cases
from tests.artifacts.undo.hostile import CANARY, KEY, TEXTS, sample

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("undo-texts")]
SAMPLE = sample()
ROOTS = (r"SOFTWARE\Policies\Gpogen", r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate")
EVALUATE = Path(__file__).with_name("evaluate.ps1")
HERE = "Set-Edition '26100' 'ServerTurbineCor'"


@pytest.fixture(scope="module")
def ran(wine: Wine, tmp_path_factory: pytest.TempPathFactory) -> list[Ran]:
    folder = tmp_path_factory.mktemp("hostile")
    put, undo, mode = (
        next(path for path in write(module.emit(SAMPLE), folder) if path.suffix == ".ps1")
        for module in (powershell_set, powershell_undo, sconfig)
    )
    steps = [
        Step(before=HERE),
        Step(put, {"WhatIf": True}),
        Step(put, {"LogPath": f"Z:{folder}/set.log"}),
        Step(put),
        Step(undo),
        Step(mode),
    ]
    found = run_cases(wine, folder, ROOTS, {"all": steps})["all"]
    assert not list((wine.prefix / "drive_c").glob(f"{CANARY}*"))
    assert not list(folder.rglob(f"*{CANARY}*"))
    return found


def test_there_are_forty_texts_and_each_is_another() -> None:
    assert len(TEXTS) == len(set(TEXTS)) == 40


def test_the_set_script_writes_each_text_as_it_is(ran: list[Ran]) -> None:
    before, what_if, first, second, undone, _ = ran
    assert [step.code for step in (what_if, first, second, undone)] == [2, 0, 0, 0], first.text
    assert what_if.registry == before.registry == undone.registry
    written = {
        (item.record.key, item.record.name): (item.record.type, item.record.data)
        for item in SAMPLE.direct
        if item.record.action is Action.SET and item.record.key.startswith(KEY)
    }
    assert len(written) == 3 * len(TEXTS)
    assert [place for place, data in written.items() if first.registry.get(place) != data] == []
    names = {place for place in first.registry if place[0].startswith(KEY) and place[1] != "\0key"}
    assert names == set(written)
    assert second.registry == first.registry


def test_the_sconfig_script_runs_with_them(ran: list[Ran]) -> None:
    done = ran[-1]
    assert done.code == 0, done.text
    assert done.registry[ROOTS[1] + r"\AU", "AUOptions"] == (4, b"\x03\0\0\0")


@pytest.mark.parametrize("module", [powershell_import, powershell_set])
def test_each_record_in_a_script_is_what_the_profile_says(
    engine: Engine, tmp_path: Path, module: object
) -> None:
    script = write(module.emit(SAMPLE), tmp_path)[0]  # type: ignore[attr-defined]
    done = engine.run(EVALUATE, "-Script", str(script), folder=tmp_path)
    assert done.code == 0, done.out
    rows = [json.loads(line) for line in done.out.splitlines()]
    found = [
        (row["key"], _text(row["name"]), tuple(_text(one) for one in row["value"]))
        for row in rows
        if row["key"].startswith(KEY)
    ]
    wanted = []
    for item in SAMPLE.policy:
        if item.record.key.startswith(KEY):
            value = item.record.value
            told = value if isinstance(value, tuple) else (str(value),)
            wanted.append((item.record.key, item.record.name, told))
    assert len(found) == 3 * len(TEXTS)
    assert sorted(found) == sorted(wanted)
    assert not list(tmp_path.rglob(f"*{CANARY}*"))


def _text(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-le")


def test_the_import_reads_each_text_back_and_runs_none(engine: Engine, tmp_path: Path) -> None:
    domain = Domain(engine, tmp_path, SAMPLE)
    done = domain.run()
    assert done.code == 0, done.out
    (made,) = done.of("New-GPO")
    assert made["Name"] == SAMPLE.header.title
    assert not [path for path in tmp_path.rglob("*") if CANARY in path.name]
