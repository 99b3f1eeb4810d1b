"""The scripts of gpogen.artifacts.vm_scripts in real shells, against a stand-in of Azure."""

from __future__ import annotations

import copy
import json
import tempfile
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import hcl2
import pytest
from pycep import BicepParser

from gpogen.artifacts.vm_scripts import emit
from tests.artifacts.azure.conftest import SCHEDULED, VM, Runner
from tests.artifacts.factory import compiled
from tests.artifacts.powershell.samples import SAMPLES
from tests.support.arm import GROUP, SUBSCRIPTION, VMS, Arm, serving, vm
from tests.support.profiles import compiled as profile

PLACE = ("--subscription", SUBSCRIPTION, "--resource-group", GROUP)
QUICK = (*PLACE, "--poll", "1", "--limit", "90", "--list", "vms.txt")
BYPASS = "bypassPlatformSafetyChecksOnUserSchedule"
GUEST = "automatic guest patching, or nobody if a dynamic scope assigns a schedule"


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
    assert done.rows["plain"]["state"] == GUEST
    for name, old in before.items():
        new = copy.deepcopy(arm.vms[name].body)
        for one in (old, new):
            one["properties"]["osProfile"]["windowsConfiguration"].pop("patchSettings")
            one["properties"].pop("provisioningState")
            one.pop("etag")
            one.pop("resources", None)
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
        "b": "nobody, unless a dynamic scope assigns a schedule",
        "c": GUEST,
        "d": "nobody: neither the schedule nor guest patching runs",
        "e": GUEST,
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


PLATFORMS: tuple[dict[str, Any], ...] = (
    {},
    {"automaticByPlatformSettings": {BYPASS: True}},
    {"automaticByPlatformSettings": {BYPASS: False, "rebootSetting": "Never"}},
    {"automaticByPlatformSettings": {"rebootSetting": "Always"}},
)
FRAGMENTS: list[dict[str, Any]] = [
    {"patchMode": mode, "enableHotpatching": hotpatching, "assessmentMode": assessment, **platform}
    for mode, hotpatching, assessment, platform in product(
        ("AutomaticByPlatform", "Manual"),
        (True, False),
        ("ImageDefault", None),
        PLATFORMS,
    )
]


@pytest.fixture
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The parser keeps its grammar in the temporary folder.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.mark.usefixtures("_cache")
def test_the_fragments_have_the_settings_that_the_scripts_write() -> None:
    names = {
        "patchMode": "patch_mode",
        "assessmentMode": "patch_assessment_mode",
        "enableHotpatching": "hotpatching_enabled",
        BYPASS: "bypass_platform_safety_checks_on_user_schedule_enabled",
        "rebootSetting": "reboot_setting",
    }
    for one in FRAGMENTS:
        settings = {key: value for key, value in one.items() if value is not None}
        flat = {**settings, **settings.get("automaticByPlatformSettings", {})}
        flat.pop("automaticByPlatformSettings", None)
        made = {
            file.path: file.data.decode()
            for file in emit(compiled(vm=replace(VM, settings=json.dumps(settings))))
        }
        parsed: dict[str, Any] = dict(BicepParser().parse(text=made["azure/patch-settings.bicep"]))
        bicep = parsed["variables"]
        assert bicep["patchSettings"]["value"] == settings
        assert bicep["imageReference"]["value"]["sku"] == VM.sku
        terraform: dict[str, Any] = hcl2.loads(made["azure/patch-settings/main.tf"])
        (output,) = terraform["output"][0].values()
        shown = {key: bare(value) for key, value in output["value"].items()}
        assert shown == {names[key]: value for key, value in flat.items()}
        (action,) = terraform["resource"][0]['"azapi_resource_action"'].values()
        assert bare(action["method"]) == "PATCH"
        sent = action["body"]["properties"]["osProfile"]["windowsConfiguration"]["patchSettings"]
        assert json.loads(json.dumps(sent).replace('\\"', "")) == settings


def bare(value: Any) -> Any:
    return value.strip('"') if isinstance(value, str) else value


@pytest.mark.usefixtures("_cache")
def test_no_text_of_an_author_changes_what_parsers_read_of_the_fragments() -> None:
    plain = {file.path: file.data.decode() for file in emit(compiled(vm=VM))}
    for sample in SAMPLES.values():
        made = {file.path: file.data.decode() for file in emit(replace(sample, vm=VM))}
        path = "azure/patch-settings.bicep"
        assert BicepParser().parse(text=made[path]) == BicepParser().parse(text=plain[path])
        path = "azure/patch-settings/main.tf"
        read, other = hcl2.loads(made[path]), hcl2.loads(plain[path])
        for one in (read, other):
            one.pop("__comments__", None)
        assert read == other
