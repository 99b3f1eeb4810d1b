"""Who installs and who restarts, written by hand from Microsoft's pages; first match counts.

This file imports nothing from gpogen and knows nothing of its code. The facts: ADMX help text of
"Configure Automatic Updates", of "Always automatically restart at the scheduled time" and of the
compliance deadlines; "Prerequisites for scheduled patching" for Azure VMs; "configure-wu-agent" for
Arc; "Cluster-Aware Updating requirements".

A row is (conditions, answer). A condition names an input and the words for which it holds.
"""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[Mapping[str, str], str]

PLATFORMS = ("", "azure-local", "azure-arc", "azure-vm")
ROLES = ("member", "domain-controller", "cluster-node", "hyper-v-host", "wsus-server")
NAMED = (
    "nobody",
    "group-policy",
    "sconfig",
    "azure-update-manager",
    "azure-guest-patching",
    "configmgr",
    "cluster-aware",
    "third-party",
    "manual",
)
MODES = (
    "absent",
    "removed",
    "on",
    "off",
    "notify",
    "download",
    "install-on-schedule",
    "local-admin",
    "notify-restart",
    "other",
)
RESTARTS = (
    "absent",
    "when-required",
    "at-scheduled-time",
    "not-while-users-are-logged-on",
    "deadline",
)
SOURCES = (
    "absent",
    "windows-update",
    "microsoft-update",
    "wsus",
    "mixed",
    "blocked",
    "no-access",
    "no-service",
)
AZURE = {
    # name: (patch mode, safety checks bypassed, schedule assigned, hotpatching, reboot setting)
    "unsaid": (None, None, None, None, None),
    "guest": ("AutomaticByPlatform", False, False, None, None),
    "schedule": ("AutomaticByPlatform", True, True, False, None),
    "schedule-hotpatching": ("AutomaticByPlatform", True, True, True, None),
    "idle": ("AutomaticByPlatform", True, False, None, None),
    "neither": ("AutomaticByPlatform", False, True, None, None),
    "by-os": ("AutomaticByOS", None, None, None, None),
    "manual": ("Manual", None, None, None, None),
    "no-schedule": (None, None, False, None, None),
    "never": ("AutomaticByPlatform", False, False, None, "Never"),
    "always": ("AutomaticByPlatform", True, True, False, "Always"),
}
ELSEWHERE = ("unsaid", "no-schedule", "never")
"""Azure's settings that are tried off Azure VMs, where only schedule and reboot count."""

MISSING = {
    "azure-local": "azure-update-manager azure-guest-patching",
    "azure-arc": "azure-guest-patching",
    "azure-vm": "group-policy sconfig configmgr cluster-aware third-party manual",
}
"""The orchestrations that a platform does not have."""

OWN_CLIENT: tuple[Row, ...] = (
    ({"source": "blocked no-access no-service"}, "nobody"),
    # "Updates will be downloaded and installed as soon as they are offered", whatever the mode.
    ({"restart": "deadline"}, "deadline"),
    ({"mode": "off"}, "nobody"),
    ({"mode": "install-on-schedule"}, "schedule"),
    ({"mode": "notify download notify-restart"}, "user"),
    # Absent, or no more than NoAutoUpdate 0 (on): the machine's own setting. Removed: unproven.
    # local-admin: dead since 2016.
    ({"mode": "absent on removed local-admin other"}, "unknown"),
)
"""What the machine's own Windows Update client does."""

NAMED_INSTALLS: tuple[Row, ...] = (
    ({"missing": "yes"}, "nobody"),
    ({"named": "manual sconfig"}, "user"),
    ({"named": "configmgr"}, "configmgr"),
    ({"named": "cluster-aware"}, "cluster_aware"),
    ({"named": "third-party"}, "third_party"),
    ({"platform": "azure-vm", "azure": "by-os"}, "schedule"),
    ({"platform": "azure-vm", "azure": "manual idle neither"}, "nobody"),
    ({"platform": "azure-vm", "azure": "schedule schedule-hotpatching always"}, "update_manager"),
    ({"platform": "azure-vm", "azure": "guest never no-schedule"}, "guest_patching"),
    ({"named": "azure-guest-patching"}, "guest_patching"),
    # Nobody said that the checks are bypassed; with the default neither would run.
    ({"platform": "azure-vm"}, "unknown"),
    ({"azure": "no-schedule never"}, "user"),  # On request, by somebody in the portal.
    ({"named": "azure-update-manager"}, "update_manager"),
)
"""What comes of the orchestration that the author names, alone."""

