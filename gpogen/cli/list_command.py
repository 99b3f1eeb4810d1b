"""``gpogen list``."""

from __future__ import annotations

import click

from gpogen.cli import options
from gpogen.terminal.plain import echo_json, page, say, say_folded


@click.command("list")
@options.paths
@options.profiles
@options.form
@click.option("-q", "--quiet", is_flag=True, help="Print names only.")
@options.verbose
@click.option(
    "--shipped",
    is_flag=True,
    help="List the profiles that come with gpogen; with names, print these profiles.",
)
def command(
    paths: tuple[str, ...],
    profiles_dir: str,
    form: str,
    quiet: bool,
    verbose: bool,
    shipped: bool,
) -> int:
    """List profiles with platform, system, orchestration, and what each profile sets.

    \b
    Examples:
      gpogen list
      gpogen list --shipped
      gpogen list --shipped azlocal-ws2025-core
      gpogen list --format json
    """
    from gpogen.cli import show
    from gpogen.reports.overview import overview
    from gpogen.workspace.select import select, select_shipped, shipped_texts

    if shipped and paths:
        texts = shipped_texts(paths)
        if form == "json":
            echo_json([{"name": name, "text": text} for name, text in texts.items()])
            return 0
        for number, text in enumerate(texts.values()):
            if number:
                say("---")
            page(text)
        return 0
    selection = select_shipped() if shipped else select(paths, profiles_dir)
    show.show_errors(selection)
    rows = [overview(item) for item in selection.profiles]
    if form == "json":
        echo_json([row.as_json() for row in rows])
        return selection.exit_code
    if quiet:
        for row in rows:
            say(row.name)
        return selection.exit_code
    width = max((len(row.name) for row in rows), default=0)
    for row in rows:
        say_folded(f"{row.name:<{width}}  {row.line(verbose=verbose)}", 4)
    if selection.exit_code:
        say(f"{show.summary(selection)} (see: gpogen check)", err=True)
    return selection.exit_code
