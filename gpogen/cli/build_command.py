"""``gpogen build``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from gpogen.artifacts.all import MODULES
from gpogen.cli import options
from gpogen.terminal.plain import echo_json, say

if TYPE_CHECKING:
    from pathlib import Path

    from gpogen.finding import Finding
    from gpogen.rules.check import Checked
    from gpogen.workspace.build import Built, Outcome
    from gpogen.workspace.select import Selection


@click.command("build")
@options.paths
@options.profiles
@options.output
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(list(MODULES)),
    help="Write only this artifact; leave the others unchanged (repeatable).",
)
@click.option(
    "--check",
    "-n",
    "--dry-run",
    "compare",
    is_flag=True,
    help="Write nothing; show what would change, and exit with code 1 if anything would.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Write nothing on warnings and unproven facts, too, and exit with code 1.",
)
@options.templates
@click.option("--prune", is_flag=True, help="Remove output folders whose profile no longer exists.")
@options.form
@options.quiet
@options.verbose
def command(
    paths: tuple[str, ...],
    profiles_dir: str,
    output: str,
    only: tuple[str, ...],
    compare: bool,
    strict: bool,
    templates: str,
    prune: bool,
    form: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Write every artifact of each profile into OUTPUT/<name>.

    gpogen checks all profiles first. If one of them has an error, it writes nothing. With --strict,
    a warning or an unproven fact counts like an error, as in gpogen check --strict.

    \b
    Examples:
      gpogen build                                    every profile of ./profiles
      gpogen build profiles/azlocal-ws2022-core.yaml
      gpogen build --only gpo --only import-script
      gpogen build --check                            is ./output up to date?
      gpogen build --check --strict                   and free of warnings?
      gpogen build --templates my-templates           with templates of your own
      gpogen build --prune
    """
    from dataclasses import replace
    from pathlib import Path

    from gpogen.artifacts.render.overriding import read_overrides, using
    from gpogen.cli.show import left_out as lines_of
    from gpogen.errors import UsageError
    from gpogen.finding import Severity, in_order
    from gpogen.workspace.build import build, compare_build
    from gpogen.workspace.made import Batch
    from gpogen.workspace.select import select_each
    from gpogen.workspace.strict import unproven_findings

    if "-" in paths:
        raise click.UsageError("build does not read standard input; use files, or gpogen check -")
    if prune and (paths or compare):
        raise click.UsageError("--prune works only in a build of all profiles, without --check")
    folder, named = Path(output), _named(paths)
    refused: list[str] = []
    unproven: list[Finding] = []
    left_out: list[str] = []
    lacking: list[str] = []
    own = read_overrides(templates) if templates else None
    with using(own), closing(Batch(compared=folder if compare else None)) as batch:

        def use(item: Checked) -> None:
            if item.loaded.is_base and item.loaded.file in named:
                refused.append(item.loaded.file)
            unproven.extend(unproven_findings(item) if strict else ())
            if verbose:
                left_out.extend(lines_of(item))
            lacking.extend(() if quiet else _lacking(item, folder, only))
            batch.add(item)

        selection = select_each(use, paths, profiles_dir)
        selection = replace(selection, findings=in_order((*selection.findings, *unproven)))
        warned = strict and bool(selection.at_least(Severity.WARNING))
        code = max(selection.exit_code, int(bool(refused)), int(warned))
        _print_selection(selection, refused, code, quiet=quiet and not strict, verbose=verbose)
        if code:
            if form == "json":
                echo_json([])
            return code
        outcome = (
            compare_build(batch, selection, folder, only=only)
            if compare
            else build(batch, selection, folder, only=only, prune=prune)
        )
    _print_trouble(outcome)
    _say_all(lacking, err=True)
    if only and not outcome.errors and next(iter(outcome.built), None) is None:
        raise UsageError(f"--only {' --only '.join(only)}: no profile has a file for it")
    if form == "json":
        echo_json(_as_json(outcome))
    else:
        _print(outcome, compare=compare, quiet=quiet, verbose=verbose)
        _say_all(left_out)
    return max(outcome.exit_code, int(compare and _is_stale(outcome)))


