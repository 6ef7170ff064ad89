"""Layers: the decayed counts of one kind of act under one half-life, for every ordered pair of nodes at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lynchpin.engine.statistics.base import Floats
from lynchpin.engine.statistics.trace import traces
from lynchpin.model.design.acts import Acts
from lynchpin.model.design.steps import Steps


class Layer(NamedTuple):
    """Acts of these classes, on any of these contexts (none: all), and how they are remembered.

    An act of age a, less the lag, counts 2 ** (-a / half_life) while 0 < a <= window. Acts of the classes
    `apart_classes` that hold any of the ordered pairs of states `apart` are left out (`theory.joint`), and with `alone`
    those in which a third state takes part.
    """

    classes: tuple[str, ...]
    contexts: tuple[str, ...]
    half_life_days: float  # inf: no decay
    window_days: float = np.inf
    lag_days: float = 0.0
    alone: bool = False
    apart: tuple[tuple[str, str], ...] = ()
    apart_classes: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it takes in every act of its classes."""
        return not (self.contexts or self.alone or self.apart)

    def takes(self, acts: Acts) -> NDArray[np.bool_]:
        """Which pairs of a record it takes in: shape (pairs,); not to be changed."""
        asked = (self.classes, self.contexts, self.alone, self.apart, self.apart_classes)
        return acts.kept(asked, lambda: self._takes(acts))

    def _takes(self, acts: Acts) -> NDArray[np.bool_]:
        taken = acts.fits(self.classes, self.contexts)
        if self.alone:
            state = np.array([node.partition(".")[0] for node in acts.nodes])
            ends = np.where(state[acts.source] == state[acts.target], 1, 2)
            taken &= acts.parties[acts.event] <= ends
        if self.apart:
            held = np.zeros(len(acts.contexts), dtype=bool)
            shared = acts.fits(self.apart_classes, ())
            for source, target in self.apart:
                here = (acts.source == acts.nodes.index(source)) & (acts.target == acts.nodes.index(target))
                held[acts.event[here & shared]] = True
            taken &= ~held[acts.event]
        return taken

    @property
    def is_plain(self) -> bool:
        """Whether its traces of tomorrow follow from those of today and what happens today."""
        return self.window_days == np.inf and self.lag_days == 0.0

    def weight(self, age_days: Floats) -> Floats:
        """What acts of these ages count, in days: zero for the present, the future, and what is out of the window."""
        age = np.asarray(age_days, dtype=np.float64) - self.lag_days
        felt = (age > 0) & (age <= self.window_days)
        return np.where(felt, 2.0 ** (-np.where(felt, age, 0.0) / self.half_life_days), 0.0)


class Layers:
    """The layers of a record at the start of every step and at the origin, each computed once, when first asked for."""

    def __init__(self, acts: Acts, steps: Steps) -> None:
        self.acts, self.steps = acts, steps
        self._kept: dict[Layer, Floats] = {}

    def __call__(self, layer: Layer) -> Floats:
        """Shape (steps + 1, nodes, nodes): entry [k, i, j] counts acts from i to j before step k."""
        if layer not in self._kept:
            self._kept[layer] = layer_traces(self.acts, layer, self.steps.starts)
        return self._kept[layer]

    def ahead(self, layer: Layer, steps: int) -> Floats:
        """What the acts of the record count at the origin and at the end of each of so many steps after it.

        Shape (steps + 1, nodes, nodes).
        """
        width = self.steps.step_days
        return layer_traces(self.acts, layer, self.steps.origin_day + width * np.arange(steps + 1))

    def at_origin(self) -> dict[Layer, Floats]:
        """Every layer that has been asked for, at the origin: shape (nodes, nodes)."""
        return {layer: value[-1] for layer, value in self._kept.items()}


def layer_traces(acts: Acts, layer: Layer, at: NDArray[np.int64]) -> Floats:
    """A layer at any times, ascending, in days: shape (times, nodes, nodes)."""
    n = len(acts.nodes)
    chosen = layer.takes(acts)
    cell = acts.source[chosen] * n + acts.target[chosen]
    memory = (layer.half_life_days, layer.window_days, layer.lag_days)
    return traces(acts.day[chosen], cell, np.ones(cell.size), at, n * n, *memory).reshape(-1, n, n)


def step_weights(layer: Layer, step_days: int, steps: int) -> Floats:
    """What an act of a step counts, on the mean over its days, at the end of that step and of those after it.

    Shape (steps,): the mean of the layer's weight over ages from j to j + 1 steps.
    """
    edges = step_days * np.arange(steps + 1.0) - layer.lag_days
    low, high = np.clip(edges[:-1], 0.0, layer.window_days), np.clip(edges[1:], 0.0, layer.window_days)
    if layer.half_life_days == np.inf:
        return np.asarray((high - low) / step_days)
    rate = np.log(2.0) / layer.half_life_days
    return np.asarray((np.exp(-rate * low) - np.exp(-rate * high)) / (rate * step_days))
