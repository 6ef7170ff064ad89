"""Loops that several kernels share, compiled: what one change does to a count, and reading a state into rows."""

from __future__ import annotations

from numba import njit

# A count that a window has emptied is zero, not the rounding that is left of it.
_RESIDUE = 1e-9

# What a dyad's number is of the two numbers a of its sender and b of its receiver. A kernel is compiled for each, since
# a choice inside the loop over rows would cost as much as reading them.
SENDERS, SUM, MEAN, SMALLER, LARGER, DISTANCE, SAME = range(7)


@njit(cache=True, nogil=True)
def moved(before, amount):
    """A count after a change."""
    after = before + amount
    return 0.0 if abs(after) < _RESIDUE * abs(amount) else after


@njit(cache=True, nogil=True)
def read_dyads(S, rows, q, scale, out, o):
    """S[i, j] of the asked dyads; -> where the next instant starts in `out`."""
    for r in range(rows.lo[q], rows.hi[q]):
        out[o] = S[rows.i[r], rows.j[r]] * scale
        o += 1
    return o


@njit(cache=True, nogil=True)
def read_actors(S, what, rows, q, scale, out, o):
    """`what` of S[i] and S[j] of the asked dyads; -> where the next instant starts in `out`."""
    for r in range(rows.lo[q], rows.hi[q]):
        out[o] = of_two(what, S[rows.i[r]], S[rows.j[r]]) * scale
        o += 1
    return o


@njit(cache=True, nogil=True)
def of_two(what, a, b):
    if what == SENDERS:
        return a
    if what == SUM:
        return a + b
    if what == MEAN:
        return (a + b) / 2.0
    if what == SMALLER:
        return min(a, b)
    if what == LARGER:
        return max(a, b)
    if what == DISTANCE:
        return abs(a - b)
    return 1.0 if a == b else 0.0
