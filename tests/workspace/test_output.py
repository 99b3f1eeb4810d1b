from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gpogen.compile.result import Compiled
from gpogen.disk.directory import Directory
from gpogen.disk.lock import locked
from gpogen.errors import ContentError, FormatError, UsageError
from gpogen.outputs.folder import (
    Difference,
    compare,
    foreign_files,
    look,
    orphans,
    read_manifest,
    refuse_foreign,
)
from gpogen.outputs.tree import (
    MANIFEST,
    ListedFile,
    Manifest,
    decode_manifest,
    encode_manifest,
    render_tree,
    sha256,
)
from gpogen.workspace import journal
from gpogen.workspace.select import select
from gpogen.workspace.stage import Stage, heal, staging
from tests.support import building
from tests.support.profiles import compiled

FILES = {"a.txt": b"one", "sub/b.txt": b"two"}
NOTHING = Difference(added=(), changed=(), removed=())


def manifest_for(files: dict[str, bytes], profile: str = "web") -> Manifest:
    entries = {
        path: ListedFile(sha256=sha256(data), artifact="gpo") for path, data in files.items()
    }
    return Manifest(version="1", profile=profile, digest="d", files=entries)


def whole(files: dict[str, bytes], profile: str = "web") -> dict[str, bytes]:
    return {**files, MANIFEST: encode_manifest(manifest_for(files, profile))}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that gpogen wrote."""
    folder = tmp_path / "output" / "web"
    folder.parent.mkdir()
    replace_folder(folder, whole(FILES))
    return folder


def replace_folder(folder: Path, files: dict[str, bytes]) -> Stage:
    """Put files in a folder's place, as a build does."""
    with (
        Directory.open(folder.parent) as output,
        staging(output) as stage,
    ):
        stage.add(folder.name, files)
        stage.sync()
        stage.switch(folder.name)
        stage.end()
    return stage


def healed(output: Path) -> dict[str, str]:
    with Directory.open(output) as folder, locked(folder):
        return heal(folder)


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if not path.is_dir())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def foreign_in(folder: Path) -> tuple[str, ...]:
    found = look(folder)
    assert found is not None
    return foreign_files(found)


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
    with pytest.raises(FormatError, match=r"manifest\.json is not from gpogen"):
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
    monkeypatch.setattr(Directory, "read", refuse)

    with pytest.raises(UsageError, match=r"web/manifest\.json: Permission denied"):
        read_manifest(folder)


def refuse(directory: Directory, name: str, *_: object, **__: object) -> bytes:
    raise PermissionError(13, "Permission denied", str(directory.path / name))


# Comparing


def test_a_folder_that_is_as_it_should_be_shows_no_difference(folder: Path) -> None:
    difference = compare(look(folder), contents(folder))

    assert difference == NOTHING
    assert not difference


def test_a_missing_folder_lacks_everything(tmp_path: Path) -> None:
    assert compare(look(tmp_path / "none"), FILES).added == ("a.txt", "sub/b.txt")


def test_added_changed_and_removed_files_are_told_apart(folder: Path) -> None:
    wanted = {"a.txt": b"ONE", "c.txt": b"", MANIFEST: (folder / MANIFEST).read_bytes()}

    difference = compare(look(folder), wanted)

    assert difference == Difference(added=("c.txt",), changed=("a.txt",), removed=("sub/b.txt",))
    assert difference


def test_a_link_with_the_right_content_is_a_difference(folder: Path, tmp_path: Path) -> None:
    wanted = contents(folder)
    (folder / "a.txt").rename(tmp_path / "a.txt")
    (folder / "a.txt").symlink_to(tmp_path / "a.txt")

    assert compare(look(folder), wanted).changed == ("a.txt",)


# Whose files these are


def test_what_the_manifest_lists_is_ours(folder: Path) -> None:
    assert foreign_in(folder) == ()
    assert look(folder.parent / "none") is None


def test_without_a_manifest_every_file_is_foreign(folder: Path) -> None:
    (folder / MANIFEST).unlink()

    assert foreign_in(folder) == ("a.txt", "sub/b.txt")


def test_an_empty_folder_holds_nothing_foreign(tmp_path: Path) -> None:
    assert foreign_in(tmp_path) == ()


