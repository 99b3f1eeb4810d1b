"""``gpogen calendar``: every format, options, and what goes wrong."""

from __future__ import annotations

import datetime
import itertools
import json
import re
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject  # type: ignore[import-untyped]
from lxml import etree

from tests.cli.conftest import Run, Workplace

TODAY = ("--today", "2026-11-24")
YEAR = ("--from", "2026-01", *TODAY)
FORCED = "restart: {policy: at-scheduled-time, warn_minutes: 30}"
SATURDAY = f'updates: {{schedule: {{day: saturday, at: "04:00", weeks: every}}}}\n{FORCED}'
ZONE = "target: {time_zone: Europe/Rome}"
KEYS = [
    "os", "month", "date", "type", "status", "kb", "url", "build", "restart", "confidence",
    "source",
]  # fmt: skip


@pytest.fixture
def pilot(place: Workplace) -> str:
    place.profile("pilot", ZONE, "ring: {name: pilot, order: 1}", SATURDAY)
    return "profiles/pilot.yaml"


def test_json_has_one_object_per_system_and_month(gpogen: Run) -> None:
    rows = gpogen("calendar", "--format", "json", *YEAR).json

    assert [list(row) for row in rows] == [KEYS] * 24
    assert [row["os"] for row in rows] == ["windows-server-2022"] * 12 + [
        "windows-server-2025"
    ] * 12
    assert rows[17]["month"] == "2026-06"
    assert rows[17] == rows[17] | {
        "date": "2026-06-09",
        "type": "unplanned-baseline",
        "status": "released",
        "kb": "KB5094125",
        "build": "26100.32995",
        "restart": "yes",
        "confidence": "copy",
    }


def test_the_months_begin_with_the_last_quarter_and_are_twelve(gpogen: Run) -> None:
    rows = gpogen("calendar", "--os", "windows-server-2025", "--format", "json", *TODAY).json

    assert [rows[0]["month"], rows[-1]["month"]] == ["2026-07", "2027-06"]


@pytest.mark.parametrize(
    "words",
    [
        ("windows-server-2025",),
        ("windows-server-2025-datacenter",),
        ("Windows-Server-2025",),
        ("windows-server-2025", "windows-server-2025-standard"),
    ],
)
def test_a_system_goes_by_any_of_its_names(gpogen: Run, words: tuple[str, ...]) -> None:
    options = itertools.chain.from_iterable(("--os", word) for word in words)
    rows = gpogen("calendar", *options, "--format", "json", *YEAR).json

    assert {row["os"] for row in rows} == {"windows-server-2025"}


def test_the_table_marks_today_between_the_months(gpogen: Run) -> None:
    lines = gpogen("calendar", "--os", "windows-server-2025", *YEAR).out.splitlines()

    (number,) = [n for n, line in enumerate(lines) if "today, Tue 2026-11-24" in line]
    assert "2026-11-10" in lines[number - 1]
    assert "2026-12-08" in lines[number + 1]


@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_is_wider_than_the_terminal(
    gpogen: Run, pilot: str, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for words in (("--oob",), (pilot,), ("-v",)):
        lines = gpogen("calendar", *words, *YEAR).out.splitlines()
        assert max(map(len, lines)) <= columns


def test_out_of_band_updates_are_shown_when_asked(gpogen: Run) -> None:
    os = ("--os", "windows-server-2025")
    rows = gpogen("calendar", *os, "--from", "2025-10", *TODAY, "--oob", "--format", "json").json

    assert [(item["kb"], item["train"]) for item in rows[0]["oob"]] == [
        ("KB5070773", "lcu"),
        ("KB5070881", "lcu"),
        ("KB5070893", "hotpatch"),
    ]
    assert "KB5070881" in gpogen("calendar", *os, "--from", "2025-10", "--oob", *TODAY).out
    assert "KB5070881" not in gpogen("calendar", *os, "--from", "2025-10", *TODAY).out


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--from", "2026-13"), "--from: '2026-13' is not a month such as 2026-01"),
        (("--today", "yesterday"), "--today: 'yesterday' is not a date"),
        (("--os", "windows-server-2024"), "did you mean windows-server-202"),
        (("--months", "0"), "0 is not in the range"),
        (("--timezone", "Europe/Roma"), "did you mean Europe/Rome?"),
        (("--timezone", "../../etc/passwd"), "not an IANA time zone"),
        (("--format", "pdf"), "pdf"),
        (("--compare",), "--compare requires a profile"),
        (("--update", "none.yaml"), "none.yaml: No such file"),
    ],
)
def test_wrong_options_are_refused_with_help(
    gpogen: Run, words: tuple[str, ...], part: str
) -> None:
    found = gpogen("calendar", *words)

    assert found.code == 2
    assert part in found.err
    assert "Traceback" not in found.err


