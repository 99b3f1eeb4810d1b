"""Files for regedit: the values of a machine without Group Policy, and their deletion."""

from __future__ import annotations

import codecs
from collections.abc import Iterable

from gpogen.artifacts.api import Artifact, Held, OutFile, Reference, held
from gpogen.compile.result import Compiled, Header, records_of
from gpogen.formats import reg
from gpogen.policy.records import Record, set_value
from gpogen.policy.types import Action, Hive, RegType

_AU = r"software\policies\microsoft\windows\windowsupdate\au"
_START = codecs.BOM_UTF16_LE + f"{reg.HEADER}\r\n\r\n".encode("utf-16-le")


def emit(compiled: Compiled) -> tuple[OutFile, ...]:
    """Write ``reg/<name>.reg`` and its ``-undo.reg``; nothing where there is nothing to set."""
    records = [item.record for item in compiled.direct]
    if not records:
        return ()
    head, name = compiled.header, compiled.header.name
    left = left_behind(compiled)
    return (
        OutFile(f"reg/{name}.reg", _commented(reg.encode(records), _about(head))),
        OutFile(
            f"reg/{name}-undo.reg",
            _commented(reg.encode_undo(records, left), _about_undo(head, left)),
        ),
    )


def left_behind(compiled: Compiled) -> tuple[Record, ...]:
    """Return what the undo leaves where the profile set a mode: download, and nothing by itself.

    What a server does without AUOptions is unproven (UNPROVEN-G). On an Azure VM the platform
    writes these values, and nothing is left there.
    """
    if compiled.header.platform == "azure-vm":
        return ()
    return left_for(item.record for item in compiled.direct)


def left_for(records: Iterable[Record]) -> tuple[Record, ...]:
    """Return AUOptions 3 and NoAutoUpdate 0 where the last records of the two set a mode."""
    last = {(item.key.lower(), item.name.lower()): item for item in records}
    for (key, name), item in last.items():
        sets_mode = name == "auoptions" or (name == "noautoupdate" and item.value == 1)
        if key == _AU and sets_mode and item.action is Action.SET and item.hive is Hive.HKLM:
            return tuple(
                set_value(Hive.HKLM, item.key, value, RegType.DWORD, data)
                for value, data in (("NoAutoUpdate", 0), ("AUOptions", 3))
            )
    return ()


def _about(head: Header) -> list[str]:
    return [
        f"{head.name}, written by gpogen {head.version}, profile {head.digest}",
        "This file writes values directly into the registry. Group Policy does not remove",
        (
            "them: they stay (tattoo) until somebody deletes them, for example with "
            f"{head.name}-undo.reg."
        ),
    ]


def _about_undo(head: Header, left: tuple[Record, ...]) -> list[str]:
    but = (
        "It sets AUOptions 3 and NoAutoUpdate 0 (download only), because what a server does",
        "without these values is unproven: it can install and restart automatically (UNPROVEN-G).",
    )
    return [
        f"{head.name}, written by gpogen {head.version}: deletes what {head.name}.reg sets.",
        *(but if left else ()),
        "It does not restore earlier values: import the .reg files that you saved first.",
    ]


def _commented(data: bytes, lines: list[str]) -> bytes:
    """Put comments right behind the file's header."""
    comment = "".join(f"; {line}\r\n" for line in lines) + "\r\n"
    return _START + comment.encode("utf-16-le") + data.removeprefix(_START)


def expected(source: Reference) -> tuple[Held, ...]:
    """Return what the file must give, and the one that undoes it."""
    path, undo = f"reg/{source.name}.reg", f"reg/{source.name}-undo.reg"
    there = source.found(path)
    if source.compiled is None:
        # Nothing in the folder says whether it is for Azure VMs, where nothing is left.
        back = reg.undone(there, left_for(there))
        return (
            Held(path=path, content=source.every, common=True),
            _undo(undo, back, reg.undone(there)),
        )
    records = records_of(source.compiled.direct)
    if not records:
        return ()
    left = left_behind(source.compiled)
    return (held("reg", path, records), _undo(undo, reg.undone(there, left)))


def _undo(path: str, *contents: list[Record]) -> Held:
    first, *others = contents
    return Held(path=path, content=first, others=tuple(others), title=".reg (undo)", against=".reg")


ARTIFACT = Artifact(
    id="reg",
    title=".reg",
    consumer="regedit and reg.exe",
    command=r"reg.exe import reg\NAME.reg /reg:64",
    emit=emit,
    form="reg",
    expected=expected,
    signs=("reg/*-undo.reg",),
)
