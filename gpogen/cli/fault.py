"""An internal fault: a log for us, one line for the user."""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback

from gpogen import __version__
from gpogen.terminal.plain import say

EXIT_CODE = 3


def report_fault() -> int:
    """Write the current exception to a log, print its path, and return the exit code."""
    text = (
        f"gpogen {__version__}\nPython {sys.version}\n{platform.platform()}\n"
        f"arguments: {sys.argv[1:]!r}\n\n{traceback.format_exc()}"
    )
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="gpogen-fault-", suffix=".log", delete=False, encoding="utf-8"
        ) as log:
            log.write(text)
        where = f"see {log.name}"
    except OSError:
        where = "gpogen could not write a log"
    say(f"gpogen: internal fault, a bug in gpogen itself; {where}", err=True)
    return EXIT_CODE
