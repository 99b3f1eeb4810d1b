""".PolicyRules, byte for byte."""

from __future__ import annotations

import codecs
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from gpogen.errors import FormatError
from gpogen.formats import policyrules
from gpogen.formats.all import sniff
from gpogen.policy.data import encode_data
from gpogen.policy.records import Record, delete_value, set_value
from gpogen.policy.types import Action, Hive, RegType, Via
from tests.formats import strategies
from tests.formats.real import counted

KEY = r"Software\Policies\Example"
SOURCE = r"<SourceFile>machine\registry.pol</SourceFile><PolicyName>gpogen</PolicyName>"
EXTENSION = (
    "<CSE-{}><GUID>{{35378EAC-683F-11D2-A89A-00C04FBBCFA2}}</GUID>"
    "<Name>Registry Policy</Name></CSE-{}>"
)
MACHINE, USER = EXTENSION.format("Machine", "Machine"), EXTENSION.format("User", "User")


def entry(name: str, kind: str, data: str, key: str = KEY, rest: str = SOURCE) -> str:
    return (
        f"<ComputerConfig><Key>{key}</Key><Value>{name}</Value><RegType>{kind}</RegType>"
        f"<RegData>{data}</RegData>{rest}</ComputerConfig>"
    )


def file(*lines: str) -> bytes:
    text = "".join(f"{line}\r\n" for line in ("<PolicyRules>", *lines, "</PolicyRules>"))
    return codecs.BOM_UTF8 + text.encode()


def setting(name: str, kind: RegType, value: object) -> Record:
    return set_value(Hive.HKLM, KEY, name, kind, value)  # type: ignore[arg-type]


def only(data: bytes) -> Record:
    (record,) = policyrules.decode(data)
    return record


FORMS = [
    (setting("V", RegType.DWORD, 4), entry("V", "REG_DWORD", "4")),
    (setting("V", RegType.DWORD, 2**31 - 1), entry("V", "REG_DWORD", "2147483647")),
    (setting("V", RegType.SZ, ""), entry("V", "REG_SZ", "")),
    (setting("V", RegType.SZ, " "), entry("V", "REG_SZ", " ")),
    (setting("V", RegType.SZ, "\t a  b "), entry("V", "REG_SZ", "\t a  b ")),
    (
        setting("V", RegType.SZ, "O:BAG:(\"a\" & 'b' < c]]>"),
        entry("V", "REG_SZ", "O:BAG:(&quot;a&quot; &amp; 'b' &lt; c]]&gt;"),
    ),
    (setting("Schlüssel 😀", RegType.SZ, "naïve"), entry("Schlüssel 😀", "REG_SZ", "naïve")),
    (setting("", RegType.SZ, "x"), entry("(Default)", "REG_SZ", "x")),
    (setting("V", RegType.MULTI_SZ, ()), entry("V", "REG_MULTI_SZ", r"\0")),
    (delete_value(Hive.HKLM, KEY, "V"), entry("**del.V", "REG_SZ", " ")),
    (
        Record(Hive.HKLM, KEY, "", Action.DELETE_VALUES),
        entry("**delvals.", "REG_SZ", " "),
    ),
    (Record(Hive.HKLM, KEY, "", Action.CREATE_KEY), entry("", "REG_NONE", "")),
]


@pytest.mark.parametrize(("record", "line"), FORMS, ids=[line[61:120] for _, line in FORMS])
def test_every_form_has_its_exact_bytes(record: Record, line: str) -> None:
    assert policyrules.encode([record]) == file(line, MACHINE)
    assert policyrules.decode(file(line, MACHINE)) == [record]
    assert policyrules.losses([record]) == ()


