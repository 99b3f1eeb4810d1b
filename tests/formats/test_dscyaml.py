from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from gpogen.document.nodes import plain
from gpogen.errors import FormatError
from gpogen.formats.dscyaml import FORMAT, encode, losses, read
from gpogen.formats.subkeys import delete_key
from gpogen.formats.yamlread import document, kind
from gpogen.policy.records import Record, set_value
from gpogen.policy.types import Action, Hive, RegType
from gpogen.verify.records import same_records
from tests.formats.hostile import RECORDS, by_1_1
from tests.formats.strategies import POLICY
from tests.support.corpus import dsc

HEAD = "$schema: 'https://aka.ms/dsc/schemas/v3/bundled/config/document.json'\nresources:\n"
KEY = r"SOFTWARE\X"


def resource(properties: str, of: str = "Microsoft.Windows/Registry") -> bytes:
    return f"{HEAD}  - name: A 1\n    type: {of}\n    properties: {{{properties}}}\n".encode()


def one(kind: RegType, value: Any, name: str = "N") -> Record:
    return set_value(Hive.HKLM, KEY, name, kind, value)


def test_a_document_has_one_resource_a_value() -> None:
    records = [
        one(RegType.DWORD, 4),
        one(RegType.MULTI_SZ, ("a", "[b]")),
        Record(Hive.HKLM, KEY, "D", Action.DELETE),
        Record(Hive.HKLM, KEY, "", Action.CREATE_KEY),
        delete_key(Hive.HKLM, KEY),
    ]

    assert encode(records, ["head"]).decode() == (
        """\
$schema: 'https://aka.ms/dsc/schemas/v3/bundled/config/document.json'
# head
metadata:
  Microsoft.DSC:
    securityContext: elevated
resources:
  - name: N 1
    type: Microsoft.Windows/Registry
    properties:
      keyPath: 'HKLM\\SOFTWARE\\X'
      valueName: 'N'
      valueData:
        DWord: 4
      _exist: true
  - name: N 2
    type: Microsoft.Windows/Registry
    properties:
      keyPath: 'HKLM\\SOFTWARE\\X'
      valueName: 'N'
      valueData:
        MultiString:
          - a
          - '[[b]'
      _exist: true
  - name: D 3
    type: Microsoft.Windows/Registry
    properties:
      keyPath: 'HKLM\\SOFTWARE\\X'
      valueName: D
      _exist: false
  - name: X 4
    type: Microsoft.Windows/Registry
    properties:
      keyPath: 'HKLM\\SOFTWARE\\X'
      _exist: true
  - name: SOFTWARE 5
    type: Microsoft.Windows/Registry
    properties:
      keyPath: 'HKLM\\SOFTWARE\\X'
      _exist: false
"""
    )
    assert [item.record for item in read(encode(records)).entries] == records


def test_hostile_texts_come_back_or_are_refused() -> None:
    found = [item.record for item in read(encode(RECORDS)).entries]

    assert found == FORMAT.kept(RECORDS)
    assert {loss.reason for loss in losses(RECORDS)} == set()


@given(POLICY)
def test_readers_of_both_versions_of_yaml_find_the_same(records: list[Record]) -> None:
    data = encode(records)
    by_1_2 = plain(document(data, kind("a document", "a mapping")))

    assert by_1_1(data) == by_1_2
    assert same_records([item.record for item in read(data).entries], FORMAT.kept(records))


def evaluated(text: str) -> str:
    """Do as parse_and_execute of DSC's lib/dsc-lib/src/parser does with a text of a property."""
    if not text.strip():
        return text
    if text.startswith("[["):
        assert "\n" not in text, "the token of an escaped text ends at the line"
        return text[1:]
    assert not text.startswith(("[", " ", "\n")), f"an expression, or its blanks are lost: {text!r}"
    return text


