"""The formats: which contexts a template may name, and how its text becomes bytes."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from lxml import etree

from gpogen.artifacts.render.command_lines import RECORD
from gpogen.artifacts.render.contexts import (
    bicep,
    clock,
    cmd,
    command,
    hcl,
    html,
    kql,
    powershell,
    shell,
    text,
    xml,
)
from gpogen.artifacts.render.rendered import Rendered

Context: TypeAlias = Callable[..., Rendered]


class TemplateFaultError(Exception):
    """A template made a file that is none of its format: a fault of gpogen, not of the profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFormat:
    """One file format.

    Attributes:
        name: for messages.
        endings: the template names that belong to it, ``.ps1.j2``.
        default: the context of an expression that names none.
        contexts: the contexts by filter name.
        finish: turns (template name, text with LF) into the file's bytes.
        commands: the contexts that may write values in lines that people paste into a shell;
            empty for a format without such lines.
    """

    name: str
    endings: tuple[str, ...]
    default: Context
    contexts: Mapping[str, Context]
    finish: Callable[[str, str], bytes]
    commands: tuple[str, ...] = ()


def _crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def _ascii(_template: str, text: str) -> bytes:
    return _crlf(text).encode("ascii")


def _unix(_template: str, text: str) -> bytes:
    # bash takes CR for a part of a word, and a mark for a part of the first line.
    return text.encode("utf-8")


def _ascii_or_marked(_template: str, text: str) -> bytes:
    # Windows PowerShell 5.1 reads a file without a mark in the machine's ANSI code page.
    data = _crlf(text).encode("utf-8")
    return data if text.isascii() else BOM_UTF8 + data


def _well_formed(template: str, text: str) -> bytes:
    # A picture is for the web, and for git, where lines end with LF.
    data = (text if template.endswith(".svg.j2") else _crlf(text)).encode("utf-8")
    # Of all that Windows writes here, comment.cmtx alone begins with a mark.
    data = BOM_UTF8 + data if template.endswith(".cmtx.j2") else data
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    try:
        etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise TemplateFaultError(
            f"{template} makes XML that is not well-formed: {error}"
        ) from error
    return data


POWERSHELL = TemplateFormat(
    name="PowerShell",
    endings=(".ps1.j2", ".psm1.j2"),
    default=powershell.literal,
    contexts=MappingProxyType(
        {
            "literal": powershell.literal,
            "value": powershell.typed_value,
            "comment": powershell.comment,
            "help": powershell.help_text,
            "identifier": powershell.identifier,
        }
    ),
    finish=_ascii_or_marked,
)
XML = TemplateFormat(
    name="XML",
    endings=(".xml.j2", ".cmtx.j2", ".svg.j2"),
    default=xml.text,
    contexts=MappingProxyType(
        {
            "text": xml.text,
            "attribute": xml.attribute,
            "cdata": xml.cdata,
            "comment": xml.comment,
        }
    ),
    finish=_well_formed,
)
CMD = TemplateFormat(
    name="cmd",
    endings=(".cmd.j2",),
    default=cmd.word,
    contexts=MappingProxyType({"word": cmd.word}),
    finish=_ascii,
)
TEXT = TemplateFormat(
    name="text",
    endings=(".txt.j2",),
    default=text.line,
    contexts=MappingProxyType(
        {
            "line": text.line,
            "block": text.block,
            RECORD: text.line,
            "word": cmd.word,
            "argument": command.argument,
            "powershell": command.powershell_argument,
        }
    ),
    finish=_ascii_or_marked,
    commands=("word", "argument", "powershell"),
)
HTML = TemplateFormat(
    name="HTML",
    endings=(".html.j2",),
    default=html.text,
    contexts=MappingProxyType({"text": html.text}),
    finish=_unix,
)
SHELL = TemplateFormat(
    name="shell",
    endings=(".sh.j2",),
    default=shell.literal,
    contexts=MappingProxyType(
        {"literal": shell.literal, "comment": shell.comment, "word": cmd.word}
    ),
    finish=_unix,
)
KQL = TemplateFormat(
    name="KQL",
    endings=(".kql.j2",),
    default=kql.literal,
    contexts=MappingProxyType({"literal": kql.literal, "comment": kql.comment}),
    finish=_unix,
)
BICEP = TemplateFormat(
    name="Bicep",
    endings=(".bicep.j2",),
    default=bicep.literal,
    contexts=MappingProxyType(
        {"literal": bicep.literal, "comment": bicep.comment, "time": clock.word}
    ),
    finish=_unix,
)
HCL = TemplateFormat(
    name="HCL",
    endings=(".tf.j2",),
    default=hcl.literal,
    contexts=MappingProxyType({"literal": hcl.literal, "comment": hcl.comment, "time": clock.word}),
    finish=_unix,
)
FORMATS = (POWERSHELL, XML, CMD, TEXT, HTML, SHELL, KQL, BICEP, HCL)


def format_of(template: str) -> TemplateFormat:
    """Find a template's format by its ending.

    Raises:
        ValueError: no format has this ending.
    """
    for item in FORMATS:
        if template.endswith(item.endings):
            return item
    raise ValueError(f"{template}: no template format has this ending")
