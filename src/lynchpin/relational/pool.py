"""Effects of senders and receivers, partially pooled: their variances by empirical Bayes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lynchpin.relational.climb import Top, climb
from lynchpin.relational.work import Work
from lynchpin.statistics._base import Floats

_ROUNDS, _SMALLEST_VARIANCE = 40, 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """effects : (2, actors), as sender and as receiver, log rate; sd : their standard deviations"""

    effects: Floats
    sd: tuple[float, float]


def settle_pool(work: Work, start: Floats, precision: Floats, names: Sequence[str], n: int) -> tuple[Pool, Top]:
    """Turn by turn: coefficients and effects given the variances, then those given the effects, until nothing moves.

    The variances are MacKay's fixed point of the Laplace evidence: sum of squares over the number of effects that the
    data determine. MacKay (1992), Bayesian interpolation, Neural Computation 4(3).

    Returns
    -------
    Pool, and the top with the coefficients alone: their covariance allows for the effects
    """
    k = start.size
    variance = np.ones(2)
    at = np.concatenate([start, np.zeros(2 * n)])
    all_names = [*names, *("sender" for _ in range(n)), *("receiver" for _ in range(n))]
    ends = slice(k, k + n), slice(k + n, k + 2 * n)
    for round_ in range(_ROUNDS):
        prior = np.concatenate([precision, np.repeat(1.0 / variance, n)])
        top = climb(work.sums, at, prior, all_names, tolerance=1e-3, size=np.zeros(at.size))
        at, before = top.estimate, variance
        spread = np.diag(top.covariance)
        known = [n - float(spread[end].sum()) / v for end, v in zip(ends, before, strict=True)]
        squares = [float((at[end] ** 2).sum()) for end in ends]
        variance = np.maximum([q / max(d, 1e-3) for q, d in zip(squares, known, strict=True)], _SMALLEST_VARIANCE)
        if np.abs(np.log(variance / before)).max() < 1e-3 and round_:
            break
    prior = np.concatenate([precision, np.repeat(1.0 / variance, n)])
    top = climb(work.sums, at, prior, all_names, size=np.zeros(at.size))
    effects = np.stack([top.estimate[end] for end in ends])
    sd = np.sqrt(variance)
    own = replace(top, estimate=top.estimate[:k], covariance=top.covariance[:k, :k])
    return Pool(effects, (float(sd[0]), float(sd[1]))), own
