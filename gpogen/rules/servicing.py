"""Rules about who installs and who restarts; every verdict comes from ``Subject.servicing``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from gpogen.compile.subject import Authored, Subject
from gpogen.finding import Place, Severity
from gpogen.rules.engine import Hit
from gpogen.servicing.answer import Conflict, Restarts, Servicing, Who, Why
from gpogen.servicing.decide import EXTERNAL
from gpogen.servicing.effective import WU
from gpogen.servicing.read import DEADLINES
from gpogen.servicing.situation import Block, Mode, Policy
from gpogen.servicing.tell import mode_text, reason_text

NO_INTERNET = "DoNotConnectToWindowsUpdateInternetLocations"
_BLOCKED = {
    Block.ACCESS: "DisableWindowsUpdateAccess is 1",
    Block.SERVICE: "the service wuauserv is disabled (Start 4)",
    Block.INTERNET: f"{NO_INTERNET} is 1, and WSUS is not configured",
}
_UNBLOCK = "remove it, or name another installer"
_UNBLOCK_GPO = "remove that value from the GPO, or name the installer (--installed-by)"
_BY_POLICY = (
    "write `updates: {mode: install-on-schedule}` and `restart: {policy: when-required}`, or name "
    "the installer in `orchestration`"
)
_BY_CLUSTER = "write `orchestration: cluster-aware` and `updates: {mode: download}`"
_WHO = "name the installer (--installed-by), or let Windows install: AUOptions 4 in the GPO"
_IN_GPO = "make the GPO and the installer agree: AUOptions 4, or another --installed-by"
_NO_DEADLINE = "remove the deadline from the GPO, or the other installer"
_Teller = Callable[[Subject, Servicing], Iterator[Hit]]


def _mode_place(subject: Subject) -> Place | None:
    off = subject.servicing.situation.mode is Mode.OFF
    names = ("NoAutoUpdate", "AUOptions") if off else ("AUOptions", "NoAutoUpdate")
    found = next(iter(subject.places(*names)), None)
    return found or subject.place_of("orchestration")


def deadline_place(subject: Subject) -> Place | None:
    """Return where a compliance deadline was asked for."""
    return next(iter(subject.places(*DEADLINES)), None)


def block_place(subject: Subject) -> Place | None:
    """Return where what blocks the Windows Update client was asked for."""
    found = subject.find("Start", key="services\\wuauserv") or next(
        (
            draft
            for name in ("DisableWindowsUpdateAccess", NO_INTERNET)
            if (draft := subject.find(name, key=WU)) is not None and draft.record.value == 1
        ),
        None,
    )
    return found.place if found else None


def _reason(found: Servicing) -> str:
    if found.situation.blocks:
        return _blocks(found)
    return reason_text(found.installers[0], found.situation)


def _blocks(found: Servicing) -> str:
    return " and ".join(_BLOCKED[item] for item in sorted(found.situation.blocks))


def _nobody(subject: Subject, found: Servicing) -> Iterator[Hit]:
    situation = found.situation
    if not situation.possible or patching_says_it(found):
        return  # ORCHESTRATION-PLATFORM, HP010 and HP024 say it.
    blocked = bool(situation.blocks)
    at = block_place(subject) if blocked else _mode_place(subject)
    why = _reason(found)
    if found.installers[0].why is Why.NO_SECURITY:
        at = subject.place_of("update_manager", "classifications")
        fix = "add Security to `classifications`: hotpatches are security updates"
    else:
        fix = _UNBLOCK if blocked else _by_policy(subject)
    message = f"nothing installs updates: {why}, and the installer is {situation.named}"
    yield Hit(message=message, at=at, related=named_place(subject), fix=fix)


def patching_says_it(found: Servicing) -> bool:
    """Tell whether HP024 speaks of the installer, which is about Azure's settings alone."""
    amiss = Conflict.PATCHING_AMISS in found.conflicts
    return amiss and found.installers[0].why is not Why.NO_SECURITY


def _blocked_client(subject: Subject, found: Servicing) -> Iterator[Hit]:
    if subject.foreign:
        return  # The GPO may be one of several, and its author has said who installs.
    message = (
        f"{found.situation.named} installs through the Windows Update client, which is blocked: "
        f"{_blocks(found)}"
    )
    yield Hit(
        message=message,
        at=block_place(subject),
        related=named_place(subject),
        severity=Severity.WARNING,
        fix="remove the value that blocks it, or use WSUS as the source",
    )


def _nobody_named(subject: Subject, found: Servicing) -> Iterator[Hit]:
    at = block_place(subject) if found.situation.blocks else _mode_place(subject)
    message = f"nothing in this GPO installs updates: {_reason(found)}"
    fix = _UNBLOCK_GPO if found.situation.blocks else _WHO
    yield Hit(message=message, at=at, severity=Severity.WARNING, fix=fix)


