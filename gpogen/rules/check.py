"""Compiles a profile and judges it: all that is to be said about it, and what is built of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gpogen.compile.compiler import Compilation, compile_profile
from gpogen.compile.drafts import Findings
from gpogen.compile.origin import Allowed, LeftOut, Unproven
from gpogen.compile.sides import disabled_sides
from gpogen.compile.subject import Authored
from gpogen.finding import Finding, has_error, in_order
from gpogen.profile.load import LoadedProfile
from gpogen.rules.allow import Judgment, Told, check_allow
from gpogen.rules.deletions import RULE as UNTARGETED
from gpogen.rules.engine import judge, judge_by
from gpogen.rules.unproven import rests_on

if TYPE_CHECKING:
    from gpogen.compile.result import Compiled


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A profile after everything has been said about it.

    Attributes:
        loaded: the profile.
        findings: all findings, sorted.
        compilation: its records; None where its shape is wrong.
        allowed: findings that the author silenced.
        unproven: what the output rests on without proof, allowed or not.
    """

    loaded: LoadedProfile
    findings: tuple[Finding, ...]
    compilation: Compilation | None = None
    allowed: tuple[Allowed, ...] = ()
    unproven: tuple[Unproven, ...] = ()

    @cached_property
    def compiled(self) -> Compiled | None:
        """What is built from it; None for a base and after an error."""
        if self.failed or self.loaded.is_base or self.compilation is None:
            return None
        from gpogen.compile.assemble import assemble

        return assemble(self.compilation, allowed=self.allowed, unproven=self.unproven)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Inherited settings that were not written."""
        return self.compilation.left_out if self.compilation else ()

    @property
    def failed(self) -> bool:
        """Tell whether there is an error."""
        return has_error(self.findings)


def check(loaded: LoadedProfile) -> Checked:
    """Compile a profile and judge it.

    A base is compiled too, but not kept. A profile whose target is unspecified has its shape and
    its registry values and deletions checked; no rule about hotpatch judges it.
    """
    found = compile_profile(loaded)
    if found is None:
        return Checked(loaded=loaded, findings=in_order(loaded.findings))
    profile, tree = found.profile, found.tree
    unproven = rests_on(profile, found.drafts)
    allowed: tuple[Allowed, ...] = ()
    findings = Findings(list(found.findings), found.hints)
    if not loaded.is_base:
        findings.items += disabled_sides(profile, tree, found.drafts)
        judgment = Judgment(Told(one, (profile,)) for one in _judged(loaded, found.subject))
        check_allow(profile, tree, judgment, {item.id for item in unproven}, findings)
        findings.items += judgment.standing
        allowed = tuple(judgment.silenced)
    return Checked(
        loaded=loaded,
        findings=in_order(findings.items),
        compilation=found,
        allowed=allowed,
        unproven=unproven,
    )


def _judged(loaded: LoadedProfile, subject: Authored) -> Iterator[Finding]:
    """Judge what machines apply: nothing, where the computer side is disabled."""
    gpo = subject.profile.gpo
    if gpo is not None and gpo.computer == "disabled":
        return iter(())
    return judge_by(UNTARGETED, subject) if loaded.is_unspecified else judge(subject)


def subject_of(checked: Checked) -> Authored | None:
    """Return what the rules judge of a profile; None where its shape is wrong."""
    return checked.compilation.subject if checked.compilation else None
