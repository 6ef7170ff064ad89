"""Numbers that belong to actors, spread over the dyads that share them."""

from __future__ import annotations

from numba import njit


@njit(cache=True, nogil=True)
def spread(values, lo, hi, index, out):  # pragma: no cover - measured uncompiled
    """Fill out (rows asked,) with values[g, index[r]] for r in lo[g] .. hi[g] - 1; values: (groups, n)."""
    o = 0
    for g in range(lo.size):
        mine, some = values[g], index[lo[g] : hi[g]]
        part = out[o : o + some.size]
        for r in range(some.size):
            part[r] = mine[some[r]]
        o += some.size
