"""Azure Resource Manager: API versions, built-in policies and roles, each read in a public copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HYBRID_COMPUTE: Final = "2026-07-15"
"""Microsoft.HybridCompute (azure-rest-api-specs, stable/2026-07-15/openapi.json).

License profiles are as in 2025-01-13: PUT answers 200 or 201 and takes Enabled; PATCH answers 200
or 202 and takes Enable or Disable. The template reference of Learn lists 2026-09-01, too, whose
specification was found in no public copy.
"""
COMPUTE: Final = "2024-03-01"
"""Microsoft.Compute (azure-rest-api-specs, stable)."""
MAINTENANCE: Final = "2023-04-01"
"""Microsoft.Maintenance (azure-rest-api-specs, stable)."""
EVENT_GRID: Final = "2022-06-15"
"""Microsoft.EventGrid (azure-rest-api-specs, stable)."""
RESOURCE_GRAPH: Final = "2022-10-01"
"""Microsoft.ResourceGraph (azure-rest-api-specs, stable)."""
POLICY: Final = "2023-04-01"
"""Policies of Microsoft.Authorization (azure-rest-api-specs, stable)."""
ROLES: Final = "2022-04-01"
"""Roles of Microsoft.Authorization (azure-rest-api-specs, stable)."""


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A built-in policy definition or role.

    Attributes:
        id: the last part of its resource id.
        title: its display name.
    """

    id: str
    title: str


SCHEDULED_PATCHING: Final = BuiltIn(
    "ba0df93e-e4ac-479a-aac2-134bbae39a1a", "Schedule recurring updates using Azure Update Manager"
)
PERIODIC_ARC: Final = BuiltIn(
    "bfea026e-043f-4ff4-9d1b-bf301ca7ff46",
    "Configure periodic checking for missing system updates on azure Arc-enabled servers",
)
PERIODIC_VM: Final = BuiltIn(
    "59efceea-0c96-497e-a4a1-4eb2290dac15",
    "Configure periodic checking for missing system updates on azure virtual machines",
)
"""Policies of Azure/azure-policy, 2026-04-29 (built-in-policies, Azure Update Manager)."""
ARC_ADMINISTRATOR: Final = BuiltIn(
    "cd570a14-e51a-42ad-bac8-bafd67325302", "Azure Connected Machine Resource Administrator"
)
"""The built-in role with licenseProfiles/write and deployments/* (azure-docs, built-in roles)."""
