"""The scripts of gpogen.artifacts.vm_scripts in real shells, against a stand-in of Azure."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from tests.artifacts.azure.conftest import SCHEDULED, VM, Runner
from tests.artifacts.factory import compiled
from tests.support.arm import GROUP, SUBSCRIPTION, VMS, Arm, serving, vm
from tests.support.profiles import compiled as profile

PLACE = ("--subscription", SUBSCRIPTION, "--resource-group", GROUP)
QUICK = (*PLACE, "--poll", "1", "--limit", "90", "--list", "vms.txt")
BYPASS = "bypassPlatformSafetyChecksOnUserSchedule"


def named(folder: Path, arm: Arm) -> None:
    names = "".join(f"{name}\n" for name in arm.vms)
    (folder / "vms.txt").write_text(names, encoding="utf-8")


def platform(bypass: bool | None, **more: object) -> dict[str, object]:
    settings: dict[str, object] = {"patchMode": "AutomaticByPlatform", **more}
    if bypass is not None:
        settings["automaticByPlatformSettings"] = {BYPASS: bypass, "rebootSetting": "IfRequired"}
    return settings


@pytest.mark.slow
def test_settings_are_patched_and_all_else_is_kept(run: Runner, tmp_path: Path) -> None:
    arm = Arm(
        vm("plain", settings={"patchMode": "AutomaticByOS", "assessmentMode": "ImageDefault"}),
        vm("reboots", settings=platform(True, enableHotpatching=False)),
        vm("there", settings=platform(False, enableHotpatching=True)),
        vm("breaks", outcome="Failed"),
        vm("image", sku="2022-datacenter-azure-edition"),
        vm("agent", agent=False),
        vm("manual", settings={"patchMode": "Manual"}),
        vm("schedule", assigned=1),
        vm("osonly", automatic=False),
    )
    before = {name: copy.deepcopy(one.body) for name, one in arm.vms.items()}
    (tmp_path / "vms.txt").write_text("\n".join([*arm.vms, "absent"]), encoding="utf-8")
    with serving(arm):
        done = run(arm, "patch-settings", "apply", *QUICK)

    assert done.code == 1, done
    assert done.results() == {
        "plain": "done",
        "reboots": "done",
        "there": "done",
        "breaks": "failed",
        "image": "refused",
        "agent": "refused",
        "manual": "refused",
        "schedule": "refused",
        "osonly": "refused",
        "absent": "refused",
    }, done
    assert {one.method for one in arm.changes()} == {"PATCH"}
    assert {one.machine for one in arm.changes()} == {"plain", "reboots", "breaks"}
    assert arm.vms["plain"].settings == {
        "patchMode": "AutomaticByPlatform",
        "enableHotpatching": True,
        "assessmentMode": "ImageDefault",
        "automaticByPlatformSettings": {BYPASS: False},
    }
    assert arm.vms["reboots"].settings == platform(False, enableHotpatching=True)
    assert done.rows["plain"]["state"] == "automatic guest patching"
    for name, old in before.items():
        new = copy.deepcopy(arm.vms[name].body)
        for one in (old, new):
            one["properties"]["osProfile"]["windowsConfiguration"].pop("patchSettings")
            one["properties"].pop("provisioningState")
            one.pop("etag")
        assert new == old


@pytest.mark.slow
def test_status_says_who_patches_as_the_table_does(run: Runner, tmp_path: Path) -> None:
    arm = Arm(
        vm("a", settings=platform(True), assigned=1),
        vm("b", settings=platform(True)),
        vm("c", settings=platform(False)),
        vm("d", settings=platform(False), assigned=1),
        vm("e", settings=platform(None)),
        vm("f", settings={"patchMode": "AutomaticByOS"}),
        vm("g", settings={"patchMode": "Manual"}, assigned=1),
    )
    named(tmp_path, arm)
    with serving(arm):
        done = run(arm, "patch-settings", "status", *QUICK)

    assert {name: row["state"] for name, row in done.rows.items()} == {
        "a": "the schedule",
        "b": "nobody, until a schedule is assigned",
        "c": "automatic guest patching",
        "d": "nobody: neither the schedule nor guest patching runs",
        "e": "automatic guest patching",
        "f": "not the platform: patchMode is AutomaticByOS",
        "g": "not the platform: patchMode is Manual",
    }, done
    assert (done.code, arm.changes()) == (2, [])


@pytest.mark.slow
def test_a_dry_run_prints_the_request_and_a_schedule_bypasses_the_checks(
    run: Runner, tmp_path: Path
) -> None:
    arm = Arm(vm("one", assigned=1))
    named(tmp_path, arm)
    made = compiled(vm=SCHEDULED)
    with serving(arm):
        planned = run(arm, "patch-settings", "apply", *QUICK, "--dry-run", made=made)
        assert (planned.code, arm.changes()) == (2, []), planned
        done = run(arm, "patch-settings", "apply", *QUICK, made=made)

    assert f"PATCH https://management.azure.com{VMS}/one?api-version=2024-03-01" in (
        planned.output + planned.errors
    )
    assert (done.code, done.rows["one"]["state"]) == (0, "the schedule"), done
    assert arm.vms["one"].settings["automaticByPlatformSettings"] == {BYPASS: True}


@pytest.mark.slow
def test_a_region_without_the_image_is_named(run: Runner) -> None:
    arm = Arm()
    start = "Microsoft.Compute/locations/{}/publishers/MicrosoftWindowsServer/artifacttypes/vmimage"
    rest = f"/offers/WindowsServer/skus/{VM.sku}/versions"
    arm.images = {start.format("uksouth") + rest: ["20348.1.1", "20348.1.2"]}
    with serving(arm):
        there = run(arm, "patch-settings", "image", *PLACE, "--location", "uksouth")
        absent = run(arm, "patch-settings", "image", *PLACE, "--location", "westeurope")

    assert (there.code, there.rows[VM.sku]["detail"]) == (0, "2 versions"), there
    assert absent.code == 2
    assert absent.rows[VM.sku]["detail"] == "the region does not have the image"


AZURE_VM = {"os": "windows-server-2022-azure-edition", "platform": "azure-vm"}
IMAGE = {"image": "2022-datacenter-azure-edition-hotpatch"}


@pytest.mark.parametrize(
    ("orchestration", "body", "settings"),
    [
        ("azure-guest-patching", "", json.loads(VM.settings)),
        (
            "azure-guest-patching",
            "azure: {assessment_mode: AutomaticByPlatform, reboot_setting: IfRequired}\n",
            {
                **json.loads(VM.settings),
                "assessmentMode": "AutomaticByPlatform",
                "automaticByPlatformSettings": {BYPASS: False, "rebootSetting": "IfRequired"},
            },
        ),
        (
            "azure-update-manager",
            (
                "azure: {maintenance_schedule: true, bypass_platform_safety_checks: true, "
                "enable_hotpatching: false}\n"
            ),
            json.loads(SCHEDULED.settings),
        ),
    ],
)
def test_the_profile_says_the_settings(
    orchestration: str, body: str, settings: dict[str, object]
) -> None:
    found = profile(body, orchestration=orchestration, **AZURE_VM, **IMAGE).vm

    assert found is not None
    assert json.loads(found.settings) == settings
    assert found.sku == IMAGE["image"]


def test_a_scale_set_and_other_platforms_have_no_such_scripts() -> None:
    scale_set = ", scale_set: {orchestration: flexible, health_extension: true}"
    guest = {"orchestration": "azure-guest-patching", **AZURE_VM, **IMAGE}

    assert profile(extra_target=scale_set, **guest).vm is None
    assert profile().vm is None
