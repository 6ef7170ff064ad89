"""Numbers that belong to actors, spread over the dyads that share them."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def spread(values, lo, hi, index, out):
    """Fill out (rows asked,) with values[g, index[r]] for r in lo[g] .. hi[g] - 1; values: (groups, n)."""
    o = 0
    for g in range(lo.size):
        mine, some = values[g], index[lo[g] : hi[g]]
        part = out[o : o + some.size]
        for r in range(some.size):
            part[r] = mine[some[r]]
        o += some.size


# -- The ends of a direction within every comparison, compiled.


@njit(cache=True, nogil=True)
def ends(along, ptr, seen_ptr, seen_row, others, top, low, bottom):
    """Rows of every group: highest of all, lowest of those that acted, lowest of all.

    along: (rows,), the direction times x; others: whether `all` are only those that did not act; seen_row ascends
    within a group; top, low, bottom: (groups,), filled; -1 where there is none
    """
    for g in range(ptr.size - 1):
        most, least, e = -1, -1, seen_ptr[g]
        for r in range(ptr[g], ptr[g + 1]):
            if others and e < seen_ptr[g + 1] and seen_row[e] == r:
                e += 1
                continue
            if most < 0 or along[r] > along[most]:
                most = r
            if least < 0 or along[r] < along[least]:
                least = r
        acted = -1
        for e in range(seen_ptr[g], seen_ptr[g + 1]):
            if acted < 0 or along[seen_row[e]] < along[acted]:
                acted = seen_row[e]
        top[g], low[g], bottom[g] = most, acted, least


# -- Drawing controls: a counter-based generator, so that every group has random numbers of its own.


@njit(cache=True, nogil=True)
def _mixed(x):
    """SplitMix64: Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators, OOPSLA."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@njit(cache=True, nogil=True)
def draw_controls(lo, hi, seen_ptr, seen_row, drawn, widest, seed, pick):
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
