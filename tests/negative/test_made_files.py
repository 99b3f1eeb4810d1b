"""Bad files that no repository can hold as text, or that need two files."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gpogen.cli.show import summary
from gpogen.finding import Finding, Severity
from gpogen.profile.schema import _DEVICES
from gpogen.workspace.select import Selection, select

HEAD = "gpogen: 1\nname: bad\n"


def _select(*paths: Path) -> Selection:
    return select([str(path) for path in paths], "profiles")


def _only(selection: Selection) -> Finding:
    (found,) = [item for item in selection.findings if item.severity is Severity.ERROR]
    assert selection.exit_code == 1
    return found


def _one(folder: Path, data: bytes | str) -> Finding:
    path = folder / "bad.yaml"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return _only(_select(path))


def _at(found: Finding) -> tuple[int, int]:
    assert found.at is not None
    return found.at.line, found.at.col


def test_a_byte_that_is_no_utf_8_is_named_with_its_place(tmp_path: Path) -> None:
    found = _one(tmp_path, HEAD.encode() + b"title: \xc3\xa9 caf\xe9\n")
    assert (found.id, _at(found)) == ("GP001", (3, 13))
    assert "byte 0xe9" in found.message
    assert "UTF-8" in found.fix


def test_the_place_of_a_bad_byte_counts_no_byte_order_mark(tmp_path: Path) -> None:
    found = _one(tmp_path, b"\xef\xbb\xbfab\xff\n")
    assert (found.id, _at(found)) == ("GP001", (1, 3))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_recognised_with_and_without_a_mark(tmp_path: Path, encoding: str) -> None:
    found = _one(tmp_path, HEAD.encode(encoding))
    assert (found.id, _at(found)) == ("GP001", (1, 1))
    assert "UTF-16" in found.fix


@pytest.mark.parametrize("char", ["\0", "\a", "\x1b", "\x7f", "\x80", "\ufffe", "\uffff"])
def test_a_control_character_is_named_with_its_place(tmp_path: Path, char: str) -> None:
    found = _one(tmp_path, f"{HEAD}# é\ntitle: a{char}b\n")
    assert (found.id, _at(found)) == ("GP002", (4, 9))
    assert f"U+{ord(char):04X}" in found.message


def test_a_file_over_one_mebibyte_is_not_read_to_its_end(tmp_path: Path) -> None:
    found = _one(tmp_path, b"#" * (3 << 20))
    assert found.id == "GP004"
    assert "more than 1048576 bytes" in found.message


def test_a_file_of_one_mebibyte_is_read(tmp_path: Path) -> None:
    head = f"{HEAD}title: x\n".encode()
    path = tmp_path / "bad.yaml"
    path.write_bytes(head + b"#" * ((1 << 20) - len(head)))
    assert _select(path).exit_code == 0


def test_an_alias_bomb_goes_off_unread(tmp_path: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefghijkl", "bcdefghijklm", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    found = _one(tmp_path, HEAD + "\n".join(lines) + "\n")
    assert found.id == "GP004"
    assert "aliases" in found.message


@pytest.mark.parametrize(
    "text",
    [
        "x: " + "[" * 100_000,
        "x: " + "[" * 100_000 + "]" * 100_000,
        "x: " + "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "".join(" " * depth + "a:\n" for depth in range(500)),
        "[" * 41 + "]" * 41,
    ],
    ids=["open", "closed", "mappings", "items", "keys", "block", "one-too-deep"],
)
def test_deep_nesting_is_one_message(tmp_path: Path, text: str) -> None:
    begun = time.perf_counter()
    found = _one(tmp_path, text)
    assert found.id in ("GP002", "GP004")
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("device", sorted(_DEVICES))
def test_a_windows_device_is_no_name(tmp_path: Path, device: str) -> None:
    path = tmp_path / f"{device}.yaml"
    path.write_text(f"gpogen: 1\nname: {device}\n")
    found = _only(_select(path))
    assert (found.id, _at(found)) == ("GP016", (2, 7))
    assert f"{device!r} is a reserved Windows device name" in found.message


def test_two_files_of_one_name_are_an_error_at_both_places(tmp_path: Path) -> None:
    paths = [tmp_path / folder / "bad.yaml" for folder in ("one", "two")]
    for path in paths:
        path.parent.mkdir()
        path.write_text(HEAD)
    selection = _select(*paths)
    assert selection.exit_code == 1
    assert [item.id for item in selection.findings] == ["GP021", "GP021"]
    for found, own, other in zip(selection.findings, paths, reversed(paths), strict=True):
        assert str(found.at) == f"{own.as_posix()}:2:7"
        assert f"{other.as_posix()}:2:7" in found.message


def test_one_file_named_twice_is_one_profile(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(HEAD)
    selection = _select(path, tmp_path / "." / "bad.yaml")
    assert not selection.findings
    assert len(selection.profiles) == 1


def test_registry_data_over_65535_bytes_is_refused(tmp_path: Path) -> None:
    item = r"registry: [{key: HKLM\SOFTWARE\X, name: a, type: binary, data: "
    found = _one(tmp_path, f"{HEAD}{item}'{'ff' * 65_536}'}}]\n")
    assert (found.id, _at(found)) == ("GP050", (3, len(item) + 1))
    assert "65536 bytes; the maximum is 65535" in found.message


def test_an_extended_name_that_no_file_can_have_is_one_message(tmp_path: Path) -> None:
    found = _one(tmp_path, f"{HEAD}extends: [{'a' * 300}]\n")
    assert found.id == "GP016"


@pytest.mark.parametrize("text", ["a/" * 100 + "b", "x\\y", "../../..", ".", "/", "~"])
def test_an_extended_path_that_is_no_file_is_one_message(tmp_path: Path, text: str) -> None:
    assert _one(tmp_path, f"{HEAD}extends: ['{text}']\n").id == "GP022"


def test_everybody_extending_everybody_is_found_in_time(tmp_path: Path) -> None:
    names = [f"p{number}" for number in range(12)]
    for name in names:
        path = tmp_path / f"{name}.yaml"
        path.write_text(f"gpogen: 1\nname: {name}\nextends: [{', '.join(names)}]\n")
    begun = time.perf_counter()
    found = _only(_select(tmp_path / "p5.yaml"))
    assert found.id == "GP023"
    assert time.perf_counter() - begun < 5


def test_a_tower_of_doubled_extends_is_read_in_time(tmp_path: Path) -> None:
    for number in range(15):
        below = f"extends: [p{number + 1}, q{number + 1}]\n" if number < 14 else ""
        path = tmp_path / f"p{number}.yaml"
        path.write_text(f"gpogen: 1\nname: p{number}\n{below}")
        path.with_name(f"q{number}.yaml").write_text(f"gpogen: 1\nname: q{number}\n{below}")
    begun = time.perf_counter()
    assert _select(tmp_path / "p0.yaml").exit_code == 0
    assert time.perf_counter() - begun < 5


def test_an_empty_target_makes_a_base_and_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(f"{HEAD}target:\n")
    selection = _select(path)
    assert selection.exit_code == 0
    assert selection.profiles[0].loaded.is_base


def _titled(folder: Path, name: str, title: str, *lines: str) -> Path:
    path = folder / f"{name}.yaml"
    target = "target: {platform: azure-arc, os: windows-server-2025-standard}\n"
    head = f"gpogen: 1\nname: {name}\ntitle: {title}\norchestration: manual\n"
    path.write_text(head + "".join(f"{line}\n" for line in lines or (target,)), encoding="utf-8")
    return path


def test_two_profiles_with_one_title_are_errors_at_both_places(tmp_path: Path) -> None:
    first = _titled(tmp_path, "ring0", "Web servers")
    second = _titled(tmp_path, "ring1", "WEB Servers")
    errors = [item for item in _select(first, second).findings if item.id == "GP025"]
    assert [_at(item) for item in errors] == [(3, 8), (3, 8)]
    assert [item.profiles for item in errors] == [(), ()]
    for item, other in zip(errors, (second, first), strict=True):
        assert f"{other.name}:3:8" in item.message
        assert [Path(place.file).name for place in item.related] == [other.name]


def test_a_base_may_have_the_title_of_a_profile(tmp_path: Path) -> None:
    first = _titled(tmp_path, "ring0", "Web servers")
    base = _titled(tmp_path, "common", "Web servers", "vbs: {enforce: policy+registry}")
    assert "GP025" not in {item.id for item in _select(first, base).findings}


def test_profiles_that_are_not_of_the_run_may_have_the_title(tmp_path: Path) -> None:
    first = _titled(tmp_path, "ring0", "Web servers")
    _titled(tmp_path, "ring1", "Web servers")
    assert "GP025" not in {item.id for item in _select(first).findings}


def test_a_policy_of_an_extended_file_is_counted_in_that_file(tmp_path: Path) -> None:
    good = "  - {policy: WindowsUpdate.DisablePauseUXAccess, state: enabled}"
    base = tmp_path / "common.yaml"
    base.write_text(f"gpogen: 1\nname: common\npolicies:\n{good}\n", encoding="utf-8")
    bad = "  - {policy: no policy, state: enabled}"
    text = f"{HEAD}extends: [common]\npolicies:\n{bad}\n"
    assert _one(tmp_path, text).message.startswith(
        "policies[1].policy: must be a policy name such as"
    )


def test_a_registry_item_beside_inherited_ones_is_counted_in_its_file(tmp_path: Path) -> None:
    good = "  - {key: 'HKLM\\SOFTWARE\\Foo', name: A, type: dword, data: 1}"
    base = tmp_path / "common.yaml"
    base.write_text(f"gpogen: 1\nname: common\nregistry:\n{good}\n", encoding="utf-8")
    text = f"{HEAD}extends: [common]\nregistry:\n  - {{key: 'HKLM\\SOFTWARE\\Foo', name: B}}\n"
    found = [item for item in _select(_write(tmp_path, text)).findings if item.id == "GP050"]
    assert {item.message.split(":")[0] for item in found} == {
        "registry[1].type",
        "registry[1].data",
    }


def _write(folder: Path, text: str) -> Path:
    path = folder / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_bare_name_is_answered_with_the_file_of_the_profiles_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profiles").mkdir()
    _titled(tmp_path / "profiles", "ring0", "Web servers")
    selection = select(["ring0", "ringO", "database"], "profiles")
    assert [str(error) for error in selection.errors] == [
        "ring0: No such file or directory; did you mean profiles/ring0.yaml?",
        "ringO: No such file or directory; did you mean profiles/ring0.yaml?",
        "database: No such file or directory",
    ]
    assert summary(selection) == "gpogen read nothing; 3 paths not read"
