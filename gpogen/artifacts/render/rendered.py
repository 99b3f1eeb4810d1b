"""Text that already is in its final form, and the error for text that cannot be."""

from __future__ import annotations

from gpogen.errors import ContentError

_SHOWN = 40


class Rendered(str):
    """Text that a context has already written for its place in the file.

    Only contexts, macros and block sets make it. It is no ``markupsafe.Markup``: string
    methods return a plain ``str``, so whatever a template cuts out of it is quoted again.
    """

    __slots__ = ()


class ContextError(ContentError):
    """A value that its place in a file cannot hold.

    Attributes:
        context: the context's name, ``PowerShell literal``.
        character: the character at fault, or None when the value as a whole is.
    """

    def __init__(
        self, context: str, problem: str, *, text: str | None = None, character: str | None = None
    ) -> None:
        """Compose the message: the context, the character as U+XXXX, the text's beginning."""
        self.context = context
        self.character = character
        at = "" if character is None else f" U+{ord(character):04X}"
        begins = "" if text is None else f" (the text begins {text[:_SHOWN]!a})"
        super().__init__(f"{context}: {problem}{at}{begins}")


def wrong_type(context: str, wanted: str, value: object) -> ContextError:
    """Build the error for a value of a type that the context does not take."""
    return ContextError(context, f"takes {wanted}, not {type(value).__name__}")
