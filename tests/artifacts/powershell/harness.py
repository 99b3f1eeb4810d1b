"""Runs generated scripts in PowerShell's engine, on Linux with stand-ins and under Wine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from gpogen.artifacts.api import OutFile
from tests.support import powershell

_TIMEOUT = 120
# What Windows answers about the machine, so that the Set script takes it for the profile's.
_MACHINE = Path(__file__).parents[1] / "undo" / "machine.ps1"
# No WINEDLLOVERRIDES: without mscoree the engine, which is a .NET program, ends at once.
_WINE_SETTINGS = {"WINEDEBUG": "-all", "WINEARCH": "win64"}

Registry: TypeAlias = dict[tuple[str, str], tuple[int, bytes]]


@dataclass(frozen=True)
class Call:
    command: str
    parameters: Mapping[str, Any]
    whatif: bool


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    calls: tuple[Call, ...] = ()

    @property
    def commands(self) -> list[str]:
        return [call.command for call in self.calls]

    def of(self, command: str) -> list[Mapping[str, Any]]:
        return [call.parameters for call in self.calls if call.command == command]


def write(files: Iterable[OutFile], folder: Path) -> list[Path]:
    paths = []
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
        paths.append(path)
    return paths


@dataclass(frozen=True)
class Engine(powershell.Engine):
    """PowerShell's engine, and what the stand-ins recorded."""

    def run(
        self,
        script: Path,
        *arguments: str,
        prelude: Sequence[Path] = (),
        environment: Mapping[str, str] | None = None,
        calls: Path | None = None,
        folder: Path | None = None,
    ) -> Outcome:
        done = self.start(
            script, *arguments, prelude=prelude, environment=environment, folder=folder
        )
        return Outcome(done.returncode, done.stdout + done.stderr, read_calls(calls))


def read_calls(path: Path | None) -> tuple[Call, ...]:
    if path is None or not path.exists():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(Call(**json.loads(line)) for line in lines)


