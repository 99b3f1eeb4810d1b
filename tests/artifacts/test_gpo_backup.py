from __future__ import annotations

import codecs
import os
import re
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gpogen.artifacts import gpo_backup, registry_pol
from gpogen.artifacts.backup.identity import security_descriptor
from gpogen.artifacts.extensions import extension_names
from gpogen.compile.result import Compiled
from gpogen.errors import ContentError
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType, Via
from tests.artifacts.factory import (
    WINDOWS_UPDATE,
    comment,
    compiled,
    deletion,
    header,
    preference,
    traced,
    value,
)
from tests.support.effort import examples

MANIFEST = "{http://www.microsoft.com/GroupPolicy/GPOOperations/Manifest}"
BACKUP = "{http://www.microsoft.com/GroupPolicy/GPOOperations}"
COMMENTS = "{http://www.microsoft.com/GroupPolicy/CommentDefinitions}"
GUID = re.compile(r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}")
REGISTRY_PAIR = "[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}{D02B1F72-3407-48AE-BA88-E8213C6761F1}]"
USER_PAIR = "[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}{D02B1F73-3407-48AE-BA88-E8213C6761F1}]"
GPP_PAIR = "[{B087BE9D-ED37-454F-AF9C-04291E351182}{BEE07A6A-EC9F-4659-B8C9-0B1937907C83}]"
VBS = "{F312195E-3D9D-447A-A3F5-08DFFA24735E}"
VBS_PAIR = "[{F312195E-3D9D-447A-A3F5-08DFFA24735E}{D02B1F72-3407-48AE-BA88-E8213C6761F1}]"
CORPUS = os.environ.get("GPOGEN_CORPUS", "")

FULL = compiled(
    policy=(value(), deletion("Old"), value("U", hive=Hive.HKCU)),
    preferences=(preference(), preference("P", hive=Hive.HKCU)),
    comments=(comment("why"),),
    client_extensions=(VBS,),
)


def files(made: Compiled) -> dict[str, bytes]:
    """The backup's files by their path, the backup's own folder written ``{ID}``."""
    return {GUID.sub("{ID}", file.path): file.data for file in gpo_backup.emit(made)}


def tree(made: Compiled, path: str) -> etree._Element:
    return etree.fromstring(files(made)[path])


def core(made: Compiled) -> dict[str, str]:
    settings_ = tree(made, "gpo/{ID}/Backup.xml").find(f".//{BACKUP}GroupPolicyCoreSettings")
    assert settings_ is not None
    return {etree.QName(child).localname: child.text or "" for child in settings_}


def items(made: Compiled, side: str = "Machine") -> list[etree._Element]:
    path = f"gpo/{{ID}}/DomainSysvol/GPO/{side}/Preferences/Registry/Registry.xml"
    return list(tree(made, path))


def properties(item: etree._Element) -> dict[str, str]:
    found = item.find("Properties")
    assert found is not None
    return attributes(found)


def attributes(node: etree._Element) -> dict[str, str]:
    return {str(name): str(text) for name, text in node.attrib.items()}


# --- the tree


def test_the_smallest_backup_has_five_files() -> None:
    assert list(files(compiled())) == [
        "gpo/manifest.xml",
        "gpo/{ID}/Backup.xml",
        "gpo/{ID}/bkupInfo.xml",
        "gpo/{ID}/DomainSysvol/GPO/GPO.cmt",
        "gpo/{ID}/DomainSysvol/GPO/gpogen-values.txt",
        "gpo/{ID}/DomainSysvol/GPO/Machine/registry.pol",
    ]


def test_the_fullest_backup_has_both_sides() -> None:
    assert list(files(FULL))[3:] == [
        "gpo/{ID}/DomainSysvol/GPO/GPO.cmt",
        "gpo/{ID}/DomainSysvol/GPO/gpogen-values.txt",
        "gpo/{ID}/DomainSysvol/GPO/Machine/registry.pol",
        "gpo/{ID}/DomainSysvol/GPO/Machine/comment.cmtx",
        "gpo/{ID}/DomainSysvol/GPO/Machine/Preferences/Registry/Registry.xml",
        "gpo/{ID}/DomainSysvol/GPO/User/registry.pol",
        "gpo/{ID}/DomainSysvol/GPO/User/Preferences/Registry/Registry.xml",
    ]


