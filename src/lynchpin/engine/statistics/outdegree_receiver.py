"""Outdegree of the receiver: how much the receiver has lately sent, all others together."""

from __future__ import annotations

import numpy as np
from numba import njit

from lynchpin.engine.statistics._loops import moved, read_receivers
from lynchpin.engine.statistics.base import Floats, Ints, Statistic, counts


@njit(cache=True, nogil=True)
def kernel(state, past, rows, out):  # pragma: no cover - measured uncompiled
    N, o = state[0, 0], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            v = past.src[e]
            N[v] = moved(N[v], past.amount[e])
        o = read_receivers(N, rows, q, past.scale[q], out, o)


def of_traces(N: Floats) -> Floats:
    return np.broadcast_to(N.sum(axis=-1)[..., None, :], N.shape)


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    N, out = counts(t, src, dst, at, n, half_life_days), np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            out[i, j] = sum(N[j, k] for k in range(n))
    return out


STATISTIC = Statistic(
    name="outdegreeReceiver",
    summary="decayed count of past events sent by the receiver",
    source="Butts (2008), A relational event framework for social action, Sociol. Methodology 38; named as in remstats",
    kernel=kernel,
    state=lambda n: (1, 1, n),
    of_traces=of_traces,
    reference=reference,
    defaults={"half_life_days": 60.0},
    about="receiver",
    share_of=("events", 1.0),
)
