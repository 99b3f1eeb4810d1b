"""Settings that have no effect because of another one.

An error (GP037) where the profile itself writes them, left out where it inherits them. The
source beside ConfigMgr is left out in either case: both are right, and say it differently.
"""

from __future__ import annotations

from collections.abc import Iterator

from gpogen.compile import vbs
from gpogen.compile.drafts import Findings
from gpogen.compile.origin import LeftOut
from gpogen.compile.source import Places as Tree
from gpogen.compile.words import MODE_OPTIONS
from gpogen.profile.schema import Profile
from gpogen.profile.sections import Vbs

_Idle = tuple[tuple[str, ...], str, str]
"""Path, reason, fix."""


def judge_idle(profile: Profile, tree: Tree, findings: Findings) -> list[LeftOut]:
    """Report what has no effect; return what is left out."""
    left = [
        LeftOut(what=".".join(path), reason=reason, at=tree.place(*path))
        for path, reason, _ in _configmgr(profile)
    ]
    for path, reason, fix in (*_without_mode(profile), *_vbs(profile)):
        at = tree.place(*path)
        word = ".".join(path)
        if tree.is_own(at) and profile.target is not None:
            findings.error("GP037", f"{word} has no effect: {reason}", at, fix)
        else:
            left.append(LeftOut(what=word, reason=reason, at=at))
    return left


def _without_mode(profile: Profile) -> Iterator[_Idle]:
    updates = profile.updates
    if updates is None or updates.mode in MODE_OPTIONS:
        return
    said = "no mode" if updates.mode is None else f"mode {updates.mode}"
    reason = f"it is part of Configure Automatic Updates, and the profile has {said}"
    for name in ("schedule", "microsoft_update"):
        value = getattr(updates, name)
        if value == "remove" and updates.mode in ("remove", "off"):
            continue  # Both delete the whole policy's elements.
        if value is not None and value != "unmanaged":
            yield ("updates", name), reason, "set `updates.mode`, or remove it"


def _configmgr(profile: Profile) -> Iterator[_Idle]:
    updates = profile.updates
    if profile.orchestration != "configmgr" or updates is None:
        return
    if updates.source is not None and updates.source != "unmanaged":
        reason = (
            "with orchestration configmgr, the agent of Configuration Manager sets the "
            "intranet update service"
        )
        yield ("updates", "source"), reason, ""


def _vbs(profile: Profile) -> Iterator[_Idle]:
    how = vbs.enforcement(profile)
    if not isinstance(profile.vbs, Vbs) or how in ("policy", "policy+registry"):
        return
    for name in vbs.FIELDS:
        if getattr(profile.vbs, name) is not None:
            reason = f"it is part of the VBS policy, which `enforce: {how}` does not write"
            yield ("vbs", name), reason, "use `enforce: policy+registry`, or remove it"
