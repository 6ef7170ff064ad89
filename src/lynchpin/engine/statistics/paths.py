"""Two-paths: how far sender and receiver lately stood in touch through others.

The sums are kept up to date change by change. When the count of one leg goes from `before` to `after`, only the pairs
that go through this leg move, each by the change of the smaller of its two legs: one loop over the other actors in
place of three nested ones. The pair of the leg itself keeps its sum: neither of its actors is its own third party,
which matters where weights make a count negative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from lynchpin.engine.compiled import njit
from lynchpin.engine.statistics._loops import moved, read_dyads
from lynchpin.engine.statistics.base import (
    GEOMETRIC,
    PRODUCT,
    UNIQUE,
    Floats,
    Ints,
    Kernel,
    Statistic,
    as_ties,
    counts,
    dyads_turned,
    each_dyad,
    events_turned,
)

BUTTS = "Butts (2008), as in remstats: the minimum of the two legs"

#: How the two legs through a third party are joined: the smaller of them; one where both are ties; their product; its
#: root.
SMALLER, TIES, TIMES, MEAN = range(4)


@njit(cache=True, nogil=True)
def chain_kernel(how, state, past, rows, out):
    """From i over others to j; how: see `joint`."""
    o = 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            chain(how, state, past, e)
        o = read_dyads(state[2], rows, q, past.scale[q] ** 2 if how == TIMES else past.scale[q], out, o)


@njit(cache=True, nogil=True)
def fork_kernel(either_way, how, state, past, rows, out):
    """From i and from j to the same others; where `either_way` also from others to both; how: see `joint`."""
    o = 0
    for q in range(past.at.size):
        for e in range(past.upto[q], past.upto[q + 1]):
            if either_way:
                fork(how, state, past, e, past.src[e], past.dst[e])
            fork(how, state, past, e, past.dst[e], past.src[e])
        o = read_dyads(state[2], rows, q, past.scale[q] ** 2 if how == TIMES else past.scale[q], out, o)


@njit(cache=True, nogil=True)
def chain(how, state, past, e):
    """S[i, j] = sum over k of joint(first[i, k], second[k, j]), kept up to date. state: first, second, S."""
    first, second, S = state[0], state[1], state[2]
    s, r, amount = past.src[e], past.dst[e], past.amount[e]
    if past.leg[e] & 1:
        before, own = first[s, r], S[s, r]
        after = moved(before, amount)
        for x in range(S.shape[0]):
            S[s, x] += joint(before, after, second[r, x], how)
        first[s, r], S[s, r] = after, own
    if past.leg[e] & 2:
        before, own = second[s, r], S[s, r]
        after = moved(before, amount)
        for x in range(S.shape[0]):
            S[x, r] += joint(before, after, first[x, s], how)
        second[s, r], S[s, r] = after, own


@njit(cache=True, nogil=True)
def fork(how, state, past, e, third, end):
    """S[i, j] = sum over k of joint(first[k, i], second[k, j]), kept up to date, for the tie of `end` with `third`.

    state: first, second, S; both kept with the third party as the row.
    """
    first, second, S = state[0], state[1], state[2]
    amount = past.amount[e]
    if past.leg[e] & 1:
        before, own = first[third, end], S[end, third]
        after = moved(before, amount)
        for x in range(S.shape[0]):
            S[end, x] += joint(before, after, second[third, x], how)
        first[third, end], S[end, third] = after, own
    if past.leg[e] & 2:
        before, own = second[third, end], S[third, end]
        after = moved(before, amount)
        for x in range(S.shape[0]):
            S[x, end] += joint(before, after, first[third, x], how)
        second[third, end], S[third, end] = after, own


@njit(cache=True, nogil=True)
def joint(before, after, other, how):
    """How much the joint strength of two legs grows when one goes from `before` to `after`."""
    return strength(after, other, how) - strength(before, other, how)


@njit(cache=True, nogil=True)
def strength(leg, other, how):
    """The joint strength of two legs, by SMALLER, TIES, TIMES or MEAN; that of a leg below nothing is no mean: 0."""
    if how == SMALLER:
        return min(leg, other)
    if how == TIMES:
        return leg * other
    if leg <= 0.0 or other <= 0.0:
        return 0.0
    return 1.0 if how == TIES else np.sqrt(leg * other)


def through(legs: Callable[[Floats, int], Floats]) -> Callable[[Floats], Floats]:
    """Counts -> the sum over third parties k of `legs(N, k)`, the joint strength of a dyad's two legs: (..., i, j)."""

    def of_traces(N: Floats) -> Floats:
        out = np.zeros_like(N)
        for k in range(N.shape[-1]):
            strength = legs(N, k)
            strength[..., k, :] = 0.0
            strength[..., :, k] = 0.0
            out += strength
        return out

    return of_traces


