"""XML 1.0: the places in an XML file."""

from __future__ import annotations

import re

from gpogen.artifacts.render.rendered import ContextError, Rendered, wrong_type

# The complement of production [2] Char of XML 1.0.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKUP = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
# A parser turns CR into LF everywhere, and TAB and LF into blanks in attributes.
_IN_TEXT = {**_MARKUP, ord("\r"): "&#xD;"}
_IN_ATTRIBUTE = {
    **_IN_TEXT,
    ord('"'): "&quot;",
    ord("'"): "&apos;",
    ord("\t"): "&#x9;",
    ord("\n"): "&#xA;",
}


def text(value: object) -> Rendered:
    """Write text or a whole number between tags.

    Raises:
        ContextError: another type, or a character that XML 1.0 cannot hold.
    """
    return Rendered(_checked("XML text", value).translate(_IN_TEXT))


def attribute(value: object) -> Rendered:
    """Write text or a whole number between quotes of either kind.

    Raises:
        ContextError: another type, or a character that XML 1.0 cannot hold.
    """
    return Rendered(_checked("XML attribute", value).translate(_IN_ATTRIBUTE))


def cdata(value: object) -> Rendered:
    """Write a whole CDATA section, brackets included; ``]]>`` is split over two sections.

    Raises:
        ContextError: another type, a character that XML 1.0 cannot hold, or CR, which a parser
            would turn into LF.
    """
    content = _checked("XML CDATA", value)
    if "\r" in content:
        raise ContextError("XML CDATA", "cannot hold", text=content, character="\r")
    return Rendered(f"<![CDATA[{content.replace(']]>', ']]]]><![CDATA[>')}]]>")


def comment(value: object) -> Rendered:
    """Write text between ``<!-- `` and `` -->``; hyphens in a row are set apart by blanks.

    Raises:
        ContextError: another type, or a character that XML 1.0 cannot hold.
    """
    content = _checked("XML comment", value).replace("\r\n", "\n").replace("\r", "\n")
    apart = re.sub("-(?=-|$)", "- ", content)
    # "$" also matches before a final LF, where a blank does no harm.
    return Rendered(apart)


def _checked(context: str, value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(int(value))
    if not isinstance(value, str):
        raise wrong_type(context, "text or a whole number", value)
    if found := _FORBIDDEN.search(value):
        raise ContextError(context, "cannot hold", text=value, character=found.group())
    return str(value)
