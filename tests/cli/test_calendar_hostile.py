"""What somebody hostile, or only careless, gives to the calendar and to train."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Run, Workplace

TODAY = ("--today", "2026-11-24")
YEAR = ("--from", "2026-01", *TODAY)
WU = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate"
FORCED = "restart: {policy: at-scheduled-time, warn_minutes: 30}"
SATURDAY = f'updates: {{schedule: {{day: saturday, at: "04:00", weeks: every}}}}\n{FORCED}'
ROME = "target: {time_zone: Europe/Rome}"
FORMATS = ("table", "json", "markdown", "ics", "svg")


def raw(name: str, data: int | str, kind: str = "dword", key: str = WU) -> str:
    shown = f"'{data}'" if isinstance(data, str) else data
    return f"  - {{key: '{key}', name: {name}, type: {kind}, data: {shown}}}"


def releases(text: str, as_of: str = "2026-11-24") -> str:
    return f"gpogen: 1\nas_of: {as_of}\n{text}"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "values",
    [
        [raw("DeferQualityUpdates", 1), raw("DeferQualityUpdatesPeriodInDays", 4294967295)],
        [
            raw("SetComplianceDeadlineForQU", 1),
            raw("ConfigureDeadlineForQualityUpdates", 4294967295),
            raw("ConfigureDeadlineGracePeriod", 2912000),
        ],
        [
            raw("AlwaysAutoRebootAtScheduledTime", 1, key=rf"{WU}\AU"),
            raw("AlwaysAutoRebootAtScheduledTimeMinutes", 4294967295, key=rf"{WU}\AU"),
        ],
        [raw("PauseQualityUpdatesStartTime", "9999-12-31", "sz")],
        [raw("PauseQualityUpdatesStartTime", "0001-01-01", "sz")],
        [
            raw("ScheduledInstallDay", 9, key=rf"{WU}\AU"),
            raw("ScheduledInstallTime", 99, key=rf"{WU}\AU"),
        ],
    ],
    ids=["deferral", "deadline", "warning", "pause far", "pause long ago", "day and hour"],
)
def test_numbers_beyond_all_bounds_are_cut_down_and_never_a_fault(
    gpogen: Run, place: Workplace, values: list[str], form: str
) -> None:
    body = "updates: {mode: install-on-schedule, schedule: unmanaged}"
    if "ScheduledInstallDay" in "".join(values):
        body = "updates: {mode: unmanaged, schedule: unmanaged}\nrestart: unmanaged"
        values = [raw("AUOptions", 4, key=rf"{WU}\AU"), *values]
    if "AlwaysAuto" in "".join(values):
        body += "\nrestart: unmanaged"
    place.profile("web", ROME, body, "registry:", *values)

    assert gpogen("check").code in (0, 1)
    assert gpogen("calendar", "profiles/web.yaml", "--format", form, *YEAR).code in (0, 1)


def test_a_bad_input_never_replaces_a_good_file(gpogen: Run, place: Workplace) -> None:
    good = place.root / "good.ics"
    good.write_bytes(b"GOOD")
    place.wrong()
    place.base("only")
    for words in (("none.yaml",), ("profiles/wrong.yaml",), ("profiles/only.yaml",)):
        found = gpogen("calendar", *words, "--format", "ics", "-o", "good.ics", *YEAR)
        assert found.code in (1, 2)
        assert "did not write good.ics" in found.err
        assert good.read_bytes() == b"GOOD"


def test_a_link_is_followed_and_a_device_stays_one(gpogen: Run, place: Workplace) -> None:
    (place.root / "there").mkdir()
    (place.root / "link").symlink_to("there/file")
    gpogen("calendar", "--format", "json", "-o", "link", *YEAR)
    gpogen("calendar", "--format", "json", "-o", os.devnull, *YEAR)

    assert (place.root / "link").is_symlink()
    assert (place.root / "there" / "file").is_file()
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_an_output_that_is_no_file_is_named(gpogen: Run, place: Workplace) -> None:
    (place.root / "folder").mkdir()
    found = gpogen("calendar", "-o", "folder", *YEAR)

    assert found.code == 2
    assert "is a folder" in found.err
    assert ".gpogen-" not in found.err


@pytest.mark.parametrize("columns", ["1", "3", "0", "100000"])
def test_no_terminal_is_too_narrow(
    gpogen: Run, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    found = gpogen("calendar", "--oob", *YEAR)

    assert found.code == 0
    assert "2026-06-09  unplanned-baseline" in found.out


@pytest.mark.parametrize("form", FORMATS)
def test_a_closed_output_is_no_fault(
    gpogen: Run, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr("sys.stdout", None)

    assert gpogen("calendar", "--format", form, *YEAR).code == 0


def test_a_folder_in_the_place_of_the_releases_is_told(gpogen: Run, place: Workplace) -> None:
    place.profile("web", ROME)
    own = place.root / "profiles" / "hotpatch-releases.yaml"
    own.mkdir()
    folder = gpogen("calendar", *YEAR)
    own.rmdir()
    own.symlink_to("nowhere")
    dangling = gpogen("calendar", *YEAR)

    assert (folder.code, dangling.code) == (2, 2)
    assert "hotpatch-releases.yaml: Is a directory" in folder.err
    assert "hotpatch-releases.yaml: No such file" in dangling.err


OLD = """
out_of_band:
  - {os: windows-server-2025, date: 2025-10-23, train: hotpatch, kb: KB5070881, build: "26100.6905"}
