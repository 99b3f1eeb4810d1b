"""GPOs as a whole: sides, WMI filters, extensions, other files, and the folders they lie in."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gpogen.formats import pol
from tests.cli.conftest import Run, Workplace

WU = r"Software\Policies\Microsoft\Windows\WindowsUpdate"
ONE, TWO = b"\1\0\0\0", b"\2\0\0\0"
REGISTRY = "[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}{D02B1F72-3407-48AE-BA88-E8213C6761F1}]"
SEARCH = "[{7933F41E-56F8-41D6-A31C-4148A711EE93}{D02B1F72-3407-48AE-BA88-E8213C6761F1}]"
XML = """<?xml version="1.0" encoding="utf-8"?><GroupPolicyBackupScheme bkp:version="2.0"
 xmlns:bkp="http://www.microsoft.com/GroupPolicy/GPOOperations"
 xmlns="http://www.microsoft.com/GroupPolicy/GPOOperations"><GroupPolicyObject>
<GroupPolicyCoreSettings><ID>{{1}}</ID><DisplayName><![CDATA[{title}]]></DisplayName>
<Options><![CDATA[{options}]]></Options>
<MachineExtensionGuids><![CDATA[{extensions}]]></MachineExtensionGuids><UserExtensionGuids/>
<WMIFilter><![CDATA[{wmi}]]></WMIFilter></GroupPolicyCoreSettings>
<GroupPolicyExtension bkp:ID="{{35378EAC-683F-11D2-A89A-00C04FBBCFA2}}" bkp:DescName="Registry">
<FSObjectFile bkp:Location="DomainSysvol\\GPO\\Machine\\registry.pol"/></GroupPolicyExtension>
<GroupPolicyExtension bkp:ID="{{F15C46CD-82A0-4C2D-A210-5D0D3182A418}}"
 bkp:DescName="Unknown Extension">{files}</GroupPolicyExtension>
</GroupPolicyObject></GroupPolicyBackupScheme>"""
NESTED = """<FSObjectDir bkp:Path="x"><FSObjectDir bkp:Path="y">
<FSObjectFile bkp:Location="DomainSysvol\\GPO\\Machine\\Scripts\\Startup\\run.ps1"/></FSObjectDir>
</FSObjectDir><DSObject bkp:Path="CN=Packages"><FSObjectFile
 bkp:Location="DomainSysvol\\GPO\\Machine\\Applications\\{1}.aas"/></DSObject>
<FSObjectFile
 bkp:Location="DomainSysvol\\GPO\\Machine\\microsoft\\windows nt\\SecEdit\\GptTmpl.inf"/>
