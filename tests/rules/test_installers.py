"""HP018, HP027, HP034 and AUM-CONFLICT: where they stand, and what they say of rare cases."""

from __future__ import annotations

import itertools

import pytest

from gpogen.finding import Finding, Severity
from tests.rules.test_of_others import AU, WU, gpo, records, told
from tests.support.profiles import OS_2022, checked

VBS = "vbs: {enforce: policy+registry}\n"
SERVICE = r"SYSTEM\CurrentControlSet\Services\wuauserv"
NO_INTERNET = "DoNotConnectToWindowsUpdateInternetLocations"
ARC = {"os": "windows-server-2025-standard", "platform": "azure-arc"}
VM = {"platform": "azure-vm"}
NODE = {"extra_target": ", role: cluster-node"}
WINDOWS = "group-policy"
MANAGER = "azure-update-manager"


def found(rule: str, body: str = "", **head: str) -> list[Finding]:
    result = checked(VBS + body, **head)
    assert result.compilation is not None, result.findings
    return [one for one in result.findings if one.id == rule]


def raw(key: str, **values: int | None) -> str:
    """Return values as items of `registry`."""
    return "".join(
        f"  - {{key: 'HKLM\\{key}', name: {name}, type: dword, data: {data}}}\n"
        for name, data in values.items()
        if data is not None
    )


@pytest.mark.parametrize(("off", "options"), [(1, 3), (1, 4), (0, 3), (0, 2)])
def test_a_mode_stands_at_the_value_that_decides(off: int, options: int) -> None:
    (hit,) = found("HP027", "registry:\n" + raw(AU, AUOptions=options, NoAutoUpdate=off))

    assert hit.at is not None
    assert hit.at.line == (10 if off else 9)
    (other,) = found("HP027", "registry:\n" + raw(AU, NoAutoUpdate=off, AUOptions=options))
    assert other.at is not None
    assert other.at.line == (9 if off else 10)


BLOCKS = {
    "access": ("DisableWindowsUpdateAccess is 1", raw(WU, DisableWindowsUpdateAccess=1)),
    "internet": (f"{NO_INTERNET} is 1, and WSUS is not configured", raw(WU, **{NO_INTERNET: 1})),
    "service": ("the service wuauserv is disabled (Start 4)", raw(SERVICE, Start=4)),
}
EVERY_SET = [
    names for count in (1, 2, 3) for names in itertools.combinations(sorted(BLOCKS), count)
]
IN_ORDER = ("access", "internet", "service")


@pytest.mark.parametrize("other", [0, 2])
@pytest.mark.parametrize("names", EVERY_SET, ids="-".join)
def test_everything_that_blocks_the_client_is_named_and_stands_at_one_of_them(
    names: tuple[str, ...], other: int
) -> None:
    harmless = raw(WU, **({} if "access" in names else {"DisableWindowsUpdateAccess": other}))
    body = "registry:\n" + harmless + "".join(BLOCKS[name][1] for name in names)
    body += "updates: {mode: install-on-schedule}\nrestart: {policy: when-required}\n"
    (hit,) = found("HP027", body)
    shifted = 9 + bool(harmless)

    ordered = sorted(names, key=IN_ORDER.index)
    blocks = " and ".join(BLOCKS[name][0] for name in ordered)
    assert hit.message == f"nothing installs updates: {blocks}, and the installer is {WINDOWS}"
    assert hit.fix == "remove it, or name another installer"
    assert hit.at is not None
    first = "service" if "service" in names else ordered[0]
    assert hit.at.line == shifted + names.index(first)
    (beside,) = found("HP027", body.partition("updates:")[0], orchestration=MANAGER, **ARC)
    assert beside.message.startswith(f"{MANAGER} installs through the Windows Update client, which")
    assert (beside.severity, beside.at) == (Severity.WARNING, hit.at)


def test_the_client_of_others_may_be_blocked_where_an_installer_is_named() -> None:
    blocked = records(WU, {"DisableWindowsUpdateAccess": 1})

    for named in (MANAGER, "azure-guest-patching", "third-party", "configmgr"):
        assert told("HP027", gpo(*blocked, named=named, platform="azure-arc")) == []
    (alone,) = [one for one in gpo(*blocked) if one.id == "HP027"]
    assert alone.message == (
        "nothing in this GPO installs updates: DisableWindowsUpdateAccess is 1"
    )
    assert alone.fix.startswith("remove that value from the GPO")
    (waits,) = [one for one in gpo(*records(AU, {"AUOptions": 2})) if one.id == "HP027"]
    assert waits.fix.startswith("name the installer (--installed-by), or let Windows install")


@pytest.mark.parametrize("option", range(10))
@pytest.mark.parametrize("who", [WINDOWS, "third-party"])
def test_an_option_that_another_rule_speaks_of_is_not_called_unknown_too(
    option: int, who: str
) -> None:
    hits = found("HP027", "registry:\n" + raw(AU, AUOptions=option), orchestration=who)
    unknown = [one for one in hits if "this AUOptions has no known effect" in one.message]

    assert bool(unknown) is (option in (0, 8, 9))
    assert not unknown or unknown == hits
    assert option not in (1, 5, 6) or hits == []


