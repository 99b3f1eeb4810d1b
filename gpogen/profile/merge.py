"""``extends``: one tree laid over another; every node keeps the place it came from."""

from __future__ import annotations

from collections.abc import Callable

from gpogen.document.nodes import Mapping, Node, Scalar, Sequence, is_null
from gpogen.policy.keys import split_key

OWN_KEYS = ("gpogen", "base", "name", "title", "why", "extends", "revision")
"""What a profile does not inherit: its identity and its change evidence."""

WHOLE = {("updates", "schedule"), ("updates", "source"), ("target", "image"), ("restart",)}


def could_inherit(path: tuple[int | str, ...]) -> bool:
    """Tell whether a base can add the key at a path to what a profile says."""
    if path[0] in OWN_KEYS or any(isinstance(step, int) for step in path):
        return False
    return not any(path[: len(whole)] == whole and path != whole for whole in WHOLE)


_NEVER_EMPTY = ("outputs",)
"""Keys of which nobody could tell whether an empty one means none or what is inherited."""


def merge(base: Mapping, over: Mapping) -> Mapping:
    """Lay ``over`` on ``base``; the result has ``over``'s place.

    Mappings merge key by key; ``schedule``, ``source``, ``image`` and ``restart`` are replaced
    whole; ``policies``, ``registry`` and ``assured`` merge by what their items are about.
    """
    inherited = {key: member for key, member in base.members.items() if key not in OWN_KEYS}
    return _merge_mapping(Mapping(base.place, inherited), over, ())


def _merge_mapping(base: Mapping, over: Mapping, path: tuple[str, ...]) -> Mapping:
    members = dict(base.members)
    for key, (place, node) in over.members.items():
        below = members.get(key)
        if below is not None and is_null(node) and key not in _NEVER_EMPTY:
            continue  # An empty key says nothing, so what is inherited stays.
        members[key] = (place, node if below is None else _merge(below[1], node, (*path, key)))
    return Mapping(over.place, members)


def _merge(base: Node, over: Node, path: tuple[str, ...]) -> Node:
    if path in WHOLE:
        return over
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        return _merge_mapping(base, over, path)
    if isinstance(base, Sequence) and isinstance(over, Sequence) and path in IDENTITIES:
        return _merge_items(base, over, IDENTITIES[path])
    return over


def _merge_items(base: Sequence, over: Sequence, identity: Callable[[Node], str]) -> Sequence:
    """Replace items of the same identity where they stand, and append the new ones."""
    replaced = {identity(item) for item in over.items}
    kept = [item for item in base.items if not _names(identity(item)) & replaced]
    return Sequence(over.place, kept + over.items)


def _names(identity: str) -> set[str]:
    """Return what takes an item back: its own name, and that of its key as a whole."""
    return {identity, f"{identity.rpartition('|')[0]}|{ANY_ACTION}"}


def _field(node: Node, key: str) -> str:
    child = node.get(key) if isinstance(node, Mapping) else None
    return child.text if isinstance(child, Scalar) else ""


_WHOLE_KEY = ("create-key", "delete-keys", "delete-values", "secure-key")
"""Actions on a key as a whole, several of which can stand side by side."""
ANY_ACTION = "*"
"""Stands for all of them in an item that takes a key without a value's name back."""


def policy_identity(node: Node) -> str:
    """Name an item of ``policies``, without regard to case."""
    return _field(node, "policy").lower()


def registry_identity(node: Node) -> str:
    """Name an item of ``registry`` by hive, key, value name and route."""
    text = _field(node, "key")
    try:
        hive, key = split_key(text)
        text = f"{hive.value}\\{key}"
    except ValueError:
        pass  # The compiler says what is wrong with it.
    action = _field(node, "action")
    whole_key = action if action in _WHOLE_KEY else ""
    if action == "unmanaged" and not (isinstance(node, Mapping) and node.get("name")):
        whole_key = ANY_ACTION
    via = _field(node, "via") or "policy"
    return f"{text}|{_field(node, 'name')}|{via}|{whole_key}".lower()


def assured_identity(node: Node) -> str:
    """Name an item of ``assured``."""
    return _field(node, "what")


def allow_identity(node: Node) -> str:
    """Name an item of ``allow``."""
    return _field(node, "rule")


IDENTITIES: dict[tuple[str, ...], Callable[[Node], str]] = {
    ("policies",): policy_identity,
    ("registry",): registry_identity,
    ("assured",): assured_identity,
    ("allow",): allow_identity,
}