def over_others(legs: Callable[[Floats, int, int, int], float]) -> Callable[[Floats, int, int], float]:
    """The formula, for references, that adds up `legs(N, i, j, k)` over third parties k."""
    return lambda N, i, j: sum(legs(N, i, j, k) for k in range(len(N)) if k not in (i, j))


def undecayed(t: Floats, src: Ints, dst: Ints, at: float, n: int, half_life_days: float, amount: Floats) -> Floats:
    """Counts of every ordered pair, for references: no event fades. Shape (n, n)."""
    return counts(t, src, dst, at, n, np.inf, amount)


def two_path(
    name: str,
    ends: str,
    kernel_of: Callable[[int], Kernel],
    legs: Callable[[Floats, int, int, int], tuple[float, float]],
    all_legs: Callable[[Floats, int], tuple[Floats, Floats]],
) -> tuple[Statistic, ...]:
    """The row that adds up the smaller of two legs, the one that counts the third parties with both, and those that add
    up the product of the legs, and its root.

    Parameters
    ----------
    ends : what the two legs are, in words
    kernel_of : how legs are joined -> the kernel
    legs, all_legs : the two legs through k, of counts N: of dyad (i, j), and of all, shapes that make (..., n, n)
    """
    row = Statistic(
        name=name,
        summary=f"sum over third parties of the smaller of the traces {ends}",
        source=BUTTS,
        kernel=kernel_of(SMALLER),
        state=lambda n: (3, n, n),
        reference=each_dyad(counts, over_others(lambda N, i, j, k: min(legs(N, i, j, k)))),
        of_traces=through(lambda N, k: np.minimum(*all_legs(N, k))),
        has_legs=True,
        pairs="once" if name == "sp" else "",
    )
    unique = replace(
        row,
        name=name + UNIQUE,
        summary=f"how many third parties have both ties: {ends}",
        source="remstats, unique; goldfish's two-paths",
        kernel=kernel_of(TIES),
        reference=each_dyad(undecayed, over_others(lambda N, i, j, k: float(min(legs(N, i, j, k)) > 0.0))),
        of_traces=through(lambda N, k: as_ties(np.minimum(*all_legs(N, k)))),
        of_ties=True,
    )
    product = replace(
        row,
        name=name + PRODUCT,
        summary=f"sum over third parties of the product of the traces {ends}",
        source="as in eventnet: the product of the two legs",
        kernel=kernel_of(TIMES),
        reference=each_dyad(counts, over_others(lambda N, i, j, k: float(np.prod(legs(N, i, j, k))))),
        of_traces=through(lambda N, k: np.multiply(*all_legs(N, k))),
        squared=True,
    )
    mean = replace(
        row,
        name=name + GEOMETRIC,
        summary=f"sum over third parties of the geometric mean of the traces {ends}",
        source="the root of eventnet's product, which decays as a count does",
        kernel=kernel_of(MEAN),
        reference=each_dyad(counts, over_others(lambda N, i, j, k: float(_root(*legs(N, i, j, k))))),
        of_traces=through(lambda N, k: _root(*all_legs(N, k))),
    )
    return row, unique, product, mean


def _root(leg: Floats | float, other: Floats | float) -> Floats:
    """The geometric mean; 0 where a leg is less than nothing."""
    out: Floats = np.sqrt(np.maximum(leg, 0.0) * np.maximum(other, 0.0))
    return out


def either(N: Floats) -> Floats:
    return N + np.swapaxes(N, -1, -2)


STATISTICS = (
    *two_path(
        "otp",
        "sender to third and third to receiver",
        lambda how: partial(chain_kernel, how),
        lambda N, i, j, k: (N[i, k], N[k, j]),
        lambda N, k: (N[..., :, k, None], N[..., None, k, :]),
    ),
    *two_path(
        "itp",
        "receiver to third and third to sender",
        lambda how: dyads_turned(partial(chain_kernel, how)),
        lambda N, i, j, k: (N[j, k], N[k, i]),
        lambda N, k: (N[..., None, :, k], N[..., k, :, None]),
    ),
    *two_path(
        "osp",
        "sender to third and receiver to third",
        lambda how: partial(fork_kernel, False, how),
        lambda N, i, j, k: (N[i, k], N[j, k]),
        lambda N, k: (N[..., :, k, None], N[..., None, :, k]),
    ),
    *two_path(
        "isp",
        "third to sender and third to receiver",
        lambda how: events_turned(partial(fork_kernel, False, how)),
        lambda N, i, j, k: (N[k, i], N[k, j]),
        lambda N, k: (N[..., k, :, None], N[..., k, None, :]),
    ),
    *two_path(
        "sp",
        "of each actor with the third, either way",
        lambda how: partial(fork_kernel, True, how),
        lambda N, i, j, k: (N[i, k] + N[k, i], N[j, k] + N[k, j]),
        lambda N, k: (either(N)[..., :, k, None], either(N)[..., None, :, k]),
    ),
)
