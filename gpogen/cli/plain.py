"""Text for terminals that holds somebody else's words."""

from __future__ import annotations

import click

from gpogen.text import visible

MAX_LINE = 4000
"""Characters of one message; a profile can make a longer one, nobody reads it."""


def printable(text: str) -> str:
    """Show control and direction characters instead of letting them act on the terminal."""
    return visible(text[:MAX_LINE])


def say(text: str, *, err: bool = False) -> None:
    """Print one line."""
    click.echo(printable(text), err=err)
