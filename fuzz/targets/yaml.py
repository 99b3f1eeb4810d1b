"""YAML by the 1.2 core schema: a tree within its limits, and findings with their places."""

from __future__ import annotations

from fuzz import profiles
from fuzz.dice import Dice
from fuzz.target import Target
from gpogen.document import yaml12
from gpogen.document.nodes import Mapping, Node, Scalar, Sequence


def generate(dice: Dice) -> bytes:
    """Make a profile or a file of releases, which the reader does not tell apart."""
    return profiles.releases(dice) if dice.one_in(4) else profiles.profile(dice)


def check(data: bytes) -> None:
    """Read a document; every node and finding stands in it."""
    node, findings = yaml12.read(data, "x.yaml")
    lines = len(data) + 2
    assert node is not None or findings, "nothing is read, and nothing said"
    for item in findings:
        assert item.at is not None, item
        assert 0 < item.at.line <= lines, item
        assert item.at.col > 0, item
    if node is not None:
        assert _depth(node) <= yaml12.MAX_DEPTH


def _depth(node: Node) -> int:
    """Return the levels of a tree; aliases make it a graph without circles."""
    deepest, seen = 0, 0
    left = [(node, 0)]
    while left:
        here, level = left.pop()
        seen += 1
        assert seen <= 2 * yaml12.MAX_NODES, "more nodes than are allowed"
        deepest = max(deepest, level)
        if isinstance(here, Scalar):
            continue
        assert isinstance(here, Mapping | Sequence)
        inside = here.items if isinstance(here, Sequence) else [n for _, n in here.members.values()]
        left += [(child, level + 1) for child in inside]
    return deepest


TARGET = Target(generate=generate, check=check, words=profiles.WORDS, most=1024)
