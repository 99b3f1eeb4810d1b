"""Samba's registry.pol parser, which runs in the system's Python."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

_SCRIPT = """
import json, sys
from samba.dcerpc import preg
from samba.ndr import ndr_pack, ndr_unpack
answer = []
for name in json.load(sys.stdin):
    data = open(name, "rb").read()
    try:
        parsed = ndr_unpack(preg.file, data)
    except Exception as error:
        answer.append({"error": str(error)})
        continue
    entries = []
    for entry in parsed.entries:
        value = entry.data
        if isinstance(value, bytes):
            value = value.hex()
        entries.append([entry.keyname, entry.valuename, entry.type, value])
    answer.append({"entries": entries, "same": ndr_pack(parsed) == data})
json.dump(answer, sys.stdout)
"""


@functools.cache
def _python() -> str | None:
    for name in ("/usr/bin/python3", "python3"):
        path = shutil.which(name)
        if path is None:
            continue
        probe = subprocess.run(
            [path, "-c", "import samba.dcerpc.preg"], capture_output=True, check=False, timeout=60
        )
        if probe.returncode == 0:
            return path
    return None


def samba_read(paths: list[Path]) -> list[dict[str, Any]]:
    """Read files with Samba: ``entries`` and whether it writes the same bytes, or ``error``."""
    answer: list[dict[str, Any]] = json.loads(
        samba_run(_SCRIPT, json.dumps([str(path) for path in paths]))
    )
    return answer


def samba_run(script: str, given: str) -> str:
    """Run a script in the Python that has Samba's modules, and return what it prints."""
    python = _python()
    if python is None:
        pytest.skip("python3-samba is not installed")
    return subprocess.run(
        [python, "-c", script], input=given, capture_output=True, text=True, check=True, timeout=120
    ).stdout
