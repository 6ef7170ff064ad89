"""Outdegree of the sender: how much the sender has lately sent to anyone."""

from __future__ import annotations

import numpy as np

from lynchpin.statistics._base import Floats, Ints, Statistic, weight


def of_traces(N: Floats) -> Floats:
    return np.broadcast_to(N.sum(axis=-1, keepdims=True), N.shape)


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    out = np.zeros((n, n))
    for i in range(n):
        for when, s in zip(t, src, strict=True):
            if s == i:
                out[i, :] += weight(at - when, half_life_days)
    return out


STATISTIC = Statistic(
    name="outdegreeSender",
    summary="decayed count of past events sent by the sender",
    source="Butts (2008), A relational event framework for social action, Sociol. Methodology 38; named as in remstats",
    of_traces=of_traces,
    reference=reference,
    defaults={"half_life_days": 60.0},
)
