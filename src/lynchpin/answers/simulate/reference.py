"""The simulation as one reads it: plain numpy, all paths at once, statistics by the design's own evaluator.

`_kernel` does the same faster; given the same seed both draw the same counts, and the tests hold them together. It also
serves where a statistic cannot be written as a graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln

from lynchpin.answers.simulate.inflow import inflow, mutual_share, placed
from lynchpin.answers.simulate.moves import Moves
from lynchpin.answers.simulate.program import pairs_of, ranges_of
from lynchpin.answers.simulate.ties import Ties
from lynchpin.answers.simulate.uniforms import (
    ACTS,
    BACK,
    DAY,
    FRAILTY,
    PURPOSES,
    SHARED,
    SIZE,
    THERE,
    Keys,
    children,
    factors,
    seed_key,
    table,
    uniforms,
)
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.model import Fit
from lynchpin.model.design import Design
from lynchpin.model.design.build import control_values
from lynchpin.model.design.layers import Layer


class Played(NamedTuple):
    """What happened on every path.

    acts : (paths, steps, pairs, 3): acts of both directions at once, of the one, of the other
    means : (paths, steps, units), what they were drawn from
    held : (paths,), values of statistics held at the end of their range
    """

    acts: Ints
    means: Floats
    held: Ints


def play(fit: Fit, moves: Moves, beta: Floats, seed: int) -> Played:
    """What happens on every path in every step.

    Parameters
    ----------
    fit : Fit
    moves : Moves
    beta : ndarray, shape (paths, columns)
    seed : int

    Returns
    -------
    Played
    """
    design, paths = fit.design, beta.shape[0]
    units, mutual, ranges = placed(design), mutual_share(design), ranges_of(design)
    pairs = pairs_of(units)
    quantiles = [table(fit.theta[c]) for c in design.case.class_names]
    state = {layer: np.repeat(trace[None], paths, axis=0) for layer, trace in moves.start.items()}
    inflows = {layer: inflow(design, layer) for layer in state}
    acts = np.zeros((paths, moves.steps, len(pairs), 3), dtype=np.int64)
    means, held = np.zeros((paths, moves.steps, len(units))), np.zeros(paths, dtype=np.int64)
    drawn = list[Ints]()
    for step in range(moves.steps):
        key = step_keys(seed, paths, step)
        eta = _eta(design, moves, step, beta, state, ranges, held)
        mean = _row(moves.kept, step)[:, None] * np.exp(eta) + _row(moves.given, step)[:, None]
        factor = _row(moves.factor, step)
        means[:, step] = (mean * factor[:, None]).T
        for q, (there, back) in enumerate(pairs):
            both, shares = (mean[there], mean[back]), (float(factor[there]), float(factor[back]))
            acts[:, step, q] = _draw(key, q, quantiles[units[there][0]], float(mutual[there]), both, shares)
        counts = by_unit(acts[:, step], pairs)
        for layer, trace in state.items():
            inflows[layer].advance(trace, counts.T, units, drawn)
        drawn.append(counts.T)
        for when, layer, i, j, gain in moves.added:
            if when == step and layer in state:
                state[layer][:, i, j] += gain
    return Played(acts, means, held)


def step_keys(seed: int, paths: int, step: int) -> Keys:
    """The key of a step on every path."""
    return children(children(np.full(paths, seed_key(seed)), np.arange(paths)), np.array(step))


def by_unit(acts: Ints, pairs: Ints) -> Ints:
    """Acts (..., pairs, 3) as counts (..., units)."""
    counts = np.zeros((*acts.shape[:-2], 2 * len(pairs)), dtype=np.int64)
    counts[..., pairs[:, 0]] = acts[..., 0] + acts[..., 1]
    counts[..., pairs[:, 1]] = acts[..., 0] + acts[..., 2]
    return counts


def in_periods(acts: Ints, pairs: Ints, seed: int, edges: Ints, width: int) -> Ints:
    """Acts as counts (paths, periods, units), each act on a day of its step of its own; beyond ACTS of them evenly."""
    counts = np.zeros((acts.shape[0], edges.size - 1, 2 * len(pairs)), dtype=np.int64)
    for path, step, q, which, n in _each(acts):
        chosen = _act_numbers(seed, path, step, DAY, q, which, min(n, ACTS))
        inside = np.searchsorted(edges, [step * width, (step + 1) * width - 1], side="right") - 1
        days = np.concatenate([(chosen * width).astype(np.int64), np.arange(n - chosen.size) % width])
        day = step * width + days
        period = np.searchsorted(edges, day, side="right") - 1 if inside[0] != inside[1] else np.full(n, inside[0])
        for p, many in zip(*np.unique(period[period < edges.size - 1], return_counts=True), strict=True):
            if which != 2:
                counts[path, p, pairs[q, 0]] += many
            if which != 1:
                counts[path, p, pairs[q, 1]] += many
    return counts


def means_in_periods(means: Floats, edges: Ints, width: int) -> Floats:
    """Means of steps, an equal part on each day, as means of periods: (paths, periods, units)."""
    out = np.zeros((means.shape[0], edges.size - 1, means.shape[2]))
    for step in range(means.shape[1]):
        days = step * width + np.arange(width)
        for p in range(edges.size - 1):
            share = ((days >= edges[p]) & (days < edges[p + 1])).mean()
            out[:, p] += share * means[:, step]
    return out


def relation_index(acts: Ints, ties: Ties, law: Ints, seed: int, edges: Ints, width: int) -> Floats:
    """The relation index of every path at the end of the step in which a period ends: (paths, periods, ties)."""
    paths, steps = acts.shape[:2]
    net, size = np.zeros((paths, steps, ties.net.size)), np.zeros((paths, steps, ties.net.size))
    for path, step, q, which, n in _each(acts):
        past = ties.sizes[ties.first_size[law[q]] : ties.first_size[law[q] + 1]]
        if past.size:
            chosen = _act_numbers(seed, path, step, SIZE, q, which, min(n, ACTS))
            m = past[(chosen * past.size).astype(np.int64)] * ties.within
            net[path, step, ties.tie[q]] += m.sum()
            size[path, step, ties.tie[q]] += np.abs(m).sum()
    index = np.zeros((paths, edges.size - 1, ties.net.size))
    now, weight = np.repeat(ties.net[None], paths, axis=0), np.repeat(ties.size[None], paths, axis=0)
    for step in range(steps):
        now = now * ties.decay + net[:, step] + ties.added_net[step]
        weight = weight * ties.decay + size[:, step] + ties.added_size[step]
        for p in np.flatnonzero((edges[1:] > step * width) & (edges[1:] <= (step + 1) * width)):
            index[:, p] = now / (weight + ties.doubt)
    return index


def _each(acts: Ints) -> Iterator[tuple[int, int, int, int, int]]:
    """Path, step, pair, which of the three, and how many, wherever there are any."""
    for path, step, q, which in np.argwhere(acts > 0):
        yield int(path), int(step), int(q), int(which), int(acts[path, step, q, which])


def _act_numbers(seed: int, path: int, step: int, purpose: np.uint64, q: int, which: int, n: int) -> Floats:
    """The numbers of n acts."""
    key = children(children(np.full(1, seed_key(seed)), np.array(path)), np.array(step))
    return uniforms(children(key ^ purpose, ACTS * (q * 3 + which) + np.arange(n)))


def _row(of_steps: Floats, step: int) -> Floats:
    return np.asarray(of_steps[min(step, of_steps.shape[0] - 1)])


def _eta(
    design: Design,
    moves: Moves,
    step: int,
    beta: Floats,
    state: Mapping[Layer, Floats],
    ranges: tuple[Floats, Floats],
    held: Ints,
) -> Floats:
    """Log mean of every unit on every path: shape (units, paths). Adds to `held` the values held at their range."""
    case, at = design.case, {name: k for k, name in enumerate(design.case.states)}
    controls = {
        (spec.label, c): control_values(state, case, k, c)
        for k, spec in enumerate(case.controls)
        for c in case.class_names
    }
    pull, slot = _row(moves.pull, step), 0
    eta = np.repeat([[design.offset_at_origin[u.event_class]] for u in design.units], beta.shape[0], axis=1)
    for u, unit in enumerate(design.units):
        for p in unit.columns:
            column = design.columns[p]
            if column.kind not in ("control", "mechanism"):
                eta[u] += beta[:, p]
                continue
            if column.kind == "control":
                x = controls[column.name, unit.event_class][:, at[unit.source], at[unit.target]]
            else:
                x = design.evaluator.statistic(column.name, (unit.source, unit.target), state.__getitem__)
            inside = np.clip(x, ranges[0][p], ranges[1][p])
            held += x != inside
            eta[u] += beta[:, p] * inside * pull[slot]
            slot += 1
    return eta


def _draw(
    key: Keys, q: int, quantiles: Floats, mutual: float, mean: tuple[Floats, Floats], factor: tuple[float, float]
) -> Ints:
    """Acts of a pair, shape (paths, 3): a common factor, acts of both at once, and each direction's own."""
    u = [uniforms(children(key, np.array(PURPOSES * q + purpose))) for purpose in (FRAILTY, SHARED, THERE, BACK)]
    share = factors(quantiles, u[FRAILTY])
    both = mutual * np.minimum(*mean) * min(factor)
    own = [quantile(v, share * (m * f - both)) for v, m, f in zip(u[THERE:], mean, factor, strict=True)]
    return np.stack([quantile(u[SHARED], share * both), *own], axis=1)


def quantile(u: Floats, mean: Floats) -> Ints:
    """The quantile at u of a Poisson, by adding probabilities up from none, or from ten deviations below the mean."""
    mean = np.minimum(mean, 1e6)
    large = mean > 100.0
    count = np.where(large, np.floor(mean - 10.0 * np.sqrt(mean)), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(large, np.exp(count * np.log(mean) - mean - gammaln(count + 1.0)), np.exp(-mean))
    total, last = p.copy(), mean + 20.0 * np.sqrt(mean) + 50.0
    while (more := (u > total) & (count < last)).any():
        count += more
        p = np.where(more, p * mean / np.maximum(count, 1.0), p)
        total += np.where(more, p, 0.0)
    return count.astype(np.int64)
