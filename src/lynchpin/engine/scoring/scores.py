"""Scores of count forecasts given as probabilities: exact, and smaller is better where it says score.

Sources: Czado, Gneiting and Held (2009), Predictive model assessment for count data, Biometrics 65; Gneiting and
Raftery (2007), Strictly proper scoring rules, prediction, and estimation, JASA 102.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from lynchpin.engine.scoring.predictive import Counts, Predictive
from lynchpin.engine.statistics.base import Floats

#: The shares of the central intervals that are scored.
LEVELS: tuple[float, ...] = (0.5, 0.8, 0.9)

#: Bins of the PIT histogram.
PIT_BINS = 10


def crps(forecast: Predictive, observed: Counts) -> Floats:
    """Continuous ranked probability score, in counts: the sum over k of (F(k) - 1{y <= k})^2, tail and all.

    For counts this is the ranked probability score.
    """
    k = np.arange(forecast.top + 1)
    inside = ((forecast.cdf - (observed[:, None] <= k)) ** 2).sum(axis=1)
    tail, ratio = forecast.tail, forecast.top / (forecast.top + 1.0)
    beyond = np.maximum(observed - forecast.top - 1, 0)  # counts past the grid and below the observed one: F^2 each
    first = np.asarray(ratio) * (1.0 - ratio**beyond) / (1.0 - ratio)
    second = ratio**2 * (1.0 - ratio ** (2 * beyond)) / (1.0 - ratio**2)
    short = beyond - 2.0 * tail * first + tail**2 * second
    long = tail**2 * ratio ** (2 * (beyond + 1)) / (1.0 - ratio**2)  # from the observed count on: (1 - F)^2 each
    return np.asarray(inside + short + long)


def log_score(forecast: Predictive, observed: Counts) -> Floats:
    """Minus the log of the chance given to what happened, in nats."""
    return -np.log(np.maximum(forecast.chance(observed), 1e-300))


def brier_any(forecast: Predictive, observed: Counts) -> Floats:
    """Squared distance between the chance of at least one and whether there was one."""
    return np.asarray((forecast.p_any - (observed > 0)) ** 2)


def log_score_any(forecast: Predictive, observed: Counts) -> Floats:
    """Log score of at least one, in nats."""
    p = np.clip(forecast.p_any, 1e-12, 1.0 - 1e-12)
    return -np.log(np.where(observed > 0, p, 1.0 - p))


def interval_score(forecast: Predictive, observed: Counts, level: float) -> Floats:
    """Width of the central interval, and 2 / (1 - level) for every count that the observed one lies outside."""
    low, high = (forecast.quantile(share) for share in _ends(level))
    outside = np.maximum(low - observed, 0) + np.maximum(observed - high, 0)
    return np.asarray(high - low + 2.0 / (1.0 - level) * outside, dtype=np.float64)


def inside(forecast: Predictive, observed: Counts, level: float) -> Floats:
    """Whether the central interval, ends included, holds the observed count: 0 or 1.

    A whole-number interval holds at least its level, often much more: see `coverage`.
    """
    low, high = (forecast.quantile(share) for share in _ends(level))
    return ((low <= observed) & (observed <= high)).astype(np.float64)


def coverage(forecast: Predictive, observed: Counts, level: float) -> Floats:
    """The chance that the randomised PIT lies in the central `level`: its mean is `level` for a calibrated forecast.

    Counts are whole, so an interval with its ends covers too much and one without them too little. This counts an end
    by the part of its chance that the interval needs: the expectation over the randomisation, so nothing is drawn.
    """
    low, high = _ends(level)
    start = forecast.below(observed)
    chance = np.maximum(forecast.chance(observed), 1e-300)
    overlap = np.minimum(start + chance, high) - np.maximum(start, low)
    return np.asarray(np.maximum(overlap, 0.0) / chance)


def pit(forecast: Predictive, observed: Counts) -> Floats:
    """The part of each randomised PIT in each of PIT_BINS equal bins: shape (units, bins), rows sum to one.

    The expectation over the randomisation (Czado, Gneiting and Held 2009, eq. 2).
    """
    edges = np.linspace(0.0, 1.0, PIT_BINS + 1)
    start = forecast.below(observed)[:, None]
    chance = np.maximum(forecast.chance(observed), 1e-300)[:, None]
    reached = np.clip((edges - start) / chance, 0.0, 1.0)
    reached[:, -1] = 1.0
    return np.diff(reached, axis=1)


def _ends(level: float) -> tuple[float, float]:
    return (1.0 - level) / 2.0, (1.0 + level) / 2.0


def average_precision(chance: Floats, some: Floats) -> float:
    """Mean share of hits among all at least as likely, over the hits: how well chances of at least one are ranked.

    Larger is better; a ranking by lot has the share of hits. Equal chances are taken together. NaN without hits.

    Parameters
    ----------
    chance, some : ndarrays of one shape, the chance given and whether there was one
    """
    order = np.argsort(-chance, axis=None, kind="stable")
    ranked, hits = chance.ravel()[order], np.cumsum(some.ravel()[order].astype(np.float64))
    if not hits.size or not hits[-1]:
        return float("nan")
    ends = np.append(np.flatnonzero(np.diff(ranked)), ranked.size - 1)
    return float(np.diff(hits[ends], prepend=0.0) @ (hits[ends] / (ends + 1.0)) / hits[-1])


# -- How sure a difference in scores is: origins resampled in blocks, pairs of states one by one; Diebold-Mariano.

#: Resamples, and the share of an interval.
RESAMPLES, INTERVAL = 2000, 0.9

#: Fewer origins, or pairs, than this say nothing of how scores vary from one to another.
LEAST_RESAMPLED = 4

#: Fewer origins than this, or than so many blocks, have no power worth a p-value.
LEAST_ORIGINS, LEAST_BLOCKS = 10, 4


@dataclass(frozen=True, slots=True, eq=False)
class Resamples:
    """How often each origin and each pair of states is in each resample: (RESAMPLES, origins), (RESAMPLES, pairs)."""

    origins: Floats
    pairs: Floats

    def sums(self, values: Floats) -> Floats:
        """The sum of each resample: shape (RESAMPLES,), from values of shape (origins, pairs)."""
        return np.asarray(((self.origins @ values) * self.pairs).sum(axis=1))


def resample(origins: int, pairs: int, block: int, seed: int) -> Resamples:
    """Origins drawn in runs of `block` neighbours, since spans overlap; pairs drawn singly, where there are enough."""
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, origins, size=(RESAMPLES, -(-origins // block)))
    picked = ((starts[:, :, None] + np.arange(block)) % origins).reshape(RESAMPLES, -1)[:, :origins]
    times = np.zeros((RESAMPLES, origins))
    np.add.at(times, (np.arange(RESAMPLES)[:, None], picked), 1.0)
    if pairs < LEAST_RESAMPLED:
        return Resamples(times, np.ones((RESAMPLES, pairs)))
    return Resamples(times, rng.multinomial(pairs, np.full(pairs, 1.0 / pairs), size=RESAMPLES).astype(np.float64))


def interval_of(drawn: Floats) -> tuple[float, float]:
    """The ends of the 90 % interval of what resamples say; NaN where there is nothing."""
    if not drawn.size:
        return float("nan"), float("nan")
    tail = (1.0 - INTERVAL) / 2.0
    low, high = np.quantile(drawn, [tail, 1.0 - tail])
    return float(low), float(high)


def skill_interval(ours: Floats, theirs: Floats, drawn: Resamples) -> tuple[float, float, float]:
    """1 - mean score / the other's mean score, and the ends of its 90 % interval.

    Parameters
    ----------
    ours, theirs : ndarrays, shape (origins, pairs), scores summed over the units of each pair, smaller is better

    Returns
    -------
    tuple of float; the ends are NaN for fewer than LEAST_RESAMPLED origins
    """
    value = 1.0 - float(ours.sum()) / max(float(theirs.sum()), 1e-12)
    if ours.shape[0] < LEAST_RESAMPLED:
        return value, float("nan"), float("nan")
    return value, *interval_of(1.0 - drawn.sums(ours) / np.maximum(drawn.sums(theirs), 1e-12))


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
