"""The Secure Boot certificates: words, records, README.txt, import, and others' GPOs."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpogen.artifacts import gpo_backup, readme
from gpogen.artifacts.all import MODULES, load
from gpogen.cli import main
from gpogen.compile import secureboot
from gpogen.formats import pol
from gpogen.profile.load import Loader, profile_files
from gpogen.reports.overview import overview
from gpogen.rules.check import check
from gpogen.workspace.foreign import judge_foreign
from gpogen.workspace.target import parse_target
from tests.support.profiles import OS_2022, OS_2025, checked, compiled, effects, ids

VBS = "vbs: {enforce: policy+registry}\n"
KEY = r"SYSTEM\CurrentControlSet\Control\SecureBoot"
DEPLOY = VBS + "secure_boot:\n  certificates: deploy\n  why: The hosts have their updates.\n"
STANDARD = {"os": "windows-server-2025-standard", "platform": "azure-arc"}


@pytest.mark.parametrize(
    ("word", "records"), [("deploy", 22852), ("remove", "delete"), ("unmanaged", None)]
)
@pytest.mark.parametrize("os", [OS_2022, OS_2025])
def test_each_word_writes_its_record(word: str, records: object, os: str) -> None:
    made = compiled(f"{VBS}secure_boot: {{certificates: {word}}}", os=os)

    assert effects(made.policy).get("AvailableUpdatesPolicy") == records
    keys = {item.record.key for item in made.policy if item.record.name == secureboot.VALUE}
    assert keys <= {KEY}


def test_the_value_is_told_to_stay_and_its_deletion_is_no_deletion_of_windows() -> None:
    (told,) = [item for item in checked(DEPLOY).findings if item.id == "HP031"]

    assert told.severity == "info"
    assert any(record.key in KEY for record in compiled(DEPLOY).facts.stays)
    removed = checked(f"{VBS}secure_boot: {{certificates: remove}}")
    assert "DELETION-TOO-WIDE" not in ids(removed)


@pytest.mark.parametrize(
    ("head", "first"),
    [
        ({}, "first update the Azure Local hosts"),
        (STANDARD, "first update the hypervisor"),
        ({"platform": "azure-vm", "orchestration": "azure-guest-patching"}, "Trusted Launch"),
    ],
)
def test_the_readme_puts_the_hypervisor_first(head: dict[str, str], first: str) -> None:
    made = compiled(DEPLOY, **head)
    (file,) = readme.emit(made)
    text = " ".join(file.data.decode("utf-8").split())

    assert first in text
    assert text.index(first) < text.index("then apply the GPO to one machine")
    assert "1795" in text
    assert "UEFICA2023Status" in text
    assert "Several times, for the Secure Boot certificates" in text
    assert f"{KEY}: AvailableUpdatesPolicy remains on the machine after you remove the GPO." in text
    assert "first update" not in readme.emit(compiled(VBS))[0].data.decode("utf-8")


def test_every_artifact_that_carries_policy_carries_it() -> None:
    made = compiled(DEPLOY)
    files = [file for name in MODULES for file in load(name).emit(made)]
    holding = {
        Path(file.path).suffix or Path(file.path).name
        for file in files
        for code in ("utf-8", "utf-16-le")
        if b"AvailableUpdatesPolicy" in file.data or secureboot.VALUE.encode(code) in file.data
    }

    assert {".pol", ".txt", ".reg", ".ps1", ".cmtx"} <= holding


def test_only_windows_server_2025_rests_on_an_unproven_fact() -> None:
    newer = [item.id for item in checked(DEPLOY).unproven]
    older = [item.id for item in checked(DEPLOY, os=OS_2022).unproven]

    assert "UNPROVEN-J" in newer
    assert "UNPROVEN-J" not in older


def test_no_shipped_profile_deploys() -> None:
    paths = profile_files(Path(__file__).parents[2] / "profiles")
    assert paths
    for path in paths:
        profile = check(Loader().load(path)).loaded.profile
        assert profile is not None
        assert profile.secure_boot is None


def test_an_overview_names_it() -> None:
    assert "Secure Boot certificates deploy" in overview(checked(DEPLOY)).sets


@pytest.mark.parametrize("word", ["deploy", "remove"])
def test_an_import_gives_the_word_back(
    word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = compiled(DEPLOY.replace("deploy", word), **STANDARD)
    for file in gpo_backup.emit(made):
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)

    machines = ["--platform", "azure-arc", "--os", STANDARD["os"], "--orchestration", "manual"]
    assert main._run(["import", "gpo", "-o", "back.yaml", *machines]) == 0

    text = (tmp_path / "back.yaml").read_text(encoding="utf-8")
    assert f"certificates: {word}" in text
    assert "The hosts have their updates." in text
    assert "registry:" not in text


def _judged(folder: Path, *entries: pol.PolEntry) -> list[str]:
    path = folder / "registry.pol"
    path.write_bytes(pol.encode(list(entries)))
    target = parse_target("azure-arc,windows-server-2025-standard")
    return [f"{item.id}: {item.message}" for item in judge_foreign(str(path), target).findings]


def test_the_opt_out_of_others_is_seen_with_its_raw_value(tmp_path: Path) -> None:
    found = _judged(tmp_path, pol.PolEntry(KEY, "HighConfidenceOptOut", 4, b"\1\0\0\0"))

    assert any(item.startswith("SECUREBOOT-OPT-OUT: HighConfidenceOptOut is 1") for item in found)
    assert not any(
        "OPT-OUT" in item
        for item in _judged(tmp_path, pol.PolEntry(KEY, "HighConfidenceOptOut", 4, b"\0\0\0\0"))
    )


AU = r"Software\Policies\Microsoft\Windows\WindowsUpdate\AU"


def _au(data: int, name: str = "AUOptions") -> pol.PolEntry:
    return pol.PolEntry(AU, name, 4, data.to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("entries", "seen"),
    [
        ([_au(5)], True),
        ([_au(5), _au(4)], False),
        ([_au(4), _au(5)], True),
        ([_au(5), pol.PolEntry(AU, "**del.AUOptions", 1, b" \0\0\0")], False),
        ([_au(5), pol.PolEntry(AU, "**delvals.", 1, b" \0\0\0")], False),
        ([pol.PolEntry(AU, "**delvals.", 1, b" \0\0\0"), _au(5)], True),
        ([_au(5), pol.PolEntry(AU, "AUOptions", 1, "5\0".encode("utf-16-le"))], False),
    ],
)  # fmt: skip
def test_of_a_value_given_twice_the_last_one_counts(
    entries: list[pol.PolEntry], seen: bool, tmp_path: Path
) -> None:
    assert any(item.startswith("AU-5-DEAD") for item in _judged(tmp_path, *entries)) == seen


def test_a_key_deleted_after_its_values_takes_them_along(tmp_path: Path) -> None:
    parent, _, name = AU.rpartition("\\")
    data = f"{name}\0".encode("utf-16-le")

    found = _judged(tmp_path, _au(5), pol.PolEntry(parent, "**DeleteKeys", 1, data))

    assert not any(item.startswith("AU-5-DEAD") for item in found)
