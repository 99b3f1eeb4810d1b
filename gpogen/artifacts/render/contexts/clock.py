"""A time of day as a part of a longer text, in any language."""

from __future__ import annotations

import re

from gpogen.artifacts.render.rendered import ContextError, Rendered

_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


def word(value: object) -> Rendered:
    """Pass a time such as ``22:00``.

    Raises:
        ContextError: anything else.
    """
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise ContextError("time", "must be a time such as 22:00", text=str(value))
    return Rendered(value)
