"""Inertia: how much the sender has lately sent to the receiver."""

from __future__ import annotations

from numba import njit

from lynchpin.engine.statistics._loops import moved, read_dyads
from lynchpin.engine.statistics.base import Floats, Ints, Statistic, counts


@njit(cache=True, nogil=True)
def kernel(state, past, rows, out):  # pragma: no cover - measured uncompiled
    N, o = state[0], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            s, r = past.src[e], past.dst[e]
            N[s, r] = moved(N[s, r], past.amount[e])
        o = read_dyads(N, rows, q, past.scale[q], out, o)


def of_traces(N: Floats) -> Floats:
    return N


def reference(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float) -> Floats:
    return counts(t, src, dst, at, n, half_life_days)


STATISTIC = Statistic(
    name="inertia",
    summary="decayed count of past events from sender to receiver",
    source="Butts (2008), A relational event framework for social action, Sociological Methodology 38",
    kernel=kernel,
    state=lambda n: (1, n, n),
    of_traces=of_traces,
    reference=reference,
    defaults={"half_life_days": 60.0},
    share_of=("outdegreeSender", 1.0),
)
