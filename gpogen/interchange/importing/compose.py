"""From records to a profile: candidates are compiled, and kept only when they give just those.

Nothing here trusts a guess. A word or policy stands in the profile because its records are all
in the file, with the same data; whatever is left becomes ``registry`` items; and the whole is
compiled and compared once more before anybody gets it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gpogen.catalog.platforms import operating_systems
from gpogen.catalog.policies import Status, policies
from gpogen.compile.compiler import compile_records
from gpogen.document import yaml12
from gpogen.errors import ContentError, UsageError
from gpogen.finding import Finding, Place, Severity, has_error
from gpogen.formats.all import FORMATS
from gpogen.interchange.difference import change_text, compare_policies
from gpogen.interchange.importing.around import keep_gpo
from gpogen.interchange.importing.collect import Gathered, gather, key_of
from gpogen.interchange.importing.notes import give_reasons, reason_of, title_of
from gpogen.interchange.importing.profile_items import registry_item
from gpogen.interchange.importing.record_index import Seen
from gpogen.interchange.importing.words import Body, candidates, names_values, policy_candidates
from gpogen.policy.records import Record
from gpogen.policy.words import name_of
from gpogen.profile.load import Loader
from gpogen.profile.schema import UNSPECIFIED
from gpogen.reading.read import Item, Reading
from gpogen.rules.check import Checked, check
from gpogen.yaml_text import to_yaml

_KINDS = {
    "backup": "a GPO backup",
    "folder": "a GPO folder",
    "samba": "a samba-tool backup of a GPO",
    "profile": "a profile",
}


def _title(kind: str) -> str:
    return _KINDS.get(kind) or FORMATS[kind].title


MAX_ITEMS = yaml12.MAX_NODES // 5
"""The most items of ``registry`` in one file: the smallest is a mapping of two keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the user says about the new profile.

    Attributes:
        name: its name.
        target: the mapping below ``target``; empty for an unspecified one.
        orchestration: who installs; empty with an unspecified target.
    """

    name: str
    target: Mapping[str, str]
    orchestration: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A new profile.

    Attributes:
        text: the YAML.
        reports: what of the file it does not keep, one line each.
        findings: what ``gpogen check`` will say about it.
        records: how many records it builds.
    """

    text: str
    reports: tuple[str, ...]
    findings: tuple[Finding, ...]
    records: int


def import_policy(reading: Reading, wanted: Wanted, max_size: int) -> Imported:
    """Turn a policy into a profile that builds the same.

    Raises:
        UsageError: the name or the target is wrong, or the file can't be opened again.
        ContentError: the profile would not build the same; the message says what differs.
    """
    gathered = gather(reading, max_size)
    composer = _Composer(gathered, wanted)
    content = keep_gpo(composer.content(), reading, gathered.reports)
    reports = tuple(gathered.reports)
    title = f' "{reading.title}"' if reading.title else ""
    head = [f"Imported from {_title(reading.kind)}{title}."]
    text = to_yaml(content, head, _tail(reports))
    checked = _proved(text, gathered)
    return Imported(
        text=text,
        reports=reports,
        findings=checked.findings,
        records=len(gathered.records),
    )


def _tail(reports: Iterable[str]) -> list[str]:
    said = [f"- {line}" for line in reports]
    return ["Not in this profile, or changed in it:", *said] if said else []


