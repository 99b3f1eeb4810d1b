"""Azure Resource Manager: API versions, built-in policies and roles, each read in a public copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HYBRID_COMPUTE: Final = "2026-07-15"
"""Microsoft.HybridCompute (azure-rest-api-specs, stable/2026-07-15/openapi.json).

License profiles are as in 2025-01-13: PUT answers 200 or 201 and takes Enabled, PATCH answers 200 or
202 and takes Enable or Disable, and neither merges what a PUT leaves out. The template reference of
Learn lists 2026-09-01, too, whose specification is in no public copy.
"""
COMPUTE: Final = "2024-03-01"
"""Microsoft.Compute (azure-rest-api-specs, stable)."""
MAINTENANCE: Final = "2023-04-01"
"""Microsoft.Maintenance (azure-rest-api-specs, stable)."""
EVENT_GRID: Final = "2022-06-15"
"""Microsoft.EventGrid (azure-rest-api-specs, stable)."""
RESOURCE_GRAPH: Final = "2022-10-01"
"""Microsoft.ResourceGraph (azure-rest-api-specs, stable)."""
