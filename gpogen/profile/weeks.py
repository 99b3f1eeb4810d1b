"""The weeks of a month in which a schedule runs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from gpogen.profile import fields

WEEKS = ("first", "second", "third", "fourth")
_EVERY = ("every", "all", "any", "each", "weekly", "always", "every-week", "every week", "*")
"""What people write for every week of a month."""
_NO_FIFTH = "remove it: the policy has four weeks; for each week, write every"
_ALLOWED = ("every", *(f"[{week}]" for week in WEEKS))


def _weeks(value: Any) -> tuple[str, ...]:
    if value == "every":
        return ("every",)
    items = value if isinstance(value, list) else [value]
    if any(isinstance(item, str) and item.lower() in _EVERY for item in items):
        fix = "write every"
    elif not isinstance(value, list):
        fix = f"write [{_number(value)}]" if _number(value) else ""
    elif value:
        return _listed(value)
    else:
        fix = ""
    message = f"{fields.shown(value)} is not allowed here"
    found = value if isinstance(value, str) else None
    raise fields.wrong("word", message, allowed=_ALLOWED, found=found, fix=fix)


def _listed(value: list[Any]) -> tuple[str, ...]:
    for position, item in enumerate(value):
        if item not in WEEKS:
            week = _number(item)
            fix = _NO_FIFTH if isinstance(item, str) and item.lower() in ("fifth", "last") else ""
            raise fields.wrong(
                "word",
                f"{fields.shown(item)} is not allowed here",
                allowed=WEEKS,
                found=item,
                fix=f"write {week}" if week else fix,
                item=position,
            )
    twice = fields.repeated(value)
    if twice is not None:
        message = f"{fields.shown(value[twice])} occurs twice"
        raise fields.wrong("form", message, fix="keep one", item=twice)
    return tuple(week for week in WEEKS if week in value)


def _number(value: Any) -> str:
    """Return the week that a number means; empty for none."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return WEEKS[value - 1] if is_number and 1 <= value <= len(WEEKS) else ""


Weeks = Annotated[tuple[str, ...], BeforeValidator(_weeks)]
