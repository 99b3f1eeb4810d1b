"""How wide texts are, whatever sans-serif font shows them.

Each width is that of the widest of DejaVu Sans and Liberation Sans (which has the widths of Arial
and Helvetica), rounded up. Segoe UI is as wide as Arial on average: 908 against 913 units of 2048
(Capsize font metrics 4.3.0), and DejaVu Sans is wider than both by a tenth.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_FIRST = 32
_REGULAR = """
318 401 460 838 637 951 780 275 391 391 500 838 318 361 318 337 637 637 637 637 637 637 637 637 637
637 337 337 838 838 838 557 1016 685 687 723 771 667 611 778 752 295 500 667 558 863 749 788 667 788
723 667 611 732 685 989 686 667 686 391 337 391 838 557 500 613 635 550 635 616 353 635 634 278 278
580 278 975 634 612 635 635 412 521 393 634 592 818 592 592 525 637 337 637 838
"""
_BOLD = """
349 457 521 838 696 1002 873 307 458 458 523 838 380 416 380 366 696 696 696 696 696 696 696 696 696
696 400 400 838 838 838 611 1000 774 763 734 831 684 684 821 837 373 557 775 638 996 837 851 733 851
771 721 683 813 774 1104 771 725 726 458 366 458 838 557 500 675 716 593 716 679 436 716 712 343 343
666 343 1042 712 688 716 716 494 596 479 712 652 924 646 652 583 712 366 712 838
"""
_WIDTHS = {
    False: tuple(map(int, _REGULAR.split())),
    True: tuple(map(int, _BOLD.split())),
}
"""In thousandths of the size, from the blank to the tilde."""
_OTHER = 1110
"""Any other character: as wide as the widest letter, and as an ideograph."""
_CUT = "\u2026"


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text can be, in the unit of the size."""
    widths = _WIDTHS[bold]
    total = 0
    for char in text:
        at = ord(char) - _FIRST
        if 0 <= at < len(widths):
            total += widths[at]
        elif unicodedata.category(char) not in ("Mn", "Me"):
            total += _OTHER
    return total * size / 1000


def cut_to(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return a text, or its beginning and an ellipsis where it is wider than its room."""
    if width_of(text, size, bold=bold) <= room:
        return text
    left = room - width_of(_CUT, size, bold=bold)
    end = 0
    while end < len(text) and width_of(text[: end + 1], size, bold=bold) <= left:
        end += 1
    return f"{text[:end].rstrip()}{_CUT}"


def wrapped(
    text: str, room: float, size: float, *, bold: bool = False, most: int = 9
) -> tuple[str, ...]:
    """Break a text at blanks into at most so many lines; a longer word, and the rest, is cut."""
    lines: list[str] = []
    words: Sequence[str] = re.findall(r"\s*\S+", text)
    line = ""
    for number, word in enumerate(words):
        longer = line + word
        if not line or width_of(longer.rstrip(), size, bold=bold) <= room:
            line = longer
        elif len(lines) == most - 1:
            line += "".join(words[number:])
            break
        else:
            lines.append(line)
            line = word.lstrip()
    return tuple(cut_to(item.rstrip(), room, size, bold=bold) for item in (*lines, line))
