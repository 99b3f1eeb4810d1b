"""Where a machine stands, by its updates."""

from __future__ import annotations

import datetime
import re

import pytest

from gpogen.calendar.entries import Restart
from gpogen.calendar.train import Machine, State, Verdict, find_train
from gpogen.calendar.updates import read_build, read_kb, stranger
from gpogen.catalog.releases import Kind, OtherUpdate, Release, Train, release_data
from gpogen.errors import UsageError
from gpogen.fleet.verdicts import machine_of, reports_of
from gpogen.releases.knowledge import know
from tests.support.corpus import facts

OS_2022, OS_2025 = "windows-server-2022", "windows-server-2025"


def stands(today: str, *kbs: str, build: str = "", os: str = "") -> Verdict:
    (report,) = reports_of(kbs, (), build)
    machine = machine_of(report, os, know())
    return find_train(machine, know(), datetime.date.fromisoformat(today))


def next_of(verdict: Verdict) -> tuple[str, str] | None:
    row = verdict.next
    return (str(row.month), row.restart.value) if row else None


def test_a_machine_with_the_current_baseline_and_its_hotpatches_is_on_the_train() -> None:
    found = stands("2025-12-20", "KB5066835", "KB5068966", "KB5072014")

    assert found.state is State.ON
    assert found.baseline is not None
    assert found.latest is not None
    assert (found.baseline.kb, found.latest.kb) == ("KB5066835", "KB5072014")
    assert next_of(found) == ("2026-01", "yes")
    assert (found.behind, found.reasons, found.remarks) == ((), (), ())


@pytest.mark.parametrize(
    "kbs",
    [
        ("KB5072014", "KB5066835", "KB5068966"),
        ("5068966", "kb5072014", "KB5066835"),
        ("KB5066835,KB5072014", "KB5068966"),
        ("KB5072014",),
    ],
)
def test_the_order_and_the_spelling_of_updates_do_not_count(kbs: tuple[str, ...]) -> None:
    found = stands("2025-12-20", *kbs)

    assert found.state is State.ON
    assert found.baseline is not None
    assert found.baseline.kb == "KB5066835"


def test_only_the_newest_hotpatch_is_offered_next() -> None:
    found = stands("2025-12-20", "KB5066835")

    assert found.next is not None
    assert (found.next.kb, found.next.restart.value) == ("KB5072014", "no")


def test_the_out_of_band_cumulative_update_of_october_2025_takes_a_machine_off() -> None:
    found = stands("2025-11-20", "KB5066835", "KB5070881")

    assert found.state is State.OFF
    assert "KB5070881" in found.reasons[0]
    assert "2026-01" in found.way_back
    assert "restart" in found.way_back
    assert next_of(found) == ("2026-01", "yes")


def test_the_out_of_band_hotpatch_of_october_2025_keeps_it_on() -> None:
    found = stands("2025-11-01", "KB5066835", "KB5070893")

    assert found.state is State.ON
    assert found.latest is not None
    assert found.latest.kb == "KB5070893"
    assert next_of(found) == ("2025-11", "no")


def test_a_later_baseline_brings_it_back() -> None:
    assert stands("2026-01-20", "KB5070881", "KB5066835").state is State.OFF
    assert stands("2026-01-20", "KB5070881", "KB5066835", "KB5073379").state is State.ON


def test_a_build_that_is_two_updates_is_not_guessed() -> None:
    found = stands("2025-11-01", build="26100.6905")

    assert found.state is State.UNKNOWN
    assert [text.rsplit(" ", 1)[1] for text in found.reasons] == ["off-train", "on-train"]
    assert "--kb" in found.way_back
    by_kb = stands("2025-11-01", "KB5070893", build="10.0.26100.6905")
    assert by_kb.state is State.ON


def test_a_machine_two_baselines_behind_is_told_which_and_what_to_install() -> None:
    found = stands("2026-08-12", "KB5082063", "KB5087423")

    assert found.state is State.BEHIND
    assert [item.kb for item in found.behind] == ["KB5094125", "KB5099536"]
    assert "2 baselines behind" in found.reasons[0]
    assert "KB5099536" in found.way_back
    assert next_of(found) == ("2026-07", "yes")


def test_an_unplanned_baseline_is_a_baseline_and_the_next_planned_one_is_needed_too() -> None:
    assert stands("2026-07-01", "KB5094125").state is State.ON
    assert stands("2026-07-20", "KB5094125").state is State.BEHIND
    assert stands("2026-07-01", "KB5082063").state is State.BEHIND


def test_a_hotpatch_implies_its_baseline_and_contradictions_are_told() -> None:
    found = stands("2026-08-12", "KB5120228", "KB5082063")

    assert found.state is State.ON
    assert found.baseline is not None
    assert found.baseline.kb == "KB5099536"
    assert any("KB5099536" in text for text in found.remarks)
    both = stands("2025-11-20", "KB5070881", "KB5068966")
    assert both.state is State.OFF
    assert any("contradict" in text for text in both.remarks)


