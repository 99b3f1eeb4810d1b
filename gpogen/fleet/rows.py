"""The row of one machine: the columns that every output of ``gpogen status`` has."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

State = Literal["reported", "missing", "azure-only", "unreadable"]


@dataclass(slots=True, kw_only=True)
class Row:
    """One machine, or one report that cannot be read. A text is empty where nothing is known.

    Attributes:
        machine: the computer's name.
        domain: the DNS name of its domain.
        ou: its organizational unit.
        ring: its ring by the report's profile, else by the list of machines.
        profile: the name of the profile.
        profile_state: current, other-version or other-profile, against ``--profile``.
        revision: the revision of the report's profile.
        report_state: reported, missing (listed, no report), azure-only (Azure knows it, no
            report) or unreadable (a report that does not fit).
        listed: yes or no, against ``--machines``.
        listed_profile: the profile that the list names for the machine.
        taken_at: when the newest report was taken, UTC.
        age_days: whole days since then.
        ok: whether nothing is to be done: `attention` is empty.
        attention: words for what is to be looked at, separated by spaces.
        verdict: compliant, not-compliant or unknown.
        settings: the number of requirements.
        settings_missed: how many are not met.
        settings_unknown: how many nobody could tell.
        missed: the ids of those that are not met or not known, parted by ``; ``.
        missed_why: why, and by which GPO, in the same order, parted by ``; ``.
        readiness: ready, not-ready or unknown.
        readiness_problems: the decisive checks that are a problem or unknown, separated by spaces.
        build: CurrentBuild.UBR.
        train: on-train, behind, off-train or unknown, by today's release data.
        train_reason: why.
        baseline: the baseline that it stands on.
        latest: the newest update of the train that it has.
        off_by: the update that took it off the train.
        off_by_out_of_band: whether that was released out of band.
        restarts_with: the next baseline, with which it restarts.
        restarts_on: the day of that baseline.
        restart_released: whether that baseline is out.
        restart_pending: yes, no or unknown.
        azure_id: the resource in Azure.
        azure_enabled: whether hotpatching is asked for in Azure.
        azure_status: the status of that in Azure Arc.
        azure_security: security updates that Azure's last assessment found.
        azure_critical: critical ones.
        azure_other: those of all other classes, which Azure does not install by itself.
        azure_assessed: when that was.
        report: the file, with the line.
        problem: why the report cannot be read.
    """

    machine: str = ""
    domain: str = ""
    ou: str = ""
    ring: str = ""
    profile: str = ""
    profile_state: str = ""
    revision: str = ""
    report_state: State
    listed: str = ""
    listed_profile: str = ""
    taken_at: str = ""
    age_days: int | None = None
    ok: bool
    attention: str = ""
    verdict: str = ""
    settings: int | None = None
    settings_missed: int | None = None
    settings_unknown: int | None = None
    missed: str = ""
    missed_why: str = ""
    readiness: str = ""
    readiness_problems: str = ""
    build: str = ""
    train: str = ""
    train_reason: str = ""
    baseline: str = ""
    latest: str = ""
    off_by: str = ""
    off_by_out_of_band: bool | None = None
    restarts_with: str = ""
    restarts_on: str = ""
    restart_released: bool | None = None
    restart_pending: str = ""
    azure_id: str = ""
    azure_enabled: str = ""
    azure_status: str = ""
    azure_security: int | None = None
    azure_critical: int | None = None
    azure_other: int | None = None
    azure_assessed: str = ""
    report: str = ""
    problem: str = ""


COLUMNS = tuple(item.name for item in fields(Row))
"""The columns, in the order of every output."""
