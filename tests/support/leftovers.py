"""The run has a temporary folder of its own, in which nothing may be left at its end."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_GRAMMAR = ".lark_cache_"
"""The parser of Terraform's files keeps its grammar in the temporary folder."""
_state: dict[str, Path] = {}


def begin() -> None:
    """Make the folder, for this process and those that it starts.

    What pytest keeps of the last three runs stays where it would be otherwise.
    """
    before = tempfile.gettempdir()
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", before)
    folder = tempfile.mkdtemp(prefix="gpogen-tests-", dir=before)
    # Some tests start builders as another user, who has to get to what lies in it.
    os.chmod(folder, 0o711)
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    _state["folder"] = Path(folder)


def end() -> list[str]:
    """Remove the folder, and return the names of what was left in it."""
    folder = _state.pop("folder", None)
    if folder is None:
        return []
    left = (path.name for path in folder.iterdir())
    names = sorted(name for name in left if not name.startswith(_GRAMMAR))
    shutil.rmtree(folder, ignore_errors=True)
    return names


def discard() -> None:
    """Remove the folder of a run that never came to its end."""
    end()
