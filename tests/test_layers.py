"""The house rules that a program can check: docs/architecture.md says what each room is for."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "gpogen"
LAYERS: dict[str, frozenset[str]] = {
    "disk": frozenset(),
    "document": frozenset({"yaml"}),
    "policy": frozenset(),
    "formats": frozenset({"lxml"}),
    "catalog": frozenset({"yaml"}),
    "profile": frozenset({"pydantic", "pydantic_core"}),
    "servicing": frozenset(),
    "compile": frozenset(),
    "releases": frozenset({"pydantic"}),
    "calendar": frozenset(),
    "rules": frozenset({"yaml"}),
    "artifacts": frozenset({"jinja2", "lxml"}),
    "outputs": frozenset(),
    "reading": frozenset({"lxml"}),
    "interchange": frozenset({"yaml"}),
    "verify": frozenset({"lxml"}),
    "workspace": frozenset(),
    "lists": frozenset(),
    "fleet": frozenset({"pydantic", "pydantic_core", "typing_extensions"}),
    "calendar_views": frozenset({"icalendar"}),
    "reports": frozenset(),
    "terminal": frozenset({"click"}),
    "cli": frozenset({"click"}),
}
"""Each room from the lowest to the highest, and the libraries that it may import.

A module imports from its own room, the rooms above it in this list, the modules right in gpogen/
(which import no room) and the standard library.
"""
ORDER = tuple(LAYERS)
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__main__.py")
MAX_LINES, MAX_ROOM = 400, 3000
WIDE = ("formats", "artifacts")
"""Rooms that grow with every format."""


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of everything that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def room_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def may_import(room: str, module: str) -> bool:
    """Tell whether a room may import ``gpogen.x.y``, ``lxml.etree`` and so on."""
    first, *rest = module.split(".")
    if first in sys.stdlib_module_names:
        return True
    if first != "gpogen":
        return first in LAYERS.get(room, ())
    if not rest or rest[0] not in ORDER:
        return True
    return bool(room) and ORDER.index(rest[0]) <= ORDER.index(room)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_down_only(path: Path) -> None:
    room = room_of(path)
    wrong = [name for name in imports(path) if not may_import(room, name)]

    assert wrong == [], (
        f"{path.relative_to(ROOT)} is in the room {room or 'gpogen/'}, which may not import "
        f"{', '.join(wrong)}: see LAYERS here, and docs/architecture.md"
    )


def test_the_checker_sees_every_way_to_import(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        "from gpogen import cli\nfrom gpogen.cli import main\nimport gpogen.cli.main\n"
        "def f():\n    from lxml import etree\n    import click.testing\n"
    )

    assert [name for name in imports(module) if not may_import("policy", name)] == [
        "gpogen.cli",
        "gpogen.cli.main",
        "gpogen.cli.main",
        "lxml.etree",
        "click.testing",
    ]


def needed(path: Path, names: frozenset[str]) -> Iterator[str]:
    """Yield the modules that a module imports while it is itself imported."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in names else str(node.module)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_no_module_needs_itself_to_be_imported() -> None:
    # Within a room, a function may import a module that imports its own: rules and their engine.
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in MODULES
    }
    graph = {name: set(needed(path, frozenset(paths))) for name, path in paths.items()}

    order = tuple(TopologicalSorter(graph).static_order())  # CycleError names the circle.
    assert set(paths) <= set(order)
    assert order.index("gpogen.policy.types") < order.index("gpogen.cli.main")


def test_every_room_is_a_layer() -> None:
    rooms = {room_of(path) for path in MODULES} - {""}

    assert rooms == set(LAYERS), "put a new room into LAYERS and docs/architecture.md"


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): count
        for path in MODULES
        if (count := _lines(path)) > MAX_LINES
    }

    assert long == {}, f"more than {MAX_LINES} lines: part the module by subject"


def test_no_room_is_larger_than_its_subject() -> None:
    sizes = {
        room: sum(_lines(path) for path in MODULES if room_of(path) == room) for room in LAYERS
    }

    large = {room: size for room, size in sizes.items() if size > MAX_ROOM and room not in WIDE}
    assert large == {}, f"more than {MAX_ROOM} lines: part the room by subject"


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
