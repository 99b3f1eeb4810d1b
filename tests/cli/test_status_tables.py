"""``gpogen status``: lists and exports as Excel, PowerShell and Azure write them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from gpogen.artifacts.azure_queries import emit
from gpogen.fleet.azure import _ENABLED, _STATUS
from tests.artifacts.azure.conftest import ARC
from tests.artifacts.factory import compiled
from tests.cli.audit_reports import TODAY, lines, report
from tests.cli.conftest import Run, Workplace

ID = "/subscriptions/S/resourceGroups/G/providers/Microsoft.HybridCompute/machines/A"
ROW = {"id": ID, "name": "A", "hotpatchStatus": "Enabled"}
AZURE = f"id,name,hotpatchStatus\n{ID},A,Enabled\n"
AD = '"DistinguishedName","DNSHostName","Name"\r\n"CN=A,DC=c","a.contoso.com","A"\r\n'


def status(
    gpogen: Run, place: Workplace, option: str, data: str | bytes, *reports: dict[str, Any]
) -> tuple[int, str, list[dict[str, Any]]]:
    made = data if isinstance(data, bytes) else data.encode()
    (place.root / "list").write_bytes(made)
    (place.root / "r.jsonl").write_text(lines(*(reports or (report("A"),))))
    answer = gpogen("status", "r.jsonl", option, "list", "--format", "jsonl", *TODAY)
    return answer.code, answer.err, [json.loads(line) for line in answer.out.splitlines()]


@pytest.mark.parametrize(
    "text",
    [
        f"#TYPE System.Management.Automation.PSCustomObject\r\n{AZURE}",
        AZURE.replace(",", ";"),
        AZURE.replace(",", "\t"),
        f"sep=;\r\n{AZURE.replace(',', ';')}",
        f"\n{AZURE}\n,,\n",
        AZURE.replace("Enabled\n", "Enabled,,\n"),
        AZURE.encode("utf-16"),
        f"id,machine,enableHotpatching,hotpatchEnablementStatus\n{ID},A,true,Enabled\n",
        json.dumps(ROW),
        json.dumps({"Data": [ROW], "SkipToken": None}),
        json.dumps({"value": [ROW], "Count": 1}),
    ],
)
def test_an_export_of_azure_is_read_in_every_form(
    gpogen: Run, place: Workplace, text: str | bytes
) -> None:
    code, err, (row,) = status(gpogen, place, "--azure", text)

    assert (code, row["azure_status"]) == (0, "Enabled"), err


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            AZURE.replace("Enabled\n", "Enabled,more\n"),
            "list:2: 4 cells, but the first row names 3",
        ),
        (f"id,{'x' * 200_000}\n", "list:1: not CSV: field larger than field limit"),
        (f"id,name,ID\n{ID},A,{ID}\n", "list: two columns have the name 'id'"),
        ("name\nA\n", "list: neither JSON nor CSV with a column id"),
        (json.dumps({"value": [ROW], "nextLink": "x"}), "the query has further rows"),
        (b'[{"id": "\xff"}]', "list: not UTF-8: byte 10 is 0xFF; save the file as UTF-8"),
        (b"\xff\xfeA", "list: not UTF-16, although it begins with its mark: byte 3 is 0x41"),
    ],
)
def test_an_export_that_cannot_be_read_is_2_with_its_line(
    gpogen: Run, place: Workplace, data: str | bytes, told: str
) -> None:
    code, err, _ = status(gpogen, place, "--azure", data)

    assert code == 2
    assert told in err


@pytest.mark.parametrize(
    "text",
    [
        f"#TYPE Microsoft.ActiveDirectory.Management.ADComputer\r\n{AD}",
        AD.replace(",", ";"),
        "sep=;\r\nName;OU\r\nA;OU=x\r\n",
        "\r\nName\r\n----\r\nA   \r\n\r\n".encode("utf-16"),
        'machine,ou\nA,"OU=Web,DC=contoso,DC=com"\n',
        "a.CONTOSO.com\n",
    ],
)
def test_a_list_of_machines_is_read_in_every_form(
    gpogen: Run, place: Workplace, text: str | bytes
) -> None:
    code, err, (row,) = status(gpogen, place, "--machines", text)

    assert (code, row["listed"]) == (0, "yes"), err


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("# exported\nName,Ring\nA,1\n", "list:2: 'Name,Ring' is not the name of a machine"),
        ("machine,ou\nA,OU=Web,DC=c\n", "list:2: 3 cells, but the first row names 2 columns"),
        (b"A\nW\xdcB\n", "list: not UTF-8: byte 4 is 0xDC"),
        ('A\n"CN=B"\n', "list:2: '\"CN=B\"' is not the name of a machine"),
        ("name,ring\nA,1\na,2\n", "list: a occurs twice, with the ring '1' and '2'"),
    ],
)
def test_a_list_that_names_no_machines_or_contradicts_itself_is_2(
    gpogen: Run, place: Workplace, data: str | bytes, told: str
) -> None:
    code, err, _ = status(gpogen, place, "--machines", data)

    assert code == 2
    assert told in err


LONG = "averylongserver-01"


@pytest.mark.parametrize(
    ("listed", "states"),
    [
        (f"{LONG}\n", ["reported"]),
        (f"{LONG}.contoso.com\n", ["reported"]),
        (f"{LONG}.other.com\n", ["reported", "missing"]),
        # Which of the two has reported?
        (f"{LONG}\naverylongserver-02\n", ["reported", "missing", "missing"]),
    ],
)
def test_a_report_has_15_characters_of_the_name_of_a_machine(
    gpogen: Run, place: Workplace, listed: str, states: list[str]
) -> None:
    _, _, rows = status(gpogen, place, "--machines", listed, report("AVERYLONGSERVER"))

    assert [row["report_state"] for row in rows] == states


def test_the_query_of_an_output_folder_has_the_columns_that_status_reads() -> None:
    (query,) = [item for item in emit(compiled(arc=ARC)) if "hotpatch-status" in item.path]
    named = set(re.findall(r"(?:project |, )(\w+)(?= =|,)", query.data.decode().lower()))

    assert {"id", "machine", "computername", _STATUS[1], _ENABLED[1]} <= named


def test_a_setting_that_is_false_is_not_enabled_whatever_the_status_says(
    gpogen: Run, place: Workplace
) -> None:
    export = json.dumps([ROW | {"hotpatchEnabled": False}])
    code, _, (row,) = status(gpogen, place, "--azure", export)

    assert (code, row["attention"]) == (1, "azure-not-enabled")