"""


def test_an_older_file_does_not_put_a_machine_on_the_train(gpogen: Run, place: Workplace) -> None:
    (place.root / "old.yaml").write_text(releases(OLD, "2020-01-01"), encoding="utf-8")
    machine = ("--kb", "KB5066835", "--kb", "KB5070881", "--today", "2025-11-20")
    found = gpogen("train", *machine, "--update", "old.yaml")

    assert found.code == 1
    assert "off the hotpatch train" in found.out
    assert "GP040" in found.err
    assert "lcu by gpogen" in found.err


def test_the_same_number_without_a_build_is_the_same_update(gpogen: Run, place: Workplace) -> None:
    text = OLD.replace(', build: "26100.6905"', "").replace("hotpatch", "lcu")
    (place.root / "new.yaml").write_text(releases(text), encoding="utf-8")
    os_2025 = ("--os", "windows-server-2025", "--from", "2025-10", "--months", "1")
    rows = gpogen("calendar", *os_2025, "--oob", "--format", "json", "--update", "new.yaml").json

    found = [item for item in rows[0]["oob"] if item["kb"] == "KB5070881"]
    assert [item["build"] for item in found] == ["26100.6905"]


def test_the_cumulative_update_of_a_month_is_not_its_hotpatch(
    gpogen: Run, place: Workplace
) -> None:
    text = "releases: [{os: windows-server-2022, month: 2026-06, type: hotpatch}]\n"
    (place.root / "june.yaml").write_text(releases(text), encoding="utf-8")
    machine = ("--kb", "KB5094128", "--today", "2026-06-20")

    assert gpogen("train", *machine, "--update", "june.yaml").code == 1
    assert "off the hotpatch train" in gpogen("train", *machine, "--update", "june.yaml").out
    as_baseline = text.replace("hotpatch", "unplanned-baseline")
    (place.root / "june.yaml").write_text(releases(as_baseline), encoding="utf-8")
    assert gpogen("train", *machine, "--update", "june.yaml").code == 0


def test_a_file_that_says_nothing_takes_no_credit(gpogen: Run, place: Workplace) -> None:
    text = "releases: [{os: windows-server-2022, month: 2026-09, type: unknown}]\n"
    (place.root / "nothing.yaml").write_text(releases(text), encoding="utf-8")
    words = ("--os", "windows-server-2022", "--from", "2026-09", "--months", "1")
    usual = gpogen("calendar", *words, "--format", "json", *TODAY).json
    found = gpogen("calendar", *words, "--format", "json", *TODAY, "--update", "nothing.yaml").json

    assert found == usual


def test_a_date_that_is_only_reckoned_beats_none_that_is_given(
    gpogen: Run, place: Workplace
) -> None:
    row = "{os: windows-server-2025, month: 2026-12, type: unplanned-baseline"
    (place.root / "a.yaml").write_text(
        releases(f"releases: [{row}, date: 2026-12-10}}]\n", "2026-11-20"), encoding="utf-8"
    )
    (place.root / "b.yaml").write_text(releases(f"releases: [{row}}}]\n"), encoding="utf-8")
    files = ("--update", "a.yaml", "--update", "b.yaml")
    found = gpogen("calendar", "--os", "windows-server-2025", "--format", "json", *files, *YEAR)

    assert found.json[11]["date"] == "2026-12-10"
    assert "GP040" not in found.err


def test_a_day_to_come_counts_as_today(gpogen: Run, place: Workplace) -> None:
    text = "releases: [{os: windows-server-2025, month: 2026-12, type: hotpatch}]\n"
    (place.root / "far.yaml").write_text(releases(text, "2999-12-31"), encoding="utf-8")
    found = gpogen("calendar", "--update", "far.yaml", *YEAR)

    assert found.code == 0
    assert "GP041" in found.err
    assert "windows-server-2025 (data as of 2026-11-24)" in found.out.lower().replace(
        "windows server 2025", "windows-server-2025"
    )


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("profiles/only.yaml",), "a base, which has no target"),
        (("profiles/web.yaml", "--os", "windows-server-2022"), "it is for windows-server-2025"),
        (("profiles/free.yaml",), "its target is unspecified"),
    ],
)
def test_a_profile_that_can_t_be_laid_out_is_told(
    gpogen: Run, place: Workplace, words: tuple[str, ...], part: str
) -> None:
    place.base("only")
    place.profile("web", ROME)
    (place.root / "profiles" / "free.yaml").write_text(
        "gpogen: 1\nname: free\ntitle: Free\ntarget: unspecified\n", encoding="utf-8"
    )
    found = gpogen("calendar", *words, "--format", "ics", *YEAR)

    assert (found.code, found.out) == (2, "")
    assert part in found.err


def test_mistakes_of_form_are_told_by_the_calendar_too(gpogen: Run, place: Workplace) -> None:
    au = rf"{WU}\AU"
    place.profile("web", ROME, SATURDAY, "registry:", raw("ScheduledInstallTime", 20, key=au))
    found = gpogen("calendar", "profiles/web.yaml", *YEAR)

    assert found.code == 1
    assert "GP030" in found.err


def test_the_option_s_zone_judges_the_schedule(gpogen: Run, place: Workplace) -> None:
    west = "target: {time_zone: America/Los_Angeles}"
    body = SATURDAY.replace("saturday", "tuesday").replace("04:00", "12:00")
    place.profile("west", west, body.replace("every", "[second]"))
    usual = gpogen("calendar", "profiles/west.yaml", *YEAR)
    moved = gpogen("calendar", "profiles/west.yaml", "--timezone", "Pacific/Kiritimati", *YEAR)

    assert "every month" not in usual.err
    assert "every month, in Pacific/Kiritimati" in moved.err
    assert moved.code == 1


def test_updates_from_wsus_come_when_somebody_approves_them(gpogen: Run, place: Workplace) -> None:
    wsus = "wsus: {server: 'http://w:8530', status_server: 'http://w:8530'}"
    body = SATURDAY.replace(
        "{schedule", f"{{source: {{{wsus}}}, quality_deferral_days: 30, schedule"
    )
    place.profile("web", ROME, body)
    found = gpogen("calendar", "profiles/web.yaml", *YEAR)

    assert "swallows" not in found.err
    assert "come from WSUS" in found.out


def test_the_worst_hour_is_reckoned_where_windows_chooses(gpogen: Run, place: Workplace) -> None:
    place.profile("web", ROME, SATURDAY.replace("saturday", "every-day").replace("04:00", "X"))
    path = place.root / "profiles" / "web.yaml"
    path.write_text(path.read_text().replace('"X"', "automatic"), encoding="utf-8")
    rows = gpogen("calendar", "profiles/web.yaml", "--format", "json", *YEAR).json

    # Released on Tuesday at 19:00; an hour that is over then comes a day later, at 18:00.
    assert rows[5]["install_at"] == "2026-06-10T18:00+02:00"
    assert rows[5]["reading"] is None


def test_a_pause_over_the_runs_is_blamed_and_not_a_deferral_of_no_days(
    gpogen: Run, place: Workplace
) -> None:
    body = SATURDAY.replace("every", "[second, third]")
    body = body.replace("{schedule", "{quality_deferral_days: unmanaged, schedule")
    policy = "policy: WindowsUpdate.DeferQualityUpdates, state: enabled"
    values = "values: {PauseQualityUpdatesStartTime: '2026-10-14'}"
    place.profile("web", ROME, body, "policies:", f"  - {{{policy}, {values}}}")
    found = gpogen("calendar", "profiles/web.yaml", *YEAR)

    assert found.code == 1
    assert "the pause from 2026-10-14 to 2026-11-18 skips the baseline of 2026-10-13" in found.err
    assert "profiles/web.yaml:9:" in found.err


def test_a_name_with_control_characters_does_not_act(gpogen: Run, place: Workplace) -> None:
    text = releases("releases: [{os: windows-server-2025, month: 2026-12, type: hotpatch}]\n")
    name = "a\x1b[31m\u202e.yaml"
    (place.root / name).write_text(text, encoding="utf-8")
    for form in FORMATS:
        found = gpogen("calendar", "--update", name, "--format", form, "-v", *YEAR)
        assert found.code == 0
        assert "\x1b" not in found.out
        assert "\u202e" not in found.out


@pytest.mark.skipif(os.name == "nt", reason="names are UTF-16 there")
def test_a_name_that_is_no_text_is_no_fault(gpogen: Run, place: Workplace) -> None:
    text = releases("releases: [{os: windows-server-2025, month: 2026-12, type: hotpatch}]\n")
    name = os.fsdecode(b"\xff.yaml")
    Path(place.root, name).write_text(text, encoding="utf-8")
    for form in FORMATS:
        assert gpogen("calendar", "--update", name, "--format", form, *YEAR).code == 0


def test_ten_thousand_mistakes_are_told_in_time(gpogen: Run, place: Workplace) -> None:
    rows = "\n".join("  - 1" for _ in range(10_000))
    (place.root / "bad.yaml").write_text(releases(f"releases:\n{rows}\n"), encoding="utf-8")
    found = gpogen("calendar", "--update", "bad.yaml", *YEAR)

    assert found.code == 1
    assert "10000 errors in one file; gpogen reports the first 1000" in found.err


def test_a_zone_that_is_another_on_each_machine_is_none(gpogen: Run, place: Workplace) -> None:
    place.profile("web", "target: {time_zone: localtime}")

    assert gpogen("check").code == 1
    assert gpogen("calendar", "--timezone", "localtime").code == 2


def test_wrong_releases_make_check_fail_though_the_day_does_not(
    gpogen: Run, place: Workplace
) -> None:
    place.profile("web", ROME)
    own = place.root / "profiles" / "hotpatch-releases.yaml"
    own.write_text(releases("releases: [{os: windows-server-2025}]\n"), encoding="utf-8")

    assert gpogen("check").code == 0
    assert gpogen("check", "--today", "2026-11-24").code == 1


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--kb", "KB5066835", "--build", "26100.99999"), "26100.99999 is not in the release data"),
        (("--build", "26100.6905", "--kb", "KB1234567"), "KB1234567 is not in the release data"),
        (("--kb", "KB5122871", "--build", "26100.2894"), "its restart is pending"),
        (("--kb", "KB5122871", "--today", "2025-01-01"), "after 2025-01-01"),
        (("--kb", "KB5082142", "--today", "2026-06-20"), "whether 2026-06 was a baseline"),
    ],
)
def test_train_tells_what_does_not_fit(gpogen: Run, words: tuple[str, ...], part: str) -> None:
    assert part in " ".join(gpogen("train", *words).out.split())


def test_a_hotpatch_behind_a_baseline_that_is_not_known_says_so(
    gpogen: Run, place: Workplace
) -> None:
    row = "{os: windows-server-2025, month: 2026-11, type: hotpatch, kb: KB5200001}"
    (place.root / "nov.yaml").write_text(releases(f"releases: [{row}]\n"), encoding="utf-8")
    ahead = gpogen("train", "--kb", "KB5200001", "--update", "nov.yaml", *TODAY)
    behind = gpogen("train", "--kb", "KB5122871", "--update", "nov.yaml", *TODAY)

    assert "requires the baseline of 2026-10" in " ".join(ahead.out.split())
    assert "stands on" not in ahead.out
    assert "next       2026-10 baseline" in behind.out


HOTFIXES = """
Source        Description      HotFixID      InstalledBy          InstalledOn
------        -----------      --------      -----------          -----------
WEB01         Update           KB5066131     NT AUTHORITY\\SYSTEM  10/14/2025 12:00:00 AM
WEB01         Security Update  KB5066835     NT AUTHORITY\\SYSTEM  10/14/2025 12:00:00 AM
WEB01         Update           KB5068966     NT AUTHORITY\\SYSTEM  11/11/2025 12:00:00 AM
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_train_takes_the_list_of_get_hotfix(gpogen: Run, encoding: str) -> None:
    day = ("--today", "2025-12-01")
    piped = gpogen("train", "--kb", "-", *day, stdin=HOTFIXES.encode(encoding))
    given = gpogen("train", "--kb", HOTFIXES, *day)

    assert (piped.code, piped.out) == (0, given.out)
    assert "KB5066131: a cumulative update for .NET Framework" in piped.out


