"""KQL: the places in a .kql file."""

from __future__ import annotations

import re

from gpogen.artifacts.render.contexts.comments import comment_after
from gpogen.artifacts.render.rendered import ContextError, Rendered, wrong_type

_ODD = re.compile(r"[^ !#-&(-\[\]-~]")


def literal(value: object) -> Rendered:
    """Write a string literal, ``'rg-servers'``; a whole number as its digits.

    Raises:
        ContextError: another type, a quote, a backslash, or a character beyond ASCII.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return Rendered(int(value))
    if not isinstance(value, str):
        raise wrong_type("KQL literal", "text or a whole number", value)
    if found := _ODD.search(value):
        raise ContextError("KQL literal", "cannot hold", text=value, character=found.group())
    return Rendered(f"'{value}'")


comment = comment_after("// ", "KQL comment")