def test_a_profile_is_laid_over_the_calendar(gpogen: Run, pilot: str) -> None:
    found = gpogen("calendar", pilot, "--format", "json", *YEAR)
    row = next(item for item in found.json if item["month"] == "2026-06")

    assert found.code == 0
    assert row == row | {
        "profile": "pilot",
        "ring": "pilot (1)",
        "timezone": "Europe/Rome",
        "released_at": "2026-06-09T19:00+02:00",
        "install_at": "2026-06-13T04:00+02:00",
        "restart_due": "2026-06-13T04:30+02:00",
        "window": "scheduled run",
        "late": False,
        "exposed_days": 3.4,
    }


def test_two_profiles_stand_side_by_side_in_the_order_of_their_rings(
    gpogen: Run, place: Workplace, pilot: str
) -> None:
    place.profile("broad", ZONE, "ring: {name: broad, order: 2}", SATURDAY.replace("satur", "fri"))
    found = gpogen("calendar", "profiles/broad.yaml", pilot, *YEAR)

    assert found.out.index("pilot:") < found.out.index("broad:")
    assert "out of ring order" in found.out


def test_a_swallowed_baseline_is_an_error_and_all_is_shown_nevertheless(
    gpogen: Run, place: Workplace
) -> None:
    body = SATURDAY.replace("{schedule", "{quality_deferral_days: 30, schedule")
    path = place.profile("slow", ZONE, body)
    found = gpogen("calendar", str(path.relative_to(place.root)), *YEAR)

    assert found.code == 1
    assert "2026-01  baseline" in found.out
    assert re.search(r"profiles/slow\.yaml:6:\d+: error HP014: the deferral of 30 days", found.err)


def test_a_profile_that_can_t_be_read_is_told_and_the_others_are_shown(
    gpogen: Run, place: Workplace, pilot: str
) -> None:
    place.wrong()
    found = gpogen("calendar", pilot, "profiles/wrong.yaml", "profiles/none.yaml", *YEAR)

    assert found.code == 2
    assert "pilot: windows-server-2025" in found.out
    assert "GP013" in found.err
    assert "profiles/none.yaml" in found.err


@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_the_comparison_names_its_assumptions_in_every_format(
    gpogen: Run, pilot: str, form: str
) -> None:
    found = gpogen("calendar", "--compare", pilot, "--format", form, *YEAR)

    assert found.code == 0
    assert "Installing takes no time" in found.out
    assert "6" in found.out


def test_the_comparison_has_no_picture(gpogen: Run, pilot: str) -> None:
    found = gpogen("calendar", "--compare", pilot, "--format", "svg")

    assert (found.code, found.out) == (2, "")
    assert "allowed: table, json, markdown" in found.err


ANNOUNCED = """gpogen: 1
as_of: 2026-11-24
releases:
  - {os: windows-server-2025, month: 2026-12, type: unplanned-baseline}
"""


def december(found: Any) -> dict[str, Any]:
    return next(
        row
        for row in found.json
        if row["month"] == "2026-12" and row["os"] == "windows-server-2025"
    )


def test_months_that_users_add_count_by_option_and_beside_the_profiles(
    gpogen: Run, place: Workplace, pilot: str
) -> None:
    (place.root / "news.yaml").write_text(ANNOUNCED, encoding="utf-8")
    by_option = gpogen("calendar", "--update", "news.yaml", "--format", "json", *YEAR)
    (place.root / "profiles" / "hotpatch-releases.yaml").write_text(ANNOUNCED, encoding="utf-8")
    beside = gpogen("calendar", "--format", "json", *YEAR)

    assert december(by_option)["type"] == "unplanned-baseline"
    assert december(beside)["restart"] == "yes"
    assert "HP020: the release data of windows-server-2022" in beside.err
    assert "windows-server-2025 are" not in beside.err
    assert gpogen("check").code == 0  # The file is no profile.
    laid = gpogen("calendar", pilot, "--format", "json", *YEAR)
    assert december(laid)["restart_due"] == "2026-12-12T04:30+01:00"


