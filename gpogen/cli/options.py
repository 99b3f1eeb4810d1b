"""Options that several commands share."""

from __future__ import annotations

import os
from typing import Any

import click
from click.core import ParameterSource


class _Text(click.types.StringParamType):
    """A text; an empty one is wrong usage, such as ``-o "$UNSET"``, and never a default."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "" and _is_written(param, ctx):
            self.fail("the text is empty", param, ctx)
        return super().convert(value, param, ctx)


def _is_written(param: click.Parameter | None, ctx: click.Context | None) -> bool:
    """Tell whether a value is on the command line."""
    if param is None or param.name is None or ctx is None:
        return False
    return ctx.get_parameter_source(param.name) is ParameterSource.COMMANDLINE


def refuse_empty(command: click.Command) -> None:
    """Have a command, and those below it, refuse every empty text on the command line."""
    for param in command.params:
        if type(param.type) is click.types.StringParamType:
            param.type = _Text()
    for below in getattr(command, "commands", {}).values():
        refuse_empty(below)


def _folder(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Refuse a folder that somebody names and that is not there."""
    if _is_written(param, ctx) and not os.path.isdir(value):
        raise click.BadParameter(f"{value}: no such folder", ctx, param)
    return value


paths = click.argument("paths", nargs=-1, metavar="[PROFILE]...")
profiles = click.option(
    "--profiles",
    "profiles_dir",
    default="profiles",
    show_default=True,
    metavar="DIR",
    callback=_folder,
    help="The folder of the profiles (*.yaml, *.yml; no subfolders).",
)
output = click.option(
    "-o", "--output", default="output", show_default=True, metavar="DIR", help="The output folder."
)
templates = click.option(
    "--templates",
    default="",
    metavar="DIR",
    help="A folder of templates that replace shipped ones of the same name (gpogen templates).",
)
form = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="The output format: for people, or for programs.",
)
quiet = click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
verbose = click.option(
    "-v", "--verbose", is_flag=True, help="Print reasons, and what was left out."
)
side = click.option(
    "--side",
    type=click.Choice(["machine", "user"]),
    help="The side of a registry.pol; by default the name of its folder, or else machine.",
)
max_size = click.option(
    "--max-size",
    type=click.IntRange(min=1, max=1 << 40),
    default=64 << 20,
    metavar="BYTES",
    help="The maximum file size (64 MiB by default).",
)
today = click.option(
    "--today",
    default="",
    metavar="DATE",
    help="The date to use as today, such as 2026-11-24, or now.",
)
systems = click.option(
    "--os",
    "systems",
    multiple=True,
    metavar="OS",
    help="windows-server-2022 or windows-server-2025; both by default.",
)
systems = click.option(
    "--os",
    "systems",
    multiple=True,
    metavar="OS",
    help="windows-server-2022 or windows-server-2025; both by default.",
)
update = click.option(
    "--update",
    "updates",
    multiple=True,
    metavar="FILE",
    help="Also read releases from this YAML file (see gpogen help release-data).",
)
