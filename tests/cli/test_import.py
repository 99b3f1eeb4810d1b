"""``gpogen import`` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpogen.formats import pol
from tests.cli.conftest import Run, Workplace

ARC = (
    *("--platform", "azure-arc"),
    *("--os", "windows-server-2025-standard"),
    *("--orchestration", "azure-update-manager"),
)
KEY = r"SOFTWARE\Contoso"


@pytest.fixture
def policy(place: Workplace) -> str:
    entries = [pol.PolEntry(KEY, "Ring", 4, b"\1\0\0\0")]
    (place.root / "registry.pol").write_bytes(pol.encode(entries))
    return "registry.pol"


@pytest.fixture
def odd(place: Workplace) -> str:
    entries = [pol.PolEntry(KEY, "A", 153, b"\1"), pol.PolEntry(KEY, "B", 4, b"\1\0\0\0")]
    (place.root / "odd.pol").write_bytes(pol.encode(entries))
    return "odd.pol"


def test_a_built_gpo_becomes_a_profile_that_builds_the_same(place: Workplace, gpogen: Run) -> None:
    place.profile("web", extends="arc-ws2025-standard")
    assert gpogen("build").code == 0

    answer = gpogen("import", "output/web/gpo", "-o", "profiles/again.yaml", *ARC)

    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert "mode: download" in (place.root / "profiles/again.yaml").read_text(encoding="utf-8")
    assert gpogen("diff", "output/web/gpo", "profiles/again.yaml").code == 0


def test_without_a_target_the_profile_is_checked_and_built(policy: str, gpogen: Run) -> None:
    assert gpogen("import", policy, "-o", "profiles/ring.yaml").code == 0

    assert gpogen("check", "profiles/ring.yaml").code == 0
    assert gpogen("build", "profiles/ring.yaml").code == 0
    assert Path("output/ring/machine/registry.pol").read_bytes() == Path(policy).read_bytes()
    assert not Path("output/ring/powershell").exists()
    assert "unspecified" in gpogen("list", "--format", "json").out


def test_a_dash_prints_the_profile(policy: str, gpogen: Run) -> None:
    answer = gpogen("import", policy, "-o", "-", "--name", "ring")

    assert answer.code == 0
    assert answer.out == (
        "# Imported from a registry.pol.\ngpogen: 1\nname: ring\ntitle: ring\n"
        "target: unspecified\n\nregistry:\n"
        r"  - {key: 'HKLM\SOFTWARE\Contoso', name: Ring, type: dword, data: 1}" + "\n"
    )


def test_standard_input_is_read(policy: str, gpogen: Run) -> None:
    answer = gpogen("import", "-", "-o", "-", stdin=Path(policy).read_bytes())

    assert answer.code == 0
    assert "name: Ring" in answer.out


def test_preferences_from_standard_input_are_refused(place: Workplace, gpogen: Run) -> None:
    del place
    text = b"""<RegistrySettings><Registry name="A"><Properties action="U" name="A"
hive="HKEY_LOCAL_MACHINE" key="K" type="REG_SZ" value="a"/></Registry></RegistrySettings>"""

    answer = gpogen("import", "-", "-o", "-", stdin=text)

    assert answer.code == 2
    assert "from a file" in answer.err


def test_an_existing_profile_is_overwritten_only_by_force(policy: str, gpogen: Run) -> None:
    Path("ring.yaml").write_text("mine", encoding="utf-8")

    refused = gpogen("import", policy, "-o", "ring.yaml")

    assert refused.code == 2
    assert "--force" in refused.err
    assert Path("ring.yaml").read_text(encoding="utf-8") == "mine"
    assert gpogen("import", policy, "-o", "ring.yaml", "--force").code == 0
    assert "name: ring" in Path("ring.yaml").read_text(encoding="utf-8")


def test_what_is_lost_is_said_and_strict_exits_one(odd: str, gpogen: Run) -> None:
    answer = gpogen("import", odd, "-o", "odd.yaml")
    strict = gpogen("import", odd, "-o", "strict.yaml", "--strict")

    assert (answer.code, strict.code) == (0, 1)
    assert answer.err == (
        "gpogen: odd.pol: HKLM\\SOFTWARE\\Contoso!A: not kept: a profile does not support "
        "the type REG_153\n"
    )
    assert Path("strict.yaml").is_file()


def test_what_check_will_say_is_said_at_once(place: Workplace, gpogen: Run) -> None:
    key = r"Software\Policies\Microsoft\Windows\WindowsUpdate"
    entries = [pol.PolEntry(key, "ManagePreviewBuildsPolicyValue", 4, b"\2\0\0\0")]
    (place.root / "registry.pol").write_bytes(pol.encode(entries))

    answer = gpogen("import", "registry.pol", "-o", "preview.yaml", *ARC)

    assert answer.code == 0
    assert "gpogen check reports: error HP015" in answer.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("-o", "x.txt"), "end with .yaml"),
        (("-o", "x.yaml", "--name", "y"), "match its file name"),
        (("-o", "Wrong Name.yaml"), "a name"),
        (("-o", "x.yaml", "--platform", "azure-arc"), "--os is missing"),
        (("-o", "x.yaml", *ARC[:4]), "--orchestration is missing"),
        (("-o", "x.yaml", "--max-size", "10"), "--max-size"),
        (("-o", "x.yaml", *ARC, "--role", "king"), "'king'"),
    ],
)
def test_wrong_options_are_refused(
    policy: str, gpogen: Run, options: tuple[str, ...], message: str
) -> None:
    answer = gpogen("import", policy, *options)

    assert answer.code == 2
    assert message in answer.err
    assert not Path("x.yaml").exists()


def test_an_import_leaves_nothing_beside_the_profile(policy: str, gpogen: Run) -> None:
    assert gpogen("import", policy, "-o", "new/ring.yaml").code == 0

    assert [item.name for item in Path("new").iterdir()] == ["ring.yaml"]


@pytest.mark.parametrize("name", ["a.reg", "Registry.xml", "a.txt"])
def test_a_policy_file_without_a_gpo_is_not_read_as_a_profile(
    place: Workplace, gpogen: Run, name: str
) -> None:
    (place.root / name).write_bytes(b"\xff\xfeW\0")

    answer = gpogen("check", name)

    assert answer.code == 2
    assert f"{name}: not a profile, GPO backup or registry.pol; use gpogen show" in answer.err


def test_import_says_that_nothing_was_there(place: Workplace, gpogen: Run) -> None:
    (place.root / "empty.reg").write_bytes(b"Windows Registry Editor Version 5.00\r\n\r\n")

    answer = gpogen("import", "empty.reg", "-o", "profiles/empty.yaml")

    assert answer.code == 0
    assert "it has no registry settings; the profile is empty" in answer.err
