"""Lets several gpogens build into one folder at once, and says what comes out.

Run by test_sharing.py: ``python share_driver.py FOLDER MODE ROUNDS``. FOLDER holds ``a`` and ``b``,
two folders with profiles of the same names. Each builder has a TMPDIR of its own and, as root,
every second one is another user. Prints JSON: the mixed states, and what was left behind.
"""

from __future__ import annotations

import functools
import json
import os
import random
import shutil
import sys
import time
from pathlib import Path

import pytest

from gpogen.disk import directory, kernel, lock
from gpogen.workspace import made
from gpogen.workspace.select import Selection, select
from tests.attack.kill_driver import Tree, tree
from tests.support import building

BUILDERS = 6
NOBODY = 65534


def folders(output: Path) -> dict[str, Tree]:
    return {path.name: tree(path) for path in output.iterdir()}


def builder(number: int, root: Path, selection: Selection) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.umask(0)
        temporary = root / f"tmp-{number}"
        temporary.mkdir(mode=0o777, exist_ok=True)
        os.environ["TMPDIR"] = str(temporary)
        if os.getuid() == 0 and number % 2:
            os.setuid(NOBODY)
        time.sleep(random.uniform(0, 0.02))
        outcome = building.build(selection, root / "output")
        code = 1 if outcome.errors or outcome.remains else 0
    finally:
        os._exit(code)


def main(name: str, mode: str, rounds: str) -> None:
    random.seed(mode)
    root = Path(name)
    os.umask(0)
    root.chmod(0o777)
    patch = pytest.MonkeyPatch()
    patch.setattr(made, "make", functools.cache(made.make))
    patch.setattr(kernel, "sync_all", lambda _: None)
    patch.setattr(os, "fsync", lambda _: None)
    if mode == "file lock":
        patch.setattr(lock, "_lock_folder", lambda *_, **__: False)
    if mode == "by path":
        patch.setattr(directory, "BY_DESCRIPTOR", False)
    selections, states = [], []
    for side in ("a", "b"):
        shutil.rmtree(root / "output", ignore_errors=True)
        selections.append(select([], str(root / side)))
        building.build(selections[-1], root / "output")
        states.append(folders(root / "output"))
    shutil.rmtree(root / "output")
    (root / "output").mkdir()
    faults = []
    for turn in range(int(rounds)):
        pids = [builder(number, root, selections[number % 3 % 2]) for number in range(BUILDERS)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
        found = folders(root / "output")
        if any(codes):
            faults.append(f"round {turn}: exit codes {codes}")
        if found not in states:
            faults.append(f"round {turn}: mixed, or something left: {sorted(found)}")
    print(json.dumps(faults))


if __name__ == "__main__":
    main(*sys.argv[1:])
