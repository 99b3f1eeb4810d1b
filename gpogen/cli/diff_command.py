"""``gpogen diff``."""

from __future__ import annotations

import click

from gpogen.cli import options
from gpogen.terminal.plain import echo_json, say


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

    If A is a profile, B can be an audit report of Test-<Name>.ps1 -AsJson: gpogen lists each
    requirement that the machine does not meet, with the line of the profile. A requirement that
    is unknown in the report counts as a difference.

    \b
    Examples:
      gpogen diff profiles/web.yaml GpoBackups/{GUID}
      gpogen diff old/registry.pol new/registry.pol --format markdown
      gpogen diff profiles/web.yaml machine-export.reg
      gpogen diff profiles/web.yaml WEB-01.json
    """
    from gpogen.errors import ContentError, UsageError
    from gpogen.fleet.drift import is_report
    from gpogen.interchange import difference
    from gpogen.interchange.compare_gpos import compare_gpos
    from gpogen.reading.read import read_input, side_for

    if is_report(old) or is_report(new):
        return _drift(old, new, form)
    if side and not (side_for(old, side) or side_for(new, side)):
        raise UsageError(
            "--side applies to a registry.pol (*.pol), but neither of the files is one"
        )
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


def _drift(profile: str, path: str, form: str) -> int:
    """Compare a profile with a machine's audit report."""
    from pathlib import Path

    from gpogen.errors import UsageError
    from gpogen.fleet.drift import compare, is_report, report_of
    from gpogen.profile.load import SUFFIXES
    from gpogen.reports import drift
    from gpogen.verify.verify import compile_profile

    if not is_report(path) or Path(profile).suffix not in SUFFIXES:
        raise UsageError(
            "an audit report is compared with a profile (*.yaml), which comes first: "
            "gpogen diff PROFILE REPORT"
        )
    report = report_of(path)
    found = compare(compile_profile(Path(profile)), report)
    for note in found.notes:
        say(f"gpogen: {path}: {note}", err=True)
    if form == "json":
        echo_json([drift.as_json(item) for item in found.drifts])
    elif form == "markdown":
        for line in drift.markdown(found.drifts, report["machine"]["name"]):
            say(line)
    else:
        for item in found.drifts:
            say(drift.text(item))
    return int(bool(found.drifts))
