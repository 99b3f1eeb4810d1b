"""Profiles from files: reading, ``extends``, merging, shape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from gpogen.document.digest import digest_of
from gpogen.document.nodes import Mapping, Scalar, says
from gpogen.errors import UsageError
from gpogen.files import Roots, is_own_stream, real
from gpogen.finding import Finding, Place, mistake
from gpogen.linear import Clash, linearise
from gpogen.profile.bases import Finder, extended, names_all
from gpogen.profile.faults import identity_faults, missing_keys, repeated_items
from gpogen.profile.fields import quoted
from gpogen.profile.merge import could_inherit, merge
from gpogen.profile.overrides import Override, overrides
from gpogen.profile.reading import (
    RELEASES,
    SHIPPED,
    STDIN,
    SUFFIXES,
    as_mapping,
    known_keys,
    profile_bytes,
    profile_files,
    show,
    told_once,
)
from gpogen.profile.schema import UNSPECIFIED, BaseTarget, Profile
from gpogen.profile.shape import check_shape

__all__ = [
    "RELEASES",
    "SHIPPED",
    "STDIN",
    "SUFFIXES",
    "LoadedProfile",
    "Loader",
    "profile_files",
    "show",
]

MAX_CHAIN = 16
MAX_BASES = 256
"""So many profiles one profile reaches by ``extends``, those of its bases included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedProfile:
    """One profile file with what it extends.

    Attributes:
        file: the name to show, as the user gave it.
        stem: the file's stem, or the profile's own name when it came from standard input.
        tree: the merged tree; None when the file could not be read.
        profile: the checked profile; None when its shape is wrong.
        findings: shape findings.
        lineage: the file's own tree and those of what it extends, the one that wins first.
    """

    file: str
    stem: str
    tree: Mapping | None
    profile: Profile | None
    findings: tuple[Finding, ...]
    lineage: tuple[Mapping, ...] = ()

    @property
    def is_base(self) -> bool:
        """Tell whether the profile is only extended, never built.

        It says so (``base: true``), or it has no target.
        """
        return self.tree is not None and is_base(self.tree)

    @property
    def digest(self) -> str:
        """SHA-256 of the merged tree, hexadecimal; empty where the shape is wrong."""
        return "" if self.tree is None or self.profile is None else digest_of(self.tree)

    @property
    def overridden(self) -> tuple[Override, ...]:
        """Return the settings in which what it extends differs."""
        return overrides(self.lineage[0], self.lineage[1:]) if self.lineage else ()

    @property
    def is_unspecified(self) -> bool:
        """Tell whether the profile is built for machines that it does not name."""
        return self.tree is not None and self.tree.text("target") == UNSPECIFIED

    def is_own(self, place: Place) -> bool:
        """Tell whether a place is in this profile's own file, not in one it extends."""
        return place.file == self.file


def is_base(tree: Mapping) -> bool:
    """Tell whether a merged tree is that of a base."""
    return _says_base(tree) or not says(tree, "target")


def _says_base(tree: Mapping) -> bool:
    node = tree.get("base")
    return isinstance(node, Scalar) and node.value is True


@dataclass(frozen=True, slots=True)
class _Own:
    """One file by itself."""

    key: Path
    file: str
    tree: Mapping


@dataclass(frozen=True, slots=True)
class _Line:
    """A file and what it extends, the one that wins first; empty where it could not be read."""

    order: tuple[_Own, ...]
    findings: tuple[Finding, ...]
    is_whole: bool = True
    """Whether everything that it extends was found and read."""


class Loader:
    """Reads what is extended once, however many extend it; of other profiles it keeps nothing."""

    def __init__(self, profiles_dir: Path | None = None) -> None:
        """Remember where ``extends`` looks after the file's own folder."""
        self._finder = Finder(profiles_dir)
        self._read: dict[Path, tuple[Mapping | None, tuple[Finding, ...]]] = {}
        self._by_roots: dict[Roots, dict[Path, _Line]] = {}
        self._lines: dict[Path, _Line] = {}

    def load(self, path: Path) -> LoadedProfile:
        """Read one file, and what it extends within the folders that it may extend from.

        Raises:
            UsageError: the file can't be opened, or is a link that leads out of those folders.
        """
        if is_own_stream(path):
            return self.load_bytes(profile_bytes(path), show(path))
        self._confine(path)
        refused = self._finder.roots.refusal(path)
        if refused:
            raise UsageError(f"{show(path)}: {refused}; use the path of the file: {real(path)}")
        return _finish(show(path), path.stem, self._line(path, ()))

    def load_bytes(self, data: bytes, file: str = "<stdin>") -> LoadedProfile:
        """Read a profile from standard input; ``extends`` looks beside the current folder."""
        path = Path("stdin.yaml")
        self._confine(path)
        tree, findings = as_mapping(data, file)
        line = self._extend(path, file, tree, findings, ())
        name = tree.text("name") if tree else None
        return _finish(file, name or "stdin", line)

    def _confine(self, path: Path) -> None:
        self._finder.confine(path)
        self._lines = self._by_roots.setdefault(self._finder.roots, {})

    def _line(self, path: Path, chain: tuple[Path, ...]) -> _Line:
        known = self._lines.get(path)
        if known is not None:
            return known
        is_base = bool(chain)
        read = self._read.get(path) or as_mapping(profile_bytes(path), show(path), is_base=is_base)
        line = self._extend(path, show(path), *read, chain)
        if is_base:
            self._read[path] = read
            if not _circular(line.findings):
                # A circle is another one from another start; everything else stays as it is.
                self._lines[path] = line
        return line

    def _extend(
        self,
        path: Path,
        file: str,
        tree: Mapping | None,
        findings: tuple[Finding, ...],
        chain: tuple[Path, ...],
    ) -> _Line:
        if tree is None:
            return _Line((), findings, is_whole=False)
        own = _Own(real(path), file, tree)
        named, problems = extended(tree)
        collected = [*findings, *problems]
        if len(chain) >= MAX_CHAIN:
            message = f"extends has more than {MAX_CHAIN} levels"
            told = (*collected, mistake("GP024", message, tree.place))
            return _Line((own,), told, is_whole=False)
        is_whole = names_all(tree)
        bases: dict[Path, tuple[Scalar, _Line]] = {}
        for scalar in named:
            if _circular(collected):
                break  # One circle is enough; what is left of the tree means nothing.
            found, problem = self._finder.find(path, scalar, (*chain, path))
            if found is None:
                is_whole = False
                collected += [problem] if problem else []
                continue
            line = self._line(found, (*chain, path))
            is_whole &= line.is_whole
            collected += line.findings
            if line.order and line.order[0].key in bases:
                collected.append(_same_file(scalar, bases[line.order[0].key][0]))
            elif line.order:
                bases[line.order[0].key] = scalar, line
        order, wrong = _in_line(own, list(bases.values()))
        found_all = is_whole and not wrong
        return _Line(order, tuple(dict.fromkeys((*collected, *wrong))), is_whole=found_all)