def record_of(properties: dict[str, Any]) -> tuple[Any, ...]:
    """Check properties by config.rs, which denies unknown fields, and say what they set."""
    assert set(properties) <= {"keyPath", "valueName", "valueData", "_exist"}
    hive, _, key = evaluated(properties["keyPath"]).partition("\\")
    assert hive == "HKLM"
    if "valueData" not in properties:
        return (key, properties.get("valueName"), properties["_exist"])
    ((word, data),) = properties["valueData"].items()
    match word:
        case "DWord":
            assert 0 <= data < 2**32
        case "QWord":
            assert 0 <= data < 2**64
        case "Binary":
            assert all(0 <= byte < 256 for byte in data)
            data = bytes(data)
        case "String" | "ExpandString":
            data = evaluated(data)
        case "MultiString":
            data = tuple(map(evaluated, data))
        case _:
            raise AssertionError(word)
    return (key, evaluated(properties["valueName"]), word, data)


def wanted(records: list[Record]) -> Iterator[tuple[Any, ...]]:
    names = ["None", "String", "ExpandString", "Binary", "DWord", "", "", "MultiString"]
    for record in records:
        match record.action:
            case Action.SET:
                word = "QWord" if record.type == RegType.QWORD else names[record.type or 0]
                yield (record.key, record.name, word, record.value)
            case Action.DELETE:
                yield (record.key, evaluated(record.name), False)
            case _:
                name = str(record.value) if record.action is Action.DELETE_KEYS else ""
                path = "\\".join(filter(None, (record.key, name)))
                yield (path, None, record.action is Action.CREATE_KEY)


@given(POLICY)
def test_dsc_finds_what_the_records_set(records: list[Record]) -> None:
    content = by_1_1(encode(records))
    names = [item["name"] for item in content["resources"]]
    kept = [item for item in FORMAT.kept(records) if not item.name.startswith("[")]
    found = [
        record_of(item["properties"])
        for item in content["resources"]
        if not item["properties"].get("valueName", "").startswith("[")
    ]

    assert found == list(wanted(kept))
    assert len(set(names)) == len(names)
    assert all(name.replace(" ", "").isalnum() and name.isascii() for name in names)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (set_value(Hive.HKCU, KEY, "N", RegType.DWORD, 1), "a user setting: the account that runs"),
        (one(RegType.SZ, " x"), "DSC can drop the blanks at the beginning of a text"),
        (one(RegType.SZ, "[a\nb]"), "DSC cannot express a text of several lines that begins with"),
        (one(RegType.DWORD_BIG_ENDIAN, 1), "does not have the type REG_DWORD_BIG_ENDIAN"),
        (Record(Hive.HKLM, KEY, "N", Action.SET, 4, b"\1"), "its data does not fit its type"),
        (Record(Hive.HKLM, KEY, "N", Action.SOFT, 4, bytes(4)), "'only if the value is absent'"),
        (Record(Hive.HKLM, KEY, "", Action.SECURE_KEY, 4, bytes(4)), "the protection of a key"),
        (Record(Hive.HKLM, KEY, "", Action.DELETE_VALUES), "the deletion of all values of a key"),
        (one(RegType.DWORD, 1, "a\ud800"), "the name has a NUL or a lone surrogate"),
        (set_value(Hive.HKLM, "A\\\\B", "N", RegType.DWORD, 1), "cannot have an empty part"),
    ],
)
def test_the_document_names_what_it_cannot_hold(record: Record, reason: str) -> None:
    (loss,) = losses([record])

    assert reason in loss.reason
    assert b"# Not in this file: " in encode([record])
    assert loss.reason in encode([record]).decode()
    assert read(encode([record])).entries == ()


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        (r"keyPath: HKU\X, valueName: A, valueData: {DWord: 1}", "no GPO has values of its hive"),
        (r"keyPath: '[reference(''x'')]'", "DSC evaluates a text of it as an"),
        (r"keyPath: HKLM\X, valueName: A, valueData: {String: '[x()]'}", "evaluates a text of it"),
        (r"keyPath: HKLM\X, valueName: A, _exist: '[x()]'", "decides whether it exists"),
        (r"keyPath: HKLM\X, valueName: A", "it has no valueData, so the value gets the type"),
        (r"keyPath: HKLM\X, registryFilePath: C:\x", "it writes to a hive file"),
        (r"keyPath: HKLM\X, valueName: A, valueData: {String: '[x'}", "DSC evaluates a text of it"),
        (
            r"keyPath: HKLM\X, valueName: ' A', _exist: false",
            "can drop the blanks at the beginning",
        ),
        (
            r'keyPath: HKLM\X, valueName: A, valueData: {MultiString: [a, "[[b\nc"]}',
            "several lines",
        ),
    ],
)
def test_what_no_record_can_mean_is_skipped(properties: str, reason: str) -> None:
    (skipped,) = read(resource(properties)).skipped

    assert reason in str(skipped)


