"""GPOs that others made are judged, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpogen.artifacts import gpo_backup
from gpogen.catalog.rules import rule_page, rule_pages
from gpogen.cli import main
from gpogen.compile.result import Compiled
from gpogen.errors import UsageError
from gpogen.finding import Severity
from gpogen.formats import pol
from gpogen.workspace.foreign import judge_foreign
from gpogen.workspace.select import select
from gpogen.workspace.target import ForeignTarget, is_foreign, parse_target
from tests.support.corpus import corpus
from tests.support.profiles import compiled

ARC = parse_target("azure-arc,windows-server-2025-standard")
WU = r"Software\Policies\Microsoft\Windows\WindowsUpdate"
ONE = b"\1\0\0\0"


def backup(sample: Compiled, folder: Path) -> Path:
    for file in gpo_backup.emit(sample):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    return folder / "gpo"


def policy_file(folder: Path, *entries: pol.PolEntry) -> Path:
    path = folder / "registry.pol"
    path.write_bytes(pol.encode(list(entries)))
    return path


def test_a_backup_of_ours_is_judged_and_gives_nothing(tmp_path: Path) -> None:
    gpo = backup(compiled("vbs: {enforce: policy+registry}"), tmp_path)

    verdict = judge_foreign(str(gpo), ARC)

    assert verdict.gpos == 1
    assert verdict.findings == ()
    assert verdict.errors == ()


def test_vbs_without_its_extension_is_seen_in_a_backup_only(tmp_path: Path) -> None:
    gpo = backup(compiled("vbs: {enforce: policy}"), tmp_path)
    (backup_xml,) = gpo.rglob("Backup.xml")
    text = backup_xml.read_text(encoding="utf-8")
    pair = "[{F312195E-3D9D-447A-A3F5-08DFFA24735E}{D02B1F72-3407-48AE-BA88-E8213C6761F1}]"
    backup_xml.write_text(text.replace(pair, ""), encoding="utf-8")

    assert [item.id for item in judge_foreign(str(gpo), ARC).findings] == ["HP006"]
    (bare,) = gpo.rglob("registry.pol")
    assert judge_foreign(str(bare), ARC).findings == ()


def test_a_finding_names_the_policy_and_the_record(tmp_path: Path) -> None:
    path = policy_file(
        tmp_path,
        pol.PolEntry(WU, "SetDisablePauseUXAccess", 4, ONE),
        pol.PolEntry(WU, "ManagePreviewBuildsPolicyValue", 4, b"\2\0\0\0"),
    )

    (finding,) = judge_foreign(str(path), ARC).findings

    assert (finding.id, finding.severity) == ("HP015", Severity.ERROR)
    assert finding.at is not None
    assert finding.at.line == 2
    assert 'policy "Manage preview builds"' in finding.message


def test_what_another_gpo_may_bring_is_no_finding(tmp_path: Path) -> None:
    path = policy_file(
        tmp_path,
        pol.PolEntry(WU, "TargetGroupEnabled", 4, ONE),
        pol.PolEntry(WU + r"\AU", "NoAutoRebootWithLoggedOnUsers", 4, ONE),
    )

    assert judge_foreign(str(path), ARC).findings == ()


def test_a_malformed_file_is_refused_with_the_byte_and_exit_two(tmp_path: Path) -> None:
    path = tmp_path / "registry.pol"
    path.write_bytes(b"PReg\1\0\0\0[")

    selection = select([str(path)], "profiles", foreign=ARC)

    assert selection.exit_code == 2
    assert "at byte 8" in str(selection.errors[0])


def test_a_location_outside_the_backup_is_never_opened(tmp_path: Path) -> None:
    gpo = backup(compiled("vbs: {enforce: policy}"), tmp_path)
    outside = policy_file(
        tmp_path, pol.PolEntry(WU, "ManagePreviewBuildsPolicyValue", 4, b"\2\0\0\0")
    )
    (backup_xml,) = gpo.rglob("Backup.xml")
    text = backup_xml.read_text(encoding="utf-8")
    inside = r"DomainSysvol\GPO\Machine\registry.pol"
    assert inside in text
    for evil in (r"..\..\registry.pol", str(outside).replace("/", "\\")):
        backup_xml.write_text(text.replace(inside, evil), encoding="utf-8")
        assert judge_foreign(str(gpo), ARC).findings == ()


def test_build_refuses_a_gpo(tmp_path: Path) -> None:
    path = policy_file(tmp_path)

    assert select([str(path)], "profiles").exit_code == 2


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("", ForeignTarget()),
        ("azure-stack-hci", ForeignTarget("azure-local")),
        (
            "azure-vm, windows-server-2022-azure-edition",
            ForeignTarget("azure-vm", "windows-server-2022-azure-edition"),
        ),
    ],
)
def test_a_target_is_a_platform_and_a_system(text: str, target: ForeignTarget) -> None:
    assert parse_target(text) == target


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(UsageError, match="azure-arc"):
        parse_target("azure-arcc")


def test_a_folder_of_profiles_is_no_gpo(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("gpogen: 1\n", encoding="utf-8")

    assert not is_foreign(str(tmp_path))


@pytest.mark.parametrize("target", ["", "azure-arc,windows-server-2025-standard", "azure-local"])
def test_every_real_backup_is_judged_without_a_fault(target: str) -> None:
    verdict = judge_foreign(str(corpus() / "gpobackup"), parse_target(target))

    assert verdict.gpos > 100
    assert verdict.errors == ()
    errors = [item.id for item in verdict.findings if item.severity is Severity.ERROR]
    assert set(errors) <= {"HP003", "HP005", "HP015"}


def test_a_system_without_hotpatches_on_the_platform_is_refused() -> None:
    with pytest.raises(UsageError, match="gets no hotpatches on azure-local; allowed there: "):
        parse_target("azure-local,windows-server-2025-datacenter")


def test_help_for_others_gpos_speaks_of_policies_and_values() -> None:
    words = ("`", "assured", "via:", "mode ", "_", "profile", "source.scan")
    for page in rule_pages().values():
        if page.input == "policy" and page.runs:
            fix = (page.foreign_fix or page.fix).replace("UpdateClassPolicySource_Title", "")
            found = [word for word in words if word in fix]
            assert not found, (
                f"sources/rules/{page.id}.yaml: write `foreign_fix` without {found}, which "
                "are words of profiles: name policies and values"
            )


def test_a_finding_in_a_gpo_carries_that_help(tmp_path: Path) -> None:
    path = policy_file(tmp_path, pol.PolEntry(WU + r"\AU", "AUOptions", 4, b"\5\0\0\0"))

    (finding,) = judge_foreign(str(path), ARC).findings

    assert finding.id == "AU-5-DEAD"
    assert finding.fix == rule_page("AU-5-DEAD").foreign_fix


def test_check_says_that_it_judged_without_a_target(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = policy_file(tmp_path, pol.PolEntry(WU, "SetDisablePauseUXAccess", 4, ONE))
    told = "checked without a target"

    main._run(["check", str(path)])
    assert capsys.readouterr().err.count(told) == 1
    main._run(["check", str(path), "--target", "azure-arc"])
    assert told not in capsys.readouterr().err
    main._run(["check", str(path), "-q"])
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("name", "data", "wrong"),
    [
        ("ManagePreviewBuildsPolicyValue", b"\0\0\0\0", False),
        ("BranchReadinessLevel", b"\x10\0\0\0", False),
        ("BranchReadinessLevel", b"\x11\0\0\0", True),
    ],
)
def test_what_older_templates_wrote_is_no_wrong_value_of_others_gpos(
    name: str, data: bytes, wrong: bool, tmp_path: Path
) -> None:
    path = policy_file(tmp_path, pol.PolEntry(WU, name, 4, data))

    found = {item.id for item in judge_foreign(str(path), ARC).findings}

    assert ("POLICY-VALUE" in found) is wrong
