"""All valid profiles in memory: each rule about servicing speaks when the table says so."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator, Mapping

import pytest

from gpogen.finding import Finding, Severity
from gpogen.profile.load import Loader
from gpogen.rules.check import check
from tests.servicing import table

Case = tuple[str, str, str, str, str, str, str, str]
_2022, _2025 = "windows-server-2022-azure-edition", "windows-server-2025-azure-edition"
_MACHINES = (
    ("azure-local", _2022, "2022-datacenter-azure-edition-core"),
    ("azure-local", _2025, "2025-datacenter-azure-edition-core"),
    ("azure-arc", "windows-server-2025-standard", ""),
    ("azure-arc", "windows-server-2025-datacenter", ""),
    ("azure-vm", _2022, "2022-datacenter-azure-edition-core"),
    ("azure-vm", _2025, "2025-datacenter-azure-edition-core"),
)
_MODES = tuple(word for word in table.MODES if word not in ("other", "on"))
_WSUS = "wsus: {server: 'https://w', status_server: 'https://w'}"
_SCAN = "scan: {feature: wsus, quality: windows-update, drivers: wsus, other: wsus}"
_SOURCES = {
    "absent": "",
    "windows-update": "source: windows-update, ",
    "wsus": f"source: {{{_WSUS}}}, ",
    "mixed": f"source: {{{_WSUS}, {_SCAN}}}, ",
}
_RESTARTS = {
    "absent": "",
    "when-required": "restart: {policy: when-required}\n",
    "at-scheduled-time": "restart: {policy: at-scheduled-time}\n",
    "not-while-users-are-logged-on": "restart: {policy: not-while-users-are-logged-on}\n",
    "deadline": "restart: {policy: deadline, days: 2, grace_days: 1}\n",
}
_KEYS = (
    "patch_mode",
    "bypass_platform_safety_checks",
    "maintenance_schedule",
    "enable_hotpatching",
    "reboot_setting",
)


def cases() -> Iterator[Case]:
    for platform, os, image in _MACHINES:
        azure = tuple(table.AZURE) if platform == "azure-vm" else ("unsaid",)
        missing = table.MISSING[platform].split(" ")
        named = [word for word in table.NAMED[1:] if word not in missing]
        yield from itertools.product(
            (platform,), (f"{os} {image}",), table.ROLES, named, _MODES, _RESTARTS, _SOURCES, azure
        )


def _azure(word: str) -> str:
    said = zip(_KEYS, table.AZURE[word], strict=True)
    items = [
        f"{key}: {str(v).lower() if v in (True, False) else v}" for key, v in said if v is not None
    ]
    return f"azure: {{{', '.join(items)}}}\n" if items else ""


def text_of(case: Case) -> str:
    platform, machine, role, named, mode, restart, source, azure = case
    os, image = machine.split(" ")
    target = f"platform: {platform}, os: {os}, role: {role}" + (
        f", image: {image}" if image else ""
    )
    mode_word = {"absent": "", "removed": "mode: remove, "}.get(mode, f"mode: {mode}, ")
    return (
        f"gpogen: 1\nname: sample\ntitle: Sample\ntarget: {{{target}}}\norchestration: {named}\n"
        f"vbs: {{enforce: policy+registry}}\n"
        f"updates: {{{mode_word}{_SOURCES[source]}drivers: exclude}}\n"
        f"{_RESTARTS[restart]}{_azure(azure)}"
    )


RULES = ("HP024", "HP027", "HP034", "REBOOT-SETTING", "AUM-CONFLICT")
BY_CONFLICT = {
    "nobody": "HP027",
    "blocked_client": "HP027",
    "unknown": "HP027",
    "two": "HP027",
    "by_hand": "HP027",
    "by_hand_restart": "HP027",
    "mode_overridden": "HP027",
    "deadline_beside_off": "HP027",
    "platform_writes": "HP027",
    "cluster": "HP034",
    "hotpatch_or_schedule": "HP024",
    "patching_amiss": "HP024",
    "never_restarts": "REBOOT-SETTING",
    "always_restarts": "REBOOT-SETTING",
    "restart_beside": "AUM-CONFLICT",
}
ERRORS = ("nobody", "two", "deadline_beside_off", "cluster")
"""These are errors, whatever else there is."""


def wanted(case: Case) -> tuple[set[str], bool]:
    """Return the rules that must speak, and whether there must be an error."""
    platform, _, role, named, mode, restart, source, azure = case
    if named == "configmgr":
        source = "absent"  # Its own agent writes the source.
    names = ("platform", "role", "named", "mode", "restart", "source", "azure")
    row = dict(zip(names, (platform, role, named, mode, restart, source, azure), strict=True))
    found = table.expected(row)
    conflicts = found["conflicts"]
    installers = found["installers"]
    assert isinstance(conflicts, list)
    assert isinstance(installers, list)
    told = set(conflicts)
    if row["mode"] == "local-admin":
        told.discard("unknown")  # AU-5-DEAD says it.
    if "patching_amiss" in told:
        told.discard("nobody")  # HP024 says it.
        unsure = row["mode"] == "removed"
        if "unknown" in told and not unsure:
            told.discard("unknown")
        if azure == "by-os" and "deadline" not in installers:
            told.discard("two")
            told.discard("platform_writes")
    return {BY_CONFLICT[name] for name in told}, bool(told & set(ERRORS))


_ADVICE: Mapping[str, Mapping[str, str]] = {
    "mode": {
        "mode install-on-schedule": r"mode: install-on-schedule|mode install-on-schedule",
        "another mode": r"mode: download|mode download|mode off",
        "no mode": r"mode: unmanaged|take `updates\.mode` out|take the mode out|leave the mode out",
    },
    "bypass": {
        "true": r"checks: true|checks bypassed|flag true",
        "false": r"checks: false|checks not bypassed|flag false",
    },
    "restart": {
        "one": r"add `restart|add restart",
        "none": r"leave `restart` out|take the deadline out|another restart policy",
    },
}


def _advice(finding: Finding) -> dict[str, set[str]]:
    found = {
        about: {word for word, pattern in words.items() if re.search(pattern, finding.fix)}
        for about, words in _ADVICE.items()
    }
    return {about: words for about, words in found.items() if words}


def opposed(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    """Return pairs of findings whose advice about one thing has nothing in common."""
    found = []
    for one, other in itertools.combinations(findings, 2):
        first, second = _advice(one), _advice(other)
        found += [
            (about, f"{one.id}: {one.fix}", f"{other.id}: {other.fix}")
            for about in first.keys() & second.keys()
            if not first[about] & second[about]
        ]
    return found


def faults(case: Case) -> list[object]:
    findings = check(Loader().load_bytes(text_of(case).encode())).findings
    ids = {item.id for item in findings}
    rules, error = wanted(case)
    found: list[object] = []
    if ids & set(RULES) != rules:
        found.append((case, "wanted", sorted(rules), "found", sorted(ids & set(RULES))))
    own = [item for item in findings if item.id in RULES]
    if error and not any(item.severity is Severity.ERROR for item in own):
        found.append((case, "no error", [f"{item.id} {item.message}" for item in own]))
    found += [(case, pair) for pair in opposed(findings)]
    return found


@pytest.mark.slow
def test_in_every_valid_profile_the_rules_about_servicing_speak_as_the_table_says() -> None:
    every = list(cases())
    assert len(every) > 38_000

    assert [fault for case in every for fault in faults(case)][:5] == []


def test_in_a_seeded_sample_of_them_too() -> None:
    every = list(cases())

    chosen = random.Random(15).sample(every, len(every) // 40)
    assert [fault for case in chosen for fault in faults(case)][:5] == []
