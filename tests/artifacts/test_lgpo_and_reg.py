from __future__ import annotations

from gpogen.artifacts import lgpo_text, reg_file
from gpogen.compile.origin import Traced
from gpogen.formats import lgpo, reg
from gpogen.policy.types import Action, Hive, RegType
from tests.artifacts.factory import compiled, deletion, header, preference, value


def test_lgpo_text_holds_the_policy_of_both_sides() -> None:
    policy = (value("A"), deletion("B"), value("C", r"C:\x", RegType.SZ, hive=Hive.HKCU))

    (file,) = lgpo_text.emit(compiled(policy=policy))

    assert file.path == "lgpo/azlocal-ws2022-core.txt"
    assert lgpo.decode(file.data) == [item.record for item in policy]


def test_lgpo_text_names_what_it_cannot_hold() -> None:
    policy = (value("A"), value("B", (1 << 40).to_bytes(8, "little"), RegType.NONE))

    (file,) = lgpo_text.emit(compiled(policy=policy))

    assert file.data.startswith(b"; Not in this file: ")
    assert lgpo.decode(file.data) == [policy[0].record]


def test_a_profile_without_records_has_neither_lgpo_text_nor_reg_files() -> None:
    nothing = compiled(policy=())

    assert lgpo_text.emit(nothing) == ()
    assert reg_file.emit(nothing) == ()


def test_the_reg_files_set_the_direct_values_and_delete_them() -> None:
    direct = (value("A"), deletion("B"))

    there, back = reg_file.emit(compiled(direct=direct))

    assert there.path == "reg/azlocal-ws2022-core.reg"
    assert back.path == "reg/azlocal-ws2022-core-undo.reg"
    assert reg.decode(there.data) == [item.record for item in direct]
    (undone,) = reg.decode(back.data)
    assert (undone.name, undone.action) == ("A", Action.DELETE)


def test_the_reg_file_says_that_it_tattoos() -> None:
    text = reg_file.emit(compiled())[0].data.decode("utf-16")

    assert text.startswith("Windows Registry Editor Version 5.00\r\n\r\n; azlocal-ws2022-core, ")
    assert (
        "stay (tattoo) until somebody deletes them, for example with azlocal-ws2022-core-undo.reg"
    ) in text
    assert all(ord(char) < 128 for char in text)


def test_the_reg_file_holds_what_the_direct_route_holds_and_no_more() -> None:
    made = compiled(policy=(value("A"),), preferences=(preference("P"),), direct=(value("A"),))

    names = [record.name for record in reg.decode(reg_file.emit(made)[0].data)]

    assert names == ["A"]


def back(platform: str, *items: Traced) -> dict[str, object]:
    """What the undo does to each value: what it sets, or None for a deletion."""
    made = compiled(policy=items, header=header(platform=platform))
    _, undo = reg_file.emit(made)
    return {
        item.name: item.value if item.action is Action.SET else None
        for item in reg.decode(undo.data)
    }


def test_the_undo_of_a_mode_leaves_download_only() -> None:
    left = {"NoAutoUpdate": 0, "AUOptions": 3}
    for items in (
        (value("AUOptions", 4), value("NoAutoUpdate", 0)),
        (value("auoptions", 7),),
        (value("NoAutoUpdate", 1),),
    ):
        found = back("azure-arc", *items, value("ScheduledInstallDay", 1))
        assert found.pop("ScheduledInstallDay") is None
        assert {name: found[name] for name in left} == left


def test_the_undo_leaves_nothing_without_a_mode_or_on_an_azure_vm() -> None:
    assert back("azure-arc", value("ScheduledInstallDay", 1), deletion("AUOptions")) == {
        "ScheduledInstallDay": None
    }
    assert back("azure-arc", value("NoAutoUpdate", 0)) == {"NoAutoUpdate": None}
    assert back("azure-arc", value("AUOptions", 4, key=r"SOFTWARE\Other")) == {"AUOptions": None}
    assert back("azure-vm", value("AUOptions", 4), value("NoAutoUpdate", 0)) == {
        "AUOptions": None,
        "NoAutoUpdate": None,
    }
