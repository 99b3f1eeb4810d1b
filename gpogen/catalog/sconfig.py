"""What SConfig writes, shows and searches for (Microsoft.ServerCore.SConfig 2.0.0.0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from gpogen.catalog.files import load


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One answer to SConfig's item 5, Update setting."""

    name: str
    """gpogen's word: automatic, download-only or manual."""
    title: str
    """What SConfig shows."""
    letter: str
    """The key to press on Windows Server."""
    hci_number: int
    """The key to press where a preview channel exists (Azure Stack HCI)."""
    set: Mapping[str, int]
    """DWORD values that it writes, in order."""
    delete: tuple[str, ...]
    """Values that it deletes."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayRule:
    """One step of how SConfig names the present setting; the first that fits counts."""

    value: str
    data: int
    shows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """The PowerShell module behind SConfig."""

    name: str
    version: str
    guid: str
    exports: tuple[str, ...]
    alias: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One sentence that an administrator should know."""

    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SConfig:
    """All facts about SConfig."""

    module: Module
    key: str
    """Registry key without hive (HKLM) that holds the two values."""
    update_setting_item: int
    install_updates_item: int
    modes: tuple[Mode, ...]
    display: tuple[DisplayRule, ...]
    display_otherwise: str
    search_criteria: Mapping[str, str]
    """Windows Update Agent search strings: ``all`` and ``recommended``."""
    feature_update_category: str
    """Category GUID by which feature updates are told apart."""
    client_application_id: str
    notes: tuple[Note, ...]
    source: str


@cache
def sconfig() -> SConfig:
    """The facts, loaded once."""
    raw = load("sconfig.json")
    module = raw["module"]
    return SConfig(
        module=Module(**module | {"exports": tuple(module["exports"])}),
        key=raw["key"],
        update_setting_item=raw["menu"]["update_setting"],
        install_updates_item=raw["menu"]["install_updates"],
        modes=tuple(Mode(**row | {"delete": tuple(row["delete"])}) for row in raw["modes"]),
        display=tuple(DisplayRule(**row) for row in raw["display"]),
        display_otherwise=raw["display_otherwise"],
        search_criteria=raw["search_criteria"],
        feature_update_category=raw["feature_update_category"],
        client_application_id=raw["client_application_id"],
        notes=tuple(Note(**row) for row in raw["notes"]),
        source=raw["source"],
    )


def modes() -> Mapping[str, Mode]:
    """The modes by name."""
    return {mode.name: mode for mode in sconfig().modes}


def displayed_as(*, no_auto_update: int | None, au_options: int | None) -> str:
    """What SConfig shows for the two registry values (None: the value is not there)."""
    present = {"NoAutoUpdate": no_auto_update, "AUOptions": au_options}
    for rule in sconfig().display:
        if present[rule.value] == rule.data:
            return rule.shows
    return sconfig().display_otherwise