def test_a_wrong_file_of_releases_is_an_error_with_its_place(gpogen: Run, place: Workplace) -> None:
    text = ANNOUNCED.replace("unplanned-baseline", "unplaned")
    (place.root / "news.yaml").write_text(text, encoding="utf-8")
    found = gpogen("calendar", "--update", "news.yaml", *YEAR)

    assert found.code == 1
    assert "news.yaml:4:" in found.err
    assert "unplanned-baseline" in found.err


def test_a_file_of_releases_named_as_a_profile_is_refused(gpogen: Run, place: Workplace) -> None:
    place.profile("web", ZONE)
    (place.root / "profiles" / "hotpatch-releases.yaml").write_text(ANNOUNCED, encoding="utf-8")
    found = gpogen("check", "profiles/hotpatch-releases.yaml")

    assert found.code == 2
    assert "use gpogen calendar" in found.err


def events(data: bytes) -> dict[str, Any]:
    calendar = icalendar.Calendar.from_ical(data)
    found = {str(item["uid"]): item for item in calendar.walk("VEVENT")}
    assert len(found) == len(calendar.walk("VEVENT"))
    return found


def ics(gpogen: Run, place: Workplace, *words: str) -> bytes:
    gpogen("calendar", *words, "--format", "ics", "-o", "cal.ics")
    return (place.root / "cal.ics").read_bytes()


@pytest.mark.parametrize("profiles", [(), ("profiles/pilot.yaml",)], ids=["systems", "profile"])
def test_the_ics_is_read_by_icalendar_and_by_vobject_alike(
    gpogen: Run, place: Workplace, pilot: str, profiles: tuple[str, ...]
) -> None:
    del pilot
    data = ics(gpogen, place, *profiles, *YEAR, "--oob")
    first = {
        uid: (str(item["summary"]), item.decoded("dtstart"), item.decoded("dtend"))
        for uid, item in events(data).items()
    }
    other = vobject.readOne(data.decode("utf-8"))
    second = {
        item.uid.value: (item.summary.value, item.dtstart.value, item.dtend.value)
        for item in other.vevent_list
    }

    assert first == second
    assert len(first) >= 12
    assert other.validate(raiseException=False)


def test_the_ics_is_made_as_rfc_5545_has_it(gpogen: Run, place: Workplace) -> None:
    data = ics(gpogen, place, *YEAR)

    assert data.endswith(b"END:VCALENDAR\r\n")
    lines = data.split(b"\r\n")
    assert not any(b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 75
    for item in events(data).values():
        for name in ("dtstamp", "dtstart", "uid", "status", "summary"):
            assert name in item
        assert item.decoded("dtstart").tzinfo is not None


def test_a_restart_reminds_and_a_hotpatch_does_not(gpogen: Run, place: Workplace) -> None:
    data = ics(gpogen, place, "--os", "windows-server-2025", *YEAR)
    alarms = {
        item.decoded("dtstart").date().isoformat(): [
            alarm.decoded("trigger").days for alarm in item.walk("VALARM")
        ]
        for item in events(data).values()
    }

    assert alarms["2026-06-09"] == [-7, -1]
    assert alarms["2026-05-12"] == []
    assert alarms["2026-12-08"] == [-1]


def test_the_same_month_keeps_its_uid_when_more_is_known(gpogen: Run, place: Workplace) -> None:
    before = events(ics(gpogen, place, *YEAR))
    (place.root / "news.yaml").write_text(ANNOUNCED, encoding="utf-8")
    after = events(ics(gpogen, place, *YEAR, "--update", "news.yaml"))

    assert set(before) == set(after)
    changed = [uid for uid in before if before[uid]["summary"] != after[uid]["summary"]]
    assert len(changed) == 1
    (uid,) = changed
    assert "unplanned baseline" in after[uid]["summary"]
    assert after[uid]["sequence"] > before[uid]["sequence"]


def test_a_hostile_title_stays_text_in_every_format(gpogen: Run, place: Workplace) -> None:
    title = 'a; b, c\\n "d" ]]> <script>x</script> | `e` \u202e BEGIN:VEVENT'
    path = place.root / "profiles" / "evil.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        "gpogen: 1\nname: evil\nextends: [azlocal-ws2025-core]\n"
        f"title: {json.dumps(title)}\nring: {{name: {json.dumps(title)}, order: 1}}\n",
        encoding="utf-8",
    )
    data = ics(gpogen, place, "profiles/evil.yaml", *YEAR)
    (described,) = {str(item["description"]).split("\n")[0] for item in events(data).values()}
    gpogen("calendar", "profiles/evil.yaml", "--format", "svg", "-o", "evil.svg", *YEAR)
    page = gpogen("calendar", "profiles/evil.yaml", "--format", "markdown", *YEAR).out

    assert title.replace("\u202e", "<U+202E>") in described
    picture = etree.parse(place.root / "evil.svg").getroot()
    assert {etree.QName(node).localname for node in picture.iter()} == {
        "svg", "title", "desc", "defs", "pattern", "rect", "style", "text", "g", "polygon",
    }  # fmt: skip
    assert "<script>" not in page
    assert "\u202e" not in gpogen("calendar", "profiles/evil.yaml", *YEAR).out


