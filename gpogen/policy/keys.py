"""Registry key names as people write them, brought to one form."""

from __future__ import annotations

import re

from gpogen.policy.types import Hive
from gpogen.text import remembered

_HIVES = {
    "hklm": Hive.HKLM,
    "hkey_local_machine": Hive.HKLM,
    "hkcu": Hive.HKCU,
    "hkey_current_user": Hive.HKCU,
}
_HEAD = re.compile(r"(?P<hive>[A-Za-z_]+):?\\(?P<key>.*)", re.S)
_CONTROLS = re.compile("[\x00-\x1f\ud800-\udfff]")
MAX_KEY = 255
"""Characters in one part of a key (Windows registry limits)."""
MAX_NAME = 259
"""Characters in a value name (MS-GPREG 2.2.1)."""

MAX_SHARED_KEY = 4096
"""Characters of a key that a file writes once for many values, and everybody else each time."""


@remembered
def split_key(text: str) -> tuple[Hive, str]:
    r"""Split ``HKLM\SOFTWARE\X``, ``HKLM:\...`` or ``HKEY_LOCAL_MACHINE\...`` into hive and key.

    Raises:
        ValueError: no hive, another hive, an empty part, a part over 255 characters, or a
            control character.
    """
    match = _HEAD.fullmatch(text)
    hive = _HIVES.get(match["hive"].lower()) if match else None
    if match is None or hive is None:
        raise ValueError(r"a key must start with HKLM\ or HKCU\ ")
    check_key(match["key"])
    return hive, match["key"]


@remembered
def check_key(key: str) -> None:
    r"""Check the part of a key behind the hive.

    Raises:
        ValueError: an empty part (``\\``, leading or trailing backslash), a part over 255
            characters, a control character, or a colon (a hive or drive inside the key).
    """
    if _CONTROLS.search(key):
        raise ValueError("a key cannot have control characters")
    parts = key.split("\\")
    if "" in parts:
        raise ValueError(
            r"a key cannot have an empty part: remove a \ at the start or the end, or in \\"
        )
    if ":" in parts[0]:
        raise ValueError("a key must have exactly one hive, at the start")
    if parts[0].lower().startswith("hkey_") or parts[0].lower() in _HIVES:
        raise ValueError("a key must have exactly one hive, at the start")
    if any(utf16_length(part) > MAX_KEY for part in parts):
        raise ValueError(f"a part of a key can have at most {MAX_KEY} characters")


def check_name(name: str) -> None:
    """Check a value name.

    Raises:
        ValueError: too long, a control character, or one of registry.pol's own ``**`` words.
    """
    if _CONTROLS.search(name):
        raise ValueError("a value name cannot have control characters")
    if utf16_length(name) > MAX_NAME:
        raise ValueError(f"a value name can have at most {MAX_NAME} characters")
    if name.startswith("**"):
        raise ValueError(
            "the value name starts with **, which marks an instruction of registry.pol: "
            "use `action:` instead"
        )


def utf16_length(text: str) -> int:
    """Count a text as Windows does, in 16-bit units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_policy_key(key: str) -> bool:
    """Tell whether registry.pol takes a value under this key back when the GPO goes."""
    lowered = key.lower() + "\\"
    return lowered.startswith(
        ("software\\policies\\", "software\\microsoft\\windows\\currentversion\\policies\\")
    )
