"""What ``check`` and ``build`` say of a forgotten time zone, ring order, revision, installation."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run, Workplace


def ids(answer: list[dict[str, str]]) -> list[str]:
    return [item["id"] for item in answer]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("ring: {name: pilot, order: 1}",), True),
        (("ring: {name: pilot, order: 1}", "target: {time_zone: Europe/Rome}"), False),
        ((), False),
        (
            (
                "ring: {name: pilot, order: 1}",
                "updates: {mode: notify, schedule: unmanaged}",
                "restart: unmanaged",
            ),
            False,
        ),
    ],
    ids=["ring", "ring with a zone", "no ring", "no schedule"],
)
def test_a_ring_with_a_schedule_and_no_time_zone_is_told(
    gpogen: Run, place: Workplace, lines: tuple[str, ...], told: bool
) -> None:
    place.profile("web", *lines)
    found = gpogen("check", "--format", "json").json

    assert ("RING-TIME-ZONE" in ids(found)) is told
    assert all(item["severity"] == "info" for item in found if item["id"] == "RING-TIME-ZONE")


def test_rings_of_several_names_with_one_order_are_told_once(gpogen: Run, place: Workplace) -> None:
    place.profile("a", "ring: {name: pilot, order: 1}", "target: {time_zone: Europe/Rome}")
    place.profile("b", "ring: {name: broad, order: 1}", "target: {time_zone: Europe/Rome}")
    place.profile("c", "ring: {name: pilot, order: 1}", "target: {time_zone: Europe/Rome}")
    place.profile("d", "ring: {name: last, order: 2}", "target: {time_zone: Europe/Rome}")
    (found,) = [item for item in gpogen("check", "--format", "json").json if item["id"] == "GP026"]

    assert found["severity"] == "info"
    assert "2 rings have the order 1: pilot, broad" in found["message"]
    assert (found["file"], [item["file"] for item in found["related"]]) == (
        "profiles/a.yaml",
        ["profiles/b.yaml"],
    )

    place.profile("b", "ring: {name: pilot, order: 1}", "target: {time_zone: Europe/Rome}")
    assert "GP026" not in gpogen("check").out


@pytest.mark.parametrize(
    ("extends", "lines", "told"),
    [
        ("arc-ws2025-standard", (), "Server Core"),
        ("arc-ws2025-datacenter", (), "Desktop Experience"),
        ("arc-ws2025-standard", ("target: {installation: desktop}",), ""),
        ("arc-ws2025-standard", ("target: {installation: both}",), ""),
        ("azlocal-ws2025-core", (), ""),
    ],
)
def test_an_inherited_installation_that_leaves_machines_out_is_told(
    gpogen: Run, place: Workplace, extends: str, lines: tuple[str, ...], told: str
) -> None:
    place.profile("web", *lines, extends=extends)
    found = gpogen("check", "--format", "json").json
    messages = [item["message"] for item in found if item["id"] == "INSTALLATION-INHERITED"]

    assert len(messages) == bool(told)
    assert all(f"machines with {told} do not get the GPO" in text for text in messages)


def test_a_changed_profile_with_the_revision_of_the_built_one_is_told(
    gpogen: Run, place: Workplace
) -> None:
    def write(number: int | None, *lines: str) -> None:
        revision = f"revision: {{number: {number}, date: 2026-11-28}}"
        place.profile("web", *([] if number is None else [revision]), *lines)

    told = "output/web: the profile has changed since revision 3 was built; set a higher"
    write(3)
    assert "revision" not in gpogen("build").err
    assert "revision" not in gpogen("build").err  # Nothing has changed.
    for number, is_told in ((3, True), (2, True), (4, False), (None, False)):
        write(number, "updates: {quality_deferral_days: 7}")
        assert (told in gpogen("build", "--check").err) is is_told, number
    assert gpogen("verify", "output/web").out
    write(3, "updates: {quality_deferral_days: 7}")
    assert told not in gpogen("build", "-q").err
    write(3, "updates: {quality_deferral_days: 8}")
    assert told in gpogen("build").err
    assert "revision" not in gpogen("build").err


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("desktop", "machines with Server Core do not get the GPO"),
        ("core", "machines with Desktop Experience do not get the GPO"),
        ("both", ""),
    ],
)
def test_verify_says_which_machines_the_filter_finds_and_which_it_leaves_out(
    gpogen: Run, place: Workplace, word: str, told: str
) -> None:
    place.profile("web", f"target: {{installation: {word}}}", extends="arc-ws2025-standard")
    assert gpogen("build").code == 0
    (row,) = [
        line for line in gpogen("verify", "output/web").out.splitlines() if "  finds " in line
    ]

    assert "Windows Server 2025 Standard" in row
    assert ("do not get the GPO" in row) is bool(told)
    assert told in row
