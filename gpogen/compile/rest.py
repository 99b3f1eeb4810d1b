"""The lists of a profile whose shape is wrong elsewhere: their values are judged all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from gpogen.catalog.platforms import operating_systems
from gpogen.compile.drafts import Findings
from gpogen.compile.registry_items import registry_drafts
from gpogen.compile.resolve import Resolver, policy_requests
from gpogen.compile.source import Places
from gpogen.document.nodes import Mapping, Node, Sequence, plain
from gpogen.finding import Place
from gpogen.profile.items import Allowance, PolicyItem, RegistryItem
from gpogen.profile.load import LoadedProfile
from gpogen.profile.part import Part
from gpogen.profile.schema import Profile, Target
from gpogen.profile.shape import check_shape

_LISTS: dict[str, type[Part]] = {
    "policies": PolicyItem,
    "registry": RegistryItem,
    "allow": Allowance,
}


def rest_of(loaded: LoadedProfile) -> tuple[Profile, Places] | None:
    """Return the part of a profile whose shape is right: its target, and items of its lists.

    Returns:
        A profile that is never built, with its places; None where the whole shape is right, or
        nothing could be read.
    """
    tree = loaded.tree
    if loaded.profile is not None or tree is None:
        return None
    told = {finding.at for finding in loaded.findings}
    members = {}
    for key, model in _LISTS.items():
        node = tree.get(key)
        if isinstance(node, Sequence):
            items = enumerate(node.items)
            right = [
                n for n, item in items if told.isdisjoint(_within(item)) and _fits(model, item)
            ]
            members[key] = (tree.members[key][0], node.only(right))
    rest = Mapping(tree.place, dict(members))
    target = tree.get("target")
    content: dict[str, Any] = {"gpogen": 1, "name": "rest", **plain(rest)}
    if target is not None and _fits(Target, target):
        content["target"] = plain(target)
    return Profile.model_validate(content), Places(rest, loaded.file)


def _within(node: Node) -> Iterator[Place]:
    """Yield the places of a node, and of the keys and values in it."""
    yield node.place
    if isinstance(node, Mapping):
        for at, child in node.members.values():
            yield at
            yield from _within(child)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _within(item)


def _fits(model: type[Part], node: Node) -> bool:
    return isinstance(node, Mapping) and check_shape(node, model)[0] is not None


def judge_rest(
    profile: Profile, tree: Places, check_allow: Callable[[Profile, Places, Findings], None]
) -> Findings:
    """Find unknown policies, wrong values and wrong registry items in what :func:`rest_of` found.

    Args:
        profile: the part of the profile.
        tree: its places.
        check_allow: judges ``allow``, which takes the rules.
    """
    findings = Findings()
    family = operating_systems()[profile.target.os].family if profile.target else ""
    resolver = Resolver(family, tree, findings)
    for asked in policy_requests(profile, tree):
        resolver.drafts(asked)
    registry_drafts(profile, tree, findings)
    check_allow(profile, tree, findings)
    return findings
