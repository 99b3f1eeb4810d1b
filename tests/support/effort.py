"""How much a test tries: a seeded or covering part in the fast suite, all where slow tests run."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")
_PART = 4
_LEAST = 25
_state = {"whole": True}


def choose(markexpr: str) -> bool:
    """Take pytest's ``-m`` expression, and return whether the whole effort is wanted."""
    _state["whole"] = "not slow" not in markexpr
    return _state["whole"]


def is_whole() -> bool:
    return _state["whole"]


def examples(count: int) -> int:
    """Return how many of ``count`` random examples to try."""
    return count if is_whole() else min(count, max(_LEAST, count // _PART))


def sample(items: Sequence[_T], part: int = _PART) -> list[_T]:
    """Return all items, or in the fast suite a seeded part of them, one in ``part``."""
    if is_whole():
        return list(items)
    return random.Random(15).sample(items, max(1, len(items) // part))
