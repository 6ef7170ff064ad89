"""Covariate `send`: the value of an attribute of the sender."""

from __future__ import annotations

import numpy as np
from numba import njit

from lynchpin.engine.statistics.base import Floats, Ints, Statistic


@njit(cache=True, nogil=True)
def kernel(state, past, rows, out):  # pragma: no cover - measured uncompiled
    V, o = state[0, 0], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            V[past.src[e]] += past.amount[e]
        for r in range(rows.lo[q], rows.hi[q]):
            out[o] = V[rows.i[r]]
            o += 1


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    value, out = np.zeros(n), np.zeros((n, n))
    for when, actor in zip(t, src, strict=True):  # each change of value is by one
        value[actor] += when < at
    for i in range(n):
        for j in range(n):
            out[i, j] = value[i]
    return out


STATISTIC = Statistic(
    name="send",
    summary="value of an attribute of the sender",
    source="as in remstats",
    kernel=kernel,
    state=lambda n: (1, 1, n),
    reference=reference,
    defaults={"half_life_days": 60.0},
    about="sender",
    feed="actor values",
    scales=False,
)
