"""Days and systems as the command line writes them. Every command loads it: it stays light."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence

from gpogen.catalog.months import read_day
from gpogen.catalog.platforms import operating_systems
from gpogen.catalog.releases import release_data
from gpogen.errors import UsageError


def day_of(text: str) -> datetime.date:
    """Read a day; without one it is today, or what SOURCE_DATE_EPOCH says.

    Raises:
        UsageError: the text is no date from 1980 on.
    """
    if text in ("", "now"):
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        if epoch.isdecimal() and len(epoch) < 12:
            return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
        return datetime.datetime.now().astimezone().date()
    day = read_day(text)
    if day is None:
        raise UsageError(f"--today: {text!r} is not a date such as 2026-11-24")
    return day


def systems_of(words: Sequence[str]) -> tuple[str, ...]:
    """Return the systems that are asked for; all without words.

    Raises:
        UsageError: a word is no system.
    """
    found = set()
    known = {word: row.family for word, row in operating_systems().items()}
    known |= {family: family for family in release_data().systems}
    known |= {family.rpartition("-")[2]: family for family in release_data().systems}
    for word in words:
        if word.lower() not in known:
            from gpogen.near import hint

            near = hint(word, tuple(known))
            allowed = ", ".join(release_data().systems)
            raise UsageError(
                f"--os: {word!r} is not a supported system; allowed: "
                f"{allowed}{f'; {near}' if near else ''}"
            )
        found.add(known[word.lower()])
    return tuple(sorted(found or release_data().systems))
