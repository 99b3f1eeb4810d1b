"""Findings for programs: SARIF, GitHub annotations; allow and --strict."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from gpogen.finding import Finding, Place, Severity
from gpogen.reports.github import annotation
from gpogen.reports.junit import junit
from gpogen.reports.sarif import sarif
from gpogen.workspace.select import Selection, select
from gpogen.workspace.strict import judge_strictly
from tests.support.profiles import checked, ids, text_of

VBS = "vbs: {enforce: policy+registry}\n"
ALLOWED = VBS + (
    "updates: {drivers: include, mode: notify}\n"
    "allow:\n  - {rule: HP016, why: 'firmware is ours, 100%'}\n"
)

DRIVERS = "updates: {mode: download, drivers: exclude}\n"


def selection(tmp_path: Path, body: str, before: str = "", who: str = "group-policy") -> Selection:
    path = tmp_path / "sample.yaml"
    path.write_text(before + text_of(body, orchestration=who), encoding="utf-8")
    return select([str(path)], "profiles")


def report(found: Selection) -> dict[str, Any]:
    return sarif(found.findings, [a for item in found.profiles for a in item.allowed])


def test_an_allowed_rule_is_silent_and_goes_with_its_reason(tmp_path: Path) -> None:
    found = selection(tmp_path, ALLOWED)

    assert [item.id for item in found.findings] == ["HP027"]
    (allowed,) = found.profiles[0].allowed
    assert (allowed.finding.id, allowed.why) == ("HP016", "firmware is ours, 100%")
    compiled = found.profiles[0].compiled
    assert compiled is not None
    assert compiled.allowed == found.profiles[0].allowed


def test_an_allow_that_silences_nothing_is_a_warning() -> None:
    body = VBS + DRIVERS + "allow:\n  - {rule: HP016, why: a leftover}\n"

    assert ids(checked(body, orchestration="third-party")) == ["GP061"]


def test_an_error_can_be_allowed_and_a_shape_cannot() -> None:
    body = VBS + (
        "updates: {mode: download, optional_content: automatic, drivers: exclude}\n"
        "allow:\n  - {rule: HP015, why: a test bed}\n"
    )
    assert ids(checked(body, orchestration="third-party")) == []

    body = "updates: {mode: download, drivers: exclude}\nallow:\n  - {rule: GP013, why: no}\n"
    assert ids(checked(body, orchestration="third-party")) == ["GP060", "HP004"]


def test_the_place_of_a_suppressed_result_is_its_own(tmp_path: Path) -> None:
    results = report(selection(tmp_path, ALLOWED))["runs"][0]["results"]

    suppressed = [item for item in results if "suppressions" in item]
    assert [item["ruleId"] for item in suppressed] == ["HP016"]
    assert suppressed[0]["suppressions"] == [
        {"kind": "inSource", "justification": "firmware is ours, 100%"}
    ]


def test_a_fingerprint_survives_a_moved_line(tmp_path: Path) -> None:
    here = report(selection(tmp_path, ALLOWED))["runs"][0]["results"]
    moved = report(selection(tmp_path, ALLOWED, before="# one line more\n"))["runs"][0]["results"]

    assert [r["partialFingerprints"] for r in here] == [r["partialFingerprints"] for r in moved]
    assert len({json.dumps(r["partialFingerprints"]) for r in here}) == len(here)
    assert here[0]["locations"] != moved[0]["locations"]


def test_every_result_points_to_its_rule(tmp_path: Path) -> None:
    run = report(selection(tmp_path, ALLOWED + "restart: {policy: nune}\n"))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]

    assert run["results"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]


@pytest.fixture(scope="session")
def multitool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Microsoft's SARIF validator, from the npm registry."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("multitool")
    command = ["npm", "pack", "--silent", "@microsoft/sarif-multitool-linux"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300)
    archives = list(folder.glob("*.tgz"))
    if done.returncode or not archives:
        pytest.skip("the npm registry does not answer")
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
    tool = folder / "package" / "Sarif.Multitool"
    tool.chmod(0o755)
    return tool


@pytest.mark.slow
def test_another_validator_takes_our_sarif(multitool: Path, tmp_path: Path) -> None:
    found = selection(tmp_path, ALLOWED + "restart: {policy: nune}\n")
    source = tmp_path / "gpogen.sarif"
    source.write_text(json.dumps(report(found)), encoding="utf-8")
    verdict = tmp_path / "verdict.sarif"

    done = subprocess.run(
        [multitool, "validate", source, "--output", verdict, "--log", "ForceOverwrite"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1", "HOME": str(tmp_path)},
    )

    assert "1 files scanned" in done.stdout, done.stdout + done.stderr
    results = json.loads(verdict.read_text(encoding="utf-8-sig"))["runs"][0].get("results", [])
    assert [item for item in results if item.get("level", "warning") == "error"] == []


def test_an_annotation_is_escaped() -> None:
    item = Finding(
        id="HP001",
        severity=Severity.WARNING,
        message="100%\nof a,b:c",
        at=Place("a,b:c.yaml", 3, 7),
    )

    assert annotation(item) == (
        "::warning file=a%2Cb%3Ac.yaml,line=3,col=7,title=HP001::100%25%0Aof a,b:c"
    )


def test_strict_warns_of_what_is_unproven_at_its_place(tmp_path: Path) -> None:
    found = selection(tmp_path, VBS + DRIVERS, who="third-party")
    strict = judge_strictly(found)

    assert [item.id for item in found.findings] == []
    assert [item.id for item in strict.findings] == ["UNPROVEN-I", "UNPROVEN-E"]
    assert strict.findings[1].at == Place(str(found.profiles[0].loaded.file), 7, 6)


def test_strict_takes_the_author_s_word(tmp_path: Path) -> None:
    body = (
        VBS
        + DRIVERS
        + (
            "allow:\n  - {rule: UNPROVEN-E, why: seen on 14 machines}\n"
            "  - {rule: UNPROVEN-I, why: imported and read back}\n"
        )
    )
    found = selection(tmp_path, body, who="third-party")

    assert found.findings == ()
    assert judge_strictly(found).findings == ()


def test_junit_has_a_failure_for_each_error_and_a_case_for_each_file() -> None:
    at = Place("web.yaml", 3, 1)
    items = [
        Finding(id="HP018", severity=Severity.ERROR, message="a ]]> \x01 ##vso[b]", at=at, fix="c"),
        Finding(id="HP036", severity=Severity.WARNING, message="w", at=at),
        Finding(id="HP020", severity=Severity.INFO, message="no place"),
    ]
    root = etree.fromstring(junit(items, ["web.yaml", "db.yaml"]))

    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["web.yaml", "db.yaml", "gpogen"]
    assert (suites["web.yaml"].get("tests"), suites["web.yaml"].get("failures")) == ("2", "1")
    assert [case.get("name") for case in suites["db.yaml"]] == ["check"]
    (failure,) = root.iter("failure")
    assert failure.get("type") == "HP018"
    assert failure.text == "error: a ]]> <U+0001> #<U+0023>vso[b]\nfix: c"
    assert [out.text for out in root.iter("system-out")] == ["warning: w", "info: no place"]


def test_a_suite_is_named_after_its_file_and_not_after_the_command() -> None:
    root = etree.fromstring(junit([], ["a & <b>.yaml"]))

    assert [suite.get("name") for suite in root] == ["a & <b>.yaml"]
    assert root.get("name") == "gpogen check"


def test_what_fails_the_command_is_a_failure_or_an_error_of_junit() -> None:
    at = Place("web.yaml", 3, 1)
    warning = Finding(id="HP036", severity=Severity.WARNING, message="w", at=at)
    lax = etree.fromstring(junit([warning], ["web.yaml"]))
    strict = etree.fromstring(junit([warning], ["web.yaml"], strict=True))
    unread = etree.fromstring(junit([], [], errors=["nofile.yaml: No such file"]))

    assert (lax.get("failures"), strict.get("failures")) == ("0", "1")
    assert (unread.get("tests"), unread.get("errors")) == ("1", "1")
    assert [case.get("name") for case in unread.iter("testcase")] == ["nofile.yaml: No such file"]
