"""A GPO as SYSVOL, a machine (System32/GroupPolicy) or samba-tool's backup holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from gpogen.policy.gpo import Gpo, Item, Part, Reading
from gpogen.policy.types import Hive
from gpogen.reading import samba
from gpogen.reading.backup import Content, content_of, is_comment, is_own_list, part

if TYPE_CHECKING:
    from gpogen.reading.files import Files

_NAMES = {Hive.HKLM: "gpcmachineextensionnames", Hive.HKCU: "gpcuserextensionnames"}
_LINE = re.compile(r"^\s*(gPC(?:Machine|User)ExtensionNames)\s*=\s*(.*?)\s*$", re.I | re.M)
_NOT_HERE = "Active Directory, not this folder, stores which sides are enabled, and the WMI filter"


def load_folder(files: Files, shown: str) -> Reading:
    """Read a GPO folder.

    Raises:
        FormatError: a file that holds registry policy is malformed.
        UsageError: a file can't be opened, or is too large.
    """
    is_samba = samba.is_samba(files)
    contents: list[Content] = []
    parts: list[Part] = []
    notes: list[str] = [_NOT_HERE]
    comments: dict[str, bytes] = {}
    read = samba.contents(files, shown, notes) if is_samba else _plain_contents(files, shown)
    for path, name, found in read:
        if is_comment(path):
            comments[path] = files.read(name)
        elif isinstance(found, Part):
            parts.append(found)
        elif found is not None:
            contents.append(found)
    notes += [
        f"{name}: a link or a special file, which gpogen does not read" for name in files.others
    ]
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
        gpo=Gpo(extensions=_extensions(files, is_samba), parts=tuple(parts)),
        skipped=tuple(notes),
        comments=comments,
    )


def _plain_contents(files: Files, shown: str) -> Iterator[samba.Found]:
    for path in files.names:
        if path.lower() == "gpt.ini" or is_own_list(path, path, files):
            continue
        content = content_of(path, files, shown)
        yield path, path, content if content is not None else part(path, "", path, files)


def _extensions(files: Files, is_samba: bool) -> Mapping[Hive, str] | None:
    """Return the names of extensions, from samba-tool's files or a machine's own GPT.INI."""
    if is_samba:
        return samba.extensions(files)
    ini = files.find("gpt.ini")
    if ini is None:
        return None
    text = files.read(ini).decode("latin-1")
    found = {match[1].lower(): match[2] for match in _LINE.finditer(text)}
    return {hive: found.get(name, "") for hive, name in _NAMES.items()} if found else None
