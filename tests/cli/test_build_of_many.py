"""A build of many profiles holds one at a time, and writes nothing before all are made."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import closing

import pytest

from gpogen.compile.result import Compiled
from gpogen.workspace import made, spool
from gpogen.workspace.made import Batch
from gpogen.workspace.select import select_each
from tests.cli.conftest import Run, Workplace
from tests.support.work import peak_of


def test_a_folder_for_temporary_files_that_is_full_is_named_and_nothing_is_written(
    place: Workplace, gpogen: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.profile("web")
    monkeypatch.setattr(spool, "IN_MEMORY", 1)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    answer = gpogen("build")

    assert answer.code == 2
    assert "the folder for temporary files: No space left on device; set TMPDIR" in answer.err
    assert not place.output.exists()


def test_a_build_keeps_little_of_each_profile(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compiled, a profile takes more than 100 kB; its files take as much again."""
    monkeypatch.setattr(spool, "IN_MEMORY", 1 << 10)

    def peak(count: int) -> int:
        for number in range(count):
            place.profile(f"p{number:03}")

        def run() -> None:
            with closing(Batch()) as batch:
                assert select_each(batch.add, [], "profiles").count == count

        return peak_of(run)

    peak(1)
    few, many = peak(5), peak(45)
    assert many - few < 40 * (24 << 10)


def test_nothing_is_made_after_an_error_in_any_profile(
    place: Workplace, gpogen: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("api", "web"):
        place.profile(name)
    path = place.profile("db")
    path.write_text(path.read_text(encoding="utf-8") + "nonsense: 1\n", encoding="utf-8")
    names: list[str] = []
    real = made.make

    def make(compiled: Compiled) -> made.Made:
        names.append(compiled.header.name)
        return real(compiled)

    monkeypatch.setattr(made, "make", make)

    answer = gpogen("build")

    assert answer.code == 1
    assert names == ["api"]
    assert "nothing was written" in answer.err
    assert not place.output.exists()
