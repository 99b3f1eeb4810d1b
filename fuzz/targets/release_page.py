"""A saved copy of the release information page, which `gpogen releases import` reads."""

from __future__ import annotations

import datetime

from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.releases.additions import read_additions
from gpogen.releases.compare import chosen, compare, sentences
from gpogen.releases.knowledge import know
from gpogen.releases.page import read_page
from gpogen.releases.write import text_of

_DAY = datetime.date(2026, 11, 24)
_LINES = (
    "# Windows Server release information",
    "ms.date: 05/13/2026",
    "Windows Server 2025 (OS build 26100)",
    "Windows Server 2022 (OS build 20348)",
    "| Servicing option | Update type | Availability date | Build | KB article |",
    "| --- | --- | --- | --- | --- |",
    "",
)


def generate(dice: Dice) -> bytes:
    """Make lines of a page and rows of a table."""
    lines = [_row(dice) if dice.one_in(2) else dice.pick(_LINES) for _ in range(dice.below(12))]
    return "\n".join(lines).encode("utf-8", "replace")


def _row(dice: Dice) -> str:
    day = f"20{20 + dice.below(9)}-{1 + dice.below(13):02}-{1 + dice.below(31):02}"
    build = f"{dice.pick(('26100', '20348', '1'))}.{dice.below(40000)}"
    number = dice.below(10**7)
    link = f"[KB{number}](https://support.microsoft.com/help/{number})"
    cells = ["LTSC", dice.pick(("2026-05 B", "2026-05 OOB", dice.text())), day, build, link]
    return "| " + " | ".join(cells) + " |"


def check(data: bytes) -> None:
    """Read a page; what is written of it is read back without a mistake."""
    page = read_page(data.decode("utf-8", "replace"), "page.md")
    found = compare(page, _DAY, know())
    assert all(sentences(found))
    text = text_of(chosen(found), _DAY, None)
    _, findings = read_additions(text.encode("utf-8"), "hotpatch-releases.yaml")
    assert not findings, findings


TARGET = Target(
    generate=generate,
    check=check,
    words=(b"| ", b" |\n", b"2026-05 B", b"KB", b"26100.", b"20348.", b"OOB", b"---"),
    most=1024,
    steps=(400_000, 3_000),
)
