"""HCL, the language of Terraform: the places in a .tf file."""

from __future__ import annotations

from gpogen.artifacts.render.contexts.characters import is_hidden
from gpogen.artifacts.render.contexts.comments import comment_after
from gpogen.artifacts.render.rendered import ContextError, Rendered, wrong_type

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(value: object) -> Rendered:
    r"""Write a string literal, ``"a \"b\" $${c}"``; a whole number as its digits.

    Raises:
        ContextError: another type, or half of a surrogate pair.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return Rendered(int(value))
    if not isinstance(value, str):
        raise wrong_type("HCL literal", "text or a whole number", value)
    text = "".join(map(_written, value)).replace("${", "$${").replace("%{", "%%{")
    return Rendered(f'"{text}"')


def _written(char: str) -> str:
    if "\ud800" <= char <= "\udfff":
        raise ContextError("HCL literal", "cannot hold", character=char)
    if char in _ESCAPES:
        return _ESCAPES[char]
    if not is_hidden(char):
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


comment = comment_after("# ", "HCL comment")
