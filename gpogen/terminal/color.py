"""The one place for color: whether there is any, and which style means what."""

from __future__ import annotations

import os
import sys
from typing import Any, TextIO

import click

from gpogen.finding import Severity

Style = dict[str, Any]
"""How click styles a text, such as ``{"fg": "red", "bold": True}``."""

PLAIN: Style = {}
GUTTER: Style = {"fg": "blue", "bold": True}
"""The line number and the bar beside a source line."""
LABEL: Style = {"bold": True}
"""The word before a remark, such as ``fix``."""
SEVERITIES: dict[Severity, Style] = {
    Severity.ERROR: {"fg": "red", "bold": True},
    Severity.WARNING: {"fg": "yellow", "bold": True},
    Severity.INFO: {"fg": "cyan", "bold": True},
}
LINES: dict[str, Style] = {
    "head": {"bold": True},
    "heads": {"dim": True},
    "today": {"fg": "cyan", "bold": True},
    "baseline": {"fg": "red"},
    "unplanned-baseline": {"fg": "red", "bold": True},
    "hotpatch": {"fg": "green"},
    "unknown": {"fg": "yellow"},
    "between": {"dim": True},
    "note": {"dim": True},
    "warning": {"fg": "yellow"},
    "on-train": {"fg": "green", "bold": True},
    "behind": {"fg": "red", "bold": True},
    "off-train": {"fg": "red", "bold": True},
}
"""The styles of the calendar's and the help's lines."""

_CHOICES: dict[str, bool | None] = {"auto": None, "always": True, "never": False}
_NOT_FORCED = ("", "0", "false")


def option() -> click.Option:
    """Make the option ``--color``, which every command takes, before or after its name."""
    return click.Option(
        ["--color", "--colour"],
        type=click.Choice(list(_CHOICES)),
        default=None,
        expose_value=False,
        is_eager=True,
        callback=_choose,
        help="Whether to use color. auto: on a terminal only; NO_COLOR, FORCE_COLOR and TERM=dumb "
        "are respected.  [default: auto]",
    )


def _choose(context: click.Context, _option: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.find_root().meta[__name__] = value


def is_on(*, err: bool = False) -> bool:
    """Tell whether output has color.

    ``--color always`` and ``never`` decide. Otherwise NO_COLOR (https://no-color.org) switches
    color off, FORCE_COLOR (https://force-color.org) on, and TERM=dumb off; without them a
    terminal has colour, and a pipe or file none.

    Args:
        err: whether standard error is meant.
    """
    context = click.get_current_context(silent=True)
    asked = context.find_root().meta.get(__name__, "auto") if context is not None else "auto"
    chosen = _CHOICES[asked]
    if chosen is not None:
        return chosen
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "").lower() not in _NOT_FORCED:
        return True
    return os.environ.get("TERM") != "dumb" and is_terminal(err=err)


def is_terminal(*, err: bool = False) -> bool:
    """Tell whether somebody reads the output on a terminal."""
    stream: TextIO | None = sys.stderr if err else sys.stdout
    return stream is not None and stream.isatty()
