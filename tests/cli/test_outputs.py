"""``outputs`` in a profile: which artifacts a build writes, and what it says of the others."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Run, Workplace


def written(place: Workplace) -> set[str]:
    manifest = json.loads((place.output / "web/manifest.json").read_bytes())
    return {entry["artifact"] for entry in manifest["files"].values()}


def test_outputs_choose_the_artifacts_and_readme_comes_along(place: Workplace, gpogen: Run) -> None:
    place.profile("web", "outputs: [dsc, lgpo]")

    assert gpogen("build").code == 0

    assert written(place) == {"dsc", "lgpo", "readme"}
    readme = (place.output / "web/README.txt").read_text("utf-8-sig")
    assert "The profile selects only these outputs: dsc, lgpo." in " ".join(readme.split())
    parts = readme.partition("2. FILES IN THIS FOLDER")[2].partition("3. STEPS")[0]
    assert r"dsc\web.dsc.yaml" in parts
    assert r"reg\web.reg" not in parts


def test_what_an_output_needs_comes_along(place: Workplace, gpogen: Run) -> None:
    place.profile("web", "outputs: [import-script, ansible]")

    assert gpogen("build").code == 0

    assert written(place) == {"import-script", "gpo", "ansible", "ansible-requirements", "readme"}


def test_a_profile_replaces_the_outputs_of_its_base(place: Workplace, gpogen: Run) -> None:
    place.profile("base", "base: true", "outputs: [lgpo, dsc]")
    place.profile("web", "outputs: [reg]", extends="base")

    assert gpogen("build", "profiles/web.yaml").code == 0

    assert written(place) == {"reg", "readme"}


@pytest.mark.parametrize("more", [(), ("--check",), ("--quiet",)])
def test_an_artifact_that_no_profile_has_is_wrong_usage(
    place: Workplace, gpogen: Run, more: tuple[str, ...]
) -> None:
    place.profile("web")
    place.profile("db", "outputs: [gpo]")

    answer = gpogen("build", "--only", "osconfig", *more)

    assert answer.code == 2
    assert "gpogen: --only osconfig: no profile has a file for it" in answer.err
    for name in ("web", "db"):
        assert not (place.output / name).exists()
        said = f"output/{name}: osconfig: not written, because the profile does not have it among"
        assert (said in answer.err) == ("--quiet" not in more)


def test_a_profile_without_the_artifact_gets_no_folder_and_keeps_the_one_it_has(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web")
    place.profile("db", "outputs: [osconfig]")
    place.profile("file", "outputs: [gpo]")
    assert gpogen("build", "profiles/web.yaml").code == 0
    before = {path: path.read_bytes() for path in place.output.rglob("*") if path.is_file()}

    answer = gpogen("build", "--only", "osconfig")

    assert answer.code == 0
    assert not (place.output / "file").exists()
    assert (place.output / "db/osconfig/db.osc.yaml").is_file()
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("value", ["null", "~", "", "[]"])
@pytest.mark.parametrize("extends", ["base", "azlocal-ws2025-core"])
def test_outputs_without_one_is_refused_also_over_those_of_a_base(
    place: Workplace, gpogen: Run, value: str, extends: str
) -> None:
    place.profile("base", "base: true", "outputs: [lgpo, dsc]")
    place.profile("web", f"outputs: {value}", extends=extends)

    answer = gpogen("check", "profiles/web.yaml")

    assert answer.code == 1
    assert "outputs: must name at least one output; allowed: gpo, " in answer.out


def test_a_build_says_what_a_format_cannot_hold(place: Workplace, gpogen: Run) -> None:
    place.profile("web", "outputs: [osconfig]")

    answer = gpogen("build")

    lines = [line for line in answer.err.splitlines() if "osconfig" in line]
    data = (place.output / "web/osconfig/web.osc.yaml").read_text("utf-8")
    lost = data.count("# Not in this file: ") - 1  # One is the key that only Group Policy reads.
    told = f"{lost} records left out, which the format cannot hold; comments in the file name them"
    assert lines == [f"output/web: osconfig/web.osc.yaml: {told}"]
    assert "left out" not in gpogen("build", "--quiet").err


def test_an_output_that_can_hold_nothing_of_a_profile_is_named(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web", "outputs: [osconfig]", extends="azlocal-ws2022-core")

    answer = gpogen("build")

    assert answer.code == 0
    assert "output/web: osconfig: no file, because this profile has nothing for it" in answer.err


def test_a_word_that_is_not_an_output_is_told_with_the_nearest(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web", "outputs: [dcs]")

    answer = gpogen("check")

    assert answer.code == 1
    assert "'dcs' is not allowed here" in answer.out + answer.err
    assert "dsc" in answer.out + answer.err


def test_an_empty_list_of_outputs_is_refused(place: Workplace, gpogen: Run) -> None:
    place.profile("web", "outputs: []")

    answer = gpogen("check")

    assert answer.code == 1
    assert "must name at least one output" in answer.out + answer.err


def test_formats_say_what_is_readable_and_what_comes_on_request(gpogen: Run) -> None:
    rows = {
        item["id"]: item
        for item in json.loads(gpogen("formats", "--format", "json").out)["written"]
    }
    text = gpogen("formats").out

    assert rows["dsc"]["readable"] is True
    assert rows["dsc"]["command"].startswith("dsc config set")
    assert rows["set-script"]["readable"] is False
    assert [name for name, item in rows.items() if item["on_request"]] == ["osconfig", "samba"]
    assert "only for a profile that names it under outputs: its format is a prerelease" in text
    assert "write-only: a program" in text
