"""Announced days in forecasts: a rate of their own, as so many plain days.

A day of an entry that was known counts for as many plain days as the entry's acts have been thicker on such days. A
rate learnt so leaves the announced days out of what is usual, and puts them in where they lie ahead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lynchpin.account.cases.calendar import Announced, days_of
from lynchpin.answers.forecast.months import Panel
from lynchpin.engine.statistics.base import Floats

#: Acts' worth of no effect, in how much thicker acts are.
_LEAN = 5.0


def lengths(past: Panel, calendar: Sequence[Announced], ahead: int) -> Floats | None:
    """How many plain days each day counts for: (units, days of the panel and `ahead` more); None for all alike.

    Parameters
    ----------
    past : Panel, what is known; a day counts as announced only if it was before the end of the panel
    """
    if not calendar:
        return None
    out = np.ones((len(past.units), past.days + ahead))
    daily = np.diff(past.total, axis=1)
    for entry in calendar:
        units = np.array([entry.is_of(unit) for unit in past.units], dtype=bool)
        announced = np.zeros(past.days + ahead, dtype=bool)
        for first, last in days_of(entry, past.first, past.end + ahead, known=past.end):
            announced[max(first - past.first, 0) : last - past.first] = True
        behind = announced[: past.days]
        if not units.any() or not behind.any() or behind.all():
            continue
        on, usual = daily[np.ix_(units, behind)].sum(), daily[np.ix_(units, ~behind)].sum(axis=1)
        expected = float((usual / (~behind).sum()).sum() * behind.sum())
        out[np.ix_(units, announced)] *= (float(on) + _LEAN) / (expected + _LEAN)
    return out
