"""Small input that once took time or memory out of all proportion; each kind in its test.

Work is counted in bytecodes and calls, memory in bytes, so that no test depends on a clock. What
happens inside C runs in a process with limits of CPU time and memory, which the faults exceeded.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gpogen.errors import ContentError, FormatError
from gpogen.formats import admx, cmtx, gppregistry, pol, regread
from gpogen.interchange.importing.collect import gather
from gpogen.interchange.importing.compose import Wanted, import_policy
from gpogen.outputs.signed import bodies
from gpogen.policy.data import encode_data
from gpogen.policy.keys import MAX_SHARED_KEY
from gpogen.policy.subkeys import deleted_names
from gpogen.policy.types import Hive, RegType
from gpogen.profile.load import Loader
from gpogen.reading.backup import load_backup
from gpogen.reading.files import in_memory
from gpogen.reading.read import MAX_SIZE, Reading, read_input
from gpogen.rules.check import check
from gpogen.workspace.select import select
from tests.support.work import LINEAR, calls_of, gpogen_within, growth, peak_of, steps_of

KEY = r"Software\Policies\A"
ONE = struct.pack("<I", 1)
limited = pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")


def text(value: str) -> bytes:
    return encode_data(RegType.SZ, value)


def write_pol(folder: Path, entries: list[pol.PolEntry]) -> Path:
    path = folder / f"{len(entries)}.pol"
    path.write_bytes(pol.encode(entries))
    return path


def read_pol(folder: Path, entries: list[pol.PolEntry]) -> Reading:
    return read_input(str(write_pol(folder, entries)))


# Group Policy Preferences.

ITEM = (
    '<Registry><Properties action="U" hive="HKEY_LOCAL_MACHINE" key="S" name="v{number}" '
    'type="REG_DWORD" value="1"/>{own}</Registry>'
)


def preferences(count: int, *, conditions: str = "", own: str = "", name: str = "c") -> bytes:
    items = "".join(ITEM.format(number=number, own=own) for number in range(count))
    filters = f"<Filters>{conditions}</Filters>"
    inside = f'<Collection name="{name}">{filters}{items}</Collection>'
    return f"<RegistrySettings>{inside}</RegistrySettings>".encode()


def test_items_share_the_targeting_of_their_collection() -> None:
    def measure(count: int) -> int:
        own = "<Filters><FilterOs/></Filters>"
        data = preferences(count, conditions="<F/>" * count, own=own)
        return peak_of(lambda: gppregistry.read(data))

    assert growth(measure, 150) < LINEAR


def test_collections_share_the_targeting_of_those_around_them() -> None:
    def measure(count: int) -> int:
        inner = "<Collection><Filters><G/></Filters></Collection>"
        item = ITEM.format(number=1, own="")
        inner = inner.replace("</Collection>", f"{item}</Collection>") * count
        whole = f"<Collection><Filters>{'<F/>' * count}</Filters>{inner}</Collection>"
        data = f"<RegistrySettings>{whole}</RegistrySettings>".encode()
        return peak_of(lambda: gppregistry.read(data))

    assert growth(measure, 150) < LINEAR


@pytest.mark.parametrize(
    "make",
    [
        lambda count: preferences(count, conditions="<F/>" * count),
        lambda count: preferences(count, conditions="".join(f"<F{i}/>" for i in range(count))),
        lambda count: preferences(count, name="c" * count * 10),
    ],
    ids=["many conditions", "many kinds of condition", "a long name"],
)
def test_an_import_looks_at_the_targeting_of_a_collection_once(
    make: Callable[[int], bytes], tmp_path: Path
) -> None:
    def measure(count: int) -> int:
        path = tmp_path / "Registry.xml"
        path.write_bytes(make(count))
        reading = read_input(str(path))
        return steps_of(lambda: gather(reading, MAX_SIZE))

    assert growth(measure, 30) < LINEAR


def test_reports_of_an_import_do_not_repeat_the_long_names_of_collections(tmp_path: Path) -> None:
    item = ITEM.format(number=1, own="")
    inner = "".join(f'<Collection name="{number}">{item}</Collection>' for number in range(50))
    path = tmp_path / "Registry.xml"
    path.write_text(
        f'<RegistrySettings><Collection name="{"c" * 10_000}">{inner}</Collection>'
        "</RegistrySettings>"
    )

    found = gather(read_input(str(path)), MAX_SIZE)

    assert sum(map(len, found.reports)) < 10_000


# Import.


def delete_keys(count: int) -> list[pol.PolEntry]:
    return [pol.PolEntry(KEY, "**DeleteKeys", 1, text(f"k{i}")) for i in range(count)]


def deletions_after(count: int) -> list[pol.PolEntry]:
    written = [pol.PolEntry(rf"{KEY}\k{i}", "v", 4, ONE) for i in range(count)]
    return written + [pol.PolEntry(KEY, "**DeleteKeys", 1, text(f"z{i}")) for i in range(count)]


def one_deletion_after(count: int) -> list[pol.PolEntry]:
    written = [pol.PolEntry(rf"{KEY}\k{i}", "v", 4, ONE) for i in range(count)]
    names = ";".join(f"z{i}" for i in range(count))
    return [*written, pol.PolEntry(KEY, "**DeleteKeys", 1, text(names))]


def values_deleted_each(count: int) -> list[pol.PolEntry]:
    return [
        entry
        for i in range(count)
        for entry in (
            pol.PolEntry(rf"{KEY}\k{i}", "v", 4, ONE),
            pol.PolEntry(rf"{KEY}\z{i}", "**delvals.", 1, text(" ")),
        )
    ]


@pytest.mark.parametrize(
    "make", [delete_keys, deletions_after, one_deletion_after, values_deleted_each]
)
def test_an_import_compares_no_deletion_with_all_that_stands_before_it(
    make: Callable[[int], list[pol.PolEntry]], tmp_path: Path
) -> None:
    def measure(count: int) -> int:
        reading = read_pol(tmp_path, make(count))
        return steps_of(lambda: gather(reading, MAX_SIZE))

    assert growth(measure, 60) < LINEAR


def test_what_a_later_deletion_takes_away_is_still_reported(tmp_path: Path) -> None:
    entries = [
        pol.PolEntry(r"S\A\B", "v", 4, ONE),
        pol.PolEntry(r"S\AB", "v", 4, ONE),
        pol.PolEntry("S", "**DeleteKeys", 1, text("a")),
        pol.PolEntry(r"S\A", "**delvals.", 1, text(" ")),
        pol.PolEntry(r"S\C", "**delvals.", 1, text(" ")),
        pol.PolEntry("S", "**DeleteKeys", 1, text("d")),
        pol.PolEntry(r"S\D", "v", 4, ONE),
        pol.PolEntry("", "**DeleteKeys", 1, text("s")),
    ]

    found = gather(read_pol(tmp_path, entries), MAX_SIZE)

    said = [report for report in found.reports if "a later record overrides it" in report]
    assert [report.split(":")[0] for report in said] == [
        rf"HKLM\{place}" for place in (r"S\A\B!v", r"S\AB!v", "S", r"S\A", r"S\C", r"S\D!v")
    ]


def test_deletions_of_subkeys_add_up_in_an_import(tmp_path: Path) -> None:
    found = gather(read_pol(tmp_path, [*delete_keys(3), *delete_keys(2)]), MAX_SIZE)

    (record,) = found.records
    assert sorted(deleted_names(record)) == ["k0", "k1", "k2"]


def test_what_no_profile_can_hold_is_refused_before_it_is_compiled(tmp_path: Path) -> None:
    entries = [pol.PolEntry(KEY, f"v{i}", 4, ONE) for i in range(12_000)]
    reading = read_pol(tmp_path, entries)

    def run() -> None:
        with pytest.raises(
            ContentError, match=r"12000 records belong to no policy; .* at most 10000"
        ):
            import_policy(reading, Wanted(name="a", target={}), MAX_SIZE)

    assert calls_of(run, "compile_records") < 10


def test_a_profile_too_large_for_one_file_is_not_compiled_record_by_record(tmp_path: Path) -> None:
    entries = [pol.PolEntry(KEY, f"v{i}", 1, text("x" * 5000)) for i in range(700)]
    reading = read_pol(tmp_path, entries)

    def run() -> None:
        with pytest.raises(ContentError, match="a profile cannot express this policy"):
            import_policy(reading, Wanted(name="a", target={}), MAX_SIZE)

    assert calls_of(run, "compile_records") < 50


# registry.pol.


def test_one_value_named_a_million_times_is_one_record() -> None:
    entry = pol.PolEntry(KEY, "**DeleteValues", 1, text("a;A;" * 100_000))

    assert len(pol.to_records([entry], Hive.HKLM)) == 1


def test_values_deleted_together_keep_their_first_spelling_and_their_order() -> None:
    entry = pol.PolEntry(KEY, "**DeleteValues", 1, text("B;a;b;;C;A"))

    assert [record.name for record in pol.to_records([entry], Hive.HKLM)] == ["B", "a", "C"]


@limited
def test_six_megabytes_of_deleted_values_are_imported_within_limits(tmp_path: Path) -> None:
    write_pol(tmp_path, [pol.PolEntry(KEY, "**deletevalues", 1, text("a;" * 1_500_000))])

    assert gpogen_within(tmp_path, "import", "1.pol", "-o", "-", seconds=20, megabytes=1000) == 0


@limited
def test_many_records_are_printed_without_all_of_them_in_memory(tmp_path: Path) -> None:
    names = ";".join(f"a{i}" for i in range(200_000))
    write_pol(tmp_path, [pol.PolEntry(KEY, "**deletevalues", 1, text(names))])

    for form in ("json", "table"):
        args = ("show", "--format", form, "1.pol")
        assert gpogen_within(tmp_path, *args, seconds=30, megabytes=400) == 0


def test_a_long_key_of_many_values_is_refused() -> None:
    key = "k" * (MAX_SHARED_KEY + 1)
    several = pol.PolEntry(key, "**DeleteValues", 1, text("a;b"))
    single = pol.PolEntry(key, "**DeleteValues", 1, text("a;A"))

    with pytest.raises(
        FormatError, match="2 values of a key of 4097 characters; 4096 is the maximum"
    ):
        pol.to_records([several], Hive.HKLM)
    assert len(pol.to_records([single], Hive.HKLM)) == 1


def test_records_of_one_key_share_its_lower_case() -> None:
    entries = [pol.PolEntry("K" * 4000, f"v{i}", 4, ONE) for i in range(100)]
    records = pol.to_records(pol.decode(pol.encode(entries)), Hive.HKLM)

    assert len({id(record.target[1]) for record in [*records]}) == 1
    assert peak_of(lambda: [record.target for record in records]) < 40_000


# .reg, comment.cmtx, ADMX.


def test_a_reg_file_passes_over_a_long_key_that_each_value_would_repeat() -> None:
    key = "k" * (MAX_SHARED_KEY + 1)
    data = f'Windows Registry Editor Version 5.00\n\n[HKLM\\{key}]\n"a"=dword:1\n[HKLM\\b]\n'

    found = regread.read(data.encode())

    assert [entry.record.key for entry in found.entries] == ["b"]
    assert "the key has 4097 characters; the maximum is 4096" in str(found.skipped[0])
    assert len(str(found.skipped[0])) < 300


def comments(count: int, length: int) -> bytes:
    notes = '<comment policyRef="p:x" commentText="$(resource.a)"/>' * count
    return (
        '<policyComments><policyNamespaces><using prefix="p" namespace="n"/></policyNamespaces>'
        f"<comments><admTemplate>{notes}</admTemplate></comments><resources><stringTable>"
        f'<string id="a">{"t" * length}</string></stringTable></resources></policyComments>'
    ).encode()


def test_comments_that_repeat_a_long_text_are_refused() -> None:
    assert len(cmtx.decode(comments(100, 1000))) == 100
    with pytest.raises(FormatError, match=r"line 1: the comments repeat too much text"):
        cmtx.decode(comments(1000, 100_000))


def template(count: int, key: str) -> bytes:
    values = "".join(f'<text valueName="v{number}"/>' for number in range(count))
    return (
        f'<policyDefinitions><policy name="p" class="Both" key="{key}" displayName="$(string.x)">'
        f"<elements>{values}</elements></policy></policyDefinitions>"
    ).encode()


def test_a_policys_long_name_is_cut_where_each_value_would_show_it() -> None:
    data = f'<policyDefinitionResources><string id="x">{"t" * 9000}</string>'
    strings = admx.texts(f"{data}</policyDefinitionResources>".encode())

    found = admx.written(template(2, "S"), strings)

    assert {len(item.policy) for item in found} == {admx.MAX_TITLE + 3}


def test_a_template_with_a_long_key_names_nothing_under_it() -> None:
    assert len(admx.written(template(2, "k" * MAX_SHARED_KEY), {})) == 4
    assert admx.written(template(2, "k" * (MAX_SHARED_KEY + 1)), {}) == []


# GPO backups.

OPERATIONS = "http://www.microsoft.com/GroupPolicy/GPOOperations"
LOCATION = '<FSObjectFile bkp:Location="DomainSysvol\\GPO\\Machine\\f{}\\registry.pol"/>'


def backup_xml(listed: str) -> bytes:
    return (
        f'<GroupPolicyBackupScheme xmlns="{OPERATIONS}" xmlns:bkp="{OPERATIONS}">'
        "<GroupPolicyObject><GroupPolicyCoreSettings/><GroupPolicyExtension>"
        f"{listed}</GroupPolicyExtension></GroupPolicyObject></GroupPolicyBackupScheme>"
    ).encode()


def test_a_backup_that_lists_absent_files_is_looked_into_once(tmp_path: Path) -> None:
    def measure(count: int) -> int:
        folder = tmp_path / str(count)
        machine = folder / "DomainSysvol" / "GPO" / "Machine"
        machine.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            (machine / f"g{number}").touch()
        listed = "".join(map(LOCATION.format, range(count)))
        (folder / "Backup.xml").write_bytes(backup_xml(listed))
        return steps_of(lambda: read_input(str(folder)))

    assert growth(measure, 40) < LINEAR


def test_absent_files_cost_no_look_at_the_disk_each(tmp_path: Path) -> None:
    (tmp_path / "DomainSysvol").mkdir()
    (tmp_path / "Backup.xml").write_bytes(backup_xml("".join(map(LOCATION.format, range(500)))))

    for name in ("stat", "lstat", "scandir", "listdir"):
        assert calls_of(lambda: read_input(str(tmp_path)), name) < 100


def test_links_in_a_backup_do_not_have_one_file_read_again_and_again(tmp_path: Path) -> None:
    machine = tmp_path / "DomainSysvol" / "GPO" / "Machine"
    (machine / "f0").mkdir(parents=True)
    entries = [pol.PolEntry(KEY, "v", 4, ONE)]
    (machine / "f0" / "registry.pol").write_bytes(pol.encode(entries))
    for number in range(1, 5):
        (machine / f"f{number}").symlink_to("f0")
    (tmp_path / "Backup.xml").write_bytes(backup_xml("".join(map(LOCATION.format, range(5)))))

    assert len(read_input(str(tmp_path)).items) == 1


def test_the_manifest_of_many_backups_is_read_once() -> None:
    listed = "".join(f"<BackupInst><ID>{{{number}}}</ID></BackupInst>" for number in range(200))
    manifest = f"<Backups>{listed}</Backups>".encode()
    files = in_memory({"Backup.xml": backup_xml("")})

    def run() -> None:
        for number in range(20):
            loaded = load_backup(f"{{{number + 180}}}", files, manifest)
            assert loaded.instance is not None

    run()
    assert calls_of(run, "local_name") < 1000


# Signed scripts.

BLOCK = b"# SIG # Begin signature block\n# AAAA\n# SIG # End signature block\n"


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_script_that_ends_in_many_lines_has_two_readings_at_most(end: bytes) -> None:
    assert len(list(bodies("a.ps1", b"Get-Date" + end * 1000 + BLOCK))) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"\n" * 400_000 + BLOCK,
        BLOCK[:-1] + b"\n" * 400_000 + b"x",
        BLOCK * 5_000 + b"x",
        BLOCK[:30] + b"# AAAA\n" * 60_000 + b"x",
        b"# SIG # Begin signature block\n" * 13_000,
    ],
    ids=["before", "after", "many", "long", "begun"],
)
def test_the_search_for_a_signature_takes_memory_as_the_file_does(data: bytes) -> None:
    assert peak_of(lambda: sum(map(len, bodies("a.ps1", data)))) < 4 * len(data)


# Profiles.

HEAD = "gpogen: 1\nname: a\ntitle: a\ntarget: unspecified\n"


def test_the_faults_of_a_list_are_numbered_in_one_pass() -> None:
    def measure(count: int) -> int:
        item = r"- {{key: HKLX\S, name: v{}, type: dword, data: 1}}"
        items = "\n".join(map(item.format, range(count)))
        data = f"{HEAD}registry:\n{items}\n".encode()
        return steps_of(lambda: check(Loader().load_bytes(data)))

    assert growth(measure, 150) < LINEAR


def test_unknown_names_are_compared_with_the_known_ones_a_limited_number_of_times() -> None:
    names = "\n".join(f"- {{policy: WindowsUpdat.Auto{i}, state: enabled}}" for i in range(400))
    rules = "\n".join(f"- {{rule: HP{i:05}, why: x}}" for i in range(400))
    for body in (f"policies:\n{names}\n", f"allow:\n{rules}\n"):
        head = HEAD.replace(
            "target: unspecified",
            "target: {platform: azure-arc, os: windows-server-2025-standard}\n"
            "orchestration: group-policy",
        )

        def run(data: bytes = (head + body).encode()) -> None:
            found = check(Loader().load_bytes(data)).findings
            assert sum(item.id in ("GP033", "GP060") for item in found) == 400

        assert calls_of(run, "get_close_matches") <= 200


def test_a_very_long_word_is_compared_with_nothing() -> None:
    data = f"{HEAD}updates: {{{'driv' * 10_000}: 1, drivers: {'excl' * 10_000}}}\n".encode()

    assert calls_of(lambda: check(Loader().load_bytes(data)), "get_close_matches") == 0


def test_profiles_that_extend_unknown_ones_look_into_the_folder_once(tmp_path: Path) -> None:
    for number in range(30):
        body = HEAD.replace(": a", f": p{number}") + f"extends: [q{number}, r{number}]\n"
        (tmp_path / f"p{number}.yaml").write_text(body)

    count = calls_of(lambda: select([], str(tmp_path)), "profile_files")

    assert count <= 5
