"""Good profiles that use every word and form of the schema: they compile and build."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import ValidationError

from gpogen.catalog.platforms import operating_systems
from gpogen.document.nodes import Mapping, Node, Scalar, Sequence
from gpogen.finding import Severity
from gpogen.outputs.tree import encode_manifest, manifest_of, render_tree
from gpogen.profile import items, part, schema, sections, setting
from gpogen.profile.fields import KEYWORDS
from gpogen.profile.load import Loader
from gpogen.rules.check import Checked, check
from gpogen.workspace.select import select

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.yaml"))
BUILT = [path for path in FILES if path.stem not in ("base-only", "base-with-a-zone")]


def _check(path: Path) -> Checked:
    return check(Loader().load(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_good_profile_has_no_error(path: Path) -> None:
    found = _check(path).findings
    assert not [item for item in found if item.severity is Severity.ERROR]


@pytest.mark.parametrize("path", BUILT, ids=lambda path: path.stem)
def test_a_good_profile_builds_in_memory_twice_the_same(path: Path) -> None:
    trees = []
    for _ in range(2):
        compiled = _check(path).compiled
        assert compiled is not None
        files = render_tree(compiled)
        assert "gpo/manifest.xml" in files
        assert all(item.data for item, _ in files.values())
        manifest = encode_manifest(manifest_of(compiled, files))
        trees.append((manifest, {name: item.data for name, (item, _) in files.items()}))
    assert trees[0] == trees[1]


def test_a_base_is_checked_and_not_built() -> None:
    checked = _check(FOLDER / "base-only.yaml")
    assert checked.compiled is None
    assert not checked.failed


def test_all_of_them_together_are_no_error() -> None:
    selection = select([str(FOLDER)], "profiles")
    assert selection.exit_code == 0
    assert len(selection.profiles) == len(FILES)


def test_removing_everything_writes_only_deletions() -> None:
    compiled = _check(FOLDER / "everything-removed.yaml").compiled
    assert compiled is not None
    traced = (*compiled.policy, *compiled.preferences)
    assert traced
    assert {item.record.action.value for item in traced} == {"delete"}


def test_leaving_everything_unmanaged_writes_nothing() -> None:
    compiled = _check(FOLDER / "everything-unmanaged.yaml").compiled
    assert compiled is not None
    assert not compiled.policy
    assert not compiled.preferences


def _scalars(node: Node, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for key, (_, child) in node.members.items():
            yield f"{path}.{key}", ""
            yield from _scalars(child, f"{path}.{key}")
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _scalars(item, path)
    elif isinstance(node, Scalar):
        yield path, node.text


def _used() -> set[tuple[str, str]]:
    trees = [Loader().load(path).tree for path in FILES]
    return {pair for tree in trees if tree is not None for pair in _scalars(tree, "")}


LISTS: dict[str, tuple[str, ...]] = {
    ".target.platform": ("azure-local", "azure-stack-hci", "azure-arc", "azure-vm"),
    ".target.os": schema.OSES,
    ".target.installation": ("core", "desktop", "both"),
    ".target.role": schema.ROLES,
    ".orchestration": schema.ORCHESTRATIONS,
    ".vbs": KEYWORDS,
    ".vbs.enforce": ("policy", "registry", "policy+registry", "elsewhere"),
    ".vbs.platform_security": ("secure-boot", "secure-boot-and-dma"),
    ".updates.mode": (*sections.MODES, *KEYWORDS),
    ".updates.schedule": KEYWORDS,
    ".updates.schedule.at": ("automatic",),
    ".updates.schedule.weeks": ("every", "second", "fourth"),
    ".updates.source": ("windows-update", *KEYWORDS),
    ".updates.source.wsus.proxy": ("system-only", "user-allowed"),
    ".updates.source.scan.quality": ("wsus",),
    ".updates.microsoft_update": ("true", "false", *KEYWORDS),
    ".restart": KEYWORDS,
    ".restart.policy": sections.RESTARTS,
    ".policies.state": ("enabled", "disabled", *KEYWORDS),
    ".registry.type": items.REGISTRY_TYPES,
    ".registry.action": items.REGISTRY_ACTIONS[1:],
    ".registry.via": ("preference",),
    ".assured.what": items.ASSURANCES,
}


@pytest.mark.parametrize("path", sorted(LISTS))
def test_every_word_of_a_list_is_used_by_some_profile(path: str) -> None:
    used = {text for place, text in _used() if place == path}
    assert set(LISTS[path]) <= used


def _fields() -> Iterator[tuple[str, str]]:
    """Yield the keys; tests/compile/test_setting_words.py tries every setting word."""
    models: Any = part.Part.__subclasses__()
    while models:
        model = models.pop()
        models += model.__subclasses__()
        if model.__module__ == "gpogen.releases.additions":
            continue  # Another file than a profile, with tests of its own.
        for name, info in model.model_fields.items():
            if not any(isinstance(note, setting.Setting) for note in info.metadata):
                yield model.__name__, name


def test_every_key_of_the_schema_is_used_by_some_profile() -> None:
    used = {place.rsplit(".", 1)[-1] for place, _ in _used()}
    assert {name for _, name in _fields()} <= used


def test_every_operating_system_of_the_catalogue_is_in_the_schema() -> None:
    assert set(operating_systems()) == set(schema.OSES)


def test_nothing_is_converted_on_the_way() -> None:
    with pytest.raises(ValidationError):
        schema.Ring.model_validate({"name": "a", "order": "1"})
