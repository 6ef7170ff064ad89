"""How a layer takes in what was drawn: learned from the record, and kept for all paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lynchpin.engine.statistics.base import Floats
from lynchpin.model.design import Acts, Design
from lynchpin.model.design.layers import Layer, step_weights


@dataclass(frozen=True, slots=True, eq=False)
class Inflow:
    """One layer's memory over a step.

    decay : float, what is left of a trace one step later
    factor : (nodes, nodes), what one drawn act adds to its cell by the end of its step
    classes : positions in the case's classes, of the acts it takes in
    steady : (nodes, nodes), what a cell takes in at every step, whatever is drawn; zero where acts are drawn
    late : (delay in steps, (nodes, nodes)), what a drawn act adds, or takes away, at the end of a later step beyond
        what decay makes of it: under a lag it comes in late, under a window it drops out; empty for a plain layer

    A whole layer takes in every act of its classes. One on some contexts, or that leaves joint acts or acts of third
    states out, takes in the share of acts that it took in of the record. Acts of sectors are not simulated: they come
    at their mean rate in the record.
    """

    decay: float
    factor: Floats
    classes: tuple[int, ...]
    steady: Floats
    late: tuple[tuple[int, Floats], ...] = ()

    def advance(
        self,
        trace: Floats,
        counts: NDArray[np.int64],
        units: list[tuple[int, int, int, int]],
        earlier: Sequence[NDArray[np.int64]] = (),
    ) -> None:
        """Move a trace (draws, nodes, nodes) one step on, in place.

        counts: (units, draws), of this step; units: from `placed`; earlier: of the steps before, the last one last.
        """
        trace *= self.decay
        trace += self.steady
        for unit, (c, i, j, _) in enumerate(units):
            if c in self.classes:
                trace[:, i, j] += counts[unit] * self.factor[i, j]
                for delay, factor in self.late:
                    if delay <= len(earlier):
                        trace[:, i, j] += earlier[-delay][unit] * factor[i, j]


def changes(layer: Layer, step_days: int) -> Floats:
    """What an act adds at the end of its step and of those after it, beyond what decay makes of what it added before.

    Shape (steps,), as many as there are to come: one for a plain layer. With w the weights of `step_weights`,
    change j is w[j] - decay * w[j - 1], so that a trace is decayed and added to, whatever the lag and the window.
    """
    reach = layer.lag_days + (layer.window_days if layer.window_days != np.inf else 0.0)
    steps = 1 if layer.is_plain else int(reach // step_days) + 2
    w = step_weights(layer, step_days, steps)
    return np.diff(w, prepend=0.0) + (1.0 - decay_of(layer, step_days)) * np.concatenate([[0.0], w[:-1]])


def decay_of(layer: Layer, step_days: int) -> float:
    """What is left of a trace one step later."""
    return float(2.0 ** (-step_days / layer.half_life_days))


def known_ahead(design: Design, layer: Layer, steps: int) -> Floats:
    """What a layer's cells take in at the end of each step, whatever is drawn: shape (steps, nodes, nodes).

    Acts of the record begin to count or drop out, and acts of sectors come at their mean rate. Zero for a plain layer:
    its steady inflow is in its `Inflow`.
    """
    n = len(design.layers.acts.nodes)
    if layer.is_plain:
        return np.zeros((steps, n, n))
    width = design.steps.step_days
    past = design.layers.ahead(layer, steps)
    change = np.zeros(steps)
    first = changes(layer, width)[:steps]
    change[: first.size] = first
    rate = _rates(design, layer)
    return past[1:] - decay_of(layer, width) * past[:-1] + np.cumsum(change)[:, None, None] * rate


def inflow(design: Design, layer: Layer) -> Inflow:
    """What the record says of how a layer fills."""
    acts, steps = design.layers.acts, design.steps
    n = len(acts.nodes)
    first, *later = changes(layer, steps.step_days)  # of an act of the step at its end: its mean weight
    share = share_taken(acts, layer)
    steady = _rates(design, layer) * first if layer.is_plain else np.zeros((n, n))
    classes = tuple(acts.classes.index(c) for c in layer.classes)
    late = tuple((delay, share * change) for delay, change in enumerate(later, start=1) if abs(change) > 1e-15)
    return Inflow(decay_of(layer, steps.step_days), share * first, classes, steady, late)


def share_taken(acts: Acts, layer: Layer) -> Floats:
    """The share of the acts of its classes that a layer took in of the record, by cell: shape (nodes, nodes).

    A cell with few acts is drawn toward the share of all, which counts as two acts.
    """
    n = len(acts.nodes)
    if layer.is_whole:
        return np.ones((n, n))
    on, of_class = layer.takes(acts), acts.fits(layer.classes, ())
    cell = acts.source * n + acts.target
    hit, base = np.bincount(cell[on], minlength=n * n), np.bincount(cell[of_class], minlength=n * n)
    pooled = on.sum() / max(of_class.sum(), 1)
    share: Floats = ((hit + 2.0 * pooled) / (base + 2.0)).reshape(n, n)
    return share


def _rates(design: Design, layer: Layer) -> Floats:
    """Acts a step of the cells that nothing is drawn for, as in the record: shape (nodes, nodes)."""
    acts, n = design.layers.acts, len(design.layers.acts.nodes)
    on = layer.takes(acts)
    hit = np.bincount(acts.source[on] * n + acts.target[on], minlength=n * n)
    rate: Floats = (hit / max(design.steps.count, 1)).reshape(n, n)
    classes = {acts.classes.index(c) for c in layer.classes}
    for c, i, j, _ in placed(design):
        if c in classes:
            rate[i, j] = 0.0
    return rate


def placed(design: Design) -> list[tuple[int, int, int, int]]:
    """Of each unit: its class, its source and target among the nodes, and the unit of the other direction."""
    node = {name: k for k, name in enumerate(design.case.nodes)}
    of_class = {name: k for k, name in enumerate(design.case.class_names)}
    at = {(u.source, u.target, u.event_class): k for k, u in enumerate(design.units)}
    return [
        (of_class[u.event_class], node[u.source], node[u.target], at[u.target, u.source, u.event_class])
        for u in design.units
    ]


def mutual_share(design: Design) -> Floats:
    """Of each unit's class, the share of a pair's acts that stand in both directions: shape (units,), in [0, 1]."""
    acts = design.layers.acts
    states = acts.states
    inside = (acts.source < states) & (acts.target < states)
    low, high = np.minimum(acts.source, acts.target), np.maximum(acts.source, acts.target)
    key = (acts.event * states + low) * states + high
    _, where, size = np.unique(key[inside], return_inverse=True, return_counts=True)
    both = np.zeros(key.size, dtype=bool)
    both[inside] = size[where] == 2
    of_class = []
    for c in range(len(acts.classes)):
        chosen = inside & (acts.event_class == c)
        of_class.append(float(both[chosen].mean()) if chosen.any() else 0.0)
    return np.array([of_class[c] for c, *_ in placed(design)])
