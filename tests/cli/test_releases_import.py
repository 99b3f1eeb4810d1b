"""``gpogen releases import``: a copy of the page, in the form that Microsoft gives it."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from gpogen.catalog.releases import Kind, Train, kb_link, release_data
from gpogen.releases.additions import read_additions
from tests.cli.conftest import Run, Workplace

HISTORY = "| Servicing option | Update type | Availability date | Build | KB article |"
CALENDAR = "| Month | Update type | Type | Availability date | Build | KB article |"
RULER = "| --- | --- | --- | --- | --- |"
FRONT = "---\nms.date: 2026-12-08T00:00:00.0Z\nupdated_at: 2026-12-09T02:11:00.0Z\n---\n"


def link(kb: str | None) -> str:
    return f"[{kb}]({kb_link(kb)})" if kb else ""


def history(year: str, build: str, *more: str) -> str:
    os = f"windows-server-{year}"
    data = release_data()
    hot = {(row.os, row.month) for row in data.releases if row.type is Kind.HOTPATCH}
    rows = [
        (row.date, f"{row.month} B", row.build, row.kb)
        for row in data.releases
        if row.os == os and (row.os, row.month) not in hot
    ]
    for row in data.others:
        if row.os != os or row.train is not Train.LCU:
            continue
        preview = "preview" in row.note
        letter = "OOB" if row.out_of_band else "C" if preview else "B"
        rows.append((row.date, f"{row.date:%Y-%m} {letter}", row.build, row.kb))
    rows.sort(key=lambda row: (row[0], row[2] or ""), reverse=True)
    lines = [f"| LTSC | {kind} | {day} | {no} | {link(kb)} |" for day, kind, no, kb in rows]
    head = f"**Windows Server {year} (OS build {build})**\n\n{HISTORY}\n{RULER}"
    release = "| LTSC | 2024-10 A | 2024-11-01 | 26100.1742 |  |"
    return "\n".join([head, *more, *lines, *([release] if year == "2025" else [])])


def calendar(year: str, build: str, *more: str) -> str:
    rows = [
        row for row in release_data().releases if row.os.endswith(year) and row.month.year >= 2024
    ]
    lines = []
    for row in rows:
        if row.type is Kind.UNKNOWN:
            continue
        star = "^\\*^" if row.type is Kind.UNPLANNED else ""
        kind = "Hotpatch" if row.type is Kind.HOTPATCH else "Baseline (Restart)"
        extra = "  |" if row.month.number == 2 else ""
        lines.append(
            f"| {row.date:%B} | {row.date:%Y.%m} B{star} | {kind} | {row.date} | {row.build} "
            f"| {link(row.kb)} |{extra}"
        )
    head = f"**Windows Server {year} (OS build {build})**\n**Calendar year**\n\n{CALENDAR}"
    return "\n".join([head, f"{RULER} --- |", *lines, *more])


def page(
    front: str = FRONT, in_history: tuple[str, ...] = (), in_calendar: tuple[str, ...] = ()
) -> str:
    parts = [
        front + "# Windows Server release information | Microsoft Learn\n",
        "| Windows Server version | Servicing option |\n| --- | --- |\n| Windows Server 2025 | x |",
        "## Windows Server release history",
        history("2025", "26100", *in_history),
        history("2022", "20348"),
        f"**Windows Server 2019 (OS build 17763)**\n\n{HISTORY}\n{RULER}\n| LTSC | ? | ? | ? | ? |",
        "## Windows Server hotpatch calendar",
        calendar("2025", "26100", *in_calendar),
        calendar("2022", "20348"),
    ]
    return "\n\n".join(parts) + "\n"


OCTOBER = "| October | 2026.10 B | Baseline (Restart) | 2026-10-13 | 26100.34000 | KB5200010 |"
NOVEMBER = (
    "| November | 2026.11 B | Hotpatch | 2026-11-10 | 26100.34100 | "
    "[KB5200011](https://support.microsoft.com/topic/x-y) |  |"
)
OTHER = NOVEMBER.replace("| Hotpatch |", "| Baseline (Restart) |")
DECEMBER = "| December | 2026.12 B^\\*^ | Baseline (Restart) |  |  |  |"
PLANNED = "| January | 2027.01 B | Baseline (Restart) |  |  |  |"
LCUS = (
    "| LTSC | 2026-11 OOB | 2026-11-20 | 26100.34130 | [KB5200013](https://x/help/5200013) |",
    "| LTSC | 2026-11 B | 2026-11-10 | 26100.34120 | [KB5200012](https://x/help/5200012) |",
    "| LTSC | 2026-10 B | 2026-10-13 | 26100.34000 | KB5200010 |",
)
NEWS = page(in_history=LCUS, in_calendar=(OCTOBER, NOVEMBER, DECEMBER, PLANNED))


def test_a_copy_that_says_what_is_known_has_no_news(gpogen: Run, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(page(), encoding="utf-8")
    found = gpogen("releases", "import", str(path), "--check")

    assert (found.code, found.out) == (0, "")
    assert "0 added, " in found.err
    assert "0 contradicting" in found.err


def test_news_are_written_and_decide_from_then_on(gpogen: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "page.md", tmp_path / "hotpatch-releases.yaml"
    path.write_text(NEWS, encoding="utf-8")
    assert gpogen("releases", "import", str(path), "--check").code == 1
    found = gpogen("releases", "import", str(path), "-o", str(out))

    assert found.code == 0
    assert "5 added, " in found.err
    added, wrong = read_additions(out.read_bytes(), "r.yaml")
    assert not wrong
    assert added is not None
    assert added.as_of == datetime.date(2026, 12, 9)
    rows = {(said.item.os[-4:], str(said.item.month)): said.item for said in added.releases}
    assert rows["2025", "2026-10"].type is Kind.BASELINE
    assert rows["2025", "2026-11"].kb == "KB5200011"
    assert rows["2025", "2026-12"].type is Kind.UNPLANNED
    assert ("2025", "2027-01") not in rows
    others = {said.item.kb: said.item for said in added.others}
    assert (others["KB5200012"].train, others["KB5200012"].out_of_band) == (Train.LCU, False)
    assert (others["KB5200013"].train, others["KB5200013"].out_of_band) == (Train.LCU, True)

    words = ("--update", str(out), "--today", "2026-12-01")
    assert gpogen("train", "--kb", "KB5200010,KB5200011", *words).code == 0
    assert "off the hotpatch" in gpogen("train", "--kb", "KB5200010,KB5200012", *words).out
    again = gpogen("releases", "import", str(path), "-o", str(out))
    assert "0 added" in again.err
    assert gpogen("releases", "import", str(path), "--check", "--update", str(out)).code == 0


def test_what_a_copy_says_otherwise_is_told_and_written(gpogen: Run, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(page().replace("26100.33158", "26100.33159"), encoding="utf-8")
    found = gpogen("releases", "import", str(path))

    assert found.code == 0
    assert "1 contradicting" in found.err
    assert "build 26100.33159, known as 26100.33158" in found.err
    assert "26100.33159" in found.out


def test_own_words_are_kept_and_comments_are_not_lost(gpogen: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "page.md", tmp_path / "own.yaml"
    path.write_text(NEWS, encoding="utf-8")
    row = "{os: windows-server-2022, date: 2026-11-21, kb: KB5200099, note: mine}"
    out.write_text(f"gpogen: 1\nas_of: 2026-11-30\ncumulative:\n  - {row}\n", encoding="utf-8")
    assert gpogen("releases", "import", str(path), "-o", str(out)).code == 0
    text = out.read_text("utf-8")
    assert "KB5200099" in text
    assert "KB5200012" in text
    assert "as_of: 2026-12-09" in text

    out.write_text(text + "# mine\n", encoding="utf-8")
    found = gpogen("releases", "import", str(path), "-o", str(out))
    assert found.code == 2
    assert "comments, which gpogen would lose" in found.err
    assert out.read_text("utf-8").endswith("# mine\n")


def test_texts_of_any_characters_are_written_so_that_they_are_read_again(
    gpogen: Run, tmp_path: Path
) -> None:
    path, out = tmp_path / "page.md", tmp_path / "own.yaml"
    path.write_text(NEWS, encoding="utf-8")
    source = 'read \U0001f600 "there", {a: [b]}: c'
    row = f"{{os: windows-server-2022, date: 2026-11-21, kb: KB5200099, source: '{source}'}}"
    out.write_text(f"gpogen: 1\nas_of: 2026-11-30\ncumulative:\n  - {row}\n", encoding="utf-8")
    for _ in range(2):
        assert gpogen("releases", "import", str(path), "-o", str(out)).code == 0
        made, wrong = read_additions(out.read_bytes(), "own.yaml")
        assert made is not None
        assert wrong == ()
        assert source in [said.item.source for said in made.others]


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("2026-11 OOB |", "2026-11 X |", "is not an update type such as 2026-05 B"),
        ("| 2026-11-20 |", "| 20.11.2026 |", "is not a date such as 2026-05-12"),
        ("26100.34130", "26200.34130", "is not a build of windows-server-2025"),
        (
            "[KB5200013](https://x/help/5200013)",
            "see there",
            ("is not a KB number such as KB5087539"),
        ),
        ("| Hotpatch | 2026-11-10", "| Coldpatch | 2026-11-10", "is not a type; known: Baseline"),
        (
            f"{NOVEMBER}\n",
            f"> {NOVEMBER}\n",
            "a row of a table starts with |, but no header precedes it",
        ),
        (f"{NOVEMBER}\n", f"{NOVEMBER}\n{OTHER}\n", "the page contradicts itself about 2026-11"),
        (
            "KB5200010 |",
            "KB\u0665\u0662\u0660\u0660\u0660\u0661\u0660 |",
            "is not a KB number such as KB5087539",
        ),
        ("| Hotpatch | 2026-11-10", "| Hotpatch | 2026-10-10", "is not in the month 2026-11"),
        ("| November | 2026.11", "| Novembre | 2026.11", "is not the month of"),
        ("| 26100.34130 |", "|", "4 cells; there must be 5"),
        (CALENDAR, CALENDAR.replace("KB article", "Article"), "a table has the header"),
        ("**Windows Server 2025 (OS build 26100)**", "", "a table must follow a line such as"),
    ],
)
def test_what_is_not_understood_is_told_with_its_place_and_nothing_is_written(
    gpogen: Run, tmp_path: Path, old: str, new: str, part: str
) -> None:
    assert old in NEWS
    path, out = tmp_path / "page.md", tmp_path / "out.yaml"
    path.write_text(NEWS.replace(old, new, 1), encoding="utf-8")
    found = gpogen("releases", "import", str(path), "-o", str(out))

    assert found.code == 1
    assert part in found.err
    assert "page.md:" in found.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "words", "part"),
    [
        ("", (), "not a copy of Microsoft's"),
        ("<html><table></table></html>", (), "gpogen does not read HTML"),
        ("# A page\n\nwithout a table\n", (), "not a copy of Microsoft's"),
        (page(front=""), (), "set it with --as-of"),
        (page(), ("--as-of", "yesterday"), "is not a date"),
    ],
)
def test_what_is_no_copy_is_refused(
    gpogen: Run, tmp_path: Path, text: str, words: tuple[str, ...], part: str
) -> None:
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    found = gpogen("releases", "import", str(path), *words)

    assert (found.code, found.out) == (2, "")
    assert part in found.err


def test_hostile_cells_reach_neither_the_file_nor_the_terminal(gpogen: Run, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    for cell in ('KB5200010", x: "', "##vso[task.x]", "\x1b[31mKB5200010", "KB5200010 \n# x"):
        path.write_text(NEWS.replace("| KB5200010 |", f"| {cell} |"), encoding="utf-8")
        found = gpogen("releases", "import", str(path))
        assert (found.code, found.out) == (1, "")
        assert "##vso[" not in found.err
        assert "\x1b" not in found.err


def test_the_day_of_the_copy_can_be_given(gpogen: Run, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(page(front=""), encoding="utf-8")

    assert (
        "as_of: 2026-11-24" in gpogen("releases", "import", str(path), "--as-of", "2026-11-24").out
    )


HEADING_2019 = "**Windows Server 2019 (OS build 17763)**"


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        (
            "2025 (OS build 26100)",
            "2025 (OS build 26010)",
            "build 26010 does not belong to Windows",
        ),
        (
            "2025 (OS build 26100)",
            "2025 (OS build 261000)",
            "build 261000 does not belong to Windows",
        ),
        (
            "2025 (OS build 26100)",
            "2025 (OS build 20348)",
            "build 20348 does not belong to Windows",
        ),
        (
            "2025 (OS build 26100)",
            "2028 (OS build 26100)",
            "build 26100 does not belong to Windows",
        ),
        (
            "2019 (OS build 17763)",
            "2019 (OS build 26100)",
            "build 26100 does not belong to Windows",
        ),
        ("2025 (OS build 26100)", "2025 (OS-Build: 26100)", "a heading must be similar to"),
        ("2025 (OS build 26100)", "2025 (OS build)", "a heading must be similar to"),
        ("2022 (OS build 20348)", "2022 (build 20348)", "is not a build of windows-server-2025"),
        (HEADING_2019, "## Another section", "a table must follow a line such as"),
    ],
)
def test_a_table_under_a_heading_that_is_wrong_is_never_passed_over(
    gpogen: Run, tmp_path: Path, old: str, new: str, part: str
) -> None:
    assert old in NEWS
    path, out = tmp_path / "page.md", tmp_path / "out.yaml"
    path.write_text(NEWS.replace(old, new, 1), encoding="utf-8")
    found = gpogen("releases", "import", str(path), "-o", str(out))

    assert found.code == 1
    assert part in found.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("heading", "is_told"),
    [
        ("**Windows Server 2028 (OS build 30100)**", True),
        ("**Windows Server, version 24H2 (OS build 26101)**", True),
        ("**Windows Server, version 23H2 (OS build 25398)**", False),
        ("### Windows Server 2016 (OS build 14393)", False),
    ],
)
def test_a_system_that_gpogen_does_not_know_is_told_and_the_others_are_read(
    gpogen: Run, tmp_path: Path, heading: str, is_told: bool
) -> None:
    path = tmp_path / "page.md"
    path.write_text(NEWS.replace(HEADING_2019, heading), encoding="utf-8")
    found = gpogen("releases", "import", str(path))

    assert found.code == 0
    assert "KB5200011" in found.out
    assert ("gpogen does not know this system" in found.err) is is_told


def test_prose_about_builds_is_no_heading(gpogen: Run, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    text = NEWS.replace(
        "## Windows Server release history",
        "## Windows Server release history\n\nEach OS build has a number, as in (OS build 26100).",
        1,
    )
    path.write_text(text, encoding="utf-8")

    assert gpogen("releases", "import", str(path)).code == 0


@pytest.mark.parametrize("ahead", [32, 400, 300_000])
def test_a_copy_of_a_day_far_ahead_is_refused(gpogen: Run, tmp_path: Path, ahead: int) -> None:
    path, out = tmp_path / "page.md", tmp_path / "out.yaml"
    day = datetime.date.today() + datetime.timedelta(days=ahead)
    path.write_text(page(front=f"---\nms.date: {day}\n---\n"), encoding="utf-8")
    found = gpogen("releases", "import", str(path), "-o", str(out))

    assert found.code == 2
    assert f"its date is {day}, but today is" in found.err
    assert not out.exists()
    path.write_text(page(front=""), encoding="utf-8")
    assert gpogen("releases", "import", str(path), "--as-of", str(day), "-o", str(out)).code == 2
    assert not out.exists()


def test_a_release_that_is_later_than_the_copy_is_a_contradiction(
    gpogen: Run, tmp_path: Path
) -> None:
    path = tmp_path / "page.md"
    path.write_text(NEWS, encoding="utf-8")
    found = gpogen("releases", "import", str(path), "--as-of", "2026-11-12")

    assert (found.code, found.out) == (1, "")
    assert (
        "a release of 2026-11-20 in a copy from 2026-11-12: one of the two dates is wrong"
    ) in found.err


def test_the_release_data_are_written_for_the_install_script(place: Workplace, gpogen: Run) -> None:
    assert gpogen("releases", "export", "-o", "releases.txt").code == 0
    head, *rows = (place.root / "releases.txt").read_bytes().decode("ascii").splitlines()
    assert re.fullmatch(r"# gpogen release data as of \d{4}-\d\d-\d\d", head)
    assert all(row.count("|") == 5 for row in rows)
    assert "26100|2025-10|cumulative|KB5070881|26100.6905|" in rows
    assert "26100|2025-10|baseline|KB5066835|26100.6899|" in rows
    assert rows == sorted(set(rows), key=rows.index)


def test_the_release_data_have_what_users_added_and_nothing_of_a_broken_file(
    place: Workplace, gpogen: Run
) -> None:
    added = place.root / "profiles" / "hotpatch-releases.yaml"
    added.parent.mkdir(exist_ok=True)
    added.write_text(
        "gpogen: 1\nas_of: 2026-11-20\nreleases:\n"
        "  - {os: windows-server-2025, month: 2026-10, date: 2026-10-13, type: baseline, "
        "kb: KB5199999, build: '26100.34000', source: somebody}\n"
    )
    assert "26100|2026-10|baseline|KB5199999|26100.34000|" in gpogen("releases", "export").out
    added.write_text("gpogen: 1\nas_of: never\n")
    answer = gpogen("releases", "export", "-o", "releases.txt")
    assert answer.code == 1
    assert not (place.root / "releases.txt").exists()
