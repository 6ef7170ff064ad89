"""Traces of moved acts, in one pass.

The slow, readable form of the same is `shifts.moved_reference`; tests hold the two together.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def moved_kernel(by_day, fading, at, lags):  # pragma: no cover - measured uncompiled
    """Trace of one cell at the asked days when its acts are moved by each lag.

    by_day: (days + 1,), the trace at the start of each day; fading: (days + 1,), what an act counts after so many days;
    at: (rows,), days, 0 .. days; lags: (shifts,), days, 0 .. days. -> (shifts, rows)
    """
    out = np.empty((lags.size, at.size))
    days = by_day.size - 1
    for s in range(lags.size):
        lag = lags[s]
        before = by_day[days - lag]  # acts up to there stay inside, those after it come round
        came_round = by_day[days] - before * fading[lag]
        for q in range(at.size):
            d = at[q]
            if d >= lag:
                out[s, q] = by_day[d - lag] + came_round * fading[d - lag]
            else:
                out[s, q] = by_day[d + days - lag] - before * fading[d]
    return out


@njit(cache=True, nogil=True)
def moved_direct_kernel(day, weights, at, lags):  # pragma: no cover - measured uncompiled
    """The same for any memory, act by act: slower, but for windows and lags.

    day: (acts,), days since the first of the grid, may be < 0; weights: (days + 1,), what an act counts by its age in
    days; at: (rows,), lags: (shifts,), days. -> (shifts, rows)
    """
    out = np.zeros((lags.size, at.size))
    days = weights.size - 1
    for s in range(lags.size):
        for e in range(day.size):
            d = day[e] + lags[s]
            if d >= days:
                d -= days
            for q in range(at.size):
                age = at[q] - d
                if 0 < age <= days:
                    out[s, q] += weights[age]
    return out