def test_each_side_has_its_element_and_its_extension() -> None:
    both = [delete_value(hive, KEY, "V") for hive in (Hive.HKCU, Hive.HKLM)]
    lines = policyrules.encode(both).decode("utf-8-sig").splitlines()

    assert lines[1].startswith("<UserConfig>")
    assert r"<SourceFile>user\registry.pol<" in lines[1]
    assert lines[2].startswith("<ComputerConfig>")
    assert lines[3:] == [MACHINE, USER, "</PolicyRules>"]
    assert policyrules.decode(policyrules.encode(both)) == both
    assert policyrules.encode([]) == file()
    assert policyrules.decode(file()) == policyrules.decode(b"<PolicyRules />") == []


def test_the_name_of_the_policy_closes_no_element_and_begins_no_line() -> None:
    name = "a</PolicyName>\r\n<UserConfig> & \x07"
    lines = policyrules.encode([FORMS[0][0]], name).decode("utf-8-sig").split("\r\n")

    assert len(lines) == 5
    assert "a&lt;/PolicyName&gt;  &lt;UserConfig&gt; &amp; \ufffd</PolicyName>" in lines[1]


def test_the_native_spelling_is_read_as_are_other_spellings_of_the_same_xml() -> None:
    native = entry("V", "REG_DWORD", "1", rest="<SourceFile>C:\\a b</SourceFile><PolicyName/>")
    text = f"<PolicyRules>{native}</PolicyRules>"
    for data in (
        codecs.BOM_UTF8 + text.encode(),
        codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
        b'<?xml version="1.0" encoding="utf-8"?>\n' + text.encode(),
        text.replace("><", ">\n  <").encode(),
        text.replace(">V<", "><![CDATA[V]]><").encode(),
        text.replace(">V<", "><!-- no --><").replace("Value>", "Value>V", 1).encode(),
        f"<PolicyRules>{entry('V', 'REG_DWORD', '1', rest='')}</PolicyRules>".encode(),
    ):
        assert only(data) == setting("V", RegType.DWORD, 1)
        assert sniff(data, "x") == "policyrules"


@pytest.mark.parametrize(
    ("kind", "data", "value"),
    [
        ("REG_DWORD", "0", 0),
        ("REG_QWORD", "0", 0),
        ("REG_DWORD", "4294967295", 2**32 - 1),
        ("REG_DWORD", "-1", 2**32 - 1),
        ("REG_DWORD", "-2147483648", 2**31),
        ("REG_QWORD", "18446744073709551615", 2**64 - 1),
        ("REG_QWORD", "-9223372036854775808", 2**63),
        ("REG_EXPAND_SZ", "%windir%", "%windir%"),
        ("REG_MULTI_SZ", "", ()),
        ("REG_MULTI_SZ", "a", ("a",)),
        ("REG_MULTI_SZ", r"a\0", ("a",)),
        ("REG_MULTI_SZ", r"C:\a\0b c\0\0", (r"C:\a", "b c")),
        ("REG_BINARY", "", b""),
        ("REG_NONE", "", b""),
    ],
)
def test_what_can_mean_one_thing_alone_is_read(kind: str, data: str, value: object) -> None:
    assert only(file(entry("V", kind, data))).value == value


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("REG_BINARY", "00ff"),
        ("REG_NONE", "0"),
        ("REG_LINK", "a"),
        ("REG_DWORD_BIG_ENDIAN", "1"),
        ("REG_MULTI_SZ", r"C:\\0b"),
    ],
)
def test_what_can_mean_several_things_is_skipped_with_its_line(kind: str, data: str) -> None:
    content = policyrules.read(file(entry("A", "REG_DWORD", "1"), entry("V", kind, data)))

    assert [item.record.name for item in content.entries] == ["A"]
    (skipped,) = content.skipped
    assert str(skipped) == (
        rf"line 3: HKLM\{KEY}, value V: {data!r} is ambiguous: "
        f"no known file shows how Policy Analyzer writes the type {kind}"
    )


