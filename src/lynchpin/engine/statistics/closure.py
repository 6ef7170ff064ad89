"""Closure beyond one third party: four-cycles, the triads that an actor is the source of, two-paths in their order.

Sums are kept up to date change by change, as in `paths`: when a count goes from `before` to `after`, each structure
that goes through it moves by the change of its smallest count, or by one where ties are counted.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from lynchpin.engine.compiled import njit
from lynchpin.engine.statistics._loops import SENDERS, moved, read_actors, read_dyads
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
    ties,
)
from lynchpin.engine.statistics.degrees import of_receiver, of_sender
from lynchpin.engine.statistics.paths import over_others

GOLDFISH = "goldfish (Hollway and Stadtfeld)"
LERNER = "Lerner and Lomi (2020), Reliability of relational event model estimates under sampling, Network Science 8(1)"


@njit(cache=True, nogil=True)
def more(before, after, a, b, unique):
    """How much the joint strength of three ties grows when one goes from `before` to `after`."""
    if unique:
        both = 1.0 if a > 0.0 and b > 0.0 else 0.0
        return both * ((1.0 if after > 0.0 else 0.0) - (1.0 if before > 0.0 else 0.0))
    return min(after, a, b) - min(before, a, b)


def _more(before: float, after: float, a: Floats, b: Floats, unique: bool) -> Floats:
    if unique:
        return as_ties(np.minimum(a, b)) * (float(after > 0.0) - float(before > 0.0))
    both = np.minimum(a, b)
    grown: Floats = np.minimum(after, both) - np.minimum(before, both)
    return grown


def _source_change(N, T, s, r, after, unique):
    x, before = np.delete(np.arange(len(N)), [s, r]), N[s, r]
    T[s] += _more(before, after, N[r, x], N[s, x], unique).sum() + _more(before, after, N[s, x], N[x, r], unique).sum()
    T[x] += _more(before, after, N[x, s], N[x, r], unique)


@njit(cache=True, nogil=True, plain=_source_change)
def source_change(N, T, s, r, after, unique):
    """What it does to T when the count of s -> r goes to `after`."""
    before = N[s, r]
    for x in range(N.shape[0]):
        if x != s and x != r:
            T[s] += more(before, after, N[r, x], N[s, x], unique)  # s -> r is i -> k, x is j
            T[s] += more(before, after, N[s, x], N[x, r], unique)  # s -> r is i -> j, x is k
            T[x] += more(before, after, N[x, s], N[x, r], unique)  # s -> r is k -> j, x is i


@njit(cache=True, nogil=True)
def source_kernel(unique, state, past, rows, out):
    """T[i] = sum over j, k of the joint strength of i -> k, k -> j and i -> j. state: counts, T in the first row."""
    N, T, o = state[0], state[1, 0], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            s, r = past.src[e], past.dst[e]
            after = moved(N[s, r], past.amount[e])
            source_change(N, T, s, r, after, unique)
            N[s, r] = after
        o = read_actors(T, np.int64(SENDERS), rows, q, past.scale[q], out, o)


def _cycle_change(N, S, s, r, after, unique):
    x, before = np.delete(np.arange(len(N)), [s, r]), N[s, r]
    apart = ~np.eye(x.size, dtype=bool)
    among, to_r, from_s = N[np.ix_(x, x)], N[x, r][:, None], N[s, x][None, :]
    S[s, x] += (_more(before, after, to_r, among, unique) * apart).sum(axis=0)
    S[np.ix_(x, x)] += _more(before, after, to_r, from_s, unique) * apart
    S[x, r] += (_more(before, after, among, from_s, unique) * apart).sum(axis=1)


@njit(cache=True, nogil=True, plain=_cycle_change)
def cycle_change(N, S, s, r, after, unique):
    """What it does to S when the count of s -> r goes to `after`."""
    n, before = N.shape[0], N[s, r]
    for x in range(n):
        for y in range(n):
            if x != s and x != r and y != s and y != r and y != x:
                S[s, y] += more(before, after, N[x, r], N[x, y], unique)  # s -> r is i -> k; x is l, y is j
                S[x, y] += more(before, after, N[x, r], N[s, y], unique)  # s -> r is l -> k; x is i, y is j
                S[x, r] += more(before, after, N[x, y], N[s, y], unique)  # s -> r is l -> j; x is i, y is k


@njit(cache=True, nogil=True)
def cycle_kernel(unique, state, past, rows, out):
    """S[i, j] = sum over k, l of the joint strength of i -> k, l -> k and l -> j, all four apart. state: counts, S."""
    N, S, o = state[0], state[1], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            s, r = past.src[e], past.dst[e]
            after = moved(N[s, r], past.amount[e])
            if not unique or (after > 0.0) != (N[s, r] > 0.0):
                cycle_change(N, S, s, r, after, unique)
            N[s, r] = after
        o = read_dyads(S, rows, q, past.scale[q], out, o)


@njit(cache=True, nogil=True)
def order_kernel(state, past, rows, out):
    """S[i, j] = how many k had the first leg, i to k, before the second, k to j.

    state: whether there was a first leg, when it came, whether there was a second, S.
    """
    had, since, closed, S, o = state[0], state[1], state[2], state[3], 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            s, r, when = past.src[e], past.dst[e], past.when[e]
            if past.leg[e] & 2 and closed[s, r] == 0.0:
                closed[s, r] = 1.0
                for x in range(S.shape[0]):
                    if x != r and had[x, s] > 0.0 and since[x, s] < when:
                        S[x, r] += 1.0
            if past.leg[e] & 1 and had[s, r] == 0.0:
                had[s, r], since[s, r] = 1.0, when
        o = read_dyads(S, rows, q, 1.0, out, o)


# The same by plain loops and, of all dyads, by arrays.


def first_sent(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float, amount: Floats) -> Floats:
    """When each pair first acted, inf where it never did: shape (n, n)."""
    first = np.full((n, n), np.inf)
    for when, s, r in zip(t, src, dst, strict=True):
        if when < at:
            first[s, r] = min(first[s, r], when)
    return first


def plain_source(N: Floats, i: int) -> float:
    """Of actor i, for references."""
    others = [x for x in range(len(N)) if x != i]
    return float(sum(min(N[i, k], N[k, j], N[i, j]) for j in others for k in others if j != k))


def plain_cycle(N: Floats, i: int, j: int) -> float:
    """Of dyad (i, j), for references."""
    others = [x for x in range(len(N)) if x not in (i, j)]
    return float(sum(min(N[i, k], N[m, k], N[m, j]) for k in others for m in others if k != m))


def of_source(N: Floats) -> Floats:
    """Of every actor: (..., n, n) -> (..., n)."""
    n, out = N.shape[-1], np.zeros(N.shape[:-1], dtype=N.dtype)
    for k in range(n):
        closed = np.minimum(np.minimum(N[..., :, k, None], N[..., None, k, :]), N)
        closed[..., k, :] = closed[..., :, k] = 0.0
        closed[..., np.arange(n), np.arange(n)] = 0.0
        out = out + closed.sum(axis=-1)
    return out


def of_tied_cycles(N: Floats) -> Floats:
    """Of ties, of all dyads: three-paths less those in which one actor is met twice."""
    X = as_ties(N)
    X[..., np.arange(X.shape[-1]), np.arange(X.shape[-1])] = 0.0
    turned = np.swapaxes(X, -1, -2)
    sent, received = X.sum(axis=-1)[..., :, None], X.sum(axis=-2)[..., None, :]
    out: Floats = X @ turned @ X - X * (sent + received - 1.0)
    return out


def triads_of(name: str, about: About) -> tuple[Statistic, Statistic]:
    """The row that adds up the smallest of three traces, and the one that counts triads; of one end of the dyad."""
    is_sender = about == "sender"

    def of_end(kernel: Kernel) -> Kernel:
        return kernel if is_sender else dyads_turned(kernel)

    def plain(N: Floats, i: int, j: int) -> float:
        return plain_source(N, i if is_sender else j)

    of_traces = (of_sender if is_sender else of_receiver)(of_source)
    row = Statistic(
        name=name,
        summary=f"sum over the transitive triads that the {about} is the source of, of the smallest of their traces",
        source=f"{GOLDFISH}, node_trans; of counts",
        kernel=of_end(partial(source_kernel, False)),
        state=lambda n: (2, n, n),
        reference=each_dyad(counts, plain),
        of_traces=of_traces,
        about=about,
        pairs="both",
    )
    unique = replace(
        row,
        name=name + UNIQUE,
        summary=f"how many transitive triads (to third, third to other, to other) the {about} is the source of",
        source=f"{GOLDFISH}, node_trans",
        kernel=of_end(partial(source_kernel, True)),
        reference=each_dyad(ties, plain),
        of_traces=lambda N: of_traces(as_ties(N)),
        of_ties=True,
    )
    return row, unique


CYCLES = Statistic(
    name="fourCycle",
    summary="sum over two others of the smallest of the traces sender to one, the second to that one, the second to "
    "receiver",
    source=LERNER,
    kernel=partial(cycle_kernel, False),
    state=lambda n: (2, n, n),
    reference=each_dyad(counts, plain_cycle),
    pairs="both",
)

STATISTICS = (
    *triads_of("nodeTransSender", "sender"),
    *triads_of("nodeTransReceiver", "receiver"),
    CYCLES,
    replace(
        CYCLES,
        name="fourCycle" + UNIQUE,
        summary="how many three-paths there are: sender to one, the second to that one, the second to receiver",
        source=f"{GOLDFISH}, four",
        kernel=partial(cycle_kernel, True),
        reference=each_dyad(ties, plain_cycle),
        of_traces=of_tied_cycles,
        of_ties=True,
    ),
    Statistic(
        name="otpOrdered",
        summary="how many third parties the sender had reached before they first reached the receiver",
        source=f"{GOLDFISH}, trans of a sequential history",
        kernel=order_kernel,
        state=lambda n: (4, n, n),
        reference=each_dyad(first_sent, over_others(lambda T, i, j, k: float(T[i, k] < T[k, j] < np.inf))),
        scales=False,
        has_legs=True,
    ),
    Statistic(
        name="itpOrdered",
        summary="how many third parties the receiver had reached before they first reached the sender",
        source=f"{GOLDFISH}, cycle of a sequential history",
        kernel=dyads_turned(order_kernel),
        state=lambda n: (4, n, n),
        reference=each_dyad(first_sent, over_others(lambda T, i, j, k: float(T[j, k] < T[k, i] < np.inf))),
        scales=False,
        has_legs=True,
    ),
)
