"""What a machine without Group Policy gets."""

from __future__ import annotations

import pytest

from tests.support.profiles import compiled, effects

CONTROL = r"SYSTEM\CurrentControlSet\Control\DeviceGuard"


@pytest.mark.parametrize("how", ["policy", "registry", "policy+registry"])
def test_vbs_outside_group_policy_is_the_control_key_never_the_policies_key_alone(
    how: str,
) -> None:
    made = compiled(f"vbs: {{enforce: {how}}}")

    keys = {item.record.key for item in made.direct}

    assert CONTROL in keys
    assert not [key for key in keys if key.lower().startswith("software\\policies")]


def test_what_cannot_be_written_directly_is_told() -> None:
    made = compiled(
        r"""
        vbs: {enforce: policy}
        registry:
          - {key: 'HKCU\SOFTWARE\X', name: A, type: dword, data: 1}
          - {key: 'HKLM\SOFTWARE\Policies\X', action: secure-key, data: 1}
        """
    )

    told = " ".join(f"{item.what}: {item.reason}" for item in made.not_direct)

    assert "DeviceGuard" in told
    assert "a user setting" in told
    assert "only Group Policy processes this instruction" in told


def test_everything_else_under_the_machine_hive_is_written_directly() -> None:
    made = compiled(
        """
        updates: {mode: download, drivers: exclude}
        """
    )

    assert effects(made.direct) == effects(made.policy)
    assert not made.not_direct


def test_elsewhere_and_unmanaged_write_no_vbs() -> None:
    for word in ("{enforce: elsewhere}", "unmanaged"):
        made = compiled(f"vbs: {word}")
        assert not made.direct
        assert not made.policy
        assert not made.preferences


def test_iso_preparation_is_targeted_and_by_preference_only() -> None:
    made = compiled(
        "vbs: {enforce: policy+registry}",
        os="windows-server-2022-azure-edition",
        extra_target="",
    )
    assert not [item for item in made.preferences if item.wql]

    from gpogen.profile.load import Loader
    from gpogen.rules.check import check

    text = (
        "gpogen: 1\nname: s\ntitle: S\norchestration: group-policy\n"
        "target: {platform: azure-local, os: windows-server-2022-azure-edition, image: iso}\n"
        "vbs: {enforce: policy+registry}\n"
    )
    iso = check(Loader().load_bytes(text.encode())).compiled
    assert iso is not None
    targeted = {item.record.name: item.record.value for item in iso.preferences if item.wql}
    assert targeted == {
        "HotPatchTableSize": 4096,
        "Name": "Hotpatch Enrollment Package",
        "Version": "10.0.20348.1129",
    }
    assert all(
        "407" in item.wql[0] and "20348" in item.wql[1] for item in iso.preferences if item.wql
    )
    assert not targeted.keys() & effects(iso.policy).keys()