def test_an_unknown_update_gives_no_verdict_and_says_which_input_would_decide() -> None:
    found = stands("2025-12-20", "KB5066835", "KB5072014", "KB9999999")

    assert (found.state, found.unknown) == (State.UNKNOWN, ("KB9999999",))
    assert "KB9999999 is not in the release data" in found.reasons[0]
    assert "according to the known updates alone: on-train" in found.reasons[1]
    assert all(word in found.way_back for word in ("--build", "/get-packages", "titles"))


def test_the_build_decides_what_an_unknown_number_leaves_open() -> None:
    found = stands("2025-12-20", "KB5066835", "KB5072014", "KB9999999", build="26100.7392")

    assert (found.state, found.unknown) == (State.ON, ("KB9999999",))
    assert found.remarks == ("KB9999999: not in the release data; the build 26100.7392 decides",)


def test_unknown_updates_alone_give_no_verdict() -> None:
    found = stands("2026-11-24", "KB9999999", os=OS_2025)

    assert (found.state, found.baseline, found.next) == (State.UNKNOWN, None, None)


def test_an_unknown_build_is_placed_between_its_neighbours() -> None:
    found = stands("2026-11-24", build="26100.5000")

    assert found.state is State.UNKNOWN
    assert any("above 26100.4946 and below 26100.6508" in text for text in found.remarks)


def test_a_month_of_unknown_type_gives_no_verdict_until_the_next_baseline() -> None:
    found = stands("2026-06-20", "KB5082142", "KB5087424", "KB5094128")

    assert found.state is State.UNKNOWN
    assert "no source states whether" in found.reasons[0]
    assert "--update" in found.way_back


@pytest.mark.parametrize("day", ["2026-10-14", "2026-11-28", "2027-02-01"])
def test_an_overdue_month_makes_the_place_of_a_machine_unknown(day: str) -> None:
    found = stands(day, "KB5122871")

    assert found.state is State.UNKNOWN
    assert found.is_outdated
    assert found.next is not None
    assert "2026-10 should have been released on 2026-10-13" in found.reasons[0]
    assert "hotpatch-releases.yaml" in found.way_back


def test_the_day_before_an_overdue_month_the_machine_is_on_the_train() -> None:
    assert stands("2026-10-12", "KB5122871").state is State.ON


def test_on_the_day_of_a_release_the_machine_stands_where_it_stood_and_is_told_so() -> None:
    before, found = stands("2026-10-12", "KB5122871"), stands("2026-10-13", "KB5122871")

    assert (before.state, before.reasons) == (State.ON, ())
    assert found.state is State.ON
    assert not found.is_outdated
    (reason,) = found.reasons
    assert reason == (
        "2026-10 is to be released today at 10:00 Pacific time, and the release data do not have "
        "it yet: this is the state before it"
    )
    assert found.next is not None
    assert str(found.next.month) == "2026-10"
    off = stands("2026-10-13", "KB5066835", "KB5070881")
    assert "should have been released" not in off.way_back


def test_an_overdue_month_leaves_a_machine_behind_or_off_where_it_is() -> None:
    assert stands("2026-11-28", "KB5066835").state is State.BEHIND
    assert stands("2026-11-28", "KB5066835", "KB5070881").state is State.OFF


def test_a_missing_out_of_band_hotpatch_is_told() -> None:
    found = stands("2026-04-25", "KB5082063")

    assert found.state is State.ON
    assert any("KB5091470" in text for text in found.remarks)


def test_what_is_concluded_and_not_said_by_microsoft_is_marked() -> None:
    certain = stands("2025-11-20", "KB5070881")
    concluded = stands("2026-04-25", "KB5091157")

    assert not any("an inference" in text for text in certain.remarks)
    assert any("an inference" in text for text in concluded.remarks)


def test_the_release_note_s_own_number_is_the_same_update() -> None:
    found = stands("2023-11-10", "KB5031858")

    assert found.baseline is not None
    assert (found.state, found.baseline.kb) == (State.ON, "KB5031364")


def test_the_preparation_package_of_an_iso_says_nothing() -> None:
    found = stands("2026-08-20", "KB5003508", "KB5120229")

    assert found.state is State.ON
    assert found.unknown == ()
    assert any("KB5003508" in text for text in found.remarks)


@pytest.mark.parametrize("row", release_data().releases, ids=lambda row: row.kb)
def test_every_release_answers_on_its_own_day(row: Release) -> None:
    kb, os, kind, day = row.kb, row.os, row.type, row.date
    assert kb is not None
    for found in (
        stands(day.isoformat(), kb),
        *([stands(day.isoformat(), build=row.build)] if row.build else []),
    ):
        assert found.os == os
        assert found.state is (State.UNKNOWN if kind is Kind.UNKNOWN else State.ON)
        if kind.is_baseline:
            assert found.baseline is not None
            assert found.baseline.kb == kb


@pytest.mark.parametrize("row", release_data().others, ids=lambda row: f"{row.kb}-{row.build}")
def test_every_update_between_the_months_answers(row: OtherUpdate) -> None:
    day = row.date.isoformat()
    expected = State.OFF if row.train is Train.LCU else State.ON
    if row.kb:
        assert stands(day, row.kb).state is expected
    elif row.build:
        assert stands(day, build=row.build).state is expected


