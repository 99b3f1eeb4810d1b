"""The pure function from a situation to its answer."""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.servicing import azure
from gpogen.servicing.answer import Conflict, Installer, Restarts, Servicing, When, Who, Why
from gpogen.servicing.situation import From, Mode, Policy, Situation

BY_HAND = ("manual", "sconfig")
_EXTERNAL = {
    "azure-guest-patching": Who.GUEST_PATCHING,
    "azure-update-manager": Who.UPDATE_MANAGER,
    "configmgr": Who.CONFIGMGR,
    "cluster-aware": Who.CLUSTER_AWARE,
    "third-party": Who.THIRD_PARTY,
}
EXTERNAL = frozenset(_EXTERNAL)
"""Orchestrations by something else than the machine's own Windows Update client."""
_BY_CLIENT = {Who.GUEST_PATCHING, Who.UPDATE_MANAGER}
"""They have the machine's Windows Update client download and install.

Microsoft Learn, workflow-update-manager; automatic-vm-guest-patching.
"""
_LEAVE_THE_MODE = ("manual", "configmgr", "cluster-aware", "third-party")
"""No page says that these set the mode of the Windows Update client: the machine's own stays.

Of Update Manager one does say that leaving it unset is right (configure-wu-agent, 2025-02-27).
"""
_WAITING = (Mode.NOTIFY, Mode.DOWNLOAD, Mode.NOTIFY_RESTART)
_WHEN = {
    Who.SCHEDULE: When.SCHEDULED,
    Who.DEADLINE: When.OFFERED,
    Who.USER: When.BY_HAND,
    Who.GUEST_PATCHING: When.OFF_PEAK,
    Who.UPDATE_MANAGER: When.WINDOW,
    Who.CONFIGMGR: When.ELSEWHERE,
    Who.CLUSTER_AWARE: When.ELSEWHERE,
    Who.THIRD_PARTY: When.ELSEWHERE,
    Who.UNKNOWN: When.UNKNOWN,
    Who.NOBODY: When.NEVER,
}


def decide(situation: Situation) -> Servicing:
    """Say who installs, when, from where, who restarts, and what is wrong with it."""
    installers = _installers(situation)
    source, assumed = _source(situation)
    restarts = _restarts(situation, installers[0].who)
    found = Servicing(
        situation=situation,
        installers=installers,
        when=_WHEN[installers[0].who],
        source=source,
        assumed=assumed,
        restarts=restarts,
        conflicts=frozenset(),
    )
    conflicts = frozenset((*_installing(found), *_restarting(found)))
    return Servicing(
        situation=situation,
        installers=installers,
        when=found.when,
        source=source,
        assumed=assumed,
        restarts=restarts,
        conflicts=conflicts,
    )


def _installers(situation: Situation) -> tuple[Installer, ...]:
    """Return the named installer first, then what the machine's own client does beside it."""
    own = _own(situation)
    if situation.named not in EXTERNAL and situation.named not in BY_HAND:
        return (own,)
    if situation.named == "sconfig" and situation.mode is Mode.SCHEDULE and situation.possible:
        return (own,)  # SConfig's "Automatic" writes what the policy writes.
    first = _named(situation)
    beside = own if own.who in (Who.SCHEDULE, Who.DEADLINE) else _unsure(situation)
    if beside is None or beside.who is first.who:
        return (first,)
    return (beside,) if first.who is Who.NOBODY else (first, beside)


def _own(situation: Situation) -> Installer:
    """Return what the machine's own Windows Update client does."""
    mode = situation.mode
    if situation.blocks:
        return Installer(Who.NOBODY, Why.BLOCKED)
    if situation.restart is Policy.DEADLINE:
        return Installer(Who.DEADLINE, Why.DEADLINE)
    if mode is Mode.OFF:
        return Installer(Who.NOBODY, Why.OFF)
    if mode is Mode.SCHEDULE:
        return Installer(Who.SCHEDULE, Why.MODE)
    if mode in _WAITING:
        return Installer(Who.USER, Why.BY_HAND)
    return _unsure(situation) or Installer(Who.UNKNOWN, Why.MACHINE)


def _unsure(situation: Situation) -> Installer | None:
    """Return an unknown where the policy leaves a machine in a state that nobody has proved."""
    if situation.blocks:
        return None
    if situation.mode is Mode.REMOVED:
        return Installer(Who.UNKNOWN, Why.REMOVED)
    if situation.mode in (Mode.OTHER, Mode.LOCAL_ADMIN):
        return Installer(Who.UNKNOWN, Why.NO_SUCH_OPTION)
    if situation.mode in (Mode.ABSENT, Mode.ON) and situation.named in _LEAVE_THE_MODE:
        return Installer(Who.UNKNOWN, Why.MACHINE)
    return None


def _named(situation: Situation) -> Installer:
    """Return what comes of the installer that the author names."""
    named = situation.named
    if not situation.possible:
        return Installer(Who.NOBODY, Why.NOT_ON_PLATFORM)
    if named in BY_HAND:
        return Installer(Who.USER, Why.BY_HAND)
    if situation.platform == "azure-vm" and named in (azure.GUEST_PATCHING, azure.UPDATE_MANAGER):
        found = azure.platform_installer(situation)
    elif named == azure.UPDATE_MANAGER and situation.azure.schedule is False:
        return Installer(Who.USER, Why.ON_REQUEST)
    else:
        assert named is not None
        found = Installer(_EXTERNAL[named], Why.NAMED)
    if found.who is Who.UPDATE_MANAGER and not situation.security:
        return Installer(Who.NOBODY, Why.NO_SECURITY)
    return found