def test_the_other_instructions_of_registry_pol_are_read() -> None:
    names = "**DeleteKeys", "**soft.V", "**SecureKey", "**DeleteValues", "**del."
    data = file(*(entry(name, "REG_SZ", "A;B") for name in names))

    assert [(item.action, item.name) for item in policyrules.decode(data)] == [
        (Action.DELETE_KEYS, ""),
        (Action.SOFT, "V"),
        (Action.SECURE_KEY, ""),
        (Action.DELETE, "A"),
        (Action.DELETE, "B"),
        (Action.DELETE, ""),
    ]
    (skipped,) = policyrules.read(file(entry("**DeleteValues", "REG_SZ", ""))).skipped
    assert "it does not name a value" in str(skipped)


def test_what_is_no_registry_policy_is_skipped_with_its_line() -> None:
    data = file(
        entry("V", "REG_DWORD", "1"),
        f'<SecurityTemplate Section="System Access"><LineItem>A=1</LineItem>{SOURCE}'
        "</SecurityTemplate>",
        f"<AuditSubcategory><GUID>{{0}}</GUID><Name>N</Name><Setting>3</Setting>{SOURCE}"
        "</AuditSubcategory>",
        f"<AuditOption><Option>O</Option><Setting>0</Setting>{SOURCE}</AuditOption>",
        MACHINE,
        "<CSE-Machine><GUID>{827D319E}</GUID><Name>Security</Name></CSE-Machine>",
        USER,
    )

    content = policyrules.read(data)

    assert [(item.line, item.what) for item in content.skipped] == [
        (3, "SecurityTemplate System Access A=1"),
        (4, "AuditSubcategory {0} N 3"),
        (5, "AuditOption O 0"),
        (7, "CSE-Machine {827D319E} Security"),
    ]
    assert [item.line for item in content.entries] == [2]
    with pytest.raises(FormatError, match="line 3: SecurityTemplate"):
        policyrules.decode(data)


def test_device_control_of_defender_is_told_by_its_content() -> None:
    data = b'<PolicyRules>\n<PolicyRule Id="{a}"><Name>x</Name></PolicyRule></PolicyRules>'

    with pytest.raises(FormatError, match="line 2: this is device control of Microsoft Defender"):
        policyrules.read(data)


def changed(old: str, new: str) -> bytes:
    line = entry("V", "REG_DWORD", "1")
    assert old in line
    return file(line.replace(old, new))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not well-formed"),
        (b"<PolicyRules>", "not well-formed"),
        (b"<a><PolicyRules/></a>", "the root element is a; it must be PolicyRules"),
        (b"<PolicyRule/>", "the root element is PolicyRule; it must be PolicyRules"),
        (b'<PolicyRules xmlns="urn:x"/>', "the root element"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]><PolicyRules/>', "document type"),
        (b"<PolicyRules>text</PolicyRules>", "line 1: text between the elements: 'text'"),
        (
            file("<Other/>"),
            "line 2: the element Other is not an element of Policy Analyzer; allowed: ComputerC",
        ),
        (file("<computerconfig/>"), "line 2: the element computerconfig is not an element of"),
        (file("<?a b?>"), "line 2: a processing instruction is not an element of"),
        (
            file("<ComputerConfig/>"),
            "line 2: Key is missing; allowed in an entry: Key, Value, RegType",
        ),
        (file(MACHINE, entry("V", "REG_DWORD", "1"), "x"), "line 3: text between the elements"),
        (
            changed("<ComputerConfig>", '<ComputerConfig a="b">'),
            "line 2: ComputerConfig must not have attributes",
        ),
        (changed("<Key>", '<Key a="b">'), "line 2: Key must have text only"),
        (changed(KEY, "a<b/>"), "line 2: Key must have text only"),
        (changed(KEY, "a<?b?>"), "line 2: Key must have text only"),
        (changed("</Key>", "</Key>x"), "line 2: text between the elements"),
        (changed("</Key>", "</Key><?b?>"), "line 2: a processing instruction is not allowed"),
        (changed("</Key>", "</Key><Key>b</Key>"), "line 2: Key occurs twice"),
        (changed("</Key>", "</Key><Hive>b</Hive>"), "line 2: Hive is not allowed"),
        (changed(KEY, ""), "line 2: the key '' is empty"),
        (changed(KEY, rf"HKLM\{KEY}"), "line 2: the key .* must not have a hive or a drive"),
        (changed("REG_DWORD", "DWORD"), "line 2: 'DWORD' is not a type; allowed: REG_NONE, REG_SZ"),
        (changed(">1<", "><"), "line 2: '' must be a decimal number of at most 20 digits"),
        (changed(">1<", "> 1<"), "line 2: ' 1' must be a decimal number of at most 20 digits"),
        (changed(">1<", ">0x1<"), "line 2: '0x1' must be a decimal number of at most 20 digits"),
        (changed(">1<", ">\u0661<"), "line 2: .* must be a decimal number of at most 20 digits"),
        (changed(">1<", ">4294967296<"), "line 2: 4294967296 is outside 0 to 4294967295"),
        (changed(">1<", ">-2147483649<"), "line 2: -2147483649 is outside"),
        (
            changed(">1<", f">{'9' * 5000}<"),
            "line 2: .* must be a decimal number of at most 20 digits",
        ),
    ],
)
def test_a_malformed_file_is_refused_with_the_line(data: bytes, reason: str) -> None:
    with pytest.raises(FormatError, match=reason) as caught:
        policyrules.read(data)
    assert len(str(caught.value)) < 400


