"""Plain text for people: nothing is special here, but nothing may hide either."""

from __future__ import annotations

from gpogen.artifacts.render.contexts.characters import visible_lines
from gpogen.artifacts.render.rendered import Rendered, wrong_type


def line(value: object) -> Rendered:
    """Write text on one line, its line breaks as blanks; a whole number as its digits.

    Raises:
        ContextError: another type.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return Rendered(int(value))
    return Rendered(" ".join(_lines("text line", value)))


def block(value: object, indent: int = 0) -> Rendered:
    """Write text on as many lines as it has; those after the first get the indentation.

    Raises:
        ContextError: the value is no text.
    """
    first, *rest = _lines("text block", value)
    return Rendered("\n".join([first, *((" " * indent + item).rstrip() for item in rest)]))


def _lines(context: str, value: object) -> list[str]:
    if not isinstance(value, str):
        raise wrong_type(context, "text", value)
    return visible_lines(value)