def _source(situation: Situation) -> tuple[From, bool]:
    """Return where updates come from, and whether that is only Windows' default."""
    if situation.named == "configmgr":
        return From.CONFIGMGR, False
    if situation.named == "third-party":
        return From.UNKNOWN, False
    if situation.source is From.ABSENT:
        return From.WINDOWS_UPDATE, True
    return situation.source, False


_BY_POLICY = {
    Policy.AT_SCHEDULED_TIME: Restarts.FORCED,
    Policy.NOT_WHILE_SIGNED_IN: Restarts.SIGNED_OUT,
    Policy.DEADLINE: Restarts.DEADLINE,
}
_SIMPLE = {
    Who.NOBODY: Restarts.NOBODY,
    Who.UNKNOWN: Restarts.UNKNOWN,
    Who.DEADLINE: Restarts.DEADLINE,
}


def _restarts(situation: Situation, first: Who) -> Restarts:
    if first in _SIMPLE:
        return _SIMPLE[first]
    if first is Who.SCHEDULE:
        return _BY_POLICY.get(situation.restart, Restarts.AFTER)
    if first is Who.USER:
        forced = situation.restart is Policy.AT_SCHEDULED_TIME
        return Restarts.FORCED if forced else Restarts.USER
    if first in (Who.GUEST_PATCHING, Who.UPDATE_MANAGER) and situation.azure.reboot == "Never":
        return Restarts.NOBODY
    return Restarts.PLATFORM if first is Who.GUEST_PATCHING else Restarts.ORCHESTRATOR


def _installing(found: Servicing) -> Iterator[Conflict]:
    """Yield what is wrong about who installs."""
    situation, who = found.situation, found.who
    if found.by_itself and _is_elsewhere(situation):
        yield Conflict.TWO
    if Who.UNKNOWN in who and _minds_unknown(situation):
        yield Conflict.UNKNOWN
    if found.installers[0].who is Who.NOBODY:
        yield Conflict.NOBODY if situation.named else Conflict.NOBODY_NAMED
    if situation.blocks and who & _BY_CLIENT:
        yield Conflict.BLOCKED_CLIENT
    yield from _by_own_client(found)
    if situation.role == "cluster-node" and found.by_itself:
        yield Conflict.CLUSTER
    if situation.platform == "azure-vm":
        yield from _on_azure_vm(found)


def _is_elsewhere(situation: Situation) -> bool:
    """Tell whether what is named leaves nothing to Windows' own schedule."""
    if situation.named == "sconfig":
        return situation.mode is not Mode.SCHEDULE
    return situation.named == "manual" or situation.named in EXTERNAL


def _minds_unknown(situation: Situation) -> bool:
    """Tell whether an unknown installer matters: a foreign GPO need not speak of updates."""
    return situation.named is not None or situation.mode is not Mode.ABSENT


def _by_own_client(found: Servicing) -> Iterator[Conflict]:
    situation = found.situation
    first = found.installers[0]
    if first.who is Who.USER and situation.named in ("group-policy", None):
        seven = situation.mode is Mode.NOTIFY_RESTART
        yield Conflict.BY_HAND_RESTART if seven else Conflict.BY_HAND
    if first.why is Why.ON_REQUEST:
        yield Conflict.BY_HAND
    if Who.DEADLINE in found.who:
        if situation.mode is Mode.OFF and situation.named not in EXTERNAL:
            yield Conflict.DEADLINE_BESIDE_OFF
        elif situation.mode in _WAITING and situation.named in ("group-policy", None):
            yield Conflict.MODE_OVERRIDDEN


def _on_azure_vm(found: Servicing) -> Iterator[Conflict]:
    situation = found.situation
    if _is_other_mode(situation):
        yield Conflict.PLATFORM_WRITES
    wanted = _EXTERNAL.get(situation.named or "")
    if wanted not in (Who.GUEST_PATCHING, Who.UPDATE_MANAGER):
        return
    if azure.excludes_hotpatching(situation):
        yield Conflict.HOTPATCH_OR_SCHEDULE
    if found.installers[0].who is not wanted:
        yield Conflict.PATCHING_AMISS


def _is_other_mode(situation: Situation) -> bool:
    """Tell whether the policy says what the platform of an Azure VM does not write.

    AutomaticByPlatform and Manual write NoAutoUpdate 1, AutomaticByOS writes 0.
    """
    by_os = situation.azure.patch_mode == "AutomaticByOS"
    return situation.mode not in (Mode.ABSENT, Mode.ON if by_os else Mode.OFF)


def _restarting(found: Servicing) -> Iterator[Conflict]:
    """Yield what is wrong about who restarts."""
    situation = found.situation
    installs = found.installers[0].who not in (Who.NOBODY, Who.UNKNOWN)
    if found.restarts is Restarts.NOBODY and installs:
        yield Conflict.NEVER_RESTARTS
    by_azure = found.installers[0].who in (Who.GUEST_PATCHING, Who.UPDATE_MANAGER)
    if by_azure and situation.azure.reboot == "Always":
        yield Conflict.ALWAYS_RESTARTS
    acts = situation.restart in (Policy.AT_SCHEDULED_TIME, Policy.NOT_WHILE_SIGNED_IN)
    if acts and situation.named in EXTERNAL:
        yield Conflict.RESTART_BESIDE
