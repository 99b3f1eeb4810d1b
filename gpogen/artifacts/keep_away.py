"""What keeps one update away from a machine, by whoever installs updates on it.

README.txt and the script that takes an update off say the same, so the sentences are here.
"""

from __future__ import annotations

from gpogen.compile.result import Compiled
from gpogen.policy.types import Action

_HIDE = (
    "After the removal, before the next installation, hide it on the server as soon as it is "
    "offered again (Install-Updates.ps1 -HideKB). The search of Windows Update then excludes it; "
    "whether the automatic installation of a hotpatch does is unproven."
)
_WSUS = "In WSUS, decline it, or remove its approval for the computer group of these machines."
_UPDATE_MANAGER = (
    "Add the KB number to kbNumbersToExclude of every maintenance configuration that these "
    "machines have, and exclude it from each one-time update."
)
_GUEST_PATCHING = (
    "No list of excluded updates is documented for Azure guest patching. Ask Azure support before "
    "the next off-peak hours."
)
_CONFIGMGR = (
    "Remove the update from every software update group that is deployed to these machines, and "
    "from the automatic deployment rules that would add it again."
)
_CLUSTER_AWARE = (
    "After the removal, hide it on each node (Install-Updates.ps1 -HideKB), and check with "
    "Invoke-CauScan that Cluster-Aware Updating no longer lists it."
)
_BY_INSTALLER = {
    "azure-update-manager": (_UPDATE_MANAGER,),
    "azure-guest-patching": (_GUEST_PATCHING, _HIDE),
    "configmgr": (_CONFIGMGR,),
    "third-party": ("Exclude the KB number in the patch manager's plan for these machines.",),
    "cluster-aware": (_CLUSTER_AWARE,),
    "manual": ("Do not install it again.", _HIDE),
}


_PAUSE = "PauseQualityUpdatesStartTime"


def pause_holds(compiled: Compiled) -> bool:
    """Tell whether a pause of quality updates holds: Azure ignores it, and a GPO may delete it."""
    return not _pause_is_deleted(compiled) and not compiled.header.orchestration.startswith(
        "azure-"
    )


def pause(compiled: Compiled) -> str:
    """Return the sentence about a pause of quality updates."""
    if pause_holds(compiled):
        return (
            "The last resort is a pause of quality updates (policy Select when Quality Updates are "
            "received, Pause Quality Updates Starting). It ends automatically after 35 days."
        )
    if _pause_is_deleted(compiled):
        return "A pause of quality updates does not help, because the GPO deletes it."
    return (
        "A pause of quality updates does not help: Azure Update Manager and Azure guest patching "
        "install regardless of it."
    )


def _pause_is_deleted(compiled: Compiled) -> bool:
    return any(
        item.record.name == _PAUSE and item.record.action is Action.DELETE
        for item in compiled.policy
    )


def keep_away(compiled: Compiled) -> tuple[str, ...]:
    """Return one sentence for each thing to do."""
    installer = compiled.header.orchestration
    own = _BY_INSTALLER.get(installer, ())
    from_wsus = compiled.servicing.situation.quality_from_wsus and installer != "configmgr"
    wsus = (_WSUS,) if from_wsus else ()
    return (*own, *wsus) or (_HIDE,)
