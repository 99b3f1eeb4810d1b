"""What is to be imported: the records that a profile can say, and a line for all the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from pathlib import Path

from gpogen.artifacts.backup.comments import INDENT
from gpogen.catalog.policies import policies
from gpogen.catalog.values import values
from gpogen.compile.iso import WQL
from gpogen.errors import UsageError
from gpogen.finding import Place
from gpogen.formats import cmtx, gppregistry
from gpogen.formats.gppregistry import PreferenceItem
from gpogen.formats.targeting import ONCE
from gpogen.interchange.importing.profile_items import sayable
from gpogen.policy.data import encode_data
from gpogen.policy.effect import effect, same_end, standing
from gpogen.policy.order import record_order
from gpogen.policy.records import Record
from gpogen.policy.subkeys import deleted_names
from gpogen.policy.types import Action, RegType, Via
from gpogen.policy.words import name_of
from gpogen.reading.read import Item, Reading, read_bytes
from gpogen.text import MAX_CUT, cut

_COMMENT = "gpo.cmt"
_STDIN = "<stdin>"
MAX_REPORT = 400
"""Characters of a comment that a report repeats."""
VALUES = (Action.SET, Action.DELETE, Action.SOFT)
"""The actions on one value, of which the last in a file counts."""


@dataclass(slots=True)
class Gathered:
    """A policy that a profile can say, and what is left of the file beside it.

    Attributes:
        reading: the file as read.
        records: what the profile is to build, one record for each value and route.
        reports: what is not kept, or not as it was; one line each.
        notes: comments at policies, by the policy's name in the catalog.
        comment: the comment of the whole GPO.
        targeted: preferences with the targeting that only `image: iso` writes.
    """

    reading: Reading
    records: list[Record] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    comment: str = ""
    targeted: set[tuple[str, ...]] = field(default_factory=set)


def gather(reading: Reading, max_size: int) -> Gathered:
    """Go through a file, and part what a profile can say from what it cannot.

    Raises:
        UsageError: the file, once read, can't be opened again.
    """
    found = Gathered(reading)
    found.reports += reading.skipped
    details = list(_details(reading.items, max_size))
    found.reports += _lost_in_all(details)
    kept = _Kept()
    for item, detail in _in_the_end(reading, details, found.reports):
        record, reports = sayable(item.record)
        place = name_of(item.record)
        found.reports += [f"{place}: {text}" for text in reports]
        if record is None:
            continue
        found.reports += [f"{place}: {text}" for text in _lost(record, detail)]
        if _is_preparation(reading, record, detail):
            found.targeted.add(key_of(record))
        found.reports += kept.add(record)
    found.records = list(_one_route(kept.records(), found.reports))
    _read_notes(found)
    found.reports = list(dict.fromkeys(found.reports))
    return found


_Detailed = tuple[Item, PreferenceItem | None]


def _in_the_end(
    reading: Reading, details: list[PreferenceItem | None], reports: list[str]
) -> Iterator[_Detailed]:
    """Yield what the profile is to hold: the policy that ends the same, then the preferences.

    A profile deletes before it sets, and has one record for each value. Where that would end
    otherwise than the file, the policy is reduced to what it does in the end.
    """
    rows = list(zip(reading.items, details, strict=True))
    policy = [item for item, _ in rows if item.record.via is Via.POLICY]
    records = [item.record for item in policy]
    kept: list[Item] = []
    for item, stand in zip(policy, standing(records), strict=True):
        if stand:
            kept.append(item)
    _report_overridden(policy, kept, reports)
    ordered = sorted((item.record for item in kept), key=lambda one: record_order(one, ()))
    slots = [key_of(item.record) for item in kept if item.record.action is not Action.DELETE_KEYS]
    if len(set(slots)) < len(slots) or not same_end(records, ordered):
        reports.append(
            "the order of the file is not kept: the profile has the effect of the policy"
        )
        place = Place(reading.file, 1, 1)
        kept = [Item(record, place) for record in effect(records)]
    yield from ((item, None) for item in kept)
    yield from ((item, one) for item, one in rows if item.record.via is Via.PREFERENCE)


def _report_overridden(policy: list[Item], kept: list[Item], reports: list[str]) -> None:
    """Name the records that later ones make up for, but for those that say the same."""
    standing_ones = {id(item) for item in kept}
    last = {key_of(item.record): item.record for item in kept}
    for item in policy:
        same = last.get(key_of(item.record))
        if id(item) in standing_ones or (same and same.same_effect(item.record)):
            continue
        text = "not kept: it has no effect, because a later record overrides it"
        reports.append(f"{name_of(item.record)}: {text}")


def key_of(record: Record) -> tuple[str, ...]:
    """Return what a record is about, and its route."""
    return (*about(record), record.via.value)


def about(record: Record) -> tuple[str, ...]:
    """Return what a record is about, whatever its route."""
    group = "value" if record.action in VALUES else record.action.value
    return (*record.target, group)


class _Kept:
    """Records, of which the last about one value counts and deletions of subkeys add up."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, ...], Record] = {}
        self._names: dict[tuple[str, ...], dict[str, str]] = {}

    def add(self, record: Record) -> Iterator[str]:
        """Put a record to the others."""
        key = key_of(record)
        earlier = self._records.get(key)
        if earlier is None or earlier.same_effect(record):
            self._records[key] = earlier or record
            return
        self._records[key] = record
        place = name_of(record)
        if record.action is Action.DELETE_KEYS:
            names = self._names.setdefault(key, _by_name(earlier))
            names |= _by_name(record)
            yield f"{place}: several deletions of subkeys become one in the profile"
            return
        yield f"{place}: set more than once ({record.via.value}); only the last is kept"

    def records(self) -> dict[tuple[str, ...], Record]:
        """Return what is kept, each by what it is about."""
        for key, names in self._names.items():
            data = encode_data(RegType.SZ, ";".join(names.values()))
            self._records[key] = replace(self._records[key], data=data)
        return self._records


