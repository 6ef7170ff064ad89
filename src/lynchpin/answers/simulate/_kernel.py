"""The simulation compiled: paths side by side, step by step, traces advanced in place.

Every value is a row with a lane for each path, so that one instruction serves several. A pair's exact draw is made on
the paths alone where a bound says that it may act: most pairs are quiet in most steps.

The slow, readable form of the same is `reference`; given the same uniforms both draw the same counts.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from lynchpin.answers.simulate.uniforms import (
    ACTS,
    BACK,
    BELOW,
    DAY,
    FRAILTY,
    PURPOSES,
    SHARED,
    SIZE,
    THERE,
    child,
    exp,
    factor,
    log1p,
    uniform,
)

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
def evaluate(kind, constant, first_part, part, values, work, bits):  # pragma: no cover - measured uncompiled
    """kind: (nodes,), numbered as in `symbols`; values: (cells + nodes, lanes), cells given, nodes filled in"""
    cells, lanes = values.shape[0] - kind.size, values.shape[1]
    for k in range(kind.size):
        start, stop, out = first_part[k], first_part[k + 1], cells + k
        x = part[start] if stop > start else out
        y = part[start + 1] if stop > start + 1 else out
        if kind[k] == 2:
            log1p(values, x, out, work, bits)
        elif kind[k] == 1:
            for i in range(lanes):
                values[out, i] = min(values[x, i], values[y, i])
        elif kind[k] == 3:
            for i in range(lanes):
                values[out, i] = values[x, i] * values[y, i]
        elif kind[k] == 4:
            for i in range(lanes):
                values[out, i] = max(values[x, i], values[y, i])
        elif kind[k] == 5:
            for i in range(lanes):
                values[out, i] = values[x, i] - values[y, i]
        elif kind[k] == 6:
            for i in range(lanes):
                values[out, i] = abs(values[x, i])
        else:
            for i in range(lanes):
                values[out, i] = constant[k]
            for at in range(start, stop):
                x = part[at]
                for i in range(lanes):
                    values[out, i] += values[x, i]


@njit(cache=True, nogil=True)
def rates(first_slot, value, column, low, high, pull, beta, values, eta, held):
    # pragma: no cover - measured uncompiled
    """Adds the slots' terms to eta: (units, lanes), and to held: (lanes,) the values held at the end of their range"""
    for u in range(eta.shape[0]):
        for s in range(first_slot[u], first_slot[u + 1]):
            v, c, least, most, times = value[s], column[s], low[s], high[s], pull[s]
            for i in range(eta.shape[1]):
                x = values[v, i]
                inside = min(max(x, least), most)
                held[i] += inside != x
                eta[u, i] += beta[c, i] * inside * times


@njit(cache=True, nogil=True)
def may_act(keys, first, bounds, mutual, there, back, f_there, f_back, out):
    # pragma: no cover - measured uncompiled
    """Marks in out: (lanes,) the paths on which a pair may act, by a bound of its factor; on no other does it"""
    for i in range(keys.size):
        most = bounds[child(keys[i], first + FRAILTY) >> BELOW]
        both = mutual * min(there[i], back[i]) * min(f_there, f_back)
        out[i] = (
            (uniform(child(keys[i], first + SHARED)) > 1.0 - most * both)
            | (uniform(child(keys[i], first + THERE)) > 1.0 - most * (there[i] * f_there - both))
            | (uniform(child(keys[i], first + BACK)) > 1.0 - most * (back[i] * f_back - both))
        )


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
def put(out, at, which, there, back, lane, n):  # pragma: no cover - measured uncompiled
    """Adds n acts of both directions (0), of the one (1) or of the other (2) to a period of out."""
    if at < out.shape[0] and which != 2:
        out[at, there, lane] += n
    if at < out.shape[0] and which != 1:
        out[at, back, lane] += n


@njit(cache=True, nogil=True)
def count(key, q, acts, day, width, period, edges, there, back, lane, out):  # pragma: no cover - measured uncompiled
    """Adds acts: (3,), as `draw` fills them, to a lane of out: (periods, units, lanes), in the period of their day."""
    split = period_of(day + width - 1, period, edges) > period
    for which in range(3):
        rest = acts[which]
        if not split:
            put(out, period, which, there, back, lane, rest)
            continue
        for act in range(min(rest, ACTS)):  # each on a day of its own
            chosen = uniform(child(key ^ DAY, ACTS * (q * 3 + which) + act))
            put(out, period_of(day + int(chosen * width), period, edges), which, there, back, lane, 1)
        rest -= min(rest, ACTS)  # more than numbers are kept for: evenly over the days
        for d in range(width if rest > 0 else 0):
            n = rest // width + (1 if d < rest % width else 0)
            put(out, period_of(day + d, period, edges), which, there, back, lane, n)


@njit(cache=True, nogil=True)
def spread(mean, factors, day, width, period, edges, out):  # pragma: no cover - measured uncompiled
    """Adds the means of a step, an equal part on each of its days, to out: (periods, units, lanes)."""
    for d in range(width):
        at = period_of(day + d, period, edges)
        if at < edges.size - 1:
            for u in range(mean.shape[0]):
                for i in range(mean.shape[1]):
                    out[at, u, i] += mean[u, i] * factors[u] / width


@njit(cache=True, nogil=True)
def weigh(key, q, acts, sizes, within, net, size, tie, lane):  # pragma: no cover - measured uncompiled
    """Adds acts: (3,), each of a size drawn from sizes, to a tie's net and size: (ties, lanes), of one lane."""
    for which in range(3):
        for act in range(min(acts[which], ACTS)):
            chosen = uniform(child(key ^ SIZE, ACTS * (q * 3 + which) + act))
            m = sizes[int(chosen * sizes.size)] * within
            net[tie, lane] += m
            size[tie, lane] += abs(m)


