"""Reciprocity: how much the receiver has lately sent to the sender."""

from __future__ import annotations

import numpy as np
from numba import njit

from lynchpin.engine.statistics._loops import moved, read_dyads
from lynchpin.engine.statistics.base import Floats, Ints, Statistic, counts


@njit(cache=True, nogil=True)
def kernel(state, past, rows, out):  # pragma: no cover - measured uncompiled
    N, o = state[0], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            s, r = past.dst[e], past.src[e]
            N[s, r] = moved(N[s, r], past.amount[e])
        o = read_dyads(N, rows, q, past.scale[q], out, o)


def of_traces(N: Floats) -> Floats:
    return np.swapaxes(N, -1, -2)


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    return counts(t, src, dst, at, n, half_life_days).T


STATISTIC = Statistic(
    name="reciprocity",
    summary="decayed count of past events from receiver to sender",
    source="Butts (2008), A relational event framework for social action, Sociological Methodology 38",
    kernel=kernel,
    state=lambda n: (1, n, n),
    of_traces=of_traces,
    reference=reference,
    defaults={"half_life_days": 60.0},
    share_of=("indegreeSender", 1.0),
)