def test_releases_beside_a_profile_are_read_from_any_folder(
    gpogen: Run, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.profile("web", ROME)
    text = "releases: [{os: windows-server-2025, month: 2026-12, type: unplanned-baseline}]\n"
    for name in ("hotpatch-releases.yaml", "hotpatch-releases.yml"):
        own = place.root / "profiles" / name
        own.write_text(releases(text), encoding="utf-8")
        with monkeypatch.context() as patch:
            patch.chdir(place.root / "profiles")
            rows = gpogen("calendar", "web.yaml", "--format", "json", *YEAR).json
        assert rows[11]["type"] == "unplanned-baseline"
        assert gpogen("check").code == 0
        own.unlink()


def test_a_pause_on_a_day_that_is_none_is_told(gpogen: Run, place: Workplace) -> None:
    body = "updates: {quality_deferral_days: unmanaged}"
    policy = "policy: WindowsUpdate.DeferQualityUpdates, state: enabled"
    values = "values: {PauseQualityUpdatesStartTime: '2026-13-45'}"
    place.profile("web", ROME, body, "policies:", f"  - {{{policy}, {values}}}")

    assert "PAUSE-FORMAT" in gpogen("check").out


def test_a_comparison_of_swallowed_baselines_is_marked(gpogen: Run, place: Workplace) -> None:
    place.profile(
        "slow", ROME, SATURDAY.replace("{schedule", "{quality_deferral_days: 30, schedule")
    )
    told = gpogen("calendar", "--compare", "profiles/slow.yaml", *YEAR)
    rows = gpogen("calendar", "--compare", "profiles/slow.yaml", "--format", "json", *YEAR).json

    assert "the schedule skips baselines" in told.out
    assert rows[0]["swallowed"] is True


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--from", "2026"), "Tue 2026-01-13"),
        (("--os", "2025", "--from", "2026-01"), "Windows Server 2025"),
        (("--today", "now", "--from", "2026-01"), "Tue 2026-01-13"),
    ],
)
def test_short_words_are_understood(gpogen: Run, words: tuple[str, ...], part: str) -> None:
    assert part in gpogen("calendar", *words).out


