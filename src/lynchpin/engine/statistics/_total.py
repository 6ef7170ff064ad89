"""All past events together: what proportions of degrees divide by. It is the same for every dyad, so no effect
itself."""

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
            N[0] = moved(N[0], past.amount[e])
        for _ in range(rows.lo[q], rows.hi[q]):
            out[o] = N[0] * past.scale[q]
            o += 1


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    return np.full((n, n), counts(t, src, dst, at, n, half_life_days).sum())


STATISTIC = Statistic(
    name="events",
    summary="decayed count of all past events",
    source="as in remstats",
    kernel=kernel,
    state=lambda n: (1, 1, 1),
    reference=reference,
    defaults={"half_life_days": 60.0},
)
