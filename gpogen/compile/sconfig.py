"""What SConfig's menu 5 would write for the profile's mode."""

from __future__ import annotations

from gpogen.catalog.sconfig import displayed_as, sconfig
from gpogen.compile.result import SconfigPlan
from gpogen.compile.words import MODE_OPTIONS
from gpogen.profile.schema import Profile
from gpogen.profile.sections import MODES


def sconfig_plan(profile: Profile) -> SconfigPlan | None:
    """Return the plan, or None where the mode is unmanaged or Azure owns the guest."""
    mode = profile.updates.mode if profile.updates else None
    if mode not in MODES or profile.target is None or profile.target.platform == "azure-vm":
        return None
    assert mode is not None
    options = MODE_OPTIONS.get(mode)
    off = 1 if mode == "off" else 0
    return SconfigPlan(
        mode=_menu_word(off, options),
        shows=displayed_as(no_auto_update=off, au_options=options),
        au_options=options,
        no_auto_update=off,
        word=mode,
    )


def _menu_word(off: int, options: int | None) -> str:
    """Return the menu's own word for the two values, or an empty text when it has none."""
    for mode in sconfig().modes:
        if mode.set.get("NoAutoUpdate") == off and mode.set.get("AUOptions") == options:
            return "".join(part.capitalize() for part in mode.name.split("-"))
    return ""
