"""What holds of every machine and every plan."""

from __future__ import annotations

import datetime
from fractions import Fraction

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gpogen.calendar import clock
from gpogen.calendar.entries import Restart, entry
from gpogen.calendar.plan import Deadline, Plan
from gpogen.calendar.rollout import course
from gpogen.calendar.schedule import Schedule
from gpogen.calendar.train import Machine, State, find_train
from gpogen.calendar.updates import updates
from gpogen.catalog.months import Month
from gpogen.releases.knowledge import know

KNOWN = know()
UPDATES = tuple(updates(KNOWN))
TODAY = datetime.date(2026, 11, 24)
ZONES = ("Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Etc/GMT+12")
KBS = {
    os: sorted({item.kb for item in UPDATES if item.os == os and item.kb}) for os in KNOWN.systems
}
machines = st.sampled_from(sorted(KBS)).flatmap(
    lambda os: st.builds(
        Machine,
        os=st.just(os),
        kbs=st.lists(st.sampled_from(KBS[os]), min_size=1, max_size=5, unique=True).map(tuple),
    )
)
days = st.dates(datetime.date(2022, 1, 1), datetime.date(2029, 12, 31))
plans = st.builds(
    Plan,
    schedule=st.none()
    | st.builds(
        Schedule,
        st.integers(0, 7),
        st.none() | st.integers(0, 23),
        st.frozensets(st.integers(1, 4)),
    ),
    deferral=st.integers(0, 30),
    pause=st.none() | st.dates(datetime.date(2025, 12, 1), datetime.date(2027, 12, 31)),
    deadline=st.none()
    | st.builds(Deadline, days=st.integers(0, 30), grace=st.integers(0, 7), early=st.booleans()),
    warn_minutes=st.none() | st.integers(15, 180),
    waits_for_logoff=st.just(False),
    active_hours=st.none() | st.tuples(st.integers(0, 23), st.integers(0, 23)),
)


@given(machines, days)
@example(
    # The baseline that it lacks came before the first month of the hotpatch calendar.
    Machine(os="windows-server-2025", kbs=("KB5043080",)),
    datetime.date(2024, 11, 1),
)
def test_a_verdict_depends_on_no_order_and_contradicts_itself_nowhere(
    machine: Machine, day: datetime.date
) -> None:
    found = find_train(machine, KNOWN, day)
    turned = find_train(Machine(os=machine.os, kbs=machine.kbs[::-1]), KNOWN, day)

    assert (found.state, found.next, found.behind) == (turned.state, turned.next, turned.behind)
    if found.state is State.ON:
        assert found.behind == ()
    if found.state is State.BEHIND:
        assert found.behind
        assert found.next is not None
        assert found.next.restart is Restart.YES
        assert (found.next.date, found.next.kb) == (found.behind[-1].date, found.behind[-1].kb)
    if found.state is State.OFF:
        assert found.way_back


@given(plans, st.integers(0, 23), st.sampled_from(ZONES))
def test_an_update_goes_its_way_in_order(plan: Plan, months: int, zone: str) -> None:
    system = KNOWN.systems["windows-server-2025"]
    month = entry(KNOWN, system, Month(2026, 1) + months, TODAY)
    made = course(plan, month, (clock.zone_of(zone),))
    steps = [made.released, made.offered, made.installed, made.restart_from, made.restart_due]
    moments = [step.astimezone(datetime.UTC) for step in steps if step is not None]

    assert moments == sorted(moments)
    end = made.restart_due if month.restart is Restart.YES else made.installed
    assert (made.exposed_days is None) is (end is None)
    if end is not None:
        exact = Fraction(end.timestamp() - made.released.timestamp()) / 86_400
        assert abs(Fraction(str(made.exposed_days)) - exact) <= Fraction(1, 20)


@settings(deadline=None)  # It reckons in every zone, which takes as long as the machine needs.
@given(plans, st.integers(0, 23))
def test_without_a_zone_nothing_is_earlier_than_in_any(plan: Plan, months: int) -> None:
    system = KNOWN.systems["windows-server-2025"]
    month = entry(KNOWN, system, Month(2026, 1) + months, TODAY)
    worst = course(plan, month, clock.EVERY_OFFSET)

    for offset in (clock.EVERY_OFFSET[0], clock.EVERY_OFFSET[-1]):
        made = course(plan, month, (offset,))
        if made.installed is not None and worst.installed is not None:
            took = made.installed.astimezone(datetime.UTC) - made.released.astimezone(datetime.UTC)
            longest = worst.installed.astimezone(datetime.UTC) - worst.released.astimezone(
                datetime.UTC
            )
            assert took <= longest