"""
SECEDIT = "Machine/microsoft/windows nt/SecEdit"
TEMPLATE = "[Unicode]\r\nUnicode=yes\r\n[Registry Values]\r\nMACHINE\\Software\\A=4,1\r\n"


def records(*rows: tuple[str, bytes], key: str = WU) -> bytes:
    return pol.encode([pol.PolEntry(key, name, 4, data) for name, data in rows])


def backup(
    folder: Path,
    data: bytes,
    *,
    title: str = "Servers",
    options: str = "1",
    wmi: str = "",
    extensions: str = REGISTRY,
    files: str = "",
) -> Path:
    machine = folder / "DomainSysvol" / "GPO" / "Machine"
    machine.mkdir(parents=True)
    text = XML.format(title=title, options=options, wmi=wmi, extensions=extensions, files=files)
    (folder / "Backup.xml").write_text(text, encoding="utf-8")
    (machine / "registry.pol").write_bytes(data)
    if files:
        for name in ("Scripts/Startup/run.ps1", "Applications/{1}.aas"):
            (machine / name).parent.mkdir(parents=True, exist_ok=True)
            (machine / name).write_text("x", encoding="utf-8")
        secedit = machine / "microsoft" / "windows nt" / "SecEdit"
        secedit.mkdir(parents=True)
        (secedit / "GptTmpl.inf").write_text(TEMPLATE, encoding="utf-16")
    return folder


PREVIEW = records(("ManagePreviewBuildsPolicyValue", TWO))
"""A policy that check reports (HP015)."""


# The last value wins.


def test_check_judges_the_last_of_two_values(place: Workplace, gpogen: Run) -> None:
    bad, good = ("ManagePreviewBuildsPolicyValue", TWO), ("ManagePreviewBuildsPolicyValue", ONE)
    (place.root / "bad-last.pol").write_bytes(records(good, bad))
    (place.root / "good-last.pol").write_bytes(records(bad, good))

    assert "HP015" in gpogen("check", "bad-last.pol").out
    assert gpogen("check", "good-last.pol").out == ""


def test_show_marks_what_a_later_record_overrides(place: Workplace, gpogen: Run) -> None:
    (place.root / "a.pol").write_bytes(records(("A", ONE), ("a", TWO)))

    assert [row.get("overridden") for row in gpogen("show", "a.pol", "--format", "json").json] == [
        True,
        None,
    ]
    assert gpogen("show", "a.pol").out.count("(overridden)") == 1


def test_diff_tells_deletions_before_and_after_values_apart(place: Workplace, gpogen: Run) -> None:
    value = pol.PolEntry(WU, "A", 4, ONE)
    deletion = pol.PolEntry(WU, "**delvals.", 1, b" \0\0\0")
    (place.root / "a.pol").write_bytes(pol.encode([deletion, value]))
    (place.root / "b.pol").write_bytes(pol.encode([value, deletion]))

    assert gpogen("diff", "a.pol", "b.pol").code == 1


def test_diff_names_a_difference_of_encoding_alone_and_is_equal(
    place: Workplace, gpogen: Run
) -> None:
    for name, data in (("a", b"\0\0"), ("b", b"\0\0\0\0")):
        entry = pol.PolEntry(WU, "List", 7, data)
        (place.root / f"{name}.pol").write_bytes(pol.encode([entry]))

    answer = gpogen("diff", "a.pol", "b.pol")

    assert (answer.code, answer.out) == (0, "")
    assert f"equal, except for the end of the text: HKLM\\{WU}!List (2 bytes and 4)" in answer.err


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((4, ONE), (3, ONE)),
        ((4, ONE), (11, b"\1" + b"\0" * 7)),
        ((1, b"a\0\0\0"), (2, b"a\0\0\0")),
        ((4, b"\1"), (4, b"\1\0")),
        ((0, b"\1"), (3, b"\1")),
    ],
)
def test_the_two_sides_of_a_difference_never_read_alike(
    place: Workplace, gpogen: Run, one: tuple[int, bytes], other: tuple[int, bytes]
) -> None:
    for name, found in (("a", one), ("b", other)):
        entry = pol.PolEntry(WU, "V", *found)
        (place.root / f"{name}.pol").write_bytes(pol.encode([entry]))

    answer = gpogen("diff", "a.pol", "b.pol")

    assert answer.code == 1
    before, after = answer.out.strip().partition("!V: ")[2].split(" -> ")
    assert before != after


# A GPO is more than its records.


def test_show_says_what_a_gpo_is_besides_its_records(place: Workplace, gpogen: Run) -> None:
    backup(place.root / "b", PREVIEW, options="3", wmi="Only 2025", files=NESTED)

    out = gpogen("show", "b")
    head = gpogen("show", "b", "--format", "json").json

    assert "GPO Servers" in out.out
    assert "computer side: disabled" in out.out
    assert "WMI filter: Only 2025" in out.out
    assert head["gpo"] == {
        "name": "Servers",
        "computer_enabled": False,
        "user_enabled": False,
        "wmi_filter": "Only 2025",
        "machine_extensions": REGISTRY,
        "user_extensions": "",
    }
    assert len(head["policy"]) == 1
    for said in (
        "script: Machine/Scripts/Startup/run.ps1",
        "software installation (MSI): Machine/Applications/{1}.aas",
        f"security template with 1 registry value: {SECEDIT}/GptTmpl.inf",
        "directory object: CN=Packages",
    ):
        assert said in head["not_shown"]
        assert f"not shown: {said}" in out.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"options": "0"}, "~ GPO, user side: disabled -> enabled"),
        ({"options": "3"}, "~ GPO, computer side: enabled -> disabled"),
        ({"wmi": "Only 2025"}, "+ GPO, WMI filter: Only 2025"),
        (
            {"extensions": REGISTRY + SEARCH},
            "+ GPO, Machine extension: {7933F41E-56F8-41D6-A31C-4148A711EE93} (Windows Search)",
        ),
        ({"files": NESTED}, "+ GPO, software installation (MSI): Machine/Applications/{1}.aas"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_diff_compares_what_two_gpos_have_besides_their_records(
    place: Workplace, gpogen: Run, change: dict[str, str], said: str, form: str
) -> None:
    backup(place.root / "a", PREVIEW)
    backup(place.root / "b", PREVIEW, **change)

    assert gpogen("diff", "a", "a").code == 0
    answer = gpogen("diff", "a", "b", "--format", form)

    assert answer.code == 1
    if form == "text":
        assert said in answer.out.splitlines()


def test_diff_sees_another_content_of_a_file_that_it_does_not_read(
    place: Workplace, gpogen: Run
) -> None:
    for name in ("a", "b"):
        backup(place.root / name, PREVIEW, files=NESTED)
    (template,) = (place.root / "b").rglob("GptTmpl.inf")
    template.write_text(TEMPLATE.replace("4,1", "4,0"), encoding="utf-16")

    answer = gpogen("diff", "a", "b")

    assert answer.code == 1
    assert "GptTmpl.inf with other content" in answer.out


@pytest.mark.parametrize("options", ["0", "1", "2", "3"])
def test_import_and_build_keep_the_sides(place: Workplace, gpogen: Run, options: str) -> None:
    backup(place.root / "b", PREVIEW, options=options)

    assert gpogen("import", "b", "-o", "profiles/kept.yaml").code == 0
    assert gpogen("build", "profiles/kept.yaml").code == 0
    answer = gpogen("diff", "b", "output/kept/gpo")

    assert (answer.code, answer.out) == (0, "")
    assert gpogen("diff", "profiles/kept.yaml", "output/kept/gpo").code == 0
    text = (place.root / "profiles/kept.yaml").read_text("utf-8")
    assert ("gpo:" in text) == (options != "1")


def test_import_names_every_loss(place: Workplace, gpogen: Run) -> None:
    backup(place.root / "b", PREVIEW, wmi="Only 2025", extensions=REGISTRY + SEARCH, files=NESTED)

    err = gpogen("import", "b", "-o", "-").err

    assert "the WMI filter Only 2025 is not kept" in err
    assert "{7933F41E-56F8-41D6-A31C-4148A711EE93} (Windows Search) is not kept" in err
    for name in ("run.ps1", "{1}.aas", "GptTmpl.inf", "CN=Packages"):
        assert f"{name}\n" in err


def test_check_names_the_gpo_its_filter_and_what_it_did_not_judge(
    place: Workplace, gpogen: Run
) -> None:
    backup(place.root / "b", PREVIEW, wmi="Only 2025", files=NESTED)

    answer = gpogen("check", "b")

    (line,) = (line for line in answer.out.splitlines() if "HP015" in line)
    assert 'GPO "Servers", only where its WMI filter Only 2025 is true' in line
    assert 'b (GPO "Servers"): not checked: security template with 1 registry value' in answer.err


def test_a_disabled_computer_side_is_not_judged_and_said(place: Workplace, gpogen: Run) -> None:
    backup(place.root / "b", PREVIEW, options="2")

    answer = gpogen("check", "b")

    assert (answer.code, answer.out) == (0, "")
    assert "the computer side is disabled, so its 1 records have no effect" in answer.err


def test_a_profile_that_disables_a_side_with_values_is_warned(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web", "gpo: {computer: disabled}")

    answer = gpogen("check")

    assert "GP038" in answer.out
    assert " error " not in answer.out


# Preferences.

ITEM = (
    '<Registry name="V" uid="{{1}}" bypassErrors="1"><Properties action="{action}"'
    ' hive="HKEY_LOCAL_MACHINE" key="Software\\X" name="V" type="REG_DWORD" value="0000000{data}"/>'
    "{filters}</Registry>"
)
ONCE = '<Filters><FilterRunOnce hidden="1" not="0" bool="AND" id="{1}"/></Filters>'


def preferences(*items: str) -> str:
    return f"<RegistrySettings>{''.join(items)}</RegistrySettings>"


def test_run_once_means_apply_once(place: Workplace, gpogen: Run) -> None:
    (place.root / "Registry.xml").write_text(
        preferences(ITEM.format(action="U", data=1, filters=ONCE)), encoding="utf-8"
    )

    assert "(applied once)" in gpogen("show", "Registry.xml").out
    err = gpogen("import", "Registry.xml", "-o", "-").err
    assert "no longer applies it once (FilterRunOnce)" in err
    assert "every machine" not in err


def test_preferences_under_other_conditions_differ(place: Workplace, gpogen: Run) -> None:
    wmi = '<Filters><FilterWmi bool="AND" not="{}" query="SELECT 1"/></Filters>'
    for name, filters in (("a", wmi.format(0)), ("b", wmi.format(1)), ("c", "")):
        (place.root / f"{name}.xml").write_text(
            preferences(ITEM.format(action="U", data=1, filters=filters)), encoding="utf-8"
        )

    assert gpogen("diff", "a.xml", "a.xml").code == 0
    assert gpogen("diff", "a.xml", "b.xml").code == 1
    assert gpogen("diff", "a.xml", "c.xml").code == 1


def test_the_order_of_preferences_under_two_conditions_counts(
    place: Workplace, gpogen: Run
) -> None:
    always = ITEM.format(action="U", data=1, filters="")
    filters = '<Filters><FilterWmi query="SELECT 1"/></Filters>'
    sometimes = ITEM.format(action="U", data=2, filters=filters)
    (place.root / "a.xml").write_text(preferences(always, sometimes), encoding="utf-8")
    (place.root / "b.xml").write_text(preferences(sometimes, always), encoding="utf-8")

    answer = gpogen("diff", "a.xml", "b.xml")

    assert answer.code == 1
    assert "order of the preferences for HKLM\\Software\\X!V" in answer.out


def test_a_contradiction_of_policy_and_preference_is_told(place: Workplace, gpogen: Run) -> None:
    sysvol = place.root / "{1}"
    (sysvol / "MACHINE" / "Preferences" / "Registry").mkdir(parents=True)
    (sysvol / "gpt.ini").write_text("[General]\r\nVersion=1\r\n", encoding="utf-8")
    (sysvol / "MACHINE" / "Registry.pol").write_bytes(records(("V", ONE), key="Software\\X"))
    (sysvol / "MACHINE" / "Preferences" / "Registry" / "Registry.xml").write_text(
        preferences(ITEM.format(action="U", data=2, filters="")), encoding="utf-8"
    )

    for command in (("check", "{1}"), ("show", "{1}"), ("diff", "{1}", "{1}")):
        err = gpogen(*command).err
        assert "HKLM\\Software\\X!V: the policy says 1, the preference" in err, command
    assert "the preference contradicts the policy" in gpogen("import", "{1}", "-o", "-").err


# Where GPOs lie.


def test_no_folder_is_too_deep(place: Workplace, gpogen: Run) -> None:
    deep = place.root / "top" / Path(*(f"d{number}" for number in range(120)))
    backup(deep / "{1}", PREVIEW)
    backup(place.root / "top" / "{2}", PREVIEW)

    assert gpogen("show", "top").out.count("== ") == 2
    assert "2 GPOs" in gpogen("check", "top").err


def test_a_sysvol_folder_is_one_gpo_with_both_sides_in_any_case(
    place: Workplace, gpogen: Run
) -> None:
    folder = place.root / "Policies" / "{1}"
    for side in ("MACHINE", "user"):
        (folder / side).mkdir(parents=True)
        (folder / side / "REGISTRY.POL").write_bytes(records(("A", ONE)))
    (folder / "GPT.ini").write_text("[General]\r\nVersion=65537\r\n", encoding="utf-8")

    found = gpogen("show", "Policies", "--format", "json").json

    assert [row["hive"] for row in found["policy"]] == ["HKLM", "HKCU"]
    assert found["gpo"]["computer_enabled"] is None
    assert "Active Directory, not this folder, stores" in found["not_shown"][0]


def test_a_machine_s_own_policy_has_the_extensions_of_its_gpt_ini(
    place: Workplace, gpogen: Run
) -> None:
    folder = place.root / "GroupPolicy"
    (folder / "Machine").mkdir(parents=True)
    (folder / "Machine" / "Registry.pol").write_bytes(PREVIEW)
    ini = f"[General]\r\ngPCMachineExtensionNames={REGISTRY}\r\nVersion=1\r\n"
    (folder / "gpt.ini").write_text(ini, encoding="utf-8")

    found = gpogen("show", "GroupPolicy", "--format", "json").json

    assert found["gpo"]["machine_extensions"] == REGISTRY


SAMBA = (
    '<PolFile num_entries="1" signature="PReg" version="1"><Entry type="4" type_name="REG_DWORD">'
    "<Key>Software\\X</Key><ValueName>V</ValueName><Value>{}</Value></Entry></PolFile>"
)


@pytest.mark.parametrize(
    ("parsed", "raw", "values", "said"),
    [
        (SAMBA.format(2), ONE, [2], "differ; gpogen reads the first"),
        (SAMBA.format(1), ONE, [1], ""),
        ("<UnknownFile/>", ONE, [1], ""),
        (None, ONE, [], "Registry.pol.SAMBABACKUP: samba-tool does not restore it"),
        (SAMBA.format(2), None, [2], ""),
    ],
)
def test_a_samba_tool_backup_is_read_as_samba_tool_restores_it(
    place: Workplace,
    gpogen: Run,
    parsed: str | None,
    raw: bytes | None,
    values: list[int],
    said: str,
) -> None:
    folder = place.root / "policy" / "{1}"
    (folder / "Machine").mkdir(parents=True)
    (folder / "GPT.INI.SAMBABACKUP").write_text("[General]\nVersion = 1\n", encoding="utf-8")
    (folder / "gPCMachineExtensionNames.SAMBAEXT").write_text(REGISTRY, encoding="utf-8")
    if parsed is not None:
        (folder / "Machine" / "Registry.pol.xml").write_text(parsed, encoding="utf-8")
    if raw is not None:
        data = records(("V", raw), key="Software\\X")
        (folder / "Machine" / "Registry.pol.SAMBABACKUP").write_bytes(data)

    found = gpogen("show", "policy", "--format", "json").json

    assert [row["data"] for row in found["policy"]] == values
    assert found["gpo"]["machine_extensions"] == REGISTRY
    told = [text for text in found["not_shown"] if "GPT.INI" not in text]
    assert any(said in text for text in told)
    assert any("differ" in text or "restore" in text for text in told) == bool(said)


def test_the_preferences_of_a_samba_tool_backup_are_imported(place: Workplace, gpogen: Run) -> None:
    folder = place.root / "{1}" / "Machine" / "Preferences" / "Registry"
    folder.mkdir(parents=True)
    (place.root / "{1}" / "GPT.INI.xml").write_text("<IniFile/>", encoding="utf-8")
    (folder / "Registry.xml.xml").write_text("<UnknownFile/>", encoding="utf-8")
    text = preferences(ITEM.format(action="U", data=1, filters=ONCE))
    (folder / "Registry.xml.SAMBABACKUP").write_text(text, encoding="utf-8")

    answer = gpogen("import", "{1}", "-o", "-")

    assert answer.code == 0
    assert "via: preference" in answer.out
    assert "no longer applies it once" in answer.err


def test_a_bare_policy_file_takes_a_side(place: Workplace, gpogen: Run) -> None:
    (place.root / "a.pol").write_bytes(PREVIEW)

    for words, hive in (("", "HKLM"), ("--side=user", "HKCU"), ("--side=machine", "HKLM")):
        rows = gpogen("show", "a.pol", "--format", "json", *words.split()).json
        assert [row["hive"] for row in rows] == [hive]
    assert "HP015" in gpogen("check", "a.pol").out
    assert gpogen("check", "a.pol", "--side", "user").out == ""
    assert "HKCU" in gpogen("import", "a.pol", "-o", "-", "--side", "user").out


def test_a_side_is_refused_for_what_has_both(place: Workplace, gpogen: Run) -> None:
    backup(place.root / "b", PREVIEW)

    answer = gpogen("show", "b", "--side", "user")

    assert answer.code == 2
    assert "a GPO has both sides" in answer.err
    assert gpogen("diff", "b", "b", "--side", "user").code == 2


@pytest.mark.skipif(os.name != "posix", reason="links need no rights on POSIX")
def test_links_to_folders_are_said_and_not_followed(place: Workplace, gpogen: Run) -> None:
    backup(place.root / "top" / "{1}", PREVIEW)
    (place.root / "top" / "loop").symlink_to(place.root / "top")

    answer = gpogen("show", "top")

    assert answer.code == 0
    assert "gpogen does not follow links to folders: top/loop" in answer.err


def test_other_policy_files_beside_a_backup_are_not_passed_over(
    place: Workplace, gpogen: Run
) -> None:
    backup(place.root / "top" / "{1}", PREVIEW)
    (place.root / "top" / "more.pol").write_bytes(PREVIEW)

    lines = gpogen("show", "top", "--format", "json").out.splitlines()

    assert [json.loads(line)["file"] for line in lines] == ["top/{1}", "top/more.pol"]


def test_what_a_backup_lists_and_lacks_is_said(place: Workplace, gpogen: Run) -> None:
    folder = backup(place.root / "b", PREVIEW)
    (folder / "DomainSysvol" / "GPO" / "Machine" / "registry.pol").unlink()

    assert "registry policy: Machine/registry.pol (not there)" in gpogen("show", "b").err


# verify.


def test_verify_takes_several_folders_and_links_to_them(place: Workplace, gpogen: Run) -> None:
    place.profile("web")
    place.profile("db")
    assert gpogen("build").code == 0
    (place.root / "link").symlink_to(place.root / "output" / "web")

    answer = gpogen("verify", "output/web", "link/", "link", "output/db")

    assert answer.code == 0
    assert "4 folders checked: no problems" in answer.err


def test_a_missing_manifest_is_as_severe_as_one_that_lists_another(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web")
    assert gpogen("build").code == 0
    manifest = place.root / "output" / "web" / "gpo" / "manifest.xml"
    text = manifest.read_text("utf-8")
    codes = []
    for harm in (manifest.unlink, lambda: manifest.write_text(text.replace("<ID>", "<ID>x"))):
        harm()
        codes.append(gpogen("verify", "output/web/gpo").code)

    assert codes == [0, 0]


def test_verify_compares_sides_and_conditions_with_the_profile(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web", extends="azlocal-ws2022-iso")
    assert gpogen("build").code == 0
    gpo = place.root / "output" / "web" / "gpo"
    assert gpogen("verify", "output/web/gpo", "--profile", "profiles/web.yaml").code == 0
    (xml,) = gpo.rglob("Backup.xml")
    (items,) = gpo.rglob("Registry.xml")
    for path, before, after, said in (
        (xml, "<Options><![CDATA[1]]>", "<Options><![CDATA[3]]>", "computer side"),
        (items, "FilterWmi", "FilterWMI", "FilterWMI"),
    ):
        text = path.read_text("utf-8")
        path.write_text(text.replace(before, after), encoding="utf-8")
        answer = gpogen("verify", "output/web/gpo", "--profile", "profiles/web.yaml")
        assert answer.code == 1
        assert said in answer.out
        path.write_text(text, encoding="utf-8")


def test_a_folder_in_a_gpo_that_is_another_gpo_is_found_and_both_can_be_named(
    place: Workplace, gpogen: Run
) -> None:
    outer = backup(place.root / "{1}", PREVIEW)
    backup(outer / "old" / "{2}", PREVIEW)

    assert gpogen("show", "{1}").out.count("== ") == 2
    assert gpogen("diff", "{1}", "{1}/old/{2}").code == 0


def test_the_import_script_sets_the_status_that_the_profile_says(
    place: Workplace, gpogen: Run
) -> None:
    place.profile("web", "gpo: {user: enabled}")
    place.profile("db")
    assert gpogen("build").code == 0

    scripts = [
        next((place.output / name / "powershell").glob("Import-*.ps1")).read_text("utf-8-sig")
        for name in ("web", "db")
    ]

    assert ["$wanted = 'AllSettingsEnabled'" in text for text in scripts] == [True, False]
    assert ["The computer's half is never switched on" in text for text in scripts] == [False, True]
