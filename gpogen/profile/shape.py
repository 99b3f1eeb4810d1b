"""From a tree to a checked model, such as a whole profile, or to findings."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, Tag, ValidationError
from pydantic_core import PydanticCustomError

from gpogen.document.nodes import Mapping, Node, Scalar, Sequence, find, key_place, place_of, plain
from gpogen.finding import Finding, Place, mistake
from gpogen.profile import fields
from gpogen.profile.examples import example, examples, key_of, order_of, write_instead
from gpogen.profile.sections import UNKNOWN

_IDS = {
    "missing": "GP011",
    "extra_forbidden": "GP010",
    "word": "GP013",
    "range": "GP014",
    "form": "GP016",
    "text": "GP012",
}
MAX_LISTED = 24
MAX_FINDINGS = 1000
"""So many mistakes of one file are told: each costs a look at what stands before it."""
FEW = 3
"""A key that stands in more places is no hint."""
MAX_WORD = 255
"""Characters of a word that is compared with the allowed ones; no allowed one is near as long."""
MAX_HINTS = 200
"""So many unknown names of one run are compared with the known ones, which takes long."""
NEAR = 0.6
NEAR_ID = 0.85
"""How similar ids must be: every rule's is like every other's."""
MERGE_KEY = "<<"

Path = tuple[int | str, ...]


Model = TypeVar("Model", bound=BaseModel)


def check_shape(
    tree: Mapping, model: type[Model], inherits: Callable[[Path], bool] | None = None
) -> tuple[Model | None, list[Finding]]:
    """Validate a merged tree; every mistake is one finding (GP010 to GP016).

    Args:
        tree: the tree.
        model: what it must be.
        inherits: tells which missing keys are not told, because what has them may not be read.
    """
    try:
        return model.model_validate(plain(tree)), []
    except ValidationError as error:
        merging = list(_merging(tree))
        wrong = error.errors(include_url=False, include_input=False)
        others = [
            _finding(tree, model, item)
            for item in wrong[:MAX_FINDINGS]
            if not (inherits and item["type"] == "missing" and inherits(item["loc"]))
            if not merging
            or not _is_below_merge_key(tree, _walkable(tree, item["loc"], _tags(model)))
        ]
        if len(wrong) > MAX_FINDINGS:
            message = f"{len(wrong)} errors in one file; gpogen reports the first {MAX_FINDINGS}"
            others.append(mistake("GP004", message, tree.place))
        return None, [*(_merge_key(tree, path, place) for path, place in merging), *others]


def nearest(word: str, allowed: tuple[str, ...], cutoff: float = NEAR) -> str | None:
    """Return the most similar allowed word, without regard to case, or None."""
    if len(word) > MAX_WORD:
        return None
    lowered = {item.lower(): item for item in allowed}
    close = difflib.get_close_matches(word.lower(), list(lowered), n=1, cutoff=cutoff)
    return lowered[close[0]] if close else None


def allowed_text(allowed: tuple[str, ...]) -> str:
    """List what is allowed, shortened when it is very long."""
    if len(allowed) <= MAX_LISTED:
        return ", ".join(allowed)
    return f"{', '.join(allowed[:MAX_LISTED])} and {len(allowed) - MAX_LISTED} more"


def hint(word: object, allowed: tuple[str, ...], cutoff: float = NEAR) -> str:
    """Return "did you mean X?" when there is a near word, else an empty text."""
    close = nearest(word, allowed, cutoff) if isinstance(word, str) else None
    return f"did you mean {close}?" if close else ""


class Hints:
    """Finds the nearest names, for the first `MAX_HINTS` words alone."""

    def __init__(self) -> None:
        """Begin to count."""
        self._left = MAX_HINTS

    def nearest(self, word: str, allowed: tuple[str, ...], cutoff: float = NEAR) -> str | None:
        """Return the most similar allowed word, or None."""
        self._left -= 1
        return nearest(word, allowed, cutoff) if self._left >= 0 else None

    def hint(self, word: str, allowed: tuple[str, ...], cutoff: float = NEAR) -> str:
        """Return "did you mean X?" when there is a near word, else an empty text."""
        close = self.nearest(word, allowed, cutoff)
        return f"did you mean {close}?" if close else ""


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


def _finding(tree: Mapping, model: type[BaseModel], error: Any) -> Finding:
    path = _walkable(tree, error["loc"], _tags(model))
    kind = error["type"]
    if kind == "extra_forbidden":
        return _unknown_key(tree, path, model, error["loc"][:-1])
    if kind == "missing":
        return _missing(tree, path, model, error["loc"])
    if kind in ("word", "range", "form", "text"):
        return _wrong_value(tree, path, error)
    node = find(tree, path)
    keywords = fields.KEYWORDS if error["loc"][-1] == "value" else ()
    needed = ", ".join((_expected(kind), *keywords[:-1]))
    needed += f" or {keywords[-1]}" if keywords else ""
    message = f"{dotted(path, tree)}: must be {needed}; got {_kind(node)}"
    found = node.value if isinstance(node, Scalar) else None
    near = hint(found, keywords)
    if isinstance(found, str) and ":" in found:
        near = near or _without_space(found, _fields_at(model, error["loc"]))
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
    allowed = _fields_at(model, loc)
    message = f"the key {key!r} is unknown{where}; allowed: {allowed_text(allowed)}"
    fix = (
        _without_space(key, allowed)
        or _of_another_form(key, model, loc)
        or _elsewhere(key, path, model)
        or hint(key, allowed)
    )
    return mistake("GP010", message, key_place(tree, path), fix)


def _without_space(text: str, allowed: tuple[str, ...]) -> str:
    """Say how to write ``at:03:00``, a key and a value without the space between them."""
    key, colon, value = text[:MAX_WORD].partition(":")
    return f"put a space after the colon: {key}: {value}" if colon and key in allowed else ""


def _of_another_form(key: str, model: type[BaseModel], loc: Path) -> str:
    """Name the forms of a mapping that take a key: ``restart`` has one for each policy."""
    forms = [(tag, one) for tag, one in _models_at(model, loc[:-1]) if tag not in ("", UNKNOWN)]
    tags = [tag for tag, one in forms if key in one.model_fields]
    return f"remove it; only {' and '.join(tags)} takes it" if tags else ""


def _elsewhere(key: str, path: Path, model: type[BaseModel]) -> str:
    """Name the places of a profile that take a key, such as ``target.os``; few alone help."""
    fits = (place for place in examples() if place.rpartition(".")[2] == key)
    places = [place for place in fits if place.partition(".")[0] in model.model_fields]
    few = 1 <= len(places) <= FEW and key_of(path) not in places
    return f"did you mean {' or '.join(places)}?" if few else ""


def _missing(tree: Mapping, path: Path, model: type[BaseModel], loc: Path) -> Finding:
    where = f" in {dotted(path[:-1], tree)}" if len(path) > 1 else ""
    at = key_place(tree, path[:-1])
    if path == ("ring", "order") and isinstance(ring := tree.get("ring"), Mapping):
        message = f"the key 'order' is missing{where}"
        return mistake("GP011", message, at, f"write order: {order_of(ring.text('name') or '')}")
    return missing_key(key_of(path), at, where, model, loc)


def missing_key(key: str, at: Place, where: str, model: type[BaseModel], loc: Path) -> Finding:
    """Say that a key is missing, with the words that it can have, or an example of its value.

    Args:
        key: the key with its path, ``target.os``.
        at: the place of the mapping that lacks it.
        where: what follows in the message.
        model: the model of the whole tree.
        loc: the location of the key in the model.
    """
    name = key.rpartition(".")[2]
    message = f"the key {name!r} is missing{where}"
    choice = _choice(model, loc)
    if choice:
        # An example would be a guess: another word means other machines.
        message += f"; allowed: {allowed_text(choice)}"
        return mistake("GP011", message, at, f"add the key {name} with one of these words")
    shape = examples().get(key, "")
    return mistake("GP011", message, at, f"write {name}: {shape}" if shape else "")


def _choice(model: type[BaseModel], loc: Path) -> tuple[str, ...]:
    """Return the words that a key takes; empty where it takes other values."""
    name = str(loc[-1])
    infos = [one.model_fields[name] for _, one in _models_at(model, loc[:-1])]
    notes = [note for info in infos for note in _notes(info.rebuild_annotation())]
    checks = [note.func for note in notes if isinstance(note, BeforeValidator)]
    return next((words for words in map(_words_of, checks) if words), ())


def _words_of(check: Callable[..., Any]) -> tuple[str, ...]:
    """Return the words that a check names when it refuses what is none of them."""
    try:
        check(None)
    except PydanticCustomError as error:
        return tuple((error.context or {}).get("allowed", ()))
    return ()


def _notes(annotation: Any) -> Iterator[Any]:
    yield from getattr(annotation, "__metadata__", ())
    for inner in get_args(annotation):
        yield from _notes(inner)


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
        return repr(node.text) if node.value is not None else "nothing"
    return "a mapping" if isinstance(node, Mapping) else "a list"


def _fields_at(root: type[BaseModel], loc: Path) -> tuple[str, ...]:
    """Return the keys that the mapping at a location takes."""
    return tuple(
        dict.fromkeys(name for _, one in _models_at(root, loc) for name in one.model_fields)
    )


_Models = list[tuple[str, type[BaseModel]]]
"""Models, each with its tag where it is one of a union."""


def _models_at(root: type[BaseModel], loc: Path) -> _Models:
    """Return the models that may stand at a location."""
    models: _Models = [("", root)]
    for step in loc:
        chosen = [(tag, one) for tag, one in models if tag == step]
        found = [one.model_fields[step] for _, one in models if step in one.model_fields]
        if chosen:
            models = chosen
        elif isinstance(step, str):
            models = [one for info in found for one in _models(info.rebuild_annotation())]
    return models


def _models(annotation: Any, tag: str = "") -> _Models:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [(tag, annotation)]
    if get_origin(annotation) is Annotated:
        inner, *notes = get_args(annotation)
        return _models(inner, next((one.tag for one in notes if isinstance(one, Tag)), tag))
    return [found for inner in get_args(annotation) for found in _models(inner, tag)]


@cache
def _tags(root: type[BaseModel]) -> frozenset[str]:
    """Return the tags of all unions below a model: pydantic puts them into locations."""
    seen: set[type[BaseModel]] = set()
    tags: set[str] = set()
    left: list[Any] = [root]
    while left:
        one = left.pop()
        if isinstance(one, type) and issubclass(one, BaseModel):
            left += [i.rebuild_annotation() for i in one.model_fields.values() if one not in seen]
            seen.add(one)
        tags |= {note.tag for note in getattr(one, "__metadata__", ()) if isinstance(note, Tag)}
        left += get_args(one)
    return frozenset(tags)