@pytest.mark.parametrize("target", [".", "nowhere"])
def test_links_to_folders_and_to_nothing_are_foreign(folder: Path, target: str) -> None:
    (folder / "sub/link").symlink_to(target)

    assert foreign_in(folder) == ("sub/link",)


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("nowhere")])
def test_what_is_no_folder_stops_the_build(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "web"
    make(path)

    with pytest.raises(ContentError, match="web is not a folder: move it to another place"):
        look(path)


def test_the_message_names_ten_files_and_counts_the_rest(folder: Path) -> None:
    for number in range(12):
        (folder / f"f{number:02}").touch()
    found = look(folder)
    assert found is not None

    with pytest.raises(ContentError, match="f09 and 2 more: move it to another place") as caught:
        refuse_foreign(found, ())

    assert "f10" not in str(caught.value)


def test_what_somebody_changed_is_not_removed_when_nothing_makes_it_again(folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"somebody's own words")
    found = look(folder)
    assert found is not None

    refuse_foreign(found, ["a.txt"])
    with pytest.raises(ContentError, match=r"a\.txt changed since gpogen wrote it"):
        refuse_foreign(found, ["sub/b.txt"])


# Replacing


def test_a_folder_is_replaced_as_a_whole(folder: Path) -> None:
    replace_folder(folder, {"new.txt": b"new"})

    assert contents(folder) == {"new.txt": b"new"}
    assert [path.name for path in folder.parent.iterdir()] == ["web"]


def test_a_new_folder_may_be_read_by_others(folder: Path) -> None:
    plain = folder.parent / "plain"
    plain.mkdir()

    assert folder.stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize("step", ["create", "make", "move", "flush"])
def test_a_refusal_at_any_step_leaves_the_old_folder_and_no_rubbish(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before, other = contents(folder), whole({"c.txt": b"three", "sub/d.txt": b"four"})
    monkeypatch.setattr("gpogen.disk.kernel.exchange", lambda *_: False)
    monkeypatch.setattr("gpogen.disk.kernel.can_sync_all", lambda: False)
    calls = 0
    real = getattr(Directory, step)

    def refuse_once(directory: Directory, *arguments: object, **more: object) -> object:
        nonlocal calls
        calls += 1
        if calls == refused:
            refuse(directory, str(arguments[0]) if arguments else ".")
        return real(directory, *arguments, **more)

    refused = 0
    with monkeypatch.context() as patch:
        patch.setattr(Directory, step, refuse_once)
        replace_folder(folder, whole(FILES))
    total = calls
    assert total

    for number in range(1, total + 1):
        calls, refused = 0, number
        with monkeypatch.context() as patch:
            patch.setattr(Directory, step, refuse_once)
            with pytest.raises(PermissionError):
                replace_folder(folder, other)
        healed(folder.parent)
        assert contents(folder) in (before, other)
        assert [path.name for path in folder.parent.iterdir()] == ["web"]
        replace_folder(folder, whole(FILES))


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
    with Directory.open(folder.parent) as output, staging(output) as stage:
        stage.discard("web")
        stage.end()

    assert list(folder.parent.iterdir()) == []


def test_a_folder_with_something_foreign_may_not_be_removed(folder: Path) -> None:
    (folder / "mine.txt").touch()
    found = look(folder)
    assert found is not None

    with pytest.raises(ContentError, match=r"gpogen did not write mine\.txt"):
        refuse_foreign(found, ())


# Building


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    folder = tmp_path / "profiles"
    folder.mkdir()
    for name in ("db", "web"):
        text = f"gpogen: 1\nname: {name}\ntitle: {name}\nextends: [azlocal-ws2025-core]\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("step", ["add", "switch"])
def test_one_folder_that_fails_does_not_stop_the_next(
    profiles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    real = getattr(Stage, step)

    def refuse_db(stage: Stage, name: str, *rest: object) -> None:
        if name == "db":
            raise PermissionError(13, "Permission denied", "db")
        real(stage, name, *rest)

    monkeypatch.setattr(Stage, step, refuse_db)
    outcome = building.build(select([], str(profiles)), tmp_path / "out")

    assert [item.name for item in outcome.built] == ["web"]
    assert [str(error) for error in outcome.errors] == ["db: Permission denied"]
    assert outcome.exit_code == 2
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["web"]


def test_an_unreadable_file_in_the_output_stops_that_build_alone(
    profiles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    selection = select([], str(profiles))
    building.build(selection, tmp_path / "out")
    read = Directory.read

    def refuse_pol(directory: Directory, name: str, limit: int) -> bytes:
        if (directory.path / name).match("db/machine/registry.pol"):
            return refuse(directory, name)
        return read(directory, name, limit)

    monkeypatch.setattr(Directory, "read", refuse_pol)
    outcome = building.build(selection, tmp_path / "out")

    assert [item.name for item in outcome.built] == ["web"]
    assert "db/machine/registry.pol: Permission denied" in str(outcome.errors[0])


def test_nothing_is_written_when_an_artifact_fails(
    profiles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_web(item: Compiled) -> object:
        if item.header.name == "web":
            raise ContentError("it does not fit")
        return render_tree(item)

    monkeypatch.setattr("gpogen.workspace.made.render_tree", fail_web)
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


def test_two_artifacts_never_make_the_same_file() -> None:
    files = render_tree(compiled("updates: {mode: download}\n"))

    assert {artifact for _, artifact in files.values()} >= {"gpo", "registry-pol", "readme"}
    assert len({path.lower() for path in files}) == len(files)


# Remains of killed runs, and what only looks like them


def test_a_foreign_folder_that_looks_like_ours_is_never_touched(folder: Path) -> None:
    output = folder.parent
    names = (".gpogen-notes.new", ".gpogen-.old", ".gpogen-web.old", f".gpogen-{'0' * 32}")
    for name in names:
        (output / name).mkdir()
        (output / name / "mine.txt").write_text("precious", encoding="utf-8")

    assert healed(output) == {}
    replace_folder(folder, whole({"new.txt": b"new"}))

    for name in names:
        assert (output / name / "mine.txt").read_text(encoding="utf-8") == "precious"


def abandoned(output: Path, files: dict[str, bytes]) -> Path:
    """Leave what a run leaves that is killed when all is written."""
    with Directory.open(output) as folder, staging(folder) as stage:
        stage.add("web", files)
    (left,) = output.glob(".gpogen-*")
    return left


def test_what_a_killed_run_left_is_removed(folder: Path) -> None:
    before = contents(folder)
    abandoned(folder.parent, whole({"new.txt": b"new"}))

    assert healed(folder.parent) == {}

    assert contents(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["web"]


def test_a_run_that_is_killed_between_the_line_of_a_folder_and_its_files_is_undone(
    folder: Path,
) -> None:
    with Directory.open(folder.parent) as output, staging(output) as stage:
        stage.add("db", whole(FILES, "db"))
        (left,) = folder.parent.glob(".gpogen-*")
        with Directory.open(left) as root:
            journal.note(root, "web", ["new.txt"], durable=False)

    assert healed(folder.parent) == {}
    assert [path.name for path in folder.parent.iterdir()] == ["web"]


def test_a_line_for_which_there_is_no_space_is_no_half_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write

    def write_half(descriptor: int, data: bytes) -> int:
        if len(data) < 20:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, data[:20])

    with Directory.open(folder.parent) as output, staging(output) as stage:
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", write_half)
            with pytest.raises(OSError, match="No space left"):
                stage.add("db", whole(FILES, "db"))
        stage.add("web", whole({"new.txt": b"new"}))
        (left,) = folder.parent.glob(".gpogen-*")
        with Directory.open(left) as root:
            assert list(journal.read(root)) == [("web", ("new.txt", MANIFEST))]

    assert healed(folder.parent) == {}
    assert [path.name for path in folder.parent.iterdir()] == ["web"]


def test_a_folder_that_a_killed_run_had_moved_away_is_put_back(folder: Path) -> None:
    before = contents(folder)
    left = abandoned(folder.parent, whole({"new.txt": b"new"}))
    folder.rename(left / "old/web")

    assert healed(folder.parent) == {}

    assert contents(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["web"]


def test_somebody_s_file_in_the_remains_is_kept_and_stops_nothing(folder: Path) -> None:
    left = abandoned(folder.parent, whole({"new.txt": b"new"}))
    (left / "new/web/mine.txt").write_text("precious", encoding="utf-8")

    why = "it has files that gpogen did not write"
    assert healed(folder.parent) == {(left / "new/web").as_posix(): why}
    replace_folder(folder, whole({"new.txt": b"new"}))

    assert contents(folder).keys() == {"new.txt", MANIFEST}
    assert (left / "new/web/mine.txt").read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize("part", ["new", "old", "gone"])
def test_no_link_in_the_remains_is_followed(folder: Path, tmp_path: Path, part: str) -> None:
    left = abandoned(folder.parent, whole({"new.txt": b"new"}))
    home = tmp_path / "home"
    replace_home(home)
    (left / part / "home").symlink_to(home)
    (left / part / "inside").mkdir()
    (left / part / "inside" / "sub").symlink_to(home / "sub")
    (left / part / "inside" / MANIFEST).write_bytes(whole(FILES)[MANIFEST])

    assert healed(folder.parent)

    assert contents(home).keys() == {"a.txt", "sub/b.txt", MANIFEST}


def replace_home(home: Path) -> None:
    for name, data in whole(FILES).items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(data)


def test_an_empty_folder_of_somebody_s_stops_the_build(folder: Path) -> None:
    (folder / "mine").mkdir()

    assert foreign_in(folder) == ("mine",)


def test_a_folder_that_cannot_be_looked_into_stops_the_build(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Directory, "entries", lambda directory: refuse(directory, "mine"))

    with pytest.raises(UsageError, match="Permission denied"):
        look(folder)


def test_two_builds_into_one_folder_wait_for_each_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpogen.disk.lock.WAIT_SECONDS", 0.1)

    with (
        Directory.open(folder.parent) as one,
        Directory.open(folder.parent) as two,
        locked(one),
        pytest.raises(UsageError, match="another gpogen"),
        locked(two),
    ):
        pass
