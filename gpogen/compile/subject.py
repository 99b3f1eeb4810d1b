"""What is judged, and laid over the calendar: a profile with its records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from gpogen.catalog.expected import expected
from gpogen.compile.drafts import Draft
from gpogen.compile.effective import by_name
from gpogen.compile.source import Places
from gpogen.finding import Place
from gpogen.policy.records import Record
from gpogen.policy.types import Hive
from gpogen.profile.edits import Located
from gpogen.profile.schema import Profile
from gpogen.servicing.answer import Servicing
from gpogen.servicing.decide import decide
from gpogen.servicing.read import situation_of


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What the rules judge.

    Attributes:
        profile: the merged profile.
        tree: places in it.
        drafts: all records, by policy and by preference.
        family: the operating system's family.
        foreign: whether the records come from somebody else's GPO: only the rules about
            policy run then, and some are milder.
        extensions: gPCMachineExtensionNames, where the GPO's are known.
    """

    profile: Profile
    tree: Places
    drafts: tuple[Draft, ...]
    family: str
    foreign: bool = False
    extensions: str | None = None

    def find(self, name: str, *, key: str | None = None, authored: bool = True) -> Draft | None:
        """Return the record that sets a value of the machine's that the catalogue knows.

        A record counts only with the type that the catalogue knows, and if nothing after it
        takes it back: :mod:`gpogen.catalog.effective`.

        Of several the last one counts, as it does on Windows.

        Args:
            name: the value's name, any case.
            key: the end of the key to look under, any case; by default the keys that the
                catalogue has for the name.
            authored: whether to see only what the author wrote.
        """
        return next(self.all(name, key=key, authored=authored), None)

    def all(self, name: str, *, key: str | None = None, authored: bool = True) -> Iterator[Draft]:
        """Yield each such record: a policy and a preference, or several keys."""
        for draft in self._set_by_name.get(name.lower(), ()):
            if (draft.authored or not authored) and _is_meant(draft.record, key):
                yield draft

    @cached_property
    def located(self) -> Located:
        """The profile's tree, in which places are found."""
        return Located(self.tree.tree)

    @cached_property
    def servicing(self) -> Servicing:
        """Who installs, when, from where, and who restarts: reckoned once, for all rules."""
        return decide(situation_of(self.profile, (draft.record for draft in self.drafts)))

    @cached_property
    def _set_by_name(self) -> dict[str, list[Draft]]:
        """The records whose value counts, by its lower-case name."""
        return by_name(self.drafts)

    def number(self, name: str, *, authored: bool = True) -> int | None:
        """Return a DWORD that the policy sets, or None."""
        draft = self.find(name, authored=authored)
        value = draft.record.value if draft else None
        return value if isinstance(value, int) else None

    def text(self, name: str, *, authored: bool = True) -> str:
        """Return a text that the policy sets, or an empty one."""
        draft = self.find(name, authored=authored)
        value = draft.record.value if draft else None
        return value if isinstance(value, str) else ""

    def place(self, name: str) -> Place | None:
        """Return where a value was asked for, whoever filled it in."""
        draft = self.find(name, authored=False)
        return draft.place if draft else None

    def places(self, *names: str) -> tuple[Place, ...]:
        """Return the places of those values that are set."""
        found = (self.place(name) for name in names)
        return tuple(dict.fromkeys(place for place in found if place is not None))


def _is_meant(record: Record, key: str | None) -> bool:
    if record.hive is not Hive.HKLM:
        return False
    if key is not None:
        return record.key.lower().endswith(key.lower())
    return expected(record.hive, record.key, record.name) is not None
