"""Files that other people made, where the environment names their folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def corpus() -> Path:
    """Return the folder that GPOGEN_CORPUS names, or skip the test."""
    name = os.environ.get("GPOGEN_CORPUS")
    if not name or not Path(name).is_dir():
        pytest.skip("GPOGEN_CORPUS names no folder of real policy files")
    return Path(name)


def facts() -> Path:
    """Return the folder of collected facts that GPOGEN_FACTS names, or skip the test."""
    name = os.environ.get("GPOGEN_FACTS")
    if not name or not Path(name).is_dir():
        pytest.skip("GPOGEN_FACTS names no folder of collected facts")
    return Path(name)


def checkout(variable: str, repository: str) -> Path:
    """Return the checkout of a public repository that a variable names, or skip the test."""
    name = os.environ.get(variable)
    if not name or not Path(name).is_dir():
        pytest.skip(f"{variable} names no checkout of a public repository: {repository}")
    return Path(name)


def osconfig() -> Path:
    """Return the checkout of microsoft/osconfig, or skip the test."""
    return checkout("GPOGEN_OSCONFIG", "microsoft/osconfig")


def dsc() -> Path:
    """Return the checkout of PowerShell/DSC, or skip the test."""
    return checkout("GPOGEN_DSC", "PowerShell/DSC")