def _by_policy(subject: Subject) -> str:
    if subject.foreign:
        return _IN_GPO
    return _BY_CLUSTER if subject.servicing.situation.role == "cluster-node" else _BY_POLICY


def _unknown(subject: Subject, found: Servicing) -> Iterator[Hit]:
    situation = found.situation
    unsure = next(item for item in found.installers if item.who is Who.UNKNOWN)
    if unsure.why is Why.BYPASS_UNSAID or not situation.possible:
        return  # HP024 and ORCHESTRATION-PLATFORM say it.
    if unsure.why is Why.NO_SUCH_OPTION and subject.number("AUOptions") in (1, 5, 6):
        return  # AU-1-NOT-POLICY, AU-5-DEAD and AU-6-UNKNOWN say it.
    if subject.foreign and situation.mode is Mode.ABSENT and situation.named in EXTERNAL:
        return  # One GPO of several need not speak of updates.
    reason = reason_text(unsure, situation)
    message = f"the installer is unknown: {reason}"
    if len(found.installers) > 1:
        message = f"the installer is {situation.named}, but Windows might install too: {reason}"
    at = _mode_place(subject)
    yield Hit(
        message=message,
        at=at,
        related=named_place(subject),
        severity=Severity.WARNING,
        fix=_known_mode(subject),
    )


def _known_mode(subject: Subject) -> str:
    if subject.foreign and subject.named not in (None, "group-policy"):
        return 'select option 3 in "Configure Automatic Updates", in this GPO or another one'
    if subject.foreign or subject.named == "group-policy":
        return _by_policy(subject)
    if subject.named == "sconfig":
        return "write `updates: {mode: download}` or `{mode: install-on-schedule}`"
    if _on_vm(subject):
        return "remove `updates.mode`: the Azure VM platform writes it"
    if subject.named != "azure-update-manager":
        return "write `updates: {mode: download}`"
    return "write `updates: {mode: download}`, or remove the mode"


def _two(subject: Subject, found: Servicing) -> Iterator[Hit]:
    situation = found.situation
    if Who.DEADLINE in found.who:
        at = deadline_place(subject)
        message = (
            f"a deadline makes Windows install and restart automatically, but the installer is "
            f"{situation.named}"
        )
        fix = "remove the deadline"
        if situation.possible and situation.role != "cluster-node" and not _on_vm(subject):
            fix += ", or write `orchestration: group-policy`"
    elif any(item.why is Why.BY_OS for item in found.installers):
        return  # HP024 says it.
    else:
        at = _mode_place(subject)
        message = (
            f"{mode_text(situation.mode)} makes Windows install automatically, but the installer "
            f"is {situation.named}"
        )
        fix = _instead(subject)
    fix = _NO_DEADLINE if subject.foreign and Who.DEADLINE in found.who else fix
    fix = _IN_GPO if subject.foreign and Who.DEADLINE not in found.who else fix
    yield Hit(message=message, at=at, related=named_place(subject), fix=fix)


def _on_vm(subject: Subject) -> bool:
    return subject.servicing.situation.platform == "azure-vm"


def _instead(subject: Subject) -> str:
    if _on_vm(subject):
        return "remove `updates.mode`: the Azure VM platform writes it"
    if subject.servicing.situation.role == "cluster-node":
        return "write `updates: {mode: download}`"
    return "write `updates: {mode: download}`, or `orchestration: group-policy`"


def _by_hand(subject: Subject, found: Servicing) -> Iterator[Hit]:
    situation = found.situation
    if found.installers[0].why is Why.ON_REQUEST:
        message = "no schedule is assigned: Azure Update Manager installs only on request"
        at = subject.place_of("azure", "maintenance_schedule")
        fix = "assign a schedule, and write `maintenance_schedule: true`"
        yield Hit(message=message, at=at, severity=Severity.WARNING, fix=fix)
        return
    if situation.named is None:
        yield from _nobody_named(subject, found)
        return
    restarts = " and restart" if situation.mode is Mode.NOTIFY_RESTART else ""
    message = f"{mode_text(situation.mode)} installs nothing automatically, but the installer is"
    severity = Severity.INFO if situation.mode is Mode.NOTIFY_RESTART else Severity.WARNING
    yield Hit(
        message=f"{message} group-policy: a person must install{restarts}",
        at=_mode_place(subject),
        related=named_place(subject),
        severity=severity,
        fix=_by_policy(subject),
    )


def _by_hand_restart(subject: Subject, found: Servicing) -> Iterator[Hit]:
    for hit in _by_hand(subject, found):
        yield replace(hit, severity=Severity.INFO)


