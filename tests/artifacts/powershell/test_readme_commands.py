"""The commands that README.txt shows, in PowerShell's engine."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from gpogen.artifacts import readme
from gpogen.compile.result import Compiled
from tests.artifacts.factory import compiled, header
from tests.artifacts.powershell.harness import Engine

pytestmark = pytest.mark.slow
OS_2022 = "windows-server-2022-azure-edition"


def text(made: Compiled) -> str:
    return readme.emit(made)[0].data.decode("utf-8-sig").replace("\r\n", "\n")


def test_the_loop_finds_a_changed_and_a_missing_file(engine: Engine, tmp_path: Path) -> None:
    shown = text(compiled())
    loop = shown[shown.index("    $manifest = ") : shown.index("    # Only if no file differs")]
    files = {"a.txt": b"a", "gpo/{x}/b.xml": b"b", "c.ps1": b"c"}
    listed = {name: {"sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    (tmp_path / "manifest.json").write_text(json.dumps({"files": listed}))
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    script = tmp_path / "loop.ps1"
    script.write_text(f"Set-Location -LiteralPath '{tmp_path}'\n{loop}")
    assert "Differs" not in engine.run(script).out
    (tmp_path / "c.ps1").write_bytes(b"changed")
    (tmp_path / "a.txt").unlink()
    done = engine.run(script).out
    assert "Differs: c.ps1" in done
    assert "Differs: a.txt" in done
    assert "b.xml" not in done


def test_the_commands_are_for_windows_powershell(engine: Engine, tmp_path: Path) -> None:
    for number, os in enumerate((OS_2022, "windows-server-2025-standard")):
        platform = "azure-local" if number == 0 else "azure-arc"
        shown = text(compiled(header=header(os=os, platform=platform)))
        steps = shown[shown.index("3. STEPS") : shown.index("5. RESTARTS")]
        body = re.sub(r"(?m)^    (patch|put)\.json:\n(      .*\n)+|^    SELECT.*\n", "", steps)
        lines = [line for line in body.splitlines() if line.startswith("    ")]
        path = tmp_path / f"{number}.ps1"
        path.write_text("\n".join(lines))
        (report,) = engine.check([path])
        assert not report["errors"]
        assert not report["newer"]
