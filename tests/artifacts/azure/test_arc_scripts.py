"""The scripts of gpogen.artifacts.arc_scripts in real shells, against a stand-in of Azure."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from tests.artifacts.azure.conftest import Runner
from tests.support.arm import MACHINES, Arm, license_profile, machine, serving

QUICK = ("--poll", "1", "--limit", "90", "--list", "machines.txt")


def named(folder: Path, arm: Arm) -> None:
    (folder / "machines.txt").write_text(
        "# all\n" + "".join(f"{name}\n" for name in arm.machines), encoding="utf-8"
    )


@pytest.mark.slow
def test_enrolling_loses_nothing_whatever_state_the_machines_are_in(
    run: Runner, tmp_path: Path
) -> None:
    no_profile, sa_without_profile = machine("new"), machine("contradiction")
    sa_without_profile[1].body["properties"]["licenseProfile"] = {
        "softwareAssurance": {"softwareAssuranceCustomer": True}
    }
    arm = Arm(
        no_profile,
        sa_without_profile,
        machine("kept", profile=license_profile(None, Other="Enabled")),
        machine("esu", profile=license_profile()),
        machine("disabled", profile=license_profile("Disabled")),
        machine("enabled", profile=license_profile("Enabled")),
        machine("enabling", profile=license_profile("Enabling")),
        machine("failing", profile=license_profile("Disabled"), outcome="Failed"),
        machine("again", profile=license_profile("Failed")),
        machine("slow", profile=license_profile("Disabled"), steps=3),
        machine("iot", profile=license_profile("Disabled")),
        machine("offline", status="Disconnected"),
        machine("older", sku="Windows Server 2022 Datacenter", version="10.0.20348.2322"),
        machine("early", version="10.0.26100.1741"),
        machine("edition", sku="Windows Server 2025 Datacenter Azure Edition"),
        machine("elsewhere", location="northeurope"),
        machine(
            "busy",
            profile=license_profile("Disabled"),
            faults=[
                ("GET", "/busy", 429, {"Retry-After": "1"}),
                ("GET", "/default", 503, {}),
                ("PATCH", "/default", 429, {"Retry-After": "2"}),
                ("PATCH", "/default", 409, {}),
            ],
        ),
        machine("forbidden", faults=[("GET", "/default", 403, {})]),
        machine(
            "readonly",
            profile=license_profile("Disabled"),
            faults=[("PATCH", "/default", 403, {})],
        ),
    )
    del arm.profile("esu")["properties"]["productProfile"]
    arm.profile("iot")["properties"]["productProfile"]["productType"] = "WindowsIoTEnterprise"
    arm.machines["enabling"].waiting = [
        2,
        lambda: arm.profile("enabling")["properties"]["productProfile"]["productFeatures"][
            0
        ].update(subscriptionStatus="Enabled"),
    ]
    before = {name: copy.deepcopy(one.profile) for name, one in arm.machines.items()}
    named(tmp_path, arm)
    with serving(arm):
        done = run(arm, "arc-hotpatch", "enroll", *QUICK, "--jobs", "6")

    assert done.code == 1, done
    assert done.results() == {
        "new": "done",
        "contradiction": "refused",
        "kept": "done",
        "esu": "done",
        "disabled": "done",
        "enabled": "done",
        "enabling": "done",
        "failing": "failed",
        "again": "done",
        "slow": "done",
        "iot": "refused",
        "offline": "refused",
        "older": "refused",
        "early": "refused",
        "edition": "refused",
        "elsewhere": "refused",
        "busy": "done",
        "forbidden": "failed",
        "readonly": "failed",
    }
    assert done.rows["failing"]["state"] == "Failed"
    assert done.rows["failing"]["detail"] == 'LicenseFailed: no license, "said" Azure'
    assert "HTTP 403" in done.rows["readonly"]["detail"]
    puts = [one for one in arm.changes() if one.method == "PUT"]
    assert [one.machine for one in puts] == ["new"]
    assert puts[0].body == {
        "location": "westeurope",
        "properties": {
            "productProfile": {
                "productType": "WindowsServer",
                "productFeatures": [{"name": "Hotpatch", "subscriptionStatus": "Enabled"}],
            }
        },
    }
    patches = [one for one in arm.changes() if one.method == "PATCH"]
    assert {one.machine for one in patches} == {
        "esu", "kept", "disabled", "failing", "again", "slow", "busy", "readonly"
    }  # fmt: skip
    for one in patches:
        assert one.path.endswith("/licenseProfiles/default")
        assert one.body == {
            "properties": {
                "productProfile": {
                    "productType": "WindowsServer",
                    "productFeatures": [{"name": "Hotpatch", "subscriptionStatus": "Enable"}],
                }
            }
        }
    for name, old in before.items():
        if old is not None:
            new = arm.profile(name)["properties"]
            assert new["softwareAssurance"] == old["properties"]["softwareAssurance"]
            assert new["esuProfile"] == old["properties"]["esuProfile"]
            billed = new.get("productProfile", {}).get("subscriptionStatus")
            assert billed in (None, "Unknown")
    # Retry-After was waited for: two patches of the busy machine are two seconds apart or more.
    assert len([one for one in patches if one.machine == "busy"]) == 3


@pytest.mark.slow
def test_a_profile_that_appears_meanwhile_is_patched(run: Runner, tmp_path: Path) -> None:
    # The first look finds none, and the service refuses the creation because there is one now.
    arm = Arm(
        machine(
            "raced",
            profile=license_profile("Disabled"),
            faults=[("GET", "/default", 404, {}), ("PUT", "/default", 409, {})],
        )
    )
    named(tmp_path, arm)
    with serving(arm):
        done = run(arm, "arc-hotpatch", "enroll", *QUICK)

    assert done.results() == {"raced": "done"}, done
    assert [one.method for one in arm.changes()] == ["PUT", "PATCH"]
    assert arm.profile("raced")["properties"]["softwareAssurance"]


@pytest.mark.slow
def test_every_other_action_does_what_it_says_and_no_more(run: Runner, tmp_path: Path) -> None:
    arm = Arm(
        machine("a", profile=license_profile("Enabled", Other="Enabled")),
        machine("b"),
        machine("c", profile=license_profile("Disabled")),
    )
    named(tmp_path, arm)
    with serving(arm):
        first = run(arm, "arc-hotpatch", "status", *QUICK)
        assert not arm.changes()
        out = run(arm, "arc-hotpatch", "opt-out", *QUICK)
        settings = dict(arm.settings("a"))
        back = run(arm, "arc-hotpatch", "opt-in", *QUICK)
        second = run(arm, "arc-hotpatch", "status", *QUICK)
        left = run(arm, "arc-hotpatch", "disenroll", *QUICK)

    assert first.code == 2
    assert first.results() == {"a": "different", "b": "different", "c": "different"}
    assert first.rows["b"]["detail"] == (
        "license no license profile, hotpatchEnablementStatus Unknown, enableHotpatching not set"
    )
    assert (out.code, set(out.results().values())) == (0, {"done"}), out
    status = settings.pop("status")
    assert settings == {
        "assessmentMode": "AutomaticByPlatform",
        "patchMode": "Manual",
        "enableHotpatching": False,
    }
    assert status == {"hotpatchEnablementStatus": "Disabled"}
    assert (back.code, set(back.results().values())) == (0, {"done"}), back
    assert second.results()["a"] == "done"
    assert (left.code, set(left.results().values())) == (0, {"done"}), left
    disabled = [one for one in arm.changes() if "licenseProfiles" in one.path]
    assert [(one.machine, one.method) for one in disabled] == [("a", "PATCH")]
    assert arm.state("a") == "Disabled"
    features = arm.profile("a")["properties"]["productProfile"]["productFeatures"]
    assert {"name": "Other", "subscriptionStatus": "Enabled"} in features


@pytest.mark.slow
def test_a_dry_run_prints_each_request_and_changes_nothing(run: Runner, tmp_path: Path) -> None:
    arm = Arm(machine("new"), machine("old", profile=license_profile("Disabled")))
    named(tmp_path, arm)
    with serving(arm):
        done = run(arm, "arc-hotpatch", "enroll", *QUICK, "--dry-run")

    assert (done.code, done.results()) == (2, {"new": "planned", "old": "planned"}), done
    assert not arm.changes()
    text = done.output + done.errors
    for name, method in (("new", "PUT"), ("old", "PATCH")):
        url = f"https://management.azure.com{MACHINES}/{name}"
        assert f"GET {url}?api-version=2026-07-15" in text
        assert f"{method} {url}/licenseProfiles/default?api-version=2026-07-15" in text
    assert not (tmp_path / "arc-hotpatch-results.csv").exists()


@pytest.mark.slow
def test_a_run_that_was_killed_goes_on_where_it_was(run: Runner, tmp_path: Path) -> None:
    arm = Arm(*(machine(f"m{number}") for number in range(4)))
    named(tmp_path, arm)
    results = tmp_path / "arc-hotpatch-results.csv"

    def is_one_done() -> bool:
        return results.exists() and '"done"' in results.read_text(encoding="utf-8")

    with serving(arm):
        run(arm, "arc-hotpatch", "enroll", *QUICK, "--jobs", "1", until=is_one_done)
        seen = {one.machine for one in arm.changes()}
        assert 1 <= len(seen) < 4
        with results.open("a", encoding="utf-8") as file:
            file.write('"cut of')  # As a killed run could leave it.
        done = run(arm, "arc-hotpatch", "enroll", *QUICK)
        assert done.code == 0, done
        assert "m0" not in done.rows
        calls = len(arm.log)
        again = run(arm, "arc-hotpatch", "enroll", *QUICK)
        assert (again.code, len(arm.log)) == (0, calls), again
        forced = run(arm, "arc-hotpatch", "enroll", *QUICK, "--again")

    assert sorted(forced.results()) == ["m0", "m1", "m2", "m3"]
    assert sorted(one.machine for one in arm.changes()) == ["m0", "m1", "m2", "m3"]
    assert {arm.state(name) for name in arm.machines} == {"Enabled"}


@pytest.mark.slow
def test_a_query_names_the_machines_and_no_more_run_at_once_than_may(run: Runner) -> None:
    arm = Arm(*(machine(f"m{number}") for number in range(7)))
    arm.delay = 0.1
    options = ("--poll", "1", "--limit", "30", "--jobs", "3")
    with serving(arm):
        done = run(
            arm, "arc-hotpatch", "status", *options, "--query", "output/azure/arc-machines.kql"
        )

    assert sorted(done.results()) == sorted(arm.machines), done
    assert 2 <= arm.most <= 3
    graph = [one for one in arm.log if one.method == "POST"]
    assert len(graph) == 4
    assert "| where resourceGroup =~ 'rg-servers'" in graph[0].body["query"]


@pytest.mark.slow
def test_what_is_not_known_is_not_done(run: Runner, tmp_path: Path) -> None:
    arm = Arm(
        machine("stuck", profile=license_profile("Disabled"), steps=99),
        machine("strange", faults=[("GET", "/default", 410, {})]),
        machine("broken", faults=[("GET", "/default", 500, {})] * 99),
    )
    named(tmp_path, arm)
    with serving(arm):
        done = run(
            arm, "arc-hotpatch", "enroll", "--poll", "1", "--limit", "3", "--list", "machines.txt"
        )

    assert done.results() == {"stuck": "pending", "strange": "failed", "broken": "failed"}, done
    assert not [one for one in arm.changes() if one.machine != "stuck"]


@pytest.mark.slow
def test_nothing_is_done_without_a_sign_in(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GPOGEN_AZ_SIGNED_OUT", "1")
    arm = Arm(machine("a"))
    named(tmp_path, arm)
    with serving(arm):
        done = run(arm, "arc-hotpatch", "enroll", *QUICK)

    assert done.code == 1
    assert "az login" in done.rows["a"]["detail"]
    assert not arm.log


@pytest.mark.slow
def test_a_list_names_machines_only(run: Runner, tmp_path: Path) -> None:
    arm = Arm()
    bad = ["..", "a b;touch x", "$(touch x)", "a/../b?c", "é"]
    with serving(arm):
        for text in bad:
            (tmp_path / "machines.txt").write_text(f"{text}\n", encoding="utf-8")
            done = run(arm, "arc-hotpatch", "status", *QUICK)
            assert done.code == 2, (text, done)
    assert not arm.log
    assert not (tmp_path / "x").exists()
