"""Counts and shares as the choice model takes them."""

from __future__ import annotations

import math

import numpy as np

from lynchpin.answers.predict.columns import HALF_LIVES
from lynchpin.engine.compiled import njit

#: Positions of half-lives that are used alone.
EVER, MONTH = HALF_LIVES.index(np.inf), HALF_LIVES.index(30.0)
TINY = 1e-6


@njit(cache=True, nogil=True)
def counted(x):
    """log(1 + 10 x) of a count."""
    return math.log1p(10.0 * x) if x != 0.0 else 0.0


@njit(cache=True, nogil=True)
def shared(x):
    """log(1 + 300 x) of a share."""
    return math.log1p(300.0 * x) if x != 0.0 else 0.0
