"""XML from untrusted bytes."""

from __future__ import annotations

import pytest

from gpogen.errors import FormatError
from gpogen.formats.xmlread import child_text, line_of, local_name, parse_xml


@pytest.mark.parametrize(
    "subset",
    [
        "",
        "<!ENTITY e 'x'>",
        "<!ENTITY e SYSTEM 'not-there.txt'>",
        "<!ENTITY e SYSTEM 'http://localhost:9/x'>",
        "<!ENTITY a 'aaaaaaaaaa'><!ENTITY e '&a;&a;&a;'>",
    ],
)
def test_a_document_type_is_refused_and_no_entity_is_read(subset: str) -> None:
    use = "&e;" if subset else ""
    with pytest.raises(FormatError) as caught:
        parse_xml(f"<!DOCTYPE x [{subset}]><x>{use}</x>".encode(), "a.xml")

    assert str(caught.value) == "a.xml has a document type, which these files never have"


def test_an_external_document_type_is_refused_and_not_read() -> None:
    with pytest.raises(FormatError, match="a document type"):
        parse_xml(b"<!DOCTYPE x SYSTEM 'not-there.dtd'><x/>", "a.xml")


def test_what_is_not_xml_is_refused_with_its_name() -> None:
    with pytest.raises(FormatError, match=r"^a\.xml is not well-formed XML: "):
        parse_xml(b"<x>", "a.xml")


def test_levels_above_256_are_refused() -> None:
    with pytest.raises(FormatError, match="not well-formed"):
        parse_xml(b"<x>" * 300 + b"</x>" * 300, "a.xml")


def test_an_element_has_a_name_a_line_and_the_texts_of_its_children() -> None:
    root = parse_xml(
        b"<a:x xmlns:a='n'>\n<!-- no --><?p q?><y> 1 </y><a:y>2</a:y><z/></a:x>", "a.xml"
    )

    assert [local_name(one) for one in (root, *root)] == ["x", "", "y", "y", "z"]
    assert [line_of(one) for one in (root, root[1])] == [1, 2]
    assert [child_text(root, name) for name in ("y", "z", "none")] == ["1", "", ""]
