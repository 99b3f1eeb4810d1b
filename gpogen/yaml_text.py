"""Plain data as YAML for people: keys in the order given, one line for what fits in one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gpogen.text import holds_command, inert, remembered, visible

WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.+/-]*( [A-Za-z0-9_.+/-]+)*")
_UNCOMMON = re.compile(
    "[^\x20-\x7e\xa1-\xac\xae-\u024f\u0391-\u03a1\u03a3-\u03ff\u0400-\u0482\u048a-\u052f"
    "\u1e00-\u1eff\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]"
)
"""What a document for programs writes by its code: all but the letters of common alphabets."""
_WORD = re.compile(r"[$_][A-Za-z]+")
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


class Tagged(str):
    """Text with a YAML tag before it, such as ``!unsafe``, or a comment behind it.

    Attributes:
        tag: the tag; empty for none.
        note: the comment; empty for none.
    """

    __slots__ = ("note", "tag")
    note: str
    tag: str

    def __new__(cls, text: str, *, tag: str = "", note: str = "") -> Tagged:
        """Join text, tag and comment."""
        made = super().__new__(cls, text)
        made.tag = tag
        made.note = note
        return made


def to_document(content: Mapping[str, Any] | list[Any], remarks: Iterable[str] = ()) -> str:
    """Write a document for programs: a member or an item a line, and remarks behind the first.

    Readers of YAML 1.1 and of YAML 1.2 take every text for a text. The bytes do not depend on the
    version of Python: what is not in a few common alphabets is written by its code.
    """
    lines: list[str] = []
    _block(content, "", lines)
    said = (_remark(line) for remark in remarks for line in remark.splitlines())
    return "\n".join([*lines[:1], *said, *lines[1:]]) + "\n"


def _remark(line: str) -> str:
    return (
        "# " + inert(_UNCOMMON.sub(lambda found: f"<U+{ord(found[0]):04X}>", line), "<U+0023>")
    ).rstrip()


def _block(value: Any, pad: str, lines: list[str]) -> None:
    """Add the lines of a mapping or a list."""
    if isinstance(value, Mapping):
        for key, child in value.items():
            if _is_open(child):
                lines.append(f"{pad}{_key(key)}:")
                _block(child, f"{pad}  ", lines)
            else:
                lines.append(f"{pad}{_key(key)}: {_closed(child)}")
        return
    for child in value:
        if not _is_open(child):
            lines.append(f"{pad}- {_closed(child)}")
            continue
        first = len(lines)
        _block(child, f"{pad}  ", lines)
        lines[first] = f"{pad}- {lines[first].lstrip(' ')}"


def _is_open(value: Any) -> bool:
    """Tell whether a value takes several lines: a mapping, or a list of anything but numbers."""
    if isinstance(value, str | int):
        return False
    if isinstance(value, list):
        return bool(value) and not all(isinstance(item, int) for item in value)
    return isinstance(value, Mapping) and bool(value)


def _closed(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_exact, value))}]"
    return _exact(value) if isinstance(value, str | int) else "{}"


@remembered
def _key(text: str) -> str:
    """Write a key; ``$schema`` and ``_exist`` need no quotes in any version of YAML."""
    return text if _WORD.fullmatch(text) else _exact(text)


def _exact(value: Any) -> str:
    if isinstance(value, Tagged):
        text = f"{value.tag} {_quoted(value)}" if value.tag else _exact(str(value))
        return f"{text}  # {value.note}" if value.note else text
    return scalar(value) if isinstance(value, bool | int) else _text(str(value))


@remembered
def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _MEANT:
        return text
    return _quoted(text)


@remembered
def _quoted(text: str) -> str:
    if not _UNCOMMON.search(text) and not holds_command(text):
        return "'" + text.replace("'", "''") + "'"
    body = "".join(f"\\{char}" if char in '"\\' else _UNCOMMON.sub(_code, char) for char in text)
    return inert(f'"{body}"', r"\x23")


def _code(found: re.Match[str]) -> str:
    return _escaped(found[0], printable=False)


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


def _escaped(char: str, *, printable: bool = True) -> str:
    if char in '"\\':
        return "\\" + char
    if printable and char.isprintable():
        return char
    number = ord(char)
    known = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(char)
    return known or (f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}")
