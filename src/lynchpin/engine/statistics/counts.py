"""Counts of a dyad's own past: what the sender has lately sent to the receiver, and what came back; or whether any."""

from __future__ import annotations

import numpy as np

from lynchpin.engine.compiled import njit
from lynchpin.engine.statistics._loops import moved, read_dyads
from lynchpin.engine.statistics.base import UNIQUE, Statistic, as_ties, counts, each_dyad, events_turned, ties

BUTTS = "Butts (2008), A relational event framework for social action, Sociological Methodology 38"


@njit(cache=True, nogil=True)
def kernel(state, past, rows, out):
    """What i sent to j."""
    N, o = state[0], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            s, r = past.src[e], past.dst[e]
            N[s, r] = moved(N[s, r], past.amount[e])
        o = read_dyads(N, rows, q, past.scale[q], out, o)


@njit(cache=True, nogil=True)
def tie_kernel(state, past, rows, out):
    """Whether i has a tie to j. state: counts, ties."""
    N, tied, o = state[0], state[1], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            s, r = past.src[e], past.dst[e]
            N[s, r] = moved(N[s, r], past.amount[e])
            tied[s, r] = 1.0 if N[s, r] > 0.0 else 0.0
        o = read_dyads(tied, rows, q, 1.0, out, o)


STATISTICS = (
    Statistic(
        name="inertia",
        summary="decayed count of past events from sender to receiver",
        source=BUTTS,
        kernel=kernel,
        state=lambda n: (1, n, n),
        reference=each_dyad(counts, lambda N, i, j: N[i, j]),
        of_traces=lambda N: N,
        share_of=("outdegreeSender", 1.0),
        pairs="both",
    ),
    Statistic(
        name="reciprocity",
        summary="decayed count of past events from receiver to sender",
        source=BUTTS,
        kernel=events_turned(kernel),
        state=lambda n: (1, n, n),
        reference=each_dyad(counts, lambda N, i, j: N[j, i]),
        of_traces=lambda N: np.swapaxes(N, -1, -2),
        share_of=("indegreeSender", 1.0),
    ),
    Statistic(
        name="inertia" + UNIQUE,
        summary="1 once the sender has sent to the receiver, else 0",
        source="goldfish, inertia of a network that is not weighted",
        kernel=tie_kernel,
        state=lambda n: (2, n, n),
        reference=each_dyad(ties, lambda tied, i, j: tied[i, j]),
        of_traces=as_ties,
        of_ties=True,
        pairs="both",
    ),
    Statistic(
        name="reciprocity" + UNIQUE,
        summary="1 once the receiver has sent to the sender, else 0",
        source="goldfish, recip of a network that is not weighted",
        kernel=events_turned(tie_kernel),
        state=lambda n: (2, n, n),
        reference=each_dyad(ties, lambda tied, i, j: tied[j, i]),
        of_traces=lambda N: as_ties(np.swapaxes(N, -1, -2)),
        of_ties=True,
    ),
)
