from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given

from gpogen.artifacts.render import ContextError
from gpogen.artifacts.render.contexts.shell import comment, literal
from tests.artifacts.render.hostile import CANARY, HOSTILE, encodable

SHELL_HOSTILE = [
    *HOSTILE,
    f"'; touch {CANARY}; '",
    f"$(touch {CANARY})",
    f"`touch {CANARY}`",
    f"x\ntouch {CANARY}\n",
    f'"; touch {CANARY}; "',
    "${IFS}$1$@ ~ * ? [a-z] {a,b} !! \\",
    "\\'",
    "-n",
]


@pytest.mark.parametrize(("value", "written"), [("", "''"), ("it's", "'it'\\''s'"), (7, "7")])
def test_a_literal_is_quoted(value: object, written: str) -> None:
    assert literal(value) == written


@pytest.mark.parametrize("value", ["a\0b", "\ud800", None, True, b"a"])
def test_what_no_shell_holds_is_refused(value: object) -> None:
    with pytest.raises(ContextError, match="shell literal"):
        literal(value)


def test_bash_reads_every_literal_as_it_was_and_runs_nothing(tmp_path: Path) -> None:
    if not shutil.which("bash"):
        pytest.skip("bash is not on PATH")
    values = [one for one in SHELL_HOSTILE if "\0" not in one]
    assert len(values) >= 40
    lines = [f"# {comment(one)}\nprintf '%s\\0' {literal(one)}" for one in values]
    script = tmp_path / "script.sh"
    script.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    done = subprocess.run(["bash", script], capture_output=True, cwd=tmp_path, check=True)

    assert done.stdout.decode("utf-8").split("\0")[:-1] == values
    assert not done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["script.sh"]


@given(encodable)
def test_no_comment_ends_early(value: str) -> None:
    assert all(line.startswith("# ") for line in f"# {comment(value)}".split("\n"))


def test_a_comment_is_text() -> None:
    with pytest.raises(ContextError, match="shell comment"):
        comment(3)
