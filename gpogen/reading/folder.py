"""A GPO as SYSVOL, a machine (System32/GroupPolicy) or samba-tool's backup holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from gpogen.errors import FormatError
from gpogen.formats import pol, sambapol
from gpogen.policy.gpo import Gpo, Item, Part, Reading
from gpogen.policy.types import Hive
from gpogen.reading.backup import (
    SIDES,
    Content,
    content_of,
    is_comment,
    is_own_list,
    part,
    read_content,
)

if TYPE_CHECKING:
    from gpogen.reading.files import Files

_RAW, _PARSED = ".sambabackup", ".xml"
_NAMES = {Hive.HKLM: "gpcmachineextensionnames", Hive.HKCU: "gpcuserextensionnames"}
_LINE = re.compile(r"^\s*(gPC(?:Machine|User)ExtensionNames)\s*=\s*(.*?)\s*$", re.I | re.M)
_NOT_HERE = "Active Directory, not this folder, stores which sides are enabled, and the WMI filter"


def load_folder(files: Files, shown: str) -> Reading:
    """Read a GPO folder.

    Raises:
        FormatError: a file that holds registry policy is malformed.
        UsageError: a file can't be opened, or is too large.
    """
    is_samba = any(name.lower().endswith(_RAW) for name in files.names)
    contents: list[Content] = []
    parts: list[Part] = []
    notes: list[str] = [_NOT_HERE]
    comments: dict[str, bytes] = {}
    read = _samba_contents(files, shown, notes) if is_samba else _plain_contents(files, shown)
    for path, found in read:
        if is_comment(path):
            comments[path] = files.read(_on_disk(path, files))
        elif isinstance(found, Part):
            parts.append(found)
        elif found is not None:
            contents.append(found)
    items: list[Item] = []
    for content in contents:
        if content.error is not None:
            raise content.error.named(f"{shown}/{content.path}")
        items += content.items
        notes += content.skipped
    return Reading(
        file=shown,
        kind="samba" if is_samba else "folder",
        items=tuple(items),
        gpo=Gpo(extensions=_extensions(files), parts=tuple(parts)),
        skipped=tuple(notes),
        comments=comments,
    )


def _plain_contents(files: Files, shown: str) -> Iterator[tuple[str, Content | Part | None]]:
    for path in files.names:
        if path.lower() == "gpt.ini" or is_own_list(path, path, files):
            continue
        content = content_of(path, files, shown)
        yield path, content if content is not None else part(path, "", path, files)


def _samba_contents(
    files: Files, shown: str, notes: list[str]
) -> Iterator[tuple[str, Content | Part | None]]:
    """Yield the files by their own names; of each there is a parsed and a raw form."""
    own: dict[str, str] = {}
    for name in files.names:
        for ending in (_RAW, _PARSED):
            if name.lower().endswith(ending):
                own.setdefault(name.lower().removesuffix(ending), name[: -len(ending)])
    for lowered, path in sorted(own.items()):
        names = lowered.split("/")
        if lowered == "gpt.ini" or is_own_list(path, _on_disk(path, files), files):
            continue
        hive = SIDES.get(names[0])
        if names[-1] == "registry.pol" and hive is not None:
            yield path, _samba_policy(path, hive, files, shown, notes)
        elif names[-2:] == ["registry", "registry.xml"] and hive is not None:
            name = _on_disk(path, files)
            yield path, read_content(path, hive, files.read(name), f"{shown}/{name}")
        else:
            yield path, part(path, "", _on_disk(path, files), files)


def _on_disk(path: str, files: Files) -> str:
    """Return the name of a file's raw form, else of its parsed form, else its own."""
    for ending in (_RAW, _PARSED, ""):
        found = files.find(path + ending)
        if found is not None:
            return found
    return path


def _samba_policy(
    path: str, hive: Hive, files: Files, shown: str, notes: list[str]
) -> Content | None:
    """Read a registry.pol as ``samba-tool gpo restore`` does: the parsed form, else the raw."""
    raw, parsed = files.find(path + _RAW), files.find(path + _PARSED)
    data = None if raw is None else files.read(raw)
    name = raw or parsed or path
    if parsed is not None:
        try:
            other = pol.encode(sambapol.decode(files.read(parsed)))
        except FormatError as error:
            if data is None:
                return Content(path=parsed, hive=hive, kind="pol", error=error)
        else:
            if data is not None and data != other:
                notes.append(
                    f"{parsed} and {raw} differ; gpogen reads the first, as samba-tool does"
                )
            data, name = other, parsed
    return None if data is None else read_content(path, hive, data, f"{shown}/{name}")


def _extensions(files: Files) -> Mapping[Hive, str] | None:
    """Return the names of extensions, from samba-tool's files or a machine's own GPT.INI."""
    found: dict[str, str] = {}
    for name in files.names:
        if name.lower().endswith(".sambaext"):
            text = files.read(name).decode("utf-8", "replace")
            found[name.lower().removesuffix(".sambaext")] = text.strip()
    ini = files.find("gpt.ini") or files.find("gpt.ini" + _RAW)
    if ini is not None and not found:
        text = files.read(ini).decode("latin-1")
        found = {match[1].lower(): match[2] for match in _LINE.finditer(text)}
    if not found:
        return None
    return {hive: found.get(name, "") for hive, name in _NAMES.items()}
