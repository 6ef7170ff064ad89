"""Months from an origin, and the names of units."""

from __future__ import annotations

from datetime import date

from lynchpin.answers.forecast.months import unit_names
from lynchpin.days import edges, month_start

ORIGIN = date(2012, 7, 9)


def test_month_starts():
    assert month_start(date(2012, 1, 31), 1) == date(2012, 2, 29)
    assert month_start(date(2012, 1, 31), -2) == date(2011, 11, 30)
    assert edges(ORIGIN, 1, 2) == [date(2012, 7, 9), date(2012, 8, 9), date(2012, 9, 9)]
    assert edges(ORIGIN, -2, -1) == [date(2012, 5, 9), date(2012, 6, 9), date(2012, 7, 9)]


def test_units_come_in_the_order_of_a_design(northeast, fit_2012):
    assert unit_names(northeast) == [(u.source, u.target, u.event_class) for u in fit_2012.design.units]
