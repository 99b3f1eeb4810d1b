"""wsus/Set-WsusApproval.ps1 in real PowerShell, with a stand-in of the module UpdateServices."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import jsonschema
import pytest

from gpogen.artifacts.wsus_approval import PATH, emit
from gpogen.compile.result import Compiled
from tests.artifacts.powershell.samples import SAMPLES
from tests.support.powershell import needed_engine
from tests.support.profiles import compiled as profile

HERE = Path(__file__).parent
SCHEMA = Path(__file__).resolve().parents[3] / "docs" / "kb-list.schema.json"
SOURCE = """
updates:
  mode: download
  source: {wsus: {server: "https://wsus.contoso.com:8531", status_server: "https://wsus.contoso.com:8531"}}
"""
AE = {"os": "windows-server-2022-azure-edition"}
PILOT, LCU, HOTPATCHES = (
    "Pilot",
    "Microsoft Server Operating System-21H2",
    ("Server 2022 Hotpatch Category"),
)
BASELINE, HOTPATCH, HELD = "KB5099540", "KB5120229", "KB5120242"


@dataclass(frozen=True)
class Ran:
    """What one run said and did."""

    code: int
    rows: list[dict[str, str]]
    text: str
    state: dict[str, dict[str, Any]]
    chosen: list[str]
    calls: list[str]

    @property
    def changes(self) -> list[str]:
        """The commands that change something, in order, without those of -WhatIf."""
        made = [json.loads(line) for line in self.calls]
        return [one["command"] for one in made if not one["command"].startswith("Get-")]

    def results(self) -> dict[str, str]:
        return {row["kb"]: row["result"] for row in self.rows}

    def of(self, kb: str) -> dict[str, Any]:
        return self.state[identity(kb)]


def identity(kb: str) -> str:
    return str(uuid5(NAMESPACE_URL, kb))


def update(kb: str, product: str = LCU, **rest: Any) -> dict[str, Any]:
    words = {"title": f"2026 Update ({kb})", "approvals": {}, "declined": False, "latest": True}
    flags = {"broken": False, "stuck": False}
    return {"kb": kb, "id": identity(kb), "products": [product], **words, **flags, **rest}


def row(kb: str, action: str, **rest: Any) -> dict[str, Any]:
    return {
        "os": "windows-server-2022",
        "profile": None,
        "ring": None,
        "month": "2026-08",
        "kb": kb,
        "url": f"https://support.microsoft.com/help/{kb[2:]}",
        "build": None,
        "type": "hotpatch",
        "action": action,
        "from": "2026-08-11",
        "until": None,
        "restart": "no",
        "reason": "x",
        "confidence": "copy",
        "source": "x",
        **rest,
    }


def listed(*rows: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {
        "format": "gpogen-kb-list/2",
        "today": "2026-11-28",
        "as_of": {},
        "exclude": [],
        "updates": list(rows),
        "not_known": [],
        **rest,
    }


ROWS = (row(BASELINE, "allow"), row(HOTPATCH, "allow"), row(HELD, "hold"))
UPDATES = (update(BASELINE), update(HOTPATCH, HOTPATCHES), update(HELD))
DAY = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
UNKNOWN = {
    **{key: row(HELD, "hold")[key] for key in ("os", "profile", "ring", "month", "reason")},
    "date": "2026-11-10",
    "type": "unknown",
    "kb": None,
    "confidence": "computed",
    "source": "x",
}


def case(
    *rows: dict[str, Any],
    updates: Sequence[dict[str, Any]] = UPDATES,
    text: str | None = None,
    **rest: Any,
) -> dict[str, Any]:
    return {
        "list": text if text is not None else json.dumps(rest.pop("whole", listed(*rows))),
        "updates": list(updates),
        "groups": ["All Computers", PILOT],
        "products": [LCU, HOTPATCHES],
        "given": {},
        "bare": False,
        **rest,
    }


HOSTILE = "x'; throw 'ran'; $(throw 'ran')\x1b[31m\u202e##vso[task.setvariable variable=x]"
CASES: Mapping[str, dict[str, Any]] = {
    "all": case(*ROWS),
    "what if": case(*ROWS, given={"WhatIf": True}),
    "done already": case(
        *ROWS,
        updates=[
            update(BASELINE, approvals={PILOT: "Install"}),
            update(HOTPATCH, HOTPATCHES, approvals={PILOT: "Install"}),
            update(HELD, approvals={PILOT: "NotApproved", "All Computers": "Install"}),
        ],
    ),
    "approved above": case(ROWS[2], updates=[update(HELD, approvals={"All Computers": "Install"})]),
    "decline": case(ROWS[2], given={"Decline": True}),
    "declined": case(
        *ROWS, updates=[update(BASELINE, declined=True), UPDATES[1], update(HELD, declined=True)]
    ),
    "missing": case(*ROWS, updates=[]),
    "other product": case(
        ROWS[0], updates=[update(BASELINE, "Windows 11"), update("KB9", LCU, title="5099540")]
    ),
    "older revision": case(ROWS[0], updates=[update(BASELINE, latest=False)]),
    "not yet": case(row(BASELINE, "allow", **{"from": DAY})),
    "over": case(row(BASELINE, "over")),
    "broken": case(*ROWS, updates=[update(BASELINE, broken=True), *UPDATES[1:]]),
    "stuck": case(ROWS[0], updates=[update(BASELINE, stuck=True)]),
    "open month": case(whole=listed(ROWS[1], not_known=[UNKNOWN])),
    "other system": case(row(BASELINE, "allow", os="windows-server-2025")),
    "other profile": case(row(BASELINE, "allow", profile="other")),
    "no group": case(*ROWS, groups=["All Computers"]),
    "subscribe": case(ROWS[0], given={"Subscribe": True}),
    "subscribe what if": case(ROWS[0], given={"Subscribe": True, "WhatIf": True}),
    "no product": case(ROWS[0], given={"Subscribe": True}, products=[LCU]),
    "not json": case(text="{"),
    "other format": case(whole=listed(*ROWS, format="gpogen-kb-list/3")),
    "bad kb": case(row(HOSTILE, "allow")),
    "bad action": case(row(BASELINE, HOSTILE)),
    "bad day": case(row(BASELINE, "allow", **{"from": "soon"})),
    "both": case(ROWS[0], row(BASELINE, "hold")),
    "hostile title": case(ROWS[0], updates=[update(BASELINE, title=f"KB5099540 {HOSTILE}")]),
    "no methods": case(*ROWS, bare=True),
    "remote": case(ROWS[0], given={"Server": "wsus-02"}),
    "remote by https": case(ROWS[0], given={"Server": "wsus-02", "UseSsl": True}),
    "remote port": case(ROWS[0], given={"Server": "wsus-02", "UseSsl": True, "Port": 443}),
    "no server": case(ROWS[0], given={"UseSsl": True}),
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    engine = needed_engine()
    folder = tmp_path_factory.mktemp("wsus")
    script = folder / "Set-WsusApproval.ps1"
    script.write_bytes(emit(profile(SOURCE, **AE))[0].data)
    cases = []
    for number, (name, one) in enumerate(CASES.items()):
        path = folder / f"list{number}.json"
        path.write_text(one["list"], encoding="utf-8")
        arguments = {"KbList": str(path), "TargetGroup": PILOT, **one["given"]}
        cases.append({**one, "name": name, "script": str(script), "arguments": arguments})
    given, out = folder / "cases.json", folder / "out.jsonl"
    given.write_text(json.dumps(cases), encoding="utf-8")
    done = engine.start(
        HERE / "run.ps1",
        "-Cases",
        str(given),
        "-Out",
        str(out),
        environment={"PSRUN_FIXTURES": str(HERE / "fixtures.ps1")},
    )
    assert done.returncode == 0, done.stderr + done.stdout
    found = {}
    for line in out.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        name = one.pop("name")
        found[name] = Ran(**one)
    assert set(found) == set(CASES)
    return found


def test_the_script_approves_and_holds_what_the_list_says(ran: dict[str, Ran]) -> None:
    done = ran["all"]

    assert done.code == 0, done
    assert done.results() == dict.fromkeys((BASELINE, HOTPATCH, HELD), "Done")
    assert done.of(BASELINE)["approvals"] == {PILOT: "Install"}
    assert done.of(HOTPATCH)["approvals"] == {PILOT: "Install"}
    assert done.of(HELD) == {"approvals": {}, "declined": False}
    assert done.changes == ["Approve-WsusUpdate", "Approve-WsusUpdate"]


def test_what_if_changes_nothing_and_names_each_change(ran: dict[str, Ran]) -> None:
    done = ran["what if"]

    assert (done.code, done.changes) == (2, [])
    assert done.results() == {BASELINE: "Planned", HOTPATCH: "Planned", HELD: "Done"}


def test_a_second_run_changes_nothing(ran: dict[str, Ran]) -> None:
    assert (ran["done already"].code, ran["done already"].changes) == (0, [])


def test_an_approval_of_a_group_above_is_held_back_for_this_group(ran: dict[str, Ran]) -> None:
    done = ran["approved above"]

    assert done.code == 0
    assert done.of(HELD)["approvals"] == {"All Computers": "Install", PILOT: "NotApproved"}


def test_only_decline_declines(ran: dict[str, Ran]) -> None:
    assert ran["decline"].of(HELD)["declined"] is True
    assert ran["decline"].changes == ["Deny-WsusUpdate"]
    assert all(
        "Deny-WsusUpdate" not in one.changes for name, one in ran.items() if name != "decline"
    )


def test_a_declined_update_is_not_approved_by_the_script(ran: dict[str, Ran]) -> None:
    done = ran["declined"]

    assert done.code == 2
    assert done.results() == {BASELINE: "Refused", HOTPATCH: "Done", HELD: "Done"}
    assert done.of(BASELINE) == {"approvals": {}, "declined": True}


def test_an_update_that_the_server_lacks_is_not_known(ran: dict[str, Ran]) -> None:
    done = ran["missing"]

    assert (done.code, done.changes) == (3, [])
    assert done.results() == {BASELINE: "Unknown", HOTPATCH: "Unknown", HELD: "Done"}
    assert "not on wsus-01" in done.text


@pytest.mark.parametrize("name", ["other product", "older revision"])
def test_an_update_for_other_machines_with_the_same_number_is_left_alone(
    ran: dict[str, Ran], name: str
) -> None:
    assert (ran[name].code, ran[name].changes) == (3, [])


@pytest.mark.parametrize(("name", "result"), [("not yet", "Waits"), ("over", "Done")])
def test_a_row_of_another_day_changes_nothing(ran: dict[str, Ran], name: str, result: str) -> None:
    assert (ran[name].code, ran[name].changes) == (0, [])
    assert ran[name].results() == {BASELINE: result}


def test_a_failure_is_told_and_the_others_are_done(ran: dict[str, Ran]) -> None:
    done = ran["broken"]

    assert done.code == 1
    assert done.results() == {BASELINE: "Failed", HOTPATCH: "Done", HELD: "Done"}
    assert "license agreement" in done.text
    assert ran["stuck"].code == 1
    assert "the server still says" in ran["stuck"].text


def test_a_month_that_the_list_does_not_know_is_told(ran: dict[str, Ran]) -> None:
    assert ran["open month"].code == 3
    assert ran["open month"].of(HOTPATCH)["approvals"] == {PILOT: "Install"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("other system", "has no row of windows-server-2022"),
        ("other profile", "has no row of windows-server-2022"),
        ("no group", "The computer group was not found on wsus-01: Pilot"),
        ("no methods", "Run the script in Windows PowerShell 5.1"),
        ("no product", "The product was not found on wsus-01: Server 2022 Hotpatch Category"),
        ("not json", "is not JSON"),
        ("other format", "must be a list of the format gpogen-kb-list/2"),
        ("bad kb", "must have KB numbers such as KB5094125"),
        ("bad action", "must be allow, hold or over"),
        ("bad day", "must have days such as 2026-11-24; got 'soon'"),
        ("both", "has KB5099540 twice, with allow and hold"),
    ],
)
def test_what_is_wrong_stops_before_the_first_change(
    ran: dict[str, Ran], name: str, text: str
) -> None:
    done = ran[name]

    assert done.code == 1, done
    assert text in done.text
    assert done.changes in ([], ["Set-WsusProduct"])
    assert all(not one["approvals"] for one in done.state.values())


def test_subscribe_adds_the_products_and_what_if_does_not(ran: dict[str, Ran]) -> None:
    assert ran["subscribe"].chosen == [LCU, HOTPATCHES]
    assert ran["subscribe what if"].chosen == []
    assert ran["all"].chosen == []


@pytest.mark.parametrize(
    ("name", "port", "ssl"),
    [("remote", 8530, False), ("remote by https", 8531, True), ("remote port", 443, True)],
)
def test_the_server_that_is_named_is_asked(
    ran: dict[str, Ran], name: str, port: int, ssl: bool
) -> None:
    first = json.loads(ran[name].calls[0])

    assert first["command"] == "Get-WsusServer"
    assert first["parameters"]["Name"] == "wsus-02"
    assert (first["parameters"]["PortNumber"], bool(first["parameters"]["UseSsl"])) == (port, ssl)


def test_a_port_without_a_server_is_not_ignored(ran: dict[str, Ran]) -> None:
    assert ran["no server"].code == 1
    assert "-Port and -UseSsl require -Server" in ran["no server"].text
    assert ran["no server"].calls == []


def test_hostile_text_of_a_list_or_a_server_acts_on_nothing(ran: dict[str, Ran]) -> None:
    assert ran["hostile title"].code == 0
    for one in ran.values():
        assert "\x1b" not in one.text
        assert "\u202e" not in one.text
        assert "##vso" not in one.text


def test_the_lists_of_the_cases_are_those_of_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for name in ("all", "open month", "over"):
        whole = json.loads(CASES[name]["list"])
        assert [error.message for error in validator.iter_errors(whole)] == [], name


def test_machines_with_another_source_have_no_script() -> None:
    assert emit(profile("", **AE)) == ()
    assert [file.path for file in emit(profile(SOURCE, **AE))] == [PATH]
    (new,) = emit(profile(SOURCE))
    assert b"Server 2022 Hotpatch Category" not in new.data


def test_powershell_5_1_takes_the_script_whatever_an_author_writes(tmp_path: Path) -> None:
    made: Compiled = profile(SOURCE, **AE)
    paths = []
    for name, sample in SAMPLES.items():
        path = tmp_path / f"{name}.ps1"
        header = replace(sample.header, os=made.header.os)
        path.write_bytes(emit(replace(made, header=header))[0].data)
        paths.append(path)
    reports = needed_engine().check(paths)

    assert [one for one in reports if one["errors"] or one["newer"] or one["requires"]] == []
    assert all(one["commands"] == reports[0]["commands"] for one in reports)
