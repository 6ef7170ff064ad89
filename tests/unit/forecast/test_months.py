"""Months from an origin, counts in them, and simulated steps shared out to them."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from lynchpin.forecast.months import by_month, edges, month_start, monthly_counts, unit_names

ORIGIN = date(2012, 7, 9)


def test_month_starts():
    assert month_start(date(2012, 1, 31), 1) == date(2012, 2, 29)
    assert month_start(date(2012, 1, 31), -2) == date(2011, 11, 30)
    assert edges(ORIGIN, 1, 2) == [date(2012, 7, 9), date(2012, 8, 9), date(2012, 9, 9)]
    assert edges(ORIGIN, -2, -1) == [date(2012, 5, 9), date(2012, 6, 9), date(2012, 7, 9)]


def test_counts_go_to_their_month_and_unit(northeast):
    rows = [
        (date(2012, 6, 8), ["KOR"], ["JPN"], "grievance"),
        (date(2012, 6, 9), ["KOR"], ["JPN"], "grievance"),
        (date(2012, 7, 8), ["JPN", "KOR"], ["JPN", "KOR"], "security_cooperation"),
        (date(2012, 7, 9), ["KOR"], ["JPN"], "grievance"),
        (date(2012, 7, 1), ["KOR"], ["RUS"], "grievance"),
        (date(2012, 7, 1), ["KOR"], ["JPN"], None),
    ]
    events = pl.DataFrame(rows, schema=["date", "source", "target", "event_class"], orient="row")
    counts = monthly_counts(events, northeast, edges(ORIGIN, -2, -1))
    at = unit_names(northeast)
    found = {at[u]: counts[u].tolist() for u in np.flatnonzero(counts.any(axis=1))}
    assert found == {
        ("KOR", "JPN", "grievance"): [1, 1],
        ("JPN", "KOR", "security_cooperation"): [0, 1],
        ("KOR", "JPN", "security_cooperation"): [0, 1],
    }


def test_units_come_in_the_order_of_a_design(northeast, fit_2012):
    assert unit_names(northeast) == [(u.source, u.target, u.event_class) for u in fit_2012.design.units]


def test_steps_are_shared_out_day_by_day():
    rng = np.random.default_rng(1)
    counts = np.full((4000, 5, 1), 7)  # weekly steps: the fifth runs from day 28 to day 35
    boundaries = [date(2012, 7, 9), date(2012, 8, 9)]  # 31 days
    months = by_month(counts, ORIGIN, 7, boundaries, rng)
    assert months.shape == (4000, 1, 1)
    assert abs(months.mean() - (28 + 3)) < 0.1  # four whole steps and three sevenths of the fifth


def test_nothing_is_lost_inside_the_months():
    rng = np.random.default_rng(2)
    counts = rng.poisson(3.0, size=(50, 9, 2))
    months = by_month(counts, ORIGIN, 7, edges(ORIGIN, 1, 2), rng)
    inside = counts[:, :8].sum(axis=1)  # 62 days hold eight whole weeks and six days
    assert (months.sum(axis=1) >= inside).all()
    assert (months.sum(axis=1) <= counts.sum(axis=1)).all()
