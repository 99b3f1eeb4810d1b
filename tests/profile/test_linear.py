"""The order of several bases, against Python's own order of classes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpogen.document.nodes import find, plain
from gpogen.finding import Finding
from gpogen.linear import Clash, linearise
from gpogen.profile.load import MAX_BASES, LoadedProfile, Loader


def _graphs() -> st.SearchStrategy[list[list[int]]]:
    """Each item extends some of those before it, in any order."""
    return st.integers(1, 8).flatmap(
        lambda count: st.tuples(
            *(
                st.permutations(range(number)).flatmap(
                    lambda order: st.integers(0, len(order)).map(lambda size: list(order[:size]))
                )
                for number in range(count)
            )
        ).map(list)
    )


def _of_python(graph: Sequence[Sequence[int]]) -> list[tuple[int, ...] | None]:
    """Return the order of each item by the classes that Python makes; None where it makes none."""
    made: list[type | None] = []
    orders: list[tuple[int, ...] | None] = []
    for number, bases in enumerate(graph):
        classes = [made[base] for base in bases]
        try:
            if None in classes:
                raise TypeError
            # The later of `extends` wins, and of Python's bases the earlier.
            new = type(str(number), tuple(reversed([c for c in classes if c])), {})
        except TypeError:
            made.append(None)
            orders.append(None)
            continue
        made.append(new)
        orders.append(tuple(int(item.__name__) for item in new.__mro__[:-1]))
    return orders


def _of_gpogen(graph: Sequence[Sequence[int]]) -> list[tuple[int, ...] | None]:
    orders: list[tuple[int, ...] | None] = []
    for number, bases in enumerate(graph):
        below = [orders[base] for base in reversed(bases)]
        if None in below:
            orders.append(None)
            continue
        found = linearise(number, [item for item in below if item], list(reversed(bases)))
        orders.append(None if isinstance(found, Clash) else found)
    return orders


@settings(deadline=None)
@given(_graphs())
def test_the_order_is_the_one_that_python_gives_its_classes(graph: list[list[int]]) -> None:
    assert _of_gpogen(graph) == _of_python(graph)


def test_every_graph_of_four_has_python_s_order() -> None:
    lists = [
        [list(p) for size in range(n + 1) for p in itertools.permutations(range(n), size)]
        for n in range(4)
    ]
    for graph in itertools.product(*lists):
        assert _of_gpogen(graph) == _of_python(graph)


def _write(folder: Path, name: str, *lines: str) -> Path:
    path = folder / f"{name}.yaml"
    text = f"gpogen: 1\nname: {name}\n" + "".join(f"{line}\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def _load(folder: Path, name: str) -> LoadedProfile:
    return Loader().load(folder / f"{name}.yaml")


def _value(loaded: LoadedProfile, *path: str) -> object:
    assert loaded.tree is not None
    node = find(loaded.tree, path)
    return None if node is None else plain(node)


@settings(deadline=None)
@given(graph=_graphs())
def test_a_profile_gets_each_value_from_the_first_of_python_s_order(
    tmp_path_factory: pytest.TempPathFactory, graph: list[list[int]]
) -> None:
    folder = tmp_path_factory.mktemp("graph")
    for number, bases in enumerate(graph):
        extends = f"extends: [{', '.join(f'p{base}' for base in bases)}]"
        value = f"ring: {{name: p{number}, order: {number}}}" if number % 2 == 0 else ""
        _write(folder, f"p{number}", extends, value)
    last = len(graph) - 1
    loaded = _load(folder, f"p{last}")
    order = _of_python(graph)[last]
    reached = {last}
    for number in range(last, -1, -1):
        reached |= set(graph[number]) if number in reached else set()
    broken = any(_of_python(graph)[number] is None for number in reached)

    assert any(item.id == "GP024" for item in loaded.findings) is broken
    if order is not None:
        first = next((number for number in order if number % 2 == 0), None)
        assert _value(loaded, "ring", "order") == first


def test_a_shared_base_does_not_reset_what_one_of_two_says(tmp_path: Path) -> None:
    _write(tmp_path, "base", "updates: {quality_deferral_days: 0, drivers: exclude}")
    _write(tmp_path, "ring", "extends: [base]", "updates: {quality_deferral_days: 7}")
    _write(tmp_path, "site", "extends: [base]", "updates: {optional_content: none}")
    for names in ("ring, site", "site, ring"):
        _write(tmp_path, "web", f"extends: [{names}]")
        loaded = _load(tmp_path, "web")
        assert loaded.findings == ()
        assert _value(loaded, "updates", "quality_deferral_days") == 7


def test_a_base_named_before_what_extends_it_is_no_news(tmp_path: Path) -> None:
    _write(tmp_path, "base", "updates: {quality_deferral_days: 0}")
    _write(tmp_path, "ring", "extends: [base]", "updates: {quality_deferral_days: 7}")
    _write(tmp_path, "web", "extends: [base, ring]")

    assert _value(_load(tmp_path, "web"), "updates", "quality_deferral_days") == 7


def _clash(loaded: LoadedProfile) -> Finding:
    (found,) = loaded.findings
    assert found.id == "GP024"
    return found


def test_a_base_named_after_what_extends_it_is_told_with_both_places(tmp_path: Path) -> None:
    _write(tmp_path, "base", "updates: {quality_deferral_days: 0}")
    _write(tmp_path, "ring", "extends: [base]", "updates: {quality_deferral_days: 7}")
    _write(tmp_path, "web", "extends: [ring, base]")
    found = _clash(_load(tmp_path, "web"))

    assert found.at is not None
    assert (Path(found.at.file).name, found.at.line, found.at.col) in (
        ("web.yaml", 3, 11),
        ("web.yaml", 3, 17),
    )
    related = {(Path(at.file).name, at.line, at.col) for at in found.related}
    assert ("ring.yaml", 3, 11) in related
    assert "'base' and 'ring'" in found.message or "'ring' and 'base'" in found.message
    assert "before the profile that extends it" in found.fix


def test_two_bases_that_disagree_on_an_order_are_told(tmp_path: Path) -> None:
    for name in ("one", "two"):
        _write(tmp_path, name)
    _write(tmp_path, "left", "extends: [one, two]")
    _write(tmp_path, "right", "extends: [two, one]")
    _write(tmp_path, "web", "extends: [left, right]")
    found = _clash(_load(tmp_path, "web"))

    assert "'one'" in found.message
    assert "'two'" in found.message
    assert {Path(at.file).name for at in found.related} == {"left.yaml", "right.yaml"}


def test_two_spellings_of_one_profile_are_told(tmp_path: Path) -> None:
    _write(tmp_path, "base")
    _write(tmp_path, "web", "extends: [base, ./base.yaml]")

    assert "one profile twice" in _clash(_load(tmp_path, "web")).message


def test_more_profiles_than_anybody_extends_are_refused(tmp_path: Path) -> None:
    for number in range(MAX_BASES + 4):
        _write(tmp_path, f"leaf{number}")
    for number in range(17):
        names = [f"leaf{item}" for item in range(number * 16, number * 16 + 16)]
        known = ", ".join(name for name in names if (tmp_path / f"{name}.yaml").exists())
        _write(tmp_path, f"mid{number}", f"extends: [{known}]")
    for number, first in enumerate((0, 16)):
        names = [f"mid{item}" for item in range(first, min(first + 16, 17))]
        _write(tmp_path, f"top{number}", f"extends: [{', '.join(names)}]")
    _write(tmp_path, "web", "extends: [top0, top1]")
    found = [item for item in _load(tmp_path, "web").findings if item.id == "GP024"]

    assert found
    assert all(f"; the maximum is {MAX_BASES}" in item.message for item in found)


@pytest.mark.parametrize(
    ("own", "shown"),
    [
        ("", ["updates.quality_deferral_days: 7", ", over 0"]),
        ("updates: {quality_deferral_days: 3}", []),
    ],
)
def test_bases_that_differ_are_listed_and_a_file_s_own_word_is_silent(
    tmp_path: Path, own: str, shown: list[str]
) -> None:
    _write(tmp_path, "base", "updates: {quality_deferral_days: 0, drivers: exclude}")
    _write(tmp_path, "ring", "updates: {quality_deferral_days: 7, drivers: exclude}")
    _write(tmp_path, "web", "extends: [base, ring]", own)
    told = [str(item) for item in _load(tmp_path, "web").overridden]

    assert len(told) == bool(shown)
    assert all(part in told[0] for part in shown)


def test_a_base_may_carry_a_part_of_the_target(tmp_path: Path) -> None:
    _write(tmp_path, "site", "base: true", "target: {time_zone: Europe/Rome}")
    target = "target: {platform: azure-arc, os: windows-server-2025-standard}"
    web = ("extends: [site]", "title: Web", "orchestration: manual", target)
    _write(tmp_path, "web", *web)
    site, profile = _load(tmp_path, "site"), _load(tmp_path, "web")

    assert (site.findings, site.is_base) == ((), True)
    assert site.profile is not None
    assert (profile.findings, profile.is_base) == ((), False)
    assert _value(profile, "target", "time_zone") == "Europe/Rome"


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        (("target: {time_zone: Europe/Rome}",), "GP011"),
        (("base: false", "target: {time_zone: Europe/Rome}"), "GP011"),
        (("base: true", "target: {time_zone: Rome}"), "GP013"),
        (("base: true", "target: {timezone: Europe/Rome}"), "GP010"),
        (("base: true", "target: azure-arc"), "GP013"),
        (("base: maybe",), "GP013"),
        (("base: false",), "GP011"),
    ],
)
def test_what_a_target_needs_is_asked_of_all_but_a_base(
    tmp_path: Path, lines: tuple[str, ...], rule: str
) -> None:
    _write(tmp_path, "site", *lines)
    found = {item.id for item in _load(tmp_path, "site").findings}

    assert rule in found, found


def test_a_base_with_a_whole_target_is_a_base_and_nobody_inherits_that(tmp_path: Path) -> None:
    target = "target: {platform: azure-arc, os: windows-server-2025-standard}"
    _write(tmp_path, "site", "base: true", "title: Site", "orchestration: manual", target)
    _write(tmp_path, "web", "extends: [site]", "title: Web")

    assert _load(tmp_path, "site").is_base
    assert _load(tmp_path, "web").findings == ()
    assert not _load(tmp_path, "web").is_base


def test_a_part_of_a_target_that_only_a_base_gives_is_told(tmp_path: Path) -> None:
    _write(tmp_path, "site", "base: true", "target: {time_zone: Europe/Rome}")
    _write(tmp_path, "web", "extends: [site]", "title: Web", "orchestration: manual")
    found = _load(tmp_path, "web").findings

    assert {item.id for item in found} == {"GP011"}
