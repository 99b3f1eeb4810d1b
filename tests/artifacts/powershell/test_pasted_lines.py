"""The command lines of README.txt, pasted into PowerShell and into cmd with hostile keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gpogen.artifacts import readme
from gpogen.compile.result import Compiled
from tests.artifacts.factory import compiled, value
from tests.artifacts.powershell.harness import Engine, Wine

pytestmark = pytest.mark.slow
BASE = r"SOFTWARE\Gpogen"
CMD = "echo pwned>pwned.txt"
PS = "[IO.File]::WriteAllText('pwned.txt', 'x')"
PLAIN = (
    "plain",
    "with blanks",
    "a^b",
    "{a}",
    "it's",
    "a&b",
    f"a&{CMD}&",
    "a|b<c>d",
    "a;b,c=d",
    "-x",
)
FOR_POWERSHELL = ("a$b", "$env:PATH", "a`b", "\u201ca\u201d", "\u2019a\u2018", "\u2013x", "\u00e4")
HOSTILE = (
    f"$({PS})",
    f'"; {PS}; "',
    f"'; {PS}; '",
    f"\u2019; {PS}; \u2019",
    f"\u201d; {PS}; \u201c",
    f"\u201e;{PS};\u201f",
    f'`"; {PS} #',
    "a`",
    "%PATH%",
    "!PATH!",
    f'"&{CMD}&"',
    f'a" & {CMD} & rem "',
    f"a\u201d&{CMD}",
    f"%X:~0,1%&{CMD}",
    "^",
    f"a\n{CMD}\n",
    f"a\r\n{PS}\r\n",
    f"a\u2028{PS}",
    "a\u202eb",
)


def made(*names: str) -> Compiled:
    return compiled(policy=tuple(value(key=f"{BASE}\\{name}") for name in names))


def lines(sample: Compiled) -> list[str]:
    text = readme.emit(sample)[0].data.decode("utf-8-sig").replace("\r\n", "\n")
    section = text[text.index("To keep another copy,") : text.index("4. CHECK ONE MACHINE")]
    return [line.strip() for line in section.splitlines() if line.startswith("    ")]


def paste(lines: list[str]) -> str:
    """The lines with files that are written where the test looks."""
    return "\n".join(re.sub(r"D:\\(before-\d+\.reg)", r"\1", line) for line in lines) + "\n"


def exported(folder: Path) -> list[str]:
    texts = [path.read_bytes().decode("utf-16") for path in sorted(folder.glob("before-*.reg"))]
    return [name for text in texts for name in re.findall(r"\\Gpogen\\([^\\\r\n]*)\]\r?\n", text)]


@pytest.fixture
def keys(wine: Wine, tmp_path: Path) -> Wine:
    """The registry with every key that the tests name."""
    text = "".join(f"[HKEY_LOCAL_MACHINE\\{BASE}\\{name}]\n\n" for name in PLAIN + FOR_POWERSHELL)
    wine.load(text, tmp_path)
    return wine


def test_powershell_runs_one_program_with_the_key_as_one_argument(
    engine: Engine, tmp_path: Path
) -> None:
    prelude = tmp_path / "prelude.ps1"
    prelude.write_text(
        "function reg.exe { [Console]::Out.WriteLine('reg ' + $args.Count + ' ' + "
        "(@([char[]]$args[1] | ForEach-Object { [int]$_ }) -join ',')) }\n"
        f"[Environment]::CurrentDirectory = '{tmp_path}'\n"
    )
    names = PLAIN + FOR_POWERSHELL + HOSTILE
    script = tmp_path / "pasted.ps1"
    script.write_text(paste(lines(made(*names))), encoding="utf-8-sig")
    done = engine.run(script, prelude=(prelude,))
    shown = [line.split(" ", 2) for line in done.out.splitlines()]
    assert all(line[:2] == ["reg", "5"] for line in shown), done.out
    seen = {"".join(chr(int(code)) for code in line[2].split(",")) for line in shown}
    assert seen >= {f"HKLM\\{BASE}\\{name}" for name in PLAIN + FOR_POWERSHELL}
    assert seen <= {f"HKLM\\{BASE}\\{name}" for name in names}
    assert list(tmp_path.rglob("pwned*")) == []
    assert not Path("pwned.txt").exists()


@pytest.mark.parametrize("options", [(), ("/v:on",)], ids=["cmd", "delayed expansion"])
def test_cmd_exports_each_key_and_runs_nothing_else(
    keys: Wine, tmp_path: Path, options: tuple[str, ...]
) -> None:
    names = PLAIN + FOR_POWERSHELL + HOSTILE
    folder = tmp_path / "cmd"
    folder.mkdir()
    pasted = paste(lines(made(*names))).replace("\n", "\r\n").encode("utf-8")
    keys.typed(pasted, folder, *options)
    assert sorted(exported(folder)) == sorted(PLAIN)
    assert {path.suffix for path in folder.iterdir()} == {".reg"}


def test_windows_powershells_arguments_reach_reg_itself(keys: Wine, tmp_path: Path) -> None:
    folder = tmp_path / "shell"
    folder.mkdir()
    script = tmp_path / "pasted.ps1"
    text = paste(lines(made(*PLAIN, *FOR_POWERSHELL)))
    script.write_text(f"Set-Location -LiteralPath 'Z:{folder}'\n{text}", encoding="utf-8-sig")
    done = keys.run(script)
    assert sorted(exported(folder)) == sorted(PLAIN + FOR_POWERSHELL), done.out
