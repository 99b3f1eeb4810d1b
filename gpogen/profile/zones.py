"""The time zones that a profile can name."""

from __future__ import annotations

import zoneinfo

_NO_PLACES = frozenset(("localtime", "posixrules", "Factory"))
"""What some machines list besides: it means something else on each of them."""


def known_zones() -> frozenset[str]:
    """Return the IANA names of this machine's time zone data."""
    return frozenset(zoneinfo.available_timezones()) - _NO_PLACES
