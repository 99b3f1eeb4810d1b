"""``gpogen show``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from gpogen.cli import main
from gpogen.formats import pol
from gpogen.formats.all import FORMATS
from gpogen.policy.records import Record, delete_value, set_value
from gpogen.policy.types import Action, Hive, RegType
from tests.cli.conftest import Run, Workplace

KEY = r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"
DATA = pol.encode(
    pol.from_records(
        [
            set_value(Hive.HKLM, KEY, "AUOptions", RegType.DWORD, 4),
            delete_value(Hive.HKLM, KEY, "UseWUServer"),
        ]
    )
)
ROWS = [
    {
        "hive": "HKLM",
        "via": "policy",
        "key": KEY,
        "name": "AUOptions",
        "type": "REG_DWORD",
        "data": 4,
        "action": "set",
    },
    {
        "hive": "HKLM",
        "via": "policy",
        "key": KEY,
        "name": "UseWUServer",
        "type": None,
        "data": None,
        "action": "delete",
    },
]
ADMX = f"""<policyDefinitions><policies>
<policy name="P" class="Machine" displayName="$(string.P)"
 key="{KEY.upper()}" valueName="auoptions"/>
</policies></policyDefinitions>"""
ADML = """<policyDefinitionResources><resources><stringTable><string id="P">Our own name</string>
</stringTable></resources></policyDefinitionResources>"""


@pytest.fixture
def file(place: Workplace) -> Path:
    path = place.root / "a.pol"
    path.write_bytes(DATA)
    return path


def test_one_file_is_a_list_of_records(file: Path, gpogen: Run) -> None:
    answer = gpogen("show", "--format", "json", file.name)

    assert (answer.code, answer.err) == (0, "")
    assert answer.json == ROWS


@pytest.mark.usefixtures("place")
def test_a_dash_reads_standard_input(gpogen: Run) -> None:
    assert gpogen("show", "--format", "json", "-", stdin=DATA).json == ROWS


def test_yaml_says_the_same_as_json(file: Path, gpogen: Run) -> None:
    assert yaml.safe_load(gpogen("show", "--format", "yaml", file.name).out) == ROWS


def test_the_table_has_the_display_name_of_the_policy(file: Path, gpogen: Run) -> None:
    out = gpogen("show", file.name).out.splitlines()

    assert out[0] == f"HKLM\\{KEY}"
    assert out[1].split() == ["AUOptions", "REG_DWORD", "4", "[Configure", "Automatic", "Updates]"]
    assert "deleted" in out[2]


def test_templates_of_the_user_name_policies_first(
    file: Path, place: Workplace, gpogen: Run
) -> None:
    (place.root / "admx" / "en-US").mkdir(parents=True)
    (place.root / "admx" / "Own.admx").write_text(ADMX, encoding="utf-8")
    (place.root / "admx" / "en-US" / "own.ADML").write_text(ADML, encoding="utf-8")

    answer = gpogen("show", "--admx", "admx", file.name)

    assert answer.code == 0
    assert "[Our own name]" in answer.out
    assert "[Specify intranet Microsoft update service location]" in answer.out


def test_a_broken_template_is_named_and_the_rest_is_shown(
    file: Path, place: Workplace, gpogen: Run
) -> None:
    (place.root / "admx").mkdir()
    (place.root / "admx" / "Bad.admx").write_text("<policyDefinitions", encoding="utf-8")
    (place.root / "admx" / "Own.admx").write_text(ADMX, encoding="utf-8")

    answer = gpogen("show", "--admx", "admx", file.name)

    assert answer.code == 2
    assert "Bad.admx: an ADMX file is not well-formed XML" in answer.err
    assert "[P]" in answer.out


def test_a_folder_without_templates_is_wrong_usage(file: Path, gpogen: Run) -> None:
    answer = gpogen("show", "--admx", ".", file.name)

    assert answer.code == 2
    assert answer.err == "gpogen: .: it has no .admx file; name a PolicyDefinitions folder\n"


def test_all_of_several_files_are_gone_through(file: Path, place: Workplace, gpogen: Run) -> None:
    (place.root / "b.pol").write_bytes(DATA[:-3])

    answer = gpogen("show", "--format", "json", "b.pol", file.name, "none.pol")

    assert answer.code == 2
    broken, good, absent = map(json.loads, answer.out.splitlines())
    assert broken["file"] == "b.pol"
    assert isinstance(broken["offset"], int)
    assert good == {"file": "a.pol", "policy": ROWS}
    assert absent["file"] == "none.pol"
    assert absent["offset"] is None


@pytest.mark.parametrize("form", [kind for kind, known in FORMATS.items() if known.writes])
def test_other_policy_formats_are_read_back_as_the_same(
    file: Path, capfdbinary: pytest.CaptureFixture[bytes], form: str
) -> None:
    assert main._run(["show", "--format", form, file.name]) == 0
    data = capfdbinary.readouterr().out
    file.with_suffix(f".{form}").write_bytes(data)

    assert main._run(["diff", file.name, f"a.{form}"]) == 0


@pytest.mark.parametrize("form", [kind for kind, known in FORMATS.items() if known.writes])
def test_several_files_are_not_one_file_of_another_format(
    file: Path, gpogen: Run, form: str
) -> None:
    answer = gpogen("show", "--format", form, file.name, file.name)

    assert answer.code == 2
    assert answer.err == (
        f"gpogen: --format {form} writes a single file: name a single file or GPO\n"
    )


def test_several_files_are_documents_of_yaml(file: Path, gpogen: Run) -> None:
    out = gpogen("show", "--format", "yaml", file.name, file.name).out

    assert list(yaml.safe_load_all(out)) == [{"file": "a.pol", "policy": ROWS}] * 2


def test_a_folder_of_backups_is_gone_through(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    assert gpogen("build").code == 0
    (backup,) = (path.parent for path in place.output.rglob("[Bb]ackup.xml"))
    shutil.copytree(backup, place.root / "gpos" / "one")
    shutil.copytree(backup, place.root / "gpos" / "two")

    answer = gpogen("show", "--format", "json", "gpos")

    assert answer.code == 0
    assert [json.loads(line)["file"] for line in answer.out.splitlines()] == [
        str(Path("gpos", "one")),
        str(Path("gpos", "two")),
    ]


def test_control_characters_never_reach_the_terminal(place: Workplace, gpogen: Run) -> None:
    data = "\x1b]0;x\0".encode("utf-16-le")
    record = Record(Hive.HKLM, "K", "a\x1b[31m", Action.SET, RegType.SZ, data)
    (place.root / "a.pol").write_bytes(pol.encode(pol.from_records([record])))

    for form in ("table", "json", "yaml"):
        assert "\x1b" not in gpogen("show", "--format", form, "a.pol").out


def test_more_than_the_largest_size_is_refused(file: Path, gpogen: Run) -> None:
    answer = gpogen("show", "--max-size", "10", file.name)

    assert answer.code == 2
    assert answer.err == "gpogen: a.pol: more than 10 bytes; use --max-size to raise the limit\n"


def test_other_preferences_are_refused_by_their_name(place: Workplace, gpogen: Run) -> None:
    text = '<?xml version="1.0" encoding="utf-8"?>\n<Folders clsid="{}"></Folders>'
    (place.root / "Folders.xml").write_text(text, encoding="utf-8")

    answer = gpogen("show", "Folders.xml")

    assert answer.code == 2
    said = "gpogen: Folders.xml: an XML file whose root element is <Folders>"
    assert answer.err.startswith(said)


@pytest.mark.parametrize("length", [8, 47, 48, 49, 54, 56, 57, 120])
def test_the_columns_stay_below_each_other_however_long_a_name_is(
    gpogen: Run, tmp_path: Path, length: int
) -> None:
    long = "N" * length
    records = [
        set_value(Hive.HKLM, KEY, name, RegType.DWORD, 4) for name in ("", "AUOptions", long)
    ]
    (tmp_path / "registry.pol").write_bytes(pol.encode(pol.from_records(records)))
    lines = gpogen("show", str(tmp_path / "registry.pol")).out.splitlines()

    assert any(line.split()[0] == long for line in lines)
    assert len({line.index("REG_DWORD") for line in lines if "REG_DWORD" in line}) == 1
