"""Covariate `tie`: the value of an attribute of the ordered pair."""

from __future__ import annotations

import numpy as np
from numba import njit

from lynchpin.engine.statistics._loops import read_dyads
from lynchpin.engine.statistics.base import Floats, Ints, Statistic


@njit(cache=True, nogil=True)
def kernel(state, past, rows, out):  # pragma: no cover - measured uncompiled
    V, o = state[0], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            V[past.src[e], past.dst[e]] += past.amount[e]
        o = read_dyads(V, rows, q, 1.0, out, o)


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    out = np.zeros((n, n))
    for when, s, r in zip(t, src, dst, strict=True):  # each change of value is by one
        out[s, r] += when < at
    return out


STATISTIC = Statistic(
    name="tie",
    summary="value of an attribute of the ordered pair",
    source="as in remstats",
    kernel=kernel,
    state=lambda n: (1, n, n),
    reference=reference,
    defaults={"half_life_days": 60.0},
    feed="dyad values",
    scales=False,
)