def test_the_nearest_zone_is_named_by_its_city(gpogen: Run) -> None:
    assert "did you mean Europe/Rome?" in gpogen("calendar", "--timezone", "Rome").err


def test_the_next_restart_is_told(gpogen: Run, place: Workplace) -> None:
    place.profile("web", ROME, SATURDAY)

    assert (
        "next restart, known or planned: Tue 2027-01-12 (baseline, planned)"
        in gpogen("calendar", "--os", "2025", *TODAY).out
    )
    laid = gpogen("calendar", "profiles/web.yaml", *TODAY).out
    assert "next restart, known or planned: 2027-01 (baseline), from Sat 16 Jan 04:30" in laid


W = "os: windows-server-2025"
BASELINE = f"releases: [{{{W}, month: 2026-10, type: baseline, kb: KB5999001}}]"


def write(place: Workplace, name: str, text: str, as_of: str = "2026-11-20") -> tuple[str, str]:
    (place.root / name).write_text(releases(text, as_of), encoding="utf-8")
    return "--update", name


def test_no_number_of_a_list_is_passed_over(gpogen: Run) -> None:
    day = ("--today", "2025-11-01")
    for text in ("KB5066835,5070881", "KB5066835 (KB5070881)", "5066835 5070881", "[kb5070881]"):
        assert "off the hotpatch train" in gpogen("train", "--kb", text, *day).out
    assert gpogen("train", "--kb", "KB5066835, KB12", *day).code == 2


