"""What a format of policy files is: how a file is read and written, and what it cannot hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from gpogen.finding import Place
from gpogen.formats.loss import Content, Loss
from gpogen.policy.gpo import Item
from gpogen.policy.records import Record
from gpogen.policy.types import Hive


@dataclass(frozen=True, slots=True)
class Parsed:
    """A whole file: its records with their places, and what has no record, a sentence each."""

    items: tuple[Item, ...]
    skipped: tuple[str, ...] = ()


def parsed(found: Content, file: str) -> Parsed:
    """Give the records of a codec their places in a file."""
    items = tuple(Item(entry.record, Place(file, entry.line, 1)) for entry in found.entries)
    return Parsed(items, tuple(map(str, found.skipped)))


def no_losses(_records: Iterable[Record]) -> tuple[Loss, ...]:
    """Lose nothing."""
    return ()


def unchanged(records: Iterable[Record]) -> list[Record]:
    """Give back what was written."""
    return list(records)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format. A codec module ends with ``FORMAT = Format(...)``; `all` lists the modules.

    Attributes:
        id: the key in `all.FORMATS`, and the ``kind`` of what is read.
        read: reads (bytes, the name to show, the side of a file that does not say it); raises
            FormatError for anything that is not exactly the format.
        write: writes records to bytes; None for a format that only a whole GPO contains.
        losses: the records that ``write`` leaves out, each with its reason.
        as_read: what reading gives back for records that were written, those of ``losses``
            excepted.
        has_side: whether a file is about one side of a GPO and does not say which.
        has_route: whether a file tells policies from preferences.
        has_policies_alone: whether it cannot hold preferences.
        is_state: whether a file lists what is in a registry, so that deletions are not in it.
    """

    id: str
    read: Callable[[bytes, str, Hive], Parsed]
    write: Callable[[Sequence[Record]], bytes] | None = None
    losses: Callable[[Iterable[Record]], tuple[Loss, ...]] = no_losses
    as_read: Callable[[Iterable[Record]], list[Record]] = unchanged
    has_side: bool = False
    has_route: bool = True
    has_policies_alone: bool = False
    is_state: bool = False

    def kept(self, records: Sequence[Record], losses: Iterable[Loss] | None = None) -> list[Record]:
        """Return what reading gives back for records that were written.

        Args:
            records: in order.
            losses: what `losses` says of them, where it is known.
        """
        lost = {id(loss.record) for loss in (self.losses(records) if losses is None else losses)}
        return self.as_read(record for record in records if id(record) not in lost)
