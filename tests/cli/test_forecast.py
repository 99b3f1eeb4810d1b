"""``gpogen forecast``."""

from __future__ import annotations

import json
import re

from lxml import etree

from tests.cli.conftest import Run, Workplace

DAY = ("--today", "2026-11-24", "--os", "windows-server-2025")


def test_the_table_says_what_to_reserve_and_what_that_rests_on(gpogen: Run) -> None:
    answer = gpogen("forecast", *DAY)

    assert answer.code == 0
    assert "reserve        7 windows for each ring: 4 to 7 restarts" in answer.out
    assert "2 of them unplanned baselines: 2026-06, 2026-09" in " ".join(answer.out.split())
    assert "2026-12  hotpatch  15 %" in answer.out
    assert "backtest       8 of 8" in answer.out


def test_profiles_have_their_windows_beside_the_probability(gpogen: Run, place: Workplace) -> None:
    for name, day in (("pilot", "saturday"), ("broad", "sunday")):
        place.profile(name, f"updates: {{schedule: {{day: {day}, at: '04:00'}}}}")
    paths = [str(path) for path in sorted((place.root / "profiles").glob("*.yaml"))]
    answer = gpogen("forecast", *paths, "--today", "2026-11-24")

    assert answer.code == 0
    told = " ".join(answer.out.split())
    low, high = map(int, re.findall(r"each ring: (\d+) to (\d+) restarts", told)[0])
    assert (
        f"fleet {2 * high} windows for all 2 profiles together: {2 * low} to {2 * high} restarts"
    ) in told
    assert "of a profile" not in told
    head = next(line for line in answer.out.splitlines() if line.lstrip().startswith("month"))
    assert head.split() == ["month", "type", "restart", "broad", "pilot"]


def test_months_without_any_data_are_refused(gpogen: Run) -> None:
    answer = gpogen("forecast", "--from", "2015-01", *DAY)

    assert answer.code == 2
    assert "--from: 2015-01 is before the first month of the release data, 20" in answer.err


def test_json_has_probabilities_and_the_evidence(gpogen: Run) -> None:
    (found,) = json.loads(gpogen("forecast", *DAY, "--format", "json").out)

    assert (found["restarts_low"], found["restarts_high"]) == (4, 7)
    assert found["known_unplanned"] == ["2026-06", "2026-09"]
    assert abs(sum(found["unplanned_probabilities"]) - 1) < 0.001
    assert [row["restart_probability"] for row in found["months"]][:2] == [0.1471, 1.0]


def test_the_picture_and_the_page_are_written(gpogen: Run, place: Workplace) -> None:
    assert gpogen("forecast", *DAY, "-o", "forecast.svg").code == 0
    assert gpogen("forecast", *DAY, "-o", "forecast.md").code == 0

    picture = etree.fromstring((place.root / "forecast.svg").read_bytes())
    assert "restart 15 %" in [text.text for text in picture.iter("{*}text")]
    assert "| 2026-12 | hotpatch | 15 % |" in (place.root / "forecast.md").read_text()


def test_each_assumption_is_one_item_that_ends_with_a_full_stop(gpogen: Run) -> None:
    from gpogen.calendar_views.forecast import ASSUMPTIONS

    assert all(text[0].isupper() and text.endswith(".") for text in ASSUMPTIONS)
    items = gpogen("forecast", *DAY).out.partition("Assumptions")[2]
    assert items.count("\n  - ") == len(ASSUMPTIONS)


def test_a_month_after_the_end_of_hotpatch_says_why_it_restarts(
    gpogen: Run, place: Workplace
) -> None:
    options = ("--today", "2026-11-24", "--os", "windows-server-2022", "--from", "2027-10")
    why = "hotpatch for this system ends with 2027-10: cumulative updates follow"
    assert why in " ".join(gpogen("forecast", *options).out.split())
    (found,) = json.loads(gpogen("forecast", *options, "--format", "json").out)
    assert [why in row["note"] for row in found["months"]] == [False] + [True] * 11
    assert gpogen("forecast", *options, "-o", "end.svg").code == 0
    picture = etree.fromstring((place.root / "end.svg").read_bytes())
    assert why in " ".join(text.text or "" for text in picture.iter("{*}text"))
    assert why not in gpogen("forecast", *DAY).out


def test_only_what_is_certain_has_0_or_100_percent(gpogen: Run) -> None:
    few = ("--today", "2026-11-24", "--os", "windows-server-2022")
    told = " ".join(gpogen("forecast", *few, "--months", "12").out.split())
    assert "more: < 1 %" in told
    assert "1 of them an unplanned baseline: 2024-08" in told
    sure = gpogen("forecast", *few, "--from", "2027-01", "--months", "1").out
    assert "1 window for each ring: 1 restart with a probability of 100 %" in sure


def test_the_backtest_says_that_its_forecasts_overlap(gpogen: Run) -> None:
    assert "they are not independent" in " ".join(gpogen("forecast", *DAY).out.split())
