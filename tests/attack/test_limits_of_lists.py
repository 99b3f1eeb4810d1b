"""The limits of docs/security.md for lists of updates and for the release information page."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpogen.errors import UsageError
from gpogen.lists import columns, reading, reported, texts
from gpogen.lists.reading import parse
from gpogen.releases import importing, page
from tests.cli.conftest import Run

HEAD = "| Servicing option | Update type | Availability date | Build | KB article |"
TABLE = f"Windows Server 2025 (OS build 26100)\n\n{HEAD}\n| --- | --- | --- | --- | --- |\n"


@pytest.mark.parametrize(
    "most", [1000, pytest.param(reading.MAX_ROWS, marks=pytest.mark.slow)], ids=["few", "real"]
)
def test_rows_of_a_list(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", most)

    def listed(count: int) -> str:
        return "HotFixID,Source\n" + "KB5066835,web\n" * count

    assert parse(listed(most), "a")[0].rows == most
    with pytest.raises(UsageError, match=f"more than {most} rows"):
        parse(listed(most + 1), "a")


def test_machines_of_a_list() -> None:
    def listed(count: int) -> str:
        return "HotFixID,Source\n" + "".join(f"KB5066835,web{n}\n" for n in range(count))

    assert len(parse(listed(reported.MAX_MACHINES), "a")) == reported.MAX_MACHINES
    with pytest.raises(UsageError, match=f"more than {reported.MAX_MACHINES} machines"):
        parse(listed(reported.MAX_MACHINES + 1), "a")


def test_updates_of_a_machine() -> None:
    def listed(count: int) -> str:
        return "HotFixID,Source\n" + "".join(f"KB{5_000_000 + n},web\n" for n in range(count))

    assert len(parse(listed(reported.MAX_UPDATES), "a")[0].seen) == reported.MAX_UPDATES
    with pytest.raises(UsageError, match=f"more than {reported.MAX_UPDATES} updates"):
        parse(listed(reported.MAX_UPDATES + 1), "a")


def test_characters_of_a_machine_s_name() -> None:
    def listed(count: int) -> str:
        return f"HotFixID,Source\nKB5066835,{'w' * count}\n"

    assert parse(listed(reported.MAX_NAME), "a")[0].name == "w" * reported.MAX_NAME
    with pytest.raises(UsageError, match="is truncated"):
        parse(listed(reported.MAX_NAME + 1), "a")


def test_characters_of_a_cell() -> None:
    cell = columns.cells([("Title", "t" * (columns.MAX_CELL + 1))])

    assert len(cell["title"]) == columns.MAX_CELL


def test_characters_of_a_line_with_a_package() -> None:
    name = "Package_for_RollupFix~31bf3856ad364e35~amd64~~26100.4946.1.7"

    def seen(length: int) -> list[str]:
        found = parse(f"{name} | Installed".ljust(length), "a")
        return [item.package for item in found[0].seen]

    assert seen(texts.MAX_LINE) == [name]
    with pytest.raises(UsageError, match=f"more than {texts.MAX_LINE} characters"):
        seen(texts.MAX_LINE + 1)


def test_bytes_of_a_page(gpogen: Run, tmp_path: Path) -> None:
    path = tmp_path / "page.md"

    def of_size(size: int) -> str:
        with path.open("wb") as opened:
            opened.truncate(size)
        answer = gpogen("releases", "import", str(path))
        assert answer.code == 2
        return answer.err

    assert "larger than" not in of_size(importing.MAX_BYTES)
    assert f"more than {importing.MAX_BYTES} bytes" in of_size(importing.MAX_BYTES + 1)


def test_lines_of_a_page() -> None:
    with pytest.raises(UsageError, match="it has none of its tables"):
        page.read_page("\n" * (page.MAX_LINES - 1) + "x", "page.md")
    with pytest.raises(UsageError, match=f"more than {page.MAX_LINES} lines"):
        page.read_page("\n" * page.MAX_LINES + "x", "page.md")


def test_mistakes_of_a_page() -> None:
    found = page.read_page(TABLE + "| x | x | x | x | x |\n" * (page.MAX_PROBLEMS + 5), "page.md")

    assert len(found.problems) == page.MAX_PROBLEMS