def _by_name(record: Record) -> dict[str, str]:
    return {name.lower(): name for name in deleted_names(record)}


def _one_route(kept: dict[tuple[str, ...], Record], reports: list[str]) -> Iterator[Record]:
    """Leave out a preference that contradicts the policy, which a profile refuses."""
    for key, record in kept.items():
        policy = kept.get((*key[:-1], Via.POLICY.value))
        if policy is not None and not policy.same_effect(record):
            reports.append(f"{name_of(record)}: not kept: the preference contradicts the policy")
        else:
            yield record


def _details(items: Iterable[Item], max_size: int) -> Iterator[PreferenceItem | None]:
    """Yield all that Registry.xml says of each item; None for what is no preference of a file."""
    files: dict[str, Iterator[PreferenceItem]] = {}
    for item in items:
        if not item.gpp_action:
            yield None
            continue
        name = item.place.file
        if name == _STDIN:
            raise UsageError("gpogen imports a Registry.xml from a file, not from standard input")
        if name not in files:
            whole = gppregistry.read(read_bytes(Path(name), max_size)).items
            files[name] = iter([one for one in whole if not one.disabled])
        yield next(files[name])


def _lost(record: Record, item: PreferenceItem | None) -> Iterator[str]:
    """Say what a profile loses of a preference."""
    if item is None:
        return
    if item.action == "R" and record.action is not Action.DELETE:
        whole = "the key is no longer deleted first" if _of_key(record) else "it updates the value"
        yield f"the action R (replace) is not kept: {whole}"
    if item.action == "C" and _of_key(record):
        yield "the action C (create) becomes U (update), which is the same for a key"
    if ONCE in item.elements:
        yield (
            "the machine no longer applies it once (FilterRunOnce), but at every Group Policy "
            "refresh"
        )
    kinds = ", ".join(cut(kind) for kind in item.elements if kind != ONCE)
    if kinds and not _is_iso(item):
        yield (
            f"item-level targeting ({kinds}) is not kept: the preference now applies to every "
            "machine"
        )
    if item.remove_policy:
        yield "removePolicy is not kept: the value stays when the GPO no longer applies"
    if item.user_context:
        yield "userContext is not kept: the preference no longer runs as the logged-on user"


def _lost_in_all(details: list[PreferenceItem | None]) -> Iterator[str]:
    """Say in one line what many preferences share and a profile does not have."""
    items = [item for item in details if item is not None]
    stopping = sum(not item.bypass_errors for item in items)
    if stopping:
        which = "1 preference was" if stopping == 1 else f"{stopping} preferences were"
        yield (
            f"{which} set to stop the processing of later preferences on an error; those of a "
            "profile never stop it (bypassErrors)"
        )
    around = {id(item.around): item for item in items if item.around}
    for names in dict.fromkeys(item.collections for item in around.values()):
        if names:
            path = cut(" / ".join(map(cut, names)), 3 * MAX_CUT)
            yield f"the collection {path!r} is not kept: its items are outside of it"


def _of_key(record: Record) -> bool:
    return record.action is Action.CREATE_KEY


def _is_preparation(reading: Reading, record: Record, item: PreferenceItem | None) -> bool:
    """Tell whether an item is targeted as the preparation of an ISO installation is."""
    if item is not None:
        return _is_iso(item)
    place = (record.key.lower(), record.name.lower())
    policy = reading.kind != "profile" or record.via is not Via.PREFERENCE
    return not policy and place in _preparation()


@cache
def _preparation() -> frozenset[tuple[str, str]]:
    rows = (row for row in values() if row.category == "iso-preparation" and row.name)
    return frozenset((row.key.lower(), str(row.name).lower()) for row in rows)


def _is_iso(item: PreferenceItem) -> bool:
    """Tell whether the targeting is what `image: iso` writes."""
    first = islice(item.targeting(), len(WQL) + 1)
    return tuple(dict(one.attributes).get("query", "") for one in first) == WQL


def _read_notes(found: Gathered) -> None:
    """Collect the comments of a GPO, which are none of its records."""
    for location, data in found.reading.comments.items():
        if location.lower().rpartition("/")[2] == _COMMENT:
            found.comment = _own_words(data.decode("utf-16", "replace"))
        else:
            _read_policy_notes(found, data)


def _own_words(comment: str) -> str:
    """Return a GPO's comment; of one that gpogen wrote only the author's part."""
    lines = comment.replace("\r\n", "\n").split("\n")
    ours = lines[0].startswith("gpogen:") and lines[-1].startswith("gpogen ")
    own = (line.removeprefix(INDENT) for line in lines[1:-1])
    return "\n".join(own if ours else lines).strip()


def _read_policy_notes(found: Gathered, data: bytes) -> None:
    by_name = {(item.namespace, item.name): key for key, item in policies().items()}
    for note in cmtx.decode(data):
        policy = by_name.get((note.namespace, note.policy))
        if policy is None or policy in found.notes:
            text = note.text[:MAX_REPORT]
            found.reports.append(
                f"the comment at the policy {cut(note.policy)} is not kept: {text}"
            )
        else:
            found.notes[policy] = note.text
