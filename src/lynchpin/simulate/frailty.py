"""The random factor that a pair's acts of one class share in a step: gamma with mean 1, read from a table of quantiles.

Counts that are Poisson given the factor are negative binomial. A table costs a look-up where a draw would cost a
logarithm, and gives one number for one uniform: the same factor in a scenario as in its baseline.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from scipy.special import gammainccinv

from lynchpin.statistics._base import Floats

#: The upper tail is cut into octaves, each half as likely as the one before, and each of them into equal cells.
OCTAVES, CELLS = 53, 64


def table(size: float) -> Floats:
    """Quantiles of the factor, shape (OCTAVES, CELLS + 1); linear in between, and mean exactly 1.

    Parameters
    ----------
    size : float, theta of the negative binomial; inf for the Poisson, whose factor is 1
    """
    if math.isinf(size):
        return np.ones((OCTAVES, CELLS + 1))
    above = (1.0 - np.arange(CELLS + 1) / (2.0 * CELLS)) * 0.5 ** np.arange(OCTAVES)[:, None]
    found = gammainccinv(size, above) / size
    weight = 0.5 ** np.arange(1.0, OCTAVES + 1.0)
    mean = float(weight @ ((found[:, :-1] + found[:, 1:]) / 2.0).mean(axis=1))
    return np.asarray(found / mean)


@njit(cache=True, nogil=True)
def factor(quantiles, u):  # pragma: no cover - measured uncompiled
    """quantiles: (OCTAVES, CELLS + 1); u in [0, 1) -> the quantile at u"""
    mantissa, exponent = math.frexp(1.0 - u)
    if exponent > 0:
        return quantiles[0, 0]
    place = (1.0 - mantissa) * (2.0 * CELLS)
    cell = int(place)
    if cell >= CELLS:
        return quantiles[-exponent, CELLS]
    low = quantiles[-exponent, cell]
    return low + (place - cell) * (quantiles[-exponent, cell + 1] - low)


def factors(quantiles: Floats, u: Floats) -> Floats:
    """`factor` of a whole array of uniforms."""
    mantissa, exponent = np.frexp(1.0 - u)
    octave = np.where(exponent > 0, 0, -exponent)
    place = np.where(exponent > 0, 0.0, (1.0 - mantissa) * (2.0 * CELLS))
    cell = np.minimum(place.astype(np.int64), CELLS - 1)
    low = quantiles[octave, cell]
    return np.asarray(low + (place - cell) * (quantiles[octave, cell + 1] - low))
