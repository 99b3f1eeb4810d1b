"""What every mapping of a profile has in common."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Tag

from gpogen.profile import fields
from gpogen.profile.fields import words


class Part(BaseModel):
    """Base of every mapping: unknown keys are errors, nothing is converted."""

    # Only Profile is ever validated by itself, so only its validator is built.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


Keyword = Annotated[str, words(*fields.KEYWORDS), Tag("keyword")]


def is_keyword(value: Any) -> str:
    """Tell ``remove`` and ``unmanaged`` from a value."""
    return "keyword" if isinstance(value, str) and value in fields.KEYWORDS else "value"


def is_mapping(value: Any) -> str:
    """Tell a mapping from a word, for a union of both."""
    return "mapping" if isinstance(value, (dict, BaseModel)) else "word"
