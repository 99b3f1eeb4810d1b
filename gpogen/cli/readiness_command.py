"""``gpogen readiness``."""

from __future__ import annotations

import click

from gpogen.cli import endings
from gpogen.terminal import pages


@click.command("readiness")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help="The script to write, such as Test-HotpatchReadiness.ps1.",
)
def command(output: str) -> int:
    """Write Test-HotpatchReadiness.ps1: a first look at machines, without a profile.

    The script changes nothing. It checks whether a machine can get hotpatches (edition, build,
    UEFI, Secure Boot, VBS running, Arc agent, update service) and whether it is on the hotpatch
    train. Its report has the same schema as that of the profiles' Test-<Name>.ps1; gpogen help
    audit says how to run it on many machines.

    \b
    Examples:
      gpogen readiness -o Test-HotpatchReadiness.ps1
    """
    from gpogen.artifacts.powershell_test import readiness_script

    if output == "-":
        raise click.UsageError("readiness writes a file: -o Test-HotpatchReadiness.ps1")
    endings.check(output, (".ps1",))
    pages.write(readiness_script(), output)
    return 0
