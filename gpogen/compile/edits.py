"""Edits of a profile as data: what a repair changes in one file, whatever that file extends.

A path is ``updates.schedule``; ``registry[name=AUOptions]`` names an item by one of its fields,
``registry[]`` is the item that a place stands in, and ``@`` is the setting, the item or the
policy's value that a place stands in. An edit sets a value, adds an item to a list, or takes out
what stands there, also where it is inherited. Where its path leads nowhere it does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from gpogen.catalog.rules import Change
from gpogen.document.nodes import Mapping, Node, Scalar, Sequence, find, plain
from gpogen.finding import Place
from gpogen.profile.merge import IDENTITIES, WHOLE

HERE = "@"
_STEPS = re.compile(r"\w+(?:\[[^\]]*\])?")
_STEP = re.compile(r"(?P<key>\w+)(\[(?P<field>\w*)(=(?P<value>[^\]]*))?\])?")
_UNMANAGED = "unmanaged"
Path = tuple[int | str, ...]


class Located:
    """A profile's tree with what the file extends, in which a place is found at once."""

    def __init__(self, merged: Mapping) -> None:
        """Note the path of each place; of nested nodes at one place the outer one's."""
        self.merged = merged
        self._paths: dict[Place, Path] = {}
        nodes: list[tuple[Path, Node]] = [((), merged)]
        for path, node in nodes:
            if path:
                self._paths.setdefault(node.place, path)
            if isinstance(node, Mapping):
                nodes += [((*path, key), child) for key, (_, child) in node.members.items()]
            elif isinstance(node, Sequence):
                nodes += [((*path, number), child) for number, child in enumerate(node.items)]

    def path_at(self, at: Place | None) -> Path:
        """Return the path of what stands at a place; empty for nothing."""
        return self._paths.get(at, ()) if at is not None else ()


def repaired(own: Mapping, tree: Located, edits: Iterable[Change], at: Place | None) -> Any:
    """Return a profile's own file, as plain data, after some edits.

    Args:
        own: the file's own tree.
        tree: the tree with what the file extends.
        edits: the changes.
        at: the place that ``@`` and ``[]`` mean.
    """
    result, merged = plain(own), tree.merged
    for edit in edits:
        path = path_of(edit.path, tree, at)
        if edit.do == "add":
            result[edit.path] = [*result.get(edit.path, ()), edit.value]
        elif path is not None and len(path) > 1 and isinstance(path[1], int):
            _edit_item(result, merged, path, edit)
        elif path is not None and edit.do == "set":
            _set(result, merged, path, edit.value)
        elif path is not None:
            _take_out(result, merged, path)
    return result


def path_of(text: str, tree: Located, at: Place | None) -> Path | None:
    """Return the keys and list positions of a path; None where an item or place is missing."""
    if text == HERE:
        return _setting_at(tree.path_at(at))
    path: Path = ()
    for step in _STEPS.findall(text):
        match = _STEP.fullmatch(step)
        assert match is not None, f"{text!r} is not the path of an edit"
        path = (*path, match["key"])
        if match["field"] is None:
            continue
        here = tree.path_at(at)
        inside = here if here[: len(path)] == path else ()
        index = _index(find(tree.merged, path), match["field"], match["value"], inside)
        if index is None:
            return None
        path = (*path, index)
    return path


def is_there(text: str, tree: Located, at: Place | None) -> bool:
    """Tell whether a path leads to something; ``path == value`` also to what."""
    name, _, wanted = text.partition(" == ")
    path = path_of(name, tree, at)
    node = find(tree.merged, path) if path is not None else None
    if node is None or not wanted:
        return node is not None
    return isinstance(node, Scalar) and node.text == wanted


def stands_in(place: Place | None, tree: Located, path: str) -> bool:
    """Tell whether a place is that of a path of keys, or below it."""
    keys = tuple(step for step in tree.path_at(place) if isinstance(step, str))
    wanted = tuple(path.split("."))
    return keys[: len(wanted)] == wanted


