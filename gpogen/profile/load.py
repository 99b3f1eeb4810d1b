"""Profiles from files: reading, ``extends``, merging, shape."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from gpogen.errors import UsageError
from gpogen.files import YAML_SUFFIXES, Roots, is_own_stream, read_file, real, root_of
from gpogen.finding import Finding, Place, mistake
from gpogen.profile import yaml12
from gpogen.profile.fields import is_line, quoted
from gpogen.profile.merge import (
    OWN_KEYS,
    allow_identity,
    assured_identity,
    merge,
    policy_identity,
    registry_identity,
)
from gpogen.profile.nodes import Mapping, Node, Scalar, Sequence, plain, says
from gpogen.profile.schema import UNSPECIFIED, Profile
from gpogen.profile.shape import Hints, allowed_text, check_shape
from gpogen.resources import resource_dir

SUFFIXES = YAML_SUFFIXES
STDIN = "-"
SHIPPED = "<shipped>/"
"""What the places in gpogen's own profiles begin with."""
RELEASES = ("hotpatch-releases.yaml", "hotpatch-releases.yml")
"""The file in a profiles folder that is no profile, but says what Microsoft released."""
MAX_EXTENDS = 16
MAX_CHAIN = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedProfile:
    """One profile file with what it extends.

    Attributes:
        file: the name to show, as the user gave it.
        stem: the file's stem, or the profile's own name when it came from standard input.
        tree: the merged tree; None when the file could not be read.
        profile: the checked profile; None when its shape is wrong.
        findings: shape findings.
        digest: SHA-256 of the merged tree, hexadecimal; empty without a tree.
    """

    file: str
    stem: str
    tree: Mapping | None
    profile: Profile | None
    findings: tuple[Finding, ...]
    digest: str

    @property
    def is_base(self) -> bool:
        """Tell whether the profile has no target, and so is only extended, never built."""
        return self.tree is not None and not says(self.tree, "target")

    @property
    def is_unspecified(self) -> bool:
        """Tell whether the profile is built for machines that it does not name."""
        return self.tree is not None and self.tree.text("target") == UNSPECIFIED

    def is_own(self, place: Place) -> bool:
        """Tell whether a place is in this profile's own file, not in one it extends."""
        return place.file == self.file


@dataclass(frozen=True, slots=True)
class _Merged:
    tree: Mapping | None
    findings: tuple[Finding, ...]


