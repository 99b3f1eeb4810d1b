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
    help="The output format: for people, programs, or a pull request.",
)
@options.side
@options.max_size
def command(old: str, new: str, form: str, side: str | None, max_size: int) -> int:
    """Compare two policies: profiles, GPOs, or any files that gpogen formats lists.

    gpogen compares their effect on a machine: overridden records and the order of the others
    count only if they change the effect. For two GPOs it also compares disabled sides, the WMI
    filter, the extensions and all other files. The exit code is 0 if they are equal, 1 if they
    differ, and 2 if gpogen cannot read one of them.

    \b
    Examples:
      gpogen diff profiles/web.yaml GpoBackups/{GUID}
      gpogen diff old/registry.pol new/registry.pol --format markdown
      gpogen diff profiles/web.yaml machine-export.reg
    """
    from gpogen.errors import ContentError, UsageError
    from gpogen.interchange import difference
    from gpogen.interchange.compare_gpos import compare_gpos
    from gpogen.reading.read import read_input, side_for

    if side and not (side_for(old, side) or side_for(new, side)):
        raise UsageError("--side applies to a registry.pol (*.pol), and neither of the two is one")
    try:
        before = read_input(old, max_size=max_size, side=side_for(old, side))
        after = read_input(new, max_size=max_size, side=side_for(new, side))
    except ContentError as error:
        raise UsageError(str(error)) from None
    changes = difference.compare_policies(before, after)
    others = compare_gpos(before, after)
    for line in difference.not_compared(before, after):
        say(f"gpogen: {line}", err=True)
    if form == "json":
        rows = [difference.change_json(change) for change in changes]
        echo_json([*rows, *(change.as_json() for change in others)])
    elif form == "markdown":
        rows_of_gpos = [change.cells for change in others]
        for line in difference.markdown(changes, before.file, after.file, rows_of_gpos):
            say(line)
    else:
        for line in (*map(difference.change_text, changes), *(item.text for item in others)):
            say(line)
    return int(bool(changes or others))
