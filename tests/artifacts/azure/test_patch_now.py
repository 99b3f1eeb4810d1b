"""The scripts of gpogen.artifacts.patch_now in real shells, against a stand-in of Azure."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpogen.artifacts.patch_now import emit
from tests.artifacts.azure.conftest import ARC, VM, Runner
from tests.artifacts.factory import compiled
from tests.support.arm import GROUP, SUBSCRIPTION, VMS, Arm, machine, serving, vm

QUICK = ("--poll", "1", "--limit", "90", "--list", "machines.txt")
INSTALL = ("--reboot", "IfRequired", "--include", "KB5094125", "--exclude", "KB5094126")
SUCCEEDED = {"status": "Succeeded", "rebootPending": True, "criticalAndSecurityPatchCount": 1}


def named(folder: Path, arm: Arm) -> None:
    names = "\n".join([*arm.machines, *arm.vms, "absent"])
    (folder / "machines.txt").write_text(names, encoding="utf-8")


@pytest.mark.slow
def test_arc_machines_are_assessed_and_patched_to_the_end(run: Runner, tmp_path: Path) -> None:
    arm = Arm(*(machine(name) for name in ("good", "warns", "fails", "busy", "occupied")))
    arm.ends = {
        "good": {**SUCCEEDED, "availablePatchCountByClassification": {"security": 2}},
        "warns": {"status": "CompletedWithWarnings", "installedPatchCount": 3},
        "fails": {"status": "Failed", "errorDetails": {"message": "no agent"}},
        "busy": [429, 503, SUCCEEDED],
        "occupied": [409, SUCCEEDED],
    }
    named(tmp_path, arm)
    with serving(arm):
        assessed = run(arm, "patch-now", "assess", *QUICK)
        arm.ends["busy"] = arm.ends["occupied"] = SUCCEEDED
        installed = run(arm, "patch-now", "install", *QUICK, *INSTALL)
        skipped = run(arm, "patch-now", "install", *QUICK, *INSTALL, "--resume")

    assert assessed.results() == {
        "good": "done",
        "warns": "different",
        "fails": "failed",
        "busy": "done",
        "occupied": "pending",
        "absent": "refused",
    }, assessed
    assert assessed.rows["good"]["detail"] == (
        "security 2, criticalAndSecurityPatchCount 1, rebootPending true"
    )
    assert assessed.rows["fails"]["detail"] == "error no agent"
    assert installed.results()["occupied"] == "done"
    bodies = [one.body for one in arm.log if one.path.endswith("/installPatches")]
    assert bodies
    assert all(
        body
        == {
            "maximumDuration": "PT2H",
            "rebootSetting": "IfRequired",
            "windowsParameters": {
                "classificationsToInclude": [],
                "kbNumbersToInclude": ["KB5094125"],
                "kbNumbersToExclude": ["KB5094126"],
                "excludeKbsRequiringReboot": False,
            },
        }
        for body in bodies
    )
    assert sorted(skipped.results()) == ["absent", "fails", "warns"]


@pytest.mark.slow
def test_a_dry_run_begins_nothing_and_an_install_names_what_it_does(
    run: Runner, tmp_path: Path
) -> None:
    arm = Arm(vm("one"))
    named(tmp_path, arm)
    made = compiled(vm=VM)
    place = ("--subscription", SUBSCRIPTION, "--resource-group", GROUP)
    with serving(arm):
        planned = run(arm, "patch-now", "install", *place, *QUICK, *INSTALL, "--dry-run", made=made)
        unsaid = run(arm, "patch-now", "install", *place, *QUICK, *INSTALL[2:], made=made)
        nothing = run(arm, "patch-now", "install", *place, *QUICK, *INSTALL[:2], made=made)

    assert planned.results()["one"] == "planned", planned
    assert f"POST https://management.azure.com{VMS}/one/installPatches?api-version=2024-03-01" in (
        planned.output + planned.errors
    )
    assert not [one for one in arm.log if one.method == "POST"]
    assert (unsaid.code, nothing.code) == (2, 2)


def test_the_scripts_are_for_the_machines_of_the_profile() -> None:
    for made, kind in ((compiled(arc=ARC), "HybridCompute"), (compiled(vm=VM), "Compute")):
        for file in emit(made):
            assert f"'Microsoft.{kind}/".encode() in file.data
    assert emit(compiled()) == ()
