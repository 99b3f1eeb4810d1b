from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.artifacts.powershell.harness import Engine, Wine
from tests.support.powershell import needed_engine, psrun


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine(needed_engine().command)


@pytest.fixture(scope="session")
def wine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wine]:
    home = psrun()
    if home is None:
        pytest.skip("PSRUN names no folder with psrun-wine")
    if shutil.which("wine") is None:
        pytest.skip("Wine is not installed")
    made = Wine(home, tmp_path_factory.mktemp("wine") / "prefix")
    made.start()
    yield made
    made.stop()
    # A prefix takes 700 MB, and pytest keeps the folders of three runs.
    shutil.rmtree(made.prefix.parent, ignore_errors=True)
