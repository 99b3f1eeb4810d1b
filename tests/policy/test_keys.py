"""Registry key names as people write them."""

from __future__ import annotations

import pytest

from gpogen.policy.keys import check_key, check_name, is_policy_key, split_key, utf16_length
from gpogen.policy.types import Hive


@pytest.mark.parametrize(
    ("text", "hive"),
    [
        (r"HKLM\SOFTWARE\X", Hive.HKLM),
        (r"hklm:\SOFTWARE\X", Hive.HKLM),
        (r"HKEY_LOCAL_MACHINE\SOFTWARE\X", Hive.HKLM),
        (r"HKCU\SOFTWARE\X", Hive.HKCU),
        (r"HKEY_CURRENT_USER:\SOFTWARE\X", Hive.HKCU),
    ],
)
def test_a_key_has_one_of_two_hives(text: str, hive: Hive) -> None:
    assert split_key(text) == (hive, r"SOFTWARE\X")


@pytest.mark.parametrize("text", ["SOFTWARE\\X", "HKCR\\X", "HKLM", "", "HKLM/X"])
def test_no_other_hive_is_taken(text: str) -> None:
    with pytest.raises(ValueError, match=r"start with HKLM"):
        split_key(text)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "an empty part"),
        ("a\\", "an empty part"),
        ("\\a", "an empty part"),
        ("a\\\\b", "an empty part"),
        ("C:\\a", "one hive"),
        ("HKLM\\a", "one hive"),
        ("hkcu", "one hive"),
        ("HKEY_USERS\\a", "one hive"),
        ("a\nb", "control characters"),
        ("a\x1fb", "control characters"),
        ("a\ud800", "control characters"),
        ("x" * 256, "at most 255"),
        ("a\\" + "x" * 256, "at most 255"),
        ("\U0001f600" * 128, "at most 255"),
    ],
)
def test_what_is_no_key_is_refused(key: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_key(key)


@pytest.mark.parametrize(
    "key", ["a", "a b\\c", "x" * 255, "a\\b:c", "a\\HKLM", "hkey", "a\\hkey_x"]
)
def test_what_is_a_key_is_taken(key: str) -> None:
    check_key(key)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a\0", "control characters"),
        ("x" * 260, "at most 259"),
        ("**del.X", r"starts with \*\*, which marks an instruction"),
        ("**", r"starts with \*\*, which marks an instruction"),
    ],
)
def test_what_is_no_name_is_refused(name: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_name(name)


@pytest.mark.parametrize("name", ["", "*", "a**", "x" * 259, "a\\b"])
def test_what_is_a_name_is_taken(name: str) -> None:
    check_name(name)


def test_a_text_is_counted_in_units_of_16_bits() -> None:
    assert [utf16_length(text) for text in ("", "aé", "\U0001f600", "\ud800")] == [0, 2, 2, 1]
    assert isinstance(utf16_length("a"), int)


@pytest.mark.parametrize(
    ("key", "taken"),
    [
        (r"Software\Policies", True),
        (r"SOFTWARE\POLICIES\Microsoft", True),
        (r"Software\Microsoft\Windows\CurrentVersion\Policies\System", True),
        (r"Software\PoliciesX", False),
        (r"Software\Microsoft\Windows\CurrentVersion", False),
        (r"System\CurrentControlSet\Policies", False),
    ],
)
def test_only_values_below_the_policy_keys_are_taken_back(key: str, taken: bool) -> None:
    assert is_policy_key(key) is taken
