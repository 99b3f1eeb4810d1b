"""``gpogen forecast``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gpogen.cli import endings, options
from gpogen.terminal.plain import say, width

if TYPE_CHECKING:
    from gpogen.workspace.calendar import Calendar

ENDINGS = {"table": (".txt",), "json": (".json",), "markdown": (".md",), "svg": (".svg",)}


@click.command("forecast")
@options.paths
@options.profiles
@options.systems
@click.option(
    "--from",
    "first",
    default="",
    metavar="MONTH",
    help="The first month; by default, the next month.",
)
@click.option(
    "--months",
    type=click.IntRange(1, 60),
    default=12,
    show_default=True,
    help="The number of months.",
)
@options.today
@options.update
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(ENDINGS)),
    default=None,
    help=(
        "The output format. By default a table, or the format that the file extension of "
        "--output names."
    ),
)
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    help="Write to this file instead of the terminal.",
)
@options.quiet
def command(
    paths: tuple[str, ...],
    profiles_dir: str,
    systems: tuple[str, ...],
    first: str,
    months: int,
    today: str,
    updates: tuple[str, ...],
    form: str | None,
    output: str,
    quiet: bool,
) -> int:
    """Forecast how many restart windows to reserve, with the probability of a surprise.

    Planned baselines always restart. A planned hotpatch month can become an unplanned baseline;
    gpogen calculates its probability from the known months, and few known months give a wide
    interval. With profiles, the table shows when each of them installs or restarts in each
    month.

    \b
    Examples:
      gpogen forecast
      gpogen forecast --os windows-server-2025 --months 24
      gpogen forecast profiles/pilot.yaml profiles/broad.yaml -o forecast.svg
    """
    from gpogen.catalog.months import Month
    from gpogen.cli import show
    from gpogen.errors import UsageError
    from gpogen.workspace import calendar as collected
    from gpogen.workspace.words import day_of

    form = endings.form_of(form, output, ENDINGS, "table")
    day = day_of(today)
    asked = collected.Asked(
        paths=paths,
        profiles_dir=profiles_dir,
        systems=systems,
        updates=updates,
        timezone="",
    )
    start = first or str(Month.of(day) + 1)
    found = collected.gather(asked, collected.range_of(start, months, day))
    empty = [system for system, rows in found.entries.items() if not rows]
    if empty and len(empty) == len(found.entries):
        since = max(str(found.knowledge.systems[system].first) for system in empty)
        raise UsageError(f"--from: {start} is before the first month of the release data, {since}")
    written = output == "-" or found.exit_code == 0
    if written and found.systems and not (found.asked and not found.overlays):
        _print(found, form, output)
    for error in found.errors:
        say(f"gpogen: {error}", err=True)
    show.show_findings(
        [item for item in found.findings if not quiet or item.severity.value == "error"],
        verbose=False,
        err=True,
    )
    if not written:
        say(f"gpogen: did not write {output}", err=True)
    return found.exit_code


def _print(found: Calendar, form: str, output: str) -> None:
    from gpogen.calendar_views import forecast, render
    from gpogen.terminal import pages

    if form == "table" and output == "-":
        pages.print_lines(forecast.lines(found, width()))
        return
    if form == "json":
        data = render.json_file(forecast.as_json(found))
    elif form == "markdown":
        data = forecast.as_markdown(found).encode()
    elif form == "svg":
        data = render.svg_file(forecast.board(found))
    else:
        data = render.plain_file(forecast.lines(found, render.PLAIN_WIDTH))
    pages.write(data, output)
