"""Client-side extensions: who on the machine reads which part of a GPO.

A GPO names them in gPCMachineExtensionNames and gPCUserExtensionNames, as groups
``[{extension}{tool}]`` sorted by extension; a client stops at the first one out of order
(MS-GPOL 2.2.4). An extension that is not named does not run.
"""

from __future__ import annotations

from gpogen.compile.result import Compiled, Traced
from gpogen.policy.types import Hive

REGISTRY = "{35378EAC-683F-11D2-A89A-00C04FBBCFA2}"
"""The Registry extension, which reads registry.pol (MS-GPREG 1.9)."""
REGISTRY_TOOLS = {
    Hive.HKLM: "{D02B1F72-3407-48AE-BA88-E8213C6761F1}",
    Hive.HKCU: "{D02B1F73-3407-48AE-BA88-E8213C6761F1}",
}
"""The Administrative Templates editor of each side, Windows 7 and later (MS-GPREG 1.9)."""
PREFERENCES = "{B087BE9D-ED37-454F-AF9C-04291E351182}"
"""Group Policy Preferences, Registry, which reads Registry.xml (MS-GPPREF 1.9)."""
PREFERENCES_TOOL = "{BEE07A6A-EC9F-4659-B8C9-0B1937907C83}"
UNKNOWN = "{F15C46CD-82A0-4C2D-A210-5D0D3182A418}"
"""In a backup: the block of all files that no extension owns."""


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
