"""Attributes of partners: what those are like who have sent to an actor, and how far another is from them.

Ties count, not events: whoever has sent once is a partner. Where nobody has sent to the receiver, the number is the
mean of those that there are, as in goldfish; with none at all it is 0.
"""

from __future__ import annotations

import numpy as np

from lynchpin.engine.compiled import njit
from lynchpin.engine.statistics._loops import moved
from lynchpin.engine.statistics.base import Floats, Ints, Statistic, as_ties, dyads_turned, each_dyad

GOLDFISH = "goldfish (Hollway and Stadtfeld), tertius"


@njit(cache=True, nogil=True)
def note_partner(state, past, e):
    """Keep ties, values, and of each actor how many have sent to it and what their values add up to.

    state: counts; rows of values, sums and partners. A change of an actor with itself is one of its value.
    """
    N, value, total, partners = state[0], state[1, 0], state[1, 1], state[1, 2]
    s, r, amount = past.src[e], past.dst[e], past.amount[e]
    if s == r:
        value[s] += amount
        total += np.where(N[s, : total.size] > 0.0, amount, 0.0)
        return
    before = N[s, r]
    after = moved(before, amount)
    N[s, r] = after
    if (after > 0.0) != (before > 0.0):
        more = 1.0 if after > 0.0 else -1.0
        partners[r] += more
        total[r] = 0.0 if partners[r] == 0.0 else total[r] + more * value[s]


@njit(cache=True, nogil=True)
def means(state):
    """The mean value of each actor's partners, and which actors have any."""
    total, partners = state[1, 1], state[1, 2]
    has = partners > 0.0
    return np.where(has, total / np.where(has, partners, 1.0), 0.0), has


@njit(cache=True, nogil=True)
def mean_kernel(state, past, rows, out):
    """The mean value of those who sent to j."""
    o = 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            note_partner(state, past, e)
        mean, has = means(state)
        if has.any():
            mean = np.where(has, mean, mean.sum() / has.sum())
        j = rows.j[rows.lo[q] : rows.hi[q]]
        out[o : o + j.size] = mean[j]
        o += j.size


@njit(cache=True, nogil=True)
def distance_kernel(state, past, rows, out):
    """How far the value of i is from the mean value of those who sent to j."""
    o = 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            note_partner(state, past, e)
        value = state[1, 0]
        mean, has = means(state)
        other = 0.0
        if has.any() and not has.all():
            for j in np.flatnonzero(has):
                other += np.abs(value - mean[j]).sum() - abs(value[j] - mean[j])
            other /= has.sum() * (value.size - 1.0)
        i, j = rows.i[rows.lo[q] : rows.hi[q]], rows.j[rows.lo[q] : rows.hi[q]]
        out[o : o + j.size] = np.where(has[j], np.abs(value[i] - mean[j]), other)
        o += j.size


def partners_and_values(
    t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float, amount: Floats
) -> tuple[Floats, Floats]:
    """Who has sent to whom, and the value of each, by a plain loop, for references: (n, n), (n,)."""
    N, value = np.zeros((n, n)), np.zeros(n)
    for when, s, r, much in zip(t, src, dst, amount, strict=True):
        if when < at and s == r:
            value[s] += much
        elif when < at:
            N[s, r] += much
    return as_ties(np.where(np.abs(N) < 1e-9, 0.0, N)), value


def plain_mean(known: tuple[Floats, Floats], j: int) -> float | None:
    """The mean value of those who sent to an actor, for references; None where none has."""
    tied, value = known
    senders = [k for k in range(value.size) if tied[k, j]]
    return sum(value[k] for k in senders) / len(senders) if senders else None


def plain_tertius(known: tuple[Floats, Floats], j: int) -> float:
    """The same, with the mean of all that there are in the place of None."""
    every = [mean for k in range(known[1].size) if (mean := plain_mean(known, k)) is not None]
    mine = plain_mean(known, j)
    return mine if mine is not None else sum(every) / len(every) if every else 0.0


def plain_distance(known: tuple[Floats, Floats], i: int, j: int) -> float:
    """How far the value of i is from that, for references."""
    n, value = known[1].size, known[1]
    means = [plain_mean(known, k) for k in range(n)]
    apart = [abs(value[a] - mean) for b, mean in enumerate(means) if mean is not None for a in range(n) if a != b]
    mine = means[j]
    return abs(value[i] - mine) if mine is not None else sum(apart) / len(apart) if apart else 0.0


STATISTICS = (
    Statistic(
        name="tertiusReceiver",
        summary="mean of an attribute of those who have sent to the receiver",
        source=GOLDFISH,
        kernel=mean_kernel,
        state=lambda n: (2, max(n, 3), n),
        reference=each_dyad(partners_and_values, lambda known, i, j: plain_tertius(known, j)),
        about="receiver",
        feed="events and actor values",
        of_ties=True,
        pairs="both",
    ),
    Statistic(
        name="tertiusSender",
        summary="mean of an attribute of those who have sent to the sender",
        source=GOLDFISH,
        kernel=dyads_turned(mean_kernel),
        state=lambda n: (2, max(n, 3), n),
        reference=each_dyad(partners_and_values, lambda known, i, j: plain_tertius(known, i)),
        about="sender",
        feed="events and actor values",
        of_ties=True,
        pairs="both",
    ),
    Statistic(
        name="tertiusDiff",
        summary="how far an attribute of the sender is from the mean of those who have sent to the receiver",
        source=f"{GOLDFISH}_diff",
        kernel=distance_kernel,
        state=lambda n: (2, max(n, 3), n),
        reference=each_dyad(partners_and_values, plain_distance),
        feed="events and actor values",
        of_ties=True,
    ),
)
