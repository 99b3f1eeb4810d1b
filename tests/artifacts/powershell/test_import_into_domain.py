"""The import script against stand-ins that bind as the GroupPolicy module does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gpogen.artifacts.backup.comments import VALUES, value_list
from gpogen.artifacts.gpo_backup import gpo_comment, identity
from gpogen.policy.types import Action
from tests.artifacts.factory import compiled, header, preference, value
from tests.artifacts.powershell.domain import SERVER, Domain, Setting, settings
from tests.artifacts.powershell.harness import Engine, Outcome
from tests.artifacts.powershell.samples import ACTIONS, PLAIN, SAMPLES

pytestmark = pytest.mark.slow

OURS = f"gpogen:{PLAIN.header.name}"
TITLE = PLAIN.header.title
STRANGER = Setting("HKLM", r"SOFTWARE\Policies\Someone\Deep\Down", "Else")
STRANGE_PREFERENCE = Setting("HKCU", r"Control Panel\Desktop", "Wallpaper", action="Update")
OU = "OU=Servers,DC=contoso,DC=com"
CHECKED = "what was checked in"
COMPARE = "read back and compare the values and the names of the client-side extensions"


@pytest.fixture
def domain(engine: Engine, tmp_path: Path) -> Domain:
    return Domain(engine, tmp_path, PLAIN)


@pytest.fixture
def ours(domain: Domain) -> Domain:
    """A domain in which an earlier run imported the same profile."""
    return domain.left(PLAIN)


def changes(done: Outcome) -> list[str]:
    return [name for name in done.commands if not name.startswith("Get-")]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_new_gpo_is_made_imported_and_read_back(domain: Domain, name: str) -> None:
    done = replace(domain, sample=SAMPLES[name]).run()
    assert done.code == 0, done.out
    assert changes(done)[:2] == ["New-GPO", "Import-GPO"]
    made = done.of("New-GPO")[0]
    assert (made["Name"], made["Comment"]) == (SAMPLES[name].header.title, OURS)
    imported = done.of("Import-GPO")[0]
    assert f"{{{imported['BackupId']}}}".upper() == identity(SAMPLES[name].header).id
    assert imported["Path"] != str(domain.folder / "out/gpo")
    assert done.of("Gpo.Description")[0]["Value"] == gpo_comment(SAMPLES[name])
    assert "New-GPLink" not in done.commands


def test_every_call_names_the_same_domain_controller(ours: Domain) -> None:
    done = ours.run("-LinkTarget", OU, "-ApplyGroup", "Pilot", "-EnableLink")
    assert done.code == 0, done.out
    asked = [call for call in done.calls if "-GP" in call.command]
    assert len(asked) > 20
    assert {call.parameters["Server"] for call in asked} == {SERVER}


def test_a_given_controller_and_domain_go_to_every_call(domain: Domain) -> None:
    done = domain.run("-Server", "dc9", "-Domain", "a.example")
    assert done.code == 0, done.out
    asked = [call.parameters for call in done.calls if "-GP" in call.command]
    assert {(given["Server"], given["Domain"]) for given in asked} == {("dc9", "a.example")}
    assert "Get-ADDomain" not in done.commands


def test_without_a_controller_the_run_asks_for_one(domain: Domain) -> None:
    done = replace(domain, no_domain="throw 'no domain'; ").run()
    assert done.code == 1
    assert "Name a domain controller with -Server" in done.out
    assert done.commands == ["Get-ADDomain"]


def test_whatif_only_looks(domain: Domain, ours: Domain) -> None:
    options = ("-WhatIf", "-LinkTarget", OU, "-ApplyGroup", "g", "-WmiFilter", "Other")
    for place in (domain, ours):
        done = place.run(*options)
        assert done.code == 2, done.out
        assert changes(done) == []
        assert "What if: " in done.out
    assert not ours.saved.exists()


def test_a_gpo_of_ours_is_saved_first_and_the_way_back_is_printed(ours: Domain) -> None:
    done = ours.run()
    assert done.code == 0, done.out
    assert changes(done)[:2] == ["Backup-GPO", "Import-GPO"]
    assert done.of("Backup-GPO")[0]["Path"] == str(ours.saved)
    assert ours.saved.is_dir()
    assert f"-Rollback '{ours.saved}/{{" in done.out
    assert f"-Server '{SERVER}'" in done.out


def test_a_second_import_sets_no_property_that_is_right_already(ours: Domain) -> None:
    assert "Gpo.Description" not in ours.run().commands


def test_the_saved_gpo_goes_to_the_documents_by_default(ours: Domain) -> None:
    (ours.folder / "Documents").mkdir()
    done = ours.run(keep_path=False)
    assert done.code == 0, done.out
    assert done.of("Backup-GPO")[0]["Path"] == str(ours.folder / "Documents/gpogen-backups")


@pytest.mark.parametrize("stranger", [STRANGER, STRANGE_PREFERENCE])
def test_a_value_that_is_not_ours_stops_before_any_change(ours: Domain, stranger: Setting) -> None:
    done = replace(ours, before=[*ours.before, stranger]).run()
    assert done.code == 1
    assert changes(done) == []
    assert rf"{stranger.hive}\{stranger.key}, value {stranger.name}" in done.out
    assert "-AcceptDrift continues" in done.out
    assert done.out.count(", value ") == 1


def test_accepted_drift_is_listed_and_the_import_goes_on(ours: Domain) -> None:
    done = replace(ours, before=[*ours.before, STRANGER]).run("-AcceptDrift")
    assert done.code == 0
    assert changes(done)[:2] == ["Backup-GPO", "Import-GPO"]
    assert STRANGER.key in done.out


def test_values_of_the_last_import_are_no_drift(domain: Domain) -> None:
    older = compiled(policy=(value("Old", 1), value("Older", 2)))
    assert domain.left(older).run().code == 0
    without_list = domain.having(gpo_comment(older), settings(older))
    assert without_list.run().code == 1


def test_settings_of_another_kind_are_drift(ours: Domain) -> None:
    security = "[{827D319E-6EAC-11D2-A4EA-00C04F79F83A}{803E14A0-B4FB-11D0-A0D0-00A0C90F574B}]"
    done = replace(ours, machine=security).run()
    assert done.code == 1
    assert changes(done) == []
    assert "{827D319E-6EAC-11D2-A4EA-00C04F79F83A}" in done.out


def test_an_answer_that_fails_is_not_taken_for_an_empty_gpo(ours: Domain) -> None:
    denied = "[System.UnauthorizedAccessException]::new('no access'); return; "
    done = replace(ours, denied=denied).run()
    assert done.code == 1
    assert changes(done) == []
    assert "no access" in done.out


@pytest.mark.parametrize("comment", ["", "made by hand", OURS + "x", f"by hand\n{OURS}"])
def test_a_gpo_of_somebody_else_is_refused(domain: Domain, comment: str) -> None:
    done = domain.having(comment, [STRANGER]).run()
    assert done.code == 1
    assert changes(done) == []
    assert "-Force overwrites it" in done.out


def test_force_saves_lists_and_overwrites_a_gpo_of_somebody_else(domain: Domain) -> None:
    done = domain.having("made by hand", [STRANGER]).run("-Force")
    assert done.code == 0, done.out
    assert changes(done)[:2] == ["Backup-GPO", "Import-GPO"]
    assert STRANGER.key in done.out
    assert done.of("Gpo.Description")[0]["Value"] == gpo_comment(PLAIN)


def test_two_gpos_of_the_name_are_refused(ours: Domain) -> None:
    done = ours.having("x", [], title=TITLE.upper()).run("-Force")
    assert done.code == 1
    assert changes(done) == []


def test_a_gpo_of_ours_with_another_name_is_no_reason_for_a_second(domain: Domain) -> None:
    place = domain.having(gpo_comment(PLAIN), [], title="The old name")
    done = place.run()
    assert done.code == 1
    assert changes(done) == []
    assert 'This profile\'s GPO is named "The old name"' in done.out
    assert changes(place.run("-Force"))[:1] == ["New-GPO"]


def test_records_on_whole_keys_are_said_not_to_be_read_back(domain: Domain) -> None:
    done = replace(domain, sample=ACTIONS).run()
    assert "Read back and compared: 2 values" in done.out
    assert "Not read back: 3 records" in done.out


def test_a_preference_that_only_creates_is_read_back(domain: Domain) -> None:
    sample = compiled(policy=(), preferences=(preference(action=Action.SOFT),))
    right = [replace(item, action="Create") for item in settings(sample)]
    wrong = [replace(item, value=2) for item in right]
    assert replace(domain, sample=sample, after=right).run().code == 0
    assert replace(domain, sample=sample, after=wrong).run().code == 1


def test_a_failed_import_removes_the_new_gpo(domain: Domain) -> None:
    done = replace(domain, import_failure="throw 'import broke'; ").run("-LinkTarget", OU)
    assert done.code == 1
    assert changes(done) == ["New-GPO", "Import-GPO", "Remove-GPO"]
    assert done.of("Remove-GPO")[0]["Guid"] == done.of("Import-GPO")[0]["TargetGuid"]
    assert "import broke" in done.out


def test_a_failed_import_restores_the_older_gpo(ours: Domain) -> None:
    done = replace(ours, import_failure="throw 'import broke'; ").run("-LinkTarget", OU)
    assert done.code == 1
    assert changes(done) == ["Backup-GPO", "Import-GPO", "Restore-GPO"]
    assert done.of("Restore-GPO")[0]["Path"] == str(ours.saved)


def differing(place: Setting, **change: object) -> list[Setting]:
    return [replace(item, **change) if item == place else item for item in settings(PLAIN)]  # type: ignore[arg-type]


FIRST, DELETED, PREFERENCE = (
    settings(PLAIN)[0],
    next(item for item in settings(PLAIN) if item.state == "Delete"),
    next(item for item in settings(PLAIN) if item.action == "Update"),
)
WRONG = {
    "data": differing(FIRST, value=3),
    "type": differing(FIRST, kind="String", value="4"),
    "absent": [item for item in settings(PLAIN) if item != FIRST],
    "deleted instead of set": differing(FIRST, state="Delete"),
    "set instead of deleted": differing(DELETED, state="Set"),
    "no deletion": [item for item in settings(PLAIN) if item != DELETED],
    "preference's data": differing(PREFERENCE, value=2),
    "preference deletes": differing(PREFERENCE, action="Delete"),
    "no preference": [item for item in settings(PLAIN) if item != PREFERENCE],
}


@pytest.mark.parametrize("after", WRONG.values(), ids=WRONG)
def test_a_difference_after_the_import_removes_the_new_gpo(
    domain: Domain, after: list[Setting]
) -> None:
    done = replace(domain, after=after).run("-LinkTarget", OU)
    assert done.code == 1
    assert changes(done) == ["New-GPO", "Import-GPO", "Remove-GPO"]
    assert "1 differences after the import" in done.out


def test_a_difference_after_the_import_restores_the_older_gpo(ours: Domain) -> None:
    done = replace(ours, after=WRONG["data"]).run()
    assert done.code == 1
    assert changes(done) == ["Backup-GPO", "Import-GPO", "Restore-GPO"]


def test_a_missing_extension_name_is_a_difference(domain: Domain) -> None:
    one = "[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}{D02B1F72-3407-48AE-BA88-E8213C6761F1}]"
    done = replace(domain, machine=one).run()
    assert done.code == 1
    assert "gPCMachineExtensionNames lacks {B087BE9D" in done.out
    assert changes(done) == ["New-GPO", "Import-GPO", "Remove-GPO"]


def test_other_spellings_of_the_same_answer_are_no_difference(domain: Domain) -> None:
    spelt = [
        replace(item, name="**del." + item.name) if item == DELETED else item
        for item in settings(PLAIN)
    ]
    spelt = [
        replace(item, value=item.value + "\0") if isinstance(item.value, str) else item
        for item in spelt
    ]
    spelt = [replace(item, value=-2) if item.name == "dword high" else item for item in spelt]
    spelt = [replace(item, value=-2) if item.name == "qword high" else item for item in spelt]
    done = replace(domain, after=spelt).run()
    assert done.code == 0, done.out


def test_the_users_half_is_switched_off_when_it_is_empty(domain: Domain) -> None:
    assert domain.run().of("Gpo.GpoStatus")[0]["Value"] == "UserSettingsDisabled"
    assert replace(domain, sample=ACTIONS).run().of("Gpo.GpoStatus") == []


def test_a_link_is_disabled_and_never_enforced(domain: Domain) -> None:
    done = domain.run("-LinkTarget", OU, "-LinkOrder", "2")
    assert done.code == 0, done.out
    link = done.of("New-GPLink")[0]
    assert (link["LinkEnabled"], link["Order"], link["Target"]) == ("No", 2, OU)
    assert "Enforced" not in link


def test_an_enabled_link_needs_a_filter_or_a_group(domain: Domain) -> None:
    done = domain.run("-LinkTarget", OU, "-EnableLink")
    assert done.code == 1
    assert done.calls == ()
    assert "-EnableLink requires -WmiFilter or -ApplyGroup" in done.out


def test_a_group_gets_the_right_to_apply_and_everybody_keeps_reading(domain: Domain) -> None:
    done = domain.run("-LinkTarget", OU, "-EnableLink", "-ApplyGroup", r"CONTOSO\Pilot")
    assert done.code == 0, done.out
    rights = [
        (p["TargetName"], p["TargetType"], p["PermissionLevel"], p.get("Replace", False))
        for p in done.of("Set-GPPermission")
    ]
    assert rights == [
        (r"CONTOSO\Pilot", "Group", "GpoApply", False),
        ("Authenticated Users", "Group", "GpoRead", True),
    ]
    assert done.of("New-GPLink")[0]["LinkEnabled"] == "Yes"
    assert done.commands.index("Set-GPPermission") < done.commands.index("New-GPLink")


def test_a_wmi_filter_is_attached_before_the_link(domain: Domain) -> None:
    done = domain.run("-LinkTarget", OU, "-EnableLink", "-WmiFilter", "azure edition 2022")
    assert done.code == 0, done.out
    assert done.of("Gpo.WmiFilter")[0]["Value"] == {"Name": "Azure Edition 2022"}
    assert done.commands.index("Gpo.WmiFilter") < done.commands.index("New-GPLink")


def test_a_wmi_filter_that_is_not_there_stops_before_any_change(domain: Domain) -> None:
    done = domain.run("-WmiFilter", "Absent")
    assert done.code == 1
    assert changes(done) == []


def test_a_failed_link_does_not_undo_the_import(domain: Domain, ours: Domain) -> None:
    for place in (domain, ours):
        failing = replace(place, extra="'New-GPLink' = { throw 'no right' }")
        done = failing.run("-LinkTarget", OU, "-ApplyGroup", "Pilot")
        assert done.code == 1
        assert changes(done)[-1] == "New-GPLink"
        assert not {"Remove-GPO", "Restore-GPO"} & set(done.commands)
        assert f"Failed: link the GPO to {OU}, disabled: " in done.out
        assert "no right" in done.out
        assert "Done: permission to apply the GPO: Pilot" in done.out
        assert "-LinkOnly" in done.out


def test_a_failed_permission_keeps_the_import_and_links_nothing(domain: Domain) -> None:
    denied = "'Set-GPPermission' = { throw 'no right' }"
    options = ("-LinkTarget", OU, "-ApplyGroup", "Pilot", "-WmiFilter", "Other", "-EnableLink")
    done = replace(domain, extra=denied).run(*options)
    assert done.code == 1
    assert changes(done)[-1] == "Set-GPPermission"
    assert not {"Remove-GPO", "New-GPLink"} & set(done.commands)
    assert 'Done: give the GPO the WMI filter "Other"' in done.out
    assert f"Not done: link the GPO to {OU}, enabled" in done.out


def test_link_only_imports_nothing_and_links_the_compared_gpo(ours: Domain) -> None:
    place = replace(ours, without_backup=True)
    done = place.run("-LinkOnly", "-LinkTarget", OU, "-ApplyGroup", "Pilot", "-EnableLink")
    assert done.code == 0, done.out
    assert changes(done) == ["Set-GPPermission", "Set-GPPermission", "New-GPLink"]
    assert "Read back and compared" in done.out
    assert not ours.saved.exists()


def test_link_only_attaches_a_filter_alone(ours: Domain) -> None:
    done = ours.run("-LinkOnly", "-WmiFilter", "Other")
    assert done.code == 0, done.out
    assert changes(done) == ["Gpo.WmiFilter"]


def test_link_only_stops_at_a_difference(ours: Domain) -> None:
    one = "[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}{D02B1F72-3407-48AE-BA88-E8213C6761F1}]"
    places = (
        replace(ours, before=WRONG["data"]),
        replace(ours, before=[*ours.before, STRANGER]),
        replace(ours, machine=one),
    )
    for place in places:
        done = place.run("-LinkOnly", "-LinkTarget", OU)
        assert done.code == 1
        assert changes(done) == []


def test_link_only_does_not_take_an_older_imports_values_for_the_profiles(ours: Domain) -> None:
    older = compiled(policy=(*PLAIN.policy, value("Older", 2)), preferences=PLAIN.preferences)
    place = replace(ours, gpos=[]).left(older)
    done = place.run("-LinkOnly", "-LinkTarget", OU)
    assert done.code == 1
    assert changes(done) == []
    assert "value Older" in done.out
    assert changes(place.run("-LinkOnly", "-LinkTarget", OU, "-AcceptDrift")) == ["New-GPLink"]


def test_link_only_needs_our_gpo_and_something_to_do(domain: Domain, ours: Domain) -> None:
    foreign = domain.having("made by hand", settings(PLAIN))
    for place, options, message in (
        (domain, ("-LinkTarget", OU), "Import it first"),
        (foreign, ("-LinkTarget", OU, "-Force"), "was not created by this profile"),
        (ours, (), "-LinkOnly requires -LinkTarget, -WmiFilter or -ApplyGroup"),
        (ours, ("-Rollback", "x"), "cannot be used together"),
    ):
        done = place.run("-LinkOnly", *options)
        assert done.code == 1
        assert changes(done) == []
        assert message in done.out


def steps(done: Outcome) -> list[str]:
    return [line for line in done.out.splitlines() if line.startswith("What if: step ")]


def test_whatif_lists_every_step_of_a_first_import(domain: Domain) -> None:
    done = domain.run(
        "-WhatIf", "-LinkTarget", OU, "-ApplyGroup", "g", "-WmiFilter", "Other", "-EnableLink"
    )
    source = domain.folder / "out/gpo"
    assert [line.split(": ", 2)[2] for line in steps(done)] == [
        f'create the GPO "{TITLE}" on {SERVER}',
        f"import the backup {identity(PLAIN.header).id} from a copy of {CHECKED} {source}",
        f"{COMPARE}; at a difference: remove the new GPO",
        "write the comment of the GPO: the profile, why and revision",
        "leave the list of its values, gpogen-values.txt, in the folder of the GPO",
        "disable the user side, which is empty",
        'give the GPO the WMI filter "Other"',
        "permission to apply the GPO: g",
        "permission to read the GPO, and no longer to apply it: Authenticated Users",
        f"link the GPO to {OU}, enabled",
    ]


def test_whatif_says_how_an_existing_gpo_and_link_stand(ours: Domain) -> None:
    found = "\n".join(steps(ours.run("-WhatIf")))
    assert f'save the GPO "{TITLE}" below {ours.saved}' in found
    assert "restore the saved GPO" in found
    assert "link nothing" in found
    place = linked(ours, enabled=False)
    options = ("-LinkTarget", OU, "-ApplyGroup", "g", "-EnableLink")
    (*_, last) = steps(place.run("-WhatIf", *options))
    assert last.endswith(f"keep the link to {OU}: it is disabled and becomes enabled")
    only = place.run("-WhatIf", "-LinkOnly", *options)
    assert only.code == 2, only.out
    assert changes(only) == []
    assert len(steps(only)) == 3


NOT_COPIED = "[IO.File]::Delete([IO.Path]::Combine($to, 'gpogen-values.txt'))"
COPIED_OTHERWISE = "[IO.File]::WriteAllText([IO.Path]::Combine($to, 'gpogen-values.txt'), 'x')"


@pytest.mark.parametrize("happens", ["", NOT_COPIED, COPIED_OTHERWISE])
def test_the_list_of_values_lies_in_the_gpos_folder_whatever_import_gpo_copies(
    domain: Domain, happens: str
) -> None:
    place = replace(domain, after_import=happens)
    left = place.sysvol / VALUES
    assert left.read_bytes() == value_list(PLAIN).encode()


def test_a_list_that_cannot_be_written_undoes_no_import(domain: Domain) -> None:
    there = "[IO.Path]::Combine($to, 'gpogen-values.txt')"
    locked = f"{NOT_COPIED}; $null = [IO.Directory]::CreateDirectory({there})"
    done = replace(domain, after_import=locked).run("-NoReadBack")
    assert done.code == 0, done.out
    assert "The list of values was not written" in done.out
    assert changes(done)[-1] != "Remove-GPO"


def test_the_list_is_believed_beside_its_own_comment_alone(domain: Domain) -> None:
    older = compiled(policy=(value("Old", 1),))
    other = compiled(header=header(digest="f" * 64), policy=(value("Old", 1),))
    for comment, code in ((gpo_comment(older), 0), (gpo_comment(other), 1), (OURS, 1)):
        place = domain.having(comment, settings(older), values=value_list(older))
        assert place.run().code == code


def linked(ours: Domain, enabled: bool) -> Domain:
    made = ours.run().of("Import-GPO")[0]["TargetGuid"]
    state = "$true" if enabled else "$false"
    link = f"@{{ GpoId = [guid]'{made}'; Enabled = {state}; Order = 1 }}"
    return replace(ours, links=link)


def test_an_existing_link_is_left_as_it_is(ours: Domain) -> None:
    done = linked(ours, enabled=True).run("-LinkTarget", OU, "-LinkOrder", "1")
    assert done.code == 0, done.out
    assert not {"New-GPLink", "Set-GPLink"} & set(done.commands)


def test_an_existing_link_is_enabled_when_asked(ours: Domain) -> None:
    done = linked(ours, enabled=False).run("-LinkTarget", OU, "-EnableLink", "-ApplyGroup", "g")
    assert done.code == 0, done.out
    assert done.of("Set-GPLink")[0]["LinkEnabled"] == "Yes"


def test_a_missing_backup_folder_stops_the_run(domain: Domain) -> None:
    done = replace(domain, without_backup=True).run()
    assert done.code == 1
    assert changes(done) == []
    assert "The GPO backup is missing" in done.out