@dataclass(frozen=True)
class Wine:
    """A Wine prefix with a registry of its own."""

    home: Path
    prefix: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def temporary(self) -> Path:
        """Where wineserver makes its folder, which it never removes."""
        return self.prefix.with_name("tmp")

    def start(self) -> None:
        """Make the prefix, and let the first call start its services with no pipe to hold."""
        self.environment.update(
            {k: v for k, v in os.environ.items() if k != "DISPLAY"}
            | _WINE_SETTINGS
            | {"WINEPREFIX": str(self.prefix), "TMPDIR": str(self.temporary)}
        )
        self.temporary.mkdir(parents=True)
        for command in (
            [str(self.home / "psrun-wine"), "-Command", "1"],
            ["wineserver", "-k"],
            ["wineserver", "-w"],
            ["wineserver", "-p60"],
            ["wine", "cmd", "/c", "exit"],
        ):
            # On a busy machine Wine may need a second go to make its prefix.
            if self._quiet(command) and (code := self._quiet(command)):
                raise AssertionError(f"{command} ended with {code}")

    def _quiet(self, command: list[str]) -> int:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT,
            check=False,
            env=self.environment,
        )
        return done.returncode

    def stop(self) -> None:
        for option in ("-k", "-w"):
            command = ["wineserver", option]
            subprocess.run(command, env=self.environment, timeout=_TIMEOUT, check=False)

    def call(self, *command: str, folder: Path | None = None, timeout: int = _TIMEOUT) -> Outcome:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
            cwd=folder,
            env=self.environment,
        )
        return Outcome(done.returncode, done.stdout.decode("utf-8", "replace"))

    def run(self, script: Path, *arguments: str) -> Outcome:
        """Run a script on a machine that has the edition and the build of the profile."""
        return self._run("-Prelude", f"Z:{_MACHINE}", "-File", f"Z:{script}", *arguments)

    def plain(self, script: Path) -> Outcome:
        """Run a script on the registry as it is."""
        return self._run("-File", f"Z:{script}")

    def _run(self, *arguments: str) -> Outcome:
        command = (str(self.home / "psrun-wine"), *arguments)
        done = self.call(*command)
        # Every failure of a script says something; silence is Wine that did not come up.
        return self.call(*command) if done.code and not done.out else done

    def batch(self, script: Path) -> Outcome:
        # Without .\ Wine's cmd takes the name Set-X.cmd for its own command SET.
        return self.call("wine", "cmd", "/c", f".\\{script.name}", folder=script.parent)

    def typed(self, lines: bytes, folder: Path, *options: str) -> None:
        """Give lines to an interactive cmd that runs in a folder, as if they were pasted."""
        # From a file: of a pipe Wine's cmd gives the lines to the first program that it starts.
        path = folder.with_suffix(".typed")
        path.write_bytes(lines + b"\r\nexit\r\n")
        with path.open("rb") as stdin:
            subprocess.run(
                ["wine", "cmd", *options],
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_TIMEOUT,
                check=False,
                cwd=folder,
                env=self.environment,
            )

    def clear(self, *keys: str) -> None:
        for key in keys:
            self.call("wine", "reg", "delete", rf"HKLM\{key}", "/f")

    def load(self, text: str, folder: Path) -> None:
        path = folder / "in.reg"
        head = "Windows Registry Editor Version 5.00\r\n\r\n"
        path.write_bytes(b"\xff\xfe" + (head + text).replace("\n", "\r\n").encode("utf-16-le"))
        assert self.call("wine", "reg", "import", f"Z:{path}").code == 0

    def values(self, key: str, folder: Path) -> Registry:
        path = folder / "out.reg"
        path.unlink(missing_ok=True)
        self.call("wine", "reg", "export", rf"HKLM\{key}", f"Z:{path}", "/y")
        return parse_reg(path.read_bytes().decode("utf-16")) if path.exists() else {}


def forget(wine: Wine) -> None:
    """Remove the records that Set scripts left."""
    shutil.rmtree(wine.prefix / "drive_c/Program Files/gpogen", ignore_errors=True)


_ENTRY = re.compile(
    r'(?:"(?P<name>(?:[^"\\]|\\.)*)"|(?P<default>@))='
    r'(?:"(?P<text>(?:[^"\\]|\\.)*)"|dword:(?P<dword>[0-9a-f]{8})'
    r"|hex(?:\((?P<kind>[0-9a-f]+)\))?:(?P<hex>[0-9a-f,\\\s]*?))\r?\n(?=\S|\r?\n|$)",
    re.DOTALL,
)
_KEY = re.compile(r"\[HKEY_LOCAL_MACHINE\\(?P<key>[^\n]*)\]\r?\n")


_ESCAPES = {"r": "\r", "n": "\n"}


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text, flags=re.DOTALL)


def parse_reg(text: str) -> Registry:
    """Read what ``reg export`` writes; a text may go over several lines."""
    found: Registry = {}
    key, at = "", text.index("\n") + 1
    while at < len(text):
        if match := _KEY.match(text, at):
            key = match["key"]
            found[(key, "\0key")] = (0, b"")
        elif match := _ENTRY.match(text, at):
            found[(key, _unescape(match["name"] or ""))] = _data(match)
        else:
            at = text.index("\n", at) + 1
            continue
        at = match.end()
    return found


def _data(match: re.Match[str]) -> tuple[int, bytes]:
    if match["text"] is not None:
        return 1, (_unescape(match["text"]) + "\0").encode("utf-16-le")
    if match["dword"] is not None:
        return 4, int(match["dword"], 16).to_bytes(4, "little")
    kind = 3 if match["kind"] is None else int(match["kind"], 16)
    return kind, bytes.fromhex("".join(re.findall(r"[0-9a-f]{2}", match["hex"])))