@pytest.mark.parametrize(
    "more",
    [
        "condition: \"[equals('a', 'b')]\"",
        "copy: {name: a, count: 0}",
        "directives: {securityContext: restricted}",
        "requireVersion: 9.9.9",
        "apiVersion: 9.9.9",
        "resources: []",
        "dependsOn: [\"[resourceId('Microsoft.Windows/Registry', 'nobody')]\"]",
        "dependsOn: [\"[resourceId('Microsoft.DSC/Assertion', 'B')]\"]",
        "dependsOn: [A 1]",
        "dependsOn: [1]",
    ],
)
def test_what_decides_whether_a_resource_runs_is_named(more: str) -> None:
    data = (
        resource(r"keyPath: HKLM\X, valueName: A, valueData: {DWord: 1}") + f"    {more}\n".encode()
    )
    found = read(data)

    assert found.entries == ()
    (skipped,) = found.skipped
    assert str(skipped).startswith(f"line 3: A 1: its {more.partition(':')[0]} ")


def test_a_resource_after_what_it_depends_on_is_read() -> None:
    first = resource(r"keyPath: HKLM\X, valueName: A, valueData: {DWord: 1}")
    second = first.partition(b"resources:\n")[2].replace(b"A 1", b"A 2")
    depends = b"    dependsOn: [\"[resourceId('Microsoft.Windows/Registry', 'A 1')]\"]\n"

    assert len(read(first + second + depends).entries) == 2
    # DSC runs the second one first.
    turned = read(HEAD.encode() + second + depends + first.partition(b"resources:\n")[2])
    assert len(turned.entries) == 1
    assert "its dependsOn names more than resources that stand before it" in str(turned.skipped[0])


@pytest.mark.parametrize(
    ("head", "named"),
    [
        ("parameters: {a: {type: int}}", "parameters: it can change what DSC does"),
        ("variables: {a: 1}", "variables: "),
        ("functions: []", "functions: "),
        ("outputs: {}", "outputs: "),
        ("directives: {version: '9.9.9'}", "directives: "),
        ("executionInformation: {}", "executionInformation: "),
        ("metadata: {Microsoft.DSC: {securityContext: restricted}}", "Microsoft.DSC of metadata: "),
        ("metadata: {Microsoft.DSC: {executionType: whatIf}}", "Microsoft.DSC of metadata: "),
    ],
)
def test_what_stands_beside_the_resources_is_named(head: str, named: str) -> None:
    body = resource(r"keyPath: HKLM\X, valueName: A, valueData: {DWord: 1}")
    (skipped,) = read(head.encode() + b"\n" + body).skipped

    assert str(skipped).startswith(f"line 1: {named}")


@pytest.mark.parametrize(
    "head", ["metadata: {a: b}", "metadata: {Microsoft.DSC: {securityContext: current}}"]
)
def test_what_changes_nothing_is_not_named(head: str) -> None:
    body = resource(r"keyPath: HKLM\X, valueName: A, valueData: {DWord: 1}")

    assert read(head.encode() + b"\n" + body).skipped == ()


