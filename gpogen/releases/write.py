"""``hotpatch-releases.yaml``, written from release data."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from gpogen.catalog.releases import OtherUpdate, Release, Train
from gpogen.document import yaml12
from gpogen.errors import ContentError, UsageError
from gpogen.files import read_file
from gpogen.profile.reading import show
from gpogen.releases.additions import Additions, read_additions
from gpogen.releases.compare import Item
from gpogen.yaml_text import scalar

HEAD = (
    "# Written by `gpogen releases import`. If you add a comment, gpogen no longer rewrites "
    "this file.\n"
)


def existing(path: Path) -> Additions | None:
    """Read the file that is to be rewritten; None where there is none.

    Raises:
        UsageError: it can't be opened, or holds comments, which would be lost.
        ContentError: it is wrong.
    """
    if not path.exists():
        return None
    data = read_file(path, yaml12.MAX_BYTES, show(path))
    found, wrong = read_additions(data, show(path))
    if found is None:
        first = f"{wrong[0].at}: {wrong[0].message}" if wrong else show(path)
        raise ContentError(f"{first} (see gpogen calendar --update {show(path)})")
    body = data.decode("utf-8-sig").removeprefix(HEAD)
    if any(part.startswith("#") for line in body.splitlines() for part in line.split()):
        raise UsageError(
            f"{show(path)}: it has comments, which gpogen would lose: write to another file and "
            "read it with --update, or remove the comments"
        )
    return found


def text_of(items: Iterable[Item], as_of: datetime.date, before: Additions | None) -> str:
    """Write what there was and what is new; of two that are about one thing the new one stays."""
    rows: dict[tuple[str, str], Item] = {}
    if before is not None:
        rows |= {_key(said.item): said.item for said in before.releases}
        rows |= {_key(other.item): other.item for other in before.others}
        as_of = max(as_of, before.as_of)
    rows |= {_key(item): item for item in items}
    return HEAD + "".join(_lines(list(rows.values()), as_of))


def _key(item: Item) -> tuple[str, str]:
    what = str(item.month) if isinstance(item, Release) else item.kb or item.build or ""
    return item.os, what


def _lines(items: list[Item], as_of: datetime.date) -> Iterator[str]:
    yield f"gpogen: 1\nas_of: {as_of}\n"
    releases = [item for item in items if isinstance(item, Release)]
    others = [item for item in items if isinstance(item, OtherUpdate)]
    parts: tuple[tuple[str, list[str]], ...] = (
        ("releases", [_release(row) for row in sorted(releases, key=lambda r: (r.os, r.month))]),
        ("out_of_band", [_other(row) for row in _sorted(others) if _is_between(row)]),
        ("cumulative", [_other(row) for row in _sorted(others) if not _is_between(row)]),
    )
    for key, rows in parts:
        if rows:
            yield f"{key}:\n"
            yield from rows


def _sorted(rows: Iterable[OtherUpdate]) -> list[OtherUpdate]:
    return sorted(rows, key=lambda row: (row.os, row.date, row.kb or row.build or ""))


def _is_between(row: OtherUpdate) -> bool:
    """Tell whether a row can't be said as a mere cumulative update."""
    return row.out_of_band or row.train is not Train.LCU


def _release(row: Release) -> str:
    pairs = [("os", row.os), ("month", str(row.month)), ("type", row.type.value)]
    if row.date != row.month.patch_tuesday:
        pairs.append(("date", str(row.date)))
    return _mapping([*pairs, *_rest(row)])


def _other(row: OtherUpdate) -> str:
    pairs = [("os", row.os), ("date", str(row.date))]
    pairs += [("train", row.train.value)] if _is_between(row) else []
    return _mapping([*pairs, *_rest(row)])


def _rest(row: Item) -> Iterator[tuple[str, str]]:
    if row.kb:
        yield "kb", row.kb
    if row.build:
        yield "build", json.dumps(row.build)
    yield "source", scalar(row.source)
    if row.note:
        yield "note", scalar(row.note)


def _mapping(pairs: Iterable[tuple[str, str]]) -> str:
    return f"  - {{{', '.join(f'{key}: {value}' for key, value in pairs)}}}\n"
