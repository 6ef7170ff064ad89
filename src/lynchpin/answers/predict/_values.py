"""Counts and shares as the choice model takes them."""

from __future__ import annotations

import math

from lynchpin.engine.compiled import njit

EVER, MONTH = 5, 3  # positions of half-lives that are used alone
TINY = 1e-6


@njit(cache=True, nogil=True)
def counted(x):
    return math.log1p(10.0 * x) if x != 0.0 else 0.0


@njit(cache=True, nogil=True)
def shared(x):
    return math.log1p(300.0 * x) if x != 0.0 else 0.0
