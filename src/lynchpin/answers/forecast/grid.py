"""How far the grid of counts reaches."""

from __future__ import annotations

from lynchpin.answers.forecast.baselines import MonthsAhead, PastMonths, spread_of
from lynchpin.engine.scoring.predictive import Counts

#: The grid of counts reaches so many times the largest count of a unit's past, and at least so far.
_REACH, _LEAST_TOP = 4.0, 20


def top_of(history: PastMonths, ahead: MonthsAhead, rows: Counts | None = None) -> int:
    """How far the grid of counts reaches for some units (None: all)."""
    spread = spread_of(history, ahead)
    return int(max(_REACH * (spread if rows is None else spread[rows]).max(initial=0.0), _LEAST_TOP))
