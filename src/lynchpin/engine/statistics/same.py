"""Covariate `same`: 1 when sender and receiver have the same value of an attribute, else 0."""

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
            out[o] = 1.0 if V[rows.i[r]] == V[rows.j[r]] else 0.0
            o += 1


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    value, out = np.zeros(n), np.zeros((n, n))
    for when, actor in zip(t, src, strict=True):  # each change of value is by one
        value[actor] += when < at
    for i in range(n):
        for j in range(n):
            out[i, j] = float(value[i] == value[j])
    return out


STATISTIC = Statistic(
    name="same",
    summary="1 when sender and receiver have the same value of an attribute, else 0",
    source="as in remstats",
    kernel=kernel,
    state=lambda n: (1, 1, n),
    reference=reference,
    defaults={"half_life_days": 60.0},
    feed="actor values",
    scales=False,
)
