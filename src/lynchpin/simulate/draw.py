"""Drawing the future step by step: coefficients from the posterior, counts from the rates, traces from the counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky

from lynchpin.design.build import Design, control_values
from lynchpin.design.layers import Layer
from lynchpin.models import Fit
from lynchpin.statistics._base import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Simulated counts.

    counts : (draws, steps, units), int, in the order of `design.units`
    held : float, share of all values of statistics that left the range the record has shown, and were held at its end
    """

    counts: NDArray[np.int64]
    held: float


def simulate(fit: Fit, steps: int, draws: int, seed: int) -> Paths:
    """Play a fitted case forward from its origin.

    Parameters
    ----------
    fit : Fit
    steps : int, how many steps
    draws : int, how many paths
    seed : int, one seed gives one answer

    Returns
    -------
    Paths. Each path draws its own coefficients. The two directions of a dyad share what the record shows them to share:
    the part of a class that mutual acts make up is drawn once for both. Every margin is the fitted negative binomial.
    A statistic that leaves the range it has had in the record is held at its end: beyond it the model has seen nothing,
    and a chain of acts that feed one another would run away.
    """
    rng = np.random.default_rng(seed)
    design = fit.design
    beta = fit.estimate[:, None] + cholesky(fit.covariance).T @ rng.standard_normal((fit.estimate.size, draws))
    state = {layer: _spread(value, draws) for layer, value in design.layers.at_origin().items()}
    inflow = {layer: _Inflow(design, layer) for layer in state}
    pairs = _pairs(design)
    mutual = _mutual_share(design)
    theta = np.array([fit.theta[u.event_class] for u in design.units])
    ranges = {
        p: widened(*design.range_of(p)) for p, c in enumerate(design.columns) if c.kind in ("control", "mechanism")
    }
    counts = np.empty((len(design.units), steps, draws), dtype=np.int64)
    held = np.zeros(2)  # values held, values in all
    for step in range(steps):
        eta = _eta(design, beta, state, ranges, held)
        counts[:, step] = _draw(rng, np.exp(eta), theta, pairs, mutual)
        for layer, trace in state.items():
            inflow[layer].advance(trace, counts[:, step])
    return Paths(counts.transpose(2, 1, 0), float(held[0] / max(held[1], 1.0)))


def widened(low: float, high: float) -> tuple[float, float]:
    """A range with room for rounding."""
    return low - 1e-9, high + 1e-9


def _spread(trace: Floats, draws: int) -> Floats:
    """A trace (nodes, nodes) on every path: (draws, nodes, nodes), one dyad's draws side by side in memory."""
    return np.moveaxis(np.repeat(trace[:, :, None], draws, axis=2), 2, 0)


def _eta(
    design: Design,
    beta: Floats,
    state: Mapping[Layer, Floats],
    ranges: Mapping[int, tuple[float, float]],
    held: Floats,
) -> Floats:
    """Log mean of every unit on every path: shape (units, draws). Counts in `held` the values held, and all values."""
    case, evaluator = design.case, design.evaluator
    at = {name: k for k, name in enumerate(case.states)}
    controls = {
        (spec.label, c): np.moveaxis(control_values(state, case, k, c), 0, 2)
        for k, spec in enumerate(case.controls)
        for c in case.class_names
    }
    seen: dict[tuple[str, str, str], Floats] = {}
    eta = np.repeat([[design.offset_at_origin[u.event_class]] for u in design.units], beta.shape[1], axis=1)
    for u, unit in enumerate(design.units):
        for p in unit.columns:
            column = design.columns[p]
            if column.kind == "control":
                x = controls[column.name, unit.event_class][at[unit.source], at[unit.target]]
            elif column.kind == "mechanism":
                key = (column.name, unit.source, unit.target)
                if key not in seen:
                    seen[key] = evaluator.statistic(column.name, (unit.source, unit.target), state.__getitem__)
                x = seen[key]
            else:
                eta[u] += beta[p]
                continue
            low, high = ranges[p]
            held[1] += x.size
            if x.max() > high or x.min() < low:
                held[0] += np.count_nonzero((x > high) | (x < low))
                x = np.clip(x, low, high)
            eta[u] += beta[p] * x
    return eta


