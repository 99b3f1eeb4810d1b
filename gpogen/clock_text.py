"""Times and durations as people write them, for the fix of one that a profile cannot have."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

_LONGEST = 40
_QUOTES = "\"'`\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb"
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{1,2})(?:[:.]00)?)? *(?:uhr|h)? *([ap]\.?m\.?)?")
_PARTS = re.compile(
    r"(?:pt)?(?:([0-9]{1,2}) *(?:h|hrs?|hours?))? *(?:([0-9]{1,4}) *(?:m|mins?|minutes?))?"
)
_HOURS_MINUTES = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{1,2})(?:[:.]00)?)?")
_NOON = 12
_DAY = 24
_SHORTEST, _LONGEST_RUN = 90, 235
"""The minutes that a schedule of Update Manager can last."""
_HOUR = 60
_HOW = 'use hours and minutes in quotes, such as "03:30"'


def time_fix(value: Any) -> str:
    """Say how to write ``10:00 PM``, ``24:00`` or ``3.30``."""
    hour, minute = _time(value)
    if (hour, minute) == (_DAY, 0):
        return f"{_written(0, 0)}; the day begins with it"
    return _written(hour, minute) or ("" if _is_form(value) else _HOW)


def hour_fix(value: Any) -> str:
    """Say how to write a whole hour; empty for what is none."""
    hour, minute = _time(value)
    return "" if minute or hour > _DAY else time_fix(value)


def _time(value: Any) -> tuple[int, int]:
    """Read a time; the minute is one that no hour has where the text is no time."""
    found = _CLOCK.fullmatch(_cleaned(value))
    if found is None:
        return 0, _HOUR
    hour, minute, half = int(found[1]), _minutes(found[2]), (found[3] or "")[:1]
    if half:
        if not 1 <= hour <= _NOON:
            return 0, _HOUR
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    return hour, minute


def duration_fix(value: Any) -> str:
    """Say how to write ``3h30m`` or ``90 minutes``."""
    hours, minutes = _duration(value)
    fits = _SHORTEST <= _HOUR * hours + minutes <= _LONGEST_RUN and minutes < _HOUR
    return _written(hours, minutes) if fits else "" if _is_form(value) else _HOW


def _duration(value: Any) -> tuple[int, int]:
    """Read hours and minutes; both are 0 where the text is no duration."""
    text = _cleaned(value)
    parts = _PARTS.fullmatch(text)
    if parts is not None and (parts[1] or parts[2]):
        hours, more = divmod(int(parts[2] or 0), _HOUR)
        hours += int(parts[1] or 0)
    else:
        found = _HOURS_MINUTES.fullmatch(text)
        if found is None:
            return 0, 0
        hours, more = int(found[1]), _minutes(found[2])
    return hours, more


def _is_form(value: Any) -> bool:
    """Tell whether a text has the form of a time, and only its numbers are wrong."""
    return isinstance(value, str) and re.fullmatch(r"[0-9]{2}:[0-9]{2}", value) is not None


def _written(hour: int, minute: int) -> str:
    return f'write "{hour:02}:{minute:02}"' if hour < _DAY and minute < _HOUR else ""


def _minutes(text: str | None) -> int:
    """Read what follows the hour: ``3.5`` could be 3:05 and 3:30, so it is none."""
    if not text:
        return 0
    return int(text) if len(text) > 1 or text == "0" else _HOUR


def _cleaned(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return ""
    text = unicodedata.normalize("NFKC", str(value)[:_LONGEST])
    return " ".join("".join(char for char in text if char not in _QUOTES).split()).lower()
