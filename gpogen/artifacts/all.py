"""Every artifact by its id. A module is imported when it is asked for, not before."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from gpogen.artifacts.api import Artifact

MODULES: Mapping[str, str] = MappingProxyType(
    {
        "gpo": "gpogen.artifacts.gpo_backup",
        "registry-pol": "gpogen.artifacts.registry_pol",
        "lgpo": "gpogen.artifacts.lgpo_text",
        "policyrules": "gpogen.artifacts.policy_rules",
        "reg": "gpogen.artifacts.reg_file",
        "import-script": "gpogen.artifacts.powershell_import",
        "set-script": "gpogen.artifacts.powershell_set",
        "undo-script": "gpogen.artifacts.powershell_undo",
        "test-script": "gpogen.artifacts.powershell_test",
        "restore-script": "gpogen.artifacts.powershell_restore",
        "install-script": "gpogen.artifacts.powershell_install",
        "iso-script": "gpogen.artifacts.powershell_iso",
        "sconfig": "gpogen.artifacts.sconfig",
        "settings-csv": "gpogen.artifacts.settings_csv",
        "settings-json": "gpogen.artifacts.settings_json",
        "dsc": "gpogen.artifacts.dsc_document",
        "osconfig": "gpogen.artifacts.osconfig_document",
        "ansible": "gpogen.artifacts.ansible_playbook",
        "ansible-requirements": "gpogen.artifacts.ansible_requirements",
        "samba": "gpogen.artifacts.samba_backup",
        "arc": "gpogen.artifacts.arc_scripts",
        "vm": "gpogen.artifacts.vm_scripts",
        "patch-now": "gpogen.artifacts.patch_now",
        "maintenance": "gpogen.artifacts.maintenance_files",
        "queries": "gpogen.artifacts.azure_queries",
        "policy": "gpogen.artifacts.policy_files",
        "wsus": "gpogen.artifacts.wsus_approval",
        "wmi": "gpogen.artifacts.wmi_filter",
        "readme": "gpogen.artifacts.readme",
    }
)
"""Id to module, in the order in which a build writes them and README.txt lists them."""


def load(name: str) -> Artifact:
    """Import one artifact.

    Raises:
        KeyError: there is none of this id.
    """
    found = import_module(MODULES[name]).ARTIFACT
    assert isinstance(found, Artifact)
    return found
