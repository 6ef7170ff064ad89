"""Indegree of the receiver: how much the receiver has lately received from anyone."""

from __future__ import annotations

import numpy as np

from lynchpin.statistics._base import Floats, Ints, Statistic, weight


def of_traces(N: Floats) -> Floats:
    return np.broadcast_to(N.sum(axis=-2)[..., None, :], N.shape)


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    out = np.zeros((n, n))
    for j in range(n):
        for when, r in zip(t, dst, strict=True):
            if r == j:
                out[:, j] += weight(at - when, half_life_days)
    return out


STATISTIC = Statistic(
    name="indegreeReceiver",
    summary="decayed count of past events received by the receiver",
    source="Butts (2008), A relational event framework for social action, Sociol. Methodology 38; named as in remstats",
    of_traces=of_traces,
    reference=reference,
    defaults={"half_life_days": 60.0},
)
