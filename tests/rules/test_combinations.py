"""Rules about several values: each value beside each other one that takes part."""

from __future__ import annotations

import itertools

import pytest

from gpogen.finding import Finding, Severity
from tests.support.profiles import OS_2022, OS_2025, checked

WU = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
AU = rf"{WU}\AU"
DG = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\DeviceGuard"
LSA = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa"
DO = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\DeliveryOptimization"
SB = r"HKLM\SYSTEM\CurrentControlSet\Control\SecureBoot"
MEMORY = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management"
UPDATE = r"HKLM\SOFTWARE\Microsoft\PolicyManager\current\device\Update"
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def item(key: str, name: str, data: int | str | None, more: str = "") -> str:
    """Return a value as an item of `registry`; nothing for None."""
    if data is None:
        return ""
    kind, shown = ("sz", f"'{data}'") if isinstance(data, str) else ("dword", data)
    return f"  - {{key: '{key}', name: {name}, type: {kind}, data: {shown}{more}}}\n"


def found(rule: str, *items: str, body: str = "", **head: str) -> list[Finding]:
    given = "".join(items)
    text = body + (f"registry:\n{given}" if given else "")
    result = checked(text, **head)
    assert result.compilation is not None, result.findings
    return [one for one in result.findings if one.id == rule]


def told(rule: str, *items: str, body: str = "", **head: str) -> list[str]:
    return [one.message for one in found(rule, *items, body=body, **head)]


NUMBERS = (None, 0, 1, 2)


@pytest.mark.parametrize(("policy", "own"), list(itertools.product(NUMBERS, NUMBERS)))
def test_a_uefi_lock_in_either_key_is_found_once(policy: int | None, own: int | None) -> None:
    values = (item(DG, "LsaCfgFlags", policy), item(LSA, "LsaCfgFlags", own))

    wanted = ["LsaCfgFlags is 1: enabled with a UEFI lock"] if 1 in (policy, own) else []
    assert told("HP033", *values) == wanted


@pytest.mark.parametrize("number", NUMBERS)
def test_memory_integrity_has_no_second_key(number: int | None) -> None:
    name = "HypervisorEnforcedCodeIntegrity"
    values = (item(DG, name, number), item(LSA, name, 1), item(LSA, "LsaCfgFlags", 0))

    wanted = [f"{name} is 1: enabled with a UEFI lock"] if number == 1 else []
    assert told("HP033", *values) == wanted


WSUS_VALUES = ("WUServer", "WUStatusServer")


@pytest.mark.parametrize("use", NUMBERS)
@pytest.mark.parametrize(
    ("server", "status"),
    list(itertools.product((None, "", "https://w", "http://w", "HTTP://W"), repeat=2)),
)
def test_the_addresses_of_wsus_are_judged_unless_it_is_off(
    use: int | None, server: str | None, status: str | None
) -> None:
    values = dict(zip(WSUS_VALUES, (server, status), strict=True))
    items = [item(AU, "UseWUServer", use), *(item(WU, *one) for one in values.items())]

    plain = [name for name, url in values.items() if url and url.lower().startswith("http:")]
    said = "begins with http://: the metadata that WSUS sends is not protected"
    assert told("WSUS-HTTP", *items) == ([f"{plain[0]} {said}"] if plain and use != 0 else [])
    unused = "WUServer is set, but UseWUServer is 0: the machine keeps using Windows Update"
    assert told("WSUS-URL-WITHOUT-USE", *items) == [unused] * (use == 0 and bool(server))
    missing = [name for name, url in values.items() if not url]
    assert len(told("WSUS-NEEDS-BOTH-URLS", *items)) == (use == 1 and bool(missing))


