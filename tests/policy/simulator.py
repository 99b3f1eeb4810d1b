r"""A registry that policies are carried out on, written from MS-GPREG alone.

It shares no code with gpogen.policy. Instructions are tuples ``(word, key, name, type, data)``;
a registry is a mapping from the path of each key to `Key`, and holds every key above another.
What the specification leaves open is taken as gpogen.policy.effect says: ``**soft.`` and
``**SecureKey`` create their key, deletions create none.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Instruction = tuple[str, str, str, int, bytes]


@dataclass
class Key:
    """One key: its values by name, and whether its protection was changed ("" for no)."""

    values: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    protection: str = ""


Registry = dict[str, Key]


def apply(instructions: list[Instruction], registry: Registry) -> None:
    """Carry instructions out one after another."""
    for word, key, name, kind, data in instructions:
        path, value = key.lower(), name.lower()
        if word == "deletekeys":
            for sub in filter(None, value.split(";")):
                _remove(registry, path + "\\" + sub)
        elif word in ("del", "delvals"):
            _take_away(registry.get(path, Key()).values, value, every=word == "delvals")
        else:
            _put(_make(registry, path), word, value, kind, data)


def _take_away(values: dict[str, tuple[int, bytes]], name: str, *, every: bool) -> None:
    if every:
        values.clear()
    values.pop(name, None)


def _put(key: Key, word: str, name: str, kind: int, data: bytes) -> None:
    if word == "set":
        key.values[name] = (kind, data)
    elif word == "soft":
        key.values.setdefault(name, (kind, data))
    elif word == "secure":
        key.protection = "locked" if data == b"\1\0\0\0" else "reset"
    else:
        assert word == "create"


def _make(registry: Registry, path: str) -> Key:
    """Return a key; it and the keys above it are made where they are not there."""
    parts = path.split("\\")
    for count in range(1, len(parts) + 1):
        registry.setdefault("\\".join(parts[:count]), Key())
    return registry[path]


def _remove(registry: Registry, path: str) -> None:
    for other in list(registry):
        if other == path or other.startswith(path + "\\"):
            del registry[other]


def starts(first: list[Instruction], second: list[Instruction]) -> list[Registry]:
    """Return starting registries that tell any two policies apart if any registry does.

    They are made of every key and value that either policy names, one neighbour value and one
    neighbour subkey of each key. What happens to one value never depends on another value, nor
    to one key on a key beside it, so that it is enough to have each of them alone (with the keys
    above it), all of them, and none.
    """
    keys: dict[str, None] = {}
    values: dict[tuple[str, str], None] = {}
    for word, key, name, _, _ in (*first, *second):
        parts = key.lower().split("\\")
        names = [("\\".join(parts[:count])) for count in range(1, len(parts) + 1)]
        if word == "deletekeys":
            names += [f"{key.lower()}\\{sub}" for sub in name.lower().split(";") if sub]
        elif word in ("set", "soft", "del"):
            values[key.lower(), name.lower()] = None
        for one in names:
            keys[one] = None
            keys[f"{one}\\neighbour"] = None
    for key in keys:
        values[key, "neighbour"] = None
    found: list[Registry] = [{}]
    everything: Registry = {}
    for key in keys:
        alone: Registry = {}
        _make(alone, key)
        found.append(alone)
        _make(everything, key).protection = "own"
    for key, name in values:
        single: Registry = {}
        _make(single, key).values[name] = (99, b"else")
        found.append(single)
        everything[key].values[name] = (99, b"else")
    return [*found, everything]


def end(instructions: list[Instruction], start: Registry) -> Registry:
    """Return what a policy makes of a registry, which stays as it is."""
    copied = {path: Key(dict(key.values), key.protection) for path, key in start.items()}
    apply(instructions, copied)
    return copied


def all_starts(first: list[Instruction], second: list[Instruction]) -> list[Registry]:
    """Return every combination of each key and value there or not: for few of them only."""
    singles = starts(first, second)[1:-1]
    found: list[Registry] = []
    for mask in range(1 << len(singles)):
        joined: Registry = {}
        for number, single in enumerate(singles):
            if mask >> number & 1:
                for path, key in single.items():
                    joined.setdefault(path, Key()).values.update(key.values)
        found.append(joined)
    return found
