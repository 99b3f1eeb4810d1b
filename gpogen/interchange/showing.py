"""Records for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from gpogen.catalog.policies import find_value
from gpogen.policy.data import is_malformed
from gpogen.policy.gpo import Gpo, Item, Reading
from gpogen.policy.outcome import stands
from gpogen.policy.records import Record
from gpogen.policy.subkeys import deleted_names
from gpogen.policy.types import Action, Hive, RegType, Via, type_name
from gpogen.policy.words import data_text
from gpogen.reading.definitions import Definitions
from gpogen.reading.describe import extension_guids, extension_title
from gpogen.text import holds_command, inert

_NAME = 56
"""The widest column of names; DoNotEnforceEnterpriseTLSCertPinningForUpdateDetection has 54."""
_WITHOUT_DATA = (Action.DELETE, Action.DELETE_VALUES, Action.DELETE_KEYS)


OVERRIDDEN = "overridden"
"""The mark of a record that does nothing in the end, because a later one makes up for it."""


def place_text(record: Record) -> str:
    r"""Return ``HKLM\Key!Name``; without a name for what is about a whole key."""
    whole = record.action not in (Action.SET, Action.DELETE, Action.SOFT)
    name = "" if whole else f"!{record.name}" if record.name else "!(default)"
    return f"{record.hive.value}\\{record.key}{name}"


def item_json(item: Item, *, stands: bool = True) -> dict[str, Any]:
    """Return one record as ``show --format json`` prints it."""
    record = item.record
    row: dict[str, Any] = {
        "hive": record.hive.value,
        "via": record.via.value,
        "key": record.key,
        "name": record.name,
        "type": _type(record),
        "data": data_json(record),
        "action": record.action.value,
    }
    if item.gpp_action:
        row["gpp_action"] = item.gpp_action
    if item.condition:
        row["condition"] = item.condition
    if not stands:
        row[OVERRIDDEN] = True
    if record.type is not None and is_malformed(record.type, record.data):
        row["malformed"] = True
    return row


def head_json(reading: Reading, *, single: bool) -> dict[str, Any]:
    """Return what stands before the records: the file among several, and what a GPO is."""
    head: dict[str, Any] = {} if single else {"file": reading.file}
    if reading.gpo is not None and reading.kind != "profile":
        head |= {"gpo": _gpo_json(reading, reading.gpo)}
    if head and (reading.gpo is not None or reading.not_shown):
        head |= {"not_shown": list(reading.not_shown)}
    return head


def _gpo_json(reading: Reading, gpo: Gpo) -> dict[str, Any]:
    names = gpo.extensions or {}
    return {
        "name": reading.title or None,
        "computer_enabled": gpo.computer,
        "user_enabled": gpo.user,
        "wmi_filter": gpo.wmi_filter or None,
        "machine_extensions": names.get(Hive.HKLM),
        "user_extensions": names.get(Hive.HKCU),
    }


def gpo_lines(reading: Reading) -> list[str]:
    """Return what a GPO is besides its records, for people."""
    gpo = reading.gpo
    if gpo is None or reading.kind == "profile":
        return []
    lines = [f"GPO {reading.title}"] if reading.title else []
    for word, enabled in (("computer", gpo.computer), ("user", gpo.user)):
        if enabled is False:
            lines.append(f"{word} side: disabled, so machines apply none of it")
    lines += [f"WMI filter: {gpo.wmi_filter}"] if gpo.wmi_filter else []
    for hive, names in (gpo.extensions or {}).items():
        found = ", ".join(map(extension_title, extension_guids(names)))
        lines += [f"{hive.side} extensions: {found}"] if found else []
    return [*lines, ""] if lines else []


def _type(record: Record) -> str | None:
    if record.action in _WITHOUT_DATA:
        return None
    if record.action is Action.CREATE_KEY:
        return type_name(RegType.NONE)
    return type_name(record.type or 0)


def data_json(record: Record) -> int | str | list[str] | None:
    """Return data as number, text, list, or lower-case hexadecimal digits."""
    if record.action is Action.DELETE_KEYS:
        return list(deleted_names(record))
    if record.action in _WITHOUT_DATA:
        return None
    if record.action is Action.CREATE_KEY:
        return ""
    value = record.value
    if isinstance(value, bytes) or value is None:
        return record.data.hex()
    return list(value) if isinstance(value, tuple) else value


def as_yaml(content: Any, *, several: bool) -> str:
    """Write rows as YAML; ASCII, and one line for each text, however long.

    Args:
        content: dicts, lists and scalars.
        several: whether more documents follow, so that each needs its ``---``.
    """
    import yaml

    text = yaml.dump(
        content, Dumper=_dumper(), sort_keys=False, explicit_start=several, width=1 << 30
    )
    return inert(text, r"\x23")


@cache
def _dumper() -> Any:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Spells the texts that need it in double quotes, where every character has a code."""

    Dumper.add_representer(str, _yaml_text)
    return Dumper


def _yaml_text(dumper: Any, text: str) -> Any:
    plain = text.isprintable() and not holds_command(text)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


def policy_title(record: Record, definitions: Definitions | None = None) -> str:
    """Return the display name of the ADMX policy that writes a value, or an empty text.

    ``definitions`` are asked first, the catalog after them.
    """
    if record.via is Via.PREFERENCE:
        return ""
    if definitions and (title := definitions.title(record)):
        return title
    found = find_value(record.key, record.name)
    return found[0][0].display_name if found else ""


def _shown_name(item: Item) -> str:
    return item.record.name or "(default)"


def table(items: Iterable[Item], definitions: Definitions | None = None) -> list[str]:
    """Lay records out under their keys, with the policy's name beside each value it knows."""
    rows = list(items)
    width = min(_NAME, max((len(_shown_name(item)) for item in rows), default=0))
    lines: list[str] = []
    before: tuple[object, ...] = ()
    for item, stand in zip(rows, stands(rows), strict=True):
        record = item.record
        under = (record.hive, record.key, record.via)
        if under != before:
            head = f"{record.hive.value}\\{record.key}"
            head += " (preference)" if record.via is Via.PREFERENCE else ""
            lines += ["", head] if lines else [head]
            before = under
        kind = _type(record) or ""
        title = policy_title(record, definitions)
        name = _shown_name(item)
        if len(name) > width:
            lines.append(f"  {name}")
            name = ""
        line = f"  {name:<{width}}  {kind:<13} {data_text(record)}"
        line = f"{line}  [{title}]" if title else line.rstrip()
        line += f"  ({item.condition})" if item.condition else ""
        lines.append(line if stand else f"{line}  ({OVERRIDDEN})")
    return lines
