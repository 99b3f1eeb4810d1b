"""Rules about the machines: editions, images, the ISO preparation, VBS, the ring's time zone."""

from __future__ import annotations

import pytest

from gpogen.finding import Finding, Severity
from tests.support.profiles import OS_2022, OS_2025, checked

MEMORY = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management"
HOTPATCH = (
    r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Update\TargetingInfo\DynamicInstalled"
    r"\Hotpatch.amd64"
)
VBS = "vbs: {enforce: policy+registry}\n"
STANDARD = "windows-server-2025-standard"
CORE_22, CORE_25 = "2022-datacenter-azure-edition-core", "2025-datacenter-azure-edition-core"
DESKTOP_22 = "2022-datacenter-azure-edition-hotpatch"


def found(rule: str, body: str = VBS, **head: str) -> list[Finding]:
    result = checked(body, **head)
    assert result.compilation is not None, result.findings
    return [one for one in result.findings if one.id == rule]


def of_image(
    image: str, os: str = OS_2022, platform: str = "azure-local", installation: str = ""
) -> tuple[str, str]:
    """Return message and fix of HP012 for an image; two empty texts where it finds nothing."""
    from gpogen.profile.load import Loader
    from gpogen.rules.check import check

    more = f", image: {image}" if image else ""
    more += f", installation: {installation}" if installation else ""
    text = (
        f"gpogen: 1\nname: s\ntitle: S\norchestration: third-party\n{VBS}"
        f"target: {{platform: {platform}, os: {os}{more}}}\n"
    )
    result = check(Loader().load_bytes(text.encode()))
    assert result.compilation is not None, result.findings
    (one,) = [(i.message, i.fix) for i in result.findings if i.id == "HP012"] or [("", "")]
    return one


ALL_22 = (CORE_22, f"{CORE_22}-smalldisk", DESKTOP_22, f"{DESKTOP_22}-smalldisk")


@pytest.mark.parametrize(
    ("installation", "wanted"),
    [
        ("", ALL_22),
        ("both", ALL_22),
        ("core", ALL_22[:2]),
        ("desktop", ALL_22[2:]),
    ],
)
def test_a_platform_with_images_needs_one_of_the_installation(
    installation: str, wanted: tuple[str, ...]
) -> None:
    for platform in ("azure-local", "azure-vm"):
        message, fix = of_image("", platform=platform, installation=installation)
        assert message == f"{platform} requires `target.image`"
        assert fix == f"write one of: {', '.join(wanted)}"


@pytest.mark.parametrize("platform", ["azure-local", "azure-vm"])
def test_an_edition_without_hotpatches_is_not_asked_for_an_image_too(platform: str) -> None:
    assert of_image("", os=STANDARD, platform=platform) == ("", "")


def test_the_other_name_of_a_platform_is_told_as_the_usual_one() -> None:
    assert of_image("", platform="azure-stack-hci")[0] == "azure-local requires `target.image`"


@pytest.mark.parametrize("image", ["iso", CORE_25, "x"])
def test_machines_on_arc_have_no_image(image: str) -> None:
    message, fix = of_image(image, os=STANDARD, platform="azure-arc")

    assert message.startswith("machines on azure-arc have no image")
    assert fix == "remove `target.image`"
    assert of_image("", os=STANDARD, platform="azure-arc") == ("", "")


@pytest.mark.parametrize(("platform", "wrong"), [("azure-local", False), ("azure-vm", True)])
def test_an_iso_is_refused_in_azure_alone(platform: str, wrong: bool) -> None:
    message, fix = of_image("iso", platform=platform)

    assert message.startswith("`image: iso` on azure-vm") is wrong
    assert fix == ("use a marketplace image" if wrong else "")


