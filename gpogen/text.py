"""Somebody else's words, made fit to be shown."""

from __future__ import annotations


def visible(text: str) -> str:
    """Show control and direction characters instead of letting them act."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in text)
