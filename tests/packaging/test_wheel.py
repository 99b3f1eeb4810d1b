"""The wheel carries all that gpogen needs, and works in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from gpogen import __version__

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = {
    path.relative_to(ROOT / "templates").as_posix()
    for path in (ROOT / "templates").rglob("*")
    if path.is_file()
}
PAGES = {path.name for path in (ROOT / "docs").glob("*.md")}
PROFILES = {path.name for path in (ROOT / "profiles").glob("*.yaml")}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def call(command: Sequence[str | Path], folder: Path) -> str:
    """Run a command, free of the checkout, and return what it printed."""
    done = subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@dataclass(frozen=True)
class Distribution:
    wheel: Path
    sdist: Path


@pytest.fixture(scope="module")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Distribution:
    """An sdist, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("dist")
    call([sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT], folder)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Distribution(wheel, sdist)


@pytest.fixture(scope="module")
def gpogen(distribution: Distribution, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, installed from the wheel into a new environment."""
    folder = tmp_path_factory.mktemp("installed")
    call([sys.executable, "-m", "venv", folder / "venv"], folder)
    python = folder / "venv" / "bin" / "python"
    pip: list[str | Path] = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    call([*pip, distribution.wheel], folder)
    return python.with_name("gpogen")


def test_the_wheel_carries_templates_profiles_data_and_types(distribution: Distribution) -> None:
    with zipfile.ZipFile(distribution.wheel) as archive:
        names = set(archive.namelist())

    assert {f"gpogen/_templates/{name}" for name in TEMPLATES} <= names
    assert {f"gpogen/_profiles/{name}" for name in PROFILES} <= names
    assert {f"gpogen/_docs/{name}" for name in PAGES} <= names
    assert "gpogen/catalog/data/policies.json" in names
    assert "gpogen/py.typed" in names
    assert {name.split("/")[0] for name in names} == {"gpogen", f"gpogen-{__version__}.dist-info"}


def test_the_sdist_carries_what_its_wheel_and_its_tests_need(distribution: Distribution) -> None:
    with tarfile.open(distribution.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {f"templates/{name}" for name in TEMPLATES} <= names
    assert {f"profiles/{name}" for name in PROFILES} <= names
    assert {"pyproject.toml", "README.md", "scripts/test", "tests/packaging/test_wheel.py"} <= names
    assert {"SECURITY.md", "fuzz/targets/pol.py", "requirements/dev.txt", "scripts/lock"} <= names
    assert ".github/workflows/ci.yml" in names


def test_the_wheel_and_the_sdist_are_the_same_from_any_checkout_at_any_time(
    distribution: Distribution, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere" / "copy"
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split("\0")
    if names == [""]:
        pytest.skip("no git checkout")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)  # With the bit that git keeps, too.
            os.utime(copy / name, (1_000_000_000, 1_000_000_000))
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", tmp_path, copy],
        env={**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        umask=0o077,
        capture_output=True,
        check=True,
        timeout=600,
    )

    for made in (distribution.wheel, distribution.sdist):
        assert (tmp_path / made.name).read_bytes() == made.read_bytes()


def test_the_installed_command_says_its_version(gpogen: Path, tmp_path: Path) -> None:
    assert call([gpogen, "--version"], tmp_path) == f"gpogen {__version__}\n"


def test_the_installed_command_lists_the_shipped_profiles(gpogen: Path, tmp_path: Path) -> None:
    lines = call([gpogen, "list", "--shipped"], tmp_path).splitlines()

    assert {f"{line.split()[0]}.yaml" for line in lines} == PROFILES


def test_the_installed_command_has_its_documentation(gpogen: Path, tmp_path: Path) -> None:
    assert "ring: {name: pilot, order: 1}" in call([gpogen, "help", "rings"], tmp_path)


def test_the_installed_command_builds_what_extends_a_shipped_profile(
    gpogen: Path, tmp_path: Path
) -> None:
    text = "gpogen: 1\nname: web\ntitle: Web servers\nextends: [azlocal-ws2025-core]\n"
    (tmp_path / "web.yaml").write_text(text, encoding="utf-8")

    call([gpogen, "build", "web.yaml"], tmp_path)

    names = {path.name for path in (tmp_path / "output/web").rglob("*") if path.is_file()}
    assert {"Backup.xml", "registry.pol", "README.txt", "Import-WebGpo.ps1"} <= names
    assert call([gpogen, "build", "--check", "web.yaml"], tmp_path).endswith("unchanged\n")
