"""What gpogen writes and reads, for ``gpogen formats`` and docs/formats.md."""

from __future__ import annotations

from dataclasses import dataclass

from gpogen.artifacts.all import MODULES
from gpogen.artifacts.all import load as load_artifact
from gpogen.formats.all import FORMATS


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One artifact.

    Attributes:
        id: the word for ``build --only``.
        title: what it is.
        consumer: the tool that takes it.
        command: what to type there; empty where nothing is typed.
        unread: why gpogen does not read it back; empty where it does.
        readable: whether gpogen reads its files back and compares what they hold.
        anywhere: whether a profile with ``target: unspecified`` has it, too.
        on_request: why only a profile that names it under ``outputs`` has it; empty for others.
    """

    id: str
    title: str
    consumer: str
    command: str
    unread: str
    readable: bool
    anywhere: bool
    on_request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """One format of policy files.

    Attributes:
        id: its id, and the word for ``show --format`` where that writes it.
        title: one file, with its article.
        writes: whether ``show --format`` writes it.
    """

    id: str
    title: str
    writes: bool


def written() -> tuple[Written, ...]:
    """Return the artifacts, in the order of a build."""
    return tuple(
        Written(
            id=item.id,
            title=item.title,
            consumer=item.consumer,
            command=item.command,
            unread=item.unread,
            readable=not item.unread,
            anywhere=item.anywhere,
            on_request=item.on_request,
        )
        for item in map(load_artifact, MODULES)
    )


def readable() -> tuple[Readable, ...]:
    """Return the formats that show, diff and import read."""
    return tuple(
        Readable(id=kind, title=known.title, writes=known.writes) for kind, known in FORMATS.items()
    )