def _draw(
    rng: np.random.Generator, mu: Floats, theta: Floats, pairs: NDArray[np.int64], mutual: Floats
) -> NDArray[np.int64]:
    """Counts of one step: a gamma frailty per pair and class, then the shared part once and the rest for each.

    mu: (units, draws); theta, mutual: (units,); pairs: (pairs, 2), the units of the two directions. -> (units, draws)
    """
    size = theta[pairs[:, 0]][:, None]
    finite = np.where(np.isinf(size), 1.0, size)
    frailty = np.where(np.isinf(size), 1.0, rng.standard_gamma(finite, size=(len(pairs), mu.shape[1])) / finite)
    there, back = mu[pairs[:, 0]], mu[pairs[:, 1]]
    shared_mean = mutual[pairs[:, 0]][:, None] * np.minimum(there, back)
    shared = rng.poisson(frailty * shared_mean)
    counts = np.empty(mu.shape, dtype=np.int64)
    counts[pairs[:, 0]] = shared + rng.poisson(frailty * (there - shared_mean))
    counts[pairs[:, 1]] = shared + rng.poisson(frailty * (back - shared_mean))
    return counts


def _pairs(design: Design) -> NDArray[np.int64]:
    """Units of the same class in the two directions of a dyad: shape (pairs, 2)."""
    at = {(u.source, u.target, u.event_class): k for k, u in enumerate(design.units)}
    back = [at[u.target, u.source, u.event_class] for u in design.units]
    return np.array([(k, other) for k, other in enumerate(back) if k < other])


def _mutual_share(design: Design) -> Floats:
    """Of each unit's class, the share of a pair's acts that stand in both directions: shape (units,), in [0, 1]."""
    acts = design.layers.acts
    states = acts.states
    inside = (acts.source < states) & (acts.target < states)
    low, high = np.minimum(acts.source, acts.target), np.maximum(acts.source, acts.target)
    key = (acts.event * states + low) * states + high
    _, where, size = np.unique(key[inside], return_inverse=True, return_counts=True)
    both = np.zeros(key.size, dtype=bool)
    both[inside] = size[where] == 2
    share = []
    for unit in design.units:
        chosen = inside & (acts.event_class == acts.classes.index(unit.event_class))
        share.append(float(both[chosen].mean()) if chosen.any() else 0.0)
    return np.array(share)


class _Inflow:
    """How a layer takes in simulated counts.

    A layer on all contexts takes in every act of its classes. One on some contexts takes in the share of acts that were
    on them in the record. Acts of sectors are not simulated: they come at their mean rate in the record.
    """

    def __init__(self, design: Design, layer: Layer) -> None:
        acts, steps = design.layers.acts, design.steps
        n = len(acts.nodes)
        rate = np.log(2.0) / layer.half_life_days
        self.decay = float(np.exp(-rate * steps.step_days))
        self.within = float(
            (1.0 - self.decay) / (rate * steps.step_days)
        )  # mean weight of an act of the step at its end
        on = acts.fits(layer.classes, layer.contexts)
        of_class = acts.fits(layer.classes, ())
        cell = acts.source * n + acts.target
        hit, base = np.bincount(cell[on], minlength=n * n), np.bincount(cell[of_class], minlength=n * n)
        pooled = on.sum() / max(of_class.sum(), 1)
        share = np.ones(n * n) if not layer.contexts else (hit + 2.0 * pooled) / (base + 2.0)
        factor = share.reshape(n, n) * self.within
        fed: dict[tuple[int, int], list[tuple[int, float]]] = {}
        for u, unit in enumerate(design.units):
            if unit.event_class in layer.classes:
                at = (acts.nodes.index(unit.source), acts.nodes.index(unit.target))
                fed.setdefault(at, []).append((u, float(factor[at])))
        self.fed = fed
        steady = (hit / max(steps.count, 1)).reshape(n, n) * self.within
        self.steady = {(int(i), int(j)): float(steady[i, j]) for i, j in np.argwhere(steady > 0.0) if (i, j) not in fed}

    def advance(self, trace: Floats, counts: NDArray[np.int64]) -> None:
        """Move a trace (draws, nodes, nodes) one step on, in place; counts: (units, draws). Empty cells stay empty."""
        for (i, j), units in self.fed.items():
            now = trace[:, i, j]
            now *= self.decay
            for unit, factor in units:
                now += counts[unit] * factor
        for (i, j), inflow in self.steady.items():
            now = trace[:, i, j]
            now *= self.decay
            now += inflow
