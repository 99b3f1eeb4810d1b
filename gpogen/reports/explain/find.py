"""All entries, and those that a word means."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cache

from gpogen.reports.explain import claims, keys, places, rules, settings
from gpogen.reports.explain.entry import Explanation

MAX_HINTS = 3
_HIVES = (("hkey_local_machine", "hklm"), ("hkey_current_user", "hkcu"))


@cache
def all_entries() -> tuple[Explanation, ...]:
    """Return everything that can be asked for."""
    parts = (rules, settings, places, claims, keys)
    return tuple(entry for part in parts for entry in part.entries())


def of_kinds(kinds: Iterable[str]) -> tuple[Explanation, ...]:
    """Return the entries of these kinds; of all where none is named."""
    wanted = set(kinds)
    return tuple(entry for entry in all_entries() if not wanted or entry.kind in wanted)


def find(word: str, entries: Iterable[Explanation]) -> tuple[Explanation, ...]:
    r"""Return the entries that a word means, in any case; empty where there is none.

    ``...`` in a registry path stands for any keys (``HKLM\...\AUOptions``), and an image's SKU
    may fit a near miss with any ending.
    """
    wanted = normal(word)
    entries = tuple(entries)
    exact = tuple(entry for entry in entries if wanted in map(normal, entry.names))
    return exact or tuple(entry for entry in entries if _fits(wanted, entry))


def keys_with(word: str, entries: Iterable[Explanation]) -> tuple[Explanation, ...]:
    """Return the keys of a profile that take a word as a value, such as ``lan``."""
    wanted = normal(word)
    return tuple(entry for entry in entries if entry.kind == "key" and wanted in _values(entry))


def _values(entry: Explanation) -> Iterator[str]:
    lines = (line for fact in entry.facts if fact.label == "values" for line in fact.lines)
    text = re.sub(r"\([^()]*default\)|[;,] required.*", "", ",".join(lines))
    for part in re.split(r"[,)]|\(also ", text):
        yield normal(part)


def hints(word: str, entries: Iterable[Explanation]) -> tuple[str, ...]:
    """Return the nearest names to a word that means nothing."""
    names = {normal(name): name for entry in entries for name in entry.names}
    wanted = normal(word)
    close = difflib.get_close_matches(wanted, names, n=MAX_HINTS, cutoff=0.6)
    inside = (name for name in names if len(wanted) > 3 and wanted in name)
    return tuple(names[name] for name in dict.fromkeys((*close, *inside)))[:MAX_HINTS]


def normal(word: str) -> str:
    """Write a name as it is compared: small letters, hives short, no image version."""
    text = " ".join(word.lower().split())
    for long, short in _HIVES:
        text = re.sub(rf"^{long}(?=\W)", short, text)
    if re.match(r"hk(lm|cu)\W", text):
        return text.replace(":\\", "\\", 1).replace("!", "\\").replace("/", "\\")
    return re.sub(r":(latest|\d+(\.\d+)+)$", "", text)


def _fits(wanted: str, entry: Explanation) -> bool:
    return any(fnmatchcase(left, right) for left, right in _patterns(wanted, entry))


def _patterns(wanted: str, entry: Explanation) -> Iterator[tuple[str, str]]:
    if entry.kind == "image":
        yield from ((wanted, normal(name)) for name in entry.names if "*" in name)
    if entry.kind == "value" and "..." in wanted:
        pattern = "*".join(part.replace("[", "[[]") for part in wanted.split("..."))
        yield from ((normal(name), pattern) for name in entry.names)
