"""``gpogen explain`` and ``gpogen list`` on profiles: every key, and the shipped texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from gpogen.profile.schema import Profile
from gpogen.profile.sections import RestartUnknown
from gpogen.reports.explain.keys import all_keys
from gpogen.resources import resource_dir
from tests.cli.conftest import Run

ROOT = Path(__file__).resolve().parent.parent.parent


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _keys(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield f"{path}{name}"
        for found in _models(field.annotation):
            if found is not RestartUnknown:
                yield from _keys(found, f"{path}{name}.")


SCHEMA = tuple(dict.fromkeys(_keys(Profile)))


def test_every_key_of_the_schema_is_explained_and_no_other() -> None:
    assert {row.key for row in all_keys()} == set(SCHEMA)


@pytest.mark.parametrize("key", SCHEMA)
def test_every_key_is_found_by_its_path(gpogen: Run, key: str) -> None:
    found = gpogen("explain", key, "--kind", "key", "--format", "json")

    assert found.code == 0
    assert key in [row["id"] for row in found.json]


@pytest.mark.parametrize("key", SCHEMA)
def test_every_key_stands_in_the_page_about_profiles(key: str) -> None:
    text = (ROOT / "docs" / "profile.md").read_text("utf-8")

    assert key.rpartition(".")[2] in text


def test_a_key_shows_how_to_write_it(gpogen: Run) -> None:
    assert "ring: {name: pilot, order: 1}" in gpogen("explain", "ring").out


def test_a_key_says_what_stands_in_it(gpogen: Run) -> None:
    found = gpogen("explain", "ring")

    assert found.code == 0
    assert "ring  (key)" in found.out
    assert "ring.order" in found.out
    assert "GP" not in found.out.split("source")[0]


def test_the_text_of_a_shipped_profile_is_printed(gpogen: Run) -> None:
    path = resource_dir("profiles") / "azlocal-ws2025-core.yaml"

    assert gpogen("list", "--shipped", path.stem).out == path.read_text("utf-8")
    both = gpogen("list", "--shipped", path.stem, "hotpatch-base", "--format", "json").json
    assert [row["name"] for row in both] == [path.stem, "hotpatch-base"]
    assert both[0]["text"] == path.read_text("utf-8")


@pytest.mark.parametrize("name", ["azlocal-ws2025-cor", "../hotpatch-base", " ", "/etc/passwd"])
def test_what_is_not_shipped_is_refused(gpogen: Run, name: str) -> None:
    found = gpogen("list", "--shipped", name)

    assert (found.code, found.out) == (2, "")
    assert "is not a shipped profile; allowed: arc-ws2025" in found.err


def test_check_lists_where_bases_differ_when_asked(gpogen: Run, tmp_path: Path) -> None:
    for name, body in (
        ("base", "updates: {quality_deferral_days: 0}"),
        ("ring", "updates: {quality_deferral_days: 7}"),
        ("web", "extends: [base, ring]"),
        ("own", "extends: [base, ring]\nupdates: {quality_deferral_days: 3}"),
    ):
        text = f"gpogen: 1\nname: {name}\n{body}\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    path = str(tmp_path / "web.yaml")
    told = gpogen("check", "-v", path).out

    assert "inherited updates.quality_deferral_days: 7 (" in told
    assert ", over 0 (" in told
    assert "inherited" not in gpogen("check", path).out
    assert "inherited" not in gpogen("check", "-v", str(tmp_path / "own.yaml")).out


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("lan", "updates.delivery_optimization"),
        ("Install-On-Schedule", "updates.mode"),
        ("none ", None),
        ("azure-stack-hci", "azure-local"),
        ("domain-controller", "target.role"),
        ("member", "target.role"),
    ],
)
def test_a_value_of_one_key_explains_that_key(gpogen: Run, value: str, key: str | None) -> None:
    found = gpogen("explain", value, "--format", "json")

    assert [row["id"] for row in found.json] == ([key] if key else [])


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        ("none", "updates.optional_content, restart.policy, registry.type"),
        ("AutomaticByPlatform", "azure.patch_mode, azure.assessment_mode"),
    ],
)
def test_a_value_of_several_keys_names_them(gpogen: Run, value: str, keys: str) -> None:
    found = gpogen("explain", value)

    assert found.code == 2
    assert found.err == f"gpogen: {value!r} is a value; explain one of its keys: {keys}\n"


def test_what_only_describes_values_is_no_value(gpogen: Run) -> None:
    for word in ("default", "also", "also none", "required"):
        assert "unknown name" in gpogen("explain", word).err