def odd(kind: int | None, data: bytes, name: str = "V", key: str = KEY) -> Record:
    return Record(Hive.HKLM, key, name, Action.SET, kind, data)


LOST = [
    (
        setting("V", RegType.DWORD, 2**31),
        "no known file shows how Policy Analyzer writes a number of 2147483648 or more",
    ),
    (
        setting("V", RegType.MULTI_SZ, ("a",)),
        "no known file shows how Policy Analyzer writes a list with items",
    ),
    (
        setting("V", RegType.EXPAND_SZ, "a"),
        "no known file shows how Policy Analyzer writes the type REG_EXPAND_SZ",
    ),
    (
        setting("V", RegType.QWORD, 1),
        "no known file shows how Policy Analyzer writes the type REG_QWORD",
    ),
    (
        setting("V", RegType.BINARY, b""),
        "no known file shows how Policy Analyzer writes the type REG_BINARY",
    ),
    (odd(0, b""), "no known file shows how Policy Analyzer writes the type REG_NONE"),
    (odd(0, b"", name=""), "no known file shows how Policy Analyzer writes the type REG_NONE"),
    (odd(153, b""), "no known file shows how Policy Analyzer writes the type REG_153"),
    (odd(None, b""), "no known file shows how Policy Analyzer writes a value without a type"),
    (odd(4, b"\1"), "does not fit its type"),
    (odd(1, b"a\0"), "does not fit its type"),
    (odd(7, b"a"), "does not fit its type"),
    (odd(1, b"a\0" * 40_000 + b"\0\0"), "it has 80002 bytes of data; the maximum is 65535"),
    (setting("V", RegType.SZ, "a\nb"), "has a line break"),
    (setting("V", RegType.SZ, "a\rb"), "has a line break"),
    (setting("V", RegType.SZ, "a\x07b"), "a character that XML cannot contain"),
    (setting("V", RegType.SZ, "a\uffffb"), "a character that XML cannot contain"),
    (delete_value(Hive.HKLM, KEY, "a\nb"), "has a line break"),
    (delete_value(Hive.HKLM, "K\x1b", "V"), "a character that XML cannot contain"),
    (delete_value(Hive.HKLM, "K\ud800", "V"), "a character that XML cannot contain"),
    (
        delete_value(Hive.HKLM, KEY, ""),
        "no known file shows how Policy Analyzer writes the deletion of a default value",
    ),
    (delete_value(Hive.HKLM, "", "V"), "the key is empty, or has a hive"),
    (delete_value(Hive.HKLM, r"HKLM\K", "V"), "has a hive or a drive"),
    (setting("(default)", RegType.SZ, "a"), "means the default value of the key"),
    (setting("**del.V", RegType.SZ, " "), r"starts with \*\*, which marks an instruction"),
    (
        Record(Hive.HKLM, KEY, "V", Action.SOFT, 4, b"\1\0\0\0"),
        "no known file shows how Policy Analyzer writes the action soft",
    ),
    (
        Record(Hive.HKLM, KEY, "", Action.SECURE_KEY, 4, b"\1\0\0\0"),
        "no known file shows how Policy Analyzer writes the action secure-key",
    ),
    (
        Record(Hive.HKLM, KEY, "", Action.DELETE_KEYS, 1, encode_data(RegType.SZ, "A")),
        "no known file shows how Policy Analyzer writes the action delete-keys",
    ),
    (delete_value(Hive.HKLM, KEY, "V", via=Via.PREFERENCE), "Group Policy Preference"),
]