def test_registry_pol_is_the_same_as_on_its_own() -> None:
    alone = {file.path: file.data for file in registry_pol.emit(FULL)}
    made = files(FULL)
    for side in ("Machine", "User"):
        inside = made[f"gpo/{{ID}}/DomainSysvol/GPO/{side}/registry.pol"]
        assert inside == alone[f"{side.lower()}/registry.pol"]


def test_the_same_profile_makes_the_same_bytes() -> None:
    assert gpo_backup.emit(FULL) == gpo_backup.emit(FULL)


def test_no_file_has_a_bare_line_feed() -> None:
    texts = {path: data for path, data in files(FULL).items() if path.endswith((".xml", ".cmtx"))}
    assert len(texts) > 3
    for path, data in texts.items():
        assert data.count(b"\n") == data.count(b"\r\n") == data.count(b"\r"), path


def test_the_line_ends_and_marks_are_those_of_windows() -> None:
    made = files(FULL)
    assert b"\r" not in made["gpo/manifest.xml"]
    assert made["gpo/{ID}/bkupInfo.xml"].count(b"\r\n") == 1
    assert made["gpo/{ID}/bkupInfo.xml"].endswith(b"</BackupInst>\r\n")
    for path, data in made.items():
        assert data.startswith(codecs.BOM_UTF8) == path.endswith(".cmtx"), path
    assert made["gpo/{ID}/DomainSysvol/GPO/Machine/comment.cmtx"].startswith(
        codecs.BOM_UTF8 + b"<?xml version='1.0' encoding='utf-8'?>\r\n"
    )
    assert made["gpo/{ID}/Backup.xml"].startswith(b'<?xml version="1.0" encoding="utf-8"?><!--')


# --- manifest.xml and bkupInfo.xml

CHILDREN = [
    "GPOGuid",
    "GPODomain",
    "GPODomainGuid",
    "GPODomainController",
    "BackupTime",
    "ID",
    "Comment",
    "GPODisplayName",
]


def test_manifest_and_bkupinfo_hold_the_same_eight_elements() -> None:
    manifest = tree(FULL, "gpo/manifest.xml")
    info = tree(FULL, "gpo/{ID}/bkupInfo.xml")
    (instance,) = manifest
    assert manifest.tag == f"{MANIFEST}Backups"
    assert manifest.get(f"{MANIFEST}version") == "1.0"
    assert info.tag == instance.tag == f"{MANIFEST}BackupInst"
    assert [child.tag for child in info] == [MANIFEST + name for name in CHILDREN]
    assert [child.text for child in info] == [child.text for child in instance]


def test_every_text_of_bkupinfo_is_cdata() -> None:
    data = files(FULL)["gpo/{ID}/bkupInfo.xml"]
    assert data.count(b"<![CDATA[") == len(CHILDREN)


def test_bkupinfo_says_what_the_profile_is() -> None:
    info = {etree.QName(e).localname: e.text for e in tree(FULL, "gpo/{ID}/bkupInfo.xml")}
    assert info["GPODisplayName"] == "Hotpatch baseline"
    assert info["BackupTime"] == "2026-11-02T00:00:00"
    assert info["GPODomain"] == "gpogen.invalid"
    assert info["Comment"] == (
        "gpogen 0.1.0, azlocal-ws2022-core, revision 3, change CHG-1042, profile 0123456789ab"
    )


def test_a_profile_without_revision_has_a_shorter_comment() -> None:
    plain = header(revision="", revision_number="", change="")
    info = tree(compiled(header=plain), "gpo/{ID}/bkupInfo.xml")
    assert info.findtext(f"{MANIFEST}Comment") == (
        "gpogen 0.1.0, azlocal-ws2022-core, profile 0123456789ab"
    )


