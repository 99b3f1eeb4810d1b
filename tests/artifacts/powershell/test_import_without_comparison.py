"""-NoReadBack of the import script: nothing is compared, and that is said aloud."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gpogen.artifacts.gpo_backup import gpo_comment
from tests.artifacts.powershell.domain import Domain, settings
from tests.artifacts.powershell.harness import Engine, Outcome
from tests.artifacts.powershell.samples import PLAIN

pytestmark = pytest.mark.slow
OU = "OU=Servers,DC=contoso,DC=com"
LOUD = "NOTHING WAS COMPARED (-NoReadBack)"


@pytest.fixture
def domain(engine: Engine, tmp_path: Path) -> Domain:
    """A domain that gives back nothing of what was imported."""
    return Domain(engine, tmp_path, PLAIN, after=[])


def changes(done: Outcome) -> list[str]:
    return [name for name in done.commands if not name.startswith("Get-")]


def test_an_import_that_is_read_back_otherwise_is_undone_unless_nothing_is_compared(
    domain: Domain,
) -> None:
    undone = domain.run()
    assert undone.code == 1
    assert "Remove-GPO" in undone.commands
    assert LOUD not in undone.out

    done = domain.run("-NoReadBack")

    assert done.code == 0, done.out
    assert changes(done)[:2] == ["New-GPO", "Import-GPO"]
    assert "Remove-GPO" not in done.commands
    assert done.out.count(LOUD) == 2
    assert "Done, NOT compared: " in done.out
    assert "Read back and compared" not in done.out
    assert done.of("Gpo.Description")[0]["Value"] == gpo_comment(PLAIN)


def test_the_plan_says_that_nothing_is_compared(domain: Domain) -> None:
    done = domain.run("-NoReadBack", "-WhatIf")

    assert done.code == 2, done.out
    assert "compare NOTHING with the profile" in done.out
    assert "read back and compare" not in done.out
    assert changes(done) == []


def test_what_an_existing_gpo_holds_is_looked_at_all_the_same(domain: Domain) -> None:
    stranger = replace(settings(PLAIN)[0], name="Stranger")
    done = domain.having(gpo_comment(PLAIN), [stranger]).run("-NoReadBack")

    assert done.code == 1
    assert changes(done) == []
    assert "-AcceptDrift continues" in done.out


def test_an_import_that_fails_is_undone_all_the_same(domain: Domain) -> None:
    done = replace(domain, import_failure="throw 'import broke'; ").run("-NoReadBack")

    assert done.code == 1
    assert changes(done) == ["New-GPO", "Import-GPO", "Remove-GPO"]


def test_a_link_without_comparison_says_so_too(domain: Domain) -> None:
    place = domain.having(gpo_comment(PLAIN), [])
    assert place.run("-LinkOnly", "-LinkTarget", OU).code == 1

    done = place.run("-LinkOnly", "-LinkTarget", OU, "-NoReadBack")

    assert done.code == 0, done.out
    assert changes(done) == ["New-GPLink"]
    assert done.out.count(LOUD) == 2


def test_a_rollback_compares_nothing_anyway(domain: Domain) -> None:
    done = domain.run("-NoReadBack", "-Rollback", "x")

    assert done.code == 1
    assert "-NoReadBack and -Rollback cannot be used together" in done.out
