from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gpogen.artifacts.all import load
from gpogen.compile.result import ArcMachines, Compiled, VmSettings
from tests.artifacts.factory import compiled
from tests.support.arm import GROUP, SUBSCRIPTION, Arm, Request
from tests.support.powershell import needed_engine

AZ = Path(__file__).resolve().parents[2] / "support" / "az"
QUIET = {"NO_COLOR": "1", "DOTNET_EnableDiagnostics": "0", "POWERSHELL_TELEMETRY_OPTOUT": "1"}
ARC = ArcMachines(subscription=SUBSCRIPTION, resource_group=GROUP, location="westeurope")
VM = VmSettings(
    settings=json.dumps(
        {
            "patchMode": "AutomaticByPlatform",
            "enableHotpatching": True,
            "automaticByPlatformSettings": {"bypassPlatformSafetyChecksOnUserSchedule": False},
        }
    ),
    publisher="MicrosoftWindowsServer",
    offer="WindowsServer",
    sku="2022-datacenter-azure-edition-hotpatch",
)
SCHEDULED = replace(
    VM,
    settings=json.dumps(
        {
            "patchMode": "AutomaticByPlatform",
            "enableHotpatching": False,
            "automaticByPlatformSettings": {"bypassPlatformSafetyChecksOnUserSchedule": True},
        }
    ),
)


@dataclass(frozen=True)
class Run:
    """What a script said and how it ended."""

    code: int
    output: str
    errors: str

    @property
    def rows(self) -> dict[str, dict[str, str]]:
        """The result of each machine."""
        lines = self.output.splitlines()
        kept = [line for line in lines if line.startswith(('"subscription"', f'"{SUBSCRIPTION}"'))]
        assert kept, self
        return {row["machine"]: row for row in csv.DictReader(io.StringIO("\n".join(kept)))}

    def results(self) -> dict[str, str]:
        """The word of each machine."""
        return {name: row["result"] for name, row in self.rows.items()}


def written(made: Compiled, artifact: str, folder: Path) -> Path:
    for file in load(artifact).emit(made):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    return folder


Runner = Callable[..., Run]


def operator(made: Compiled) -> set[str]:
    """What the roles of azure/policy allow to who runs the scripts; a profile has one platform."""
    found: set[str] = set()
    for one in (replace(made, vm=None), replace(made, arc=None)):
        for file in load("policy").emit(one):
            if file.path.endswith("roles.json"):
                found |= set(json.loads(file.data)["operator"]["actions"])
    return found


def action_of(request: Request) -> str:
    """Name the operation of Azure RBAC that a request is: its type, without the names."""
    path = request.path.rpartition("/providers/")[2]
    if path == "Microsoft.ResourceGraph/resources":
        return "Microsoft.HybridCompute/machines/read"  # It reads what the caller may read.
    if path == "Microsoft.Compute/skus":
        return "Microsoft.Compute/skus/read"
    if "/operations/" in path:
        return "Microsoft.Compute/locations/operations/read"
    if "/locations/" in path:
        return "Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions/read"
    provider, *words = path.split("/")
    verb = {"GET": "read", "PUT": "write", "PATCH": "write", "POST": "action"}[request.method]
    kinds = words[::2]
    if request.method == "POST":
        kinds = [words[0], words[2]]
    return "/".join((provider, *kinds, verb))


def environment(arm: Arm) -> dict[str, str]:
    return {
        "PATH": f"{AZ}{os.pathsep}{os.environ['PATH']}",
        "GPOGEN_AZ_PORT": str(arm.port),
        "GPOGEN_AZ_CLOUD": arm.endpoint,
    }


def translated(arguments: Sequence[str]) -> list[str]:
    """Write bash's options as PowerShell's."""
    names = {"--dry-run": "-WhatIf", "--resource-group": "-ResourceGroup"}
    return [
        names.get(one, f"-{one[2:].capitalize()}" if one.startswith("--") else one)
        for one in arguments
    ]


@pytest.fixture(params=["bash", "powershell"])
def shell(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    if name == "bash" and not (shutil.which("bash") and shutil.which("jq")):
        pytest.skip("bash or jq is not on PATH")
    if name == "powershell":
        needed_engine()
    return name


@pytest.fixture
def run(shell: str, tmp_path: Path) -> Runner:
    """Run a script of an output folder, with bash's options."""

    def start(
        arm: Arm,
        script: str,
        *arguments: str,
        made: Compiled | None = None,
        until: Callable[[], bool] | None = None,
    ) -> Run:
        item = {"arc-hotpatch": "arc", "patch-settings": "vm"}.get(script, script)
        folder = written(made or compiled(arc=ARC, vm=VM), item, tmp_path / "output") / "azure"
        if shell == "bash":
            command = ["bash", str(folder / f"{script}.sh"), *arguments]
        else:
            engine = needed_engine().command
            command = [*engine, "-File", str(folder / f"{script}.ps1"), *translated(arguments)]
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, **QUIET, **environment(arm), "TMPDIR": str(scratch)},
            cwd=tmp_path,
            start_new_session=True,
        )
        while until is not None and process.poll() is None:
            if until():
                os.killpg(process.pid, signal.SIGKILL)
                break
            time.sleep(0.02)
        output, errors = process.communicate(timeout=300)
        allowed = operator(made or compiled(arc=ARC, vm=VM))
        assert {action_of(one) for one in arm.log} <= allowed
        return Run(process.returncode, output, errors)

    return start
