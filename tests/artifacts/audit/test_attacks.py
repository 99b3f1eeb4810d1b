"""Hostile texts in what the script was made from and in what the machine answers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gpogen.artifacts import powershell_set, powershell_test
from gpogen.artifacts.audit_reader import TABLES, differences, read_rows, read_tables, wanted_tables
from gpogen.artifacts.audit_rows import audit
from gpogen.compile.origin import LeftOut, Origin
from gpogen.compile.result import Compiled
from gpogen.errors import FormatError
from gpogen.policy.records import set_value
from gpogen.policy.types import Hive, RegType
from gpogen.verify.selfcheck import assert_same
from tests.artifacts.audit.machine import GPO, THROWS, Machine, block, gpos, rsop
from tests.artifacts.factory import compiled, header, traced
from tests.artifacts.powershell.harness import Engine, write
from tests.artifacts.powershell.samples import BASE, SAMPLES
from tests.attack.author_texts import HOSTILE

OS = "windows-server-2025-standard"
HEAD = header(name="arc", pascal="Arc", os=OS, platform="azure-arc", revision="", ring="")
# A value's name and data hold no NUL and no half characters; a NUL is in no text of HOSTILE.
TEXTS = tuple(text for text in HOSTILE if text and "\0" not in text)


def hostile(texts: tuple[str, ...]) -> Compiled:
    """Each text as a name, as data, in a list, as a title and as a reason."""
    items = []
    for number, text in enumerate(texts):
        key = f"{BASE}\\{number}"
        for record in (
            set_value(Hive.HKLM, key, text, RegType.SZ, text),
            set_value(Hive.HKLM, key, f"list {number}", RegType.MULTI_SZ, (text, "x")),
        ):
            origin = Origin(policy=text, title=text, why=text)
            items.append(replace(traced(record), origin=origin))
    left = (LeftOut(what=texts[0], reason=texts[0], at=None),)
    head = replace(HEAD, title=texts[0], why=texts[0], ring=texts[0], revision=texts[0])
    return compiled(header=head, policy=tuple(items), not_direct=left)


def data_of(sample: Compiled) -> bytes:
    return powershell_test.emit(sample)[0].data


def told_of(sample: Compiled, data: bytes) -> list[str]:
    return list(differences(read_tables(data), wanted_tables(audit(sample))))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_rows_are_read_back_as_the_profile_has_them(name: str) -> None:
    assert told_of(SAMPLES[name], data_of(SAMPLES[name])) == []


def test_hostile_texts_are_read_back_byte_by_byte() -> None:
    sample = hostile(TEXTS)
    data = data_of(sample)
    assert read_tables(data) == wanted_tables(audit(sample))
    assert all(read_rows(data, table) for table in TABLES)


def test_a_changed_row_is_told_and_code_in_a_row_is_no_row() -> None:
    sample = SAMPLES["plain"]
    data = data_of(sample)
    changed = data.replace(
        b"Name = 'AUOptions'; Kind = 'DWord'; Value = 4",
        b"Name = 'AUOptions'; Kind = 'DWord'; Value = 3",
    )
    assert changed != data
    told = told_of(sample, changed)
    assert len(told) == 4
    assert "AUOptions" in told[0]
    path = "powershell/Test-AzlocalWs2022Core.ps1"
    with pytest.raises(AssertionError, match="test-script"):
        assert_same(sample, {path: changed}, ["test-script"])
    for code in (b"(Remove-Item x)", b"$(exit 9)", b'"x"', b"4; exit 9", b"@(exit)", b"(4)"):
        evil = data.replace(b"; Value = 4;", b"; Value = " + code + b";")
        assert evil != data
        with pytest.raises(FormatError):
            told_of(sample, evil)
    with pytest.raises(FormatError):
        read_rows(data.replace(b"$directRows = @(", b"$other = @("), "directRows")


def test_hostile_text_adds_no_command_and_nothing_newer(engine: Engine, tmp_path: Path) -> None:
    plain = write(powershell_test.emit(compiled(header=HEAD)), tmp_path / "plain")
    evil = [
        path
        for start in range(0, len(TEXTS), 40)
        for path in write(
            powershell_test.emit(hostile(TEXTS[start : start + 40])), tmp_path / str(start)
        )
    ]
    reports = engine.check([*plain, *evil])
    assert len(reports) == len(evil) + 1
    for report in reports:
        assert not report["errors"]
        assert not report["newer"]
        assert report["commands"] == reports[0]["commands"]
        assert report["functions"] == reports[0]["functions"]


@pytest.mark.slow
def test_hostile_names_and_data_are_judged_and_reported_as_they_are(
    machine: Machine, tmp_path: Path
) -> None:
    sample = hostile(TEXTS[:60])
    path = write(powershell_test.emit(sample), tmp_path)[0]
    machine.reset(OS)
    # Not by regedit: no .reg file can name a value with a line end.
    done = machine.wine.run(write(powershell_set.emit(sample), tmp_path)[0], "-Force")
    assert done.code == 0, ascii(done.out)
    done = machine.run(path, "-AsJson")
    report = machine.checked(done.out, done.code)
    assert "##vso[" not in done.out
    wrong = [item for item in report["requirements"] if item["reason"] != "as-expected"]
    assert wrong == [], ascii(wrong)
    assert [item["name"] for item in report["requirements"]] == [
        row.row.name for row in audit(sample).group_policy
    ]
    summary = machine.run(path, "-Output", "Summary").out
    assert {char for char in summary if not char.isprintable()} <= set("\r\n")
    assert not (tmp_path / "pwned.txt").exists()


@pytest.mark.slow
def test_what_a_machine_answers_cannot_break_the_report(machine: Machine, tmp_path: Path) -> None:
    evil = '##vso[task.x]y \u202e <U> \u0001 "` $(exit 9) '
    text = json.dumps(evil)
    sample = compiled(header=HEAD)
    path = write(powershell_test.emit(sample), tmp_path)[0]
    machine.reset(OS)
    machine.write(item.record for item in sample.policy)
    expression = f"((ConvertFrom-Json -InputObject '{text}') + [char]0xD800)"
    rows = rsop([item.record for item in sample.policy])
    machine.answer(
        OS,
        Win32_ComputerSystem=f"@{{ PartOfDomain = $true; Domain = {expression} * 1 }}",
        RSOP_GPO=gpos((GPO, "x")).replace("name = 'x'", f"name = {expression}"),
        RSOP_RegistryPolicySetting=block(rows),
        HotFix=f"@{{ HotFixID = {expression}; Description = {expression}; InstalledOn = 'x' }}",
        WindowsPackage=f"@{{ PackageName = 'Package_for_' + {expression}; PackageState = 'x' }}",
        WinEvent=THROWS.replace("Access is denied.", "x ##vso[y]"),
    )
    done = machine.run(path, "-AsJson")
    report = machine.checked(done.out, done.code)
    assert "##vso[" not in done.out
    assert report["requirements"][0]["gpo"] == evil + "\ud800"
    for form in ("Summary", "Object"):
        shown = machine.run(path, "-Output", form).out
        assert "##vso[" not in shown
        assert "\u202e" not in shown
        assert "\x01" not in shown
