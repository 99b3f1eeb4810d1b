"""``gpogen explain``: everything can be asked for, and a typo is answered."""

from __future__ import annotations

import re

import pytest

from gpogen.catalog.pages import shape_pages, statements
from gpogen.catalog.platforms import (
    images,
    near_misses,
    operating_systems,
    orchestrations,
    platforms,
)
from gpogen.catalog.policies import policies
from gpogen.catalog.rules import rule_pages
from gpogen.catalog.settings import settings
from gpogen.reports.explain.entry import KINDS, Explanation
from gpogen.reports.explain.find import all_entries, find, of_kinds
from gpogen.reports.explain.keys import all_keys
from gpogen.reports.explain.text import WIDTH, as_text
from gpogen.rules.unproven import UNPROVEN_IDS
from tests.cli.conftest import Run

ENTRIES = all_entries()
VALUES = {rf"{row.hive}\{row.key}" + (rf"\{row.name}" if row.name else "") for row in settings()}
NAMES = {
    "rule": [*rule_pages()],
    "shape": [*shape_pages()],
    "policy": [*policies(), *(policy.name for policy in policies().values())],
    "value": [*VALUES, *(row.name for row in settings() if row.name)],
    "image": [*(row.sku for row in images()), *(row.sku for row in near_misses())],
    "os": [*operating_systems()],
    "platform": [*platforms(), "azure-stack-hci"],
    "orchestration": [*orchestrations()],
    "statement": [*statements()],
    "unproven": [*UNPROVEN_IDS],
    "key": [row.key for row in all_keys()],
}


def ids_of(entries: tuple[Explanation, ...]) -> list[str]:
    return [entry.id for entry in entries]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", [str, str.upper, str.lower])
def test_everything_can_be_asked_for_in_any_case(kind: str, change: type[str]) -> None:
    entries = of_kinds((kind,))

    missing = [name for name in NAMES[kind] if not find(change(name), entries)]
    assert missing == []


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_no_entry_but_what_the_catalogue_holds(kind: str) -> None:
    known = {name.lower() for name in NAMES[kind]}

    assert {entry.id.lower() for entry in of_kinds((kind,))} <= known


def test_ids_are_unique_within_their_kind() -> None:
    names = [(entry.kind, entry.id.lower()) for entry in ENTRIES]

    assert len(names) == len(set(names))


def test_every_entry_is_complete() -> None:
    for entry in ENTRIES:
        assert entry.title, entry.id
        assert entry.source, entry.id
        assert entry.facts, entry.id
        assert (entry.severity is None) == (entry.kind not in ("rule", "shape")), entry.id
        assert (entry.input is None) == (entry.kind not in ("rule", "shape")), entry.id


def test_no_line_is_longer_than_a_terminal_where_it_can_be_wrapped() -> None:
    for entry in ENTRIES:
        for line in as_text(entry).splitlines():
            parts = line.split()
            lone = max(map(len, parts), default=0) > WIDTH - 20
            assert len(line) <= WIDTH or lone or line.startswith(entry.id), line


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\DeviceGuard\LsaCfgFlags", 1),
        (r"HKLM:\SOFTWARE\Policies\Microsoft\Windows\DeviceGuard!LsaCfgFlags", 1),
        (r"HKLM\...\AUOptions", 1),
        ("Configure Automatic Updates", 1),
        ("MicrosoftWindowsServer:WindowsServer:2025-datacenter-azure-edition:latest", 1),
        ("WindowsServer/2025-Datacenter-Azure-Edition-Core", 1),
        ("2025-datacenter-g2", 1),
        ("ServerTurbine", 2),
        ("AllowRebootlessUpdates", 2),
        ("S9", 1),
        ("vbs-control", 1),
    ],
)
def test_other_ways_to_write_a_name_lead_there_too(word: str, expected: int) -> None:
    assert len(find(word, ENTRIES)) == expected


def test_a_supported_image_is_no_near_miss() -> None:
    for image in images():
        assert ids_of(find(image.sku, ENTRIES)) == [image.sku]


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("HP0144", "HP014"),
        ("AUOption", "AUOptions"),
        ("AutoUpdateCgf", "AutoUpdateCfg"),
        ("2025-datacentre-azure-edition", "2025-datacenter-azure-edition"),
        ("azure-locl", "azure-local"),
        ("group-polcy", "group-policy"),
        ("UNPROVEN-Z", "UNPROVEN-"),
        ("GP009", "GP0"),
        ("S46", "S4"),
    ],
)
def test_a_typo_is_answered_with_the_nearest(gpogen: Run, typo: str, meant: str) -> None:
    answer = gpogen("explain", typo)

    assert answer.code == 2
    assert answer.out == ""
    assert f"unknown name {typo!r}; did you mean " in answer.err
    assert meant in answer.err


