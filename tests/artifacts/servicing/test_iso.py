"""Enable-HotpatchFromIso.ps1: Microsoft's procedure in its order, over its restarts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from gpogen.artifacts import powershell_iso
from gpogen.compile.result import Compiled, RestartCause
from tests.artifacts.factory import compiled
from tests.artifacts.powershell.harness import Wine, write
from tests.artifacts.servicing.batch import Ran, Step, run_cases

pytestmark = pytest.mark.xdist_group("iso")

SAMPLE = compiled()
ISO: Compiled = replace(
    SAMPLE, facts=replace(SAMPLE.facts, restart_causes=(RestartCause.VBS, RestartCause.ISO))
)
VALUES = [
    "EnableVirtualizationBasedSecurity DWord 1",
    "HotPatchTableSize DWord 4096",
    "Name String Hotpatch Enrollment Package",
    "Version String 10.0.20348.1129",
]
RESUME = Step({"Resume": True}, "Restart-Iso")


YES, NO = 0, 2
CONTROL = r"HKLM:\SYSTEM\CurrentControlSet\Control"


def set_value(key: str, name: str, value: int) -> str:
    """Return the command that sets a DWord."""
    made = f"$null = New-Item -Path '{key}' -Force; " if key.endswith("DeviceGuard") else ""
    return f"{made}Set-ItemProperty -LiteralPath '{key}' -Name {name} -Value {value} -Type DWord"


def states(use: Mapping[str, object]) -> Mapping[str, Sequence[Step]]:
    """Return machines on which some steps are done, each with -WhatIf and then without."""
    guard = set_value(rf"{CONTROL}\DeviceGuard", "EnableVirtualizationBasedSecurity", 1)
    vbs = {"none": "", "set": guard, "runs": f"{guard}; $global:Machine.Vbs = 2"}
    memory = rf"{CONTROL}\Session Manager\Memory Management"
    table = {"no table": "", "table": set_value(memory, "HotPatchTableSize", 4096)}
    update = {"no update": "", "update": "$global:Machine.Hotfixes = @('KB5003508')"}
    found: dict[str, Sequence[Step]] = {}
    for one, two, three, allow in product(vbs, table, update, (True, False)):
        given = {**use, "AllowRestart": allow}
        before = f"Set-Iso; {vbs[one]}; {table[two]}; {update[three]}"
        found[f"state {one}, {two}, {three}, {allow}"] = [
            Step({**given, "WhatIf": True}, before),
            Step(given),
            RESUME,
            RESUME,
        ]
    return found


def make_msu(folder: Path) -> Path:
    """Make a file that the stand-in of expand.exe takes for the update's."""
    inside = ("WSUSSCAN.cab", "Windows10.0-KB5003508-x64.cab", "SSU-20348.1-x64.cab", "x.xml")
    path = folder / "KB5003508.msu"
    path.write_text("\n".join(("MSCF", *inside)))
    return path


