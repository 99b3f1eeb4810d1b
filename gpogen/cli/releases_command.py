"""``gpogen releases``."""

from __future__ import annotations

import click

from gpogen.cli import options, pages
from gpogen.cli.plain import say


@click.group("releases")
def command() -> None:
    """Bring the release data up to date.

    \b
    Examples:
      gpogen releases import windows-server-release-info.md
      gpogen releases import page.md -o profiles/hotpatch-releases.yaml
    """


@command.command("import")
@click.argument("file", metavar="FILE")
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="YAML",
    help="Write there, such as profiles/hotpatch-releases.yaml; by default it is printed.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where the copy has news.")
@click.option(
    "--as-of", default="", metavar="DATE", help="The day of the copy, where it names none."
)
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

    What the copy says and nobody knows yet is written as hotpatch-releases.yaml, which calendar,
    check and train read. A row that is not understood is told with its place, and nothing is
    written. The page: https://learn.microsoft.com/windows/release-health/windows-server-release-info

    \b
    Examples:
      gpogen releases import page.md
      gpogen releases import page.md -o profiles/hotpatch-releases.yaml
      gpogen releases import page.md --check
    """
    from gpogen.cli import show
    from gpogen.releases import importing

    found = importing.import_page(file, output, as_of, (profiles_dir,), updates)
    if found.problems:
        show.show_findings(found.problems, verbose=False, err=True)
        say(f"gpogen: {file}: not understood; nothing was written", err=True)
        return 1
    for line in found.sentences:
        say(line, err=True)
    if check:
        return int(found.has_news)
    pages.write(found.text.encode("utf-8"), output)
    return 0