class Loader:
    """Reads profiles once each, however many extend them."""

    def __init__(self, profiles_dir: Path | None = None) -> None:
        """Remember where ``extends`` looks after the file's own folder."""
        self._profiles_dir = profiles_dir
        self._read: dict[Path, tuple[Mapping | None, tuple[Finding, ...]]] = {}
        self._roots = Roots(resource_dir("profiles"))
        self._by_roots: dict[Roots, dict[Path, _Merged]] = {}
        self._merged: dict[Path, _Merged] = {}
        self._known: dict[Path, tuple[str, ...]] = {}
        self._hints = Hints()

    def load(self, path: Path) -> LoadedProfile:
        """Read one file, and what it extends within the folders that it may extend from.

        Raises:
            UsageError: the file can't be opened, or is a link that leads out of those folders.
        """
        if is_own_stream(path):
            return self.load_bytes(_bytes(path), show(path))
        self._confine(path)
        refused = self._roots.refusal(path)
        if refused:
            raise UsageError(f"{show(path)}: {refused}; name the file itself: {real(path)}")
        merged = self._merge(path, ())
        return self._finish(show(path), path.stem, merged)

    def load_bytes(self, data: bytes, file: str = "<stdin>") -> LoadedProfile:
        """Read a profile from standard input; ``extends`` looks beside the current folder."""
        self._confine(Path("stdin.yaml"))
        tree, findings = _as_mapping(data, file)
        merged = self._extend(Path("stdin.yaml"), tree, findings, ())
        name = tree.text("name") if tree else None
        return self._finish(file, name or "stdin", merged)

    def _confine(self, path: Path) -> None:
        """Set the folders that a named profile may extend from: its own, and ours."""
        more = [] if self._profiles_dir is None else [root_of(self._profiles_dir / path.name)]
        self._roots = Roots(root_of(path), *more, resource_dir("profiles"))
        self._merged = self._by_roots.setdefault(self._roots, {})

    def _finish(self, file: str, stem: str, merged: _Merged) -> LoadedProfile:
        findings = list(merged.findings)
        profile = None
        tree = merged.tree
        if tree is not None:
            profile, wrong = check_shape(tree, Profile)
            findings = _told_once(findings, wrong)
            findings += _repeated(tree)
            if findings:
                profile = None  # What would be said about the rest could be wrong.
            findings += _identity(tree, stem)
            if isinstance(tree.get("target"), Mapping):
                findings += _complete(tree)
        unique = tuple(dict.fromkeys(findings))
        digest = _digest(tree) if tree is not None and not merged.findings else ""
        return LoadedProfile(
            file=file, stem=stem, tree=tree, profile=profile, findings=unique, digest=digest
        )

    def _merge(self, path: Path, chain: tuple[Path, ...]) -> _Merged:
        known = self._merged.get(path)
        if known is not None:
            return known
        if path not in self._read:
            self._read[path] = _as_mapping(_bytes(path), show(path))
        tree, findings = self._read[path]
        merged = self._extend(path, tree, findings, chain)
        if not _circular(merged.findings):
            # A circle is another one from another start; everything else stays as it is.
            self._merged[path] = merged
        return merged

    def _extend(
        self,
        path: Path,
        tree: Mapping | None,
        findings: tuple[Finding, ...],
        chain: tuple[Path, ...],
    ) -> _Merged:
        if tree is None:
            return _Merged(None, findings)
        collected = list(findings)
        below: Mapping | None = None
        extended, problems = _extended(tree)
        collected += problems
        if len(chain) >= MAX_CHAIN:
            message = f"extends goes more than {MAX_CHAIN} levels deep"
            return _Merged(tree, (*collected, mistake("GP024", message, tree.place)))
        for scalar in extended:
            if _circular(collected):
                break  # One circle is enough; what is left of the tree means nothing.
            found, problem = self._find(path, scalar, (*chain, path))
            if found is None:
                collected += [problem] if problem else []
                continue
            base = self._merge(found, (*chain, path))
            collected += base.findings
            if base.tree is not None:
                below = base.tree if below is None else merge(below, base.tree)
        whole = tree if below is None else merge(below, tree)
        return _Merged(whole, tuple(dict.fromkeys(collected)))

    def _find(
        self, path: Path, scalar: Scalar, chain: tuple[Path, ...]
    ) -> tuple[Path | None, Finding | None]:
        wrong = _escapes(scalar.text)
        if wrong:
            message = f"extends {quoted(scalar.text)}: {wrong}"
            return None, mistake("GP022", message, scalar.place)
        for candidate in self._candidates(path, scalar.text):
            there = _is_there(candidate)
            refused = self._roots.refusal(candidate) if there or _is_path(scalar.text) else ""
            if refused:
                message = f"extends {quoted(scalar.text)}: {refused}"
                return None, mistake("GP022", message, scalar.place)
            if there:
                if real(candidate) in {real(item) for item in chain}:
                    return None, _cycle(scalar, candidate, chain)
                return candidate, None
        names = self._names(path)
        message = (
            f"extends {quoted(scalar.text)}: no such profile beside this file, in the profiles "
        )
        message += f"folder or among the shipped ones ({allowed_text(names)})"
        return None, mistake("GP022", message, scalar.place, self._hints.hint(scalar.text, names))

    def _folders(self, path: Path) -> list[Path]:
        folders = [path.parent]
        if self._profiles_dir is not None:
            folders.append(self._profiles_dir)
        return [*folders, resource_dir("profiles")]

    def _candidates(self, path: Path, text: str) -> Iterable[Path]:
        if _is_path(text):
            yield path.parent / text
            return
        for folder in self._folders(path):
            for suffix in SUFFIXES:
                yield folder / f"{text}{suffix}"

    def _names(self, path: Path) -> tuple[str, ...]:
        """Return the names that a profile could extend; each folder is looked into once."""
        known = self._known.get(path.parent)
        if known is None:
            folders = [folder for folder in self._folders(path) if folder.is_dir()]
            names = {item.stem for folder in folders for item in profile_files(folder)}
            known = self._known[path.parent] = tuple(sorted(names))
        return known


def profile_files(folder: Path) -> list[Path]:
    """Return the profiles right in a folder, sorted by name; one that is no file is told later."""
    return sorted(
        item
        for item in folder.iterdir()
        if item.suffix in SUFFIXES and item.name not in RELEASES and _is_listed(item)
    )


def _is_listed(path: Path) -> bool:
    """Tell what is read as a profile: all but folders, and the locks that Emacs lays beside."""
    return _is_there(path) and (path.is_file() or not path.name.startswith(".#"))


def show(path: Path) -> str:
    """Return a path as messages show it: shipped profiles without the machine's folders."""
    shipped = resource_dir("profiles")
    try:
        if path.parent == shipped and Path("profiles").resolve() != shipped:
            return f"{SHIPPED}{path.name}"
    except (OSError, RuntimeError):
        pass  # A circle of links named profiles.
    try:
        return path.relative_to(Path.cwd()).as_posix() if path.is_absolute() else path.as_posix()
    except ValueError:
        return path.as_posix()


