"""The simulation compiled: paths one after the other, each step by step, traces advanced in place.

The slow, readable form of the same is `reference`; given the same uniforms both draw the same counts.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from lynchpin.simulate.frailty import factor
from lynchpin.simulate.uniforms import BACK, FRAILTY, PURPOSES, SHARED, THERE, child, uniform

#: No mean count of a step is taken to be larger: such a path has run away.
LARGEST_MEAN = 1e6

#: Acts have a number of their own for each of these, kept apart from the numbers of pairs.
_DAY, _SIZE = np.uint64(0x5851F42D4C957F2D), np.uint64(0x14057B7EF767814F)


@njit(cache=True, nogil=True)
def poisson(u, mean):  # pragma: no cover - measured uncompiled
    """u in [0, 1); mean >= 0 -> the quantile at u of a Poisson, by adding probabilities up"""
    if u <= 1.0 - mean:  # the chance of none is at least that, and for nearly all it settles the matter
        return 0
    mean = min(mean, LARGEST_MEAN)
    count, p = 0, math.exp(-mean)
    if mean > 100.0:  # what lies ten standard deviations below is nothing
        count = int(mean - 10.0 * math.sqrt(mean))
        p = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1.0))
    total, last = p, mean + 20.0 * math.sqrt(mean) + 50.0
    while u > total and count < last:
        count += 1
        p *= mean / count
        total += p
    return count


@njit(cache=True, nogil=True)
def evaluate(program, values):  # pragma: no cover - measured uncompiled
    """values: (cells + nodes,), cells given, nodes filled in"""
    cells = program.decay.size
    for k in range(program.kind.size):
        kind, start, stop = program.kind[k], program.first_part[k], program.first_part[k + 1]
        if kind == 2:
            x = values[program.part[start]]
            x = math.log1p(x) if x != 0.0 else 0.0
        elif kind == 1:
            x = min(values[program.part[start]], values[program.part[start + 1]])
        elif kind == 3:
            x = values[program.part[start]] * values[program.part[start + 1]]
        else:
            x = 0.0
            for at in range(start, stop):
                x += values[program.part[at]]
            x += program.constant[k]
        values[cells + k] = x


@njit(cache=True, nogil=True)
def rates(program, moves, step, beta, base, values, mean):  # pragma: no cover - measured uncompiled
    """base: (units,), log mean without the slots; fills mean: (units,) -> values held at the end of their range"""
    held = 0
    row, pulled = min(step, moves.given.shape[0] - 1), min(step, moves.pull.shape[0] - 1)
    for u in range(base.size):
        eta = base[u]
        for s in range(program.first_slot[u], program.first_slot[u + 1]):
            x = values[program.slot_value[s]]
            if x > program.high[s] or x < program.low[s]:
                held += 1
                x = min(max(x, program.low[s]), program.high[s])
            eta += beta[program.slot_column[s]] * x * moves.pull[pulled, s]
        mean[u] = moves.kept[row, u] * math.exp(eta) + moves.given[row, u]
    return held


@njit(cache=True, nogil=True)
def draw(program, moves, step, key, q, mean, out):  # pragma: no cover - measured uncompiled
    """q: pair; key: of the step; fills out: acts of both at once, of the one, of the other"""
    there, back = program.pair[q, 0], program.pair[q, 1]
    row = min(step, moves.factor.shape[0] - 1)
    f_there, f_back = moves.factor[row, there], moves.factor[row, back]
    shared = program.mutual[q] * min(mean[there], mean[back]) * min(f_there, f_back)
    first = PURPOSES * q
    share = factor(program.quantiles[program.law[q]], uniform(child(key, first + FRAILTY)))
    out[0] = poisson(uniform(child(key, first + SHARED)), share * shared)
    out[1] = poisson(uniform(child(key, first + THERE)), share * (mean[there] * f_there - shared))
    out[2] = poisson(uniform(child(key, first + BACK)), share * (mean[back] * f_back - shared))


@njit(cache=True, nogil=True)
def period_of(day, period, edges):  # pragma: no cover - measured uncompiled
    """The period that a day lies in, searched from `period` on; edges: (periods + 1,); their number when past all."""
    while period < edges.size - 1 and day >= edges[period + 1]:
        period += 1
    return period


@njit(cache=True, nogil=True)
def play(program, moves, ties, beta, key, first_path, edges, counts, held, peak, index):
    # pragma: no cover - measured uncompiled
    """Play paths forward.

    beta: (paths, columns); key: of the seed; first_path: number of the first; edges: (periods + 1,), days from the
    origin. Fills counts: (paths, periods, units), held: (paths,), peak: (paths,), most acts of a step, and index:
    (paths, periods, ties), read at the end of the step in which a period ends; no ties, no index.
    """
    cells, units, pairs, periods = program.decay.size, program.offset.size, program.pair.shape[0], edges.size - 1
    values, mean, base = np.zeros(cells + program.kind.size), np.zeros(units), np.zeros(units)
    net, size = np.zeros(ties.net.size), np.zeros(ties.net.size)
    drawn, acts, width = np.zeros(units, dtype=np.int64), np.zeros(3, dtype=np.int64), program.step_days
    for path in range(beta.shape[0]):
        path_key = child(key, first_path + path)
        values[:cells] = moves.start
        net[:], size[:] = ties.net, ties.size
        for u in range(units):
            base[u] = program.offset[u] + beta[path, program.fixed[u, 0]] + beta[path, program.fixed[u, 1]]
        period = 0
        for step in range(moves.first_added.size - 1):
            step_key = child(path_key, step)
            day, total = step * width, 0
            period = period_of(day, period, edges)
            split = period_of(day + width - 1, period, edges) > period
            evaluate(program, values)
            held[path] += rates(program, moves, step, beta[path], base, values, mean)
            for k in range(net.size):
                net[k] *= ties.decay
                size[k] *= ties.decay
            for q in range(pairs):
                draw(program, moves, step, step_key, q, mean, acts)
                there, back = program.pair[q, 0], program.pair[q, 1]
                drawn[there], drawn[back] = acts[0] + acts[1], acts[0] + acts[2]
                total += drawn[there] + drawn[back]
                for which in range(3):
                    for act in range(acts[which]):
                        at = period
                        if split:
                            chosen = uniform(child(step_key ^ _DAY, (q * 3 + which) * 4096 + act))
                            at = period_of(day + int(chosen * width), period, edges)
                        if at < periods and which != 2:
                            counts[path, at, there] += 1
                        if at < periods and which != 1:
                            counts[path, at, back] += 1
                        if net.size > 0:
                            chosen = uniform(child(step_key ^ _SIZE, (q * 3 + which) * 4096 + act))
                            first, after = ties.first_size[program.law[q]], ties.first_size[program.law[q] + 1]
                            if after > first:
                                m = ties.sizes[first + int(chosen * (after - first))] * ties.within
                                net[ties.tie[q]] += m
                                size[ties.tie[q]] += abs(m)
            peak[path] = max(peak[path], total)
            for c in range(cells):
                values[c] = values[c] * program.decay[c] + program.steady[c]
            for u in range(units):
                if drawn[u] > 0:
                    for f in range(program.first_feed[u], program.first_feed[u + 1]):
                        values[program.feed_cell[f]] += drawn[u] * program.feed_factor[f]
            for a in range(moves.first_added[step], moves.first_added[step + 1]):
                values[moves.added_cell[a]] += moves.added[a]
            for k in range(net.size):
                net[k] += ties.added_net[step, k]
                size[k] += ties.added_size[step, k]
                for p in range(period, periods):
                    if edges[p + 1] > day + width:
                        break
                    index[path, p, k] = net[k] / (size[k] + ties.doubt)
