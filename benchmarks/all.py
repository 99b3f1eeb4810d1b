"""Every row of docs/performance.md in one run.

    python benchmarks/all.py --against PATH-TO-AN-OLDER-CHECKOUT

With --quick in a minute, on small inputs.
"""

from __future__ import annotations

import sys

import build
import check
import derived
import pol
import startup
import status


def main() -> int:
    """Run the benchmarks one after the other; return 1 when a goal is missed."""
    codes = []
    for module in (startup, check, derived, pol, status, build):
        codes.append(module.main())
        print(flush=True)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