def test_a_newer_file_that_does_not_know_the_type_makes_no_hotpatch(
    gpogen: Run, place: Workplace
) -> None:
    text = f"releases: [{{{W}, month: 2026-08, type: unknown, kb: KB5999020}}]"
    update = write(place, "a.yaml", text, "2026-10-20")
    day = ("--today", "2026-08-25")

    assert "off the hotpatch" in gpogen("train", *update, "--kb", "KB5099536,KB5999020", *day).out
    assert gpogen("train", *update, "--kb", "KB5120228", *day).code == 0


def test_the_cumulative_update_of_a_user_s_month_is_remembered(
    gpogen: Run, place: Workplace
) -> None:
    first = f"{BASELINE[:-1]}, {{{W}, month: 2026-11, type: unknown, kb: KB5999010}}]"
    second = f"releases: [{{{W}, month: 2026-11, type: hotpatch, kb: KB5999011}}]"
    files = (*write(place, "a.yaml", first, "2026-11-12"), *write(place, "b.yaml", second))

    off = gpogen("train", *files, "--kb", "KB5999001,KB5999010", *TODAY)
    assert "off the hotpatch train" in off.out
    assert gpogen("train", *files, "--kb", "KB5999001,KB5999011", *TODAY).code == 0


def test_a_baseline_that_was_a_hotpatch_keeps_its_number_and_build(
    gpogen: Run, place: Workplace
) -> None:
    text = f"releases: [{{{W}, month: 2026-09, type: hotpatch, kb: KB5999021}}]"
    update = write(place, "a.yaml", text)
    day = ("--today", "2026-09-20")

    for words in (("--build", "26100.33438"), ("--kb", "KB5099536,KB5122871")):
        assert "off the hotpatch train" in gpogen("train", *update, *words, *day).out


