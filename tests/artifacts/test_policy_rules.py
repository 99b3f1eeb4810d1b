from __future__ import annotations

from gpogen.artifacts import policy_rules
from gpogen.formats import policyrules
from gpogen.policy.types import Hive, RegType
from tests.artifacts.factory import compiled, deletion, header, value


def test_the_file_holds_the_policy_of_both_sides_under_the_name_of_the_gpo() -> None:
    policy = (value("A"), deletion("B"), value("C", r"C:\x", RegType.SZ, hive=Hive.HKCU))

    (file,) = policy_rules.emit(compiled(policy=policy, header=header(title="A & B")))

    assert file.path == "policyrules/azlocal-ws2022-core.PolicyRules"
    assert policyrules.decode(file.data) == [item.record for item in policy]
    assert file.data.count(b"<PolicyName>A &amp; B</PolicyName>") == len(policy)


def test_the_file_names_what_it_cannot_hold() -> None:
    policy = (value("A"), value("B", ("x",), RegType.MULTI_SZ))

    (file,) = policy_rules.emit(compiled(policy=policy))

    assert b"<!-- Not in this file: HKLM" in file.data
    assert policyrules.decode(file.data) == [policy[0].record]


def test_a_profile_without_records_has_no_such_file() -> None:
    assert policy_rules.emit(compiled(policy=())) == ()
