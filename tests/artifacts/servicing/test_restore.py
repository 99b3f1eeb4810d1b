"""Restore-HotpatchBaseline.ps1: both cases, each refusal, the restart in between, -WhatIf."""

from __future__ import annotations

import glob
import hashlib
import re
import shutil
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

import pytest

from gpogen.artifacts import powershell_restore
from tests.artifacts.factory import compiled, header
from tests.artifacts.powershell.harness import Wine, write
from tests.artifacts.servicing.batch import Ran, Step, run_cases
from tests.artifacts.servicing.test_iso import make_msu

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("restore")]

OLD, NEW = "26100.32230", "26100.32370"
ROLLUP = "Package_for_RollupFix~31bf3856ad364e35~amd64~~{}.1.7"
HOTPATCH = "Package_for_KB5075942~31bf3856ad364e35~amd64~~26100.32400.1.3"
Z = "; "
OLDER = (
    "$null = Add-Rollup '20348.5020' 'KB5066001' 'Superseded'",
    "$null = Add-Rollup '20348.5386' 'KB5073379'",
)
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
MSU = "windows11.0-kb5066835-x64_1.msu"
CHECKPOINT = "windows11.0-kb5043080-x64.msu"
MINE = "CN=Microsoft Corporation, O=Microsoft Corporation, L=Redmond, S=Washington, C=US"
QUOTED = 'CN="x, O=Microsoft Corporation, y", O=Somebody'
YES, NO = 0, 2
COPY = f"C:\\Program Files\\gpogen\\msu\\{MSU}"
RELEASES = "# gpogen release data as of 2026-10-02\n26100|2026-02|{}|KB5075942|26100.32400|\n"
RESUME = Step({"Resume": True}, "Restart-Machine")
ODD = "%TEMP% $(Arg0) -Force;$x 'a'.log"
"""A name in which Task Scheduler, cmd or PowerShell would replace something."""


def back(folder: Path, **changes: object) -> dict[str, object]:
    made: dict[str, object] = {
        "Baseline": "KB5073379",
        "Folder": f"Z:{folder}",
        "Previous": "KB5066835",
        "PreviousBuild": OLD,
        "AllowRestart": True,
    }
    return made | changes


def signed(name: str, **said: str) -> str:
    """Say what Windows answers about a file's signature."""
    pairs = "; ".join(f"{word} = '{value}'" for word, value in said.items())
    return f"$global:Machine.Signatures['{name}'] = @{{ {pairs} }}"


