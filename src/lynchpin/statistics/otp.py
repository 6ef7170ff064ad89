"""Outgoing two-paths: how far the sender lately reached the receiver through others."""

from __future__ import annotations

import numpy as np

from lynchpin.statistics._base import Floats, Ints, Statistic, weight


def of_traces(N: Floats) -> Floats:
    out = np.zeros_like(N)
    for k in range(N.shape[-1]):
        through = np.minimum(N[..., :, k, None], N[..., None, k, :])  # (..., i, j)
        through[..., k, :] = 0.0
        through[..., :, k] = 0.0
        out += through
    return out


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    N, out = np.zeros((n, n)), np.zeros((n, n))
    for when, s, r in zip(t, src, dst, strict=True):
        N[s, r] += weight(at - when, half_life_days)
    for i in range(n):
        for j in range(n):
            out[i, j] = sum(min(N[i, k], N[k, j]) for k in range(n) if k not in (i, j))
    return out


STATISTIC = Statistic(
    name="otp",
    summary="sum over third parties of the smaller of the traces sender to third and third to receiver",
    source="Butts (2008), as in remstats: the minimum of the two legs",
    of_traces=of_traces,
    reference=reference,
    defaults={"half_life_days": 60.0},
)
