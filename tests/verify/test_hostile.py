"""Hostile text in a profile comes back unchanged from every file, or is refused."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from gpogen.compile.result import Compiled
from gpogen.formats import pol
from gpogen.outputs.tree import render_tree
from gpogen.policy.types import Hive
from gpogen.profile.load import Loader
from gpogen.rules.check import check

HOSTILE = [
    "'; Remove-Item C:\\ -Recurse; '",
    '\u2018\u2019\u201a\u201b"`$(calc)${x}$env:PATH',
    "%PATH% %~dp0 ^& | > < !x!",
    "]]> <!-- -- --> &amp; <x/> &#x41; <![CDATA[",
    "#> <# #requires -RunAsAdministrator",
    "sig # Begin signature block",
    "{{ 7 * 7 }} {% raw %} {# #}",
    "emoji \U0001f600 and \u202e right to left \u200f",
    "-- comment; [section] = \\\\server\\share",
]


def build(text: str, *, block: bool = False) -> Compiled:
    """Put one text everywhere that a profile takes text."""
    quoted = json.dumps(text, ensure_ascii=False)
    name = json.dumps(text.replace("\r", "").replace("\n", ""), ensure_ascii=False)
    profile = f"""
gpogen: 1
name: hostile
title: {json.dumps(text, ensure_ascii=False) if not block else '"A title"'}
why: {quoted}
target: {{platform: azure-arc, os: windows-server-2025-standard, installation: core}}
orchestration: third-party
ring: {{name: {name}, order: 1}}
revision: {{number: 1, date: 2026-01-01, change: {name}, owner: {name}}}
vbs: {{enforce: policy+registry, why: {quoted}}}
updates: {{mode: download, why: {quoted}}}
policies:
  - {{policy: WindowsUpdate.TargetGroup_Title, state: enabled, values: {{TargetGroup: {quoted}}}}}
registry:
  - {{key: 'HKLM\\SOFTWARE\\X', name: {name}, type: sz, data: {quoted}, why: {quoted}}}
  - {{key: 'HKLM\\SOFTWARE\\X', name: list, type: multi-sz, data: [{quoted}, b]}}
  - {{key: 'HKLM\\SOFTWARE\\Y', name: {name}, type: sz, data: {quoted}, via: preference}}
"""
    result = check(Loader().load_bytes(profile.encode()))
    assert result.compiled is not None, [item.message for item in result.findings]
    return result.compiled


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_from_the_policy_file_and_every_xml(text: str) -> None:
    made = render_tree(build(text))

    machine = made["machine/registry.pol"][0].data
    records = pol.to_records(pol.decode(machine), Hive.HKLM)
    assert next(r.value for r in records if r.name == text) == text
    assert next(r.value for r in records if r.name == "list") == (text, "b")
    by_name = {path.rpartition("/")[2]: item for path, (item, _) in made.items()}
    backup = etree.fromstring(by_name["Backup.xml"].data)
    assert backup.findtext(".//{*}DisplayName") == text
    info = etree.fromstring(by_name["bkupInfo.xml"].data)
    assert info.findtext("{*}GPODisplayName") == text
    comments = etree.fromstring(by_name["comment.cmtx"].data)
    assert text in [node.text for node in comments.iter("{*}string")]
    preferences = etree.fromstring(by_name["Registry.xml"].data)
    (item,) = [p for p in preferences.iter("Properties") if p.get("name") == text]
    assert item.get("value") == text


def test_line_breaks_in_data_come_back_too() -> None:
    text = "a\r\nb\rc\nd\te"
    made = render_tree(_with_data(text))

    records = pol.to_records(pol.decode(made["machine/registry.pol"][0].data), Hive.HKLM)
    assert records[-1].value == text
    xml = next(item.data for path, (item, _) in made.items() if path.endswith("Registry.xml"))
    assert [p.get("value") for p in etree.fromstring(xml).iter("Properties")] == [text]


def _with_data(text: str) -> Compiled:
    data = json.dumps(text, ensure_ascii=False)
    profile = f"""
gpogen: 1
name: hostile
title: T
target: {{platform: azure-arc, os: windows-server-2025-standard}}
orchestration: manual
registry:
  - {{key: 'HKLM\\SOFTWARE\\X', name: A, type: sz, data: {data}}}
  - {{key: 'HKLM\\SOFTWARE\\Y', name: A, type: sz, data: {data}, via: preference}}
"""
    result = check(Loader().load_bytes(profile.encode()))
    assert result.compiled is not None
    return result.compiled


@pytest.mark.parametrize("char", ["\0", "\x1b", "\x85", "\u2028", "\ufffe"])
@pytest.mark.parametrize("field", ["title", "why"])
def test_control_characters_in_title_and_why_are_refused(char: str, field: str) -> None:
    body = {"title": "T", "why": "W", field: f"a{char}b"}
    profile = (
        f"gpogen: 1\nname: hostile\ntitle: {json.dumps(body['title'])}\n"
        f"why: {json.dumps(body['why'])}\n"
    )

    result = check(Loader().load_bytes(profile.encode()))

    assert [item.id for item in result.findings] == ["GP016"]


def test_no_text_of_the_author_but_the_name_is_in_a_command_file() -> None:
    made = render_tree(build("x & calc"))

    assert b"calc" not in made["sconfig/Set-UpdateMode.cmd"][0].data
