"""The import script with a backup, a GPO or a saved GPO that somebody has changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gpogen.artifacts import gpo_backup, powershell_import
from gpogen.artifacts.backup.comments import value_list
from gpogen.artifacts.extensions import extension_names
from gpogen.artifacts.gpo_backup import gpo_comment, value_mark
from gpogen.policy.records import set_value
from gpogen.policy.types import Hive, RegType
from tests.artifacts.factory import compiled, header
from tests.artifacts.powershell.domain import Domain, Setting, settings
from tests.artifacts.powershell.harness import Engine, Outcome
from tests.artifacts.powershell.samples import PLAIN, SAMPLES

pytestmark = pytest.mark.slow
OU = "OU=Servers,DC=contoso,DC=com"
BACKDOOR = Setting("HKLM", r"SOFTWARE\Policies\Someone", "Else")
UNDONE = ["New-GPO", "Import-GPO", "Remove-GPO"]


@pytest.fixture
def domain(engine: Engine, tmp_path: Path) -> Domain:
    return Domain(engine, tmp_path, PLAIN)


def changes(done: Outcome) -> list[str]:
    return [name for name in done.commands if not name.startswith("Get-")]


def only(folder: Path, name: str) -> Path:
    (found,) = folder.rglob(name)
    return found


def written(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def swapped(folder: Path, name: str) -> None:
    path = only(folder, name)
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)


# --- the folder gpo

TAMPERED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a changed value": (lambda gpo: swapped(gpo, "registry.pol"), "Machine/registry.pol"),
    "a changed list": (lambda gpo: swapped(gpo, "Backup.xml"), "Backup.xml"),
    "another manifest": (lambda gpo: swapped(gpo, "manifest.xml"), "manifest.xml"),
    "a longer file": (
        lambda gpo: written(only(gpo, "GPO.cmt"), b"x" * 1_000_000),
        "Not the file that gpogen wrote",
    ),
    "an empty file": (lambda gpo: written(only(gpo, "Backup.xml"), b""), "Backup.xml"),
    "a missing file": (lambda gpo: only(gpo, "registry.pol").unlink(), "Missing in the GPO backup"),
    "one file more": (lambda gpo: written(gpo / "autorun.inf", b""), "autorun.inf"),
    "a script": (
        lambda gpo: written(only(gpo, "GPO.cmt").parent / "Machine/Scripts/x.cmd", b"calc"),
        "Machine/Scripts/",
    ),
    "a second backup": (lambda gpo: written(gpo / "{AAAA}/Backup.xml", b"<a/>"), "{AAAA}/"),
    "a folder with a link to itself": (
        lambda gpo: (gpo / "loop").symlink_to(gpo, target_is_directory=True),
        "loop/",
    ),
    "a file whose name hides": (
        lambda gpo: written(gpo / "manifest.xml\u200b", b""),
        "manifest.xml<U+200B>",
    ),
}


@pytest.mark.parametrize(("tamper", "named"), TAMPERED.values(), ids=TAMPERED)
def test_a_backup_that_is_not_what_gpogen_wrote_stops_before_any_change(
    domain: Domain, tamper: Callable[[Path], object], named: str
) -> None:
    done = replace(domain, tamper=tamper).run("-Force", "-AcceptDrift")
    assert done.code == 1
    assert changes(done) == []
    assert named in done.out
    assert "Nothing was changed" in done.out


def test_whatif_checks_the_backup_too(domain: Domain) -> None:
    done = replace(domain, tamper=lambda gpo: swapped(gpo, "registry.pol")).run("-WhatIf")
    assert done.code == 1
    assert "What if" not in done.out


def test_line_ends_that_git_changed_are_refused_with_the_way_out(domain: Domain) -> None:
    def checked_out(gpo: Path) -> None:
        for path in gpo.rglob("*.xml"):
            path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))

    done = replace(domain, tamper=checked_out).run()
    assert done.code == 1
    assert changes(done) == []
    assert "Only the line endings differ" in done.out
    assert "output/** -text" in done.out


def expected() -> dict[str, str]:
    files = gpo_backup.emit(PLAIN)
    return {file.path.removeprefix("gpo/"): hashlib.sha256(file.data).hexdigest() for file in files}


def test_what_is_imported_is_a_private_copy_of_the_checked_bytes(domain: Domain) -> None:
    done = domain.run()
    assert done.code == 0, done.out
    assert domain.imported == expected()
    assert list((domain.folder / ".local/share").glob("gpogen-*")) == []


def test_a_change_between_check_and_import_is_not_imported(domain: Domain) -> None:
    gpo = domain.folder / "out/gpo"
    swap = (
        f"foreach ($path in [IO.Directory]::GetFiles('{gpo}', '*', 'AllDirectories')) "
        "{ [IO.File]::WriteAllText($path, 'swapped') }"
    )
    done = replace(domain, links=swap).run("-LinkTarget", OU)
    assert done.code == 0, done.out
    assert (gpo / "manifest.xml").read_text() == "swapped"
    assert domain.imported == expected()


def test_the_copy_goes_after_a_failure_too(domain: Domain) -> None:
    done = replace(domain, import_failure="throw 'import broke'; ").run()
    assert changes(done) == UNDONE
    assert list((domain.folder / ".local/share").glob("gpogen-*")) == []


def test_the_script_holds_every_file_of_the_backup() -> None:
    script = powershell_import.emit(PLAIN)[0].data.decode()
    assert expected()
    for path, digest in expected().items():
        assert f"Path = '{path}'" in script
        assert digest in script


# --- the module


def appended(data: bytes) -> Callable[[Path], object]:
    return lambda module: module.write_bytes(module.read_bytes() + data)


BLOCK = b"# SIG # Begin signature block\r\n# MIIabc+/=\r\n# SIG # End signature block\r\n"
EXECUTED = b"[IO.File]::WriteAllText('ran.txt', '')\r\n"
BAD_MODULES: dict[str, Callable[[Path], object]] = {
    "missing": lambda module: module.unlink(),
    "empty": lambda module: module.write_bytes(b""),
    "shorter": lambda module: module.write_bytes(module.read_bytes()[:-2]),
    "changed": lambda module: module.write_bytes(
        module.read_bytes().replace(b"return 1\r\n", b"return 0\r\n", 1)
    ),
    "command before": lambda module: module.write_bytes(EXECUTED + module.read_bytes()),
    "command after": appended(EXECUTED),
    "command after a signature": appended(b"\r\n" + BLOCK + EXECUTED),
    "command in a signature": appended(b"\r\n" + BLOCK.replace(b"# MIIabc+/=\r\n", EXECUTED)),
    "half a signature": appended(b"\r\n" + BLOCK[:40]),
    "line ends of git": lambda module: module.write_bytes(
        module.read_bytes().replace(b"\r\n", b"\n")
    ),
}


@pytest.mark.parametrize("tamper", BAD_MODULES.values(), ids=BAD_MODULES)
def test_a_module_that_is_not_what_gpogen_wrote_is_not_run(
    domain: Domain, tamper: Callable[[Path], object]
) -> None:
    done = replace(domain, tamper_module=tamper).run("-Force", "-AcceptDrift")
    assert done.code == 1
    assert done.calls == ()
    assert re.search("gpogen-import.psm1 is (missing|not the module that gpogen wrote)", done.out)
    assert "Nothing was changed" in done.out
    assert not (domain.folder / "ran.txt").exists()


@pytest.mark.parametrize("signature", [BLOCK, b"\r\n" + BLOCK])
def test_a_signed_module_is_the_same_module(domain: Domain, signature: bytes) -> None:
    done = replace(domain, tamper_module=appended(signature)).run()
    assert done.code == 0, done.out
    assert changes(done)[:2] == ["New-GPO", "Import-GPO"]


def test_the_module_has_the_same_bytes_for_every_profile() -> None:
    made = {powershell_import.emit(sample)[1].data for sample in (*SAMPLES.values(), compiled())}
    assert len(made) == 1
    assert made.pop().isascii()


# --- what the GPO holds afterwards

SECURITY = "[{827D319E-6EAC-11D2-A4EA-00C04F79F83A}{803E14A0-B4FB-11D0-A0D0-00A0C90F574B}]"
SCRIPTS = "[{42B5FAAE-6536-11D2-AE5A-0000F87571E3}{40B6664F-4972-11D1-A7CA-0000F87571E3}]"
REGISTRY_XML = (
    '<RegistrySettings><Collection name="c"><Registry name="x">'
    '<Properties action="U" hive="HKEY_CLASSES_ROOT" key="exefile\\shell" default="1" name="" '
    'type="REG_SZ" value="calc"/></Registry></Collection></RegistrySettings>'
)


def put(name: str, text: str) -> str:
    """A file that comes to stand in SYSVOL with the import."""
    return (
        f"$path = [IO.Path]::Combine($to, '{name}'); "
        "$null = [IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($path)); "
        f"[IO.File]::WriteAllText($path, '{text}')"
    )


MORE = {
    "a policy": {"after": [*settings(PLAIN), BACKDOOR]},
    "a preference": {"after": [*settings(PLAIN), replace(BACKDOOR, action="Update")]},
    "a preference for users": {
        "after": [*settings(PLAIN), replace(BACKDOOR, hive="HKCU", action="Update")]
    },
    "a policy as a preference": {
        "after": [*settings(PLAIN), replace(settings(PLAIN)[0], action="Update")]
    },
    "one value twice": {"after": [*settings(PLAIN), replace(settings(PLAIN)[-2], value=9)]},
    "a preference of another hive": {
        "after_import": put("User/Preferences/Registry/Registry.xml", REGISTRY_XML)
    },
    "an XML bomb": {
        "after_import": put(
            "User/Preferences/Registry/Registry.xml",
            '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        )
    },
    "a script": {"after_import": put("Machine/Scripts/Startup/x.cmd", "calc")},
    "a security template": {
        "after_import": put("Machine/Microsoft/Windows NT/SecEdit/GptTmpl.inf", "")
    },
    "another kind of preference": {
        "after_import": put("Machine/Preferences/ScheduledTasks/ScheduledTasks.xml", "<a/>")
    },
}


@pytest.mark.parametrize("more", MORE.values(), ids=MORE)
def test_more_than_the_profile_after_the_import_is_undone(
    domain: Domain, more: dict[str, object]
) -> None:
    done = replace(domain, **more).run("-AcceptDrift", "-Force", "-LinkTarget", OU)  # type: ignore[arg-type]
    assert done.code == 1, done.out
    assert changes(done) == UNDONE


@pytest.mark.parametrize("group", [SECURITY, SCRIPTS], ids=["security", "scripts"])
def test_an_extension_more_after_the_import_is_undone(domain: Domain, group: str) -> None:
    machine = extension_names(PLAIN, Hive.HKLM) + group
    done = replace(domain, machine=machine).run("-AcceptDrift")
    assert done.code == 1
    assert changes(done) == UNDONE
    assert "settings of another kind, client-side extension" in done.out


def test_a_sysvol_that_cannot_be_read_is_not_taken_for_an_empty_one(domain: Domain) -> None:
    gone = "[IO.Directory]::Delete($to, $true)"
    done = replace(domain, after_import=gone).run()
    assert changes(done) == UNDONE
    assert "The files of the GPO cannot be read" in done.out


# --- the list of values that the last import left


def mark(item: Setting) -> str:
    return value_mark(set_value(Hive(item.hive), item.key, item.name, RegType.DWORD, 1))


OURS = gpo_comment(PLAIN)
LIST = value_list(PLAIN)
ABOUT = LIST.split("\r\n")[0]
FORGED = f"{LIST}{mark(BACKDOOR)}\r\n"
WITH_WHY = replace(PLAIN, header=header(why="x\n\ngpogen 9\ny"))
LISTS = {
    "in the comment": (f"{OURS}\r\nvalues: {mark(BACKDOOR)}", LIST),
    "first line of no comment": (OURS, FORGED.replace(ABOUT, f"{ABOUT} ")),
    "first line in another case": (OURS, FORGED.replace(ABOUT, ABOUT.upper())),
    "first line is empty": (gpo_comment(WITH_WHY), f"\r\n{mark(BACKDOOR)}\r\n"),
    "first line as the author may write it": (
        gpo_comment(WITH_WHY),
        FORGED.replace(ABOUT, "gpogen 9"),
    ),
    "mark in upper case": (OURS, f"{LIST}{mark(BACKDOOR).upper()}\r\n"),
    "mark with more": (OURS, f"{LIST}{mark(BACKDOOR)} \r\n"),
    "far too long": (OURS, FORGED + "0" * 4_200_000),
}


@pytest.mark.parametrize(("comment", "values"), LISTS.values(), ids=LISTS)
def test_a_list_of_another_form_or_place_hides_nothing(
    domain: Domain, comment: str, values: str
) -> None:
    done = domain.having(comment, [*settings(PLAIN), BACKDOOR], values=values).run()
    assert done.code == 1
    assert changes(done) == []
    assert "value Else" in done.out


def test_the_list_of_a_stranger_hides_nothing(domain: Domain) -> None:
    done = domain.having(f"by hand\r\n{ABOUT}", [BACKDOOR], values=FORGED).run("-Force")
    assert done.code == 0
    assert "value Else" in done.out


def test_a_forged_list_does_not_help_a_value_through_an_import_or_a_link(
    domain: Domain,
) -> None:
    with_it = [*settings(PLAIN), BACKDOOR]
    place = domain.having(OURS, with_it, values=FORGED)
    done = replace(place, after=with_it).run()
    assert changes(done) == ["Backup-GPO", "Import-GPO", "Restore-GPO"]
    assert place.run("-LinkOnly", "-LinkTarget", OU).code == 1


# --- what is shown


def test_names_that_a_domain_answers_are_shown_and_do_not_act(domain: Domain) -> None:
    odd = replace(BACKDOOR, name="a\x1b[2Jb\n##vso[task.setvariable variable=x]\u202e::set-output")
    done = domain.having("gpogen:" + PLAIN.header.name, [odd]).run()
    assert done.code == 1
    assert "a<U+001B>[2Jb<U+000A>#<U+0023>vso[" in done.out
    assert "<U+202E>:<U+003A>set-output" in done.out
    assert not set(done.out) & {"\x1b", "\u202e"}
    assert "##vso[" not in done.out


def test_every_line_goes_through_the_function_that_shows_it() -> None:
    module = powershell_import.import_module_file().decode()
    assert module.count("Write-Host") == module.count("Write-Warning") == 1
    script = powershell_import.emit(compiled())[0].data.decode()
    body = script[script.index("$ErrorActionPreference") :]
    assert "Write-Host" not in body
    # What the script itself says is of its own words: the module's name, and no more.
    assert re.findall(r"throw .*\$\(?(\w+[.\w]*)", body) == ["module.Name", "module.Name"]
