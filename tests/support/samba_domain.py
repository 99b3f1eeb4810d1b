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


def other_root() -> str:
    """Return the root folder of a Debian with another Samba, or skip the test."""
    name = os.environ.get("GPOGEN_SAMBA_ROOT")
    if not name or not Path(name, "usr/bin/samba-tool").is_file():
        pytest.skip("GPOGEN_SAMBA_ROOT names no Debian with Samba")
    return name


def run_in_domain(folder: Path, script: str, root: str = "") -> str:
    """Start a domain controller, run a shell script beside it, and return what it printed.

    Args:
        folder: where both have their files.
        script: the script.
        root: the root folder whose Samba runs; empty for this system's.
    """
    places = os.pathsep.join(f"{root}/{name}" for name in ("usr/sbin", "usr/bin", "sbin", "bin"))
    missing = [n for n in _PROGRAMS if shutil.which(n, path=places if root else None) is None]
    if missing:
        pytest.skip(f"{missing[0]} is not installed")
    if os.geteuid():
        pytest.skip("a Samba domain: run as root")
    result = subprocess.run(
        ["bash", str(_SCRIPT), str(folder / "dc"), "sh", "-euc", script],
        env={
            **os.environ,
            "PASSWORD": _PASSWORD,
            "PYTHONPATH": "",
            "LC_ALL": "C",
            "SAMBA_ROOT": root,
        },
        capture_output=True,
        check=False,
        timeout=300,
    )
    said = result.stdout.decode("utf-8", "replace")
    assert result.returncode == 0, said + result.stderr.decode("utf-8", "replace")
    return said
