"""Client-side extensions: who on the machine reads which part of a GPO.

A GPO names them in gPCMachineExtensionNames and gPCUserExtensionNames, as groups
``[{extension}{tool}]`` sorted by extension; a client stops at the first one out of order
(MS-GPOL 2.2.4). An extension that is not named does not run.
"""

from __future__ import annotations

from gpogen.catalog.extensions import (
    PREFERENCES,
    PREFERENCES_TOOL,
    REGISTRY,
    REGISTRY_TOOLS,
)
from gpogen.compile.origin import Traced
from gpogen.compile.result import Compiled
from gpogen.policy.types import Hive


def preferences_of(compiled: Compiled, hive: Hive) -> tuple[Traced, ...]:
    """The preference items of one hive."""
    return tuple(item for item in compiled.preferences if item.record.hive is hive)


def has_content(compiled: Compiled, hive: Hive) -> bool:
    """Tell whether a side of the GPO sets anything."""
    return bool(compiled.side(hive) or preferences_of(compiled, hive))


def extension_names(compiled: Compiled, hive: Hive) -> str:
    """The value of gPCMachineExtensionNames or gPCUserExtensionNames; empty for no content."""
    pairs = []
    if compiled.side(hive):
        pairs.append((REGISTRY, REGISTRY_TOOLS[hive]))
    if preferences_of(compiled, hive):
        pairs.append((PREFERENCES, PREFERENCES_TOOL))
    if hive is Hive.HKLM:
        pairs += [(guid.upper(), REGISTRY_TOOLS[hive]) for guid in compiled.client_extensions]
    return "".join(f"[{extension}{tool}]" for extension, tool in sorted(pairs))
