"""Builds again and again, is killed at every operation on a file, and says what it leaves.

Run by test_kills.py: ``python kill_driver.py FOLDER SCENARIO MODE STEP``. FOLDER holds
``profiles``. Every build is a process of its own, forked from this one, which has rendered all
profiles once. Prints JSON: how often a build was killed, and every fault.

Python announces each operation on a file to its audit hooks right before it happens; the child
ends itself there, as SIGKILL would end it.
"""

from __future__ import annotations

import functools
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

from gpogen.disk import directory, kernel, lock
from gpogen.workspace import made
from gpogen.workspace.select import Selection, select
from tests.support import building

KILLED = 137
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "gpogen.exchange"}
SIGNATURE = b"\r\n# SIG # Begin signature block\r\n# AAAA\r\n# SIG # End signature block\r\n"
Tree = dict[str, bytes]


class Write(Protocol):
    def __call__(
        self, place: directory.Directory, name: str, data: bytes, /, *, durable: bool
    ) -> None: ...


def is_change(event: str, arguments: tuple[Any, ...]) -> bool:
    if event == "open":
        flags = arguments[2]
        return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
    return event in CHANGES


def kill_at(number: int) -> None:
    """End this process right before its change of this number, from 1."""
    seen = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if is_change(event, arguments):
            seen += 1
            if seen == number:
                os._exit(KILLED)

    sys.addaudithook(hook)


def kill_within(number: int) -> None:
    """End this process in the middle of its write of this number, from 1."""
    seen = 0

    def halved(real: Write) -> Write:
        def write(self: directory.Directory, name: str, data: bytes, *, durable: bool) -> None:
            nonlocal seen
            seen += 1
            real(self, name, data if seen != number else data[: len(data) // 2], durable=durable)
            if seen == number:
                os._exit(KILLED)

        return write

    for name in ("create", "append"):  # A file, or a line of the journal.
        setattr(directory.Directory, name, halved(getattr(directory.Directory, name)))


def in_child(work: Callable[[], object], delay: float | None = None) -> int:
    """Run something in a process of its own; kill it after a delay. Return its exit code."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
    if delay is not None:
        time.sleep(delay)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return KILLED if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)


def tree(folder: Path) -> Tree:
    files = (path for path in folder.rglob("*") if not path.is_dir())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


class Scenario:
    """One kind of build: what lies there before, and what afterwards."""

    def __init__(self, root: Path, kind: str) -> None:
        self.root, self.kind = root, kind
        self.output, self.before = root / "output", root / "before"
        self.options: dict[str, Any] = {"prune": True} if kind == "prune" else {}
        self.selection = self._select()
        if kind != "first":
            self._prepare()
        shutil.rmtree(self.output, ignore_errors=True)
        self.restore()
        self.old = self.folders()
        self.build()
        self.new = self.folders()

    def _select(self) -> Selection:
        return select([], str(self.root / "profiles"))

    def _prepare(self) -> None:
        """Make what lies there before: an older state of the profiles, perhaps signed."""
        building.build(self.selection, self.output)
        # A changed file of a folder that is to go would rightly stop the build.
        older = self.output / "web" if self.kind == "prune" else self.output
        for path in older.rglob("README.txt"):
            path.write_bytes(b"an older one")
        if self.kind == "signed":
            for path in self.output.rglob("*.ps1"):
                path.write_bytes(path.read_bytes() + SIGNATURE)
        if self.kind == "prune":
            (self.root / "profiles/db.yaml").unlink()
            self.selection = self._select()
        self.output.rename(self.before)

    def restore(self) -> None:
        shutil.rmtree(self.output, ignore_errors=True)
        if self.before.exists():
            shutil.copytree(self.before, self.output)

    def folders(self) -> dict[str, Tree]:
        if not self.output.exists():
            return {}
        return {p.name: tree(p) for p in self.output.iterdir() if not p.name.startswith(".")}

    def build(self) -> None:
        outcome = building.build(self.selection, self.output, **self.options)
        if outcome.errors or outcome.remains:
            raise AssertionError([str(item) for item in (*outcome.errors, *outcome.remains)])

    def faults_of_kill(self, *, gap: bool) -> list[str]:
        """Tell which folder is neither old nor new; in a gap it may be missing till the next."""
        found = self.folders()
        faults = []
        for name in {*self.old, *self.new}:
            allowed = [self.old.get(name), self.new.get(name)] + ([None] if gap else [])
            if found.get(name) not in allowed:
                faults.append(f"{name} is neither old nor new")
        return faults + [f"{name} came from nowhere" for name in {*found} - {*self.old, *self.new}]

    def faults_of_healing(self) -> list[str]:
        if in_child(self.build) != 0:
            return ["the next build fails"]
        left = sorted(path.name for path in self.output.iterdir())
        faults = [] if left == sorted(self.new) else [f"left behind: {left}"]
        return faults + ([] if self.folders() == self.new else ["the next build is wrong"])


def campaign(scenario: Scenario, mode: str, step: int) -> dict[str, Any]:
    gap = mode in ("renames", "file-lock", "path")
    if mode == "random":
        return random_moments(scenario, step)
    killer = kill_within if mode == "within" else kill_at
    faults: list[str] = []
    kills = 0

    def killed_build(number: int) -> None:
        killer(number)
        scenario.build()

    for number in range(1, 100_000, step):
        scenario.restore()

        if in_child(functools.partial(killed_build, number)) == 0:
            break
        kills += 1
        found = scenario.faults_of_kill(gap=gap)
        if number % 3 == 0:  # A second kill, while what the first one left is put right.
            in_child(functools.partial(killed_build, random.randrange(1, number + 1)))
            found += scenario.faults_of_kill(gap=gap)
        found += scenario.faults_of_healing()
        faults += [f"operation {number}: {fault}" for fault in found]
    return {"kills": kills, "faults": faults}


def random_moments(scenario: Scenario, count: int) -> dict[str, Any]:
    start = time.monotonic()
    scenario.restore()
    in_child(scenario.build)
    whole = time.monotonic() - start
    faults: list[str] = []
    kills = 0
    for number in range(count * 50):
        scenario.restore()
        if in_child(scenario.build, random.uniform(0, whole)) == 0:
            whole *= 0.95  # It had come to its end: the machine has less to do than before.
        else:
            kills += 1
            whole *= 1.01
        found = scenario.faults_of_kill(gap=False) + scenario.faults_of_healing()
        faults += [f"kill {number}: {fault}" for fault in found]
        if kills == count:
            break
    return {"kills": kills, "faults": faults}


def main(root: str, kind: str, mode: str, step: str) -> None:
    random.seed(f"{kind} {mode}")

    def no(*_: object, **__: object) -> bool:
        return False

    patch = pytest.MonkeyPatch()
    patch.setattr(made, "make", functools.cache(made.make))
    # A kill loses nothing that was written, and waiting for the disk takes longer than all else.
    patch.setattr(kernel, "sync_all", no)
    patch.setattr(os, "fsync", no)
    if mode == "path":  # as on Windows
        patch.setattr(directory, "BY_DESCRIPTOR", False)
    if mode in ("renames", "file-lock"):
        patch.setattr(kernel, "exchange", no)
    if mode == "file-lock":
        patch.setattr(lock, "_lock_folder", no)
    print(json.dumps(campaign(Scenario(Path(root), kind), mode, int(step))))


if __name__ == "__main__":
    main(*sys.argv[1:])
