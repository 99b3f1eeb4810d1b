"""README.txt: what an administrator reads before, while and after using the other files."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gpogen.artifacts import gpo_backup, notes, powershell_import, powershell_set, readme, sconfig
from gpogen.artifacts.gpo_backup import identity
from gpogen.artifacts.powershell_text import meant_for
from gpogen.catalog.wmi import machine_query
from gpogen.compile.origin import LeftOut, Unproven
from gpogen.compile.result import ArcMachines, Compiled, Facts, RestartCause
from gpogen.policy.types import Hive
from tests.artifacts.factory import compiled, header, preference, traced, value
from tests.artifacts.powershell.samples import SAMPLES, plan
from tests.support import profiles

OS_2022 = "windows-server-2022-azure-edition"
ARC = {"os": "windows-server-2025-standard", "platform": "azure-arc"}
VBS = "vbs: {enforce: policy+registry}"
STOPS = "NTLMv1, MS-CHAPv2, unconstrained delegation and CredSSP stop working"


def text(made: Compiled) -> str:
    return readme.emit(made)[0].data.decode("utf-8-sig").replace("\r\n", "\n")


def flat(made: Compiled) -> str:
    """The text with every line break as one blank."""
    return " ".join(text(made).split())


def told(body: str = "", **head: str) -> str:
    return flat(profiles.compiled(body, **head))


# --- steps


def test_linking_is_a_run_of_its_own_and_says_who_needs_which_right() -> None:
    shown = text(compiled())
    step = shown[shown.index("\nb. ") : shown.index("\nWithout a domain")]
    assert "Gpo.ps1 -LinkOnly `\n" in step
    assert '"Link GPOs" on the organizational unit' in " ".join(step.split())
    assert 'for -ApplyGroup "Edit settings, delete, modify security"' in " ".join(step.split())
    assert "its membership takes effect only after its next restart" in step


def test_the_steps_stand_in_their_order_with_their_risks() -> None:
    shown = told(VBS)
    order = (
        "a. Create the GPO",
        "Risk: none for the machines",
        "Remove-GPO -Name 'TITLE'",
        "b. Link the GPO",
        "Risk: from their next refresh on",
        "c. Restart the machines in a maintenance window",
        "Risk: the restart itself, and what Credential Guard stops",
        "To update the GPO later",
        "Optional: sign the scripts",
        "Without a domain, on each machine",
    )
    places = [shown.index(words) for words in order]
    assert places == sorted(places)
    assert "c. Wait for the next refresh" in told("updates: {mode: download}")


def test_the_preparation_from_an_iso_comes_before_the_link_and_has_no_undo() -> None:
    shown = " ".join(notes_of_iso().split())
    assert "before you link the GPO (step b of section 3), Enable-HotpatchFromIso.ps1" in shown
    assert "There is no undo" in shown


def notes_of_iso() -> str:
    return text(compiled(facts=Facts(restart_causes=(RestartCause.ISO,))))


def test_the_query_of_the_wmi_filter_stands_on_one_line() -> None:
    made = compiled()
    whole = machine_query(made.header.os, made.header.installation, made.header.role)
    assert whole
    assert f"    {whole}" in text(made).splitlines()
    assert r"wmi\azlocal-ws2022-core.mof" in text(made)


def test_a_profile_of_no_operating_system_has_no_query() -> None:
    assert "SELECT" not in text(compiled(header=header(os="", os_title="")))


def test_a_copy_is_checked_and_signed() -> None:
    shown = flat(compiled())
    assert "A signature at the end of a script does not count as a change" in shown
    assert "sign a script again after it changes" in shown
    assert r"Get-ChildItem Cert:\CurrentUser\My -CodeSigningCert" in shown


def test_an_arc_machine_is_enrolled_by_the_script() -> None:
    shown = text(compiled(header=header(platform="azure-arc"), arc=ArcMachines()))
    words = " ".join(shown.split())
    assert "Azure Connected Machine Resource Administrator" in words
    assert ".\\azure\\arc-hotpatch.ps1 enroll -List .\\machines.txt `" in shown
    assert "-Subscription SUBSCRIPTION -ResourceGroup GROUP -WhatIf" in words
    assert (
        "changes an existing license profile by PATCH, and creates one by PUT only after 404"
        in words
    )
    assert "it removes an ESU license link and the Software Assurance flag" in words
    assert "Never write productProfile.subscriptionStatus" in words
    for needed in ("azcmagent show", "not monitor", "VBS runs", "dls.microsoft.com"):
        assert needed in words
    named = ArcMachines(
        subscription="00000000-0000-0000-0000-000000000000",
        resource_group="servers",
        location="westeurope",
        machines=("server-01",),
    )
    shown = text(compiled(header=header(platform="azure-arc"), arc=named))
    assert "    .\\azure\\arc-hotpatch.ps1 enroll -WhatIf" in shown
    assert "SUBSCRIPTION" not in shown
    assert "arc-hotpatch" not in text(compiled())


def test_an_azure_vm_needs_settings_in_azure() -> None:
    names = ("provisionVMAgent", "patchSettings.patchMode", "patchSettings.enableHotpatching")
    for orchestration, flag in (
        ("azure-guest-patching", "bypassPlatformSafetyChecksOnUserSchedule false, and assign no"),
        ("azure-update-manager", "true, which excludes hotpatching"),
    ):
        head = header(platform="azure-vm", orchestration=orchestration)
        shown = flat(compiled(header=head))
        assert all(f"{name} " in shown for name in names)
        assert flag in shown
        assert "bypassPlatformSafetyChecksOnUserSchedule" in shown
    assert "provisionVMAgent" not in flat(compiled())


def test_run_command_names_the_role_that_it_requires() -> None:
    roles = {
        "azure-arc": "Azure Connected Machine Resource Administrator",
        "azure-vm": "Virtual Machine Contributor",
    }
    for platform, role in roles.items():
        shown = flat(compiled(header=header(platform=platform)))
        step = shown[shown.index("d. By Run Command") : shown.index("To evaluate all reports")]
        assert f"Requires the role {role}, the Azure CLI, and az login." in step
    assert "Run Command" not in flat(compiled())


def test_import_gpo_alone_names_the_backup_in_this_folder() -> None:
    made = compiled()
    guid = identity(made.header).id
    assert f'    Import-GPO -BackupId "{guid}" -Path (Convert-Path .\\gpo) `' in text(made)
    assert guid in {file.path.split("/")[1] for file in gpo_backup.emit(made) if "{" in file.path}


# --- the head


def test_the_head_says_a_deferral_where_it_reaches_the_updates() -> None:
    def head(body: str) -> str:
        return told(body).partition("1. BEFORE YOU START")[0]

    week = "updates: {mode: download, quality_deferral_days: 7}"
    wsus = "{wsus: {server: 'http://a:8530', status_server: 'http://a:8530'}}"
    assert "Deferral: quality updates, 7 days after their release Restarts:" in head(week)
    assert "quality updates, 1 day after" in head(week.replace("7", "1"))
    for body in (
        week.replace("7", "0"),
        "updates: {mode: download}",
        week.replace("}", f", source: {wsus}}}"),
    ):
        assert "Deferral" not in head(body), body


# --- before you start


def test_credential_guard_may_start_where_it_is_not_configured() -> None:
    shown = told(VBS)
    assert "Windows Server 2025 can start it automatically" in shown
    assert STOPS in shown
    assert STOPS not in told(VBS, os=OS_2022)
    assert STOPS not in told("updates: {mode: download}")


def test_credential_guard_that_is_turned_on_starts_on_every_system() -> None:
    body = "vbs: {enforce: policy, credential_guard: enabled-without-lock}"
    for os in (OS_2022, profiles.OS_2025):
        assert "Credential Guard starts with VBS" in told(body, os=os)
        assert STOPS in told(body, os=os)


def test_credential_guard_that_is_off_is_off_by_group_policy_only() -> None:
    body = "vbs: {enforce: policy+registry, credential_guard: disabled}"
    assert "The GPO keeps Credential Guard off. The Set script cannot" in told(body)
    assert STOPS not in told(body, os=OS_2022)


# --- restarts


RESTART = "restart: {policy: at-scheduled-time}\n"
SCHEDULE = "updates: {mode: install-on-schedule, schedule: {day: sunday}}\n"


def restarts(body: str, **head: str) -> str:
    return " ".join(notes.restarts(profiles.compiled(body, **head)))


def test_azure_restarts_where_azure_orchestrates() -> None:
    by_manager = restarts("updates: {mode: download}", orchestration="azure-update-manager", **ARC)
    assert (
        "Azure Update Manager, in its maintenance window, if rebootSetting allows it" in by_manager
    )
    assert "forced" not in by_manager
    by_azure = restarts("", os=OS_2022, platform="azure-vm", orchestration="azure-guest-patching")
    assert "Azure, in off-peak hours that it chooses" in by_azure


def test_a_forced_restart_is_said_only_where_something_installs() -> None:
    assert "forces the restart 15 minutes after the scheduled installation ends" in restarts(
        SCHEDULE + RESTART
    )
    for mode in ("notify-restart", "download", "notify"):
        found = restarts(f"updates: {{mode: {mode}}}\n{RESTART}")
        assert "at the scheduled time" not in found
    assert "a person installs and restarts" in restarts("updates: {mode: notify-restart}")


# --- which shell


def test_each_line_that_saves_a_key_says_in_which_shell_it_runs() -> None:
    keys = (r"SOFTWARE\A", r"SOFTWARE\$B", r"SOFTWARE\C%D", r"SOFTWARE\`E")
    made = compiled(policy=tuple(value(key=key) for key in keys), direct=())
    made = replace(made, direct=made.policy)
    shown = text(made)
    both = shown[shown.index("In PowerShell or cmd.exe:") : shown.index("In PowerShell only:")]
    alone = shown[shown.index("In PowerShell only:") : shown.index("No command line can contain")]
    by_hand = shown[shown.index("No command line can contain") : shown.index("Who installs:")]

    assert r'reg.exe export "HKLM\SOFTWARE\A" ' in both
    assert "'" not in both
    assert re.findall(r"export '([^']+)'", alone) == [r"HKLM\SOFTWARE\$B", r"HKLM\SOFTWARE\`E"]
    assert r"HKLM\SOFTWARE\C%D" in by_hand
    assert "PowerShell only:" not in text(compiled(policy=(value(),)))


def test_the_head_says_which_lines_cmd_runs_and_which_it_does_not() -> None:
    shown = text(profiles.compiled(VBS, os="windows-server-2025-standard", platform="azure-arc"))
    assert "also run in cmd.exe, unless they contain single quotes" in " ".join(shown.split())
    body = shown[: shown.index("7. EVERY RECORD")]
    lines = [line.strip() for line in body.splitlines() if line.startswith("    ")]
    either = [line for line in lines if re.match(r"(reg|LGPO)\.exe |gpupdate|gpresult", line)]
    assert len(either) >= 4
    for line in either:
        assert not re.search(r"[$`%|;@]", line), line


# --- the way back


def test_a_mode_is_not_unlinked_without_another_in_its_place() -> None:
    for body in (SCHEDULE, "updates: {mode: download}", "updates: {mode: 'off'}"):
        shown = told(body, orchestration="manual" if "off" in body else "group-policy")
        assert "leaves AUOptions absent" in shown
        assert "UNPROVEN-G" in shown
        assert "its GPO sets AUOptions 3 and NoAutoUpdate 0" in shown
    assert "AUOptions absent" not in told(VBS)


def test_the_undo_of_the_set_script_and_of_sconfig_are_said() -> None:
    made = compiled(sconfig=plan("install-on-schedule"))
    shown = text(made)
    words = " ".join(shown.split())
    assert "restores it (section 6). Set-UpdateMode.ps1 saves its two values there" in words
    assert "Set-UpdateMode.ps1 -Undo restores its two values in the same way" in words
    key = r"SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"
    assert f'    reg.exe export "HKLM\\{key}" D:\\before-1.reg /y /reg:64' in shown.splitlines()
    assert "Set-UpdateMode" not in text(compiled())
    assert "Undo-AzlocalWs2022Core.ps1 restores" in " ".join(text(compiled()).split())
    batch, script = sconfig.emit(made)
    assert b"This file records nothing" in batch.data
    assert b".PARAMETER Undo" in script.data


def test_the_undo_of_the_reg_file_is_named_with_what_it_does_not_bring_back() -> None:
    shown = flat(compiled())
    assert "it does not restore earlier values" in shown


def test_a_key_is_saved_once_with_what_is_below_it() -> None:
    policy = tuple(value(key=key) for key in (r"SOFTWARE\A\B", r"software\a", r"SOFTWARE\AB"))
    found = re.findall(r'export "HKLM\\([^"]+)"', text(compiled(policy=policy)))
    assert found == [r"software\a", r"SOFTWARE\AB"]


def test_what_stays_is_explained_once() -> None:
    made = profiles.compiled(VBS)
    assert flat(made).count("tattoo") == 1
    assert (
        "EnableVirtualizationBasedSecurity remains on the machine after you remove the GPO."
    ) in flat(made)


# --- what the parts leave out, and how to see that it worked


def test_each_part_says_what_it_leaves_out() -> None:
    tattoo = replace(preference(), origin=replace(preference().origin, title="Odd value"))
    made = compiled(preferences=(tattoo, tattoo), sconfig=plan("download"))
    shown = flat(made)
    assert "It does not have what the GPO sets by preferences: Odd value." in shown
    assert "They write only AUOptions and NoAutoUpdate:" in shown
    assert "by preferences" not in flat(compiled())


def test_each_file_of_sconfig_is_named_only_where_it_is_there() -> None:
    made = compiled(sconfig=plan("download"))
    assert "Set-UpdateMode.ps1 and Set-UpdateMode.cmd write" in flat(made)
    desktop = flat(replace(made, header=header(installation="desktop")))
    assert "Set-UpdateMode.cmd" not in desktop
    assert "Set-UpdateMode.ps1 writes what menu 5" in desktop


def test_a_script_that_refuses_azure_vms_is_shown_with_force() -> None:
    head = header(platform="azure-vm", orchestration="azure-guest-patching")
    shown = flat(compiled(header=head))
    assert "without -Force, the script refuses Azure VMs" in shown
    assert "Set-AzlocalWs2022Core.ps1 -Force -WhatIf" in shown
    assert "-Force -WhatIf" not in flat(compiled())


def test_what_undo_does_without_a_saved_state_depends_on_the_mode() -> None:
    assert "the script sets only AUOptions 3 and NoAutoUpdate 0" in told(SCHEDULE)
    assert "the script changes nothing. " in told(VBS)


def test_a_time_has_its_zone() -> None:
    assert "on its schedule: Sunday 03:00 (the machine's local time)" in told(SCHEDULE)
    zoned = compiled(header=header(time_zone="Europe/Rome"))
    assert "(the machine's local time)" not in flat(zoned)


def test_what_stays_is_said_once_for_a_key_and_beside_its_mark() -> None:
    key = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Update" + r"\Deep" * 12
    items = tuple(value(name, key=key).record for name in ("Name", "Version"))
    shown = text(compiled(facts=Facts(stays=items)))
    assert f"\n- HKLM\\{key}:" in shown
    assert "Name, Version remain on the machine" in " ".join(shown.split())


def test_the_enrolment_is_looked_at_only_where_it_applies() -> None:
    for os, applies in ((OS_2022, True), (profiles.OS_2025, False)):
        shown = text(compiled(header=header(os=os)))
        assert ("Hotpatch Enrollment Package" in shown) is applies
        assert ("HotPatchTableSize" in shown) is applies
        for always in ("gpupdate /force", "gpresult ", "VirtualizationBasedSecurityStatus is 2"):
            assert always in shown
        assert "an installed update has Hotpatch in its title" in " ".join(shown.split())


# --- form


@pytest.mark.parametrize("name", SAMPLES)
def test_no_paragraph_is_wider_than_100_columns(name: str) -> None:
    for line in text(SAMPLES[name]).splitlines():
        assert len(line) <= 100 or line.startswith("    "), line


def test_a_list_item_hangs_and_a_word_is_never_cut() -> None:
    word = "x" * 120
    item = LeftOut(what="a" * 60 + " " + "b" * 60, reason=word, at=None)
    shown = text(compiled(not_direct=(item,)))
    assert f"- {'a' * 60}\n  {'b' * 60}:\n  {word}\n" in shown


def test_no_line_breaks_within_a_registry_key() -> None:
    key = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Update\TargetingInfo\Deep\Hotpatch"
    item = value("A name that makes the line too long", key=key)
    shown = text(compiled(facts=Facts(stays=(item.record,))))
    assert f"- HKLM\\{key}: A name that" in shown
    assert ("the line too long remains on the machine after you remove the GPO.") in " ".join(
        shown.split()
    )


def test_a_long_reason_is_broken_and_keeps_its_lines() -> None:
    item = replace(traced(value().record, why="word " * 40 + "\n\nend"))
    shown = text(compiled(policy=(item,)))
    lines = shown[shown.index("  why: ") :].rstrip().splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[-2:] == ["", "       end"]
    assert all(line.startswith("       word") for line in lines[1:-2])


def test_a_marked_file_stays_marked() -> None:
    made = compiled(header=header(why="\u00e4 " * 90))
    data = readme.emit(made)[0].data
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\xef\xbb\xbf") == 1


def test_the_head_is_in_words_and_names_the_change_once() -> None:
    words = "Server Core, member servers, VMs on Azure Local"
    assert words in meant_for(header())
    for module in (powershell_import, powershell_set):
        script = module.emit(compiled())[0].data.decode()
        head = script[: script.index("[CmdletBinding")]
        assert words in head
        assert head.count("CHG-1042") == 1


def test_the_first_section_says_what_is_unproven_and_has_a_table_for_results() -> None:
    facts = (
        Unproven("UNPROVEN-E", "Whether it starts."),
        Unproven("UNPROVEN-I", "Whether it imports."),
    )
    shown = text(compiled(unproven=facts))
    first = shown[shown.index("1. BEFORE YOU START") : shown.index("2. FILES IN THIS FOLDER")]
    for fact in facts:
        assert f"- {fact.id}: {fact.sentence}\n" in first
        assert re.search(rf"(?m)^  {fact.id} +\| +\| +\| *$", first)
    assert "outside this folder" in first
    assert "UNPROVEN" not in shown.replace(first, "")
    assert "Windows build  | Date" in text(compiled())


def test_a_user_setting_is_not_saved_by_the_set_scripts_commands() -> None:
    made = compiled(policy=(value(hive=Hive.HKCU),), direct=())
    assert "reg.exe export" not in text(made)


@pytest.mark.parametrize(
    ("installer", "said"),
    [
        ("group-policy", "Install-Updates.ps1 -HideKB KB5070893"),
        ("sconfig", "Hide it on the server"),
        ("azure-update-manager", "kbNumbersToExclude"),
        ("azure-guest-patching", "No list of excluded updates is documented"),
        ("configmgr", "software update group"),
        ("cluster-aware", "Invoke-CauScan"),
        ("third-party", "Exclude the KB number in the patch manager's plan"),
        ("manual", "Do not install it again"),
    ],
)
def test_the_folder_alone_says_how_to_take_a_bad_hotpatch_off_and_keep_it_away(
    installer: str, said: str
) -> None:
    text = readme.emit(compiled(header=header(orchestration=installer)))[0].data.decode()
    told = " ".join(text[text.index("To remove a bad hotpatch from one server") :].split())
    for line in (
        r".\powershell\Restore-HotpatchBaseline.ps1 -Hotpatch KB5070893 -WhatIf",
        r".\powershell\Restore-HotpatchBaseline.ps1 -Hotpatch KB5070893 -AllowRestart",
        "permanent packages, which cannot be removed",
        said,
    ):
        assert line in told, line


def test_what_keeps_a_hotpatch_away_says_when_to_do_it() -> None:
    shown = told(SCHEDULE)
    steps = shown[shown.index("To remove a bad hotpatch") :]
    before = steps[steps.index("c. Before the removal") : steps.index("d. Remove it")]
    after = steps[steps.index("e. After the restart") : steps.index("f. Check the server")]
    assert "Stop the automatic installation on this server" in before
    assert "mode: download" in before
    assert "Hide it on the server" in after
    assert "start the automatic installation again" in after
    by_hand = told("updates: {mode: download}", orchestration="manual")
    assert "Stop the automatic installation" not in by_hand
    assert "4 refused, nothing changed, 3010 a restart is required" in steps
    assert "To keep the bad baseline away, do steps c and e" in steps


def test_a_pause_is_advised_only_where_it_holds() -> None:
    pauses = {}
    for installer in ("manual", "group-policy", "azure-update-manager"):
        head = header(orchestration=installer)
        pauses[installer] = "The last resort is a pause" in flat(compiled(header=head))

    assert pauses == {"manual": True, "group-policy": True, "azure-update-manager": False}


def test_a_removal_leaves_a_log_and_says_how_often_it_restarts() -> None:
    text = " ".join(flat(compiled(header=header())).split())

    assert "-AllowRestart ` -LogPath" in text
    assert "The server restarts once" in text
    assert "with two restarts" in text
    assert "add -ExcludeKB" in text


def test_reports_are_evaluated_by_the_newest_of_each_machine_and_in_any_language() -> None:
    made = text(compiled(header=header()))

    assert "Group-Object { $_.machine.name }" in made
    assert "taken_at" in made
    assert "'S-1-5-32-544'" in made
    assert '-515"' in made
    assert "Domain Computers" not in made
    assert "-FullAccess 'Administrators'" not in made
    assert "these checks do not count in the verdict" in " ".join(made.split())
