"""Profiles as files: which there are, how they are shown, and their bytes as a tree."""

from __future__ import annotations

import os
from pathlib import Path

from gpogen.document import yaml12
from gpogen.document.nodes import Mapping
from gpogen.files import YAML_SUFFIXES, read_file
from gpogen.finding import Finding, mistake
from gpogen.profile.merge import OWN_KEYS
from gpogen.profile.schema import Profile
from gpogen.profile.shape import check_shape
from gpogen.resources import resource_dir

SUFFIXES = YAML_SUFFIXES
STDIN = "-"
SHIPPED = "<shipped>/"
"""What the places in gpogen's own profiles begin with."""
RELEASES = ("hotpatch-releases.yaml", "hotpatch-releases.yml")
"""The file in a profiles folder that is no profile, but says what Microsoft released."""


def profile_files(folder: Path) -> list[Path]:
    """Return the profiles right in a folder, sorted by name; one that is no file is told later."""
    return sorted(
        item
        for item in folder.iterdir()
        if item.suffix in SUFFIXES and item.name not in RELEASES and _is_listed(item)
    )


def _is_listed(path: Path) -> bool:
    """Tell what is read as a profile: all but folders, and the locks that Emacs lays beside."""
    return is_there(path) and (path.is_file() or not path.name.startswith(".#"))


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


def profile_bytes(path: Path) -> bytes:
    """Read a profile's bytes.

    Raises:
        UsageError: it can't be opened, is no regular file, or is too large.
    """
    return read_file(path, yaml12.MAX_BYTES, show(path))


def is_there(path: Path) -> bool:
    """Tell whether there is anything but a folder; a link that leads nowhere is something."""
    try:
        return os.path.lexists(path) and not path.is_dir()
    except (OSError, ValueError):  # A name that no file can have, such as one too long.
        return False


def as_mapping(
    data: bytes, file: str, *, is_base: bool = False
) -> tuple[Mapping | None, tuple[Finding, ...]]:
    """Read bytes as a profile's tree, with what is wrong with them.

    With ``is_base`` the keys that nobody inherits are judged here, too: of what others extend,
    nothing else sees them.
    """
    node, findings = yaml12.read(data, file)
    if node is not None and not isinstance(node, Mapping):
        message = "a profile must be a mapping that starts with `gpogen: 1`"
        return None, (*findings, mistake("GP006", message, node.place))
    return node, tuple(told_once(findings, _own_faults(node) if is_base else []))


def _own_faults(tree: Mapping | None) -> list[Finding]:
    """Find what is wrong with the keys that nobody inherits, which merging leaves out."""
    if tree is None:
        return []
    own = {key: tree.members[key] for key in OWN_KEYS if key in tree.members}
    return check_shape(Mapping(tree.place, own), Profile)[1]


_WRITTEN = ("GP015", "GP016")
"""The ids that say how to write a value."""


def told_once(read: list[Finding], wrong: list[Finding]) -> list[Finding]:
    """Join what the reader and the shape say, where both tell how to write a value (GP015)."""
    said = {item.at for item in read if item.id == "GP015"}
    better = {
        item.at: item for item in wrong if item.id in _WRITTEN and item.fix.startswith("write ")
    }
    kept = [better.get(item.at, item) if item.id == "GP015" else item for item in read]
    return kept + [item for item in wrong if item.id not in _WRITTEN or item.at not in said]
