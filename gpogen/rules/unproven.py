"""What an output rests on although nobody has proved it on a machine (docs/unproven.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gpogen.compile import iso, secureboot, vbs, words
from gpogen.compile.drafts import Draft
from gpogen.compile.origin import Unproven
from gpogen.profile.schema import Profile
from gpogen.profile.sections import RestartAtScheduledTime, Schedule, Source, Updates

ALWAYS = Unproven(
    "UNPROVEN-A",
    "Whether a hotpatch, which requires no restart, starts the forced restart of "
    'AlwaysAutoRebootAtScheduledTime. Its help text says that "a restart timer will always begin '
    'immediately after Windows Update installs important updates".',
    ("restart",),
)
WEEKS = Unproven(
    "UNPROVEN-B",
    "Whether a week box such as 'second week' means the second such weekday of the month, or the "
    "second calendar week.",
    ("updates", "schedule"),
)
DEADLINE = Unproven(
    "UNPROVEN-C",
    "Which of the two sets of deadline values each server build applies: those before, or those "
    "since the 24H2 templates.",
    ("restart",),
)
WSUS = Unproven(
    "UNPROVEN-D",
    "Whether WSUS or Configuration Manager offers hotpatches for Windows Server 2025.",
    ("updates", "source"),
)
VBS = Unproven(
    "UNPROVEN-E",
    "Whether VBS starts inside a virtual machine when Group Policy turns it on.",
    ("vbs",),
)
ISO = Unproven(
    "UNPROVEN-F",
    "Whether the ISO preparation values work if they are set at the same time, without the restart "
    "in between.",
    ("target", "image"),
)
REMOVED = Unproven(
    "UNPROVEN-G", "What a server does when AUOptions is removed.", ("updates", "mode")
)
SCONFIG = Unproven(
    "UNPROVEN-H",
    "When Group Policy writes its values again after somebody has used SConfig.",
    ("updates", "mode"),
)
IMPORT = Unproven(
    "UNPROVEN-I",
    "Whether Import-GPO and the comparison through Get-GPRegistryValue work on a real domain "
    "controller, and whether the console imports the .mof file: only the documented signatures "
    "and native files were compared. If the comparison undoes a good import, -NoReadBack skips "
    "it.",
)
CERTIFICATES = Unproven(
    "UNPROVEN-J",
    "Whether the policy deploys the Secure Boot certificates on Windows Server 2025: users report "
    "that it does nothing.",
    ("secure_boot", "certificates"),
)
ROLLBACK = Unproven(
    "UNPROVEN-K",
    "How the package of a hotpatch is named, and whether Remove-WindowsPackage removes it.",
)
SIGNATURE = Unproven(
    "UNPROVEN-L",
    "Whether Windows verifies the signature of the .msu files of build 26100, which are images.",
)
ALL = (
    ALWAYS,
    WEEKS,
    DEADLINE,
    WSUS,
    VBS,
    ISO,
    REMOVED,
    SCONFIG,
    IMPORT,
    CERTIFICATES,
    ROLLBACK,
    SIGNATURE,
)
"""The last two concern scripts that nobody runs with the profile, so no profile rests on them."""
UNPROVEN_IDS = frozenset(item.id for item in ALL)


def rests_on(profile: Profile, drafts: Iterable[Draft]) -> tuple[Unproven, ...]:
    """Return what a profile's output rests on, in order."""
    found = set(_rests_on(profile, {draft.origin.policy for draft in drafts}))
    return tuple(item for item in ALL if item in found)


def _rests_on(profile: Profile, policies: set[str | None]) -> Iterator[Unproven]:
    yield from _of_words(profile, policies)
    yield from _of_policies(profile, policies)


def _of_words(profile: Profile, policies: set[str | None]) -> Iterator[Unproven]:
    updates = profile.updates or Updates()
    if isinstance(profile.restart, RestartAtScheduledTime):
        yield ALWAYS
    if isinstance(updates.schedule, Schedule) and updates.schedule.weeks != ("every",):
        yield WEEKS
    if words.DEADLINE in policies:
        yield DEADLINE
    if _newer(profile) and (
        isinstance(updates.source, Source) or profile.orchestration == "configmgr"
    ):
        yield WSUS
    if iso.is_prepared(profile):
        yield ISO
    if updates.mode == "remove":
        yield REMOVED
    if profile.orchestration == "group-policy" and updates.mode in words.MODE_OPTIONS:
        yield SCONFIG


def _of_policies(profile: Profile, policies: set[str | None]) -> Iterator[Unproven]:
    if vbs.POLICY in policies:
        yield VBS
    if policies:
        yield IMPORT
    if _newer(profile) and secureboot.POLICY in policies:
        yield CERTIFICATES


def _newer(profile: Profile) -> bool:
    return profile.target is not None and "2025" in profile.target.os
