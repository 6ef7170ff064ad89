"""Participation shift AB-BY: turn receiving: the receiver of the latest event turns to a third."""

from __future__ import annotations

import numpy as np
from numba import njit

from lynchpin.engine.statistics._loops import latest, note_latest
from lynchpin.engine.statistics.base import Floats, Ints, Statistic


@njit(cache=True, nogil=True)
def kernel(state, past, rows, out):  # pragma: no cover - measured uncompiled
    o = 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            note_latest(state, past, e)
        received = state[1, 1]
        for r in range(rows.lo[q], rows.hi[q]):
            i, j = rows.i[r], rows.j[r]
            out[o] = 1.0 if received[i] - latest(state, j, i) > 0.0 else 0.0
            o += 1


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    out, before = np.zeros((n, n)), t[t < at]
    if before.size == 0:
        return out
    now = t == before.max()
    pairs = set(zip(src[now].tolist(), dst[now].tolist(), strict=True))
    for i in range(n):
        for j in range(n):
            out[i, j] = float(any(b == i and a != j for a, b in pairs))
    return out


STATISTIC = Statistic(
    name="psABBY",
    summary="1 where the dyad would follow the latest event (any of several) A to B as B to Y, else 0",
    source="Gibson (2003), Participation shifts, Social Forces 81(4); Butts (2008); named as in remstats",
    kernel=kernel,
    state=lambda n: (2, n + 3, n + 3),
    reference=reference,
    defaults={"half_life_days": 60.0},
    scales=False,
)