def _index(node: Node | None, field: str, value: str | None, here: Path) -> int | None:
    if not isinstance(node, Sequence):
        return None
    if not field:
        inside = len(here) > 1 and isinstance(here[1], int) and here[1] < len(node.items)
        return here[1] if inside and isinstance(here[1], int) else None
    for number, item in enumerate(node.items):
        found = item.get(field) if isinstance(item, Mapping) else None
        if isinstance(found, Scalar) and found.text.lower() == (value or "").lower():
            return number
    return None


def _setting_at(path: Path) -> Path | None:
    """Return what can be taken out at a path: an item, a policy's value, or a setting."""
    if path[:1] == ("registry",):
        return path[:2] if len(path) > 1 else None
    if path[:1] == ("policies",):
        is_value = len(path) > 3 and path[2] == "values"
        return path[: 4 if is_value else 2] if len(path) > 1 else None
    if path[:1] == ("updates",):
        return path[:2]
    return path[:1] if path[:1] == ("restart",) else path or None


def _set(result: Any, merged: Mapping, path: Path, value: Any) -> None:
    _holder(result, merged, path)[path[-1]] = value


def _take_out(result: Any, merged: Mapping, path: Path) -> None:
    if find(merged, path) is None:
        return
    if _takes_unmanaged(path) and result.get("extends"):
        _set(result, merged, path, _UNMANAGED)
    else:
        _holder(result, merged, path).pop(path[-1], None)


def _takes_unmanaged(path: Path) -> bool:
    if path[0] == "updates":
        return len(path) == 2
    return path in (("restart",), ("vbs",), ("secure_boot", "certificates"))


def _holder(result: Any, merged: Mapping, path: Path) -> Any:
    """Return the mapping that a path's last key belongs into, made where it is missing.

    What is inherited as a whole is copied first, because the file's own replaces it.
    """
    holder = result
    for depth, step in enumerate(path[:-1], 1):
        if not isinstance(holder.get(step), dict):
            below = find(merged, path[:depth]) if path[:depth] in WHOLE else None
            holder[step] = plain(below) if isinstance(below, Mapping) else {}
        holder = holder[step]
    return holder


def _edit_item(result: Any, merged: Mapping, path: Path, edit: Change) -> None:
    key, index = str(path[0]), path[1]
    node = find(merged, (key, index))
    if not isinstance(node, Mapping):
        return
    name = _name(key, plain(node))
    items = [one for one in result.get(key) or () if _name(key, one) != name]
    item = next((one for one in result.get(key) or () if _name(key, one) == name), plain(node))
    rest = path[2:]
    if rest:
        holder = item
        for step in rest[:-1]:
            holder = holder.setdefault(step, {})
        if edit.do == "set":
            holder[rest[-1]] = edit.value
        else:
            holder.pop(rest[-1], None)
        items.append(item)
        if result.get("extends") and _name(key, item) != name:
            items.append(_ITEMS[key](plain(node)))  # Another route is another item.
    elif result.get("extends"):
        items.append(_ITEMS[key](item))
    result[key] = items


def _name(key: str, item: Any) -> str:
    """Return what an item is about, as merging compares it."""
    nowhere = Place("", 0, 0)
    members: dict[str, tuple[Place, Node]] = {
        field: (nowhere, Scalar(value, nowhere, str(value)))
        for field, value in item.items()
        if isinstance(value, str | int | float)
    }
    return IDENTITIES[(key,)](Mapping(nowhere, members))


_ITEMS: dict[str, Callable[[Any], Any]] = {
    "registry": lambda item: {
        **{field: item[field] for field in ("key", "name", "via") if field in item},
        "action": _UNMANAGED,
    },
    "policies": lambda item: {"policy": item["policy"], "state": _UNMANAGED},
}
"""How an inherited item is taken back."""
