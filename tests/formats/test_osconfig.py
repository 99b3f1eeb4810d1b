from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from gpogen.document.nodes import plain
from gpogen.errors import FormatError
from gpogen.formats.osconfig import FORMAT, encode, losses, read
from gpogen.formats.yamlread import document, kind
from gpogen.policy.records import Record, set_value
from gpogen.policy.types import Action, Hive, RegType
from gpogen.verify.records import same_records
from tests.formats.hostile import RECORDS, by_1_1
from tests.formats.strategies import POLICY
from tests.support.corpus import osconfig

HEAD = "$schema: https://aka.ms/osc/schemas/prerelease/document.json\nresources:\n"
KEY = r"SOFTWARE\X"


def resource(properties: str, of: str = "Microsoft.Windows/Registry") -> bytes:
    return f"{HEAD}- name: A\n  type: {of}\n  properties: {{{properties}}}\n".encode()


def one(kind: RegType, value: Any, name: str = "N") -> Record:
    return set_value(Hive.HKLM, KEY, name, kind, value)


def test_a_document_is_written_as_microsoft_s_are() -> None:
    records = [
        one(RegType.DWORD, 1),
        one(RegType.QWORD, 2),
        one(RegType.SZ, "x y"),
        one(RegType.MULTI_SZ, ("a", "b")),
        one(RegType.BINARY, b"\0\xff"),
    ]

    text = encode(records, ["head"]).decode()

    assert text.startswith(
        """\
$schema: 'https://aka.ms/osc/schemas/prerelease/document.json'
# head
resources:
  - name: 'N (1)'
    type: Microsoft.Windows/Registry
    properties:
      keyPath: 'HKLM:\\SOFTWARE\\X'
      valueName: 'N'
      valueType: REG_DWORD
      value: 1
"""
    )
    assert [item["properties"]["value"] for item in by_1_1(text.encode())["resources"]] == [
        1,
        2,
        "x y",
        ["a", "b"],
        "AP8=",
    ]
    assert [item.record for item in read(encode(records)).entries] == records


def test_hostile_texts_come_back() -> None:
    assert [item.record for item in read(encode(RECORDS)).entries] == list(RECORDS)


@given(POLICY)
def test_readers_of_both_versions_of_yaml_find_the_same(records: list[Record]) -> None:
    data = encode(records)
    by_1_2 = plain(document(data, kind("a document", "a mapping")))

    assert by_1_1(data) == by_1_2
    assert same_records([item.record for item in read(data).entries], FORMAT.kept(records))


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (Record(Hive.HKLM, KEY, "N", Action.DELETE), "does not show how to do this (delete)"),
        (Record(Hive.HKLM, KEY, "", Action.CREATE_KEY), "how to do this (create-key)"),
        (
            one(RegType.EXPAND_SZ, "x"),
            "OSConfig's documentation does not have the type REG_EXPAND_SZ",
        ),
        (one(RegType.SZ, "x", ""), "OSConfig's documentation does not show a default value"),
        (Record(Hive.HKLM, KEY, "N", Action.SET, 4, b"\1"), "its data does not fit its type"),
        (set_value(Hive.HKCU, KEY, "N", RegType.DWORD, 1), "a user setting"),
    ],
)
def test_the_document_names_what_it_cannot_hold(record: Record, reason: str) -> None:
    (loss,) = losses([record])

    assert reason in loss.reason
    assert loss.reason in encode([record]).decode()
    assert read(encode([record])).entries == ()


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        (r"keyPath: HKU:\X, valueName: A, valueType: REG_DWORD, value: 1", "values of its hive"),
        (r"keyPath: HKLM:\X, valueName: A, value: 1", "it has no valueType, so the value decides"),
        (r"keyPath: HKLM:\X, valueName: A, valueType: REG_DWORD", "it reads one, and sets none"),
        (r"keyPath: HKLM:\X, valueName: A, valueType: REG_DWORD, value: x", "REG_DWORD; what"),
        (r"keyPath: HKLM:\X, valueName: A, valueType: REG_SZ, value: 1", "REG_SZ; what OSConfig"),
        (r"keyPath: HKLM:\X, valueName: A, valueType: REG_MULTI_SZ, value: x", "REG_MULTI_SZ; "),
        (r"keyPath: HKLM:\X, valueName: A, valueType: REG_BINARY, value: x", "REG_BINARY; "),
        (r"keyPath: HKLM:\X, valueName: A, valueType: REG_BINARY, value: 'QQ==!'", "REG_BINARY; "),
        (r"keyPath: HKLM:\X, valueName: A, valueType: REG_BINARY, value: Q Q==", "REG_BINARY; "),
    ],
)
def test_what_no_record_can_mean_is_skipped(properties: str, reason: str) -> None:
    (skipped,) = read(resource(properties)).skipped

    assert reason in str(skipped)


