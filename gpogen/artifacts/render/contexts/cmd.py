"""cmd.exe: a batch file has no literal for arbitrary text, so it takes plain words only."""

from __future__ import annotations

import re

from gpogen.artifacts.render.rendered import ContextError, Rendered, wrong_type

_ODD = re.compile(r"[^A-Za-z0-9._-]")


def word(value: object) -> Rendered:
    """Pass a whole number, or text of ASCII letters, digits, ``-``, ``_`` and ``.``.

    Raises:
        ContextError: empty text, any other character, any other type.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return Rendered(int(value))
    if not isinstance(value, str):
        raise wrong_type("cmd word", "text or a whole number", value)
    if not value:
        raise ContextError("cmd word", "cannot be empty")
    if found := _ODD.search(value):
        raise ContextError("cmd word", "cannot hold", text=value, character=found.group())
    return Rendered(value)
