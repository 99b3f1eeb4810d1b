"""The answer in words: every installer, reason, mode, source, restart and timetable."""

from __future__ import annotations

import itertools

import pytest

from gpogen.servicing.answer import Installer, Restarts, Servicing, When, Who, Why
from gpogen.servicing.situation import From, Mode, Situation, Timetable
from gpogen.servicing.tell import (
    installs_text,
    mode_text,
    reason_text,
    restarts_text,
    short_text,
    source_text,
    timetable_text,
    who_text,
)

MODES = {
    Mode.NOTIFY: "mode notify (AUOptions 2)",
    Mode.DOWNLOAD: "mode download (AUOptions 3)",
    Mode.SCHEDULE: "mode install-on-schedule (AUOptions 4)",
    Mode.LOCAL_ADMIN: "mode local-admin (AUOptions 5)",
    Mode.NOTIFY_RESTART: "mode notify-restart (AUOptions 7)",
    Mode.OFF: "mode off (NoAutoUpdate 1)",
    Mode.ON: "NoAutoUpdate 0",
    Mode.OTHER: "this AUOptions",
    Mode.ABSENT: "this AUOptions",
    Mode.REMOVED: "this AUOptions",
}
WAITING = (Mode.NOTIFY, Mode.DOWNLOAD, Mode.NOTIFY_RESTART)
WHO = {
    Who.SCHEDULE: "Windows Update, on its schedule",
    Who.DEADLINE: "Windows Update, when updates are offered (deadline)",
    Who.USER: "a person, by hand",
    Who.GUEST_PATCHING: "Azure guest patching",
    Who.UPDATE_MANAGER: "Azure Update Manager, on its schedule",
    Who.CONFIGMGR: "Configuration Manager",
    Who.CLUSTER_AWARE: "Cluster-Aware Updating",
    Who.THIRD_PARTY: "a third-party patch manager",
    Who.UNKNOWN: "unknown",
    Who.NOBODY: "nobody",
}
RUN = Timetable(7, 4, frozenset({2}))


def answer(
    *installers: Installer,
    restarts: Restarts = Restarts.USER,
    source: From = From.WSUS,
    assumed: bool = False,
) -> Servicing:
    return Servicing(
        situation=Situation(timetable=RUN),
        installers=installers,
        when=When.BY_HAND,
        source=source,
        assumed=assumed,
        restarts=restarts,
        conflicts=frozenset(),
    )


@pytest.mark.parametrize("mode", Mode)
def test_a_mode_is_told_by_its_word_and_number(mode: Mode) -> None:
    assert mode_text(mode) == MODES[mode]


@pytest.mark.parametrize(("why", "mode"), [*itertools.product(Why, Mode)])
def test_a_reason_names_the_mode_where_the_mode_is_the_reason(why: Why, mode: Mode) -> None:
    told = reason_text(Installer(Who.CONFIGMGR, why), Situation(mode=mode))

    if why is Why.NO_SUCH_OPTION:
        assert told == f"{MODES[mode]} has no known effect"
    elif why is Why.BY_HAND and mode in WAITING:
        assert told == f"{MODES[mode]} waits for a person"
    elif why is Why.NAMED:
        assert told == "Configuration Manager installs"
    else:
        assert told == reason_text(Installer(Who.USER, why), Situation(mode=Mode.ABSENT))
        assert "AUOptions" not in told


def test_each_reason_has_words_of_its_own() -> None:
    told = [reason_text(Installer(Who.NOBODY, why), Situation()) for why in Why]

    assert len(set(told)) == len(told)


@pytest.mark.parametrize(("who", "why"), [*itertools.product(Who, Why)])
def test_an_installer_has_one_name_but_update_manager_on_request(who: Who, why: Why) -> None:
    on_request = "Azure Update Manager, only on request"
    assert who_text(Installer(who, why)) == (on_request if why is Why.ON_REQUEST else WHO[who])


@pytest.mark.parametrize(("who", "why"), [*itertools.product(Who, Why)])
def test_the_schedule_of_the_mode_alone_is_told_with_its_time(who: Who, why: Why) -> None:
    first = Installer(who, why)
    timed = who is Who.SCHEDULE and why is Why.MODE
    run = ": second Saturday 04:00" if timed else ""

    assert installs_text(answer(first)) == who_text(first) + run
    zoned = f"{run} (Europe/Rome)" if timed else ""
    assert installs_text(answer(first), "Europe/Rome") == who_text(first) + zoned


@pytest.mark.parametrize("who", Who)
def test_a_second_installer_is_added_and_an_unknown_one_is_doubtful(who: Who) -> None:
    first, second = Installer(Who.CONFIGMGR, Why.NAMED), Installer(who, Why.DEADLINE)
    more = ", and perhaps Windows Update (unknown)" if who is Who.UNKNOWN else f" and {WHO[who]}"

    assert installs_text(answer(first, second)) == f"Configuration Manager{more}"


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (-1, "every day"),
        (0, "every day"),
        (1, "Sunday"),
        (2, "Monday"),
        (3, "Tuesday"),
        (4, "Wednesday"),
        (5, "Thursday"),
        (6, "Friday"),
        (7, "Saturday"),
        (8, "every day"),
        (9, "every day"),
    ],
)
def test_a_day_is_told_by_its_number_and_any_other_number_is_every_day(day: int, told: str) -> None:
    assert timetable_text(Timetable(day, 0)) == f"{told} 00:00"


def test_weeks_are_told_in_their_order_and_no_hour_is_chosen_by_windows() -> None:
    assert timetable_text(Timetable(7, 23, frozenset({4, 1, 3, 2}))) == (
        "first, second, third, fourth Saturday 23:00"
    )
    assert timetable_text(Timetable(0, None)) == "every day at an hour that Windows chooses"
    assert timetable_text(Situation().timetable) == "every day 03:00"


@pytest.mark.parametrize(
    "source", [source for source in From if source is not From.ABSENT], ids=str
)
def test_a_source_is_told_and_so_is_that_it_is_only_assumed(source: From) -> None:
    who = Installer(Who.USER, Why.BY_HAND)
    told = source_text(answer(who, source=source))

    assert told
    assert "another GPO" not in told
    assumed = source_text(answer(who, source=source, assumed=True))
    assert assumed == f"{told} (the Windows default; another GPO can change it)"


@pytest.mark.parametrize("restarts", Restarts)
def test_who_restarts_is_told_by_itself_or_by_the_first_installer(restarts: Restarts) -> None:
    orchestrators = (Who.UPDATE_MANAGER, Who.CONFIGMGR, Who.CLUSTER_AWARE, Who.THIRD_PARTY)
    told = {
        restarts_text(
            answer(
                Installer(who, Why.NAMED),
                Installer(Who.DEADLINE, Why.DEADLINE),
                restarts=restarts,
            )
        )
        for who in orchestrators
    }

    assert len(told) == (len(orchestrators) if restarts is Restarts.ORCHESTRATOR else 1)


def test_a_list_names_all_installers_and_who_restarts() -> None:
    found = answer(
        Installer(Who.CONFIGMGR, Why.NAMED),
        Installer(Who.DEADLINE, Why.DEADLINE),
        restarts=Restarts.ORCHESTRATOR,
    )
    assert short_text(found) == "installs: ConfigMgr and deadline; restarts: by the installer"
    told = {short_text(answer(Installer(Who.USER, Why.BY_HAND), restarts=one)) for one in Restarts}
    assert len(told) == len(Restarts)
