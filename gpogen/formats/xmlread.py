"""XML from untrusted bytes: no entities, no network, bounded depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpogen.errors import FormatError

if TYPE_CHECKING:
    from lxml.etree import _Element


def parse_xml(data: bytes, what: str) -> _Element:
    """Parse a whole document.

    Raises:
        FormatError: it is not well-formed, or has a document type or entities.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise FormatError(f"{what} is not well-formed XML: {error.msg}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise FormatError(f"{what} has a document type, which these files never have")
    return root


def local_name(element: _Element) -> str:
    """Return an element's name without its namespace."""
    name = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def line_of(element: _Element) -> int:
    """Return the line on which an element begins; 0 where it is not known."""
    # lxml's stubs leave the type of sourceline open.
    line: int = element.sourceline or 0  # type: ignore[assignment]
    return line


def child_text(element: _Element, name: str) -> str:
    """Return the text of the first child of a name, in any namespace, or an empty text."""
    child = next(element.iterchildren(f"{{*}}{name}"), None)
    return "" if child is None else (child.text or "").strip()
