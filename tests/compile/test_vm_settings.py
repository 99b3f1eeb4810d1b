"""What an Azure VM's patch settings must be, by the table of scheduled patching (HP024)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gpogen.catalog.platforms import Image, images
from gpogen.compile.result import VmSettings
from gpogen.compile.vm_settings import vm_settings
from gpogen.rules.check import subject_of
from tests.support.profiles import OS_2022, checked

HOTPATCH = "2022-datacenter-azure-edition-hotpatch"
BY_PLATFORM = {"patchMode": "AutomaticByPlatform"}
BYPASS = "bypassPlatformSafetyChecksOnUserSchedule"
SCHEDULED: dict[str, Any] = {
    **BY_PLATFORM,
    "automaticByPlatformSettings": {BYPASS: True},
    "enableHotpatching": False,
}
GUEST: dict[str, Any] = {
    **BY_PLATFORM,
    "automaticByPlatformSettings": {BYPASS: False},
    "enableHotpatching": True,
}


def made(azure: str, orchestration: str, image: str = HOTPATCH, **head: str) -> VmSettings | None:
    body = f"vbs: {{enforce: policy+registry}}\nazure: {{{azure}}}\n"
    words = {
        "os": OS_2022,
        "platform": "azure-vm",
        "orchestration": orchestration,
        "image": image,
        **head,
    }
    subject = subject_of(checked(body, **words))
    assert subject is not None
    assert subject.profile is not None
    return vm_settings(subject.profile)


@pytest.mark.parametrize("row", images(), ids=lambda row: row.sku)
@pytest.mark.parametrize("short", [True, False])
def test_the_preflight_asks_for_the_image_as_the_catalog_names_it(row: Image, short: bool) -> None:
    triple = f"{{publisher: {row.publisher}, offer: {row.offer}, sku: {row.sku}}}"
    found = made("", "azure-guest-patching", row.sku if short else triple, os=row.os)

    assert found is not None
    assert (found.publisher, found.offer, found.sku) == (row.publisher, row.offer, row.sku)


def test_an_image_that_the_catalog_lacks_gets_no_address() -> None:
    triple = "{publisher: Contoso, offer: Servers, sku: hardened}"
    found = made("", "azure-guest-patching", triple)

    assert found is not None
    assert (found.publisher, found.offer, found.sku) == ("", "", "")


@pytest.mark.parametrize(
    ("azure", "orchestration", "wanted"),
    [
        ("", "azure-update-manager", SCHEDULED),
        ("", "azure-guest-patching", GUEST),
        ("", "group-policy", None),
        ("", "manual", None),
        ("enable_hotpatching: false", "azure-guest-patching", GUEST | {"enableHotpatching": False}),
        ("patch_mode: Manual", "manual", {"patchMode": "Manual"}),
        ("assessment_mode: ImageDefault", "manual", {"assessmentMode": "ImageDefault"}),
        (
            "bypass_platform_safety_checks: false",
            "manual",
            {"automaticByPlatformSettings": {BYPASS: False}},
        ),
        (
            "reboot_setting: Never",
            "azure-update-manager",
            SCHEDULED | {"automaticByPlatformSettings": {BYPASS: True, "rebootSetting": "Never"}},
        ),
        (
            "bypass_platform_safety_checks: false, reboot_setting: IfRequired",
            "azure-guest-patching",
            GUEST | {"automaticByPlatformSettings": {BYPASS: False, "rebootSetting": "IfRequired"}},
        ),
    ],
)
def test_what_is_stated_wins_over_what_the_orchestration_needs(
    azure: str, orchestration: str, wanted: dict[str, Any] | None
) -> None:
    found = made(azure, orchestration)

    assert (found and json.loads(found.settings)) == wanted
    assert found is None or found.settings == json.dumps(wanted, sort_keys=True)


def test_machines_outside_azure_have_no_patch_settings() -> None:
    arc = {"platform": "azure-arc", "image": "", "os": "windows-server-2025-standard"}

    assert made("", "azure-update-manager", **arc) is None
