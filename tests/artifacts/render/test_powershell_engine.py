"""What PowerShell's own engine makes of the contexts."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from jinja2 import DictLoader

from gpogen.artifacts.render import render_from
from tests.artifacts.render.hostile import CANARY, HOSTILE
from tests.support.powershell import needed_engine

TEMPLATE = """\
<#
.SYNOPSIS
    A test.
.DESCRIPTION
{% for text in texts %}
    {{ text|help(4) }}
{% endfor %}
#>
param()
function Show($Value) {
    $units = foreach ($char in ([string]$Value).ToCharArray()) { [int]$char }
    [Console]::Out.WriteLine('[' + ($units -join ',') + ']')
}
{% for text in texts %}
# {{ text|comment }}
{% if true %}
    # Why: {{ text|comment(4) }}
{% endif %}
Show {{ text }}
Show -Value {{ text|value }}
Show {{ [text]|value }}[0]
{% endfor %}
Show {{ bytes|value }}.Length
Show {{ bytes|value }}.GetType().FullName
Show {{ empty|value }}.GetType().FullName
Show ({{ [[], true]|length }})
"""


def execute(folder: Path, script: bytes) -> subprocess.CompletedProcess[str]:
    path = folder / "t.ps1"
    path.write_bytes(script)
    return needed_engine().start(path, folder=folder)


def decode(line: str) -> str:
    units = json.loads(line)
    data = b"".join(unit.to_bytes(2, "little") for unit in units)
    return data.decode("utf-16-le", "surrogatepass")


def test_hostile_text_comes_back_unchanged_and_nothing_runs(tmp_path: Path) -> None:
    loader = DictLoader({"t.ps1.j2": TEMPLATE})
    script = render_from(loader, "t.ps1.j2", texts=HOSTILE, bytes=b"\0\xff", empty=b"")
    ran = execute(tmp_path, script)
    assert (ran.returncode, ran.stderr) == (0, "")
    values = [decode(line) for line in ran.stdout.splitlines()]
    tripled = [text for text in HOSTILE for _ in range(3)]
    assert values == [*tripled, "2", "System.Byte[]", "System.Byte[]", "2"]
    assert not (tmp_path / CANARY).exists()


def test_the_canary_would_sing(tmp_path: Path) -> None:
    ran = execute(tmp_path, f"[IO.File]::WriteAllText('{CANARY}', 'ran')".encode())
    assert ran.returncode == 0
    assert (tmp_path / CANARY).exists()


def test_a_comment_without_its_note_would_end_the_script(tmp_path: Path) -> None:
    ran = execute(tmp_path, b"# Signature block\n'reached'\n")
    assert "signature block" in ran.stderr
    assert "reached" not in ran.stdout
