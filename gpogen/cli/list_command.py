"""``gpogen list``."""

from __future__ import annotations

import click

from gpogen.cli import options
from gpogen.cli.plain import echo_json, say


@click.command("list")
@options.paths
@options.profiles
@options.form
@click.option("-q", "--quiet", is_flag=True, help="Print names only.")
@options.verbose
@click.option("--shipped", is_flag=True, help="Those that come with gpogen.")
def command(
    paths: tuple[str, ...],
    profiles_dir: str,
    form: str,
    quiet: bool,
    verbose: bool,
    shipped: bool,
) -> int:
    """List profiles: platform, system, who orchestrates, what each sets.

    \b
    Examples:
      gpogen list
      gpogen list --shipped
      gpogen list --format json
    """
    from gpogen.cli import show
    from gpogen.project.overview import overview
    from gpogen.project.select import select, select_shipped

    if shipped and paths:
        raise click.UsageError("--shipped lists gpogen's own profiles: name none")
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
        say(f"{row.name:<{width}}  {row.line(verbose=verbose)}")
    if selection.exit_code:
        say(f"{show.summary(selection)} (see: gpogen check)", err=True)
    return selection.exit_code
