"""What the contexts need to know about characters."""

from __future__ import annotations

import re
import unicodedata

# Every line break that any reader of these files knows: CRLF, LF, VT, FF, CR, NEL, LS, PS.
_BREAK = re.compile("\r\n|[\n\v\f\r\x85\u2028\u2029]")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})


def split_lines(text: str) -> list[str]:
    """Split at every kind of line break; ``n`` breaks make ``n + 1`` lines."""
    return _BREAK.split(text)


def is_hidden(character: str) -> bool:
    """Tell whether a character has no glyph: control, format, surrogate, unassigned, separator."""
    return unicodedata.category(character) in _HIDDEN


def code(character: str) -> str:
    """Write ``<U+202E>``, the way in which hidden characters are shown."""
    return f"<U+{ord(character):04X}>"


def visible(line: str) -> str:
    """Show hidden characters by their code; a tab becomes a space."""
    spaced = line.replace("\t", " ")
    return "".join(code(char) if is_hidden(char) else char for char in spaced)
