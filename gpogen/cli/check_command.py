"""``gpogen check``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gpogen.catalog.platforms import orchestrations
from gpogen.cli import options
from gpogen.terminal.plain import echo_json, put, say, say_annotation, say_folded

if TYPE_CHECKING:
    from gpogen.finding import Finding
    from gpogen.workspace.select import Selection

FORMATS = ("text", "json", "sarif", "github", "junit")
_WHO = tuple(orchestrations())


@click.command("check")
@options.paths
@options.profiles
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help=(
        "The output format: for people, programs, code scanning, GitHub annotations, or test "
        "results."
    ),
)
@click.option(
    "--severity",
    type=click.Choice(["error", "warning", "info"]),
    default="info",
    show_default=True,
    help="The lowest severity to show.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Exit with code 1 on warnings, too, and warn about unproven facts.",
)
@click.option(
    "--target",
    default="",
    metavar="PLATFORM,OS",
    help="For GPO backups and .pol files: the machines to check them for.",
)
@click.option(
    "--installed-by",
    default=None,
    metavar="WHO",
    type=click.Choice(_WHO),
    help="For GPO backups and .pol files: what installs updates on the machines, as a value of "
    "orchestration such as configmgr or group-policy.",
)
@options.side
@options.today
@options.quiet
@options.verbose
def command(
    paths: tuple[str, ...],
    profiles_dir: str,
    form: str,
    severity: str,
    strict: bool,
    target: str,
    installed_by: str | None,
    side: str | None,
    today: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Check profiles as gpogen build does, and write nothing.

    gpogen also checks a GPO (a backup, a folder of SYSVOL or of a machine, a samba-tool
    backup), a folder of GPOs, or a .pol file: it reports what would break hotpatch on the
    machines of --target, and which parts of the GPO it does not check. In a .pol file, a
    location is the number of the record. If the GPO does not install updates, name what
    installs the updates with --installed-by.

    \b
    Examples:
      gpogen check                          every profile of ./profiles
      gpogen check web.yaml db.yaml
      gpogen check - < web.yaml             from standard input
      gpogen check --strict --severity warning
      gpogen check GpoBackups/ --target azure-arc,windows-server-2025-standard
      gpogen check old.pol --installed-by configmgr
      gpogen check --format sarif > gpogen.sarif
      gpogen check --today 2026-11-24       also what depends on the date (not in the exit code)
    """
    from gpogen.cli import show
    from gpogen.finding import Severity, has_error, in_order
    from gpogen.policy.types import side_of
    from gpogen.workspace.select import select
    from gpogen.workspace.strict import judge_strictly
    from gpogen.workspace.target import parse_target

    machines = parse_target(target, installed_by or "")
    compiled = verbose or bool(today)
    selection = select(paths, profiles_dir, foreign=machines, side=side_of(side), compiled=compiled)
    if strict:
        selection = judge_strictly(selection)
    show.show_errors(selection)
    for line in selection.notes if not quiet else ():
        say(f"gpogen: {line}", err=True)
    if selection.gpos and not target and not quiet:
        say(
            "checked without a target: gpogen skips what depends on the platform or the system "
            "(use --target PLATFORM,OS)",
            err=True,
        )
    lowest = Severity.ERROR if quiet else Severity(severity)
    shown = selection.at_least(lowest)
    wrong = 0
    if today:
        from gpogen.workspace.today import findings_of

        told = findings_of(selection, today, profiles_dir)
        wrong = int(has_error(told))
        shown = in_order((*shown, *(item for item in told if item.severity.rank <= lowest.rank)))
    if form == "junit":
        _print_junit(selection, shown, strict=strict)
    else:
        _print(selection, shown, form, verbose=verbose)
    if not quiet and form == "text":
        say(show.summary(selection, silenced=True), err=True)
        if not strict and (facts := show.unproven(selection)):
            say_folded(facts, 4, err=True)
    warned = strict and bool(selection.at_least(Severity.WARNING))
    return max(selection.exit_code, int(warned), wrong)


def _print(selection: Selection, shown: tuple[Finding, ...], form: str, *, verbose: bool) -> None:
    from gpogen.cli import show

    if form == "json":
        from gpogen.reports.findings import finding_json

        echo_json([finding_json(item) for item in shown])
    elif form == "sarif":
        from gpogen.reports.sarif import sarif

        echo_json(sarif(shown, [a for item in selection.profiles for a in item.allowed]))
    elif form == "github":
        from gpogen.reports.github import commands

        for line in commands(shown, selection.profiles):
            say_annotation(line)
    else:
        show.show_findings(shown, verbose=verbose)
        if verbose:
            show.show_overridden(selection.profiles)
            for item in selection.profiles:
                for line in show.left_out(item):
                    say(line)
            show.show_allowed(selection.profiles)


def _print_junit(selection: Selection, shown: tuple[Finding, ...], *, strict: bool) -> None:
    from gpogen.reports.junit import junit

    files = [item.loaded.file for item in selection.profiles]
    if not any(item.at is not None for item in shown):
        files += selection.others
    errors = [str(error) for error in selection.errors]
    put(junit(shown, files, errors=errors, strict=strict))
