"""``gpogen releases``."""

from __future__ import annotations

import click

from gpogen.cli import endings, options
from gpogen.terminal import pages
from gpogen.terminal.plain import say


@click.group("releases")
def command() -> None:
    """Bring the release data up to date, or write them for a script.

    \b
    Examples:
      gpogen releases import windows-server-release-info.md
      gpogen releases export -o releases.txt
      gpogen releases import page.md -o profiles/hotpatch-releases.yaml
    """


@command.command("import")
@click.argument("file", metavar="FILE")
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="YAML",
    help="Write to this file, such as profiles/hotpatch-releases.yaml; by default, print it.",
)
@click.option(
    "--check", is_flag=True, help="Write nothing; exit with code 1 if the copy has new releases."
)
@click.option("--as-of", default="", metavar="DATE", help="The date of the copy, if it names none.")
@options.update
@options.profiles
def import_page(
    file: str,
    output: str,
    check: bool,
    as_of: str,
    updates: tuple[str, ...],
    profiles_dir: str,
) -> int:
    """Read a saved copy of Microsoft's release information page for Windows Server (Markdown).

    gpogen writes what is new in the copy to hotpatch-releases.yaml, which calendar, check and
    train read. If gpogen does not understand a row, it reports the location and writes nothing.
    The page: https://learn.microsoft.com/windows/release-health/windows-server-release-info

    \b
    Examples:
      gpogen releases import page.md
      gpogen releases import page.md -o profiles/hotpatch-releases.yaml
      gpogen releases import page.md --check
    """
    from gpogen.cli import show
    from gpogen.profile.load import SUFFIXES
    from gpogen.releases import importing

    endings.check(output, SUFFIXES)
    found = importing.import_page(file, output, as_of, (profiles_dir,), updates)
    if found.problems:
        show.show_findings(found.problems, verbose=False, err=True)
        say(f"gpogen: {file}: gpogen does not understand it; nothing was written", err=True)
        return 1
    for line in found.sentences:
        say(line, err=True)
    if check:
        return int(found.has_news)
    pages.write(found.text.encode("utf-8"), output)
    return 0


@command.command("export")
@click.option("-o", "--output", default="-", metavar="FILE", help="Write to this file.")
@options.update
@options.profiles
def export(output: str, updates: tuple[str, ...], profiles_dir: str) -> int:
    """Write the release data for Install-Updates.ps1 -ReleaseData.

    The file has gpogen's own data and those of hotpatch-releases.yaml. With it, the script tells a
    baseline from an update that takes a machine off the hotpatch train.

    \b
    Examples:
      gpogen releases export -o releases.txt
    """
    from gpogen.artifacts.release_lines import release_file
    from gpogen.cli import show
    from gpogen.releases.known import read_knowledge
    from gpogen.rules.inputs import stale
    from gpogen.workspace.words import day_of

    endings.check(output, (".txt",))
    day = day_of("")
    knowledge, findings = read_knowledge((profiles_dir,), updates, day)
    show.show_findings((*findings, *stale(knowledge, day)), verbose=False, err=True)
    if any(item.severity.value == "error" for item in findings):
        say("gpogen: the release data have errors; nothing was written", err=True)
        return 1
    pages.write(release_file(knowledge), output)
    return 0
