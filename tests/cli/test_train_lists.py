"""``gpogen train`` on lists of updates: every kind of them, one verdict for each machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpogen.errors import UsageError
from gpogen.lists.reading import parse
from tests.cli.conftest import Run

DAY = ("--today", "2025-12-20")
BASE, LCU, HOT = "KB5066835", "KB5068861", "KB5072014"
"""Of October, November and December 2025: a baseline, a hotpatch month's LCU, a hotpatch."""
ROLLUP = "Package_for_RollupFix~31bf3856ad364e35~amd64~~{}.1.7"
DOTNET = "Package_for_DotNetRollup_481~31bf3856ad364e35~amd64~~10.0.9321.3"
STACK = "Package_for_ServicingStack_6890~31bf3856ad364e35~amd64~~26100.6890.1.0"

HOTFIX_TEXT = """
Source        Description      HotFixID      InstalledBy          InstalledOn
------        -----------      --------      -----------          -----------
WEB01         Update           KB5066131     NT AUTHORITY\\SYSTEM  10/14/2025 12:00:00 AM
WEB01         Security Update  KB5066835     NT AUTHORITY\\SYSTEM  10/14/2025 12:00:00 AM
WEB01         Security Update  KB5072014     NT AUTHORITY\\SYSTEM  12/09/2025 12:00:00 AM
WEB02         Security Update  KB5066835     NT AUTHORITY\\SYSTEM  10/14/2025 12:00:00 AM
WEB02         Security Update  KB5068861     NT AUTHORITY\\SYSTEM  11/11/2025 12:00:00 AM
web03         Security Update  KB5066835     NT AUTHORITY\\SYSTEM  10/14/2025 12:00:00 AM
WEB03         Security Update  KB9999999                          11/11/2025 12:00:00 AM
"""
HOTFIX_LIST = """

Source      : WEB01
Description : Security Update
HotFixID    : KB5066835
InstalledOn : 10/14/2025

Source      : WEB02
Description : Security Update
HotFixID    : KB5068861
InstalledOn : 11/11/2025

Source      : WEB03
Description : Update
HotFixID    : KB9999999
InstalledOn : 11/11/2025
Source      : WEB03
HotFixID    : KB5066835
"""
FLEET = [("WEB01", "on-train"), ("WEB02", "off-train"), ("web03", "unknown")]


def put(folder: Path, name: str, text: str, encoding: str = "utf-8") -> str:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return str(path)


def states(gpogen: Run, *words: str) -> list[tuple[str, str]]:
    found = gpogen("train", *words, *DAY, "--format", "json")
    rows = found.json if isinstance(found.json, list) else [found.json]
    worst = int(any(row["state"] != "on-train" for row in rows))
    assert found.code == worst
    return [(row["machine"], row["state"]) for row in rows]


def as_csv(rows: list[dict[str, str]], delimiter: str = ",") -> str:
    heads = list(rows[0])
    lines = [delimiter.join(f'"{row[head]}"' for head in heads) for row in rows]
    return "\r\n".join([delimiter.join(f'"{head}"' for head in heads), *lines]) + "\r\n"


