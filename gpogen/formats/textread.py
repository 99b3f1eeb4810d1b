"""Text from bytes of unknown encoding, and its lines, for the formats that people edit."""

from __future__ import annotations

import codecs

from gpogen.errors import FormatError

BLANKS = " \t"


def read_lines(data: bytes) -> list[str]:
    """Decode a text and split it at CR LF and at LF, and nowhere else.

    Raises:
        FormatError: it is no text, or a carriage return or a NUL stands inside a line.
    """
    lines = [line.removesuffix("\r") for line in decode_text(data).split("\n")]
    for number, line in enumerate(lines, 1):
        if "\r" in line:
            raise at_line(number, "the line has a carriage return")
        if "\0" in line:
            raise at_line(number, "the line has a NUL character")
    return lines


def decode_text(data: bytes) -> str:
    """Decode UTF-16LE with its mark, UTF-8 with or without, ASCII, and else Windows-1252.

    Windows reads a text without a mark in the code page of the machine, which nobody but the
    machine knows: text that is valid UTF-8 was hardly meant otherwise, the rest is taken for the
    western code page.

    Raises:
        FormatError: with the byte offset.
    """
    if data.startswith(b"version https://git-lfs"):
        raise FormatError(
            "this is a Git LFS pointer instead of the file; run `git lfs pull` to fetch the file",
            offset=0,
        )
    if data.startswith(codecs.BOM_UTF16_BE):
        raise FormatError(
            "the text is big-endian UTF-16; save it as UTF-8 or little-endian UTF-16", offset=0
        )
    if data.startswith(codecs.BOM_UTF16_LE):
        return _decode(data, "utf-16-le", codecs.BOM_UTF16_LE)
    if (nul := data.find(b"\0")) >= 0:
        raise FormatError(
            "the text has a NUL: it can be UTF-16 without the byte order mark FF FE", offset=nul
        )
    if data.startswith(codecs.BOM_UTF8):
        return _decode(data, "utf-8", codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode(data, "cp1252", b"")


def at_line(line: int, message: str) -> FormatError:
    """Return the error of a line."""
    return FormatError(f"line {line}: {message}")


def _decode(data: bytes, encoding: str, mark: bytes) -> str:
    try:
        return data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise FormatError(
            f"the text is not {encoding.upper()}", offset=len(mark) + error.start
        ) from None