def bad_files(folder: Path, good: Path, installs: str) -> Mapping[str, Sequence[Step]]:
    """Return the cases whose .msu files are not what they should be, or do not stay so."""
    empty, page, huge = folder / "empty file", folder / "page", folder / "huge"
    for place, data in ((empty, b""), (page, b"<!DOCTYPE html>"), (huge, b"MSCF")):
        place.mkdir()
        (place / MSU).write_bytes(data)
    with (huge / MSU).open("r+b") as file:
        file.truncate(8 << 40)
    digest = hashlib.sha256((good / MSU).read_bytes()).hexdigest()
    named = {"Sha256": [f"{digest},{'0' * 64}"]}
    unsigned = f"{installs}; {signed(MSU, Status='NotSigned')}"
    change = "param($Path) [System.IO.File]::AppendAllText($Path, 'x')"
    moved, spoilt = folder / "moved", folder / "spoilt"
    for place in (moved, spoilt):
        shutil.copytree(good, place)
    return {
        "msu empty": [Step(back(empty), installs)],
        "msu page": [Step(back(page), installs)],
        "msu huge": [Step(back(huge), installs)],
        "msu changed": [Step(back(good), f"{installs}; {signed(MSU, Status='HashMismatch')}")],
        "msu changed, named": [
            Step(back(good, **named), f"{installs}; {signed(MSU, Status='HashMismatch')}")
        ],
        "msu untrusted": [Step(back(good), f"{installs}; {signed(MSU, Status='NotTrusted')}")],
        "msu of others": [Step(back(good), f"{installs}; {signed(MSU, Subject='O=Contoso')}")],
        "msu quoted": [Step(back(good), f"{installs}; {signed(MSU, Subject=QUOTED)}")],
        "msu other issuer": [Step(back(good), f"{installs}; {signed(MSU, Issuer=QUOTED)}")],
        "msu unsigned": [Step(back(good), unsigned)],
        "msu unknown": [Step(back(good), f"{installs}; {signed(MSU, Status='UnknownError')}")],
        "msu unreadable": [Step(back(good), f"{installs}; {signed(MSU, Status='error')}")],
        "msu other named": [Step(back(good, Sha256=["0" * 64]), unsigned)],
        "msu named": [Step(back(good, **named), unsigned), RESUME, RESUME],
        "checkpoint changed": [
            Step(back(good), f"{installs}; {signed(CHECKPOINT, Status='HashMismatch')}")
        ],
        "msu all": [
            Step(
                back(good),
                f"{unsigned}; {signed(CHECKPOINT, Status='HashMismatch')}; Set-Pending $true",
            )
        ],
        "msu shown twice": [
            Step(
                back(good),
                f"{installs}; $global:Machine.Signatures['{MSU}'] = @{{ Then = {{ "
                f"{signed(MSU, Status='HashMismatch')} }} }}",
            )
        ],
        "msu changes meanwhile": [
            Step(
                back(moved),
                f"{installs}; $global:Machine.Signatures['{MSU}'] = @{{ Then = {{ {change} }} }}",
            )
        ],
        "folder is spoilt": [
            Step(back(spoilt), installs),
            Step(
                {"Resume": True},
                f"Restart-Machine; [System.IO.File]::WriteAllText('Z:{spoilt}/{MSU}', 'bad')",
            ),
            RESUME,
        ],
        "copy changes": [
            Step(back(good), installs),
            Step(
                {"Resume": True}, f"Restart-Machine; [System.IO.File]::AppendAllText('{COPY}', 'x')"
            ),
            Step({"Resume": True}, f"[System.IO.File]::Copy('Z:{good}/{MSU}', '{COPY}', $true)"),
            RESUME,
        ],
        "copy is added": [
            Step(back(good), installs),
            Step(
                {"Resume": True},
                f"Restart-Machine; [System.IO.File]::WriteAllText('{COPY}.msu', 'x')",
            ),
        ],
        "copy is gone": [
            Step(back(good), installs),
            Step({"Resume": True}, f"Restart-Machine; [System.IO.File]::Delete('{COPY}')"),
        ],
    }


def signs(folder: Path) -> Mapping[str, Sequence[Step]]:
    """Return the cases in which the signs of a hotpatch differ."""
    paths = {}
    for word in ("hotpatch", "cumulative", "unknown"):
        path = folder / f"{word}.txt"
        path.write_text(RELEASES.format(word))
        paths[word] = {**ALLOWED, "ReleaseData": f"Z:{path}"}
    title = "$global:Machine.History = @('2026-02 {} (KB5075942) (26100.32400)')"
    none = "$global:Machine.History = @()"
    return {
        "no history": [Step(ALLOWED, f"{A}; {none}")],
        "no history, released": [Step(paths["hotpatch"], f"{A}; {none}"), RESUME],
        "no history, unknown": [Step(paths["unknown"], f"{A}; {none}")],
        "other history": [Step(ALLOWED, f"{A}; {title.format('Cumulative Update')}")],
        "both histories": [
            Step(
                ALLOWED,
                f"{A}; $global:Machine.History += '2026-02 Security Update (KB5075942)'",
            )
        ],
        "other release": [Step(paths["cumulative"], A)],
        "other build": [Step(ALLOWED, f"{A}; Set-Build '26100.32401'")],
        "history fails": [Step(ALLOWED, f"{A}; $global:Machine.NoSearch = '0x8024402C'")],
        "history fails, released": [
            Step(paths["hotpatch"], f"{A}; $global:Machine.NoSearch = '0x8024402C'")
        ],
        "all signs": [Step(paths["hotpatch"], A), RESUME],
    }


