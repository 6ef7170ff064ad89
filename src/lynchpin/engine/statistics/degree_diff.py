"""Difference of degree: how far the two actors' total degrees are apart."""

from __future__ import annotations

import numpy as np
from numba import njit

from lynchpin.engine.statistics._loops import moved
from lynchpin.engine.statistics.base import Floats, Ints, Statistic, counts


@njit(cache=True, nogil=True)
def kernel(state, past, rows, out):  # pragma: no cover - measured uncompiled
    N, o = state[0, 0], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            s, r = past.src[e], past.dst[e]
            N[s] = moved(N[s], past.amount[e])
            N[r] = moved(N[r], past.amount[e])
        for r in range(rows.lo[q], rows.hi[q]):
            out[o] = abs(N[rows.i[r]] - N[rows.j[r]]) * past.scale[q]
            o += 1


def of_traces(N: Floats) -> Floats:
    total: Floats = N.sum(axis=-1) + N.sum(axis=-2)
    return np.asarray(np.abs(total[..., :, None] - total[..., None, :]))


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    N, out = counts(t, src, dst, at, n, half_life_days), np.zeros((n, n))
    total = [sum(N[i, k] + N[k, i] for k in range(n)) for i in range(n)]
    for i in range(n):
        for j in range(n):
            out[i, j] = abs(total[i] - total[j])
    return out


STATISTIC = Statistic(
    name="degreeDiff",
    summary="how far the two actors' total degrees are apart",
    source="as in remstats",
    kernel=kernel,
    state=lambda n: (1, 1, n),
    of_traces=of_traces,
    reference=reference,
    defaults={"half_life_days": 60.0},
    share_of=("events", 2.0),
)
