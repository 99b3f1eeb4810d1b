"""Files that are none, links that lead elsewhere, and what a killed run leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gpogen.files import write_file
from gpogen.formats import pol
from gpogen.policy.records import set_value
from gpogen.policy.types import Hive, RegType
from tests.cli.conftest import Run, Workplace

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links and pipes as POSIX has them")

GPOGEN = (sys.executable, "-m", "gpogen")
SECRET = "hunter2: correct horse\n"
TODAY = ("--today", "2026-11-24")
RELEASES = "gpogen: 1\nas_of: 2026-11-24\n"


def run(*words: str, script: str = "") -> subprocess.CompletedProcess[str]:
    """Run gpogen as a process of its own; one that waits for ever fails the test.

    Args:
        words: its arguments.
        script: Python that runs in the process before gpogen does.
    """
    root = str(Path(__file__).resolve().parent.parent.parent)
    start = f"{script}\nfrom gpogen.cli.main import run\nrun({list(words)!r})"
    return subprocess.run(
        [sys.executable, "-c", start],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": root},
    )


def policy(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    record = set_value(Hive.HKLM, r"SOFTWARE\Policies\X", "A", RegType.DWORD, 1)
    path.write_bytes(pol.encode(pol.from_records([record])))
    return path


def pipe(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)


def device(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to("/dev/zero")


# --- what is no file


@pytest.mark.parametrize("make", [pipe, device], ids=["pipe", "device"])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x.yaml", ("check", "x.yaml")),
        ("profiles/x.yaml", ("check",)),
        ("profiles/x.yaml", ("build",)),
        ("profiles/x.yaml", ("list",)),
        ("profiles/base.yaml", ("check", "profiles/web.yaml")),
        ("x.pol", ("show", "x.pol")),
        ("x.pol", ("check", "x.pol")),
        ("x.pol", ("diff", "x.pol", "real.pol")),
        ("x.pol", ("import", "x.pol", "-o", "-")),
        ("x.yaml", ("show", "x.yaml")),
        ("x.yaml", ("verify", "output", "--profile", "x.yaml")),
        ("x.yaml", ("calendar", "--update", "x.yaml", *TODAY)),
        ("x.yaml", ("train", "--kb", "KB5066835", "--update", "x.yaml", *TODAY)),
        ("profiles/hotpatch-releases.yaml", ("calendar", *TODAY)),
        ("profiles/hotpatch-releases.yaml", ("check", *TODAY)),
        ("admx/x.admx", ("show", "real.pol", "--admx", "admx")),
    ],
)
def test_what_is_no_regular_file_is_refused_and_never_waited_for(
    place: Workplace, make: Callable[[Path], None], name: str, words: tuple[str, ...]
) -> None:
    place.profile("web", extends="base" if "base" in name else "azlocal-ws2025-core")
    policy(place.root / "real.pol")
    (place.root / "output").mkdir()
    (place.root / "output" / "manifest.json").write_text("{}")
    make(place.root / name)

    found = run(*words)

    said = found.stdout + found.stderr
    assert found.returncode in (1, 2), said
    assert Path(name).stem in said
    assert "must be a regular file" in said or "points outside" in said or "is a link to" in said


@pytest.mark.parametrize("make", [pipe, device], ids=["pipe", "device"])
@pytest.mark.parametrize("part", ["Backup.xml", "DomainSysvol/GPO/Machine/registry.pol", "gpt"])
def test_a_part_of_a_backup_that_is_no_file_is_never_waited_for(
    place: Workplace, make: Callable[[Path], None], part: str
) -> None:
    place.profile("web")
    assert run("build").returncode == 0
    backup = next((place.output / "web" / "gpo").glob("{*}"))
    old = backup / part
    old.unlink(missing_ok=True)
    make(old)

    for words in (("show", str(backup)), ("verify", str(backup)), ("check", "output/web/gpo")):
        found = run(*words)
        assert found.returncode in (0, 1, 2)
        assert "internal fault" not in found.stderr


def test_a_pipe_of_the_shell_is_read_like_standard_input(place: Workplace) -> None:
    policy(place.root / "real.pol")
    (place.root / "releases.yaml").write_text(RELEASES)
    (place.root / "web.yaml").write_bytes(place.profile("web").read_bytes())
    shell = " ".join(GPOGEN)
    for line, part in (
        (f"{shell} show <(cat real.pol)", "REG_DWORD"),
        (f"cat real.pol | {shell} show /dev/stdin", "REG_DWORD"),
        (f"cat real.pol | {shell} show -", "REG_DWORD"),
        (f"{shell} diff <(cat real.pol) real.pol", ""),
        (f"{shell} import <(cat real.pol) -o - --name x", "name: x"),
        (f"{shell} check <(cat web.yaml)", ""),
        (f"{shell} calendar --update <(cat releases.yaml) --today 2026-11-24", "data as of"),
    ):
        found = subprocess.run(
            ["bash", "-c", line],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        )
        assert found.returncode == 0, (line, found.stderr)
        assert part in found.stdout


def test_a_link_to_a_descriptor_is_no_pipe_of_the_shell(place: Workplace) -> None:
    place.profile("web")
    (place.root / "profiles" / "x.yaml").symlink_to("/dev/stdin")

    assert run("check").returncode == 2


# --- where files may lie


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret.yaml").write_text(SECRET)
    (folder / "secret").write_text(SECRET)
    good = "gpogen: 1\nname: good\ntitle: G\nextends: [azlocal-ws2025-core]\n"
    (folder / "good.yaml").write_text(good + "allow: [{rule: HP036, why: x}]\n")
    return folder


def refused(found: subprocess.CompletedProcess[str] | object) -> str:
    """Return what was said, which holds nothing of the secret."""
    code = getattr(found, "returncode", getattr(found, "code", 0))
    said = str(getattr(found, "stdout", getattr(found, "out", "")))
    said += str(getattr(found, "stderr", getattr(found, "err", "")))
    assert code in (1, 2), said
    assert "hunter2" not in said
    assert "correct horse" not in said
    return said


@pytest.mark.parametrize("name", ["secret.yaml", "secret"])
def test_a_profile_that_links_out_of_the_folder_is_refused_and_the_others_go_on(
    gpogen: Run, place: Workplace, outside: Path, name: str
) -> None:
    place.profile("web")
    (place.root / "profiles" / "x.yaml").symlink_to(outside / name)

    said = refused(gpogen("check"))
    assert "profiles/x.yaml: it points outside" in said
    assert "1 profile: no findings" in said
    for words in (("check", "profiles/x.yaml"), ("show", "profiles/x.yaml"), ("build",)):
        refused(gpogen(*words))


def test_a_profiles_folder_that_is_a_link_to_elsewhere_is_refused(
    gpogen: Run, place: Workplace, outside: Path
) -> None:
    (place.root / "profiles").symlink_to(outside)

    refused(gpogen("check"))
    refused(gpogen("check", "profiles/secret.yaml"))
    refused(gpogen("list"))
    assert gpogen("check", "--profiles", str(outside), str(outside / "good.yaml")).code == 0


def test_a_link_that_stays_inside_is_as_good_as_a_file(gpogen: Run, place: Workplace) -> None:
    base = place.base("base")
    (place.root / "shared").mkdir()
    base.rename(place.root / "shared" / "base.yaml")
    base.symlink_to("../shared/base.yaml")
    place.profile("web")
    (place.root / "web.yaml").symlink_to("profiles/web.yaml")

    assert gpogen("check").code == 0
    assert gpogen("check", "web.yaml").code == 0


def test_a_link_to_what_is_no_yaml_file_is_refused_even_inside(
    gpogen: Run, place: Workplace
) -> None:
    (place.root / ".env").write_text(SECRET)
    place.profile("web")
    (place.root / "profiles" / "x.yaml").symlink_to("../.env")

    assert "a link to something other than a .yaml or .yml file" in refused(gpogen("check"))


@pytest.mark.parametrize(
    "text", ["out", "./out.yaml", "../{outside}/secret.yaml", "sub/secret.yaml"]
)
def test_extends_never_leads_out(gpogen: Run, place: Workplace, outside: Path, text: str) -> None:
    profiles = place.root / "profiles"
    profiles.mkdir()
    (profiles / "out.yaml").symlink_to(outside / "secret.yaml")
    (profiles / "sub").symlink_to(outside)
    leading = text.format(outside=os.path.relpath(outside, place.root))
    place.profile("web", extends=leading)

    said = refused(gpogen("check", "profiles/web.yaml"))

    assert "profiles/web.yaml:4:11: error GP022: extends" in said
    assert "points outside" in said


@pytest.mark.parametrize("start", ["/", "elsewhere", "profiles"])
def test_extends_is_confined_wherever_gpogen_is_started(
    gpogen: Run, place: Workplace, outside: Path, start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = os.path.relpath(outside / "secret.yaml", place.root / "profiles")
    path = place.profile("web", extends=secret).resolve()
    (place.root / "elsewhere").mkdir()
    monkeypatch.chdir(place.root / start)

    assert "points outside" in refused(gpogen("check", str(path)))


def test_a_base_in_a_sibling_folder_is_found_from_the_folder_above(
    gpogen: Run, place: Workplace
) -> None:
    base = place.base("base")
    (place.root / "bases").mkdir()
    base.rename(place.root / "bases" / "base.yaml")
    place.profile("web", extends="azlocal-ws2025-core, ../bases/base.yaml")

    assert gpogen("check").code == 0


def test_release_data_that_nobody_named_stay_in_their_folder(
    gpogen: Run, place: Workplace, outside: Path
) -> None:
    place.profile("web")
    (place.root / "profiles" / "hotpatch-releases.yaml").symlink_to(outside / "secret.yaml")

    for words in (
        ("calendar", *TODAY),
        ("calendar", "profiles/web.yaml", *TODAY),
        ("check", *TODAY),
        ("train", "--kb", "KB5066835", *TODAY),
    ):
        assert "hotpatch-releases.yaml: it points outside" in refused(gpogen(*words))


def test_a_profile_that_nobody_can_read_stops_no_other_and_keeps_its_output(
    gpogen: Run, place: Workplace
) -> None:
    place.profile("web")
    place.profile("db")
    assert gpogen("build").code == 0
    (place.root / "profiles" / "db.yaml").unlink()
    (place.root / "profiles" / "db.yaml").symlink_to("nowhere.yaml")
    (place.root / "profiles" / ".#web.yaml").symlink_to("user@host.1234")

    found = gpogen("build", "--prune")

    assert found.code == 2
    assert "profiles/db.yaml" in found.err
    assert (place.output / "db").is_dir()


# --- what a list holds that nobody sees


@pytest.mark.parametrize(
    "text",
    [
        "\u200b",
        "azlocal-ws2025-core\u200b",
        "\u00a0azlocal-ws2025-core",
        "\ufeff",
        "a\u202eb",
        "\U000e0041",
    ],
)
def test_a_name_in_extends_that_nobody_sees_is_told(
    gpogen: Run, place: Workplace, text: str
) -> None:
    place.profile("web", extends=f'azlocal-ws2025-core, "{text}"')

    found = gpogen("check")

    assert found.code == 1
    assert "profiles/web.yaml:4:" in found.out
    assert "error GP022: extends" in found.out
    assert text not in found.out


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("extends: hotpatch-base", "GP012"),
        ("extends: [5]", "GP015"),
        ("extends: [[hotpatch-base]]", "GP012"),
        ("gpogen: 2", "GP014"),
        ("revision: {number: one}", "GP0"),
    ],
)
def test_what_a_base_does_not_hand_down_is_checked_too(
    gpogen: Run, place: Workplace, line: str, told: str
) -> None:
    base = place.base("base")
    head = [row for row in base.read_text().splitlines() if row.split(":")[0] not in line]
    base.write_text("\n".join([*head, line, ""]))
    place.profile("web", extends="azlocal-ws2025-core, base")

    found = gpogen("check", "profiles/web.yaml")

    assert found.code == 1
    assert "profiles/base.yaml:" in found.out
    assert told in found.out


def test_a_profile_that_aliases_nest_is_told_with_its_file_and_stops_no_other(
    gpogen: Run, place: Workplace
) -> None:
    place.profile("web")
    rows = ["registry:", "  - &a0 [x]"]
    rows += [f"  - &a{n} {'[' * 30}*a{n - 1}{']' * 30}" for n in range(1, 36)]
    place.profile("deep", *rows)

    found = gpogen("check")

    assert found.code == 1
    assert "profiles/deep.yaml:8:39: error GP004: more than 40 levels of nesting" in found.out
    assert "2 profiles: 1 error" in found.err


# --- what is written


KILL = """
import os, signal
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup may have started the tests
replace = os.replace
def killed(*names, **more):
    os.kill(os.getpid(), signal.{signal})
    replace(*names, **more)
