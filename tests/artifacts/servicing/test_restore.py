"""Restore-HotpatchBaseline.ps1: both cases, each refusal, the restart in between, -WhatIf."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from gpogen.artifacts import powershell_restore
from tests.artifacts.factory import compiled, header
from tests.artifacts.powershell.harness import Wine, write
from tests.artifacts.servicing.batch import Ran, Step, run_cases
from tests.artifacts.servicing.test_iso import make_msu

pytestmark = pytest.mark.slow

OLD, NEW = "26100.32230", "26100.32370"
ROLLUP = "Package_for_RollupFix~31bf3856ad364e35~amd64~~{}.1.7"
HOTPATCH = "Package_for_KB5075942~31bf3856ad364e35~amd64~~26100.32400.1.3"
A = f"$null = Add-Rollup '{NEW}' 'KB5073379'; $null = Add-Named 'KB5075942'"
B = f"$null = Add-Rollup '{OLD}' 'KB5066835' 'Superseded'; $null = Add-Rollup '{NEW}' 'KB5073379'"
NET = (
    "$global:Machine.Packages['Package_for_DotNetRollup_481~31bf3856ad364e35~amd64~~10.0.9310.3'] "
    "= @{ State = 'Installed'; Kb = 'KB5074000'; Build = $null }"
)
EARLY = (
    "$global:Machine.Packages['Package_for_KB5003508~31bf3856ad364e35~amd64~~26100.1.1.0'] "
    "= @{ State = 'Installed'; Kb = 'KB5003508'; Build = $null }"
)
LATER = (
    "$global:Machine.Packages['Package_for_KB5077000~31bf3856ad364e35~amd64~~26100.32500.1.0'] "
    "= @{ State = 'Installed'; Kb = 'KB5077000'; Build = $null }"
)
SET_STATE = f"$global:Machine.Packages['{ROLLUP.format(NEW)}'].State = '{{}}'"
ALLOWED = {"Hotpatch": "KB5075942", "AllowRestart": True}
RESUME = Step({"Resume": True}, "Restart-Machine")


def back(folder: Path, **changes: object) -> dict[str, object]:
    made: dict[str, object] = {
        "Baseline": "KB5073379",
        "Folder": f"Z:{folder}",
        "Previous": "KB5066835",
        "PreviousBuild": OLD,
        "AllowRestart": True,
    }
    return made | changes


def cases(folder: Path) -> Mapping[str, Sequence[Step]]:
    good, empty, two = folder / "good", folder / "empty", folder / "two"
    for place in (good, empty, two):
        place.mkdir()
    names = ("windows11.0-kb5043080-x64.msu", "windows11.0-kb5066835-x64_1.msu")
    for name in names:
        (good / name).touch()
    make_msu(good)
    for name in ("kb5066835-a.msu", "kb5066835-b.msu"):
        (two / name).touch()
    installs = f"{B}; $global:Machine.Installs['kb5066835'] = '{OLD}'"
    permanent = (
        "$folder = Join-Path $env:SystemRoot 'servicing\\Packages'; "
        "$null = [System.IO.Directory]::CreateDirectory($folder); "
        f"[System.IO.File]::WriteAllText((Join-Path $folder '{HOTPATCH}.mum'), "
        '\'<assembly><package identifier="KB5075942" permanence="permanent"/></assembly>\')'
    )
    mum = f"servicing\\Packages\\{HOTPATCH}.mum"
    unmark = f"[System.IO.File]::Delete((Join-Path $env:SystemRoot '{mum}'))"
    refused = (
        "$global:Machine.Refuses['remove'] = "
        "[System.Runtime.InteropServices.COMException]::new('Error 0x800f0825', -2146498523)"
    )
    return {
        "list": [Step({}, A)],
        "plan": [Step({**ALLOWED, "WhatIf": True}, A)],
        "hotpatch": [Step(ALLOWED, A), RESUME],
        "by name": [Step({**ALLOWED, "Hotpatch": HOTPATCH}, A), RESUME],
        "no restart": [Step({"Hotpatch": "KB5075942"}, A), RESUME],
        "restart unfinished": [
            Step(ALLOWED, A),
            Step({"Resume": True}, "$global:Machine.OnSleep = { }"),
            Step({"Resume": True}, "Restart-Machine"),
        ],
        "restart settles": [
            Step(ALLOWED, A),
            Step({"Resume": True}, "$global:Machine.OnSleep = { Restart-Machine }"),
        ],
        "still there": [
            Step(ALLOWED, A),
            Step({"Resume": True}, "Restart-Machine; $null = Add-Named 'KB5075942'"),
        ],
        "baseline gone": [
            Step(ALLOWED, A),
            Step(
                {"Resume": True},
                f"Restart-Machine; $global:Machine.Packages.Remove('{ROLLUP.format(NEW)}')",
            ),
        ],
        "baseline": [Step(back(good), installs), RESUME, RESUME],
        "baseline 2022": [
            Step(
                back(good, Previous="KB5003508", PreviousBuild="20348.5020"),
                "Set-Build '20348.5386'; $null = Add-Rollup '20348.5020' 'KB5066001' 'Superseded'; "
                "$null = Add-Rollup '20348.5386' 'KB5073379'",
            ),
            RESUME,
            RESUME,
        ],
        "baseline plan": [Step(back(good, WhatIf=True), installs)],
        "baseline not reached": [
            Step(back(good), f"{B}; $global:Machine.Packages.RemoveAt(0)"),
            RESUME,
            RESUME,
        ],
        "permanent": [Step(ALLOWED, f"{A}; {permanent}"), Step({}, ""), Step({}, unmark)],
        "permanent says Windows": [Step(ALLOWED, f"{A}; {refused}")],
        "removal fails": [Step(ALLOWED, f"{A}; $global:Machine.Refuses['remove'] = 'disk full'")],
        "cluster": [Step(ALLOWED, f"{A}; $global:Machine.Cluster = 'yes'")],
        "cluster silent": [Step(ALLOWED, f"{A}; $global:Machine.Cluster = 'silent'")],
        "cluster drained": [
            Step(ALLOWED, f"{A}; $global:Machine.Cluster = 'yes'; $global:Machine.Drain = 2")
        ],
        "cluster taken back": [
            Step(
                back(good),
                f"{installs}; $global:Machine.Cluster = 'yes'; $global:Machine.Drain = 2",
            ),
            Step({"Resume": True}, "Restart-Machine; $global:Machine.Drain = 0"),
            RESUME,
        ],
        "controller": [Step(ALLOWED, f"{A}; $global:Machine.Product = 2")],
        "controller forced": [
            Step({**ALLOWED, "Force": True}, f"{A}; $global:Machine.Product = 2")
        ],
        "azure local": [Step(ALLOWED, f"{A}; $global:Machine.Sku = 406")],
        "pending": [Step(ALLOWED, f"{A}; Set-Pending $true")],
        "unknown": [Step({**ALLOWED, "Hotpatch": "KB5999999"}, A)],
        "two": [Step(ALLOWED, f"{A}; $null = Add-Rollup '26100.32400' 'KB5075942'")],
        "baseline as hotpatch": [Step({**ALLOWED, "Hotpatch": "KB5073379"}, A)],
        "baseline as hotpatch by name": [Step({**ALLOWED, "Hotpatch": ROLLUP.format(NEW)}, A)],
        "net as hotpatch": [Step({**ALLOWED, "Hotpatch": "KB5074000"}, f"{A}; {NET}")],
        "old as hotpatch": [Step({**ALLOWED, "Hotpatch": "KB5003508"}, f"{A}; {EARLY}")],
        "hotpatch above": [Step(ALLOWED, f"{A}; {LATER}")],
        "hotpatch on baseline": [Step(back(good), f"{B}; $null = Add-Named 'KB5075942'")],
        "newer baseline": [
            Step(back(good), f"{B}; $null = Add-Rollup '26100.32500' 'KB5076000'"),
        ],
        "superseded hotpatch": [
            Step(
                ALLOWED,
                f"$null = Add-Rollup '{NEW}' 'KB1'; $null = Add-Named 'KB5075942' 'Superseded'",
            )
        ],
        **{
            f"baseline {state}": [Step(ALLOWED, f"{A}; {SET_STATE.format(state)}")]
            for state in ("PartiallyInstalled", "Superseded", "UninstallPending")
        },
        "no task": [
            Step(ALLOWED, f"{A}; $global:Machine.Refuses['task'] = 'service is stopped'"),
            Step(ALLOWED, "$global:Machine.Refuses.Clear()"),
        ],
        "whatif after the restart": [
            Step(ALLOWED, A),
            Step({"Resume": True, "WhatIf": True}, "Restart-Machine"),
            Step({"Cancel": True, "WhatIf": True}),
            Step({"Resume": True}),
        ],
        "no log folder": [Step({**ALLOWED, "LogPath": f"Z:{folder}/none/x.log"}, A), RESUME],
        "log with a variable": [Step({**ALLOWED, "LogPath": "C:\\%TEMP%\\x.log"}, A)],
        "log with an argument": [Step({**ALLOWED, "LogPath": "C:\\$(Arg0).log"}, A)],
        "no baseline": [Step(ALLOWED, "$null = Add-Named 'KB5075942'")],
        "no folder": [Step(back(folder / "none"), B)],
        "empty folder": [Step(back(empty), B)],
        "two files": [Step(back(two), B)],
        "other system": [Step(back(good, PreviousBuild="20348.5386"), B)],
        "not older": [Step(back(good, PreviousBuild=NEW), B)],
        "no rollup": [Step(back(good, Baseline="KB5075942"), A)],
        "twice": [Step(ALLOWED, A), Step(ALLOWED, "Set-Pending $false")],
        "cancel": [Step(ALLOWED, A), Step({"Cancel": True})],
        "nothing to resume": [Step({"Resume": True}, A)],
        "all at once": [Step(ALLOWED, f"{A}; Set-Pending $true; $global:Machine.Cluster = 'yes'")],
        "unreadable": [Step(ALLOWED, f"{A}; $global:Machine.Refuses['get'] = 'no access'")],
    }


@pytest.fixture(scope="module")
def ran(wine: Wine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Ran]]:
    folder = tmp_path_factory.mktemp("restore")
    made = compiled(header=header(orchestration="azure-update-manager"))
    script = write(powershell_restore.emit(made), folder)[0]
    return run_cases(wine, folder, script, cases(folder))


def planned(run: Ran) -> list[str]:
    return re.findall(r"(?m)^  \d+\. (.*)$", run.text)


def done(runs: Sequence[Ran]) -> list[str]:
    return [one for run in runs for one in re.findall(r"(?m)^Step \d+ of \d+: (.*)$", run.text)]


def acts(runs: Sequence[Ran]) -> list[str]:
    return [act.partition(":")[0] for run in runs for act in run.did if not act.startswith("sleep")]


def test_the_list_names_each_update_and_not_the_servicing_stack(ran: dict[str, list[Ran]]) -> None:
    (run,) = ran["list"]
    assert (run.code, run.did) == (0, [])
    assert {(row["KB"], row["State"]) for row in run.objects} == {
        ("KB5073379", "Installed"),
        ("KB5075942", "Installed"),
    }
    assert {row["Permanent"] for row in run.objects} == {"not known"}


def test_a_hotpatch_is_removed_and_the_machine_restarts_once(ran: dict[str, list[Ran]]) -> None:
    first, second = ran["hotpatch"]
    assert (first.code, second.code) == (3010, 0), first.text + second.text
    assert acts([first, second]) == [
        "task S-1-5-18 at startup",
        f"remove {HOTPATCH}",
        "restart",
        "no task",
    ]
    assert second.packages == [ROLLUP.format(NEW)]
    assert second.tasks == []
    assert "kbNumbersToExclude" in second.text
    assert re.search(r"ends by itself on \d{4}-\d\d-\d\d", second.text)


@pytest.mark.parametrize("name", ["hotpatch", "by name", "no restart", "baseline"])
def test_what_the_plan_says_is_what_is_done(ran: dict[str, list[Ran]], name: str) -> None:
    runs = ran[name]
    assert runs[-1].code == 0, runs[-1].text
    assert planned(runs[0]) == done(runs)
    assert len(done(runs)) > 2


@pytest.mark.parametrize(("name", "real"), [("plan", "hotpatch"), ("baseline plan", "baseline")])
def test_whatif_prints_the_plan_and_does_nothing(
    ran: dict[str, list[Ran]], name: str, real: str
) -> None:
    (run,) = ran[name]
    assert (run.code, run.did) == (2, [])
    assert planned(run) == planned(ran[real][0])
    assert "kbNumbersToExclude" in run.text


def test_the_script_restarts_only_when_it_may(ran: dict[str, list[Ran]]) -> None:
    first, second = ran["no restart"]
    assert (first.code, second.code) == (3010, 0)
    assert "restart" not in first.did
    assert first.tasks == ["gpogen Restore-HotpatchBaseline"]
    assert "Wait for the restart that you make" in first.text


def test_a_baseline_is_replaced_by_the_one_before_from_the_folder(
    ran: dict[str, list[Ran]],
) -> None:
    runs = ran["baseline"]
    assert [run.code for run in runs] == [3010, 3010, 0], runs[-1].text
    task = "task S-1-5-18 at startup"
    assert acts(runs) == [
        task,
        f"remove {ROLLUP.format(NEW)}",
        "restart",
        "add windows11.0-kb5066835-x64_1.msu",
        "restart",
        "no task",
    ]
    assert runs[-1].packages == [ROLLUP.format(OLD)]


def test_on_windows_server_2022_the_content_of_the_msu_is_added(
    ran: dict[str, list[Ran]],
) -> None:
    runs = ran["baseline 2022"]
    assert [run.code for run in runs] == [3010, 3010, 0], runs[-1].text
    assert [act for act in acts(runs) if act.startswith("add")] == [
        "add SSU-20348.1-x64.cab",
        "add Windows10.0-KB5003508-x64.cab",
    ]


def test_the_task_runs_a_copy_that_only_administrators_can_change(
    ran: dict[str, list[Ran]],
) -> None:
    (task,) = [act for act in ran["hotpatch"][0].did if act.startswith("task")]
    assert r"C:\Program Files\gpogen\Restore-HotpatchBaseline.ps1" in task
    assert task.endswith("-Resume")


def test_a_restart_that_is_not_finished_is_waited_for(ran: dict[str, list[Ran]]) -> None:
    unfinished = ran["restart unfinished"]
    assert [run.code for run in unfinished][1] == 3010
    assert unfinished[2].code == 0
    settled = ran["restart settles"][1]
    assert settled.code == 0
    assert "sleep 15" in settled.did


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("still there", "is still installed"),
        ("baseline gone", "is not installed"),
        ("baseline not reached", f"the build is 26100.1742, not {OLD}"),
    ],
)
def test_after_the_restart_it_says_what_is_not_as_planned(
    ran: dict[str, list[Ran]], name: str, said: str
) -> None:
    run = ran[name][-1]
    assert run.code == 1
    assert said in run.text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("permanent", "permanent package, which nothing can remove"),
        ("permanent says Windows", "permanent package (0x800f0825). Nothing was changed"),
        ("cluster", "cluster node that is not drained"),
        ("cluster silent", "whether it is drained cannot be read"),
        ("controller", "domain controller"),
        ("azure local", "host of Azure Local"),
        ("pending", "A restart is pending (Component Based Servicing: RebootPending)"),
        ("unknown", "No installed package is KB5999999"),
        ("two", "is 2 packages. Name one"),
        ("no baseline", "No baseline would be left"),
        ("baseline as hotpatch", "which can be the baseline. Use -Baseline"),
        ("baseline as hotpatch by name", "which can be the baseline. Use -Baseline"),
        ("net as hotpatch", "belongs to another product, such as .NET"),
        ("old as hotpatch", "is not newer than the installed baseline"),
        ("hotpatch above", "Remove it first: Package_for_KB5077000~"),
        ("hotpatch on baseline", f"Remove it first, with -Hotpatch: {HOTPATCH}"),
        ("newer baseline", "A newer cumulative update is installed. Remove it first"),
        ("superseded hotpatch", "must be Installed; got Superseded"),
        ("baseline PartiallyInstalled", "No baseline would be left"),
        ("baseline Superseded", "No baseline would be left"),
        ("baseline UninstallPending", "No baseline would be left"),
        ("log with a variable", "must have no % and no $("),
        ("log with an argument", "must have no % and no $("),
        ("no folder", "must have one .msu file whose name contains KB5066835; got 0"),
        ("empty folder", "got 0. Without it, no baseline would be left"),
        ("two files", "got 2"),
        ("other system", "must be of build 26100; got 20348.5386"),
        ("not older", f"must be older than this machine's build {NEW}; got {NEW}"),
        ("no rollup", "is not a cumulative update"),
        ("twice", "A plan is not finished"),
        ("nothing to resume", "there is no plan to go on with"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(
    ran: dict[str, list[Ran]], name: str, said: str
) -> None:
    run = ran[name][0 if name.startswith("permanent") else -1]
    assert run.code == 4, run.text
    assert said in run.text
    if name == "permanent says Windows":
        assert acts([run]) == ["task S-1-5-18 at startup", "no task"]
    else:
        assert run.did == []
    assert run.tasks == [] or name == "twice"


def test_a_task_that_cannot_be_registered_changes_nothing(ran: dict[str, list[Ran]]) -> None:
    first, again = ran["no task"]
    assert (first.code, first.did) == (1, []), first.text
    assert "service is stopped" in first.text
    assert again.code == 3010, again.text


def test_whatif_after_the_restart_changes_nothing(ran: dict[str, list[Ran]]) -> None:
    _, whatif, cancel, resumed = ran["whatif after the restart"]
    for run in (whatif, cancel):
        assert (run.code, run.did) == (2, []), run.text
        assert run.tasks == ["gpogen Restore-HotpatchBaseline"]
    assert planned(whatif) == done([resumed])
    assert resumed.code == 0, resumed.text


def test_a_log_that_cannot_be_written_is_one_warning(ran: dict[str, list[Ran]]) -> None:
    first, second = ran["no log folder"]
    assert (first.code, second.code) == (3010, 0), first.text + second.text
    assert first.text.count("The log cannot be written") == 1


def test_what_windows_itself_says_of_a_package_is_listed(ran: dict[str, list[Ran]]) -> None:
    marked = {row["KB"]: row["Permanent"] for row in ran["permanent"][1].objects}
    assert marked == {"KB5073379": "not known", "KB5075942": "yes"}


def test_all_reasons_are_said_at_once(ran: dict[str, list[Ran]]) -> None:
    assert ran["all at once"][0].text.count("Refused: ") == 2


@pytest.mark.parametrize("name", ["cluster drained", "controller forced"])
def test_what_may_go_on_goes_on(ran: dict[str, list[Ran]], name: str) -> None:
    assert ran[name][0].code == 3010
    assert "restart" in ran[name][0].did


def test_a_node_that_was_taken_back_does_not_restart_again(ran: dict[str, list[Ran]]) -> None:
    first, second, third = ran["cluster taken back"]
    assert [run.code for run in (first, second, third)] == [3010, 3010, 0], second.text
    assert "restart" in first.did
    assert "restart" not in second.did
    assert "Not restarted: This machine is a cluster node that is not drained" in second.text


@pytest.mark.parametrize("name", ["removal fails", "unreadable"])
def test_a_failure_is_exit_code_1(ran: dict[str, list[Ran]], name: str) -> None:
    (run,) = ran[name]
    assert run.code == 1
    assert "The script failed" in run.text
    assert "restart" not in run.did


def test_cancel_forgets_the_plan_and_its_task(ran: dict[str, list[Ran]]) -> None:
    run = ran["cancel"][1]
    assert (run.code, run.did, run.tasks) == (0, ["no task"], [])