def _in_line(
    own: _Own, bases: Sequence[tuple[Scalar, _Line]]
) -> tuple[tuple[_Own, ...], list[Finding]]:
    """Put a file and its bases in one order: the later of its ``extends`` come first."""
    last_first = [line.order for _, line in reversed(bases)]
    by_key = {item.key: item for order in last_first for item in order} | {own.key: own}
    if len(by_key) > MAX_BASES + 1:
        message = f"extends reaches {len(by_key) - 1} profiles; the maximum is {MAX_BASES}"
        return (own,), [mistake("GP024", message, own.tree.place)]
    orders = [[item.key for item in order] for order in last_first]
    found = linearise(own.key, orders, [order[0] for order in orders])
    if isinstance(found, Clash):
        told = _clashing(found, by_key, {line.order[0].key: scalar for scalar, line in bases}, own)
        found = tuple(dict.fromkeys((own.key, *(key for order in orders for key in order))))
        return tuple(by_key[key] for key in found), [told]
    return tuple(by_key[key] for key in found), []


def _clashing(
    clash: Clash[Path], by_key: dict[Path, _Own], named: dict[Path, Scalar], own: _Own
) -> Finding:
    """Tell two bases that each are to win over the other, with the places that say so."""
    one, two = by_key[clash.first], by_key[clash.second]
    pair = f"{quoted(one.key.stem)} and {quoted(two.key.stem)}"
    message = (
        f"extends: {pair} would each override the other: a later one overrides an earlier one, "
        "and a profile overrides what it extends"
    )
    at = named.get(two.key) or named.get(one.key)
    places = [named[key].place for key in (clash.first, clash.second) if key in named]
    places += [
        scalar.place
        for item in by_key.values()
        if item.key != own.key
        for scalar in extended(item.tree)[0]
        if Path(scalar.text).stem in (one.key.stem, two.key.stem)
    ]
    node = own.tree.get("extends")
    place = at.place if at else (node.place if node else own.tree.place)
    fix = (
        "list a base before the profile that extends it, or leave it out, because that profile "
        "includes it"
    )
    related = tuple(dict.fromkeys(item for item in places if item != place))
    return mistake("GP024", message, place, fix, related)


def _same_file(scalar: Scalar, first: Scalar) -> Finding:
    message = f"extends names one profile twice: {quoted(first.text)} and {quoted(scalar.text)}"
    return mistake("GP024", message, scalar.place, "keep one", (first.place,))


def _circular(findings: Iterable[Finding]) -> bool:
    return any(item.id == "GP023" for item in findings)


def _finish(file: str, stem: str, line: _Line) -> LoadedProfile:
    """Merge a file with what it extends, and judge the shape of the whole."""
    if not line.order:
        return LoadedProfile(file=file, stem=stem, tree=None, profile=None, findings=line.findings)
    trees = [item.tree for item in line.order]
    tree = reduce(merge, reversed(trees))
    profile, wrong = _checked(tree, file, lacks_bases=not line.is_whole)
    findings = told_once(list(line.findings), wrong)
    findings += repeated_items(tree)
    if findings:
        profile = None  # What would be said about the rest could be wrong.
    findings += identity_faults(tree, stem)
    findings += missing_keys(tree, is_base=is_base(tree), lacks_bases=not line.is_whole)
    return LoadedProfile(
        file=file,
        stem=stem,
        tree=tree,
        profile=profile,
        findings=tuple(dict.fromkeys(findings)),
        lineage=tuple(trees),
    )


def _checked(
    tree: Mapping, file: str, *, lacks_bases: bool
) -> tuple[Profile | None, list[Finding]]:
    """Judge the shape; a base's target may be a part of one, and is no target yet.

    While a base is not found, a key that it could have is not called missing.
    """
    inherits = could_inherit if lacks_bases else None
    known = known_keys(file)
    if not _says_base(tree) or not says(tree, "target"):
        return check_shape(tree, Profile, inherits, known)
    target = Mapping(tree.place, {"target": tree.members["target"]})
    rest = {key: member for key, member in tree.members.items() if key != "target"}
    profile, wrong = check_shape(Mapping(tree.place, rest), Profile, inherits, known)
    return profile, [*wrong, *check_shape(target, BaseTarget)[1]]
