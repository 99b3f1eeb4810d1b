"""Registry data: bytes as Windows stores them, and the Python value they mean."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TypeAlias

from gpogen.policy.types import RegType

MAX_DATA = 0xFFFF
"""Bytes of one value that registry.pol is documented to carry (MS-GPREG 2.2.1)."""
RegData: TypeAlias = int | str | tuple[str, ...] | bytes
"""What registry data means in Python: number, text, list of texts, or raw bytes."""

_INT_FORMATS: Mapping[int, struct.Struct] = {
    RegType.DWORD: struct.Struct("<I"),
    RegType.DWORD_BIG_ENDIAN: struct.Struct(">I"),
    RegType.QWORD: struct.Struct("<Q"),
}
_TEXT_TYPES = (RegType.SZ, RegType.EXPAND_SZ)


def encode_data(kind: int, value: RegData) -> bytes:
    r"""Encode a value as Windows writes it.

    An empty REG_MULTI_SZ is one NUL (2 bytes), as Windows-made files have it, not the two of
    MS-GPREG (measured on 227 of 239 native records).

    Raises:
        ValueError: the value is of the wrong Python type, out of range, holds a NUL or a lone
            surrogate, or is an empty string inside a list.
    """
    if kind in _INT_FORMATS:
        return _encode_int(_INT_FORMATS[kind], value)
    if kind in _TEXT_TYPES:
        return _encode_text(value)
    if kind == RegType.MULTI_SZ:
        return _encode_list(value)
    if not isinstance(value, bytes):
        raise ValueError(f"type {kind} requires bytes")
    return value


def decode_data(kind: int, data: bytes) -> RegData:
    """Decode data; bytes that do not fit their type come back as they are."""
    try:
        if kind in _INT_FORMATS:
            return int(_INT_FORMATS[kind].unpack(data)[0])
        if kind in _TEXT_TYPES:
            return _decode_text(data)
        if kind == RegType.MULTI_SZ:
            return _decode_list(data)
    except (struct.error, ValueError):
        return data
    return data


def is_malformed(kind: int, data: bytes) -> bool:
    """Tell whether the data's bytes do not fit a type whose shape is known."""
    shaped = kind in _INT_FORMATS or kind in _TEXT_TYPES or kind == RegType.MULTI_SZ
    return shaped and isinstance(decode_data(kind, data), bytes)


def without_ends(data: bytes) -> bytes:
    """Return a text's or a list's UTF-16LE without the NULs at its end.

    Windows-made values end with one NUL or two, others with none, and some have half of one.
    """
    end = len(data.rstrip(b"\0"))
    return data[: min(end + end % 2, len(data))]


def _encode_int(form: struct.Struct, value: RegData) -> bytes:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("must be a whole number")
    try:
        return form.pack(value)
    except struct.error:
        top = 2 ** (8 * form.size) - 1
        raise ValueError(f"{value} is outside 0 to {top}") from None


def _utf16(text: str) -> bytes:
    if "\0" in text:
        raise ValueError("a registry string cannot have a NUL character")
    try:
        return text.encode("utf-16-le")
    except UnicodeEncodeError:
        raise ValueError("a registry string cannot have a lone surrogate") from None


def _encode_text(value: RegData) -> bytes:
    if not isinstance(value, str):
        raise ValueError("must be text")
    return _utf16(value) + b"\0\0"


def _encode_list(value: RegData) -> bytes:
    if not isinstance(value, tuple):
        raise ValueError("must be a list of texts")
    if "" in value:
        raise ValueError("an empty text would end the list too early")
    return b"".join(_utf16(item) + b"\0\0" for item in value) + b"\0\0"


def _decode_text(data: bytes) -> str:
    text = data.decode("utf-16-le")
    if not text.endswith("\0") or "\0" in text[:-1]:
        raise ValueError("not a single NUL-terminated text")
    return text[:-1]


def _decode_list(data: bytes) -> tuple[str, ...]:
    """Split a list; 0, 2 and 4 bytes all mean an empty one."""
    if data in (b"", b"\0\0", b"\0\0\0\0"):
        return ()
    text = data.decode("utf-16-le")
    # Windows-made files end the last item with two NULs, LGPO-made ones with one.
    body = text[:-1] if text.endswith("\0\0") else text
    if not body.endswith("\0"):
        raise ValueError("the list does not end with a NUL")
    items = tuple(body[:-1].split("\0"))
    if "" in items:
        raise ValueError("an empty text within the list")
    return items
