"""Somebody else's words, made fit to be shown."""

from __future__ import annotations

MAX_CUT = 100
"""Characters of somebody else's text that a message repeats, where it repeats a part only."""


def cut(text: str, most: int = MAX_CUT) -> str:
    """Return the beginning of a text that is too long to be repeated in each message."""
    return text if len(text) <= most else f"{text[:most]}..."


def visible(text: str) -> str:
    """Show control and direction characters instead of letting them act."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in text)
