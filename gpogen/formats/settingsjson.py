"""settings.json: the rows of settings.csv as JSON, for programs.

ASCII, one object: ``{"format": "gpogen-settings-1", "left_out": [...], "settings": [{...}]}``. Each
setting has the columns of settings.csv as texts, in their order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from gpogen.errors import FormatError
from gpogen.finding import Place
from gpogen.formats.api import Format, Parsed
from gpogen.formats.loss import SURROGATE
from gpogen.formats.settings import COLUMNS, Setting, cells, losses, parted, setting_of
from gpogen.policy.gpo import Item
from gpogen.policy.records import Record
from gpogen.policy.types import Hive

_NAME = "gpogen-settings-1"
_KEYS = ("format", "left_out", "settings")


def encode(settings: Iterable[Setting]) -> bytes:
    """Write a file; ``left_out`` names each record that no row can hold."""
    kept, lost = parted(settings)
    content = {
        "format": _NAME,
        "left_out": [str(loss) for loss in lost],
        "settings": list(map(cells, kept)),
    }
    return (json.dumps(content, indent=1) + "\n").encode("ascii")


def decode(data: bytes) -> list[Setting]:
    """Read a file.

    Raises:
        FormatError: with the number of the setting, for anything that is not exactly the format.
    """
    try:
        content: Any = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        what = "it has too many levels" if isinstance(error, RecursionError) else str(error)
        raise FormatError(f"not JSON: {what}") from None
    if not isinstance(content, dict) or tuple(content) != _KEYS or content["format"] != _NAME:
        raise FormatError(f"must be an object with {', '.join(_KEYS)}, of the format {_NAME}")
    if not isinstance(content["settings"], list):
        raise FormatError("settings must be a list")
    found = []
    for number, row in enumerate(content["settings"], 1):
        try:
            found.append(_setting(row))
        except ValueError as error:
            raise FormatError(f"setting {number}: {error}") from None
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice in one object")
    return found


def _setting(row: Any) -> Setting:
    if not isinstance(row, dict) or tuple(row) != COLUMNS:
        raise ValueError(f"must be an object with {', '.join(COLUMNS)}")
    if not all(isinstance(text, str) for text in row.values()):
        raise ValueError("every column must be text")
    lone = next((column for column, text in row.items() if SURROGATE.search(text)), None)
    if lone is not None:
        raise ValueError(f"{lone} has a lone surrogate, which is not a character")
    return setting_of(row)


def _read(data: bytes, file: str, _side: Hive) -> Parsed:
    return Parsed(
        tuple(
            Item(item.record, Place(file, number, 1), condition=item.targeting)
            for number, item in enumerate(decode(data), 1)
        )
    )


def _write(records: Iterable[Record]) -> bytes:
    return encode(Setting(record=record) for record in records)


FORMAT = Format(id="settings-json", read=_read, write=_write, losses=losses)
