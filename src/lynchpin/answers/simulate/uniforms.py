"""Uniform numbers that are looked up, not drawn in turn: one for each path, step, place and purpose.

A number depends on nothing but its address, so it is the same however many workers share the paths, and whatever other
units did. Keys are hashed by the finaliser of SplitMix64; a stream is SplitMix64's own, entered at any position.

References
----------
Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators, OOPSLA, fig. 14 and 17.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import gammainccinv, gammaincinv

from lynchpin.engine.statistics.base import Floats

Keys = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11, _ONE = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11), np.uint64(1)
_UNIT = 2.0**-53

#: What the numbers of a pair of directions and class are for, in one step of one path.
FRAILTY, SHARED, THERE, BACK = 0, 1, 2, 3
PURPOSES = 4

#: Acts have numbers of their own for each of these, kept apart from the numbers of pairs; so many of a kind in a step.
ACTS = 4096
DAY, SIZE = np.uint64(0x5851F42D4C957F2D), np.uint64(0x14057B7EF767814F)


@njit(cache=True, nogil=True)
def child(key, position):  # pragma: no cover - measured uncompiled
    """The number at a position (from 0) of the stream that begins at a key; itself a key."""
    z = key + (np.uint64(position) + _ONE) * GOLDEN
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return z ^ (z >> _31)


@njit(cache=True, nogil=True)
def uniform(key):  # pragma: no cover - measured uncompiled
    """A key as a number in [0, 1)."""
    return np.float64(key >> _11) * _UNIT


def children(key: Keys, position: NDArray[np.int64]) -> Keys:
    """`child` of whole arrays, which broadcast."""
    place = np.atleast_1d(np.asarray(position)).astype(np.uint64) + _ONE
    z = np.atleast_1d(np.asarray(key, dtype=np.uint64)) + place * GOLDEN
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return np.asarray(z ^ (z >> _31))


def uniforms(key: Keys) -> Floats:
    """`uniform` of whole arrays."""
    return np.asarray((key >> _11).astype(np.float64) * _UNIT)


def seed_key(seed: int) -> np.uint64:
    """The key that a seed stands for, every digit of it: a seed is a whole number, 0 or more, of any length."""
    key = np.zeros(1, dtype=np.uint64)
    while True:
        key, seed = children(key, np.array([seed % 2**63])), seed >> 63
        if seed in (0, -1):
            break
    return np.uint64(key[0])


# -- The random factor that a pair's acts of one class share in a step: gamma with mean 1, read from a table of
# quantiles.

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
    quantiles = np.stack([gammaincinv(size, beyond), gammainccinv(size, beyond)]) / size
    weight = 0.5 ** np.arange(2.0, OCTAVES + 2.0)
    mean = float((((quantiles[..., :-1] + quantiles[..., 1:]) / 2.0).mean(axis=2) @ weight).sum())
    return np.asarray(quantiles / mean)


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


# -- Logarithm and exponential of a row of numbers: arithmetic without a branch, which a compiler does many at a time.

_MANTISSA, _BIAS = np.int64(52), np.int64(1023)
_ROOT_HALF = np.int64(0x3FE6A09E667F3BCD)  # the bits of the square root of one half
#: Their sum is ln 2, and the first has few enough digits that a whole number times it is exact.
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_PER_LN2 = 1.4426950408889634
_WHOLE = 6755399441055744.0  # 1.5 * 2 ** 52: added, it leaves a number's whole part in the last bits
_WHOLE_BITS = np.int64(0x4338000000000000)
_LARGEST = 700.0


@njit(cache=True, nogil=True, error_model="numpy")  # a division that is tested for zero is done one at a time
def log1p(values, row, out, work, bits):  # pragma: no cover - measured uncompiled
    """Row out = log(1 + row), each > -1; values: (rows, lanes), work: (2, lanes), bits: its memory as whole numbers"""
    lanes = values.shape[1]
    for i in range(lanes):
        work[0, i] = 1.0 + values[row, i]
    for i in range(lanes):
        power = (bits[0, i] - _ROOT_HALF) >> _MANTISSA
        bits[1, i] = bits[0, i] - (power << _MANTISSA)  # between the roots of one half and of two
        values[out, i] = np.float64(power)
    for i in range(lanes):
        s = (work[1, i] - 1.0) / (work[1, i] + 1.0)
        z = s * s
        p = 1.0 / 19.0 + z * (1.0 / 21.0)
        p = 1.0 / 15.0 + z * (1.0 / 17.0 + z * p)
        p = 1.0 / 11.0 + z * (1.0 / 13.0 + z * p)
        p = 1.0 / 7.0 + z * (1.0 / 9.0 + z * p)
        p = 1.0 / 3.0 + z * (1.0 / 5.0 + z * p)
        power = values[out, i]
        values[out, i] = power * _LN2_HIGH + (2.0 * s + (2.0 * s * z * p + power * _LN2_LOW))


@njit(cache=True, nogil=True)
def exp(values, row, work, bits):  # pragma: no cover - measured uncompiled
    """A row x becomes exp(x), x held within 700 of zero; values: (rows, lanes), work and bits as in `log1p`"""
    lanes = values.shape[1]
    for i in range(lanes):
        x = min(max(values[row, i], -_LARGEST), _LARGEST)
        values[row, i] = x
        work[0, i] = x * _PER_LN2 + _WHOLE
    for i in range(lanes):
        bits[1, i] = (bits[0, i] - _WHOLE_BITS + _BIAS) << _MANTISSA
    for i in range(lanes):
        power = work[0, i] - _WHOLE
        r = (values[row, i] - power * _LN2_HIGH) - power * _LN2_LOW
        p = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0)
        p = 1.0 / 3628800.0 + r * (1.0 / 39916800.0 + r * p)
        p = 1.0 / 40320.0 + r * (1.0 / 362880.0 + r * p)
        p = 1.0 / 720.0 + r * (1.0 / 5040.0 + r * p)
        p = 1.0 / 24.0 + r * (1.0 / 120.0 + r * p)
        p = 0.5 + r * (1.0 / 6.0 + r * p)
        values[row, i] = (1.0 + (r + r * r * p)) * work[1, i]
