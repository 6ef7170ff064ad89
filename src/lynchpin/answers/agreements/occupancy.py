"""Where an agreement will stand, week by week: the hazards multiplied out.

The product of the one-week transition matrices, P(0, t) = prod (I + dA(s)), is the Aalen-Johansen form for hazards that
a model gives (Aalen and Johansen 1978, An empirical transition matrix for non-homogeneous Markov chains, Scandinavian
Journal of Statistics 5(3); Andersen, Borgan, Gill and Keiding 1993, ch. II.6). What the hazards depend on and the
process itself changes is part of the state: the standing, the setbacks so far, whether the last act was one, and the
weeks since it, counted until the last piece of the clock. On that state the process is Markov and nothing is
approximated.

The chances sum to one in every week; before the first week all weight is where the agreement stands; an end is for
good.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import numpy as np
from numba import njit

from lynchpin.answers.agreements.spells import CLOCK_WEEKS, MOST_SETBACKS
from lynchpin.answers.agreements.stages import MOVES, STANDINGS, Standing, moved
from lynchpin.engine.statistics.base import Floats, Ints

#: What is remembered of setbacks: how many there were, and whether the last act was one.
MEMORIES: Final = tuple((n, fresh) for n in range(MOST_SETBACKS + 1) for fresh in (False, True) if n or not fresh)

#: A chance smaller than this is not followed any further.
LEAST: Final = 1e-7

END = len(STANDINGS)  # the place of the ended among the standings


def _place(standing: Standing) -> int:
    """Where a standing stands in the state space; -1 for one that no agreement can come to."""
    return END if standing.has_ended else STANDINGS.index(standing) if standing in STANDINGS else -1


#: (moves, standings): the standing that each move leads to.
LEADS_TO: Final = np.array([[_place(moved(standing, step)) for standing in STANDINGS] for step in MOVES])

#: (memories, 2): the memory after a move that is no setback, and after one that is.
REMEMBERED: Final = np.array(
    [[MEMORIES.index((n, False)), MEMORIES.index((min(n + 1, MOST_SETBACKS), True))] for n, _ in MEMORIES]
)

_SETBACK = MOVES.index("setback")


def occupancy_reference(
    base: Floats, clock: Floats, memory: Floats, drift: Floats, standing: int, mem: int, age: int
) -> Floats:
    """The same as `occupancy_kernel`, each (standing, memory, weeks since the last act) by itself, from the formula."""
    now: dict[tuple[int, int, int], float] = {(standing, mem, age): 1.0}
    ended, weeks = 0.0, []
    if standing == END:
        now, ended = {}, 1.0
    for w in range(drift.shape[1] + 1):
        weeks.append([*(sum(p for (s, *_), p in now.items() if s == place) for place in range(base.shape[1])), ended])
        if w == drift.shape[1]:
            break
        then: dict[tuple[int, int, int], float] = defaultdict(float)
        for (s, m, a), weight in now.items():
            piece = sum(a >= week for week in CLOCK_WEEKS)
            hazard = np.exp(base[:, s] + clock[:, piece] + memory[:, m] + drift[:, w])
            total = hazard.sum()
            for k, h in enumerate(hazard):
                gone = weight * h / total * (1.0 - np.exp(-total))
                if LEADS_TO[k, s] == END:
                    ended += gone
                elif gone > 0.0:
                    then[int(LEADS_TO[k, s]), int(REMEMBERED[m, int(k == _SETBACK)]), 0] += gone
            then[s, m, a + 1] += weight * np.exp(-total)
        now = then
    return np.array(weeks)


def occupancy(
    base: Floats,
    clock: Floats,
    memory: Floats,
    drift: Floats,
    standing: int,
    mem: int,
    age: int,
    *,
    least: float = LEAST,
) -> Floats:
    """Chance of each standing in each of the weeks ahead, draw by draw.

    Parameters
    ----------
    base : ndarray, shape (moves, standings, draws), log hazards per week
    clock, memory : ndarray, shapes (moves, pieces of the clock, draws) and (moves, memories, draws), added to it
    drift : ndarray, shape (moves, weeks, draws), added to it: what the covariates do as the weeks pass
    standing, mem, age : where it stands: index into STANDINGS (END for the ended) and MEMORIES, weeks since the last
    act
    least : float, a chance under this stays where it is, which saves half the work; 0 for none

    Returns
    -------
    ndarray, shape (draws, weeks + 1, standings + 1), each row summing to one; the last column is the ended
    """
    pieces: Ints = np.array(CLOCK_WEEKS, dtype=np.int64)
    b, c, m = (np.ascontiguousarray(np.moveaxis(part, 2, 0)) for part in (base, clock, memory))
    return np.asarray(
        occupancy_kernel(
            b,
            c,
            m,
            np.ascontiguousarray(drift.transpose(2, 1, 0)),
            LEADS_TO,
            REMEMBERED,
            _SETBACK,
            pieces,
            standing,
            mem,
            age,
            END,
            least,
        )
    )


# -- The pass through the weeks: see `occupancy`, which says what it computes and has a slow reference beside it.


@njit(cache=True, nogil=True)
def occupancy_kernel(
    base, clock, memory, drift, leads_to, remembered, setback, pieces, standing, mem, age, end, least
):  # pragma: no cover - measured uncompiled
    """Chance of each standing in each week, draw by draw.

    base: (draws, moves, standings), log hazard per week, -inf where not possible; clock: (draws, moves, pieces + 1),
    memory: (draws, moves, memories), drift: (draws, weeks, moves), all added to it; leads_to: (moves, standings);
    remembered: (memories, 2); pieces: (pieces,), weeks at which the clock's piece changes; standing, mem, age: where it
    stands now; a mass under `least` stays where it is. -> (draws, weeks + 1, standings + 1), the last column: ended

    All that share a cell (standing, memory, piece of the clock) share their hazards, so a cell keeps one mass, and who
    came into it when: that cohort, less what has left since, is what crosses into the next piece. Cells are numbered
    with the piece last; of each, what does not change with the weeks is multiplied out when it first holds anything.
    """
    n_draws, n_moves, n_standings = base.shape
    weeks, n_mem, last = drift.shape[1], memory.shape[2], pieces.size
    n_pieces = last + 1
    n_cells = n_standings * n_mem * n_pieces
    out = np.zeros((n_draws, weeks + 1, n_standings + 1))
    if standing == end:
        out[:, :, end] = 1.0
        return out
    spans = pieces.copy()  # weeks spent in each piece but the last
    for p in range(1, last):  # not by slices, whose check of shapes takes two seconds to compile
        spans[p] -= pieces[p - 1]
    start = 0
    while start < last and age >= pieces[start]:
        start += 1
    crosses = 0 if start == last else pieces[start] - age  # week in which the one we look at crosses into the next
    possible = np.zeros((n_standings, n_moves), dtype=np.int64)
    n_possible = np.zeros(n_standings, dtype=np.int64)
    goes = np.zeros((n_standings * n_mem, n_moves), dtype=np.int64)  # where each possible move leads; -1: it ends
    for s in range(n_standings):
        for k in range(n_moves):
            if base[0, k, s] > -np.inf:
                for held in range(n_mem):
                    to = leads_to[k, s]
                    there = to * n_mem + remembered[held, 1 if k == setback else 0]
                    goes[s * n_mem + held, n_possible[s]] = -1 if to == end else there
                possible[s, n_possible[s]] = k
                n_possible[s] += 1
    mass, rate = np.zeros(n_cells), np.zeros((n_cells, n_moves))
    is_ready, is_used = np.zeros(n_cells, dtype=np.bool_), np.zeros(n_standings * n_mem, dtype=np.bool_)
    came = np.zeros((weeks + 1, n_cells))  # into a cell but of the last piece, by week
    left = np.zeros((weeks + 1, n_cells))  # summed hazard of a cell up to a week
    arriving, chance = np.zeros(n_standings * n_mem), np.zeros(n_moves)
    for d in range(n_draws):
        b, c, m, x = np.exp(base[d]), np.exp(clock[d]), np.exp(memory[d]), np.exp(drift[d])  # factors from here on
        for cell in range(n_cells):
            mass[cell], is_ready[cell], came[0, cell], left[0, cell] = 0.0, False, 0.0, 0.0
        is_used[:] = False
        ended, first = 0.0, start
        set_out = (standing * n_mem + mem) * n_pieces + first
        mass[set_out] = 1.0
        is_used[standing * n_mem + mem] = True
        out[d, 0, standing] = 1.0
        for w in range(weeks):
            arriving[:] = 0.0
            for cell in range(n_cells):
                left[w + 1, cell], came[w + 1, cell] = left[w, cell], 0.0
            for place in range(n_standings * n_mem):
                if not is_used[place]:
                    continue
                s, held = place // n_mem, place % n_mem
                for p in range(n_pieces):
                    cell = place * n_pieces + p
                    here = mass[cell]
                    if here <= least:
                        continue
                    if not is_ready[cell]:
                        is_ready[cell] = True
                        for j in range(n_possible[s]):
                            k = possible[s, j]
                            rate[cell, j] = b[k, s] * c[k, p] * m[k, held]
                    total = 0.0
                    for j in range(n_possible[s]):
                        chance[j] = rate[cell, j] * x[w, possible[s, j]]
                        total += chance[j]
                    stay = np.exp(-total)
                    share = here * (1.0 - stay) / total if total > 0.0 else 0.0
                    for j in range(n_possible[s]):
                        if goes[place, j] < 0:
                            ended += chance[j] * share
                        else:
                            arriving[goes[place, j]] += chance[j] * share
                    mass[cell] = here * stay
                    left[w + 1, cell] = left[w, cell] + total
            for place in range(n_standings * n_mem):
                if is_used[place]:
                    for p in range(last):
                        since = w + 1 - spans[p]
                        cell = place * n_pieces + p
                        if since > 0 and came[since, cell] > 0.0:
                            over = came[since, cell] * np.exp(left[since, cell] - left[w + 1, cell])
                            mass[cell] -= over
                            mass[cell + 1] += over
                            if p + 1 < last:
                                came[w + 1, cell + 1] += over
                if arriving[place] > 0.0:
                    is_used[place] = True
                    mass[place * n_pieces] += arriving[place]
                    came[w + 1, place * n_pieces] = arriving[place]
            if first < last and w + 1 == crosses:
                over = np.exp(-left[w + 1, set_out])  # it has been here since week 0
                mass[set_out] -= over
                mass[set_out + 1] += over
                if first + 1 < last:
                    came[w + 1, set_out + 1] += over
                first = last  # from here on it is a cohort like the others
            for place in range(n_standings * n_mem):
                if is_used[place]:
                    for cell in range(place * n_pieces, (place + 1) * n_pieces):
                        mass[cell] = max(mass[cell], 0.0)  # rounding in what crossed
                        out[d, w + 1, place // n_mem] += mass[cell]
            out[d, w + 1, end] = ended
    return out
