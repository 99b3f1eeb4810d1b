"""Findings in extended files say which profiles they concern."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpogen.cli import main
from gpogen.finding import Finding
from gpogen.reports.findings import finding_json
from gpogen.reports.github import commands
from gpogen.workspace.select import Selection, select
from tests.support.profiles import CERTIFICATES


def _profile(name: str, *lines: str) -> None:
    text = f"gpogen: 1\nname: {name}\n" + "".join(f"{line}\n" for line in lines)
    Path("profiles").mkdir(exist_ok=True)
    Path("profiles", f"{name}.yaml").write_text(text, encoding="utf-8")


def _ring(name: str, *lines: str, extends: str = "common") -> None:
    target = "target: {platform: azure-arc, os: windows-server-2025-standard}"
    head = (f"title: {name}", f"extends: [{extends}]", target, "orchestration: group-policy")
    _profile(name, *head, *lines)


def _found(selection: Selection, rule: str) -> list[Finding]:
    return [item for item in selection.findings if item.id == rule]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_finding_in_an_extended_file_is_shown_once_with_its_profiles(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _profile("common", "updates: {mode: download}")
    _ring("ring0")
    _ring("ring1")
    (finding,) = _found(select([], "profiles"), "HP027")
    assert finding.profiles == ("ring0", "ring1")
    assert [place.file for place in finding.related] == [
        "profiles/ring0.yaml",
        "profiles/ring1.yaml",
    ]
    assert finding_json(finding)["profiles"] == ["ring0", "ring1"]
    main._run(["check"])
    assert "\n    in: ring0, ring1\n" in capsys.readouterr().out


def test_a_finding_in_the_profile_s_own_file_names_no_profile(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _profile("common", "vbs: {enforce: policy}")
    _ring("ring0", "updates: {mode: download}")
    (finding,) = _found(select([], "profiles"), "HP027")
    assert finding.profiles == ("ring0",)
    main._run(["check"])
    assert "    in: " not in capsys.readouterr().out


def test_github_shows_what_a_shipped_file_holds_where_it_is_extended() -> None:
    _ring("ring0", extends="arc-ws2025-standard")
    selection = select([], "profiles")
    shipped = [item for item in selection.findings if str(item.at).startswith("<shipped>/")]
    assert shipped
    for line in commands(shipped, selection.profiles):
        assert "file=profiles/ring0.yaml,line=4,col=1," in line
        assert "<shipped>/arc-ws2025-standard.yaml:" in line
        assert "in: ring0" in line


def test_check_counts_what_is_silenced(capsys: pytest.CaptureFixture[str]) -> None:
    updates = "updates: {mode: download, drivers: exclude}"
    _profile("common", "vbs: {enforce: policy+registry}", updates)
    _ring("ring0", "allow: [{rule: HP027, why: not yet}]", CERTIFICATES.rstrip())
    main._run(["check"])
    first = capsys.readouterr().err.splitlines()[0]
    assert first == "2 profiles: no findings, 1 silenced"


def _listed(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    capsys.readouterr()
    main._run(["list", *options])
    return capsys.readouterr().out


WSUS = "source: {wsus: {server: 'http://w:8530', status_server: 'http://w:8530'}}"
POLICIES = (
    "policies:",
    "  - {policy: WindowsUpdate.DisablePauseUXAccess, state: enabled}",
    "  - {policy: WindowsUpdate.ActiveHoursMaxRange, state: disabled}",
)


def test_a_list_shows_wsus_a_deferral_and_few_policies_by_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _profile("common", "vbs: {enforce: policy+registry}")
    _ring("ring0", f"updates: {{{WSUS}, quality_deferral_days: 3}}", *POLICIES)
    line = _listed(capsys).splitlines()[1]
    assert "; source WSUS; quality deferral 3 days; " in line
    assert line.endswith(
        "WindowsUpdate.DisablePauseUXAccess; WindowsUpdate.ActiveHoursMaxRange disabled"
    )
    assert _listed(capsys, "-q") == "common\nring0\n"


def test_a_list_counts_many_policies_and_is_silent_about_no_deferral(
    capsys: pytest.CaptureFixture[str],
) -> None:
    more = "  - {policy: WindowsUpdate.DetectionFrequency_Title, state: disabled}"
    _profile("common", "updates: {quality_deferral_days: 0}", *POLICIES, more)
    assert _listed(capsys) == "common  base: 3 other policies\n"
