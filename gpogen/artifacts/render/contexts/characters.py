"""What the contexts need to know about characters."""

from __future__ import annotations

import re

# Every line break that any reader of these files knows: CRLF, LF, VT, FF, CR, NEL, LS, PS.
_BREAK = re.compile("\r\n|[\n\v\f\r\x85\u2028\u2029]")
# Spelt out, not asked of unicodedata: its answers change with the Python version, and so would
# the bytes that are built. Control, format and separator characters of Unicode 15, surrogates.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def split_lines(text: str) -> list[str]:
    """Split at every kind of line break; ``n`` breaks make ``n + 1`` lines."""
    return _BREAK.split(text)


def is_hidden(character: str) -> bool:
    """Tell whether a character has no glyph: control, format, surrogate, line separator."""
    return _HIDDEN.match(character) is not None


def first_hidden(text: str) -> str | None:
    """Return the first character of a text that has no glyph; None where all have one."""
    found = _HIDDEN.search(text)
    return None if found is None else found[0]


def code(character: str) -> str:
    """Write ``<U+202E>``, the way in which hidden characters are shown."""
    return f"<U+{ord(character):04X}>"


def visible(line: str) -> str:
    """Show hidden characters by their code; a tab becomes a space."""
    return _HIDDEN.sub(lambda found: code(found[0]), line.replace("\t", " "))


def visible_lines(text: str) -> list[str]:
    """Split at every kind of line break, and make each line `visible`."""
    if first_hidden(text) is None:  # Then there is no line break and no tab, either.
        return [text]
    return [visible(line) for line in split_lines(text)]
