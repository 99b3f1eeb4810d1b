from __future__ import annotations

from gpogen.artifacts import registry_pol
from gpogen.artifacts.all import MODULES, load
from gpogen.formats import pol
from gpogen.policy.types import Hive, RegType
from tests.artifacts.factory import compiled, deletion, value


def test_a_side_without_records_has_no_file() -> None:
    (only,) = registry_pol.emit(compiled(policy=(value(),)))
    assert only.path == "machine/registry.pol"
    (only,) = registry_pol.emit(compiled(policy=(value(hive=Hive.HKCU),)))
    assert only.path == "user/registry.pol"
    assert registry_pol.emit(compiled(policy=())) == ()


def test_both_sides_hold_their_own_records_in_order() -> None:
    machine = (value("B"), deletion("A"), value("C", "text", RegType.SZ))
    user = (value("D", hive=Hive.HKCU),)
    files = registry_pol.emit(compiled(policy=machine + user))
    assert [file.path for file in files] == ["machine/registry.pol", "user/registry.pol"]
    names = [[entry.name for entry in pol.decode(file.data)] for file in files]
    assert names == [["B", "**del.A", "C"], ["D"]]


def test_every_listed_artifact_loads_under_its_own_name() -> None:
    for name in MODULES:
        assert name == load(name).id
