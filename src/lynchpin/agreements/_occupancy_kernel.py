"""The pass through the weeks: see `occupancy`, which says what it computes and has a slow reference beside it."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def occupancy_kernel(
    base, clock, memory, drift, leads_to, remembered, setback, pieces, standing, mem, age, end, least
):  # pragma: no cover - measured uncompiled
    """Chance of each standing in each week, for one draw.

    base: (moves, standings), log hazard per week, -inf where not possible; clock: (moves, pieces + 1), memory: (moves,
    memories),
    drift: (moves, weeks), all added to it; leads_to: (moves, standings); remembered: (memories, 2); pieces: (pieces,),
    weeks at which the clock's piece changes; standing, mem, age: where it stands now; a mass under
    `least` stays where it is. -> (weeks + 1, standings + 1), the last column: ended

    All that share a cell (standing, memory) and a piece of the clock share their hazards, so a cell keeps one mass for
    each piece, and who came into it when: that cohort, less what has left since, is what crosses into the next piece.
    """
    n_moves, n_standings = base.shape
    n_mem, weeks = memory.shape[1], drift.shape[1]
    out = np.zeros((weeks + 1, n_standings + 1))
    if standing == end:
        for w in range(weeks + 1):
            out[w, end] = 1.0
        return out
    base, clock, memory, drift = np.exp(base), np.exp(clock), np.exp(memory), np.exp(drift)  # from here on factors
    last = pieces.size
    spans = pieces.copy()  # weeks spent in each piece but the last
    for p in range(1, last):  # not by slices, whose check of shapes takes two seconds to compile
        spans[p] -= pieces[p - 1]
    mass = np.zeros((n_standings, n_mem, last + 1))
    came = np.zeros((n_standings, n_mem, last, weeks + 1))  # into a piece, by week
    left = np.zeros((n_standings, n_mem, last + 1, weeks + 1))  # summed hazard of a cell's piece up to a week
    first = 0
    while first < last and age >= pieces[first]:
        first += 1
    mass[standing, mem, first] = 1.0
    crosses = (
        0 if first == last else pieces[first] - age
    )  # week in which the one we look at crosses into the next piece
    out[0, standing] = 1.0
    arriving = np.zeros((n_standings, n_mem))
    chance, ended = np.zeros(n_moves), 0.0
    for w in range(weeks):
        for s in range(n_standings):
            for m in range(n_mem):
                arriving[s, m] = 0.0
        for s in range(n_standings):
            for m in range(n_mem):
                for p in range(last + 1):
                    here = mass[s, m, p]
                    if here <= least:
                        left[s, m, p, w + 1] = left[s, m, p, w]
                        continue
                    total = 0.0
                    for k in range(n_moves):
                        chance[k] = base[k, s] * clock[k, p] * memory[k, m] * drift[k, w]
                        total += chance[k]
                    stay = np.exp(-total)
                    share = here * (1.0 - stay) / total if total > 0.0 else 0.0
                    for k in range(n_moves):
                        if chance[k] > 0.0:
                            to = leads_to[k, s]
                            if to == end:
                                ended += chance[k] * share
                            else:
                                arriving[to, remembered[m, 1 if k == setback else 0]] += chance[k] * share
                    mass[s, m, p] = here * stay
                    left[s, m, p, w + 1] = left[s, m, p, w] + total
        for s in range(n_standings):
            for m in range(n_mem):
                for p in range(last):
                    since = w + 1 - spans[p]
                    if since > 0 and came[s, m, p, since] > 0.0:
                        over = came[s, m, p, since] * np.exp(left[s, m, p, since] - left[s, m, p, w + 1])
                        mass[s, m, p] -= over
                        mass[s, m, p + 1] += over
                        if p + 1 < last:
                            came[s, m, p + 1, w + 1] += over
                if arriving[s, m] > 0.0:
                    mass[s, m, 0] += arriving[s, m]
                    came[s, m, 0, w + 1] = arriving[s, m]
        if first < last and w + 1 == crosses:
            over = np.exp(-left[standing, mem, first, w + 1])  # it has been here since week 0
            mass[standing, mem, first] -= over
            mass[standing, mem, first + 1] += over
            if first + 1 < last:
                came[standing, mem, first + 1, w + 1] += over
            first = last  # from here on it is a cohort like the others
        for s in range(n_standings):
            for m in range(n_mem):
                for p in range(last + 1):
                    mass[s, m, p] = max(mass[s, m, p], 0.0)  # rounding in what crossed
                    out[w + 1, s] += mass[s, m, p]
        out[w + 1, end] = ended
    return out
