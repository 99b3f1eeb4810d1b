"""``python -m fuzz``: run fuzz targets, or read saved inputs again."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fuzz import guided, runner
from fuzz.findings import Findings
from fuzz.target import MODULES, load

_KEPT = Path(".fuzz")


def main() -> int:
    """Run what the command line asks for; return 1 when anything went wrong."""
    asked = _arguments()
    names = list(MODULES) if asked.target == "all" else [asked.target]
    if asked.atheris:
        if len(names) > 1:
            sys.exit("fuzz: --atheris runs one target, because libFuzzer ends the process")
        if not guided.is_available():
            sys.exit("fuzz: atheris is not installed: pip install atheris")
        seconds = int(asked.seconds or 0)
        folder = _KEPT / asked.target
        guided.run(asked.target, runs=asked.runs, seed=asked.seed, seconds=seconds, crashes=folder)
    return max(_run(name, asked) for name in names)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m fuzz",
        description="Runs fuzz targets. An input that fails is written to .fuzz/TARGET/.",
    )
    parser.add_argument("target", choices=[*MODULES, "all"], help="what to run")
    parser.add_argument("inputs", nargs="*", type=Path, help="read these files instead")
    parser.add_argument("--runs", type=int, default=10_000, help="executions (10000)")
    parser.add_argument("--seed", type=int, default=1, help="decides every input (1)")
    parser.add_argument("--seconds", type=float, default=None, help="end each target earlier")
    parser.add_argument(
        "--measure",
        type=int,
        default=1024,
        help="count work and memory of every input by this number (1024)",
    )
    parser.add_argument("--atheris", action="store_true", help="be led by coverage")
    return parser.parse_args()


def _run(name: str, asked: argparse.Namespace) -> int:
    target = load(name)
    findings = Findings(folder=None if asked.inputs else _KEPT / name)
    if asked.inputs:
        for path in asked.inputs:
            findings.run(target.check, path.read_bytes())
        print(f"{name}: {len(asked.inputs)} inputs read")
    else:
        done = runner.run(
            target,
            findings,
            runs=asked.runs,
            seed=asked.seed,
            seconds=asked.seconds or float("inf"),
            measure=asked.measure,
        )
        print(
            f"{name}: seed {asked.seed}: {done.executions} executions in {done.seconds:.0f} s, "
            f"{done.accepted} accepted, {done.measured} measured, {len(findings.found)} findings",
            flush=True,
        )
    for key, (data, printed) in findings.found.items():
        print(f"\n{key}, {len(data)} bytes: {data[:200]!r}\n{printed}", flush=True)
    return int(bool(findings.found))


if __name__ == "__main__":
    sys.exit(main())
