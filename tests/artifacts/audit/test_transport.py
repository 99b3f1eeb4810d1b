"""How the audit script hands over what it found: objects, JSON, a summary, a word, files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gpogen.artifacts import powershell_test
from tests.artifacts.audit.machine import THROWS, Machine, checks, services
from tests.artifacts.factory import compiled, header, value
from tests.artifacts.powershell.harness import Engine, write

OS = "windows-server-2025-standard"
ARC = header(name="arc", pascal="Arc", os=OS, platform="azure-arc", revision="", ring="")
SAMPLE = compiled(header=ARC, policy=(value(), value("NoAutoUpdate", 0)))
slow = pytest.mark.slow


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return write(powershell_test.emit(SAMPLE), tmp_path)[0]


@pytest.fixture
def ready(machine: Machine) -> Machine:
    machine.reset(OS)
    machine.write(item.record for item in SAMPLE.policy)
    return machine


@slow
def test_objects_come_first_and_the_summary_last(ready: Machine, script: Path) -> None:
    driver = script.parent / "driver.ps1"
    driver.write_text(
        "param([string]$Script)\n"
        "$objects = @(& $Script 6>&1)\n"
        "$objects | Where-Object { $_ -isnot [System.Management.Automation.InformationRecord] } |"
        " ForEach-Object { ConvertTo-Json -InputObject $_ -Compress }\n"
        "$objects[-1].GetType().Name\n"
        "exit $LASTEXITCODE\n"
    )
    done = ready.run(driver, "-Script", f"Z:{script}")
    assert done.code == 0, done.out
    *rows, last = done.out.strip().splitlines()
    found = [json.loads(row) for row in rows]
    assert [item["Kind"] for item in found[:3]] == ["Requirement", "Requirement", "Readiness"]
    assert found[0]["Expected"] == "set REG_DWORD 4"
    assert found[0]["Found"] == "present REG_DWORD 4"
    assert found[0]["Compliant"] is True
    assert last == "InformationRecord"


@slow
def test_a_summary_is_under_4_kb_whatever_is_wrong(machine: Machine, tmp_path: Path) -> None:
    many = [value("v" * 200 + str(number), "\u00e9" * 500, kind=1) for number in range(300)]  # type: ignore[arg-type]
    path = write(powershell_test.emit(compiled(header=ARC, policy=tuple(many))), tmp_path)[0]
    machine.reset(OS)
    done = machine.run(path, "-Output", "Summary")
    assert done.code == 2
    assert len(done.out.encode()) < 4096
    assert "300 not met" in done.out
    assert re.search(r"and \d+ lines more", done.out)


@slow
def test_one_word_for_configuration_manager(ready: Machine, script: Path) -> None:
    words = {}
    for name, changes in (
        ("fine", {}),
        ("bad", {"Win32_Service": services(update="Disabled")}),
        ("dark", {"Win32_DeviceGuard": THROWS}),
    ):
        ready.answer(OS, **changes)
        done = ready.run(script, "-Output", "State")
        words[name] = (done.code, done.out.strip())
    assert words == {"fine": (0, "Compliant"), "bad": (2, "NotCompliant"), "dark": (3, "Unknown")}


@slow
def test_a_report_lies_under_its_own_name_whole_or_not_at_all(ready: Machine, script: Path) -> None:
    share = script.parent / "share"
    share.mkdir()
    for _ in range(2):
        done = ready.run(script, "-Output", "State", "-ReportPath", f"Z:{share}")
        assert (done.code, done.out.strip()) == (0, "Compliant")
    files = sorted(share.iterdir())
    assert len(files) == 2
    for file in files:
        assert re.fullmatch(r"[A-Za-z0-9_-]+-\d{8}T\d{6}Z-[0-9a-f-]{36}\.json", file.name)
        text = file.read_bytes()
        assert text.endswith(b"}\n")
        report = ready.checked(text.decode("ascii"), 0)
        assert report["id"] in file.name


@slow
def test_a_report_that_cannot_be_written_is_a_failure(ready: Machine, script: Path) -> None:
    done = ready.run(script, "-AsJson", "-ReportPath", "Z:/nowhere/at/all")
    assert done.code == 1
    assert "The script failed" in done.out
    assert '"schema"' not in done.out


@slow
def test_whatif_writes_nothing_and_says_what_it_would(ready: Machine, script: Path) -> None:
    share = script.parent / "share"
    share.mkdir()
    log = script.parent / "run.log"
    done = ready.run(
        script, "-Output", "State", "-WhatIf", "-EventLog",
        "-ReportPath", f"Z:{share}", "-LogPath", f"Z:{log}",
    )  # fmt: skip
    assert done.code == 0, done.out
    assert done.out.count("What if:") == 2
    assert list(share.iterdir()) == []
    assert not log.exists()


@slow
def test_the_log_tells_each_step_and_each_refusal(ready: Machine, script: Path) -> None:
    ready.answer(OS, Win32_DeviceGuard=THROWS)
    log = script.parent / "run.log"
    assert ready.run(script, "-Output", "State", "-LogPath", f"Z:{log}").code == 3
    lines = log.read_text().splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", line) for line in lines)
    assert "begins" in lines[0]
    assert "Could not be read: Win32_DeviceGuard" in "\n".join(lines)
    assert lines[-1].endswith("Ends: unknown, exit code 3")


@slow
def test_nothing_but_questions_is_asked(ready: Machine, script: Path) -> None:
    ready.report(script)
    assert {name for name in ready.commands if not name.startswith("Searcher")} <= {
        "Get-CimInstance",
        "Get-HotFix",
        "Get-WindowsPackage",
        "Get-WinEvent",
        "New-Object",
        "Microsoft.Update.Session.CreateUpdateSearcher",
    }
    assert ready.wine.values(r"SOFTWARE\Policies", ready.folder)


@slow
def test_a_script_that_cannot_reach_the_registry_ends_with_1(engine: Engine, script: Path) -> None:
    done = engine.run(script)
    assert done.code == 1
    assert "The script failed" in done.out


@slow
def test_the_readiness_script_needs_no_profile(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / powershell_test.READINESS
    path.write_bytes(powershell_test.readiness_script())
    states = {}
    for os in ("windows-server-2022-azure-edition", "windows-server-2025-azure-edition", OS):
        machine.reset(os)
        report = machine.report(path)
        assert report["kind"] == "readiness"
        assert report["profile"] is None
        assert report["requirements"] == []
        states[os] = (report["summary"]["readiness"]["verdict"], "arc-agent" in checks(report))
        assert report["train"]["last_baseline"] is not None
    assert states == {
        "windows-server-2022-azure-edition": ("ready", False),
        "windows-server-2025-azure-edition": ("ready", False),
        OS: ("ready", True),
    }
    machine.reset(OS, build="17763", edition="ServerStandard", sku=7)
    assert machine.report(path)["summary"]["readiness"]["verdict"] == "not-ready"


def test_the_example_reports_fit_the_schema_and_a_wrong_one_does_not() -> None:
    from jsonschema import Draft202012Validator

    from tests.artifacts.audit.machine import SCHEMA

    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    files = sorted((Path(__file__).parent / "reports").glob("*.json"))
    assert len(files) == 3
    for file in files:
        report = json.loads(file.read_text(encoding="ascii"))
        validator.validate(report)
        for key in report:
            shorter = {name: item for name, item in report.items() if name != key}
            assert not validator.is_valid(shorter)
        assert not validator.is_valid({**report, "more": 1})
