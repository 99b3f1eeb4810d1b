"""Pages that are made from the program are as the program makes them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_words_is_current() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "tools.make_docs", "--check"], cwd=ROOT, check=False, timeout=120
    )

    assert result.returncode == 0, "run python -m tools.make_docs"
