"""A GPO in the form of ``samba-tool gpo backup``, read as ``samba-tool gpo restore`` reads it.

It walks the files whose names end with ``.xml``, in just this case. Where Samba has a parser for
the name before that (``.pol``, ``.ini``, ``.inf``, ``.csv``, ``.aas``), it makes the file of the
GPO from the XML, whatever the ``.SAMBABACKUP`` beside it says; everything else it copies from that.
It restores no other file, and of the version of GPT.INI only what ``--restore-metadata`` asks for
(netcmd/gpo.py, Samba 4.17 and 4.22).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from gpogen.errors import FormatError
from gpogen.formats import pol, sambapol
from gpogen.formats.xmlread import parse_xml
from gpogen.policy.gpo import Part
from gpogen.policy.types import Hive
from gpogen.reading.backup import SIDES, Content, is_own_list, part, read_content
from gpogen.reading.describe import kind_of, registry_values_of_xml
from gpogen.text import cut

if TYPE_CHECKING:
    from gpogen.reading.files import Files

RAW, PARSED = ".SAMBABACKUP", ".xml"
_EXTENSIONS = {
    Hive.HKLM: "gPCMachineExtensionNames.SAMBAEXT",
    Hive.HKCU: "gPCUserExtensionNames.SAMBAEXT",
}
_PARSER = re.compile(
    r"(?!gpe\.ini\Z)(?:audit\.csv|gpttmpl\.inf|.*\.(?:ini|pol|aas))\Z", re.I | re.S
)
"""The names for which Samba has a parser (find_parser)."""
_INI = "gpt.ini"
_KEYS = {"version", "displayname"}
"""What a GPT.INI of a domain has; displayName says nothing."""
_VERSION = re.compile("[0-9]{1,10}")

Found = tuple[str, str, Content | Part | None]
"""A file of the GPO: its own name, the name on disk of what it is made from, and what it is."""


def is_samba(files: Files) -> bool:
    """Tell whether a folder has this form."""
    return any(_is_sign(name.lower()) for name in files.names)


def _is_sign(name: str) -> bool:
    signs = (f"{_INI}{PARSED}", *(f"{side}/registry.pol{PARSED}" for side in SIDES))
    return name.endswith((RAW.lower(), ".sambaext")) or name in signs


def extensions(files: Files) -> Mapping[Hive, str]:
    """Return the names of extensions that a restore sets; an empty text for none."""
    return {
        hive: files.read(name).decode("utf-8", "replace").strip() if name in files.names else ""
        for hive, name in _EXTENSIONS.items()
    }


def contents(files: Files, shown: str, notes: list[str]) -> Iterator[Found]:
    """Yield the files that a restore makes; ``notes`` gets a sentence for each that it does not.

    The list that gpogen's import leaves is passed over.

    Raises:
        FormatError: samba-tool stops at a file, or nobody knows what it makes of it.
        UsageError: a file can't be opened, or is too large.
    """
    names = set(files.names)
    made = [name.removesuffix(PARSED) for name in files.names if name.endswith(PARSED)]
    _refuse_twins(made, shown)
    own = {name for name in names if is_own_list(name.removesuffix(RAW), name, files)}
    used = {*_EXTENSIONS.values(), *own}
    has_version = False
    for path in made:
        used |= {path + PARSED, path + RAW}
        if path.lower() == _INI:
            has_version = _has_version(files, path, shown, notes)
        elif _PARSER.fullmatch(path.rpartition("/")[2]):
            yield _parsed(files, path, shown, notes)
        elif path + RAW in own:
            continue
        elif path + RAW in names:
            yield _copied(files, path, shown)
        else:
            raise FormatError(
                f"{shown}/{path}{PARSED}: samba-tool gpo restore stops here, because "
                f"{path}{RAW} is not in the same folder"
            )
    notes += [f"{name}: samba-tool does not restore it" for name in sorted(names - used)]
    if not has_version:
        notes.append("no version in GPT.INI.xml: Windows applies no GPO of version 0")


def _refuse_twins(made: list[str], shown: str) -> None:
    first: dict[str, str] = {}
    for path in made:
        other = first.setdefault(path.lower(), path)
        if other != path:
            raise FormatError(
                f"{shown}/{path}{PARSED}: {other}{PARSED} differs from it in case alone, and both "
                "become one file of the GPO"
            )


def _has_version(files: Files, path: str, shown: str, notes: list[str]) -> bool:
    """Read GPT.INI.xml; tell whether it has a version other than 0.

    Raises:
        FormatError: it is malformed.
    """
    name = path + PARSED
    try:
        root = parse_xml(files.read(name), name)
    except FormatError as error:
        raise error.named(f"{shown}/{name}") from None
    found = {
        (key.text or "").lower(): value.text or ""
        for item in root.iterfind("Section/Parameter")
        if (key := item.find("Key")) is not None and (value := item.find("Value")) is not None
    }
    others = [key for key in found if key not in _KEYS]
    notes += [f"{name}: gpogen does not read {cut(key)!r}" for key in others]
    version = found.get("version", "")
    return _VERSION.fullmatch(version) is not None and int(version) > 0


def _parsed(files: Files, path: str, shown: str, notes: list[str]) -> Found:
    """Return a file that Samba makes from its XML."""
    name, parts = path + PARSED, path.lower().split("/")
    hive = SIDES.get(parts[0])
    if hive is not None and parts[1:] == ["registry.pol"]:
        return path, name, _policy(files, path, hive, shown, notes)
    what = kind_of(path)
    if parts[-1] == "gpttmpl.inf":
        what += registry_values_of_xml(files.read(name))
    return path, name, Part(location=path, what=what, read=lambda: files.read(name))


def _copied(files: Files, path: str, shown: str) -> Found:
    """Return a file that Samba copies."""
    name, parts = path + RAW, path.lower().split("/")
    hive = SIDES.get(parts[0])
    if hive is not None and parts[-2:] == ["registry", "registry.xml"]:
        return path, name, read_content(path, hive, files.read(name), f"{shown}/{name}")
    return path, name, part(path, "", name, files)


def _policy(files: Files, path: str, hive: Hive, shown: str, notes: list[str]) -> Content:
    """Read a registry.pol.

    Raises:
        FormatError: nobody knows whether samba-tool makes it from the XML or copies it.
    """
    name, raw = path + PARSED, path + RAW
    copy = files.read(raw) if raw in files.names else None
    try:
        found = sambapol.restored(files.read(name))
        made = pol.encode(list(found.entries))
        if found.is_copied and copy is None:
            raise FormatError(f"samba-tool copies {raw}, which is not in the same folder")
        if found.is_copied_by_4_17 and not found.is_copied and copy != made:
            raise FormatError(f"Samba 4.17 copies {raw}, later releases do not, and both differ")
    except FormatError as error:
        raise error.named(f"{shown}/{name}") from None
    if found.is_copied and copy is not None:
        return read_content(path, hive, copy, f"{shown}/{raw}")
    if copy not in (None, made):
        notes.append(f"{name} and {raw} differ; gpogen reads the first, as samba-tool does")
    return read_content(path, hive, made, f"{shown}/{name}")
