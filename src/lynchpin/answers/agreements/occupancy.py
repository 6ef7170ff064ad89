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
    out = np.empty((base.shape[2], drift.shape[1] + 1, len(STANDINGS) + 1))
    for d in range(base.shape[2]):
        b, c, m, x = (np.ascontiguousarray(part[:, :, d]) for part in (base, clock, memory, drift))
        out[d] = occupancy_kernel(b, c, m, x, LEADS_TO, REMEMBERED, _SETBACK, pieces, standing, mem, age, END, least)
    return out


# -- The pass through the weeks: see `occupancy`, which says what it computes and has a slow reference beside it.


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