class _Composer:
    """Looks for the words, policies and items that give the records."""

    def __init__(self, gathered: Gathered, wanted: Wanted) -> None:
        self.gathered = gathered
        self.wanted = wanted
        self.left = {key_of(item): item for item in gathered.records}
        self.body: Body = {}
        self.head = _head(wanted, title_of(gathered, wanted.name), reason_of(gathered))
        os = wanted.target.get("os", "")
        self.family = operating_systems()[os].family if os in operating_systems() else ""
        self.given = self._given()

    def content(self) -> dict[str, Any]:
        """Return the whole profile."""
        if self.family:
            for section in candidates(self._seen()):
                self._take_first(section)
        self._take_policies()
        items = self._registry()
        give_reasons(self.body, self.gathered)
        content = {**self.head, **_ordered(self.body)}
        if items:
            content["registry"] = items
        return content

    def _seen(self) -> Seen:
        return Seen(self.left.values(), self.family)

    def _given(self) -> set[tuple[str, ...]]:
        """Take what the target alone writes: the preparation values of an ISO."""
        records, findings = _compiled(self.head)
        wrong = [item for item in findings if item.severity is Severity.ERROR]
        if wrong:
            raise UsageError(f"the new profile would have an error: {wrong[0].message}")
        for record in records:
            there = self.left.pop(key_of(record), None)
            if there is None or not there.same_effect(record):
                message = f"the target adds {name_of(record)}, which the file does not set"
                raise UsageError(f"{message}: choose another image")
        given = {key_of(record) for record in records}
        for record in self.gathered.records:
            if key_of(record) in self.gathered.targeted - given:
                place = name_of(record)
                self.gathered.reports.append(
                    f"{place}: item-level targeting is not kept (FilterWmi): it now applies to "
                    "every machine; `--image iso` keeps it"
                )
        return given

    def _take_first(self, bodies: Iterable[Body]) -> None:
        """Keep the first candidate whose records are all there, with the same data."""
        for body in bodies:
            records = self._fitting(body)
            if records:
                self._keep(body, records)
                return

    def _fitting(self, body: Body) -> list[Record]:
        """Return the records of a candidate; none when one of them is not in the file."""
        records, findings = _compiled({**self.head, **body})
        if has_error(findings):
            return []
        own = [record for record in records if key_of(record) not in self.given]
        fits = all(
            (there := self.left.get(key_of(record))) is not None and there.same_effect(record)
            for record in own
        )
        return own if fits else []

    def _keep(self, body: Body, records: list[Record]) -> None:
        for record in records:
            del self.left[key_of(record)]
        for key, value in body.items():
            before = self.body.get(key)
            if isinstance(before, dict):
                self.body[key] = {**before, **value}
            elif isinstance(before, list):
                self.body[key] = [*before, *value]
            else:
                self.body[key] = value

    def _take_policies(self) -> None:
        """Take policies, those that explain the most records first."""
        seen = self._seen()
        found: list[tuple[int, int, dict[str, Any], list[Record]]] = []
        for policy_id, policy in policies().items():
            if policy.status is not Status.OFFERED or not names_values(seen, policy_id):
                continue
            for item in policy_candidates(seen, policy_id):
                records = self._fitting({"policies": [item]})
                if records:
                    found.append((-len(records), len(found), item, records))
                    break
        for _, _, item, records in sorted(found, key=lambda one: one[:2]):
            if all(key_of(record) in self.left for record in records):
                self._keep({"policies": [item]}, records)

    def _registry(self) -> list[dict[str, Any]]:
        """Write the rest as it is; what the compiler refuses is reported.

        Raises:
            ContentError: it is more than a profile can hold.
        """
        if len(self.left) > MAX_ITEMS:
            message = f"{len(self.left)} records belong to no policy"
            raise ContentError(f"{message}; a profile can have at most {MAX_ITEMS} registry items")
        items = [(record, registry_item(record)) for record in self.left.values()]
        refused = {id(record): reason for record, reason in self._refused(items)}
        for record, _ in items:
            if id(record) in refused:
                report = f"{name_of(record)}: not kept: {refused[id(record)]}"
                self.gathered.reports.append(report)
        records = self.gathered.records
        records[:] = [record for record in records if id(record) not in refused]
        return [item for record, item in items if id(record) not in refused]

    def _refused(self, items: list[tuple[Record, dict[str, Any]]]) -> Iterator[tuple[Record, str]]:
        """Yield what the compiler refuses, found by halves: most often it is nothing at all."""
        wrong = _errors({**self.head, "registry": [item for _, item in items]}) if items else []
        if wrong and len(items) == 1:
            yield items[0][0], wrong[0].message
        elif wrong:
            half = len(items) // 2
            yield from self._refused(items[:half])
            yield from self._refused(items[half:])


def _head(wanted: Wanted, title: str, why: str) -> dict[str, Any]:
    head: dict[str, Any] = {"gpogen": 1, "name": wanted.name, "title": title}
    head |= {"why": why} if why else {}
    if not wanted.target:
        return {**head, "target": UNSPECIFIED}
    return {**head, "target": dict(wanted.target), "orchestration": wanted.orchestration}


def _ordered(body: Body) -> Body:
    order = ("vbs", "secure_boot", "updates", "restart", "policies")
    return {key: body[key] for key in order if key in body}


def _compiled(content: Mapping[str, Any]) -> tuple[tuple[Record, ...], tuple[Finding, ...]]:
    return compile_records(Loader().load_bytes(to_yaml(content, (), ()).encode()))


def _errors(content: Mapping[str, Any]) -> list[Finding]:
    return [item for item in _compiled(content)[1] if item.severity is Severity.ERROR]


def _proved(text: str, gathered: Gathered) -> Checked:
    """Compile the finished profile and compare it with what was to be written.

    Raises:
        ContentError: it differs, or its shape is wrong.
    """
    loaded = Loader().load_bytes(text.encode())
    records, findings = compile_records(loaded)
    wrong = [item for item in findings if item.severity is Severity.ERROR]
    if wrong:
        raise ContentError(f"a profile cannot express this policy: {wrong[0].message}")
    changes = compare_policies(_reading(gathered.records), _reading(records))
    if changes:
        raise ContentError(f"the profile would build a different policy: {change_text(changes[0])}")
    return check(loaded)


def _reading(records: Iterable[Record]) -> Reading:
    """Wrap records; both sides tell policy from preference, so routes are compared, too."""
    items = tuple(Item(record, Place("", 1, 1)) for record in records)
    return Reading(file="", kind="profile", items=items)
