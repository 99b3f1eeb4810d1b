"""Small `Compiled` objects for the emitters' tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gpogen.compile.origin import Origin, Traced
from gpogen.compile.result import Compiled, Facts, Header, PolicyComment
from gpogen.policy.data import RegData
from gpogen.policy.records import Record, delete_value, set_value
from gpogen.policy.types import Action, Hive, RegType, Via
from gpogen.servicing.decide import decide
from gpogen.servicing.situation import Mode, Situation

WINDOWS_UPDATE = r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"

HEADER = Header(
    name="azlocal-ws2022-core",
    pascal="AzlocalWs2022Core",
    title="Hotpatch baseline",
    why="Patch without restarts.",
    platform="azure-local",
    os="windows-server-2022-azure-edition",
    os_title="Windows Server 2022 Datacenter: Azure Edition",
    installation="core",
    role="member",
    orchestration="windows-update",
    ring="pilot (1)",
    revision="3 of 2026-11-02, change CHG-1042, owner server-team",
    revision_number="3",
    change="CHG-1042",
    backup_time="2026-11-02T00:00:00",
    digest="0123456789abcdef" * 4,
    version="0.1.0",
)


def header(**changes: Any) -> Header:
    """A header, with some of its fields changed."""
    return replace(HEADER, **changes)


def traced(
    record: Record,
    *,
    wql: tuple[str, ...] = (),
    policy: str | None = None,
    title: str = "Registry value",
    why: str = "",
) -> Traced:
    """A record with an origin."""
    return Traced(record=record, origin=Origin(policy=policy, title=title, why=why), wql=wql)


def value(
    name: str = "AUOptions",
    data: RegData = 4,
    kind: RegType = RegType.DWORD,
    *,
    key: str = WINDOWS_UPDATE,
    hive: Hive = Hive.HKLM,
    via: Via = Via.POLICY,
    wql: tuple[str, ...] = (),
) -> Traced:
    """A record that sets a value."""
    return traced(set_value(hive, key, name, kind, data, via=via), wql=wql)


def deletion(
    name: str, *, key: str = WINDOWS_UPDATE, hive: Hive = Hive.HKLM, via: Via = Via.POLICY
) -> Traced:
    """A record that deletes a value."""
    return traced(delete_value(hive, key, name, via=via))


def preference(
    name: str = "Tattoo",
    data: RegData = 1,
    kind: RegType = RegType.DWORD,
    *,
    action: Action = Action.SET,
    key: str = r"SYSTEM\CurrentControlSet\Control\Example",
    hive: Hive = Hive.HKLM,
    wql: tuple[str, ...] = (),
) -> Traced:
    """A Group Policy Preferences item."""
    record = set_value(hive, key, name, kind, data, via=Via.PREFERENCE)
    if action in (Action.DELETE, Action.CREATE_KEY):
        record = Record(hive, key, name, action, via=Via.PREFERENCE)
    return traced(replace(record, action=action), wql=wql)


def comment(
    text: str, policy: str = "AutoUpdateCfg", namespace: str = "Microsoft.Policies.WindowsUpdate"
) -> PolicyComment:
    """A reason for a policy of the machine's side."""
    return PolicyComment(namespace=namespace, policy=policy, side="Machine", text=text)


def compiled(**parts: Any) -> Compiled:
    """A compiled profile with one machine policy; every field can be given instead."""
    policy = parts.pop("policy", (value(),))
    defaults: dict[str, Any] = {
        "header": HEADER,
        "policy": policy,
        "preferences": (),
        "direct": tuple(item for item in policy if item.record.hive is Hive.HKLM),
        "comments": (),
        "client_extensions": (),
        "vbs_restart": False,
        "not_direct": (),
        "sconfig": None,
        "left_out": (),
        "facts": Facts(),
        "allowed": (),
        "unproven": (),
        "servicing": decide(Situation(named="group-policy", mode=Mode.SCHEDULE)),
    }
    return Compiled(**{**defaults, **parts})
