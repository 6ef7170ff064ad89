"""The trace kernel: exponentially decayed counts of past events, in one pass through time."""

from __future__ import annotations

import numpy as np

from lynchpin.engine.compiled import njit
from lynchpin.engine.statistics.base import Floats, Ints, weight


@njit(cache=True, nogil=True)
def trace_kernel(t, cell, amount, at, n_cells, half_life_days):
    """Trace of every cell at every asked time.

    t, cell, amount: (events,), sorted by t, days; at: (times,), sorted, days; strictly before: an event at t counts
    at every asked time > t. -> (times, n_cells)
    """
    out = np.empty((at.size, n_cells))
    total, last = np.zeros(n_cells), np.zeros(n_cells)  # each cell decays only when it is touched or asked for
    for c in range(n_cells if t.size else 0):
        last[c] = t[0]
    e = 0
    for q in range(at.size):
        while e < t.size and t[e] < at[q]:
            c = cell[e]
            total[c] = total[c] * 2.0 ** (-(t[e] - last[c]) / half_life_days) + amount[e]
            last[c] = t[e]
            e += 1
        for c in range(n_cells):
            out[q, c] = total[c] * 2.0 ** (-(at[q] - last[c]) / half_life_days) if total[c] != 0.0 else 0.0
    return out


@njit(cache=True, nogil=True)
def window_kernel(t, cell, amount, at, n_cells, half_life_days, window_days):
    """The same with a window: an event counts while its age is at most `window_days`.

    A cell that the window has emptied is zero, not the rounding that is left of it. -> (times, n_cells)
    """
    out = np.empty((at.size, n_cells))
    total, last, live = np.zeros(n_cells), np.zeros(n_cells), np.zeros(n_cells, np.int64)
    gone = 2.0 ** (-window_days / half_life_days)  # what an event still counts as it drops out
    for c in range(n_cells if t.size else 0):
        last[c] = t[0]
    e, d = 0, 0  # next to come in, next to drop out
    for q in range(at.size):
        while d < t.size and t[d] + window_days < at[q]:
            if d == e or (e < t.size and t[e] < t[d] + window_days):
                c, when = cell[e], t[e]
                total[c] = total[c] * 2.0 ** (-(when - last[c]) / half_life_days) + amount[e]
                live[c] += 1
                e += 1
            else:
                c, when = cell[d], t[d] + window_days
                total[c] = total[c] * 2.0 ** (-(when - last[c]) / half_life_days) - amount[d] * gone
                live[c] -= 1
                d += 1
            if live[c] == 0:
                total[c] = 0.0
            last[c] = when
        while e < t.size and t[e] < at[q]:
            c = cell[e]
            total[c] = total[c] * 2.0 ** (-(t[e] - last[c]) / half_life_days) + amount[e]
            last[c] = t[e]
            live[c] += 1
            e += 1
        for c in range(n_cells):
            out[q, c] = total[c] * 2.0 ** (-(at[q] - last[c]) / half_life_days) if live[c] > 0 else 0.0
    return out


def trace_reference(
    t: Floats,
    cell: Ints,
    amount: Floats,
    at: Floats,
    n_cells: int,
    half_life_days: float,
    window_days: float = np.inf,
    lag_days: float = 0.0,
) -> Floats:
    """The same as `traces`, straight from the formula: sum of amount * 2 ** (-(age - lag) / half_life)."""
    out = np.zeros((at.size, n_cells))
    for q, time in enumerate(at):
        for when, where, much in zip(t, cell, amount, strict=True):
            age = time - when - lag_days
            if age <= window_days:
                out[q, where] += much * weight(age, half_life_days)
    return out


def traces(
    t: Ints | Floats,
    cell: Ints,
    amount: Floats,
    at: Ints | Floats,
    n_cells: int,
    half_life_days: float,
    window_days: float = np.inf,
    lag_days: float = 0.0,
) -> Floats:
    """Decayed counts of past events per cell, at the asked times.

    Parameters
    ----------
    t : ndarray, shape (events,), days, ascending
    cell : ndarray of int, shape (events,), 0 .. n_cells - 1
    amount : ndarray, shape (events,), what each event adds
    at : ndarray, shape (times,), days, ascending; an event counts from the next asked time after its own on
    n_cells : int
    half_life_days : float, > 0; inf for no decay
    window_days : float, > 0; an event counts while its age, less the lag, is at most that; inf for ever
    lag_days : float, >= 0; an event begins to count so many days after it happened, as if it had happened then

    Returns
    -------
    ndarray, shape (times, n_cells)
    """
    columns = (
        np.asarray(t, dtype=np.float64),
        np.asarray(cell, dtype=np.int64),
        np.asarray(amount, dtype=np.float64),
        np.asarray(at, dtype=np.float64) - lag_days,
        n_cells,
        float(half_life_days),
    )
    out: Floats = trace_kernel(*columns) if window_days == np.inf else window_kernel(*columns, float(window_days))
    return out
