"""A situation is read from the values that a machine ends up with, each number of each value."""

from __future__ import annotations

import itertools

import pytest

from gpogen.catalog.effective import in_force
from gpogen.policy.data import encode_data
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType
from gpogen.servicing.azure import has_no_hotpatches, scheduled
from gpogen.servicing.effective import AU, SERVICE, WU
from gpogen.servicing.machines import Machines
from gpogen.servicing.read import situation_of
from gpogen.servicing.situation import Azure, Block, From, Mode, Policy, Situation, Timetable
from tests.support.profiles import checked

NUMBERS = (None, *range(-1, 26))
NOTHING = in_force((), lambda one: one)
CLASSES = ("Feature", "Quality", "Driver", "Other")


def number(name: str, data: int, key: str = AU) -> Record:
    value = encode_data(RegType.DWORD, data % 2**32)
    return Record(Hive.HKLM, key, name, Action.SET, RegType.DWORD, value)


def text(name: str, data: str, key: str = WU) -> Record:
    return Record(Hive.HKLM, key, name, Action.SET, RegType.SZ, encode_data(RegType.SZ, data))


def read(*records: Record) -> Situation:
    return situation_of(in_force(records, lambda one: one), None, None)


@pytest.mark.parametrize("data", range(10))
def test_each_option_is_its_mode_and_others_are_no_mode(data: int) -> None:
    modes = {
        2: Mode.NOTIFY,
        3: Mode.DOWNLOAD,
        4: Mode.SCHEDULE,
        5: Mode.LOCAL_ADMIN,
        7: Mode.NOTIFY_RESTART,
    }
    option = number("AUOptions", data)

    assert read(option).mode is modes.get(data, Mode.OTHER)
    off = Mode.OFF if data == 1 else Mode.ON
    assert read(number("NoAutoUpdate", data)).mode is off
    assert read(option, number("NoAutoUpdate", 1)).mode is Mode.OFF
    assert read().mode is Mode.ABSENT


@pytest.mark.parametrize("hour", NUMBERS)
def test_an_hour_of_the_day_counts_and_any_other_number_leaves_it_to_windows(
    hour: int | None,
) -> None:
    records = [] if hour is None else [number("ScheduledInstallTime", hour)]
    wanted = 3 if hour is None else hour if 0 <= hour <= 23 else None

    assert read(*records).timetable == Timetable(0, wanted)


@pytest.mark.parametrize("data", range(4))
def test_maintenance_and_every_week_count_only_as_1(data: int) -> None:
    run = (number("ScheduledInstallDay", 6), number("ScheduledInstallTime", 5))
    weeks = (number("ScheduledInstallSecondWeek", 1), number("ScheduledInstallFourthWeek", 1))

    kept = read(*run, *weeks, number("AutomaticMaintenanceEnabled", data)).timetable
    assert kept == (Timetable(0, None) if data == 1 else Timetable(6, 5, frozenset({2, 4})))
    every = read(*run, *weeks, number("ScheduledInstallEveryWeek", data)).timetable
    assert every.weeks == (frozenset() if data == 1 else frozenset({2, 4}))
    third = read(number("ScheduledInstallThirdWeek", data)).timetable
    assert third.weeks == (frozenset({3}) if data == 1 else frozenset())


@pytest.mark.parametrize("data", range(4))
@pytest.mark.parametrize(
    ("name", "key", "policy"),
    [
        ("SetComplianceDeadline", WU, Policy.DEADLINE),
        ("SetComplianceDeadlineForQU", WU, Policy.DEADLINE),
        ("NoAutoRebootWithLoggedOnUsers", AU, Policy.NOT_WHILE_SIGNED_IN),
        ("AlwaysAutoRebootAtScheduledTime", AU, Policy.AT_SCHEDULED_TIME),
    ],
)
def test_a_restart_policy_counts_only_as_1(name: str, key: str, policy: Policy, data: int) -> None:
    other = Policy.WHEN_REQUIRED if name.startswith("Always") else Policy.ABSENT

    assert read(number(name, data, key)).restart is (policy if data == 1 else other)


def source(
    used: int | None, classes: tuple[int, ...] | None, microsoft: int | None, url: str
) -> tuple[From, bool]:
    """Say by hand where updates come from, and whether quality updates come from WSUS."""
    found = set(classes or ())
    quality = used == 1 and not (classes and classes[1] == 0)
    if used == 1:
        if not url:
            return From.UNKNOWN, quality
        if found == {0, 1}:
            return From.MIXED, quality
        return (From.WINDOWS_UPDATE if found == {0} else From.WSUS), quality
    if microsoft == 1:
        return From.MICROSOFT_UPDATE, quality
    if used is None and found != {0}:
        return From.ABSENT, quality
    return From.WINDOWS_UPDATE, quality


