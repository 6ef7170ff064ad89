"""Drawing controls: a counter-based generator, so that every group has random numbers of its own."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def _mixed(x):  # pragma: no cover - measured uncompiled
    """SplitMix64: Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators, OOPSLA."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(cache=True, nogil=True)
def draw_controls(lo, hi, seen_ptr, seen_row, drawn, widest, seed, pick):  # pragma: no cover
    """Rows of each group: its events first, then `drawn` others without replacement.

    lo, hi, drawn: (groups,); seen_row counts from lo; pick: (sum of events and drawn,), filled group by group
    """
    mark, o = np.full(widest, -1, np.int64), 0
    for g in range(lo.size):
        size = hi[g] - lo[g]
        for e in range(seen_ptr[g], seen_ptr[g + 1]):
            mark[seen_row[e]] = g
            pick[o] = lo[g] + seen_row[e]
            o += 1
        free = size - (seen_ptr[g + 1] - seen_ptr[g])
        if drawn[g] == free:
            for r in range(size):
                if mark[r] != g:
                    pick[o] = lo[g] + r
                    o += 1
            continue
        state = _mixed(seed ^ _mixed(np.uint64(g)))
        left = drawn[g]
        while left > 0:
            state = _mixed(state)
            row = np.int64((state >> np.uint64(11)) * (1.0 / 9007199254740992.0) * size)
            if mark[row] != g:
                mark[row] = g
                pick[o] = lo[g] + row
                o += 1
                left -= 1
