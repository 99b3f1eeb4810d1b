"""What the compiler notes of single settings: where one comes from, and why one is missing."""

from __future__ import annotations

from dataclasses import dataclass

from gpogen.finding import Finding, Place
from gpogen.policy.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a record comes from.

    Attributes:
        policy: the catalog's name, ``WindowsUpdate.AutoUpdateCfg``; None for a raw value.
        title: the policy's display name as the Group Policy editor shows it, or a plain word
            for what is no ADMX policy ("Registry value", "VBS", "ISO preparation").
        why: the author's reason, possibly several lines; empty when none was given.
        places: the profile's lines that asked for it.
    """

    policy: str | None
    title: str
    why: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """One record with its origin.

    Attributes:
        record: the record.
        origin: where it comes from.
        wql: for a preference, the WQL queries of its item-level targeting, all of which must
            find something; empty for every machine.
    """

    record: Record
    origin: Origin
    wql: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A setting that was not written, and why.

    Attributes:
        what: the setting's name as the author writes it.
        reason: why it was left out.
        at: where it stands.
    """

    what: str
    reason: str
    at: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """A finding that the author silenced, with the reason."""

    finding: Finding
    why: str


@dataclass(frozen=True, slots=True)
class Unproven:
    """One open question about Windows: its id, ``UNPROVEN-A``, and a sentence."""

    id: str
    sentence: str
    path: tuple[str, ...] = ()
    """Where in a profile it comes from."""