@pytest.mark.parametrize(("use", "proxy"), list(itertools.product(NUMBERS, NUMBERS)))
def test_the_proxy_of_a_user_counts_unless_wsus_is_off(use: int | None, proxy: int | None) -> None:
    values = (
        item(AU, "UseWUServer", use), item(WU, "SetProxyBehaviorForUpdateDetection", proxy),
    )  # fmt: skip

    assert len(told("WSUS-USER-PROXY", *values)) == (proxy == 1 and use != 0)


@pytest.mark.parametrize("fill", NUMBERS)
@pytest.mark.parametrize("alternate", [None, "", "https://w"])
def test_filling_in_addresses_needs_an_alternate_server(
    fill: int | None, alternate: str | None
) -> None:
    values = (
        item(WU, "FillEmptyContentUrls", fill), item(WU, "UpdateServiceUrlAlternate", alternate),
    )  # fmt: skip

    assert len(told("WSUS-ALT-FILL", *values)) == (fill == 1 and not alternate)


CLASSES = ("Feature", "Quality", "Driver", "Other")
SOURCES = tuple(itertools.product((None, 0, 1), repeat=4))


@pytest.mark.parametrize("sources", SOURCES)
def test_all_classes_of_updates_have_a_source_that_is_there(sources: tuple[int | None]) -> None:
    names = [f"SetPolicyDrivenUpdateSourceFor{word}Updates" for word in CLASSES]
    values = dict(zip(names, sources, strict=True))
    items = [item(WU, *one) for one in values.items()]
    missing = [name for name in names if values[name] is None]

    def both(use: int, blocked: int) -> tuple[list[str], list[str]]:
        more = item(AU, "UseWUServer", use)
        more += item(WU, "DoNotConnectToWindowsUpdateInternetLocations", blocked)
        urls = "".join(item(WU, name, "https://w") for name in WSUS_VALUES)
        rules = ("SCANSOURCE-WSUS-NEEDS-URL", "NOINTERNET-VS-WU-SOURCE")
        result = checked(f"registry:\n{more}{urls}{''.join(items)}")
        first, second = ([i.message for i in result.findings if i.id == rule] for rule in rules)
        return first, second

    some = 0 < len(missing) < 4
    assert told("SCANSOURCE-INCOMPLETE", *items) == (
        [f"the scan source does not set {', '.join(missing)}"] if some else []
    )
    assert len(told("SCANSOURCE-NEEDS-USE", *items)) == (len(missing) < 4)
    wsus = [f"{n} is 1 (WSUS), but WSUS is not configured" for n in names if values[n] == 1]
    blocked = [
        f"{n} is 0 (Windows Update), but DoNotConnectToWindowsUpdateInternetLocations blocks it"
        for n in names
        if values[n] == 0
    ]
    assert both(0, 0) == (wsus, [])
    assert both(1, 1) == ([], blocked)


@pytest.mark.parametrize("off", [0, 1, 2])
@pytest.mark.parametrize(
    "name",
    [
        "UseWUServer", "DetectionFrequencyEnabled", "NoAutoRebootWithLoggedOnUsers",
        "AutoInstallMinorUpdates", "RebootRelaunchTimeoutEnabled", "RebootWarningTimeoutEnabled",
        "RescheduleWaitTimeEnabled",
    ],
)  # fmt: skip
def test_what_has_no_effect_while_automatic_updates_is_off(name: str, off: int) -> None:
    for number in (0, 1, 2):
        values = (item(AU, "NoAutoUpdate", off), item(AU, name, number))
        wanted = f"{name} has no effect while Automatic Updates is off (NoAutoUpdate 1)"
        assert told("AU-DISABLED-KILLS", *values) == [wanted] * (off == number == 1)


@pytest.mark.parametrize(
    "name",
    [
        "AutoInstallMinorUpdates", "IncludeRecommendedUpdates", "EnableFeaturedSoftware",
        "RebootRelaunchTimeoutEnabled", "RebootWarningTimeoutEnabled", "RescheduleWaitTimeEnabled",
    ],
)  # fmt: skip
def test_what_ended_before_windows_server_2016_is_found_with_any_number(name: str) -> None:
    for number in (0, 1):
        wanted = [f"{name} is not supported since Windows Server 2016"]
        assert told("DEAD-ON-WIN10", item(AU, name, number)) == wanted


