"""The simulation compiled: paths one after the other, each step by step, traces advanced in place.

The slow, readable form of the same is `reference`; given the same uniforms both draw the same counts.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from lynchpin.simulate.frailty import factor
from lynchpin.simulate.uniforms import ACTS, BACK, DAY, FRAILTY, PURPOSES, SHARED, SIZE, THERE, child, uniform

#: No mean count of a step is taken to be larger: such a path has run away.
LARGEST_MEAN = 1e6


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
def evaluate(kind, constant, first_part, part, values):  # pragma: no cover - measured uncompiled
    """kind: (nodes,), numbered as in `symbols`; values: (cells + nodes,), cells given, nodes filled in"""
    cells = values.size - kind.size
    for k in range(kind.size):
        start, stop = first_part[k], first_part[k + 1]
        x = values[part[start]] if stop > start else 0.0
        if kind[k] == 2:
            x = math.log(1.0 + x) if x != 0.0 else 0.0  # as exact as it need be, at a third of the cost
        elif kind[k] == 1:
            x = min(x, values[part[start + 1]])
        elif kind[k] == 3:
            x *= values[part[start + 1]]
        elif kind[k] == 4:
            x = max(x, values[part[start + 1]])
        elif kind[k] == 5:
            x -= values[part[start + 1]]
        elif kind[k] == 6:
            x = abs(x)
        else:
            for at in range(start + 1, stop):
                x += values[part[at]]
            x += constant[k]
        values[cells + k] = x


@njit(cache=True, nogil=True)
def rates(first_slot, value, column, low, high, pull, beta, values, eta):  # pragma: no cover - measured uncompiled
    """Adds the slots' terms to eta: (units,) -> values held at the end of their range"""
    held = 0
    for u in range(eta.size):
        total = eta[u]
        for s in range(first_slot[u], first_slot[u + 1]):
            x = values[value[s]]
            if x > high[s]:
                x = high[s]
                held += 1
            elif x < low[s]:
                x = low[s]
                held += 1
            total += beta[column[s]] * x * pull[s]
        eta[u] = total
    return held


@njit(cache=True, nogil=True)
def draw(key, first, quantiles, mutual, there, back, f_there, f_back, out):  # pragma: no cover - measured uncompiled
    """Means of the two directions and their factors; fills out: acts of both at once, of the one, of the other"""
    shared = mutual * min(there, back) * min(f_there, f_back)
    share = factor(quantiles, uniform(child(key, first + FRAILTY)))
    out[0] = poisson(uniform(child(key, first + SHARED)), share * shared)
    out[1] = poisson(uniform(child(key, first + THERE)), share * (there * f_there - shared))
    out[2] = poisson(uniform(child(key, first + BACK)), share * (back * f_back - shared))


@njit(cache=True, nogil=True)
def period_of(day, period, edges):  # pragma: no cover - measured uncompiled
    """The period that a day lies in, searched from `period` on; edges: (periods + 1,); their number when past all."""
    while period < edges.size - 1 and day >= edges[period + 1]:
        period += 1
    return period


@njit(cache=True, nogil=True)
def count(key, q, acts, day, width, period, edges, there, back, out):  # pragma: no cover - measured uncompiled
    """Adds acts: (3,), as `draw` fills them, to out: (periods, units), each in the period of its day."""
    split, last = period_of(day + width - 1, period, edges) > period, edges.size - 1
    for which in range(3):
        for act in range(acts[which] if split else min(acts[which], 1)):
            at, n = period, acts[which]
            if split:  # each on a day of its own, until they are more than numbers are kept for
                chosen = uniform(child(key ^ DAY, ACTS * (q * 3 + which) + act)) if act < ACTS else act % width / width
                at, n = period_of(day + int(chosen * width), period, edges), 1
            if at < last and which != 2:
                out[at, there] += n
            if at < last and which != 1:
                out[at, back] += n


@njit(cache=True, nogil=True)
def spread(mean, factors, day, width, period, edges, out):  # pragma: no cover - measured uncompiled
    """Adds the means of a step, an equal part on each of its days, to out: (periods, units)."""
    for d in range(width):
        at = period_of(day + d, period, edges)
        if at < edges.size - 1:
            for u in range(mean.size):
                out[at, u] += mean[u] * factors[u] / width


@njit(cache=True, nogil=True)
def weigh(key, q, acts, sizes, within, net, size, tie):  # pragma: no cover - measured uncompiled
    """Adds acts: (3,), each of a size drawn from sizes, to a tie's net: (ties,) and size: (ties,)."""
    for which in range(3):
        for act in range(min(acts[which], ACTS)):
            chosen = uniform(child(key ^ SIZE, ACTS * (q * 3 + which) + act))
            m = sizes[int(chosen * sizes.size)] * within
            net[tie] += m
            size[tie] += abs(m)


