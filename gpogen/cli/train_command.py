"""``gpogen train``."""

from __future__ import annotations

import click

from gpogen.cli import options
from gpogen.cli.plain import echo_json


@click.command("train")
@click.option("--os", "system", default="", metavar="OS", help="Needed where no update tells it.")
@click.option(
    "--kb",
    "kbs",
    multiple=True,
    metavar="KB",
    help="An installed update; several by repeating it, with commas or blanks. Other words are "
    "passed over, so that a list of Get-HotFix will do; - reads it from standard input.",
)
@click.option("--build", default="", metavar="BUILD", help="The build, such as 26100.6899.")
@options.today
@options.update
@options.profiles
@options.form
def command(
    system: str,
    kbs: tuple[str, ...],
    build: str,
    today: str,
    updates: tuple[str, ...],
    profiles_dir: str,
    form: str,
) -> int:
    """Tell whether a machine is on the hotpatch train, what comes next, and how it gets back.

    Exit 0 on the train, 1 where it is behind, off, or not known. A build alone can be two
    updates: 26100.6905 is one that stays on the train and one that leaves it.

    \b
    Examples:
      gpogen train --kb KB5066835 --kb KB5068966
      gpogen train --build 26100.33222
      powershell Get-HotFix | gpogen train --kb -
      gpogen train --os windows-server-2022 --kb KB5066782,KB5068840 --format json
    """
    from gpogen.cli import pages, show
    from gpogen.finding import has_error
    from gpogen.project.calendar import gather, machine, rows, verdict

    day = gather.day_of(today)
    knowledge, findings = gather.read_knowledge((profiles_dir,), updates, day)
    texts = [pages.stdin_text() if kb == "-" else kb for kb in kbs]
    asked = machine.machine_of(system, texts, build, knowledge)
    found = machine.judge(asked, knowledge, day)
    if form == "json":
        echo_json(rows.verdict_json(found.verdict))
    else:
        title = knowledge.systems[found.verdict.os].title
        pages.print_lines(verdict.verdict_lines(found.verdict, title, pages.width()))
    show.show_findings((*findings, *found.findings), verbose=False, err=True)
    return max(found.exit_code, int(has_error(findings)))
