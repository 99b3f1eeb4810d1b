"""Where the real Administrative Templates are, if anywhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def admx_root() -> Path:
    """The folder that holds windows11-21h2 to windows11-25h2; skips where there is none."""
    corpus = os.environ.get("GPOGEN_CORPUS")
    if not corpus:
        pytest.skip("GPOGEN_CORPUS is not set: Microsoft's templates can't be redistributed")
    root = Path(corpus, "windows-admx")
    if not (root / "windows11-24h2" / "WindowsUpdate.admx").is_file():
        pytest.skip(f"no Administrative Templates in {root}")
    return root
