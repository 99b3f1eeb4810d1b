from __future__ import annotations

from tests.artifacts.powershell.conftest import engine, wine

__all__ = ["engine", "wine"]
