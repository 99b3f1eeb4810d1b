from __future__ import annotations

import json
import re

import pytest

from gpogen.compile.result import ArcMachines
from gpogen.finding import Severity
from gpogen.profile.arc import MAX_MACHINES
from tests.artifacts.render.hostile import CANARY, HOSTILE
from tests.support.profiles import checked, compiled

STANDARD = {"os": "windows-server-2025-standard", "platform": "azure-arc"}
GUID = "11111111-2222-3333-4444-555555555555"
GOOD = {"subscription": GUID, "resource_group": "rg-servers", "location": "westeurope"}
WORDS = ("subscription", "resource_group", "location", "machines")
AZURE_HOSTILE = [
    *HOSTILE,
    "..",
    ".",
    "../../subscriptions/x",
    "a/licenseProfiles/default",
    "a?api-version=2000-01-01",
    "a#b",
    "a%2e%2e%2f",
    "a&b=c",
    "a;touch b",
    "$(touch b)",
    f"`touch {CANARY}`",
    "-machine",
    "--dry-run",
    "@file.json",
    "a' or 1==1 | project id //",
    "a\0b",
    "a" * 91,
    "é",
    "K\u212aelvin",
]
SECRETS = [
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0",
    "0123456789abcdef0123456789abcdef",
    "abc8Q~fedcba9876543210fedcba98765432",
    "Password=hunter2hunter2",
    "AccountKey=abc",
    "SharedAccessKey = abc",
    "sig=abc",
    "Bearer abc",
    "Ab1" * 14,
]


def section(**words: object) -> str:
    return f"arc: {json.dumps({**GOOD, **words})}\n"


def test_the_words_arrive() -> None:
    found = compiled(section(machines=["server-01", "Server_02.x"]), **STANDARD)

    assert found.arc == ArcMachines(
        subscription=GUID,
        resource_group="rg-servers",
        location="westeurope",
        machines=("server-01", "Server_02.x"),
    )


@pytest.mark.parametrize(
    ("head", "has"),
    [
        (STANDARD, True),
        ({**STANDARD, "os": "windows-server-2025-datacenter"}, True),
        ({"platform": "azure-vm", "orchestration": "azure-guest-patching"}, False),
        ({}, False),
    ],
)
def test_machines_that_need_an_enrollment_have_the_scripts(head: dict[str, str], has: bool) -> None:
    assert (compiled(**head).arc is not None) is has


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("text", AZURE_HOSTILE)
def test_a_hostile_text_is_refused_or_carried_unchanged(word: str, text: str) -> None:
    result = checked(section(**{word: [text] if word == "machines" else text}), **STANDARD)
    if result.compiled is None:
        errors = [item for item in result.findings if item.severity is Severity.ERROR]
        assert errors
        return
    assert result.compiled.arc is not None
    found = getattr(result.compiled.arc, word)
    assert found == ((text,) if word == "machines" else text)
    assert re.fullmatch(r"[A-Za-z0-9_().-]+", text)
    assert word == "resource_group" or text.strip("._-")
    assert text not in (".", "..")


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("text", SECRETS)
def test_what_looks_like_a_secret_is_refused_and_not_repeated(word: str, text: str) -> None:
    result = checked(section(**{word: [text] if word == "machines" else text}), **STANDARD)

    (error,) = [item for item in result.findings if item.severity is Severity.ERROR]
    assert "looks like a key, a token or a password" in error.message
    assert text not in error.message + error.fix


@pytest.mark.parametrize(
    ("words", "message", "fix"),
    [
        ({"subscription": f"/subscriptions/{GUID}"}, "must be the id of a subscription", ""),
        ({"location": "West Europe"}, "must be the name of a region", "write westeurope"),
        ({"resource_group": "a."}, "must be the name of a resource group", ""),
        ({"machines": ["a", "A"]}, "names 'A' twice", "keep one"),
        ({"machines": ["."]}, "must be the name of a machine", ""),
        (
            {"machines": [f"m{number}" for number in range(MAX_MACHINES + 1)]},
            f"must have at most {MAX_MACHINES} machines; got {MAX_MACHINES + 1}",
            "name them in a file for the script, with --list",
        ),
    ],
)
def test_a_mistake_is_told_with_its_fix(words: dict[str, object], message: str, fix: str) -> None:
    result = checked(section(**words), **STANDARD)

    (error,) = [item for item in result.findings if item.severity is Severity.ERROR]
    assert message in error.message
    assert error.fix == fix
    assert error.at is not None


def test_the_most_machines_are_taken() -> None:
    names = [f"m{number}" for number in range(MAX_MACHINES)]
    found = compiled(section(machines=names), **STANDARD)

    assert found.arc is not None
    assert len(found.arc.machines) == MAX_MACHINES
