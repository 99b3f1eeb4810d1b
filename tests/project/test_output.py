from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gpogen.compile.result import Compiled
from gpogen.errors import ContentError, FormatError, UsageError
from gpogen.project import build as building
from gpogen.project.output import (
    Difference,
    compare,
    files_of,
    foreign_files,
    foreign_message,
    orphans,
    read_manifest,
)
from gpogen.project.select import select
from gpogen.project.stage import locked, prune_folder, replace_folder
from gpogen.project.tree import (
    MANIFEST,
    Entry,
    Manifest,
    decode_manifest,
    encode_manifest,
    render_tree,
    sha256,
)
from tests.support.profiles import compiled

FILES = {"a.txt": b"one", "sub/b.txt": b"two"}
NOTHING = Difference(added=(), changed=(), removed=())


def manifest_for(files: dict[str, bytes], profile: str = "web") -> Manifest:
    entries = {path: Entry(sha256=sha256(data), artifact="gpo") for path, data in files.items()}
    return Manifest(version="1", profile=profile, digest="d", files=entries)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that gpogen wrote."""
    folder = tmp_path / "output" / "web"
    replace_folder(folder, {**FILES, MANIFEST: encode_manifest(manifest_for(FILES))})
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in files_of(folder).items()}


# Manifests


def test_a_manifest_is_read_as_it_was_written() -> None:
    manifest = manifest_for(FILES)

    assert decode_manifest(encode_manifest(manifest)) == manifest


def test_a_manifest_is_ascii_with_plain_line_ends() -> None:
    data = encode_manifest(manifest_for({"ä.txt": b""}))

    assert data.isascii()
    assert data.endswith(b"}\n")
    assert b"\r" not in data


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"{", b"[]", b"null", b"{}", b"\xff", b'{"files": []}', b"[" * 100_000),
        b'{"gpogen": "1", "profile": "x", "digest": "d", "files": {"a": {}}}',
        b'{"gpogen": "1", "profile": "x", "digest": "d", "files": {"a": 1}}',
    ],
    ids=lambda data: data[:20].decode("latin-1"),
)
def test_bytes_that_are_no_manifest_are_refused(data: bytes) -> None:
    with pytest.raises(FormatError, match=r"manifest\.json was not written by gpogen"):
        decode_manifest(data)


@pytest.mark.parametrize(
    "path", ["", ".", "..", "/a", "a/", "a//b", "a/../b", "../a", "C:a", "a\\b", "a\0b"]
)
def test_a_manifest_names_nothing_outside_its_folder(path: str) -> None:
    with pytest.raises(FormatError):
        decode_manifest(encode_manifest(manifest_for({path: b""})))


def test_a_missing_folder_has_no_manifest(tmp_path: Path) -> None:
    assert read_manifest(tmp_path / "none") is None


def test_a_link_is_no_manifest(folder: Path, tmp_path: Path) -> None:
    (folder / MANIFEST).rename(tmp_path / "real.json")
    (folder / MANIFEST).symlink_to(tmp_path / "real.json")

    assert read_manifest(folder) is None


def test_an_unreadable_manifest_is_an_error_that_names_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "read_bytes", refuse)

    with pytest.raises(UsageError, match=r"web/manifest\.json: Permission denied"):
        read_manifest(folder)


def refuse(path: Path, *_: object, **__: object) -> bytes:
    raise PermissionError(13, "Permission denied", str(path))


# Comparing


def test_a_folder_that_is_as_it_should_be_shows_no_difference(folder: Path) -> None:
    difference = compare(folder, contents(folder))

    assert difference == NOTHING
    assert not difference


def test_a_missing_folder_lacks_everything(tmp_path: Path) -> None:
    assert compare(tmp_path / "none", FILES).added == ("a.txt", "sub/b.txt")


def test_added_changed_and_removed_files_are_told_apart(folder: Path) -> None:
    wanted = {"a.txt": b"ONE", "c.txt": b"", MANIFEST: (folder / MANIFEST).read_bytes()}

    difference = compare(folder, wanted)

    assert difference == Difference(added=("c.txt",), changed=("a.txt",), removed=("sub/b.txt",))
    assert difference


def test_a_link_with_the_right_content_is_a_difference(folder: Path, tmp_path: Path) -> None:
    wanted = contents(folder)
    (folder / "a.txt").rename(tmp_path / "a.txt")
    (folder / "a.txt").symlink_to(tmp_path / "a.txt")

    assert compare(folder, wanted).changed == ("a.txt",)


# Whose files these are


def test_what_the_manifest_lists_is_ours(folder: Path) -> None:
    assert foreign_files(folder) == ()
    assert foreign_files(folder.parent / "none") == ()


def test_without_a_manifest_every_file_is_foreign(folder: Path) -> None:
    (folder / MANIFEST).unlink()

    assert foreign_files(folder) == ("a.txt", "sub/b.txt")


def test_an_empty_folder_holds_nothing_foreign(tmp_path: Path) -> None:
    assert foreign_files(tmp_path) == ()


@pytest.mark.parametrize("target", [".", "nowhere"])
def test_links_to_folders_and_to_nothing_are_foreign(folder: Path, target: str) -> None:
    (folder / "sub/link").symlink_to(target)

    assert foreign_files(folder) == ("sub/link",)


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("nowhere")])
def test_what_is_no_folder_is_foreign(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "web"
    make(path)

    assert foreign_files(path) == ("web",)
    assert "web is no folder: move it away" in foreign_message(path, ("web",))


def test_the_message_names_ten_files_and_counts_the_rest(folder: Path) -> None:
    message = foreign_message(folder, tuple(f"f{number:02}" for number in range(12)))

    assert "f09 and 2 more: move it away" in message
    assert "f10" not in message


# Replacing


def test_a_folder_is_replaced_as_a_whole(folder: Path) -> None:
    replace_folder(folder, {"new.txt": b"new"})

    assert contents(folder) == {"new.txt": b"new"}
    assert [path.name for path in folder.parent.iterdir()] == ["web"]


def test_a_new_folder_may_be_read_by_others(folder: Path) -> None:
    plain = folder.parent / "plain"
    plain.mkdir()

    assert folder.stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize("step", ["write_bytes", "rename", "mkdir"])
def test_a_refusal_at_any_step_leaves_the_old_folder_and_no_rubbish(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = contents(folder)

    with monkeypatch.context() as patch:
        patch.setattr(Path, step, refuse)
        with pytest.raises(UsageError, match="Permission denied"):
            replace_folder(folder, {"new.txt": b"new"})

    assert contents(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["web"]


# Orphans


def test_only_folders_with_our_manifest_and_no_profile_are_orphans(folder: Path) -> None:
    output = folder.parent
    for name in ("db", "foreign", "broken"):
        (output / name).mkdir()
    (output / "db" / MANIFEST).write_bytes(encode_manifest(manifest_for({}, "db")))
    (output / "broken" / MANIFEST).write_bytes(b"{}")
    (output / "link").symlink_to("db")
    (output / "file").touch()

    assert orphans(output, {"web"}) == [output / "db"]
    assert orphans(output, set()) == [output / "db", output / "web"]
    assert orphans(output / "none", set()) == []


def test_a_folder_of_ours_is_removed(folder: Path) -> None:
    prune_folder(folder)

    assert not folder.exists()


def test_a_folder_with_something_foreign_is_not_removed(folder: Path) -> None:
    (folder / "mine.txt").touch()

    with pytest.raises(ContentError, match=r"gpogen did not write mine\.txt"):
        prune_folder(folder)

    assert len(contents(folder)) == 4


# Building


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    folder = tmp_path / "profiles"
    folder.mkdir()
    for name in ("db", "web"):
        text = f"gpogen: 1\nname: {name}\ntitle: {name}\nextends: [azlocal-ws2025-core]\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_one_folder_that_fails_does_not_stop_the_next(
    profiles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_db(folder: Path, files: dict[str, bytes]) -> None:
        if folder.name == "db":
            raise UsageError("db: no")
        replace_folder(folder, files)

    monkeypatch.setattr("gpogen.project.build.replace_folder", refuse_db)
    outcome = building.build(select([], str(profiles)), tmp_path / "out")

    assert [item.name for item in outcome.built] == ["web"]
    assert [str(error) for error in outcome.errors] == ["db: no"]
    assert outcome.exit_code == 2


def test_an_unreadable_file_in_the_output_stops_that_build_alone(
    profiles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    selection = select([], str(profiles))
    building.build(selection, tmp_path / "out")
    read = Path.read_bytes

    def refuse_pol(path: Path) -> bytes:
        return refuse(path) if path.match("db/machine/registry.pol") else read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse_pol)
    outcome = building.build(selection, tmp_path / "out")

    assert [item.name for item in outcome.built] == ["web"]
    assert "db/machine/registry.pol: Permission denied" in str(outcome.errors[0])


def test_nothing_is_written_when_an_artefact_fails(
    profiles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_web(item: Compiled, only: tuple[str, ...]) -> object:
        if item.header.name == "web":
            raise ContentError("it does not fit")
        return render_tree(item, only)

    monkeypatch.setattr("gpogen.project.build.render_tree", fail_web)
    with pytest.raises(ContentError, match="it does not fit"):
        building.build(select([], str(profiles)), tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_the_manifest_holds_the_digest_of_every_other_file(profiles: Path, tmp_path: Path) -> None:
    building.build(select([], str(profiles)), tmp_path / "out")
    folder = tmp_path / "out/web"
    manifest = read_manifest(folder)
    assert manifest is not None
    found = contents(folder)
    del found[MANIFEST]

    assert {path: entry.sha256 for path, entry in manifest.files.items()} == {
        path: sha256(data) for path, data in found.items()
    }
    assert manifest.profile == "web"


def test_a_changed_generated_file_is_put_right(profiles: Path, tmp_path: Path) -> None:
    selection = select([], str(profiles))
    building.build(selection, tmp_path / "out")
    readme = tmp_path / "out/web/README.txt"
    was = readme.read_bytes()
    readme.write_bytes(b"changed")

    outcome = building.build(selection, tmp_path / "out")

    assert [item.difference.changed for item in outcome.built] == [(), ("README.txt",)]
    assert readme.read_bytes() == was


def test_pruned_folders_are_told_from_those_that_stay(profiles: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    building.build(select([], str(profiles)), output)
    (profiles / "db.yaml").rename(profiles / "db.txt")
    (profiles / "web.yaml").rename(profiles / "web.txt")
    text = (profiles / "web.txt").read_text(encoding="utf-8").replace("web", "third")
    (profiles / "third.yaml").write_text(text, encoding="utf-8")
    (output / "db/mine.txt").touch()

    outcome = building.build(select([], str(profiles)), output, prune=True)

    assert outcome.pruned == (output / "web",)
    assert outcome.orphans == (output / "db",)
    assert outcome.exit_code == 1


def test_two_artefacts_never_make_the_same_file() -> None:
    files = render_tree(compiled("updates: {mode: download}\n"))

    assert {artefact for _, artefact in files.values()} >= {"gpo", "registry-pol", "readme"}
    assert len({path.lower() for path in files}) == len(files)


# Killed, at once, unreadable


def test_a_build_killed_between_the_renames_is_undone_by_the_next(folder: Path) -> None:
    before = contents(folder)
    folder.rename(folder.parent / ".gpogen-web.old")
    (folder.parent / ".gpogen-web.new").mkdir()
    (folder.parent / ".gpogen-web.new" / "half.txt").touch()

    with locked(folder.parent):
        pass

    assert contents(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["web"]


def test_a_build_killed_after_the_renames_is_finished_by_the_next(folder: Path) -> None:
    old = folder.parent / ".gpogen-web.old"
    shutil.copytree(folder, old)

    with locked(folder.parent):
        pass

    assert [path.name for path in folder.parent.iterdir()] == ["web"]


def test_a_file_that_came_in_between_is_never_removed(folder: Path) -> None:
    old = folder.parent / ".gpogen-web.old"
    shutil.copytree(folder, old)
    (old / "mine.txt").write_text("precious", encoding="utf-8")

    with pytest.raises(UsageError, match="it was kept there"), locked(folder.parent):
        pass

    assert (old / "mine.txt").read_text(encoding="utf-8") == "precious"


def test_an_empty_folder_of_somebody_s_stops_the_build(folder: Path) -> None:
    (folder / "mine").mkdir()

    assert foreign_files(folder) == ("mine",)


def test_a_folder_that_cannot_be_looked_into_stops_the_build(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(top: Path, onerror: Callable[[OSError], None]) -> Iterator[object]:
        onerror(PermissionError(13, "Permission denied", str(top / "mine")))
        return iter(())

    monkeypatch.setattr("os.walk", closed)

    with pytest.raises(UsageError, match="Permission denied"):
        foreign_files(folder)


def test_two_builds_into_one_folder_wait_for_each_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpogen.project.stage.WAIT_SECONDS", 0.1)

    with (
        locked(folder.parent),
        pytest.raises(UsageError, match="another gpogen"),
        locked(folder.parent),
    ):
        pass
