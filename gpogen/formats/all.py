"""Every format of policy files by its id. A module is imported when it is asked for, not before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpogen.formats.api import Format


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a format without its module.

    Attributes:
        module: the module that ends with ``FORMAT``.
        title: one file in a sentence, with its article: ``a registry.pol``.
        files: such files in a list: ``registry.pol``.
        head: a pattern that the beginning of every such file matches, and of no other.
        suffix: the end of a name that decides where the beginning does not; empty for none.
        writes: whether ``show --format`` writes it.
    """

    module: str
    title: str
    files: str
    head: str
    suffix: str = ""
    writes: bool = False


FORMATS: Mapping[str, Known] = MappingProxyType(
    {
        "pol": Known(
            module="gpogen.formats.pol",
            title="a registry.pol",
            files="registry.pol",
            # Git LFS leaves such a text where the file should be; the reader says so.
            head=r"PReg|version https://git-lfs",
            suffix=".pol",
        ),
        "policyrules": Known(
            module="gpogen.formats.policyrules",
            title="a .PolicyRules file",
            files=".PolicyRules files",
            head=r"\s*(?:<\?xml[^>]*>\s*)?<PolicyRules[\s/>]",
            suffix=".policyrules",
            writes=True,
        ),
        "preferences": Known(
            module="gpogen.formats.gppregistry",
            title="a Registry.xml",
            files="Registry.xml of preferences",
            head=r"(?s)\s*(?=<).*<RegistrySettings",
        ),
        "comments": Known(
            module="gpogen.formats.cmtx",
            title="a comment.cmtx",
            files="comment.cmtx",
            head=r"(?s)\s*(?=<).*policyComments",
        ),
        "lgpo": Known(
            module="gpogen.formats.lgpo",
            title="LGPO text",
            files="LGPO text",
            head=r"(?i)\s*(?:;|computer|user)",
            writes=True,
        ),
        "reg": Known(
            module="gpogen.formats.reg",
            title="a .reg file",
            files=".reg files",
            head=r"Windows Registry Editor|REGEDIT",
            writes=True,
        ),
        "settings-csv": Known(
            module="gpogen.formats.settingscsv",
            title="a settings.csv of gpogen",
            files="settings.csv",
            head=r'"side","key","name",',
            writes=True,
        ),
        "settings-json": Known(
            module="gpogen.formats.settingsjson",
            title="a settings.json of gpogen",
            files="settings.json",
            head=r'\s*\{\s*"format":\s*"gpogen-settings-',
            writes=True,
        ),
        "osconfig": Known(
            module="gpogen.formats.osconfig",
            title="an OSConfig document",
            files="OSConfig documents",
            head=r"(?:\s|#[^\n]*\n)*\$schema: *['\"]?https://aka\.ms/osc/",
            suffix=".osc.yaml",
            writes=True,
        ),
        "dsc": Known(
            module="gpogen.formats.dscyaml",
            title="a DSC v3 configuration document",
            files="DSC v3 configuration documents",
            head=r"(?:\s|#[^\n]*\n)*\$schema: *['\"]?https://(?:aka\.ms/dsc|raw\.\S*/DSC)/",
            suffix=".dsc.yaml",
            writes=True,
        ),
        "ansible": Known(
            module="gpogen.formats.playbook",
            title="an Ansible playbook",
            files="Ansible playbooks",
            head=r"(?:\s|---\n|#[^\n]*\n)*- (?:name|hosts): ",
            writes=True,
        ),
    }
)
"""Id to what is known, in the order in which messages list the formats."""
HEAD = 4096
"""So many bytes are the beginning of a file."""


def load(kind: str) -> Format:
    """Import one format.

    Raises:
        KeyError: there is none of this id.
    """
    from gpogen.formats.api import Format

    found = import_module(FORMATS[kind].module).FORMAT
    assert isinstance(found, Format)
    return found


def find(kind: str) -> Format | None:
    """Return the format that a reading is of; None for a GPO or a profile."""
    return load(kind) if kind in FORMATS else None


def head_of(data: bytes) -> str:
    """Return the beginning of a file as text."""
    start = data[:HEAD]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start.decode("utf-16", "replace")
    return start.decode("utf-8-sig", "replace")


def sniff(data: bytes, name: str) -> str | None:
    """Tell a file's format by its beginning, and by its name where that does not; None for none."""
    head = head_of(data)
    by_head = (kind for kind, known in FORMATS.items() if re.match(known.head, head))
    by_name = (
        kind
        for kind, known in FORMATS.items()
        if known.suffix and name.lower().endswith(known.suffix)
    )
    return next(by_head, None) or next(by_name, None)
