"""Images, near misses, operating systems and platforms."""

from __future__ import annotations

import pytest

from gpogen.catalog.platforms import (
    PUBLISHER,
    find_image,
    find_near_miss,
    find_platform,
    images,
    near_misses,
    operating_systems,
    orchestrations,
    platforms,
)
from gpogen.catalog.policies import TEMPLATE_SETS

AE22, AE25 = "windows-server-2022-azure-edition", "windows-server-2025-azure-edition"


def test_the_image_table_is_exactly_microsofts() -> None:
    assert [(i.sku, i.os, i.installation, i.smalldisk) for i in images()] == [
        ("2022-datacenter-azure-edition-core", AE22, "core", False),
        ("2022-datacenter-azure-edition-core-smalldisk", AE22, "core", True),
        ("2022-datacenter-azure-edition-hotpatch", AE22, "desktop", False),
        ("2022-datacenter-azure-edition-hotpatch-smalldisk", AE22, "desktop", True),
        ("2025-datacenter-azure-edition", AE25, "desktop", False),
        ("2025-datacenter-azure-edition-smalldisk", AE25, "desktop", True),
        ("2025-datacenter-azure-edition-core", AE25, "core", False),
        ("2025-datacenter-azure-edition-core-smalldisk", AE25, "core", True),
    ]
    assert {(i.publisher, i.offer) for i in images()} == {(PUBLISHER, "WindowsServer")}


def test_an_image_is_found_in_any_case() -> None:
    found = find_image(PUBLISHER.upper(), "windowsserver", "2025-Datacenter-Azure-Edition-Core")
    assert found is not None
    assert found.installation == "core"


@pytest.mark.parametrize(
    ("offer", "sku", "instead"),
    [
        (
            "WindowsServer",
            "2022-Datacenter-Azure-Edition",
            "2022-datacenter-azure-edition-hotpatch",
        ),
        (
            "WindowsServer",
            "2022-datacenter-azure-edition-smalldisk",
            "2022-datacenter-azure-edition-hotpatch-smalldisk",
        ),
        (
            "WindowsServer",
            "2025-Datacenter-Azure-Edition-Hotpatch",
            "2025-datacenter-azure-edition",
        ),
        ("WindowsServer", "2025-datacenter", "2025-datacenter-azure-edition"),
        ("WindowsServer", "2025-datacenter-core-g2", "2025-datacenter-azure-edition"),
        (
            "windowsserverhotpatch-previews",
            "windows-server-2022-azure-edition-hotpatch",
            "2022-datacenter-azure-edition-hotpatch",
        ),
        (
            "MicrosoftServerOperatingSystems-previews",
            "windows-server-2025-azure-edition-hotpatch",
            "2025-datacenter-azure-edition",
        ),
    ],
)
def test_a_near_miss_is_no_image_and_names_the_right_one(
    offer: str, sku: str, instead: str
) -> None:
    assert find_image(PUBLISHER, offer, sku) is None
    found = find_near_miss(PUBLISHER, offer, sku)
    assert found is not None
    assert found.instead == instead


def test_no_supported_image_is_a_near_miss() -> None:
    assert [find_near_miss(i.publisher, i.offer, i.sku) for i in images()] == [None] * 8


def test_an_unheard_of_image_is_neither() -> None:
    assert find_image("Canonical", "ubuntu", "24.04") is None
    assert find_near_miss("Canonical", "WindowsServer", "2025-datacenter") is None
    assert find_near_miss(PUBLISHER, "WindowsServer", "2019-datacenter") is None


@pytest.mark.parametrize("end", ["-cor", "-core-smaldisk", "-gen2", "s"])
def test_a_misspelled_azure_edition_is_not_called_an_edition_without_it(end: str) -> None:
    assert find_near_miss(PUBLISHER, "WindowsServer", f"2025-Datacenter-Azure-Edition{end}") is None


def test_every_near_miss_points_to_a_supported_image() -> None:
    supported = {image.sku for image in images()}
    assert all(row.instead in supported for row in near_misses())


def test_the_operating_systems_have_their_sku_numbers_and_builds() -> None:
    found = {
        word: (os.family, os.template_set, os.build, os.sku_desktop, os.sku_core)
        for word, os in operating_systems().items()
    }
    old, new = "windows-server-2022", "windows-server-2025"
    assert found == {
        AE22: (old, "21H2", "10.0.20348", 407, 408),
        AE25: (new, "24H2", "10.0.26100", 407, 408),
        "windows-server-2025-standard": (new, "24H2", "10.0.26100", 7, 13),
        "windows-server-2025-datacenter": (new, "24H2", "10.0.26100", 8, 12),
    }
    assert {os.minimum_build for os in operating_systems().values()} == {None, "26100.1742"}


def test_operating_systems_and_policies_agree_on_the_template_sets() -> None:
    assert {o.family: o.template_set for o in operating_systems().values()} == dict(TEMPLATE_SETS)


def test_the_host_system_of_azure_local_is_no_target() -> None:
    numbers = {n for o in operating_systems().values() for n in (o.sku_desktop, o.sku_core)}
    assert 406 not in numbers


def test_platforms_take_their_operating_systems_and_orchestrations() -> None:
    assert list(platforms()) == ["azure-local", "azure-arc", "azure-vm"]
    assert platforms()["azure-arc"].operating_systems == (
        "windows-server-2025-standard",
        "windows-server-2025-datacenter",
    )
    assert platforms()["azure-vm"].image_required
    assert platforms()["azure-vm"].orchestrations == (
        "azure-guest-patching",
        "azure-update-manager",
    )
    assert "azure-update-manager" not in platforms()["azure-local"].orchestrations


def test_the_old_name_of_azure_local_is_understood() -> None:
    assert find_platform("azure-stack-hci") is platforms()["azure-local"]
    assert find_platform("on-premises") is None


def test_every_word_that_a_row_refers_to_exists() -> None:
    for platform in platforms().values():
        assert set(platform.operating_systems) <= set(operating_systems())
        assert set(platform.orchestrations) <= set(orchestrations())
    assert {image.os for image in images()} <= set(operating_systems())


def test_every_row_has_a_source() -> None:
    assert all(image.source for image in images())
    assert all(row.source for row in near_misses())
    assert all(system.source for system in operating_systems().values())
    assert all(platform.source for platform in platforms().values())
