"""A policy that was imported builds the same policy, and what is lost is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gpogen.artifacts import gpo_backup
from gpogen.artifacts.all import MODULES, load
from gpogen.compile.compiler import compile_profile, compile_records
from gpogen.compile.result import Compiled
from gpogen.document import yaml12
from gpogen.document.nodes import plain
from gpogen.errors import GpogenError, UsageError
from gpogen.finding import Place
from gpogen.formats import pol
from gpogen.formats.targeting import wql_condition
from gpogen.interchange.difference import Change, compare_policies
from gpogen.interchange.importing.compose import Imported, Wanted, import_policy
from gpogen.outputs.tree import render_tree
from gpogen.policy.data import encode_data
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive, RegType, Via
from gpogen.policy.words import name_of
from gpogen.profile.load import Loader
from gpogen.profile.schema import Profile
from gpogen.profile.setting import SettingWord, setting_words
from gpogen.reading.read import MAX_SIZE, Item, Reading, backups, read_input
from gpogen.resources import resource_dir
from gpogen.rules.check import check
from gpogen.yaml_text import to_yaml
from tests.support.corpus import corpus
from tests.support.effort import examples, sample
from tests.support.profiles import compiled

UNSPECIFIED = Wanted(name="imported", target={})
SHIPPED = (
    "arc-ws2025-datacenter",
    "arc-ws2025-standard",
    "azlocal-ws2022-core",
    "azlocal-ws2022-iso",
    "azlocal-ws2025-core",
    "azurevm-ws2022-hotpatch",
)
WU = r"Software\Policies\Microsoft\Windows\WindowsUpdate"


def arc(orchestration: str = "group-policy") -> Wanted:
    target = {"platform": "azure-arc", "os": "windows-server-2025-standard"}
    return Wanted(name="imported", target=target, orchestration=orchestration)


def backup(made: Compiled, folder: Path) -> Path:
    for file in gpo_backup.emit(made):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    return folder / "gpo"


def reading(records: list[Record], kind: str = "backup") -> Reading:
    items = tuple(Item(record, Place("made", n, 1)) for n, record in enumerate(records, 1))
    return Reading(file="made", kind=kind, items=items)


def import_records(*records: Record, wanted: Wanted = UNSPECIFIED) -> Imported:
    return import_policy(reading(list(records), "pol"), wanted, MAX_SIZE)


def said(made: Imported) -> dict[str, Any]:
    node, findings = yaml12.read(made.text.encode(), "imported.yaml")
    assert node is not None
    assert findings == []
    content: dict[str, Any] = plain(node)
    return content


def changes(before: Reading, made: Imported) -> list[Change]:
    found = compile_profile(Loader().load_bytes(made.text.encode()))
    drafts = found.drafts if found is not None else ()
    items = tuple(
        Item(draft.record, Place("made", n, 1), condition=wql_condition(draft.wql))
        for n, draft in enumerate(drafts, 1)
    )
    return compare_policies(before, Reading(file="", kind="profile", items=items))


def value(name: str, kind: int, data: bytes, key: str = r"SOFTWARE\Contoso") -> Record:
    return Record(Hive.HKLM, key, name, Action.SET, kind, data)


# Words.


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_profile_comes_back_from_its_backup_in_words(name: str, tmp_path: Path) -> None:
    loaded = Loader().load(resource_dir("profiles") / f"{name}.yaml")
    made = check(loaded).compiled
    assert made is not None
    assert loaded.profile is not None
    assert loaded.profile.target is not None
    target = loaded.profile.target.model_dump(exclude_none=True)
    wanted = Wanted(name=name, target=target, orchestration=loaded.profile.orchestration or "")
    before = read_input(str(backup(made, tmp_path)))

    imported = import_policy(before, wanted, MAX_SIZE)

    again = Loader().load_bytes(imported.text.encode()).profile
    assert again is not None
    assert imported.reports == ()
    assert changes(before, imported) == []
    assert check(Loader().load_bytes(imported.text.encode())).compiled is not None
    assert (again.title, again.why) == (loaded.profile.title, loaded.profile.why)
    assert again.vbs == loaded.profile.vbs
    assert again.restart == loaded.profile.restart
    assert again.policies == loaded.profile.policies
    assert again.registry == []
    assert again.updates is not None
    assert loaded.profile.updates is not None
    old = loaded.profile.updates.model_dump(exclude_none=True)
    kept = {key: word for key, word in old.items() if word != "unmanaged"}
    if "2022" in target["os"]:
        kept.pop("optional_content", None)  # Windows Server 2022 has no such policy.
    assert again.updates.model_dump(exclude_none=True) == kept


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("updates: {mode: 'off'}", {"updates": {"mode": "off"}}),
        (
            "updates: {mode: notify}",
            {"updates": {"mode": "notify", "microsoft_update": False}},
        ),
        (
            """updates:
                 mode: install-on-schedule
                 microsoft_update: true
                 schedule: {day: saturday, at: automatic, weeks: [second, fourth]}""",
            {
                "updates": {
                    "mode": "install-on-schedule",
                    "schedule": {
                        "day": "saturday",
                        "at": "automatic",
                        "weeks": ["second", "fourth"],
                    },
                    "microsoft_update": True,
                }
            },
        ),
        (
            """updates:
                 source:
                   wsus: {server: 'http://w:8530', status_server: 'http://w:8530',
                     proxy: user-allowed}
                   scan: {feature: wsus, quality: windows-update, drivers: wsus, other: wsus}""",
            {
                "updates": {
                    "source": {
                        "wsus": {
                            "server": "http://w:8530",
                            "status_server": "http://w:8530",
                            "proxy": "user-allowed",
                        },
                        "scan": {
                            "feature": "wsus",
                            "quality": "windows-update",
                            "drivers": "wsus",
                            "other": "wsus",
                        },
                    }
                }
            },
        ),
        ("updates: {drivers: include}", {"updates": {"drivers": "include"}}),
        ("updates: {quality_deferral_days: 7}", {"updates": {"quality_deferral_days": 7}}),
        (
            "updates: {feature_updates: windows-server-2025}",
            {"updates": {"feature_updates": "windows-server-2025"}},
        ),
        (
            "restart: {policy: deadline, days: 3, grace_days: 2, no_early_restart: true}",
            {
                "restart": {
                    "policy": "deadline",
                    "days": 3,
                    "grace_days": 2,
                    "no_early_restart": True,
                }
            },
        ),
        (
            "restart: {policy: none, active_hours: {start: '08:00', end: '18:00'}}",
            {
                "restart": {
                    "policy": "when-required",
                    "active_hours": {"start": "08:00", "end": "18:00"},
                }
            },
        ),
        ("vbs: {enforce: registry}", {"vbs": {"enforce": "registry"}}),
        (
            "vbs: {enforce: policy, hvci: enabled-without-lock, system_guard: enabled}",
            {
                "vbs": {
                    "enforce": "policy",
                    "platform_security": "secure-boot",
                    "hvci": "enabled-without-lock",
                    "credential_guard": "not-configured",
                    "system_guard": "enabled",
                }
            },
        ),
        ("updates: {drivers: remove}", {"updates": {"drivers": "remove"}}),
        ("restart: remove", {"restart": "remove"}),
    ],
)
def test_words_come_back(body: str, words: dict[str, Any]) -> None:
    text = (
        "gpogen: 1\nname: x\ntitle: X\norchestration: group-policy\n"
        "target: {platform: azure-arc, os: windows-server-2025-standard}\n" + body
    )
    records, _ = compile_records(Loader().load_bytes(text.encode()))
    before = reading(list(records), "profile")

    made = import_policy(before, arc(), MAX_SIZE)

    content = said(made)
    sections = ("vbs", "secure_boot", "updates", "restart", "policies", "registry")
    assert {key: content[key] for key in sections if key in content} == words
    assert changes(before, made) == []
    assert made.reports == ()


@pytest.mark.parametrize(
    ("word", "value"),
    [(word, value) for word in setting_words(Profile) for value in word.row.examples[:-1]],
    ids=str,
)
def test_every_setting_word_comes_back(word: SettingWord, value: int | str) -> None:
    test_words_come_back(
        f"{word.section}: {{{word.name}: {value}}}", {word.section: {word.name: value}}
    )


def test_a_word_is_not_used_when_one_of_its_records_differs() -> None:
    hour = [
        value("SetComplianceDeadlineForQU", 4, b"\1\0\0\0", WU),
        value("ConfigureDeadlineForQualityUpdates", 4, b"\3\0\0\0", WU),
        value("ConfigureDeadlineGracePeriod", 4, b"\2\0\0\0", WU),
    ]

    made = import_records(*hour, wanted=arc())

    assert "restart" not in said(made)
    assert len(said(made)["registry"]) == 3


def test_without_a_target_policies_are_used_and_words_are_not(tmp_path: Path) -> None:
    before = read_input(str(backup(compiled("updates: {drivers: exclude}"), tmp_path)))

    content = said(import_policy(before, UNSPECIFIED, MAX_SIZE))

    assert content["target"] == "unspecified"
    assert "updates" not in content
    (item,) = content["policies"]
    assert (item["policy"], item["state"]) == (
        "WindowsUpdate.ExcludeWUDriversInQualityUpdate",
        "enabled",
    )


def test_an_iso_image_needs_its_values_in_the_file() -> None:
    target = {
        "platform": "azure-local",
        "os": "windows-server-2022-azure-edition",
        "image": "iso",
    }
    wanted = Wanted(name="x", target=target, orchestration="group-policy")

    with pytest.raises(UsageError, match="choose another image"):
        import_records(value("A", 4, b"\1\0\0\0"), wanted=wanted)


def test_a_wrong_name_is_refused() -> None:
    with pytest.raises(UsageError, match="a name"):
        import_records(wanted=Wanted(name="Not A Name", target={}))


# What cannot be said.


@pytest.mark.parametrize(
    ("record", "report"),
    [
        (value("A", 153, b"\1"), "a profile does not support the type REG_153"),
        (value("A", RegType.DWORD, b"\1\2"), "malformed"),
        (value("A", RegType.SZ, b"x\0"), "malformed"),
        (value("", RegType.NONE, b""), "would create the key"),
        (value("A", RegType.DWORD, b"\1\0\0\0", "SOFTWARE\\"), "an empty part"),
        (value("A", RegType.DWORD, b"\1\0\0\0", "\\".join(["k" * 90] * 4)), "at most 255"),
        (value("A\n", RegType.DWORD, b"\1\0\0\0"), "control characters"),
        (
            Record(Hive.HKLM, "K", "", Action.SECURE_KEY, RegType.DWORD, b"\2\0\0\0"),
            "neither 0 nor 1",
        ),
        (
            Record(Hive.HKLM, "K", "", Action.DELETE_KEYS, RegType.SZ, b"x\0\0\0", Via.PREFERENCE),
            "cannot delete keys",
        ),
        (
            Record(Hive.HKLM, "K", "A", Action.SET, RegType.NONE, b"x", Via.PREFERENCE),
            "a preference does not support the type none",
        ),
    ],
)
def test_what_a_profile_cannot_say_is_reported_and_noted(record: Record, report: str) -> None:
    good = value("Good", RegType.DWORD, b"\1\0\0\0")

    made = import_records(record, good)

    assert len(made.reports) == 1
    assert report in made.reports[0]
    assert [item["name"] for item in said(made)["registry"]] == ["Good"]
    assert "# Not in this profile, or changed in it:\n# - HKLM" in made.text


def test_a_value_given_twice_keeps_the_last_and_says_so() -> None:
    made = import_records(value("A", 4, b"\1\0\0\0"), value("a", 4, b"\2\0\0\0"))

    assert [item["data"] for item in said(made)["registry"]] == [2]
    assert "a later record overrides it" in made.reports[0]


def test_a_preference_that_contradicts_the_policy_is_reported() -> None:
    policy = value("A", 4, b"\1\0\0\0")
    preference = Record(Hive.HKLM, policy.key, "A", Action.DELETE, via=Via.PREFERENCE)

    made = import_records(policy, preference)

    assert len(said(made)["registry"]) == 1
    assert "contradicts" in made.reports[0]


def test_a_deletion_after_what_it_deletes_is_reported() -> None:
    policy = value("A", 4, b"\1\0\0\0")

    made = import_records(policy, Record(Hive.HKLM, policy.key, "", Action.DELETE_VALUES))

    assert "A: not kept: it has no effect, because a later record overrides it" in made.reports[0]
    assert said(made)["registry"] == [
        {"key": r"HKLM\SOFTWARE\Contoso", "action": "delete-values"},
        {"key": r"HKLM\SOFTWARE\Contoso", "action": "create-key"},
    ]


def test_a_policy_whose_order_a_profile_cannot_have_is_reduced_to_what_it_does() -> None:
    policy = value("A", 4, b"\1\0\0\0")
    soft = Record(Hive.HKLM, policy.key, "A", Action.SOFT, 4, b"\1\0\0\0")

    made = import_records(Record(Hive.HKLM, policy.key, "A", Action.DELETE), soft)

    assert changes(reading([policy], "pol"), made) == []
    assert "the order of the file is not kept" in made.reports[0]


def test_several_deletions_of_subkeys_become_one() -> None:
    data = [encode_data(RegType.SZ, name) for name in ("One", "Two")]
    deletions = [Record(Hive.HKLM, "K", "", Action.DELETE_KEYS, RegType.SZ, one) for one in data]

    made = import_records(*deletions)

    assert said(made)["registry"] == [
        {"key": r"HKLM\K", "data": ["One", "Two"], "action": "delete-keys"}
    ]
    assert len(made.reports) == 1


PREFERENCES = """<?xml version="1.0" encoding="utf-8"?>
<RegistrySettings clsid="{A3CCFC41-DFDB-43a5-8D26-0FE8B954DA51}">
<Collection name="Branch">
<Registry name="A" uid="{1}" removePolicy="1" userContext="1" bypassErrors="1"><Properties
 action="R" hive="HKEY_LOCAL_MACHINE" key="SOFTWARE\\X" name="A" type="REG_DWORD"
 value="00000001"/><Filters><FilterOs bool="AND"/></Filters></Registry></Collection>
