"""Hostile texts in every field of a profile, in every artifact, judged by real parsers.

A text is judged by its harmless twin: the same profile with a plain word in the same place. Both
have the same elements, attributes, keys, lines and commands, so nothing of the text became one of
its own. Where a format carries the text, it comes back equal.

The fast suite takes a few texts for each field, the slow one gives the scripts to PowerShell's
parser and the .reg files and Set scripts to Wine's registry. GPOGEN_CAMPAIGN=long in the
environment takes all texts for each field.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hcl2
import pytest
import yaml
from lxml import etree
from pycep import BicepParser

from gpogen.compile.result import Compiled
from gpogen.formats import lgpo, mof, pol
from gpogen.formats.all import load, sniff
from gpogen.outputs.tree import encode_manifest, manifest_of, render_tree
from gpogen.policy.types import Action, Hive
from tests.artifacts.powershell.conftest import engine, wine
from tests.artifacts.powershell.harness import Engine, Wine, parse_reg
from tests.attack.author_texts import (
    BUILDERS,
    CASES,
    HOSTILE,
    KEY,
    LONG,
    Builder,
    chosen,
    fields,
)
from tests.attack.test_profile import checked
from tests.cli.conftest import Run, Workplace

__all__ = ["engine", "wine"]

TWIN = "harmless"
NEVER_BUILT = {"extends[]", "target.image", "target.image.publisher", "target.image.offer"}
NEVER_BUILT |= {"target.image.sku", "policies[].values{name}"}
"""Fields whose text is one of a list: any other is an error, which never reaches an artifact."""
Files = dict[str, bytes]


def compiled(build: Builder, text: str) -> Compiled | None:
    return checked(build(text)).compiled


def made(sample: Compiled) -> Files:
    tree = render_tree(sample)
    manifest = encode_manifest(manifest_of(sample, tree))
    return {**{path: item.data for path, (item, _) in tree.items()}, "manifest.json": manifest}


def test_the_campaign_has_every_field_that_takes_a_text() -> None:
    assert fields() == set(BUILDERS)


def test_the_fields_of_the_campaign_reach_the_artifacts() -> None:
    for name, build in CASES:
        is_built = name.rpartition(" ")[0] not in NEVER_BUILT
        assert (compiled(build, TWIN) is not None) is is_built, name


# The shape of a file: what its own parser makes of it, without the texts.


def texts(data: bytes) -> list[str]:
    """Return every text of an XML file."""
    return [
        text for node in etree.fromstring(data).iter() for text in (node.text, node.tail) if text
    ]


def shape_of_xml(data: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(data, parser)
    return [
        (str(node.tag), sorted(map(str, node.attrib)), sum(1 for _ in node.iterancestors()))
        for node in root.iter()
    ]


def shape_of_json(data: bytes) -> Any:
    def keys(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: keys(inner) for key, inner in value.items()}
        return [keys(inner) for inner in value] if isinstance(value, list) else type(value).__name__

    return keys(json.loads(data))


def shape_of_lgpo(data: bytes) -> Any:
    """Count the records, those that the format has no word for and that a comment names too."""
    text = data.decode("utf-16" if data.startswith(b"\xff\xfe") else "utf-8-sig")
    left_out = len(re.findall(r"(?m)^; Not in this file: ", text))
    found = lgpo.read(data)
    return len(found.entries) + left_out, len(found.skipped)


def shape_of_policyrules(data: bytes) -> Any:
    """Count the entries, those that a comment names too; all else are extensions."""
    parts = ["Key", "Value", "RegType", "RegData", "SourceFile", "PolicyName"]
    nodes = list(etree.fromstring(data))
    entries = [node for node in nodes if [child.tag for child in node] == parts]
    left_out = [node for node in nodes if "Not in this file: " in str(node.text)]
    known = [*entries, *left_out]
    others = [node.tag for node in nodes if node not in known]
    assert set(others) <= {"CSE-Machine", "CSE-User"}, others
    assert not any(len(child) for node in entries for child in node)
    return len(known)


def shape_of_reg(data: bytes) -> Any:
    """Count the keys and values by a reader of the tests' own."""
    text = data.decode("utf-16")
    sections = re.findall(r"(?m)^\[(-?)HKEY_(?:LOCAL_MACHINE|CURRENT_USER)\\[^\r\n]*\]\r?$", text)
    return len(sections), sections, len(re.findall(r"(?m)^\[", text)), len(parse_reg(text))


