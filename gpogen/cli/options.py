"""Options that several commands share."""

from __future__ import annotations

import click

paths = click.argument("paths", nargs=-1, metavar="[PROFILE]...")
profiles = click.option(
    "--profiles",
    "profiles_dir",
    default="profiles",
    show_default=True,
    metavar="DIR",
    help="Where profiles lie (*.yaml, *.yml, not below).",
)
output = click.option(
    "-o", "--output", default="output", show_default=True, metavar="DIR", help="Where files go."
)
form = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or for programs.",
)
quiet = click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
verbose = click.option("-v", "--verbose", is_flag=True, help="Say why, and what was left out.")
side = click.option(
    "--side",
    type=click.Choice(["machine", "user"]),
    help="The side of a registry.pol; else its folder's name tells, and machine otherwise.",
)
max_size = click.option(
    "--max-size",
    type=click.IntRange(min=1, max=1 << 40),
    default=64 << 20,
    metavar="BYTES",
    help="The largest file that is read (64 MiB).",
)
today = click.option(
    "--today",
    default="",
    metavar="DATE",
    help="Take this day for today, such as 2026-11-24, or now.",
)
systems = click.option(
    "--os",
    "systems",
    multiple=True,
    metavar="OS",
    help="windows-server-2022 or windows-server-2025; both without it.",
)
update = click.option(
    "--update",
    "updates",
    multiple=True,
    metavar="FILE",
    help="Also read releases from this YAML file (see: gpogen help release-data).",
)
