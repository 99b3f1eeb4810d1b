"""What a list names and no form of a list has read: a verdict must not pass over it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from gpogen.errors import UsageError
from gpogen.lists.reported import Reported
from gpogen.text import cut

_KB = re.compile(r"KB[-_ #:]{0,2}([0-9]{6,8})(?![0-9])", re.IGNORECASE | re.ASCII)
_ROLLUP = re.compile(r"RollupFix~[0-9a-f]*~[a-z0-9]*~[^~\s]{0,40}~([0-9.]{1,40})", re.IGNORECASE)
_MOST = 5
"""How many are told."""


def refuse_unread(text: str, found: Iterable[Reported], shown: str) -> None:
    """Make sure that every number and every cumulative package of a list was read.

    Args:
        text: the list.
        found: what was read of it.
        shown: its name in messages.

    Raises:
        UsageError: something was not.
    """
    plain = _plain(text)
    seen = [item for part in found for item in part.seen]
    numbers = {item.kb.upper().removeprefix("KB") for item in seen if item.kb}
    packages = {build for item in seen for build in _builds(_plain(item.package))}
    unread = [f"KB{number}" for number in _KB.findall(plain) if number not in numbers]
    unread += [build for build in _builds(plain) if build not in packages]
    told = list(dict.fromkeys(unread))
    if told:
        more = f" and {len(told) - _MOST} more" if len(told) > _MOST else ""
        names = cut(", ".join(told[:_MOST]))
        raise UsageError(
            f"{shown}: {names}{more} cannot be separated from the rest: write each update on "
            "its own line or row"
        )


def _builds(text: str) -> list[str]:
    """Return the builds of the cumulative packages; one that is cut off ends with dots."""
    return [found[1].rstrip(".") for found in _ROLLUP.finditer(text)]


def _plain(text: str) -> str:
    """Write a text in ordinary characters: wide digits as digits, and nothing that is hidden."""
    if text.isascii():
        return text
    spelt = unicodedata.normalize("NFKC", text)
    return "".join(char for char in spelt if unicodedata.category(char) != "Cf")
