"""``gpogen retire``: the profile that brings machines back before a GPO is unlinked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gpogen.policy.records import Record
from gpogen.policy.types import Action, Via
from gpogen.profile.load import Loader
from gpogen.rules.check import check
from gpogen.servicing.decide import EXTERNAL
from tests.cli.conftest import Run, Workplace

KEY = r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"
ARC = (
    "target: {platform: azure-arc, os: windows-server-2025-standard, installation: both}",
    "vbs: {enforce: policy+registry}",
)
SCHEDULE = "updates: {mode: install-on-schedule, schedule: {day: sunday, at: '03:00'}}"
TARGETS = {
    "azure-local": ("orchestration: manual",),
    "arc": (*ARC, "orchestration: group-policy", SCHEDULE),
    "sconfig": (*ARC, "orchestration: sconfig", "updates: {mode: download}"),
    "off": (*ARC, "orchestration: manual", "updates: {mode: 'off'}"),
}


def alone(place: Workplace, name: str, *lines: str) -> Path:
    path = place.root / "profiles" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    head = ["gpogen: 1", f"name: {name}", f"title: The {name} servers", "why: no reason"]
    path.write_text("\n".join((*head, *lines, "")), encoding="utf-8")
    return path


def records(path: Path) -> list[Record]:
    compiled = check(Loader().load(path)).compiled
    assert compiled is not None
    assert compiled.policy == ()
    return [item.record for item in compiled.preferences]


@pytest.mark.parametrize("lines", TARGETS.values(), ids=TARGETS)
def test_the_new_profile_sets_two_preferences_and_builds(
    place: Workplace, gpogen: Run, lines: tuple[str, ...]
) -> None:
    old = alone(place, "web", *lines) if len(lines) > 1 else place.profile("web")
    done = gpogen("retire", str(old))
    new = old.with_name("web-retired.yaml")
    assert done.code == 0, done.err
    assert f"{new} created; next: gpogen build {new}\n" in done.out + done.err
    assert {(r.key, r.name, r.value, r.via, r.action) for r in records(new)} == {
        (KEY, "AUOptions", 3, Via.PREFERENCE, Action.SET),
        (KEY, "NoAutoUpdate", 0, Via.PREFERENCE, Action.SET),
    }
    assert gpogen("build", "-q").code == 0
    readme = (place.output / "web-retired/README.txt").read_text()
    assert "second" not in readme
    assert "AUOptions and NoAutoUpdate should stay" in " ".join(readme.split())


def test_the_readme_of_the_old_profile_leads_to_it_and_says_what_is_unproven(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web")
    assert gpogen("build", "-q").code == 0
    readme = " ".join((place.output / "web/README.txt").read_text().split())
    back = readme[readme.index("6. ROLLBACK, AND WHAT REMAINS =") :]
    order = (
        r"gpogen retire profiles\web.yaml creates the profile web-retired",
        "with -LinkOrder 1, and with the same group (-ApplyGroup)",
        "run Test-WebRetired.ps1 from the folder of the new profile",
        "shows AUOptions 3 and NoAutoUpdate 0. The expected verdict is Compliant",
        "Unlink this GPO",
        "run Test-WebRetired.ps1 again",
        "is unproven. Where a value is missing",
        "decide about VBS",
    )
    places = [back.index(words) for words in order]
    assert places == sorted(places)
    assert "(from a profile with mode: download)" not in back


EXTERNALLY = {word: word for word in sorted(EXTERNAL - {"azure-guest-patching"})}


@pytest.mark.parametrize("word", EXTERNALLY)
def test_a_profile_whose_installer_is_another_is_refused(
    place: Workplace, gpogen: Run, word: str
) -> None:
    role = ", role: cluster-node" if word == "cluster-aware" else ""
    target = ARC[0].replace("installation: both", "installation: core" + role)
    old = alone(place, "web", target, ARC[1], f"orchestration: {word}", "updates: {mode: download}")
    done = gpogen("retire", str(old))
    assert done.code == 1
    assert f"must be group-policy, sconfig, or manual; got {word}" in done.err
    assert not old.with_name("web-retired.yaml").exists()
    assert gpogen("build", "-q").code == 0
    readme = " ".join((place.output / "web/README.txt").read_text().split())
    assert "creates the profile web-retired" not in readme
    assert "You need no other GPO for the mode: gpogen retire refuses this profile" in readme
    steps = readme[readme.index("To retire this GPO") : readme.index("To remove a bad hotpatch")]
    wanted = re.search(r"write them in step (\d)", steps)
    assert wanted is not None
    assert f" {wanted[1]}. On each machine, write AUOptions 3 and NoAutoUpdate 0" in steps
    order = ("1. ", "Unlink this GPO", "write AUOptions 3", "Unregister-ScheduledTask")
    places = [steps.index(words) for words in order]
    assert places == sorted(places)


UNFIT = {
    "azure vm": (
        "extends: [azurevm-ws2022-hotpatch]",
        "Azure writes AUOptions and NoAutoUpdate on Azure VMs",
    ),
    "base": ("extends: [hotpatch-base]", "the profile is a base"),
    "no target": ("target: unspecified", "the target is unspecified"),
    "no mode": ("\n".join((*ARC, "orchestration: manual")), "sets no policy about how updates"),
    "an error": ("target: {platform: azure-arc, os: nonsense}", "the profile has errors"),
}


@pytest.mark.parametrize(("body", "words"), UNFIT.values(), ids=UNFIT)
def test_what_cannot_be_retired_is_refused_with_the_reason(
    place: Workplace, gpogen: Run, body: str, words: str
) -> None:
    done = gpogen("retire", str(alone(place, "web", body)))
    assert done.code == 1
    assert words in done.err
    assert list((place.root / "profiles").iterdir()) == [place.root / "profiles/web.yaml"]


def test_a_retired_profile_is_not_retired_again(place: Workplace, gpogen: Run) -> None:
    old = place.profile("web")
    assert gpogen("retire", str(old)).code == 0
    done = gpogen("retire", str(old.with_name("web-retired.yaml")))
    assert (done.code, "sets no policy about how updates install" in done.err) == (1, True)


@pytest.mark.parametrize(("length", "code"), [(55, 0), (56, 1)])
def test_a_name_leaves_room_for_the_suffix(
    place: Workplace, gpogen: Run, length: int, code: int
) -> None:
    name = "w" * length
    done = gpogen("retire", str(place.profile(name)))
    assert done.code == code
    assert ("must have at most 55 characters" in done.err) is bool(code)
    assert gpogen("build", "-q").code == 0
    readme = " ".join((place.output / name / "README.txt").read_text().split())
    assert ("gpogen retire profiles" in readme) is not bool(code)


def test_nothing_is_overwritten_without_force(place: Workplace, gpogen: Run) -> None:
    old = place.profile("web")
    new = place.profile("web-retired")
    before = new.read_bytes()
    done = gpogen("retire", str(old))
    assert (done.code, "already exists" in done.err) == (2, True)
    assert new.read_bytes() == before
    assert gpogen("retire", str(old), "--force").code == 0
    assert new.read_bytes() != before


def test_the_file_has_the_name_of_the_profile(place: Workplace, gpogen: Run) -> None:
    old = place.profile("web")
    done = gpogen("retire", str(old), "-o", "other.yaml")
    assert (done.code, "must be web-retired.yaml" in done.err) == (2, True)
    printed = gpogen("retire", str(old), "-o", "-")
    assert gpogen("retire", str(old), "-o", "web-retired.yaml").code == 0
    assert (place.root / "web-retired.yaml").read_text() == printed.out


def test_vbs_goes_only_when_asked(place: Workplace, gpogen: Run) -> None:
    old = alone(place, "web", *TARGETS["arc"])
    assert gpogen("retire", str(old), "--remove-vbs").code == 0
    gone = [r for r in records(old.with_name("web-retired.yaml")) if r.action is Action.DELETE]
    assert [(r.key, r.name, r.via) for r in gone] == [
        (
            r"SYSTEM\CurrentControlSet\Control\DeviceGuard",
            "EnableVirtualizationBasedSecurity",
            Via.PREFERENCE,
        )
    ]


VBS_STAYS = {
    "marketplace": (
        "extends: [azlocal-ws2025-core]",
        "marketplace images keep their VBS values",
    ),
    "policy alone": (
        "\n".join((ARC[0], "vbs: {enforce: policy}", *TARGETS["arc"][2:])),
        "the profile sets no VBS value that stays",
    ),
}


@pytest.mark.parametrize(("body", "words"), VBS_STAYS.values(), ids=VBS_STAYS)
def test_vbs_that_is_not_the_profiles_is_left(
    place: Workplace, gpogen: Run, body: str, words: str
) -> None:
    done = gpogen("retire", str(alone(place, "web", body)), "--remove-vbs")
    assert (done.code, words in done.err) == (1, True), done.err
    assert not (place.root / "profiles/web-retired.yaml").exists()


GUARD = (r"SYSTEM\CurrentControlSet\Control\DeviceGuard", "EnableVirtualizationBasedSecurity")
_ENROLLED = (
    r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
    r"\Update\TargetingInfo\DynamicInstalled\Hotpatch.amd64"
)
PREPARATION = (
    (r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management", "HotPatchTableSize"),
    (_ENROLLED, "Name"),
    (_ENROLLED, "Version"),
)
SWITCHES: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "none": ((), ()),
    "vbs": (("--remove-vbs",), (GUARD,)),
    "iso": (("--remove-iso",), PREPARATION),
    "both": (("--remove-vbs", "--remove-iso"), (GUARD, *PREPARATION)),
}


@pytest.mark.parametrize(("switches", "gone"), SWITCHES.values(), ids=SWITCHES)
def test_values_of_an_iso_are_written_by_nobody_and_deleted_only_when_asked(
    place: Workplace, gpogen: Run, switches: tuple[str, ...], gone: tuple[tuple[str, str], ...]
) -> None:
    old = alone(place, "web", "extends: [azlocal-ws2022-iso]")
    done = gpogen("retire", str(old), *switches)
    assert done.code == 0, done.err
    found = records(old.with_name("web-retired.yaml"))
    written = {(r.key, r.name) for r in found if r.action is Action.SET}
    assert written == {(KEY, "AUOptions"), (KEY, "NoAutoUpdate")}
    deleted = [(r.key, r.name) for r in found if r.action is Action.DELETE]
    assert sorted(deleted) == sorted(gone)
    assert gpogen("build", "-q").code == 0
    assert not list((place.output / "web-retired").rglob("Enable-HotpatchFromIso.ps1"))
    readme = " ".join((place.output / "web/README.txt").read_text().split())
    assert "with --remove-iso and --force, and with --remove-vbs if VBS goes, too" in readme


@pytest.mark.parametrize(
    "base", ["extends: [azlocal-ws2022-core]", "\n".join(TARGETS["arc"])], ids=["image", "arc"]
)
def test_without_an_iso_there_is_no_preparation_to_delete(
    place: Workplace, gpogen: Run, base: str
) -> None:
    done = gpogen("retire", str(alone(place, "web", base)), "--remove-iso")
    assert (done.code, "--remove-iso: target.image must be iso" in done.err) == (1, True), done.err
    assert not (place.root / "profiles/web-retired.yaml").exists()


def test_every_reason_is_given_at_once_and_on_one_line(place: Workplace, gpogen: Run) -> None:
    old = alone(place, "web", "extends: [azlocal-ws2022-core]")
    done = gpogen("retire", str(old), "--remove-vbs", "--remove-iso")
    assert done.code == 1
    assert "marketplace images keep their VBS values; --remove-iso: " in done.err
    assert "U+000A" not in done.err


def test_hostile_words_of_the_old_profile_stay_words(place: Workplace, gpogen: Run) -> None:
    title = "a\"'{name}: # &x *y !!python [b] %TAG $(calc) `x`"
    old = place.profile("web")
    text = old.read_text().replace("title: The web servers", f"title: {json.dumps(title)}")
    old.write_text(text)
    assert gpogen("retire", str(old)).code == 0
    loaded = Loader().load(old.with_name("web-retired.yaml"))
    assert loaded.profile is not None
    assert loaded.profile.title == f"Retired: {loaded_title(old)}"


def loaded_title(path: Path) -> str:
    profile = Loader(Path("profiles")).load(path).profile
    assert profile is not None
    assert profile.title is not None
    return profile.title