@pytest.mark.parametrize(
    ("image", "installation", "message", "fix"),
    [
        (CORE_22, "core", "", ""),
        (CORE_22, "", "", ""),
        (
            CORE_22,
            "desktop",
            f"the image {CORE_22} is core, but `target.installation` is desktop",
            f"write `installation: core`, or one of: {DESKTOP_22}, {DESKTOP_22}-smalldisk",
        ),
        (
            DESKTOP_22,
            "core",
            f"the image {DESKTOP_22} is desktop, but `target.installation` is core",
            f"write `installation: desktop`, or one of: {CORE_22}, {CORE_22}-smalldisk",
        ),
        (
            CORE_25,
            "",
            f"the image {CORE_25} is {OS_2025}, but `target.os` is {OS_2022}",
            f"write one of: {', '.join(ALL_22)}",
        ),
        (
            CORE_25,
            "desktop",
            f"the image {CORE_25} is {OS_2025}, but `target.os` is {OS_2022}",
            f"write one of: {DESKTOP_22}, {DESKTOP_22}-smalldisk",
        ),
    ],
)
def test_an_image_fits_the_system_and_the_installation(
    image: str, installation: str, message: str, fix: str
) -> None:
    assert of_image(image, installation=installation) == (message, fix)
    parts = f"{{publisher: MicrosoftWindowsServer, offer: WindowsServer, sku: {image}}}"
    whole = message.replace(image, f"MicrosoftWindowsServer/WindowsServer/{image}")
    assert of_image(parts, installation=installation) == (whole, fix)


ALLOWED = "; allowed: 2022-datacenter-azure-edition-core, "


@pytest.mark.parametrize(
    ("image", "installation", "fix"),
    [
        ("2022-datacenter-azure-edition-cor", "", f"did you mean {CORE_22}?"),
        ("2025-datacenter-azure-edition-cor", "core", f"did you mean {CORE_25}?"),
        ("my-golden-image", "", f"write one of: {', '.join(ALL_22)}"),
        ("my-golden-image", "core", f"write one of: {', '.join(ALL_22[:2])}"),
    ],
)
def test_an_unknown_image_gets_the_nearest_name_or_all_names(
    image: str, installation: str, fix: str
) -> None:
    os = OS_2022 if "2022" in fix else OS_2025
    message, told = of_image(image, os=os, installation=installation)

    assert message.startswith(f"the image {image} gets no hotpatches{ALLOWED}")
    assert told == fix


def test_an_edition_without_images_gets_the_nearest_of_all_of_them() -> None:
    image = "2025-datacenter-azure-edition-cor"
    assert of_image(image, os=STANDARD)[1] == f"did you mean {CORE_25}?"


@pytest.mark.parametrize(
    ("image", "instead"),
    [
        ("2022-datacenter-azure-edition", DESKTOP_22),
        ("2025-datacenter", "2025-datacenter-azure-edition"),
        ("2025-datacenter-core", "2025-datacenter-azure-edition"),
        ("2025-datacenter-azure-edition-hotpatch", "2025-datacenter-azure-edition"),
    ],
)
def test_an_image_that_is_often_mistaken_is_told_why_and_what_to_use(
    image: str, instead: str
) -> None:
    message, fix = of_image(image)

    assert message.startswith(f"the image {image} gets no hotpatches: ")
    assert fix == f"use {instead}"


@pytest.mark.parametrize("os", [OS_2022, OS_2025])
@pytest.mark.parametrize("image", ["iso", "2022-datacenter-azure-edition-core", CORE_25])
def test_only_windows_server_2022_from_iso_takes_the_preparation(os: str, image: str) -> None:
    value = f"registry: [{{key: '{MEMORY}', name: HotPatchTableSize, type: dword, data: 4096}}]\n"
    other = value.replace("HotPatchTableSize", "LargeSystemCache")
    gone = f"registry: [{{key: '{MEMORY}', name: HotPatchTableSize, action: delete}}]\n"

    prepared = os == OS_2022 and image == "iso"
    assert bool(found("HP008", VBS + value, os=os, image=image)) is not prepared
    for harmless in (other, gone, ""):
        assert found("HP008", VBS + harmless, os=os, image=image) == []
    undocumented = os == OS_2025 and image == "iso"
    assert bool(found("ISO-2025", os=os, image=image)) is undocumented


