"""The models of a profile by location: which keys, words and union tags they have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, Tag
from pydantic_core import PydanticCustomError

Path = tuple[int | str, ...]


def choice_of(model: type[BaseModel], loc: Path) -> tuple[str, ...]:
    """Return the words that a key takes; empty where it takes other values."""
    name = str(loc[-1])
    infos = [one.model_fields[name] for _, one in models_at(model, loc[:-1])]
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


def fields_at(root: type[BaseModel], loc: Path) -> tuple[str, ...]:
    """Return the keys that the mapping at a location takes."""
    return tuple(
        dict.fromkeys(name for _, one in models_at(root, loc) for name in one.model_fields)
    )


Models = list[tuple[str, type[BaseModel]]]
"""Models, each with its tag where it is one of a union."""


def models_at(root: type[BaseModel], loc: Path) -> Models:
    """Return the models that may stand at a location."""
    models: Models = [("", root)]
    for step in loc:
        chosen = [(tag, one) for tag, one in models if tag == step]
        found = [one.model_fields[step] for _, one in models if step in one.model_fields]
        if chosen:
            models = chosen
        elif isinstance(step, str):
            models = [one for info in found for one in _models(info.rebuild_annotation())]
    return models


def _models(annotation: Any, tag: str = "") -> Models:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [(tag, annotation)]
    if get_origin(annotation) is Annotated:
        inner, *notes = get_args(annotation)
        return _models(inner, next((one.tag for one in notes if isinstance(one, Tag)), tag))
    return [found for inner in get_args(annotation) for found in _models(inner, tag)]


@cache
def tags_of(root: type[BaseModel]) -> frozenset[str]:
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