NAMED = "Hotpatch-Package~31bf3856ad364e35~amd64~~10.0.1.7"
TIME = "2026-09-13T01:00:00Z"
TITLE = "$global:Machine.History = @('2026-02 Hotpatch (KB5075942) (26100.32400)')"
AS_KB = {"Hotpatch": "KB5075942"}


def odd(name: str = NAMED, kb: str = "", time: str = TIME, kind: str = "Update") -> str:
    """Return a machine on which Windows names the package of the hotpatch in another way."""
    return (
        f"$null = Add-Rollup '{NEW}' 'KB5073379'; $global:Machine.Packages['{name}'] = @{{ "
        f"State = 'Installed'; Kb = '{kb}'; Build = $null; Time = '{time}'; Type = '{kind}' }}; "
        "Set-Build '26100.32400'"
    )


def named(folder: Path) -> Mapping[str, Sequence[Step]]:
    """Return the cases with -PackageName."""
    line = "26100|2026-02|{}|{}|{}|"
    texts = {
        "good": [line.format("hotpatch", "KB5075942", "26100.32400")],
        "type": [line.format("cumulative", "KB5075942", "26100.32400")],
        "build": [line.format("hotpatch", "KB5075942", "26100.32399")],
        "no build": [line.format("hotpatch", "KB5075942", "")],
        "other": [line.format("hotpatch", "KB5075943", "26100.32400")],
        "same": [
            line.format("out-of-band-hotpatch", "KB5075942", "26100.32400"),
            line.format("cumulative", "KB5075944", "26100.32400"),
        ],
    }
    use: dict[str, dict[str, object]] = {}
    for word, rows in texts.items():
        path = folder / f"named {word}.txt"
        path.write_text("\n".join(("# gpogen release data as of 2026-10-02", *rows, "")))
        use[word] = {**ALLOWED, "PackageName": NAMED, "ReleaseData": f"Z:{path}"}
    good = use["good"]
    rollup = ROLLUP.format("26100.32400")
    state = f"$global:Machine.Packages['{NAMED}'].State = '{{}}'"
    known = {
        "newest": [Step(good, odd()), RESUME],
        "history": [Step(good, f"{odd()}; {TITLE}"), RESUME],
        "says its number": [Step(good, odd(kb="KB5075942", time="2026-01-01")), RESUME],
        "rollup": [Step({**good, "PackageName": rollup}, odd(rollup)), RESUME],
        "same, history": [Step(use["same"], f"{odd()}; {TITLE}"), RESUME],
        "whatif": [Step({**good, "WhatIf": True}, odd())],
        "stays": [Step(good, odd()), Step({"Resume": True}, f"Restart-Machine; {odd()}")],
        "killed": [
            Step(good, f"{odd()}; $global:Machine.Refuses['removed'] = 'error 1726'"),
            RESUME,
        ],
        "cancelled": [
            Step(good, f"{odd()}; $global:Machine.Refuses['removed'] = 'error 1726'"),
            Step({"Cancel": True}),
        ],
    }
    refused = {
        "not found": [Step(good, A)],
        "no data": [Step({**ALLOWED, "PackageName": NAMED}, odd())],
        "no number": [Step({**good, "Hotpatch": NAMED}, odd())],
        "type": [Step(use["type"], odd())],
        "other number": [Step(use["other"], odd())],
        "no build": [Step(use["no build"], odd())],
        "build": [Step(use["build"], odd())],
        "machine": [Step(good, f"{odd()}; Set-Build '26100.32401'")],
        "same": [Step(use["same"], odd())],
        "contradicts": [Step(good, f"{odd()}; {TITLE.replace('Hotpatch', 'Security Update')}")],
        "older": [Step(good, odd(time="2026-01-01"))],
        "of another": [Step(good, odd(kb="KB5003508"))],
        "feature": [Step(good, odd(kind="OnDemandPack"))],
        "foundation": [
            Step(
                {
                    **good,
                    "PackageName": "Microsoft-Windows-Foundation-Package~31bf3856ad364e35~amd64~~"
                    "10.0.26100.1742",
                },
                odd(),
            )
        ],
        "net": [
            Step(
                {**good, "PackageName": "Package_for_DotNetRollup_481~31~amd64~~10.0.9310.3"},
                odd("Package_for_DotNetRollup_481~31~amd64~~10.0.9310.3"),
            )
        ],
        "baseline": [
            Step({**good, "PackageName": ROLLUP.format(NEW)}, f"{odd()}; {Z.join(OLDER)}")
        ],
        "alone": [Step(good, f"{odd()}; $global:Machine.Packages.RemoveAt(0)")],
        "pending": [Step(good, f"{odd()}; {state.format('UninstallPending')}")],
    }
    return {
        **{f"named {word}": steps for word, steps in known.items()},
        **{f"not named {word}": steps for word, steps in refused.items()},
    }


