"""How sure a difference in scores is: block bootstrap over origins, and the Diebold-Mariano test.

Spans of neighbouring origins overlap, so origins are drawn in blocks as long as a span. Künsch (1989), The jackknife
and the bootstrap for general stationary observations, Annals of Statistics 17 (blocks, here around a circle); Harvey,
Leybourne and Newbold (1997), Testing the equality of prediction mean squared errors, Int. J. Forecasting 13.
"""

from __future__ import annotations

import numpy as np
from scipy.special import stdtr

from lynchpin.statistics._base import Floats

#: Resamples, and the share of an interval.
RESAMPLES, INTERVAL = 2000, 0.9

#: Fewer origins than this say nothing of how scores vary from one to another.
LEAST_RESAMPLED = 4

#: Fewer origins than this, or than so many blocks, have no power worth a p-value.
LEAST_ORIGINS, LEAST_BLOCKS = 10, 4


def block_means(values: Floats, block: int, seed: int) -> Floats:
    """Means over resampled origins: shape (RESAMPLES, ...).

    Parameters
    ----------
    values : ndarray, shape (origins, ...)
    block : int, origins that are drawn together, >= 1
    """
    n = values.shape[0]
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, n, size=(RESAMPLES, -(-n // block)))
    picked = ((starts[:, :, None] + np.arange(block)) % n).reshape(RESAMPLES, -1)[:, :n]
    return np.asarray(values[picked].mean(axis=1))


def skill_interval(ours: Floats, theirs: Floats, block: int, seed: int) -> tuple[float, float, float]:
    """1 - mean score / the other's mean score, and the ends of its 90 % interval.

    Parameters
    ----------
    ours, theirs : ndarrays, shape (origins,), mean scores of each origin, smaller is better

    Returns
    -------
    tuple of float; the ends are NaN for fewer than LEAST_RESAMPLED origins
    """
    value = 1.0 - float(ours.mean()) / max(float(theirs.mean()), 1e-12)
    if ours.size < LEAST_RESAMPLED:
        return value, float("nan"), float("nan")
    drawn = block_means(np.stack([ours, theirs], axis=1), block, seed)
    skill = 1.0 - drawn[:, 0] / np.maximum(drawn[:, 1], 1e-12)
    tail = (1.0 - INTERVAL) / 2.0
    low, high = np.quantile(skill, [tail, 1.0 - tail])
    return value, float(low), float(high)


def diebold_mariano(ours: Floats, theirs: Floats, span: int) -> tuple[float, float] | None:
    """The corrected statistic (positive: ours is better) and its two-sided p-value; None without power.

    Parameters
    ----------
    ours, theirs : ndarrays, shape (origins,), mean scores of each origin
    span : int, how many origins one span of days reaches over, >= 1
    """
    difference = theirs - ours
    n = difference.size
    if n < max(LEAST_ORIGINS, LEAST_BLOCKS * span):
        return None
    centred = difference - difference.mean()
    spread = sum((1.0 if lag == 0 else 2.0) * float(centred[lag:] @ centred[: n - lag]) / n for lag in range(span))
    if spread <= 0.0:
        return None
    correction = np.sqrt((n + 1.0 - 2.0 * span + span * (span - 1.0) / n) / n)
    statistic = float(correction * difference.mean() / np.sqrt(spread / n))
    return statistic, float(2.0 * stdtr(n - 1, -abs(statistic)))
