"""README.txt: what lies here, the order of steps, what restarts, the way back."""

from __future__ import annotations

import re
import textwrap
from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gpogen.artifacts import ansible_playbook, notes, osconfig_document
from gpogen.artifacts.api import Artifact, OutFile
from gpogen.artifacts.choice import chosen
from gpogen.artifacts.extensions import preferences_of
from gpogen.artifacts.gpo_backup import identity
from gpogen.artifacts.keep_away import keep_away, pause_holds
from gpogen.artifacts.placing import CONTROLLER, placing
from gpogen.artifacts.powershell_text import INSTALLATIONS, meant_for
from gpogen.artifacts.powershell_undo import decides
from gpogen.artifacts.reg_file import left_behind
from gpogen.artifacts.render import render
from gpogen.artifacts.render.contexts import command
from gpogen.artifacts.render.contexts.characters import split_lines
from gpogen.artifacts.retire_steps import retiring
from gpogen.artifacts.steps import steps_of
from gpogen.artifacts.wmi_filter import found_by, unseen_by, wmi_filter
from gpogen.compile.origin import Traced, Unproven
from gpogen.compile.result import Compiled, CredentialGuard, RestartCause
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, Via, type_name
from gpogen.servicing.azure import has_no_hotpatches
from gpogen.servicing.situation import From
from gpogen.servicing.tell import installs_text, restarts_text, source_text
from gpogen.text import remembered

