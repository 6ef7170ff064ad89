"""Loops that several statistics share, compiled: what one change does to a count, and reading a state into rows.

Two-path sums are kept up to date change by change. When the count of one leg goes from `before` to `after`, only the
pairs that go through this leg move, each by the change of the smaller of its two legs: one loop over the other actors
in place of three nested ones.
"""

from __future__ import annotations

from numba import njit

# A count that a window has emptied is zero, not the rounding that is left of it.
_RESIDUE = 1e-9


@njit(cache=True, nogil=True)
def moved(before, amount):  # pragma: no cover - measured uncompiled
    """A count after a change."""
    after = before + amount
    return 0.0 if abs(after) < _RESIDUE * abs(amount) else after


@njit(cache=True, nogil=True)
def joint(before, after, other, unique):  # pragma: no cover - measured uncompiled
    """How much the joint strength of two legs grows when one goes from `before` to `after`."""
    if unique:
        had = 1.0 if before > 0.0 and other > 0.0 else 0.0
        return (1.0 if after > 0.0 and other > 0.0 else 0.0) - had
    return min(after, other) - min(before, other)


@njit(cache=True, nogil=True)
def read_dyads(S, rows, q, scale, out, o):  # pragma: no cover - measured uncompiled
    """S[i, j] of the asked dyads; -> where the next instant starts in `out`."""
    for r in range(rows.lo[q], rows.hi[q]):
        out[o] = S[rows.i[r], rows.j[r]] * scale
        o += 1
    return o


@njit(cache=True, nogil=True)
def read_senders(S, rows, q, scale, out, o):  # pragma: no cover - measured uncompiled
    for r in range(rows.lo[q], rows.hi[q]):
        out[o] = S[rows.i[r]] * scale
        o += 1
    return o


@njit(cache=True, nogil=True)
def read_receivers(S, rows, q, scale, out, o):  # pragma: no cover - measured uncompiled
    for r in range(rows.lo[q], rows.hi[q]):
        out[o] = S[rows.j[r]] * scale
        o += 1
    return o


@njit(cache=True, nogil=True)
def chain(state, past, e):  # pragma: no cover - measured uncompiled
    """S[i, j] = sum over k of joint(first[i, k], second[k, j]), kept up to date. state: first, second, S."""
    first, second, S = state[0], state[1], state[2]
    s, r, amount, unique = past.src[e], past.dst[e], past.amount[e], past.unique
    if past.leg[e] & 1:
        before = first[s, r]
        after = moved(before, amount)
        for x in range(S.shape[0]):
            S[s, x] += joint(before, after, second[r, x], unique)
        first[s, r] = after
    if past.leg[e] & 2:
        before = second[s, r]
        after = moved(before, amount)
        for x in range(S.shape[0]):
            S[x, r] += joint(before, after, first[x, s], unique)
        second[s, r] = after


@njit(cache=True, nogil=True)
def fork(state, past, e, third, end):  # pragma: no cover - measured uncompiled
    """S[i, j] = sum over k of joint(first[k, i], second[k, j]), kept up to date, for the tie of `end` with `third`.

    state: first, second, S; both kept with the third party as the row.
    """
    first, second, S = state[0], state[1], state[2]
    amount, unique = past.amount[e], past.unique
    if past.leg[e] & 1:
        before = first[third, end]
        after = moved(before, amount)
        for x in range(S.shape[0]):
            S[end, x] += joint(before, after, second[third, x], unique)
        first[third, end] = after
    if past.leg[e] & 2:
        before = second[third, end]
        after = moved(before, amount)
        for x in range(S.shape[0]):
            S[x, end] += joint(before, after, first[third, x], unique)
        second[third, end] = after
