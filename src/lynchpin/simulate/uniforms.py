"""Uniform numbers that are looked up, not drawn in turn: one for each path, step, place and purpose.

A number depends on nothing but its address, so it is the same however many workers share the paths, and whatever other
units did. Keys are hashed by the finaliser of SplitMix64; a stream is SplitMix64's own, entered at any position.

References
----------
Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators, OOPSLA, fig. 14 and 17.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lynchpin.statistics._base import Floats

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
    """The key that a seed stands for."""
    found: np.uint64 = children(np.array([0], dtype=np.uint64), np.array([seed % 2**63]))[0]
    return found
