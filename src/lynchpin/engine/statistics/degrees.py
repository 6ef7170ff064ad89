"""Degrees: how much an actor has lately sent, received, or both; of the sender, the receiver, or the two together."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from lynchpin.engine.compiled import njit
from lynchpin.engine.statistics._loops import DISTANCE, LARGER, SENDERS, SMALLER, SUM, moved, read_actors
from lynchpin.engine.statistics.base import Floats, Kernel, Statistic, counts, dyads_turned, each_dyad, events_turned

BUTTS = "Butts (2008), A relational event framework for social action, Sociol. Methodology 38; named as in remstats"
REMSTATS = "as in remstats"


def kernel_of(what: int) -> Callable[..., None]:
    """The kernel (total, state, past, rows, out) that answers with `what` of the degrees of i and j.

    A degree is what the actor sent, and where `total` also what it received.
    """

    @njit(cache=True, nogil=True)
    def kernel(total, state, past, rows, out):
        N, o = state[0, 0], 0
        for q in range(past.at.size):
            for e in range(past.upto[q], past.upto[q + 1]):
                s, r = past.src[e], past.dst[e]
                N[s] = moved(N[s], past.amount[e])
                if total:
                    N[r] = moved(N[r], past.amount[e])
            # np.int64: a literal would compile the loop anew for each
            o = read_actors(N, np.int64(what), rows, q, past.scale[q], out, o)

    compiled: Callable[..., None] = kernel
    return compiled


@njit(cache=True, nogil=True)
def everyone_kernel(state, past, rows, out):
    """All events, for every dyad."""
    N, o = state[0, 0], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            N[0] = moved(N[0], past.amount[e])
        end = o + rows.hi[q] - rows.lo[q]
        out[o:end] = N[0] * past.scale[q]
        o = end


OF_SENDER = kernel_of(SENDERS)
SENT: Kernel = partial(OF_SENDER, False)
RECEIVED = events_turned(SENT)
TOTAL: Kernel = partial(OF_SENDER, True)

# The same out of counts N, whose entry [..., i, j] is the decayed count of events from i to j: the degree of each
# actor, shape (..., n), and what every dyad reads of it, shape (..., n, n).


def sent(N: Floats) -> Floats:
    degrees: Floats = N.sum(axis=-1)
    return degrees


def received(N: Floats) -> Floats:
    degrees: Floats = N.sum(axis=-2)
    return degrees


def total(N: Floats) -> Floats:
    return sent(N) + received(N)


def of_sender(degree: Callable[[Floats], Floats]) -> Callable[[Floats], Floats]:
    return lambda N: np.broadcast_to(degree(N)[..., :, None], N.shape)


def of_receiver(degree: Callable[[Floats], Floats]) -> Callable[[Floats], Floats]:
    return lambda N: np.broadcast_to(degree(N)[..., None, :], N.shape)


def of_both(combine: Callable[[Floats, Floats], Floats]) -> Callable[[Floats], Floats]:
    """The total degrees of sender and receiver, combined."""
    return lambda N: combine(total(N)[..., :, None], total(N)[..., None, :])


def plain_total(N: Floats, i: int) -> float:
    """The total degree of an actor, for references."""
    return float(N[i].sum() + N[:, i].sum())


STATISTICS = (
    Statistic(
        name="outdegreeSender",
        summary="decayed count of past events sent by the sender",
        source=BUTTS,
        kernel=SENT,
        state=lambda n: (1, 1, n),
        reference=each_dyad(counts, lambda N, i, j: N[i].sum()),
        of_traces=of_sender(sent),
        about="sender",
        share_of=("events", 1.0),
    ),
    Statistic(
        name="outdegreeReceiver",
        summary="decayed count of past events sent by the receiver",
        source=BUTTS,
        kernel=dyads_turned(SENT),
        state=lambda n: (1, 1, n),
        reference=each_dyad(counts, lambda N, i, j: N[j].sum()),
        of_traces=of_receiver(sent),
        about="receiver",
        share_of=("events", 1.0),
    ),
    Statistic(
        name="indegreeSender",
        summary="decayed count of past events received by the sender",
        source=BUTTS,
        kernel=RECEIVED,
        state=lambda n: (1, 1, n),
        reference=each_dyad(counts, lambda N, i, j: N[:, i].sum()),
        of_traces=of_sender(received),
        about="sender",
        share_of=("events", 1.0),
    ),
    Statistic(
        name="indegreeReceiver",
        summary="decayed count of past events received by the receiver",
        source=BUTTS,
        kernel=dyads_turned(RECEIVED),
        state=lambda n: (1, 1, n),
        reference=each_dyad(counts, lambda N, i, j: N[:, j].sum()),
        of_traces=of_receiver(received),
        about="receiver",
        share_of=("events", 1.0),
    ),
    Statistic(
        name="totaldegreeSender",
        summary="decayed count of past events sent and received by the sender",
        source=BUTTS,
        kernel=TOTAL,
        state=lambda n: (1, 1, n),
        reference=each_dyad(counts, lambda N, i, j: plain_total(N, i)),
        of_traces=of_sender(total),
        about="sender",
        share_of=("events", 2.0),
    ),
    Statistic(
        name="totaldegreeReceiver",
        summary="decayed count of past events sent and received by the receiver",
        source=BUTTS,
        kernel=dyads_turned(TOTAL),
        state=lambda n: (1, 1, n),
        reference=each_dyad(counts, lambda N, i, j: plain_total(N, j)),
        of_traces=of_receiver(total),
        about="receiver",
        share_of=("events", 2.0),
    ),
    Statistic(
        name="totaldegreeDyad",
        summary="decayed count of past events sent and received by sender and receiver, added up",
        source=REMSTATS,
        kernel=partial(kernel_of(SUM), True),
        state=lambda n: (1, 1, n),
        reference=each_dyad(counts, lambda N, i, j: plain_total(N, i) + plain_total(N, j)),
        of_traces=of_both(np.add),
        share_of=("events", 2.0),
    ),
    Statistic(
        name="degreeMin",
        summary="the smaller of the two actors' total degrees",
        source=REMSTATS,
        kernel=partial(kernel_of(SMALLER), True),
        state=lambda n: (1, 1, n),
        reference=each_dyad(counts, lambda N, i, j: min(plain_total(N, i), plain_total(N, j))),
        of_traces=of_both(np.minimum),
        share_of=("events", 2.0),
    ),
    Statistic(
        name="degreeMax",
        summary="the larger of the two actors' total degrees",
        source=REMSTATS,
        kernel=partial(kernel_of(LARGER), True),
        state=lambda n: (1, 1, n),
        reference=each_dyad(counts, lambda N, i, j: max(plain_total(N, i), plain_total(N, j))),
        of_traces=of_both(np.maximum),
        share_of=("events", 2.0),
    ),
    Statistic(
        name="degreeDiff",
        summary="how far the two actors' total degrees are apart",
        source=REMSTATS,
        kernel=partial(kernel_of(DISTANCE), True),
        state=lambda n: (1, 1, n),
        reference=each_dyad(counts, lambda N, i, j: abs(plain_total(N, i) - plain_total(N, j))),
        of_traces=of_both(lambda a, b: np.abs(a - b)),
        share_of=("events", 2.0),
    ),
    Statistic(
        name="events",
        summary="decayed count of all past events",
        source=REMSTATS,
        kernel=everyone_kernel,
        state=lambda n: (1, 1, n),
        reference=each_dyad(counts, lambda N, i, j: N.sum()),
        about="all",
    ),
)
