"""What gpogen is made of: pinned by hash, without known holes, listed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from gpogen import __version__

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = ("run", "dev")
_PIN = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; (?P<marker>[^\\]+?))?(?P<hashes>(?: --hash=\S+)+)"
)


@dataclass(frozen=True)
class Pin:
    version: Version
    hashes: tuple[str, ...]


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def lock_text(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def pins(name: str) -> dict[str, Pin]:
    """Read a lock, every line of which must be a pin with hashes."""
    rows = [row for row in lock_text(name).splitlines() if not row.strip().startswith("#")]
    found = {}
    for line in re.sub(r" \\\n\s+", " ", "\n".join(rows)).splitlines():
        match = _PIN.fullmatch(line)
        assert match is not None, line
        found[match["name"]] = Pin(Version(match["version"]), tuple(match["hashes"].split()))
    return found


def wanted(name: str) -> Iterator[Requirement]:
    yield from map(Requirement, pyproject()["project"]["dependencies"])
    groups = pyproject()["dependency-groups"]
    rows = [*groups["backend"], *(groups["dev"] if name == "dev" else ())]
    yield from (Requirement(row) for row in rows if isinstance(row, str))


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_covers_every_dependency(name: str) -> None:
    locked = pins(name)
    required = list(wanted(name))
    assert required
    for requirement in required:
        pin = locked.get(canonicalize_name(requirement.name))
        assert pin is not None, f"{requirement.name}: run scripts/lock"
        assert pin.version in requirement.specifier, f"{requirement}: run scripts/lock"


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_hashes_of_sha256(name: str) -> None:
    assert pins(name)
    for pin in pins(name).values():
        assert pin.hashes
        assert all(re.fullmatch("--hash=sha256:[0-9a-f]{64}", item) for item in pin.hashes)


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_names_no_place_of_any_machine(name: str) -> None:
    assert not re.search(r"://|index-url|find-links|trusted-host|^\s*[/~.]", lock_text(name), re.M)


def test_both_locks_agree() -> None:
    run, dev = pins("run"), pins("dev")

    assert {name: pin.version for name, pin in run.items()} == {
        name: dev[name].version for name in run
    }


def test_what_builds_the_wheel_is_pinned_too() -> None:
    for text in pyproject()["build-system"]["requires"]:
        requirement = Requirement(text)
        assert pins("run")[requirement.name].version in requirement.specifier


@pytest.mark.parametrize(
    ("name", "fixed"),
    [
        ("click", "8.3.3"),
        ("icalendar", "7.1.3"),
        ("jinja2", "3.1.6"),
        ("lxml", "6.1.3"),
        ("pydantic", "2.4.0"),
        ("pyyaml", "5.4"),
    ],
)
def test_no_version_with_a_known_hole_is_let_in(name: str, fixed: str) -> None:
    (own,) = [item for item in wanted("run") if item.name == name]
    lowest = min(Version(item.version) for item in own.specifier if item.operator == ">=")

    assert lowest >= Version(fixed)


def script(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
    )


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
def test_the_list_of_components_is_valid_and_complete(tmp_path: Path) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    done = script(sys.executable, "scripts/sbom", "--output", tmp_path / "sbom.json")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "sbom.json").read_text(encoding="utf-8")

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    content = json.loads(text)
    root = content["metadata"]["component"]
    assert (root["name"], root["version"]) == ("gpogen", __version__)
    assert re.fullmatch("[0-9a-f]{64}", root["hashes"][0]["content"])
    listed = {canonicalize_name(c["name"]): Version(c["version"]) for c in content["components"]}
    direct = {
        canonicalize_name(Requirement(t).name) for t in pyproject()["project"]["dependencies"]
    }
    assert direct <= listed.keys()
    assert "hatchling" not in listed
    assert {name: pins("run")[name].version for name in listed} == listed
    assert str(ROOT) not in text
    assert str(tmp_path) not in text


@pytest.mark.slow
def test_gpogen_works_with_the_lowest_versions() -> None:
    done = script("sh", "scripts/lowest", "tests/formats", "tests/cli/test_commands.py")

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "click==8.3.3" in done.stdout
