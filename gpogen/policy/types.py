"""The vocabulary of a registry policy: hives, value types, actions and routes."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class RegType(IntEnum):
    """Registry value types by their number (MS-GPREG 2.2.1; winnt.h)."""

    NONE = 0
    SZ = 1
    EXPAND_SZ = 2
    BINARY = 3
    DWORD = 4
    DWORD_BIG_ENDIAN = 5
    LINK = 6
    MULTI_SZ = 7
    RESOURCE_LIST = 8
    FULL_RESOURCE_DESCRIPTOR = 9
    RESOURCE_REQUIREMENTS_LIST = 10
    QWORD = 11


def type_name(number: int) -> str:
    """Return ``REG_DWORD`` for 4, and ``REG_<number>`` for a type without a name."""
    try:
        return f"REG_{RegType(number).name}"
    except ValueError:
        return f"REG_{number}"


class Hive(StrEnum):
    """The two hives that Group Policy writes: the machine's and the user's."""

    HKLM = "HKLM"
    HKCU = "HKCU"

    @property
    def long_name(self) -> str:
        """The name that .reg files and Group Policy Preferences use."""
        return "HKEY_LOCAL_MACHINE" if self is Hive.HKLM else "HKEY_CURRENT_USER"

    @property
    def side(self) -> str:
        """The folder of this half of a GPO: ``Machine`` or ``User``."""
        return "Machine" if self is Hive.HKLM else "User"


def side_of(word: str | None) -> Hive | None:
    """Return the hive of ``machine`` or ``user``; None for None."""
    if word is None:
        return None
    return Hive.HKCU if word == "user" else Hive.HKLM


class Action(StrEnum):
    """What a record does to its key or value (MS-GPREG 3.2.5.1.2)."""

    SET = "set"
    DELETE = "delete"
    DELETE_VALUES = "delete-values"
    DELETE_KEYS = "delete-keys"
    CREATE_KEY = "create-key"
    SOFT = "soft"
    SECURE_KEY = "secure-key"


class Via(StrEnum):
    """The client-side extension that carries a record."""

    POLICY = "policy"
    """registry.pol, the Registry extension."""
    PREFERENCE = "preference"
    """Registry.xml, Group Policy Preferences: it stays when the GPO goes (tattoo)."""
