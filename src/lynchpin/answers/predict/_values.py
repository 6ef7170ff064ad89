"""Counts and shares as the choice model takes them, and the k-th best of many."""

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


@njit(cache=True, nogil=True)
def kth_best(values, k):
    """The k-th largest of some values, ties counted one by one; 1 <= k <= their number.

    The k best so far are a heap whose least stands first: most values are compared with it alone. `np.partition` gives
    the same number and takes five seconds to compile.
    """
    heap = values[:k].copy()
    for start in range(k // 2 - 1, -1, -1):
        _sink(heap, start)
    for value in values[k:]:
        if value > heap[0]:
            heap[0] = value
            _sink(heap, 0)
    return heap[0]


@njit(cache=True, nogil=True)
def _sink(heap, at):
    """Let a value sink until neither of the two below it is less."""
    value = heap[at]
    below = 2 * at + 1
    while below < heap.size:
        if below + 1 < heap.size and heap[below + 1] < heap[below]:
            below += 1
        if heap[below] >= value:
            break
        heap[at] = heap[below]
        at, below = below, 2 * below + 1
    heap[at] = value
