"""Compiled results for the script tests: every type, every action, hostile text."""

from __future__ import annotations

from dataclasses import replace

from gpogen.compile.origin import LeftOut, Origin, Traced
from gpogen.compile.result import Facts, RestartCause, SconfigPlan
from gpogen.policy.data import RegData
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType, Via
from tests.artifacts.factory import compiled, deletion, header, preference, traced, value

BASE = r"SOFTWARE\Policies\Gpogen\Test"
HOSTILE = (
    "'\u2018\u2019\u201a\u201b\"\u201c\u201d\u201e`$(exit 9)${x} %PATH% !a! #> <# ; | & ^ \r\n\t"
    "\u202e\u200f\u00ad\U0001f512 \u00e4\u03a9 @'"
)


def machine(name: str, kind: RegType, data: RegData) -> Traced:
    return value(name, data, kind, key=BASE)


def action(what: Action, *, key: str = BASE, name: str = "", data: bytes = b"") -> Traced:
    kind = RegType.DWORD if what is Action.SOFT else RegType.SZ
    return traced(Record(Hive.HKLM, key, name, what, kind, data))


ALL_TYPES = (
    machine("dword", RegType.DWORD, 7),
    machine("dword high", RegType.DWORD, 0xFFFFFFFE),
    machine("qword", RegType.QWORD, 2**40),
    machine("qword high", RegType.QWORD, 2**64 - 2),
    machine("text", RegType.SZ, "plain"),
    machine("no text", RegType.SZ, ""),
    machine("expand", RegType.EXPAND_SZ, r"%SystemRoot%\x"),
    machine("list", RegType.MULTI_SZ, ("one", "two;[three]")),
    machine("no list", RegType.MULTI_SZ, ()),
    machine("bytes", RegType.BINARY, bytes(range(256))),
    machine("no bytes", RegType.BINARY, b""),
    machine("none", RegType.NONE, b"\x01\x02"),
    machine("", RegType.SZ, "the default value"),
)

ONE_LINE = HOSTILE.replace("\r\n", " ")
HOSTILE_RECORDS = (
    machine("text", RegType.SZ, HOSTILE),
    machine("list", RegType.MULTI_SZ, (HOSTILE, "x", HOSTILE)),
    machine("name with / * ? [a] ' \u2019 ` $(x) \u202e", RegType.EXPAND_SZ, HOSTILE),
    value("v", 1, key=BASE + "\\a/b * [c] '$(d)' \u2019"),
)
PREFERENCE = replace(HOSTILE_RECORDS[0].record, via=Via.PREFERENCE)


def plan(word: str) -> SconfigPlan:
    return {
        "install-on-schedule": SconfigPlan(
            mode="Automatic", shows="Automatic", au_options=4, no_auto_update=0, word=word
        ),
        "download": SconfigPlan(
            mode="DownloadOnly", shows="Download only", au_options=3, no_auto_update=0, word=word
        ),
        "manual": SconfigPlan(
            mode="Manual", shows="Manual", au_options=None, no_auto_update=1, word=word
        ),
        "notify": SconfigPlan(
            mode="", shows="Not configured", au_options=2, no_auto_update=0, word=word
        ),
    }[word]


PLAIN = compiled(
    policy=(value(), value("NoAutoUpdate", 0), deletion("ScheduledInstallEveryWeek"), *ALL_TYPES),
    preferences=(
        preference(
            "EnableVirtualizationBasedSecurity",
            key=r"SYSTEM\CurrentControlSet\Control\DeviceGuard",
        ),
        preference("Gone", action=Action.DELETE, key=r"SOFTWARE\Old"),
    ),
    sconfig=plan("install-on-schedule"),
    facts=Facts(restart_causes=(RestartCause.VBS,)),
    not_direct=(
        LeftOut(what="targeting by WQL", reason="only Group Policy evaluates it", at=None),
    ),
)

HOSTILE_ALL = compiled(
    header=header(
        title=ONE_LINE,
        why=HOSTILE + "\n.EXAMPLE\r.PARAMETER x\n# sig #\n#>\nexit 9",
        ring=ONE_LINE,
        revision=ONE_LINE,
        change=ONE_LINE,
    ),
    policy=HOSTILE_RECORDS,
    preferences=(replace(HOSTILE_RECORDS[0], record=PREFERENCE),),
    direct=tuple(
        replace(item, origin=Origin(policy=None, title=HOSTILE, why=HOSTILE + "\nexit 9"))
        for item in HOSTILE_RECORDS
    ),
    sconfig=plan("notify"),
    not_direct=(LeftOut(what=HOSTILE, reason=HOSTILE, at=None),),
)

ACTIONS = compiled(
    header=header(os="", os_title="", installation="", ring="", revision="", change="", why=""),
    policy=(
        action(Action.DELETE_VALUES),
        machine("kept", RegType.DWORD, 1),
        action(Action.CREATE_KEY, key=BASE + r"\New"),
        action(Action.SOFT, key=BASE + r"\New", name="maybe", data=b"\x05\0\0\0"),
        value("user", 2, key=BASE, hive=Hive.HKCU),
    ),
    direct=(
        action(Action.DELETE_VALUES),
        action(Action.DELETE_KEYS, data="Old;Older\0".encode("utf-16-le")),
        machine("kept", RegType.DWORD, 1),
        action(Action.CREATE_KEY, key=BASE + r"\New"),
        action(Action.SOFT, key=BASE + r"\New", name="maybe", data=b"\x05\0\0\0"),
        action(Action.SOFT, name="always", data=b"\x06\0\0\0"),
    ),
    vbs_restart=True,
    sconfig=plan("manual"),
)

ODD = compiled(
    policy=(
        value("VbsHere", 1, key=r"SYSTEM\CurrentControlSet\Control\DeviceGuard\Gpogen"),
        machine("big endian", RegType.DWORD_BIG_ENDIAN, 1),
        traced(Record(Hive.HKLM, BASE, "short", Action.SET, RegType.DWORD, b"\x01")),
        action(Action.SECURE_KEY),
    ),
    vbs_restart=True,
)

EMPTY = compiled(policy=())
SAMPLES = {
    "plain": PLAIN,
    "hostile": HOSTILE_ALL,
    "actions": ACTIONS,
    "odd": ODD,
    "empty": EMPTY,
}
