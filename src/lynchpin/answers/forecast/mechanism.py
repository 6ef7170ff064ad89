"""The mechanism model as a forecaster: simulated counts of a fit as probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lynchpin.answers.simulate import Paths, simulate
from lynchpin.engine.scoring.predictive import Counts, negative_binomial, roughened
from lynchpin.engine.statistics.base import Floats
from lynchpin.model import Fit

#: How many draws' worth a negative binomial of the draws' mean and variance counts beside them.
_SMOOTH = 20.0


def played(fit: Fit, boundaries: Sequence[int], draws: int, seed: int, *, workers: int | None = None) -> Paths:
    """Paths whose periods lie between neighbouring days ahead of a fit's origin.

    Parameters
    ----------
    boundaries : rising day numbers, the first the fit's origin
    workers : as for `lynchpin.answers.simulate.simulate`
    """
    edges = [day - boundaries[0] for day in boundaries]
    steps = -(-edges[-1] // fit.case.step_days)
    return simulate(fit, steps, draws, seed, edges=edges, workers=workers)


def drawn_pmf(draws: Counts, top: int) -> Floats:
    """Draws as probabilities: their shares, smoothed by a negative binomial of their mean and variance.

    Half a count is added to the draws together, so that nothing is held to be impossible.

    Parameters
    ----------
    draws : ndarray, shape (draws, units)

    Returns
    -------
    ndarray, shape (units, top + 1)
    """
    n, units = draws.shape
    share = np.zeros((units, top + 2))
    np.add.at(share, (np.broadcast_to(np.arange(units), draws.shape), np.minimum(draws, top + 1)), 1.0 / n)
    mean, variance = draws.mean(axis=0) + 0.5 / n, draws.var(axis=0)
    size = np.where(variance > mean, mean**2 / np.maximum(variance - mean, 1e-12), np.inf)
    pmf = (n * share[:, :-1] + _SMOOTH * negative_binomial(mean, size, top).pmf) / (n + _SMOOTH)
    return roughened(pmf, draws.max(axis=0).astype(np.float64))