def test_the_guids_agree_between_all_files_and_the_folder() -> None:
    own = gpo_backup.identity(FULL.header)
    info = {etree.QName(e).localname: e.text for e in tree(FULL, "gpo/{ID}/bkupInfo.xml")}
    assert info["ID"] == own.id
    assert info["GPOGuid"] == own.gpo == core(FULL)["ID"]
    folders = {file.path.split("/")[1] for file in gpo_backup.emit(FULL)} - {"manifest.xml"}
    assert folders == {own.id}
    assert len({own.id, own.gpo, own.domain_guid.upper()}) == 3
    assert GUID.fullmatch(own.id)
    assert GUID.fullmatch(own.gpo)
    assert info["GPODomainGuid"] == own.domain_guid == own.domain_guid.lower()
    for entry in tree(FULL, "gpo/{ID}/Backup.xml").iter(f"{BACKUP}FSObjectFile"):
        assert own.gpo in str(entry.get(f"{BACKUP}SourceExpandedPath"))


def test_the_guids_depend_on_the_name_alone() -> None:
    first = gpo_backup.identity(header())
    again = gpo_backup.identity(header(title="other", digest="f" * 64))
    other = gpo_backup.identity(header(name="other"))
    assert (first.id, first.gpo) == (again.id, again.gpo)
    assert not {first.id, first.gpo} & {other.id, other.gpo}


# --- Backup.xml


def test_backup_has_its_scheme_and_namespaces() -> None:
    root = tree(FULL, "gpo/{ID}/Backup.xml")
    assert root.tag == f"{BACKUP}GroupPolicyBackupScheme"
    assert set(root.nsmap) == {None, "bkp"}
    assert attributes(root) == {
        f"{BACKUP}version": "2.0",
        f"{BACKUP}type": "GroupPolicyBackupTemplate",
    }


def test_every_location_exists_and_every_file_has_a_location() -> None:
    own = gpo_backup.identity(FULL.header)
    root = tree(FULL, "gpo/{ID}/Backup.xml")
    listed = [str(e.get(f"{BACKUP}Location")) for e in root.iter(f"{BACKUP}FSObjectFile")]
    paths = {f"gpo/{own.id}/" + name.replace("\\", "/") for name in listed if name != "None"}
    written = {file.path for file in gpo_backup.emit(FULL) if "/DomainSysvol/" in file.path}
    assert paths == written
    for entry in root.iter(f"{BACKUP}FSObjectDir"):
        folder = f"gpo/{own.id}/" + str(entry.get(f"{BACKUP}Location")).replace("\\", "/")
        assert any(path.startswith(folder + "/") for path in written)


def test_the_registry_block_lists_registry_pol_and_adm() -> None:
    block = tree(FULL, "gpo/{ID}/Backup.xml").findall(f".//{BACKUP}GroupPolicyExtension")[0]
    assert block.get(f"{BACKUP}DescName") == "Registry"
    assert [entry.get(f"{BACKUP}Path") for entry in block] == [
        "%GPO_MACH_FSPATH%\\registry.pol",
        "%GPO_USER_FSPATH%\\registry.pol",
        "%GPO_FSPATH%\\Adm\\*.*",
    ]
    assert block[-1].get(f"{BACKUP}Location") is None


def test_the_unknown_block_lists_folders_before_what_is_in_them() -> None:
    block = tree(FULL, "gpo/{ID}/Backup.xml").findall(f".//{BACKUP}GroupPolicyExtension")[1]
    assert block.get(f"{BACKUP}DescName") == "Unknown Extension"
    assert [(etree.QName(e).localname, e.get(f"{BACKUP}Path")) for e in block] == [
        ("FSObjectFile", "%GPO_FSPATH%\\GPO.cmt"),
        ("FSObjectFile", "%GPO_FSPATH%\\gpogen-values.txt"),
        ("FSObjectFile", "%GPO_MACH_FSPATH%\\comment.cmtx"),
        ("FSObjectDir", "%GPO_MACH_FSPATH%\\Preferences"),
        ("FSObjectDir", "%GPO_MACH_FSPATH%\\Preferences\\Registry"),
        ("FSObjectFile", "%GPO_MACH_FSPATH%\\Preferences\\Registry\\Registry.xml"),
        ("FSObjectDir", "%GPO_USER_FSPATH%\\Preferences"),
        ("FSObjectDir", "%GPO_USER_FSPATH%\\Preferences\\Registry"),
        ("FSObjectFile", "%GPO_USER_FSPATH%\\Preferences\\Registry\\Registry.xml"),
    ]


