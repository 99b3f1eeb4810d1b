"""The house rules that a program can check."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "gpogen"
LAYERS = (
    "disk",
    "policy",
    "formats",
    "catalog",
    "profile",
    "servicing",
    "compile",
    "artifacts",
    "project",
    "cli",
)
"""From the lowest to the highest; imports go down only."""
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_down_only(path: Path) -> None:
    own = LAYERS.index(path.relative_to(PACKAGE).parts[0])
    for module in imports(path):
        parts = module.split(".")
        if parts[0] == "gpogen" and len(parts) > 1 and parts[1] in LAYERS:
            assert LAYERS.index(parts[1]) <= own, f"{path.name} imports {module}"


@pytest.mark.parametrize("name", ["policy", "formats"])
def test_formats_and_policy_need_the_standard_library_alone(name: str) -> None:
    for path in (PACKAGE / name).glob("*.py"):
        for module in imports(path):
            assert module.split(".")[0] not in ("click", "jinja2", "pydantic", "yaml"), path


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): count
        for path in MODULES
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }

    assert long == {}
