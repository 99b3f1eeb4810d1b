"""comment.cmtx: comments have a policy, a text and a bounded length together."""

from __future__ import annotations

from fuzz import xmltext
from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.formats import cmtx


def generate(dice: Dice) -> bytes:
    """Make a file of a few comments."""
    notes = [
        xmltext.element(
            "comment",
            xmltext.attributes(
                dice,
                policyRef=f"p{dice.below(2)}:{dice.word()}",
                commentText=dice.pick(("$(resource.a)", "$(resource.b)", "plain")),
            ),
        )
        for _ in range(dice.below(4))
    ]
    using = xmltext.element("using", xmltext.attributes(dice, prefix="p0", namespace="urn:p"))
    text = xmltext.element("string", xmltext.attributes(dice, id="a"), text=dice.word())
    root = xmltext.element(
        "policyComments",
        {"revision": "1.0"},
        xmltext.element("policyNamespaces", {}, using),
        xmltext.element("comments", {}, xmltext.element("admTemplate", {}, *notes)),
        xmltext.element("resources", {}, xmltext.element("stringTable", {}, text)),
    )
    return xmltext.document(dice, root)


def check(data: bytes) -> None:
    """Read a file."""
    notes = cmtx.decode(data)
    assert sum(len(note.text) for note in notes) <= cmtx.MAX_REPEATED + len(data)
    assert all(note.line >= 0 for note in notes)


TARGET = Target(
    generate=generate,
    check=check,
    words=(*xmltext.WORDS, b"<comment ", b'policyRef="p0:x"', b'commentText="$(resource.a)"'),
    most=1024,
)