WIDTH = 100
_VERBATIM = 4
"""Lines with this indentation are commands and records, which no line break may cut."""
_HANGING = re.compile(r" *(- |[a-z]\. +|\d\. +|why: |because: |[A-Z][A-Za-z ]+: {2,})?")
_WHY = 7
_LABEL = 15
_NAME = 57
"""The width of a property's name in the table of a maintenance configuration."""
_LOCAL = "the machine's local time"
_AZURE = frozenset({"arc", "vm", "patch-now", "maintenance", "queries"})
"""The artifacts with files directly in ``azure``."""
_KEY = re.compile(r"HK(?:LM|CU)\\\S+(?: \S*\\\S*)*(?: \w+(?=:))?")
_GLUE = "\x1f"
"""Stands for a blank in a registry key, where no line may break; no rendered text holds it."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A key to save before the Set script runs.

    Attributes:
        key: hive and key.
        shell: where a command line can hold it: "any", "powershell" or "none".
        number: from 1, for the file's name.
    """

    key: str
    shell: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadmeRow:
    """One record for people: ``Name = REG_DWORD 4``, or what else happens."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The records of one policy on one key.

    Attributes:
        title: the policy's display name.
        policy: its ADMX name, or an empty text.
        via: "policy" or "preference".
        key: hive and key.
        why: the author's reason, or empty.
        rows: the records.
    """

    title: str
    policy: str
    via: str
    key: str
    why: str
    rows: tuple[ReadmeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """An unproven fact.

    Attributes:
        id: ``UNPROVEN-A``.
        sentence: what is not known.
        column: the id as wide as a column of the table.
    """

    id: str
    sentence: str
    column: str


def _deferral(compiled: Compiled) -> str:
    """Say by how much Windows Update defers updates, where its deferral reaches them."""
    days = compiled.facts.deferral_days
    if not days or compiled.servicing.situation.quality_from_wsus:
        return ""
    return f"quality updates, {days} day{'s' if days > 1 else ''} after their release"


def _fact(item: Unproven) -> Fact:
    return Fact(id=item.id, sentence=item.sentence, column=item.id.ljust(14))


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Make README.txt."""
    servicing = compiled.servicing
    header = compiled.header
    place = placing(header)
    saved = saved_keys(compiled.direct)
    keep = keep_away(compiled)
    other = "core" if header.installation == "desktop" else "desktop"
    data = render(
        "readme.txt.j2",
        h=header,
        c=compiled,
        why=_filled(header.why, _LABEL) if header.why.strip() else "",
        groups=groups((*compiled.policy, *compiled.preferences)),
        meant_for=meant_for(header),
        installs=installs_text(servicing, header.time_zone or _LOCAL),
        source=source_text(servicing),
        deferral=_deferral(compiled),
        restarts=restarts_text(servicing),
        backup_id=identity(header).id,
        preferences=_titles(preferences_of(compiled, Hive.HKLM)),
        vbs=compiled.vbs_restart,
        guard=compiled.facts.credential_guard in (CredentialGuard.ON, CredentialGuard.OPEN),
        parts=parts(chosen(compiled)),
        outputs=", ".join(compiled.outputs),
        query=wmi_filter(header).query,
        found_by=found_by(header),
        other_word=other,
        other_installation=INSTALLATIONS[other],
        one_installation=not header.any_installation,
        unseen_by=unseen_by(header),
        enrollment=header.os == "windows-server-2022-azure-edition",
        place=place,
        target=f"OU={place.unit},DC=example,DC=com",
        controller=header.role == CONTROLLER,
        role=header.role,
        installer=header.orchestration,
        steps=steps_of(servicing),
        maintenance=[f"{name.ljust(_NAME)}  {value}" for name, value in compiled.maintenance],
        hotpatches=not has_no_hotpatches(servicing.situation),
        wsus=header.orchestration != "configmgr" and servicing.situation.quality_from_wsus,
        mixed=servicing.source is From.MIXED and not servicing.situation.quality_from_wsus,
        hotpatch_category="2022" in header.os,
        unproven=tuple(map(_fact, compiled.unproven)),
        left_behind=left_behind(compiled),
        before=notes.before(compiled),
        restarting=notes.restarts(compiled),
        retiring=retiring(compiled),
        stays=notes.stays(compiled),
        keep=keep,
        pauses=pause_holds(compiled),
        assured=compiled.facts.assured,
        saved=bool(saved),
        in_both=[item for item in saved if item.shell == "any"],
        in_powershell=[item for item in saved if item.shell == "powershell"],
        in_regedit=[item for item in saved if item.shell == "none"],
        direct=bool(compiled.direct),
        undo_decides=decides(compiled) and header.platform != "azure-vm",
        user=bool(compiled.side(Hive.HKCU)),
        machine=bool(compiled.side(Hive.HKLM)),
        osconfig=osconfig_document.is_made(compiled),
        inventory=ansible_playbook.group(header),
        asks=ansible_playbook.asks(compiled),
        iso=RestartCause.ISO in compiled.facts.restart_causes,
        sconfig_core=compiled.sconfig is not None and header.installation == "core",
    )
    return (OutFile("README.txt", wrap(data)),)


def parts(names: Iterable[str]) -> tuple[str, ...]:
    """Return the templates of section 2, one for each artifact, in their order.

    The artifacts of the folder ``azure`` follow each other, below one heading.
    """
    found = [name for name in names if name != ARTIFACT.id]
    first = next((name for name in found if name in _AZURE), None)
    made: list[str] = []
    for name in found:
        made += ["azure-heading.txt.j2"] if name == first else []
        made.append(f"readme/{name}.txt.j2")
    return tuple(made)


def wrap(data: bytes) -> bytes:
    """Break the lines beyond 100 columns at blanks, list items with a hanging indent."""
    mark = BOM_UTF8 if data.startswith(BOM_UTF8) else b""
    lines = data.removeprefix(mark).decode("utf-8").split("\r\n")
    return mark + "\r\n".join(part for line in lines for part in _wrapped(line)).encode("utf-8")


def _wrapped(line: str) -> Sequence[str]:
    if len(line) <= WIDTH or line.startswith(" " * _VERBATIM):
        return (line,)
    return _broken(line)


@remembered
def _broken(line: str) -> tuple[str, ...]:
    found = _HANGING.match(line)
    hanging = found.end() if found else 0
    rest = _KEY.sub(lambda key: key[0].replace(" ", _GLUE), line[hanging:])
    # The mark of a list item stays with its first word, however long that is.
    parts = _fill(line[:hanging].replace(" ", _GLUE) + rest, hanging)
    return tuple(part.replace(_GLUE, " ") for part in parts)


def _fill(line: str, indent: int, width: int = WIDTH) -> list[str]:
    return textwrap.wrap(
        line,
        width,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
        replace_whitespace=False,
    )


def _filled(why: str, indent: int) -> str:
    """Break an author's reason, which stands behind a label of this width, at blanks."""
    width = WIDTH - indent
    lines = [line for part in split_lines(why) for line in _fill(part, 0, width) or [""]]
    return "\n".join(lines)


@remembered
def _reason(why: str) -> str:
    return _filled(why, _WHY)


def _titles(items: Iterable[Traced]) -> str:
    return ", ".join(dict.fromkeys(item.origin.title for item in items))


def saved_keys(items: Iterable[Traced]) -> tuple[Saved, ...]:
    """Name the keys that the Set script changes, without those below another one."""
    records = [item.record for item in items if item.record.hive is Hive.HKLM]
    keys = {record.key.lower(): record.key for record in records}
    top: list[str] = []
    # By parts, because in plain order "a b" comes between "a" and what is below it.
    for key in sorted(keys, key=lambda key: key.split("\\")):
        if not top or not key.startswith(f"{top[-1]}\\"):
            top.append(key)
    places = (f"HKLM\\{keys[key]}" for key in sorted(top))
    return tuple(Saved(place, _shell(place), number) for number, place in enumerate(places, 1))


def _shell(place: str) -> str:
    if command.fits(command.argument, place):
        return "any"
    return "powershell" if command.fits(command.powershell_argument, place) else "none"


def groups(items: tuple[Traced, ...]) -> tuple[Group, ...]:
    """Group records by route, policy and key, in the order in which they are written."""
    found: dict[tuple[str, str, str], list[Traced]] = {}
    for item in items:
        record = item.record
        key = f"{record.hive.value}\\{record.key}"
        found.setdefault((record.via.value, item.origin.policy or item.origin.title, key), [])
        found[record.via.value, item.origin.policy or item.origin.title, key].append(item)
    return tuple(_group(key, members) for (_, _, key), members in found.items())


def _group(key: str, members: list[Traced]) -> Group:
    first = members[0]
    return Group(
        title=first.origin.title,
        policy=first.origin.policy or "",
        via="preference" if first.record.via is Via.PREFERENCE else "policy",
        key=key,
        why=_reason(first.origin.why),
        rows=tuple(ReadmeRow(text=describe(item.record)) for item in members),
    )


def describe(record: Record) -> str:
    """Say in one line what a record does."""
    name = record.name or "(default)"
    match record.action:
        case Action.DELETE:
            return f"{name}: deleted"
        case Action.DELETE_VALUES:
            return "deletes all values of this key"
        case Action.DELETE_KEYS:
            return f"deletes the subkeys: {_shown(record)}"
        case Action.CREATE_KEY:
            return "creates the key"
        case Action.SECURE_KEY:
            return "locks the key" if record.value == 1 else "resets the key's lock"
        case _:
            once = " (only if absent)" if record.action is Action.SOFT else ""
            return f"{name} = {type_name(record.type or 0)} {_shown(record)}{once}"


def _shown(record: Record) -> str:
    value = record.value
    if isinstance(value, tuple):
        return ", ".join(f'"{item}"' for item in value)
    if isinstance(value, bytes):
        return value.hex(" ")
    return f'"{value}"' if isinstance(value, str) else str(value)


ARTIFACT = Artifact(
    id="readme",
    title="README.txt",
    consumer="people",
    command="",
    emit=emit,
    unread="text for people: gpogen verify compares its bytes with what the profile produces",
)