SVG = "{http://www.w3.org/2000/svg}"


def picture(gpogen: Run, place: Workplace, *words: str) -> etree._Element:
    gpogen("calendar", *words, "--format", "svg", "-o", "a.svg")
    return etree.parse(place.root / "a.svg").getroot()


def test_the_picture_has_a_box_for_every_month_inside_its_frame(
    gpogen: Run, place: Workplace, pilot: str
) -> None:
    for words in (("--months", "24"), (pilot,), ("--months", "1")):
        root = picture(gpogen, place, *words, *YEAR)
        width, height = float(root.get("width", "")), float(root.get("height", ""))
        boxes = [node for node in root.iter(f"{SVG}rect") if node.get("class") == "box"]
        assert boxes
        for box in boxes:
            assert float(box.get("x", "")) + float(box.get("width", "")) <= width
            assert float(box.get("y", "")) + float(box.get("height", "")) <= height
        places = [(box.get("x"), box.get("y")) for box in boxes]
        assert len(places) == len(set(places))
        assert max(float(node.get("y", "0")) for node in root.iter(f"{SVG}text")) <= height


def test_months_of_systems_stand_below_each_other_though_one_began_later(
    gpogen: Run, place: Workplace
) -> None:
    root = picture(gpogen, place, "--from", "2024-09", "--months", "6", *TODAY)
    columns: dict[str, set[str]] = {}
    for node in root.iter(f"{SVG}text"):
        if node.get("class") == "month":
            columns.setdefault(node.text or "", set()).add(node.get("x", ""))

    assert len(columns) == 6
    assert all(len(found) == 1 for found in columns.values())


@pytest.mark.parametrize("form", ["json", "markdown", "ics", "svg", "table"])
def test_the_same_question_gives_the_same_bytes(
    gpogen: Run, place: Workplace, pilot: str, form: str
) -> None:
    made = []
    for name in ("a", "b"):
        assert gpogen("calendar", pilot, "--format", form, "-o", name, *YEAR).code == 0
        made.append((place.root / name).read_bytes())

    assert made[0] == made[1]


def test_source_date_epoch_is_today(gpogen: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime.datetime(2026, 5, 20, 12, tzinfo=datetime.UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(noon.timestamp())))

    assert "today, Wed 2026-05-20" in gpogen("calendar").out


def test_data_older_than_45_days_are_told_and_change_no_exit_code(gpogen: Run) -> None:
    fresh = gpogen("calendar", "--today", "2026-11-16")
    stale = gpogen("calendar", "--today", "2026-11-17")

    assert (fresh.code, stale.code) == (0, 0)
    assert "HP020" not in fresh.err
    assert "46 days ago" in stale.err


