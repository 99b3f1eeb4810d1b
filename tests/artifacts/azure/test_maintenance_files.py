"""The files of gpogen.artifacts.maintenance_files, read by parsers of others."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import hcl2
import pytest
from pycep import BicepParser

from gpogen.artifacts.maintenance_files import emit
from gpogen.compile.result import ArcMachines, Schedule
from tests.artifacts.factory import compiled
from tests.artifacts.powershell.samples import SAMPLES
from tests.support.profiles import compiled as profile

PLAN = Schedule(
    recurs="Month Second Tuesday Offset4",
    at="22:00",
    duration="03:00",
    zone="Europe/Rome",
    reboot="IfRequired",
    classifications=("Critical", "Security"),
    exclude_kbs=("KB5094125",),
    resource_type="Microsoft.HybridCompute/machines",
)
NAMES = ("timeZone", "rebootSetting", "machineTags", "eventFunctionId", "${startDate} 22:00")
"""What stands in Bicep for an expression of the template."""
PLANS = [PLAN, replace(PLAN, reboot="", exclude_kbs=(), zone="", classifications=("Security",))]


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The parser keeps its grammar in the temporary folder.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def files(plan: Schedule, **parts: Any) -> dict[str, str]:
    made = emit(compiled(schedule=plan, **parts))
    return {file.path.partition("/")[2]: file.data.decode("utf-8") for file in made}


def template(plan: Schedule) -> dict[str, Any]:
    found = json.loads(files(plan)["maintenance-configuration.json"])
    assert isinstance(found, dict)
    return found


def bicep(text: str) -> dict[str, Any]:
    return dict(BicepParser().parse(text=text))


def terraform(text: str) -> dict[str, Any]:
    found: dict[str, Any] = hcl2.loads(text)
    return found


def one(blocks: Any) -> Any:
    """Return the block of a list of one; hcl2 gives every block as a list."""
    return blocks[0] if isinstance(blocks, list) else blocks


def bare(value: Any) -> Any:
    return value.strip('"') if isinstance(value, str) else value


@pytest.mark.parametrize("plan", PLANS)
def test_the_template_has_the_properties_of_the_specification(plan: Schedule) -> None:
    found = template(plan)
    configuration, scope, topic, events = found["resources"]

    assert configuration["properties"] == {
        "maintenanceScope": "InGuestPatch",
        "visibility": "Custom",
        "extensionProperties": {"InGuestPatchMode": "User"},
        "maintenanceWindow": {
            "startDateTime": "[format('{0} 22:00', parameters('startDate'))]",
            "duration": "03:00",
            "timeZone": "[parameters('timeZone')]",
            "recurEvery": "Month Second Tuesday Offset4",
        },
        "installPatches": {
            "rebootSetting": plan.reboot or "[parameters('rebootSetting')]",
            "windowsParameters": {
                "classificationsToInclude": list(plan.classifications),
                "kbNumbersToExclude": list(plan.exclude_kbs),
                "kbNumbersToInclude": [],
                "excludeKbsRequiringReboot": False,
            },
        },
    }
    assert scope["properties"]["filter"]["resourceTypes"] == [plan.resource_type]
    assert topic["condition"] == events["condition"]
    named = set(re.findall(r"parameters\('(\w+)'\)", json.dumps(found["resources"])))
    assert named == set(found["parameters"])


def _same(from_bicep: Any, from_arm: Any) -> bool:
    """Compare a value of Bicep with that of the template, expressions by what they name."""
    if isinstance(from_arm, dict):
        return set(from_bicep) == set(from_arm) and all(
            _same(from_bicep[key], from_arm[key]) for key in from_arm
        )
    if isinstance(from_arm, list):
        return len(from_bicep) == len(from_arm) and all(map(_same, from_bicep, from_arm))
    if isinstance(from_arm, str) and from_arm.startswith("["):
        # An operator, a name, or a text with one in it.
        return isinstance(from_bicep, dict) or from_bicep in NAMES
    return bool(from_bicep == from_arm)


@pytest.mark.parametrize("plan", PLANS)
def test_bicep_says_the_same_as_the_template(plan: Schedule) -> None:
    found = bicep(files(plan)["maintenance-configuration.bicep"])
    resources = found["resources"]
    names = ("configuration", "scope", "topic", "events")

    assert list(resources) == list(names)
    for name, other in zip(names, template(plan)["resources"], strict=True):
        own = resources[name]
        assert (own["type"], own["api_version"]) == (other["type"], other["apiVersion"])
        config = own["config"]
        assert ("condition" in config) is ("condition" in other)
        config = config["config"] if "condition" in config else config
        assert _same(config["properties"], other["properties"]), name
    assert set(found["parameters"]) == set(template(plan)["parameters"])


@pytest.mark.parametrize("plan", PLANS)
def test_a_subscription_has_the_same_schedule_in_one_scope(plan: Schedule) -> None:
    found = files(plan)
    own, inner = (
        bicep(found[f"maintenance-{name}.bicep"]) for name in ("subscription", "configuration")
    )
    (module,), (scope,) = own["modules"].values(), own["resources"].values()
    passed = module["config"]["params"]
    properties = scope["config"]["properties"]

    assert own["globals"]["scope"]["value"] == "subscription"
    assert module["detail"]["path"] == "maintenance-configuration.bicep"
    # Nothing that the schedule needs stays with its default, and its own scope is off.
    assert set(passed) == set(inner["parameters"])
    assert passed.pop("assignToResourceGroup") is False
    assert passed == {name: name for name in passed}
    assert set(own["parameters"]) == {
        *passed,
        "configurationResourceGroup",
        "machineResourceGroups",
        "scopeName",
    }
    assert own["parameters"]["machineResourceGroups"]["default"] is None
    limits = own["parameters"]["machineResourceGroups"]["decorators"]
    assert {one["type"]: one["argument"] for one in limits if one["type"] != "description"} == {
        "min_length": 1,
        "max_length": 50,
    }
    inside = inner["resources"]["scope"]["config"]["config"]["properties"]["filter"]
    assert properties["filter"] == {**inside, "resourceGroups": "machineResourceGroups"}
    assert "schedule.outputs.configurationId" in found["maintenance-subscription.bicep"]
    assert list(inner["outputs"]) == ["configurationId"]
    assert template(plan)["outputs"].keys() == inner["outputs"].keys()


@pytest.mark.parametrize("plan", PLANS)
def test_terraform_says_the_same(plan: Schedule) -> None:
    found = terraform(files(plan)["main.tf"])
    resources = {bare(kind): one for block in found["resource"] for kind, one in block.items()}
    own = one(list(resources["azurerm_maintenance_configuration"].values()))
    window, install = one(own["window"]), one(own["install_patches"])
    windows = one(install["windows"])

    assert bare(own["scope"]) == "InGuestPatch"
    assert bare(own["in_guest_user_patch_mode"]) == "User"
    assert bare(window["recur_every"]) == plan.recurs
    assert bare(window["start_date_time"]) == "${var.start_date} 22:00"
    assert bare(install["reboot"]) == (plan.reboot or "${var.reboot}")
    assert list(map(bare, windows["classifications_to_include"])) == list(plan.classifications)
    assert list(map(bare, windows["kb_numbers_to_exclude"])) == list(plan.exclude_kbs)
    scope = one(list(resources["azurerm_maintenance_assignment_dynamic_scope"].values()))
    assert list(map(bare, one(scope["filter"])["resource_types"])) == [plan.resource_type]


ARC = ArcMachines(
    subscription="00000000-0000-0000-0000-000000000000",
    resource_group="rg-servers(1)",
    location="westeurope",
)


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Rome", ""])
def test_no_file_proposes_a_windows_name_for_the_time_zone(zone: str) -> None:
    found = files(replace(PLAN, zone=zone))

    for text in found.values():
        assert "Standard Time" not in text
        assert "tzutil /l" in text
        assert not zone or zone in text


def test_the_files_name_where_the_machines_of_the_profile_are() -> None:
    found = files(PLAN, arc=ARC)
    variables = {
        bare(name): body
        for block in terraform(found["main.tf"])["variable"]
        for name, body in block.items()
    }
    defaults = {name: body.get("default") for name, body in variables.items()}
    parameters = json.loads(found["maintenance-configuration.json"])["parameters"]

    assert f'--resource-group "{ARC.resource_group}"' in found["maintenance-configuration.bicep"]
    assert f"--subscription {ARC.subscription}" in found["maintenance-configuration.bicep"]
    assert "param location string = 'westeurope'" in found["maintenance-configuration.bicep"]
    assert parameters["location"]["defaultValue"] == ARC.location
    assert bare(defaults["subscription_id"]) == ARC.subscription
    assert bare(defaults["resource_group_name"]) == ARC.resource_group
    assert bare(defaults["location"]) == ARC.location
    assert list(map(bare, defaults["machine_resource_groups"])) == [ARC.resource_group]


def test_a_profile_without_places_leaves_them_to_the_deployment() -> None:
    found = files(PLAN)
    bodies = [body for block in terraform(found["main.tf"])["variable"] for body in block.values()]

    assert "--resource-group GROUP" in found["maintenance-configuration.bicep"]
    assert (
        "param location string = resourceGroup().location"
        in (found["maintenance-configuration.bicep"])
    )
    assert [bare(body["default"]) for body in bodies if "default" in body] == [""]


def test_terraform_asks_for_a_provider_that_has_the_dynamic_scope() -> None:
    # CHANGELOG of hashicorp/terraform-provider-azurerm, 3.103.0 (May 09, 2024).
    (block,) = terraform(files(PLAN)["main.tf"])["terraform"]
    wanted = one(block["required_providers"])["azurerm"]

    assert bare(wanted["version"]) == ">= 3.103"


def test_terraform_has_the_provider_of_a_root_module() -> None:
    (block,) = terraform(files(PLAN)["main.tf"])["provider"]
    provider = one({bare(name): body for name, body in block.items()}["azurerm"])

    assert "features" in provider
    assert provider["subscription_id"] == "${var.subscription_id}"


def test_a_long_name_of_a_profile_fits_into_what_azure_allows() -> None:
    # Event Grid: 3 to 50 letters, digits and hyphens; deployments: 64.
    long = [f"{'a' * 62}{end}" for end in "bc"]
    topics = set()
    for name in (*long, "a" * 40):
        found = files(PLAN, header=replace(compiled().header, name=name))
        _, _, topic, events = json.loads(found["maintenance-configuration.json"])["resources"]
        assert re.fullmatch(r"[a-z0-9-]{3,50}", topic["name"])
        assert events["name"] == f"{topic['name']}/{name}"
        topics.add(topic["name"])
        (module,) = bicep(found["maintenance-subscription.bicep"])["modules"].values()
        assert len(module["config"]["name"]) <= 64
        own = bicep(found["maintenance-configuration.bicep"])["resources"]["topic"]["config"]
        assert own["config"]["name"] == topic["name"]
        assert f'"{topic["name"]}"' in found["main.tf"]
    assert len(topics) == 3
    assert "a" * 40 in topics


def test_terraform_gets_the_events_that_bicep_gets() -> None:
    found = terraform(files(PLAN)["main.tf"])
    resources = {bare(kind): one for block in found["resource"] for kind, one in block.items()}
    topic = one(list(resources["azurerm_eventgrid_system_topic"].values()))
    events = one(list(resources["azurerm_eventgrid_system_topic_event_subscription"].values()))
    _, _, own_topic, own_events = template(PLAN)["resources"]

    assert bare(topic["topic_type"]) == own_topic["properties"]["topicType"]
    assert topic["count"] == events["count"] == '${var.event_function_id == "" ? 0 : 1}'
    wanted = own_events["properties"]["filter"]["includedEventTypes"]
    assert list(map(bare, events["included_event_types"])) == wanted
    assert bare(events["event_delivery_schema"]) == own_events["properties"]["eventDeliverySchema"]
    endpoint = one(events["azure_function_endpoint"])
    assert endpoint["function_id"] == "${var.event_function_id}"


def _texts() -> Iterator[tuple[str, dict[str, str]]]:
    for name, sample in SAMPLES.items():
        yield name, files(PLAN, header=replace(sample.header))


@pytest.mark.parametrize(("name", "found"), list(_texts()))
def test_no_text_of_an_author_changes_what_parsers_read(name: str, found: dict[str, str]) -> None:
    del name
    plain = files(PLAN)
    read_by = (
        (bicep, "maintenance-configuration.bicep"),
        (bicep, "maintenance-subscription.bicep"),
        (terraform, "main.tf"),
    )
    for parse, file in read_by:
        read, other = parse(found[file]), parse(plain[file])
        assert list(read) == list(other)
        assert len(json.dumps(read, default=str)) < 2 * len(json.dumps(other, default=str))


def test_the_profile_says_the_schedule() -> None:
    body = """
        update_manager:
          patch_tuesday_offset: 4
          at: "22:00"
          time_zone: Europe/Rome
          duration: "03:00"
          reboot: IfRequired
          classifications: [Critical, Security]
          exclude_kbs: [KB5094125]
        updates: {mode: download}
        """
    arc = {"os": "windows-server-2025-standard", "platform": "azure-arc"}

    assert profile(body, orchestration="azure-update-manager", **arc).schedule == PLAN
    assert profile(**arc).schedule is None
