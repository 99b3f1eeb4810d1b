"""The kinds of field that a profile is made of, as pydantic types.

Every check raises one ``PydanticCustomError`` whose context names what is allowed, so that one
mistake is one message; :mod:`gpogen.profile.shape` turns it into a finding with its place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from gpogen.clock_text import hour_fix
from gpogen.policy.keys import utf16_length

KEYWORDS: Final = ("remove", "unmanaged")
"""The two words that every setting takes besides its own values."""

_WITH_UNIT = re.compile(r"([0-9]{1,4}) ?(?:d|days?|m|mins?|minutes?)")
_ON = ("true", "yes", "y", "on", "1")
_OFF = ("false", "no", "n", "off", "0")
"""How people write true and false, by YAML 1.1 among others; in lower case."""
MAX_TITLE = 255
MAX_WHY = 4000


def wrong(kind: str, message: str, **context: Any) -> PydanticCustomError:
    """Build the error of one field; the braces of found text are kept from being a format."""
    # pydantic replaces {name} by the context's items one after another, so the last is final.
    return PydanticCustomError(kind, "{message}", {**context, "message": message})


def shown(value: Any) -> str:
    """Show a found value shortly, in the profile's own notation."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = quoted(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def quoted(text: str) -> str:
    r"""Put a text in quotes as it is written: repr() would double each backslash of a key."""
    return f"'{''.join(c if c.isprintable() else _code(c) for c in text)}'"


def _code(char: str) -> str:
    number = ord(char)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def words(
    *allowed: str, forms: tuple[str, ...] = (), meant: Mapping[str, str] | None = None
) -> Any:
    """A text out of a list.

    Args:
        allowed: the list.
        forms: what else may stand there, for the message.
        meant: other names of the allowed words, in lower case, for the message; what is none of
            the words is the fix itself.
    """

    def check(value: Any) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        message = f"{shown(value)} is not allowed here"
        said = _plain_text(value).lower()
        word = (meant or {}).get(said) or _switch(said, allowed)
        fix = f"did you mean {word}?" if word in allowed else word
        raise wrong("word", message, allowed=(*allowed, *forms), found=value, fix=fix)

    return BeforeValidator(check)


def _switch(said: str, allowed: tuple[str, ...]) -> str:
    """Return the word for on and off where there is one."""
    word = "enabled" if said in _ON else "disabled" if said in _OFF else ""
    return word if word in allowed else ""


def _plain_text(value: Any) -> str:
    return (
        shown(value) if isinstance(value, bool | int) else value if isinstance(value, str) else ""
    )


def setting(
    *allowed: str, forms: tuple[str, ...] = (), meant: Mapping[str, str] | None = None
) -> Any:
    """A setting out of a list of words, or ``remove`` or ``unmanaged``."""
    return words(*allowed, *KEYWORDS, forms=forms, meant=meant)


def whole(low: int, high: int, unit: str = "", keywords: tuple[str, ...] = ()) -> Any:
    """A whole number between two others, both allowed; ``keywords`` are for the message."""

    def check(value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        what = f"number of {unit}" if unit else "whole number"
        others = "".join(f", {word}" for word in keywords[:-1])
        others += f" or {keywords[-1]}" if keywords else ""
        message = f"must be a {what} from {low} to {high}{others}; got {shown(value)}"
        fix = _number_fix(value, low, high) if unit else ""
        raise wrong("range", message, allowed=keywords, found=value, hide=True, fix=fix)

    return BeforeValidator(check)


def _number_fix(value: Any, low: int, high: int) -> str:
    """Say how to write ``7 days``; empty for anything else."""
    found = _WITH_UNIT.fullmatch(value) if isinstance(value, str) else None
    return f"write {int(found[1])}" if found and low <= int(found[1]) <= high else ""


def flag(*keywords: str) -> Any:
    """``true`` or ``false``; ``keywords`` are for the message."""

    def check(value: Any) -> bool:
        if isinstance(value, bool):
            return value
        message = f"{shown(value)} is not allowed here"
        said = _plain_text(value).lower()
        word = "true" if said in _ON else "false" if said in _OFF else ""
        quotes = ", without quotes" if said == word else ""
        fix = f"write {word}{quotes}" if word else ""
        raise wrong("word", message, allowed=("true", "false", *keywords), found=value, fix=fix)

    return BeforeValidator(check)


def _text(value: Any, limit: int) -> str:
    if not isinstance(value, str):
        raise wrong("text", f"must be text; got {shown(value)}", found=value)
    if not value.strip():
        raise wrong("form", "the text is empty")
    if (length := utf16_length(value)) > limit:
        raise wrong("form", f"the text has {length} characters; the maximum is {limit}")
    return value


def _refuse_controls(value: str, allowed: str) -> str:
    if value.isprintable():
        return value
    for char in value:
        if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") and char not in allowed:
            raise wrong("form", f"the text has the control character U+{ord(char):04X}")
        if ord(char) & 0xFFFE == 0xFFFE:
            raise wrong("form", f"the text has U+{ord(char):04X}, which is not a character")
    return value


def _line(value: Any) -> str:
    return _refuse_controls(_text(value, MAX_TITLE), "")


def _block(value: Any) -> str:
    return _refuse_controls(_text(value, MAX_WHY), "\n\t").rstrip("\n")


def repeated(values: list[str]) -> int | None:
    """Return the position of the first text that a list has twice, without regard to case."""
    seen: set[str] = set()
    for position, text in enumerate(values):
        if text.lower() in seen:
            return position
        seen.add(text.lower())
    return None


def is_line(value: Any) -> bool:
    """Tell whether a value is one line of text, as ``Line`` wants it."""
    try:
        _line(value)
    except PydanticCustomError:
        return False
    return True


def pattern(regex: str, description: str, mend: Callable[[Any], str] | None = None) -> Any:
    """A text of one form; ``mend`` says what to write instead of a value, when that is clear."""
    compiled = re.compile(regex)

    def check(value: Any) -> str:
        if not isinstance(value, str) and compiled.fullmatch(shown(value)):
            raise wrong("text", f"must be text; got {shown(value)}", found=value)
        if not isinstance(value, str) or compiled.fullmatch(value) is None:
            fix = mend(value) if mend else ""
            raise wrong("form", f"must be {description}; got {shown(value)}", fix=fix)
        return value

    return BeforeValidator(check)


Flag = Annotated[bool, flag()]
Line = Annotated[str, BeforeValidator(_line)]
Block = Annotated[str, BeforeValidator(_block)]
Hour = Annotated[
    str, pattern(r"([01][0-9]|2[0-3]):00", 'a whole hour, "00:00" to "23:00"', hour_fix)
]
ScheduleHour = Annotated[
    str,
    pattern(
        r"([01][0-9]|2[0-3]):00|automatic",
        'a whole hour, "00:00" to "23:00", or automatic',
        hour_fix,
    ),
]