def test_a_test_is_the_resource_in_it() -> None:
    data = resource(
        "resource: {type: Microsoft.Windows/Registry, properties: {"
        "keyPath: 'HKEY_LOCAL_MACHINE\\X', valueName: A, valueType: REG_SZ, value: '0'}}, "
        "schema: {const: '0'}",
        "Microsoft.OSConfig/Test",
    )

    assert [item.record for item in read(data).entries] == [
        set_value(Hive.HKLM, "X", "A", RegType.SZ, "0")
    ]


def test_includes_and_other_resources_are_skipped() -> None:
    data = f"{HEAD}- include: ./x.osc.yaml\n- {{type: Microsoft.Windows/CSP, properties: {{}}}}\n"

    assert [str(item) for item in read(data.encode()).skipped] == [
        "line 3: ./x.osc.yaml: gpogen does not follow an include",
        "line 4: a resource: it is a Microsoft.Windows/CSP, not a Microsoft.Windows/Registry",
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"- a\n", "line 1: an OSConfig document must be a mapping; got a list"),
        (HEAD.encode() + b"- {typ: x}\n", "line 3: 'typ' is not allowed in a resource; allowed: "),
        (HEAD.encode() + b"- {name: x}\n", "line 3: type must be a single value; got nothing"),
        (resource("keyPth: x"), "line 5: 'keyPth' is not allowed in the properties of "),
        (resource(r"keyPath: HKLM:\X"), "line 5: valueName must be a single value; got nothing"),
        (
            resource(r"keyPath: HKLM:\X, valueName: A, valueType: REG_X, value: 1"),
            "line 5: 'REG_X' is not a type; allowed: REG_SZ, REG_DWORD, REG_QWORD, REG_BINARY, ",
        ),
        (
            resource(r"keyPath: HKLM:\X, valueName: A, valueType: REG_DWORD, value: -1"),
            "line 5: -1 is outside 0 to 4294967295",
        ),
        (b"x: 1\n" + HEAD.encode(), "line 1: 'x' is not allowed in an OSConfig document; allowed"),
        (
            resource("resource: {}, condition: x", "Microsoft.OSConfig/Test"),
            "line 5: 'condition' is not allowed in the properties of Microsoft.OSConfig/Test",
        ),
        (
            resource("resource: {condition: x}", "Microsoft.OSConfig/Test"),
            "line 5: 'condition' is not allowed in a resource; allowed: name, type, properties",
        ),
        (b"a: !!python/object:os.system x\n", "an OSConfig document cannot have tags"),
    ],
)
def test_a_malformed_document_is_refused_with_its_line(data: bytes, message: str) -> None:
    with pytest.raises(FormatError) as error:
        read(data)

    assert message in str(error.value)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("member_server", 221),
        ("domain_controller", 217),
        ("workgroup_member", 203),
        ("secured_core", 0),
    ],
)
def test_microsoft_s_baselines_are_read(name: str, count: int) -> None:
    path = osconfig() / "security" / "ws2025" / f"{name}.osc.yaml"
    found = read(path.read_bytes())
    resources = by_1_1(path.read_bytes())["resources"]

    assert len(found.entries) >= count
    assert len(found.entries) + len(found.skipped) == len(resources)
    assert {item.reason.partition(",")[0] for item in found.skipped} <= {
        "it is a Microsoft.Windows/CSP",
        "it has no value: it reads one",
    }
    # A second reading, by PyYAML alone.
    inner = [item["properties"].get("resource", item) for item in resources]
    values = [item["properties"] for item in inner if "Registry" in item["type"]]
    assert [(item.record.name, item.record.value) for item in found.entries] == [
        (item["valueName"], item["value"]) for item in values if item.get("value") is not None
    ]


def test_a_document_differs_from_microsoft_s_example_in_style_alone() -> None:
    native = (osconfig() / "examples" / "registry.osc.yaml").read_bytes()
    records = [item.record for item in read(native).entries]
    ours, theirs = by_1_1(encode(records)), by_1_1(native)

    assert [item["properties"] for item in ours["resources"]] == [
        item["properties"] for item in theirs["resources"]
    ]
    assert ours["$schema"] == theirs["$schema"]


def test_microsoft_s_schema_accepts_the_frame_of_a_document() -> None:
    schema = json.loads((osconfig() / "schema" / ".document.json").read_text("utf-8"))
    records = [one(RegType.DWORD, 1), one(RegType.MULTI_SZ, ("a",))]
    content = by_1_1(encode(records))

    jsonschema.Draft202012Validator(schema).validate(content)
    del content["resources"][0]["properties"]["valueName"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(content)