def test_no_update_of_the_collected_calendar_is_unknown() -> None:
    text = (facts() / "HOTPATCH.md").read_text("utf-8")
    section = text[text.index("### 3.1") : text.index("Oct 2025 licence bug")]
    numbers = {kb for row in release_data().releases for kb in (row.kb, *row.also)}
    numbers |= {row.kb for row in release_data().others}

    told = sorted(set(re.findall(r"KB[0-9]{7}", section)))
    assert told
    for kb in told:
        assert kb in numbers or stranger(kb), kb
    builds = {row.build for row in release_data().releases}
    builds |= {row.build for row in release_data().others}
    named = sorted(set(re.findall(r"\b26100\.[0-9]{4,5}\b", section)))
    assert named
    for build in named:
        assert build in builds, build


@pytest.mark.parametrize(
    ("kbs", "build", "os", "part"),
    [
        ((), "", OS_2025, "name the updates of the machine"),
        (("KB12",), "", "", "'KB12' is not a KB number such as KB5066835"),
        ((), "26100", "", "not a build such as"),
        ((), "22631.4317", "", "26100 \\(windows-server-2025\\)"),
        (("KB5066782", "KB5066835"), "", "", "updates of one machine belong to different systems"),
        (("KB5066835",), "20348.4294", "", "updates of one machine belong to different systems"),
        (("KB5066835",), "", OS_2022, "belongs to windows-server-2025, not to windows-server-2022"),
        (("KB9999999",), "", "", "--os is required"),
        (("KB5066835",), "", "windows-server-2024", "did you mean windows-server-202"),
    ],
)
def test_what_is_no_machine_is_refused(
    kbs: tuple[str, ...], build: str, os: str, part: str
) -> None:
    with pytest.raises(UsageError, match=part):
        stands("2026-11-24", *kbs, build=build, os=os)


def test_numbers_and_builds_are_read_in_their_usual_forms() -> None:
    assert {read_kb(text) for text in ("KB5066835", "kb5066835", " 5066835 ", "KB 5066835")} == {
        "KB5066835"
    }
    assert [read_kb(text) for text in ("KB", "5066835a", "KB٥٠٦٦٨٣٥", "506683512345")] == [None] * 4
    assert {read_build(text) for text in ("26100.6905", "10.0.26100.6905")} == {"26100.6905"}
    assert [read_build(text) for text in ("6905", "26100.", "11.0.26100.6905")] == [None] * 3


def test_a_machine_is_judged_with_what_users_have_added() -> None:
    from gpogen.releases.additions import read_additions

    text = """
gpogen: 1
as_of: 2026-11-24
releases:
  - {os: windows-server-2025, month: 2026-10, type: baseline, kb: KB5999990}
  - {os: windows-server-2025, month: 2026-11, type: hotpatch, kb: KB5999991}
"""
    added, _ = read_additions(text.encode(), "r.yaml")
    assert added is not None
    day = datetime.date(2026, 11, 24)

    machine = Machine(os=OS_2025, kbs=("KB5999991",))
    assert find_train(machine, know([added]), day).state is State.ON
    old = Machine(os=OS_2025, kbs=("KB5122871",))
    assert find_train(old, know([added]), day).state is State.BEHIND


def test_a_machine_of_the_first_media_is_offered_the_baseline_before_the_calendar() -> None:
    # KB5043080 is Windows Server 2025 as released; its hotpatch calendar begins with 2024-11.
    behind = stands("2024-11-01", "KB5043080")
    early = stands("2024-10-01", "KB5043080")

    assert behind.next is not None
    assert early.next is not None
    assert (behind.state, behind.next.kb, behind.next.type) == (
        State.BEHIND,
        "KB5044284",
        Kind.BASELINE,
    )
    assert (early.state, early.next.kb, early.next.restart) == (
        State.ON,
        "KB5044284",
        Restart.YES,
    )


def test_a_baseline_that_users_add_between_the_months_comes_next_with_a_restart() -> None:
    from gpogen.releases.additions import read_additions

    text = """
gpogen: 1
as_of: 2026-08-30
out_of_band:
  - {os: windows-server-2025, date: 2026-08-27, train: baseline, kb: KB5999992}
  - {os: windows-server-2022, date: 2026-08-28, train: baseline, kb: KB5999993}
"""
    added, _ = read_additions(text.encode(), "r.yaml")
    assert added is not None
    machine = Machine(os=OS_2025, kbs=("KB5120228",))
    day_before, after = (
        find_train(machine, know([added]), datetime.date(2026, 8, day)) for day in (26, 28)
    )

    assert [day_before.state, after.state] == [State.ON, State.BEHIND]
    for found in (day_before, after):
        assert found.next is not None
        assert (found.next.kb, found.next.type, found.next.restart) == (
            "KB5999992",
            Kind.UNPLANNED,
            Restart.YES,
        )
