"""Where ``extends`` finds profiles, and what is wrong with what it names."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PureWindowsPath

from gpogen.document.nodes import Mapping, Scalar, Sequence, is_null
from gpogen.files import Roots, real, root_of
from gpogen.finding import Finding, mistake
from gpogen.profile.fields import is_line, quoted
from gpogen.profile.reading import SUFFIXES, is_there, profile_files
from gpogen.profile.schema import Profile
from gpogen.profile.shape import Hints, allowed_text, nearest
from gpogen.resources import resource_dir

MAX_EXTENDS = 16


class Finder:
    """Looks for the profiles that ``extends`` names, within the folders that it may name."""

    def __init__(self, profiles_dir: Path | None) -> None:
        """Remember where ``extends`` looks after the file's own folder."""
        self._profiles_dir = profiles_dir
        self.roots = Roots(resource_dir("profiles"))
        self._known: dict[Path, tuple[str, ...]] = {}
        self._root_by_folder: dict[Path, Path] = {}
        self._confined: dict[tuple[Path, ...], Roots] = {}
        self._hints = Hints()

    def confine(self, path: Path) -> None:
        """Set the folders that a named profile may extend from: its own, and ours."""
        beside = path if self._profiles_dir is None else self._profiles_dir / path.name
        folders = tuple(map(self._root_of, dict.fromkeys((path, beside))))
        known = self._confined.get(folders)
        if known is None:
            known = self._confined[folders] = Roots(*folders, resource_dir("profiles"))
        self.roots = known

    def _root_of(self, path: Path) -> Path:
        """Return the folder that a file must stay in; all of one folder have one, except links."""
        if os.path.islink(path):
            return root_of(path)
        known = self._root_by_folder.get(path.parent)
        if known is None:
            known = self._root_by_folder[path.parent] = root_of(path)
        return known

    def find(
        self, path: Path, scalar: Scalar, chain: tuple[Path, ...]
    ) -> tuple[Path | None, Finding | None]:
        """Find what a file's ``extends`` names, or say what is wrong; ``chain`` led there."""
        wrong = _escapes(scalar.text)
        if wrong:
            message = f"extends {quoted(scalar.text)}: {wrong}"
            return None, mistake("GP022", message, scalar.place)
        for candidate in self._candidates(path, scalar.text):
            there = is_there(candidate)
            refused = self.roots.refusal(candidate) if there or _is_path(scalar.text) else ""
            if refused:
                message = f"extends {quoted(scalar.text)}: {refused}"
                return None, mistake("GP022", message, scalar.place)
            if there:
                if real(candidate) in {real(item) for item in chain}:
                    return None, _cycle(scalar, candidate, chain)
                return candidate, None
        return None, self._not_found(path, scalar)

    def _not_found(self, path: Path, scalar: Scalar) -> Finding:
        """Name the nearest profile, or all of them where none is near."""
        names = self._names(path)
        near = self._hints.hint(scalar.text, names)
        listed = "" if near else f" ({allowed_text(names)})"
        message = (
            f"extends {quoted(scalar.text)}: no such profile next to this file, in the profiles "
            f"folder, or among the shipped profiles{listed}"
        )
        return mistake("GP022", message, scalar.place, near)

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


def extended(tree: Mapping) -> tuple[list[Scalar], list[Finding]]:
    """Return what is extended, and what is wrong with the list as a whole (GP024)."""
    node = tree.get("extends")
    if not isinstance(node, Sequence):
        return [], []
    # Whatever is no line of text is told as a mistake in the list's shape.
    scalars = [i for i in node.items if isinstance(i, Scalar) and is_line(i.value)]
    if len(scalars) > MAX_EXTENDS:
        message = f"extends names {len(scalars)} profiles; the maximum is {MAX_EXTENDS}"
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


def names_all(tree: Mapping) -> bool:
    """Tell whether ``extends`` says what a profile extends: as a list of names, by that key."""
    if any(nearest(key, ("extends",)) for key in tree.members if key not in Profile.model_fields):
        return False
    node = tree.get("extends")
    if node is None or is_null(node):
        return True
    items = node.items if isinstance(node, Sequence) else []
    named = [item for item in items if isinstance(item, Scalar) and is_line(item.value)]
    return isinstance(node, Sequence) and len(named) == len(items) <= MAX_EXTENDS


def _escapes(text: str) -> str:
    """Say why a path in ``extends`` is none; empty when it is one, or is a name."""
    if not _is_path(text):
        return ""
    if Path(text).is_absolute() or PureWindowsPath(text).drive or text.startswith(("/", "\\")):
        return "must be a name or a relative path"
    if not text.endswith(SUFFIXES):
        return f"a path must end with {' or '.join(SUFFIXES)}"
    return ""


def _is_path(text: str) -> bool:
    return "/" in text or "\\" in text or text.endswith(SUFFIXES)


def _cycle(scalar: Scalar, found: Path, chain: tuple[Path, ...]) -> Finding:
    names = [item.stem for item in chain]
    start = next(i for i, item in enumerate(chain) if real(item) == real(found))
    ring = " -> ".join([*names[start:], found.stem])
    return mistake("GP023", f"extends is circular: {ring}", scalar.place)
