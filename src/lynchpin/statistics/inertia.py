"""Inertia: how much the sender has lately sent to the receiver."""

from __future__ import annotations

import numpy as np

from lynchpin.statistics._base import Floats, Ints, Statistic, weight


def of_traces(N: Floats) -> Floats:
    return N


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    out = np.zeros((n, n))
    for when, s, r in zip(t, src, dst, strict=True):
        out[s, r] += weight(at - when, half_life_days)
    return out


STATISTIC = Statistic(
    name="inertia",
    summary="decayed count of past events from sender to receiver",
    source="Butts (2008), A relational event framework for social action, Sociological Methodology 38",
    of_traces=of_traces,
    reference=reference,
    defaults={"half_life_days": 60.0},
)
