"""The WMI filter: which machines its query finds, and the bytes of the .mof file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import product

import pytest

from gpogen.artifacts import readme, wmi_filter
from gpogen.artifacts.powershell_text import meant_for
from gpogen.catalog.wmi import machine_query
from gpogen.errors import FormatError
from gpogen.formats import mof
from tests.artifacts.factory import compiled, header
from tests.support import profiles
from tests.support.corpus import corpus

SYSTEMS = {
    # Written by hand from Microsoft's table of OperatingSystemSKU: (version, desktop, core).
    "windows-server-2022-azure-edition": ("10.0.20348", 407, 408),
    "windows-server-2025-azure-edition": ("10.0.26100", 407, 408),
    "windows-server-2025-standard": ("10.0.26100", 7, 13),
    "windows-server-2025-datacenter": ("10.0.26100", 8, 12),
}
ROLES = {
    "member": 3,
    "domain-controller": 2,
    "cluster-node": 3,
    "hyper-v-host": 3,
    "wsus-server": 3,
}
VERSIONS = ("10.0.14393", "10.0.17763", "10.0.20348", "10.0.22631", "10.0.25398", "10.0.26100")
SKUS = (4, 7, 8, 12, 13, 48, 79, 80, 406, 407, 408)
"""With Enterprise and Professional clients, evaluation editions, and the host of Azure Local."""


@dataclass(frozen=True)
class Machine:
    """What Win32_OperatingSystem says of a machine."""

    version: str
    product_type: int
    sku: int


MACHINES = [Machine(*parts) for parts in product(VERSIONS, (1, 2, 3), SKUS)]
COMPARISON = re.compile(r'(\w+) (=|LIKE) ("[^"]*"|\d+)')


def finds(query: str, machine: Machine) -> bool:
    """Judge one WQL query: comparisons joined by AND, with ORs in one pair of brackets."""
    start = "SELECT Version FROM Win32_OperatingSystem WHERE "
    assert query.startswith(start)
    return all(
        any(holds(part, machine) for part in term.strip("()").split(" OR "))
        for term in query.removeprefix(start).split(" AND ")
    )


def holds(comparison: str, machine: Machine) -> bool:
    """Judge one comparison; % stands for any text."""
    found = COMPARISON.fullmatch(comparison)
    assert found is not None, comparison
    field, operator, wanted = found[1], found[2], found[3].strip('"')
    own = {
        "Version": machine.version,
        "ProductType": str(machine.product_type),
        "OperatingSystemSKU": str(machine.sku),
    }[field]
    if operator == "=":
        return own == wanted
    return re.fullmatch(re.escape(wanted).replace("%", ".*"), own) is not None


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("installation", ["core", "desktop", ""])
@pytest.mark.parametrize("os", SYSTEMS)
def test_the_query_finds_the_profiles_machines_and_no_other(
    os: str, installation: str, role: str
) -> None:
    version, desktop, core = SYSTEMS[os]
    skus = {"core": (core,), "desktop": (desktop,), "": (desktop, core)}[installation]
    query = machine_query(os, installation, role)

    found = {machine for machine in MACHINES if finds(query, machine)}

    assert found == {Machine(version, ROLES[role], sku) for sku in skus}


@pytest.mark.parametrize("role", ROLES)
def test_the_words_for_the_query_claim_no_more_than_wmi_can_see(role: str) -> None:
    head = header(role=role)
    found, unseen = wmi_filter.found_by(head), wmi_filter.unseen_by(head)
    alike = [other for other in ROLES if ROLES[other] == ROLES[role] and other != role]

    assert found.endswith("that are not domain controllers" if alike else ", domain controllers")
    assert ("from other servers" in unseen) is (role not in ("member", "domain-controller"))
    assert "VMs on Azure Local (formerly Azure Stack HCI) from other machines" in unseen
    assert "Azure Local" not in found


def test_without_a_named_installation_the_words_name_both() -> None:
    head = header(any_installation=True)
    assert "Server Core or Desktop Experience" in wmi_filter.found_by(head)
    assert "Server Core or Desktop Experience" in meant_for(head)


def test_a_target_without_a_system_has_no_filter() -> None:
    assert machine_query("", "", "member") == ""
    assert wmi_filter.emit(compiled(header=header(os=""))) == ()


def test_the_file_has_the_bytes_of_a_native_one() -> None:
    (file,) = wmi_filter.emit(compiled())

    assert file.path == "wmi/azlocal-ws2022-core.mof"
    assert file.data.startswith(b"\xff\xfe\r\0\n\0i\0n\0s\0")
    lines = file.data.decode("utf-16").split("\r\n")
    assert "\n" not in "".join(lines)
    guid = lines[8][7:-2]
    assert re.fullmatch(r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}", guid)
    assert lines == [
        "",
        "instance of MSFT_SomFilter",
        "{",
        '\tAuthor = "gpogen@gpogen.invalid";',
        '\tChangeDate = "20261102000000.000000-000";',
        '\tCreationDate = "20261102000000.000000-000";',
        (
            '\tDescription = "Windows Server 2022 Datacenter: Azure Edition, Server Core, all '
            'servers that are not domain controllers (gpogen 0.1.0)";'
        ),
        '\tDomain = "gpogen.invalid";',
        f'\tID = "{guid}";',
        '\tName = "azlocal-ws2022-core";',
        "\tRules = {",
        "instance of MSFT_Rule",
        "{",
        (
            '\tQuery = "SELECT Version FROM Win32_OperatingSystem WHERE Version LIKE '
            '\\"10.0.20348%\\" AND ProductType = \\"3\\" AND (OperatingSystemSKU = 408)";'
        ),
        '\tQueryLanguage = "WQL";',
        '\tTargetNameSpace = "root\\\\CIMv2";',
        "}};",
        "};",
        "",
    ]


def test_quotes_and_backslashes_come_back_and_line_ends_are_refused() -> None:
    own = wmi_filter.wmi_filter(header())
    odd = mof.WmiFilter(
        author='a"b\\',
        time=own.time,
        description='";\u00e4',
        domain="\\\\",
        id=own.id,
        name='x";',
        query="q",
    )

    assert mof.decode(mof.encode(odd)) == odd
    with pytest.raises(FormatError, match="line break or a NUL"):
        mof.encode(replace(odd, name="a\nb"))


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"\xff\xfex", "\r\ninstance".encode("utf-16")])
def test_what_is_no_filter_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        mof.decode(data)


def test_native_filters_of_one_rule_are_written_byte_for_byte() -> None:
    count = 0
    for path in sorted((corpus() / "mof").rglob("*.mof")):
        data = path.read_bytes()
        try:
            found = mof.decode(data)
        except FormatError:
            continue
        change = re.search(r'ChangeDate = "([^"]+)"', data.decode("utf-16"))
        assert change is not None
        again = mof.encode(found).decode("utf-16")
        native = re.sub(r'(CreationDate = )"[^"]+"', rf'\1"{change[1]}"', data.decode("utf-16"))
        assert again == native
        count += 1
    assert count >= 5


@pytest.mark.parametrize(
    ("more", "count"), [("", 2), (", installation: both", 2), (", installation: core", 1)]
)
def test_a_profile_that_names_no_installation_finds_both(more: str, count: int) -> None:
    body = "vbs: {enforce: policy+registry}\n"
    arc = {"platform": "azure-arc", "os": "windows-server-2025-standard"}
    made = profiles.compiled(body, extra_target=more, orchestration="azure-update-manager", **arc)

    assert wmi_filter.wmi_filter(made.header).query.count("OperatingSystemSKU =") == count


@pytest.mark.parametrize(
    ("more", "left_out"),
    [(", installation: desktop", "Server Core"), (", installation: both", "")],
)
def test_the_readme_names_the_installation_that_the_filter_leaves_out(
    more: str, left_out: str
) -> None:
    arc = {"platform": "azure-arc", "os": "windows-server-2025-standard"}
    body = "vbs: {enforce: policy}\n"
    made = profiles.compiled(body, extra_target=more, orchestration="azure-update-manager", **arc)
    text = " ".join(readme.emit(made)[0].data.decode("utf-8-sig").split())

    assert (f"{left_out} machines do not get the GPO" in text) is bool(left_out)
    assert ("installation: both" in text) is bool(left_out)
