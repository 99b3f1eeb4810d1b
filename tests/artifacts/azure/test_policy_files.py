"""The files of gpogen.artifacts.policy_files: read by parsers of others, and carried out."""

from __future__ import annotations

import copy
import json
import re
import tempfile
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pycep import BicepParser

from gpogen.artifacts.policy_files import emit
from gpogen.compile.result import Compiled
from tests.artifacts.azure.conftest import ARC, SCHEDULED, VM
from tests.artifacts.azure.policy_schema import SCHEMA
from tests.artifacts.azure.test_maintenance_files import PLAN
from tests.artifacts.factory import compiled
from tests.artifacts.powershell.samples import SAMPLES
from tests.support.arm import MACHINES, Arm, license_profile, machine
from tests.support.azure_policy import deployed, holds
from tests.support.profiles import compiled as profile

DEPLOYS = replace(ARC, deploys=True)
VM_PLAN = replace(PLAN, resource_type="Microsoft.Compute/virtualMachines")
CASES = {
    "arc": compiled(arc=ARC),
    "arc that deploys": compiled(arc=DEPLOYS),
    "arc with a schedule": compiled(arc=DEPLOYS, schedule=PLAN),
    "arc without names": compiled(
        arc=replace(ARC, subscription="", resource_group="", location="")
    ),
    "vm": compiled(vm=VM),
    "vm with a schedule": compiled(vm=SCHEDULED, schedule=VM_PLAN),
}
_SHOWN = "licenseProfile.productProfile."
_OWN = "licenseProfiles/productProfile."
_FEATURES = (
    "productFeatures[*]",
    "productFeatures[*].name",
    "productFeatures[*].subscriptionStatus",
)
ALIASES = {
    f"Microsoft.HybridCompute/machines/{name}"
    for name in (
        "osSku",
        "status",
        "licenseProfile",
        "licenseProfile.esuProfile.licenseAssignmentState",
        "licenseProfile.esuProfile.assignedLicense.id",
        "osProfile.windowsConfiguration.patchSettings.enableHotpatching",
        f"{_SHOWN}subscriptionStatus",
        f"{_SHOWN}productType",
        *(f"{start}{feature}" for start in (_SHOWN, _OWN) for feature in _FEATURES),
    )
}
"""Transcribed from maciejporebski/azure-policy-aliases, Microsoft.HybridCompute, 2026-08-22."""


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The parser keeps its grammar in the temporary folder.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def files(made: Compiled) -> dict[str, str]:
    return {file.path.removeprefix("azure/policy/"): file.data.decode() for file in emit(made)}


def definition(name: str, made: Compiled = CASES["arc that deploys"]) -> dict[str, Any]:
    found = json.loads(files(made)[f"{name}.json"])
    assert isinstance(found, dict)
    return found


def rule(name: str) -> dict[str, Any]:
    found = definition(name)["properties"]["policyRule"]
    assert isinstance(found, dict)
    return found


def bicep(text: str) -> dict[str, Any]:
    return dict(BicepParser().parse(text=text))


def shown(kept: dict[str, Any] | None, **machine_words: Any) -> dict[str, Any]:
    """Return a machine as Azure shows it, with the instance view of its license profile."""
    _, one = machine("one", **machine_words)
    body = copy.deepcopy(one.body)
    view: dict[str, Any] = {}
    if kept is not None:
        properties = copy.deepcopy(kept["properties"])
        view = {key: properties[key] for key in ("softwareAssurance", "productProfile")}
        license_id = properties["esuProfile"].get("assignedLicense")
        view["esuProfile"] = {"licenseAssignmentState": "Assigned" if license_id else "NotAssigned"}
        if license_id:
            view["esuProfile"]["assignedLicense"] = {"id": license_id}
    body["properties"]["licenseProfile"] = view
    return body


@pytest.mark.parametrize("name", CASES)
def test_only_an_explicit_choice_deploys(name: str) -> None:
    found, made = files(CASES[name]), CASES[name]
    arc = made.arc is not None

    assert ("arc-hotpatch-audit.json" in found) is arc
    assert ("arc-hotpatch-deploy.json" in found) is bool(made.arc and made.arc.deploys)
    text = "\n".join(found.values())
    assert ("DeployIfNotExists" in text) is bool(made.arc and made.arc.deploys)
    assert ("deployDefinition" in text) is bool(made.arc and made.arc.deploys)


@pytest.mark.parametrize(
    ("word", "deploys"),
    [("", False), ("AuditIfNotExists", False), ("DeployIfNotExists", True)],
)
def test_the_profile_chooses_the_effect(word: str, deploys: bool) -> None:
    names = {"subscription": ARC.subscription, "resource_group": "rg", "location": "westeurope"}
    chosen = {**names, "policy_effect": word} if word else names
    arc = profile(
        f"arc: {json.dumps(chosen)}\n", os="windows-server-2025-standard", platform="azure-arc"
    ).arc

    assert arc is not None
    assert arc.deploys is deploys


def test_other_machines_have_no_policy() -> None:
    assert emit(compiled()) == ()


