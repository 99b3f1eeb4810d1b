"""Small changes to an input: what a byte-wise mutator does, with words of the format."""

from __future__ import annotations

from collections.abc import Callable

from fuzz.dice import Dice

_INTERESTING = (
    b"\0",
    b"\0\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xff\xff\xff\xff",
    b"\0\0\0\x80",
    b"\n",
    b"\r\n",
    b"\xd8\x00",
    b"\xc0\x80",
    b"\xed\xa0\x80",
)

_Change = Callable[[bytes, Dice, bytes, tuple[bytes, ...]], bytes]


def mutate(data: bytes, dice: Dice, other: bytes, words: tuple[bytes, ...], most: int) -> bytes:
    """Change an input in up to four places.

    Args:
        data: the input.
        dice: the choices.
        other: a second input, of which a part can be put in.
        words: byte strings of the format.
        most: the length at which the result is cut.
    """
    for _ in range(1 + dice.below(dice.pick((1, 1, 2, 4)))):
        data = dice.pick(_CHANGES)(data, dice, other, words)
    return data[:most]


def _flip(data: bytes, dice: Dice, _other: bytes, _words: tuple[bytes, ...]) -> bytes:
    if not data:
        return data
    at = dice.below(len(data))
    return data[:at] + bytes((data[at] ^ (1 << dice.below(8)),)) + data[at + 1 :]


def _replace(data: bytes, dice: Dice, _other: bytes, _words: tuple[bytes, ...]) -> bytes:
    at = dice.below(len(data) + 1)
    return data[:at] + bytes((dice.below(256),)) + data[at + 1 :]


def _remove(data: bytes, dice: Dice, _other: bytes, _words: tuple[bytes, ...]) -> bytes:
    at = dice.below(len(data) + 1)
    return data[:at] + data[at + 1 + dice.below(dice.pick((1, 4, 32))) :]


def _repeat(data: bytes, dice: Dice, _other: bytes, _words: tuple[bytes, ...]) -> bytes:
    at = dice.below(len(data) + 1)
    part = data[at : at + 1 + dice.below(64)]
    return data[:at] + part * (1 + dice.below(dice.pick((2, 2, 8)))) + data[at:]


def _cut(data: bytes, dice: Dice, _other: bytes, _words: tuple[bytes, ...]) -> bytes:
    return data[: dice.below(len(data) + 1)]


def _insert(data: bytes, dice: Dice, _other: bytes, words: tuple[bytes, ...]) -> bytes:
    word = dice.pick(words) if words and not dice.one_in(4) else dice.pick(_INTERESTING)
    at = dice.below(len(data) + 1)
    return data[:at] + word + data[at:]


def _overwrite(data: bytes, dice: Dice, _other: bytes, words: tuple[bytes, ...]) -> bytes:
    word = dice.pick(words) if words and dice.one_in(2) else dice.pick(_INTERESTING)
    at = dice.below(len(data) + 1)
    return data[:at] + word + data[at + len(word) :]


def _splice(data: bytes, dice: Dice, other: bytes, _words: tuple[bytes, ...]) -> bytes:
    at, begin = dice.below(len(data) + 1), dice.below(len(other) + 1)
    part = other[begin : begin + 1 + dice.below(128)]
    return data[:at] + part + data[at + dice.pick((0, len(part))) :]


_CHANGES: tuple[_Change, ...] = (
    _flip,
    _flip,
    _replace,
    _remove,
    _repeat,
    _cut,
    _insert,
    _insert,
    _overwrite,
    _splice,
)
