"""HTML: text between tags and in quoted attributes."""

from __future__ import annotations

import re

from gpogen.artifacts.render.rendered import ContextError, Rendered, wrong_type

# What a browser replaces, drops or reads otherwise: controls, halves of characters, non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_MARKUP = {
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
    ord("'"): "&#x27;",
}


def text(value: object) -> Rendered:
    """Write text or a whole number between tags or between quotes of either kind.

    Raises:
        ContextError: another type, or a character that HTML cannot hold.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return Rendered(int(value))
    if not isinstance(value, str):
        raise wrong_type("HTML text", "text or a whole number", value)
    if found := _FORBIDDEN.search(value):
        raise ContextError("HTML text", "cannot hold", text=value, character=found.group())
    return Rendered(str(value).translate(_MARKUP))
