"""Degrees: how much an actor has lately sent, received, or both; of the sender, the receiver, or the two together.

Each has a form that counts partners: the others to whom there is a tie, from whom, or either way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from lynchpin.engine.compiled import njit
from lynchpin.engine.statistics._loops import DISTANCE, LARGER, SENDERS, SMALLER, SUM, moved, read_actors
from lynchpin.engine.statistics.base import (
    UNIQUE,
    About,
    Floats,
    Ints,
    Kernel,
    Statistic,
    as_ties,
    counts,
    dyads_turned,
    each_dyad,
    events_turned,
    ties,
)

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


def tie_kernel_of(what: int) -> Callable[..., None]:
    """The same of the numbers of partners; a partner with ties both ways is one."""

    @njit(cache=True, nogil=True)
    def kernel(total, state, past, rows, out):
        N, partners, o = state[0], state[0, -1], 0
        for q in range(past.at.size):
            for e in range(past.upto[q], past.upto[q + 1]):
                s, r = past.src[e], past.dst[e]
                before = N[s, r]
                after = moved(before, past.amount[e])
                N[s, r] = after
                if (after > 0.0) == (before > 0.0) or (total and N[r, s] > 0.0):
                    continue
                more = 1.0 if after > 0.0 else -1.0
                partners[s] += more
                if total:
                    partners[r] += more
            o = read_actors(partners, np.int64(what), rows, q, 1.0, out, o)

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


def degree(
    name: str,
    whose: str,
    what: int,
    ends: str,
    formula: Callable[[Floats, int, int], float],
    of_traces: Callable[[Floats], Floats],
    about: About = "dyad",
    source: str = BUTTS,
) -> tuple[Statistic, Statistic]:
    """The row that counts events, and the one that counts partners.

    Parameters
    ----------
    whose, what : of whom it is, in words and as `kernel_of` has it
    ends : "sent", "received" or "sent and received"
    formula : the degree of dyad (i, j) out of counts, or out of ties; of_traces : of all
    about : whose number it is; "receiver": `what` is of the sender of the dyad turned round
    """
    total = ends == "sent and received"

    def turned(kernel: Kernel) -> Kernel:
        kernel = events_turned(kernel) if ends == "received" else kernel
        return dyads_turned(kernel) if about == "receiver" else kernel

    row = Statistic(
        name=name,
        summary=f"decayed count of past events {ends} by {whose}" if about != "dyad" else whose,
        source=source,
        kernel=turned(partial(KERNELS[what], total)),
        state=lambda n: (1, 1, n),
        reference=each_dyad(counts, formula),
        of_traces=of_traces,
        about=about,
        share_of=("events", 2.0 if total else 1.0),
        pairs="once" if total else "",
    )
    touched = each_either if total else as_ties
    unique = replace(
        row,
        name=name + UNIQUE,
        summary=row.summary.replace("decayed count of past events", "how many others:").replace("degrees", "partners"),
        source="goldfish, degrees of a network that is not weighted",
        kernel=turned(partial(TIE_KERNELS[what], total)),
        state=lambda n: (1, n + 1, n),
        reference=each_dyad(partners_of_either if total else ties, formula),
        of_traces=lambda N: of_traces(touched(N)),
        share_of=None,
        of_ties=True,
    )
    return row, unique


KERNELS = {what: kernel_of(what) for what in (SENDERS, SUM, SMALLER, LARGER, DISTANCE)}
TIE_KERNELS = {what: tie_kernel_of(what) for what in KERNELS}


def plain_total(N: Floats, i: int) -> float:
    """The total degree of an actor, for references."""
    return float(N[i].sum() + N[:, i].sum())


def each_either(N: Floats) -> Floats:
    """One half for each pair with a tie either way, in both directions: its total degrees are numbers of partners."""
    return as_ties(np.maximum(as_ties(N), as_ties(np.swapaxes(N, -1, -2)))) / 2.0


def partners_of_either(
    t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float, amount: Floats
) -> Floats:
    """The same for references, by a plain loop."""
    tied = ties(t, src, dst, at, n, half_life_days, amount)
    return np.array([[0.5 if tied[i, j] or tied[j, i] else 0.0 for j in range(n)] for i in range(n)])


STATISTICS = (
    *degree("outdegreeSender", "the sender", SENDERS, "sent", lambda N, i, j: N[i].sum(), of_sender(sent), "sender"),
    *degree(
        "outdegreeReceiver",
        "the receiver",
        SENDERS,
        "sent",
        lambda N, i, j: N[j].sum(),
        of_receiver(sent),
        "receiver",
    ),
    *degree(
        "indegreeSender",
        "the sender",
        SENDERS,
        "received",
        lambda N, i, j: N[:, i].sum(),
        of_sender(received),
        "sender",
    ),
    *degree(
        "indegreeReceiver",
        "the receiver",
        SENDERS,
        "received",
        lambda N, i, j: N[:, j].sum(),
        of_receiver(received),
        "receiver",
    ),
    *degree(
        "totaldegreeSender",
        "the sender",
        SENDERS,
        "sent and received",
        lambda N, i, j: plain_total(N, i),
        of_sender(total),
        "sender",
    ),
    *degree(
        "totaldegreeReceiver",
        "the receiver",
        SENDERS,
        "sent and received",
        lambda N, i, j: plain_total(N, j),
        of_receiver(total),
        "receiver",
    ),
    *degree(
        "totaldegreeDyad",
        "decayed count of past events sent and received by sender and receiver, added up",
        SUM,
        "sent and received",
        lambda N, i, j: plain_total(N, i) + plain_total(N, j),
        of_both(np.add),
        source=REMSTATS,
    ),
    *degree(
        "degreeMin",
        "the smaller of the two actors' total degrees",
        SMALLER,
        "sent and received",
        lambda N, i, j: min(plain_total(N, i), plain_total(N, j)),
        of_both(np.minimum),
        source=REMSTATS,
    ),
    *degree(
        "degreeMax",
        "the larger of the two actors' total degrees",
        LARGER,
        "sent and received",
        lambda N, i, j: max(plain_total(N, i), plain_total(N, j)),
        of_both(np.maximum),
        source=REMSTATS,
    ),
    *degree(
        "degreeDiff",
        "how far the two actors' total degrees are apart",
        DISTANCE,
        "sent and received",
        lambda N, i, j: abs(plain_total(N, i) - plain_total(N, j)),
        of_both(lambda a, b: np.abs(a - b)),
        source=REMSTATS,
    ),
    Statistic(
        name="events",
        summary="decayed count of all past events",
        source=REMSTATS,
        kernel=everyone_kernel,
        state=lambda n: (1, 1, n),
        reference=each_dyad(counts, lambda N, i, j: N.sum()),
        about="all",
        pairs="once",
    ),
)
