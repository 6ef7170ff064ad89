"""The ends of a direction within every comparison, compiled."""

from __future__ import annotations

from numba import njit


@njit(cache=True, nogil=True)
def ends(along, ptr, seen_ptr, seen_row, top, low, bottom):  # pragma: no cover - measured uncompiled
    """Rows of every group: highest of all, lowest of those that acted, lowest of all.

    along: (rows,), the direction times x; top, low, bottom: (groups,), filled; low is -1 where none acted
    """
    for g in range(ptr.size - 1):
        most = least = ptr[g]
        for r in range(ptr[g] + 1, ptr[g + 1]):
            if along[r] > along[most]:
                most = r
            if along[r] < along[least]:
                least = r
        acted = -1
        for e in range(seen_ptr[g], seen_ptr[g + 1]):
            if acted < 0 or along[seen_row[e]] < along[acted]:
                acted = seen_row[e]
        top[g], low[g], bottom[g] = most, acted, least