def test_check_tells_what_depends_on_the_day_only_when_asked(gpogen: Run, place: Workplace) -> None:
    place.profile("old", extends="azlocal-ws2022-core")
    usual = gpogen("check", "--strict")
    told = gpogen("check", "--today", "2027-06-01", "--format", "json", "--strict")

    assert "HP030" not in usual.out
    assert {"HP020", "HP030"} <= {item["id"] for item in told.json}
    (end,) = [item for item in told.json if item["id"] == "HP030"]
    assert "ends with 2027-10" in end["message"]
    assert end["file"] is not None
    assert told.code == usual.code


@pytest.mark.parametrize(
    ("day", "shown"), [("2027-04-30", False), ("2027-05-01", True), ("2027-11-01", True)]
)
def test_the_end_of_hotpatch_for_server_2022_is_told_from_six_months_before(
    gpogen: Run, day: str, shown: bool
) -> None:
    assert ("HP030" in gpogen("calendar", "--today", day).err) is shown


@pytest.mark.parametrize(
    ("name", "begin"),
    [
        ("a.ics", b"BEGIN:VCALENDAR"),
        ("a.SVG", b"<?xml"),
        ("a.json", b"["),
        ("a.md", b"## "),
        ("a.txt", b"Windows Server"),
    ],
)
def test_the_ending_of_the_output_says_the_format(
    gpogen: Run, place: Workplace, name: str, begin: bytes
) -> None:
    gpogen("calendar", "-o", name, *YEAR)

    assert (place.root / name).read_bytes().startswith(begin)


def test_the_output_file_is_written_as_a_whole(gpogen: Run, place: Workplace) -> None:
    (place.root / "there").mkdir()
    found = gpogen("calendar", "--format", "svg", "-o", "there", *YEAR)

    assert found.code == 2
    assert [path.name for path in Path(place.root).iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("--kb", "KB5072014", "--today", "2025-12-20"), 0, "on the hotpatch train"),
        (("--kb", "KB5072014"), 1, "behind"),
        (("--kb", "KB5070881", "--today", "2025-11-20"), 1, "way back"),
        (("--build", "26100.6905"), 1, "--kb"),
    ],
)
def test_train_answers_with_its_exit_code(
    gpogen: Run, words: tuple[str, ...], code: int, part: str
) -> None:
    found = gpogen("train", *words)

    assert found.code == code
    assert part in found.out


def test_train_answers_in_json(gpogen: Run) -> None:
    found = gpogen("train", "--kb", "KB5082063", "--today", "2026-08-12", "--format", "json")

    assert found.code == 1
    assert found.json["state"] == "behind"
    assert [item["kb"] for item in found.json["behind"]] == ["KB5094125", "KB5099536"]
    assert found.json["next"]["restart"] == "yes"


@pytest.mark.parametrize("words", [(), ("--kb", "x"), ("--kb", "KB9999999"), ("--build", "1.2")])
def test_train_refuses_what_is_no_machine(gpogen: Run, words: tuple[str, ...]) -> None:
    found = gpogen("train", *words)

    assert (found.code, found.out) == (2, "")
    assert "Traceback" not in found.err


DATED = "allow: [{rule: HP020, why: the data are read in another way}, {rule: HP030, why: planned}]"


@pytest.mark.parametrize("command", ["check", "calendar"])
def test_an_allow_silences_what_depends_on_the_day(
    gpogen: Run, place: Workplace, command: str
) -> None:
    path = place.profile("old", DATED, extends="arc-ws2025-datacenter")
    text = path.read_text().replace("arc-ws2025-datacenter", "azlocal-ws2022-core")
    told_else = [rule for rule in ("HP020", "HP030") if command == "check" or rule == "HP020"]

    path.write_text(text.replace(DATED, ""))
    loud = gpogen(command, str(path), "--today", "2027-06-01")
    path.write_text(text)
    told = gpogen(command, str(path), "--today", "2027-06-01")

    assert [rule for rule in told_else if rule not in loud.out + loud.err] == []
    assert "HP020" not in told.out + told.err
    assert "HP030" not in told.out + told.err
    assert "GP061" not in told.out + told.err


