"""The random factor that a pair's acts of one class share in a step: gamma with mean 1, read from a table of quantiles.

Counts that are Poisson given the factor are negative binomial. A table costs a look-up where a draw would cost a
logarithm, and gives one number for one uniform: the same factor in a scenario as in its baseline.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from scipy.special import gammainccinv, gammaincinv

from lynchpin.statistics._base import Floats

#: Each tail is cut into octaves, each half as likely as the one before, and each of them into equal cells.
OCTAVES, CELLS = 53, 32

#: A number is known roughly by its first binary digits: which of so many equal strips of [0, 1) it lies in.
STRIPS = 64
#: A key shifted by so much is the strip of its number.
BELOW = np.uint64(58)


def table(size: float) -> Floats:
    """Quantiles of the factor, shape (2, OCTAVES, CELLS + 1): lower tail, upper tail; linear between, mean exactly 1.

    Parameters
    ----------
    size : float, theta of the negative binomial; inf for the Poisson, whose factor is 1
    """
    if math.isinf(size):
        return np.ones((2, OCTAVES, CELLS + 1))
    beyond = (1.0 - np.arange(CELLS + 1) / (2.0 * CELLS)) * 0.5 ** np.arange(1, OCTAVES + 1)[:, None]
    found = np.stack([gammaincinv(size, beyond), gammainccinv(size, beyond)]) / size
    weight = 0.5 ** np.arange(2.0, OCTAVES + 2.0)
    mean = float((((found[..., :-1] + found[..., 1:]) / 2.0).mean(axis=2) @ weight).sum())
    return np.asarray(found / mean)


@njit(cache=True, nogil=True)
def factor(quantiles, u):  # pragma: no cover - measured uncompiled
    """quantiles: (2, OCTAVES, CELLS + 1); u in [0, 1) -> the quantile at u"""
    upper = 1 if u > 0.5 else 0
    mantissa, exponent = math.frexp(1.0 - u if upper else u)
    octave = -exponent - 1
    if mantissa == 0.0 or octave >= OCTAVES:
        return quantiles[upper, OCTAVES - 1, CELLS]
    if octave < 0:  # the middle itself
        return quantiles[upper, 0, 0]
    place = (1.0 - mantissa) * (2.0 * CELLS)
    cell = min(int(place), CELLS - 1)
    start = quantiles[upper, octave, cell]
    return start + (place - cell) * (quantiles[upper, octave, cell + 1] - start)


def bounds(quantiles: Floats) -> Floats:
    """The largest factor of each strip, with room for rounding: shape (STRIPS,)."""
    return factors(quantiles, np.arange(1, STRIPS + 1) / STRIPS) * (1.0 + 1e-12)


def factors(quantiles: Floats, u: Floats) -> Floats:
    """`factor` of a whole array of uniforms."""
    upper = (u > 0.5).astype(np.int64)
    mantissa, exponent = np.frexp(np.where(upper, 1.0 - u, u))
    octave = np.where(mantissa == 0.0, OCTAVES, -exponent - 1)
    place = np.where(octave < 0, 0.0, np.where(octave >= OCTAVES, CELLS, (1.0 - mantissa) * (2.0 * CELLS)))
    octave = np.clip(octave, 0, OCTAVES - 1)
    cell = np.minimum(place.astype(np.int64), CELLS - 1)
    start = quantiles[upper, octave, cell]
    return np.asarray(start + (place - cell) * (quantiles[upper, octave, cell + 1] - start))
