"""The profile that brings machines back before the GPO of another profile is unlinked.

It writes the values of `catalog.server_defaults` as preferences, because Group Policy removes
policy values with the link and leaves preferences. It deletes no values of a whole key
(``**del.``): other GPOs may have set them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpogen.catalog.server_defaults import KEY, VALUES, is_mode_value
from gpogen.compile import iso, vbs
from gpogen.compile.compiler import compile_records
from gpogen.compile.drafts import Draft
from gpogen.errors import ContentError
from gpogen.finding import Severity
from gpogen.policy.keys import is_policy_key
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, Via
from gpogen.profile.load import Loader
from gpogen.profile.schema import Profile, Target
from gpogen.rules.check import Checked, check
from gpogen.servicing.retiring import SUFFIX, refusals
from gpogen.yaml_text import to_yaml

_WHY = (
    "Brings machines back to what a fresh Windows Server has before the GPO of {name} is unlinked: "
    "Windows downloads, and a person installs. The values are preferences, so that they stay when "
    "this GPO goes. Nobody has tested that."
)
_HEAD = (
    "Created by gpogen retire from the profile {name}.",
    "",
    "1. gpogen build, import the GPO, and link it where the GPO of {name} is linked, with link",
    "   order 1 and the same group and WMI filter.",
    "2. Run the Test script of this profile: wait until every report shows AUOptions 3 and",
    "   NoAutoUpdate 0.",
    "3. Unlink the GPO of {name}, wait for the next refresh, and run the Test script again:",
    "   nobody has tested whether the values stay when the policy's values go.",
    "4. Only when the second report shows both values: decide about VBS, then unlink this GPO.",
)
_HEAD_ISO = (
    "Without image: iso, because gpogen would then write the values of the ISO preparation again.",
)
_LEAVES_HOTPATCH = "these machines leave hotpatch; VBS stays until somebody decides about it"
_VBS_GOES = "these machines leave hotpatch, and the registry value that turned VBS on is deleted"
_ISO_STAYS = "the image is an ISO; this profile leaves the values of its preparation as they are"
_ISO_GOES = "the image is an ISO; this profile deletes the values of its preparation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """A new profile.

    Attributes:
        name: its name.
        text: the YAML.
    """

    name: str
    text: str


def retire(
    path: str, profiles_dir: str, *, remove_vbs: bool = False, remove_iso: bool = False
) -> Retired:
    """Make the profile that retires another.

    The new profile writes and deletes nothing of VBS and of the ISO preparation unless asked to.

    Args:
        path: the file of the profile to retire.
        profiles_dir: where ``extends`` looks, too.
        remove_vbs: whether the value that turns VBS on outside the policy keys is deleted.
        remove_iso: whether the values of the ISO preparation are deleted.

    Raises:
        UsageError: the file can't be opened.
        ContentError: the profile has errors, or no retiring profile is right for its machines;
            the message gives every reason.
    """
    folder = Path(profiles_dir)
    loader = Loader(folder if folder.is_dir() else None)
    old = check(loader.load(Path(path)))
    profile = old.compilation.profile if old.compilation else None
    if profile is None or old.failed:
        raise ContentError(f"{path}: the profile has errors; gpogen check shows them")
    gone = _Gone(vbs=remove_vbs, iso=remove_iso)
    reasons = tuple(_refusals(old, profile, gone))
    if reasons or profile.target is None:
        raise ContentError(f"{path}: {'; '.join(reasons)}")
    content = _content(old, profile, profile.target, gone)
    head = [line.format(name=profile.name) for line in _HEAD]
    if iso.is_iso(profile):
        head += ["", *_HEAD_ISO]
    text = to_yaml(content, head, ())
    _prove(text, content)
    return Retired(name=content["name"], text=text)


@dataclass(frozen=True, slots=True)
class _Gone:
    """What the new profile also deletes."""

    vbs: bool
    iso: bool

    def covers(self, record: Record) -> bool:
        """Tell whether a record writes a value that is deleted."""
        is_iso = iso.preparation(record.key, record.name) is not None
        return (self.vbs and _turns_vbs_on(record)) or (self.iso and is_iso)


def _refusals(old: Checked, profile: Profile, gone: _Gone) -> Iterator[str]:
    """Yield every reason why a profile is not retired."""
    if old.loaded.is_base:
        yield "the profile is a base: it builds no GPO; retire the profiles that extend it"
        return
    target = profile.target
    if target is None:
        yield "the target is unspecified: its machines can be Azure VMs, which are not retired"
        return
    yield from refusals(profile.name, target.platform, profile.orchestration or "")
    if not any(is_mode_value(draft.record) for draft in _by_policy(old)):
        yield "the profile sets no policy about how updates install: unlinking its GPO leaves that"
    if gone.vbs:
        yield from _vbs_refusals(old, target)
    if gone.iso and not iso.is_prepared(profile):
        yield (
            "--remove-iso: target.image must be iso, with windows-server-2022-azure-edition: the "
            "profile writes no values of the ISO preparation"
        )


def _by_policy(old: Checked) -> tuple[Draft, ...]:
    drafts = old.compilation.drafts if old.compilation else ()
    return tuple(draft for draft in drafts if draft.record.via is Via.POLICY)


def _vbs_refusals(old: Checked, target: Target) -> Iterator[str]:
    if target.image not in (None, "iso"):
        yield (
            "--remove-vbs: target.image must be absent or iso; marketplace images keep their VBS "
            "values"
        )
    elif not any(_turns_vbs_on(record) for record in _stays(old)):
        yield "--remove-vbs: the profile sets no VBS value that stays"


def _stays(old: Checked) -> tuple[Record, ...]:
    return old.compiled.facts.stays if old.compiled else ()


def _turns_vbs_on(record: Record) -> bool:
    return record.name.lower() == vbs.VALUE.lower() and not is_policy_key(record.key)


def _content(old: Checked, profile: Profile, target: Target, gone: _Gone) -> dict[str, Any]:
    """Return the new profile."""
    items = [
        _item(KEY, name, {"type": "dword", "data": data, "via": "preference"})
        for name, data in VALUES.items()
    ]
    items += [
        _item(record.key, record.name, {"action": "delete", "via": "preference"})
        for record in _stays(old)
        if gone.covers(record)
    ]
    return {
        "gpogen": 1,
        "name": profile.name + SUFFIX,
        "title": f"Retired: {profile.title or profile.name}",
        "why": _WHY.format(name=profile.name),
        "target": _target(target),
        # AUOptions 3 downloads and installs nothing: whoever installs is a person.
        "orchestration": "manual",
        "registry": items,
        "allow": list(_allowed(target, gone)),
    }


def _allowed(target: Target, gone: _Gone) -> Iterator[dict[str, str]]:
    yield {"rule": "HP004", "why": _VBS_GOES if gone.vbs else _LEAVES_HOTPATCH}
    if target.image == "iso":
        yield {"rule": "HP012", "why": _ISO_GOES if gone.iso else _ISO_STAYS}


def _item(key: str, name: str, rest: Mapping[str, Any]) -> dict[str, Any]:
    return {"key": f"{Hive.HKLM.value}\\{key}", "name": name, **rest}


def _target(target: Target) -> dict[str, Any]:
    """Return what tells the machines, as the author of the old profile wrote it.

    Without ``image: iso``, which writes the values of the preparation.
    """
    found = target.model_dump(include=set(_TOLD), exclude_none=True)
    if target.image == "iso":
        del found["image"]
    return {key: found[key] for key in _TOLD if key in found}


_TOLD = ("platform", "os", "installation", "role", "image")


def _prove(text: str, content: Mapping[str, Any]) -> None:
    """Check the new profile, and that it writes the values as preferences.

    Raises:
        ContentError: it has an error or other records: a fault of gpogen.
    """
    loaded = Loader().load_bytes(text.encode())
    found = check(loaded)
    wrong = next((item for item in found.findings if item.severity is Severity.ERROR), None)
    if wrong is not None:
        raise ContentError(f"the profile {content['name']} would have an error: {wrong.message}")
    written = {
        record.name: record.value
        for record in compile_records(loaded)[0]
        if record.key == KEY and record.via is Via.PREFERENCE and record.action is Action.SET
    }
    if written != dict(VALUES):
        raise ContentError(f"the profile {content['name']} would not write the values of {KEY}")
