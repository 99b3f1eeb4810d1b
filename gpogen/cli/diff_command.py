"""``gpogen diff``."""

from __future__ import annotations

import click

from gpogen.cli import options
from gpogen.cli.plain import echo_json, say


@click.command("diff")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="For people, programs, or a pull request.",
)
@options.max_size
def command(old: str, new: str, form: str, max_size: int) -> int:
    """Compare two policies: profiles, GPO backups, .pol, Registry.xml, LGPO text, .reg files.

    Exit 0 when they are equal, 1 when they differ, 2 when one could not be read.

    \b
    Examples:
      gpogen diff profiles/web.yaml GpoBackups/{GUID}
      gpogen diff old/registry.pol new/registry.pol --format markdown
      gpogen diff profiles/web.yaml machine-export.reg
    """
    from gpogen.errors import ContentError, UsageError
    from gpogen.project import difference
    from gpogen.project.reading import read_input

    try:
        before = read_input(old, max_size=max_size)
        after = read_input(new, max_size=max_size)
    except ContentError as error:
        raise UsageError(str(error)) from None
    changes = difference.compare_policies(before, after)
    for line in difference.not_compared(before, after):
        say(f"gpogen: {line}", err=True)
    if form == "json":
        echo_json([difference.change_json(change) for change in changes])
    elif form == "markdown":
        for line in difference.markdown(changes, before.file, after.file):
            say(line)
    else:
        for change in changes:
            say(difference.change_text(change))
    return int(bool(changes))