@pytest.mark.parametrize("command", ["check", "calendar"])
def test_an_allow_of_a_dated_rule_that_silences_nothing_is_told(
    gpogen: Run, place: Workplace, command: str
) -> None:
    path = place.profile("old", DATED, extends="arc-ws2025-datacenter")

    told = gpogen(command, str(path), "--today", "2026-10-20")

    for rule in ("HP020", "HP030"):
        assert f"warning GP061: allow: {rule} silences nothing today" in told.out + told.err
    assert "GP061" not in gpogen("check", str(path)).out


def test_data_that_one_of_two_profiles_puts_up_with_are_told_of_the_other(
    gpogen: Run, place: Workplace
) -> None:
    place.profile("a", "allow: [{rule: HP020, why: known}]", extends="arc-ws2025-datacenter")
    place.profile("b", extends="arc-ws2025-datacenter")

    assert "HP020" in gpogen("calendar", "profiles", "--today", "2027-06-01").err
    assert "HP020" in gpogen("check", "--today", "2027-06-01").out
    place.profile("b", "allow: [{rule: HP020, why: known}]", extends="arc-ws2025-datacenter")
    assert "HP020" not in gpogen("calendar", "profiles", "--today", "2027-06-01").err
    assert "HP020" not in gpogen("check", "--today", "2027-06-01").out


def test_the_calendar_tells_an_allow_of_its_own_rules_that_silences_nothing(
    gpogen: Run, place: Workplace
) -> None:
    path = place.profile("a", "allow: [{rule: HP014, why: x}]", extends="arc-ws2025-datacenter")

    assert "GP061" not in gpogen("check", str(path)).out
    told = gpogen("calendar", str(path), *YEAR)
    assert "warning GP061: allow: HP014 silences nothing here" in told.out + told.err


@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_another_schedule_is_named_beside_its_figures(gpogen: Run, pilot: str, form: str) -> None:
    found = gpogen(
        "calendar", "--compare-schedule", "monthly, Sun 02:00", pilot, "--format", form, *YEAR
    )

    shown = " ".join(found.out.split())
    assert found.code == 0
    assert "the first Sunday after the second Tuesday, 02:00" in shown
    assert "on the schedule to compare with" in shown


@pytest.mark.parametrize("wide", [80, 120])
def test_the_comparison_fits_the_terminal(
    gpogen: Run, pilot: str, wide: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(wide))
    found = gpogen("calendar", "--compare-schedule", "monthly, wednesday 02:00", pilot, *YEAR)

    assert max(map(len, found.out.splitlines())) <= wide


def test_a_profile_is_another_schedule_and_needs_a_right_one(
    gpogen: Run, pilot: str, place: Workplace
) -> None:
    place.profile("now", "updates: {schedule: {day: sunday, at: '02:00', weeks: [third]}}")
    place.wrong()
    place.base("bare")
    compared = ("calendar", pilot, *YEAR, "--compare-schedule")

    found = gpogen(*compared, "profiles/now.yaml")
    assert found.code == 0
    assert "now: third Sunday 02:00" in found.out
    assert "restart policy of now." in " ".join(found.out.split())
    assert gpogen(*compared, "profiles/wrong.yaml").code == 1
    assert gpogen(*compared, "profiles/bare.yaml").code == 1
    assert gpogen(*compared, "profiles/none.yaml").code == 2
    assert gpogen("calendar", "--compare-schedule", "sun 02:00").code == 2


