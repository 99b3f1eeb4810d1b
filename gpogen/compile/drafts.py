"""Records on their way from the profile's words to the artifacts."""

from __future__ import annotations

from dataclasses import dataclass, field

from gpogen.compile.origin import Origin, Traced
from gpogen.finding import Finding, Place, Severity
from gpogen.policy.records import Record
from gpogen.profile.shape import Hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One record with all that the rules and the order need.

    Attributes:
        record: the record.
        origin: where it comes from.
        rank: place among the records of its key: (file, policy, part, element).
        authored: whether the author wrote this very value; False for what the Group Policy
            editor would add. Rules judge only what was authored.
        wql: item-level targeting of a preference.
    """

    record: Record
    origin: Origin
    rank: tuple[int, ...]
    authored: bool = True
    wql: tuple[str, ...] = ()

    @property
    def place(self) -> Place | None:
        """The first line that asked for it."""
        return self.origin.places[0] if self.origin.places else None

    def traced(self) -> Traced:
        """The form that the artifacts take."""
        return Traced(record=self.record, origin=self.origin, wql=self.wql)


@dataclass(slots=True)
class Findings:
    """Collects findings while the compiler goes on."""

    items: list[Finding] = field(default_factory=list)
    hints: Hints = field(default_factory=Hints)

    def error(
        self,
        code: str,
        message: str,
        at: Place | None,
        fix: str = "",
        related: tuple[Place, ...] = (),
    ) -> None:
        """Add an error."""
        self.items.append(
            Finding(
                id=code, severity=Severity.ERROR, message=message, at=at, fix=fix, related=related
            )
        )
