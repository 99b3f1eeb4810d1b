"""The advance widths of a TrueType font, by the OpenType specification (cmap format 4)."""

from __future__ import annotations

import struct
import unicodedata
from dataclasses import dataclass
from pathlib import Path

DEJAVU = (
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"),
)
LIBERATION = (
    Path("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf"),
    Path("/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf"),
)
"""Regular and bold; Debian's fonts-dejavu-core and fonts-liberation."""


@dataclass(frozen=True)
class Font:
    """The widths of characters, as parts of the size."""

    widths: dict[str, float]

    def width(self, text: str, size: float) -> float:
        """Return the width of a text; a character that the font lacks is as wide as its size."""
        return sum(self.widths.get(char, _missing(char)) for char in text) * size


def _missing(char: str) -> float:
    return 0.0 if unicodedata.category(char) in ("Mn", "Me") else 1.0


def read_font(path: Path) -> Font:
    """Read a font."""
    data = path.read_bytes()
    tables = {}
    for number in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sLLL", data, 12 + 16 * number)
        tables[tag] = offset
    (units,) = struct.unpack_from(">H", data, tables[b"head"] + 18)
    (count,) = struct.unpack_from(">H", data, tables[b"hhea"] + 34)
    advances = [
        struct.unpack_from(">H", data, tables[b"hmtx"] + 4 * glyph)[0] for glyph in range(count)
    ]
    glyphs = _characters(data, tables[b"cmap"])
    return Font(
        {chr(char): advances[min(glyph, count - 1)] / units for char, glyph in glyphs.items()}
    )


def _characters(data: bytes, cmap: int) -> dict[int, int]:
    for number in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHL", data, cmap + 4 + 8 * number)
        start = cmap + offset
        if (platform, encoding) == (3, 1) and struct.unpack_from(">H", data, start)[0] == 4:
            return _format_4(data, start)
    raise ValueError("no cmap of format 4")


def _format_4(data: bytes, start: int) -> dict[int, int]:
    double = struct.unpack_from(">H", data, start + 6)[0]
    found = {}
    for at in range(start + 14, start + 14 + double, 2):
        end = struct.unpack_from(">H", data, at)[0]
        first = struct.unpack_from(">H", data, at + double + 2)[0]
        delta = struct.unpack_from(">H", data, at + 2 * double + 2)[0]
        place = at + 3 * double + 2
        offset = struct.unpack_from(">H", data, place)[0]
        for char in range(first, min(end, 0xFFFE) + 1):
            glyph = char
            if offset:
                glyph = struct.unpack_from(">H", data, place + offset + 2 * (char - first))[0]
            if glyph or not offset:
                found[char] = (glyph + delta) & 0xFFFF
    return found
