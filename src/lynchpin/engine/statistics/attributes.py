"""Covariates: attributes of actors, and of ordered pairs, whose changes of value arrive as events do."""

from __future__ import annotations

import numpy as np

from lynchpin.engine.compiled import njit
from lynchpin.engine.statistics._loops import (
    DISTANCE,
    LARGER,
    MEAN,
    SAME,
    SENDERS,
    SMALLER,
    read_actors,
    read_dyads,
)
from lynchpin.engine.statistics.base import Floats, Ints, Kernel, Statistic, counts, dyads_turned, each_dyad

REMSTATS = "as in remstats"


def kernel_of(what: int) -> Kernel:
    """The kernel that answers with `what` of the values of i and j."""

    @njit(cache=True, nogil=True)
    def kernel(state, past, rows, out):
        V, o = state[0, 0], 0
        for q in range(past.at.size):
            for e in range(past.upto[q], past.upto[q + 1]):
                V[past.src[e]] += past.amount[e]
            # np.int64: a literal would compile the loop anew for each
            o = read_actors(V, np.int64(what), rows, q, 1.0, out, o)

    compiled: Kernel = kernel
    return compiled


@njit(cache=True, nogil=True)
def dyad_kernel(state, past, rows, out):
    """The value of the pair i, j."""
    V, o = state[0], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            V[past.src[e], past.dst[e]] += past.amount[e]
        o = read_dyads(V, rows, q, 1.0, out, o)


@njit(cache=True, nogil=True)
def one_kernel(state, past, rows, out):
    """1 for everyone: those who are not meant are not asked for."""
    out[:] = 1.0


def pair_values(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float, amount: Floats) -> Floats:
    """The value of every pair, for references: no change fades. Shape (n, n)."""
    return counts(t, src, dst, at, n, np.inf, amount)


def actor_values(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float, amount: Floats) -> Floats:
    """The value of every actor, for references: changes are of whom the feed has as sender. Shape (n,)."""
    values: Floats = pair_values(t, src, dst, at, n, half_life_days, amount).sum(axis=1)
    return values


OF_SENDER = kernel_of(SENDERS)

STATISTICS = (
    Statistic(
        name="send",
        summary="value of an attribute of the sender",
        source=REMSTATS,
        kernel=OF_SENDER,
        state=lambda n: (1, 1, n),
        reference=each_dyad(actor_values, lambda value, i, j: value[i]),
        about="sender",
        feed="actor values",
        scales=False,
        pairs="both",
    ),
    Statistic(
        name="receive",
        summary="value of an attribute of the receiver",
        source=REMSTATS,
        kernel=dyads_turned(OF_SENDER),
        state=lambda n: (1, 1, n),
        reference=each_dyad(actor_values, lambda value, i, j: value[j]),
        about="receiver",
        feed="actor values",
        scales=False,
        pairs="both",
    ),
    Statistic(
        name="same",
        summary="1 when sender and receiver have the same value of an attribute, else 0",
        source=REMSTATS,
        kernel=kernel_of(SAME),
        state=lambda n: (1, 1, n),
        reference=each_dyad(actor_values, lambda value, i, j: float(value[i] == value[j])),
        feed="actor values",
        scales=False,
        pairs="both",
    ),
    Statistic(
        name="difference",
        summary="absolute difference of an attribute between sender and receiver",
        source=REMSTATS,
        kernel=kernel_of(DISTANCE),
        state=lambda n: (1, 1, n),
        reference=each_dyad(actor_values, lambda value, i, j: abs(value[i] - value[j])),
        feed="actor values",
        scales=False,
        pairs="both",
    ),
    Statistic(
        name="average",
        summary="mean of an attribute of sender and receiver",
        source=REMSTATS,
        kernel=kernel_of(MEAN),
        state=lambda n: (1, 1, n),
        reference=each_dyad(actor_values, lambda value, i, j: (value[i] + value[j]) / 2.0),
        feed="actor values",
        scales=False,
        pairs="both",
    ),
    Statistic(
        name="minimum",
        summary="smaller of an attribute of sender and receiver",
        source=REMSTATS,
        kernel=kernel_of(SMALLER),
        state=lambda n: (1, 1, n),
        reference=each_dyad(actor_values, lambda value, i, j: min(value[i], value[j])),
        feed="actor values",
        scales=False,
        pairs="both",
    ),
    Statistic(
        name="maximum",
        summary="larger of an attribute of sender and receiver",
        source=REMSTATS,
        kernel=kernel_of(LARGER),
        state=lambda n: (1, 1, n),
        reference=each_dyad(actor_values, lambda value, i, j: max(value[i], value[j])),
        feed="actor values",
        scales=False,
        pairs="both",
    ),
    Statistic(
        name="tie",
        summary="value of an attribute of the ordered pair",
        source=REMSTATS,
        kernel=dyad_kernel,
        state=lambda n: (1, n, n),
        reference=each_dyad(pair_values, lambda value, i, j: value[i, j]),
        feed="dyad values",
        scales=False,
        pairs="both",
    ),
    Statistic(
        name="type",
        summary="1 for what is of a type, where types are at risk, else 0",
        source="remstats, FEtype",
        kernel=one_kernel,
        state=lambda n: (1, 1, 1),
        reference=each_dyad(pair_values, lambda value, i, j: 1.0),
        feed="types",
        scales=False,
        pairs="both",
    ),
)
