r"""A row a value: what settings.csv and settings.json have in common.

``data`` has the bytes of the value in hexadecimal, so that nothing is lost; ``value`` shows the
same for people and other tools: a decimal number, the text, or a JSON list of texts. It is empty
where the bytes do not fit the type.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gpogen.formats.loss import SURROGATE, Loss, split
from gpogen.policy.data import MAX_DATA
from gpogen.policy.records import WITHOUT_DATA, Record, remembered
from gpogen.policy.types import Action, Hive, RegType, Via, type_name
from gpogen.text import cut

COLUMNS = (
    "side",
    "key",
    "name",
    "action",
    "type",
    "value",
    "policy",
    "title",
    "why",
    "via",
    "targeting",
    "data",
)
LEFT_OUT = "left-out"
"""The action of a row that says which record the file cannot hold, and why."""
MAX_CELL = 87_000
"""Characters of a key, a name, or a shown value: with the apostrophes that settings.csv adds they
fit into the 131,072 that Python's own reader of CSV takes, as the largest ``data`` does."""

_SIDES: Mapping[str, Hive] = {hive.side: hive for hive in Hive}
_TYPES: Mapping[str, int] = {type_name(kind): kind for kind in RegType}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One row.

    Attributes:
        record: what happens.
        policy: the catalog's name of the policy, or empty.
        title: the policy's display name, or what else the value belongs to.
        why: the author's reason, or empty.
        targeting: what a preference is applied under, one line; empty for always.
    """

    record: Record
    policy: str = ""
    title: str = ""
    why: str = ""
    targeting: str = ""


def cells(setting: Setting) -> dict[str, str]:
    """Return the columns of a row."""
    record = setting.record
    kind = None if record.action in WITHOUT_DATA else record.type
    return {
        "side": record.hive.side,
        "key": record.key,
        "name": record.name,
        "action": str(record.action),
        "type": "" if kind is None else type_name(kind),
        "value": _shown(record),
        "policy": setting.policy,
        "title": setting.title,
        "why": setting.why,
        "via": str(record.via),
        "targeting": setting.targeting,
        "data": "" if kind is None else record.data.hex(),
    }


def setting_of(row: Mapping[str, str]) -> Setting:
    """Return the setting of a row with every column.

    Raises:
        ValueError: a cell is not what `cells` writes.
    """
    kind = _type(row["type"])
    try:
        record = Record(
            hive=_SIDES[row["side"]],
            key=row["key"],
            name=row["name"],
            action=Action(row["action"]),
            type=kind,
            data=bytes.fromhex(row["data"]),
            via=Via(row["via"]),
        )
    except (KeyError, ValueError):
        raise ValueError(_wrong(row)) from None
    setting = Setting(
        record=record,
        policy=row["policy"],
        title=row["title"],
        why=row["why"],
        targeting=row["targeting"],
    )
    for column, text in cells(setting).items():
        if text != row[column]:
            raise ValueError(
                f"{column} must be {cut(text)!r}, which the other columns say; "
                f"got {cut(row[column])!r}"
            )
    return setting


def losses(records: Iterable[Record]) -> tuple[Loss, ...]:
    """Return the records that no row can hold, each with its reason."""
    return split(records, _reason)[1]


def parted(settings: Iterable[Setting]) -> tuple[list[Setting], tuple[Loss, ...]]:
    """Part settings into those that a row can hold and those that are lost."""
    kept: list[Setting] = []
    lost: list[Loss] = []
    for item in settings:
        if why := _reason(item.record):
            lost.append(Loss(item.record, why))
        else:
            kept.append(item)
    return kept, tuple(lost)


@remembered
def _reason(record: Record) -> str:
    """Return why no row can hold a record; an empty text where one can."""
    names = record.key + record.name
    if "\0" in names or SURROGATE.search(names):
        return "a name has a NUL or a lone surrogate"
    if len(record.data) > MAX_DATA:
        return f"it has {len(record.data)} bytes of data; the maximum in a row is {MAX_DATA}"
    if max(len(record.key), len(record.name), len(_shown(record))) > MAX_CELL:
        return f"it has a text of more than {MAX_CELL} characters, the maximum of a cell"
    if record.action not in WITHOUT_DATA and record.type is None:
        return "a row cannot express a value without a type"
    return ""


@remembered
def _shown(record: Record) -> str:
    if record.action in WITHOUT_DATA:
        return ""
    match record.value:
        case int(number):
            return str(number)
        case str(text):
            return text
        case tuple(items):
            return json.dumps(items, ensure_ascii=False)
        case _:
            return ""


def _type(text: str) -> int | None:
    if not text or text in _TYPES:
        return _TYPES.get(text)
    word, _, number = text.partition("_")
    is_number = word == "REG" and number.isascii() and number.isdigit() and len(number) <= 10
    if is_number and int(number) <= 0xFFFFFFFF:
        return int(number)
    raise ValueError(f"{cut(text)!r} is not a type; allowed: {', '.join(_TYPES)}")


def _wrong(row: Mapping[str, str]) -> str:
    allowed = {
        "side": tuple(_SIDES),
        "action": tuple(Action),
        "via": tuple(Via),
    }
    for column, words in allowed.items():
        if row[column] not in words:
            return f"{column} must be {' or '.join(words)}; got {cut(row[column])!r}"
    return f"data must be pairs of hexadecimal digits; got {cut(row['data'])!r}"
