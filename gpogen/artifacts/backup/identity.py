"""Who a backup says it is: GUIDs, domain and security descriptor, all of them invented.

Import-GPO takes the settings only; a domain, its controller and an access list that exist
nowhere are accepted, as recorded on Windows Server 2025, and LGPO.exe invents them too.
"""

from __future__ import annotations

import struct
from uuid import UUID, uuid5

DOMAIN = "gpogen.invalid"
CONTROLLER = "UNKNOWN"
_NAMESPACE = UUID("6f0b3c1e-7a52-5d0e-9b1c-2f6a4f1f9d34")

_SYSTEM = (18,)
_ADMINISTRATORS = (32, 544)
_DACL_PRESENT, _SELF_RELATIVE = 0x0004, 0x8000
_GENERIC_ALL = 0x10000000


def guid(name: str, label: str) -> str:
    """The GUID of one purpose in one profile: braces, upper case, the same in every build."""
    return f"{{{uuid5(_NAMESPACE, f'gpogen:{name}:{label}')}}}".upper()


def security_descriptor() -> str:
    """``O:BAG:BAD:(A;;GA;;;SY)(A;;GA;;;BA)`` as hex bytes with blanks (MS-DTYP 2.4.6)."""
    owner, group = _sid(_ADMINISTRATORS), _sid(_ADMINISTRATORS)
    aces = _allow_all(_SYSTEM) + _allow_all(_ADMINISTRATORS)
    dacl = struct.pack("<BBHHH", 2, 0, 8 + len(aces), 2, 0) + aces
    head = struct.Struct("<BBHIIII")
    control = _DACL_PRESENT | _SELF_RELATIVE
    group_at = head.size + len(owner)
    dacl_at = group_at + len(group)
    return (head.pack(1, 0, control, head.size, group_at, 0, dacl_at) + owner + group + dacl).hex(
        " "
    )


def _sid(authorities: tuple[int, ...]) -> bytes:
    # The identifier authority, 5 for NT, is the one big-endian number in here.
    head = struct.pack("<BB", 1, len(authorities)) + (5).to_bytes(6, "big")
    return head + struct.pack(f"<{len(authorities)}I", *authorities)


def _allow_all(authorities: tuple[int, ...]) -> bytes:
    sid = _sid(authorities)
    return struct.pack("<BBHI", 0, 0, 8 + len(sid), _GENERIC_ALL) + sid
