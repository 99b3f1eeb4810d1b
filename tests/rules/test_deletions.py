"""What deletes more than a policy's own values needs the author's word."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpogen.finding import Severity
from gpogen.formats import pol
from gpogen.formats.subkeys import delete_key
from gpogen.policy.records import Record, delete_value
from gpogen.policy.types import Action, Hive
from gpogen.rules.deletions import RULE
from gpogen.workspace.foreign import judge_foreign
from gpogen.workspace.target import ForeignTarget
from tests.support.profiles import checked

WU = r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"


def severities(*items: str, head: str = "", **more: str) -> list[Severity]:
    body = "vbs: {enforce: policy+registry}\n" + head
    found = checked(body + "registry:\n" + "".join(f"  - {item}\n" for item in items), **more)
    return [item.severity for item in found.findings if item.id == RULE]


def keys(parent: str, *names: str) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    return f"{{key: '{parent}', action: delete-keys, data: [{listed}]}}"


@pytest.mark.parametrize(
    ("parent", "name"),
    [
        (r"HKLM\SYSTEM", "CurrentControlSet"),
        (r"hklm\system", "controlset001"),
        (r"HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001", "Services"),
        (r"HKLM\SYSTEM\CurrentControlSet\Services", "Contoso"),
        (r"HKLM\SOFTWARE", "Microsoft"),
        (r"HKLM\Software", "WOW6432Node"),
        (r"HKLM\SOFTWARE\WOW6432Node", "Microsoft"),
        (r"HKLM\SOFTWARE\Wow6432Node\Microsoft", "Windows"),
        (r"HKLM\SOFTWARE", "Policies"),
        (r"HKLM\SOFTWARE\Policies", "Microsoft"),
        (r"HKLM\SOFTWARE\Policies\Microsoft", "Windows"),
        (r"HKLM\SOFTWARE\Policies\Microsoft", "windows nt"),
        (r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion", "Policies"),
        (r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies", "System"),
        (r"HKLM\SOFTWARE", "Classes"),
        (r"HKLM\SAM", "SAM"),
        (r"HKLM\BCD00000000", "Objects"),
        (r"HKCU\Software", "Microsoft"),
        (r"HKCU\Software", "Policies"),
        (r"HKCU\Control Panel", "Desktop"),
        (r"HKLM\SOFTWARE", r"Policies\Microsoft"),
        # In files that Windows made a name is a whole path.
        (r"HKLM\SOFTWARE\Policies\Contoso", r"SYSTEM\CurrentControlSet"),
        (r"HKLM\SOFTWARE\Policies\Contoso", "System"),
        (r"HKLM\SOFTWARE\Contoso", "Old"),
    ],
)
def test_a_deletion_of_more_than_a_policy_key_is_an_error(parent: str, name: str) -> None:
    found = severities(
        keys(parent, "harmless", name) if "Policies" in parent else keys(parent, name)
    )

    assert Severity.ERROR in found


@pytest.mark.parametrize(
    ("parent", "name"),
    [
        (rf"HKLM\{WU}", "AU"),
        (r"HKLM\SOFTWARE\Policies\Microsoft\Windows", "WindowsUpdate"),
        (r"HKLM\SOFTWARE\Policies\Microsoft", "Edge"),
        (r"HKLM\software\policies", "Contoso"),
        (r"HKLM\SOFTWARE\WOW6432Node\Policies\Contoso", "Old"),
        (r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies", "Contoso"),
        (r"HKCU\Software\Policies\Contoso", "Old"),
        (r"HKLM\SOFTWARE\Policies\Contoso", r"Software\Policies\Contoso\Old"),
    ],
)
def test_a_deletion_of_a_policys_own_key_is_none(parent: str, name: str) -> None:
    assert severities(keys(parent, name)) == []


@pytest.mark.parametrize("action", ["delete-values", "secure-key"])
def test_emptying_and_locking_a_key_are_judged_like_deleting_it(action: str) -> None:
    data = ", data: 1" if action == "secure-key" else ""

    def of(key: str) -> list[Severity]:
        return severities(f"{{key: '{key}', action: {action}{data}}}")

    assert of(r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa") == [Severity.ERROR]
    assert of(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon") == [Severity.ERROR]
    assert of(r"HKLM\SOFTWARE\Contoso") == [Severity.ERROR]
    assert of(rf"HKLM\{WU}") == []


@pytest.mark.parametrize(
    ("key", "shared"),
    [
        (r"SYSTEM\CurrentControlSet\Control\Lsa", True),
        (r"SOFTWARE\Policies", True),
        (r"SOFTWARE\Policies\Microsoft\Windows", True),
        (r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System", True),
        ("SOFTWARE", True),
        ("Contoso", True),
        (r"SOFTWARE\Contoso", False),
        (r"Contoso\Old", False),
    ],
)
def test_it_says_whether_others_store_values_in_the_key(key: str, shared: bool) -> None:
    body = f"registry:\n  - {{key: 'HKLM\\{key}', action: delete-values}}\n"
    (found,) = [item for item in checked(body).findings if item.id == RULE]

    assert ("Windows or other policies store values there" in found.message) is shared
    assert ("it is not a policy key" in found.message) is not shared


@pytest.mark.parametrize("via", ["policy", "preference"])
def test_deleting_one_value_of_windows_is_a_warning_and_of_another_nothing(via: str) -> None:
    def of(key: str, name: str) -> list[Severity]:
        return severities(f"{{key: '{key}', name: {name}, action: delete, via: {via}}}")

    winlogon = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon"
    memory = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management"
    assert of(winlogon, "Userinit") == [Severity.WARNING]
    assert of(r"HKLM\System\ControlSet001\Services\Dnscache", "ImagePath") == [Severity.WARNING]
    assert of(memory, "HotPatchTableSize") == []
    assert of(r"HKLM\SOFTWARE\Contoso", "Old") == []
    assert of(rf"HKLM\{WU}", "TargetGroup") == []


def test_allow_silences_it_with_the_reason() -> None:
    body = "vbs: {enforce: policy+registry}\nregistry:\n  - " + keys(r"HKLM\SOFTWARE", "Contoso")
    allowed = f"\nallow: [{{rule: {RULE}, why: the vendor is gone}}]\n"

    assert checked(body).compiled is None
    found = checked(body + allowed)

    assert found.compiled is not None
    assert [item.why for item in found.allowed] == ["the vendor is gone"]


def test_an_unspecified_target_is_no_way_round_it() -> None:
    text = "gpogen: 1\nname: stdin\ntitle: T\ntarget: unspecified\nregistry:\n  - "
    from gpogen.profile.load import Loader
    from gpogen.rules.check import check

    found = check(Loader().load_bytes((text + keys(r"HKLM\SYSTEM", "Setup") + "\n").encode()))
    assert [item.id for item in found.findings] == [RULE]
    assert found.compiled is None


@pytest.mark.parametrize("side", ["Machine", "User"])
def test_a_foreign_policy_is_judged_too_on_either_side(side: str, tmp_path: Path) -> None:
    hive = Hive.HKCU if side == "User" else Hive.HKLM
    records = [
        delete_key(hive, r"SOFTWARE\Microsoft"),
        delete_key(hive, r"SOFTWARE\Contoso\Old"),
        Record(hive, r"SOFTWARE\Policies\Contoso", "", Action.DELETE_VALUES),
        delete_value(hive, r"SOFTWARE\Microsoft\Windows\CurrentVersion\Run", "X"),
    ]
    file = tmp_path / side / "registry.pol"
    file.parent.mkdir()
    file.write_bytes(pol.encode(pol.from_records(records)))

    found = judge_foreign(str(file), ForeignTarget()).findings

    told = [(item.at.line if item.at else 0, item.severity) for item in found if item.id == RULE]
    assert told == [(1, Severity.ERROR), (2, Severity.WARNING), (4, Severity.WARNING)]


@pytest.mark.parametrize(("action", "count"), [("D", 1), ("R", 1), ("U", 0), ("C", 0)])
def test_a_preference_that_deletes_or_replaces_a_key_is_seen(
    action: str, count: int, tmp_path: Path
) -> None:
    from gpogen.reading.read import read_input
    from gpogen.workspace.foreign import _judge

    xml = (
        '<?xml version="1.0"?><RegistrySettings clsid="{A3CCFC41-DFDB-43a5-8D26-0FE8B954DA51}">'
        '<Registry clsid="{9CD4B2F4-923D-47f5-A062-E897DD1DAD50}" name="X" uid="{0}">'
        f'<Properties action="{action}" hive="HKEY_LOCAL_MACHINE" '
        'key="SYSTEM\\CurrentControlSet\\Services\\" name="" type="REG_SZ" value=""/>'
        "</Registry></RegistrySettings>"
    )
    file = tmp_path / "Registry.xml"
    file.write_text(xml)

    found = _judge(read_input(str(file)), ForeignTarget())

    assert [item.severity for item in found if item.id == RULE] == [Severity.ERROR] * count
