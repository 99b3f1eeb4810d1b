"""Every limit of docs/security.md at its edge: so much is read, and one more is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gpogen.disk.directory import MAX_DEPTH as MAX_WALK
from gpogen.disk.directory import Directory, walk
from gpogen.document import yaml12
from gpogen.errors import FormatError, UsageError
from gpogen.formats import cmtx, gppregistry, pol, policyrules, regread
from gpogen.formats.subkeys import delete_key
from gpogen.lists import reading as machines
from gpogen.outputs.folder import MAX_FILE, MAX_SIGNATURE, look
from gpogen.outputs.tree import MAX_MANIFEST
from gpogen.policy.data import MAX_DATA
from gpogen.policy.effect import MAX_LEVELS, same_end
from gpogen.policy.keys import MAX_KEY, MAX_NAME, check_key, check_name
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType
from gpogen.policy.words import MAX_NAMED, name_of
from gpogen.profile import arc
from gpogen.profile.bases import MAX_EXTENDS
from gpogen.profile.fields import MAX_TITLE, MAX_WHY
from gpogen.profile.load import MAX_CHAIN, Loader
from gpogen.profile.shape import MAX_FINDINGS
from gpogen.reading import describe, files
from gpogen.reading import read as reading
from gpogen.releases.additions import read_additions
from gpogen.rules.check import check
from gpogen.workspace import journal, stage
from gpogen.zones import MAX_ZONE, zone_hint
from tests.cli.conftest import Answer, Run, Workplace
from tests.support.work import steps_of

HEAD = "gpogen: 1\nname: a\ntitle: a\ntarget: unspecified\n"


def ids(text: str) -> list[str]:
    return [item.id for item in Loader().load_bytes(text.encode(), "a.yaml").findings]


def of_length(length: int, head: str = HEAD) -> bytes:
    return head.encode() + b"#" * (length - len(head))


def test_bytes_of_a_profile() -> None:
    assert yaml12.read(of_length(yaml12.MAX_BYTES), "a")[1] == []
    (told,) = yaml12.read(of_length(yaml12.MAX_BYTES + 1), "a")[1]
    assert told.id == "GP004"


def test_bytes_of_a_file_of_releases() -> None:
    head = "gpogen: 1\nas_of: 2026-11-24\n"
    assert read_additions(of_length(yaml12.MAX_BYTES, head), "a")[0] is not None
    (told,) = read_additions(of_length(yaml12.MAX_BYTES + 1, head), "a")[1]
    assert told.id == "GP004"


def test_values_of_a_profile() -> None:
    def count(values: int) -> list[str]:
        return [item.id for item in yaml12.read(b"[" + b"0," * (values - 1) + b"]", "a")[1]]

    assert count(yaml12.MAX_NODES) == []
    assert count(yaml12.MAX_NODES + 1) == ["GP004"]


def test_levels_of_a_profile() -> None:
    def levels(count: int) -> list[str]:
        return [item.id for item in yaml12.read(b"[" * count + b"]" * count, "a")[1]]

    assert levels(yaml12.MAX_DEPTH) == []
    assert levels(yaml12.MAX_DEPTH + 1) == ["GP004"]


def test_arc_machines_of_a_profile() -> None:
    def errors(number: int) -> list[str]:
        names = ", ".join(f"m{each}" for each in range(number))
        rest = (
            "subscription: 00000000-0000-0000-0000-000000000000, resource_group: a, location: abc"
        )
        text = f"gpogen: 1\nname: x\nbase: true\narc: {{{rest}, machines: [{names}]}}\n"
        return [item.message for item in Loader().load_bytes(text.encode(), "x.yaml").findings]

    assert errors(arc.MAX_MACHINES) == []
    assert errors(arc.MAX_MACHINES + 1) == [
        "arc.machines: must have at most 1000 machines; got 1001"
    ]


def test_profiles_that_one_extends() -> None:
    def extends(count: int) -> bool:
        return "GP024" in ids(f"{HEAD}extends: [{', '.join(f'b{i}' for i in range(count))}]\n")

    assert not extends(MAX_EXTENDS)
    assert extends(MAX_EXTENDS + 1)


def test_profiles_that_extend_each_other(tmp_path: Path) -> None:
    for number in range(MAX_CHAIN + 2):
        below = f"extends: [p{number + 1}]\n" if number < MAX_CHAIN + 1 else ""
        text = f"gpogen: 1\nname: p{number}\n{below}"
        (tmp_path / f"p{number}.yaml").write_text(text, encoding="utf-8")

    def told(number: int) -> list[str]:
        return [item.id for item in Loader().load(tmp_path / f"p{number}.yaml").findings]

    assert told(2) == []
    assert told(0) == ["GP024"]


@pytest.mark.parametrize(("key", "most"), [("title", MAX_TITLE), ("why", MAX_WHY)])
def test_characters_of_a_text(key: str, most: int) -> None:
    head = HEAD.replace("title: a\n", "")

    assert "GP016" not in ids(f"{head}{key}: {'x' * most}\n")
    assert "GP016" in ids(f"{head}{key}: {'x' * (most + 1)}\n")


def test_mistakes_of_one_file() -> None:
    lines = "".join(f"- {{key: HKLM\\S, name: v{i}, type: x, data: 1}}\n" for i in range(1100))
    told = Loader().load_bytes(f"{HEAD}registry:\n{lines}".encode()).findings

    assert len(told) == MAX_FINDINGS + 1
    assert any("1100 errors in one file" in item.message for item in told)


def test_characters_of_a_key_and_of_a_value_name() -> None:
    check_key("S\\" + "k" * MAX_KEY)
    check_name("n" * MAX_NAME)
    with pytest.raises(ValueError, match="255"):
        check_key("S\\" + "k" * (MAX_KEY + 1))
    with pytest.raises(ValueError, match="259"):
        check_name("n" * (MAX_NAME + 1))


def test_bytes_of_a_value() -> None:
    def data(count: int) -> list[str]:
        item = f"{{key: HKLM\\S, name: a, type: binary, data: '{'ff' * count}'}}"
        loaded = Loader().load_bytes(f"{HEAD}registry: [{item}]\n".encode())
        return [found.id for found in check(loaded).findings if found.severity == "error"]

    assert data(MAX_DATA) == []
    assert data(MAX_DATA + 1) == ["GP050"]


def test_bytes_of_a_value_that_is_written() -> None:
    def write(count: int) -> None:
        record = Record(Hive.HKLM, "S", "a", Action.SET, RegType.BINARY, b"x" * count)
        pol.from_records([record])

    write(pol.MAX_WRITE_SIZE)
    with pytest.raises(FormatError, match="65536 bytes; the maximum is 65535"):
        write(pol.MAX_WRITE_SIZE + 1)


def test_bytes_of_an_input_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pol"
    with path.open("wb") as opened:
        opened.truncate(reading.MAX_SIZE + 1)

    with pytest.raises(UsageError, match="use --max-size to raise the limit"):
        reading.read_input(str(path))
    with path.open("wb") as opened:
        opened.truncate(reading.MAX_SIZE)
    with pytest.raises(FormatError, match="signature"):
        reading.read_input(str(path))


def test_levels_of_a_key_in_a_comparison() -> None:
    deep = "\\".join(["k"] * (MAX_LEVELS + 10))

    def deletes(key: str) -> list[Record]:
        return [delete_key(Hive.HKLM, key)]

    assert same_end(deletes(deep), deletes(deep) * 2)
    assert not same_end(deletes(deep), deletes(f"{deep}x"))


def test_bytes_of_a_security_template() -> None:
    head, line = b"[Registry Values]\r\n", b"MACHINE\\A\\B=4,1\r\n"
    padded = head + line + b";" * (describe._MAX_TEMPLATE - len(head + line) - 2) + b"\r\n"

    assert describe.template_detail(padded + line) == describe.template_detail(head + line)
    assert describe.template_detail(head + line) != describe.template_detail(head + line + line)


def test_folders_in_folders_are_all_looked_into(tmp_path: Path) -> None:
    here = tmp_path
    for number in range(50):
        here.mkdir(exist_ok=True)
        (here / f"{number}.pol").touch()
        here = here / "d"

    assert len(reading.inputs(str(tmp_path))) == 50


def test_a_folder_of_profiles_may_have_folders_without_end(place: Workplace, gpogen: Run) -> None:
    path = place.profile("web")
    path.parent.joinpath(*["d"] * 20).mkdir(parents=True)

    assert gpogen("check", "profiles").code == 0


def test_levels_of_a_backup(tmp_path: Path) -> None:
    here = tmp_path
    for _ in range(files._DEPTH):
        here = here / "d"
    here.mkdir(parents=True)
    files.on_disk(tmp_path, 1)
    (here / "d" / "d").mkdir(parents=True)

    with pytest.raises(UsageError, match="more than 100 levels of folders"):
        files.on_disk(tmp_path, 1)


def test_levels_of_an_output_folder(tmp_path: Path) -> None:
    here = tmp_path.joinpath(*["d"] * (MAX_WALK + 5))
    here.mkdir(parents=True)
    with Directory.open(tmp_path) as folder:
        (path,) = walk(folder)

    assert path.count("/") == MAX_WALK


def test_elements_of_xml_in_one_another() -> None:
    def nested(count: int) -> bytes:
        return (
            f"<RegistrySettings>{'<Collection>' * count}{'</Collection>' * count}"
            "</RegistrySettings>"
        ).encode()

    assert gppregistry.read(nested(200)).items == ()
    with pytest.raises(FormatError, match="not well-formed"):
        policyrules.read(f"<PolicyRules>{'<a>' * 300}{'</a>' * 300}</PolicyRules>".encode())
    with pytest.raises(FormatError, match="not well-formed"):
        gppregistry.read(nested(300))


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY e "x">]>',
        '<!DOCTYPE a [<!ENTITY e "x"><!ENTITY f "&e;&e;&e;&e;">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/hostname">',
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        "<!DOCTYPE a>",
    ],
)
def test_a_document_type_in_xml(declared: str) -> None:
    data = f"{declared}<policyComments>&#38;</policyComments>".encode()

    with pytest.raises(FormatError, match=r"document type|not well-formed"):
        cmtx.decode(data)


def test_characters_of_comments_together() -> None:
    def comments(length: int) -> bytes:
        note = '<comment policyRef="p:x" commentText="$(resource.a)"/>'
        return (
            '<policyComments><policyNamespaces><using prefix="p" namespace=""/></policyNamespaces>'
            f"<comments><admTemplate>{note * 3}</admTemplate></comments><resources><stringTable>"
            f'<string id="a">{"t" * length}</string></stringTable></resources></policyComments>'
        ).encode()

    half = cmtx.MAX_REPEATED // 2
    assert len(cmtx.decode(comments(half))) == 3
    with pytest.raises(FormatError, match="repeat too much text"):
        cmtx.decode(comments(half + 1000))


def test_digits_of_a_number_in_a_text_format() -> None:
    for digits in ("9" * 10_000, "0x" + "f" * 10_000):
        with pytest.raises(FormatError):
            regread.read(f'{regread.HEADER}\n[HKLM\\S]\n"a"=dword:{digits}\n'.encode())


def manifest(folder: Path, size: int) -> Path:
    text = json.dumps({"digest": "", "files": {}, "gpogen": "0.1.0", "profile": "web"})
    folder.mkdir()
    (folder / "manifest.json").write_bytes(text.encode() + b" " * (size - len(text)))
    return folder


def test_bytes_of_a_manifest(tmp_path: Path) -> None:
    found = look(manifest(tmp_path / "at", MAX_MANIFEST))
    assert found is not None
    assert found.manifest is not None
    with pytest.raises(UsageError, match=f"more than {MAX_MANIFEST} bytes"):
        look(manifest(tmp_path / "over", MAX_MANIFEST + 1))


def test_bytes_of_a_line_of_a_journal(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    for more in (0, 1):
        folder = place.output / stage._new_name() / "new" / "web"
        folder.mkdir(parents=True)
        (folder / "x").touch()
        line = json.dumps({"files": ["x"], "folder": "web"})
        line = line.rjust(journal.MAX_LINE - 1 + more) + "\n"
        (folder.parents[1] / journal.NAME).write_text(line, encoding="ascii")

        answer = gpogen("build")

        assert answer.code == 0
        assert folder.exists() is bool(more)
        assert ("gpogen did not write" in answer.err) is bool(more)
        assert (place.output / "web" / "README.txt").exists()


def test_bytes_of_a_file_of_an_output_folder(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    gpogen("build")
    with (place.output / "web" / "README.txt").open("r+b") as opened:
        opened.truncate(MAX_FILE + 1)

    answer = gpogen("verify", "output/web")

    assert answer.code == 2
    assert f"README.txt: more than {MAX_FILE} bytes" in answer.err


def test_bytes_of_a_signature(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    gpogen("build")
    (script,) = (place.output / "web" / "powershell").glob("Set-*.ps1")
    made = script.read_bytes()
    block = b"# SIG # Begin signature block\r\n" + b"# AAAA\r\n" * (MAX_SIGNATURE // 8 + 1)
    script.write_bytes(made + block + b"# SIG # End signature block\r\n")
    found = look(place.output / "web")

    assert found is not None
    assert not found.holds(f"powershell/{script.name}", made)


def test_bytes_of_a_list_of_updates(gpogen: Run) -> None:
    def given(size: int) -> Answer:
        data = b"KB5066835 " + b" " * (size - 10)
        return gpogen("train", "--kb", "-", "--today", "2025-11-20", stdin=data)

    assert given(machines.MAX_BYTES).code in (0, 1)
    assert given(machines.MAX_BYTES + 1).code == 2
    assert f"more than {machines.MAX_BYTES} bytes" in given(machines.MAX_BYTES + 1).err


def test_characters_of_a_name_in_a_message() -> None:
    record = Record(Hive.HKLM, "k" * 5000, "n" * 5000, Action.DELETE)

    assert len(name_of(record)) < 2 * MAX_NAMED + 20


def test_characters_of_a_line(place: Workplace, gpogen: Run) -> None:
    (place.root / "a.yaml").write_text(f"{HEAD}'{'k' * 20_000}': 1\n", encoding="utf-8")

    assert max(map(len, gpogen("check", "a.yaml").out.splitlines())) < 5000


def test_characters_of_a_word_that_is_compared_with_time_zones() -> None:
    def steps(word: str) -> int:
        return steps_of(lambda: zone_hint(word))

    steps("x")
    assert steps("Europe/Ro" * 2000) < steps("Europe/Ro" * (MAX_ZONE // 9))