def questions(good: Path, installs: str) -> Mapping[str, Sequence[Step]]:
    """Return the cases with -Confirm, and those in which a person answers."""
    sure = {**ALLOWED, "Confirm": True}
    controller = f"{A}; $global:Machine.Product = 2"
    return {
        "no to the removal": [Step(sure, A, [NO])],
        "no to the copy": [Step(back(good, Confirm=True), installs, [NO])],
        "no after the copy": [Step(back(good, Confirm=True), installs, [YES, NO])],
        "no to the restart": [Step(sure, A, [YES, NO]), RESUME],
        "yes to all": [Step(back(good, Confirm=True), installs, [YES, YES, YES]), RESUME, RESUME],
        "no to cancel": [Step(ALLOWED, A), Step({"Cancel": True, "Confirm": True}, "", [NO])],
        "controller yes": [Step(ALLOWED, controller, [0])],
        "controller no": [Step(ALLOWED, controller, [1])],
        "controller whatif": [Step({**ALLOWED, "WhatIf": True}, controller)],
    }


def cases(folder: Path) -> Mapping[str, Sequence[Step]]:
    good, empty, two = folder / "good", folder / "empty", folder / "two"
    for place in (good, empty, two):
        place.mkdir()
    names = ("windows11.0-kb5043080-x64.msu", "windows11.0-kb5066835-x64_1.msu")
    for name in names:
        (good / name).write_bytes(b"MSWIM\0\0\0" + name.encode())
    make_msu(good)
    for name in ("kb5066835-a.msu", "kb5066835-b.msu"):
        (two / name).write_bytes(b"MSCF")
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
                f"Set-Build '20348.5386'; {Z.join(OLDER)}",
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
        "removal fails late": [
            Step(back(good), f"{installs}; $global:Machine.Refuses['removed'] = 'error 1726'"),
            RESUME,
            RESUME,
        ],
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
        "odd log": [Step({**ALLOWED, "LogPath": f"Z:{folder}/{ODD}"}, A), RESUME],
        "no baseline": [Step(ALLOWED, "$null = Add-Named 'KB5075942'")],
        "no folder": [Step(back(folder / "none"), B)],
        "empty folder": [Step(back(empty), B)],
        "two files": [Step(back(two), B)],
        "other system": [Step(back(good, PreviousBuild="20348.5386"), B)],
        "not older": [Step(back(good, PreviousBuild=NEW), B)],
        **named(folder),
        "no rollup": [Step(back(good, Baseline="KB5075942"), A)],
        "twice": [Step(ALLOWED, A), Step(ALLOWED, "Set-Pending $false")],
        "cancel": [Step(ALLOWED, A), Step({"Cancel": True})],
        "nothing to resume": [Step({"Resume": True}, A)],
        "all at once": [Step(ALLOWED, f"{A}; Set-Pending $true; $global:Machine.Cluster = 'yes'")],
        "unreadable": [Step(ALLOWED, f"{A}; $global:Machine.Refuses['get'] = 'no access'")],
        **bad_files(folder, good, installs),
        **signs(folder),
        **questions(good, installs),
        **states(good, installs),
    }


