"""Recency of the sender: how lately the sender sent anything."""

from __future__ import annotations

import numpy as np
from numba import njit

from lynchpin.engine.statistics._loops import note_last, recency
from lynchpin.engine.statistics.base import Floats, Ints, Statistic


@njit(cache=True, nogil=True)
def kernel(state, past, rows, out):  # pragma: no cover - measured uncompiled
    last, o = state[:, 0], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            if past.amount[e] > 0.0:
                note_last(last, past.src[e], past.when[e])
        for r in range(rows.lo[q], rows.hi[q]):
            out[o] = recency(last, rows.i[r], past.at[q])
            o += 1


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    out = np.zeros((n, n))
    for when, s in zip(t, src, strict=True):
        if when < at:
            out[s, :] = np.maximum(out[s, :], 1.0 / (at - when + 1.0))
    return out


STATISTIC = Statistic(
    name="recencySendSender",
    summary="1 / (time since the sender last sent anything + 1), 0 when never; in the unit of the times",
    source="as in remstats",
    kernel=kernel,
    state=lambda n: (2, 1, n),
    reference=reference,
    defaults={"half_life_days": 60.0},
    about="sender",
    scales=False,
)
