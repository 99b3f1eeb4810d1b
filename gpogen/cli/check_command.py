"""``gpogen check``."""

from __future__ import annotations

import click

from gpogen.cli import options


@click.command("check")
@options.paths
@options.profiles
@options.form
@options.quiet
@options.verbose
def command(
    paths: tuple[str, ...], profiles_dir: str, form: str, quiet: bool, verbose: bool
) -> int:
    """Read and check profiles, as build does; write nothing.

    \b
    Examples:
      gpogen check                          every profile of ./profiles
      gpogen check web.yaml db.yaml
      gpogen check - < web.yaml             from standard input
      gpogen check --format json
    """
    from gpogen.cli import show
    from gpogen.finding import Severity
    from gpogen.project.select import select

    selection = select(paths, profiles_dir)
    show.show_errors(selection)
    if form == "json":
        show.echo_json([show.finding_json(item) for item in selection.findings])
        return selection.exit_code
    shown = [item for item in selection.findings if not quiet or item.severity is Severity.ERROR]
    show.show_findings(shown, verbose=verbose)
    if verbose:
        show.show_left_out(selection.profiles)
    if not quiet:
        click.echo(show.summary(selection), err=True)
    return selection.exit_code
