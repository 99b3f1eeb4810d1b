"""Sentences for people: what to do before, what restarts, what stays behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gpogen.compile.result import Compiled, CredentialGuard, Facts, RestartCause
from gpogen.servicing.answer import Conflict, Restarts
from gpogen.servicing.azure import has_no_hotpatches
from gpogen.servicing.tell import restarts_text

_BASELINE = (
    "In every baseline month (planned: January, April, July, and October; unplanned baselines are "
    "possible in any month)"
)
_EVERY_MONTH = "Every month, because these machines get no hotpatches"
_FORCED = (
    "Whether an update that requires no restart, such as a hotpatch, also starts the forced "
    "restart is unproven (UNPROVEN-A)."
)
_STOPS = (
    "Then NTLMv1, MS-CHAPv2, unconstrained delegation and CredSSP stop working: find out first "
    "what uses them."
)
_ISO_OF_2025 = (
    "The machines are installed from an ISO, and Microsoft documents no preparation of such an "
    "installation for Windows Server 2025: before you rely on it, check on one machine that "
    "Windows Update offers it a hotpatch."
)
_KEEP_OFF = "vbs: {credential_guard: disabled} in the profile keeps it off by Group Policy."
_CAUSES: Mapping[RestartCause, str] = {
    RestartCause.VBS: "Once, after VBS is first turned on: VBS runs only after a restart.",
    RestartCause.ISO: "Once, after KB5003508 and the preparation values of an ISO installation.",
    RestartCause.CERTIFICATES: (
        "Several times, for the Secure Boot certificates: some steps wait for a restart."
    ),
}
_GUARD: Mapping[CredentialGuard, str] = {
    CredentialGuard.ON: (
        f"Credential Guard starts with VBS, because this profile turns it on. {_STOPS}"
    ),
    CredentialGuard.OFF: (
        "The GPO keeps Credential Guard off. The Set script cannot: on a machine where you run "
        "only the script, Windows Server 2025 can start Credential Guard automatically once VBS "
        f"runs. {_STOPS}"
    ),
    CredentialGuard.OPEN: (
        "This profile does not configure Credential Guard, so Windows Server 2025 can start it "
        f"automatically once VBS runs. {_STOPS} {_KEEP_OFF}"
    ),
}
_CERTIFICATES_FIRST: Mapping[str, str] = {
    "azure-local": (
        "First update the Azure Local hosts: until then the firmware of an existing VM refuses the "
        "key exchange key, and its System log shows event 1795."
    ),
    "azure-vm": (
        "First check whether you have anything to do: most eligible Trusted Launch VMs get the "
        "certificates from Azure (KB5085395)."
    ),
    "azure-arc": (
        "First update the hypervisor, or the firmware of a physical server: until then an existing "
        "Hyper-V guest fails with event 1795 in its System log, and a VMware guest with 1796."
    ),
}
_CERTIFICATES_APPLY = (
    "The Secure Boot certificates: then apply the GPO to one machine. A scheduled task of "
    "Windows performs the next step every 12 hours, and some steps wait for a restart: plan "
    "several restarts, because a hotpatch month brings none. Windows has no way to remove the "
    "certificates."
)
_CERTIFICATES_LOOK = (
    "The Secure Boot certificates: "
    "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecureBoot\\Servicing then shows the machine's "
    "progress (UEFICA2023Status) and what failed (UEFICA2023Error), and the System log has "
    "events 1795, 1796, 1801 and 1808. Continue with the next machines only when the first one "
    "is done."
)


def restarts(compiled: Compiled) -> tuple[str, ...]:
    """Say what will restart, when and why."""
    return tuple(_restarts(compiled))


def _restarts(compiled: Compiled) -> Iterator[str]:
    servicing = compiled.servicing
    yield from (_CAUSES[cause] for cause in compiled.facts.restart_causes)
    months = _EVERY_MONTH if has_no_hotpatches(servicing.situation) else _BASELINE
    yield f"{months}: {_baseline(compiled)}"
    if servicing.restarts is Restarts.FORCED:
        yield _FORCED
    if Conflict.RESTART_BESIDE in servicing.conflicts:
        yield "This profile's restart policy can also force or delay a restart that is due."


def _baseline(compiled: Compiled) -> str:
    """Say how the restart of a baseline month comes about."""
    facts, servicing = compiled.facts, compiled.servicing
    match servicing.restarts:
        case Restarts.DEADLINE if (limit := facts.deadline) is not None:
            days = (
                f"{limit.days} days after Windows Update offers the update, plus "
                f"{limit.grace_days} days of grace period"
            )
            return f"{restarts_text(servicing)}, {days}."
        case Restarts.FORCED if facts.warn_minutes is not None:
            when = (
                "the scheduled installation ends"
                if servicing.by_itself
                else "somebody has installed the updates"
            )
            return (
                f"Windows forces the restart {facts.warn_minutes} minutes after {when}, even if "
                "users are signed in."
            )
        case Restarts.USER:
            return "a person installs and restarts; these files do not force a restart."
        case Restarts.NOBODY:
            return "nothing installs or restarts automatically; a person must do both."
        case Restarts.UNKNOWN:
            return "unknown, because it is unknown what installs the updates."
    return f"{restarts_text(servicing)}."


def before(compiled: Compiled) -> tuple[str, ...]:
    """Say what to find out and to do before the settings arrive on a machine."""
    return tuple(_before(compiled.facts, compiled.header.platform))


def _before(facts: Facts, platform: str) -> Iterator[str]:
    if facts.unprepared_iso:
        yield _ISO_OF_2025
    if facts.credential_guard is not None:
        yield _GUARD[facts.credential_guard]
    first = _CERTIFICATES_FIRST.get(platform)
    if first is not None and RestartCause.CERTIFICATES in facts.restart_causes:
        yield f"The Secure Boot certificates: {first[0].lower()}{first[1:]}"
        yield _CERTIFICATES_APPLY
        yield _CERTIFICATES_LOOK


def stays(compiled: Compiled) -> tuple[str, ...]:
    """Say what stays behind when the GPO goes, and what cannot be taken back."""
    keys: dict[str, set[str]] = {}
    for record in compiled.facts.stays:
        names = keys.setdefault(f"{record.hive.value}\\{record.key}", set())
        names.add(record.name or "(key)")
    return tuple(_remain(key, sorted(names)) for key, names in sorted(keys.items()))


def _remain(key: str, names: list[str]) -> str:
    verb = "remains" if len(names) == 1 else "remain"
    return f"{key}: {', '.join(names)} {verb} on the machine after you remove the GPO."
