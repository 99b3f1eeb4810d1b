"""Somebody else's words, made fit to be shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

Made = TypeVar("Made")

SHORT = 1_000
"""Characters of a text of which :func:`remembered` keeps what was made."""
KEPT = 1_024
"""So many texts each function remembers."""
MAX_CUT = 100
"""Characters of somebody else's text that a message repeats, where it repeats a part only."""
_ANYWHERE = re.compile(r"##(?=[A-Za-z]*\[)")
"""``##vso[`` (Azure Pipelines), ``##[`` (Azure, GitHub), ``##teamcity[``: commands in mid-line."""
_AT_START = re.compile(r"^(\s*):(?=:)")
"""``::set-output`` (GitHub): a command where a line begins with it, blanks aside."""
_COMMAND = re.compile(r"##[A-Za-z]*\[|^\s*::(?=[A-Za-z])", re.M)


def cut(text: str, most: int = MAX_CUT) -> str:
    """Return the beginning of a text that is too long to be repeated in each message."""
    return text if len(text) <= most else f"{text[:most]}..."


def visible(text: str) -> str:
    """Show what would act instead of letting it act.

    Control and direction characters, which act on a terminal, are shown by their codes. So is a
    character of what a build service takes for a command when it stands in a log: ``##vso[``
    becomes ``#<U+0023>vso[``.
    """
    if not text.isprintable():
        text = "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in text)
    return _AT_START.sub(r"\1<U+003A>", inert(text, "<U+0023>"))


def each_visible(text: str) -> list[str]:
    """Return what :func:`visible` shows of each character; joined they act as little as that."""
    shown = [char if char.isprintable() else f"<U+{ord(char):04X}>" for char in text]
    for found in _ANYWHERE.finditer(text):
        shown[found.end() - 1] = "<U+0023>"
    return shown


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    East Asian wide characters and emoji take two (UAX #11), combining marks none. A variation
    selector 16 asks for the emoji of the character before it, which takes two then.
    """
    if text.isascii():
        return len(text)
    count = before = 0
    for char in text:
        if char == "\ufe0f":
            count += max(0, 2 - before)
            before = 2
            continue
        before = _width(char)
        count += before
    return count


def _width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def inert(text: str, number_sign: str) -> str:
    r"""Break up the commands that act anywhere in a line.

    Args:
        text: the text, in whatever notation.
        number_sign: how that notation writes ``#`` otherwise, such as ``\u0023`` in JSON.
    """
    return _ANYWHERE.sub(lambda _: f"#{number_sign}", text) if "##" in text else text


def holds_command(text: str) -> bool:
    """Tell whether a build service would take part of a text for a command."""
    return _COMMAND.search(text) is not None


def remembered(make: Callable[[str], Made]) -> Callable[[str], Made]:
    """Remember what a function, which depends on its text alone, makes of short texts.

    The same keys, names and titles come in every file and in every profile. Only 1,024 texts are
    kept, and no long ones, which somebody else could fill the memory with.
    """
    known = lru_cache(maxsize=KEPT)(make)

    @wraps(make)
    def recall(text: str) -> Made:
        return known(text) if len(text) <= SHORT else make(text)

    return recall


def plural(count: int, word: str, many: str | None = None) -> str:
    """Write ``1 profile`` or ``2 profiles``."""
    return f"{count} {word if count == 1 else many or word + 's'}"
