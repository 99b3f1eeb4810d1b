"""``gpogen platforms``: what is supported where."""

from __future__ import annotations

import pytest

from gpogen.catalog.platforms import images, near_misses, operating_systems, platforms
from gpogen.reports.platform_pages import pages, sections
from gpogen.reports.platform_text import as_text
from tests.cli.conftest import Run


def flat(text: str) -> str:
    """A text without its line breaks and indents."""
    return " ".join(text.split())


def test_the_whole_table_names_platforms_systems_images_and_numbers(gpogen: Run) -> None:
    answer = gpogen("platforms")
    text = flat(answer.out)

    assert answer.code == 0
    for word in (*platforms(), *operating_systems()):
        assert word in text
    for image in images():
        assert f"{image.publisher} / {image.offer} / {image.sku}" in text
    for row in near_misses():
        assert f"{row.offer} / {row.sku} {row.why} use {row.instead}" in text
    for part in ("407", "408", "406", "26100.1742", "Generation 2", "UEFI", "Secure Boot"):
        assert part in text


def test_the_table_says_who_orchestrates_by_platform() -> None:
    named = {page.platform.word: set(page.more.named_by_microsoft) for page in pages()}

    assert named == {
        "azure-vm": {"azure-guest-patching"},
        "azure-local": {"group-policy", "sconfig", "third-party"},
        "azure-arc": {"azure-update-manager", "group-policy", "sconfig", "third-party"},
    }


def test_an_azure_vm_comes_with_the_steps_on_the_portal(gpogen: Run) -> None:
    text = flat(gpogen("platforms", "azure-vm").out)

    for statement in (*range(30, 35), *range(38, 44)):
        assert f"S{statement} " in text
    for part in (
        "Operations, Updates",
        "30 days",
        "Assess now",
        "Install updates now",
        "uniform orchestration",
    ):
        assert part in text


def test_one_platform_shows_its_own_systems_only(gpogen: Run) -> None:
    text = gpogen("platforms", "azure-arc").out

    assert "windows-server-2025-standard" in text
    assert "windows-server-2022-azure-edition" not in text
    assert "WindowsServer /" not in text


@pytest.mark.parametrize("word", ["azure-stack-hci", "AZURE-LOCAL"])
def test_an_older_word_and_any_case_will_do(gpogen: Run, word: str) -> None:
    assert gpogen("platforms", word).out == gpogen("platforms", "azure-local").out


def test_an_unknown_platform_is_answered_with_the_nearest(gpogen: Run) -> None:
    answer = gpogen("platforms", "azure-lokal")

    assert answer.code == 2
    assert "unknown platform 'azure-lokal'; did you mean azure-local?" in answer.err


def test_a_platform_like_no_other_is_answered_with_all(gpogen: Run) -> None:
    answer = gpogen("platforms", "xyzzy")

    assert answer.code == 2
    assert "platforms: azure-local, azure-stack-hci, azure-arc, azure-vm" in answer.err


def test_json_holds_every_platform_with_everything(gpogen: Run) -> None:
    rows = gpogen("platforms", "--format", "json").json

    assert [row["word"] for row in rows] == list(platforms())
    by_word = {row["word"]: row for row in rows}
    assert len(by_word["azure-vm"]["images"]) == 8
    assert by_word["azure-arc"]["images"] == []
    assert all(row["operating_systems"] and row["orchestrations"] for row in rows)
    steps = [step["statement"] for part in by_word["azure-vm"]["steps"] for step in part["steps"]]
    assert "S43" in steps


def test_markdown_has_a_heading_for_every_section(gpogen: Run) -> None:
    out = gpogen("platforms", "--format", "markdown").out

    headings = [line for line in out.splitlines() if line.startswith("## ")]
    assert len(headings) == len(list(sections(pages())))


@pytest.mark.parametrize("word", ["", *platforms()])
def test_no_line_is_longer_than_a_terminal(word: str) -> None:
    assert all(len(line) <= 100 for line in as_text(sections(pages(word))).splitlines())


def test_help_shows_examples(gpogen: Run) -> None:
    answer = gpogen("platforms", "--help")

    assert answer.code == 0
    assert "Examples:\n    gpogen platforms" in answer.out
