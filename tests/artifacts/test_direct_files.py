"""dsc_document, osconfig_document, ansible_playbook and ansible_requirements."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gpogen.artifacts import (
    ansible_playbook,
    ansible_requirements,
    dsc_document,
    osconfig_document,
)
from gpogen.compile.origin import LeftOut
from gpogen.compile.result import Compiled, Facts, RestartCause
from gpogen.formats import dscyaml, osconfig, playbook
from gpogen.formats.playbookread import MODULE
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive
from tests.artifacts.factory import compiled, deletion, header, preference, traced, value
from tests.formats.hostile import by_1_1

WHY = "It's {{ lookup('pipe', 'id') }}\r\n- hosts: x\n\u202e%PATH% `x` $(y) --> ]]> \U0001f600"
SYSTEM = header(
    os="windows-server-2025-datacenter",
    os_title="Windows Server 2025 Datacenter",
    why=WHY,
)
CONTROL = preference("Enable", key=r"SYSTEM\CurrentControlSet\Control\DeviceGuard")
MADE = compiled(
    header=SYSTEM,
    direct=(value(), deletion("B"), CONTROL),
    not_direct=(LeftOut(what=r"HKLM\X: A", reason="no way", at=None),),
    facts=Facts(restart_causes=(RestartCause.VBS,)),
)
EMITTERS: dict[str, Any] = {
    "dsc/azlocal-ws2022-core.dsc.yaml": (dsc_document, dscyaml),
    "osconfig/azlocal-ws2022-core.osc.yaml": (osconfig_document, osconfig),
    "ansible/azlocal-ws2022-core.yml": (ansible_playbook, playbook),
}
LOCKED = traced(Record(Hive.HKLM, "X", "", Action.SECURE_KEY, 4, bytes(4)))


@pytest.mark.parametrize("path", EMITTERS)
def test_a_file_has_the_direct_values_and_says_whose_they_are(path: str) -> None:
    emitter, codec = EMITTERS[path]
    (file,) = emitter.emit(MADE)
    found = codec.read(file.data)
    comments = [line for line in file.data.decode().splitlines() if line.startswith("#")]

    assert file.path == path
    assert [item.record.name for item in found.entries] == [
        item.record.name
        for item in MADE.direct
        if codec is not osconfig or item.record.action is Action.SET
    ]
    assert "# Profile: azlocal-ws2022-core" in comments
    assert r"# Not in this file: HKLM\X: A: no way" in comments
    assert "# - hosts: x" in comments
    assert all(line.isprintable() for line in comments)


@pytest.mark.parametrize("path", EMITTERS)
def test_without_a_direct_value_there_is_no_file(path: str) -> None:
    emitter, _ = EMITTERS[path]

    assert emitter.emit(compiled(header=SYSTEM, policy=(), direct=())) == ()


@pytest.mark.parametrize("path", EMITTERS)
def test_a_file_that_can_hold_no_value_names_them_all(path: str) -> None:
    emitter, codec = EMITTERS[path]
    (file,) = emitter.emit(compiled(header=SYSTEM, policy=(), direct=(LOCKED,)))

    assert codec.read(file.data).entries == ()
    assert b"# Not in this file: HKLM\\X (secure-key):" in file.data


def test_osconfig_is_for_windows_server_2025_alone() -> None:
    assert osconfig_document.emit(compiled()) == ()


def play(made: Compiled) -> Any:
    (file,) = ansible_playbook.emit(made)
    (found,) = by_1_1(file.data)
    return found


def test_a_playbook_is_for_the_group_of_its_ring_and_stops_on_another_build() -> None:
    found = play(MADE)

    assert found["hosts"] == "hotpatch_servers_ring_1"
    assert found["pre_tasks"][0]["ansible.builtin.assert"]["that"] == [
        "ansible_facts['distribution_version'].startswith('10.0.26100.')"
    ]


def test_a_restart_is_a_handler_that_asks_once_and_only_where_a_restart_is_due() -> None:
    found = play(MADE)
    ask, restart = found["handlers"]

    assert [item.get("notify") for item in found["tasks"]] == [None, None, "Restart"]
    assert ask["listen"] == restart["listen"] == "Restart"
    assert ask["run_once"] is True
    assert ask["when"] == "not ansible_check_mode"
    assert restart["when"] == "(restart_answer.user_input | default('')) == 'yes'"
    assert "handlers" not in play(compiled(header=SYSTEM, direct=(value(), CONTROL)))
    assert "handlers" not in play(
        compiled(header=SYSTEM, direct=(value(),), facts=Facts(restart_causes=(RestartCause.VBS,)))
    )


def test_the_requirements_name_the_collection() -> None:
    (file,) = ansible_requirements.emit(MADE)

    assert file.path == "ansible/requirements.yml"
    assert by_1_1(file.data) == {"collections": [{"name": "ansible.windows", "version": ">=3.0.0"}]}
    assert ansible_requirements.emit(compiled(policy=())) == ()


def ansible(folder: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return subprocess.run(
        [found, *arguments],
        cwd=folder,
        env={**os.environ, "LC_ALL": "C.UTF-8", "ANSIBLE_LOCALHOST_WARNING": "false"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_ansible_and_ansible_lint_accept_a_playbook_with_its_collection(tmp_path: Path) -> None:
    (tmp_path / "play.yml").write_bytes(ansible_playbook.emit(MADE)[0].data)
    (tmp_path / "requirements.yml").write_bytes(ansible_requirements.emit(MADE)[0].data)
    documented = ansible(tmp_path, "ansible-doc", "-t", "module", "-j", MODULE)
    if documented.returncode:
        pytest.skip("ansible-playbook is not installed with the collection ansible.windows")

    syntax = ansible(tmp_path, "ansible-playbook", "-i", "x,", "--syntax-check", "play.yml")
    assert syntax.returncode == 0, syntax.stderr
    linted = ansible(tmp_path, "ansible-lint", "--offline", "-q", "play.yml", "requirements.yml")
    assert linted.returncode == 0, linted.stdout + linted.stderr
    (tmp_path / "bad.yml").write_text("- hosts: all\n  tasks:\n    - win_regedit:\n")
    bad = ansible(tmp_path, "ansible-lint", "--offline", "-q", "bad.yml")
    assert bad.returncode != 0


@pytest.mark.slow
def test_the_module_documents_every_argument_of_a_task(tmp_path: Path) -> None:
    import json

    documented = ansible(tmp_path, "ansible-doc", "-t", "module", "-j", MODULE)
    if documented.returncode:
        pytest.skip("ansible-playbook is not installed with the collection ansible.windows")
    options = json.loads(documented.stdout)[MODULE]["doc"]["options"]

    for item in play(MADE)["tasks"]:
        for name, given in item[MODULE].items():
            assert given in options[name].get("choices", [given])
