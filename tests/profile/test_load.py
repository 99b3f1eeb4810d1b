"""Profiles from files: where ``extends`` looks, and what it makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpogen.document.nodes import find
from gpogen.errors import UsageError
from gpogen.finding import Place, Severity
from gpogen.profile.load import LoadedProfile, Loader, profile_files, show
from gpogen.resources import resource_dir


def _write(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"gpogen: 1\nname: {path.stem}\n" + "".join(f"{line}\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def _load(path: Path, profiles: Path | None = None) -> LoadedProfile:
    loaded = Loader(profiles).load(path)
    assert not loaded.findings, loaded.findings
    return loaded


def _why(loaded: LoadedProfile) -> str | None:
    """The reason of ``vbs``, by which these tests know who wrote it."""
    assert loaded.tree is not None
    node = loaded.tree.get("vbs")
    assert node is not None
    return loaded.profile.vbs.why if loaded.profile and loaded.profile.vbs else None  # type: ignore[union-attr]


def _vbs(who: str) -> str:
    return f"vbs: {{why: {who}}}"


def test_extends_looks_beside_the_file_first(tmp_path: Path) -> None:
    _write(tmp_path / "own" / "hotpatch-base.yaml", _vbs("beside"))
    _write(tmp_path / "profiles" / "hotpatch-base.yaml", _vbs("folder"))
    path = _write(tmp_path / "own" / "x.yaml", "extends: [hotpatch-base]")
    assert _why(_load(path, tmp_path / "profiles")) == "beside"


def test_extends_looks_in_the_profiles_folder_next(tmp_path: Path) -> None:
    _write(tmp_path / "profiles" / "hotpatch-base.yaml", _vbs("folder"))
    path = _write(tmp_path / "own" / "x.yaml", "extends: [hotpatch-base]")
    assert _why(_load(path, tmp_path / "profiles")) == "folder"


def test_extends_finds_the_shipped_profiles_last(tmp_path: Path) -> None:
    path = _write(tmp_path / "x.yaml", "extends: [hotpatch-base]")
    loaded = _load(path)
    assert _why(loaded) == "Hotpatches install only while VBS runs."
    assert loaded.is_base


def test_a_yml_file_is_found_too_and_yaml_comes_first(tmp_path: Path) -> None:
    _write(tmp_path / "a.yml", _vbs("yml"))
    path = _write(tmp_path / "x.yaml", "extends: [a]")
    assert _why(_load(path)) == "yml"
    _write(tmp_path / "a.yaml", _vbs("yaml"))
    assert _why(_load(path)) == "yaml"


@pytest.mark.parametrize("text", ["../bases/a.yaml", "./../bases/a.yaml", "../own/../bases/a.yaml"])
def test_a_relative_path_begins_at_the_file_not_at_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    _write(tmp_path / "bases" / "a.yaml", _vbs("path"))
    _write(tmp_path / "own" / "x.yaml", f"extends: ['{text}']")
    assert _why(_load(Path("own/x.yaml"))) == "path"


def test_a_path_is_never_looked_for_in_the_profiles_folder(tmp_path: Path) -> None:
    _write(tmp_path / "profiles" / "a.yaml", _vbs("folder"))
    path = _write(tmp_path / "own" / "x.yaml", "extends: [./a.yaml]")
    findings = Loader(tmp_path / "profiles").load(path).findings
    assert [item.id for item in findings] == ["GP022"]


def test_of_several_extends_the_later_wins(tmp_path: Path) -> None:
    _write(tmp_path / "a.yaml", "vbs: {why: a, hvci: disabled}")
    _write(tmp_path / "b.yaml", "vbs: {why: b}")
    loaded = _load(_write(tmp_path / "x.yaml", "extends: [a, b]"))
    assert _why(loaded) == "b"
    assert loaded.tree is not None
    assert find(loaded.tree, ("vbs", "hvci")) is not None


def test_the_profile_itself_wins_over_all_that_it_extends(tmp_path: Path) -> None:
    _write(tmp_path / "a.yaml", _vbs("a"))
    path = _write(tmp_path / "x.yaml", "extends: [a]", _vbs("own"))
    assert _why(_load(path)) == "own"


def test_a_grandparent_is_inherited(tmp_path: Path) -> None:
    _write(tmp_path / "a.yaml", _vbs("a"))
    _write(tmp_path / "b.yaml", "extends: [a]", "ring: {name: b, order: 1}")
    assert _why(_load(_write(tmp_path / "x.yaml", "extends: [b]"))) == "a"


def test_a_diamond_is_no_circle(tmp_path: Path) -> None:
    _write(tmp_path / "top.yaml", _vbs("top"))
    _write(tmp_path / "left.yaml", "extends: [top]", _vbs("left"))
    _write(tmp_path / "right.yaml", "extends: [top]", "ring: {name: right, order: 1}")
    # What they share counts once, below both: the one that left it alone resets nothing.
    assert _why(_load(_write(tmp_path / "x.yaml", "extends: [left, right]"))) == "left"
    assert _why(_load(_write(tmp_path / "y.yaml", "extends: [right, left]"))) == "left"


def test_a_circle_through_another_spelling_of_the_path_is_found(tmp_path: Path) -> None:
    path = _write(tmp_path / "x.yaml", f"extends: [./../{tmp_path.name}/x.yaml]")
    (found,) = Loader().load(path).findings
    assert found.id == "GP023"


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_circle_reads_the_same_whichever_profile_was_loaded_before(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    _write(tmp_path / "a.yaml", "extends: [b]")
    _write(tmp_path / "b.yaml", "extends: [a]")
    loader = Loader()
    for name in order:
        (found,) = loader.load(tmp_path / f"{name}.yaml").findings
        other = "b" if name == "a" else "a"
        assert f"{name} -> {other} -> {name}" in found.message


def test_a_base_s_findings_are_the_extending_profile_s_too(tmp_path: Path) -> None:
    _write(tmp_path / "a.yaml", "vbs: {enforce: nowhere}")
    loaded = Loader().load(_write(tmp_path / "x.yaml", "extends: [a]"))
    assert [item.id for item in loaded.findings] == ["GP013"]
    assert loaded.findings[0].at is not None
    assert loaded.findings[0].at.file.endswith("a.yaml")
    assert loaded.profile is None


def test_what_the_file_itself_says_is_own_and_the_rest_inherited(tmp_path: Path) -> None:
    _write(tmp_path / "a.yaml", "updates: {drivers: exclude}")
    path = _write(tmp_path / "x.yaml", "extends: [a]", "updates: {feature_updates: hold}")
    loaded = _load(path)
    assert loaded.tree is not None
    own = find(loaded.tree, ("updates", "feature_updates"))
    inherited = find(loaded.tree, ("updates", "drivers"))
    assert own is not None
    assert inherited is not None
    assert loaded.is_own(own.place)
    assert not loaded.is_own(inherited.place)
    assert not loaded.is_own(Place("elsewhere.yaml", 1, 1))


def test_the_name_of_an_extended_profile_is_not_held_against_the_file(tmp_path: Path) -> None:
    _write(tmp_path / "a.yaml", "title: Inherited by nobody")
    loaded = _load(_write(tmp_path / "x.yaml", "extends: [a]"))
    assert loaded.profile is not None
    assert loaded.profile.name == "x"
    assert loaded.profile.title is None


def test_a_profile_with_a_target_is_no_base(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "x.yaml",
        "title: x",
        "orchestration: manual",
        "target: {platform: azure-arc, os: windows-server-2025-standard}",
    )
    assert not _load(path).is_base


def test_a_wrong_name_does_not_hide_what_else_is_wrong(tmp_path: Path) -> None:
    path = _write(tmp_path / "x.yaml", "target: {platform: azure-arc}")
    path.write_text(path.read_text().replace("name: x", "name: y"))
    assert {item.id for item in Loader().load(path).findings} == {"GP011", "GP020"}


A = (
    "ring: {name: a, order: 1}",
    "vbs: {hvci: disabled, why: w}",
    "revision: {number: 1, date: 2026-11-02}",
)


def test_the_digest_does_not_depend_on_comments_quotes_or_the_order_of_keys(tmp_path: Path) -> None:
    digest = _load(_write(tmp_path / "x.yaml", *A)).digest
    assert len(digest) == 64
    rewritten = (
        "# a remark",
        "revision:",
        "  date: '2026-11-02'",
        "  number: 1 # another",
        "vbs:",
        '  why: "w"',
        "  hvci: disabled",
        "ring: {order: 1, name: a}",
    )
    assert _load(_write(tmp_path / "x.yaml", *rewritten)).digest == digest


def test_the_digest_does_not_depend_on_line_endings_or_the_folder(tmp_path: Path) -> None:
    path = _write(tmp_path / "x.yaml", *A)
    other = tmp_path / "other" / "x.yaml"
    other.parent.mkdir()
    other.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert _load(other).digest == _load(path).digest


def test_the_digest_is_of_the_content_not_of_how_it_was_put_together(tmp_path: Path) -> None:
    digest = _load(_write(tmp_path / "x.yaml", *A)).digest
    _write(tmp_path / "a.yaml", *A[:2])
    assert _load(_write(tmp_path / "x.yaml", "extends: [a]", A[2])).digest == digest


@pytest.mark.parametrize(
    "line",
    ["why: x", "updates: {mode: 'off'}", "ring: {name: a, order: 2}", "vbs: {hvci: disabled}"],
)
def test_the_digest_changes_with_every_setting(tmp_path: Path, line: str) -> None:
    lines = [item for item in A if item.split(":")[0] != line.split(":")[0]]
    digest = _load(_write(tmp_path / "x.yaml", *A)).digest
    assert _load(_write(tmp_path / "x.yaml", *lines, line)).digest != digest


def test_the_digest_changes_with_a_base(tmp_path: Path) -> None:
    _write(tmp_path / "a.yaml", _vbs("one"))
    path = _write(tmp_path / "x.yaml", "extends: [a]")
    digest = _load(path).digest
    _write(tmp_path / "a.yaml", _vbs("two"))
    assert _load(path).digest != digest


def test_a_file_that_could_not_be_read_has_no_digest(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\na: 2\n")
    assert Loader().load(path).digest == ""


def test_a_profile_from_standard_input_is_named_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _write(tmp_path / "a.yaml", _vbs("beside"))
    loaded = Loader().load_bytes(b"gpogen: 1\nname: web\nextends: [a]\n")
    assert (loaded.file, loaded.stem, loaded.findings) == ("<stdin>", "web", ())
    assert _why(loaded) == "beside"


def test_a_missing_file_is_an_error_of_use_without_the_reading_code(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.yaml: No such file"):
        Loader().load(tmp_path / "nothing.yaml")


def test_a_folder_is_an_error_of_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="directory"):
        Loader().load(tmp_path)


def test_a_path_below_the_current_folder_is_shown_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert show(tmp_path / "a" / "x.yaml") == "a/x.yaml"
    assert show(Path("a/x.yaml")) == "a/x.yaml"


def test_a_shipped_profile_is_shown_without_the_machine_s_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert show(resource_dir("profiles") / "hotpatch-base.yaml") == "<shipped>/hotpatch-base.yaml"


def test_only_yaml_files_right_in_a_folder_are_profiles(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "c.txt", "sub/d.yaml"):
        _write(tmp_path / name)
    (tmp_path / "e.yaml").mkdir()
    assert [path.name for path in profile_files(tmp_path)] == ["a.yml", "b.yaml"]


@pytest.mark.parametrize("path", profile_files(resource_dir("profiles")), ids=lambda p: p.stem)
def test_every_shipped_profile_loads_without_an_error(path: Path) -> None:
    loaded = Loader().load(path)
    assert not [item for item in loaded.findings if item.severity is Severity.ERROR]