def _mode_overridden(subject: Subject, found: Servicing) -> Iterator[Hit]:
    message = (
        f"a deadline is set, so {mode_text(found.situation.mode)} has no effect: Windows installs "
        "updates when they are offered"
    )
    fix = "remove the mode (`mode: unmanaged`), or choose another restart policy"
    fix = (
        "set the deadline or Configure Automatic Updates to Not Configured"
        if subject.foreign
        else fix
    )
    at, related = _mode_place(subject), subject.places(*DEADLINES)
    yield Hit(message=message, at=at, related=related, severity=Severity.WARNING, fix=fix)


def _deadline_beside_off(subject: Subject, found: Servicing) -> Iterator[Hit]:
    if Conflict.TWO in found.conflicts:
        return
    message = (
        "Automatic Updates is off and a deadline is set: whether updates then install is unproven"
    )
    severity = Severity.WARNING if found.situation.named is None else Severity.ERROR
    fix = "write `mode: unmanaged`, or remove the deadline"
    fix = "remove the deadline from the GPO" if subject.foreign else fix
    at, related = _mode_place(subject), subject.places(*DEADLINES)
    yield Hit(message=message, at=at, related=related, severity=severity, fix=fix)


def _platform_writes(subject: Subject, found: Servicing) -> Iterator[Hit]:
    if Conflict.TWO in found.conflicts:
        return
    message = (
        f"{mode_text(found.situation.mode)} is set, but the Azure VM platform writes NoAutoUpdate "
        "itself"
    )
    fix = "remove `updates.mode`: the Azure VM platform writes it"
    fix = "set Configure Automatic Updates to Not Configured" if subject.foreign else fix
    at, related = _mode_place(subject), named_place(subject)
    yield Hit(message=message, at=at, related=related, severity=Severity.WARNING, fix=fix)


_TELL: Mapping[Conflict, _Teller] = {
    Conflict.NOBODY: _nobody,
    Conflict.NOBODY_NAMED: _nobody_named,
    Conflict.BLOCKED_CLIENT: _blocked_client,
    Conflict.UNKNOWN: _unknown,
    Conflict.TWO: _two,
    Conflict.BY_HAND: _by_hand,
    Conflict.BY_HAND_RESTART: _by_hand_restart,
    Conflict.MODE_OVERRIDDEN: _mode_overridden,
    Conflict.DEADLINE_BESIDE_OFF: _deadline_beside_off,
    Conflict.PLATFORM_WRITES: _platform_writes,
}


def named_place(subject: Subject) -> tuple[Place, ...]:
    """Return where the profile names the orchestration; nothing for somebody else's GPO."""
    return () if subject.foreign else (subject.place_of("orchestration"),)


def hp027(subject: Subject) -> Iterator[Hit]:
    """Nobody installs, or it is not known who, or two do."""
    found = subject.servicing
    for conflict, tell in _TELL.items():
        if conflict in found.conflicts:
            for hit in tell(subject, found):
                yield replace(hit, foreign_fix=hit.fix or "")


def hp018(subject: Authored) -> Iterator[Hit]:
    """Windows installs on a schedule, and nothing here says how it restarts."""
    found = subject.servicing
    if found.situation.named != "group-policy" or Who.SCHEDULE not in found.who:
        return
    if found.situation.restart is not Policy.ABSENT or subject.number("SetActiveHours") == 1:
        return
    message = (
        "updates install on a schedule, but the profile does not set the restart after a baseline: "
        "unless another GPO or the machine does, Windows restarts after the installation"
    )
    yield Hit(message=message, at=_mode_place(subject))


def hp034(subject: Authored) -> Iterator[Hit]:
    """A cluster node that installs automatically."""
    found = subject.servicing
    if Conflict.CLUSTER not in found.conflicts:
        return
    by_deadline = Who.DEADLINE in found.who
    at = deadline_place(subject) if by_deadline else subject.place("AUOptions")
    how = "by a deadline" if by_deadline else "AUOptions 4"
    related = (subject.place_of("target", "role"),)
    message = f"a cluster node installs and restarts automatically ({how})"
    fix = None
    if by_deadline:
        fix = "remove the deadline"
    elif _on_vm(subject):
        fix = "remove `updates.mode`: the Azure VM platform writes it"
    yield Hit(message=message, at=at or _mode_place(subject), related=related, fix=fix)


def aum_conflict(subject: Authored) -> Iterator[Hit]:
    """A restart policy beside an orchestrator that restarts."""
    found = subject.servicing
    if Conflict.RESTART_BESIDE not in found.conflicts:
        return
    for name in ("NoAutoRebootWithLoggedOnUsers", "AlwaysAutoRebootAtScheduledTime"):
        if subject.number(name) == 1:
            message = (
                f"{name} also controls restarts, but {found.situation.named} restarts the machines"
            )
            yield Hit(message=message, at=subject.place(name), related=named_place(subject))


def forced_in_one_hour(found: Servicing) -> bool:
    """Tell whether all machines of a profile restart in the hour of their schedule."""
    return Who.SCHEDULE in found.who and found.restarts in (Restarts.FORCED, Restarts.AFTER)
