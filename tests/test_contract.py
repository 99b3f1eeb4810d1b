"""What every format and every artifact must have. A failure says which part is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpogen.artifacts.all import MODULES
from gpogen.artifacts.all import load as load_artifact
from gpogen.artifacts.api import Artifact, OutFile
from gpogen.compile.result import (
    ArcMachines,
    Compiled,
    Facts,
    PolicyComment,
    RestartCause,
    Schedule,
    SconfigPlan,
    VmSettings,
)
from gpogen.disk.directory import Kind
from gpogen.formats.all import FORMATS, head_of, load, sniff
from gpogen.outputs.folder import Folder
from gpogen.outputs.tree import manifest_of, render_tree
from gpogen.policy.records import Record
from gpogen.policy.types import Hive, RegType, Via
from gpogen.profile.schema import OUTPUTS
from gpogen.resources import resource_dir
from gpogen.servicing.decide import decide
from gpogen.servicing.situation import From, Mode, Situation
from gpogen.verify.formats import Formats, compare_formats
from gpogen.verify.records import same_records
from gpogen.verify.selfcheck import OWN, assert_same
from gpogen.verify.sources import OfProfile
from tests.artifacts.factory import compiled, header, preference, value
from tests.formats.strategies import DELETIONS, ODD, WELL_FORMED, WHOLE_KEY

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "gpogen"
HELPERS = {
    "__init__",
    "all",
    "api",
    "direct",
    "loss",
    "playbookread",
    "playframe",
    "regread",
    "settings",
    "subkeys",
    "targeting",
    "textread",
    "xmlread",
    "yamlread",
}
NO_POLICY = {
    "admx": "names of policies, no values",
    "mof": "a WMI filter; the artifact wmi reads it",
    "sambapol": "one file of a samba-tool backup, which gpogen.reading.samba reads whole",
}
"""Codecs of files that are no policy by themselves, and why they have no FORMAT."""
FULL = compiled(
    # OSConfig is for this system alone.
    header=header(os="windows-server-2025-datacenter", os_title="Windows Server 2025 Datacenter"),
    policy=(value(), value("DoNotConnect", 1)),
    preferences=(preference(),),
    direct=(value(),),
    comments=(
        PolicyComment(
            namespace="Microsoft.Policies.WindowsUpdate",
            policy="AutoUpdateCfg",
            side="Machine",
            text="Why.",
        ),
    ),
    sconfig=SconfigPlan(
        mode="Automatic",
        shows="Automatic",
        au_options=4,
        no_auto_update=0,
        word="install-on-schedule",
    ),
    facts=Facts(restart_causes=(RestartCause.ISO,)),
    arc=ArcMachines(machines=("server-01",)),
    schedule=Schedule(
        recurs="Month Second Tuesday Offset4",
        at="22:00",
        duration="03:00",
        zone="Europe/Rome",
        reboot="IfRequired",
        classifications=("Security",),
        exclude_kbs=(),
        resource_type="Microsoft.HybridCompute/machines",
    ),
    vm=VmSettings(settings='{"patchMode": "AutomaticByPlatform"}'),
    servicing=decide(
        Situation(
            named="group-policy", mode=Mode.SCHEDULE, source=From.WSUS
        )  # For the WSUS script.
    ),
)
OTHER = replace(
    FULL,
    policy=(value(data=3), value("DoNotConnect", 1)),
    preferences=(preference(data=2),),
    direct=(value(data=3),),
    header=replace(FULL.header, role="domain-controller"),
)
"""As FULL, but that each artifact that holds anything holds something else."""
KINDS = list(FORMATS)
IDS = list(MODULES)


def of(made: Compiled, name: str) -> dict[str, bytes]:
    return {file.path: file.data for file in load_artifact(name).emit(made)}


def written(kind: str) -> bytes:
    """Return a file of a format: what its writer makes, or what the GPO backup has of it."""
    writer = load(kind).write
    if writer is not None:
        return writer([item.record for item in FULL.policy])
    ends = {"pol": "registry.pol", "preferences": "Registry.xml", "comments": "comment.cmtx"}
    assert kind in ends, (
        f"{FORMATS[kind].module} has no `write`: name a file of the GPO backup for it here"
    )
    return next(data for path, data in of(FULL, "gpo").items() if path.endswith(ends[kind]))


def modules_with(folder: str, mark: str) -> set[str]:
    return {
        f"gpogen.{folder}.{path.stem}"
        for path in (PACKAGE / folder).glob("*.py")
        if re.search(rf"^{mark}", path.read_text(encoding="utf-8"), re.M)
    }


def test_every_codec_is_a_format() -> None:
    stems = {path.stem for path in (PACKAGE / "formats").glob("*.py")} - HELPERS - set(NO_POLICY)
    missing = {f"gpogen.formats.{stem}" for stem in stems} - modules_with("formats", "FORMAT = ")

    assert missing == set(), f"end {missing} with FORMAT = Format(...), or say in NO_POLICY why not"


def test_every_format_is_in_the_table() -> None:
    missing = modules_with("formats", "FORMAT = ") - {known.module for known in FORMATS.values()}

    assert missing == set(), f"add {missing} to FORMATS in gpogen/formats/all.py"


def test_every_artifact_is_in_the_table() -> None:
    missing = modules_with("artifacts", "ARTIFACT = ") - set(MODULES.values())

    assert missing == set(), f"add {missing} to MODULES in gpogen/artifacts/all.py"


def test_every_emitter_ends_with_its_artifact() -> None:
    emitters = modules_with("artifacts", r"def emit\(") | set(MODULES.values())
    missing = emitters - modules_with("artifacts", "ARTIFACT = ")

    assert missing == set(), f"end {missing} with ARTIFACT = Artifact(...)"


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_and_the_module_of_a_format_agree(kind: str) -> None:
    form = load(kind)

    assert form.id == kind, f"the key in FORMATS is {kind}, the id in the module is {form.id}"
    assert FORMATS[kind].writes is (form.write is not None), (
        f"`writes` of {kind} in gpogen/formats/all.py must say whether FORMAT has `write`"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_format_is_told_by_its_beginning_alone(kind: str) -> None:
    head = head_of(written(kind))
    fitting = [name for name, known in FORMATS.items() if re.match(known.head, head)]

    assert fitting == [kind], f"`head` of exactly one format must match the beginning {head[:60]!r}"
    assert sniff(written(kind), "a-name-without-an-end") == kind


@pytest.mark.parametrize("name", ["policyComments", "<RegistrySettings", "PReg", "<PolicyRules>"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if FORMATS[kind].writes])
def test_a_format_is_told_by_its_beginning_whatever_its_values_are_called(
    kind: str, name: str
) -> None:
    form = load(kind)
    assert form.write is not None

    found = sniff(form.write([value(name).record]), "a-name-without-an-end")
    assert found == kind, (
        f"a file of {kind} with a value named {name} is taken for {found}: `head` of {kind} must "
        f"match it and that of {found} must not, in gpogen/formats/all.py"
    )


RECORDS = st.lists(st.one_of(WELL_FORMED, ODD, WHOLE_KEY, DELETIONS), max_size=6)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if FORMATS[kind].writes])
@given(records=RECORDS)
def test_what_a_format_writes_it_reads_again_less_its_losses(
    kind: str, records: list[Record]
) -> None:
    form = load(kind)
    assert form.write is not None
    found = form.read(form.write(records), "file", Hive.HKLM)

    wanted = form.kept(records)
    assert same_records([item.record for item in found.items], wanted), (
        f"read(write(x)) of {kind} must be x less `losses`, in the form of `as_read`"
    )
    assert found.skipped == ()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if FORMATS[kind].writes])
def test_a_loss_has_a_reason_and_is_told_in_the_file(kind: str) -> None:
    form = load(kind)
    assert form.write is not None
    preferred = replace(FULL.policy[0].record, via=Via.PREFERENCE)
    locked = Record(Hive.HKLM, "SOFTWARE\\X", "", "secure-key", RegType.DWORD, b"\1\0\0\0")  # type: ignore[arg-type]
    if any(loss.record is preferred for loss in form.losses([preferred])):
        assert form.has_policies_alone or not form.has_route, (
            f"{FORMATS[kind].module}: no preferences, so FORMAT needs has_route=False, or "
            "has_policies_alone=True"
        )
    data = form.write([preferred, locked])
    for loss in form.losses([preferred, locked]):
        assert loss.reason
        assert loss.reason.encode() in data.replace(b"\0", b""), (
            f"{FORMATS[kind].module}: write {loss} into the file, as a comment at its top"
        )
    assert form.read(data, "file", Hive.HKLM).skipped == ()


@pytest.mark.parametrize("kind", KINDS)
def test_a_format_has_a_test_file(kind: str) -> None:
    stem = FORMATS[kind].module.rpartition(".")[2]

    assert (ROOT / "tests" / "formats" / f"test_{stem}.py").is_file(), (
        f"write tests/formats/test_{stem}.py: native samples, losses, malformed files"
    )


@pytest.mark.parametrize("name", IDS)
def test_the_table_and_the_module_of_an_artifact_agree(name: str) -> None:
    assert load_artifact(name).id == name, f"{MODULES[name]}: the id must be {name}, as in MODULES"


def test_a_profile_can_ask_for_every_artifact() -> None:
    needed = {name for item in map(load_artifact, IDS) for name in item.needs}

    assert set(OUTPUTS) <= set(IDS)
    assert set(IDS) - set(OUTPUTS) == {"readme", *needed} - set(OUTPUTS), (
        "name the artifact in OUTPUTS of gpogen/profile/schema.py"
    )


@pytest.mark.parametrize("name", IDS)
def test_an_artifact_says_how_it_is_read_back_or_why_it_is_not(name: str) -> None:
    item = load_artifact(name)
    ways = [item.expected is not None, name in OWN, bool(item.unread)]

    assert ways.count(True) == 1, (
        f"{MODULES[name]}: give ARTIFACT `expected` with `form` or `read`, or say in `unread` why "
        "nothing reads it back"
    )
    if item.expected is not None:
        assert (item.form in FORMATS) != (item.read is not None), (
            f"{MODULES[name]}: `form` names a format of gpogen/formats/all.py, or `read` reads"
        )


@pytest.mark.parametrize("name", IDS)
def test_an_artifact_names_the_tool_that_takes_it(name: str) -> None:
    item = load_artifact(name)

    assert item.title
    assert item.consumer
    assert item.command or item.consumer == "people", f"{MODULES[name]}: what is typed?"


@pytest.mark.parametrize("name", [name for name in IDS if name != "readme"])
def test_an_artifact_has_its_part_of_the_readme(name: str) -> None:
    template = resource_dir("templates") / "readme" / f"{name}.txt.j2"
    assert template.is_file(), f"write templates/readme/{name}.txt.j2: what the files are, for whom"

    (readme,) = of(replace(FULL, outputs=(name,)), "readme").values()
    said = (
        readme.decode("utf-8-sig").partition("2. FILES IN THIS FOLDER")[2].partition("3. STEPS")[0]
    )
    for path in of(FULL, name):
        folder, _, file = path.replace("/", "\\").partition("\\")
        assert f"{folder}\\" in said or file in said, f"{template.name} does not name {path}"


@pytest.mark.parametrize("name", IDS)
def test_an_artifact_has_a_test(name: str) -> None:
    stem = MODULES[name].rpartition(".")[2]
    texts = [
        path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "artifacts").rglob("*.py")
    ]

    assert any(re.search(rf"\b{stem}\b", text) for text in texts), (
        f"write tests/artifacts/test_{stem}.py: no test there names {stem}"
    )


@pytest.mark.parametrize("name", IDS)
def test_the_self_check_sees_that_an_artifact_holds_something_else(name: str) -> None:
    if load_artifact(name).unread:
        return
    item = load_artifact(name)
    if item.expected is not None:
        named = [held.path for held in item.expected(OfProfile(FULL, of(FULL, name).get))]
        assert set(of(FULL, name)) <= set(named), (
            f"{MODULES[name]}: `expected` names {named}, `emit` makes {list(of(FULL, name))}"
        )
    assert_same(FULL, of(FULL, name), [name])

    with pytest.raises(AssertionError, match=f"artifact {name}: "):
        assert_same(FULL, of(OTHER, name), [name])


@pytest.mark.parametrize("name", IDS)
def test_verify_sees_that_an_artifact_holds_something_else(name: str, tmp_path: Path) -> None:
    item = load_artifact(name)
    if item.unread or name in OWN:
        return
    assert _rows(FULL, FULL, item, tmp_path / "right") == {True}
    assert False in _rows(FULL, OTHER, item, tmp_path / "wrong"), f"verify has no row for {name}"


def _rows(profile: Compiled, made: Compiled, item: Artifact, folder: Path) -> set[bool | None]:
    asked = replace(made, outputs=(item.id,))
    files = {path: both for path, both in render_tree(asked).items() if both[1] == item.id}
    assert files, f"{item.id} makes no file of the sample"
    for file in _files(files):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    manifest = manifest_of(made, files)
    found = Folder(path=folder, manifest=manifest, entries=dict.fromkeys(files, Kind.FILE))
    view = Formats(found=found, manifest=manifest, backups=(), compiled=profile, max_size=1 << 20)
    return {row.equal for row in compare_formats(view) if row.format != "comment.cmtx"}


def _files(files: dict[str, tuple[OutFile, str]]) -> Iterator[OutFile]:
    return (file for file, _ in files.values())


@pytest.mark.parametrize("name", IDS)
def test_what_only_gpogen_writes_is_what_it_writes(name: str, tmp_path: Path) -> None:
    for sign in load_artifact(name).signs:
        for path in of(FULL, name):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).touch()
        assert next(tmp_path.glob(sign), None), f"no file of {name} matches its sign {sign}"
