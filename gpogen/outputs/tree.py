"""All files of one profile's output folder, in memory."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from gpogen.artifacts import all as artifacts
from gpogen.artifacts.api import OutFile
from gpogen.artifacts.choice import chosen
from gpogen.compile.result import Compiled
from gpogen.errors import FormatError

MANIFEST = "manifest.json"
MAX_MANIFEST = 1 << 20
"""The most bytes of a manifest.json that is read; the largest that is written takes 1 % of it."""
_MAX_NAME, _MAX_PATH, _MAX_PARTS = 255, 1024, 12
"""Bytes of one name, and characters and parts of a path, that a list of files can hold."""
PROFILE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""What a profile, and so its folder, can be called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    """One file of a manifest: its SHA-256 in hexadecimal, and the artifact that made it."""

    sha256: str
    artifact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What ``manifest.json`` says about an output folder.

    Attributes:
        version: the gpogen that wrote it.
        profile: the profile's name.
        digest: SHA-256 of the merged profile.
        files: path to entry.
        revision: the number of the profile's revision; empty without one.
    """

    version: str
    profile: str
    digest: str
    files: dict[str, ListedFile]
    revision: str = ""


def render_tree(compiled: Compiled, only: Collection[str] = ()) -> dict[str, tuple[OutFile, str]]:
    """Make the files of the chosen artifacts, or of all: path to (file, artifact)."""
    files: dict[str, tuple[OutFile, str]] = {}
    for name in chosen(compiled, only):
        for item in artifacts.load(name).emit(compiled):
            if item.path in files:
                raise AssertionError(f"two artifacts write {item.path}")
            files[item.path] = (item, name)
    return dict(sorted(files.items()))


def manifest_of(compiled: Compiled, files: dict[str, tuple[OutFile, str]]) -> Manifest:
    """Describe files."""
    return Manifest(
        version=compiled.header.version,
        profile=compiled.header.name,
        digest=compiled.header.digest,
        files={
            path: ListedFile(sha256=sha256(item.data), artifact=name)
            for path, (item, name) in files.items()
        },
        revision=compiled.header.revision_number,
    )


def sha256(data: bytes) -> str:
    """Return the hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def encode_manifest(manifest: Manifest) -> bytes:
    """Write a manifest: JSON, ASCII, sorted, LF."""
    content = {
        "digest": manifest.digest,
        "files": {
            path: {"artifact": entry.artifact, "sha256": entry.sha256}
            for path, entry in manifest.files.items()
        },
        "gpogen": manifest.version,
        "profile": manifest.profile,
        **({"revision": manifest.revision} if manifest.revision else {}),
    }
    return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode("ascii")


def decode_manifest(data: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        FormatError: it is none of ours.
    """
    try:
        content: Any = json.loads(data)
        files = {
            path_inside(path): ListedFile(
                sha256=str(entry["sha256"]), artifact=str(entry["artifact"])
            )
            for path, entry in content["files"].items()
        }
        return Manifest(
            version=_version(content["gpogen"]),
            profile=str(content["profile"]),
            digest=str(content["digest"]),
            files=files,
            revision=_revision(content.get("revision", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FormatError(f"{MANIFEST} is not from gpogen") from None


def path_inside(path: str) -> str:
    """Let pass what gpogen can have written into a folder; a list of files may be anybody's.

    Raises:
        ValueError: it leads out of the folder, or no file can have this name.
    """
    parts = path.encode("utf-8").split(b"/")  # Half a surrogate pair is a ValueError.
    leads_out = not {b"", b".", b".."}.isdisjoint(parts)
    if leads_out or any(char in path for char in "\\:\0"):
        raise ValueError(path)
    is_long = len(path) > _MAX_PATH or len(parts) > _MAX_PARTS
    if is_long or max(map(len, parts)) > _MAX_NAME:
        raise ValueError("the path is too long")
    return path


def _version(text: object) -> str:
    """Let pass what a version number can be; it goes into every file's head."""
    if not isinstance(text, str) or re.fullmatch(r"[0-9A-Za-z.+-]{1,40}", text) is None:
        raise ValueError(text)
    return text


def _revision(text: object) -> str:
    if not isinstance(text, str) or re.fullmatch(r"[0-9]{0,7}", text) is None:
        raise ValueError(text)
    return text


def as_version(compiled: Compiled, version: str) -> Compiled:
    """Return the same, as another gpogen version would head it."""
    return replace(compiled, header=replace(compiled.header, version=version))
