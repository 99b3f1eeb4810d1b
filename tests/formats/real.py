"""Reading the files of a corpus folder, counting those that are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from gpogen.errors import FormatError
from tests.support.corpus import corpus

T = TypeVar("T")


def counted(folder: str, read: Callable[[bytes], T]) -> tuple[dict[Path, T], list[str]]:
    """Read all files of a folder; return what they hold, and the reasons of those refused."""
    found: dict[Path, T] = {}
    refused: list[str] = []
    for path in sorted(path for path in (corpus() / folder).rglob("*") if path.is_file()):
        try:
            found[path] = read(path.read_bytes())
        except FormatError as error:
            refused.append(f"{path.name}: {error}")
    print(f"\n{folder}: {len(found)} read, {len(refused)} refused", *refused, sep="\n  ")
    return found, refused
