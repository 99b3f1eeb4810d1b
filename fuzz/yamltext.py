"""YAML documents with faults in them, for the generators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fuzz.dice import Dice

WORDS = tuple(
    word.encode()
    for word in (
        *(
            "- ",
            ": ",
            "\n",
            "\n  ",
            "{",
            "}",
            "[",
            "]",
            "'",
            '"',
            "|\n",
            "# x",
            "&a ",
            "*a",
            "!unsafe ",
        ),
        *("yes", "no", "~", "null", "true", "0x1", "0o7", "1_0", "1:30", "<<: ", "---\n", "..."),
    )
)
_PLAIN = ("yes", "on", "True", "~", "1_0", "0b1", "1e3", "12:30", "=", "01", "")


def document(value: Any, dice: Dice) -> bytes:
    """Write a document in flow style; now and then a text is plain, tagged or of another type."""
    return (_written(value, dice) + "\n").encode("utf-8", "surrogatepass")


def block(head: Mapping[str, str], name: str, items: Sequence[Any], dice: Dice) -> bytes:
    """Write keys in lines of their own, then a list with an item a line."""
    lines = [f"{key}: {text}" for key, text in head.items()]
    lines += [f"{name}:", *(f"- {_written(item, dice)}" for item in items)]
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")


def _written(value: Any, dice: Dice) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{_written(key, dice)}: {_written(child, dice)}" for key, child in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_written(child, dice) for child in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return _text(str(value), dice)


def _text(text: str, dice: Dice) -> str:
    if dice.one_in(32):
        return dice.pick(_PLAIN)
    quoted = "'" + text.replace("'", "''") + "'"
    if any(ord(char) < 32 for char in text):
        quoted = '"' + "".join(f"\\U{ord(char):08x}" for char in text) + '"'
    return f"!unsafe {quoted}" if dice.one_in(24) else quoted
