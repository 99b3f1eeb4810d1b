"""The name of a time zone, as a field of a profile."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from gpogen.profile import fields


def _zone(value: Any) -> str:
    from gpogen.zones import known_zones, zone_hint

    if not isinstance(value, str):
        raise fields.wrong("text", f"must be text; got {fields.shown(value)}", found=value)
    if value not in known_zones():
        raise fields.wrong(
            "word",
            f"{fields.shown(value)} is not an IANA time zone",
            allowed=(),
            found=value,
            fix=zone_hint(value),
        )
    return value


Zone = Annotated[str, BeforeValidator(_zone)]
