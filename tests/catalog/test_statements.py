"""The data for people: statements, shape ids, unproven facts, examples, platform facts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gpogen.artifacts.all import MODULES
from gpogen.catalog.pages import (
    STATUSES,
    Statement,
    examples,
    platform_facts,
    shape_pages,
    statements,
    unproven_pages,
)
from gpogen.catalog.platforms import images, orchestrations, platforms
from gpogen.cli.main import COMMANDS
from gpogen.outputs.tree import render_tree
from gpogen.profile.load import Loader
from gpogen.reports.explain.find import all_entries, find
from gpogen.resources import resource_dir
from gpogen.rules.check import check
from gpogen.rules.unproven import ALL
from tests.support.profiles import checked
from tests.support.rules import CHECKED
from tools.rule_pages import pages

ROOT = Path(__file__).resolve().parents[2]
FOUND = tuple(statements().values())

AUM = {"orchestration": "azure-update-manager"}
SCHEDULE = 'update_manager: {at: "22:00", duration: "03:00"}\nupdates: {mode: download}\n'


def named(kind: str) -> list[tuple[str, str]]:
    """Every (statement, name) of a kind of doer."""
    return [(item.id, doer.name) for item in FOUND for doer in item.by if doer.kind == kind]


def produced(profile: str) -> set[str]:
    """The files that a shipped profile's build writes, the profile's name made <Name>."""
    compiled = check(Loader().load(resource_dir("profiles") / f"{profile}.yaml")).compiled
    assert compiled is not None
    names = render_tree(compiled, tuple(MODULES))
    return {name.replace(compiled.header.pascal, "<Name>") for name in names}


def test_the_source_document_has_its_45_statements_in_order() -> None:
    assert [item.id for item in FOUND] == [f"S{number:02}" for number in range(1, 46)]


@pytest.mark.parametrize("item", FOUND, ids=lambda item: item.id)
def test_a_statement_is_complete(item: Statement) -> None:
    assert item.statement
    assert item.now
    assert item.about
    assert item.status in STATUSES
    assert item.by
    assert {doer.kind for doer in item.by} <= {"rule", "command", "file", "later"}


@pytest.mark.parametrize("item", FOUND, ids=lambda item: item.id)
def test_the_status_of_a_statement_has_something_that_bears_it_out(item: Statement) -> None:
    needed = {"enforced": "rule", "shown": "command", "produced": "file", "to come": "later"}

    assert needed[item.status] in {doer.kind for doer in item.by}


@pytest.mark.parametrize(("statement", "rule"), named("rule"))
def test_a_rule_that_does_a_statement_is_checked(statement: str, rule: str) -> None:
    assert rule in CHECKED, statement


@pytest.mark.parametrize(("statement", "command"), named("command"))
def test_a_command_that_does_a_statement_exists(statement: str, command: str) -> None:
    program, name, *words = command.split()

    assert program == "gpogen"
    assert name in COMMANDS, statement
    known = [
        find(word, all_entries())
        for word in words
        if not word.startswith("--") and word != "PROFILE"
    ]
    assert all(known)


def test_the_files_that_do_a_statement_are_written() -> None:
    arc, vm = produced("arc-ws2025-datacenter"), produced("azurevm-ws2022-hotpatch")
    written = produced("azlocal-ws2025-core") & arc
    # What is in azure\ is for one platform each.
    scheduled = checked(SCHEDULE, platform="azure-arc", os="windows-server-2025-standard", **AUM)
    assert scheduled.compiled is not None
    every = arc | vm | set(render_tree(scheduled.compiled, ("maintenance",)))
    written |= {name for name in every if name.startswith("azure/")}

    assert {name for _, name in named("file")} <= written


def test_each_image_of_the_document_is_one_of_the_eight() -> None:
    said = [item.statement for item in FOUND if item.about == "image"]

    assert len(said) == len(images()) == 8
    for image in images():
        wanted = f"{image.publisher} / {image.offer} / {image.sku} is a supported image."
        assert wanted.lower() in [text.lower() for text in said]


def test_every_shape_id_that_the_code_emits_has_a_page_and_no_other() -> None:
    emitted: set[str] = set()
    for path in (ROOT / "gpogen").rglob("*.py"):
        emitted |= set(re.findall(r"""["'](GP\d{3})["']""", path.read_text(encoding="utf-8")))

    assert set(shape_pages()) == emitted


def test_every_shape_page_says_how_to_fix_it() -> None:
    assert all(page.fix and page.title for page in shape_pages().values())


def test_every_unproven_fact_has_a_page_with_commands_and_a_way_to_tell() -> None:
    assert set(unproven_pages()) == {item.id for item in ALL}
    for page in unproven_pages().values():
        assert any(line.startswith("> ") for line in page.prove), page.id
        assert not page.prove[-1].startswith("> ") or page.id == "UNPROVEN-D"


def test_explain_shows_the_first_example_of_each_page() -> None:
    first = {page.id: page.examples[0] for page in pages().values() if page.examples}

    assert {rule: "\n".join((*one.fails, "")) for rule, one in examples().items()} == {
        rule: one.fails for rule, one in first.items()
    }


def test_the_facts_of_a_platform_name_its_own_orchestrations() -> None:
    facts = platform_facts()

    assert set(facts.platforms) == set(platforms())
    for word, found in facts.platforms.items():
        assert set(found.named_by_microsoft) <= set(platforms()[word].orchestrations)
        assert set(found.named_by_microsoft) <= set(orchestrations())
        assert found.facts
    assert all(row.source for row in (*facts.requirements, *facts.editions))


def test_the_steps_on_azure_cover_their_statements() -> None:
    covered = {step.statement for steps in platform_facts().steps for step in steps.steps}

    wanted = [*range(30, 35), *range(38, 46)]
    assert covered == {f"S{number}" for number in wanted}
    assert all(steps.source for steps in platform_facts().steps)
