"""Scores of count forecasts given as draws: exact for the distribution of the draws, smaller is better."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


def crps(draws: Counts, observed: Counts) -> Floats:
    """Continuous ranked probability score of the empirical distribution of the draws, in counts.

    E|X - y| - E|X - X'| / 2, the second by sorting, so that it is exact and costs n log n.

    Parameters
    ----------
    draws : ndarray, shape (draws, ...)
    observed : ndarray, shape (...)

    Returns
    -------
    ndarray, shape (...), >= 0

    References
    ----------
    Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and estimation, JASA 102, eq. 21.
    """
    n = draws.shape[0]
    ordered = np.sort(draws, axis=0).astype(np.float64)
    rank = (2.0 * np.arange(1, n + 1) - n - 1.0).reshape(-1, *[1] * observed.ndim)
    spread = (rank * ordered).sum(axis=0) / n**2
    return np.asarray(np.abs(ordered - observed).mean(axis=0) - spread)


def log_score(draws: Counts, observed: Counts) -> Floats:
    """Minus the log of the share of draws that equal the observed count, in nats.

    One draw more is counted, spread evenly over 0 .. twice the largest of the draws and the count, plus one: an
    unseen count costs much, but not everything. Compare only forecasts of one number of draws.

    Parameters
    ----------
    draws : ndarray, shape (draws, ...)
    observed : ndarray, shape (...)
    """
    span = 2.0 * np.maximum(draws.max(axis=0), observed) + 2.0
    hits = (draws == observed).sum(axis=0)
    return np.asarray(-np.log((hits + 1.0 / span) / (draws.shape[0] + 1.0)))


def covered(draws: Counts, observed: Counts, level: float) -> NDArray[np.bool_]:
    """Whether the central interval of the draws, which holds at least its level, holds the observed count."""
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(draws, [tail, 1.0 - tail], axis=0, method="inverted_cdf")
    return np.asarray((low <= observed) & (observed <= high))
