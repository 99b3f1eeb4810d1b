"""Mutate a package at random places, and count the mutants that its tests kill. Not for CI.

    python -m pip install cosmic-ray coverage
    nice python -m tools.mutants gpogen/rules --count 300 --seed 1 --jobs 2

The mutants are those of cosmic-ray. Annotations, docstrings, the arguments of decorators, and
generated modules are left out: mutants there change nothing. Each mutant is tested in a copy of
the checkout, so the checkout stays as it is. The last line has the figures for docs/testing.md.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import math
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.mutant_tests import Copies, Trace
from tools.rule_code import GENERATED

ROOT = Path(__file__).resolve().parent.parent
TESTS = {
    "gpogen/rules": (
        "tests/rules",
        "tests/servicing/test_known_cases.py",
        "tests/workspace/test_foreign.py",
        "tests/calendar/test_early.py",
        "tests/calendar/test_window.py",
        "tests/cli/test_calendar.py",
        "tests/cli/test_check_more.py",
        "tests/negative/test_negative.py",
        "tests/profile/test_attribution.py",
        "tests/reports/test_reports.py",
    ),
    "gpogen/policy": ("tests/policy", "tests/formats", "tests/interchange"),
    "gpogen/formats": ("tests/formats",),
    "gpogen/compile": (
        "tests/compile",
        "tests/artifacts",
        "tests/positive",
        "tests/negative",
        "tests/rules/test_repairs.py",
    ),
    "gpogen/calendar": (
        "tests/calendar",
        "tests/cli/test_calendar.py",
        "tests/cli/test_forecast.py",
        "tests/cli/test_train_audit_reports.py",
        "tests/cli/test_train_hides_nothing.py",
        "tests/cli/test_train_lists.py",
    ),
    "gpogen/servicing": ("tests/servicing", "tests/rules/test_rules.py"),
}
"""The tests of each package."""
_SAME = ("core/ReplaceComparisonOperator_Is_Eq", "core/ReplaceComparisonOperator_IsNot_NotEq")
_Z95 = 1.96


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """One change of one module."""

    path: str
    line: int
    column: int
    operator: str
    occurrence: int


def mutants(package: str) -> Iterator[Mutant]:
    """Yield every mutant of a package that can change what it does."""
    for path in sorted((ROOT / package).glob("*.py")):
        if path.stem in (*GENERATED, "__init__"):
            continue
        skipped = tuple(_spans(ast.parse(path.read_text(encoding="utf-8"))))
        for one in _mutants(path):
            if not any(start <= (one.line, one.column) < end for start, end in skipped):
                yield one


def _spans(tree: ast.Module) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield begin and end (line from 1, column from 0) of what is no behavior."""
    for node in ast.walk(tree):
        parts: list[ast.expr | None] = []
        if isinstance(node, ast.FunctionDef):
            parts = [node.returns, *node.decorator_list]
        elif isinstance(node, ast.ClassDef):
            parts = [*node.decorator_list]
        elif isinstance(node, ast.arg | ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            parts = [node.value]
        for part in parts:
            if part is not None and part.end_lineno is not None:
                yield (part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset or 0)


def _mutants(path: Path) -> Iterator[Mutant]:
    from cosmic_ray.ast import ast_nodes, get_ast_from_path

    tree = get_ast_from_path(path)
    for name, operator in _operators():
        places = (
            start for node in ast_nodes(tree) for start, _ in operator.mutation_positions(node)
        )
        for number, (line, column) in enumerate(places):
            yield Mutant(path.relative_to(ROOT).as_posix(), line, column, name, number)


def _operators() -> Iterator[tuple[str, Any]]:
    from cosmic_ray import plugins

    for name in sorted(plugins.operator_names()):
        kind = plugins.get_operator(name)
        if not kind.arguments():
            yield name, kind()


def is_no_change(one: Mutant) -> bool:
    """Tell whether a mutant is the same program, or none at all.

    ``is`` compares members of an enumeration, None, True and False, for which ``==`` is the same;
    ``*`` in a list of parameters is no product.
    """
    if one.operator in _SAME:
        return True
    if one.operator == "core/ExceptionReplacer":
        try:
            mutated(one)
        except AttributeError:
            return True  # cosmic-ray cannot replace a name with a dot.
    line = (ROOT / one.path).read_text(encoding="utf-8").splitlines()[one.line - 1]
    return "Operator_Mul_" in one.operator and line[one.column :].startswith(("*,", "*args"))


def mutated(one: Mutant) -> str:
    """Return the text of a mutant's module."""
    from cosmic_ray.mutating import MutationVisitor

    operator = dict(_operators())[one.operator]
    text = (ROOT / one.path).read_text(encoding="utf-8")
    return str(MutationVisitor.mutate_code(text, operator, one.occurrence))


def interval(killed: int, count: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    share, square = killed / count, _Z95**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    spread = share * (1 - share) / count + square / (4 * count**2)
    half = _Z95 * math.sqrt(spread) / (1 + square / count)
    return middle - half, middle + half


def _shown(one: Mutant) -> str:
    before = (ROOT / one.path).read_text(encoding="utf-8").splitlines()
    lines = difflib.unified_diff(before, mutated(one).splitlines(), lineterm="", n=0)
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return "\n".join((f"{one.path}:{one.line}: {one.operator}", *changed))


def _statement(one: Mutant) -> range:
    """Return the lines of the smallest statement, or head of one, that has the mutant."""
    tree = ast.parse((ROOT / one.path).read_text(encoding="utf-8"))
    found = range(one.line, one.line + 1)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            end = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            if node.lineno <= one.line <= end:
                found = range(node.lineno, end + 1)
    return found


def _test(copies: Copies, trace: Trace, sample: list[Mutant], minutes: float) -> tuple[int, int]:
    """Test mutants in their order, print the survivors; return how many were tested and killed."""
    end = time.monotonic() + minutes * 60
    left = sample[::-1]
    running: dict[int, Mutant] = {}
    tested = killed = 0
    while running or (left and time.monotonic() < end):
        while left and not copies.is_full() and time.monotonic() < end:
            one = left.pop()
            places = trace.order(one.path, _statement(one))
            running[copies.start(one.path, mutated(one), places)] = one
        process, survived = copies.wait(ROOT, {key: one.path for key, one in running.items()})
        one = running.pop(process)
        tested += 1
        killed += not survived
        if survived:
            covered = any((one.path, line) in trace.lines for line in _statement(one))
            print(_shown(one) + ("" if covered else "  (no test executes it)"), flush=True)
        if tested % 50 == 0:
            print(f"{tested} tested, {killed} killed", flush=True)
    return tested, killed


def main() -> int:
    """Read the arguments, test the mutants, print the survivors and the figures."""
    parser = argparse.ArgumentParser(description="Count the mutants that the tests kill.")
    parser.add_argument("package", choices=TESTS)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so many")
    options = parser.parse_args()
    found = sorted(mutants(options.package))
    sample = random.Random(options.seed).sample(found, min(options.count, len(found)))
    sample = [one for one in sample if not is_no_change(one)]
    with tempfile.TemporaryDirectory() as folder:
        copies = Copies(ROOT, Path(folder), options.jobs, TESTS[options.package])
        trace = copies.record(options.package)
        print(f"{len(trace.seconds)} tests, {sum(trace.seconds.values()):.0f} s", flush=True)
        for test in trace.failed:
            print(f"left out, because it fails without a mutant: {test}", flush=True)
        tested, killed = _test(copies, trace, sample, options.minutes)
    low, high = interval(killed, tested)
    print(
        f"{options.package}: {killed} of {tested} mutants killed ({killed / tested:.0%}, "
        f"95 % interval {low:.0%} to {high:.0%}), seed {options.seed}, of {len(found)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
