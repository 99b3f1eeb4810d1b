"""A throw-away Samba domain in namespaces of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SERVER = "ldap://dc1.example.test"
_SCRIPT = Path(__file__).with_suffix(".sh")
_PASSWORD = "Passw0rd.Lab1"
_PROGRAMS = ("samba", "samba-tool", "smbclient", "ldbsearch", "ldbmodify", "unshare", "ip")
USER = f"Administrator%{_PASSWORD}"


def run_in_domain(folder: Path, script: str) -> str:
    """Start a domain controller, run a shell script beside it, and return what it printed."""
    missing = [name for name in _PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"{missing[0]} is not installed")
    if os.geteuid():
        pytest.skip("a Samba domain: run as root")
    result = subprocess.run(
        ["bash", str(_SCRIPT), str(folder / "dc"), "sh", "-euc", script],
        env={**os.environ, "PASSWORD": _PASSWORD, "PYTHONPATH": "", "LC_ALL": "C"},
        capture_output=True,
        check=False,
        timeout=300,
    )
    said = result.stdout.decode("utf-8", "replace")
    assert result.returncode == 0, said + result.stderr.decode("utf-8", "replace")
    return said
