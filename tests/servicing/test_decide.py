"""The pure function over the whole product of its inputs, against a table written by hand."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest

from gpogen.servicing.answer import Conflict
from gpogen.servicing.decide import decide
from gpogen.servicing.situation import Azure, Block, From, Mode, Policy, Situation
from tests.servicing import table

_BLOCKS = {
    "blocked": frozenset({Block.INTERNET}),
    "no-access": frozenset({Block.ACCESS}),
    "no-service": frozenset({Block.SERVICE}),
}
Case = tuple[str, str, str, str, str, str, str]


def cases() -> Iterator[Case]:
    for platform in table.PLATFORMS:
        azure = table.AZURE if platform == "azure-vm" else table.ELSEWHERE
        yield from itertools.product(
            (platform,),
            table.ROLES,
            table.NAMED,
            table.MODES,
            table.RESTARTS,
            table.SOURCES,
            azure,
        )


def answer(case: Case) -> dict[str, object]:
    platform, role, named, mode, restart, source, azure = case
    unseen = source in ("no-access", "no-service")
    found = decide(
        Situation(
            platform=platform,
            role=role,
            named=None if named == "nobody" else named,
            possible=named not in table.MISSING.get(platform, "").split(" "),
            mode=Mode(mode),
            restart=Policy(restart),
            source=From.ABSENT if unseen else From(source),
            blocks=_BLOCKS.get(source, frozenset()),
            azure=Azure(*table.AZURE[azure]),
        )
    )
    return {
        "installers": [item.who.name.lower() for item in found.installers],
        "restarts": found.restarts.name.lower(),
        "source": found.source.name.lower(),
        "conflicts": sorted(item.name.lower() for item in found.conflicts),
    }


def wanted(case: Case) -> dict[str, object]:
    names = ("platform", "role", "named", "mode", "restart", "source", "azure")
    return table.expected(dict(zip(names, case, strict=True)))


def differences(chosen: Iterator[Case] | list[Case]) -> list[tuple[Case, object, object]]:
    found: list[tuple[Case, object, object]] = []
    for case in chosen:
        right, got = wanted(case), answer(case)
        if right != got:
            found.append((case, right, got))
    return found


def test_a_seeded_tenth_of_all_situations_gets_the_answer_of_the_table() -> None:
    every = list(cases())
    assert len(every) > 200_000

    assert differences(random.Random(15).sample(every, len(every) // 10))[:3] == []


@pytest.mark.slow
def test_every_situation_gets_the_answer_of_the_table() -> None:
    assert differences(cases())[:3] == []


def test_the_table_leaves_no_situation_without_an_answer() -> None:
    for case in random.Random(7).sample(list(cases()), 20_000):
        right = wanted(case)

        assert right["installers"]
        assert right["restarts"]
        assert right["source"]


def test_nobody_unknown_and_two_are_never_silent() -> None:
    """No combination falls through: only a foreign GPO that says nothing is left alone."""
    for case in random.Random(3).sample(list(cases()), 20_000):
        got = answer(case)
        installers = got["installers"]
        assert isinstance(installers, list)
        doubtful = len(installers) > 1 or installers[0] in ("nobody", "unknown")
        if doubtful and (case[2] != "nobody" or case[3] != "absent"):
            assert got["conflicts"], case


@pytest.mark.parametrize("source", From)
@pytest.mark.parametrize("named", [None, *(name for name in table.NAMED if name)])
def test_only_a_source_that_nothing_states_is_assumed(named: str | None, source: From) -> None:
    found = decide(Situation(named=named, source=source))

    if named in ("configmgr", "third-party"):
        wanted = From.CONFIGMGR if named == "configmgr" else From.UNKNOWN
    else:
        wanted = From.WINDOWS_UPDATE if source is From.ABSENT else source
    assert found.source is wanted
    by_default = source is From.ABSENT and named not in ("configmgr", "third-party")
    assert found.assumed is by_default


@pytest.mark.parametrize(
    "role", ["member", "domain-controller", "wsus-server", "cluster-nodes", "a"]
)
def test_only_a_cluster_node_is_one(role: str) -> None:
    def conflicts(role: str) -> frozenset[Conflict]:
        return decide(Situation(role=role, mode=Mode.SCHEDULE, named="group-policy")).conflicts

    assert Conflict.CLUSTER in conflicts("cluster-node")
    assert Conflict.CLUSTER not in conflicts(role)
