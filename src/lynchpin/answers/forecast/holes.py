"""Days on which a feed tells of nothing at all: what is missing there is data, and not acts.

A feed that is coded by machine has a number of reports on each day, whatever they are of. A day without any may be
chance where the feed has two a day, and never where it has two thousand. So a run of empty days is a hole when the
feed, at the pace of its usual day, would have had `FEWEST` reports in it: under a Poisson law at that pace a gap as
long comes with a chance of exp(-20). The usual day is the median of those that have reports, brought to the pace
behind it, since days without were left out of that median; where it is one report, nothing can be told, and there are
no holes.

A span of which more than `MOST_MISSING` lies in holes is not scored; nor is an origin whose last month does, or that
has fewer than two months of days with data before it. What is left of the past has its holes taken out, as though the
days on either side were neighbours: no model takes missing data for peace.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from math import exp

import numpy as np
import polars as pl

from lynchpin.answers.forecast.backtest import Question
from lynchpin.days import day_number, day_of, month_start
from lynchpin.results.backtest import FeedDays

#: Reports that a run of empty days would have had, for it to be a hole.
FEWEST = 20.0
#: The share of a span's days that may lie in holes.
MOST_MISSING = 0.1
#: Days with data that an origin needs before it, and the last days before it that must not lie in a hole.
NEEDED_DAYS, LAST_DAYS = 60, 30


def feed_days_of(daily: pl.DataFrame, first: date, end: date) -> FeedDays:
    """Which days of a record have data, and where its holes are.

    Parameters
    ----------
    daily : DataFrame with `date` and `reports`, of what machines coded; days without a report may be left out
    first, end : date, the first day of the record, and the day after its last

    Returns
    -------
    FeedDays; without holes where there is nothing that machines coded
    """
    begin, days = day_number(first), (end - first).days
    counted = daily.filter((pl.col("date") >= first) & (pl.col("date") < end))
    if days <= 0 or counted.is_empty():
        return FeedDays(first, end, 0, 0.0, ())
    reports = np.zeros(days, dtype=np.int64)
    at = counted["date"].cast(pl.Int32).to_numpy().astype(np.int64) - begin
    np.add.at(reports, at, counted["reports"].to_numpy())
    usual = float(np.median(reports[reports > 0]))
    pace = _pace(usual)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], reports == 0, [0]]).astype(np.int8)))
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    holes = tuple((day_of(begin + a), day_of(begin + b)) for a, b in runs if pace * (b - a) >= FEWEST)
    return FeedDays(first, end, int((reports > 0).sum()), usual, holes)


def _pace(usual: float) -> float:
    """The mean of a Poisson law that, without its zeros, has the mean `usual`: it solves m / (1 - exp(-m)) = usual.

    Examples
    --------
    >>> _pace(1.0), round(_pace(2.0), 3), round(_pace(500.0), 3)
    (0.0, 1.594, 500.0)
    """
    if usual <= 1.0:
        return 0.0
    pace = usual
    for _ in range(200):
        pace = usual * (1.0 - exp(-pace))
    return pace


def missing(holes: Iterable[tuple[date, date]], start: date, end: date) -> int:
    """How many of the days from `start` to the one before `end` lie in holes."""
    return sum(max((min(b, end) - max(a, start)).days, 0) for a, b in holes)


def without_holes(questions: Sequence[Question], covered: FeedDays) -> tuple[list[Question], int]:
    """The questions that the data can answer, and how many pairs of an origin and a horizon are left out."""
    kept, left_out = [], 0
    for question in questions:
        known = question.known
        past = (known - covered.first).days - missing(covered.holes, covered.first, known)
        last = day_of(day_number(known) - LAST_DAYS)
        is_blind = past < NEEDED_DAYS or missing(covered.holes, last, known) > MOST_MISSING * LAST_DAYS
        ends = {m: month_start(question.origin, m) for m in question.months}
        months = tuple(
            m
            for m, end in ends.items()
            if not is_blind
            and missing(covered.holes, question.origin, end) <= MOST_MISSING * (end - question.origin).days
        )
        left_out += len(question.months) - len(months)
        if months:
            kept.append(replace(question, months=months))
    return kept, left_out
