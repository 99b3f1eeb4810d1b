"""Texts that break out of one format or another."""

from __future__ import annotations

from typing import Any

import yaml

from gpogen.policy.records import Record, set_value
from gpogen.policy.types import Hive, RegType

TEXTS = (
    'it\'s "quoted" and `ticked`',
    "$(Get-Date) ${x} %PATH% !x!",
    "]]> <!-- -- --> &amp; <b>",
    "line\r\nbreaks\nand\ttabs\r",
    "{{ lookup('pipe', 'id') }} {% raw %} {# x #}",
    "{{",
    "#jinja2: variable_start_string: '[['",
    "[concat('a', 'b')]",
    "[[x]",
    "[",
    "\U0001f600 \u202egnp.exe\u200f \ufeff",
    "\x85\u2028\u2029\x1b[31m\x07\x7f",
    "yes",
    "NO",
    "on",
    "~",
    "null",
    "0x10",
    "0o7",
    "012",
    "1_000",
    "12:30:45",
    "2026-11-28",
    "1e3",
    ".inf",
    "=",
    "<<",
    "!unsafe x",
    "&a *a",
    "# x",
    "a: b",
    "a #b",
    "- x",
    "? x",
    "|",
    ">-",
    "@x",
    "---",
    "...",
    "",
    " ",
    "trailing ",
    "##vso[task.setvariable variable=x]y",
    "::set-output name=x::y",
    "\u00e4\u00f6\u00fc \u4e2d\u6587 \u0416",
    "=cmd|' /C calc'!A0",
)
RECORDS: tuple[Record, ...] = (
    *(set_value(Hive.HKLM, r"SOFTWARE\X", "N", RegType.SZ, text) for text in TEXTS),
    *(set_value(Hive.HKLM, r"SOFTWARE\X", text, RegType.DWORD, 1) for text in TEXTS if text),
    set_value(Hive.HKLM, r"SOFTWARE\X", "M", RegType.MULTI_SZ, tuple(filter(None, TEXTS))),
    set_value(Hive.HKLM, "SOFTWARE\\{{ x }} [y] 'z' \"q\" # : \u202e", "N", RegType.SZ, "x"),
)


def by_1_1(data: bytes) -> Any:
    """Read a document as YAML 1.1, by PyYAML alone; a tagged text is the text."""
    return yaml.load(data.decode("utf-8-sig"), Loader=_Loader)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    pass


_Loader.add_constructor("!unsafe", yaml.SafeLoader.construct_yaml_str)
