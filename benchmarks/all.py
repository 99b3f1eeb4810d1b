"""Every row of docs/performance.md in one run.

    python benchmarks/all.py --against PATH-TO-AN-OLDER-CHECKOUT > measured.md

What it prints is the section "What was measured" of that page. How long each part takes goes to
standard error: about ten minutes in all, or one with --quick, on small inputs.
"""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import build
import check
import derived
import pol
import startup
import status
from measure import options


def main() -> int:
    """Run the benchmarks one after the other; return 1 when a goal is missed."""
    asked = options(__doc__)
    print(_setting(asked.against), flush=True)
    codes = []
    for module in (startup, check, derived, pol, status, build):
        began = time.monotonic()
        print("\n```", flush=True)
        codes.append(module.main())
        print("```", flush=True)
        print(f"{module.__name__}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return max(codes)


def _setting(against: Path | None) -> str:
    """Say when and where this is, and what is compared."""
    today = datetime.datetime.now(datetime.UTC).date()
    machine = f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores"
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load not known"
    before = "" if against is None else f"\n`before` is {_commit(against)}."
    return f"On {today}, {machine}, {load} at the beginning.{before}"


def _commit(checkout: Path) -> str:
    """Name the commit of a checkout, or its folder where git does not tell."""
    command = ["git", "-C", str(checkout), "describe", "--always", "--dirty"]
    top = ["git", "-C", str(checkout), "rev-parse", "--show-toplevel"]
    found = subprocess.run(top, capture_output=True, text=True)
    if found.returncode or Path(found.stdout.strip()) != checkout:
        return f"the checkout {checkout.name}"
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