@njit(cache=True, nogil=True)
def play(program, moves, ties, beta, key, first_path, edges, counts, held, peak, index, expected):
    # pragma: no cover - measured uncompiled
    """Play paths forward, a lane for each.

    beta: (columns, lanes); key: of the seed; first_path: number of the first; edges: (periods + 1,), days from the
    origin. Fills counts: (periods, units, lanes), held: (lanes,), peak: (lanes,), most acts of a step, and index:
    (periods, ties, lanes), read at the end of the step in which a period ends; no ties, no index; and expected:
    (periods or 0, units, lanes), the means that counts were drawn from.
    """
    step_days, decay, steady, kind, constant, first_part, part, offset, fixed = program[:9]
    first_slot, slot_value, slot_column, low, high, pair, mutual, law, quantiles, bounds = program[9:19]
    first_feed, feed_cell, feed_factor, first_late, late_cell, late_delay, late_factor = program[19:]
    kept, given, factors, pull, start, first_added, added_cell, added = moves
    tie_decay, within, doubt, net_start, size_start, tie, first_size, sizes, added_net, added_size = ties
    cells, units, periods, n_ties, lanes = decay.size, offset.size, edges.size - 1, net_start.size, beta.shape[1]
    values, mean, base = np.zeros((cells + kind.size, lanes)), np.zeros((units, lanes)), np.zeros((units, lanes))
    work, maybe = np.zeros((2, lanes)), np.zeros(lanes, dtype=np.bool_)
    bits = work.view(np.int64)
    net, size = np.zeros((n_ties, lanes)), np.zeros((n_ties, lanes))
    paths, keys = np.zeros(lanes, dtype=np.uint64), np.zeros(lanes, dtype=np.uint64)
    acts, total = np.zeros(3, dtype=np.int64), np.zeros(lanes, dtype=np.int64)
    reach = 0
    for delay in late_delay:
        reach = max(reach, delay + 1)
    earlier = np.zeros((reach, units, lanes))  # row: step modulo reach
    period = 0
    for i in range(lanes):
        paths[i] = child(key, first_path + i)
        for c in range(cells):
            values[c, i] = start[c]
        for k in range(n_ties):
            net[k, i], size[k, i] = net_start[k], size_start[k]
    for u in range(units):
        for i in range(lanes):
            base[u, i] = offset[u] + beta[fixed[u, 0], i] + beta[fixed[u, 1], i]
    for step in range(first_added.size - 1):
        day, row, pulled = step * step_days, min(step, kept.shape[0] - 1), min(step, pull.shape[0] - 1)
        period = period_of(day, period, edges)
        evaluate(kind, constant, first_part, part, values, work, bits)
        for u in range(units):
            for i in range(lanes):
                mean[u, i] = base[u, i]
        rates(first_slot, slot_value, slot_column, low, high, pull[pulled], beta, values, mean, held)
        for u in range(units):
            exp(mean, u, work, bits)
            for i in range(lanes):
                mean[u, i] = kept[row, u] * mean[u, i] + given[row, u]
        if expected.shape[0] > 0:
            spread(mean, factors[row], day, step_days, period, edges, expected)
        for c in range(cells):
            for i in range(lanes):
                values[c, i] = values[c, i] * decay[c] + steady[c]
        for k in range(n_ties):
            for i in range(lanes):
                net[k, i], size[k, i] = net[k, i] * tie_decay, size[k, i] * tie_decay
        for u in range(units if reach > 0 else 0):
            for i in range(lanes):
                earlier[step % reach, u, i] = 0.0
        for i in range(lanes):
            keys[i], total[i] = child(paths[i], step), 0
        for q in range(mutual.size):
            there, back, table, first = pair[q, 0], pair[q, 1], law[q], PURPOSES * q
            f_there, f_back = factors[row, there], factors[row, back]
            may_act(keys, first, bounds[table], mutual[q], mean[there], mean[back], f_there, f_back, maybe)
            for i in range(lanes):
                if not maybe[i]:
                    continue
                draw(keys[i], first, quantiles[table], mutual[q], mean[there, i], mean[back, i], f_there, f_back, acts)
                if acts[0] + acts[1] + acts[2] == 0:
                    continue
                count(keys[i], q, acts, day, step_days, period, edges, there, back, i, counts)
                if n_ties > 0 and first_size[table + 1] > first_size[table]:
                    past = sizes[first_size[table] : first_size[table + 1]]
                    weigh(keys[i], q, acts, past, within, net, size, tie[q], i)
                for which in range(1, 3):
                    u, drawn = pair[q, which - 1], acts[0] + acts[which]
                    total[i] += drawn
                    for f in range(first_feed[u], first_feed[u + 1]):
                        values[feed_cell[f], i] += drawn * feed_factor[f]
                    if reach > 0:
                        earlier[step % reach, u, i] = drawn
        for i in range(lanes):
            peak[i] = max(peak[i], total[i])
        for u in range(units if reach > 0 else 0):
            for f in range(first_late[u], first_late[u + 1]):
                if late_delay[f] <= step:
                    cell, before, factor_late = late_cell[f], (step - late_delay[f]) % reach, late_factor[f]
                    for i in range(lanes):
                        values[cell, i] += earlier[before, u, i] * factor_late
        for a in range(first_added[step], first_added[step + 1]):
            for i in range(lanes):
                values[added_cell[a], i] += added[a]
        for k in range(n_ties):
            for i in range(lanes):
                net[k, i] += added_net[step, k]
                size[k, i] += added_size[step, k]
            for p in range(period, periods):
                if edges[p + 1] > day + step_days:
                    break
                for i in range(lanes):
                    index[p, k, i] = net[k, i] / (size[k, i] + doubt)