def is_left_out(path: str, data: bytes) -> bool:
    """Tell whether a .reg file names its one record in a comment, and has nothing but comments."""
    if not path.endswith(".reg"):
        return False
    lines = [line for line in data.decode("utf-16").splitlines()[1:] if line]
    named = [line for line in lines if line.startswith("; Not in this file: ")]
    return len(named) == 1 and all(line.startswith(";") for line in lines)


def shape_of_readme(data: bytes) -> Any:
    """Return the lines that people paste; those that save a key are of one form."""
    lines = data.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    end = lines.index("7. EVERY RECORD")
    indented = [line.strip() for line in lines[:end] if re.match(" {4}(?! {3,})", line)]
    headings = [line for line in lines if re.match(r"[0-9]\. [A-Z ,]+$", line)]
    return headings, [line for line in indented if not is_saving(line)]


def is_saving(line: str) -> bool:
    """Tell whether a line has reg.exe save one key, and the key is one argument in any shell."""
    double = r'"HKLM\\[^"`$%!\u201c-\u201f\r\n]*(?<!\\)"'
    single = r"'HKLM\\(?:[^'\u2018-\u201b\"%\r\n]|''|[\u2018-\u201b]{2})*'"
    form = rf"reg\.exe export (?:{double}|{single}) D:\\before-[0-9]+\.reg /y /reg:64"
    return re.fullmatch(form, line) is not None


def shape_of_values(data: bytes) -> Any:
    """Return the list that an import leaves: the comment's last line, a mark for each value."""
    first, *marks = data.decode("utf-8").removesuffix("\r\n").split("\r\n")
    assert re.fullmatch(r"gpogen [^\x00-\x1f\x7f]*, profile [0-9a-f]{12}", first)
    return [bool(re.fullmatch("[0-9a-f]{8}", mark)) for mark in marks]


def shape_of_shell(data: bytes) -> Any:
    """Return how many words the lines of a bash script have, by Python's reader of shell words."""
    words = shlex.shlex(data.decode("utf-8"), posix=True, punctuation_chars=True)
    words.whitespace_split = True
    return len(list(words))


