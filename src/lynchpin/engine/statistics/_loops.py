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


@njit(cache=True, nogil=True)
def note_last(last, a, when):  # pragma: no cover - measured uncompiled
    """Remember when actor (or pair) `a` was last seen. last: (2, ...), the time, and 1 where there is one."""
    last[0][a] = when
    last[1][a] = 1.0


@njit(cache=True, nogil=True)
def recency(last, a, at):  # pragma: no cover - measured uncompiled
    """1 / (age of the last event + 1), 0 where there is none."""
    return 1.0 / (at - last[0][a] + 1.0) if last[1][a] > 0.0 else 0.0


@njit(cache=True, nogil=True)
def note_latest(state, past, e):  # pragma: no cover - measured uncompiled
    """Keep the events of the latest instant. state: (2, n + 3, n + 3).

    state[0, i, j] is the number of the latest instant at which i sent to j; state[1, 0] and state[1, 1] are how many
    pairs of the latest instant each actor sent and received; state[1, 2, :3]: its number, its time, its pairs in all.
    """
    if past.amount[e] <= 0.0:
        return
    pair, sent, received, now = state[0], state[1, 0], state[1, 1], state[1, 2]
    if now[0] == 0.0 or past.when[e] > now[1]:
        now[0] += 1.0
        now[1], now[2] = past.when[e], 0.0
        sent[:] = 0.0
        received[:] = 0.0
    s, r = past.src[e], past.dst[e]
    if pair[s, r] != now[0]:
        pair[s, r] = now[0]
        sent[s] += 1.0
        received[r] += 1.0
        now[2] += 1.0


@njit(cache=True, nogil=True)
def latest(state, i, j):  # pragma: no cover - measured uncompiled
    """Whether i sent to j at the latest instant, 1 or 0."""
    return 1.0 if state[1, 2, 0] > 0.0 and state[0, i, j] == state[1, 2, 0] else 0.0


@njit(cache=True, nogil=True)
def rank_share(last, i, j):  # pragma: no cover - measured uncompiled
    """1 / rank of j among those i was last seen with, the latest first; 0 where never. last: (2, n, n)."""
    if last[1, i, j] == 0.0:
        return 0.0
    rank = 1.0
    for k in range(last.shape[2]):
        if last[1, i, k] > 0.0 and last[0, i, k] > last[0, i, j]:
            rank += 1.0
    return 1.0 / rank