def cases(msu: Path) -> Mapping[str, Sequence[Step]]:
    use = {"Update": f"Z:{msu}", "AllowRestart": True}
    other = msu.with_name("KB5003509.msu")
    other.write_bytes(b"MSCF")
    edition = "Set-ItemProperty -LiteralPath $global:VersionKey -Name EditionID -Value '{}'"
    vbs = (
        "$null = New-Item -Path 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\DeviceGuard' -Force; "
        "Set-ItemProperty -LiteralPath 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\DeviceGuard' "
        "-Name EnableVirtualizationBasedSecurity -Value 1 -Type DWord; $global:Machine.Vbs = 2"
    )
    kept = r"C:\Program Files\gpogen\msu\KB5003508.msu"
    change = f"[System.IO.File]::AppendAllText('{kept}', 'x')"
    page = msu.with_name("KB5003508-page.msu")
    page.write_text("<!DOCTYPE html>")
    bad = "Set-Iso; $global:Machine.Signatures['KB5003508.msu'] = @{ Status = '%s' }"
    digest = hashlib.sha256(msu.read_bytes()).hexdigest()
    return {
        **states(use),
        "page": [Step({**use, "Update": f"Z:{page}"}, "Set-Iso")],
        "changed": [Step(use, bad % "HashMismatch")],
        "unsigned": [Step(use, bad % "NotSigned")],
        "unsigned, named": [Step({**use, "Sha256": digest}, bad % "NotSigned"), RESUME, RESUME],
        "copy changes": [Step(use, "Set-Iso"), Step({"Resume": True}, f"Restart-Iso; {change}")],
        "no task": [
            Step(use, "Set-Iso; $global:Machine.Refuses['task'] = 'service is stopped'"),
            Step(use, "$global:Machine.Refuses.Clear()"),
        ],
        "declined": [Step({**use, "Confirm": True}, "Set-Iso", [YES, NO])],
        "whole": [Step(use, "Set-Iso"), RESUME, RESUME, Step(use, "")],
        "plan": [Step({**use, "WhatIf": True}, "Set-Iso")],
        "by hand": [Step({"Update": f"Z:{msu}"}, "Set-Iso"), RESUME, RESUME],
        "vbs runs": [Step(use, f"Set-Iso; {vbs}"), RESUME],
        "no uefi": [Step(use, "Set-Iso; $global:Machine.NoUefi = $true"), RESUME],
        "cancel": [Step(use, "Set-Iso"), Step({"Cancel": True}), Step({"Resume": True})],
        "2025": [Step(use, "Set-Iso; Set-Build '26100.1742'")],
        "standard": [Step(use, "Set-Iso; " + edition.format("ServerStandard"))],
        "no file": [Step({**use, "Update": f"Z:{msu}x.msu"}, "Set-Iso")],
        "other file": [Step({**use, "Update": f"Z:{other}"}, "Set-Iso")],
        "pending": [Step(use, "Set-Iso; Set-Pending $true")],
        "cluster": [Step(use, "Set-Iso; $global:Machine.Cluster = 'yes'")],
        "controller": [Step(use, "Set-Iso; $global:Machine.Product = 2")],
        "azure vm": [
            Step(use, "Set-Iso; $global:Machine.Tag = '7783-7084-3265-9085-8269-3286-77'"),
            Step({**use, "Force": True, "WhatIf": True}),
        ],
        "host": [Step(use, "Set-Iso; $global:Machine.Sku = 406")],
        "nothing to do": [
            Step(use, f"Set-Iso; {vbs}"),
            RESUME,
            Step({**use, "WhatIf": True}),
        ],
        "log": [
            Step({**use, "LogPath": f"Z:{msu.parent}/refused.log"}, "Set-Iso; Set-Pending $true"),
            Step({**use, "LogPath": f"Z:{msu.parent}/waits.log"}, "Set-Pending $false"),
            Step({"Resume": True}, "Set-Pending $true; $global:Machine.OnSleep = { }"),
        ],
        "add fails": [Step(use, f"Set-Iso; {vbs}; $global:Machine.Refuses['add'] = 'corrupt'")],
    }


@pytest.fixture(scope="module")
def ran(wine: Wine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Ran]]:
    folder = tmp_path_factory.mktemp("iso")
    script = write(powershell_iso.emit(ISO), folder)[0]
    found = run_cases(wine, folder, script, cases(make_msu(folder)))
    assert "Refused: A restart is pending" in (folder / "refused.log").read_text()
    assert "The restart is not finished" in (folder / "waits.log").read_text()
    return found


def planned(run: Ran) -> list[str]:
    return re.findall(r"(?m)^  \d+\. (.*)$", run.text)


def done(runs: Sequence[Ran]) -> list[str]:
    return [one for run in runs for one in re.findall(r"(?m)^Step: (.*)$", run.text)]


def test_only_machines_from_an_iso_get_the_script() -> None:
    assert powershell_iso.emit(SAMPLE) == ()
    assert [file.path for file in powershell_iso.emit(ISO)] == [powershell_iso.PATH]


@pytest.mark.slow
def test_the_procedure_goes_on_over_both_restarts(ran: dict[str, list[Ran]]) -> None:
    first, second, third, again = ran["whole"]
    assert [run.code for run in ran["whole"]] == [3010, 3010, 0, 0], third.text
    assert first.values == VALUES[:1]
    assert second.values == third.values == VALUES
    adds = [act for run in (first, second, third) for act in run.did if act.startswith("add")]
    assert adds == ["add SSU-20348.1-x64.cab", "add Windows10.0-KB5003508-x64.cab"]
    assert first.did[-1] == second.did[-1] == "restart"
    assert third.tasks == []
    assert (again.did, len(planned(again))) == ([], 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["whole", "by hand", "vbs runs", "unsigned, named"])
def test_what_the_plan_says_is_what_is_done(ran: dict[str, list[Ran]], name: str) -> None:
    runs = ran[name][:3]
    assert runs[-1].code == 0, runs[-1].text
    assert planned(runs[0]) == done(runs)


