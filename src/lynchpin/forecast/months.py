"""Months counted from an origin: month 1 begins on the origin, month -1 ends the day before it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from lynchpin.cases import Case


def month_start(origin: date, months: int) -> date:
    """The origin's day of the month, some months later (earlier when negative), or that month's last day.

    Examples
    --------
    >>> month_start(date(2012, 8, 31), 1), month_start(date(2012, 7, 9), -12)
    (datetime.date(2012, 9, 30), datetime.date(2011, 7, 9))
    """
    year, month = divmod(origin.year * 12 + origin.month - 1 + months, 12)
    return date(year, month + 1, min(origin.day, monthrange(year, month + 1)[1]))


def edges(origin: date, first: int, last: int) -> list[date]:
    """Where months `first` to `last` begin, and where the last ends: 1, 2, ... ahead, -1, -2, ... behind."""
    offsets = [m - 1 if m > 0 else m for m in range(first, last + 1) if m != 0]
    return [month_start(origin, m) for m in [*offsets, offsets[-1] + 1]]


def unit_names(case: Case) -> list[tuple[str, str, str]]:
    """Source, target and class of every dyad and class, in the order of a design's units."""
    return [(i, j, c) for c in case.class_names for i in case.states for j in case.states if i != j]
