"""The time zones that a profile can name."""

from __future__ import annotations

import difflib
import zoneinfo
from functools import cache

MAX_ZONE = 100
"""Characters of a word that is compared with the names of zones."""
_NO_PLACES = frozenset(("localtime", "posixrules", "Factory"))
"""What some machines list besides: it means something else on each of them."""


@cache
def known_zones() -> frozenset[str]:
    """Return the IANA names of this machine's time zone data."""
    return frozenset(zoneinfo.available_timezones()) - _NO_PLACES


def zone_hint(value: str) -> str:
    """Name the zone that a text nearly is, by its city, too; a Windows name has none."""
    known = known_zones()
    cities = [zone for zone in known if zone.rpartition("/")[2].lower() == value.lower()]
    likely = value if len(value) <= MAX_ZONE else ""
    close = difflib.get_close_matches(likely, sorted(known), n=1, cutoff=0.85)
    near = cities if len(cities) == 1 else close
    if near and not value.lower().endswith(" time"):
        return f"did you mean {near[0]}?"
    return "use an IANA name such as Europe/Berlin"
