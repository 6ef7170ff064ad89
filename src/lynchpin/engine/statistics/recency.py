"""Recency: how lately an actor or a dyad was last seen to act, and where a dyad stands among those last seen.

An event is seen whatever it weighs. So are the shifts' events.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lynchpin.engine.compiled import njit
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
        o = read_pairs(state, rows, q, past.at[q], out, o)


@njit(cache=True, nogil=True)
def actor_kernel(state, past, rows, out):
    """1 / (time since i last sent anything + 1)."""
    last, o = state[:, 0], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            note_last(last, past.src[e], past.when[e])
        o = read_senders(last, rows, q, past.at[q], out, o)


@njit(cache=True, nogil=True)
def rank_kernel(state, past, rows, out):
    """1 / rank of j among those i last sent to."""
    o = 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            note_last(state, (past.src[e], past.dst[e]), past.when[e])
        o = read_ranks(state, rows, q, out, o)


@njit(cache=True, nogil=True)
def note_last(last, a, when):
    """Remember when actor (or pair) `a` was last seen. last: (2, ...), the time, and 1 where there is one."""
    last[0][a] = when
    last[1][a] = 1.0


@njit(cache=True, nogil=True)
def recency(last, a, at):
    """1 / (age of the last event + 1), 0 where there is none."""
    return 1.0 / (at - last[0][a] + 1.0) if last[1][a] > 0.0 else 0.0


def _recencies(last: Floats, a: Any, at: float, out: Floats, o: int) -> int:
    """The same of several actors, or pairs; -> where the next instant starts in `out`."""
    when, is_seen = last[0][a], last[1][a] > 0.0
    end = o + int(when.size)
    out[o:end] = np.where(is_seen, 1.0 / (at - when + 1.0), 0.0)
    return end


def _pairs(last, rows, q, at, out, o):
    some = slice(rows.lo[q], rows.hi[q])
    return _recencies(last, (rows.i[some], rows.j[some]), at, out, o)


@njit(cache=True, nogil=True, inline="always", plain=_pairs)
def read_pairs(last, rows, q, at, out, o):
    """`recency` of the asked dyads; -> where the next instant starts in `out`."""
    for r in range(rows.lo[q], rows.hi[q]):
        out[o] = recency(last, (rows.i[r], rows.j[r]), at)
        o += 1
    return o


def _senders(last, rows, q, at, out, o):
    return _recencies(last, rows.i[rows.lo[q] : rows.hi[q]], at, out, o)


@njit(cache=True, nogil=True, inline="always", plain=_senders)
def read_senders(last, rows, q, at, out, o):
    """`recency` of the senders of the asked dyads; -> where the next instant starts in `out`."""
    for r in range(rows.lo[q], rows.hi[q]):
        out[o] = recency(last, rows.i[r], at)
        o += 1
    return o


def _ranks(last, rows, q, out, o):
    i, j = rows.i[rows.lo[q] : rows.hi[q]], rows.j[rows.lo[q] : rows.hi[q]]
    later = (last[1, i] > 0.0) & (last[0, i] > last[0, i, j][:, None])
    out[o : o + i.size] = np.where(last[1, i, j] == 0.0, 0.0, 1.0 / (1.0 + later.sum(axis=1)))
    return o + i.size


@njit(cache=True, nogil=True, inline="always", plain=_ranks)
def read_ranks(last, rows, q, out, o):
    """`rank_share` of the asked dyads; -> where the next instant starts in `out`."""
    for r in range(rows.lo[q], rows.hi[q]):
        out[o] = rank_share(last, rows.i[r], rows.j[r])
        o += 1
    return o


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
        pairs="both",
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
        pairs="both",
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
