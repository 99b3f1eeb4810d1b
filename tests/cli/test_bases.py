"""A base that says so is checked and listed, and never built, whatever it holds."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run, Workplace

TARGET = "target: {platform: azure-arc, os: windows-server-2025-standard}"


@pytest.mark.parametrize("target", [TARGET, "target: {time_zone: Europe/Rome}", "vbs: unmanaged"])
def test_a_base_that_says_so_is_never_built(gpogen: Run, place: Workplace, target: str) -> None:
    folder = place.root / "profiles"
    folder.mkdir(exist_ok=True)
    text = f"gpogen: 1\nbase: true\nname: site\n{target}\n"
    (folder / "site.yaml").write_text(text, encoding="utf-8")
    place.profile("web", extends="azlocal-ws2025-core")

    assert gpogen("check").code == 0
    assert gpogen("build").code == 0
    assert {path.name for path in (place.root / "output").iterdir()} >= {"web"}
    assert not (place.root / "output" / "site").exists()
    rows = gpogen("list", "--format", "json").json
    assert {row["name"]: row["kind"] for row in rows} == {"site": "base", "web": "profile"}
    assert gpogen("build", "profiles/site.yaml").code != 0


def test_who_extends_such_a_base_is_built_in_its_zone(gpogen: Run, place: Workplace) -> None:
    folder = place.root / "profiles"
    folder.mkdir(exist_ok=True)
    text = "gpogen: 1\nbase: true\nname: site\ntarget: {time_zone: Europe/Rome}\n"
    (folder / "site.yaml").write_text(text, encoding="utf-8")
    place.profile("web", extends="azlocal-ws2025-core, site")

    assert gpogen("build").code == 0
    found = gpogen("calendar", "profiles/web.yaml", "--today", "2026-10-20")
    assert "Europe/Rome" in found.out
