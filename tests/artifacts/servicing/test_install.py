"""Install-Updates.ps1: what is chosen and why, each exit code, a remote session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from gpogen.artifacts import powershell_install
from gpogen.artifacts.release_lines import release_file
from gpogen.releases.knowledge import know
from tests.artifacts.factory import compiled
from tests.artifacts.powershell.harness import Wine, write
from tests.artifacts.servicing.batch import Ran, Step, run_cases

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("install")]

HOTPATCH = "2026-02 Hotpatch (KB5075942) (26100.32313)"
LCU = "2026-02 Security Update (KB5075899) (26100.32370)"
OFF = "2025-10 Cumulative Update for Microsoft server operating system (KB5070881) (26100.6905)"
BASE = "2026-01 Security Update (KB5073379) (26100.32230)"
NET = "2026-02 Cumulative Update for .NET Framework (KB5074000)"
PREVIEW = "2026-02 Cumulative Update Preview for Windows Server 2025 (KB5076000) (26100.32400)"
TOOL = "Windows Malicious Software Removal Tool (KB890830)"
FEATURE = "Windows Server 2028 (KB5099999)"
ROLLUP, UPDATES = "28bc880e-0592-4cbf-8f95-c79b17911d5f", "cd5ffd1e-e932-4e3a-bf74-18bf0b1bbd83"


def add(title: str, behavior: int = 2, bootstrap: str = "$null", **more: str) -> str:
    kb = title[title.index("KB") :].partition(")")[0]
    extra = "".join(f" -{name} {value}" for name, value in more.items())
    return f"Add-Update '{kb}' '{title}' {behavior} -Bootstrap {bootstrap}{extra}; "


H = add(HOTPATCH, bootstrap="$false")
L = add(LCU, bootstrap="$true")
N = add(NET, Classes=f"'{UPDATES}'")
T = add(TOOL, 0, Classes=f"'{ROLLUP}'")
REMOTE = (
    "$global:PSSenderInfo = 'x'; $global:Machine.Remote = $true; "
    "$global:Machine.OnStart = $global:RunTask; "
)
ALLOW = {"AllowRestart": True}
YES, NO = 0, 2
LATER = f"{REMOTE}$global:Machine.OnStart = $null; $global:Machine.States = {{}}"
"""The task is in each of these states for one look, and then does its work."""
AGAIN = "foreach ($task in $global:Machine.Tasks.Values) { $task.State = 'Running' }"
RUN = "& $global:RunTask $args[0]"
CUT = "$global:Machine.OnSleep = { throw 'the session ended' }"


def hostile(folder: Path) -> Mapping[str, Sequence[Step]]:
    """Return release data that no export wrote."""
    head = "# gpogen release data as of 2026-10-02\n"
    texts = {
        "no head": "26100|2026-02|hotpatch|KB5075942|26100.32313|\n",
        "head with more": f"{head[:-1]} $(Get-Date)\n",
        "json": '{"releases": [{"kb": "KB5075942", "type": "hotpatch"}]}',
        "build": f"{head}2610|2026-02|hotpatch|KB5075942|26100.32313|\n",
        "month": f"{head}26100|february|hotpatch|KB5075942|26100.32313|\n",
        "type": f"{head}26100|2026-02|Hotpatch|KB5075942|26100.32313|\n",
        "revision": f"{head}26100|2026-02|hotpatch|KB5075942|26100.x|\n",
        "number": f"{head}26100|2026-02|hotpatch|$(Remove-Item C:)|26100.32313|\n",
        "other number": f"{head}26100|2026-02|hotpatch|KB5075942|26100.32313|KB1 KB2\n",
        "escape": f"{head}26100|2026-02|hot\x1b[2Jpatch|KB5075942|26100.32313|\n",
        "both": f"{head}26100|2026-02|cumulative|KB5075942|26100.32313|\n"
        "26100|2026-02|hotpatch|KB5075942|26100.32313|\n",
        "many": head + "x\n" * 7,
        "long": head + "#" * (1 << 20),
    }
    found: dict[str, Sequence[Step]] = {}
    for name, text in texts.items():
        path = folder / f"data {name}.txt"
        path.write_text(text)
        found[f"data {name}"] = [Step({"ReleaseData": f"Z:{path}"}, H)]
    found["data folder"] = [Step({"ReleaseData": f"Z:{folder}"}, H)]
    return found


def chosen_sets() -> Mapping[str, Sequence[Step]]:
    """Return parameters of different sets together."""
    pairs: dict[str, Mapping[str, object]] = {
        "hide and assess": {"HideKB": ["KB890830"], "AssessOnly": True},
        "hide and include": {"HideKB": ["KB890830"], "IncludeKB": ["KB890830"]},
        "hide and exclude": {"HideKB": ["KB890830"], "ExcludeKB": ["KB890830"]},
        "hide and class": {"HideKB": ["KB890830"], "Classification": ["Tools"]},
        "hide and restart": {"HideKB": ["KB890830"], "AllowRestart": True},
        "hide and hotpatch": {"HideKB": ["KB890830"], "HotpatchOnly": True},
        "assess and restart": {"AssessOnly": True, "AllowRestart": True},
        "assess and force": {"AssessOnly": True, "Force": True},
        "task and assess": {"FromTask": True, "AssessOnly": True},
        "task and log": {"FromTask": True, "LogPath": "C:\\x.log"},
    }
    return {f"set {name}": [Step(given, H + T)] for name, given in pairs.items()}


def cases(data: Path, broken: Path) -> Mapping[str, Sequence[Step]]:
    known = {"ReleaseData": f"Z:{data}"}
    odd = data.with_name("%TEMP% $(Arg0) -Force;$x 'a'.txt")
    odd.write_bytes(data.read_bytes())
    exported = data.with_name("exported.txt")
    exported.write_bytes(release_file(know()))
    one = {"HotpatchOnly": True}
    return {
        "nothing": [Step()],
        "hotpatch": [Step({}, H)],
        "assess": [Step({"AssessOnly": True}, H + L + N + T)],
        "assess nothing": [Step({"AssessOnly": True})],
        "assess hotpatch": [Step({"AssessOnly": True, **one}, H + L)],
        "whatif": [Step({"WhatIf": True}, H + T)],
        "all": [Step({}, H + N + T)],
        "hotpatch only": [Step(one, H + N + T)],
        "hotpatch only, lcu": [Step(one, L + T)],
        "hotpatch only, both": [Step(one, H + L)],
        "hotpatch only, old": [Step(one, "Set-Build '20348.5020'; " + add(HOTPATCH))],
        "false hotpatch": [Step(one, add(HOTPATCH, bootstrap="$true"))],
        "rebootless without title": [Step(one, add(LCU, bootstrap="$false"))],
        "cannot ask": [Step({"ExcludeRestart": True}, add(HOTPATCH, bootstrap="'error'") + T)],
        "cannot ask, hotpatch only": [Step(one, add(HOTPATCH, bootstrap="'error'"))],
        "no restart": [Step({"ExcludeRestart": True}, H + L + N + T)],
        "class": [Step({"Classification": ["UpdateRollup"]}, H + N + T)],
        "classes in one text": [Step({"Classification": ["updaterollup,Security"]}, H + N + T)],
        "include": [Step({"IncludeKB": ["KB890830"]}, H + N + T)],
        "include and class": [
            Step({"IncludeKB": ["KB890830"], "Classification": ["Updates"]}, H + N + T)
        ],
        "exclude": [Step({"ExcludeKB": ["kb890830,KB5074000"]}, H + N + T)],
        "exclude wins": [Step({"IncludeKB": ["KB890830"], "ExcludeKB": ["KB890830"]}, T)],
        "off the train": [Step(known, add(OFF, bootstrap="$true"))],
        "off the train, named": [
            Step({**known, "IncludeKB": ["KB5070881"]}, add(OFF, bootstrap="$true"))
        ],
        "baseline": [Step(known, add(BASE, bootstrap="$true"))],
        "lcu": [Step({}, L)],
        "lcu restarts": [Step(ALLOW, L)],
        "fails": [Step({}, add(HOTPATCH, bootstrap="$false", Result="4") + T)],
        "partly": [Step({}, f"{H}$global:Machine.Partly = $true")],
        "no search": [Step({}, "$global:Machine.NoSearch = '0x8024402C'")],
        "feature": [Step({}, add(FEATURE, Classes="'3689bdc8-b205-4af4-8d4a-a63924c5e9d5'"))],
        "optional": [Step({}, H + add(TOOL, 0, More="@{ DeploymentAction = 4 }"))],
        "optional, named": [
            Step({"IncludeKB": ["KB890830"]}, H + add(TOOL, 0, More="@{ DeploymentAction = 4 }"))
        ],
        "preview": [Step({}, add(PREVIEW, bootstrap="$true"))],
        "rebootless .NET": [Step(one, H + add(NET, bootstrap="$false"))],
        "hidden": [Step({}, add(TOOL, 0, More="@{ IsHidden = $true }"))],
        "uninstall": [Step({}, add(TOOL, 0, More="@{ DeploymentAction = 2 }"))],
        "hide": [Step({"HideKB": ["KB890830"]}, H + T), Step({}, "")],
        "hide missing": [Step({"HideKB": ["KB5999999"]}, T)],
        "hide whatif": [Step({"HideKB": ["KB890830"], "WhatIf": True}, T)],
        "pending": [Step({}, f"{H}Set-Pending $true")],
        "pending, whatif": [Step({"WhatIf": True}, f"{H}Set-Pending $true")],
        "taken back": [
            Step(
                ALLOW,
                f"{L}$global:Machine.Cluster = 'yes'; $global:Machine.Drain = 2; "
                "$global:Machine.Updates[0] | Add-Member -MemberType ScriptMethod -Force "
                "-Name AcceptEula -Value { $global:Machine.Drain = 0; $this.EulaAccepted = $true }",
            )
        ],
        "pending, assess": [Step({"AssessOnly": True}, f"{H}Set-Pending $true")],
        "azure local": [Step({}, f"{H}$global:Machine.Sku = 406")],
        "cluster": [Step(ALLOW, f"{H}$global:Machine.Cluster = 'yes'")],
        "cluster, no restart": [Step({}, f"{H}$global:Machine.Cluster = 'yes'")],
        "controller": [Step(ALLOW, f"{H}$global:Machine.Product = 2")],
        "bad data": [Step({"ReleaseData": f"Z:{broken}"}, H)],
        "no data": [Step({"ReleaseData": f"Z:{broken}x"}, H)],
        "remote": [Step({**one, **known, "ExcludeKB": ["KB890830"]}, H + T + REMOTE)],
        "remote restart": [Step(ALLOW, L + REMOTE)],
        "remote fails": [Step({}, f"{H}{REMOTE}$global:Machine.NoSearch = '0x8024402C'")],
        "remote dies": [Step({}, f"{H}{REMOTE}$global:Machine.OnStart = $null")],
        "recommended": [Step({"Search": "Recommended"}, H)],
        "remote queued": [
            Step({}, H + LATER.format("@('Queued', 'Queued', 'Running', 'Running')"))
        ],
        "remote unknown": [Step({}, H + LATER.format("@('Unknown', 'Running')"))],
        "remote never": [Step({}, H + LATER.format("@('Running') * 1441")), Step()],
        "remote twice": [Step({}, H + LATER.format("@('Running') * 1441")), Step({}, AGAIN)],
        "remote cut": [Step({}, f"{H}{REMOTE}{CUT}"), Step({}, "$global:Machine.OnSleep = $null")],
        "remote odd": [
            Step({"ReleaseData": f"Z:{odd}", "LogPath": f"Z:{odd}.log", **one}, H + T + REMOTE)
        ],
        "remote hide": [Step({"HideKB": ["KB890830"]}, H + T + REMOTE)],
        "remote refused": [
            Step({}, f"{H}{REMOTE}$global:Machine.OnStart = {{ Set-Pending $true; {RUN} }}")
        ],
        "remote no": [Step({"Confirm": True}, H + REMOTE, [NO])],
        "remote yes": [Step({"Confirm": True}, H + REMOTE, [YES])],
        "task by hand": [Step({"FromTask": True}, H)],
        "declined": [Step({"Confirm": True}, H + T, [NO, NO])],
        "declined one": [Step({"Confirm": True}, H + T, [YES, NO])],
        "declined restart": [Step({"Confirm": True, **ALLOW}, L, [YES, NO])],
        "agreed restart": [Step({"Confirm": True, **ALLOW}, L, [YES, YES])],
        "declined, restart needed": [Step({"Confirm": True}, L + T, [YES, NO])],
        "declined hide": [Step({"HideKB": ["KB890830"], "Confirm": True}, T, [NO])],
        "hide on a host": [Step({"HideKB": ["KB890830"]}, f"{T}$global:Machine.Sku = 406")],
        "controller yes": [Step(ALLOW, f"{H}$global:Machine.Product = 2", [0])],
        "controller no": [Step(ALLOW, f"{H}$global:Machine.Product = 2", [1])],
        "controller whatif": [Step({**ALLOW, "WhatIf": True}, f"{H}$global:Machine.Product = 2")],
        "exported": [Step({"ReleaseData": f"Z:{exported}"}, add(HOTPATCH, 0))],
        **chosen_sets(),
        **hostile(data.parent),
    }


def data_files(folder: Path) -> tuple[Path, Path]:
    data, broken = folder / "releases.txt", folder / "broken.txt"
    data.write_text(
        "# gpogen release data as of 2026-10-02\n"
        "26100|2025-10|cumulative|KB5070881|26100.6905|\n"
        "26100|2026-01|baseline|KB5073379|26100.32230|KB5073999\n"
        "26100|2026-02|hotpatch|KB5075942|26100.32313|\n"
        "20348|2026-01|cumulative|KB5073379|20348.1|\n"
    )
    broken.write_text("# gpogen release data as of 2026-10-02\n26100|x\n")
    return data, broken


@pytest.fixture(scope="module")
def ran(wine: Wine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Ran]]:
    folder = tmp_path_factory.mktemp("install")
    script = write(powershell_install.emit(compiled()), folder)[0]
    return run_cases(wine, folder, script, cases(*data_files(folder)))


def installed(run: Ran) -> list[str]:
    return [act.removeprefix("install ") for act in run.did if act.startswith("install ")]


def row(run: Ran, kb: str) -> dict[str, object]:
    (found,) = [one for one in run.objects if one["KB"] == kb]
    return found


@pytest.mark.parametrize(
    ("name", "code", "what"),
    [
        ("nothing", 0, []),
        ("hotpatch", 0, [HOTPATCH]),
        ("assess", 2, []),
        ("assess nothing", 0, []),
        ("assess hotpatch", 5, []),
        ("whatif", 2, []),
        ("all", 0, [HOTPATCH, NET, TOOL]),
        ("hotpatch only", 0, [HOTPATCH]),
        ("hotpatch only, lcu", 5, []),
        ("hotpatch only, both", 5, [HOTPATCH]),
        ("hotpatch only, old", 0, [HOTPATCH]),
        ("false hotpatch", 5, []),
        ("rebootless without title", 0, [LCU]),
        ("cannot ask", 0, [TOOL]),
        ("cannot ask, hotpatch only", 3, []),
        ("no restart", 0, [HOTPATCH, TOOL]),
        ("class", 0, [TOOL]),
        ("classes in one text", 0, [HOTPATCH, TOOL]),
        ("include", 0, [TOOL]),
        ("include and class", 0, [NET, TOOL]),
        ("exclude", 0, [HOTPATCH]),
        ("exclude wins", 0, []),
        ("off the train", 0, []),
        ("off the train, named", 3010, [OFF]),
        ("baseline", 3010, [BASE]),
        ("lcu", 3010, [LCU]),
        ("lcu restarts", 3010, [LCU]),
        ("fails", 1, [HOTPATCH, TOOL]),
        ("partly", 3, [HOTPATCH]),
        ("no search", 1, []),
        ("feature", 0, []),
        ("optional", 0, [HOTPATCH]),
        ("optional, named", 0, [TOOL]),
        ("preview", 0, []),
        ("rebootless .NET", 0, [HOTPATCH]),
        ("hidden", 0, []),
        ("uninstall", 0, []),
        ("hide missing", 3, []),
        ("hide whatif", 2, []),
        ("pending", 4, []),
        ("pending, whatif", 4, []),
        ("taken back", 3010, [LCU]),
        ("pending, assess", 2, []),
        ("azure local", 4, []),
        ("cluster", 4, []),
        ("cluster, no restart", 0, [HOTPATCH]),
        ("controller", 4, []),
        ("bad data", 1, []),
        ("no data", 1, []),
        ("remote", 0, [HOTPATCH]),
        ("remote restart", 3010, [LCU]),
        ("remote fails", 1, []),
        ("remote dies", 1, []),
        ("recommended", 0, [HOTPATCH]),
        ("remote queued", 0, [HOTPATCH]),
        ("remote unknown", 0, [HOTPATCH]),
        ("remote odd", 0, [HOTPATCH]),
        ("remote hide", 0, []),
        ("remote refused", 4, []),
        ("remote no", 2, []),
        ("remote yes", 0, [HOTPATCH]),
        ("task by hand", 1, []),
        ("declined", 2, []),
        ("declined one", 2, [HOTPATCH]),
        ("declined restart", 3010, [LCU]),
        ("agreed restart", 3010, [LCU]),
        ("declined, restart needed", 3010, [LCU]),
        ("declined hide", 2, []),
        ("hide on a host", 4, []),
        ("controller yes", 0, [HOTPATCH]),
        ("controller no", 4, []),
        ("controller whatif", 2, []),
    ],
)
def test_what_is_installed_and_the_exit_code(
    ran: dict[str, list[Ran]], name: str, code: int, what: list[str]
) -> None:
    (run,) = ran[name]
    assert (run.code, installed(run)) == (code, what), run.text


def test_the_assessment_tells_hotpatches_and_restarts(ran: dict[str, list[Ran]]) -> None:
    (run,) = ran["assess"]
    told = {one["KB"]: (one["Kind"], one["Restart"], one["Train"]) for one in run.objects}
    assert told == {
        "KB5075942": ("hotpatch", "no", "stays"),
        "KB5075899": ("cumulative", "yes", "unknown"),
        "KB5074000": ("other", "maybe", "stays"),
        "KB890830": ("other", "no", "stays"),
    }
    assert [act for act in run.did if act.startswith("bootstrapper")] == [
        f"bootstrapper {HOTPATCH}",
        f"bootstrapper {LCU}",
    ]


def test_whatif_downloads_nothing_and_does_not_pretend_to_know(ran: dict[str, list[Ran]]) -> None:
    (run,) = ran["whatif"]
    assert [act for act in run.did if not act.startswith("search")] == []
    assert row(run, "KB5075942")["Restart"] == "unknown"


def test_what_windows_does_not_answer_is_unknown_and_is_not_safe(
    ran: dict[str, list[Ran]],
) -> None:
    (run,) = ran["cannot ask"]
    assert row(run, "KB5075942")["Restart"] == "unanswered"
    assert "whether it restarts: unanswered" in run.text


def test_an_update_off_the_train_is_named_and_warned_of(ran: dict[str, list[Ran]]) -> None:
    (run,) = ran["off the train"]
    assert "KB5070881 takes this machine off the hotpatch train" in run.text
    assert "-IncludeKB installs it" in str(row(run, "KB5070881")["Reason"])
    assert "takes this machine off" not in ran["baseline"][0].text
    assert "use -ReleaseData to find out" in ran["lcu"][0].text


def test_the_machine_restarts_only_when_it_may(ran: dict[str, list[Ran]]) -> None:
    assert [name for name, runs in ran.items() if any("restart" in run.did for run in runs)] == [
        "lcu restarts",
        "remote restart",
        "agreed restart",
    ]


def test_a_hidden_update_is_left_out_from_then_on(ran: dict[str, list[Ran]]) -> None:
    first, second = ran["hide"]
    assert (first.code, installed(first)) == (0, [])
    assert (second.code, installed(second)) == (0, [HOTPATCH])
    assert row(second, "KB890830")["Reason"] == "it is hidden"
    assert "Run this again when it is offered" in ran["hide missing"][0].text


def test_a_remote_session_works_through_a_task_of_system(ran: dict[str, list[Ran]]) -> None:
    (run,) = ran["remote"]
    (task,) = [act for act in run.did if act.startswith("task")]
    options = "-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File"
    copy = r"C:\Program Files\gpogen\Install-Updates.ps1"
    assert task == f'task S-1-5-18: {options} "{copy}" -FromTask'
    assert row(run, "KB890830")["Reason"] == "-ExcludeKB names it"
    assert run.tasks == []
    assert "0x8024402C" in ran["remote fails"][0].text
    assert "The task ended without a result" in ran["remote dies"][0].text
    assert ran["remote dies"][0].tasks == []
    assert {
        task for runs in ran.values() for one in runs for task in one.did if "task S-" in task
    } == {task}


def test_what_a_remote_session_hands_over_has_any_name_and_is_removed(
    ran: dict[str, list[Ran]],
) -> None:
    (run,) = ran["remote odd"]
    assert row(run, "KB890830")["Reason"] == "-HotpatchOnly: it is not a hotpatch"
    assert (run.files, run.tasks) == ([], [])


def test_the_reason_of_a_refusal_in_the_task_reaches_the_session(
    ran: dict[str, list[Ran]],
) -> None:
    assert "Refused: A restart is pending" in ran["remote refused"][0].text


def test_what_the_task_hides_is_said_in_the_session(ran: dict[str, list[Ran]]) -> None:
    assert f"Hidden: {TOOL}" in ran["remote hide"][0].text


def test_a_queued_task_is_waited_for(ran: dict[str, list[Ran]]) -> None:
    (run,) = ran["remote queued"]
    assert run.did.count("sleep 5") == 4


def test_a_task_that_runs_for_hours_is_left_alone(ran: dict[str, list[Ran]]) -> None:
    for name in ("remote never", "remote twice"):
        first = ran[name][0]
        assert (first.code, first.tasks) == (1, ["gpogen Install-Updates"]), first.text
        assert "still runs after two hours" in first.text
    assert ran["remote twice"][1].code == 4
    assert "of another session still runs" in ran["remote twice"][1].text


def test_what_a_cut_session_left_stops_no_other(ran: dict[str, list[Ran]]) -> None:
    first, second = ran["remote cut"]
    assert (first.code, second.code) == (1, 0), first.text + second.text


@pytest.mark.parametrize(
    "name",
    [
        "hide and assess",
        "hide and include",
        "hide and exclude",
        "hide and class",
        "hide and restart",
        "hide and hotpatch",
        "assess and restart",
        "assess and force",
        "task and assess",
        "task and log",
    ],
)
def test_parameters_that_contradict_each_other_do_not_bind(
    ran: dict[str, list[Ran]], name: str
) -> None:
    (run,) = ran[f"set {name}"]
    assert run.did == []
    assert "thrown: Parameter set cannot be resolved" in run.text


def test_a_domain_controller_asks_a_person_and_not_under_whatif(
    ran: dict[str, list[Ran]],
) -> None:
    (whatif,) = ran["controller whatif"]
    assert whatif.asked == []
    assert "without -WhatIf, the script asks before it continues" in whatif.text
    assert len(ran["controller yes"][0].asked) == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no head", "is not a file of gpogen releases export"),
        ("head with more", "is not a file of gpogen releases export"),
        ("json", "is not a file of gpogen releases export"),
        ("build", "line 2: the build must have 5 digits"),
        ("month", "line 2: the month must be in the form 2026-02"),
        ("type", "line 2: the type must be one of baseline, unplanned-baseline, hotpatch"),
        ("revision", "line 2: the build and revision must be in the form 26100.32313"),
        ("number", "line 2: a number must be in the form KB5075942"),
        ("other number", "line 2: a number must be in the form KB5075942"),
        ("escape", "line 2: the type must be one of"),
        ("both", "line 3: KB5075942 is cumulative on a line before, and hotpatch here"),
        ("many", "line 6: a line must have 6 parts; got 1; and 2 more"),
        ("long", "must have at most 1 MB"),
        ("folder", "The script failed"),
    ],
)
def test_release_data_that_nobody_exported_install_nothing(
    ran: dict[str, list[Ran]], name: str, said: str
) -> None:
    (run,) = ran[f"data {name}"]
    assert (run.code, installed(run)) == (1, []), run.text
    assert said in run.text


def test_what_the_export_writes_is_read(ran: dict[str, list[Ran]]) -> None:
    (run,) = ran["exported"]
    assert run.code == 0, run.text
    assert row(run, "KB5075942")["Kind"] == "hotpatch"


def test_a_broken_file_of_release_data_is_told_by_its_line(ran: dict[str, list[Ran]]) -> None:
    assert "line 2: a line must have 6 parts; got 2" in ran["bad data"][0].text


def test_licence_terms_are_accepted_for_what_is_installed_only(
    ran: dict[str, list[Ran]],
) -> None:
    (run,) = ran["hotpatch only"]
    assert [act for act in run.did if act.startswith("eula")] == [f"eula {HOTPATCH}"]


def test_the_search_is_that_of_sconfig(ran: dict[str, list[Ran]]) -> None:
    text = powershell_install.emit(compiled())[0].data.decode()
    assert "IsInstalled=0 and Type='Software' and AutoSelectOnWebsites=1" in text
    assert ran["recommended"][0].did[0] != ran["hotpatch"][0].did[0]
