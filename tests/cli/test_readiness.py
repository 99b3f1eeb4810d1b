"""``gpogen readiness``, and the audit script in an output folder."""

from __future__ import annotations

import pytest

from gpogen.artifacts.powershell_test import READINESS, readiness_script
from tests.cli.conftest import Run, Workplace


@pytest.mark.usefixtures("place")
def test_readiness_writes_the_same_script_each_time(place: Workplace, gpogen: Run) -> None:
    for _ in range(2):
        answer = gpogen("readiness", "-o", READINESS)
        assert (answer.code, answer.out) == (0, "")
        assert (place.root / READINESS).read_bytes() == readiness_script()


@pytest.mark.usefixtures("place")
def test_readiness_needs_a_file_and_takes_no_folder(gpogen: Run) -> None:
    assert gpogen("readiness").code == 2
    assert gpogen("readiness", "-o", ".").code == 2


def test_the_readiness_script_names_every_system_and_no_profile() -> None:
    text = readiness_script().decode("ascii")
    assert "$profileFacts = $null" in text
    assert text.count("    @{ Word = '") == 4
    for word in ("-Direct", "[switch]$Direct"):
        assert word not in text


def test_verify_tells_a_row_of_the_audit_script_that_somebody_changed(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web")
    assert gpogen("build").code == 0
    script = place.output / "web" / "powershell" / "Test-Web.ps1"
    data = script.read_bytes()
    changed = data.replace(
        b"Name = 'NoAutoUpdate'; Kind = 'DWord'; Value = 0",
        b"Name = 'NoAutoUpdate'; Kind = 'DWord'; Value = 1",
    )
    assert changed != data
    script.write_bytes(changed)
    answer = gpogen("verify", "output/web", "--format", "json")
    assert answer.code == 1
    (row,) = [item for item in answer.json[0]["formats"] if item["format"] == "audit script"]
    assert row["equal"] is False
    assert "NoAutoUpdate" in row["text"]
    script.write_bytes(data.replace(b"$directRows = @(", b"$directRows = @(exit)  #"))
    answer = gpogen("verify", "output/web", "--format", "json")
    (row,) = [item for item in answer.json[0]["formats"] if item["format"] == "audit script"]
    assert (row["equal"], row["records"]) == (False, None)


def test_what_the_audit_script_holds_depends_on_no_day_and_no_file_beside_the_profiles(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web")
    assert gpogen("build").code == 0
    (place.root / "profiles" / "hotpatch-releases.yaml").write_text(
        "as_of: 2026-11-20\nreleases:\n"
        "  - {os: windows-server-2025, month: 2026-10, date: 2026-10-13, type: baseline, "
        "kb: KB5199999, build: '26100.34000', source: somebody}\n"
    )
    assert gpogen("build", "--check").code == 0
