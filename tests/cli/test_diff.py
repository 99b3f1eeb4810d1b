"""``gpogen diff``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, Workplace

PROFILE = "profiles/web.yaml"


@pytest.fixture
def built(place: Workplace, gpogen: Run) -> Workplace:
    place.profile("web")
    assert gpogen("build").code == 0
    return place


@pytest.mark.usefixtures("built")
def test_a_profile_equals_the_backup_that_it_builds(gpogen: Run) -> None:
    answer = gpogen("diff", PROFILE, "output/web/gpo")

    assert (answer.code, answer.out, answer.err) == (0, "", "")


def test_what_differs_is_told_with_old_and_new(built: Workplace, gpogen: Run) -> None:
    built.profile("other", "registry:", *_item("New", 1))
    built.profile("web", "registry:", *_item("New", 2), *_item("Old", 3))

    answer = gpogen("diff", PROFILE, "profiles/other.yaml", "--format", "json")

    assert answer.code == 1
    changes = {row["name"]: row for row in answer.json}
    assert (changes["New"]["old"]["data"], changes["New"]["new"]["data"]) == (2, 1)
    assert changes["Old"]["new"] is None


def test_keys_are_compared_without_case(place: Workplace, gpogen: Run) -> None:
    head = "Windows Registry Editor Version 5.00\r\n\r\n"
    for name, key in (("a", "SOFTWARE\\Contoso"), ("b", "software\\CONTOSO")):
        text = f'{head}[HKEY_LOCAL_MACHINE\\{key}]\r\n"V"=dword:00000001\r\n'
        Path(place.root, f"{name}.reg").write_text(text, encoding="utf-16", newline="")

    assert gpogen("diff", "a.reg", "b.reg").code == 0


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_difference_is_exit_1_in_every_format(built: Workplace, gpogen: Run, form: str) -> None:
    built.profile("other", "registry:", *_item("New", 1))

    answer = gpogen("diff", PROFILE, "profiles/other.yaml", "--format", form)

    assert answer.code == 1
    assert "New" in answer.out


@pytest.mark.usefixtures("built")
def test_what_cannot_be_read_is_exit_2(gpogen: Run) -> None:
    answer = gpogen("diff", PROFILE, "none.pol")

    assert (answer.code, answer.out) == (2, "")
    assert "none.pol" in answer.err


@pytest.mark.usefixtures("built")
def test_what_a_format_cannot_hold_is_said(gpogen: Run) -> None:
    answer = gpogen("diff", PROFILE, "output/web/machine/registry.pol")

    assert answer.code == 1
    assert all("(preference)" in line for line in answer.out.splitlines())
    assert "a registry.pol cannot hold preferences; profiles/web.yaml has" in answer.err


def _item(name: str, data: int) -> tuple[str, ...]:
    return (
        f"  - {{key: 'HKLM\\Software\\Policies\\Contoso', name: {name}, type: dword,",
        f"     data: {data}, why: a test}}",
    )
