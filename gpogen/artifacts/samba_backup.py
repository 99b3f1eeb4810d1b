"""``samba/``: the GPO in the form of ``samba-tool gpo backup``, and a script that publishes it.

    samba/publish.sh, gpo.txt (title, version, flags)
    samba/policy/{GUID}/GPT.INI.xml, GPT.INI.SAMBABACKUP, gPC...ExtensionNames.SAMBAEXT
    samba/policy/{GUID}/Machine/Registry.pol.xml, Registry.pol.SAMBABACKUP, ...

``samba-tool gpo restore`` walks the ``.xml`` files alone: it parses one, or copies the
``.SAMBABACKUP`` beside it. It restores neither the version in Active Directory, without which
Windows does not apply a GPO (MS-GPOL 3.2.5.1.6), nor the disabled sides: publish.sh sets them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from gpogen.artifacts import gpo_backup
from gpogen.artifacts.api import Artifact, Held, OutFile, Reference
from gpogen.artifacts.extensions import extension_names, has_content
from gpogen.artifacts.render import render
from gpogen.compile.origin import Traced
from gpogen.compile.result import Compiled
from gpogen.formats import gppregistry, pol, sambapol
from gpogen.policy.records import Record
from gpogen.policy.types import Hive

_RAW = ".SAMBABACKUP"
_EXTENSIONS = {
    Hive.HKLM: "gPCMachineExtensionNames",
    Hive.HKCU: "gPCUserExtensionNames",
}
_HALF = {Hive.HKLM: 1, Hive.HKCU: 1 << 16}
"""The version of a side that has content, in its half of the number (MS-GPOL 2.2.4)."""
_INI = """\
<?xml version="1.0" encoding="utf-8"?>
<IniFile>
\t<Section name="General">
\t\t<Parameter>
\t\t\t<Key>Version</Key>
\t\t\t<Value>{}</Value>
\t\t</Parameter>
\t</Section>
</IniFile>
"""


@dataclass(frozen=True, slots=True)
class Content:
    """What a file of the folder holds: records, or the SHA-256 of anything else.

    Attributes:
        kind: ``policy``, ``preferences`` or ``file``.
        content: the records without their side, or the hash.
    """

    kind: str
    content: tuple[Record, ...] | str


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write the folder; nothing for a profile without records."""
    files = list(_others(compiled))
    if not files:
        return ()
    folder = _folder(compiled)
    for part in gpo_backup.parts(compiled):
        is_policy = part.path == "registry.pol"
        # Samba's own name; a client looks for it without regard to case.
        below = part.below.replace("registry.pol", "Registry.pol") if is_policy else part.below
        parsed = sambapol.encode(pol.decode(part.data)) if is_policy else sambapol.UNKNOWN
        files += [(f"{folder}/{below}.xml", parsed), (f"{folder}/{below}{_RAW}", part.data)]
    return tuple(OutFile(path, data) for path, data in files)


def _folder(compiled: Compiled) -> str:
    return f"samba/policy/{gpo_backup.identity(compiled.header).gpo}"


def _others(compiled: Compiled) -> Iterator[tuple[str, bytes]]:
    """Yield the files beside those of SYSVOL: path and content."""
    sides = [hive for hive in Hive if has_content(compiled, hive)]
    if not sides:
        return
    folder, version = _folder(compiled), sum(_HALF[hive] for hive in sides)
    yield "samba/publish.sh", render("samba/publish.sh.j2")
    said = f"title={compiled.header.title}\nversion={version}\n"
    yield "samba/gpo.txt", f"{said}flags={gpo_backup.options(compiled)}\n".encode()
    yield f"{folder}/GPT.INI.xml", _INI.format(version).encode("ascii")
    # As Samba writes what it has read from the XML.
    yield f"{folder}/GPT.INI{_RAW}", f"[General]\nVersion = {version}\n\n".encode("ascii")
    for hive in sides:
        yield f"{folder}/{_EXTENSIONS[hive]}.SAMBAEXT", extension_names(compiled, hive).encode()


def read(data: bytes) -> Content:
    """Read a file of the folder.

    Raises:
        FormatError: it looks like policy or preferences, and is malformed.
    """
    if data.startswith(b"PReg"):
        return _policy(pol.to_records(pol.decode(data), Hive.HKLM))
    if b"<PolFile" in data[:100]:
        return _policy(pol.to_records(sambapol.decode(data), Hive.HKLM))
    if b"<RegistrySettings" in data[:200]:
        return Content("preferences", tuple(item.record for item in gppregistry.read(data).items))
    return Content("file", sha256(data).hexdigest())


def _policy(records: list[Record]) -> Content:
    return Content("policy", tuple(records))


def expected(source: Reference) -> tuple[Held, ...]:
    """Return what each file must give; nothing without the profile."""
    compiled = source.compiled
    if compiled is None:
        return ()
    wanted = {path: Content("file", _hash(data)) for path, data in _others(compiled)}
    if not wanted:
        return ()
    folder = _folder(compiled)
    for part in gpo_backup.parts(compiled):
        if part.path == "registry.pol" and part.hive is not None:
            path = f"{folder}/{part.hive.side}/Registry.pol"
            content = _policy(_written(compiled.side(part.hive)))
            parsed = sambapol.encode(pol.decode(part.data))
            is_parsed = parsed != sambapol.UNKNOWN
            wanted[f"{path}.xml"] = content if is_parsed else Content("file", _hash(parsed))
        else:
            path = f"{folder}/{part.below}"
            content = read(part.data)
            wanted[f"{path}.xml"] = Content("file", _hash(sambapol.UNKNOWN))
        wanted[f"{path}{_RAW}"] = content
    return tuple(Held(path=path, content=content) for path, content in wanted.items())


def _written(items: tuple[Traced, ...]) -> list[Record]:
    """Return records as a registry.pol gives them back, which does not say its side."""
    entries = pol.from_records([item.record for item in items])
    return pol.to_records(entries, Hive.HKLM)


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()


ARTIFACT = Artifact(
    id="samba",
    title="samba-tool backup",
    consumer="samba-tool gpo restore",
    command="sh samba/publish.sh -H ldap://DC -U Administrator",
    emit=emit,
    read=read,
    expected=expected,
    anywhere=True,
    on_request="only a Samba domain takes it, and it has as many files as the whole GPO",
    signs=("samba/publish.sh",),
)
