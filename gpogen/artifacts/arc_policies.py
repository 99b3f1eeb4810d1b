"""Azure Policy definitions for hotpatch of Arc machines.

The model is Microsoft's policy for ESU licenses (Azure/azure-policy, "Azure Arc",
GuestConfiguration_ArcESU_DINE.json). Each alias is in maciejporebski/azure-policy-aliases of
2026-08-22; none exists for hotpatchEnablementStatus.
"""

from __future__ import annotations

from typing import Any, Final

from gpogen.catalog.azure import ARC_ADMINISTRATOR, HYBRID_COMPUTE

MACHINE: Final = "Microsoft.HybridCompute/machines"
LICENSES: Final = f"{MACHINE}/licenseProfiles"
_SHOWN = f"{MACHINE}/licenseProfile"
_SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
_UNTRIED = "The authors of gpogen have not assigned this definition in Azure."

Json = dict[str, Any]


def audit() -> Json:
    """Return the definition that reports machines whose hotpatch license is not enabled."""
    return _definition(
        "Arc-enabled Windows Server 2025 machines should be enrolled for hotpatch",
        f"Reports machines of Azure Arc that have no enabled hotpatch license. {_UNTRIED}",
        "AuditIfNotExists",
        _machines(),
        {"type": LICENSES, "name": "default", "existenceCondition": _has("Enabled")},
    )


def opted_out() -> Json:
    """Return the definition that reports machines that are opted out."""
    setting = f"{MACHINE}/osProfile.windowsConfiguration.patchSettings.enableHotpatching"
    return _definition(
        "Arc-enabled Windows Server 2025 machines should not be opted out of hotpatch",
        f"Reports machines of Azure Arc on which enableHotpatching is false. {_UNTRIED}",
        "Audit",
        [*_machines(), {"field": setting, "equals": False}],
        None,
    )


def deploy() -> Json:
    """Return the definition that enrolls machines by a deployment, which is a PUT.

    A PUT replaces the license profile, so Software Assurance and the ESU license are passed on, and
    machines with anything that cannot be passed on are left out.
    """
    return _definition(
        "Enroll Arc-enabled Windows Server 2025 machines for hotpatch",
        "Enables the hotpatch license by a deployment, which replaces the license profile. It "
        "passes on Software Assurance and the ESU license, not the tags of the profile. It leaves "
        f"out machines with a pay-as-you-go subscription or another feature. {_UNTRIED}",
        "DeployIfNotExists",
        [*_machines(), *_nothing_to_lose()],
        {
            "roleDefinitionIds": [
                f"/providers/Microsoft.Authorization/roleDefinitions/{ARC_ADMINISTRATOR.id}"
            ],
            "type": LICENSES,
            "name": "default",
            "evaluationDelay": "AfterProvisioningSuccess",
            "existenceCondition": _has("Enabled", "Enabling"),
            "deployment": {"properties": _deployment()},
        },
    )


def _definition(title: str, text: str, effect: str, all_of: list[Json], details: Any) -> Json:
    then = {"effect": "[parameters('effect')]"}
    parameter = {
        "type": "String",
        "metadata": {"displayName": "Effect", "description": "What the policy does."},
        "allowedValues": [effect, "Disabled"],
        "defaultValue": effect,
    }
    return {
        "properties": {
            "displayName": title,
            "policyType": "Custom",
            "mode": "Indexed",
            "description": text,
            "metadata": {"version": "1.0.0", "category": "Azure Arc"},
            "parameters": {"effect": parameter},
            "policyRule": {
                "if": {"allOf": all_of},
                "then": then if details is None else {**then, "details": details},
            },
        }
    }


def _machines() -> list[Json]:
    return [
        {"field": "type", "equals": MACHINE},
        {"field": f"{MACHINE}/osSku", "contains": "Windows Server 2025"},
        {"field": f"{MACHINE}/osSku", "notContains": "Azure Edition"},
    ]


def _has(*states: str) -> Json:
    features = f"{LICENSES}/productProfile.productFeatures[*]"
    return {
        "count": {
            "field": features,
            "where": {
                "allOf": [
                    {"field": f"{features}.name", "equals": "Hotpatch"},
                    {"field": f"{features}.subscriptionStatus", "in": list(states)},
                ]
            },
        },
        "greaterOrEquals": 1,
    }


def _nothing_to_lose() -> list[Json]:
    product, esu = f"{_SHOWN}.productProfile", f"{_SHOWN}.esuProfile"
    features = f"{product}.productFeatures[*]"
    on = ["Enabled", "Enabling"]
    others = [
        {"field": f"{features}.name", "notEquals": "Hotpatch"},
        {"field": f"{features}.subscriptionStatus", "in": on},
    ]
    return [
        {"field": f"{MACHINE}/status", "equals": "Connected"},
        {"field": _SHOWN, "exists": True},
        {"field": f"{product}.subscriptionStatus", "notIn": on},
        {
            "anyOf": [
                {"field": f"{product}.productType", "exists": False},
                {"field": f"{product}.productType", "equals": "WindowsServer"},
            ]
        },
        {"count": {"field": features, "where": {"allOf": others}}, "equals": 0},
        {
            "anyOf": [
                {"field": f"{esu}.licenseAssignmentState", "notEquals": "Assigned"},
                {"field": f"{esu}.assignedLicense.id", "exists": True},
            ]
        },
    ]


def _deployment() -> Json:
    values = {
        "machineName": "[field('name')]",
        "location": "[field('location')]",
        "licenseProfile": f"[field('{_SHOWN}')]",
    }
    return {
        "mode": "incremental",
        "parameters": {name: {"value": value} for name, value in values.items()},
        "template": {
            "$schema": _SCHEMA,
            "contentVersion": "1.0.0.0",
            "parameters": {
                "machineName": {"type": "string"},
                "location": {"type": "string"},
                "licenseProfile": {"type": "object"},
            },
            "variables": {
                "assurance": _member("parameters('licenseProfile')", "softwareAssurance"),
                "esu": _member("parameters('licenseProfile')", "esuProfile"),
                "license": _member("variables('esu')", "assignedLicense"),
            },
            "resources": [_license_profile()],
        },
    }


def _license_profile() -> Json:
    flag = "softwareAssuranceCustomer"
    return {
        "type": LICENSES,
        "apiVersion": HYBRID_COMPUTE,
        "name": "[concat(parameters('machineName'), '/default')]",
        "location": "[parameters('location')]",
        "properties": {
            "softwareAssurance": f"[if(contains(variables('assurance'), '{flag}'), createObject("
            f"'{flag}', variables('assurance').{flag}), json('null'))]",
            "esuProfile": "[if(contains(variables('license'), 'id'), createObject("
            "'assignedLicense', variables('license').id), json('null'))]",
            "productProfile": {
                "productType": "WindowsServer",
                "productFeatures": [{"name": "Hotpatch", "subscriptionStatus": "Enabled"}],
            },
        },
    }


def _member(owner: str, name: str) -> str:
    """Write the expression for an object in another one; an empty object where it is missing."""
    none = "createObject()"
    return f"[if(contains({owner}, '{name}'), coalesce({owner}.{name}, {none}), {none})]"
