"""Every setting word, a row beside the schema: what it writes and where it is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gpogen.catalog.policies import Status, policies
from gpogen.compile.words import policies_of
from gpogen.profile.fields import KEYWORDS
from gpogen.profile.schema import Profile
from gpogen.profile.sections import Vbs
from gpogen.profile.setting import SettingWord, elements, setting_words
from tests.support.profiles import OS_2022, OS_2025, checked, compiled, effects, ids

ROOT = Path(__file__).resolve().parents[2]
RECIPE = "see 'How to add a setting word' in CONTRIBUTING.md"
WRITES: dict[str, dict[str | int, dict[str, object]]] = {
    "secure_boot.certificates": {"deploy": {"AvailableUpdatesPolicy": 22852}},
    "updates.drivers": {
        "exclude": {"ExcludeWUDriversInQualityUpdate": 1},
        "include": {"ExcludeWUDriversInQualityUpdate": 0},
    },
    "updates.optional_content": {
        "none": {"SetAllowOptionalContent": 0, "AllowOptionalContent": "delete"},
        "automatic-with-rollouts": {"SetAllowOptionalContent": 1, "AllowOptionalContent": 1},
        "automatic": {"SetAllowOptionalContent": 1, "AllowOptionalContent": 2},
        "user-choice": {"SetAllowOptionalContent": 1, "AllowOptionalContent": 3},
    },
    "updates.delivery_optimization": {
        "http-only": {"DODownloadMode": 0},
        "lan": {"DODownloadMode": 1},
        "group": {"DODownloadMode": 2},
        "internet": {"DODownloadMode": 3},
        "simple": {"DODownloadMode": 99},
    },
    "updates.quality_deferral_days": {
        0: {
            "DeferQualityUpdates": 0,
            "DeferQualityUpdatesPeriodInDays": "delete",
            "PauseQualityUpdatesStartTime": "delete",
        },
        7: {
            "DeferQualityUpdates": 1,
            "DeferQualityUpdatesPeriodInDays": 7,
            "PauseQualityUpdatesStartTime": "",
        },
    },
    "updates.pause_button": {
        "hidden": {"SetDisablePauseUXAccess": 1},
        "shown": {"SetDisablePauseUXAccess": 0},
    },
    "updates.feature_updates": {
        "hold": {
            "TargetReleaseVersion": 1,
            "ProductVersion": "",
            "TargetReleaseVersionInfo": "hold",
        },
        "windows-server-2025": {
            "TargetReleaseVersion": 1,
            "ProductVersion": "",
            "TargetReleaseVersionInfo": "2025",
        },
    },
}
"""What each word writes on Windows Server 2025, as the Group Policy editor would: name and data."""
WORDS = {word.path: word for word in setting_words(Profile)}
EACH = [(path, said) for path, rows in WRITES.items() for said in rows]


def body(path: str, said: object) -> str:
    section, name = path.split(".")
    allow = "allow: [{rule: HP015, why: this is about every word}]\n"
    known = said in ("automatic", "automatic-with-rollouts")
    return f"{section}: {{{name}: {said}}}\n{allow if known else ''}"


def test_every_setting_word_has_its_expected_records() -> None:
    missing = [
        f"{path}: {said}"
        for path, word in WORDS.items()
        for said in word.row.examples
        if said not in KEYWORDS and said not in WRITES.get(path, {})
    ]

    assert missing == [], f"add to WRITES what these write; {RECIPE}"
    assert set(WRITES) == set(WORDS), "WRITES has words that the schema does not have"


@pytest.mark.parametrize(("path", "said"), EACH)
def test_a_word_writes_its_records_and_no_others(path: str, said: str | int) -> None:
    assert effects(compiled(body(path, said)).policy) == WRITES[path][said]


@pytest.mark.parametrize("path", WORDS)
def test_a_word_taken_back_deletes_what_it_writes_and_left_alone_writes_nothing(path: str) -> None:
    names = {name for rows in WRITES[path].values() for name in rows}

    assert effects(compiled(body(path, "remove")).policy) == dict.fromkeys(names, "delete")
    assert compiled(body(path, "unmanaged")).policy == ()


@pytest.mark.parametrize("path", WORDS)
def test_a_word_names_an_offered_policy_and_its_elements(path: str) -> None:
    row = WORDS[path].row
    policy = policies().get(row.policy)

    assert policy is not None, f"{row.policy} is not in the catalog; {RECIPE}"
    assert policy.status is Status.OFFERED
    known = {element.name for element in policy.definitions[-1].elements}
    named = {name for writes in row.words.values() for name in writes.values}
    named |= {row.number.element} if row.number is not None else set()
    assert named <= known, f"{row.policy} has the elements {', '.join(sorted(known))}"


@pytest.mark.parametrize("path", WORDS)
def test_a_word_is_refused_or_written_by_what_the_system_has(path: str) -> None:
    said = next(iter(WORDS[path].row.words))
    for os, family in ((OS_2022, "windows-server-2022"), (OS_2025, "windows-server-2025")):
        applies = policies()[WORDS[path].row.policy].applies_to(family)
        assert ("GP032" in ids(checked(body(path, said), os=os))) is not applies


@pytest.mark.parametrize("path", WORDS)
def test_the_page_about_profiles_has_a_line_for_the_word(path: str) -> None:
    line = _page_line(WORDS[path])

    assert line, f"docs/profile.md has no line that begins with | `{WORDS[path].name}`; {RECIPE}"
    told = set(re.findall(r"`([^`]+)`", line))
    words = {word for word in WORDS[path].row.words if isinstance(word, str)}
    assert words <= told, f"name the words in docs/profile.md: {', '.join(sorted(words - told))}"


def _page_line(word: SettingWord) -> str:
    lines = (ROOT / "docs" / "profile.md").read_text("utf-8").splitlines()
    begin = rf"\| `(?:{word.section}\.)?{word.name}`"
    return next((line for line in lines if re.match(begin, line)), "")


@pytest.mark.parametrize("path", WORDS)
def test_a_list_of_profiles_tells_the_word(path: str) -> None:
    row, name = WORDS[path].row, WORDS[path].name
    for said in row.examples:
        told = row.told(name, said)
        assert str(said) in told or (row.number is not None and said in (0, *KEYWORDS))
        assert "_" not in told


def test_one_day_is_told_as_one_and_none_not_at_all() -> None:
    row = WORDS["updates.quality_deferral_days"].row

    assert [row.told("x", days) for days in (0, 1, 2)] == [
        "",
        "quality deferral 1 day",
        "quality deferral 2 days",
    ]


def test_the_importer_looks_for_the_policies_of_each_section() -> None:
    assert policies_of("restart") == (
        "WindowsUpdate.AlwaysAutoRebootAtScheduledTime",
        "WindowsUpdate.NoAutoRebootWithLoggedOnUsers_Title",
        "WindowsUpdate.ComplianceDeadline",
        "WindowsUpdate.ActiveHours",
    )
    assert policies_of("vbs") == ("DeviceGuard.VirtualizationBasedSecurity",)
    assert policies_of("secure_boot") == ("SecureBoot.SecureBoot_AvailableUpdatesPolicy",)
    assert {word.row.policy for word in WORDS.values() if word.section == "updates"} < set(
        policies_of("updates")
    )


@pytest.mark.parametrize("name", elements(Vbs))
def test_every_element_of_vbs_is_one_of_the_policy_with_that_data(name: str) -> None:
    row = elements(Vbs)[name]
    policy = policies()["DeviceGuard.VirtualizationBasedSecurity"]
    element = policy.definitions[-1].element(row.element)

    assert element is not None
    assert row.element in policy.safe
    allowed = [item.value.data for item in element.items] or [True, False]
    assert set(row.words.values()) == set(allowed)


def test_the_safe_set_is_every_element_of_the_policy() -> None:
    policy = policies()["DeviceGuard.VirtualizationBasedSecurity"]

    assert list(policy.safe) == [element.name for element in policy.definitions[-1].elements]