def overlay_table(text: str) -> list[str]:
    """The months of the first profile's table, and the line of today."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("  month "))
    return [line for line in lines[start + 1 :] if re.match(r"  (\d{4}-\d\d |--- today)", line)]


SECOND_SUNDAY = "updates: {schedule: {day: sunday, at: '03:00', weeks: [second]}}"


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_a_moment_in_another_year_than_its_month_has_its_year(
    gpogen: Run, place: Workplace, form: str
) -> None:
    place.profile("late", ZONE, SECOND_SUNDAY)
    found = gpogen("calendar", "profiles/late.yaml", "--format", form, *YEAR, "--from", "2026-11")
    rows = [line for line in found.out.splitlines() if re.match(r"[ |]+2026-1[12] ", line)]

    assert "Sun 13 Dec 03:00" in rows[0]
    assert "2026" not in rows[0].partition("hotpatch")[2]
    assert "03 Jan 2027 03:00" in rows[1]


def test_the_line_of_today_stands_between_what_is_installed_and_what_is_not(
    gpogen: Run, place: Workplace
) -> None:
    place.profile("late", ZONE, SECOND_SUNDAY)
    for day, before, after in (
        ("2026-12-12", "2026-10", "2026-11"),  # Of November, and installed on 13 December.
        ("2026-12-13", "2026-11", "2026-12"),
        ("2027-01-02", "2026-11", "2026-12"),
        ("2027-01-03", "2026-12", "2027-01"),
    ):
        when = ("--from", "2026-07", "--months", "12", "--today", day)
        rows = overlay_table(gpogen("calendar", "profiles/late.yaml", *when).out)
        (number,) = (number for number, row in enumerate(rows) if "--- today" in row)
        assert rows[number - 1].startswith(f"  {before} "), day
        assert rows[number + 1].startswith(f"  {after} "), day


def test_the_next_restart_is_told_with_what_could_come_before_it(
    gpogen: Run, place: Workplace
) -> None:
    when = ("--from", "2026-07", "--months", "12", "--today", "2026-11-28")
    lines = [line.strip() for line in gpogen("calendar", "--os", "2025", *when).out.splitlines()]
    number = lines.index("next restart, known or planned: Tue 2027-01-12 (baseline, planned)")
    risk = "earlier if a hotpatch month becomes an unplanned baseline: "
    assert lines[number + 1] == f"{risk}Tue 2026-12-08"

    place.profile("late", ZONE, SECOND_SUNDAY, "restart: {policy: at-scheduled-time}")
    told = " ".join(gpogen("calendar", "profiles/late.yaml", *when).out.split())
    assert "planned: 2027-01 (baseline), from Sun 14 Feb 03:15" in told
    assert f"{risk}2026-11 (from Sun 13 Dec 03:15), 2026-12 (from 03 Jan 2027 03:15)" in told


def test_a_baseline_that_is_released_and_not_yet_installed_is_the_next_restart(
    gpogen: Run, place: Workplace
) -> None:
    place.profile("late", ZONE, SECOND_SUNDAY, "restart: {policy: at-scheduled-time}")
    when = ("--from", "2026-07", "--months", "12", "--today", "2026-10-20")
    told = gpogen("calendar", "profiles/late.yaml", *when).out

    assert "planned: 2026-10 (baseline), from Sun 08 Nov 03:15" in told


def texts(root: Any) -> list[str]:
    return [node.text or "" for node in root.iter(f"{SVG}text")]


def test_the_picture_says_in_which_time_zone_its_times_are(gpogen: Run, place: Workplace) -> None:
    place.profile("one", ZONE)
    place.profile("two", ZONE, "ring: {name: broad, order: 2}")
    same = texts(picture(gpogen, place, "profiles/one.yaml", "profiles/two.yaml", *YEAR))
    assert any(text.endswith(", times in Europe/Rome") for text in same)

    place.profile("far", "target: {time_zone: Asia/Tokyo}", "ring: {name: far, order: 3}")
    every = ("profiles/one.yaml", "profiles/two.yaml", "profiles/far.yaml")
    mixed = texts(picture(gpogen, place, *every, *YEAR))
    assert not any("times in" in text for text in mixed)
    assert [mixed.count(zone) for zone in ("Europe/Rome", "Asia/Tokyo")] == [2, 1]

    systems = texts(picture(gpogen, place, *YEAR))
    assert any("Pacific time" in text for text in systems)


def test_the_picture_s_legend_says_of_a_hotpatch_what_its_months_say(
    gpogen: Run, place: Workplace
) -> None:
    place.profile("late", ZONE, SECOND_SUNDAY, "allow: [{rule: HP032, why: a test}]")
    when = ("--from", "2026-11", "--months", "2", "--today", "2026-11-28")
    shown = texts(picture(gpogen, place, "profiles/late.yaml", *when))

    assert "hotpatch: no restart planned" in shown
    assert "In parentheses: a restart only if the month becomes an unplanned baseline." in shown
    assert "Late: the update installs in a later month than its own." in shown
    assert "installs late" in shown
    assert "3 Jan 2027 03:00" in shown
