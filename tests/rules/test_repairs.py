"""Fixes fix: the repair of each rule's page, applied to every example that the rule sees."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

from gpogen.catalog.rules import Change, rule_page, rule_pages
from gpogen.compile.edits import Located, repaired
from gpogen.document import yaml12
from gpogen.document.nodes import Mapping, plain
from gpogen.finding import Finding, Place, Severity
from gpogen.interchange.importing.compose import Wanted, import_policy
from gpogen.interchange.importing.profile_items import registry_item
from gpogen.profile.load import Loader
from gpogen.reading.read import Item, Reading
from gpogen.rules.check import Checked, check
from gpogen.rules.repair import repair_of
from tests.support.rules import ALL, CHECKED, UNDATED, names
from tools.rule_pages import HEAD

TEXTS = [(rule, HEAD + one.fails) for rule, one in UNDATED]
IDS = names(UNDATED)


def _check(folder: Path, text: str) -> Checked:
    path = folder / "sample.yaml"
    path.write_text(text, encoding="utf-8")
    return check(Loader(folder).load(path))


def _own(text: str, file: str) -> Mapping:
    node, wrong = yaml12.read(text.encode(), file)
    assert not wrong
    assert isinstance(node, Mapping)
    return node


def _bad(result: Checked) -> Counter[str]:
    worse = (Severity.ERROR, Severity.WARNING)
    return Counter(item.id for item in result.findings if item.severity in worse)


def _first(rule: str, result: Checked) -> Finding:
    return next(item for item in result.findings if item.id == rule)


def _repair(folder: Path, rule: str, text: str) -> tuple[Checked, Checked, frozenset[str]] | None:
    """Return the profile before and after, and what the repair brings; None where none is."""
    before = _check(folder, text)
    finding = _first(rule, before)
    assert before.loaded.tree is not None
    tree = Located(before.loaded.tree)
    found = repair_of(rule, tree, finding.at)
    assert found is not None, "no repair of the page fits"
    if found.outside:
        return None
    body: dict[str, Any] = repaired(_own(text, before.loaded.file), tree, found.edits, finding.at)
    return before, _check(folder, json.dumps(body)), frozenset(found.brings)


def _assert_repaired(rule: str, before: Checked, after: Checked, brings: frozenset[str]) -> None:
    at = _first(rule, before).message
    assert at not in [item.message for item in after.findings if item.id == rule]
    assert not after.failed or before.failed, after.findings
    more = _bad(after) - _bad(before)
    assert set(more) <= brings, [item for item in after.findings if item.id in more]


@pytest.mark.parametrize(("rule", "text"), TEXTS, ids=IDS)
def test_the_repair_makes_the_finding_go_and_brings_no_other(
    rule: str, text: str, tmp_path: Path
) -> None:
    found = _repair(tmp_path, rule, text)
    if found is not None:
        _assert_repaired(rule, *found)
        assert rule not in [item.id for item in found[1].findings] or _several(rule, found[0])


def _several(rule: str, result: Checked) -> bool:
    return len([item for item in result.findings if item.id == rule]) > 1


@pytest.mark.parametrize(("rule", "text"), TEXTS, ids=IDS)
def test_the_repair_works_in_a_profile_that_inherits_the_cause(
    rule: str, text: str, tmp_path: Path
) -> None:
    base = text.replace("name: sample\n", "name: base\n")
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    child = "gpogen: 1\nname: sample\ntitle: Other\nextends: [base]\n"
    before = _check(tmp_path, child)
    if rule not in [item.id for item in before.findings]:
        pytest.skip("what the rule sees is left out where it is inherited")
    found = _repair(tmp_path, rule, child)
    if found is None:
        return
    finding = _first(rule, found[0])
    _assert_repaired(rule, *found)
    assert "it is inherited: write `" in finding.fix


def _spelt(text: str, folder: Path, form: str) -> str:
    """Return a profile that builds the same policy from raw values, or from policies by name."""
    result = _check(folder, text)
    assert result.loaded.tree is not None
    assert result.compilation is not None
    body = plain(result.loaded.tree)
    items = tuple(Item(draft.record, Place("", 1, 1)) for draft in result.compilation.drafts)
    said: Any = {"registry": [registry_item(item.record) for item in items]}
    if form == "policies":
        reading = Reading(file="x", kind="profile", items=items)
        wanted = Wanted(name="sample", target={})
        said = plain(_own(import_policy(reading, wanted, 1 << 20).text, "x"))
    for key in ("vbs", "secure_boot", "updates", "restart", "policies", "registry"):
        body.pop(key, None)
        body |= {key: said[key]} if said.get(key) else {}
    return json.dumps(body)


SPELLINGS = tuple(itertools.product(("registry", "policies"), (False, True)))


def _spellings() -> list[ParameterSet]:
    """Every text in every spelling; the fast suite has each text in one, each in turn."""
    return [
        pytest.param(
            *text,
            *spelling,
            id=f"{name}-{spelling[0]}-{'inherited' if spelling[1] else 'own'}",
            marks=() if at == number % len(SPELLINGS) else pytest.mark.slow,
        )
        for number, (name, text) in enumerate(zip(IDS, TEXTS, strict=True))
        for at, spelling in enumerate(SPELLINGS)
    ]


@pytest.mark.parametrize(("rule", "text", "form", "inherited"), _spellings())
def test_the_repair_works_however_the_same_policy_is_written(
    rule: str, text: str, form: str, inherited: bool, tmp_path: Path
) -> None:
    spelt = _spelt(text, tmp_path, form)
    if inherited:
        base = json.dumps({**json.loads(spelt), "name": "base"})
        (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
        spelt = "gpogen: 1\nname: sample\ntitle: Other\nextends: [base]\n"
    if rule not in [item.id for item in _check(tmp_path, spelt).findings]:
        pytest.skip("the rule is about the words")
    found = _repair(tmp_path, rule, spelt)
    if found is not None:
        _assert_repaired(rule, *found)


SHIPPED = [
    (
        "DEADLINE-OVERRIDES-AU",
        "azlocal-ws2022-core",
        "restart: {policy: deadline, days: 3, grace_days: 2}",
    ),
    (
        "DEADLINE-OVERRIDES-AU",
        "arc-ws2025-datacenter",
        "restart: {policy: deadline, days: 3, grace_days: 2}",
    ),
    ("HP027", "azlocal-ws2025-core", "orchestration: third-party"),
    ("HP034", "azlocal-ws2025-core", "target: {role: cluster-node}"),
    (
        "HP035",
        "azlocal-ws2022-core",
        "target: {role: domain-controller}\nrestart: {policy: at-scheduled-time}",
    ),
    ("AU-SCHEDULE-ONLY-4", "azlocal-ws2025-core", "updates: {mode: notify-restart}"),
    (
        "REBOOT-LOGGEDON-NEEDS-4",
        "arc-ws2025-standard",
        "restart: {policy: not-while-users-are-logged-on}",
    ),
    ("HP014", "azlocal-ws2025-core", "updates: {quality_deferral_days: 20}"),
    (
        "HP032",
        "azlocal-ws2025-core",
        "target: {time_zone: Europe/Rome}\nupdates: {schedule: {day: tuesday, weeks: [second]}}",
    ),
    ("HP005", "azlocal-ws2025-core", "vbs: {platform_security: secure-boot-and-dma}"),
]
"""What profiles say that take up a shipped one, and the rule that then sees something."""


@pytest.mark.parametrize(("rule", "base", "body"), SHIPPED)
def test_the_repair_works_over_a_shipped_profile(
    rule: str, base: str, body: str, tmp_path: Path
) -> None:
    text = f"gpogen: 1\nname: sample\ntitle: S\nextends: [{base}]\n{body}\n"

    found = _repair(tmp_path, rule, text)

    assert found is not None
    _assert_repaired(rule, *found)
    assert rule not in [item.id for item in found[1].findings]


def test_a_finding_in_a_shipped_profile_names_what_to_write_in_this_one(tmp_path: Path) -> None:
    text = f"gpogen: 1\nname: sample\ntitle: S\nextends: [{SHIPPED[0][1]}]\n{SHIPPED[0][2]}\n"

    finding = _first("DEADLINE-OVERRIDES-AU", _check(tmp_path, text))

    assert finding.at is not None
    assert finding.at.file.endswith("azlocal-ws2022-core.yaml")
    assert "it is inherited: write `updates: {schedule: unmanaged}` in this profile" in finding.fix


@pytest.mark.parametrize("rule", sorted(ALL))
def test_every_rule_has_a_repair_or_says_why_there_is_none(rule: str) -> None:
    page = rule_page(rule)
    assert page.repair
    for repair in page.repair:
        assert bool(repair.edits) != bool(repair.outside)
        assert set(repair.brings) <= set(rule_pages())
    conditional = [bool(one.at or one.needs) for one in page.repair]
    assert not any(not special for special in conditional[:-1]), "the last alone fits always"


_WORDS_OF_LEAVING = ("remove", "unmanaged", "take", "leave")


@pytest.mark.parametrize("rule", CHECKED)
def test_the_fix_says_what_the_repair_does(rule: str) -> None:
    page = rule_page(rule)
    for repair in page.repair:
        for edit in repair.edits:
            assert _is_said(edit, page.fix), (edit, page.fix)


def _is_said(edit: Change, fix: str) -> bool:
    if edit.do == "take-out":
        return any(word in fix for word in _WORDS_OF_LEAVING)
    words = [*_scalars(edit.value)]
    key = edit.path.rpartition(".")[2]
    words += [key] if edit.do == "set" and edit.path != "@" and key != "data" else []
    return all(word in fix for word in words if "\\" not in word and word != "dword")


def _scalars(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _scalars(one)]
    if isinstance(value, list):
        return [text for one in value for text in _scalars(one)]
    return [str(value).lower() if isinstance(value, bool) else str(value)]


WRONG = sorted((Path(__file__).parents[1] / "negative").glob("*.yaml"))


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all wrong profiles, which extend one another."""
    folder = tmp_path_factory.mktemp("wrong")
    for file in WRONG:
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.fixture
def wrong(beside: Path, path: Path) -> Iterator[Path]:
    """One of them in that folder, which is as before when the test ends."""
    yield beside / path.name
    (beside / path.name).write_bytes(path.read_bytes())


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_the_repairs_work_on_every_wrong_profile(path: Path, wrong: Path) -> None:
    before = check(Loader(wrong.parent).load(wrong))
    if before.loaded.profile is None or before.loaded.tree is None or before.loaded.is_base:
        pytest.skip("its form is wrong")
    tree = Located(before.loaded.tree)
    own = _own(path.read_text("utf-8"), before.loaded.file)
    for finding in before.findings:
        found = repair_of(finding.id, tree, finding.at)
        assert found is not None or finding.id not in CHECKED
        if found is None or found.outside:
            continue
        body = json.dumps(repaired(own, tree, found.edits, finding.at))
        wrong.write_text(body, encoding="utf-8")
        after = check(Loader(wrong.parent).load(wrong))
        assert (finding.id, finding.message) not in [
            (one.id, one.message) for one in after.findings
        ]
        assert set(_bad(after)) - set(_bad(before)) <= set(found.brings)
