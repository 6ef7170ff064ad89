"""Layers whose acts are moved in time, all by one lag, round the record: what a placebo is computed from.

An act keeps its dyad, its kind and its distance to every other act; what would run over the end comes in again at the
beginning. Where a trace only decays between acts, that of the moved acts needs no second pass through the events: it
follows from the trace of the acts where they were, by the day.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import njit

from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.engine.statistics.trace import traces
from lynchpin.model.design import Design
from lynchpin.model.design.acts import Acts
from lynchpin.model.design.layers import Layer
from lynchpin.model.design.steps import Steps

#: Traces of single cells by the day, computed once and shared by all blocks of lags.
ByDay: TypeAlias = dict[tuple[Layer, int, int], Floats]


def weights_by_age(layer: Layer, days: int) -> Floats:
    """What an act counts by its age in whole days: shape (days + 1,); nothing on its own day."""
    age = np.arange(days + 1) - layer.lag_days
    return np.where((age > 0) & (age <= layer.window_days), 2.0 ** (-np.maximum(age, 0.0) / layer.half_life_days), 0.0)


def moved_reference(day: Ints, at: Ints, lags: Ints, days: int, weights: Floats) -> Floats:
    """Both kernels straight from the definition: move every act, then add up what it counts.

    day: (acts,), days since the first of the grid; at, lags, days: as in the kernels. -> (shifts, rows)
    """
    out = np.zeros((len(lags), len(at)))
    for s, lag in enumerate(lags):
        for d in day:
            age = at - (d + lag if d + lag < days else d + lag - days)
            out[s] += np.where(age > 0, weights[np.maximum(age, 0)], 0.0)
    return out


def moved_window(day: Ints, at: Ints, lags: Ints, days: int, window: int) -> Floats:
    """The same for acts that count in full for a window of whole days: a difference of two running counts.

    day, at, lags, days: as for `moved_reference`; days before the first of the grid may be < 0. -> (shifts, rows)
    """
    first = int(min(day.min(initial=0), 0))
    counted = np.concatenate([[0], np.cumsum(np.bincount(day - first, minlength=days - first))])

    def before(end: Ints) -> Ints:  # acts on days before `end`, where they were
        seen: Ints = counted[np.clip(end - first, 0, days - first)]
        return seen

    lag = lags[:, None]

    def moved_before(end: Ints) -> Ints:  # acts on days before `end`, once moved: those that stay inside, those round
        came_round = before(np.minimum(end + days - lag, days)) - before(days - lag)
        moved: Ints = before(np.minimum(end, days) - lag) + np.maximum(came_round, 0)
        return moved

    return (moved_before(at) - moved_before(at - window)).astype(np.float64)


class MovedLayers:
    """A look-up of layers, as the evaluator takes it, whose acts are moved by each of some lags.

    The leading axis runs over lags and, within each, over the asked steps: shape (lags * steps,). Cells are computed
    when they are read, so that the cost follows what a mechanism needs and not the number of nodes.
    """

    def __init__(self, acts: Acts, steps: Steps, rows: slice, lags: Ints, by_day: ByDay) -> None:
        self.acts, self.steps, self.lags, self.by_day = acts, steps, lags, by_day
        self.at = steps.starts[rows] - steps.first_day
        self._kept: dict[tuple[Layer, int, int], Floats] = {}

    def __call__(self, layer: Layer) -> _MovedLayer:
        return _MovedLayer(self, layer)

    @property
    def size(self) -> int:
        return self.lags.size * self.at.size

    def cell(self, layer: Layer, i: int, j: int) -> Floats:
        """The trace from node i to node j: shape (lags * steps,)."""
        key = (layer, i, j)
        if key not in self._kept:
            days = self.steps.origin_day - self.steps.first_day
            if layer.is_plain and np.isfinite(layer.half_life_days):
                if key not in self.by_day:
                    self.by_day[key] = daily(self.acts, self.steps, layer, i, j)
                fading = 2.0 ** (-np.arange(days + 1) / layer.half_life_days)
                moved = moved_kernel(self.by_day[key], fading, self.at, self.lags)
            elif (
                layer.half_life_days == np.inf and layer.lag_days == 0.0 and layer.window_days == int(layer.window_days)
            ):
                day = days_of(self.acts, layer, i, j) - self.steps.first_day
                moved = moved_window(day, self.at, self.lags, days, int(layer.window_days))
            else:
                day = days_of(self.acts, layer, i, j) - self.steps.first_day
                moved = moved_direct_kernel(day, weights_by_age(layer, days), self.at, self.lags)
            self._kept[key] = moved.reshape(-1)
        return self._kept[key]


class _MovedLayer:
    """One layer: read like an array (n, nodes, nodes), by whole columns only."""

    def __init__(self, layers: MovedLayers, layer: Layer) -> None:
        self._layers, self._layer = layers, layer

    @property
    def shape(self) -> tuple[int]:
        return (self._layers.size,)

    def __getitem__(self, key: tuple[slice, int, int]) -> Floats:
        return self._layers.cell(self._layer, key[1], key[2])


def moved_columns(design: Design, name: str, lags: Ints, by_day: ByDay) -> dict[tuple[str, str], Floats]:
    """The mechanism's column for each dyad it moves, under each lag: shape (lags, rows)."""
    steps = design.steps
    layers = MovedLayers(design.layers.acts, steps, slice(steps.burn_in, steps.count), lags, by_day)
    read_as = {dyad: design.evaluator.read_as(name, dyad) for dyad in design.evaluator.mechanisms[name].checked.dyads}
    once = {key: dyad for dyad, key in read_as.items()}
    found = {
        key: design.evaluator.statistic(name, dyad, layers).reshape(lags.size, design.rows)  # type: ignore[arg-type]
        for key, dyad in once.items()
    }
    return {dyad: found[key] for dyad, key in read_as.items()}


