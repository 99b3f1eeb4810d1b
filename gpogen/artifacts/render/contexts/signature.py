"""Comments that PowerShell takes for the beginning of a script's signature.

Its tokenizer measures the Levenshtein distance of every line comment, without blanks and in
lower case, to ``sig#beginsignatureblock``; below 10 it refuses all code that follows
(tokenizer.cs, ScanToEndOfCommentLine; tried with engine 7.6). "Signature block" is near enough.
"""

from __future__ import annotations

from functools import lru_cache

_MARKER = "sig#beginsignatureblock"
# The engine's 10, and some for a template's own short word before the value, such as "Why: ".
_NEAR = 16
# Longer than any comment that the engine compares (34 characters).
_NOTE = " <this line is a comment, not a signature>"


def unlike_signature(line: str) -> str:
    """Lengthen a comment line that the engine could take for a signature's beginning."""
    compact = "".join(line.split()).lower()
    return line + _NOTE if abs(len(compact) - len(_MARKER)) < _NEAR and _is_near(compact) else line


@lru_cache(maxsize=1024)
def _is_near(compact: str) -> bool:
    """Measure a text of the marker's length or so; the same titles come in every script."""
    return _distance(compact, _MARKER) < _NEAR


def _distance(first: str, second: str) -> int:
    row = list(range(len(second) + 1))
    for number, char in enumerate(first, 1):
        corner, row[0] = row[0], number
        for column, other in enumerate(second, 1):
            step = min(row[column], row[column - 1]) + 1
            corner, row[column] = row[column], min(step, corner + (char != other))
    return row[-1]
