"""JSON without what readers take differently: keys that occur twice, NaN and infinity."""

from __future__ import annotations

import json
from typing import Any

from gpogen.text import cut


def loads(text: str) -> Any:
    """Read JSON.

    Raises:
        ValueError: it is not JSON, a key occurs twice in one object, or a number is NaN or
            infinite.
        RecursionError: it has too many levels.
    """
    return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; a key that stands in it twice could hide an update."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {cut(twice, 40)!r} occurs twice in one object")
    return found


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not a JSON number")
