"""Every day, element, side, platform, and orchestration: what the compiler makes of each."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from gpogen.catalog.policies import Element, Status, policies
from gpogen.compile.maintenance import maintenance
from gpogen.compile.result import RestartCause
from gpogen.finding import Finding
from gpogen.profile.load import Loader
from gpogen.profile.schema import ORCHESTRATIONS
from gpogen.profile.sections import DAYS, MODES
from gpogen.profile.weeks import WEEKS
from gpogen.rules.check import check
from tests.support.profiles import OS_2022, OS_2025, checked, compiled, effects


@pytest.mark.parametrize(("number", "day"), [*enumerate(("every-day", *DAYS))])
def test_each_day_is_its_number(number: int, day: str) -> None:
    body = f"updates: {{mode: install-on-schedule, schedule: {{day: {day}, at: '05:00'}}}}"
    written = effects(compiled(body).policy)

    assert written["ScheduledInstallDay"] == number
    assert written["ScheduledInstallTime"] == 5
    assert written["ScheduledInstallEveryWeek"] == 1


NAMES = {week: f"ScheduledInstall{week.capitalize()}Week" for week in WEEKS}
SOME = [chosen for size in (1, 2, 3, 4) for chosen in itertools.combinations(WEEKS, size)]


@pytest.mark.parametrize("chosen", SOME, ids=str)
def test_each_choice_of_weeks_ticks_those_alone(chosen: tuple[str, ...]) -> None:
    schedule = f"{{day: friday, at: '05:00', weeks: [{', '.join(chosen)}]}}"
    head = "allow: [{rule: HP032, why: this is about the records}]\n"
    body = f"{head}updates: {{mode: install-on-schedule, schedule: {schedule}}}"
    written = effects(compiled(body).policy)

    assert written["ScheduledInstallEveryWeek"] == "delete"
    ticked = {week for week, name in NAMES.items() if written[name] == 1}
    assert ticked == set(chosen)


ELEMENTS = [
    pytest.param(name, element, id=f"{name}-{element.name}")
    for name, policy in policies().items()
    if policy.status is Status.OFFERED and policy.applies_to("windows-server-2025")
    for element in policy.definitions[-1].elements
]


def faults(name: str, element: Element, value: object) -> list[Finding]:
    body = f"policies: [{{policy: {name}, state: enabled, values: {{{element.name}: {value}}}}}]"
    found = checked(body).findings
    return [
        one for one in found if one.id == "GP035" and f": {element.name} must be" in one.message
    ]


def edges(element: Element) -> tuple[list[int], list[int]]:
    """Return the numbers that an element takes, and those beside them."""
    if element.kind == "boolean":
        return [], [-1, 2]
    if element.items:
        right = [int(item.value.data) for item in element.items]
        return right, [max(right) + 1, min(right) - 1]
    low = 0 if element.min is None else element.min
    high = 2**32 - 1 if element.max is None else element.max
    return [low, high], [low - 1, high + 1]


@pytest.mark.parametrize(("name", "element"), ELEMENTS)
def test_an_element_takes_its_numbers_and_none_beside_them(name: str, element: Element) -> None:
    if element.kind == "text":
        for text, count in (("'x'", 0), ("1", 1), ("true", 1)):
            assert len(faults(name, element, text)) == count
        if element.max_length is not None:
            assert not faults(name, element, f"'{'x' * element.max_length}'")
            (found,) = faults(name, element, f"'{'x' * (element.max_length + 1)}'")
            assert f"must be at most {element.max_length} characters" in found.message
        return
    right, wrong = edges(element)
    for number in right:
        assert not faults(name, element, number), number
    for number in wrong:
        (found,) = faults(name, element, number)
        assert f"{element.name} must be {told(element)}; got {number}" in found.message


def told(element: Element) -> str:
    """Say by hand what an element allows."""
    if element.kind == "boolean":
        return "true, false"
    if not element.items:
        low, high = edges(element)[0]
        return f"{low} to {high}"
    numbers = sorted(edges(element)[0])
    named = any(item.display != str(item.value.data) for item in element.items)
    if named and len(numbers) <= 22:
        return ", ".join(f"{item.value.data} ({item.display})" for item in element.items)
    if numbers == [*range(numbers[0], numbers[0] + len(numbers))]:
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(map(str, numbers))


SIDES = tuple(itertools.product(("enabled", "disabled"), ("enabled", "disabled")))


@pytest.mark.parametrize(("computer", "user"), SIDES)
def test_values_on_a_disabled_side_are_counted(computer: str, user: str) -> None:
    values = "".join(
        f"  - {{key: '{key}\\SOFTWARE\\Policies\\X', name: {name}, type: dword, data: 1}}\n"
        for key, name in (("HKLM", "A"), ("HKCU", "A"), ("HKCU", "B"))
    )
    body = f"gpo: {{computer: {computer}, user: {user}}}\nregistry:\n{values}"
    found = [one for one in checked(body).findings if one.id == "GP038"]

    wanted = []
    if computer == "disabled":
        wanted.append(
            "the computer side is disabled: its 1 records have no effect, and gpogen checks no "
            "rules on the profile"
        )
    if user == "disabled":
        wanted.append("the user side is disabled: its 2 records have no effect")
    assert sorted(one.message for one in found) == sorted(wanted)
    for one in found:
        side = "computer" if "computer" in one.message else "user"
        assert one.fix == f"write `gpo: {{{side}: enabled}}`, or remove the values"


PLATFORMS = {
    "azure-local": OS_2025,
    "azure-vm": OS_2022,
    "azure-arc": "windows-server-2025-standard",
}


@pytest.mark.parametrize(("platform", "os"), PLATFORMS.items())
@pytest.mark.parametrize("mode", MODES)
def test_sconfig_has_a_plan_for_each_mode_but_on_an_azure_vm(
    platform: str, os: str, mode: str
) -> None:
    profile = f"updates: {{mode: {mode}}}\nallow: [{{rule: HP027, why: x}}]\n"
    result = checked(profile, platform=platform, os=os, orchestration="sconfig")
    if result.compiled is None:
        pytest.skip("its form is wrong; nothing to test there")
    plan = result.compiled.sconfig

    assert (plan is None) is (platform == "azure-vm")
    if plan is not None:
        assert plan.word == mode
        assert plan.no_auto_update == (mode == "off")


@pytest.mark.parametrize("who", ORCHESTRATIONS)
def test_only_update_manager_needs_a_maintenance_configuration(who: str) -> None:
    profile = checked("updates: {mode: download}", orchestration=who).loaded.profile
    assert profile is not None
    found = dict(maintenance(profile))

    assert bool(found) is (who == "azure-update-manager")
    if found:
        assert found["maintenanceScope"] == "InGuestPatch"


@pytest.mark.parametrize("data", [0, 1, 22851, 22852, 22853, 2**32 - 1])
def test_only_the_documented_number_deploys_the_certificates(data: int) -> None:
    key = r"HKLM\SYSTEM\CurrentControlSet\Control\SecureBoot"
    value = f"name: AvailableUpdatesPolicy, type: dword, data: {data}"
    made = checked(f"registry: [{{key: '{key}', {value}}}]").compiled
    if made is None:
        pytest.skip("its form is wrong; nothing to test there")

    assert (RestartCause.CERTIFICATES in made.facts.restart_causes) is (data == 22852)


def test_items_after_one_that_is_left_alone_are_written() -> None:
    items = "".join(
        f"  - {{key: 'HKLM\\SOFTWARE\\Policies\\X', name: {name}, {rest}}}\n"
        for name, rest in (
            ("A", "type: dword, data: 1"),
            ("B", "action: unmanaged"),
            ("C", "type: dword, data: 3"),
        )
    )

    assert effects(compiled(f"registry:\n{items}").policy) == {"A": 1, "C": 3}


def test_each_element_that_the_system_lacks_is_named() -> None:
    values = "{Wrong: 1, DODownloadMode: 0, Wrong2: 1}"
    policy = f"{{policy: DeliveryOptimization.DownloadMode, state: enabled, values: {values}}}"
    body = f"policies: [{policy}]"
    found = [one.message for one in checked(body).findings if "Wrong" in one.message]

    assert len(found) == 2


def test_a_conflict_with_an_inherited_value_offers_to_cancel_it(tmp_path: Path) -> None:
    twice = "policies:\n  - {policy: WindowsUpdate.DetectionFrequency_Title, state: enabled}\n"
    raw = (
        "registry:\n  - {key: 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate\\AU', "
        "name: DetectionFrequency, type: dword, data: 3}\n"
    )
    own = "target: {platform: azure-local, os: windows-server-2025-azure-edition}\n"
    own += "orchestration: third-party\n"
    (tmp_path / "base.yaml").write_text(f"gpogen: 1\nname: base\n{twice}", encoding="utf-8")
    child = tmp_path / "child.yaml"
    head = "gpogen: 1\nname: child\ntitle: C\n"
    child.write_text(f"{head}extends: [base]\n{own}{raw}", encoding="utf-8")
    inherited = [one for one in check(Loader(tmp_path).load(child)).findings if one.id == "GP030"]
    child.write_text(f"{head}{own}{twice}{raw}", encoding="utf-8")
    both = [one for one in check(Loader(tmp_path).load(child)).findings if one.id == "GP030"]

    assert [one.fix for one in both] == ["keep one of the two"]
    assert [one.fix for one in inherited] == [
        "keep one of the two, or cancel the inherited one here with `unmanaged`"
    ]
