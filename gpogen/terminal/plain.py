"""The one place where gpogen prints: nothing that somebody else wrote acts on who reads it.

Neither on a terminal (control characters) nor on a build service (commands in the log). No other
module of the command line prints, which a test keeps so.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import Any

import click

from gpogen.terminal import color
from gpogen.text import columns, holds_command, inert, visible

MAX_LINE = 4000
"""Characters of one message; a profile can make a longer one, nobody reads it."""
_ANNOTATION = re.compile(r"::(error|warning|notice) ")
Piece = tuple[str, color.Style]
"""A part of a line, and how click styles it."""


def printable(text: str) -> str:
    """Show control characters and commands instead of letting them act."""
    return visible(text[:MAX_LINE])


def say(text: str, *, err: bool = False) -> None:
    """Print one line."""
    click.echo(printable(text), err=err)


def say_styled(pieces: Iterable[Piece], *, err: bool = False) -> None:
    """Print one line that is made of pieces with styles; plain where their seams would act."""
    parts = list(pieces)
    whole = "".join(text for text, _ in parts)
    if printable(whole) != whole:
        parts = [(printable(text), style) for text, style in parts]
        whole = "".join(text for text, _ in parts)
    if visible(whole) != whole:
        click.echo(visible(whole), err=err)
        return
    colored = color.is_on(err=err)
    if colored:
        whole = "".join(click.style(text, **style) if style else text for text, style in parts)
    click.echo(whole, err=err, color=colored)


def width() -> int:
    """Return the terminal's columns, from 60 to 400, or 100 where there is no terminal."""
    return min(max(shutil.get_terminal_size((100, 24)).columns, 60), 400)


def fold_width(*, err: bool = False) -> int | None:
    """Return the columns to which lines are folded; None where a reader gets them whole.

    That is a pipe or a file, unless COLUMNS asks for a width there, too.
    """
    asked = os.environ.get("COLUMNS", "")
    is_asked = asked.isdecimal() and int(asked[:9]) > 0
    return width() if color.is_terminal(err=err) or is_asked else None


def folded(text: str, indent: int, *, err: bool = False) -> list[str]:
    """Break a line at blanks where lines are folded, with an indent for all but the first."""
    room = fold_width(err=err)
    if room is None or columns(text) <= room:
        return [text]
    return textwrap.wrap(
        text,
        room,
        subsequent_indent=" " * (indent if 2 * indent <= room else 4),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [text]


def say_folded(text: str, indent: int, *, err: bool = False) -> None:
    """Print one line, or several where it is folded."""
    for line in folded(text, indent, err=err):
        say(line, err=err)


def can_show(text: str, *, err: bool = False) -> bool:
    """Tell whether the terminal's encoding has all characters of a text."""
    stream = sys.stderr if err else sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def say_annotation(line: str) -> None:
    """Print one annotation for GitHub Actions: a command of ours, in which nothing else is one.

    Raises:
        ValueError: the line is none of the three annotations.
    """
    ours = _ANNOTATION.match(line)
    if ours is None:
        raise ValueError(line[:40])
    # A profile's path begins with no blank, and its colons are escaped: what follows is data.
    click.echo(ours[0] + printable(line[ours.end() :]))


def page(text: str) -> None:
    """Print a text of many lines that ends with a line break."""
    for line in text.removesuffix("\n").split("\n"):
        click.echo(visible(line))


def echo_json(value: Any, *, indent: int | None = 2) -> None:
    """Print JSON."""
    click.echo(json_text(value, indent=indent))


def json_text(value: Any, *, indent: int | None) -> str:
    """Write JSON: ASCII, so that no terminal and no code page spoils it, and without commands."""
    # A number sign stands inside texts only, where its escape means the same.
    text = json.dumps(value, indent=indent, ensure_ascii=True).replace("\x7f", "\\u007f")
    return inert(text, "\\u0023")


def put_part(text: str) -> None:
    """Write a part of a long JSON or YAML output, whose texts are whole and without commands."""
    click.echo(text, nl=False)


def put(data: bytes) -> None:
    """Write a whole file to standard output.

    Raises:
        UsageError: it holds what a build service would take for a command, which its format has
            no other spelling for.
    """
    encoding = "utf-16" if data.startswith(codecs.BOM_UTF16_LE) else "utf-8"
    if holds_command(data.decode(encoding, errors="replace")):
        from gpogen.errors import UsageError

        raise UsageError(
            "the output has text that a build service reads as a command (## with a bracket, "
            "or :: at the beginning of a line), and this format cannot escape it: redirect the "
            "output to a file, or choose another --format"
        )
    if sys.stdout is not None:  # None when it was closed before we began
        sys.stdout.flush()
        sys.stdout.buffer.write(data)


def show_usage_error(error: click.ClickException) -> None:
    """Print what click says of wrong options; it repeats what was written."""
    import io

    text = io.StringIO()
    error.show(file=text)
    for line in text.getvalue().removesuffix("\n").split("\n"):
        say(line, err=True)
