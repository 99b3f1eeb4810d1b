"""What keeps one update away from a machine, by whoever installs updates on it.

README.txt and the script that takes an update off say the same, so the sentences are here.
"""

from __future__ import annotations

from gpogen.compile.result import Compiled

_HIDE = (
    r"Hide it on the machine: .\powershell\Install-Updates.ps1 -HideKB KB. Windows Update's search "
    "then leaves it out; that automatic installation of a hotpatch respects it is unproven."
)
_WSUS = (
    "Decline it in WSUS, or take back its approval for the computer group of these machines: "
    "Get-WsusUpdate -Approval AnyExceptDeclined | Where-Object "
    "{ $_.Update.KnowledgebaseArticles -contains 'NUMBER' } | Deny-WsusUpdate, where NUMBER is "
    "the KB number without KB."
)
_BY_INSTALLER = {
    "azure-update-manager": (
        "Add the KB number to kbNumbersToExclude of every maintenance configuration that these "
        "machines have, and leave it out of each one-time update.",
    ),
    "azure-guest-patching": (
        "No list of excluded updates is documented for Azure guest patching. Ask Azure support "
        "before the next off-peak hours.",
        _HIDE,
    ),
    "configmgr": (
        "Remove the update from every software update group that is deployed to these machines, "
        "and from the automatic deployment rules that would add it again.",
    ),
    "third-party": ("Exclude the KB number in the patch manager's plan for these machines.",),
    "cluster-aware": (
        "Hide it on each node: Cluster-Aware Updating leaves hidden updates out by default "
        r"(IsHidden=0 in its QueryString). .\powershell\Install-Updates.ps1 -HideKB KB hides it.",
    ),
    "manual": ("Do not install it again.", _HIDE),
}


def keep_away(compiled: Compiled) -> tuple[str, ...]:
    """Return one sentence for each thing to do."""
    installer = compiled.header.orchestration
    own = _BY_INSTALLER.get(installer, ())
    wsus = (_WSUS,) if compiled.servicing.situation.quality_from_wsus else ()
    return (*own, *wsus) or (_HIDE,)
