"""The plain forecasts that ours must beat: each gives a distribution for every dyad, class and month ahead.

Each is a function `(history, months, rng, draws) -> draws`: history is (units, past months), oldest first; the answer
is (draws, months, units) counts. Names and definitions follow the ViEWS prediction challenge where it has them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Baseline = Callable[[Counts, int, np.random.Generator, int], Counts]

_YEAR = 12
_EWMA_HALF_LIFE_MONTHS = 6.0


def zero(history: Counts, months: int, rng: np.random.Generator, draws: int) -> Counts:
    """Nothing ever happens."""
    return np.zeros((draws, months, history.shape[0]), dtype=np.int64)


def last_month(history: Counts, months: int, rng: np.random.Generator, draws: int) -> Counts:
    """Poisson around the last observed month."""
    return rng.poisson(history[:, -1], size=(draws, months, history.shape[0]))


def own_last_year(history: Counts, months: int, rng: np.random.Generator, draws: int) -> Counts:
    """Conflictology: draws from the unit's own last twelve months."""
    year = history[:, -_YEAR:]
    pick = rng.integers(0, year.shape[1], size=(draws, months, history.shape[0]))
    return np.take_along_axis(np.broadcast_to(year.T[None], (draws, *year.T.shape)), pick, axis=1)


def ewma(history: Counts, months: int, rng: np.random.Generator, draws: int) -> Counts:
    """Negative binomial: mean and spread from the unit's own past, a month counting half after six months.

    A sixth of a month of the pooled mean is added, so that a unit without events can have some.
    """
    weight = 2.0 ** (-np.arange(history.shape[1])[::-1] / _EWMA_HALF_LIFE_MONTHS)
    pooled = history.mean()
    mean = (history @ weight + pooled / 6.0) / (weight.sum() + 1.0 / 6.0)
    variance = ((history - mean[:, None]) ** 2) @ weight / weight.sum()
    excess = np.maximum(variance - mean, 1e-9)
    size = np.clip(mean**2 / excess, 1e-2, 1e4)
    rate = rng.standard_gamma(size, size=(draws, months, size.size)) / size * mean
    counts: Counts = rng.poisson(rate)
    return counts


def pooled_bootstrap(history: Counts, months: int, rng: np.random.Generator, draws: int) -> Counts:
    """Draws from the last twelve months of all units together."""
    pool = history[:, -_YEAR:].ravel()
    found: Counts = pool[rng.integers(0, pool.size, size=(draws, months, history.shape[0]))]
    return found


#: Name shown -> baseline, in the order shown.
BASELINES: dict[str, Baseline] = {
    "own last 12 months": own_last_year,
    "EWMA negative binomial": ewma,
    "last month (Poisson)": last_month,
    "pooled bootstrap": pooled_bootstrap,
    "zero": zero,
}