def _lacking(item: Checked, folder: Path, only: Sequence[str]) -> list[str]:
    """Say what of a profile its folder does not hold."""
    from gpogen.verify.gaps import gaps

    if item.compiled is None or item.failed:
        return []
    where = (folder / item.compiled.header.name).as_posix()
    return [f"{where}: {gap}" for gap in gaps(item.compiled, only)]


def _say_all(lines: Iterable[str], *, err: bool = False) -> None:
    for line in lines:
        say(line, err=err)


def _is_stale(outcome: Outcome) -> bool:
    changed = any(item.difference and not item.version_only for item in outcome.built)
    return changed or bool(outcome.orphans)


def _named(paths: tuple[str, ...]) -> set[str]:
    from pathlib import Path

    from gpogen.profile.load import show as shown

    return {shown(Path(path)) for path in paths}


def _print_selection(
    selection: Selection, refused: Sequence[str], code: int, *, quiet: bool, verbose: bool
) -> None:
    """Print what is to be said about the profiles, and that nothing is built where it is so."""
    from gpogen.cli import show

    show.show_errors(selection)
    show.show_findings(_worth(selection, quiet), verbose=verbose, err=True)
    for file in refused:
        say(f"{file}: a base (no target), which gpogen never builds", err=True)
    if code:
        say(f"{show.summary(selection)}; nothing was written", err=True)


def _print_trouble(outcome: Outcome) -> None:
    for error in outcome.errors:
        say(f"gpogen: {error}", err=True)
    for told in outcome.remains:
        advice = "left by an interrupted run; remove it if you need nothing in it"
        say(f"gpogen: {told}: {advice}", err=True)


def _worth(selection: Selection, quiet: bool) -> list[Any]:
    from gpogen.finding import Severity

    return [
        item
        for item in selection.findings
        if item.severity is Severity.ERROR or (not quiet and item.severity is Severity.WARNING)
    ]


def _as_json(outcome: Outcome) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "name": item.name,
            "folder": item.folder.as_posix(),
            "files": list(item.files),
            "added": list(item.difference.added),
            "changed": list(item.difference.changed),
            "removed": list(item.difference.removed),
            "version_only": item.version_only,
        }
        for item in outcome.built
    ]
    rows += [
        {"name": folder.name, "folder": folder.as_posix(), "orphan": True, "pruned": pruned}
        for pruned, folders in ((True, outcome.pruned), (False, outcome.orphans))
        for folder in folders
    ]
    return rows


def _print(outcome: Outcome, *, compare: bool, quiet: bool, verbose: bool) -> None:
    from gpogen.text import plural

    built = 0
    for item in outcome.built:
        built += 1
        if not quiet or (compare and item.difference and not item.version_only):
            say(f"{item.folder.as_posix()}: {_state(item, compare=compare)}")
        _print_files(item, compare=compare, verbose=verbose and not quiet)
        if item.old_revision and not quiet:
            told = f"the profile has changed since revision {item.old_revision} was built"
            say(f"{item.folder.as_posix()}: {told}; set a higher revision.number", err=True)
    for folder in outcome.pruned:
        say(f"{folder.as_posix()}: its profile no longer exists; removed")
    for folder in outcome.orphans:
        advice = "remove it with: gpogen build --prune"
        say(f"{folder.as_posix()}: its profile no longer exists; {advice}", err=True)
    if not quiet and not compare:
        say(f"{plural(built, 'profile')} built", err=True)


def _state(item: Built, *, compare: bool) -> str:
    from gpogen.text import plural

    if not item.difference:
        return f"{plural(len(item.files), 'file')}, unchanged"
    if item.version_only:
        return "only gpogen's version differs (note)"
    counts = [
        f"{len(names)} {word}"
        for word, names in (
            ("added", item.difference.added),
            ("changed", item.difference.changed),
            ("removed", item.difference.removed),
        )
        if names
    ]
    return f"{'stale' if compare else plural(len(item.files), 'file')}: {', '.join(counts)}"


def _print_files(item: Built, *, compare: bool, verbose: bool) -> None:
    if not verbose and not (compare and item.difference and not item.version_only):
        return
    for sign, names in (
        ("+", item.difference.added),
        ("~", item.difference.changed),
        ("-", item.difference.removed),
    ):
        for name in names:
            say(f"  {sign} {name}")