@pytest.mark.parametrize(
    "name", ["arc-hotpatch-audit", "arc-hotpatch-opted-out", "arc-hotpatch-deploy"]
)
def test_a_definition_has_the_properties_of_the_published_schemas(name: str) -> None:
    validator = jsonschema.Draft4Validator(SCHEMA)
    found = definition(name)

    assert [error.message for error in validator.iter_errors(found)] == []
    found["properties"]["policyRule"]["then"]["detail"] = {}
    assert not validator.is_valid(found)


def test_every_field_is_a_published_alias() -> None:
    texts = [
        files(CASES["arc that deploys"])[f"arc-hotpatch-{one}.json"]
        for one in ("audit", "opted-out", "deploy")
    ]
    fields = {
        one for text in texts for one in re.findall(r'"field": "([^"]+)"', text) if "/" in one
    } | {one for text in texts for one in re.findall(r"\[field\('([^']+/[^']+)'\)", text)}

    assert fields == ALIASES


@pytest.mark.parametrize(
    ("sku", "covered"),
    [
        ("Windows Server 2025 Standard", True),
        ("Windows Server 2025 Datacenter", True),
        ("Windows Server 2025 Datacenter Azure Edition", False),
        ("Windows Server 2022 Datacenter", False),
        ("Ubuntu 24.04", False),
    ],
)
def test_the_policies_cover_the_machines_that_need_an_enrollment(sku: str, covered: bool) -> None:
    body = shown(license_profile(), sku=sku)

    assert holds(rule("arc-hotpatch-audit")["if"], body) is covered
    body["properties"]["osProfile"]["windowsConfiguration"]["patchSettings"] = {
        "enableHotpatching": False
    }
    assert holds(rule("arc-hotpatch-opted-out")["if"], body) is covered


@pytest.mark.parametrize(
    ("state", "audited", "deployed_too"),
    [
        ("Enabled", True, True),
        ("Enabling", False, True),
        ("Disabled", False, False),
        ("Failed", False, False),
        (None, False, False),
    ],
)
def test_a_machine_is_compliant_when_its_license_is_enabled(
    state: str | None, audited: bool, deployed_too: bool
) -> None:
    kept = license_profile(state)

    for name, compliant in (("audit", audited), ("deploy", deployed_too)):
        condition = rule(f"arc-hotpatch-{name}")["then"]["details"]["existenceCondition"]
        assert holds(condition, kept) is compliant


def test_an_opt_out_is_reported_and_nothing_else() -> None:
    condition = rule("arc-hotpatch-opted-out")["if"]
    body = shown(license_profile("Enabled"))
    settings = body["properties"]["osProfile"]["windowsConfiguration"]["patchSettings"]

    found = {}
    for value in (True, False, None):
        settings["enableHotpatching"] = value
        found[value] = holds(condition, body)
    assert found == {True: False, False: True, None: False}


@pytest.mark.parametrize(
    ("assurance", "esu", "state"),
    list(product((True, False, None), (True, False), (None, "Disabled", "Failed"))),
)
def test_the_deployment_loses_nothing_in_a_put(
    assurance: bool | None, esu: bool, state: str | None
) -> None:
    kept = license_profile(state)
    if assurance is None:
        kept["properties"]["softwareAssurance"] = {}
    else:
        kept["properties"]["softwareAssurance"]["softwareAssuranceCustomer"] = assurance
    if not esu:
        kept["properties"]["esuProfile"] = {}
    body = shown(kept)
    name, one = machine("one", profile=copy.deepcopy(kept))
    arm = Arm((name, one))
    deploys = rule("arc-hotpatch-deploy")

    assert holds(deploys["if"], body)
    sent = deployed(deploys["then"]["details"]["deployment"]["properties"], body)
    assert (sent["type"], sent["name"]) == (
        "Microsoft.HybridCompute/machines/licenseProfiles",
        "one/default",
    )
    request = {key: sent[key] for key in ("location", "properties")}
    status, _, _ = arm.answer("PUT", f"{MACHINES}/one/licenseProfiles/default", request)
    assert status == 201
    after = arm.profile("one")["properties"]
    for key in ("softwareAssurance", "esuProfile"):
        assert after.get(key, {}) == kept["properties"][key]
    assert "subscriptionStatus" not in after["productProfile"]
    assert arm.state("one") == "Enabling"


def test_a_deployment_without_any_profile_sends_only_hotpatch() -> None:
    deploys = rule("arc-hotpatch-deploy")
    for view in ({}, {"softwareAssurance": None, "esuProfile": None}):
        body = shown(None)
        body["properties"]["licenseProfile"] = view
        sent = deployed(deploys["then"]["details"]["deployment"]["properties"], body)
        assert set(sent["properties"]) == {"productProfile"}


