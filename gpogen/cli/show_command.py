"""``gpogen show``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from gpogen.cli import options
from gpogen.formats.all import FORMATS
from gpogen.terminal.plain import echo_json, json_text, put, put_part, say, say_folded

if TYPE_CHECKING:
    from gpogen.reading.definitions import Definitions
    from gpogen.reading.read import Reading

_PART = 500
"""So many records are printed at once."""
_WRITTEN = tuple(kind for kind, known in FORMATS.items() if known.writes)


@click.command("show")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "json", "yaml", *_WRITTEN)),
    default="table",
    show_default=True,
    help="The output format: for people, for programs, or another policy format.",
)
@click.option(
    "--admx",
    metavar="DIR",
    help="Prefer the policy names of the ADMX files in this PolicyDefinitions folder.",
)
@options.side
@options.max_size
def command(
    files: tuple[str, ...], form: str, admx: str | None, side: str | None, max_size: int
) -> int:
    """Show the records of a policy file, GPO or profile; gpogen formats lists the formats.

    A GPO is a backup, a folder of SYSVOL or of a machine, or a samba-tool backup: gpogen also
    shows its name, sides, WMI filter, extensions, and what else it has. With --format json, a
    file gives a list, a GPO gives an object, and several of them give JSON Lines. If gpogen
    cannot read one of several, it shows the others, and the exit code is 2. The table
    shows the display name of the ADMX policy next to each value that gpogen, or --admx, knows,
    and marks overridden records.

    \b
    Examples:
      gpogen show Machine/Registry.pol
      gpogen show --format json GpoBackups/
      gpogen show --format reg output/web/machine/registry.pol > web.reg
      gpogen show --admx C:\\Windows\\PolicyDefinitions Machine/Registry.pol
      cat registry.pol | gpogen show -
    """
    from gpogen.errors import GpogenError, UsageError
    from gpogen.policy.types import side_of
    from gpogen.reading.read import passed_over, read_all

    single = len(files) == 1 and _count(files[0]) == 1
    if form in _WRITTEN and not single:
        raise UsageError(f"--format {form} writes a single file: name a single file or GPO")
    definitions = _definitions(admx, max_size)
    code = 2 if definitions and definitions.errors else 0
    for line in passed_over(files):
        say(f"gpogen: {line}", err=True)
    for found in read_all(files, max_size=max_size, side=side_of(side)):
        if isinstance(found, GpogenError):
            code = max(code, 2)
            _print_error(found, form, single=single)
        else:
            _print(found, form, definitions, single=single)
    return code


def _definitions(folder: str | None, max_size: int) -> Definitions | None:
    if folder is None:
        return None
    from gpogen.reading.definitions import read_definitions

    found = read_definitions(folder, max_size=max_size)
    for error in found.errors:
        say(f"gpogen: {error}", err=True)
    return found


def _count(path: str) -> int:
    from gpogen.errors import GpogenError
    from gpogen.reading.read import inputs

    try:
        return len(inputs(path))
    except (GpogenError, OSError):
        return 1


def _print_error(error: Exception, form: str, *, single: bool) -> None:
    say(f"gpogen: {error}", err=True)
    if form == "json" and not single:
        file, _, text = str(error).partition(": ")
        offset = getattr(error, "offset", None)
        echo_json({"file": file, "error": text, "offset": offset}, indent=None)


def _print(found: Reading, form: str, definitions: Definitions | None, *, single: bool) -> None:
    from gpogen.interchange import showing
    from gpogen.reading.judging import contradiction_texts

    if form in ("json", "yaml"):
        from gpogen.policy.outcome import stands

        marked = zip(found.items, stands(found.items), strict=True)
        rows = (showing.item_json(item, stands=stand) for item, stand in marked)
        texts = _json_texts if form == "json" else _yaml_texts
        head = showing.head_json(found, single=single)
        for part in _joined(texts(rows, head, lines=not single)):
            put_part(part)
    elif form == "table":
        if not single:
            say(f"== {found.file}{f' ({found.title})' if found.title else ''}")
        for line in (*showing.gpo_lines(found), *showing.table(found.items, definitions)):
            say_folded(line, 6)
    else:
        _print_format(found, form)
    for line in contradiction_texts(found):
        say(f"gpogen: {found.file}: {line}", err=True)
    for part in found.not_shown:
        say(f"gpogen: {found.file}: not shown: {part}", err=True)


def _joined(texts: Iterator[str]) -> Iterator[str]:
    """Join many short texts to fewer long ones; never all of them are in memory."""
    while part := "".join(islice(texts, _PART)):
        yield part


def _json_texts(
    rows: Iterator[dict[str, Any]], head: dict[str, Any], *, lines: bool
) -> Iterator[str]:
    """Yield a list, or an object with what the head says, in one line or in several."""
    one_line = json_text({**head, "policy": []}, indent=None).removesuffix("]}")
    opened = one_line if head else "["
    between, end = (", ", "]}\n") if lines else (",", "]}\n" if head else "]\n")
    before = opened
    for row in rows:
        text = json_text(row, indent=None if lines else 2)
        # No text of JSON holds a line end, so this indents lines alone.
        yield before + (text if lines else "\n  " + text.replace("\n", "\n  "))
        before = between
    close = "" if lines or before == opened else "\n"
    yield (opened if before == opened else "") + close + end


def _yaml_texts(
    rows: Iterator[dict[str, Any]], head: dict[str, Any], *, lines: bool
) -> Iterator[str]:
    """Yield one document; ``lines`` tells whether others follow."""
    from gpogen.interchange.showing import as_yaml

    if head:
        yield as_yaml(head, several=lines) + "policy:"
    before = "\n" if head else ""
    empty = " []\n" if head else "[]\n"
    for row in rows:
        yield before + as_yaml([row], several=False)
        before = empty = ""
    yield empty


def _print_format(found: Reading, form: str) -> None:
    from gpogen.formats.all import load

    codec = load(form)
    assert codec.write is not None
    for loss in codec.losses(found.records):
        say(f"gpogen: {found.file}: left out: {loss}", err=True)
    put(codec.write(found.records))
