"""How a rule's hit becomes a finding, and what `allow` makes of findings."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from gpogen.catalog.rules import rule_page
from gpogen.compile.subject import Authored
from gpogen.finding import Place, Severity
from gpogen.profile.schema import Profile
from gpogen.releases.knowledge import know
from gpogen.rules.allow import Judgment, Told, of_calendar, of_today
from gpogen.rules.check import subject_of
from gpogen.rules.early import _where
from gpogen.rules.engine import Hit, finding_of, judge_by
from gpogen.rules.inputs import Today, judge_today, stale
from tests.support.profiles import OS_2022, checked

VBS = "vbs: {enforce: policy+registry}\n"
AT, OTHER = Place("a.yaml", 1, 1), Place("a.yaml", 2, 1)


def profile(name: str, *rules: str) -> Profile:
    items = "".join(f"  - {{rule: {rule}, why: because of {name}}}\n" for rule in rules)
    loaded = checked(VBS + (f"allow:\n{items}" if items else "")).loaded.profile
    assert loaded is not None
    return loaded.model_copy(update={"name": name})


@pytest.mark.parametrize(
    ("names", "silenced"),
    [
        ((), False),
        (("allows",), True),
        (("allows", "too"), True),
        (("too", "allows"), True),
        (("allows", "else"), False),
        (("else", "allows"), False),
        (("else",), False),
    ],
)
def test_a_finding_is_silent_only_if_every_profile_that_it_concerns_allows_it(
    names: tuple[str, ...], silenced: bool
) -> None:
    profiles = {
        "allows": profile("allows", "HP016", "HP035"),
        "too": profile("too", "HP035"),
        "else": profile("else", "HP016"),
    }
    finding = finding_of("HP035", Hit(message="x", at=AT))
    judgment = Judgment([Told(finding, tuple(profiles[name] for name in names))])

    assert judgment.standing == ([] if silenced else [finding])
    reasons = [f"because of {name}" for name in names[:1]]
    assert [one.why for one in judgment.silenced] == (reasons if silenced else [])
    for name, one in profiles.items():
        assert judgment.used(one) == ({"HP035"} if silenced and name in names else set())


def test_the_rules_that_need_a_date_or_the_calendar_are_these() -> None:
    assert set(of_today()) == {"HP020", "HP030"}
    assert {"HP014", "HP035"} <= set(of_calendar())
    assert not {"HP016", "HP027", "HP020"} & set(of_calendar())


@pytest.mark.parametrize("rule", [*of_today(), *of_calendar()])
def test_a_check_without_a_date_leaves_the_allow_of_a_dated_rule_alone(rule: str) -> None:
    found = checked(f"allow: [{{rule: {rule}, why: x}}]\n{VBS}", orchestration="manual")

    assert "GP061" not in {one.id for one in found.findings}


@pytest.mark.parametrize(
    ("rule", "told", "fix"),
    [
        ("HP999", "GP060", ""),
        ("HP0016", "GP060", "did you mean HP016?"),
        ("HP027", "GP061", "remove it"),
        ("UNPROVEN-C", "GP061", "remove it"),
        ("UNPROVEN-E", "", ""),
        ("HP016", "", ""),
    ],
)
def test_an_allow_that_is_unknown_or_silences_nothing_stands_at_its_own_line(
    rule: str, told: str, fix: str
) -> None:
    allow = f"allow:\n  - {{rule: HP016, why: x}}\n  - {{rule: {rule}, why: y}}\n"
    found = checked(f"{VBS}updates: {{mode: download}}\n{allow}", orchestration="manual")
    hits = [one for one in found.findings if one.id in ("GP060", "GP061")]

    assert [one.id for one in hits] == [told] * bool(told)
    assert [one.at.line for one in hits if one.at] == [11] * bool(told)
    assert all(one.fix.startswith(fix) for one in hits)


def test_a_hit_takes_from_its_page_what_it_does_not_say() -> None:
    page = rule_page("HP033")
    assert page.foreign is not None
    assert page.foreign is not page.severity
    plain = finding_of("HP033", Hit(message="m", at=AT, related=(OTHER, AT)))
    foreign = finding_of("HP033", Hit(message="m", at=AT), foreign=True)

    assert (plain.severity, plain.fix, plain.related) == (page.severity, page.fix, (OTHER,))
    assert (plain.why, plain.source) == (page.why, page.source)
    assert (foreign.severity, foreign.fix) == (page.foreign, page.foreign_fix)


@pytest.mark.parametrize("foreign", [False, True])
@pytest.mark.parametrize("severity", Severity)
def test_a_hit_says_its_own_severity_and_fix_where_they_differ(
    severity: Severity, foreign: bool
) -> None:
    hit = Hit(message="m", at=AT, severity=severity, fix="own", foreign_fix="others")
    found = finding_of("HP033", hit, foreign=foreign)

    assert (found.severity, found.fix) == (severity, "others" if foreign else "own")
    assert finding_of("HP033", replace(hit, fix="", foreign_fix="")).fix == ""
    page = rule_page("HP033").foreign_fix
    assert finding_of("HP033", replace(hit, foreign_fix=""), foreign=True).fix == page


def subject(body: str, **head: str) -> Authored:
    found = subject_of(checked(VBS + body, **head))
    assert found is not None
    return found


def test_a_finding_names_its_profiles_only_where_it_has_a_place() -> None:
    about = (subject(""),)

    assert finding_of("HP035", Hit(message="m", at=AT, about=about)).profiles == ("sample",)
    assert finding_of("HP035", Hit(message="m", at=None, about=about)).profiles == ()


def test_one_rule_alone_judges_what_it_is_about() -> None:
    own = subject("updates: {mode: download}\n", orchestration="manual")

    assert [one.id for one in judge_by("HP016", own)] == ["HP016"]
    assert list(judge_by("HP020", own)) == [], "it judges a day"


def test_the_end_of_hotpatch_stands_at_each_profile_or_once_without_a_place() -> None:
    knowledge = know()
    ending = next(family for family, row in knowledge.systems.items() if row.ends)
    own = subject("", os=OS_2022)
    assert own.family == ending
    for each, places in ((True, [(4, ("sample",))] * 2), (False, [(0, ())])):
        today = Today(
            knowledge=knowledge,
            family=ending,
            day=datetime.date(2030, 1, 1),
            subjects=(own, own),
            each=each,
        )
        hits = [told.finding for told in judge_today(today) if told.finding.id == "HP030"]
        assert [(one.at.line if one.at else 0, one.profiles) for one in hits] == places


def test_old_release_data_are_told_of_every_system_and_nothing_else_is() -> None:
    knowledge = know()
    late = max(knowledge.as_of.values()) + datetime.timedelta(days=46)

    told = [(one.id, one.message.split()[4]) for one in stale(knowledge, late)]
    assert told == [("HP020", family) for family in knowledge.systems]
    early = min(knowledge.as_of.values()) + datetime.timedelta(days=45)
    assert list(stale(knowledge, early)) == []


def test_one_time_zone_is_not_written_as_a_range() -> None:
    def zone(hours: int) -> datetime.tzinfo:
        return datetime.timezone(datetime.timedelta(hours=hours))

    assert _where(None, (zone(14),), always=False) == ", in UTC+14"
    assert _where(None, (zone(-4), zone(0), zone(14)), always=False) == ", in UTC-4 to UTC+14"
    assert _where(None, (zone(14),), always=True) == ", in every time zone"