@pytest.mark.parametrize(("record", "reason"), LOST, ids=[reason for _, reason in LOST])
def test_what_no_native_file_shows_is_left_out_and_named_in_the_file(
    record: Record, reason: str
) -> None:
    kept = FORMS[0][0]
    data = policyrules.encode([record, kept])

    (loss,) = policyrules.losses([record, kept])
    assert loss.record is record
    assert re.search(reason, loss.reason)
    assert policyrules.decode(data) == [kept]
    first = data.decode("utf-8-sig").split("\r\n")[1]
    assert first.startswith("<!-- Not in this file: ")
    assert re.search(reason, first)


def test_the_name_of_a_lost_value_ends_no_comment() -> None:
    for name in ("--><UserConfig/>", "---", "--!>", "-", "<!--"):
        record = setting(name, RegType.QWORD, 1)
        data = policyrules.encode([record, FORMS[0][0]])

        assert policyrules.decode(data) == [FORMS[0][0]]
        assert len(data.splitlines()) == 5


def test_a_file_is_told_by_its_root_whatever_its_values_are_called() -> None:
    for name in ("policyComments", "&lt;RegistrySettings", "PReg"):
        assert sniff(file(entry(name, "REG_DWORD", "1")), "x.xml") == "policyrules"
    assert sniff(b"<!-- a --><PolicyRules/>", "a.PolicyRules") == "policyrules"


@given(records=strategies.POLICY)
def test_another_reader_of_xml_finds_the_same_texts(records: list[Record]) -> None:
    root = ET.fromstring(policyrules.encode(records).decode("utf-8-sig"))
    lost = {id(loss.record) for loss in policyrules.losses(records)}
    kept = [record for record in records if id(record) not in lost]

    found = [element for element in root if element.tag in ("ComputerConfig", "UserConfig")]
    assert [element.findtext("Key") for element in found] == [record.key for record in kept]
    for element, record in zip(found, kept, strict=True):
        if record.action is Action.SET:
            assert element.findtext("Value") == (record.name or "(Default)")
        if record.type == RegType.SZ and record.action is Action.SET:
            assert element.findtext("RegData") == record.value


def test_native_files_are_read_and_written_again_byte_for_byte() -> None:
    entries = re.compile(rb"<(?:Computer|User)Config>.*?(?=<SourceFile>)")
    found, refused = counted("policyrules", policyrules.read)

    assert refused == []
    assert found
    for path, content in found.items():
        data = path.read_bytes()
        records = [item.record for item in content.entries]
        assert policyrules.losses(records) == ()
        assert entries.findall(policyrules.encode(records)) == entries.findall(data)
        elements = len(re.findall(rb"^(?:\xef\xbb\xbf)?<\w", data, re.M)) - 1
        registry = data.count(b"<GUID>{35378EAC-683F-11D2-A89A-00C04FBBCFA2}")
        assert len(records) + len(content.skipped) + registry == elements
        assert sniff(data, path.name) == "policyrules"
