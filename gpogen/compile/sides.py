"""The sides of a GPO that a profile disables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gpogen.compile.drafts import Draft
from gpogen.compile.source import Places
from gpogen.finding import Finding, Severity
from gpogen.policy.types import Hive
from gpogen.profile.schema import Profile


def disabled_sides(profile: Profile, tree: Places, drafts: Iterable[Draft]) -> Iterator[Finding]:
    """Yield a warning for each disabled side that the profile sets values on (GP038)."""
    gpo = profile.gpo
    sides = {Hive.HKLM: gpo.computer, Hive.HKCU: gpo.user} if gpo is not None else {}
    for hive, word in sides.items():
        count = sum(draft.record.hive is hive for draft in drafts)
        if word == "disabled" and count:
            side = "computer" if hive is Hive.HKLM else "user"
            unjudged = ", and gpogen checks no rules on the profile" if hive is Hive.HKLM else ""
            yield Finding(
                id="GP038",
                severity=Severity.WARNING,
                message=(
                    f"the {side} side is disabled: its {count} records have no effect{unjudged}"
                ),
                at=tree.place("gpo", side),
                fix=f"write `gpo: {{{side}: enabled}}`, or remove the values",
            )
