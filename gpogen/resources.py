"""Where templates, shipped profiles and pages lie, installed or in a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def resource_dir(name: str) -> Path:
    """Return the folder ``templates``, ``profiles`` or ``docs``.

    A wheel carries them as ``gpogen/_templates`` and so on; a checkout (and so an editable
    install) has them beside the package.
    """
    package = Path(__file__).resolve().parent
    packed = package / f"_{name}"
    return packed if packed.is_dir() else package.parent / name
