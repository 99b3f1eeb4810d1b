"""What keeps one update away from a machine, by whoever installs updates on it.

README.txt and the script that takes an update off say the same, so the sentences are here.
"""

from __future__ import annotations

from dataclasses import dataclass

from gpogen.artifacts.placing import CONTROLLER
from gpogen.calendar.pause import PAUSE
from gpogen.compile.result import Compiled
from gpogen.policy.types import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAway:
    """What to do so that a server does not install an update again, one sentence for each thing.

    Attributes:
        before: before the removal.
        after: after the removal and its restart.
        hides: whether one of them is to hide the update on the server.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    hides: bool

    @property
    def lines(self) -> tuple[str, ...]:
        """Every sentence, with when to do it."""
        before = (f"Before the removal: {sentence}" for sentence in self.before)
        after = (f"After the restart: {sentence}" for sentence in self.after)
        return (*before, *after)


_HIDE = (
    "Hide it on the server as soon as Windows Update offers it again, and before the next "
    "installation (Install-Updates.ps1 -HideKB). The search of Windows Update then excludes it; "
    "whether the automatic installation of a hotpatch does is unproven."
)
_STOP = (
    "Stop the automatic installation on this server: build a profile that extends this one with "
    "updates: {mode: download, schedule: unmanaged}, restart: unmanaged, and no deadline; {place}. "
    "Run gpupdate /force on the server: AUOptions must be 3. On a server that gets no GPO, select "
    "Download only in menu 5 of SConfig."
)
_OWN_UNIT = (
    "move the server into a separate organizational unit below the one where this GPO is "
    "linked, and link the new GPO there"
)
_OWN_GROUP = (
    "link its GPO with link order 1 to the Domain Controllers unit, for a group that contains only "
    "this server, and restart the server, because it does not see the group before"
)
_START = (
    "When the update is hidden, start the automatic installation again: undo the link or the move, "
    "or select the previous mode in SConfig."
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
    "Hide it on each node (Install-Updates.ps1 -HideKB), and check with "
    "Invoke-CauScan that Cluster-Aware Updating no longer lists it."
)
_BEFORE = {
    "azure-update-manager": _UPDATE_MANAGER,
    "azure-guest-patching": _GUEST_PATCHING,
    "configmgr": _CONFIGMGR,
    "third-party": "Exclude the KB number in the patch manager's plan for these machines.",
}
_AFTER = {
    "azure-guest-patching": (_HIDE,),
    "cluster-aware": (_CLUSTER_AWARE,),
    "manual": ("Do not install it again.", _HIDE),
}


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
        item.record.name == PAUSE and item.record.action is Action.DELETE
        for item in compiled.policy
    )


def keep_away(compiled: Compiled) -> KeepAway:
    """Return what keeps one update away from a machine."""
    installer = compiled.header.orchestration
    before = [_BEFORE[installer]] if installer in _BEFORE else []
    after = list(_AFTER.get(installer, ()))
    if compiled.servicing.situation.quality_from_wsus and installer != "configmgr":
        before.append(_WSUS)
    if not before and not after:
        after.append(_HIDE)
    hides = bool({_HIDE, _CLUSTER_AWARE} & set(after))
    if compiled.servicing.by_itself and hides:
        place = _OWN_GROUP if compiled.header.role == CONTROLLER else _OWN_UNIT
        before.insert(0, _STOP.replace("{place}", place))
        after.append(_START)
    return KeepAway(before=tuple(before), after=tuple(after), hides=hides)