def shape_of_kql(data: bytes) -> Any:
    """Return a query without what is in literals and comments."""
    without = re.sub(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|//[^\n]*""", "", data.decode())
    return [line for line in without.split("\n") if line.strip()]


_READERS: dict[str, Callable[[bytes], Any]] = {
    ".PolicyRules": shape_of_policyrules,
    ".sh": shape_of_shell,
    ".kql": shape_of_kql,
    ".tf": lambda data: shape_of_json(json.dumps(hcl2.loads(data.decode())).encode()),
    ".bicep": lambda data: shape_of_json(
        json.dumps(BicepParser().parse(text=data.decode())).encode()
    ),
    ".reg": shape_of_reg,
    ".pol": lambda data: [(entry.type, bool(entry.data)) for entry in pol.decode(data)],
    "gpogen-values.txt": shape_of_values,
    "README.txt": shape_of_readme,
    "ansible/requirements.yml": yaml.safe_load,
}


def shape(path: str, data: bytes) -> Any:
    name = path.rpartition("/")[2]
    if name.endswith((".xml", ".cmtx")):
        return shape_of_xml(data)
    if name.endswith(".json"):
        return shape_of_json(data)
    if path.startswith("wmi/"):
        return mof.decode(data)
    if path.startswith("lgpo/"):
        return shape_of_lgpo(data)
    for ending, reader in _READERS.items():
        if path.endswith(ending):
            return reader(data)
    if name.endswith(".cmd"):
        return re.sub(rb"\b[0-9a-f]{64}\b", b"digest", data)
    if name.endswith((".ps1", ".psm1", ".cmt")):
        return None
    return shape_of_any_format(path, data)


def shape_of_any_format(path: str, data: bytes) -> Any:
    """Count the records by gpogen's own reader, those that a comment names too."""
    kind = sniff(data, path)
    assert kind is not None, f"a format that nobody judges: {path}"
    found = load(kind).read(data, path, Hive.HKLM)
    return len(found.items) + data.count(b"Not in this file: "), len(found.skipped)


BUILT = [case for case in CASES if case[0].rpartition(" ")[0] not in NEVER_BUILT]


def twin_of(build: Builder) -> Files:
    sample = compiled(build, TWIN)
    assert sample is not None
    return made(sample)


def built(name: str, build: Builder, count: int) -> Iterator[tuple[str, Files]]:
    """Yield the texts that a field takes, with the files of their profile."""
    for text in chosen(count, name):
        sample = compiled(build, text)
        if sample is not None:
            yield text, made(sample)


@pytest.mark.parametrize(("name", "build"), BUILT, ids=[name for name, _ in BUILT])
def test_a_text_comes_back_equal_and_becomes_nothing_else(name: str, build: Builder) -> None:
    harmless = twin_of(build)
    right = {path: shape(path, data) for path, data in harmless.items()}
    judged = 0
    for text, files in built(name, build, 3):
        judged += 1
        assert files.keys() == harmless.keys(), text
        for path, data in files.items():
            assert shape(path, data) == right[path] or is_left_out(path, data), (text, path)
        give_back(name.rpartition(" ")[0], text, files)
    assert judged > (20 if LONG else 0)


_ATTRIBUTES = {"registry[].key": "key", "registry[].name": "name", "registry[].data": "value"}


def give_back(field: str, text: str, files: Files) -> None:
    """Find a text again in the files that carry it, by readers that are none of gpogen's."""
    by_name = {path.rpartition("/")[2]: data for path, data in files.items()}
    if field == "title":
        for name in ("Backup.xml", "bkupInfo.xml", "manifest.xml"):
            assert text in texts(by_name[name]), (text, name)
    if field == "policies[].why":
        assert any(text.rstrip("\n") in part for part in texts(by_name["comment.cmtx"])), text
    if field == "policies[].values{}":
        assert text.encode("utf-16-le") + b"\0\0" in by_name["registry.pol"], text
    if field in _ATTRIBUTES and "Registry.xml" in by_name:
        (item,) = etree.fromstring(by_name["Registry.xml"]).iter("Properties")
        value = str(item.get(_ATTRIBUTES[field]))
        own = {f"{KEY.removeprefix('HKLM' + chr(92))}\\{text}", text, f"a {text}"}
        assert value in own, text


# PowerShell's parser.


def reports(engine: Engine, folder: Path, scripts: list[bytes]) -> list[dict[str, Any]]:
    """Return what PowerShell's parser says of each script, in their order."""
    folder.mkdir()
    paths = [folder / f"{number}.ps1" for number in range(len(scripts))]
    for path, data in zip(paths, scripts, strict=True):
        path.write_bytes(data)
    found = [
        item
        for start in range(0, len(paths), 100)
        for item in engine.check(paths[start : start + 100])
    ]
    assert [Path(item["file"]) for item in found] == paths
    shutil.rmtree(folder)
    return found


def pasted(data: bytes) -> bytes:
    """Return the script of somebody who pastes every command line of README.txt."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    # What stands before is the author's reason; it hangs, but by more than a command line.
    # An inventory of Ansible, the one file that a step shows, is no command.
    steps = text[text.index("1. BEFORE YOU START") : text.index("7. EVERY RECORD")]
    lines = steps.split("\n")
    body = [line for line in lines if line.startswith("    ") and line.strip()[0] not in "{"]
    no_command = ("patch.json:", "put.json:", "SELECT ", '"productFeatures', "[", "ansible_")
    kept = [line for line in without_bash(body) if not line.strip().startswith(no_command)]
    return "\r\n".join(kept).encode("utf-8-sig")


def without_bash(lines: list[str]) -> Iterator[str]:
    """Leave out the commands for bash, whose lines go on after a backslash."""
    goes_on = False
    for line in lines:
        is_bash = goes_on or line.strip().startswith("bash ")
        goes_on = is_bash and line.endswith("\\")
        if not is_bash:
            yield line


def scripts_of(files: Files) -> dict[str, bytes]:
    scripts = {path: data for path, data in files.items() if path.endswith(".ps1")}
    return {**scripts, "README.txt": pasted(files["README.txt"])}


def commands(report: dict[str, Any], path: str) -> list[Any]:
    """Return the commands of a script; README.txt saves no key that no line can hold safely."""
    assert (report["errors"], report["newer"], report["requires"]) == ([], [], []), report
    found: list[Any] = report["commands"]
    return found if path != "README.txt" else [one for one in found if one != "reg.exe"]


@pytest.mark.slow
def test_powershell_finds_the_same_commands_as_in_the_harmless_twin(
    engine: Engine, tmp_path: Path
) -> None:
    judged = 0
    wrong = []
    for name, build in BUILT:
        harmless = scripts_of(twin_of(build))
        cases = [(text, scripts_of(files)) for text, files in built(name, build, 1)]
        flat = [data for _, scripts in cases for data in scripts.values()]
        told = iter(reports(engine, tmp_path / "scripts", [*harmless.values(), *flat]))
        right = {path: commands(next(told), path) for path in harmless}
        for text, scripts in cases:
            for path in scripts:
                judged += 1
                if commands(next(told), path) != right[path]:
                    wrong.append((name, text, path))
    assert wrong == []
    assert judged > (10_000 if LONG else 500)


# Wine's registry.


def _many() -> list[dict[str, Any]]:
    """One item for each text as a key, as a name and as data, where the profile takes it."""
    items = [
        item
        for number, text in enumerate(HOSTILE)
        for item in (
            {"key": f"{KEY}\\k{number}\\{text}", "name": "N", "type": "sz", "data": "x"},
            {"key": f"{KEY}\\names", "name": text, "type": "sz", "data": str(number)},
            {"key": f"{KEY}\\texts", "name": f"t{number}", "type": "sz", "data": text},
            {"key": f"{KEY}\\texts", "name": f"e{number}", "type": "expand-sz", "data": text},
            {"key": f"{KEY}\\texts", "name": f"m{number}", "type": "multi-sz", "data": [text, "b"]},
        )
        if checked(_with([item])).compiled is not None
    ]
    # Of names that differ in their case alone, the first.
    return list({f"{item['key']}\\{item['name']}".lower(): item for item in items[::-1]}.values())


def _with(items: list[dict[str, Any]]) -> dict[str, Any]:
    head = {"gpogen": 1, "name": "stdin", "title": "Sample", "orchestration": "manual"}
    target = {"platform": "azure-arc", "os": "windows-server-2025-standard"}
    return {**head, "target": target, "registry": items}


def _expected(sample: Compiled) -> dict[tuple[str, str], tuple[int, bytes]]:
    root = KEY.removeprefix("HKLM\\").lower()
    return {
        (item.record.key.lower(), item.record.name.lower()): (
            int(item.record.type or 0),
            bytes(item.record.data),
        )
        for item in sample.direct
        if item.record.action is Action.SET and item.record.key.lower().startswith(root)
    }


@pytest.mark.slow
@pytest.mark.parametrize("way", ["script", "reg"])
def test_the_registry_holds_every_text_as_the_profile_has_it_and_nothing_else(
    wine: Wine, tmp_path: Path, way: str
) -> None:
    sample = checked(_with(_many())).compiled
    assert sample is not None
    files = made(sample)
    root = KEY.removeprefix("HKLM\\")
    wine.clear(root)
    folder = tmp_path / "run"
    folder.mkdir()

    if way == "reg":
        (folder / "in.reg").write_bytes(files["reg/stdin.reg"])
        done = wine.call("wine", "reg", "import", f"Z:{folder / 'in.reg'}", folder=folder)
    else:
        (folder / "Set.ps1").write_bytes(files["powershell/Set-Stdin.ps1"])
        done = wine.run(folder / "Set.ps1", "-Force", "-Confirm:$false")
    found = {
        (key.lower(), name.lower()): data
        for (key, name), data in wine.values(root, tmp_path).items()
        if name != "\0key"
    }

    expected = _expected(sample)
    assert len(expected) > 300
    assert found == expected, done.out[:2000]
    assert list(tmp_path.rglob("pwned*")) == []


# What other commands make of a profile's texts.


@pytest.mark.parametrize("field", ["title", "registry[].name", "registry[].data", "registry[].key"])
def test_an_import_of_what_was_built_has_the_keys_of_the_harmless_twin(
    place: Workplace, gpogen: Run, field: str
) -> None:
    def imported(sample: Compiled) -> Any:
        for path, data in made(sample).items():
            target = place.root / "built" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        answer = gpogen("import", "built", "-o", "-", "--name", "x")
        assert answer.code == 0, answer.err
        return yaml.safe_load(answer.out)

    build = BUILDERS[field][0]
    twin = compiled(build, TWIN)
    assert twin is not None
    harmless = shape_of_json(json.dumps(imported(twin)).encode())
    for text in chosen(6, field):
        sample = compiled(build, text)
        if sample is not None:
            content = imported(sample)
            assert shape_of_json(json.dumps(content).encode()) == harmless, text
            own = text.strip()
            assert own in json.dumps(content, ensure_ascii=False).replace("\\\\", "\\") or (
                json.dumps(own, ensure_ascii=False)[1:-1] in json.dumps(content, ensure_ascii=False)
            )