@njit(cache=True, nogil=True)
def play(program, moves, ties, beta, key, first_path, edges, counts, held, peak, index, expected):
    # pragma: no cover - measured uncompiled
    """Play paths forward.

    beta: (paths, columns); key: of the seed; first_path: number of the first; edges: (periods + 1,), days from the
    origin. Fills counts: (paths, periods, units), held: (paths,), peak: (paths,), most acts of a step, and index:
    (paths, periods, ties), read at the end of the step in which a period ends; no ties, no index; and expected:
    (paths or 0, periods, units), the means that counts were drawn from.
    """
    step_days, decay, steady, kind, constant, first_part, part, offset, fixed = program[:9]
    first_slot, slot_value, slot_column, low, high, pair, mutual, law, quantiles = program[9:18]
    first_feed, feed_cell, feed_factor, first_late, late_cell, late_delay, late_factor = program[18:]
    kept, given, factors, pull, start, first_added, added_cell, added = moves
    tie_decay, within, doubt, net_start, size_start, tie, first_size, sizes, added_net, added_size = ties
    cells, units, periods, n_ties = decay.size, offset.size, edges.size - 1, net_start.size
    values, mean, base = np.zeros(cells + kind.size), np.zeros(units), np.zeros(units)
    net, size = np.zeros(n_ties), np.zeros(n_ties)
    drawn, acts = np.zeros(units, dtype=np.int64), np.zeros(3, dtype=np.int64)
    reach = late_delay.max() + 1 if late_delay.size > 0 else 0
    earlier = np.zeros((reach, units), dtype=np.int64)  # row: step modulo reach
    for path in range(beta.shape[0]):
        path_key, period = child(key, first_path + path), 0
        for c in range(cells):
            values[c] = start[c]
        for k in range(n_ties):
            net[k], size[k] = net_start[k], size_start[k]
        for u in range(units):
            base[u] = offset[u] + beta[path, fixed[u, 0]] + beta[path, fixed[u, 1]]
        for step in range(first_added.size - 1):
            step_key, day, total = child(path_key, step), step * step_days, 0
            row, pulled = min(step, kept.shape[0] - 1), min(step, pull.shape[0] - 1)
            period = period_of(day, period, edges)
            evaluate(kind, constant, first_part, part, values)
            for u in range(units):
                mean[u] = base[u]
            held[path] += rates(first_slot, slot_value, slot_column, low, high, pull[pulled], beta[path], values, mean)
            for u in range(units):
                mean[u] = kept[row, u] * math.exp(mean[u]) + given[row, u]
            if expected.shape[0] > 0:
                spread(mean, factors[row], day, step_days, period, edges, expected[path])
            for k in range(n_ties):
                net[k], size[k] = net[k] * tie_decay, size[k] * tie_decay
            for q in range(mutual.size):
                there, back, table = pair[q, 0], pair[q, 1], law[q]
                f_there, f_back = factors[row, there], factors[row, back]
                draw(
                    step_key, PURPOSES * q, quantiles[table], mutual[q], mean[there], mean[back], f_there, f_back, acts
                )
                drawn[there], drawn[back] = acts[0] + acts[1], acts[0] + acts[2]
                if acts[0] + acts[1] + acts[2] > 0:
                    total += drawn[there] + drawn[back]
                    count(step_key, q, acts, day, step_days, period, edges, there, back, counts[path])
                    if n_ties > 0 and first_size[table + 1] > first_size[table]:
                        past = sizes[first_size[table] : first_size[table + 1]]
                        weigh(step_key, q, acts, past, within, net, size, tie[q])
            peak[path] = max(peak[path], total)
            for c in range(cells):
                values[c] = values[c] * decay[c] + steady[c]
            for u in range(units):
                if drawn[u] > 0:
                    for f in range(first_feed[u], first_feed[u + 1]):
                        values[feed_cell[f]] += drawn[u] * feed_factor[f]
            if reach > 0:
                for u in range(units):
                    earlier[step % reach, u] = drawn[u]
                    for f in range(first_late[u], first_late[u + 1]):
                        if late_delay[f] <= step:
                            values[late_cell[f]] += earlier[(step - late_delay[f]) % reach, u] * late_factor[f]
            for a in range(first_added[step], first_added[step + 1]):
                values[added_cell[a]] += added[a]
            for k in range(n_ties):
                net[k] += added_net[step, k]
                size[k] += added_size[step, k]
                for p in range(period, periods):
                    if edges[p + 1] > day + step_days:
                        break
                    index[path, p, k] = net[k] / (size[k] + doubt)
