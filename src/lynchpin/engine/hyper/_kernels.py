"""Counts of sets that met, kept up to date event by event, compiled.

Counts are kept in units that grow by two in every half-life, so that time passing costs nothing.
"""

from __future__ import annotations

import numpy as np

from lynchpin.engine.compiled import njit


@njit(cache=True, nogil=True)
def count_kernel(when, ptr, cell, at, of, asked, n_cells, half_life, out):
    """Sum over the cells of each asked set of their decayed counts, strictly before; events and sets by time.

    when, ptr, cell: of events; at, of, asked: of sets, a cell of -1 never happened; half_life: inf for none; -> out
    """
    count, base, e = np.zeros(n_cells), 0.0, 0
    for r in range(at.size):
        while e < when.size and when[e] < at[r]:
            if (when[e] - base) / half_life > 500.0:
                count *= 2.0 ** (-(when[e] - base) / half_life)
                base = when[e]
            for c in range(ptr[e], ptr[e + 1]):
                count[cell[c]] += 2.0 ** ((when[e] - base) / half_life)
            e += 1
        total = 0.0
        for c in range(of[r], of[r + 1]):
            if asked[c] >= 0:
                total += count[asked[c]]
        out[r] = total * 2.0 ** (-(at[r] - base) / half_life)


@njit(cache=True, nogil=True)
def closure_kernel(when, ptr, who, at, of, asked, n, half_life, out):
    """Sum over pairs of each asked set, and over third actors, of the smaller of their decayed counts; -> out."""
    N, base, e = np.zeros((n, n)), 0.0, 0
    for r in range(at.size):
        while e < when.size and when[e] < at[r]:
            if (when[e] - base) / half_life > 500.0:
                N *= 2.0 ** (-(when[e] - base) / half_life)
                base = when[e]
            more = 2.0 ** ((when[e] - base) / half_life)
            for a in range(ptr[e], ptr[e + 1]):
                for b in range(ptr[e], ptr[e + 1]):
                    if a != b:
                        N[who[a], who[b]] += more
            e += 1
        total = 0.0
        for a in range(of[r], of[r + 1]):
            for b in range(a + 1, of[r + 1]):
                i, j = asked[a], asked[b]
                for k in range(n):
                    if k != i and k != j:
                        total += min(N[i, k], N[j, k])
        out[r] = total * 2.0 ** (-(at[r] - base) / half_life)