def hotfixes(column: str) -> list[dict[str, str]]:
    pairs = [("WEB01", BASE), ("WEB01", HOT), ("WEB02", BASE), ("WEB02", LCU)]
    pairs += [("web03", BASE), ("WEB03", "KB9999999")]
    return [
        {column: name, "Description": "Security Update", "HotFixID": kb, "Caption": "x"}
        for name, kb in pairs
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_of_get_hotfix_gives_each_machine_its_verdict(
    gpogen: Run, tmp_path: Path, encoding: str
) -> None:
    assert states(gpogen, put(tmp_path, "a.txt", HOTFIX_TEXT, encoding)) == FLEET


def test_a_list_of_get_hotfix_does_too(gpogen: Run, tmp_path: Path) -> None:
    found = states(gpogen, put(tmp_path, "a.txt", HOTFIX_LIST))

    assert found == [("WEB01", "on-train"), ("WEB02", "off-train"), ("WEB03", "unknown")]


@pytest.mark.parametrize("column", ["Source", "PSComputerName", "CSName", "CSN", "Node", "Machine"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_names_its_machines_in_any_of_their_columns(
    gpogen: Run, tmp_path: Path, column: str, delimiter: str
) -> None:
    text = "#TYPE System.Management.ManagementObject\r\n" + as_csv(hotfixes(column), delimiter)

    assert states(gpogen, put(tmp_path, "a.csv", text)) == FLEET


@pytest.mark.parametrize("column", ["Source", "PSComputerName", "CSName"])
def test_json_of_get_hotfix_is_read(gpogen: Run, tmp_path: Path, column: str) -> None:
    rows: list[object] = [
        {**row, "InstalledOn": {"value": "/Date(1)/", "DateTime": "x"}} for row in hotfixes(column)
    ]

    assert states(gpogen, put(tmp_path, "a.json", json.dumps(rows))) == FLEET
    one = json.dumps({column: "WEB09", "HotFixID": LCU})
    assert states(gpogen, put(tmp_path, "b.json", one)) == [("WEB09", "off-train")]


HISTORY = [
    ("2025-10 Cumulative Update for Microsoft server operating system (KB5066835) (26100.6899)", 2),
    ("2025-10 Cumulative Update for .NET Framework 3.5 and 4.8.1 (KB5999001)", 2),
    ("Security Intelligence Update for Microsoft Defender Antivirus - KB2267602 (1.2)", 2),
    ("Windows Malicious Software Removal Tool x64 - v5.135 (KB890830)", 2),
    ("Servicing Stack Update for Microsoft server operating system 24H2 (KB5999002)", 2),
    ("2025-12 Hotpatch for Windows Server 2025 (KB5072014) (26100.7392)", 2),
    ("Intel - System - 10.1.1", 2),
    ("2025-11 Cumulative Update for Microsoft server operating system (KB5068861)", 4),
]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_history_of_windows_update_decides_by_its_titles(
    gpogen: Run, tmp_path: Path, form: str
) -> None:
    rows = [{"Title": title, "ResultCode": str(code)} for title, code in HISTORY]
    text = as_csv(rows) if form == "csv" else json.dumps(rows)

    assert states(gpogen, put(tmp_path, "a", text)) == [("", "on-train")]


@pytest.mark.parametrize(
    ("title", "state"),
    [
        ("2025-11 Cumulative Update for Windows Server 2025 (KB5999009) (26100.7171)", "off-train"),
        ("2025-11 Cumulative Update for Windows Server 2025 (KB5999009) (26100.7111)", "unknown"),
        ("2025-11 Cumulative Update Preview for Windows 11 (KB5999009)", "unknown"),
        ("2025-11 Security Update (KB5999009)", "unknown"),
        ("2025-11 Hotpatch for Windows Server 2025 (KB5999009)", "unknown"),
        ("2025-11 .NET 8.0.22 Security Update for x64 Server (KB5999009)", "on-train"),
        ("2025-11 Cumulative Update for Windows Server 2025 and .NET (KB5999009)", "unknown"),
        ("Update for Microsoft Defender Antivirus antimalware platform - KB4052623", "on-train"),
        ("2025-11 Safe OS Dynamic Update for Windows Server 2025 (KB5999009)", "on-train"),
        ("Kumulatives Update (KB5999009)", "unknown"),
        ("2025-11 Cumulative Update for Microsoft serv...", "unknown"),
        ("2025-11 Cumul...", "unknown"),
        ("2025-10 Cumulative Update (KB5066835) (26100.7171)", "unknown"),
    ],
)
def test_a_title_tells_what_a_number_does_not(
    gpogen: Run, tmp_path: Path, title: str, state: str
) -> None:
    rows = [{"Title": f"Baseline ({BASE})"}, {"Title": title}]

    assert states(gpogen, put(tmp_path, "a.json", json.dumps(rows))) == [("", state)]


def dism(*rows: tuple[str, str], state: str = "State", identity: str = "Package Identity") -> str:
    blocks = [
        f"{identity} : {name}\n{state} : {word}\nRelease Type : Update\nInstall Time : 1/1/2025\n"
        for name, word in rows
    ]
    return "Deployment Image Servicing\n\nPackages listing:\n\n" + "\n".join(blocks)


PART = "Microsoft-Windows-Foundation-Package~31bf3856ad364e35~amd64~~10.0.26100.1"
OTHER = "Package_for_KB5999003~31bf3856ad364e35~amd64~~26100.5074.1.0"


@pytest.mark.parametrize(
    ("builds", "state"),
    [
        ((("26100.6899", "Installed"),), "on-train"),
        ((("26100.6899", "Installed"), ("26100.7171", "Installed")), "off-train"),
        ((("26100.7171", "Installed"),), "off-train"),
        ((("26100.4946", "Superseded"), ("26100.6899", "Installed")), "on-train"),
        ((("26100.6899", "Installed"), ("26100.7171", "Install Pending")), "on-train"),
        ((("26100.6899", "Installed"), ("26100.7171", "Staged")), "on-train"),
        ((("26100.6899", "Installed"), ("26100.7111", "Installed")), "unknown"),
        ((("26100.6899", "Installiert"),), "unknown"),
        ((("26100.6905", "Installed"),), "off-train"),
    ],
)
def test_the_packages_of_dism_decide(
    gpogen: Run, tmp_path: Path, builds: tuple[tuple[str, str], ...], state: str
) -> None:
    more = [(PART, "Installed"), (DOTNET, "Installed"), (STACK, "Installed"), (OTHER, "Installed")]
    rows = [(ROLLUP.format(build), word) for build, word in builds]
    text = dism(*more, *rows)
    table = "\n".join(f"{name} | {word} | Update | 1/1/2025" for name, word in (*more, *rows))
    numbers = {"Installed": 4, "Superseded": 6, "Install Pending": 5, "Staged": 2}
    objects = [
        {"PackageName": name, "PackageState": numbers.get(word, word)} for name, word in rows
    ]

    assert states(gpogen, put(tmp_path, "a.txt", text)) == [("", state)]
    assert states(gpogen, put(tmp_path, "b.txt", table)) == [("", state)]
    assert states(gpogen, put(tmp_path, "c.json", json.dumps(objects))) == [("", state)]


HEADS = {
    "english": "Version: 10.0.26100.5074\n\nImage Version: 10.0.{}\n\n",
    "german": "Version: 10.0.26100.5074\n\nAbbildversion: 10.0.{}\n\n",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize(
    ("build", "rollup", "state"),
    [
        ("26100.6899", "26100.6899", "on-train"),
        ("26100.7171", "26100.7171", "off-train"),
        ("26100.7171", "", "off-train"),
        # The list lacks what the image has: the build is not passed over.
        ("26100.7171", "26100.6899", "off-train"),
        ("26100.7999", "26100.6899", "unknown"),
    ],
)
def test_the_image_version_of_dism_counts_as_the_build(
    gpogen: Run, tmp_path: Path, head: str, build: str, rollup: str, state: str
) -> None:
    rows = [(STACK, "Installed")] + ([(ROLLUP.format(rollup), "Installed")] if rollup else [])
    text = "\nDeployment Image Servicing and Management tool\n" + head.format(build) + dism(*rows)

    assert states(gpogen, put(tmp_path, "a.txt", text)) == [("", state)]


def test_dism_s_own_version_is_no_build_and_two_images_are_no_machine(
    gpogen: Run, tmp_path: Path
) -> None:
    rows = dism((ROLLUP.format("26100.6899"), "Installed"))
    own = "Version: 10.0.26100.7171\n\n" + rows
    assert states(gpogen, put(tmp_path, "a.txt", own)) == [("", "on-train")]
    both = "".join(HEADS["english"].format(build) + rows for build in ("26100.6899", "26100.7171"))
    found = gpogen("train", put(tmp_path, "b.txt", both), *DAY)
    assert found.code == 2
    assert "two images in one list" in found.err


@pytest.mark.parametrize("end", ["26100.6...", "26100.6\N{HORIZONTAL ELLIPSIS}", "261..."])
def test_a_package_name_that_is_cut_off_gives_no_verdict(
    gpogen: Run, tmp_path: Path, end: str
) -> None:
    cut = ROLLUP.format("26100.6899").rpartition("~")[0] + f"~{end}"
    text = f"{ROLLUP.format('26100.6899')} | Installed\n{cut} | Installed\n"

    assert states(gpogen, put(tmp_path, "a.txt", text)) == [("", "unknown")]


def test_rows_without_a_name_among_named_ones_are_nobody_s(gpogen: Run, tmp_path: Path) -> None:
    text = f"Source,HotFixID\nWEB01,{BASE}\n,{LCU}\n,\n"
    found = gpogen("train", put(tmp_path, "a.csv", text), *DAY)

    assert found.code == 2
    assert "1 rows lack the name of a machine" in found.err


def test_a_number_that_is_taken_for_a_file_is_answered(gpogen: Run) -> None:
    assert "did you mean --kb KB5066835?" in gpogen("train", BASE).err


def test_a_list_of_standard_input_is_never_cut_in_silence(gpogen: Run) -> None:
    text = f"{BASE}\n" + " " * 1_500_000 + "\n" + f"{LCU}\n"
    found = gpogen("train", "--kb", "-", *DAY, stdin=text.encode())

    assert "off the hotpatch train" in found.out


def report(**more: object) -> str:
    updates = [{"kb": BASE, "installed": True}, {"kb": "KB9999999", "installed": True}]
    return json.dumps({"machine": "WEB01", "updates": updates, **more})


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, "unknown"),
        ({"build": "26100", "ubr": 6899}, "on-train"),
        ({"build": "10.0.26100", "ubr": "6899"}, "on-train"),
        ({"build": "26100.6899"}, "on-train"),
        ({"build": "26100.7171"}, "off-train"),
        ({"build": "26100.7100"}, "unknown"),
        ({"build": "26100.6905"}, "unknown"),
        ({"updates": [], "build": "26100.7392"}, "on-train"),
        ({"updates": [{"kb": LCU, "installed": False}, {"kb": BASE}]}, "on-train"),
        ({"updates": [{"kb": LCU, "installed": False}, {"kb": LCU, "installed": True}]}, "unknown"),
        ({"updates": []}, "unknown"),
        ({"updates": [{"kb": "KB5066782"}, {"kb": BASE}]}, "unknown"),
    ],
)
def test_a_report_is_judged_by_all_it_says(
    gpogen: Run, tmp_path: Path, more: dict[str, object], state: str
) -> None:
    assert states(gpogen, put(tmp_path, "a.json", report(**more))) == [("WEB01", state)]


def test_reports_of_several_machines_and_files_are_one_fleet(gpogen: Run, tmp_path: Path) -> None:
    one = put(tmp_path, "one.json", report(build="26100.6899"))
    two = put(tmp_path, "two.json", f'{{"machines": [{report(machine="B")}]}}')
    plain = put(tmp_path, "three.txt", f"{BASE}\n{HOT}\n")

    assert states(gpogen, one, two, plain) == [
        ("WEB01", "on-train"),
        ("B", "unknown"),
        (plain, "on-train"),
    ]
    text = gpogen("train", one, two, plain, *DAY).out
    assert "WEB01: Windows Server 2025: on the hotpatch train" in text
    assert "3 machines: 2 on the hotpatch train; 1 unknown" in text


def test_the_build_of_the_command_line_decides_a_list(gpogen: Run, tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", f"{BASE}\nKB9999999\n")

    assert states(gpogen, path) == [("", "unknown")]
    assert states(gpogen, path, "--build", "26100.6899") == [("", "on-train")]
    both = put(tmp_path, "b.txt", HOTFIX_TEXT)
    assert gpogen("train", both, "--build", "26100.6899", *DAY).code == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[1]",
        '{"updates": 5}',
        '{"updates": [{"x": 1}]}',
        '{"machine": "a", "build": "abc", "updates": []}',
        "{" * 50_000,
        "[" * 50_000 + '"',
        "HotFixID,Source\nKB5066835,a,b\n",
        'HotFixID,Source\n"KB5066835,a\n',
        "nothing in it",
        "KB12",
        "HotFixID,Source\nKB5066835,WEB0...\n",
        json.dumps([{"HotFixID": BASE, "Source": "x" * 300}]),
        "1" * 5000,
        "a" * 2_000_000 + "~",
        "~a" * 500_000,
        "KB5066835: " * 100_000 + "KB1",
    ],
)
def test_what_is_no_list_is_refused(gpogen: Run, tmp_path: Path, text: str) -> None:
    found = gpogen("train", put(tmp_path, "a", text), *DAY)

    assert (found.code, found.out) == (2, ""), found
    assert "Traceback" not in found.err


def test_a_hostile_name_acts_nowhere(gpogen: Run, tmp_path: Path) -> None:
    name = "##vso[task.x]\x1b[31m::error::x"
    path = put(tmp_path, "a.json", json.dumps([{"HotFixID": BASE, "Source": name}]))
    for form in ("text", "json"):
        found = gpogen("train", path, *DAY, "--format", form)
        assert found.code == 0
        assert "##vso[" not in found.out
        assert "\x1b" not in found.out


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_text_is_a_fault(text: str) -> None:
    try:
        found = parse(text, "a")
    except UsageError:
        return
    assert all(len(part.seen) <= len(text) for part in found)
