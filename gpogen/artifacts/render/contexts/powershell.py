"""PowerShell: the places in a .ps1 file."""

from __future__ import annotations

import re
from itertools import groupby

from gpogen.artifacts.render.contexts.characters import (
    code,
    first_hidden,
    is_hidden,
    visible_lines,
)
from gpogen.artifacts.render.contexts.signature import unlike_signature
from gpogen.artifacts.render.rendered import ContextError, Rendered, wrong_type
from gpogen.text import remembered

# PowerShell ends a '...' literal at any of these five, and reads two in a row as one.
_QUOTES = "'\u2018\u2019\u201a\u201b"
_DOUBLED = {ord(quote): quote * 2 for quote in _QUOTES}
_IDENTIFIER = re.compile("[A-Za-z0-9]+")
_KEYWORD = re.compile(r"\s*\.\w")


def literal(value: object) -> Rendered:
    """Write text as a single-quoted literal, and a whole number as its digits.

    Hidden characters make it an expression in parentheses:
    ``('abc' + [char]0x000A + 'def')``; beyond U+FFFF they are two surrogates.

    Raises:
        ContextError: the value is neither text nor a whole number.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return Rendered(int(value))
    if not isinstance(value, str):
        raise wrong_type("PowerShell literal", "text or a whole number", value)
    return _literal(value)


def typed_value(value: object) -> Rendered:
    """Write registry data or a truth value with its type.

    ``int`` as digits, ``str`` as a literal, ``bool`` as ``$true``, a list or tuple of text as
    ``@('a','b')``, bytes as ``([byte[]](1,2))``.

    Raises:
        ContextError: any other type.
    """
    if isinstance(value, bool):
        return Rendered("$true" if value else "$false")
    if isinstance(value, bytes):
        inner = f"({','.join(map(str, value))})" if value else "@()"
        # Without the outer parentheses a command would take it for a string.
        return Rendered(f"([byte[]]{inner})")
    if isinstance(value, tuple | list):
        return Rendered(f"@({','.join(_items(value))})")
    if isinstance(value, int | str):
        return literal(value)
    raise wrong_type("PowerShell value", "text, numbers, bytes or a list of text", value)


def comment(value: object, indent: int = 0) -> Rendered:
    """Write text after ``# ``; each further line gets the indentation and its own ``# ``.

    A template may put at most six characters of its own between ``# `` and the value.

    Raises:
        ContextError: the value is no text.
    """
    lines = [unlike_signature(_no_keyword(line)) for line in _lines("PowerShell comment", value)]
    return Rendered(f"\n{' ' * indent}# ".join(lines))


def help_text(value: object, indent: int = 0) -> Rendered:
    """Write text between ``<#`` and ``#>``; further lines get the indentation.

    Raises:
        ContextError: the value is no text.
    """
    lines = [_help_line(line) for line in _lines("PowerShell help", value)]
    return Rendered(f"\n{' ' * indent}".join(lines))


def identifier(value: object) -> Rendered:
    """Pass ASCII letters and digits: a part of a name, behind a letter in the template.

    Raises:
        ContextError: anything else.
    """
    if not isinstance(value, str):
        raise wrong_type("PowerShell identifier", "text", value)
    if not _IDENTIFIER.fullmatch(value):
        odd = next((char for char in value if not _IDENTIFIER.fullmatch("a" + char)), None)
        raise ContextError("PowerShell identifier", "cannot hold", text=value, character=odd)
    return Rendered(value)


@remembered
def _literal(text: str) -> Rendered:
    return Rendered(_text(text))


def _text(text: str) -> str:
    if first_hidden(text) is None:
        return _run(False, text)
    parts = [_run(hidden, "".join(run)) for hidden, run in groupby(text, is_hidden)]
    # The sum must begin with a string, or the first [char] would decide its type.
    head = ["''"] if is_hidden(text[0]) else []
    return f"({' + '.join(head + parts)})"


def _run(hidden: bool, run: str) -> str:
    if not hidden:
        return f"'{run.translate(_DOUBLED)}'"
    units = run.encode("utf-16-be", "surrogatepass")
    return " + ".join(f"[char]0x{units[i : i + 2].hex().upper()}" for i in range(0, len(units), 2))


def _items(values: tuple[object, ...] | list[object]) -> list[str]:
    for item in values:
        if not isinstance(item, str) or isinstance(item, Rendered):
            raise wrong_type("PowerShell value", "lists of text", item)
    return [_text(str(item)) for item in values]


def _lines(context: str, value: object) -> list[str]:
    if not isinstance(value, str):
        raise wrong_type(context, "text", value)
    return visible_lines(value)


def _help_line(line: str) -> str:
    return _no_keyword(line.replace("#>", "# >").replace("<#", "< #"))


def _no_keyword(line: str) -> str:
    # A line that begins with .WORD is a keyword of comment-based help, known or not.
    return line.replace(".", code("."), 1) if _KEYWORD.match(line) else line