@pytest.mark.parametrize(
    ("key", "name", "kind", "data", "message"),
    [
        (MEMORY, "HotPatchTableSize", "dword", "4096", ""),
        (MEMORY, "HotPatchTableSize", "dword", "4097", "is REG_DWORD 4097; it must be REG_DWORD"),
        (MEMORY, "HotPatchTableSize", "dword", "4095", "is REG_DWORD 4095; it must be REG_DWORD"),
        (MEMORY, "HotPatchTableSize", "qword", "4096", "is REG_QWORD 4096; it must be REG_DWORD"),
        (HOTPATCH, "Name", "sz", "Hotpatch Enrollment Package", ""),
        (HOTPATCH, "Name", "sz", "Hotpatch", "is REG_SZ 'Hotpatch'; it must be REG_SZ 'Hotpatch E"),
        (HOTPATCH, "Version", "expand-sz", "10.0.20348.1129", "is REG_EXPAND_SZ '10.0.20348"),
        (MEMORY, "LargeSystemCache", "dword", "4095", ""),
    ],
)
def test_an_iso_preparation_value_has_its_type_and_its_data(
    key: str, name: str, kind: str, data: str, message: str
) -> None:
    shown = data if data.isdigit() else f"'{data}'"
    value = f"registry: [{{key: '{key}', name: {name}, type: {kind}, data: {shown}}}]\n"
    hits = [one.message for one in found("HP009", VBS + value, os=OS_2022)]

    assert len(hits) == bool(message)
    assert all(one.startswith(f"{name} {message}") for one in hits)
    gone = f"registry: [{{key: '{key}', name: {name}, action: delete}}]\n"
    assert found("HP009", VBS + gone, os=OS_2022) == []


@pytest.mark.parametrize(
    ("os", "platform", "end"),
    [
        (OS_2022, "azure-local", ""),
        (OS_2025, "azure-vm", ""),
        (STANDARD, "azure-arc", ""),
        (OS_2022, "azure-arc", "Azure Edition gets hotpatches on azure-local and azure-vm"),
        (STANDARD, "azure-local", "connect the machines to Azure Arc"),
        (STANDARD, "azure-vm", "connect the machines to Azure Arc"),
    ],
)
def test_an_edition_is_told_where_it_gets_hotpatches(os: str, platform: str, end: str) -> None:
    who = "azure-guest-patching" if platform == "azure-vm" else "manual"
    hits = [one.fix for one in found("HP011", os=os, platform=platform, orchestration=who)]

    assert len(hits) == bool(end)
    assert all(one.startswith(end) for one in hits)


ENABLE = "EnableVirtualizationBasedSecurity"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\DeviceGuard"


@pytest.mark.parametrize("platform", ["azure-local", "azure-vm", "azure-arc"])
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", False),
        ("vbs: unmanaged\n", False),
        (VBS, True),
        ("vbs: {enforce: policy}\n", True),
        ("vbs: {enforce: elsewhere}\n", True),
        ("assured: [{what: vbs-managed-elsewhere, why: x}]\n", True),
        ("assured: [{what: endpoints-reachable, why: x}]\n", False),
        (f"registry: [{{key: '{POLICY}', name: {ENABLE}, type: dword, data: 1}}]\n", True),
    ],
)
def test_a_profile_says_how_vbs_comes_on_unless_azure_starts_it(
    body: str, said: bool, platform: str
) -> None:
    head = {"platform": platform, "orchestration": "manual"}
    head |= {"os": STANDARD} if platform == "azure-arc" else {}
    hits = found("HP004", body, **head)

    assert len(hits) == (not said and platform != "azure-vm")
    lines = [one.at.line for one in hits if one.at]
    assert lines == [7 if body.startswith("vbs") else 4] * len(hits)


RING = "ring: {name: pilot, order: 1}\n"
LOCAL = "updates: {mode: install-on-schedule, schedule: {day: sunday, at: '03:00'}}\n"
DEADLINE = "updates: {drivers: exclude}\nrestart: {policy: deadline, days: 2, grace_days: 1}\n"
WINDOW = "update_manager: {patch_tuesday_offset: 4, at: '22:00', duration: '03:00'%s}\n"


@pytest.mark.parametrize(
    ("body", "who", "local"),
    [
        (LOCAL, "group-policy", True),
        (DEADLINE, "group-policy", False),
        ("updates: {mode: download}\n", "third-party", False),
        (WINDOW % "", "azure-update-manager", True),
        (WINDOW % ", time_zone: Europe/Rome", "azure-update-manager", False),
        (WINDOW % "", "third-party", False),
        ("", "azure-update-manager", False),
    ],
)
def test_a_ring_that_installs_at_a_local_time_needs_a_zone(
    body: str, who: str, local: bool
) -> None:
    head = {"os": STANDARD, "platform": "azure-arc", "orchestration": who}

    hits = found("RING-TIME-ZONE", VBS + RING + body, **head)
    assert [one.severity for one in hits] == [Severity.INFO] * local
    assert found("RING-TIME-ZONE", VBS + body, **head) == []
    zone = {"extra_target": ", time_zone: Europe/Rome"}
    assert found("RING-TIME-ZONE", VBS + RING + body, **head, **zone) == []
