"""PowerShell: ``pwsh`` where it is on PATH, else psrun, whose folder PSRUN names."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gpogen.artifacts.render.contexts.powershell import typed_value

STANDINS = Path(__file__).parent / "standins"
MISSING = "neither pwsh is on PATH nor does PSRUN name a folder with psrun"
_CHECK = Path(__file__).parent / "check.ps1"
_TIMEOUT = 120
_PARAMETER = re.compile(r"-[A-Za-z]+")
# No colors and no pipes for debuggers, which a process that is ended leaves in TMPDIR.
_SETTINGS = {"NO_COLOR": "1", "DOTNET_EnableDiagnostics": "0", "POWERSHELL_TELEMETRY_OPTOUT": "1"}


def psrun() -> Path | None:
    """Return the folder of psrun, which has psrun-wine, too."""
    named = os.environ.get("PSRUN")
    return Path(named) if named else None


def find_engine() -> Engine | None:
    """Return the engine to use."""
    pwsh = shutil.which("pwsh")
    if pwsh:
        return Engine((pwsh, "-NoLogo", "-NoProfile", "-NonInteractive"))
    home = psrun()
    return Engine((str(home / "psrun"),)) if home else None


def needed_engine() -> Engine:
    """Return the engine to use; a test without any is skipped."""
    return find_engine() or pytest.skip(MISSING)


def _quoted(text: str) -> str:
    return f"({typed_value(text)})"


@dataclass(frozen=True)
class Engine:
    """A program that runs ``-File SCRIPT`` as pwsh does."""

    command: tuple[str, ...]

    def start(
        self,
        script: Path,
        *arguments: str,
        prelude: Sequence[Path] = (),
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a script with the stand-ins as modules, after scripts that define more.

        Args:
            script: what to run; the exit code is what ``-File`` would give.
            *arguments: of the script; names of parameters, and texts.
            prelude: scripts that run before, in the scope that calls it.
            environment: variables besides the present ones.
            folder: the current one of the process.
        """
        words = [one if _PARAMETER.fullmatch(one) else _quoted(one) for one in arguments]
        lines = [
            f"$env:PSModulePath = {_quoted(str(STANDINS) + os.pathsep)} + $env:PSModulePath",
            *(f". {_quoted(str(path))}" for path in prelude),
            " ".join([f"& {_quoted(str(script))}", *words]),
            "if ($?) { exit 0 }",
            "if ($LASTEXITCODE) { exit $LASTEXITCODE }",
            "exit 1",
        ]
        with tempfile.TemporaryDirectory() as name:
            start = Path(name, "start.ps1")
            start.write_text("\n".join(lines), encoding="utf-8-sig")
            return subprocess.run(
                [*self.command, "-File", start],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                timeout=_TIMEOUT,
                check=False,
                env={**os.environ, **_SETTINGS, **(environment or {})},
                cwd=folder,
            )

    def check(self, paths: Sequence[Path]) -> list[dict[str, Any]]:
        """Parse scripts, and return what check.ps1 says of each."""
        with tempfile.TemporaryDirectory() as name:
            listed = Path(name, "paths.txt")
            listed.write_text("\n".join(map(str, paths)), encoding="utf-8")
            done = self.start(_CHECK, "-Listed", str(listed))
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]
