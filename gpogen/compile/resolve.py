"""Requests to drafts: which policies exist, which this OS has, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import cast

from gpogen.catalog.policies import Definition, Policy, Status, policies
from gpogen.compile.drafts import Draft, Findings
from gpogen.compile.editor import write_policy
from gpogen.compile.origin import LeftOut
from gpogen.compile.request import PolicyRequest
from gpogen.compile.source import Places
from gpogen.finding import Place
from gpogen.profile.schema import Profile
from gpogen.profile.setting import ElementValue, State
from gpogen.profile.shape import Hints, allowed_text


@dataclass(slots=True)
class Resolver:
    """Turns requests into drafts for one operating system family.

    Attributes:
        family: ``windows-server-2022`` or ``windows-server-2025``; empty for a base, which is
            checked against both.
        tree: places.
        findings: where faults go (GP032 to GP036).
        left_out: inherited settings that this OS lacks.
    """

    family: str
    tree: Places
    findings: Findings
    left_out: list[LeftOut] = field(default_factory=list)

    def drafts(self, asked: PolicyRequest) -> list[Draft]:
        """Return the drafts of one request."""
        policy = self._policy(asked)
        if policy is None or asked.state == "unmanaged":
            return []
        definition = self._definition(policy, asked)
        if definition is None:
            return []
        fitting = self._fitting(policy, definition, asked)
        return write_policy(policy, definition, fitting, self.findings)

    def _policy(self, asked: PolicyRequest) -> Policy | None:
        found = policies().get(asked.policy)
        if found is None:
            self._unknown(asked)
            return None
        if found.status is Status.KNOWN:
            message = (
                f"{asked.policy} ({found.display_name}) exists, but gpogen does not offer it: "
            )
            self.findings.error("GP034", f"{message}{found.reason}", asked.at)
            return None
        return found

    def _unknown(self, asked: PolicyRequest) -> None:
        offered = tuple(key for key, item in policies().items() if item.status is Status.OFFERED)
        near = _near(asked.policy, offered, self.findings.hints)
        message = f"unknown policy {asked.policy!r}"
        message += "" if near else f"; allowed: {allowed_text(offered)}"
        fix = f"did you mean {near}?" if near else ""
        self.findings.error("GP033", message, asked.at, fix)

    def _definition(self, policy: Policy, asked: PolicyRequest) -> Definition | None:
        if not self.family:
            return policy.definitions[-1]
        definition = policy.definition_for(self.family)
        if definition is not None and policy.applies_to(self.family):
            return definition
        reason = policy.excluded_reason.get(self.family, "its templates lack the policy")
        self._lacks(asked.word or asked.policy, f"{self.family}: {reason}", asked.at)
        return None

    def _lacks(self, what: str, reason: str, at: Place) -> None:
        """Refuse what the profile itself asks for; leave out what it inherits."""
        if self.tree.is_own(at):
            message = f"{what} has no effect on {reason}"
            self.findings.error("GP032", message, at, "remove it, or choose another `target.os`")
        else:
            self.left_out.append(LeftOut(what=what, reason=reason, at=at))

    def _fitting(
        self, policy: Policy, definition: Definition, asked: PolicyRequest
    ) -> PolicyRequest:
        """Drop elements that this OS's templates do not have."""
        values: dict[str, ElementValue] = {}
        places = dict(asked.places)
        for name, value in asked.values.items():
            element = definition.element(name)
            if element is None:
                if name not in asked.filled and not asked.any_release:
                    self._no_element(policy, definition, asked, name)
                continue
            at = asked.places.get(name, asked.at)
            if element.name in values:
                self._twice(asked, element.name, at, places[element.name])
                continue
            values[element.name] = value
            places[element.name] = at
        self._check_state(asked)
        return replace(asked, values=values, places=places)

    def _twice(self, asked: PolicyRequest, name: str, at: Place, first: Place) -> None:
        message = f"{asked.policy}: the element {name} occurs twice, first on line {first.line}"
        self.findings.error("GP035", message, at, "keep one", (first,))

    def _check_state(self, asked: PolicyRequest) -> None:
        """Refuse element values that only an enabled policy writes."""
        if asked.state == "enabled" or not asked.values:
            return
        at = asked.places.get(next(iter(asked.values)), asked.at)
        message = f"{asked.policy}: `values` requires state enabled; got {asked.state}"
        self.findings.error("GP035", message, at, "remove `values`, or write `state: enabled`")

    def _no_element(
        self, policy: Policy, definition: Definition, asked: PolicyRequest, name: str
    ) -> None:
        at = asked.places.get(name, asked.at)
        if any(other.element(name) for other in policy.definitions):
            if not self.family:
                return  # A base: another system's templates have it.
            self._lacks(f"{asked.policy} {name}", f"{self.family}: not in the templates", at)
            return
        allowed = tuple(element.name for element in definition.elements)
        listed = allowed_text(allowed) or "none"
        message = f"{asked.policy} has no element {name!r}; allowed: {listed}"
        self.findings.error("GP035", message, at, self.findings.hints.hint(name, allowed))


def _near(name: str, offered: tuple[str, ...], hints: Hints) -> str | None:
    """Return the policy that a name means: in another case, without its file, or misspelt."""
    short = {key.partition(".")[2].lower(): key for key in offered}
    whole = {key.lower(): key for key in offered}
    known = whole.get(name.lower()) or short.get(name.lower())
    if known is not None or "." in name:
        return known or hints.nearest(name, offered)
    close = hints.nearest(name, tuple(short))
    return short[close] if close else None


def policy_requests(profile: Profile, tree: Places) -> Iterator[PolicyRequest]:
    """Yield a request for each item of ``policies``."""
    for number, item in enumerate(profile.policies):
        yield PolicyRequest(
            policy=item.policy,
            state=cast(State, item.state),
            values=item.values,
            at=tree.place("policies", number, "policy"),
            places={name: tree.place("policies", number, "values", name) for name in item.values},
            why=item.why or "",
            word="",
        )
