from __future__ import annotations

import pytest

from gpogen.text import SHORT, remembered


@pytest.mark.parametrize(("length", "calls"), [(0, 1), (SHORT, 1), (SHORT + 1, 2)])
def test_what_was_made_of_a_short_text_alone_is_kept(length: int, calls: int) -> None:
    asked: list[str] = []

    @remembered
    def make(text: str) -> int:
        asked.append(text)
        return len(text)

    assert [make("x" * length), make("x" * length)] == [length, length]
    assert len(asked) == calls


def test_a_text_that_was_refused_is_refused_again() -> None:
    @remembered
    def make(text: str) -> str:
        raise ValueError(text)

    for _ in range(2):
        with pytest.raises(ValueError, match="odd"):
            make("odd")