SCANS: tuple[tuple[int, ...] | None, ...] = (None, *itertools.product((0, 1), repeat=4))


@pytest.mark.parametrize("classes", SCANS, ids=str)
def test_the_source_follows_from_wsus_the_scan_sources_and_microsoft_update(
    classes: tuple[int, ...] | None,
) -> None:
    for used, microsoft, url in itertools.product((None, 0, 1, 2), (None, 0, 1), ("", "https://w")):
        records = [text("WUServer", url)] if url else []
        records += [] if used is None else [number("UseWUServer", used)]
        records += [] if microsoft is None else [number("AllowMUUpdateService", microsoft)]
        if classes is not None:
            records.append(number("UseUpdateClassPolicySource", 1))
            records += [
                number(f"SetPolicyDrivenUpdateSourceFor{word}Updates", data, WU)
                for word, data in zip(CLASSES, classes, strict=True)
            ]
        found = read(*records)
        case = (used, microsoft, url)
        assert (found.source, found.quality_from_wsus) == source(used, classes, microsoft, url), (
            case
        )


@pytest.mark.parametrize("data", range(6))
def test_what_blocks_the_client_has_one_number(data: int) -> None:
    internet = number("DoNotConnectToWindowsUpdateInternetLocations", data, WU)
    access = number("DisableWindowsUpdateAccess", data, WU)
    service = number("Start", data, SERVICE)

    assert read(internet).blocks == ({Block.INTERNET} if data == 1 else set())
    assert (read(internet).source is From.BLOCKED) is (data == 1)
    assert read(internet, number("UseWUServer", 1), text("WUServer", "https://w")).blocks == set()
    assert read(access).blocks == ({Block.ACCESS} if data == 1 else set())
    assert read(service).blocks == ({Block.SERVICE} if data == 4 else set())


def test_without_values_a_situation_is_what_its_fields_have_by_default() -> None:
    assert read() == Situation()
    assert Situation().possible
    assert not Situation().quality_from_wsus
    assert Situation().timetable == Timetable(0, 3)


@pytest.mark.parametrize("platform", ["azure-local", "azure-arc", "azure-vm", "nowhere"])
def test_an_installer_is_possible_where_the_platform_has_it_or_is_not_known(platform: str) -> None:
    def possible(named: str | None) -> bool:
        return situation_of(NOTHING, Machines(platform=platform), named).possible

    assert possible(None)
    assert possible("azure-guest-patching") is (platform in ("azure-vm", "nowhere"))
    assert possible("group-policy") is (platform != "azure-vm")


SCHEDULES = {
    "": None,
    "azure: {maintenance_schedule: true}": True,
    "azure: {maintenance_schedule: false}": False,
    "azure: {patch_mode: AutomaticByPlatform}": None,
}


@pytest.mark.parametrize(("said", "wanted"), SCHEDULES.items())
def test_a_schedule_is_what_the_profile_says_and_else_that_of_its_update_manager(
    said: str, wanted: bool | None
) -> None:
    head = {"platform": "azure-vm", "orchestration": "azure-update-manager"}

    def schedule(body: str) -> bool | None:
        profile = checked(body, **head).loaded.profile
        assert profile is not None
        return situation_of(NOTHING, None, None, profile).azure.schedule

    assert schedule(said) is wanted
    planned = f"{said}\nupdate_manager: {{at: '03:00', duration: '03:00'}}"
    assert schedule(planned) is (True if wanted is None else wanted)


VMS = tuple(
    itertools.product(
        ("", "azure-local", "azure-arc", "azure-vm", "azure-zzz"),
        (None, "azure-guest-patching", "azure-update-manager", "third-party"),
        (None, True, False),
        (None, "AutomaticByPlatform", "AutomaticByOS", "Manual"),
        (None, True, False),
    )
)


def test_an_azure_vm_gets_no_hotpatches_by_a_schedule_or_without_the_platform() -> None:
    for platform, named, hotpatching, patch_mode, schedule in VMS:
        azure = Azure(patch_mode=patch_mode, hotpatching=hotpatching, schedule=schedule)
        # Another text with the same letters: words are compared, not objects.
        named = "".join(list(named)) if named else named
        situation = Situation(platform=platform, named=named, azure=azure)
        without = named == "azure-update-manager" or hotpatching is False
        without = without or patch_mode in ("AutomaticByOS", "Manual")

        assert has_no_hotpatches(situation) is (platform == "azure-vm" and without)
        by_name = named == "azure-update-manager"
        assert scheduled(situation) is (by_name if schedule is None else schedule)
