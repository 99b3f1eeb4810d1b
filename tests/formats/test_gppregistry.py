"""Registry.xml of Group Policy Preferences."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.artifacts import gpo_backup
from gpogen.errors import FormatError
from gpogen.formats import gppregistry
from gpogen.formats.gppregistry import Filter, PreferenceItem
from gpogen.formats.subkeys import delete_key
from gpogen.policy.data import encode_data
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType, Via
from tests.artifacts.factory import compiled, preference
from tests.formats.real import counted

KEY = r"SOFTWARE\Example"
TYPES = (
    "REG_NONE, REG_SZ, REG_EXPAND_SZ, REG_BINARY, REG_DWORD, REG_DWORD_BIG_ENDIAN, REG_LINK, "
    "REG_MULTI_SZ, REG_RESOURCE_LIST, REG_FULL_RESOURCE_DESCRIPTOR, "
    "REG_RESOURCE_REQUIREMENTS_LIST, REG_QWORD, REG_DWORD_LITTLE_ENDIAN, REG_QWORD_LITTLE_ENDIAN"
)


def file(*items: str) -> bytes:
    body = "\n".join(items)
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    return f"{head}<RegistrySettings>{body}</RegistrySettings>".encode()


def item(inside: str = "", around: str = "", after: str = "", **changes: str) -> str:
    given_ = {
        "action": "U",
        "default": "0",
        "hive": "HKEY_LOCAL_MACHINE",
        "key": KEY,
        "name": "V",
        "type": "REG_DWORD",
        "value": "00000001",
    } | changes
    attributes = " ".join(f'{name}="{text}"' for name, text in given_.items())
    return f"<Registry {around}><Properties {attributes}>{inside}</Properties>{after}</Registry>"


def only(text: str) -> PreferenceItem:
    whole = gppregistry.read(file(text))
    (found,) = whole.items
    assert whole.skipped == ()
    return found


def test_the_two_sides_records_and_lines() -> None:
    data = file(item(), item(hive="HKEY_CURRENT_USER", key=f"\\{KEY}\\"))

    assert [(i.record.hive, i.record.key, i.line) for i in gppregistry.read(data).items] == [
        (Hive.HKLM, KEY, 2),
        (Hive.HKCU, KEY, 3),
    ]


@pytest.mark.parametrize(
    ("kind", "value", "number", "data"),
    [
        # Hexadecimal, whatever it looks like and whatever displayDecimal says.
        ("REG_DWORD", "00000042", 4, b"\x42\0\0\0"),
        ("REG_DWORD", "10", 4, b"\x10\0\0\0"),
        ("REG_DWORD", "ffffffff", 4, b"\xff\xff\xff\xff"),
        ("REG_DWORD", "", 4, b"\0\0\0\0"),
        ("REG_DWORD_LITTLE_ENDIAN", "1", 4, b"\1\0\0\0"),
        ("REG_DWORD_BIG_ENDIAN", "1", 5, b"\0\0\0\1"),
        ("REG_QWORD", "0000000000000010", 11, b"\x10" + bytes(7)),
        ("REG_SZ", "", 1, b"\0\0"),
        ("REG_SZ", "a &lt; b", 1, "a < b\0".encode("utf-16-le")),
        ("REG_EXPAND_SZ", "%x%", 2, "%x%\0".encode("utf-16-le")),
        ("REG_BINARY", "01FF", 3, b"\x01\xff"),
        ("REG_BINARY", "00 0f ff", 3, b"\x00\x0f\xff"),
        ("REG_BINARY", "", 3, b""),
        ("REG_NONE", "", 0, b""),
        ("REG_NONE", "0102", 0, b"\1\2"),
        ("REG_RESOURCE_LIST", "01", 8, b"\1"),
        ("REG_153", "01", 153, b"\1"),
    ],
)
def test_every_type_is_read(kind: str, value: str, number: int, data: bytes) -> None:
    for decimal in "01":
        record = only(item(type=kind, value=value, displayDecimal=decimal)).record

        assert (record.type, record.data) == (number, data)
        assert record.via is Via.PREFERENCE


def test_a_list_is_its_children_not_its_echo() -> None:
    values = "<Values><Value>a b</Value><Value>c</Value><Value/></Values>"

    record = only(item(values, type="REG_MULTI_SZ", value="a b c")).record

    assert record.value == ("a b", "c")


@pytest.mark.parametrize(
    ("changes", "action", "name"),
    [
        ({"action": "C"}, Action.SOFT, "V"),
        ({"action": "R"}, Action.SET, "V"),
        ({"action": "U"}, Action.SET, "V"),
        ({"action": "D"}, Action.DELETE, "V"),
        ({"name": "", "default": "1"}, Action.SET, ""),
        ({"name": "(Default)", "default": "1"}, Action.SET, ""),
        ({"name": "", "default": "1", "action": "D"}, Action.DELETE, ""),
        ({"name": ""}, Action.CREATE_KEY, ""),
    ],
)
def test_every_action_is_read(changes: dict[str, str], action: Action, name: str) -> None:
    found = only(item(**changes))

    assert (found.record.action, found.record.name) == (action, name)
    assert found.action == changes.get("action", "U")


def test_the_deletion_of_a_key_is_one_among_its_parents_subkeys() -> None:
    assert only(item(name="", action="D")).record == delete_key(Hive.HKLM, KEY, via=Via.PREFERENCE)


def test_the_items_own_switches_are_read() -> None:
    around = 'uid="{1}" disabled="1" removePolicy="1" bypassErrors="1" userContext="1"'
    found = only(item(around=around))

    assert found.uid == "{1}"
    assert found.disabled
    assert found.remove_policy
    assert found.bypass_errors
    assert found.user_context
    plain = only(item())
    assert plain == PreferenceItem(plain.record, "U", 2)


def test_a_disabled_item_is_no_record_and_is_named_by_its_value_or_else_its_key() -> None:
    off = 'disabled="1"'
    data = file(item(around=off), item(name="", around=off), item(name="On"))
    found = gppregistry.FORMAT.read(data, "Registry.xml", Hive.HKLM)

    assert [one.record.name for one in found.items] == ["On"]
    assert found.skipped == (
        "line 2: V: the item is disabled",
        f"line 3: {KEY}: the item is disabled",
    )


def test_collections_hand_on_their_switch_and_their_targeting() -> None:
    wmi = '<Filters><FilterWmi bool="AND" not="0" query="SELECT *"/></Filters>'
    os = '<Filters><!-- x --><FilterOs version="WINTHRESHOLDSRV"/></Filters>'
    inner = f'<Collection name="in" disabled="1">{item(after=os)}</Collection>'
    first, second = gppregistry.read(
        file(f'<Collection name="out">{inner}{wmi}{item()}</Collection>')
    ).items
    query = Filter("FilterWmi", (("bool", "AND"), ("not", "0"), ("query", "SELECT *")))

    assert first.collections == ("out", "in")
    assert first.disabled
    assert first.filters == (query, Filter("FilterOs", (("version", "WINTHRESHOLDSRV"),)))
    assert second.collections == ("out",)
    assert not second.disabled
    assert second.filters == (query,)


def test_the_kinds_of_conditions_are_named_once_and_at_most_eight_of_them() -> None:
    def conditions(*numbers: int) -> str:
        return f"<Filters>{''.join(f'<Filter{n}/>' for n in numbers)}</Filters>"

    few = item(after=conditions(2, 1, 2, 3))
    many = item(after=conditions(*range(12)))
    found = gppregistry.read(
        file(f'<Collection name="c">{conditions(1, 4)}{few}{many}</Collection>', item())
    ).items

    assert [one.elements for one in found] == [
        ("Filter1", "Filter4", "Filter2", "Filter3"),
        ("Filter1", "Filter4", "Filter0", *(f"Filter{n}" for n in (2, 3, 5, 6, 7))),
        (),
    ]


def test_a_collection_of_filters_keeps_its_inside() -> None:
    filters = (
        '<Filters><FilterCollection bool="OR"><FilterDomain name="d"/></FilterCollection></Filters>'
    )

    assert only(item(after=filters)).filters == (
        Filter("FilterCollection", (("bool", "OR"),), (Filter("FilterDomain", (("name", "d"),)),)),
    )


def test_other_hives_and_odd_items_are_reported_and_stop_no_other() -> None:
    data = file(
        item(hive="HKEY_CLASSES_ROOT", key=".txt"),
        item(hive="HKEY_USERS", name=""),
        item(hive="HKEY_CURRENT_CONFIG"),
        item(type="REG_FOO"),
        item(value="0x1"),
        item(),
    )
    found = gppregistry.read(data)

    assert [(i.line, i.what, i.reason) for i in found.skipped] == [
        (
            2,
            r"HKEY_CLASSES_ROOT\.txt, value V",
            "gpogen reads only HKEY_LOCAL_MACHINE and HKEY_CURRENT_USER, not 'HKEY_CLASSES_ROOT'",
        ),
        (
            3,
            rf"HKEY_USERS\{KEY}",
            "gpogen reads only HKEY_LOCAL_MACHINE and HKEY_CURRENT_USER, not 'HKEY_USERS'",
        ),
        (
            4,
            rf"HKEY_CURRENT_CONFIG\{KEY}, value V",
            (
                "gpogen reads only HKEY_LOCAL_MACHINE and HKEY_CURRENT_USER, not "
                "'HKEY_CURRENT_CONFIG'"
            ),
        ),
        (
            5,
            rf"HKEY_LOCAL_MACHINE\{KEY}, value V",
            f"'REG_FOO' is not a type; allowed: {TYPES}, or REG_ and a number",
        ),
        (6, rf"HKEY_LOCAL_MACHINE\{KEY}, value V", "'0x1' must be a hexadecimal number"),
    ]
    assert [i.line for i in found.items] == [7]
    assert gppregistry.read(file(item(hive="HKEY_USERS"), item())).items[0].line == 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (item(value="0x1"), "line 2: .*'0x1' must be a hexadecimal number"),
        (item(value="-1"), "'-1' must be a hexadecimal number"),
        (item(value="1_0"), "'1_0' must be a hexadecimal number"),
        (item(value="123456789"), "has 9 digits; the maximum is 8"),
        (item(type="REG_QWORD", value="0" * 17), "has 17 digits; the maximum is 16"),
        (item(type="REG_BINARY", value="0"), "must be pairs of hexadecimal digits"),
        (item(type="REG_4294967296"), "'REG_4294967296' is not a type; allowed: REG_NONE, REG_SZ"),
        (item(name="", key=r"a\b;c", action="D"), "; in its name"),
        (item(action="d"), "action must be C, R, U or D; got 'd'"),
        (item(action=""), "action must be C, R, U or D; got ''"),
        (item(bitfield="1"), r"it changes single bits of the value \(bitfield\)"),
    ],
)
def test_data_that_does_not_fit_its_type_is_refused(text: str, reason: str) -> None:
    found = gppregistry.read(file(text))

    assert found.items == ()
    (skipped,) = found.skipped
    assert re.search(reason, str(skipped))


@given(
    st.lists(
        st.builds(
            preference,
            st.text("ab(. ", min_size=1),
            st.integers(0, 2**32 - 1),
            action=st.sampled_from([Action.SET, Action.SOFT, Action.DELETE]),
        )
        | st.builds(
            preference,
            st.just("t"),
            st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"])),
            st.sampled_from([RegType.SZ, RegType.EXPAND_SZ]),
        )
        | st.builds(
            preference,
            st.just("m"),
            st.lists(st.text("ab ", min_size=1)).map(tuple),
            st.just(RegType.MULTI_SZ),
        )
        | st.builds(preference, st.just("b"), st.binary(), st.just(RegType.BINARY))
        | st.builds(preference, st.just("q"), st.integers(0, 2**64 - 1), st.just(RegType.QWORD)),
        min_size=1,
        max_size=4,
    )
)
def test_the_items_of_a_built_gpo_come_back(made: list[object]) -> None:
    files = gpo_backup.emit(compiled(preferences=tuple(made)))
    (data,) = (item.data for item in files if item.path.endswith("Registry.xml"))

    found = gppregistry.read(data)

    assert found.skipped == ()
    assert [i.record for i in found.items] == [item.record for item in made]  # type: ignore[attr-defined]


def test_the_default_value_and_a_key_of_a_built_gpo_come_back() -> None:
    made = (
        preference("", "x", RegType.SZ),
        preference("", action=Action.CREATE_KEY),
        preference("", action=Action.DELETE),
    )
    files = gpo_backup.emit(compiled(preferences=made))
    (data,) = (item.data for item in files if item.path.endswith("Registry.xml"))

    assert [i.record for i in gppregistry.read(data).items] == [item.record for item in made]


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for candidate in (data, b"<RegistrySettings>" + data + b"</RegistrySettings>"):
        try:
            gppregistry.read(candidate)
        except FormatError:
            continue


def test_every_real_file_is_read() -> None:
    found, refused = counted("gppreg", gppregistry.read)

    assert refused == []
    assert len(found) >= 22
    items = [item for whole in found.values() for item in whole.items]
    assert all(whole.items and not whole.skipped for whole in found.values())
    assert Counter(item.action for item in items) == {"U": 129, "R": 5, "C": 1}
    assert Counter(item.record.type for item in items) == {4: 125, 1: 9, 3: 1}
    assert sum(bool(item.filters) for item in items) == 2
    assert sum(bool(item.collections) for item in items) > 100
    assert all(
        encode_data(item.record.type or 0, item.record.value or 0) == item.record.data
        for item in items
        if item.record.type == RegType.DWORD
    )


def test_the_files_of_other_extensions_are_refused_by_their_root() -> None:
    found, refused = counted("gpp-other", gppregistry.read)

    assert found == {}
    assert len(refused) >= 50
    assert all("the root element must be RegistrySettings; got " in reason for reason in refused)
    roots = {
        reason.split("the root element must be RegistrySettings; got ")[1].split(",")[0]
        for reason in refused
    }
    assert {"ScheduledTasks", "Groups", "Drives", "Folders"} <= roots


def test_an_item_is_the_record_that_it_was() -> None:
    expected = Record(Hive.HKLM, KEY, "V", Action.SET, 4, b"\1\0\0\0", Via.PREFERENCE)

    assert only(item()).record == expected
