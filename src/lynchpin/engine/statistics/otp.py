"""Outgoing two-paths: how far the sender lately reached the receiver through others."""

from __future__ import annotations

import numpy as np
from numba import njit

from lynchpin.engine.statistics._loops import chain, read_dyads
from lynchpin.engine.statistics.base import Floats, Ints, Statistic, counts


@njit(cache=True, nogil=True)
def kernel(state, past, rows, out):  # pragma: no cover - measured uncompiled
    o = 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            chain(state, past, e)
        o = read_dyads(state[2], rows, q, past.scale[q], out, o)


def of_traces(N: Floats) -> Floats:
    out = np.zeros_like(N)
    for k in range(N.shape[-1]):
        through = np.minimum(N[..., :, k, None], N[..., None, k, :])  # (..., i, j)
        through[..., k, :] = 0.0
        through[..., :, k] = 0.0
        out += through
    return out


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    N, out = counts(t, src, dst, at, n, half_life_days), np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            out[i, j] = sum(min(N[i, k], N[k, j]) for k in range(n) if k not in (i, j))
    return out


STATISTIC = Statistic(
    name="otp",
    summary="sum over third parties of the smaller of the traces sender to third and third to receiver",
    source="Butts (2008), as in remstats: the minimum of the two legs",
    kernel=kernel,
    state=lambda n: (3, n, n),
    of_traces=of_traces,
    reference=reference,
    defaults={"half_life_days": 60.0},
)
