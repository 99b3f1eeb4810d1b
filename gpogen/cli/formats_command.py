"""``gpogen formats``."""

from __future__ import annotations

import click

from gpogen.cli import options
from gpogen.terminal.plain import echo_json, say


@click.command("formats")
@options.form
def command(form: str) -> int:
    """List what gpogen writes and reads: the tool for each artifact, and its command.

    \b
    Examples:
      gpogen formats
      gpogen formats --format json
    """
    from dataclasses import asdict

    from gpogen.reports.formats import readable, written

    if form == "json":
        echo_json(
            {
                "written": [asdict(item) for item in written()],
                "read": [asdict(item) for item in readable()],
            }
        )
        return 0
    say("Artifacts that gpogen build writes (choose with outputs in the profile, or --only ID):")
    for item in written():
        say(f"  {item.id}: {item.title}, for {item.consumer}")
        if item.command:
            say(f"    {item.command}")
        if item.anywhere:
            say("    also for a profile with target: unspecified")
        if item.on_request:
            say(f"    only for a profile that names it under outputs: {item.on_request}")
        if item.unread:
            say(f"    write-only: {item.unread}")
    say("")
    say("Formats that gpogen show, diff and import read:")
    for read in readable():
        writes = f" (gpogen show --format {read.id} writes it)" if read.writes else ""
        say(f"  {read.id}: {read.title}{writes}")
    say("  backup, folder, samba: GPO backups, policy folders and samba-tool backups")
    say("  profile: a profile, compiled")
    return 0