def test_a_day_to_come_beats_no_honest_file(gpogen: Run, place: Workplace) -> None:
    row = f"releases: [{{{W}, month: 2026-11, type: %s, kb: %s}}]"
    files = (
        *write(place, "a.yaml", row % ("hotpatch", "KB5999041"), "2099-01-01"),
        *write(place, "b.yaml", row % ("unplanned-baseline", "KB5999042"), "2026-11-24"),
    )
    words = ("--os", "2025", "--from", "2026-11", "--months", "1", "--format", "json", *TODAY)

    assert gpogen("calendar", *files, *words).json[0]["kb"] == "KB5999042"


def test_a_month_of_unknown_type_does_not_hide_the_baseline_after_it(gpogen: Run) -> None:
    found = gpogen("train", "--kb", "KB5094128", "--today", "2026-07-20", "--format", "json")

    assert found.json["state"] == "behind"
    assert [item["kb"] for item in found.json["behind"]] == ["KB5099540"]
    assert "KB5099540" in found.json["way_back"]


def test_of_two_overdue_baselines_the_newest_is_what_to_install(gpogen: Run) -> None:
    day = ("--today", "2027-02-01")
    on = gpogen("train", "--kb", "KB5122871", *day, "--format", "json").json
    off = gpogen("train", "--kb", "KB5122871,KB5129235", *day, "--format", "json").json

    assert on["next"]["month"] == off["next"]["month"] == "2027-01"
    assert "should have been released on 2027-01-12" in off["way_back"]


