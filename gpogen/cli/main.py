"""The ``gpogen`` command: finds its subcommands lazily, and turns errors into exit codes."""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import os
import sys
from collections.abc import Iterable, Mapping
from typing import NoReturn

import click

from gpogen import __version__
from gpogen.cli import options
from gpogen.terminal import color

COMMANDS: Mapping[str, str] = {
    "build": "Write the artifacts of profiles.",
    "check": "Check profiles or GPOs, and write nothing.",
    "list": "List profiles, and what each profile sets.",
    "explain": "Explain rules, settings, images, platforms and facts.",
    "show": "Show the records of a policy file.",
    "diff": "Compare two policies or profiles.",
    "verify": "Verify output folders or GPO backups.",
    "import": "Create a profile from an existing policy.",
    "retire": "Create a profile that brings machines back.",
    "calendar": "Show which months need a restart, and when profiles install.",
    "forecast": "Forecast how many restart windows to reserve.",
    "train": "Show whether machines are on the hotpatch train.",
    "status": "Show the status of many machines by their audit reports.",
    "readiness": "Write a script that checks whether machines are ready for hotpatch.",
    "releases": "Update the release data.",
    "templates": "List the templates that --templates can replace.",
    "formats": "List the formats that gpogen writes and reads.",
    "platforms": "Show the supported systems, and the steps on Azure.",
    "help": "Show the documentation of a topic, such as rings or exit-codes.",
}
"""Every command with its one line of help, so that ``--help`` imports none of them."""

EXIT_CODES = """\b
Exit codes:
  0    done
  1    problems or differences found
  2    wrong usage, or a file that gpogen cannot read
  3    internal fault (gpogen prints the path of its log)
  130  interrupted
  141  another program closed the output before gpogen had written all of it
"""
READER_GONE = 141
"""What a shell reports of a program that ends by SIGPIPE: 128 and the signal's number, 13."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"gpogen.cli.{cmd_name}_command")
        command: click.Command = module.command
        if not any(item.name == "color" for item in command.params):
            command.params.append(color.option())
        options.refuse_empty(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, and name the nearest when there is none."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            ctx.fail(f"unknown command {args[0]!r}.{hint} Commands: {', '.join(COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(
    __version__, "-V", "--version", prog_name="gpogen", message="%(prog)s %(version)s"
)
def main() -> None:
    """Build Group Policy and PowerShell files for Windows hotpatch fleets from YAML profiles.

    \b
    Examples:
      gpogen check                                   every profile of ./profiles
      gpogen build                                   into ./output
      gpogen build profiles/azlocal-ws2022-core.yaml
      gpogen list --shipped                          the profiles that come with gpogen
    """


main.params.append(color.option())


def run(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and end the process with its exit code."""
    # What a command reads it keeps to its end, so that looking for cycles in it again and again
    # finds nothing: with Python's own threshold that takes a quarter of a diff of large files.
    gc.set_threshold(100_000, 20, 20)
    # No package that happens to be installed beside gpogen has a say in what a profile may be;
    # searching all of them for one takes 3 % of a check.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    code = _run(arguments)
    gc.freeze()  # The process ends: Python need not search all that is left for cycles, either.
    sys.exit(code)


def _run(arguments: list[str] | None) -> int:
    from gpogen.errors import GpogenError
    from gpogen.terminal.plain import say, show_usage_error

    _write_anything()
    try:
        result = main.main(arguments, prog_name="gpogen", standalone_mode=False)
        if sys.stdout is not None:  # None when it was closed before we began
            sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except SystemExit:
        # Only so does click end when the reader of our output has gone; it has silenced stdout.
        return READER_GONE
    except click.ClickException as error:
        show_usage_error(error)
        return 2
    except GpogenError as error:
        _say_all(error.messages)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        say("gpogen: interrupted", err=True)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone; leave nothing for Python to flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except OSError as error:
        with contextlib.suppress(OSError):  # It can be standard error that is full.
            say(f"gpogen: {_reason(error)}", err=True)
        return 2
    except (MemoryError, RecursionError):
        say("gpogen: the input is too large or too deeply nested for this machine", err=True)
        return 2
    except Exception:
        from gpogen.cli.fault import report_fault

        return report_fault()


def _say_all(messages: Iterable[str]) -> None:
    from gpogen.terminal.plain import say

    for message in messages:
        say(f"gpogen: {message}", err=True)


def _write_anything() -> None:
    """Let no character stop the output where the terminal's code page lacks it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _reason(error: OSError) -> str:
    name = "" if error.filename is None else f"{error.filename}: "
    return f"{name}{error.strerror or error}"
