"""Comments to the end of a line, in any language that has them."""

from __future__ import annotations

from collections.abc import Callable

from gpogen.artifacts.render.contexts.characters import visible_lines
from gpogen.artifacts.render.rendered import Rendered, wrong_type


def comment_after(mark: str, name: str) -> Callable[[object], Rendered]:
    """Return the context of text behind a mark, ``// ``; ``name`` is the context's in messages."""

    def comment(value: object) -> Rendered:
        """Write text after the mark; each further line gets its own.

        Raises:
            ContextError: the value is no text.
        """
        if not isinstance(value, str):
            raise wrong_type(name, "text", value)
        return Rendered(f"\n{mark}".join(visible_lines(value)))

    return comment
