"""Loops that several kernels share, compiled: what one change does to a count, and reading a state into rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lynchpin.engine.compiled import njit
from lynchpin.engine.statistics.base import Floats

# A count that a window has emptied is zero, not the rounding that is left of it.
_RESIDUE = 1e-9

# What a dyad's number is of the two numbers a of its sender and b of its receiver. A kernel is made for each, so that
# the choice, which costs as much as reading the numbers, is taken out of the loop over rows.
SENDERS, SUM, MEAN, SMALLER, LARGER, DISTANCE, SAME = range(7)


@njit(cache=True, nogil=True, inline="always")
def moved(before, amount):
    """A count after a change."""
    after = before + amount
    return 0.0 if abs(after) < _RESIDUE * abs(amount) else after


def _dyads(S, rows, q, scale, out, o):
    some = slice(rows.lo[q], rows.hi[q])
    end = o + some.stop - some.start
    out[o:end] = S[rows.i[some], rows.j[some]] * scale
    return end


@njit(cache=True, nogil=True, inline="always", plain=_dyads)
def read_dyads(S, rows, q, scale, out, o):
    """S[i, j] of the asked dyads; -> where the next instant starts in `out`."""
    for r in range(rows.lo[q], rows.hi[q]):
        out[o] = S[rows.i[r], rows.j[r]] * scale
        o += 1
    return o


_OF_TWO: dict[int, Callable[[Floats, Floats], Any]] = {
    SENDERS: lambda a, b: a,
    SUM: np.add,
    MEAN: lambda a, b: (a + b) / 2.0,
    SMALLER: np.minimum,
    LARGER: np.maximum,
    DISTANCE: lambda a, b: np.abs(a - b),
    SAME: np.equal,
}


def _actors(S, what, rows, q, scale, out, o):
    some = slice(rows.lo[q], rows.hi[q])
    end = o + some.stop - some.start
    out[o:end] = _OF_TWO[int(what)](S[rows.i[some]], S[rows.j[some]]) * scale
    return end


@njit(cache=True, nogil=True, inline="always", plain=_actors)
def read_actors(S, what, rows, q, scale, out, o):
    """`what` of S[i] and S[j] of the asked dyads; -> where the next instant starts in `out`."""
    for r in range(rows.lo[q], rows.hi[q]):
        a, b = S[rows.i[r]], S[rows.j[r]]
        if what == SENDERS:
            value = a
        elif what == SUM:
            value = a + b
        elif what == MEAN:
            value = (a + b) / 2.0
        elif what == SMALLER:
            value = min(a, b)
        elif what == LARGER:
            value = max(a, b)
        elif what == DISTANCE:
            value = abs(a - b)
        else:
            value = 1.0 if a == b else 0.0
        out[o] = value * scale
        o += 1
    return o
