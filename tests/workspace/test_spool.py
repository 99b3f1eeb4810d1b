"""Records that wait outside the memory of a run."""

from __future__ import annotations

import os
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from gpogen.workspace import spool
from gpogen.workspace.spool import Spool

RECORDS = [(["a", 1], [b"", b"one\n", b"\0" * 70]), ({"b": None}, []), ("ä\n", [b"{}\n"])]


@pytest.mark.parametrize("limit", [1, 1 << 20])
def test_records_come_back_as_they_went_in(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr(spool, "IN_MEMORY", limit)
    with closing(Spool()) as waiting:
        for head, parts in RECORDS:
            waiting.add(head, parts)
            assert list(waiting)[-1] == (head, parts)

        assert list(waiting) == RECORDS
        one, two = iter(waiting), iter(waiting)
        assert [next(one), next(two), next(one), next(two)] == [
            RECORDS[0],
            RECORDS[0],
            RECORDS[1],
            RECORDS[1],
        ]


@pytest.mark.skipif(os.name != "posix", reason="Windows removes the file when it is closed")
def test_a_long_run_leaves_no_file_for_anybody_to_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "IN_MEMORY", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with closing(Spool()) as waiting:
        waiting.add("head", [b"part"])

        assert os.listdir(tmp_path) == []
