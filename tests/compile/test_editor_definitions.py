"""Definitions that the catalog may have one day: an ADMX leaves out what has a default."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gpogen.catalog.policies import Definition, Kind, ListEntry, Policy, RegValue, policies
from gpogen.compile.drafts import Findings
from gpogen.compile.editor import write_policy
from gpogen.compile.request import PolicyRequest
from gpogen.finding import Place
from gpogen.policy.records import delete_value, set_value
from gpogen.policy.types import Hive, RegType
from gpogen.profile.setting import State

AT = Place(file="profiles/x.yaml", line=3, col=1)
ONE, FIVE = RegValue(type=RegType.DWORD, data=1), RegValue(type=RegType.DWORD, data=5)


def definition(policy: Policy) -> Definition:
    return policy.definitions[0]


def policy_with(kind: Kind) -> tuple[Policy, Definition]:
    """Return a policy of the catalog that has such an element, and its definition."""
    for policy in policies().values():
        for found in policy.definitions:
            if any(item.kind is kind for item in found.elements):
                return policy, found
    raise AssertionError(kind)


def written(
    policy: Policy, found: Definition, state: State, **values: int
) -> tuple[list[object], list[str]]:
    findings = Findings()
    request = PolicyRequest(policy="X.Y", state=state, at=AT, values=values)
    drafts = write_policy(policy, found, request, findings)
    return [draft.record for draft in drafts], [item.id for item in findings.items]


@pytest.mark.parametrize(
    ("state", "enabled", "disabled", "data"),
    [
        ("enabled", None, None, 1),
        ("enabled", FIVE, None, 5),
        ("disabled", None, None, None),
        ("disabled", FIVE, ONE, 1),
        ("remove", None, None, None),
        ("remove", FIVE, ONE, None),
    ],
)
def test_a_policy_without_an_enabled_value_writes_one_and_without_a_disabled_value_deletes(
    state: State, enabled: RegValue | None, disabled: RegValue | None, data: int | None
) -> None:
    policy = next(iter(policies().values()))
    found = replace(
        definition(policy),
        value_name="Own",
        enabled=enabled,
        disabled=disabled,
        enabled_list=(),
        disabled_list=(),
        elements=(),
    )
    hive = Hive.HKCU if policy.policy_class == "User" else Hive.HKLM
    wanted = (
        delete_value(hive, found.key, "Own")
        if data is None
        else set_value(hive, found.key, "Own", RegType.DWORD, data)
    )

    assert written(policy, found, state) == ([wanted], [])


@pytest.mark.parametrize("state", ["enabled", "disabled", "remove"])
def test_entries_of_a_list_come_after_the_own_value_and_before_the_elements(state: State) -> None:
    policy, found = policy_with(Kind.DECIMAL)
    entry = ListEntry(
        key=found.key, name="Listed", value=FIVE, meaning="", absent=None, absent_source=None
    )
    found = replace(
        found, value_name="Own", enabled=ONE, disabled=ONE, enabled_list=(entry,), disabled_list=()
    )
    findings = Findings()
    values = {item.name: item.max or 0 for item in found.elements if item.kind is Kind.DECIMAL}
    request = PolicyRequest(policy="X.Y", state=state, at=AT, values=values)

    drafts = write_policy(policy, found, request, findings)

    names = [draft.record.name for draft in sorted(drafts, key=lambda draft: draft.rank)]
    assert names[:2] == ["Own", "Listed"]
    assert [draft.rank[-2] for draft in drafts[:2]] == [0, 1]
    assert all(draft.rank[-2] == 2 for draft in drafts[2:])


@pytest.mark.parametrize(
    ("number", "allowed"), [(-1, False), (0, True), (0xFFFFFFFF, True), (1 << 32, False)]
)
def test_a_number_without_bounds_is_any_dword(number: int, allowed: bool) -> None:
    policy, found = policy_with(Kind.DECIMAL)
    element = next(item for item in found.elements if item.kind is Kind.DECIMAL)
    free = replace(element, min=None, max=None, items=(), required=False)
    found = replace(found, value_name=None, enabled_list=(), disabled_list=(), elements=(free,))

    records, ids = written(policy, found, "enabled", **{free.name: number})

    assert ids == ([] if allowed else ["GP035"])
    assert len(records) == int(allowed)