@pytest.mark.parametrize(
    ("who", "head", "fix"),
    [
        (WINDOWS, {}, "write `updates: {mode: install-on-schedule}` and `restart:"),
        (WINDOWS, NODE, "write `orchestration: cluster-aware` and `updates: {mode: download}`"),
        ("sconfig", {}, "write `updates: {mode: download}` or `{mode: install-on-schedule}`"),
        ("third-party", {}, "write `updates: {mode: download}`"),
        ("manual", {}, "write `updates: {mode: download}`"),
        (MANAGER, ARC, "write `updates: {mode: download}`, or remove the mode"),
        ("azure-guest-patching", VM, "remove `updates.mode`: the Azure VM platform writes it"),
    ],
)
def test_a_mode_that_is_removed_gets_the_fix_of_its_installer(
    who: str, head: dict[str, str], fix: str
) -> None:
    hits = found("HP027", "updates: {mode: remove}\n", orchestration=who, **head)
    unproven = [one for one in hits if "the mode is removed" in one.message]

    assert len(unproven) == 1
    assert unproven[0].fix.startswith(fix)
    assert unproven[0].fix == fix or who == WINDOWS
    several = "Windows might install too: " in unproven[0].message
    assert several is (who != WINDOWS)


@pytest.mark.parametrize(
    ("named", "fix"),
    [
        (None, "make the GPO and the installer agree"),
        (WINDOWS, "make the GPO and the installer agree"),
        ("third-party", "select option 3 in"),
        ("sconfig", "select option 3 in"),
    ],
)
def test_an_unknown_option_of_others_gets_the_fix_of_its_installer(
    named: str | None, fix: str
) -> None:
    (hit,) = [one for one in gpo(*records(AU, {"AUOptions": 8}), named=named) if one.id == "HP027"]

    assert hit.fix.startswith(fix)


def test_what_hp024_says_of_an_azure_vm_is_not_said_again() -> None:
    for who in (MANAGER, "azure-guest-patching"):
        for settings in ("maintenance_schedule: true", "patch_mode: AutomaticByOS"):
            body = f"azure: {{{settings}}}\n"
            assert len(found("HP024", body, orchestration=who, os=OS_2022, **VM)) == 1
            assert found("HP027", body, orchestration=who, os=OS_2022, **VM) == []


@pytest.mark.parametrize("assigned", ["true", "false", ""])
def test_update_manager_without_a_schedule_installs_on_request(assigned: str) -> None:
    body = f"azure: {{maintenance_schedule: {assigned}}}\n" if assigned else ""
    hits = found("HP027", body, orchestration=MANAGER, **ARC)

    assert [one.message for one in hits] == [
        "no schedule is assigned: Azure Update Manager installs only on request"
    ] * (assigned == "false")
    assert all(one.severity is Severity.WARNING for one in hits)
    assert all(
        one.fix == "assign a schedule, and write `maintenance_schedule: true`" for one in hits
    )


@pytest.mark.parametrize(
    ("who", "mode", "more", "wanted"),
    [
        (WINDOWS, "install-on-schedule", "", True),
        (WINDOWS, "install-on-schedule", "restart: {policy: when-required}\n", False),
        (WINDOWS, "install-on-schedule", "restart: {policy: at-scheduled-time}\n", False),
        (WINDOWS, "install-on-schedule", "registry:\n" + raw(WU, SetActiveHours=1), False),
        (WINDOWS, "install-on-schedule", "registry:\n" + raw(WU, SetActiveHours=0), True),
        (WINDOWS, "download", "", False),
        ("sconfig", "install-on-schedule", "", False),
        ("third-party", "install-on-schedule", "", False),
    ],
)
def test_a_schedule_of_group_policy_says_how_it_restarts(
    who: str, mode: str, more: str, wanted: bool
) -> None:
    body = f"updates: {{mode: {mode}}}\n{more}"

    assert bool(found("HP018", body, orchestration=who)) is wanted


DEADLINE = "restart: {policy: deadline, days: 2, grace_days: 1}\n"
ON_VM = "remove `updates.mode`: the Azure VM platform writes it"


@pytest.mark.parametrize(
    ("head", "body", "how", "fix", "line"),
    [
        ({}, "updates: {mode: install-on-schedule}\n", "AUOptions 4", "write `orchestration:", 8),
        (VM, "updates: {mode: install-on-schedule}\n", "AUOptions 4", ON_VM, 8),
        ({}, DEADLINE, "by a deadline", "remove the deadline", 8),
        (VM, DEADLINE, "by a deadline", "remove the deadline", 8),
        ({}, "updates: {mode: download}\n" + DEADLINE, "by a deadline", "remove the deadline", 9),
        ({}, "updates: {mode: download}\n", "", "", 0),
    ],
)
def test_a_cluster_node_that_installs_by_itself_is_told_how(
    head: dict[str, str], body: str, how: str, fix: str, line: int
) -> None:
    hits = found("HP034", body, **head, **NODE)

    said = [f"a cluster node installs and restarts automatically ({how})"] if how else []
    assert [one.message for one in hits] == said
    assert all(one.fix.startswith(fix) for one in hits)
    assert [one.at.line for one in hits if one.at] == ([line] if line else [])
    assert found("HP034", body, **head) == []


@pytest.mark.parametrize("who", [WINDOWS, "manual", "sconfig", "configmgr", "third-party"])
@pytest.mark.parametrize(
    ("logged_on", "always"), list(itertools.product((None, 0, 1), (None, 0, 1)))
)
def test_a_restart_policy_beside_an_orchestrator_that_restarts_is_named(
    logged_on: int | None, always: int | None, who: str
) -> None:
    names = {
        "NoAutoRebootWithLoggedOnUsers": logged_on,
        "AlwaysAutoRebootAtScheduledTime": always,
    }
    values = raw(AU, **names)
    hits = found("AUM-CONFLICT", f"registry:\n{values}" if values else "", orchestration=who)

    other = who in ("configmgr", "third-party")
    assert [one.message for one in hits] == [
        f"{name} also controls restarts, but {who} restarts the machines"
        for name, data in names.items()
        if data == 1 and other
    ]
