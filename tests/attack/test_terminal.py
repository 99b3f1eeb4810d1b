"""What somebody else wrote acts on no terminal and on no build service that shows the output."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import icalendar
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gpogen import cli
from gpogen.cli.fault import report_fault
from gpogen.formats import pol
from gpogen.policy.records import Record, set_value
from gpogen.policy.types import Hive, RegType
from gpogen.text import inert, visible
from tests.cli.conftest import Run, Workplace

HOSTILE = (
    "##vso[task.setvariable variable=x]y",
    "##VSO[task.complete result=Succeeded;]",
    "##[error]none",
    "###[section]x",
    "##teamcity[buildStatus text='x']",
    "::set-output name=a::b",
    "::add-mask::e",
    "::stop-commands::x",
    "::error file=a,line=1::b",
)
TODAY = ("--today", "2026-11-24")

PIECES = st.lists(
    st.sampled_from(
        [
            *("#", "##[", "##vso[", "##VsO[", "##teamcity[", "[", "]", ":", "::", "::add-mask::"),
            *(" ", "x", "\n", "\r", "\x1b", "\u2028", "\u200b", "\\", '"', "é", "😀"),
        ]
    ),
    max_size=8,
).map("".join)


def acting(text: str) -> list[str]:
    """Find what a build service would carry out, by the rules of its own agent.

    Azure Pipelines and the old GitHub form look for the mark anywhere in a line, TeamCity too;
    GitHub's form today is at the beginning of a line, blanks aside.
    """
    found = []
    for line in re.split(r"[\r\n\v\f\x85\u2028\u2029]", text):
        found += re.findall(r"##(?:vso|teamcity)?\[.*", line, re.IGNORECASE)
        found += re.findall(r"^\s*::[a-z-]+.*?::.*", line, re.IGNORECASE)
        found += re.findall("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e].*", line)
    return found


def test_the_referee_sees_what_acts() -> None:
    for text in HOSTILE:
        assert acting(f"  {text}")
    assert acting("a\n  ::add-mask::x")
    assert not acting("a ::add-mask::x, #[x], [##], std::string")


@given(PIECES)
def test_no_text_acts_once_it_is_visible(text: str) -> None:
    assert not acting(visible(text))


@given(PIECES)
def test_json_and_yaml_mean_the_same_without_what_acts(text: str) -> None:
    spelt = inert(json.dumps([text]), "\\u0023")

    assert json.loads(spelt) == [text]
    assert not acting(spelt)


def profile(place: Workplace, text: str, name: str = "web") -> Path:
    quoted = json.dumps(text)
    return place.profile(
        name,
        f"why: {quoted}",
        f"ring: {{name: {quoted}, order: 1}}",
        f"revision: {{number: 1, date: 2026-11-02, change: {quoted}, owner: {quoted}}}",
        "target: {time_zone: Europe/Rome}",
        'updates: {schedule: {day: saturday, at: "04:00", weeks: every}}',
        "assured:",
        f"  - {{what: restart-after-vbs-planned, why: {quoted}}}",
        "registry:",
        f"  - {{key: {json.dumps(f'HKLM/SOFTWARE/Policies/{text}'.replace('/', chr(92)))},"
        f" name: {quoted}, type: sz, data: {quoted}, why: {quoted}}}",
        f"  - {{key: 'HKLM\\SOFTWARE\\X', name: {quoted}, type: multi-sz, data: [{quoted}]}}",
    )


def foreign(place: Workplace, text: str) -> Path:
    records: list[Record] = [
        set_value(Hive.HKLM, f"K\\{text}", text, RegType.SZ, text),
        set_value(Hive.HKLM, r"SOFTWARE\Policies\X", f"{text}\n{text}", RegType.SZ, f"a\n  {text}"),
        set_value(Hive.HKLM, r"SOFTWARE\Policies\X", "Long", RegType.SZ, f"{'a b ' * 40} {text}"),
    ]
    path = place.root / "registry.pol"
    path.write_bytes(pol.encode(pol.from_records(records)))
    return path


@pytest.mark.parametrize("text", HOSTILE)
def test_no_command_prints_what_acts(gpogen: Run, place: Workplace, text: str) -> None:
    profile(place, text)
    place.profile(
        "wrong", f"{json.dumps(text)}: 1", f"ring: {{name: {json.dumps(text)}, order: x}}"
    )
    foreign(place, text)
    hostile = place.root / f"{text.replace('/', '_')}.yaml"
    hostile.write_text(f"gpogen: 1\nname: x\n{json.dumps(text)}: {json.dumps(text)}\n")
    for words in (
        ("check",),
        ("check", "--verbose", "--strict"),
        ("check", "--format", "json"),
        ("check", "--format", "sarif"),
        ("check", hostile.name),
        ("check", hostile.name, "--format", "json"),
        ("check", "registry.pol"),
        ("check", text),
        ("list", "-v"),
        ("list", "--format", "json"),
        ("list", text),
        ("build", "profiles/web.yaml", "-v"),
        ("build", "profiles/web.yaml", "-o", text),
        ("build", "profiles/web.yaml", "--only", text),
        ("verify", "output/web"),
        ("verify", text),
        ("show", "registry.pol"),
        ("show", "registry.pol", "--format", "json"),
        ("show", "registry.pol", "--format", "yaml"),
        ("show", "registry.pol", "profiles/web.yaml", "--format", "json"),
        ("show", "registry.pol", "--format", "lgpo"),
        ("show", "profiles/web.yaml"),
        ("show", text),
        ("diff", "registry.pol", "profiles/web.yaml"),
        ("diff", "registry.pol", "profiles/web.yaml", "--format", "json"),
        ("diff", "registry.pol", "profiles/web.yaml", "--format", "markdown"),
        ("import", "registry.pol", "-o", "-", "--name", "web"),
        ("import", "profiles/web.yaml", "-o", "-", "--name", "web"),
        ("import", "registry.pol", "-o", "-", "--name", text),
        ("explain", text),
        ("explain", "--kind", text),
        ("platforms", text),
        ("train", "--kb", text),
        ("train", "--os", text),
        ("calendar", "--timezone", text),
        *(("calendar", "profiles/web.yaml", "--format", form, *TODAY) for form in FORMATS),
        ("calendar", "profiles/web.yaml", "-v", *TODAY),
        ("calendar", "--format", text),
        (text,),
        (f"--{text}",),
        ("check", f"--{text}"),
        (f"a\n{text}",),
    ):
        found = gpogen(*words)
        assert not acting(found.out.replace("\t", "")), (words, acting(found.out))
        assert not acting(found.err), (words, acting(found.err))
        assert found.code != 3, words


FORMATS = ("table", "json", "markdown", "ics", "svg")


@pytest.mark.parametrize("text", HOSTILE)
def test_annotations_for_github_are_gpogens_own_alone(
    gpogen: Run, place: Workplace, text: str
) -> None:
    profile(place, text)
    place.profile("wrong", f"{json.dumps(text)}: 1")
    (place.root / f"{text.replace('/', '_')}.yaml").write_text(f"{json.dumps(text)}: 1\n")

    out = gpogen("check", "--format", "github").out
    out += gpogen("check", "--format", "github", f"{text.replace('/', '_')}.yaml").out

    assert out
    for line in out.splitlines():
        assert re.match(
            r"::(error|warning|notice) (file=[^:,]*,line=\d+,col=\d+,)?title=[^:,]*::", line
        )
        assert not acting(line.partition("::")[2])


@pytest.mark.parametrize("text", HOSTILE)
def test_formats_for_programs_still_mean_the_same(gpogen: Run, place: Workplace, text: str) -> None:
    foreign(place, text)
    rows = gpogen("show", "registry.pol", "--format", "json").json
    documents = yaml.safe_load(gpogen("show", "registry.pol", "--format", "yaml").out)
    imported = yaml.safe_load(gpogen("import", "registry.pol", "-o", "-").out)

    assert rows == documents
    assert rows[0]["data"] == text
    assert rows[1]["data"] == f"a\n  {text}"
    assert {"key": f"HKLM\\K\\{text}", "name": text, "type": "sz", "data": text} in imported[
        "registry"
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_pictures_and_feeds_stay_well_formed(gpogen: Run, place: Workplace, text: str) -> None:
    profile(place, text)
    words = ("calendar", "profiles/web.yaml", *TODAY, "--format")

    picture = etree.fromstring(gpogen(*words, "svg").out.encode())
    feed = icalendar.Calendar.from_ical(gpogen(*words, "ics").out)

    # The ring's name is shown shortened.
    assert text[:4] in "".join(map(str, picture.itertext())) or "<U+" in str(
        picture.xpath("string()")
    )
    assert any(part.name == "VEVENT" for part in feed.walk())


def test_the_report_of_an_internal_fault_does_not_act(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "##vso[task.complete]"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))

    assert report_fault() == 3

    assert not acting(capsys.readouterr().err)
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize(("form", "text"), [("lgpo", "::add-mask::x"), ("reg", "##vso[x]")])
def test_a_format_without_another_spelling_is_refused_and_says_how_else(
    gpogen: Run, place: Workplace, form: str, text: str
) -> None:
    foreign(place, text)

    found = gpogen("show", "registry.pol", "--format", form)

    assert found.code == 2
    assert "--format" in found.err
    assert found.out == ""


def test_one_module_prints_and_no_other() -> None:
    """`click.echo` and its like, `print` and the standard streams: terminal/plain.py alone."""
    folder = Path(next(iter(cli.__path__)))
    modules = [file for file in sorted(folder.parent.rglob("*.py")) if file.name != "plain.py"]
    trees = [ast.walk(ast.parse(file.read_text(encoding="utf-8"))) for file in modules]

    assert [
        f"{file.name}:{getattr(node, 'lineno', 0)}"
        for file, tree in zip(modules, trees, strict=True)
        for node in tree
        if prints(node)
    ] == []


def prints(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        name: Any = getattr(node.func, "attr", getattr(node.func, "id", ""))
        streams = ast.dump(node.func)
        if name == "write" and ("stdout" in streams or "stderr" in streams):
            return True
        return name in ("echo", "secho", "print", "echo_via_pager", "print_exc", "progressbar")
    return False
