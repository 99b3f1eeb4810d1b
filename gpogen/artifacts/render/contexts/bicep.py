"""Bicep: the places in a .bicep file."""

from __future__ import annotations

from gpogen.artifacts.render.contexts.characters import is_hidden
from gpogen.artifacts.render.contexts.comments import comment_after
from gpogen.artifacts.render.rendered import ContextError, Rendered, wrong_type

_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(value: object) -> Rendered:
    r"""Write a string literal, ``'it\'s \${x}'``; a whole number as its digits.

    Raises:
        ContextError: another type, or half of a surrogate pair.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return Rendered(int(value))
    if not isinstance(value, str):
        raise wrong_type("Bicep literal", "text or a whole number", value)
    # Only ${ begins an interpolation.
    return Rendered(f"'{''.join(map(_written, value))}'".replace("${", "\\${"))


def _written(char: str) -> str:
    if "\ud800" <= char <= "\udfff":
        raise ContextError("Bicep literal", "cannot hold", character=char)
    if char in _ESCAPES:
        return _ESCAPES[char]
    return f"\\u{{{ord(char):x}}}" if is_hidden(char) else char


comment = comment_after("// ", "Bicep comment")
