"""What a check says of a GPO around its findings: whose they are, and what was not judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gpogen.finding import Finding
from gpogen.policy.gpo import Reading
from gpogen.policy.outcome import contradictions
from gpogen.policy.types import Hive
from gpogen.policy.words import data_text, name_of


def about_gpo(finding: Finding, found: Reading) -> Finding:
    """Return a finding that names its GPO, and the WMI filter that it depends on."""
    words = [f'GPO "{found.title}"'] if found.title else []
    if found.gpo is not None and found.gpo.wmi_filter:
        words.append(f"only where its WMI filter {found.gpo.wmi_filter} is true")
    return replace(finding, message=f"{finding.message} ({', '.join(words)})") if words else finding


def not_judged(found: Reading) -> list[str]:
    """Say what of a GPO no rule has seen, and what nobody but its owner can decide."""
    named = f'{found.file} (GPO "{found.title}")' if found.title else found.file
    return [f"{named}: {text}" for text in _texts(found)]


def _texts(found: Reading) -> Iterator[str]:
    for hive, word in ((Hive.HKLM, "computer"), (Hive.HKCU, "user")):
        count = sum(item.record.hive is hive for item in found.items)
        if count and found.gpo is not None and not found.gpo.is_on(hive):
            yield (
                f"not checked: the {word} side is disabled, so its {count} records have no effect"
            )
    yield from (f"not checked: {text}" for text in found.not_shown)
    conditions = sum(bool(item.condition) for item in found.items)
    if conditions:
        yield (
            f"{conditions} preferences have conditions; gpogen checks them as if the conditions "
            "were true"
        )
    yield from contradiction_texts(found)


def contradiction_texts(found: Reading) -> Iterator[str]:
    """Say where a policy and a preference of one GPO contradict each other, one line each."""
    for both in contradictions(found.items):
        policy, preference = both.policy.record, both.preference.record
        yield (
            f"{name_of(policy)}: the policy says {data_text(policy)}, the preference at "
            f"{both.preference.place} says {data_text(preference)}; which one takes effect on a "
            "machine is unknown"
        )
