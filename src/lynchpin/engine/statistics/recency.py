"""Recency: how lately an actor or a dyad was last seen to act, and where a dyad stands among those last seen.

An event is seen whatever it weighs. So are the shifts' events.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from lynchpin.engine.statistics.base import Floats, Ints, Statistic, dyads_turned, each_dyad, events_turned

REMSTATS = "as in remstats"
BUTTS = "Butts (2008), named as in remstats, which breaks ties by the order of the rows"


@njit(cache=True, nogil=True)
def dyad_kernel(state, past, rows, out):
    """1 / (time since i last sent to j + 1)."""
    o = 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            note_last(state, (past.src[e], past.dst[e]), past.when[e])
        for r in range(rows.lo[q], rows.hi[q]):
            out[o] = recency(state, (rows.i[r], rows.j[r]), past.at[q])
            o += 1


@njit(cache=True, nogil=True)
def actor_kernel(state, past, rows, out):
    """1 / (time since i last sent anything + 1)."""
    last, o = state[:, 0], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            note_last(last, past.src[e], past.when[e])
        for r in range(rows.lo[q], rows.hi[q]):
            out[o] = recency(last, rows.i[r], past.at[q])
            o += 1


@njit(cache=True, nogil=True)
def rank_kernel(state, past, rows, out):
    """1 / rank of j among those i last sent to."""
    o = 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            note_last(state, (past.src[e], past.dst[e]), past.when[e])
        for r in range(rows.lo[q], rows.hi[q]):
            out[o] = rank_share(state, rows.i[r], rows.j[r])
            o += 1


@njit(cache=True, nogil=True)
def note_last(last, a, when):
    """Remember when actor (or pair) `a` was last seen. last: (2, ...), the time, and 1 where there is one."""
    last[0][a] = when
    last[1][a] = 1.0


@njit(cache=True, nogil=True)
def recency(last, a, at):
    """1 / (age of the last event + 1), 0 where there is none."""
    return 1.0 / (at - last[0][a] + 1.0) if last[1][a] > 0.0 else 0.0


@njit(cache=True, nogil=True)
def rank_share(last, i, j):
    """1 / rank of j among those i was last seen with, the latest first; 0 where never. last: (2, n, n)."""
    if last[1, i, j] == 0.0:
        return 0.0
    rank = 1.0
    for k in range(last.shape[2]):
        if last[1, i, k] > 0.0 and last[0, i, k] > last[0, i, j]:
            rank += 1.0
    return 1.0 / rank


def ages(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float, amount: Floats) -> Floats:
    """Time since each actor last sent to each other, inf where never, by a plain loop, for references: shape (n, n)."""
    age = np.full((n, n), np.inf)
    for when, s, r in zip(t, src, dst, strict=True):
        if when < at:
            age[s, r] = min(age[s, r], at - when)
    return age


def plain_rank_share(age: Floats, k: int) -> float:
    """1 / rank of the k-th age, the youngest first, for references."""
    return 0.0 if age[k] == np.inf else 1.0 / (1 + sum(other < age[k] for other in age))


STATISTICS = (
    Statistic(
        name="recencyContinue",
        summary="1 / (time since the sender last sent to the receiver + 1), 0 when never; in the unit of the times",
        source=REMSTATS,
        kernel=dyad_kernel,
        state=lambda n: (2, n, n),
        reference=each_dyad(ages, lambda age, i, j: 1.0 / (age[i, j] + 1.0)),
        scales=False,
        ages=True,
    ),
    Statistic(
        name="recencySendSender",
        summary="1 / (time since the sender last sent anything + 1), 0 when never; in the unit of the times",
        source=REMSTATS,
        kernel=actor_kernel,
        state=lambda n: (2, 1, n),
        reference=each_dyad(ages, lambda age, i, j: 1.0 / (age[i].min() + 1.0)),
        about="sender",
        scales=False,
        ages=True,
    ),
    Statistic(
        name="recencySendReceiver",
        summary="1 / (time since the receiver last sent anything + 1), 0 when never; in the unit of the times",
        source=REMSTATS,
        kernel=dyads_turned(actor_kernel),
        state=lambda n: (2, 1, n),
        reference=each_dyad(ages, lambda age, i, j: 1.0 / (age[j].min() + 1.0)),
        about="receiver",
        scales=False,
        ages=True,
    ),
    Statistic(
        name="recencyReceiveSender",
        summary="1 / (time since the sender last received anything + 1), 0 when never; in the unit of the times",
        source=REMSTATS,
        kernel=events_turned(actor_kernel),
        state=lambda n: (2, 1, n),
        reference=each_dyad(ages, lambda age, i, j: 1.0 / (age[:, i].min() + 1.0)),
        about="sender",
        scales=False,
        ages=True,
    ),
    Statistic(
        name="recencyReceiveReceiver",
        summary="1 / (time since the receiver last received anything + 1), 0 when never; in the unit of the times",
        source=REMSTATS,
        kernel=events_turned(dyads_turned(actor_kernel)),
        state=lambda n: (2, 1, n),
        reference=each_dyad(ages, lambda age, i, j: 1.0 / (age[:, j].min() + 1.0)),
        about="receiver",
        scales=False,
        ages=True,
    ),
    Statistic(
        name="rrankSend",
        summary="1 / rank of the receiver among those the sender last sent to; 0 when never, ties share a rank",
        source=BUTTS,
        kernel=rank_kernel,
        state=lambda n: (2, n, n),
        reference=each_dyad(ages, lambda age, i, j: plain_rank_share(age[i], j)),
        scales=False,
    ),
    Statistic(
        name="rrankReceive",
        summary="1 / rank of the receiver among those the sender last received from; 0 when never, ties share a rank",
        source=BUTTS,
        kernel=events_turned(rank_kernel),
        state=lambda n: (2, n, n),
        reference=each_dyad(ages, lambda age, i, j: plain_rank_share(age[:, i], j)),
        scales=False,
    ),
)
