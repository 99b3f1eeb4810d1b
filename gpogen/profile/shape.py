"""From a tree to a checked model, such as a whole profile, or to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from gpogen.document.nodes import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    find,
    is_null,
    key_place,
    place_of,
    plain,
)
from gpogen.finding import Finding, Place, mistake
from gpogen.near import FEW, MAX_WORD, allowed_text, alternatives, hint, nearest
from gpogen.profile import fields
from gpogen.profile.examples import example, examples, key_of, order_of, write_instead
from gpogen.profile.models import choice_of, fields_at, models_at, tags_of
from gpogen.profile.sections import UNKNOWN

_IDS = {
    "missing": "GP011",
    "extra_forbidden": "GP010",
    "word": "GP013",
    "range": "GP014",
    "form": "GP016",
    "text": "GP012",
}
MAX_FINDINGS = 1000
"""So many mistakes of one file are told: each costs a look at what stands before it."""
MERGE_KEY = "<<"

Path = tuple[int | str, ...]
Known = dict[str, str]


Model = TypeVar("Model", bound=BaseModel)


def check_shape(
    tree: Mapping,
    model: type[Model],
    inherits: Callable[[Path], bool] | None = None,
    known: Known | None = None,
) -> tuple[Model | None, list[Finding]]:
    """Validate a merged tree; every mistake is one finding (GP010 to GP016).

    Args:
        tree: the tree.
        model: what it must be.
        inherits: tells which missing keys are not told, because what has them may not be read.
        known: what missing keys must be, by key, in YAML; an example stands for the others.
    """
    try:
        return model.model_validate(plain(tree)), []
    except ValidationError as error:
        merging = list(_merging(tree))
        wrong = error.errors(include_url=False, include_input=False)
        misspelt = _misspelt(model, wrong[:MAX_FINDINGS])
        others = [
            _finding(tree, model, item, known or {})
            for item in wrong[:MAX_FINDINGS]
            if not (inherits and item["type"] == "missing" and inherits(item["loc"]))
            if not (item["type"] == "missing" and item["loc"] in misspelt)
            if not merging
            or not _is_below_merge_key(tree, _walkable(tree, item["loc"], tags_of(model)))
        ]
        if len(wrong) > MAX_FINDINGS:
            message = f"{len(wrong)} errors in one file; gpogen reports the first {MAX_FINDINGS}"
            others.append(mistake("GP004", message, tree.place))
        return None, [*(_merge_key(tree, path, place) for path, place in merging), *others]


def _misspelt(model: type[BaseModel], wrong: list[Any]) -> set[Path]:
    """Return the missing keys that are there under a wrong name: they are told once."""
    missing = {item["loc"] for item in wrong if item["type"] == "missing"}
    holders = {loc[:-1] for loc in missing}
    return {
        (*loc[:-1], near)
        for loc in (item["loc"] for item in wrong if item["type"] == "extra_forbidden")
        if loc[:-1] in holders and (near := nearest(str(loc[-1]), fields_at(model, loc[:-1])))
    } & missing


def _merging(tree: Node) -> Iterator[tuple[Path, Place]]:
    """Yield the path and place of every ``<<``."""
    open_nodes: list[tuple[Path, Node]] = [((), tree)]
    while open_nodes:
        path, node = open_nodes.pop()
        if isinstance(node, Mapping):
            if MERGE_KEY in node.members:
                yield (*path, MERGE_KEY), node.members[MERGE_KEY][0]
            open_nodes += [((*path, key), child) for key, (_, child) in node.members.items()]
        elif isinstance(node, Sequence):
            open_nodes += [((*path, number), child) for number, child in enumerate(node.items)]


def _merge_key(tree: Node, path: Path, at: Place) -> Finding:
    where = f" in {dotted(path[:-1], tree)}" if len(path) > 1 else ""
    message = f"the key {MERGE_KEY!r} is unknown{where}: YAML merge keys are not supported"
    return mistake("GP010", message, at, "use `extends`, or write the keys out")


def _is_below_merge_key(tree: Node, path: Path) -> bool:
    """Tell whether a merge key may be why something is wrong or missing here."""
    above = (find(tree, path[:length]) for length in range(len(path)))
    return any(isinstance(node, Mapping) and MERGE_KEY in node.members for node in above)


def _finding(tree: Mapping, model: type[BaseModel], error: Any, known: Known) -> Finding:
    path = _walkable(tree, error["loc"], tags_of(model))
    kind = error["type"]
    if kind == "extra_forbidden":
        return _unknown_key(tree, path, model, error["loc"][:-1])
    if kind == "missing":
        return _missing(tree, path, model, error["loc"], known)
    if kind in ("word", "range", "form", "text"):
        return _wrong_value(tree, path, error)
    node = find(tree, path)
    keywords = fields.KEYWORDS if error["loc"][-1] == "value" else ()
    needed = ", ".join((_expected(kind), *keywords[:-1]))
    needed += f" or {keywords[-1]}" if keywords else ""
    message = f"{dotted(path, tree)}: must be {needed}; got {_kind(node)}"
    found = node.value if isinstance(node, Scalar) else None
    near = hint(found, keywords)
    if isinstance(found, str) and (":" in found or "=" in found):
        near = near or _without_space(found, fields_at(model, error["loc"]))
    return mistake("GP012", message, place_of(tree, path), near or write_instead(path, node))


def dotted(path: Path, tree: Node | None = None) -> str:
    """Write a path as ``updates.schedule.at`` or ``policies[1].values``.

    Args:
        path: the path.
        tree: the merged tree, in which items are counted by the file that they stand in.
    """
    text = ""
    for position, step in enumerate(path):
        if isinstance(step, int):
            holder = find(tree, path[:position]) if tree is not None else None
            text += f"[{_number(holder, step)}]"
        else:
            text += f".{step}" if text else step
    return text or "the profile"


def _number(holder: Node | None, index: int) -> int:
    """Return which item of its own file an item is, from 1."""
    if not isinstance(holder, Sequence) or index >= len(holder.items):
        return index + 1
    return holder.number(index)


def _walkable(tree: Node, loc: Path, tags: frozenset[str]) -> Path:
    """Drop the union tags that pydantic puts into a location."""
    path: Path = ()
    for position, step in enumerate(loc):
        last = position == len(loc) - 1
        node = find(tree, path)
        known = isinstance(node, Mapping) and step in node.members
        if step in tags and not known and (not last or not isinstance(node, Mapping)):
            continue
        path = (*path, step)
    return path


def _unknown_key(tree: Mapping, path: Path, model: type[BaseModel], loc: Path) -> Finding:
    key = str(path[-1])
    where = f" in {dotted(path[:-1], tree)}" if len(path) > 1 else ""
    allowed = fields_at(model, loc)
    message = f"the key {key!r} is unknown{where}; allowed: {allowed_text(allowed)}"
    fix = (
        _without_space(key, allowed)
        or _of_another_form(key, model, loc)
        or _elsewhere(tree, key, path, model)
        or hint(key, allowed)
    )
    return mistake("GP010", message, key_place(tree, path), fix)


def _without_space(text: str, allowed: tuple[str, ...]) -> str:
    """Say how to write ``at:03:00`` and ``at = 03:00``, which are texts."""
    key, colon, value = text[:MAX_WORD].partition(":")
    if colon and key in allowed:
        if value[:1].isspace():
            return f"replace U+{ord(value[0]):04X} after the colon with a space"
        return f"put a space after the colon: {key}: {value}"
    key, sign, value = (part.strip() for part in text[:MAX_WORD].partition("="))
    return f"write a colon instead of =: {key}: {value}" if sign and key in allowed else ""


def _of_another_form(key: str, model: type[BaseModel], loc: Path) -> str:
    """Name the forms of a mapping that take a key: ``restart`` has one for each policy."""
    forms = [(tag, one) for tag, one in models_at(model, loc[:-1]) if tag not in ("", UNKNOWN)]
    tags = [tag for tag, one in forms if key in one.model_fields]
    return f"remove it; only the policy {' or '.join(tags)} has this key" if tags else ""


def _elsewhere(tree: Mapping, key: str, path: Path, model: type[BaseModel]) -> str:
    """Name the places of a profile that take a key, such as ``target.os``; few alone help.

    A key below an empty section that takes it is not indented.
    """
    fits = (place for place in examples() if place.rpartition(".")[2] == key)
    places = [place for place in fits if place.partition(".")[0] in model.model_fields]
    places.sort(key=lambda place: place.count("."))
    above = (place.rpartition(".")[0] for place in places if len(path) == 1)
    empty = next((name for name in above if (node := tree.get(name)) and is_null(node)), "")
    if empty:
        return f"indent it, so that it belongs to {empty}"
    few = 1 <= len(places) < FEW and key_of(path) not in places
    return f"did you mean {alternatives(places)}?" if few else ""


def _missing(tree: Mapping, path: Path, model: type[BaseModel], loc: Path, known: Known) -> Finding:
    where = f" in {dotted(path[:-1], tree)}" if len(path) > 1 else ""
    at = key_place(tree, path[:-1])
    if path == ("ring", "order") and isinstance(ring := tree.get("ring"), Mapping):
        message = f"the key 'order' is missing{where}"
        return mistake("GP011", message, at, f"write order: {order_of(ring.text('name') or '')}")
    return missing_key(key_of(path), at, where, model, loc, known)


def missing_key(
    key: str,
    at: Place,
    where: str,
    model: type[BaseModel],
    loc: Path,
    known: Known | None = None,
) -> Finding:
    """Say that a key is missing, with the words that it can have, or an example of its value.

    Args:
        key: the key with its path, ``target.os``.
        at: the place of the mapping that lacks it.
        where: what follows in the message.
        model: the model of the whole tree.
        loc: the location of the key in the model.
        known: what keys must be, in YAML; an example stands for the others.
    """
    name = key.rpartition(".")[2]
    message = f"the key {name!r} is missing{where}"
    choice = choice_of(model, loc)
    if choice:
        # An example would be a guess: another word means other machines.
        message += f"; allowed: {allowed_text(choice)}"
        return mistake("GP011", message, at, f"add the key {name} with one of these words")
    shape = (known or {}).get(key) or examples().get(key, "")
    return mistake("GP011", message, at, f"write {name}: {shape}" if shape else "")


def _wrong_value(tree: Mapping, path: Path, error: Any) -> Finding:
    context = error.get("ctx", {})
    message = f"{dotted(path, tree)}: {error['msg']}"
    node = find(tree, path)
    item = context.get("item")
    at = place_of(tree, path if item is None else (*path, item))
    fix = context.get("fix", "")
    if _needs_quotes(error["type"], node) and not fix:
        assert isinstance(node, Scalar)
        return mistake("GP015", message, at, f'quote it: "{node.text}"')
    if error["type"] == "range" and _is_quoted_number(node):
        return mistake("GP014", message, at, "write the number without quotes")
    allowed = context.get("allowed", ())
    if allowed and not context.get("hide"):
        message += f"; allowed: {allowed_text(allowed)}"
    code = "GP015" if _needs_quotes(error["type"], node) else _IDS[error["type"]]
    near = "" if path == ("restart",) else hint(context.get("found"), allowed)
    return mistake(code, message, at, fix or near or _shape(path, node))


def _shape(path: Path, node: Node | None) -> str:
    """Say how to write a value, where something of another kind was found."""
    is_scalar = isinstance(node, Scalar)
    wrong_kind = is_scalar is example(path).startswith(("{", "["))
    nothing = isinstance(node, Scalar) and node.value is None
    return write_instead(path, node) if wrong_kind or nothing else ""


def _needs_quotes(kind: str, node: Node | None) -> bool:
    """Tell whether text was wanted and a number or boolean was written."""
    return (
        kind == "text"
        and isinstance(node, Scalar)
        and node.value is not None
        and not isinstance(node.value, str)
    )


def _is_quoted_number(node: Node | None) -> bool:
    return isinstance(node, Scalar) and isinstance(node.value, str) and node.text.isdecimal()


def _expected(kind: str) -> str:
    return {
        "model_type": "a mapping",
        "model_attributes_type": "a mapping",
        "dict_type": "a mapping",
        "list_type": "a list",
        "string_type": "text",
    }.get(kind, "a different kind of value")


def _kind(node: Node | None) -> str:
    if isinstance(node, Scalar):
        return fields.shown(node.value) if isinstance(node.value, str | None) else node.text
    return "a mapping" if isinstance(node, Mapping) else "a list"
