"""Client-side extensions: the parts of Windows that apply a GPO, by their GUIDs.

Braces and upper case throughout. Sources: MS-GPREG, MS-GPPREF and MS-GPOL for those that gpogen
writes; backups that the Group Policy console made for the names of the others.
"""

from __future__ import annotations

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
NO_EXTENSION = "{00000000-0000-0000-0000-000000000000}"
"""Not an extension: the console's editor puts the tools of preferences behind it."""
NAMES = {
    REGISTRY: "Registry",
    PREFERENCES: "Registry preferences",
    "{827D319E-6EAC-11D2-A4EA-00C04F79F83A}": "Security",
    "{42B5FAAE-6536-11D2-AE5A-0000F87571E3}": "Scripts",
    "{AADCED64-746C-4633-A97C-D61349046527}": "Scheduled Tasks preferences",
    "{7933F41E-56F8-41D6-A31C-4148A711EE93}": "Windows Search",
    "{CDEAFC3D-948D-49DD-AB12-E578BA4AF7AA}": "TCPIP",
    "{2A8FDC61-2347-4C87-92F6-B05EB91A201A}": "MitigationOptions",
    "{B1BE8D72-6EAC-11D2-A4EA-00C04F79F83A}": "EFS",
}
"""Names for people, without those that an ADMX policy names itself."""
