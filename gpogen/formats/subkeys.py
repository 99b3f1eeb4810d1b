"""The deletion of whole keys, as registry.pol's ``**DeleteKeys`` has it: subkeys of a key."""

from __future__ import annotations

from gpogen.policy.data import encode_data
from gpogen.policy.records import Record
from gpogen.policy.subkeys import deleted_names
from gpogen.policy.types import Action, Hive, RegType, Via

__all__ = ["delete_key", "deleted_names", "subkeys_reason"]


def delete_key(hive: Hive, path: str, *, via: Via = Via.POLICY) -> Record:
    """Build the record that deletes one key: its parent, and its own name as the only subkey.

    Raises:
        ValueError: the key's name holds ``;``, which parts the names of several keys.
    """
    parent, _, name = path.rpartition("\\")
    if ";" in name:
        raise ValueError("a policy cannot delete a key with ; in its name")
    data = encode_data(RegType.SZ, name)
    return Record(hive, parent, "", Action.DELETE_KEYS, RegType.SZ, data, via)


def subkeys_reason(names: tuple[str, ...]) -> str:
    """Return why names of subkeys are not those of whole keys; an empty text where they are."""
    if not names:
        return "its data does not name a subkey"
    if any("\\" in name for name in names):
        return "its data must name a subkey; it names a path, so the key is ambiguous"
    return ""
