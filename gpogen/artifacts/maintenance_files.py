"""``azure/maintenance-*``: a schedule of Azure Update Manager as Bicep, ARM and HCL.

The limits of a dynamic scope (1000 machines, 50 resource groups) are those of Microsoft Learn,
"About dynamic scoping" (Azure Update Manager).
"""

from __future__ import annotations

import json
from typing import Any

from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.azure_names import resource_name
from gpogen.artifacts.powershell_text import head_lines
from gpogen.artifacts.render import render
from gpogen.catalog.azure import EVENT_GRID, MAINTENANCE
from gpogen.compile.result import ArcMachines, Compiled, Schedule

_SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
_EVENTS = [
    "Microsoft.Maintenance.PreMaintenanceEvent",
    "Microsoft.Maintenance.PostMaintenanceEvent",
]


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the four files; none without a schedule."""
    plan = compiled.schedule
    if plan is None:
        return ()
    head = head_lines(compiled.header)
    values: dict[str, Any] = {
        "head": head,
        "plan": plan,
        "name": compiled.header.name,
        "short": resource_name(compiled.header.name),
        "deployment": f"{resource_name(compiled.header.name)}-schedule",
        "zone": _zone(plan),
        "arc": compiled.arc or ArcMachines(),
    }
    template = json.dumps(_template(compiled, plan), indent=2, ensure_ascii=True)
    return (
        OutFile(
            "azure/maintenance-configuration.bicep",
            render("azure/maintenance-configuration.bicep.j2", **values),
        ),
        OutFile(
            "azure/maintenance-subscription.bicep",
            render("azure/maintenance-subscription.bicep.j2", **values),
        ),
        OutFile("azure/maintenance-configuration.json", f"{template}\n".encode()),
        OutFile("azure/main.tf", render("azure/main.tf.j2", **values)),
    )


def _zone(plan: Schedule) -> str:
    # No example: an administrator would paste it. gpogen has no table of the Windows names.
    known = f" {plan.zone}" if plan.zone else ""
    return f"The Windows name of the time zone{known}; on Windows, tzutil /l lists the names."


def _template(compiled: Compiled, plan: Schedule) -> dict[str, Any]:
    """Return the ARM template that says the same as the Bicep file."""
    name = compiled.header.name
    return {
        "$schema": _SCHEMA,
        "contentVersion": "1.0.0.0",
        "metadata": {
            "description": "The author of this file has not deployed it. It says the same as "
            "maintenance-configuration.bicep. Deploy it to the resource group of the "
            "machines: the dynamic scope finds machines only there, and 1000 at most."
        },
        "parameters": _parameters(plan, compiled.arc),
        "resources": [
            _configuration(name, plan),
            _scope(name, plan),
            *_event_resources(name, resource_name(name)),
        ],
        "outputs": {"configurationId": {"type": "string", "value": _id(_CONFIGURATION, name)}},
    }


def _parameters(plan: Schedule, arc: ArcMachines | None) -> dict[str, Any]:
    def text(description: str, **more: Any) -> dict[str, Any]:
        return {"type": "string", **more, "metadata": {"description": description}}

    found: dict[str, Any] = {
        "location": text(
            "The region of the maintenance configuration.",
            defaultValue=(arc and arc.location) or "[resourceGroup().location]",
        ),
        "startDate": text(
            "The first day of the schedule, in the future, as 2027-01-31.",
            minLength=10,
            maxLength=10,
        ),
        "timeZone": text(_zone(plan)),
        "machineTags": {
            "type": "object",
            "metadata": {
                "description": "The tags of the machines, each with a list of values; {} means all "
                "machines of the resource group that this template is deployed to."
            },
        },
    }
    if not plan.reboot:
        found["rebootSetting"] = text(
            "Whether the schedule restarts machines; the profile does not say it.",
            allowedValues=["IfRequired", "Never", "Always"],
        )
    found["eventFunctionId"] = text(
        "The resource id of an Azure function for the events before and after each run; empty for "
        "none.",
        defaultValue="",
    )
    found["assignToResourceGroup"] = {
        "type": "bool",
        "defaultValue": True,
        "metadata": {
            "description": "Whether this template assigns the schedule to the machines of its "
            "resource group."
        },
    }
    return found


def _id(kind: str, name: str) -> str:
    # A profile's name has letters, digits and hyphens only.
    return f"[resourceId('{kind}', '{name}')]"


_CONFIGURATION = "Microsoft.Maintenance/maintenanceConfigurations"
_TOPIC = "Microsoft.EventGrid/systemTopics"


def _configuration(name: str, plan: Schedule) -> dict[str, Any]:
    return {
        "type": _CONFIGURATION,
        "apiVersion": MAINTENANCE,
        "name": name,
        "location": "[parameters('location')]",
        "properties": {
            "maintenanceScope": "InGuestPatch",
            "visibility": "Custom",
            "extensionProperties": {"InGuestPatchMode": "User"},
            "maintenanceWindow": {
                "startDateTime": f"[format('{{0}} {plan.at}', parameters('startDate'))]",
                "duration": plan.duration,
                "timeZone": "[parameters('timeZone')]",
                "recurEvery": plan.recurs,
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
        },
    }


def _scope(name: str, plan: Schedule) -> dict[str, Any]:
    return {
        "condition": "[parameters('assignToResourceGroup')]",
        "type": "Microsoft.Maintenance/configurationAssignments",
        "apiVersion": MAINTENANCE,
        "name": name,
        "properties": {
            "maintenanceConfigurationId": _id(_CONFIGURATION, name),
            "filter": {
                "resourceTypes": [plan.resource_type],
                "osTypes": ["Windows"],
                "tagSettings": {"tags": "[parameters('machineTags')]", "filterOperator": "All"},
            },
        },
        "dependsOn": [_id(_CONFIGURATION, name)],
    }


def _event_resources(name: str, topic: str) -> list[dict[str, Any]]:
    wanted = "[not(empty(parameters('eventFunctionId')))]"
    return [
        {
            "condition": wanted,
            "type": _TOPIC,
            "apiVersion": EVENT_GRID,
            "name": topic,
            "location": "[parameters('location')]",
            "properties": {
                "source": _id(_CONFIGURATION, name),
                "topicType": "Microsoft.Maintenance.MaintenanceConfigurations",
            },
            "dependsOn": [_id(_CONFIGURATION, name)],
        },
        {
            "condition": wanted,
            "type": f"{_TOPIC}/eventSubscriptions",
            "apiVersion": EVENT_GRID,
            "name": f"{topic}/{name}",
            "properties": {
                "eventDeliverySchema": "EventGridSchema",
                "filter": {"includedEventTypes": _EVENTS},
                "destination": {
                    "endpointType": "AzureFunction",
                    "properties": {"resourceId": "[parameters('eventFunctionId')]"},
                },
            },
            "dependsOn": [_id(_TOPIC, topic)],
        },
    ]


ARTIFACT = Artifact(
    id="maintenance",
    title="Update Manager schedule",
    consumer="Azure Resource Manager (Bicep, ARM) or Terraform",
    command="az deployment group create --template-file azure/maintenance-configuration.bicep",
    emit=emit,
    unread="deployments: gpogen verify compares their bytes with what the profile produces",
    signs=("azure/maintenance-configuration.*",),
)
