"""Scores of count forecasts given as probabilities: exact, and smaller is better where it says score.

Sources: Czado, Gneiting and Held (2009), Predictive model assessment for count data, Biometrics 65; Gneiting and
Raftery (2007), Strictly proper scoring rules, prediction, and estimation, JASA 102.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lynchpin.forecast.predictive import Predictive
from lynchpin.statistics._base import Floats

Counts = NDArray[np.int64]

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