BESIDE: tuple[Row, ...] = (
    ({"source": "blocked no-access no-service"}, ""),
    ({"restart": "deadline"}, "deadline"),
    ({"mode": "install-on-schedule"}, "schedule"),
    ({"mode": "removed local-admin other"}, "unknown"),
    # Nobody has set the mode, and no page says that one of these does. Of Update Manager alone
    # Microsoft says to align Configure Automatic Updates or to leave it unset (Arc), or writes it
    # itself (Azure VMs).
    ({"mode": "absent on", "named": "manual configmgr cluster-aware third-party"}, "unknown"),
    # Off, or waiting for a person, leaves it to whoever is named.
    ({"mode": "absent on off notify download notify-restart"}, ""),
)
"""What the machine's own client does beside somebody who is named."""

RESTART: tuple[Row, ...] = (
    ({"first": "nobody"}, "nobody"),
    ({"first": "unknown"}, "unknown"),
    ({"first": "deadline"}, "deadline"),
    ({"first": "schedule", "restart": "at-scheduled-time"}, "forced"),
    ({"first": "schedule", "restart": "not-while-users-are-logged-on"}, "signed_out"),
    ({"first": "schedule", "restart": "deadline"}, "deadline"),
    # Option 4: "Windows will restart the computer automatically"; a signed-in user may delay it.
    ({"first": "schedule"}, "after"),
    ({"first": "user", "restart": "at-scheduled-time"}, "forced"),
    ({"first": "user"}, "user"),
    ({"first": "guest_patching update_manager", "azure": "never"}, "nobody"),
    ({"first": "guest_patching"}, "platform"),
    ({"first": "update_manager configmgr cluster_aware third_party"}, "orchestrator"),
)

SOURCE: tuple[Row, ...] = (
    ({"named": "configmgr"}, "configmgr"),
    ({"named": "third-party"}, "unknown"),
    ({"source": "absent no-access no-service"}, "windows_update"),
    ({"source": "windows-update"}, "windows_update"),
    ({"source": "microsoft-update"}, "microsoft_update"),
    ({"source": "wsus"}, "wsus"),
    ({"source": "mixed"}, "mixed"),
    ({"source": "blocked"}, "blocked"),
)