@pytest.mark.slow
def test_whatif_prints_the_plan_and_does_nothing(ran: dict[str, list[Ran]]) -> None:
    (run,) = ran["plan"]
    assert (run.code, run.did, run.values) == (2, [], [])
    assert planned(run) == planned(ran["whole"][0])


@pytest.mark.slow
def test_the_script_restarts_only_when_it_may(ran: dict[str, list[Ran]]) -> None:
    assert [run.code for run in ran["by hand"]] == [3010, 3010, 0]
    assert all("restart" not in run.did for run in ran["by hand"])


@pytest.mark.slow
def test_a_restart_that_did_not_help_is_not_repeated(ran: dict[str, list[Ran]]) -> None:
    run = ran["no uefi"][1]
    assert run.code == 1
    assert "A restart changed nothing: virtualization-based security does not run" in run.text
    assert "restart" not in run.did


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("2025", "got build 26100.1742, ServerTurbineCor"),
        ("standard", "got build 20348.587, ServerStandard"),
        ("no file", "The update was not found"),
        ("other file", "must be KB5003508.msu; got KB5003509.msu"),
        ("page", "is not an update package: it must begin with MSCF or MSWIM"),
        ("changed", "differs from what was signed (HashMismatch)"),
        ("unsigned", "cannot verify the signature of KB5003508.msu (NotSigned)"),
        ("pending", "A restart is pending"),
        ("cluster", "not drained"),
        ("controller", "domain controller"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(
    ran: dict[str, list[Ran]], name: str, said: str
) -> None:
    (run,) = ran[name]
    assert run.code == 4, run.text
    assert said in run.text
    assert (run.did, run.values) == ([], [])


@pytest.mark.slow
def test_an_azure_vm_is_refused_unless_forced_and_a_host_always(ran: dict[str, list[Ran]]) -> None:
    refused, forced = ran["azure vm"]
    assert (refused.code, "This machine is an Azure VM" in refused.text) == (4, True)
    assert (refused.did, refused.values) == ([], [])
    assert forced.code == 2, forced.text
    (host,) = ran["host"]
    assert (host.code, "Azure Local host" in host.text) == (4, True)


@pytest.mark.slow
def test_whatif_has_nothing_to_do_on_a_machine_that_is_done(ran: dict[str, list[Ran]]) -> None:
    last = ran["nothing to do"][-1]
    assert (last.code, last.did) == (0, []), last.text
    assert len(planned(last)) == 1


@pytest.mark.slow
def test_a_failure_is_exit_code_1_and_cancel_forgets(ran: dict[str, list[Ran]]) -> None:
    assert ran["add fails"][0].code == 1
    assert "corrupt" in ran["add fails"][0].text
    cancelled = ran["cancel"]
    assert [run.code for run in cancelled] == [3010, 0, 4]
    assert cancelled[1].tasks == []


@pytest.mark.slow
def test_a_copy_that_somebody_changed_is_not_installed(ran: dict[str, list[Ran]]) -> None:
    run = ran["copy changes"][1]
    assert run.code == 1
    assert "the .msu file is not the one that was checked: the SHA-256 of " in run.text
    assert not [act for act in run.did if act.startswith("add")]


@pytest.mark.slow
def test_without_a_task_there_is_nothing_to_go_on_with(ran: dict[str, list[Ran]]) -> None:
    first, again = ran["no task"]
    assert (first.code, first.files, first.tasks) == (1, [], []), first.text
    assert again.code == 3010, again.text


@pytest.mark.slow
def test_what_is_declined_leaves_no_copy(ran: dict[str, list[Ran]]) -> None:
    (run,) = ran["declined"]
    assert (run.code, run.did, run.files) == (2, [], []), run.text


@pytest.mark.slow
def test_in_every_state_the_plan_is_what_is_done(ran: dict[str, list[Ran]]) -> None:
    names = [name for name in ran if name.startswith("state ")]
    assert len(names) == 24
    for name in names:
        whatif, real, *rest = ran[name]
        assert (whatif.code, whatif.did, whatif.files) == (2, [], []), name
        runs = [real, *rest]
        runs = runs[: 1 + next(at for at, run in enumerate(runs) if run.code != 3010)]
        assert runs[-1].code == 0, f"{name}: {runs[-1].text}"
        assert planned(whatif) == planned(real) == done(runs), name
        restarts = [text for text in planned(real) if text.startswith("Restart this machine")]
        assert [act for run in runs for act in run.did].count("restart") == len(restarts), name
        assert runs[-1].values == VALUES, name
        assert runs[-1].files == [], name
