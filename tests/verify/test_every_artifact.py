"""Every artifact that carries policy gives back what it was made from, whatever that is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpogen.artifacts.all import MODULES, load
from gpogen.artifacts.choice import chosen
from gpogen.compile.result import Compiled
from gpogen.errors import FormatError
from gpogen.formats import pol
from gpogen.outputs.tree import render_tree
from gpogen.policy.records import Record, set_value
from gpogen.policy.types import Hive, RegType, Via
from gpogen.profile.schema import OUTPUTS
from gpogen.verify.gaps import gaps
from gpogen.verify.selfcheck import assert_same
from tests.artifacts.factory import compiled, header, traced
from tests.formats.hostile import RECORDS, TEXTS
from tests.formats.strategies import POLICY
from tests.support.profiles import shipped

SYSTEM = header(os="windows-server-2025-datacenter", os_title="Windows Server 2025 Datacenter")
CARRYING = [
    name
    for name in MODULES
    if load(name).expected is not None and name not in ("test-script", "sconfig", "wmi")
]


def is_written(record: Record) -> bool:
    """Tell whether registry.pol, and so a GPO, can hold a record."""
    try:
        return pol.to_records(pol.from_records([record]), record.hive) == [record]
    except FormatError:
        return False


def made(records: list[Record], why: str = "") -> Compiled:
    policy = tuple(traced(record, why=why) for record in filter(is_written, records))
    direct = tuple(item for item in policy if item.record.hive is Hive.HKLM)
    head = replace(SYSTEM, why=why)
    return compiled(policy=policy, direct=direct, header=head, outputs=OUTPUTS)


def check(profile: Compiled) -> None:
    files = {path: file.data for path, (file, _) in render_tree(profile, CARRYING).items()}
    assert_same(profile, files, [name for name in chosen(profile) if name in CARRYING])


@pytest.mark.parametrize("profile", shipped(), ids=lambda item: item.header.name)
def test_of_the_shipped_profiles(profile: Compiled) -> None:
    check(replace(profile, outputs=OUTPUTS))


@settings(max_examples=200, deadline=None)
@given(POLICY, st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_of_200_policies(records: list[Record], why: str) -> None:
    check(made(records, why))


def test_of_hostile_texts() -> None:
    check(made(list(RECORDS), "\n".join(TEXTS)))


def test_every_loss_is_told_by_the_build() -> None:
    odd = [
        set_value(Hive.HKLM, "X", "E", RegType.EXPAND_SZ, "%x%"),
        set_value(Hive.HKLM, "X", "B", RegType.DWORD_BIG_ENDIAN, 1),
        set_value(Hive.HKLM, "X", "S", RegType.SZ, "a\r\nb"),
    ]

    profile = made(odd)
    told = {line.partition("/")[0]: line for line in gaps(profile)}

    for name in CARRYING:
        artifact = load(name)
        if not artifact.form:
            continue
        lost = len(load_losses(artifact.form, profile))
        assert (f"{lost} record" in told.get(name, "")) is bool(lost), (name, told)


def load_losses(form: str, profile: Compiled) -> tuple[object, ...]:
    from gpogen.formats.all import load as load_format

    direct = form in ("reg", "dsc", "osconfig", "ansible")
    items = profile.direct if direct else profile.policy
    return load_format(form).losses([item.record for item in items])


def test_preferences_come_back_with_policies_of_the_same_name() -> None:
    record = set_value(Hive.HKLM, "X", "A", RegType.DWORD, 1)
    other = replace(record, via=Via.PREFERENCE)

    check(replace(made([record]), preferences=(traced(other),)))
