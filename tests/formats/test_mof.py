"""A WMI filter as the Group Policy Management Console has it, byte for byte."""

from __future__ import annotations

import codecs
from dataclasses import replace

import pytest

from gpogen.errors import FormatError
from gpogen.formats.mof import WmiFilter, decode, encode

FILTER = WmiFilter(
    author="admin@corp.example",
    time="20261102000000.000000-000",
    description="",
    domain="corp.example",
    id="{0A1B2C3D-0000-1111-2222-333344445555}",
    name='a "b" \\ c',
    query='SELECT * FROM Win32_OperatingSystem WHERE Version LIKE "10.%"',
)
TEXT = r"""
instance of MSFT_SomFilter
{
	Author = "admin@corp.example";
	ChangeDate = "20261102000000.000000-000";
	CreationDate = "20261102000000.000000-000";
	Domain = "corp.example";
	ID = "{0A1B2C3D-0000-1111-2222-333344445555}";
	Name = "a \"b\" \\ c";
	Rules = {
instance of MSFT_Rule
{
	Query = "SELECT * FROM Win32_OperatingSystem WHERE Version LIKE \"10.%\"";
	QueryLanguage = "WQL";
	TargetNameSpace = "root\\CIMv2";
}};
};
""".replace("\n", "\r\n")


def file(text: str) -> bytes:
    return codecs.BOM_UTF16_LE + text.encode("utf-16-le")


def test_a_filter_has_its_exact_bytes() -> None:
    described = replace(FILTER, description="Why \\")
    text = TEXT.replace("\tDomain", '\tDescription = "Why \\\\";\r\n\tDomain')

    assert encode(FILTER) == file(TEXT)
    assert decode(file(TEXT)) == FILTER
    assert encode(described) == file(text)
    assert decode(file(text)) == described


@pytest.mark.parametrize("wrong", ["\n", "\r", "\0"])
@pytest.mark.parametrize("field", ["author", "description", "domain", "name", "query"])
def test_a_text_of_several_lines_or_with_a_nul_is_refused(field: str, wrong: str) -> None:
    with pytest.raises(FormatError) as caught:
        encode(replace(FILTER, **{field: f"a{wrong}b"}))

    assert str(caught.value) == "a text of the WMI filter has a line break or a NUL"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        TEXT.encode("utf-16-le"),
        file(TEXT.replace("\r\n", "\n")),
        file(TEXT + "\r\n"),
        file(TEXT.replace("WQL", "SQL")),
        file(TEXT.replace("{0A", "{0a")),
        file(TEXT.replace("-000", "+060")),
    ],
)
def test_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError) as caught:
        decode(data)

    assert str(caught.value) == (
        "this is not a WMI filter with one rule as the Group Policy Management Console exports it"
    )


def test_what_is_not_utf_16_is_refused_with_its_byte() -> None:
    with pytest.raises(FormatError, match="the WMI filter is not UTF-16LE") as caught:
        decode(file("ab") + b"\0\xd8")

    assert caught.value.offset == 4