_OTHERS = "azure-update-manager azure-guest-patching configmgr cluster-aware third-party manual"
CONFLICTS: Mapping[str, tuple[Row, ...]] = {
    "nobody": (({"only": "nobody", "named": "nobody"}, ""), ({"only": "nobody"}, "yes")),
    "nobody_named": (({"only": "nobody", "named": "nobody"}, "yes"),),
    "unknown": (
        ({"unknown": "yes", "named": "nobody", "mode": "absent"}, ""),
        ({"unknown": "yes"}, "yes"),
    ),
    # "Initiate the download and installation of updates with the Windows Update client."
    "blocked_client": (
        ({"source": "blocked no-access no-service", "first": "guest_patching"}, "yes"),
        ({"source": "blocked no-access no-service", "first": "update_manager"}, "yes"),
    ),
    "two": (
        ({"by_itself": "no"}, ""),
        ({"named": _OTHERS}, "yes"),
        # SConfig's "Automatic" is install-on-schedule; with another mode a deadline beats it.
        ({"named": "sconfig", "mode": "install-on-schedule"}, ""),
        ({"named": "sconfig"}, "yes"),
    ),
    "by_hand": (
        ({"first": "user", "named": "nobody group-policy", "mode": "notify-restart"}, ""),
        ({"first": "user", "named": "nobody group-policy"}, "yes"),
        ({"first": "user", "named": "azure-update-manager"}, "yes"),
    ),
    "by_hand_restart": (
        ({"first": "user", "named": "nobody group-policy", "mode": "notify-restart"}, "yes"),
    ),
    "mode_overridden": (
        (
            {
                "deadline": "yes",
                "named": "nobody group-policy",
                "mode": "notify download notify-restart",
            },
            "yes",
        ),
    ),
    "deadline_beside_off": (
        ({"deadline": "yes", "mode": "off", "named": "nobody group-policy sconfig manual"}, "yes"),
    ),
    "cluster": (({"role": "cluster-node", "by_itself": "yes"}, "yes"),),
    "platform_writes": (
        ({"platform": "azure-vm", "mode": "absent"}, ""),
        # The platform writes NoAutoUpdate 1 itself, but for AutomaticByOS, where it writes 0.
        ({"platform": "azure-vm", "mode": "off", "azure": "by-os"}, "yes"),
        ({"platform": "azure-vm", "mode": "off"}, ""),
        ({"platform": "azure-vm", "mode": "on", "azure": "by-os"}, ""),
        ({"platform": "azure-vm"}, "yes"),
    ),
    "hotpatch_or_schedule": (
        ({"platform": " azure-local azure-arc"}, ""),
        ({"azure": "by-os manual schedule always"}, ""),
        ({"named": "azure-update-manager", "azure": "unsaid"}, "yes"),
        (
            {
                "named": "azure-update-manager azure-guest-patching",
                "azure": "schedule-hotpatching idle neither",
            },
            "yes",
        ),
    ),
    "patching_amiss": (
        ({"platform": " azure-local azure-arc"}, ""),
        ({"named": "azure-update-manager", "first": "update_manager"}, ""),
        ({"named": "azure-guest-patching", "first": "guest_patching"}, ""),
        ({"named": "azure-update-manager azure-guest-patching"}, "yes"),
    ),
    "never_restarts": (({"first": "guest_patching update_manager", "azure": "never"}, "yes"),),
    "always_restarts": (({"first": "guest_patching update_manager", "azure": "always"}, "yes"),),
    "restart_beside": (
        ({"named": "nobody group-policy sconfig manual"}, ""),
        ({"restart": "at-scheduled-time not-while-users-are-logged-on"}, "yes"),
    ),
}
"""For each conflict, when it is there; without a matching row it is not."""


def look_up(rows: tuple[Row, ...], case: Mapping[str, str]) -> str:
    """Return the answer of the first row whose conditions all hold; empty without one."""
    for conditions, answer in rows:
        if all(case[name] in words.split(" ") for name, words in conditions.items()):
            return answer
    return ""


def expected(case: dict[str, str]) -> dict[str, object]:
    """Return the answer for one combination of the inputs above."""
    missing = case["named"] in MISSING.get(case["platform"], "").split(" ")
    case["missing"] = "yes" if missing else "no"
    own = look_up(OWN_CLIENT, case)
    automatic = case["named"] == "sconfig" and case["mode"] == "install-on-schedule"
    if case["named"] in ("nobody", "group-policy") or (automatic and not missing):
        installers = [own]
    else:
        found = (look_up(NAMED_INSTALLS, case), look_up(BESIDE, case))
        installers = [word for word in dict.fromkeys(found) if word not in ("nobody", "")]
    installers = installers or ["nobody"]
    case["first"] = installers[0]
    case["only"] = installers[0] if len(installers) == 1 else ""
    case["unknown"] = "yes" if "unknown" in installers else "no"
    case["deadline"] = "yes" if "deadline" in installers else "no"
    case["by_itself"] = "yes" if {"schedule", "deadline"} & set(installers) else "no"
    return {
        "installers": installers,
        "restarts": look_up(RESTART, case),
        "source": look_up(SOURCE, case),
        "conflicts": sorted(name for name, rows in CONFLICTS.items() if look_up(rows, case)),
    }
