"""Random choices that a seed repeats, and hostile scalars that every format meets."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

_CHARACTERS = (
    "abcXYZ 019_-.\\/;:,=*()[]{}<>&\"'`$%#@!|^~\t"
    "\u00e4\u00df\u20ac\u2018\u2028\u200b\u202e\ufeff\ufffd\U0001f600"
)
_ODD = (
    "",
    "*",
    "(Default)",
    "@",
    "**del.X",
    "**delvals.",
    "**DeleteKeys",
    "; x",
    "[x]",
    '"',
    "a\\b",
    "\\0",
    "\\\\",
    "..",
    "a=b",
    "x;y",
    "<a>&amp;",
    "##vso[task]",
    "::error::",
    "$(calc)",
    "%PATH%",
    "CON",
    "\x00",
    "\x1b[31m",
    "\r\n",
    "\ud800",
)
_NUMBERS = (0, 1, 2, 4, 7, 11, 12, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF)


class Dice(random.Random):
    """A source of choices; the same seed gives the same ones on every machine."""

    def pick(self, items: Sequence[T]) -> T:
        """Return one of some items, faster than `choice`."""
        return items[int(self.random() * len(items))]

    def below(self, stop: int) -> int:
        """Return a number from 0 to ``stop - 1``."""
        return int(self.random() * stop)

    def one_in(self, count: int) -> bool:
        """Return true in one case of ``count``."""
        return self.random() * count < 1

    def some(self, make: Callable[[Dice], T], most: int) -> list[T]:
        """Make a list of up to ``most`` items; short ones are likelier."""
        return [make(self) for _ in range(min(self.below(most + 1), self.below(most + 1)))]

    def number(self) -> int:
        """Return a number of 32 bits, often one at an edge."""
        return self.pick(_NUMBERS) if self.one_in(2) else self.getrandbits(32)

    def text(self, most: int = 8) -> str:
        """Return a text, sometimes one that looks like the syntax of a format."""
        if self.one_in(6):
            return self.pick(_ODD)
        return "".join([self.pick(_CHARACTERS) for _ in range(self.below(most + 1))])

    def word(self, most: int = 6) -> str:
        """Return letters and digits; never empty."""
        return "".join([self.pick("abcdefXYZ0123456789") for _ in range(1 + self.below(most))])

    def data(self, most: int = 12) -> bytes:
        """Return bytes."""
        return self.randbytes(self.below(most + 1))
