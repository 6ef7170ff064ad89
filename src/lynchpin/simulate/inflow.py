"""How a layer takes in what was drawn: learned from the record, and kept for all paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lynchpin.design import Design
from lynchpin.design.layers import Layer
from lynchpin.statistics._base import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Inflow:
    """One layer's memory over a step.

    decay : float, what is left of a trace one step later
    factor : (nodes, nodes), what one drawn act adds to its cell by the end of its step
    classes : positions in the case's classes, of the acts it takes in
    steady : (nodes, nodes), what a cell takes in at every step, whatever is drawn; zero where acts are drawn

    A layer on all contexts takes in every act of its classes. One on some contexts takes in the share of acts that were
    on them in the record. Acts of sectors are not simulated: they come at their mean rate in the record.
    """

    decay: float
    factor: Floats
    classes: tuple[int, ...]
    steady: Floats

    def advance(self, trace: Floats, counts: NDArray[np.int64], units: list[tuple[int, int, int, int]]) -> None:
        """Move a trace (draws, nodes, nodes) one step on, in place; counts: (units, draws); units: from `placed`."""
        trace *= self.decay
        trace += self.steady
        for unit, (c, i, j, _) in enumerate(units):
            if c in self.classes:
                trace[:, i, j] += counts[unit] * self.factor[i, j]


def inflow(design: Design, layer: Layer) -> Inflow:
    """What the record says of how a layer fills."""
    acts, steps = design.layers.acts, design.steps
    n = len(acts.nodes)
    rate = np.log(2.0) / layer.half_life_days
    decay = float(np.exp(-rate * steps.step_days))
    within = (1.0 - decay) / (rate * steps.step_days)  # mean weight of an act of the step at its end
    on = acts.fits(layer.classes, layer.contexts)
    of_class = acts.fits(layer.classes, ())
    cell = acts.source * n + acts.target
    hit, base = np.bincount(cell[on], minlength=n * n), np.bincount(cell[of_class], minlength=n * n)
    pooled = on.sum() / max(of_class.sum(), 1)
    share = np.ones(n * n) if not layer.contexts else (hit + 2.0 * pooled) / (base + 2.0)
    steady = (hit / max(steps.count, 1)).reshape(n, n) * within
    classes = tuple(acts.classes.index(c) for c in layer.classes)
    for c, i, j, _ in placed(design):
        if c in classes:
            steady[i, j] = 0.0
    return Inflow(decay, share.reshape(n, n) * within, classes, steady)


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
