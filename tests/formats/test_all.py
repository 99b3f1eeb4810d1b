"""The formats by their id, and how a file's format is recognized."""

from __future__ import annotations

import codecs

import pytest

from gpogen.formats.all import FORMATS, HEAD, find, head_of, load, sniff

BEGINNINGS = [
    (b"PReg\1\0\0\0", "pol"),
    (b"version https://git-lfs.github.com/spec/v1\n", "pol"),
    (b"<PolicyRules>", "policyrules"),
    (b"\n<?xml version='1.0'?>\n<PolicyRules/>", "policyrules"),
    (b"<?xml version='1.0'?><RegistrySettings clsid='x'>", "preferences"),
    (b"<?xml version='1.0'?>\n<policyComments>", "comments"),
    (b"; LGPO\n", "lgpo"),
    (b"\n COMPUTER\n", "lgpo"),
    (b"User\n", "lgpo"),
    (b"Windows Registry Editor Version 5.00", "reg"),
    (b"REGEDIT4", "reg"),
    (b'"side","key","name","action"', "settings-csv"),
    (b'{\n "format": "gpogen-settings-1"', "settings-json"),
    (b"# x\n$schema: https://aka.ms/osc/x", "osconfig"),
    (b"$schema: 'https://aka.ms/dsc/x", "dsc"),
    (b"$schema: https://raw.githubusercontent.com/PowerShell/DSC/x", "dsc"),
    (b"---\n# x\n- name: X", "ansible"),
    (b"- hosts: all", "ansible"),
    (b"PRe", None),
    (b"<PolicyRulesX/>", None),
    (b"RegistrySettings", None),
    (b"", None),
]


@pytest.mark.parametrize(("data", "kind"), BEGINNINGS)
def test_a_format_is_recognized_by_the_beginning_in_each_encoding(
    data: bytes, kind: str | None
) -> None:
    text = data.decode("ascii")
    assert sniff(data, "x") == kind
    assert sniff(codecs.BOM_UTF8 + data, "x") == kind
    assert sniff(codecs.BOM_UTF16_LE + text.encode("utf-16-le"), "x") == kind
    assert sniff(codecs.BOM_UTF16_BE + text.encode("utf-16-be"), "x") == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.pol", "pol"),
        ("REGISTRY.POL", "pol"),
        ("a.PolicyRules", "policyrules"),
        ("a.osc.yaml", "osconfig"),
        ("a.dsc.yaml", "dsc"),
        ("a.yaml", None),
        ("a.reg", None),
        ("pol", None),
    ],
)
def test_the_name_decides_where_the_beginning_does_not(name: str, kind: str | None) -> None:
    assert sniff(b"???", name) == kind
    assert sniff(b"REGEDIT4", name) == "reg"


def test_4096_bytes_are_the_beginning() -> None:
    assert HEAD == 4096
    assert head_of(b"x" * 4097) == "x" * 4096
    text = "<RegistrySettings"
    assert sniff(b"<" + b" " * (4095 - len(text)) + text.encode(), "x") == "preferences"
    assert sniff(b"<" + b" " * (4096 - len(text)) + text.encode(), "x") is None


def test_a_format_is_loaded_by_its_id() -> None:
    for kind in FORMATS:
        assert load(kind).id == kind
        assert find(kind) is load(kind)
    assert find("backup") is None
    with pytest.raises(KeyError):
        load("backup")


def test_the_formats_that_can_be_written_say_so() -> None:
    for kind, known in FORMATS.items():
        assert known.writes is (load(kind).write is not None), kind
