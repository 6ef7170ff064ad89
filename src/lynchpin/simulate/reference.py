"""The simulation as one reads it: plain numpy, all paths at once, statistics by the design's own evaluator.

`_kernel` does the same faster; given the same seed both draw the same counts, and the tests hold them together. It also
serves where a statistic cannot be written as a graph.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from lynchpin.design import Design
from lynchpin.design.build import control_values
from lynchpin.design.layers import Layer
from lynchpin.models import Fit
from lynchpin.simulate.frailty import factors, table
from lynchpin.simulate.inflow import inflow, mutual_share, placed
from lynchpin.simulate.moves import Moves
from lynchpin.simulate.program import pairs_of, ranges_of
from lynchpin.simulate.uniforms import BACK, FRAILTY, PURPOSES, SHARED, THERE, Keys, children, seed_key, uniforms
from lynchpin.statistics._base import Floats, Ints

Counts = NDArray[np.int64]


def play(fit: Fit, moves: Moves, beta: Floats, seed: int) -> tuple[Counts, Counts]:
    """Counts of every path, step and unit, and how many values of every path were held.

    Parameters
    ----------
    fit : Fit
    moves : Moves
    beta : ndarray, shape (paths, columns)
    seed : int

    Returns
    -------
    counts, shape (paths, steps, units), and values held, shape (paths,)
    """
    design, paths = fit.design, beta.shape[0]
    units, mutual, ranges = placed(design), mutual_share(design), ranges_of(design)
    pairs = pairs_of(units)
    quantiles = [table(fit.theta[c]) for c in design.case.class_names]
    state = {layer: np.repeat(trace[None], paths, axis=0) for layer, trace in moves.start.items()}
    inflows = {layer: inflow(design, layer) for layer in state}
    path_key = children(np.full(paths, seed_key(seed)), np.arange(paths))
    counts, held = np.zeros((paths, moves.steps, len(units)), dtype=np.int64), np.zeros(paths, dtype=np.int64)
    for step in range(moves.steps):
        step_key = children(path_key, np.array(step))
        eta = _eta(design, moves, step, beta, state, ranges, held)
        mean = _row(moves.kept, step)[:, None] * np.exp(eta) + _row(moves.given, step)[:, None]
        factor = _row(moves.factor, step)
        for q, (there, back) in enumerate(pairs):
            drawn = _draw(
                step_key,
                q,
                quantiles[units[there][0]],
                float(mutual[there]),
                (mean[there], mean[back]),
                (float(factor[there]), float(factor[back])),
            )
            counts[:, step, there], counts[:, step, back] = drawn
        for layer, trace in state.items():
            inflows[layer].advance(trace, counts[:, step].T, units)
        for when, layer, i, j, gain in moves.added:
            if when == step and layer in state:
                state[layer][:, i, j] += gain
    return counts, held


def _row(of_steps: Floats, step: int) -> Floats:
    return np.asarray(of_steps[min(step, of_steps.shape[0] - 1)])


def _eta(
    design: Design,
    moves: Moves,
    step: int,
    beta: Floats,
    state: Mapping[Layer, Floats],
    ranges: tuple[Floats, Floats],
    held: Counts,
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
) -> tuple[Counts, Counts]:
    """Counts of the two directions of a pair: a common factor, the acts of both at once, and each direction's own."""
    u = [uniforms(children(key, np.array(PURPOSES * q + purpose))) for purpose in (FRAILTY, SHARED, THERE, BACK)]
    share = factors(quantiles, u[FRAILTY])
    both = mutual * np.minimum(*mean) * min(factor)
    shared = quantile(u[SHARED], share * both)
    there, back = (quantile(v, share * (m * f - both)) for v, m, f in zip(u[THERE:], mean, factor, strict=True))
    return shared + there, shared + back


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