MACHINE, USER = value(), value("U", hive=Hive.HKCU)
MACHINE_GPP, USER_GPP = preference(), preference(hive=Hive.HKCU)


@pytest.mark.parametrize(
    ("made", "options", "machine", "user"),
    [
        (compiled(), "1", "65537", "0"),
        (compiled(policy=(USER,)), "2", "0", "65537"),
        (compiled(policy=(MACHINE, USER)), "0", "65537", "65537"),
        (compiled(policy=(), preferences=(MACHINE_GPP,)), "1", "65537", "0"),
        (compiled(policy=(MACHINE,), preferences=(USER_GPP,)), "0", "65537", "65537"),
        (compiled(policy=()), "1", "0", "0"),
    ],
)
def test_an_empty_side_is_off_and_has_version_0(
    made: Compiled, options: str, machine: str, user: str
) -> None:
    own = core(made)
    assert own["Options"] == options
    assert (own["MachineVersionNumber"], own["UserVersionNumber"]) == (machine, user)


@pytest.mark.parametrize(
    ("made", "machine", "user"),
    [
        (compiled(), REGISTRY_PAIR, ""),
        (compiled(policy=(USER,)), "", USER_PAIR),
        (compiled(client_extensions=(VBS,)), REGISTRY_PAIR + VBS_PAIR, ""),
        (compiled(policy=(), preferences=(MACHINE_GPP,)), GPP_PAIR, ""),
        (FULL, REGISTRY_PAIR + GPP_PAIR + VBS_PAIR, USER_PAIR + GPP_PAIR),
        (compiled(policy=()), "", ""),
    ],
)
def test_the_extension_lists_name_each_extension_in_order(
    made: Compiled, machine: str, user: str
) -> None:
    assert (extension_names(made, Hive.HKLM), extension_names(made, Hive.HKCU)) == (machine, user)
    own = core(made)
    assert (own["MachineExtensionGuids"], own["UserExtensionGuids"]) == (machine, user)


def test_the_security_descriptor_is_that_of_the_sddl_text() -> None:
    data = bytes.fromhex(security_descriptor())
    assert len(data) == 104
    revision, control = data[0], int.from_bytes(data[2:4], "little")
    owner, group, sacl, dacl = (int.from_bytes(data[i : i + 4], "little") for i in (4, 8, 12, 16))
    assert (revision, control, sacl) == (1, 0x8004, 0)
    administrators = bytes.fromhex("0102000000000005 20000000 20020000")
    system = bytes.fromhex("0101000000000005 12000000")
    assert data[owner : owner + 16] == data[group : group + 16] == administrators
    acl = data[dacl:]
    assert acl[:8] == bytes.fromhex("0200 3400 0200 0000")
    assert acl[8:28] == bytes.fromhex("0000 1400 00000010") + system
    assert acl[28:] == bytes.fromhex("0000 1800 00000010") + administrators


# --- GPO.cmt


def gpo_cmt(made: Compiled) -> str:
    return files(made)["gpo/{ID}/DomainSysvol/GPO/GPO.cmt"].decode("utf-16-le")


def value_list(made: Compiled) -> list[str]:
    text = files(made)["gpo/{ID}/DomainSysvol/GPO/gpogen-values.txt"].decode("utf-8")
    *lines, end = text.split("\r\n")
    assert end == ""
    return lines


def test_the_comment_names_profile_revision_and_reason_and_no_run_of_hashes() -> None:
    made = compiled(header=header(why="One.\nTwo.\r\nThree.\n"))
    assert gpo_cmt(made) == gpo_backup.gpo_comment(made)
    assert gpo_cmt(made).split("\r\n") == [
        "gpogen:azlocal-ws2022-core",
        "  One.",
        "  Two.",
        "  Three.",
        f"gpogen 0.1.0, revision {made.header.revision}, profile 0123456789ab",
    ]


def test_the_list_of_values_begins_as_the_comment_ends() -> None:
    made = compiled(header=header(why="One."))
    place = rf"hklm|{WINDOWS_UPDATE}|auoptions".lower()
    assert value_list(made) == [
        gpo_cmt(made).split("\r\n")[-1],
        sha256(place.encode()).hexdigest()[:8],
    ]


