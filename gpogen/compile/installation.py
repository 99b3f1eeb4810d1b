"""Whether machines have Server Core or Desktop Experience, by their target and its image."""

from __future__ import annotations

from gpogen.catalog.platforms import find_image
from gpogen.profile.schema import Image, Target

OFFER = ("MicrosoftWindowsServer", "WindowsServer")
"""Publisher and offer of an image that a profile names by its SKU alone."""


def installation(target: Target) -> str:
    """Return core or desktop: as written, else as the image says, else core."""
    return said_installation(target) or "core"


def said_installation(target: Target) -> str:
    """Return core or desktop as the profile or its image says; empty where either is possible."""
    if target.installation is not None:
        return "" if target.installation == "both" else target.installation
    if isinstance(target.image, Image):
        row = find_image(target.image.publisher, target.image.offer, target.image.sku)
    else:
        row = find_image(*OFFER, target.image or "")
    return row.installation if row else ""
