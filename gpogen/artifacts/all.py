"""The artefacts by name. A module is imported when it is asked for, not before."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import cast

from gpogen.artifacts.api import Artifact

MODULES: Mapping[str, str] = MappingProxyType(
    {
        "gpo": "gpogen.artifacts.gpo_backup",
        "registry-pol": "gpogen.artifacts.registry_pol",
        "lgpo": "gpogen.artifacts.lgpo_text",
        "import-script": "gpogen.artifacts.powershell_import",
        "set-script": "gpogen.artifacts.powershell_set",
        "test-script": "gpogen.artifacts.powershell_test",
        "reg": "gpogen.artifacts.reg_file",
        "sconfig": "gpogen.artifacts.sconfig",
        "wmi": "gpogen.artifacts.wmi_filter",
        "readme": "gpogen.artifacts.readme",
    }
)
"""Name to module, in the order in which a build writes them."""


def load(name: str) -> Artifact:
    """Import one artefact.

    Raises:
        KeyError: there is none of this name.
    """
    return cast(Artifact, import_module(MODULES[name]))
