from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.artifacts.audit.machine import SCHEMA, Machine
from tests.artifacts.powershell.conftest import engine, wine
from tests.artifacts.powershell.harness import Wine

__all__ = ["engine", "wine"]


@pytest.fixture(scope="session")
def validator() -> Any:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


@pytest.fixture
def machine(wine: Wine, tmp_path: Path, validator: Any) -> Machine:
    return Machine(wine, tmp_path, validator)
