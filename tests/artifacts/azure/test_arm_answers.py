"""Answers of Azure that are rare, and runs over many machines, in real shells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.artifacts.azure.conftest import Runner
from tests.support.arm import (
    GROUP,
    MACHINES,
    SUBSCRIPTION,
    Arm,
    license_profile,
    machine,
    serving,
    vm,
)

QUICK = ("--poll", "1", "--limit", "60", "--list", "machines.txt")
PLACE = ("--subscription", SUBSCRIPTION, "--resource-group", GROUP)
GOVERNMENT = "https://management.usgovcloudapi.net"


def listed(folder: Path, *names: str) -> None:
    (folder / "machines.txt").write_text("\n".join(names), encoding="utf-8")


@pytest.mark.slow
def test_a_lost_answer_is_asked_for_again_and_each_machine_is_changed_once(
    run: Runner, tmp_path: Path
) -> None:
    off = license_profile("Disabled")
    arm = Arm(
        machine("twice"),
        machine("cut", profile=off, faults=[("GET", "/default", 0, {})]),
        machine(
            "unsure", profile=license_profile("Disabled"), faults=[("PATCH", "/default", 0, {})]
        ),
        machine(
            "expired",
            profile=license_profile("Disabled"),
            faults=[("GET", "/default", -1, {}), ("GET", "/default", 401, {})],
        ),
    )
    names = ("\ufefftwice", "TWICE", f"{MACHINES}/Twice", "cut", "unsure", "expired")
    listed(tmp_path, *names)
    with serving(arm):
        done = run(arm, "arc-hotpatch", "enroll", *QUICK, "--machine", "twice")

    assert done.results() == {
        "twice": "done",
        "cut": "done",
        "unsure": "done",
        "expired": "pending",
    }, done
    assert done.code == 3
    detail = done.rows["expired"]["detail"]
    assert detail.startswith("the change was sent; get: HTTP 401: Unauthorized({ ")
    assert '"code": "Fault"' in detail
    changes = [(one.machine, one.method) for one in arm.changes()]
    assert sorted(changes) == [
        ("cut", "PATCH"),
        ("expired", "PATCH"),
        ("twice", "PUT"),
        ("unsure", "PATCH"),
        ("unsure", "PATCH"),
    ]


@pytest.mark.slow
def test_retry_after_can_be_a_date(run: Runner, tmp_path: Path) -> None:
    # An interval of 60 seconds would use up the limit with the first answer.
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    busy = ("GET", "/default", 429, {"Retry-After": soon})
    arm = Arm(machine("a", profile=license_profile("Enabled"), faults=[busy, busy]))
    listed(tmp_path, "a")
    options = ("--poll", "60", "--limit", "20", "--list", "machines.txt")
    with serving(arm):
        done = run(arm, "arc-hotpatch", "enroll", *options)

    assert done.results() == {"a": "done"}, done


@pytest.mark.slow
def test_a_cloud_other_than_the_public_one_has_its_own_address(run: Runner, tmp_path: Path) -> None:
    arm = Arm(machine("a", profile=license_profile("Disabled")))
    arm.endpoint = GOVERNMENT
    arm.ends = {"a": {"status": "Succeeded"}}
    listed(tmp_path, "a")
    with serving(arm):
        enrolled = run(arm, "arc-hotpatch", "enroll", *QUICK)
        assessed = run(arm, "patch-now", "assess", *QUICK)
        planned = run(arm, "arc-hotpatch", "disenroll", *QUICK, "--dry-run")

    assert enrolled.results() == assessed.results() == {"a": "done"}, (enrolled, assessed)
    assert f"PATCH {GOVERNMENT}{MACHINES}/a/licenseProfiles" in planned.output + planned.errors


@pytest.mark.slow
def test_the_end_of_an_installation_is_followed_or_not_known(run: Runner, tmp_path: Path) -> None:
    arm = Arm(*(machine(name) for name in ("async", "lost", "late", "gone", "refused")))
    arm.ends = {
        "async": {"status": "CompletedWithWarnings", "installedPatchCount": 2},
        "lost": [0, {"status": "Succeeded"}],
        "late": [504, {"status": "Succeeded"}],
        "gone": 403,
        "refused": [400, {"status": "Succeeded"}],
    }
    listed(tmp_path, *arm.machines)
    install = ("--reboot", "Never", "--classifications", "Security")
    with serving(arm):
        done = run(arm, "patch-now", "install", *QUICK, *install)

    assert done.results() == {
        "async": "different",
        "lost": "pending",
        "late": "pending",
        "gone": "pending",
        "refused": "failed",
    }, done
    assert done.rows["async"]["detail"] == "installedPatchCount 2"
    assert "HTTP 504: whether it began is not known" in done.rows["late"]["detail"]
    assert "it began; its end is not known: HTTP 403" in done.rows["gone"]["detail"]
    posts = [one.machine for one in arm.log if one.method == "POST"]
    assert sorted(posts) == sorted(arm.machines)


@pytest.mark.slow
def test_a_query_that_does_not_name_every_machine_is_refused(run: Runner, tmp_path: Path) -> None:
    arm = Arm(machine("a"))
    (tmp_path / "machines.kql").write_text("resources", encoding="utf-8")
    query = (*PLACE, "--query", "machines.kql")
    with serving(arm):
        arm.rows = [{"id": f"{MACHINES}/a"}, {"name": "b"}]
        nameless = run(arm, "arc-hotpatch", "enroll", *query)
        arm.rows, arm.truncated = [{"id": f"{MACHINES}/a"}], "true"
        cut = run(arm, "arc-hotpatch", "enroll", *query)
        arm.rows, arm.truncated = [], "false"
        empty = run(arm, "arc-hotpatch", "enroll", *query)

    assert (nameless.code, cut.code, empty.code) == (2, 1, 2), (nameless, cut, empty)
    assert "column id" in nameless.output + nameless.errors
    assert "only a part of the result" in cut.output + cut.errors
    assert "the list or the query names none" in empty.output + empty.errors
    assert {one.method for one in arm.log} == {"POST"}


@pytest.mark.slow
def test_nothing_is_sent_that_cannot_be_recorded(run: Runner, tmp_path: Path) -> None:
    arm = Arm(machine("a"))
    listed(tmp_path, "a")
    with serving(arm):
        done = run(arm, "arc-hotpatch", "enroll", *QUICK, "--results", "absent/results.csv")

    assert done.code == 2, done
    assert "cannot be written" in done.output + done.errors
    assert arm.log == []


@pytest.mark.slow
def test_a_look_is_kept_where_the_caller_names_a_file(run: Runner, tmp_path: Path) -> None:
    arm = Arm(vm("a", settings={"patchMode": "AutomaticByOS", "assessmentMode": "ImageDefault"}))
    listed(tmp_path, "a")
    named = (*PLACE, *QUICK, "--results", "before.csv")
    with serving(arm):
        run(arm, "patch-settings", "status", *PLACE, *QUICK)
        assert not list(tmp_path.glob("*.csv"))
        run(arm, "patch-settings", "status", *named)
        kept = (tmp_path / "before.csv").read_text(encoding="utf-8").splitlines()
        applied = run(arm, "patch-settings", "apply", *named)
        after = run(arm, "patch-settings", "status", *named)

    assert len(kept) == 2
    assert '""patchMode"":""AutomaticByOS""' in kept[1]
    assert (applied.results(), after.results()) == ({"a": "done"}, {"a": "done"}), after
    lines = (tmp_path / "before.csv").read_text(encoding="utf-8").splitlines()
    assert (lines[:2], len(lines)) == (kept, 4)


@pytest.mark.slow
def test_why_a_vm_is_not_changed_is_said_in_words(run: Runner, tmp_path: Path) -> None:
    custom, plain = vm("custom"), vm("plain")
    custom[1].body["properties"]["storageProfile"]["imageReference"] = {"id": "/images/own"}
    del plain[1].body["properties"]["storageProfile"]["imageReference"]
    arm = Arm(custom, plain, vm("fixed", fault=(409, "PropertyChangeNotAllowed")))
    listed(tmp_path, *arm.vms)
    with serving(arm):
        done = run(arm, "patch-settings", "apply", *PLACE, *QUICK)

    assert done.results() == {"custom": "refused", "plain": "refused", "fixed": "failed"}, done
    wanted = "hotpatching requires a hotpatch image; the VM has "
    assert done.rows["custom"]["detail"] == f"{wanted}'/images/own'"
    assert done.rows["plain"]["detail"] == f"{wanted}'none'"
    assert "PropertyChangeNotAllowed, line one" in done.rows["fixed"]["detail"]
    assert len(arm.changes()) == 1


@pytest.mark.slow
def test_what_a_change_took_away_is_named(run: Runner, tmp_path: Path) -> None:
    arm = Arm(machine("a", profile=license_profile("Disabled"), loses=True), vm("b", loses=True))
    with serving(arm):
        listed(tmp_path, "a")
        enrolled = run(arm, "arc-hotpatch", "enroll", *QUICK)
        listed(tmp_path, "b")
        applied = run(arm, "patch-settings", "apply", *PLACE, *QUICK)

    changed = "another property changed: "
    assert (enrolled.results(), applied.results()) == ({"a": "failed"}, {"b": "failed"}), applied
    assert enrolled.rows["a"]["detail"] == f"{changed}assurance.softwareAssuranceCustomer"
    assert applied.rows["b"]["detail"] == (
        f"{changed}properties.storageProfile.dataDisks.0.lun, tags.ring"
    )


def size(
    name: str, generations: str = "V1,V2", *restrictions: dict[str, object]
) -> dict[str, object]:
    return {
        "resourceType": "virtualMachines",
        "name": name,
        "capabilities": [
            {"name": "vCPUs", "value": "2"},
            {"name": "HyperVGenerations", "value": generations},
        ],
        "restrictions": list(restrictions),
    }


@pytest.mark.slow
def test_whether_a_region_has_a_vm_size_is_said(run: Runner) -> None:
    code = {"reasonCode": "NotAvailableForSubscription"}
    arm = Arm()
    arm.sizes["uksouth"] = [
        size("Standard_D2s_v5_Promo"),
        size("Standard_D2s_v5"),
        size("Standard_A2", "V1"),
        size("Standard_E2", "V2", {"type": "Location", **code}),
        size(
            "Standard_F2", "V2", {"type": "Zone", "restrictionInfo": {"zones": ["3", "1"]}, **code}
        ),
        {**size("Standard_G2"), "resourceType": "hostGroups/hosts"},
    ]
    place = ("--subscription", SUBSCRIPTION, "--location", "uksouth")
    wanted = {
        "standard_d2S_v5": ("done", ""),
        "Standard_A2": ("different", "the size has no generation 2"),
        "Standard_E2": (
            "different",
            "the subscription cannot use it there: NotAvailableForSubscription",
        ),
        "Standard_F2": ("done", "not in zone 1, 3"),
        "Standard_G2": ("different", "the region does not have the size"),
    }
    with serving(arm):
        for name, row in wanted.items():
            done = run(arm, "patch-settings", "size", *place, "--size", name)
            assert done.code == (0 if row[0] == "done" else 2), done
            found = done.rows[name]
            assert (found["result"], found["detail"]) == row, done
            assert (found["action"], found["state"]) == ("size", "uksouth")
        unnamed = run(arm, "patch-settings", "size", *place)
        nowhere = run(arm, "patch-settings", "size", *place[:2], "--size", "Standard_A2")

    assert (unnamed.code, nowhere.code) == (2, 2)