def test_the_marks_are_sorted_unique_and_cover_preferences() -> None:
    same = (value("A"), deletion("a"), value("B"))
    _, *marks = value_list(compiled(policy=same, preferences=(preference(),)))
    assert len(marks) == 3
    assert marks == sorted(set(marks))


def test_the_comment_shows_hidden_characters() -> None:
    made = compiled(header=header(why="a\u202e\0b"))
    assert gpo_cmt(made).split("\r\n")[1] == "  a<U+202E><U+0000>b"


def test_without_a_reason_the_comment_has_two_lines() -> None:
    assert len(gpo_cmt(compiled(header=header(why=" \n"))).split("\r\n")) == 2


# --- comment.cmtx


def test_a_policys_reason_is_found_by_its_reference() -> None:
    made = compiled(
        comments=(
            comment("first"),
            comment("second", "TargetGroup"),
            comment("third", "DeviceGuard", "Microsoft.Windows.DeviceGuard"),
        )
    )
    root = tree(made, "gpo/{ID}/DomainSysvol/GPO/Machine/comment.cmtx")
    spaces = {e.get("prefix"): e.get("namespace") for e in root.iter(f"{COMMENTS}using")}
    texts = {e.get("id"): e.text for e in root.iter(f"{COMMENTS}string")}
    found = {}
    for entry in root.iter(f"{COMMENTS}comment"):
        prefix, policy = str(entry.get("policyRef")).split(":")
        resource = str(entry.get("commentText")).removeprefix("$(resource.").removesuffix(")")
        found[(spaces[prefix], policy)] = texts[resource]
    assert found == {
        ("Microsoft.Policies.WindowsUpdate", "AutoUpdateCfg"): "first",
        ("Microsoft.Policies.WindowsUpdate", "TargetGroup"): "second",
        ("Microsoft.Windows.DeviceGuard", "DeviceGuard"): "third",
    }


def test_two_reasons_for_one_policy_share_its_comment() -> None:
    made = compiled(comments=(comment("a"), comment("b"), comment("a")))
    root = tree(made, "gpo/{ID}/DomainSysvol/GPO/Machine/comment.cmtx")
    assert [e.text for e in root.iter(f"{COMMENTS}string")] == ["a\nb"]


# --- Registry.xml


@pytest.mark.parametrize(
    ("kind", "data", "image", "written"),
    [
        (RegType.DWORD, 42, "12", "0000002A"),
        (RegType.DWORD, 0xFFFFFFFF, "12", "FFFFFFFF"),
        (RegType.QWORD, 42, "12", "000000000000002A"),
        (RegType.SZ, "a'\"<&>\tb\nc\rd", "7", "a'\"<&>\tb\nc\rd"),
        (RegType.SZ, "", "7", ""),
        (RegType.EXPAND_SZ, "%windir%\\x", "7", "%windir%\\x"),
        (RegType.BINARY, b"\x00\x0f\xff", "17", "000FFF"),
        (RegType.BINARY, b"", "17", ""),
        (RegType.MULTI_SZ, ("a b", "c<"), "7", "a b c<"),
        (RegType.MULTI_SZ, (), "7", ""),
    ],
)
def test_each_type_is_written_as_windows_writes_it(
    kind: RegType, data: int | str | bytes | tuple[str, ...], image: str, written: str
) -> None:
    (item,) = items(compiled(preferences=(preference("V", data, kind),)))
    own = properties(item)
    assert (own["type"], own["value"]) == (f"REG_{kind.name}", written)
    assert (item.get("image"), own["action"]) == (image, "U")
    children = tuple(child.text for child in item.iter("Value"))
    assert children == (data if isinstance(data, tuple) else ())


@pytest.mark.parametrize(
    ("action", "letter", "image"),
    [(Action.SET, "U", "12"), (Action.SOFT, "C", "10"), (Action.DELETE, "D", "8")],
)
def test_each_action_has_its_letter_and_icon(action: Action, letter: str, image: str) -> None:
    (item,) = items(compiled(preferences=(preference("V", action=action),)))
    assert (properties(item)["action"], item.get("image")) == (letter, image)