def test_what_cannot_be_passed_on_is_not_deployed() -> None:
    condition = rule("arc-hotpatch-deploy")["if"]
    good = shown(license_profile("Disabled"))
    assert holds(condition, good)

    def changed(path: str, value: Any) -> dict[str, Any]:
        body = copy.deepcopy(good)
        *way, last = path.split(".")
        at = body["properties"]
        for step in way:
            at = at[step]
        at[last] = value
        return body

    other = [{"name": "Other", "subscriptionStatus": "Enabled"}]
    for path, value in (
        ("licenseProfile.productProfile.subscriptionStatus", "Enabled"),
        ("licenseProfile.productProfile.subscriptionStatus", "Enabling"),
        ("licenseProfile.productProfile.productType", "WindowsIoTEnterprise"),
        ("licenseProfile.productProfile.productFeatures", other),
        ("licenseProfile.esuProfile.assignedLicense", None),
        ("licenseProfile", None),
        ("status", "Disconnected"),
    ):
        assert not holds(condition, changed(path, value)), path


@pytest.mark.parametrize("name", CASES)
def test_bicep_assigns_what_it_defines_with_the_least_roles(name: str) -> None:
    found = files(CASES[name])
    main, assignments = bicep(found["main.bicep"]), bicep(found["assignments.bicep"])
    roles = json.loads(found["roles.json"])
    resources = assignments["resources"]

    loaded = set(re.findall(r"loadJsonContent\('([^']+)'\)", found["main.bicep"]))
    assert loaded == {one for one in found if one.startswith("arc-")}
    for text in found["main.bicep"], found["assignments.bicep"]:
        assert set(re.findall(r"loadJsonContent\('([^']+)'\)", text)) <= set(found)
    (module,) = main["modules"].values()
    assert set(module["config"]["params"]) == set(assignments["parameters"])
    kinds = [one["type"].rpartition("/")[2] for one in resources.values()]
    assert kinds.count("roleDefinitions") == len(roles)
    assert kinds.count("roleAssignments") == len(roles) - 1  # The operator's role is for people.
    for use in roles:
        assert f"{use}Role" in resources
        assert f"roles.{use}.actions" in found["assignments.bicep"]


def test_names_in_azure_fit_and_roles_of_two_groups_differ() -> None:
    # A policy and a deployment have 64 characters; a custom role's name is unique in the tenant.
    long = "a" * 63
    made = compiled(arc=DEPLOYS, schedule=PLAN, header=replace(compiled().header, name=long))
    found = files(made)
    own = re.search(r"var profileName = '([^']+)'", found["main.bicep"])
    text = found["main.bicep"] + found["assignments.bicep"]
    names = re.findall(r"name: '(\$\{profileName\}[^']*)'", text)
    assert own
    assert len(names) == 9
    assert max(len(one.replace("${profileName}", own[1])) for one in names) <= 64
    titles = re.findall(r"roleName: '([^']+)'", found["assignments.bicep"])
    assert len(titles) == 4
    for title in titles:
        assert title.endswith(" ${subscription().subscriptionId} ${resourceGroup().name}")


@pytest.mark.parametrize("name", CASES)
def test_a_role_has_no_right_to_give_rights_or_to_delete(name: str) -> None:
    for use, role in json.loads(files(CASES[name])["roles.json"]).items():
        assert len(set(role["actions"])) == len(role["actions"])
        for action in role["actions"]:
            assert not action.endswith("/delete")
            assert not action.startswith(("*", "Microsoft.Authorization/"))
            assert action == "Microsoft.Resources/deployments/*" or "*" not in action, use


def test_the_built_in_policies_get_parameters_that_they_have() -> None:
    # Transcribed from Azure/azure-policy, 2026-04-29.
    known = {
        "bfea026e-043f-4ff4-9d1b-bf301ca7ff46": {
            "assessmentMode",
            "osType",
            "locations",
            "tagValues",
            "tagOperator",
        },
        "59efceea-0c96-497e-a4a1-4eb2290dac15": {
            "assessmentMode",
            "osType",
            "locations",
            "tagValues",
            "tagOperator",
        },
        "ba0df93e-e4ac-479a-aac2-134bbae39a1a": {
            "maintenanceConfigurationResourceId",
            "resourceGroups",
            "operatingSystemTypes",
            "locations",
            "tagValues",
            "tagOperator",
            "effect",
        },
    }
    seen = set()
    for made in CASES.values():
        text = files(made)["assignments.bicep"]
        for one in bicep(text)["resources"].values():
            properties = one["config"].get("config", one["config"])["properties"]
            if one["type"].endswith("policyAssignments") and "parameters" in properties:
                (found,) = [key for key in known if key in json.dumps(properties, default=str)]
                assert set(properties["parameters"]) <= known[found]
                seen.add(found)
    assert seen == set(known)


def test_no_text_of_an_author_changes_what_parsers_read() -> None:
    plain = files(CASES["arc that deploys"])
    for sample in SAMPLES.values():
        found = files(replace(sample, arc=DEPLOYS))
        assert set(found) == set(plain)
        for name, text in found.items():
            if name.endswith(".bicep"):
                read, other = bicep(text), bicep(plain[name])
                assert list(read) == list(other)
                assert len(json.dumps(read, default=str)) < 2 * len(json.dumps(other, default=str))
            elif name != "roles.json":
                assert text == plain[name]
