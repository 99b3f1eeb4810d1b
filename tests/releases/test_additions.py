"""A user's file of releases: every mistake is told with its place."""

from __future__ import annotations

import pytest

from gpogen.releases.additions import read_additions

HEAD = "gpogen: 1\nas_of: 2026-11-24\n"
ROW = "releases:\n  - {os: windows-server-2025, month: 2026-12, type: hotpatch"


def said(text: str) -> list[tuple[str, str]]:
    found, findings = read_additions(text.encode(), "r.yaml")
    assert (found is None) == bool(findings)
    return [(item.id, f"{item.at}: {item.message} {item.fix}".rstrip()) for item in findings]


def test_a_whole_file_is_read() -> None:
    text = f"""{HEAD}releases:
  - {{os: windows-server-2025, month: 2026-11, type: unplanned-baseline, kb: KB5999999,
     build: "26100.34000", date: 2026-11-12, source: seen, note: late}}
out_of_band:
  - {{os: windows-server-2022, date: 2026-11-20, train: lcu, kb: KB5999998}}
"""
    found, findings = read_additions(text.encode(), "r.yaml")

    assert findings == ()
    assert found is not None
    (said_row,) = found.releases
    row = said_row.item
    assert (str(said_row.at), str(row.month), row.kb, row.build) == (
        "r.yaml:4:5",
        "2026-11",
        "KB5999999",
        "26100.34000",
    )
    assert (row.date.isoformat(), said_row.dated) == ("2026-11-12", True)
    assert [other.item.kb for other in found.others] == ["KB5999998"]


@pytest.mark.parametrize(
    ("text", "rule", "parts"),
    [
        (f"{HEAD}{ROW.replace('2025', '2019')}}}\n", "GP013", "windows-server-2022"),
        (
            f"{HEAD}{ROW.replace('2026-12', '2026-13')}}}\n",
            "GP016",
            "r.yaml:4:38: |must be a month such as 2026-11; got",
        ),
        (f"{HEAD}{ROW.replace('hotpatch', 'hotptach')}}}\n", "GP013", "did you mean hotpatch?"),
        (f"{HEAD}{ROW}, kb: 5094125}}\n", "GP016", "write KB5094125"),
        (f"{HEAD}{ROW}, build: 26100.1}}\n", "GP015", 'quote it: "26100.1"'),
        (
            f'{HEAD}{ROW}, build: "20348.1"}}\n',
            "GP016",
            "does not belong to windows-server-2025|26100",
        ),
        (f"{HEAD}{ROW.replace('2026-12', '2001-01')}}}\n", "GP016", "starts with 2024-11"),
        (f"{HEAD.replace('2026', '3026')}", "GP016", "must be a date such as 2026-11-02; got"),
        (f"{HEAD}{ROW}, date: 2027-01-02}}\n", "GP016", "not in the month 2026-12"),
        (f"{HEAD}{ROW}, biuld: x}}\n", "GP010", "did you mean build?|allowed: os, month"),
        (f"{HEAD}{ROW}}}\n  {ROW.splitlines()[1][2:]}}}\n", "GP017", "r.yaml:5:5|occurs twice"),
        ("gpogen: 1\n", "GP011", "'as_of' is missing"),
        ("gpogen: 2\nas_of: 2026-11-24\n", "GP014", "allowed: 1"),
        ("- 1\n", "GP006", "release data must be a mapping"),
        ("", "GP006", ""),
        ("gpogen: [\n", "GP002", "r.yaml:"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_help(text: str, rule: str, parts: str) -> None:
    found = said(text)

    assert [item[0] for item in found] == [rule]
    for part in parts.split("|"):
        assert part in found[0][1]


def test_all_mistakes_come_at_once() -> None:
    text = f"{HEAD}{ROW.replace('2026-12', '2026-00')}, kb: x, colour: red}}\n"

    assert [item[0] for item in said(text)] == ["GP016", "GP016", "GP010"]
