"""Words for what a GPO holds: its extensions, and the files that are no registry policy."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gpogen.catalog.extensions import NAMES, NO_EXTENSION
from gpogen.catalog.policies import policies
from gpogen.text import cut

_GROUP = re.compile(r"\[(\{[0-9A-Fa-f-]{36}\})")
_GUID = re.compile(r"\{[0-9A-Fa-f-]{36}\}")
_SECTION = re.compile(r"\[\s*([^\]]*?)\s*\]")
_XML_VALUES = re.compile(rb'<Section name="Registry Values">(.*?)</Section>', re.S)
_FILES = {
    "gpttmpl.inf": "security template",
    "scripts.ini": "scripts",
    "psscripts.ini": "PowerShell scripts",
    "audit.csv": "audit policy",
    "fdeploy.ini": "folder redirection",
    "fdeploy1.ini": "folder redirection",
}
_MAX_TEMPLATE = 4 << 20
"""Bytes of a security template that are looked through for registry values."""


def extension_guids(names: str) -> tuple[str, ...]:
    """Return the extensions of gPCMachineExtensionNames, upper case, each once."""
    found = (guid.upper() for guid in _GROUP.findall(names))
    return tuple(dict.fromkeys(guid for guid in found if guid != NO_EXTENSION))


def tool_guids(names: str) -> tuple[str, ...]:
    """Return the GUIDs behind the extensions: the editors that wrote their settings."""
    found = (guid.upper() for guid in _GUID.findall(names))
    extensions = {guid.upper() for guid in _GROUP.findall(names)}
    return tuple(dict.fromkeys(guid for guid in found if guid not in extensions))


def extension_title(guid: str) -> str:
    """Return ``{7933F41E-...} (Windows Search)``; the GUID alone where its name is not known."""
    name = NAMES.get(guid)
    if name is None:
        titles = {
            item.display_name
            for item in policies().values()
            if item.client_extension and item.client_extension.upper() == guid
        }
        name = min(titles, default="")
    return f"{guid} ({name})" if name else guid


def kind_of(location: str, owner: str = "") -> str:
    """Say what a file of a GPO is, by its name, its folder, or the extension that owns it."""
    parts = location.lower().split("/")
    if parts[-1] in _FILES:
        return _FILES[parts[-1]]
    if parts[-1].endswith(".aas"):
        return "software installation (MSI)"
    if "preferences" in parts[:-1] and parts[-1].endswith(".xml"):
        folder = location.split("/")[parts.index("preferences") + 1]
        return f"preferences of {cut(folder.removesuffix('.xml'))}"
    if "scripts" in parts[:-1]:
        return "script"
    return cut(owner) if owner and owner != "Unknown Extension" else "file"


def template_detail(data: bytes) -> str:
    """Count the registry values that a security template sets; an empty text for none."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = data[:_MAX_TEMPLATE].decode("utf-16" if wide else "latin-1", "replace")
    return _detail(sum(1 for _ in _registry_values(text)))


def registry_values_of_xml(data: bytes) -> str:
    """Count those of a security template in the XML form of ``samba-tool gpo backup``.

    A generalized backup has entities that only ``samba-tool gpo restore --entities`` explains.
    """
    sections = _XML_VALUES.findall(data[:_MAX_TEMPLATE])
    return _detail(sum(section.count(b"<Parameter>") for section in sections))


def _detail(count: int) -> str:
    return f" with {count} registry value{'s' if count > 1 else ''}" if count else ""


def _registry_values(text: str) -> Iterator[str]:
    section = ""
    for line in text.splitlines():
        head = _SECTION.fullmatch(line.strip())
        if head:
            section = head[1].lower()
        elif section == "registry values" and "=" in line:
            yield line
