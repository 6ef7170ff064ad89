"""Recency rank: where the receiver stands among those the sender last sent to."""

from __future__ import annotations

import numpy as np
from numba import njit

from lynchpin.engine.statistics._loops import note_last, rank_share
from lynchpin.engine.statistics.base import Floats, Ints, Statistic


@njit(cache=True, nogil=True)
def kernel(state, past, rows, out):  # pragma: no cover - measured uncompiled
    o = 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            if past.amount[e] > 0.0:
                note_last(state, (past.src[e], past.dst[e]), past.when[e])
        for r in range(rows.lo[q], rows.hi[q]):
            out[o] = rank_share(state, rows.i[r], rows.j[r])
            o += 1


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    last, out = np.full((n, n), -np.inf), np.zeros((n, n))
    for when, s, r in zip(t, src, dst, strict=True):
        if when < at:
            last[s, r] = max(last[s, r], when)
    for i in range(n):
        for j in range(n):
            if last[i, j] > -np.inf:
                out[i, j] = 1.0 / (1 + sum(last[i, k] > last[i, j] for k in range(n)))
    return out


STATISTIC = Statistic(
    name="rrankSend",
    summary="1 / rank of the receiver among those the sender last sent to; 0 when never, ties share a rank",
    source="Butts (2008), named as in remstats, which breaks ties by the order of the rows",
    kernel=kernel,
    state=lambda n: (2, n, n),
    reference=reference,
    defaults={"half_life_days": 60.0},
    scales=False,
)
