"""``gpogen train``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gpogen.cli import options
from gpogen.terminal.plain import echo_json, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gpogen.fleet.verdicts import Judged
    from gpogen.releases.knowledge import Knowledge


@click.command("train")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option(
    "--os",
    "system",
    default="",
    metavar="OS",
    help="Required if no update identifies the system.",
)
@click.option(
    "--kb",
    "kbs",
    multiple=True,
    metavar="KB",
    help="An installed update; for several, repeat the option, or use commas or spaces. - "
    "reads a list from standard input.",
)
@click.option(
    "--build", default="", metavar="BUILD", help="The build of the machine, such as 26100.6899."
)
@options.today
@options.update
@options.profiles
@options.form
def command(
    files: tuple[str, ...],
    system: str,
    kbs: tuple[str, ...],
    build: str,
    today: str,
    updates: tuple[str, ...],
    profiles_dir: str,
    form: str,
) -> int:
    """Show whether machines are on the hotpatch train, what is next, and how they get back.

    FILE is a list of updates: Get-HotFix as text, CSV or JSON, the history of Windows Update as
    CSV or JSON, the packages of DISM or Get-WindowsPackage, or a report (gpogen help train). If
    it names several machines, gpogen gives a verdict for each.

    The exit code is 0 if all are on the train, and 1 if one is behind, off, or unknown. A build
    alone can be ambiguous: 26100.6905 is both an update that stays on the train and one that
    leaves it.

    \b
    Examples:
      gpogen train --kb KB5066835 --kb KB5068966
      gpogen train --build 26100.33222
      powershell Get-HotFix | gpogen train - --build 26100.33222
      dism /online /english /get-packages > web1.txt
      gpogen train web1.txt
      gpogen train fleet.csv --format json
    """
    from gpogen.calendar_views import rows
    from gpogen.cli import show
    from gpogen.finding import has_error
    from gpogen.fleet import verdicts as fleet
    from gpogen.lists import reading
    from gpogen.releases.known import read_knowledge
    from gpogen.workspace.words import day_of

    day = day_of(today)
    knowledge, findings = read_knowledge((profiles_dir,), updates, day)
    for kb in kbs:
        reading.refuse_other_words(kb, "--kb")
    texts = [reading.read_stdin_text() if kb == "-" else kb for kb in kbs]
    reports = fleet.reports_of(texts, files, build)
    alone = not files and len(reports) == 1
    found = fleet.judge(reports, system, knowledge, day, alone=alone)
    if form == "json":
        made = [rows.machine_json(item.name, item.verdict) for item in found]
        echo_json(made[0] if alone else made)
    else:
        _print(found, knowledge)
    told = dict.fromkeys((*findings, *(row for item in found for row in item.findings)))
    show.show_findings(tuple(told), verbose=False, err=True)
    return max(fleet.worst(found), int(has_error(findings)))


def _print(found: Sequence[Judged], knowledge: Knowledge) -> None:
    from gpogen.calendar_views import verdict
    from gpogen.calendar_views.lines import Line
    from gpogen.terminal import pages

    for number, item in enumerate(found):
        if number:
            pages.print_lines([Line("")])
        system = knowledge.systems.get(item.verdict.os)
        title = system.title if system else "an unknown system"
        title = f"{item.name}: {title}" if item.name else title
        pages.print_lines(verdict.verdict_lines(item.verdict, title, width()))
    if len(found) > 1:
        pages.print_lines([Line(""), Line(verdict.summary([item.verdict for item in found]))])
