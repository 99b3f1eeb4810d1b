"""One profile in one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gpogen.compile import vbs, words
from gpogen.profile.schema import Profile
from gpogen.profile.sections import RestartField, RestartWhenRequired, Schedule, Source, Updates
from gpogen.rules.check import Checked
from gpogen.servicing.tell import short_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What a list shows of a profile.

    Attributes:
        name: the file's stem.
        file: where it lies.
        title: the GPO's display name, or empty.
        kind: ``profile``, ``base`` or ``broken``.
        platform: azure-local and so on, or empty.
        os: the operating system, or empty.
        orchestration: who installs, or empty.
        ring: "pilot (1)", or empty.
        servicing: who installs and who restarts; empty for a base.
        sets: short words for what it sets.
        policy: number of registry.pol records.
        preferences: number of preference items.
    """

    name: str
    file: str
    title: str
    kind: str
    platform: str
    os: str
    orchestration: str
    ring: str
    servicing: str
    sets: tuple[str, ...]
    policy: int
    preferences: int

    def line(self, *, verbose: bool = False) -> str:
        """Write everything but the name in one line."""
        if self.kind == "broken":
            return f"has errors ({self.file})"
        parts = [self.kind] if self.kind == "base" else self._target()
        parts += [f"ring {self.ring}"] if self.ring else []
        line = f"{', '.join(parts)}: {'; '.join(self.sets) or 'nothing'}"
        if not verbose:
            return line
        line += f"; {self.servicing}" if self.servicing else ""
        return f"{line} [{self.title}] {self.file}"

    def _target(self) -> list[str]:
        return [part for part in (self.platform, self.os, self.orchestration) if part]

    def as_json(self) -> dict[str, Any]:
        """Return what ``list --format json`` prints."""
        return {
            "name": self.name,
            "file": self.file,
            "title": self.title,
            "kind": self.kind,
            "platform": self.platform,
            "os": self.os,
            "orchestration": self.orchestration,
            "ring": self.ring,
            "servicing": self.servicing,
            "sets": list(self.sets),
            "records": {"policy": self.policy, "preference": self.preferences},
        }


def overview(item: Checked) -> Overview:
    """Sum a profile up."""
    profile, compiled = item.loaded.profile, item.compiled
    target = profile.target if profile else None
    kind = "base" if item.loaded.is_base else "profile"
    return Overview(
        name=item.loaded.stem,
        file=item.loaded.file,
        title=(profile.title or "") if profile else "",
        kind="broken" if item.failed or profile is None else kind,
        platform=compiled.header.platform if compiled else "",
        os=target.os if target else "",
        orchestration=(profile.orchestration or "") if profile else "",
        ring=compiled.header.ring if compiled else "",
        servicing=short_text(compiled.servicing) if compiled else "",
        sets=tuple(_sets(profile)) if profile else (),
        policy=len(compiled.policy) if compiled else 0,
        preferences=len(compiled.preferences) if compiled else 0,
    )


def _sets(profile: Profile) -> list[str]:
    found = []
    if vbs.enforcement(profile) != "unmanaged":
        found.append(f"VBS {vbs.enforcement(profile)}")
    if profile.secure_boot is not None and profile.secure_boot.certificates is not None:
        found.append(f"Secure Boot certificates {profile.secure_boot.certificates}")
    updates = profile.updates
    if updates is not None and updates.mode is not None:
        found.append(updates.mode + _when(updates.schedule, updates.mode))
    restart = profile.restart
    if restart is not None:
        found.append(f"restart {_restart_word(restart)}")
    if updates is not None:
        found += _where_from(updates)
        found += [
            f"{name.replace('_', ' ')} {value}"
            for name in ("drivers", "optional_content", "feature_updates")
            if isinstance(value := getattr(updates, name), str)
        ]
    found += _others(profile)
    count = len(profile.registry)
    found += [f"{count} registry value{'s' if count > 1 else ''}"] if count else []
    return found


def _restart_word(restart: RestartField) -> str:
    if isinstance(restart, RestartWhenRequired):
        return "when-required"
    return restart if isinstance(restart, str) else restart.policy


def _where_from(updates: Updates) -> list[str]:
    found = ["source WSUS"] if isinstance(updates.source, Source) else []
    days = updates.quality_deferral_days
    if isinstance(days, int) and days > 0:
        found.append(f"quality deferral {days} day{'s' if days > 1 else ''}")
    return found


MAX_NAMED = 2
"""So many other policies are named; more are counted."""


def _others(profile: Profile) -> list[str]:
    names = [
        item.policy if item.state == "enabled" else f"{item.policy} {item.state}"
        for item in profile.policies
    ]
    return names if len(names) <= MAX_NAMED else [f"{len(names)} other policies"]


def _when(schedule: Schedule | str | None, mode: str) -> str:
    if not isinstance(schedule, Schedule) or mode not in words.MODE_OPTIONS:
        return ""
    weeks = "" if schedule.weeks == ("every",) else f", week {', '.join(schedule.weeks)}"
    return f" {schedule.day} {schedule.at}{weeks}"