def _bytes(path: Path) -> bytes:
    return read_file(path, yaml12.MAX_BYTES, show(path))


def _is_there(path: Path) -> bool:
    """Tell whether there is anything but a folder; a link that leads nowhere is something."""
    try:
        return os.path.lexists(path) and not path.is_dir()
    except (OSError, ValueError):  # A name that no file can have, such as one too long.
        return False


def _as_mapping(data: bytes, file: str) -> tuple[Mapping | None, tuple[Finding, ...]]:
    node, findings = yaml12.read(data, file)
    if node is not None and not isinstance(node, Mapping):
        message = "a profile is a mapping that begins with `gpogen: 1`"
        return None, (*findings, mistake("GP006", message, node.place))
    return node, tuple(_told_once(findings, _own_faults(node)))


def _own_faults(tree: Mapping | None) -> list[Finding]:
    """Find what is wrong with the keys that nobody inherits, which merging leaves out."""
    if tree is None:
        return []
    own = {key: tree.members[key] for key in OWN_KEYS if key in tree.members}
    return check_shape(Mapping(tree.place, own), Profile)[1]


def _extended(tree: Mapping) -> tuple[list[Scalar], list[Finding]]:
    """Return what is extended, and what is wrong with the list as a whole (GP024)."""
    node = tree.get("extends")
    if not isinstance(node, Sequence):
        return [], []
    # Whatever is no line of text is told as a mistake in the list's shape.
    scalars = [i for i in node.items if isinstance(i, Scalar) and is_line(i.value)]
    if len(scalars) > MAX_EXTENDS:
        message = f"extends names {len(scalars)} profiles, {MAX_EXTENDS} are allowed"
        return [], [mistake("GP024", message, node.place)]
    first: dict[str, Scalar] = {}
    problems = []
    for scalar in scalars:
        if scalar.text in first:
            at = first[scalar.text].place
            message = f"extends names {quoted(scalar.text)} twice"
            problems.append(mistake("GP024", message, scalar.place, "keep one", (at,)))
        first.setdefault(scalar.text, scalar)
    return list(first.values()), problems


def _escapes(text: str) -> str:
    """Say why a path in ``extends`` is none; empty when it is one, or is a name."""
    if not _is_path(text):
        return ""
    if Path(text).is_absolute() or PureWindowsPath(text).drive or text.startswith(("/", "\\")):
        return "a name or a relative path is needed"
    if not text.endswith(SUFFIXES):
        return f"a path ends with {' or '.join(SUFFIXES)}"
    return ""


def _is_path(text: str) -> bool:
    return "/" in text or "\\" in text or text.endswith(SUFFIXES)


def _circular(findings: Iterable[Finding]) -> bool:
    return any(item.id == "GP023" for item in findings)


def _cycle(scalar: Scalar, found: Path, chain: tuple[Path, ...]) -> Finding:
    names = [item.stem for item in chain]
    start = next(i for i, item in enumerate(chain) if real(item) == real(found))
    ring = " -> ".join([*names[start:], found.stem])
    return mistake("GP023", f"extends goes round in a circle: {ring}", scalar.place)


def _told_once(read: list[Finding], wrong: list[Finding]) -> list[Finding]:
    """Join what the reader and the shape say, where both ask for quotes (GP015)."""
    said = {item.at for item in read if item.id == "GP015"}
    better = {
        item.at: item
        for item in wrong
        if item.id == "GP015" and not item.fix.startswith("quote it")
    }
    kept = [better.get(item.at, item) if item.id == "GP015" else item for item in read]
    return kept + [item for item in wrong if item.id != "GP015" or item.at not in said]


def _identity(tree: Mapping, stem: str) -> list[Finding]:
    node = tree.get("name")
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.value != stem:
        message = f"the name {node.value!r} is not the file's name {stem!r}"
        return [mistake("GP020", message, node.place, f"write `name: {stem}` or rename the file")]
    return []


def _complete(tree: Mapping) -> list[Finding]:
    """Find what a profile with a target lacks and a base may lack."""
    missing = [key for key in ("title", "orchestration") if not says(tree, key)]
    message = "the key {!r} is missing: a profile with a target needs it"
    return [mistake("GP011", message.format(key), tree.place) for key in missing]


def _repeated(tree: Mapping) -> list[Finding]:
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
            message = f"{key}: this item is about the same as the one {where}"
            findings.append(mistake("GP017", message, item.place, "keep one", (at,)))
        first.setdefault(name, item)
    return findings


def _digest(tree: Mapping) -> str:
    content = plain(tree)
    content.pop("extends", None)
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
