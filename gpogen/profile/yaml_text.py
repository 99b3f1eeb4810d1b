"""A profile as YAML for people: keys in the documented order, one line for what fits in one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gpogen.text import holds_command, inert, visible

WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.+/-]*( [A-Za-z0-9_.+/-]+)*")
_MEANT = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"))
"""Words that some reader of YAML takes for something else than a text."""


def to_yaml(content: Mapping[str, Any], head: Iterable[str], tail: Iterable[str]) -> str:
    """Write a profile, with comments before and after it."""
    lines = [visible(f"# {line}") for line in head]
    for key, value in content.items():
        if isinstance(value, Mapping | list) and key not in ("extends", "target"):
            lines.append("")
        lines += _member(key, value, 0)
    after = [visible(f"# {line}") for line in tail]
    return "\n".join([*lines, *([""] if after else []), *after]) + "\n"


def _member(key: str, value: Any, indent: int) -> Iterator[str]:
    pad = " " * indent
    line = f"{pad}{scalar(key)}: {_flow(value)}"
    whole = isinstance(value, Mapping | list) and bool(value) and indent == 0
    if not isinstance(value, Mapping | list) or not value or (not whole and len(line) <= WIDTH):
        yield line
    elif isinstance(value, Mapping):
        yield f"{pad}{scalar(key)}:"
        for name, child in value.items():
            yield from _member(name, child, indent + 2)
    else:
        yield f"{pad}{scalar(key)}:"
        for child in value:
            yield from _item(child, indent + 2)


def _item(value: Any, indent: int) -> Iterator[str]:
    pad = " " * indent
    line = f"{pad}- {_flow(value)}"
    if not isinstance(value, Mapping) or len(line) <= WIDTH:
        yield line
        return
    members = [part for name, child in value.items() for part in _member(name, child, indent + 2)]
    yield f"{pad}- {members[0].lstrip()}"
    yield from members[1:]


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    """Write a text, number or boolean so that it reads back as what it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _MEANT:
        return text
    if text.isprintable() and not holds_command(text):
        return "'" + text.replace("'", "''") + "'"
    return inert('"' + "".join(map(_escaped, text)) + '"', r"\x23")


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    number = ord(char)
    known = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(char)
    return known or (f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}")
