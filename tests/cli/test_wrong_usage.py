"""Wrong usage is answered with what is allowed; nothing that somebody wrote is passed over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gpogen.cli.main import COMMANDS, main
from tests.cli.conftest import Run

PROFILE = """\
gpogen: 1
name: web-pilot
title: Web
extends: [azlocal-ws2025-core]
"""


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "web-pilot.yaml").write_text(PROFILE, encoding="utf-8")
    return folder / "web-pilot.yaml"


def _commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        below = getattr(command, "commands", {})
        yield from (((name, sub), item) for sub, item in below.items())
        if not below:
            yield (name,), command


TEXTS = [
    (names, param.opts[0] if isinstance(param, click.Option) else "")
    for names, command in _commands()
    for param in command.params
    if isinstance(param.type, click.types.StringParamType)
]


def test_most_commands_take_texts() -> None:
    assert len(TEXTS) > 40
    assert {names[0] for names, _ in TEXTS} > {"build", "check", "releases", "train"}


@pytest.mark.parametrize(("names", "option"), TEXTS, ids=lambda part: "-".join(part) or "argument")
def test_an_empty_text_is_wrong_usage_and_never_a_default(
    gpogen: Run, web: Path, names: tuple[str, ...], option: str
) -> None:
    before = sorted(web.parent.parent.rglob("*"))
    found = gpogen(*names, *([option] if option else []), "")

    assert found.code == 2
    assert "the text is empty" in found.err
    assert sorted(web.parent.parent.rglob("*")) == before


@pytest.mark.parametrize("command", ["build", "check", "list", "calendar", "forecast"])
def test_a_profiles_folder_that_is_named_and_not_there_is_refused(
    gpogen: Run, web: Path, command: str
) -> None:
    found = gpogen(command, "--profiles", "nosuch", str(web))

    assert (found.code, found.out) == (2, "")
    assert "nosuch: no such folder" in found.err


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--target", "azure-arc,windows-server-2025-standard"),
        ("--installed-by", "configmgr"),
        ("--side", "machine"),
    ],
)
def test_an_option_for_gpos_is_refused_where_there_is_none(
    gpogen: Run, web: Path, option: str, value: str
) -> None:
    found = gpogen("check", option, value, str(web))

    assert (found.code, found.out) == (2, "")
    assert f"{option} applies to GPO backups and .pol files" in found.err


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("numbers", ["KB5066835,xyz", "KB5066835 123", "xyz"])
def test_what_is_no_number_among_numbers_is_refused(gpogen: Run, numbers: str) -> None:
    found = gpogen("train", "--kb", numbers)

    assert (found.code, found.out) == (2, "")
    assert "is not a KB number such as KB5066835" in found.err


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize(
    "path",
    ["web-pilot", "web-pilto", "profiles/web_pilot.yaml", "profiles/web-pilot", "web-pilot.yaml"],
)
def test_a_profile_that_is_not_there_is_answered_with_the_nearest(gpogen: Run, path: str) -> None:
    found = gpogen("check", path)

    is_near = path != "web-pilot.yaml"  # The current folder has no profiles.
    assert found.code == 2
    assert ("did you mean profiles/web-pilot.yaml?" in found.err) == is_near


@pytest.mark.usefixtures("web")
def test_verify_that_read_nothing_names_no_verdict(gpogen: Run) -> None:
    found = gpogen("verify", "nosuch")

    assert found.code == 2
    assert "nothing checked; 1 not read" in found.err
    assert "no problems" not in found.err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_full_standard_error_is_exit_code_two(web: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gpogen", "check", str(web)],
            stdout=subprocess.DEVNULL,
            stderr=full,
            check=False,
        )

    assert done.returncode == 2
