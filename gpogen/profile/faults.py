"""What is wrong with a whole profile, beyond the shape of its parts."""

from __future__ import annotations

from gpogen.document.nodes import Mapping, Node, Scalar, Sequence, says
from gpogen.finding import Finding, mistake
from gpogen.near import FEW, nearest
from gpogen.profile.merge import (
    allow_identity,
    assured_identity,
    could_inherit,
    policy_identity,
    registry_identity,
)
from gpogen.profile.schema import Profile
from gpogen.profile.shape import missing_key


def identity_faults(tree: Mapping, stem: str) -> list[Finding]:
    """Find a name that is not the file's."""
    node = tree.get("name")
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.value != stem:
        message = f"the name {node.value!r} does not match the file name {stem!r}"
        return [mistake("GP020", message, node.place, f"write `name: {stem}` or rename the file")]
    return []


def missing_keys(tree: Mapping, *, is_base: bool, lacks_bases: bool) -> list[Finding]:
    """Find what a profile with a target lacks and a base may lack.

    Args:
        tree: the merged tree.
        is_base: whether it is that of a base.
        lacks_bases: whether something that it extends is not in it, which could have the key.
    """
    own = tree.get("base")
    if lacks_bases and is_base:
        return []
    if is_base and isinstance(own, Scalar) and own.value is False:
        message = "`base: false` requires a target: a file without a target is a base"
        return [mistake("GP011", message, own.place)]
    if is_base or not isinstance(tree.get("target"), Mapping):
        return []
    unknown = [key for key in tree.members if key not in Profile.model_fields]
    misspelt = {nearest(key, tuple(Profile.model_fields)) for key in unknown[:FEW]}
    return [
        missing_key(key, tree.place, ": a profile with a target requires it", Profile, (key,))
        for key in ("title", "orchestration")
        if not says(tree, key) and key not in misspelt
        if not (lacks_bases and could_inherit((key,)))
    ]


def repeated_items(tree: Mapping) -> list[Finding]:
    """Find items of a list that are about the same."""
    findings = []
    for key, identity in (
        ("policies", policy_identity),
        ("registry", registry_identity),
        ("assured", assured_identity),
        ("allow", allow_identity),
    ):
        node = tree.get(key)
        findings += _repeated_items(node, identity, key) if isinstance(node, Sequence) else []
    return findings


def _repeated_items(node: Sequence, identity: object, key: str) -> list[Finding]:
    assert callable(identity)
    first: dict[str, Node] = {}
    findings = []
    for item in node.items:
        name = identity(item)
        if not name or name.startswith("|"):
            continue  # It lacks what it is about, which is said elsewhere.
        if name in first:
            at = first[name].place
            where = f"on line {at.line}" if at.file == item.place.file else f"in {at}"
            message = f"{key}: this item has the same subject as the one {where}"
            findings.append(mistake("GP017", message, item.place, "keep one", (at,)))
        first.setdefault(name, item)
    return findings