def test_an_item_is_labelled_dated_and_goes_on_after_errors() -> None:
    (item,) = items(compiled(preferences=(preference("Tattoo"),)))
    names = "clsid name status image changed uid bypassErrors"
    assert " ".join(map(str, item.attrib)) == names
    assert (item.get("name"), item.get("status")) == ("Tattoo", "Tattoo")
    assert item.get("changed") == "2026-11-02 00:00:00"
    assert item.get("bypassErrors") == "1"
    assert GUID.fullmatch(str(item.get("uid")))


def test_the_default_value_is_marked_or_its_key_would_be_meant() -> None:
    made = compiled(preferences=(preference(""), preference("", action=Action.DELETE)))
    assert len(items(made)) == 2
    for item in items(made):
        assert item.get("name") == "(Default)"
        assert (properties(item)["default"], properties(item)["name"]) == ("1", "")


def test_a_key_item_has_no_value_and_the_keys_last_name() -> None:
    (item,) = items(compiled(preferences=(preference("", action=Action.CREATE_KEY),)))
    own = properties(item)
    assert (item.get("name"), item.get("image")) == ("Example", "2")
    assert (own["action"], own["default"], own["name"], own["value"]) == ("U", "0", "", "")


def test_each_query_is_a_filter_in_the_schemas_spelling() -> None:
    queries = ('SELECT Version FROM Win32_OperatingSystem WHERE Version LIKE "10%"', "SELECT 'a'")
    (item,) = items(compiled(preferences=(preference(wql=queries),)))
    assert [child.tag for child in item] == ["Properties", "Filters"]
    filters = list(item[1])
    assert [child.tag for child in filters] == ["FilterWmi", "FilterWmi"]
    assert [child.get("query") for child in filters] == list(queries)
    assert attributes(filters[0]) == {
        "bool": "AND",
        "not": "0",
        "query": queries[0],
        "nameSpace": "Root\\cimv2",
        "property": "",
        "variableName": "",
    }


def test_items_differ_in_uid_by_target_action_and_filter() -> None:
    made = compiled(
        preferences=(
            preference("A"),
            preference("B"),
            preference("A", wql=("SELECT 1",)),
            preference("A", action=Action.DELETE),
        )
    )
    assert len({item.get("uid") for item in items(made)}) == 4


@pytest.mark.parametrize(
    "record",
    [
        Record(Hive.HKLM, "K", "", Action.DELETE_VALUES, via=Via.PREFERENCE),
        Record(Hive.HKLM, "K", "", Action.DELETE_KEYS, 1, b"A\0", Via.PREFERENCE),
        Record(Hive.HKLM, "K", "V", Action.SET, 4, b"\1", Via.PREFERENCE),
        Record(Hive.HKLM, "K", "V", Action.SET, 0, b"", Via.PREFERENCE),
        Record(Hive.HKLM, "K", "V", Action.SET, 99, b"", Via.PREFERENCE),
    ],
)
def test_what_preferences_cannot_carry_is_refused(record: Record) -> None:
    with pytest.raises(ContentError, match=r"HKLM\\K, value .*: a Group Policy preference"):
        gpo_backup.emit(compiled(preferences=(traced(record),)))


# --- hostile text

XML_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=30,
)


@settings(max_examples=examples(50))
@given(title=XML_TEXT, reason=XML_TEXT, name=XML_TEXT)
def test_any_text_comes_back_from_every_file(title: str, reason: str, name: str) -> None:
    made = compiled(
        header=header(title=title),
        comments=(comment(reason),),
        preferences=(preference(name, name, RegType.SZ, key="K", wql=(reason,)),),
    )
    assert core(made)["DisplayName"] == title
    for path in ("gpo/manifest.xml", "gpo/{ID}/bkupInfo.xml"):
        (found,) = tree(made, path).iter(f"{MANIFEST}GPODisplayName")
        assert found.text == title
    cmtx = tree(made, "gpo/{ID}/DomainSysvol/GPO/Machine/comment.cmtx")
    assert [e.text for e in cmtx.iter(f"{COMMENTS}string")] == [reason]
    (item,) = items(made)
    assert properties(item)["name"] == properties(item)["value"] == name
    assert item[1][0].get("query") == reason