def states(good: Path, installs: str) -> Mapping[str, Sequence[Step]]:
    """Return machines in many states, each with -WhatIf and then without."""
    old = f"Set-Build '20348.5386'; {Z.join(OLDER)}"
    kinds: dict[str, tuple[Mapping[str, object], str]] = {
        "A": ({"Hotpatch": "KB5075942"}, A),
        "B": (back(good), installs),
        "2022": (back(good, Previous="KB5003508", PreviousBuild="20348.5020"), old),
    }
    around = {
        "plain": "",
        "net": NET,
        "early": EARLY,
        "pending": "Set-Pending $true",
        "cluster": "$global:Machine.Cluster = 'yes'",
        "drained": "$global:Machine.Cluster = 'yes'; $global:Machine.Drain = 2",
        "unsigned": signed(CHECKPOINT, Status="NotSigned"),
    }
    found: dict[str, Sequence[Step]] = {}
    for (kind, (arguments, before)), (what, more), allow in product(
        kinds.items(), around.items(), (True, False)
    ):
        own = {**arguments, "AllowRestart": allow}
        first = Step({**own, "WhatIf": True}, f"{before}; {more}")
        found[f"state {kind} {what} {allow}"] = [first, Step(own), RESUME, RESUME]
    return found


@pytest.fixture(scope="module")
def ran(wine: Wine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Ran]]:
    folder = tmp_path_factory.mktemp("restore")
    made = compiled(header=header(orchestration="azure-update-manager"))
    script = write(powershell_restore.emit(made), folder)[0]
    return run_cases(wine, folder, script, cases(folder))