def test_what_is_like_nothing_is_refused_all_the_same(gpogen: Run) -> None:
    answer = gpogen("explain", "xyzzy\x1b[2J")

    assert answer.code == 2
    assert "gpogen explain --help" in answer.err
    assert "\x1b" not in answer.err


def test_several_words_are_explained_and_a_wrong_one_is_named(gpogen: Run) -> None:
    answer = gpogen("explain", "hp014", "gp013", "nonsense-word", "s28")

    assert answer.code == 2
    assert [line for line in answer.out.splitlines() if re.match(r"\S", line)] == [
        "HP014  (rule, warning, reads the policy)",
        "GP013  (shape, error, reads the profile)",
        "S28  (statement)",
    ]
    assert "'nonsense-word'" in answer.err


def test_a_rule_is_explained_with_why_fix_source_and_examples(gpogen: Run) -> None:
    answer = gpogen("explain", "HP014")

    assert answer.code == 0
    for part in ("why ", "fix ", "source ", "fails:", "passes:", "quality_deferral_days: 15"):
        assert part in answer.out


def test_a_rule_that_does_not_run_says_so(gpogen: Run) -> None:
    missing = [page for page in rule_pages().values() if page.missing]

    for page in missing:
        assert f"not checked   {page.missing[:40]}" in gpogen("explain", page.id).out
    assert missing


def test_a_value_is_explained_with_its_data_systems_and_editor_path(gpogen: Run) -> None:
    out = " ".join(gpogen("explain", "AlwaysAutoRebootAtScheduledTimeMinutes").out.split())

    assert "allowed 15 to 180" in out
    assert "Windows Server 2022, Windows Server 2025" in out
    assert "Computer Configuration > Policies > Administrative Templates >" in out
    assert "type REG_DWORD" in out


def test_everything_as_json_is_complete(gpogen: Run) -> None:
    rows = gpogen("explain", "--all", "--format", "json").json

    keys = {"id", "kind", "title", "severity", "input", "source"}
    assert all(keys <= set(row) for row in rows)
    by_kind = {kind: {row["id"] for row in rows if row["kind"] == kind} for kind in KINDS}
    assert by_kind["rule"] == set(rule_pages())
    assert by_kind["shape"] == set(shape_pages())
    assert by_kind["policy"] == set(policies())
    assert len(by_kind["statement"]) == 45
    assert by_kind["unproven"] == set(UNPROVEN_IDS)
    assert len(rows) == len(ENTRIES)


def test_json_of_an_unknown_word_is_an_empty_list(gpogen: Run) -> None:
    answer = gpogen("explain", "xyzzy", "--format", "json")

    assert answer.code == 2
    assert answer.json == []


def test_kinds_narrow_what_is_shown(gpogen: Run) -> None:
    rows = gpogen("explain", "NoAutoUpdate", "--kind", "value", "--format", "json").json

    assert {row["kind"] for row in rows} == {"value"}
    assert len(rows) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_markdown_has_a_heading_for_every_entry(gpogen: Run, kind: str) -> None:
    out = gpogen("explain", "--all", "--kind", kind, "--format", "markdown").out

    headings = [line for line in out.splitlines() if line.startswith("## ")]
    assert len(headings) == len(of_kinds((kind,)))


@pytest.mark.parametrize(
    "arguments",
    [(), ("HP014", "--all"), ("--all", "--kind", "rules"), ("--all", "--format", "xml")],
    ids=str,
)
def test_wrong_options_end_with_2(gpogen: Run, arguments: tuple[str, ...]) -> None:
    answer = gpogen("explain", *arguments)

    assert answer.code == 2
    assert "Error: " in answer.err


def test_help_shows_examples(gpogen: Run) -> None:
    answer = gpogen("explain", "--help")

    assert answer.code == 0
    assert "Examples:\n    gpogen explain HP014" in answer.out


@pytest.mark.parametrize("fact", sorted(UNPROVEN_IDS))
def test_the_label_of_a_fact_does_not_run_into_its_text(gpogen: Run, fact: str) -> None:
    lines = gpogen("explain", fact).out.splitlines()

    assert "  how to test it" in lines
    assert lines[lines.index("  how to test it") + 1].startswith(" " * 16)
