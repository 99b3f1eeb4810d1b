"""Two places that give one registry value."""

from __future__ import annotations

from dataclasses import replace

from gpogen.compile.drafts import Draft, Findings
from gpogen.finding import Finding, Place, Severity
from gpogen.policy.records import Record
from gpogen.policy.types import Action
from gpogen.policy.words import effect_of, name_of


def unite(drafts: list[Draft], findings: Findings) -> list[Draft]:
    """Keep one draft per value and route.

    Equal records become one, with a note when the author wrote both (GP031); different ones
    are an error at both places (GP030), one for all values of a policy.
    """
    kept: dict[tuple[object, ...], Draft] = {}
    first_of: dict[tuple[object, ...], Draft] = {}
    differing: dict[tuple[object, ...], list[tuple[Draft, Draft]]] = {}
    for draft in drafts:
        about = (*draft.record.target, _kind(draft.record))
        route = (*about, draft.record.via)
        first = kept.get(route) or first_of.get(about)
        first_of.setdefault(about, draft)
        if first is None or first.record.via is not draft.record.via:
            kept[route] = draft
        if first is None:
            continue
        if not first.record.same_effect(draft.record):
            both = (first.place, draft.place, first.origin.policy, draft.origin.policy)
            differing.setdefault(both, []).append((first, draft))
        elif first.record.via is draft.record.via:
            kept[route] = _joined(first, draft, findings)
    for pairs in differing.values():
        _differ(pairs, findings)
    return list(kept.values())


def _kind(record: Record) -> str:
    """Group the actions that are about the same thing."""
    if record.action in (Action.SET, Action.DELETE, Action.SOFT):
        return "value"
    return record.action.value


MAX_VALUES = 3
"""So many of a policy's values are named when it is given twice."""


def _differ(pairs: list[tuple[Draft, Draft]], findings: Findings) -> None:
    first, second = pairs[0]
    policy = second.origin.policy or first.origin.policy
    if len(pairs) == 1 or policy is None:
        message = f"{name_of(first.record)} is set twice: {effect_of(first.record)}"
        message += f" ({_where(first.place)}) and {effect_of(second.record)}"
        message += f" ({_where(second.place)})"
    else:
        values = [
            f"{one.record.name or name_of(one.record)} {effect_of(one.record)} and "
            f"{effect_of(two.record)}"
            for one, two in pairs[:MAX_VALUES]
        ]
        values += [f"{len(pairs) - MAX_VALUES} more"] if len(pairs) > MAX_VALUES else []
        message = f"{policy} is set twice ({_where(first.place)} and {_where(second.place)}): "
        message += ", ".join(values)
    places = [place for place in (second.place, first.place) if place]
    at = places[0] if places else None
    fix = "keep one of the two"
    if len(places) > 1 and places[0].file != places[1].file:
        fix += ", or cancel the inherited one here with `unmanaged`"
    findings.error("GP030", message, at, fix, tuple(places[1:]))


def _where(place: Place | None) -> str:
    return str(place) if place else "default"


def _joined(first: Draft, second: Draft, findings: Findings) -> Draft:
    if first.authored and second.authored and first.place != second.place:
        message = f"{name_of(first.record)} is set twice, with the same data"
        related = (first.place,) if first.place else ()
        findings.items.append(
            Finding(
                id="GP031",
                severity=Severity.INFO,
                message=message,
                at=second.place,
                related=related,
            )
        )
    places = (*first.origin.places, *second.origin.places)
    return replace(
        first,
        origin=replace(first.origin, places=places, why=first.origin.why or second.origin.why),
        authored=first.authored or second.authored,
    )
