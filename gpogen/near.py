"""The allowed words that a wrong word is nearly, for a message about it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

MAX_LISTED = 24
FEW = 4
"""A key that stands in so many places is no hint; a part of more words than this is none either."""
MAX_WORD = 255
"""Characters of a word that is compared with the allowed ones; no allowed one is near as long."""
MAX_HINTS = 200
"""So many unknown names of one run are compared with the known ones, which takes long."""
NEAR = 0.6
NEAR_ID = 0.85
"""How similar ids must be: every rule's is like every other's."""


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
    if not isinstance(word, str):
        return ""
    return _asked(word, with_part(word, allowed) or (nearest(word, allowed, cutoff),))


def with_part(word: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the allowed words of which a word is a whole part: ``arc`` of ``azure-arc``.

    Several of them, such as the systems of ``windows-server-2025``, are all named: to choose one
    would be a guess. None are named where there are too many.
    """
    part = f"-{word[:MAX_WORD].lower().replace('_', '-').strip('-')}-"
    found = tuple(one for one in allowed if part in f"-{one.lower().replace('_', '-')}-")
    return found if len(found) <= FEW and len(part) > len("-xx") else ()


def _asked(word: str, near: tuple[str | None, ...]) -> str:
    """Ask whether one of some words is meant; name characters that only look like theirs."""
    words = [one for one in near if one is not None]
    if not words:
        return ""
    odd = dict.fromkeys(f"U+{ord(char):04X}" for char in word[:MAX_WORD] if not char.isascii())
    told = f" ({_quoted(word)} contains {', '.join(list(odd)[:FEW])})" if odd else ""
    return f"did you mean {alternatives(words)}?{told}"


def alternatives(words: Sequence[str]) -> str:
    """Write at least one word as ``A, B or C``."""
    *rest, last = words
    return f"{', '.join(rest)} or {last}" if rest else last


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
        parts = with_part(word, allowed) if self._left > 0 else ()
        return _asked(word, parts or (self.nearest(word, allowed, cutoff),))


def _quoted(word: str) -> str:
    """Show the beginning of a word; what nobody sees by its code."""
    shown = (char if char.isprintable() else f"\\u{ord(char):04x}" for char in word[:MAX_WORD])
    return f"'{''.join(shown)}'"
