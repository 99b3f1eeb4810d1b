"""bash: the places in a .sh file."""

from __future__ import annotations

from gpogen.artifacts.render.contexts.comments import comment_after
from gpogen.artifacts.render.rendered import ContextError, Rendered, wrong_type

_QUOTED = {ord("'"): "'\\''"}


def literal(value: object) -> Rendered:
    r"""Write text between single quotes, where bash acts on nothing: ``'it'\''s'``.

    A whole number is written as its digits.

    Raises:
        ContextError: another type, U+0000, which no shell can hold, or half of a surrogate pair.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return Rendered(int(value))
    if not isinstance(value, str):
        raise wrong_type("shell literal", "text or a whole number", value)
    for char in value:
        if char == "\0" or "\ud800" <= char <= "\udfff":
            raise ContextError("shell literal", "cannot hold", text=value, character=char)
    return Rendered(f"'{value.translate(_QUOTED)}'")


comment = comment_after("# ", "shell comment")