@pytest.mark.parametrize(
    "name",
    [
        "SetAutoRestartDeadline", "SetEngagedRestartTransitionSchedule",
        "SetAutoRestartRequiredNotificationDismissal", "SetAutoRestartNotificationConfig",
        "SetAutoRestartNotificationDisable", "SetRestartWarningSchd",
    ],
)  # fmt: skip
def test_what_ended_after_windows_server_2022_is_found_on_2025_alone(name: str) -> None:
    for number in (0, 1):
        wanted = [f"{name} is supported only up to Windows Server 2022"]
        assert told("RESTARTDEADLINE-2025", item(WU, name, number), os=OS_2025) == wanted
        assert told("RESTARTDEADLINE-2025", item(WU, name, number), os=OS_2022) == []


LOGGED_ON, ALWAYS = "NoAutoRebootWithLoggedOnUsers", "AlwaysAutoRebootAtScheduledTime"
DEADLINES = ("SetComplianceDeadline", "SetComplianceDeadlineForQU")


@pytest.mark.parametrize(
    ("hours", "logged_on", "always"), list(itertools.product((None, 0, 1), repeat=3))
)
def test_active_hours_yield_to_either_restart_policy(
    hours: int | None, logged_on: int | None, always: int | None
) -> None:
    values = (
        item(WU, "SetActiveHours", hours), item(AU, LOGGED_ON, logged_on), item(AU, ALWAYS, always),
    )  # fmt: skip
    winners = [name for name, on in ((LOGGED_ON, logged_on), (ALWAYS, always)) if on == 1]
    hits = found("ACTIVEHOURS-DEAD", *values)

    wanted = [f"active hours have no effect, because {name} is set" for name in winners[:1]]
    assert [one.message for one in hits] == (wanted if hours == 1 else [])
    assert all(len(one.related) == len(winners) for one in hits)
    both = f"{LOGGED_ON} and {ALWAYS} are both set: {ALWAYS} has no effect"
    assert told("REBOOT-LOGGEDON-VS-ALWAYS", *values) == [both] * (len(winners) == 2)


@pytest.mark.parametrize("os", [OS_2022, OS_2025])
@pytest.mark.parametrize(("older", "newer"), list(itertools.product(NUMBERS, NUMBERS)))
def test_a_deadline_by_either_name_overrides_a_schedule_and_a_forced_restart(
    older: int | None, newer: int | None, os: str
) -> None:
    given = (item(WU, DEADLINES[0], older), item(WU, DEADLINES[1], newer))
    name = next(
        (n for n, on in zip(DEADLINES, (older, newer), strict=True) if on == 1), None
    )  # fmt: skip
    old = item(WU, "SetAutoRestartDeadline", 1)

    assert len(told("DEADLINE-OVERRIDES-AU", *given, item(AU, "ScheduledInstallDay", 0))) == (
        name is not None
    )
    assert told("DEADLINE-OVERRIDES-AU", *given) == []
    always = [f"{ALWAYS} has no effect, because {name} is set"] if name else []
    assert told("DEADLINE-OVERRIDES-ALWAYS", *given, item(AU, ALWAYS, 1)) == always
    assert told("DEADLINE-OVERRIDES-ALWAYS", *given, item(AU, ALWAYS, 0)) == []
    gone = [f"SetAutoRestartDeadline has no effect, because {name} is set"] if name else []
    assert told("RESTARTDEADLINE-OVERRIDDEN", *given, old) == gone
    wrong = (newer == 1 != older) if os == OS_2022 else (older == 1 != newer)
    assert len(told("DEADLINE-NAME-BY-OS", *given, os=os)) == wrong


