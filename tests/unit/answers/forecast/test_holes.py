"""Days without data: which runs of empty days are holes, what is not asked, and what a forecast sees instead."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lynchpin.answers.forecast.backtest import Question
from lynchpin.answers.forecast.holes import feed_days_of, missing, without_holes
from lynchpin.answers.forecast.months import make_panel
from lynchpin.days import day_number
from lynchpin.results.backtest import FeedDays, days_line

FIRST = date(2018, 1, 1)


def daily(counts: list[int]) -> pl.DataFrame:
    days = [FIRST + timedelta(days=n) for n in range(len(counts))]
    return pl.DataFrame({"date": days, "reports": counts}).filter(pl.col("reports") > 0)


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


@pytest.mark.parametrize(
    ("counts", "holes"),
    [
        ([900] * 50 + [0] + [900] * 49, [(50, 51)]),  # one day of a feed of hundreds
        ([900] * 50 + [0] * 14 + [900] * 36, [(50, 64)]),
        ([0] + [900] * 99, [(0, 1)]),
        ([900] * 90 + [0] * 10, [(90, 100)]),
        # two a day: a pace of 1.594, so that 13 days (20.7) are a hole and 12 (19.1) are none
        ([2] * 50 + [0] * 13 + [2] * 37, [(50, 63)]),
        ([2] * 50 + [0] * 12 + [2] * 38, []),
        ([1] * 50 + [0] * 200 + [1] * 50, []),  # one on each day that has any: nothing can be told
        ([30, 0] * 50, [(n, n + 1) for n in range(1, 100, 2)]),
        ([], []),
    ],
)
def test_which_runs_of_empty_days_are_holes(counts: list[int], holes: list[tuple[int, int]]) -> None:
    found = feed_days_of(daily(counts), FIRST, day(len(counts)))
    assert list(found.holes) == [(day(a), day(b)) for a, b in holes]
    assert found.days_with_reports == sum(n > 0 for n in counts)
    assert found.days_in_holes == sum(b - a for a, b in holes)


def test_reports_outside_the_record_count_for_nothing() -> None:
    found = feed_days_of(daily([900] * 10), day(2), day(8))
    assert (found.days_with_reports, found.usual, found.holes) == (6, 900.0, ())


def test_missing_days_of_a_span() -> None:
    holes = [(day(10), day(20)), (day(30), day(31))]
    assert [missing(holes, day(a), day(b)) for a, b in ((0, 10), (0, 40), (15, 31), (20, 30), (12, 14))] == [
        0,
        11,
        6,
        0,
        2,
    ]


def asked(origin: date, *months: int) -> Question:
    return Question(origin, origin, months)


def test_what_lies_in_a_hole_is_left_out_and_counted() -> None:
    """A hole from 10 May to 20 June of a year that has data else."""
    covered = FeedDays(FIRST, date(2019, 1, 1), 324, 900.0, ((date(2018, 5, 10), date(2018, 6, 21)),))
    questions = [asked(date(2018, m, 1), 1, 3) for m in (2, 3, 4, 5, 6, 7, 8)]
    kept, left_out = without_holes(questions, covered)
    assert [(one.origin.month, one.months) for one in kept] == [
        # February has 31 days before it, March 59: both too few
        (4, (1,)),  # of April to June 42 of 91 days are missing
        # May: 22 of 31; June: 20 of 30, and 22 of the 30 before it; July: 20 of the 30 before it
        (8, (1, 3)),
    ]
    assert left_out == 2 * 7 - 3


def test_a_tenth_of_a_span_may_be_missing() -> None:
    covered = FeedDays(FIRST, date(2019, 1, 1), 362, 900.0, ((date(2018, 6, 10), date(2018, 6, 13)),))
    kept, left_out = without_holes([asked(date(2018, 6, 1), 1), asked(date(2018, 7, 1), 1)], covered)
    assert (len(kept), left_out) == (2, 0)  # 3 of 30 days
    one_more = FeedDays(FIRST, date(2019, 1, 1), 361, 900.0, ((date(2018, 6, 10), date(2018, 6, 14)),))
    assert without_holes([asked(date(2018, 6, 1), 1)], one_more) == ([], 1)


def test_a_past_without_its_holes() -> None:
    """Days 0 to 9, an act on days 1, 4 and 8; without days 2 and 3, and 5 to 7, five days are left."""
    events = pl.DataFrame(
        {"date": [day(1), day(4), day(8)], "known_from": [day(1), day(6), day(9)]},
    ).with_columns(source=pl.lit(["JPN"]), target=pl.lit(["KOR"]), event_class=pl.lit("x"))
    panel = make_panel(events, [("JPN", "KOR", "x")], day(10), start=FIRST)
    short = panel.without([(day(2), day(4)), (day(5), day(8)), (day(40), day(50))])
    assert (short.end, short.days, short.first) == (panel.end, 5, day_number(day(5)))
    assert short.total.tolist() == [[0, 0, 1, 2, 3, 3]] and short.volume.tolist() == [0, 0, 1, 2, 3, 3]
    # what became known late: day 4 is the third of the five now, known on day 6, when the fourth began
    assert short.late[short.late[:, 0] == 0].tolist() == [
        [0, day_number(day(7)), day_number(day(8)), 1],
        [0, day_number(day(8)), day_number(day(9)), 1],
    ]
    assert panel.without([(day(40), day(50))]) is panel
    whole = panel.without([(FIRST, day(10))])
    assert (whole.days, whole.total.tolist()) == (0, [[0]])
    assert np.array_equal(panel.total, make_panel(events, [("JPN", "KOR", "x")], day(10), start=FIRST).total)


def test_the_line_names_the_longest_holes() -> None:
    holes = tuple((day(10 * n), day(10 * n + n)) for n in range(1, 6))
    said = days_line(FeedDays(FIRST, day(100), 85, 900.0, holes))
    assert said == (
        "100 days, 85 with reports, usually 900; holes of 15 days in all: 2018-01-31 to 2018-02-02, "
        "2018-02-10 to 2018-02-13, 2018-02-20 to 2018-02-24, and 2 shorter ones"
    )
    assert days_line(FeedDays(FIRST, day(100), 100, 900.0, ())) == "100 days, 100 with reports, usually 900; no hole"
