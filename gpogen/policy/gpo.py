"""A policy as read from any source, and the GPO around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from gpogen.finding import Place
from gpogen.policy.records import Record
from gpogen.policy.types import Hive


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a file.

    Attributes:
        record: the record.
        place: the file, and the line in it; in a registry.pol the number of the record.
        gpp_action: C, R, U or D of a preference; empty for others.
        condition: what a preference is applied under, such as its targeting; empty for always.
    """

    record: Record
    place: Place
    gpp_action: str = ""
    condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something of a GPO that is no registry policy.

    Attributes:
        location: its path below the GPO, ``/`` between the parts, as spelt there.
        what: what it is, such as ``security template``.
        read: returns its bytes; None for what is listed and not there, or is no file.
        is_file: whether it is a file, and no object of Active Directory.
    """

    location: str
    what: str
    read: Callable[[], bytes] | None = field(default=None, compare=False)
    is_file: bool = True

    def __str__(self) -> str:
        """Name it, and say that it is not there."""
        is_missing = self.is_file and self.read is None
        return f"{self.what}: {self.location}" + (" (not there)" if is_missing else "")

    def digest(self) -> str:
        """Return the SHA-256 of its bytes, or an empty text where there are none.

        Raises:
            UsageError: it can't be opened, or is too large.
        """
        return "" if self.read is None else sha256(self.read()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpo:
    """What a GPO has besides its records; None stands for "this source does not tell".

    Attributes:
        computer: whether the computer side is enabled.
        user: whether the user side is enabled.
        wmi_filter: the name of the WMI filter, its ID where it has no name; empty for none.
        extensions: gPCMachineExtensionNames and gPCUserExtensionNames.
        parts: what it holds besides registry policy, comments left out.
    """

    computer: bool | None = None
    user: bool | None = None
    wmi_filter: str | None = None
    extensions: Mapping[Hive, str] | None = None
    parts: tuple[Part, ...] = ()

    def is_on(self, hive: Hive) -> bool:
        """Tell whether a side is applied, as far as the source tells."""
        return (self.computer if hive is Hive.HKLM else self.user) is not False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One file or GPO as read.

    Attributes:
        file: the name to show.
        kind: the id of a format (``pol``, ``lgpo``), ``backup``, ``folder``, ``samba`` or
            ``profile``.
        items: its records, in the order of the file.
        title: the GPO's display name, where there is one.
        gpo: the GPO around the records; None for a single file.
        skipped: what of the files that are read has no record, one sentence each.
        comments: the bytes of comment.cmtx and GPO.cmt, by their location.
    """

    file: str
    kind: str
    items: tuple[Item, ...]
    title: str = ""
    gpo: Gpo | None = None
    skipped: tuple[str, ...] = ()
    comments: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def records(self) -> list[Record]:
        """The records alone."""
        return [item.record for item in self.items]

    @property
    def extensions(self) -> str | None:
        """gPCMachineExtensionNames; None where the source does not tell."""
        if self.gpo is None or self.gpo.extensions is None:
            return None
        return self.gpo.extensions[Hive.HKLM]

    @property
    def not_shown(self) -> tuple[str, ...]:
        """What is not among the records, one sentence each."""
        parts = self.gpo.parts if self.gpo is not None else ()
        return (*self.skipped, *map(str, parts))