@pytest.mark.parametrize(
    ("start", "end", "most", "wanted"),
    [
        (None, 23, None, ""),
        (4, None, None, ""),
        (4, 22, 0, ""),
        (4, 23, 0, "at most 18 hours; 4:00 to 23:00 spans 19"),
        (0, 8, 8, ""),
        (0, 9, 8, "at most 8 hours; 0:00 to 9:00 spans 9"),
        (20, 5, 8, "at most 8 hours; 20:00 to 5:00 spans 9"),
        (8, 8, 18, "at most 18 hours; 8:00 to 8:00 spans 24"),
    ],
)
def test_active_hours_need_both_ends_and_a_maximum_of_more_than_0(
    start: int | None, end: int | None, most: int | None, wanted: str
) -> None:
    names = ("ActiveHoursStart", "ActiveHoursEnd", "ActiveHoursMaxRange")
    values = (item(WU, name, data) for name, data in zip(names, (start, end, most), strict=True))

    said = [f"active hours must span {wanted}"] if wanted else []
    assert told("ACTIVEHOURS-SPAN", *values) == said


def test_every_single_week_beside_every_week_is_named() -> None:
    single = [f"ScheduledInstall{word}Week" for word in ("First", "Second", "Third", "Fourth")]
    for chosen in (one for count in range(5) for one in itertools.combinations(single, count)):
        values = "".join(item(AU, name, int(name in chosen)) for name in single)
        for every in (None, 0, 1):
            given = item(AU, "ScheduledInstallEveryWeek", every) + values
            wanted = f"every week is selected, so {', '.join(chosen)} have no effect"
            assert told("AU-WEEKS", given) == [wanted] * (every == 1 and bool(chosen))


@pytest.mark.parametrize("role", ["member", "domain-controller", "wsus-server", "cluster-node"])
@pytest.mark.parametrize("number", [None, 0, 1, 2, 3])
def test_credential_guard_is_found_on_domain_controllers_alone(
    number: int | None, role: str
) -> None:
    head = {"extra_target": f", role: {role}"}
    hits = told("CREDENTIAL-GUARD-DC", item(DG, "LsaCfgFlags", number), **head)

    assert len(hits) == (role == "domain-controller" and number in (1, 2))
    special = [f"role {role}: some fixes for it cannot be hotpatched"]
    assert told("HP029", **head) == special * (role in ("domain-controller", "wsus-server"))


@pytest.mark.parametrize(
    ("key", "name", "data", "wrong"),
    [
        (DO, "DODownloadMode", 100, True),
        (DO.upper(), "dodownloadmode", 100, True),
        (DO, "DODownloadMode", 99, False),
        (DO, "DODownloadMode", 101, False),
        (DO, "DOMaxCacheAge", 100, False),
        (DO.replace("HKLM", "HKCU"), "DODownloadMode", 100, False),
        (r"HKLM\SOFTWARE\Policies\Contoso", "DODownloadMode", 100, False),
    ],
)
def test_only_the_download_mode_100_of_the_policy_is_deprecated(
    key: str, name: str, data: int, wrong: bool
) -> None:
    assert bool(told("DO-BYPASS", item(key, name, data))) is wrong


@pytest.mark.parametrize(("data", "deploys"), [(0, False), (1, False), (22851, False),
                                               (22852, True), (22853, False)])  # fmt: skip
def test_only_the_number_that_deploys_the_certificates_is_a_way_to_get_them(
    data: int, deploys: bool
) -> None:
    bare = "assured: []\nvbs: unmanaged\n"
    opt_in = item(SB, "MicrosoftUpdateManagedOptIn", data)

    assert bool(told("SECUREBOOT-DIAGNOSTIC-DATA", opt_in)) is deploys
    for value in (opt_in, item(SB, "AvailableUpdatesPolicy", data)):
        assert bool(told("SECUREBOOT-CERTIFICATES", value, body=bare)) is not deploys
        assert told("SECUREBOOT-CERTIFICATES", value) == [], "the profile declares them"