def test_other_resources_are_skipped() -> None:
    (skipped,) = read(resource("a: 1", "Microsoft.Windows/Service")).skipped

    assert str(skipped) == (
        "line 3: A 1: it is a Microsoft.Windows/Service, not a Microsoft.Windows/Registry"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a: [", "line 2: not YAML: "),
        (b"- a\n", "line 1: a DSC document must be a mapping; got a list"),
        (b"a: 1\na: 2\n", "line 2: the key 'a' occurs twice, first on line 1"),
        (HEAD.encode(), "line 2: resources must be a list; got a single value"),
        (HEAD.encode() + b"  - x\n", "line 3: a resource must be a mapping; got a single value"),
        (HEAD.encode() + b"  - {name: A}\n", "line 3: type must be a single value; got nothing"),
        (resource(r"keyPath: HKLM\X, valueNme: A"), "line 5: 'valueNme' is not allowed in the"),
        (
            b"x: 1\n" + HEAD.encode(),
            "line 1: 'x' is not allowed in a DSC document; allowed",
        ),
        (
            resource("a: 1") + b"    x: 1\n",
            "line 6: 'x' is not allowed in a resource; allowed",
        ),
        (
            resource("a: 1", "A/B") + resource("a: 1", "A/B").partition(b"resources:\n")[2],
            "line 6: 'A 1' is the name of another A/B: DSC refuses the document",
        ),
        (resource("valueName: A"), "line 5: keyPath must be a single value; got nothing"),
        (resource(r"keyPath: 1"), "line 5: keyPath must be text"),
        (resource(r"keyPath: X\Y"), r"line 5: keyPath must begin with HKLM\ or another hive; got"),
        (resource(r"keyPath: hklm\Y"), r"line 5: keyPath must begin with HKLM\ or another hive"),
        (resource(r"keyPath: 'HKLM:\Y'"), r"line 5: keyPath must begin with HKLM\ or another hive"),
        (resource(r"keyPath: HKLM\X, valueData: {DWord: 1}"), "valueData requires a valueName"),
        (resource(r"keyPath: HKLM\X, _exist: 1"), "line 5: _exist must be true or false"),
        (resource(r"keyPath: HKLM\X;Y, _exist: false"), "a policy cannot delete a key with ;"),
        (
            resource(r"keyPath: HKLM\X, valueName: A, valueData: {DWord: 1, QWord: 1}"),
            "valueData must have exactly one of String, ExpandString, Binary, DWord, MultiString,",
        ),
        (
            resource(r"keyPath: HKLM\X, valueName: A, valueData: {Word: 1}"),
            "line 5: 'Word' is not a type; allowed: String, ",
        ),
        (
            resource(r"keyPath: HKLM\X, valueName: A, valueData: {DWord: '1'}"),
            "line 5: DWord must be a whole number",
        ),
        (
            resource(r"keyPath: HKLM\X, valueName: A, valueData: {DWord: 4294967296}"),
            "line 5: 4294967296 is outside 0 to 4294967295",
        ),
        (
            resource(r"keyPath: HKLM\X, valueName: A, valueData: {MultiString: a}"),
            "line 5: MultiString must be a list of text",
        ),
        (
            resource(r"keyPath: HKLM\X, valueName: A, valueData: {Binary: [256]}"),
            "line 5: Binary must be a list of numbers from 0 to 255",
        ),
    ],
)
def test_a_malformed_document_is_refused_with_its_line(data: bytes, message: str) -> None:
    with pytest.raises(FormatError) as error:
        read(data)

    assert message in str(error.value)


def test_microsoft_s_schema_accepts_a_document() -> None:
    schema = json.loads(
        (dsc() / "schemas" / "v3" / "bundled" / "config" / "document.json").read_text("utf-8")
    )
    content = by_1_1(encode(RECORDS))

    jsonschema.Draft202012Validator(schema).validate(content)
    content["resources"][0]["name"] = "not: allowed"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(content)


def test_a_document_differs_from_microsoft_s_example_in_style_alone() -> None:
    path = dsc() / "docs/reference/resources/Microsoft/Windows/Registry/examples"
    native = (path / "registry.config.dsc.yaml").read_bytes()
    records = [item.record for item in read(native).entries]
    theirs = [item["properties"] for item in by_1_1(native)["resources"]]

    assert [record.hive for record in records] == [Hive.HKCU, Hive.HKCU]
    moved = [Record(Hive.HKLM, *_rest(record)) for record in records]
    ours = [item["properties"] for item in by_1_1(encode(moved))["resources"]]
    assert ours == [{**item, "keyPath": item["keyPath"].replace("HKCU", "HKLM")} for item in theirs]


def _rest(record: Record) -> tuple[Any, ...]:
    return (record.key, record.name, record.action, record.type, record.data)
