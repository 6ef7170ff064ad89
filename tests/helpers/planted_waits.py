"""Records drawn from rates that move while nothing happens, by thinning: Lewis and Shedler (1979), and Ogata (1981).

Between two looks no rate can rise (effects of the past are not negative, and the past only fades), but where a covariate
changes or somebody enters; there the draw begins anew. So the rates of now bound those to come, and a candidate counts
with the chance that is left of them. Nothing here knows of the engine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numba import njit

ACTORS = 5
NAMES = "ABCDE"


@dataclass(frozen=True)
class Truth:
    """baseline; what inertia and reciprocity do, each a (coefficient, half-life) or (coefficient, -window) or None;
    what a covariate of the sender does, which changes at random about `changes` times in a unit of time for each actor;
    away: the share of time that the last two actors are away
    """

    baseline: float
    inertia: tuple[float, float] | None = None
    reciprocity: tuple[float, float] | None = None
    recent: tuple[float, float] | None = None  # inertia again, with a memory of its own
    wealth: float = 0.0
    changes: float = 0.2
    away: float = 0.0

    @property
    def effects(self):
        said = []
        for name in ("inertia", "reciprocity", "recent"):
            if (asked := getattr(self, name)) is not None:
                length = f"window={-asked[1]:g}" if asked[1] < 0 else f"{asked[1]:g}"
                said.append(f"{name.replace('recent', 'inertia')}({length})")
        return " ".join([*said, "send(wealth)"] if self.wealth else said)

    @property
    def coefficients(self):
        past = [asked[0] for asked in (self.inertia, self.reciprocity, self.recent) if asked is not None]
        return np.array([self.baseline, *past, *([self.wealth] if self.wealth else [])])


@njit(cache=True)
def remembered(when, src, dst, events, t, memory, N):
    """Fill N (n, n) with what each sent to each before t, as it is remembered: by a half-life, or minus a window."""
    N[:] = 0.0
    for e in range(events - 1, -1, -1):
        age = t - when[e]
        if age > (40.0 * memory if memory > 0 else -memory):
            break
        if age > 0.0:
            N[src[e], dst[e]] += 0.5 ** (age / memory) if memory > 0 else 1.0


@njit(cache=True)
def rates(when, src, dst, events, t, after, truth, wealth, there, N, out):
    """Fill out (n, n) with the rates at t, or just after it; truth: baseline, three pairs, wealth -> their sum"""
    n, whole = ACTORS, 0.0
    for k in range(3):
        if truth[1 + 2 * k] != 0.0:
            remembered(when, src, dst, events, np.nextafter(t, np.inf) if after else t, truth[2 + 2 * k], N[k])
    for i in range(n):
        for j in range(n):
            out[i, j] = 0.0
            if i == j or not there[i] or not there[j]:
                continue
            eta = truth[0] + truth[1] * N[0, i, j] + truth[3] * N[1, j, i] + truth[5] * N[2, i, j]
            out[i, j] = math.exp(eta + truth[7] * wealth[i])
            whole += out[i, j]
    return whole


@njit(cache=True)
def thinned(truth, turns, who, what, value, end, most, rng):
    """Events until `end`. turns: (turns,) times, ascending; who: actor; what: 0 wealth, 1 enters, 2 leaves; value."""
    when, src, dst = np.empty(most), np.zeros(most, np.int32), np.zeros(most, np.int32)
    wealth, there = np.zeros(ACTORS), np.ones(ACTORS, np.bool_)
    N, out = np.zeros((3, ACTORS, ACTORS)), np.zeros((ACTORS, ACTORS))
    events, t, turn = 0, 0.0, 0
    while True:
        top = rates(when, src, dst, events, t, True, truth, wealth, there, N, out)
        step = rng.exponential() / top
        until = turns[turn] if turn < turns.size else end
        if t + step >= min(until, end):
            if turn >= turns.size or until >= end:
                return when[:events], src[:events], dst[:events]
            t = until
            if what[turn] == 0:
                wealth[who[turn]] = value[turn]
            else:
                there[who[turn]] = what[turn] == 1
            turn += 1
            continue
        t += step
        left = rates(when, src, dst, events, t, False, truth, wealth, there, N, out)
        draw = rng.random() * top
        if draw < left:
            d = -1
            while draw >= 0.0:
                d += 1
                draw -= out[d // ACTORS, d % ACTORS]
            if events == most:
                raise ValueError("the rates run off: take weaker effects")
            when[events], src[events], dst[events] = t, d // ACTORS, d % ACTORS
            events += 1


def drawn(truth, end, rng):
    """A record from 0 to `end`. -> events, and the options that a fit needs: covariates and presence"""
    turns = [(0.0, a, 0, rng.normal() if truth.wealth else 0.0) for a in range(ACTORS)]
    if truth.wealth:
        for a in range(ACTORS):
            turns += [(t, a, 0, rng.normal()) for t in rng.uniform(0, end, rng.poisson(truth.changes * end))]
    spells = []
    for a in range(ACTORS - 2, ACTORS) if truth.away else ():
        edges = np.sort(rng.uniform(0, end, 2 * int(end / 20.0)))
        for leaves, enters in edges.reshape(-1, 2):
            turns += [(leaves, a, 2, 0.0), (enters, a, 1, 0.0)]
        spells += [(NAMES[a], s, t) for s, t in zip([-1.0, *edges[1::2]], [*edges[::2], end + 1.0], strict=True)]
    turns.sort()
    time, who, what, value = (np.array(column) for column in zip(*turns, strict=True))
    pairs = [asked or (0.0, 1.0) for asked in (truth.inertia, truth.reciprocity, truth.recent)]
    numbers = np.array([truth.baseline, *pairs[0], *pairs[1], *pairs[2], truth.wealth])
    when, src, dst = thinned(numbers, time, who, what, value, end, 100_000, rng)
    names = np.array(list(NAMES))
    events = pl.DataFrame({"time": when, "sender": names[src], "receiver": names[dst]})
    options = {}
    if truth.wealth:
        rows = [(NAMES[a], t if t > 0 else -1.0, v) for t, a, w, v in turns if w == 0]
        options["covariates"] = {"wealth": pl.DataFrame(rows, schema=["actor", "time", "value"], orient="row")}
    if spells:
        options["presence"] = pl.DataFrame(spells, schema=["actor", "from", "to"], orient="row")
    return events, options
