"""Months counted from an origin: month 1 begins on the origin, month -1 ends the day before it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lynchpin.cases import Case
from lynchpin.events import day_number


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


def monthly_counts(events: pl.DataFrame, case: Case, boundaries: list[date]) -> NDArray[np.int64]:
    """Counts per dyad and class in each month.

    Parameters
    ----------
    events : DataFrame with event_class
    boundaries : list of date, m + 1 of them

    Returns
    -------
    ndarray, shape (units, m), units in the order of `unit_names`
    """
    at = {unit: k for k, unit in enumerate(unit_names(case))}
    counts = np.zeros((len(at), len(boundaries) - 1), dtype=np.int64)
    inside = (
        events.filter((pl.col("date") >= boundaries[0]) & (pl.col("date") < boundaries[-1]))
        .select("date", "source", "target", "event_class")
        .explode("source")
        .explode("target")
    )
    days = np.array([day_number(day) for day in boundaries])
    for day, source, target, event_class in inside.iter_rows():
        unit = at.get((source, target, event_class))
        if unit is not None:
            counts[unit, int(np.searchsorted(days, day_number(day), side="right")) - 1] += 1
    return counts


def unit_names(case: Case) -> list[tuple[str, str, str]]:
    """Source, target and class of every dyad and class, in the order of a design's units."""
    return [(i, j, c) for c in case.class_names for i in case.states for j in case.states if i != j]


def by_month(
    counts: NDArray[np.int64], origin: date, step_days: int, boundaries: list[date], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Simulated counts per step to counts per month.

    A step that lies across a month's end is shared out day by day: each of its events falls on any of its days with the
    same chance.

    Parameters
    ----------
    counts : ndarray, shape (draws, steps, units); the first step begins on the origin
    boundaries : list of date, the first is the origin

    Returns
    -------
    ndarray, shape (draws, months, units)
    """
    days = np.array([day_number(day) for day in boundaries]) - day_number(origin)
    out = np.zeros((counts.shape[0], len(boundaries) - 1, counts.shape[2]), dtype=np.int64)
    for step in range(counts.shape[1]):
        left, first, last = counts[:, step], step * step_days, (step + 1) * step_days
        for month in range(len(boundaries) - 1):
            inside = min(last, days[month + 1]) - max(first, days[month])
            if inside <= 0:
                continue
            remaining = last - max(first, days[month])
            share = left if inside == remaining else rng.binomial(left, inside / remaining)
            out[:, month] += share
            left = left - share
    return out
