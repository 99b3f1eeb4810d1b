"""What is judged, and laid over the calendar: a policy, and the profile that it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from gpogen.catalog.effective import InForce
from gpogen.catalog.expected import expected
from gpogen.compile.drafts import Draft
from gpogen.compile.edits import Located
from gpogen.compile.effective import ByName, by_name, drafts_in_force
from gpogen.compile.source import Places
from gpogen.finding import Place
from gpogen.policy.records import Record
from gpogen.policy.types import Hive
from gpogen.profile.schema import Profile
from gpogen.servicing.answer import Servicing
from gpogen.servicing.decide import decide
from gpogen.servicing.machines import Machines
from gpogen.servicing.read import situation_of


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A policy that the rules judge: a profile's, or somebody else's GPO.

    Attributes:
        drafts: all records, by policy and by preference.
        family: the operating system's family, or empty.
        machines: what is known about the machines.
        named: the orchestration that the profile or the command line names.
        start: where the profile or the GPO begins.
        extensions: gPCMachineExtensionNames, where the GPO's are known.
        profile: the merged profile; None for somebody else's GPO.
        tree: places in the profile; None for somebody else's GPO.
    """

    drafts: tuple[Draft, ...]
    family: str
    machines: Machines | None
    named: str | None
    start: Place
    extensions: str | None = None
    profile: Profile | None = None
    tree: Places | None = None

    @property
    def foreign(self) -> bool:
        """Whether it is somebody else's GPO: only rules about policy run, and some are milder."""
        return self.profile is None

    def declares(self, what: str) -> bool:
        """Tell whether the profile's author assures something; of other GPOs nobody does."""
        return any(item.what == what for item in self.profile.assured) if self.profile else False

    def place_of(self, *path: str) -> Place:
        """Return where a path stands in the profile; the beginning of somebody else's GPO."""
        return self.tree.place(*path) if self.tree else self.start

    def written(self, *path: str) -> bool:
        """Tell whether the profile, or one that it extends, has something at a path."""
        return self.tree is not None and self.tree.written(*path)

    def find(self, name: str, *, key: str | None = None, authored: bool = True) -> Draft | None:
        """Return the record that sets a value of the machine's that the catalog knows.

        A record counts only with the type that the catalog knows, and if nothing after it
        takes it back: :mod:`gpogen.catalog.effective`.

        Of several the last one counts, as it does on Windows.

        Args:
            name: the value's name, any case.
            key: the end of the key to look under, any case; by default the keys that the
                catalog has for the name.
            authored: whether to see only what the author wrote.
        """
        if name.lower() not in self.by_name:
            return None  # As nearly all that the rules ask for.
        return next(self.all(name, key=key, authored=authored), None)

    def all(self, name: str, *, key: str | None = None, authored: bool = True) -> Iterator[Draft]:
        """Yield each such record: a policy and a preference, or several keys."""
        for draft in self.by_name.get(name.lower(), ()):
            if (draft.authored or not authored) and _is_meant(draft.record, key):
                yield draft

    @cached_property
    def servicing(self) -> Servicing:
        """Who installs, when, from where, and who restarts: decided once, for all rules."""
        return decide(situation_of(self._in_force, self.machines, self.named, self.profile))

    @cached_property
    def _in_force(self) -> InForce[Draft]:
        return drafts_in_force(self.drafts)

    @cached_property
    def by_name(self) -> ByName:
        """The records whose value counts, by its lower-case name."""
        return by_name(self._in_force)

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


@dataclass(frozen=True, kw_only=True)
class Authored(Subject):
    """A profile with its policy: what the rules about profiles judge."""

    profile: Profile
    tree: Places

    @cached_property
    def located(self) -> Located:
        """The profile's tree, in which places are found."""
        return Located(self.tree.tree)

    def in_zone(self, time_zone: str) -> Authored:
        """Return the same profile, which has a target, with machines in another time zone."""
        assert self.machines is not None
        return replace(self, machines=replace(self.machines, time_zone=time_zone))


def _is_meant(record: Record, key: str | None) -> bool:
    if record.hive is not Hive.HKLM:
        return False
    if key is not None:
        return record.key.lower().endswith(key.lower())
    return expected(record.hive, record.key, record.name) is not None
