"""``gpogen calendar``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gpogen.cli import endings, options
from gpogen.terminal.plain import say, width

if TYPE_CHECKING:
    from gpogen.workspace.calendar import Calendar

ENDINGS = {
    "table": (".txt",),
    "json": (".json",),
    "markdown": (".md",),
    "ics": (".ics",),
    "svg": (".svg",),
    "kb-list": (".json", ".txt"),
}


@click.command("calendar")
@options.paths
@options.profiles
@options.systems
@click.option(
    "--from",
    "first",
    default="",
    metavar="MONTH",
    help="The first month, such as 2026-01; by default, the first month of the previous quarter, "
    "or the current month if --months is less than 6.",
)
@click.option(
    "--months",
    type=click.IntRange(1, 120),
    default=12,
    show_default=True,
    help="The number of months.",
)
@click.option("--oob", is_flag=True, help="Also show out-of-band updates (without profiles).")
@options.today
@options.update
@click.option(
    "--timezone",
    default="",
    metavar="ZONE",
    help="An IANA name that replaces target.time_zone of the profiles.",
)
@click.option(
    "--compare",
    is_flag=True,
    help="Compare restarts and days exposed with hotpatch and with cumulative updates alone, on "
    "the same schedule.",
)
@click.option(
    "--compare-schedule",
    "other",
    default=None,
    metavar="SCHEDULE",
    help="Compare with cumulative updates on this schedule instead of the profile's own: "
    '"monthly, Sun 02:00" (the first Sunday after the second Tuesday), "second sunday 02:00", '
    '"daily 03:00", "patch-tuesday+4 02:00", or another profile (.yaml).',
)
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(ENDINGS)),
    default=None,
    help="The output format. By default a table, or the format that the file extension of "
    "--output names.",
)
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    help="Write to this file instead of the terminal.",
)
@options.quiet
@click.option("-v", "--verbose", is_flag=True, help="Print the sources, and why each fact matters.")
def command(
    paths: tuple[str, ...],
    profiles_dir: str,
    systems: tuple[str, ...],
    first: str,
    months: int,
    oob: bool,
    today: str,
    updates: tuple[str, ...],
    timezone: str,
    compare: bool,
    other: str | None,
    form: str | None,
    output: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Show which months need a restart; with profiles, when each update installs and restarts.

    Months that Microsoft has released are known, with their source; other months are marked
    planned or overdue. With profiles, gpogen applies their schedule, deferral, pause and deadline
    in their time zone. It shows when each update installs, when its restart is due, for how many
    days a machine is exposed, and which restarts are outside every window. It shows several
    profiles side by side, in ring order. It also reads hotpatch-releases.yaml from the profiles
    folder.

    \b
    Examples:
      gpogen calendar
      gpogen calendar --os windows-server-2025 --from 2026-01 --oob
      gpogen calendar profiles/pilot.yaml profiles/broad.yaml --timezone Europe/Rome
      gpogen calendar --compare profiles/pilot.yaml
      gpogen calendar --compare-schedule "monthly, Sun 02:00" profiles/pilot.yaml
      gpogen calendar --update announced.yaml -o hotpatch.ics
      gpogen calendar profiles/pilot.yaml -o calendar.svg
      gpogen calendar --format kb-list profiles/pilot.yaml     the updates to allow and to hold
      gpogen calendar --format kb-list -o exclude.txt     KB numbers for kbNumbersToExclude
    """
    from gpogen.calendar_views import render
    from gpogen.cli import show
    from gpogen.errors import UsageError
    from gpogen.workspace import calendar as gather
    from gpogen.workspace.words import day_of

    form = endings.form_of(form, output, ENDINGS, "table")
    compare = compare or other is not None
    if compare and not paths:
        raise UsageError("--compare requires a profile")
    if compare and form not in render.COMPARABLE:
        raise UsageError(f"--compare has no {form}; allowed: {', '.join(render.COMPARABLE)}")
    asked = gather.Asked(
        paths=paths,
        profiles_dir=profiles_dir,
        systems=systems,
        updates=updates,
        timezone=timezone,
        other=other,
    )
    when = gather.range_of(first, months, day_of(today))
    found = gather.gather(asked, when)
    written = output == "-" or found.exit_code == 0
    if written and not (found.asked and not found.overlays):
        _print(found, form, output, oob=oob, compare=compare, verbose=verbose)
    for error in found.errors:
        say(f"gpogen: {error}", err=True)
    show.show_findings(
        [item for item in found.findings if not quiet or item.severity.value == "error"],
        verbose=verbose,
        err=True,
    )
    if not written:
        say(f"gpogen: did not write {output}", err=True)
    return found.exit_code


def _print(
    found: Calendar, form: str, output: str, *, oob: bool, compare: bool, verbose: bool
) -> None:
    from gpogen.calendar_views import render
    from gpogen.terminal import pages

    if form == "table" and output == "-":
        pages.print_lines(render.lines(found, width(), oob=oob, compare=compare, sources=verbose))
        return
    if form == "kb-list" and output.lower().endswith(".txt"):
        from gpogen.calendar_views.kb_list import exclusions

        pages.write(exclusions(found), output)
        return
    pages.write(render.render(found, form, oob=oob, compare=compare), output)
