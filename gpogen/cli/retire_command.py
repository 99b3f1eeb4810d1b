"""``gpogen retire``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from gpogen.cli import endings, options
from gpogen.terminal import pages
from gpogen.terminal.plain import say


@click.command("retire")
@click.argument("profile", metavar="PROFILE")
@options.profiles
@click.option(
    "-o",
    "--output",
    default="",
    metavar="FILE",
    help="The new profile; - prints it. Default: <name>-retired.yaml in the folder of PROFILE.",
)
@click.option(
    "--remove-vbs",
    is_flag=True,
    help="Also delete the registry value that turns VBS on (no marketplace images).",
)
@click.option(
    "--remove-iso",
    is_flag=True,
    help="Also delete the values of the ISO preparation (only with image: iso).",
)
@click.option("--force", is_flag=True, help="Overwrite an existing profile.")
def command(
    profile: str, profiles_dir: str, output: str, remove_vbs: bool, remove_iso: bool, force: bool
) -> int:
    """Create a profile that brings machines back before you unlink a GPO.

    The new profile sets AUOptions 3 and NoAutoUpdate 0, as a fresh Windows Server has them, as
    preferences, which stay when its GPO is unlinked. Nobody has tested that: the steps in the new
    profile and in README.txt of PROFILE ask for a second Test report after you unlink the old GPO.
    It does not touch VBS and the values of an ISO preparation unless you use --remove-vbs or
    --remove-iso.

    gpogen refuses profiles for Azure VMs, and profiles whose updates something else installs, such
    as Azure Update Manager or Configuration Manager.

    \b
    Examples:
      gpogen retire profiles/azlocal-ws2022-core.yaml
      gpogen retire profiles/web.yaml --remove-vbs -o profiles/web-retired.yaml
    """
    from gpogen.errors import UsageError
    from gpogen.workspace.retire import retire

    endings.check(output, (".yaml",))
    made = retire(profile, profiles_dir, remove_vbs=remove_vbs, remove_iso=remove_iso)
    path = output or str(Path(profile).with_name(f"{made.name}.yaml"))
    if path != "-":
        if Path(path).stem != made.name:
            raise UsageError(f"-o {path}: the file name must be {made.name}.yaml")
        if os.path.lexists(path) and not force:
            raise UsageError(f"{path} already exists; use --force to overwrite it")
    pages.write(made.text.encode("utf-8"), path)
    if path != "-":
        say(f"{path} created; next: gpogen build {path}")
    return 0