os.replace = killed
"""


@pytest.mark.parametrize(
    "words",
    [
        ("import", "real.pol", "--force", "-o", "made/new.yaml"),
        ("calendar", *TODAY, "-o", "made/new.md"),
    ],
    ids=["import", "calendar"],
)
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGHUP"])
def test_a_killed_run_leaves_the_old_file_or_the_new_one_and_the_next_run_heals(
    place: Workplace, words: tuple[str, ...], name: str
) -> None:
    policy(place.root / "real.pol")
    target = place.root / words[-1]
    target.parent.mkdir()
    target.write_text("OLD")

    found = run(*words, script=KILL.format(signal=name))

    assert found.returncode == -getattr(signal, name)
    left = sorted(path.name for path in target.parent.iterdir())
    if name == "SIGKILL":
        assert target.read_text() == "OLD"
    else:
        assert target.read_text() != "OLD"
        assert left == [target.name]
    assert run(*words).returncode == 0
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_part_that_somebody_else_still_writes_or_only_planted_stays(tmp_path: Path) -> None:
    import fcntl

    victim = tmp_path / "victim"
    victim.write_text("mine")
    alive = tmp_path / ".new.md.gpogen-00000000"
    planted = tmp_path / ".new.md.gpogen-11111111"
    similar = tmp_path / ".new.md.gpogen-notes"
    dead = tmp_path / ".new.md.gpogen-22222222"
    for path in (alive, similar, dead):
        path.write_text("part")
    planted.symlink_to(victim)
    with alive.open("r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        write_file(tmp_path / "new.md", b"new")

    assert victim.read_text() == "mine"
    assert alive.exists()
    assert planted.is_symlink()
    assert similar.exists()
    assert not dead.exists()
    assert (tmp_path / "new.md").read_bytes() == b"new"


def test_a_full_disk_leaves_the_old_file_and_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "new.md"
    target.write_text("OLD")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_file(target, b"new")

    assert [path.name for path in tmp_path.iterdir()] == ["new.md"]
    assert target.read_text() == "OLD"


@pytest.mark.parametrize("char", ["\x85", "\u2028", "\u2029"])
def test_nothing_hides_behind_a_line_end_that_no_editor_shows(
    gpogen: Run, place: Workplace, char: str
) -> None:
    place.profile("web", f"# reviewed{char}vbs: unmanaged")

    answer = gpogen("check")

    assert answer.code == 1
    assert (
        f"profiles/web.yaml:5:11: error GP002: not YAML: the control character U+{ord(char):04X}"
        in (answer.err + answer.out)
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
@pytest.mark.parametrize("arguments", [("calendar", "--format", "ics"), ("import", "x.reg")])
def test_output_into_a_pipe_that_nobody_reads_or_a_loop_of_links_is_no_wait(
    place: Workplace, arguments: tuple[str, ...]
) -> None:
    place.profile("web")
    text = 'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\A]\r\n"a"="b"\r\n'
    (place.root / "x.reg").write_bytes(text.encode("utf-16"))
    ending = "yaml" if arguments[0] == "import" else "ics"
    pipe, loop = f"pipe.{ending}", f"loop.{ending}"
    os.mkfifo(place.root / pipe)
    (place.root / loop).symlink_to(loop)

    for name in (pipe, loop):
        for more in ((), ("--force",)) if arguments[0] == "import" else ((),):
            done = run(*arguments, "-o", name, *more)
            assert done.returncode == 2, done.stderr
            assert name in done.stderr
            assert "must end with" not in done.stderr
    assert (place.root / loop).is_symlink()


def test_an_import_writes_through_no_link_unless_it_is_told_to(
    place: Workplace, outside: Path, gpogen: Run
) -> None:
    text = 'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\A]\r\n"a"="b"\r\n'
    (place.root / "x.reg").write_bytes(text.encode("utf-16"))
    (place.root / "web.yaml").symlink_to(outside / "new")

    answer = gpogen("import", "x.reg", "-o", "web.yaml")

    assert answer.code == 2
    assert not (outside / "new").exists()