def test_after_the_end_no_hotpatches_are_promised(gpogen: Run) -> None:
    words = ("train", "--kb", "KB5082142", "--today", "2028-02-01")

    assert "no more hotpatches follow" in " ".join(gpogen(*words).out.split())


def test_a_deadline_restarts_after_active_hours_at_the_earliest(
    gpogen: Run, place: Workplace
) -> None:
    hours = "active_hours: {start: '06:00', end: '22:00'}"
    restart = f"restart: {{policy: deadline, days: 2, grace_days: 1, {hours}}}"
    place.profile("web", ROME, "updates: {mode: notify, schedule: unmanaged}", restart)
    rows = gpogen("calendar", "profiles/web.yaml", "--format", "json", *YEAR).json

    assert rows[9]["restart_from"] == "2026-10-13T22:00+02:00"
    assert rows[9]["restart_due"] == "2026-10-15T19:00+02:00"


def test_rings_are_ordered_over_the_hour_that_comes_twice(gpogen: Run, place: Workplace) -> None:
    body = SATURDAY.splitlines()[0].replace("saturday", "sunday").replace("04:00", "02:00")
    body = body.replace("{schedule", "{quality_deferral_days: 7, schedule")
    for order, (name, warn) in enumerate((("one", 70), ("two", 45)), 1):
        restart = f"restart: {{policy: at-scheduled-time, warn_minutes: {warn}}}"
        place.profile(name, ROME, f"ring: {{name: {name}, order: {order}}}", body, restart)
    october = ("--from", "2026-10", "--months", "1", *TODAY)
    found = gpogen("calendar", "profiles/one.yaml", "profiles/two.yaml", *october)

    assert "two (ring 2)  Sun 25 Oct 02:45 or later  out of ring order" in found.out


def test_one_update_known_by_build_and_by_number_is_one(gpogen: Run, place: Workplace) -> None:
    row = "{os: windows-server-2022, date: 2026-08-20, train: lcu, "
    first = write(place, "a.yaml", f'out_of_band: [{row}build: "20348.5510"}}]')
    second = write(place, "b.yaml", f'out_of_band: [{row}kb: KB5120300, build: "20348.5510"}}]')
    words = ("--build", "20348.5510", "--today", "2026-08-25")
    found = gpogen("train", *first, *second, *words)

    assert "without a known KB number" in gpogen("train", *first, *words).out
    assert "KB5120300" in found.out
    assert "off the hotpatch train" in found.out


def test_a_build_lower_than_the_newest_update_is_not_guessed_at(gpogen: Run) -> None:
    words = ("--kb", "KB5073379", "--build", "26100.6905", "--today", "2026-01-20")

    assert "its restart is pending" in " ".join(gpogen("train", *words).out.split())


def test_a_hotpatch_after_a_month_of_unknown_type_is_remarked(
    gpogen: Run, place: Workplace
) -> None:
    row = "{os: windows-server-2022, date: 2026-06-20, train: hotpatch, kb: KB5999030}"
    update = write(place, "a.yaml", f"out_of_band: [{row}]")
    kbs = ("--kb", "KB5087424,KB5094128,KB5999030", "--today", "2026-06-25")

    assert "the two contradict each other" in " ".join(gpogen("train", *update, *kbs).out.split())
