"""``gpogen status``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from gpogen.cli import endings, options
from gpogen.terminal import pages
from gpogen.terminal.plain import say, width

if TYPE_CHECKING:
    from gpogen.fleet.joined import Joined
    from gpogen.reports.fleet_page import Page

_ROWS = {"table": 20, "markdown": 200, "html": 5_000}
"""Rows of each table, by format."""
_IN_A_FILE = 20_000
"""Rows of each table in a file; more would not fit in memory, and --format csv has all."""
ENDINGS = {
    "table": (".txt",),
    "json": (".json",),
    "jsonl": (".jsonl", ".ndjson"),
    "csv": (".csv",),
    "markdown": (".md",),
    "html": (".html", ".htm"),
}


@click.command("status")
@click.argument("reports", nargs=-1, required=True, metavar="REPORTS...")
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    metavar="PROFILE",
    help="A profile (*.yaml) of the fleet: reports of its other versions, and of other profiles, "
    "are not ok. Repeatable.",
)
@click.option(
    "--machines",
    default="",
    metavar="FILE",
    help="The machines that should report: names, one in each line, or CSV with a column machine "
    "and optionally ring, ou and profile.",
)
@click.option(
    "--azure",
    multiple=True,
    metavar="EXPORT",
    help="The result of the query in gpogen help audit in Azure Resource Graph, JSON or CSV. "
    "Repeatable, for several pages.",
)
@click.option(
    "--max-age",
    type=click.IntRange(min=0, max=36_500),
    default=30,
    show_default=True,
    metavar="DAYS",
    help="A report that is older than this counts as old.",
)
@options.today
@options.update
@options.profiles
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(ENDINGS)),
    default=None,
    help="The output format. By default a table, or the format that the file extension of "
    "--output names. jsonl and csv have one row for each machine, with fixed columns.",
)
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    help="Write to this file instead of the terminal.",
)
def command(
    reports: tuple[str, ...],
    profiles: tuple[str, ...],
    machines: str,
    azure: tuple[str, ...],
    max_age: int,
    today: str,
    updates: tuple[str, ...],
    profiles_dir: str,
    form: str | None,
    output: str,
) -> int:
    """Show the status of many machines by the reports of their audit scripts.

    REPORTS are files or folders with reports of Test-<Name>.ps1 or Test-HotpatchReadiness.ps1:
    one report in a file, JSON lines or a list, also with gzip; - is standard input. If a machine
    has several reports, the newest one counts.

    The exit code is 0 if there is nothing to do: every report is readable and not old, every
    machine is compliant and on the hotpatch train, and no listed machine is missing. Otherwise it
    is 1. It is 2 if gpogen cannot read any report.

    \b
    Examples:
      gpogen status reports.jsonl
      gpogen status audit/ --machines servers.csv --max-age 7
      gpogen status audit/ --profile profiles/web.yaml --azure hotpatch.json
      gpogen status audit/ --format csv -o fleet.csv
      gpogen status audit/ --format html -o fleet.html
    """
    from gpogen.cli import show
    from gpogen.files import refuse_input
    from gpogen.finding import has_error
    from gpogen.fleet.joined import Joined
    from gpogen.fleet.report_files import SUFFIXES
    from gpogen.fleet.status import Asked, notes, read_fleet
    from gpogen.releases.known import read_knowledge
    from gpogen.workspace.words import day_of

    form = endings.form_of(form, output, ENDINGS, "table")
    day = day_of(today)
    knowledge, findings = read_knowledge((profiles_dir,), updates, day)
    asked = Asked(
        paths=reports,
        profiles=_digests(profiles),
        machines=machines,
        azure=azure,
        max_age=max_age,
        today=day,
    )
    if has_error(findings):
        # Release data that could not be added would judge the fleet wrongly, and nobody may see it.
        show.show_findings(findings, verbose=False, err=True)
        return 1
    refuse_input(output, reports, (machines, *azure, *profiles, *updates), SUFFIXES)
    fleet = read_fleet(asked, knowledge)
    is_ok = _write(Joined(fleet), form, output)
    for note in (*fleet.warnings, *notes(fleet)):
        say(f"gpogen: {note}", err=True)
    show.show_findings(tuple(dict.fromkeys((*findings, *fleet.findings))), verbose=False, err=True)
    return int(not is_ok)


def _digests(profiles: Sequence[str]) -> dict[str, str]:
    if not profiles:
        return {}
    from pathlib import Path

    from gpogen.verify.verify import compile_profile

    headers = [compile_profile(Path(path)).header for path in profiles]
    return {header.name: header.digest for header in headers}


def _write(joined: Joined, form: str, output: str) -> bool:
    """Write the status, and return whether nothing is to be done."""
    from gpogen.fleet.counts import settings_of
    from gpogen.reports import fleet_page, fleet_rows
    from gpogen.reports.fleet_summary import summarize

    if form in ("csv", "jsonl"):
        parts = fleet_rows.csv_parts if form == "csv" else fleet_rows.json_lines
        pages.write(parts(joined.rows()), output)
        return joined.is_ok
    most = _ROWS.get(form, 0) if output == "-" or form == "json" else _IN_A_FILE
    summary = summarize(joined.rows(), most)
    settings = settings_of(joined.fleet)
    if form == "json":
        pages.write(fleet_rows.json_parts(joined.fleet, summary, settings, joined.rows()), output)
    else:
        _write_page(fleet_page.page_of(joined.fleet, summary, settings, most), form, output)
    return joined.is_ok


def _write_page(page: Page, form: str, output: str) -> None:
    from gpogen.reports import fleet_text

    if form == "html":
        pages.write(fleet_text.html(page), output)
    elif form == "table" and output == "-":
        pages.print_lines(fleet_text.lines(page, width()))
    else:
        found = (
            fleet_text.markdown(page)
            if form == "markdown"
            else (line.text for line in fleet_text.lines(page, width()))
        )
        pages.write("".join(f"{line}\n" for line in found).encode("utf-8"), output)
