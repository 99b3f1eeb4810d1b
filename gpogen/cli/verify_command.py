"""``gpogen verify``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gpogen.cli import options
from gpogen.terminal.plain import echo_json, say, say_folded

if TYPE_CHECKING:
    from gpogen.verify.row import FormatRow, Report


_STRUCTURE_ONLY = (
    "structure only: values not compared; verify the output folder, or name the profile with "
    "--profile"
)


@click.command("verify")
@click.argument("paths", nargs=-1, required=True, metavar="OUTDIR|BACKUP...")
@click.option(
    "--profile",
    default="",
    metavar="FILE",
    help="The profile to compare with; by default profiles/<name>.yaml, if it exists.",
)
@options.templates
@options.form
@options.max_size
def command(paths: tuple[str, ...], profile: str, templates: str, form: str, max_size: int) -> int:
    """Verify gpogen's output folders, or GPO backups from any tool.

    gpogen compares an output folder with its manifest.json, and every format in it with the
    other formats and with its profile. A signature at the end of a .ps1 file does not count as
    a change. gpogen checks that a backup has all that Import-GPO needs; it compares the values of a
    backup only with --profile. The exit code is 0 if
    there are no problems, 1 on a problem or a difference, and 2 if gpogen cannot read
    something.

    \b
    Examples:
      gpogen verify output/web output/db
      gpogen verify output/web --profile web.yaml
      gpogen verify GpoBackups/ --format json
    """
    from gpogen.artifacts.render.overriding import read_overrides, using
    from gpogen.errors import GpogenError
    from gpogen.text import plural
    from gpogen.verify.verify import verify_all

    reports: list[Report] = []
    unread = 0
    with using(read_overrides(templates) if templates else None):
        for found in verify_all(paths, profile, max_size=max_size):
            if isinstance(found, GpogenError):
                unread += 1
                say(f"gpogen: {found}", err=True)
                continue
            reports.append(found)
            if form == "text":
                _print(found)
    if form == "json":
        echo_json([_as_json(report) for report in reports])
    wrong = sum(not report.is_sound for report in reports)
    end = f"; {unread} not read" if unread else ""
    told = f"{wrong} with problems" if wrong else "no problems"
    if any(report.structure_only for report in reports):
        told += f"; {_STRUCTURE_ONLY}"
    checked = f"{plural(len(reports), 'folder')} checked: {told}" if reports else "nothing checked"
    say(f"{checked}{end}", err=True)
    return 2 if unread else int(bool(wrong))


def _print(report: Report) -> None:
    say(report.path)
    width = max((len(row.check) for row in report.rows), default=0)
    for row in report.rows:
        say_folded(f"  {row.state.value:<7}  {row.check:<{width}}  {row.text}", 13)
    if report.formats:
        wide = max(len(row.format) for row in report.formats)
        say(f"  {'format':<{wide}}  records  equal")
        for item in report.formats:
            count = "-" if item.records is None else str(item.records)
            say_folded(f"  {item.format:<{wide}}  {count:>7}  {_equal(item):<5}  {item.text}", 4)


def _equal(row: FormatRow) -> str:
    return "-" if row.equal is None else "yes" if row.equal else "NO"


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "path": report.path,
        "kind": report.kind,
        "ok": report.is_sound,
        "checks": [
            {"check": row.check, "state": row.state.value, "found": list(row.found)}
            for row in report.rows
        ],
        "formats": [
            {"format": row.format, "records": row.records, "equal": row.equal, "text": row.text}
            for row in report.formats
        ],
    }