<Registry name="B" uid="{2}" disabled="1"><Properties action="U" hive="HKEY_LOCAL_MACHINE"
 key="SOFTWARE\\X" name="B" type="REG_SZ" value="b"/></Registry>
<Registry name="C" uid="{3}"><Properties action="C" hive="HKEY_LOCAL_MACHINE"
 key="SOFTWARE\\X" name="C" type="REG_SZ" value="c"/></Registry>
<Registry name="D" uid="{4}"><Properties action="U" hive="HKEY_CLASSES_ROOT"
 key="X" name="D" type="REG_SZ" value="d"/></Registry>
</RegistrySettings>
"""


def test_what_a_preference_loses_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "Registry.xml"
    path.write_text(PREFERENCES, encoding="utf-8")
    before = read_input(str(path))

    made = import_policy(before, UNSPECIFIED, MAX_SIZE)

    assert {change.record.name for change in changes(before, made)} == {"A"}
    assert [(item["name"], item.get("action", "set")) for item in said(made)["registry"]] == [
        ("A", "set"),
        ("C", "soft"),
    ]
    reported = "\n".join(made.reports)
    for word in (
        "B: the item is disabled",
        "HKEY_CLASSES_ROOT",
        "R (replace)",
        "FilterOs",
        "removePolicy",
        "userContext",
        "bypassErrors",
        "'Branch'",
    ):
        assert reported.count(word) >= 1, word


def test_targeting_of_an_iso_preparation_is_kept_by_its_image_only(tmp_path: Path) -> None:
    made = check(Loader().load(resource_dir("profiles") / "azlocal-ws2022-iso.yaml")).compiled
    assert made is not None
    before = read_input(str(backup(made, tmp_path)))

    imported = import_policy(before, UNSPECIFIED, MAX_SIZE)

    assert sum("targeting is not kept" in line for line in imported.reports) >= 3


# Any policy.

_NAMES = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_characters="\\"), max_size=12
).filter(lambda name: not name.startswith("**"))
_PARTS = st.text(st.sampled_from("abcXYZ {}.#'-,1é"), min_size=1, max_size=8)
_KEYS = st.lists(_PARTS, min_size=1, max_size=3).map("\\".join)
_TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
_DATA = st.one_of(
    st.tuples(st.sampled_from([RegType.SZ, RegType.EXPAND_SZ]), _TEXTS),
    st.tuples(st.just(RegType.DWORD), st.integers(0, 2**32 - 1)),
    st.tuples(st.just(RegType.QWORD), st.integers(0, 2**64 - 1)),
    st.tuples(st.just(RegType.MULTI_SZ), st.lists(_TEXTS.filter(bool), max_size=3).map(tuple)),
    st.tuples(st.just(RegType.BINARY), st.binary(max_size=12)),
)
_VALUES = st.builds(
    lambda hive, key, name, data, action: Record(
        hive, key, name, action, data[0], encode_data(*data)
    ),
    st.sampled_from(list(Hive)),
    _KEYS,
    _NAMES,
    _DATA,
    st.sampled_from([Action.SET, Action.SOFT]),
)
_KEY_ACTIONS = st.builds(
    Record,
    st.sampled_from(list(Hive)),
    _KEYS,
    st.just(""),
    st.sampled_from([Action.DELETE_VALUES, Action.CREATE_KEY]),
)
_DELETIONS = st.builds(Record, st.sampled_from(list(Hive)), _KEYS, _NAMES, st.just(Action.DELETE))


@settings(max_examples=examples(150))
@given(st.lists(st.one_of(_VALUES, _DELETIONS, _KEY_ACTIONS), max_size=6))
def test_any_registry_policy_is_the_same_after_its_import(records: list[Record]) -> None:
    before = reading(records, "profile")

    made = import_policy(before, UNSPECIFIED, MAX_SIZE)

    said = "\n".join(made.reports)
    assert all(name_of(change.record) in said for change in changes(before, made))
    assert made.text == import_policy(before, UNSPECIFIED, MAX_SIZE).text


_TREES = st.recursive(
    st.one_of(st.booleans(), st.integers(), _TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=examples(300))
@given(st.dictionaries(st.sampled_from(["a", "key", "why", "no"]), _TREES, min_size=1))
def test_what_is_written_as_yaml_reads_back_equal(content: dict[str, Any]) -> None:
    node, findings = yaml12.read(to_yaml(content, ["head"], ["tail"]).encode(), "x.yaml")

    assert findings == []
    assert node is not None
    assert plain(node) == content


def test_an_imported_profile_means_the_same_to_another_reader_of_yaml() -> None:
    texts = ["no", "0x10", "1.5", "~", "2026-01-01", "a: b", "#x", "it's", "", " x ", "null"]
    records = [
        value(f"v{n}", RegType.SZ, encode_data(RegType.SZ, text)) for n, text in enumerate(texts)
    ]

    made = import_records(*records)

    assert [item["data"] for item in yaml.safe_load(made.text)["registry"]] == texts


# An unspecified target.


def test_an_unspecified_target_builds_the_policy_alone() -> None:
    text = (
        "gpogen: 1\nname: some\ntarget: unspecified\n"
        "registry: [{key: 'HKLM\\SOFTWARE\\X', name: A, type: dword, data: 1}]\n"
    )
    checked = check(Loader().load_bytes(text.encode()))

    assert checked.findings == ()
    assert checked.compiled is not None
    assert checked.compiled.header.title == "some"
    made = {name for _, name in render_tree(checked.compiled).values()}
    every = map(load, MODULES)
    assert made == {item.id for item in every if item.anywhere and not item.on_request}


def test_an_unspecified_target_is_judged_by_no_rule_about_hotpatch() -> None:
    text = (
        "gpogen: 1\nname: some\ntarget: unspecified\n"
        f"registry: [{{key: 'HKLM\\{WU}', name: ManagePreviewBuildsPolicyValue, "
        "type: dword, data: 2}]\n"
    )

    assert check(Loader().load_bytes(text.encode())).findings == ()


def test_another_word_for_a_target_is_refused() -> None:
    loaded = Loader().load_bytes(b"gpogen: 1\nname: some\ntarget: anywhere\n")

    (finding,) = loaded.findings
    assert finding.id == "GP013"
    assert "unspecified" in finding.message


# Real ones.


@pytest.mark.parametrize("wanted", [UNSPECIFIED, arc()], ids=["unspecified", "arc"])
def test_every_real_backup_is_the_same_after_its_import(wanted: Wanted) -> None:
    every = list(backups(corpus() / "gpobackup"))
    assert len(every) > 100
    for path in sample(every):
        before = read_input(str(path))
        made = import_policy(before, wanted, MAX_SIZE)
        said = "\n".join(made.reports)
        assert all(name_of(change.record) in said for change in changes(before, made)), path
        assert set(before.skipped) <= set(made.reports)


@pytest.mark.parametrize("folder", ["pol", "lgpo", "reg", "gppreg"])
def test_every_other_real_file_is_the_same_or_says_why_not(folder: str) -> None:
    count = 0
    for path in sorted(item for item in (corpus() / folder).rglob("*") if item.is_file()):
        try:
            before = read_input(str(path))
        except GpogenError:
            continue
        made = import_policy(before, UNSPECIFIED, MAX_SIZE)
        said = "\n".join(made.reports)
        assert all(name_of(change.record) in said for change in changes(before, made)), path
        count += 1

    assert count > 10


def test_a_policy_file_of_ours_comes_back_byte_for_byte() -> None:
    made = compiled("updates: {mode: download}")
    data = pol.encode(pol.from_records([item.record for item in made.policy]))
    records = pol.to_records(pol.decode(data), Hive.HKLM)

    imported = import_policy(reading(records, "pol"), arc(), MAX_SIZE)

    again = check(Loader().load_bytes(imported.text.encode())).compiled
    assert again is not None
    assert pol.encode(pol.from_records([item.record for item in again.policy])) == data
