"""Layers: the decayed counts of one kind of act under one half-life, for every ordered pair of nodes at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lynchpin.design.acts import Acts
from lynchpin.design.steps import Steps
from lynchpin.statistics._base import Floats
from lynchpin.statistics._trace import traces


class Layer(NamedTuple):
    """Acts of these classes, on any of these contexts (none: all), remembered with this half-life."""

    classes: tuple[str, ...]
    contexts: tuple[str, ...]
    half_life_days: float


class Layers:
    """The layers of a record at the start of every step and at the origin, each computed once, when first asked for."""

    def __init__(self, acts: Acts, steps: Steps) -> None:
        self.acts, self.steps = acts, steps
        self._kept: dict[Layer, Floats] = {}

    def __call__(self, layer: Layer) -> Floats:
        """Shape (steps + 1, nodes, nodes): entry [k, i, j] counts acts from i to j before step k."""
        if layer not in self._kept:
            acts, n = self.acts, len(self.acts.nodes)
            chosen = acts.fits(layer.classes, layer.contexts)
            cell = acts.source[chosen] * n + acts.target[chosen]
            flat = traces(acts.day[chosen], cell, np.ones(cell.size), self.steps.starts, n * n, layer.half_life_days)
            self._kept[layer] = flat.reshape(-1, n, n)
        return self._kept[layer]

    def at_origin(self) -> dict[Layer, Floats]:
        """Every layer that has been asked for, at the origin: shape (nodes, nodes)."""
        return {layer: value[-1] for layer, value in self._kept.items()}