@pytest.fixture(scope="module")
def log(ran: dict[str, list[Ran]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the log of the odd name, which the batch has written."""
    assert ran
    (found,) = tmp_path_factory.getbasetemp().glob(f"restore[0-9]*/{glob.escape(ODD)}")
    return found


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
    assert "A pause of quality updates does not help: Azure Update Manager" in second.text


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
        ("permanent", "permanent package, which cannot be removed"),
        ("permanent says Windows", "permanent package (0x800f0825). Nothing was changed"),
        ("cluster", "cluster node that is not drained"),
        ("cluster silent", "whether it is drained cannot be read"),
        ("controller", "domain controller"),
        ("azure local", "Azure Local host"),
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
        ("msu empty", f"{MSU} is empty"),
        ("msu page", f"{MSU} is not an update package: it must begin with MSCF or MSWIM"),
        ("msu huge", "must have 17592186044416 bytes free; got "),
        ("msu changed", f"{MSU} differs from what was signed (HashMismatch)"),
        ("msu changed, named", f"{MSU} differs from what was signed (HashMismatch)"),
        ("msu untrusted", f"does not trust the signer of {MSU} (NotTrusted)"),
        ("msu of others", f"{MSU} is not signed by Microsoft; its signer is O=Contoso"),
        ("msu quoted", f"{MSU} is not signed by Microsoft"),
        ("msu other issuer", f"{MSU} is not signed by Microsoft"),
        ("msu unsigned", f"cannot verify the signature of {MSU} (NotSigned)"),
        ("msu unknown", f"cannot verify the signature of {MSU} (UnknownError)"),
        ("msu unreadable", f"{MSU} cannot be checked: Access is denied"),
        ("msu other named", f"cannot verify the signature of {MSU} (NotSigned)"),
        ("checkpoint changed", f"{CHECKPOINT} differs from what was signed (HashMismatch)"),
        ("no history", "neither Windows Update's history nor -ReleaseData names it as one"),
        (
            "no history, unknown",
            "neither Windows Update's history nor -ReleaseData names it as one",
        ),
        ("other history", "in Windows Update's history, KB5075942 is not a hotpatch"),
        ("both histories", "in Windows Update's history, KB5075942 is not a hotpatch"),
        ("other release", "in the release data, KB5075942 is not a hotpatch"),
        ("other build", "this machine's build is 26100.32401, the package's is 26100.32400"),
        ("history fails", "neither Windows Update's history nor -ReleaseData names it as one"),
        ("controller no", "This machine is a domain controller"),
        ("no folder", "must have one .msu file whose name contains KB5066835; got 0"),
        ("empty folder", "got 0. Without it, no baseline would be left"),
        ("two files", "got 2"),
        ("other system", "must be of build 26100; got 20348.5386"),
        ("not older", f"must be older than this machine's build {NEW}; got {NEW}"),
        ("no rollup", "is not a cumulative update"),
        ("twice", "There is an unfinished plan"),
        ("nothing to resume", "there is no plan to continue"),
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


def test_a_removal_that_fails_after_it_began_goes_on_after_the_restart(
    ran: dict[str, list[Ran]],
) -> None:
    first, second, third = ran["removal fails late"]
    assert [run.code for run in (first, second, third)] == [1, 3010, 0], second.text
    assert "is no longer Installed. The plan continues after the next restart" in first.text
    assert first.tasks == ["gpogen Restore-HotpatchBaseline"]
    assert third.packages == [ROLLUP.format(OLD)]


def test_cancel_forgets_the_plan_and_its_task(ran: dict[str, list[Ran]]) -> None:
    run = ran["cancel"][1]
    assert (run.code, run.did, run.tasks) == (0, ["no task"], [])


def test_a_refusal_of_files_says_everything_at_once(ran: dict[str, list[Ran]]) -> None:
    assert ran["msu all"][0].text.count("Refused: ") == 3


def test_the_files_are_copied_before_the_removal_and_removed_at_the_end(
    ran: dict[str, list[Ran]],
) -> None:
    first, second, third = ran["baseline"]
    copies = [f"msu\\{name}" for name in (CHECKPOINT, MSU)]
    for run in (first, second):
        assert [name for name in run.files if name.startswith("msu")] == [
            "msu\\KB5003508.msu",
            *copies,
        ]
        assert "HKLM Restore-HotpatchBaseline" in run.files
    assert third.files == []


@pytest.mark.parametrize(
    "name", ["msu named", "folder is spoilt", "no history, released", "all signs"]
)
def test_what_the_signs_or_the_hash_allow_is_done(ran: dict[str, list[Ran]], name: str) -> None:
    runs = ran[name]
    assert runs[-1].code == 0, runs[-1].text
    assert planned(runs[0]) == done(runs)
    assert runs[-1].files == []


def test_an_unreadable_history_is_a_warning(ran: dict[str, list[Ran]]) -> None:
    (run,) = ran["history fails, released"]
    assert run.code == 3010
    assert re.search("Windows Update's history cannot be read: .*0x8024402C", run.text)


def test_a_file_that_changes_between_check_and_copy_ends_the_run(
    ran: dict[str, list[Ran]],
) -> None:
    (run,) = ran["msu changes meanwhile"]
    assert (run.code, run.did, run.files) == (1, [], []), run.text
    assert "The copies differ from the files that were checked" in run.text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("copy changes", f"the SHA-256 of {COPY} must be "),
        ("copy is added", f"{MSU}.msu was added to "),
        ("copy is gone", f"{COPY} was not found"),
    ],
)
def test_what_is_not_as_it_was_checked_is_not_installed(
    ran: dict[str, list[Ran]], name: str, said: str
) -> None:
    run = ran[name][1]
    assert run.code == 1
    assert said in run.text
    assert not [act for act in run.did if act.startswith("add")]
    assert run.tasks == ["gpogen Restore-HotpatchBaseline"]


def test_a_file_that_is_put_back_is_installed(ran: dict[str, list[Ran]]) -> None:
    assert [run.code for run in ran["copy changes"]] == [3010, 1, 3010, 0]


def test_nothing_that_somebody_chose_is_in_the_arguments_of_the_task(
    ran: dict[str, list[Ran]],
) -> None:
    tasks = {act for runs in ran.values() for run in runs for act in run.did if "task S-" in act}
    options = "-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File"
    copy = r"C:\Program Files\gpogen\Restore-HotpatchBaseline.ps1"
    assert tasks == {f'task S-1-5-18 at startup: {options} "{copy}" -Resume'}


def test_the_log_goes_on_after_the_restart_whatever_its_name(
    ran: dict[str, list[Ran]], log: Path
) -> None:
    assert [run.code for run in ran["odd log"]] == [3010, 0]
    assert "Step 3 of 3" in log.read_text()


@pytest.mark.parametrize("name", ["no to the removal", "no to the copy", "no after the copy"])
def test_what_is_declined_before_the_removal_leaves_nothing(
    ran: dict[str, list[Ran]], name: str
) -> None:
    (run,) = ran[name]
    assert (run.code, run.did, run.files, run.tasks) == (2, [], [], []), run.text
    assert [one["State"] for one in run.objects] == ["Declined"]


def test_a_restart_that_is_declined_is_made_later(ran: dict[str, list[Ran]]) -> None:
    first, second = ran["no to the restart"]
    assert (first.code, second.code) == (2, 0), first.text
    assert "restart" not in first.did


def test_each_step_is_asked_for_once(ran: dict[str, list[Ran]]) -> None:
    first, *_, last = ran["yes to all"]
    assert len(first.asked) == 3
    assert "restart" in first.did
    assert last.code == 0, last.text


def test_a_declined_cancel_keeps_the_plan(ran: dict[str, list[Ran]]) -> None:
    run = ran["no to cancel"][1]
    assert (run.code, run.tasks) == (2, ["gpogen Restore-HotpatchBaseline"])


def test_a_domain_controller_asks_a_person_and_not_under_whatif(
    ran: dict[str, list[Ran]],
) -> None:
    assert [run.code for run in (ran["controller yes"] + ran["controller no"])] == [3010, 4]
    (whatif,) = ran["controller whatif"]
    assert (whatif.code, whatif.asked, whatif.did) == (2, [], [])
    assert "without -WhatIf, the script asks before it continues" in whatif.text


def expected(plan: Sequence[str]) -> list[str]:
    """Return what a plan's sentences say is done to the machine."""
    found: list[str] = []
    for text in plan:
        if text.startswith("Remove the package "):
            found.append(f"remove {text.removeprefix('Remove the package ')}")
        elif text == "Restart this machine":
            found.append("restart")
        elif text.startswith("Install "):
            found.append("add")
    return found


def test_in_every_state_the_plan_is_what_is_done_or_the_refusal_is_the_same(
    ran: dict[str, list[Ran]],
) -> None:
    names = [name for name in ran if name.startswith("state ")]
    assert len(names) == 42
    finished = 0
    for name in names:
        whatif, real, *rest = ran[name]
        assert whatif.did == [], name
        assert re.findall("Refused: .*", whatif.text) == re.findall("Refused: .*", real.text), name
        if whatif.code == 4:
            assert (real.code, real.did, real.files) == (4, [], []), name
            continue
        assert (whatif.code, whatif.files) == (2, []), name
        runs = [real, *rest]
        runs = runs[: 1 + next(at for at, run in enumerate(runs) if run.code != 3010)]
        assert runs[-1].code == 0, f"{name}: {runs[-1].text}"
        assert planned(whatif) == planned(real) == done(runs), name
        changes = [re.sub("^add .*", "add", act) for act in acts(runs) if "task" not in act]
        assert list(dict.fromkeys(expected(planned(real)))) == list(dict.fromkeys(changes)), name
        assert changes.count("restart") == planned(real).count("Restart this machine"), name
        assert runs[-1].files == [], name
        finished += 1
    assert 0 < finished < len(names)


NOT_NAMED = {
    "not found": f"No installed package is {NAMED}",
    "no data": "-PackageName requires a KB number in -Hotpatch, and -ReleaseData",
    "no number": "-PackageName requires a KB number in -Hotpatch, and -ReleaseData",
    "type": "In the release data, KB5075942 must be a hotpatch of build 26100",
    "other number": "In the release data, KB5075942 must be a hotpatch of build 26100",
    "no build": "with its revision",
    "build": "KB5075942 has the build 26100.32399, and this machine 26100.32400",
    "machine": "KB5075942 has the build 26100.32400, and this machine 26100.32401",
    "same": "KB5075944 has the build 26100.32400, too",
    "contradicts": "In Windows Update's history, KB5075942 is not a hotpatch",
    "older": "whether it was installed after these is not known",
    "of another": f"{NAMED} is of KB5003508, not of KB5075942",
    "feature": "its type is OnDemandPack",
    "foundation": "its type is Foundation",
    "net": "is not an update of Windows that can be a hotpatch",
    "baseline": "is of KB5073379, not of KB5075942",
    "alone": "No baseline would be left below",
    "pending": "must be Installed; got UninstallPending",
}


@pytest.mark.parametrize("name", NOT_NAMED)
def test_a_named_package_needs_every_other_sign(ran: dict[str, list[Ran]], name: str) -> None:
    (run,) = ran[f"not named {name}"]
    assert (run.code, run.did, run.files) == (4, [], []), run.text
    assert NOT_NAMED[name] in run.text


@pytest.mark.parametrize(
    "name", ["newest", "history", "says its number", "rollup", "same, history"]
)
def test_a_named_package_with_every_sign_is_removed(ran: dict[str, list[Ran]], name: str) -> None:
    first, second = ran[f"named {name}"]
    assert (first.code, second.code) == (3010, 0), first.text + second.text
    package = ROLLUP.format("26100.32400") if name == "rollup" else NAMED
    assert first.did[1:] == [f"remove {package}", "restart"]
    assert second.packages == [ROLLUP.format(NEW)]
    assert second.files == second.tasks == []
    assert "To prevent Windows from installing KB5075942 again" in second.text


def test_a_named_package_is_planned_checked_and_kept_in_mind(ran: dict[str, list[Ran]]) -> None:
    (plan,) = ran["named whatif"]
    assert (plan.code, plan.did) == (2, [])
    assert f"1. Remove the package {NAMED}" in plan.text
    assert (ran["named stays"][1].code, "is still installed" in ran["named stays"][1].text) == (
        1,
        True,
    )
    killed = ran["named killed"]
    assert [run.code for run in killed] == [1, 0], killed[-1].text
    assert "is no longer Installed. The plan continues after the next restart" in killed[0].text


def test_a_plan_that_is_cancelled_too_late_says_what_is_missing(ran: dict[str, list[Ran]]) -> None:
    cancelled = ran["named cancelled"][1]
    assert (cancelled.code, cancelled.files) == (0, [])
    assert f"{NAMED} is removed already, or goes with the next restart" in cancelled.text
    assert f"Not done: Check that {NAMED} is gone" in cancelled.text


def test_the_signature_of_the_copy_counts_not_only_that_of_the_file(
    ran: dict[str, list[Ran]],
) -> None:
    (run,) = ran["msu shown twice"]
    assert run.code == 1
    assert f"The copies are not what was checked: {MSU} differs from what was signed" in run.text
    assert (run.did, run.files) == ([], [])
