"""What an artifact is: files that a build writes, for whom, and what they give when read back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gpogen.compile.result import Compiled
from gpogen.formats.all import load
from gpogen.policy.records import Record


@dataclass(frozen=True, slots=True)
class OutFile:
    """One file to write.

    Attributes:
        path: relative, with ``/`` between its parts.
        data: the whole file.
    """

    path: str
    data: bytes


class Reference(Protocol):
    """What the files of an output folder are compared with: a profile, or the backup beside them.

    Without the profile the policy of the GPO backup stands for it, and ``direct`` is None.
    """

    @property
    def name(self) -> str:
        """The profile's name."""

    @property
    def compiled(self) -> Compiled | None:
        """The profile; None where it is not at hand."""

    @property
    def policy(self) -> Sequence[Record]:
        """The records of registry.pol, both sides."""

    @property
    def every(self) -> Sequence[Record]:
        """These and the preferences."""

    def found(self, path: str) -> Sequence[Record]:
        """Return the records of another file of the folder; none where it is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one file must give when it is read back.

    Attributes:
        path: the file.
        content: a list of records, or one value of another type.
        others: what is right, too, where the source does not tell.
        lost: how many records the format cannot hold, and the file so lacks.
        common: whether only the values that both have are compared, because the source holds
            other values than the file.
        title: the row of ``gpogen verify``, where it is not the artifact's title.
        against: what the content was taken from, where it is not the source.
    """

    path: str
    content: Sequence[Record] | object
    others: tuple[Sequence[Record], ...] = ()
    lost: int = 0
    common: bool = False
    title: str = ""
    against: str = ""


def held(form: str, path: str, records: Sequence[Record]) -> Held:
    """Say what a file of a format gives back for records that are written to it."""
    losses = load(form).losses(records)
    return Held(path=path, content=load(form).kept(records, losses), lost=len(losses))


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One kind of output. An emitter module ends with ``ARTIFACT = Artifact(...)``.

    The same id names its part of README.txt, ``templates/readme/<id>.txt.j2``.

    Attributes:
        id: the word by which the command line and manifest.json name it; the key in
            `all.MODULES`.
        title: what it is, in a table: ``LGPO text``.
        consumer: the tool that takes it.
        command: what to type, with ``NAME`` for the profile's name.
        emit: makes the files, in a fixed order and of bytes that depend on the profile alone;
            raises ContentError where its format cannot hold something.
        form: the id of the format that reads the files; empty where ``read`` does, or nothing.
        read: reads a file that holds no records; raises FormatError.
        expected: what each file that the source has must give; None where ``verify`` reads the
            files in its own way, or nothing reads them.
        differences: says what of (found, wanted) differs, where ``read`` returns no dataclass.
        unread: why nothing reads the files back; empty where something does.
        anywhere: whether a profile whose target is unspecified has it, too.
        on_request: why only a profile that names it under ``outputs`` has it; empty for others.
        needs: artifacts that come with it, because its files use theirs.
        signs: patterns of paths that only an output folder of gpogen matches.
    """

    id: str
    title: str
    consumer: str
    command: str
    emit: Callable[[Compiled], tuple[OutFile, ...]]
    form: str = ""
    read: Callable[[bytes], object] | None = None
    expected: Callable[[Reference], Sequence[Held]] | None = None
    differences: Callable[[object, object], Iterable[str]] | None = None
    unread: str = ""
    anywhere: bool = False
    on_request: str = ""
    needs: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
