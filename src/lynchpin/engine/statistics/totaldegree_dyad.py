"""Total degree of the dyad: how much its two actors have lately sent and received, added up."""

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
            out[o] = (N[rows.i[r]] + N[rows.j[r]]) * past.scale[q]
            o += 1


def of_traces(N: Floats) -> Floats:
    total: Floats = N.sum(axis=-1) + N.sum(axis=-2)
    return np.add(total[..., :, None], total[..., None, :])


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    N, out = counts(t, src, dst, at, n, half_life_days), np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            out[i, j] = sum(N[i, k] + N[k, i] + N[j, k] + N[k, j] for k in range(n))
    return out


STATISTIC = Statistic(
    name="totaldegreeDyad",
    summary="decayed count of past events sent and received by sender and receiver, added up",
    source="as in remstats",
    kernel=kernel,
    state=lambda n: (1, 1, n),
    of_traces=of_traces,
    reference=reference,
    defaults={"half_life_days": 60.0},
    share_of=("events", 2.0),
)
