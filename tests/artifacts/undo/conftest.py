from __future__ import annotations

from tests.artifacts.powershell.conftest import wine

__all__ = ["wine"]
