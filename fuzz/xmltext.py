"""XML with faults in it, for the generators."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

from fuzz.dice import Dice

WORDS = (
    b"<",
    b">",
    b"/>",
    b"</",
    b'="',
    b"&amp;",
    b"&#10;",
    b"&#xD800;",
    b"&#0;",
    b"&e;",
    b"<!DOCTYPE a [<!ENTITY e 'x'>]>",
    b'<!DOCTYPE a SYSTEM "file:///etc/passwd">',
    b"<![CDATA[",
    b"]]>",
    b"<!-- -->",
    b"<?pi ?>",
    b'<?xml version="1.0" encoding="utf-16"?>',
    b'<?xml version="1.0" encoding="utf-7"?>',
    b' xmlns="urn:x"',
    b' xmlns:p="urn:x"',
    b"xml:space",
)


def element(name: str, attributes: Mapping[str, str], *inside: str, text: str = "") -> str:
    """Write an element; its text is taken as it is, so that it may break the document."""
    given = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    content = "".join(inside) + text
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>"


def attributes(dice: Dice, **values: str) -> dict[str, str]:
    """Return attributes, of which now and then one is missing or strange."""
    found = {name: value for name, value in values.items() if not dice.one_in(24)}
    if found and dice.one_in(24):
        found[dice.pick(list(found))] = dice.text()
    return found


def document(dice: Dice, root: str) -> bytes:
    """Encode a document with some declaration, without one, or with the wrong one."""
    encoding = dice.pick(("utf-8", "utf-8", "utf-8", "utf-16", "cp1252", "ascii"))
    said = dice.pick((encoding, encoding, "utf-8", "utf-16", "x"))
    declaration = dice.pick(("", "", f'<?xml version="1.0" encoding="{said}"?>'))
    return (declaration + root).encode(encoding, "xmlcharrefreplace")