@pytest.mark.parametrize("title", ["]]>", "<a>&amp;", "{{ x }}", "--><x>", "\u202e\u2066'\""])
def test_a_hostile_title_stays_text(title: str) -> None:
    made = compiled(header=header(title=title))
    assert core(made)["DisplayName"] == title


def test_a_reason_that_xml_cannot_hold_is_the_profiles_fault() -> None:
    with pytest.raises(ContentError, match=r"XML text: cannot hold U\+0001"):
        gpo_backup.emit(compiled(comments=(comment("a\x01"),)))


# --- against backups that Windows wrote


def shape(node: etree._Element) -> tuple[str, tuple[str, ...]]:
    return str(node.tag), tuple(sorted(str(name) for name in node.attrib))


def native(name: str) -> list[Path]:
    return sorted(Path(CORPUS).rglob(name))


def parsed(path: Path) -> etree._Element | None:
    try:
        return etree.fromstring(path.read_bytes())
    except etree.XMLSyntaxError:
        return None


needs_corpus = pytest.mark.skipif(not CORPUS, reason="GPOGEN_CORPUS names no folder of samples")


@needs_corpus
def test_backup_uses_only_elements_and_attributes_of_real_ones() -> None:
    roots = [root for path in native("Backup.xml") if (root := parsed(path)) is not None]
    real = {shape(node) for root in roots for node in root.iter(etree.Element)}
    assert roots
    mine = {shape(node) for node in tree(FULL, "gpo/{ID}/Backup.xml").iter(etree.Element)}
    assert mine <= real


@needs_corpus
def test_the_core_settings_stand_in_the_order_of_real_ones() -> None:
    found = f".//{BACKUP}GroupPolicyCoreSettings"
    orders = set()
    for path in native("Backup.xml"):
        root = parsed(path)
        node = None if root is None else root.find(found)
        if node is not None:
            orders.add(tuple(child.tag for child in node))
    own = tree(FULL, "gpo/{ID}/Backup.xml").find(found)
    assert own is not None
    assert tuple(child.tag for child in own) in orders


@needs_corpus
@pytest.mark.parametrize(
    ("name", "mine"), [("bkupInfo.xml", "gpo/{ID}/bkupInfo.xml"), ("manifest.xml",) * 2]
)
def test_the_instance_is_that_of_real_ones(name: str, mine: str) -> None:
    path = mine if mine.startswith("gpo/") else f"gpo/{mine}"
    own = [shape(node) for node in tree(FULL, path).iter(etree.Element)]
    real = [parsed(sample) for sample in native(name)]
    assert own in [
        [shape(n) for n in root.iter(etree.Element)] for root in real if root is not None
    ]


@needs_corpus
def test_a_preference_item_has_the_attributes_of_real_ones_in_their_order() -> None:
    roots = [root for path in native("Registry.xml") if (root := parsed(path)) is not None]
    real = {tuple(n.attrib) for root in roots for n in root.iter("Properties")}
    own = items(FULL)[0]
    assert tuple(own[0].attrib) in real
    outer = {str(name) for root in roots for n in root.iter("Registry") for name in n.attrib}
    assert {str(name) for name in own.attrib} <= outer
    (head,) = {(root.tag, root.get("clsid")) for root in roots if root.tag == "RegistrySettings"}
    mine = own.getparent()
    assert mine is not None
    assert (mine.tag, mine.get("clsid")) == head


@needs_corpus
def test_a_native_image_number_means_the_same_action_and_type() -> None:
    base = {"REG_SZ": 5, "REG_EXPAND_SZ": 5, "REG_MULTI_SZ": 5, "REG_DWORD": 10, "REG_BINARY": 15}
    action = {"C": 0, "R": 1, "U": 2, "D": 3}
    checked = 0
    for path in native("Registry.xml"):
        root = parsed(path)
        for item in [] if root is None else root.iter("Registry"):
            own = properties(item)
            if own.get("name") and own.get("type") in base and item.get("image"):
                assert int(str(item.get("image"))) == base[own["type"]] + action[own["action"]]
                checked += 1
    assert checked > 50
