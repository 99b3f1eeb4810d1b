"""Which of several bases a setting comes from, and which it was taken from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gpogen.document.nodes import Mapping, Node, is_null, plain
from gpogen.document.nodes import Sequence as List
from gpogen.finding import Place
from gpogen.profile.merge import IDENTITIES, OWN_KEYS, WHOLE
from gpogen.text import cut

MAX_SHOWN = 60
"""Characters of a value that are shown."""


@dataclass(frozen=True, slots=True)
class Override:
    """One setting that several bases give, and not alike.

    Attributes:
        setting: its path, ``updates.quality_deferral_days``.
        chain: what each of them says and where, the one that wins first.
    """

    setting: str
    chain: tuple[tuple[str, Place], ...]

    def __str__(self) -> str:
        """Write the chain in one line."""
        (value, place), *rest = self.chain
        over = ", over ".join(f"{text} ({at})" for text, at in rest)
        return f"{self.setting}: {value} ({place}), over {over}"


def overrides(own: Mapping, bases: Sequence[Mapping]) -> tuple[Override, ...]:
    """Find the settings in which bases differ; what the file itself says is its own business.

    Args:
        own: the file's own tree.
        bases: what it extends, the one that wins first.
    """
    mine = {setting for setting, _ in _leaves(own, ())}
    chains: dict[str, list[tuple[str, Place]]] = {}
    for base in bases:
        for setting, node in _leaves(base, ()):
            if setting not in mine:
                chains.setdefault(setting, []).append((_shown(node), node.place))
    return tuple(
        Override(setting, tuple(chain))
        for setting, chain in chains.items()
        if len({value for value, _ in chain}) > 1
    )


def _leaves(tree: Mapping, path: tuple[str, ...]) -> Iterator[tuple[str, Node]]:
    """Yield what is inherited or replaced as one, with its path."""
    for key, (_, node) in tree.members.items():
        if (not path and key in OWN_KEYS) or key == "why" or is_null(node):
            continue
        here = (*path, key)
        identity = IDENTITIES.get(here)
        if isinstance(node, Mapping) and here not in WHOLE:
            yield from _leaves(node, here)
        elif isinstance(node, List) and identity is not None:
            yield from ((f"{key} {identity(item)}", item) for item in node.items)
        else:
            yield ".".join(here), node


def _shown(node: Node) -> str:
    value = plain(node)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=True, sort_keys=True)
    return cut(text, MAX_SHOWN)
