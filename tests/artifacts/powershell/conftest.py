from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.artifacts.powershell.harness import Engine, Wine


@pytest.fixture(scope="session")
def engine() -> Engine:
    home = os.environ.get("PSRUN")
    if not home:
        pytest.skip("PSRUN does not name the folder of PowerShell's engine")
    return Engine(Path(home))


@pytest.fixture(scope="session")
def wine(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wine]:
    if shutil.which("wine") is None:
        pytest.skip("Wine is not installed")
    made = Wine(engine.home, tmp_path_factory.mktemp("wine") / "prefix")
    made.start()
    yield made
    made.stop()
    # A prefix takes 700 MB, and pytest keeps the folders of three runs.
    shutil.rmtree(made.prefix, ignore_errors=True)
