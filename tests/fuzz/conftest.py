from __future__ import annotations

from tests.cli.conftest import gpogen, place

__all__ = ["gpogen", "place"]