def days_of(acts: Acts, layer: Layer, i: int, j: int) -> Ints:
    """The days of the acts of one cell of a layer."""
    chosen = layer.takes(acts) & (acts.source == i) & (acts.target == j)
    day: Ints = acts.day[chosen]
    return day


def daily(acts: Acts, steps: Steps, layer: Layer, i: int, j: int) -> Floats:
    """The trace of one cell at the start of every day of the grid and at the origin: shape (days + 1,)."""
    day = days_of(acts, layer, i, j)
    at = np.arange(steps.first_day, steps.origin_day + 1)
    return traces(day, np.zeros_like(day), np.ones(day.size), at, 1, layer.half_life_days)[:, 0]


# -- Traces of moved acts, in one pass.


@njit(cache=True, nogil=True)
def moved_kernel(by_day, fading, at, lags):  # pragma: no cover - measured uncompiled
    """Trace of one cell at the asked days when its acts are moved by each lag.

    by_day: (days + 1,), the trace at the start of each day; fading: (days + 1,), what an act counts after so many days;
    at: (rows,), days, 0 .. days; lags: (shifts,), days, 0 .. days. -> (shifts, rows)
    """
    out = np.empty((lags.size, at.size))
    days = by_day.size - 1
    for s in range(lags.size):
        lag = lags[s]
        before = by_day[days - lag]  # acts up to there stay inside, those after it come round
        came_round = by_day[days] - before * fading[lag]
        for q in range(at.size):
            d = at[q]
            if d >= lag:
                out[s, q] = by_day[d - lag] + came_round * fading[d - lag]
            else:
                out[s, q] = by_day[d + days - lag] - before * fading[d]
    return out


@njit(cache=True, nogil=True)
def moved_direct_kernel(day, weights, at, lags):  # pragma: no cover - measured uncompiled
    """The same for any memory, act by act: slower, but for windows and lags.

    day: (acts,), days since the first of the grid, may be < 0; weights: (days + 1,), what an act counts by its age in
    days; at: (rows,), lags: (shifts,), days. -> (shifts, rows)
    """
    out = np.zeros((lags.size, at.size))
    days = weights.size - 1
    for s in range(lags.size):
        for e in range(day.size):
            d = day[e] + lags[s]
            if d >= days:
                d -= days
            for q in range(at.size):
                age = at[q] - d
                if 0 < age <= days:
                    out[s, q] += weights[age]
    return out
