"""``gpogen import``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gpogen.cli import options
from gpogen.terminal import pages
from gpogen.terminal.plain import say

if TYPE_CHECKING:
    from gpogen.interchange.importing.compose import Imported, Wanted


@click.command("import")
@click.argument("file", metavar="FILE")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="PROFILE",
    help="The new profile, such as profiles/web.yaml; - prints it.",
)
@click.option("--name", metavar="NAME", help="The profile's name, if you use -o -.")
@click.option("--platform", metavar="WORD", help="target.platform, such as azure-arc.")
@click.option(
    "--os", "os_word", metavar="WORD", help="target.os, such as windows-server-2025-standard."
)
@click.option("--installation", metavar="WORD", help="target.installation: core, desktop, or both.")
@click.option("--role", metavar="WORD", help="target.role, such as member.")
@click.option("--image", metavar="SKU", help="target.image: an SKU, or iso.")
@click.option(
    "--orchestration", metavar="WORD", help="What installs updates, such as group-policy."
)
@click.option("--force", is_flag=True, help="Overwrite an existing profile.")
@click.option(
    "--strict", is_flag=True, help="Exit with code 1 if the profile does not keep everything."
)
@options.side
@options.max_size
def command(
    file: str,
    output: str,
    name: str | None,
    force: bool,
    strict: bool,
    side: str | None,
    max_size: int,
    orchestration: str | None,
    **target: str | None,
) -> int:
    """Create a profile from a GPO, or from any file that gpogen formats lists.

    With --platform, --os and --orchestration, settings of Windows Update and VBS become profile
    keys. Without these options the target is unspecified, and the profile has policies and
    registry values only. gpogen compiles the new profile and compares it with the file before
    it writes the profile. It reports what a profile cannot express, such as the WMI filter and
    other parts of a GPO, and adds a comment at the end of the profile.

    \b
    Examples:
      gpogen import GpoBackups/{GUID} -o profiles/web.yaml --platform azure-arc \\
        --os windows-server-2025-standard --orchestration group-policy
      gpogen import Machine/Registry.pol -o profiles/old.yaml
      gpogen import export.reg -o - --name old
    """
    from gpogen.interchange.importing.compose import import_policy
    from gpogen.policy.types import side_of
    from gpogen.reading.read import read_input

    wanted = _wanted(output, name, orchestration, target)
    _refuse(file, output, force=force)
    found = read_input(file, max_size=max_size, side=side_of(side))
    made = import_policy(found, wanted, max_size)
    pages.write(made.text.encode("utf-8"), output)
    if not found.items:
        say(f"gpogen: {file}: it has no registry settings; the profile is empty", err=True)
    _report(file, made)
    return int(strict and bool(made.reports))


def _wanted(
    output: str, name: str | None, orchestration: str | None, target: dict[str, str | None]
) -> Wanted:
    from gpogen.errors import UsageError
    from gpogen.interchange.importing.compose import Wanted

    stem = "imported" if output == "-" else Path(output).stem
    if name is not None and output != "-" and name != stem:
        raise UsageError(f"--name {name}: the name of a profile must match its file name, {stem!r}")
    words = {"os" if key == "os_word" else key: word for key, word in target.items() if word}
    if not words and not orchestration:
        return Wanted(name=name or stem, target={})
    for key in ("platform", "os"):
        if key not in words:
            raise UsageError(
                f"--{key} is missing: use --platform, --os and --orchestration together"
            )
    if not orchestration:
        raise UsageError("--orchestration is missing: name what installs the updates")
    order = ("platform", "os", "installation", "role", "image")
    named = {key: words[key] for key in order if key in words}
    return Wanted(name=name or stem, target=named, orchestration=orchestration)


def _refuse(file: str, output: str, *, force: bool) -> None:
    """Refuse what would be a surprise, before anything is read."""
    from gpogen.errors import UsageError
    from gpogen.profile.load import STDIN, SUFFIXES

    if output == STDIN:
        return
    if not output.endswith(SUFFIXES):
        raise UsageError(
            f"{output}: the file name of a profile must end with {' or '.join(SUFFIXES)}"
        )
    if os.path.lexists(output) and not force:  # A link to nothing, too, leads somewhere.
        raise UsageError(f"{output} already exists; use --force to overwrite it")
    if Path(output).exists() and Path(file).exists() and Path(output).samefile(file):
        raise UsageError(f"{output} is the imported file; choose another name")


def _report(file: str, made: Imported) -> None:
    from gpogen.finding import Severity

    for line in made.reports:
        say(f"gpogen: {file}: {line}", err=True)
    order = list(Severity)
    for item in sorted(made.findings, key=lambda one: order.index(one.severity)):
        if item.severity is not Severity.INFO:
            word = item.severity.value
            say(f"gpogen: gpogen check reports: {word} {item.id}: {item.message}", err=True)
