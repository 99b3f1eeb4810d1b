"""Names of keys and values at their limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.policy.keys import (
    MAX_KEY,
    MAX_NAME,
    check_key,
    check_name,
    is_policy_key,
    split_key,
    utf16_length,
)
from gpogen.policy.types import Hive

PARTS = st.text("aZ09 .;]-é😀", min_size=1, max_size=6)
HIVES = {"HKLM": "HKEY_LOCAL_MACHINE", "HKCU": "HKEY_CURRENT_USER"}


@given(st.sampled_from(list(Hive)), st.lists(PARTS, min_size=1, max_size=4), st.booleans())
def test_every_spelling_of_a_hive_is_split_off_and_the_key_stays(
    hive: Hive, parts: list[str], lower: bool
) -> None:
    key = "\\".join(parts)

    for name in (hive, HIVES[hive]):
        for colon in ("", ":"):
            spelt = name.lower() if lower else str(name)
            assert split_key(f"{spelt}{colon}\\{key}") == (hive, key)


@pytest.mark.parametrize(
    "text",
    ["", "HKLM", "HKLM:", r"HKU\X", r"\HKLM\X", r"HKLM::\X", r"Software\X", "HKLM/X", r"HKLM \X"],
)
def test_a_key_without_a_hive_of_group_policy_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"a key must start with HKLM\\ or HKCU\\$"):
        split_key(text)


@pytest.mark.parametrize("key", ["", "\\", "a\\", "\\a", "a\\\\b"])
def test_a_key_has_no_empty_part(key: str) -> None:
    for check in (lambda: check_key(key), lambda: split_key(f"HKLM\\{key}")):
        with pytest.raises(ValueError, match="cannot have an empty part"):
            check()


@pytest.mark.parametrize("key", ["C:\\a", "hklm\\a", "HKCU", "HKEY_USERS\\a", "hkey_x", "a:b\\c"])
def test_a_key_carries_no_second_hive_or_drive(key: str) -> None:
    with pytest.raises(ValueError, match="must have exactly one hive, at the start"):
        check_key(key)


@pytest.mark.parametrize("key", ["a\\C:", "a\\hklm", "hklmx\\a", "hke\\a", "a\\HKCU", "xhkey_"])
def test_behind_its_first_part_a_key_may_say_anything(key: str) -> None:
    check_key(key)


@pytest.mark.parametrize("char", ["\0", "\n", "\x1f", "\ud800", chr(0xDFFF)])
def test_control_characters_and_half_characters_are_refused(char: str) -> None:
    with pytest.raises(ValueError, match="a key cannot have control characters"):
        check_key(f"a\\b{char}")
    with pytest.raises(ValueError, match="a value name cannot have control characters"):
        check_name(f"b{char}")


@pytest.mark.parametrize("char", [" ", "~", "\x7f", "\ud7ff", "\ue000"])
def test_the_characters_beside_them_are_not(char: str) -> None:
    check_key(f"a\\b{char}")
    check_name(f"b{char}")


@pytest.mark.parametrize(("char", "units"), [("a", 1), ("\u4e00", 1), ("😀", 2), ("\ud800", 1)])
def test_lengths_are_counted_in_16_bit_units(char: str, units: int) -> None:
    assert utf16_length(char * 3) == 3 * units


def test_each_part_of_a_key_has_its_own_limit() -> None:
    assert (MAX_KEY, MAX_NAME) == (255, 259)
    check_key("\\".join(["k" * 255] * 3))
    for key in ("k" * 256, "a\\" + "k" * 256, "a\\" + "😀" * 128):
        with pytest.raises(ValueError, match="at most 255 characters"):
            check_key(key)


def test_a_value_name_has_its_limit() -> None:
    check_name("")
    check_name("n" * 259)
    for name in ("n" * 260, "😀" * 130):
        with pytest.raises(ValueError, match="at most 259 characters"):
            check_name(name)


@pytest.mark.parametrize("name", ["**del.A", "**", "**delvals."])
def test_a_value_name_is_no_instruction_of_registry_pol(name: str) -> None:
    with pytest.raises(ValueError, match="use `action:`"):
        check_name(name)


@pytest.mark.parametrize("name", ["*", "a**", "* *", "(default)"])
def test_stars_elsewhere_are_a_name(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("Software\\Policies", True),
        ("SOFTWARE\\policies\\Microsoft", True),
        ("Software\\Policies2\\X", False),
        ("Software\\Microsoft\\Windows\\CurrentVersion\\Policies", True),
        ("Software\\Microsoft\\Windows\\CurrentVersion\\Policies\\System", True),
        ("Software\\Microsoft\\Windows\\CurrentVersion\\PoliciesX", False),
        ("Software\\Microsoft\\Windows\\CurrentVersion", False),
        ("X\\Software\\Policies", False),
        ("", False),
    ],
)
def test_the_keys_of_policies_are_the_two_of_windows(key: str, expected: bool) -> None:
    assert is_policy_key(key) is expected
