"""The acts that weigh most in a claim: what its estimate would be, were one act left out.

An act can stand on either side: as a cause, in the trace of the mechanism, and as an outcome, in a count. It is taken
out of both; controls and exposure stay as they were. The timing effect is made anew, in one step as it always is; tests
hold it against the whole computation on a record without the act. Where the reports of one act were folded, the whole
episode is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lynchpin.account.cases import Mechanism
from lynchpin.answers.evidence.placebo import Null, column_of, lay_null
from lynchpin.answers.evidence.shifts import weights_by_age
from lynchpin.answers.evidence.sides import cause_events
from lynchpin.engine.statistics.base import Floats
from lynchpin.model import Fit
from lynchpin.model.design import Acts
from lynchpin.model.design.layers import Layer, Layers
from lynchpin.results import TopEvent, per_doubling

#: Acts that are named for each mechanism.
NAMED = 5

_BLOCK = 24  # acts at a time: neighbours in time, so that few steps remember any of them
_REMEMBERED = 10.0  # half-lives after which an act is forgotten


def top_events(fit: Fit, mechanism: Mechanism, most: int = NAMED, *, null: Null | None = None) -> tuple[TopEvent, ...]:
    """The acts without which a mechanism's timing effect would change most, heaviest first.

    Parameters
    ----------
    fit : Fit
    mechanism : Mechanism
    most : int
    null : the fit without the mechanism, where it is laid out already

    Returns
    -------
    tuple of TopEvent; empty where nothing is left of its cause once drift is out
    """
    timing = Timing.of(fit, mechanism, null)
    if timing is None:
        return ()
    every, shift, causes, outcomes = influence(fit, mechanism, timing)
    found = []
    for place in np.argsort(-np.abs(shift), kind="stable")[:most]:
        event, part = int(every[place]), _part(every[place] in causes, every[place] in outcomes)
        row = fit.events.row(event, named=True)
        day: date = row["date"]
        without = per_doubling(timing.score / timing.information - shift[place])
        found.append(TopEvent(str(row["event_id"]), day, part, headline(row), float(shift[place]), without))
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """A timing effect, score over information, and what each row of each unit adds to either.

    left : by unit, (rows,): its column once the other columns, levels and waves are out
    """

    null: Null
    left: tuple[Floats, ...]
    score: float
    information: float

    @classmethod
    def of(cls, fit: Fit, mechanism: Mechanism, null: Null | None = None) -> Timing | None:
        """Of a mechanism; None where nothing is left of its cause."""
        k = fit.design.position(mechanism.name)
        null = null or lay_null(fit, mechanism.name)
        against = np.zeros(len(null.solved))
        for row in null.rows:
            against[row.at] += row.others.T @ (row.weight * column_of(row.unit, k))
        taken_out = null.solved @ against
        left = tuple(column_of(row.unit, k) - row.others @ taken_out[row.at] for row in null.rows)
        score = sum(float(column_of(row.unit, k) @ row.residual) for row in null.rows)
        square = sum(float((row.weight * x) @ column_of(row.unit, k)) for row, x in zip(null.rows, left, strict=True))
        return cls(null, left, score, square) if square > 1e-6 else None


def influence(
    fit: Fit, mechanism: Mechanism, timing: Timing
) -> tuple[NDArray[np.int64], Floats, NDArray[np.int64], NDArray[np.int64]]:
    """Per act on either side: the estimate with it less without it. -> events, log rate ratios, causes, outcomes"""
    causes, of_cause = cause_influence(fit, mechanism, timing)
    outcomes, of_outcome = outcome_influence(fit, timing)
    every = np.union1d(causes, outcomes)
    shift = np.zeros(every.size)
    shift[np.searchsorted(every, causes)] += of_cause
    shift[np.searchsorted(every, outcomes)] += of_outcome
    return every, shift, causes, outcomes


def weight_of(fit: Fit, mechanism: Mechanism, event_id: str) -> TopEvent | None:
    """What one act weighs in a mechanism; None where it stands on neither side of it."""
    timing = Timing.of(fit, mechanism)
    if timing is None:
        return None
    at = {k for k, name in enumerate(fit.events["event_id"]) if name == event_id}
    every, shift, causes, outcomes = influence(fit, mechanism, timing)
    for place, event in enumerate(every):
        if int(event) in at:
            row = fit.events.row(int(event), named=True)
            without = per_doubling(timing.score / timing.information - shift[place])
            part = _part(bool(event in causes), bool(event in outcomes))
            return TopEvent(event_id, row["date"], part, headline(row), float(shift[place]), without)
    return None


def outcome_influence(fit: Fit, timing: Timing) -> tuple[NDArray[np.int64], Floats]:
    """Per act among the outcomes: the estimate with it less without it. -> events (n,), log rate ratios (n,)

    To first order in one count: it enters the score, and where counts are dispersed the information of its row.
    """
    estimate = timing.score / timing.information
    design = fit.design
    acts, steps = design.layers.acts, design.steps
    shift = np.zeros(len(acts.contexts))
    seen = np.zeros(len(acts.contexts), dtype=bool)
    for row, left in zip(timing.null.rows, timing.left, strict=True):
        unit = row.unit
        share = row.mean / fit.theta[unit.event_class]
        per_act = 1.0 / (1.0 + share)
        drift = ((unit.y - row.mean) * per_act - row.residual) / row.weight
        pull = (left * (per_act - share * per_act**2 * (drift + estimate * left))) / timing.information
        ends = acts.source == acts.nodes.index(unit.source), acts.target == acts.nodes.index(unit.target)
        at = steps.step_of(acts.day) - steps.burn_in
        chosen = ends[0] & ends[1] & (acts.event_class == acts.classes.index(unit.event_class))
        chosen &= (at >= 0) & (at < design.rows)
        np.add.at(shift, acts.event[chosen], pull[at[chosen]])
        seen[acts.event[chosen]] = True
    events = np.flatnonzero(seen)
    return events, shift[events]


def cause_influence(fit: Fit, mechanism: Mechanism, timing: Timing) -> tuple[NDArray[np.int64], Floats]:
    """Per act among the causes: the estimate with it less without it. -> events (n,), log rate ratios (n,)

    The column without the act is held against the same null.
    """
    design = fit.design
    events = np.flatnonzero(cause_events(design.layers.acts, fit.case, mechanism))
    k = design.position(mechanism.name)
    score, square = np.full(events.size, timing.score), np.full(events.size, timing.information)
    weights: dict[Layer, Floats] = {}
    for start in range(0, events.size, _BLOCK):
        block = events[start : start + _BLOCK]
        here = slice(start, start + block.size)
        rows = _remembered(fit, mechanism, block)
        burnt = design.steps.burn_in
        layers = LayersWithout(design.layers, slice(rows.start + burnt, rows.stop + burnt), block, weights)
        columns: dict[tuple[str, str], Floats] = {}
        against = np.zeros((len(timing.null.solved), block.size))
        for row, left in zip(timing.null.rows, timing.left, strict=True):
            dyad = (row.unit.source, row.unit.target)
            if dyad not in columns:
                without = design.evaluator.statistic(mechanism.name, dyad, layers)  # type: ignore[arg-type]
                columns[dyad] = without.reshape(block.size, rows.stop - rows.start)
            change = columns[dyad] - column_of(row.unit, k)[rows]
            score[here] += change @ row.residual[rows]
            weighted = change * row.weight[rows]
            square[here] += 2.0 * weighted @ left[rows] + np.einsum("et,et->e", weighted, change)
            against[row.at] += (weighted @ row.others[rows]).T
        square[here] -= np.einsum("ke,ke->e", against, timing.null.solved @ against)
    return events, timing.score / timing.information - score / np.maximum(square, 1e-9)


def _remembered(fit: Fit, mechanism: Mechanism, events: NDArray[np.int64]) -> slice:
    """The fitted rows in which any of some acts is remembered."""
    design = fit.design
    acts, steps = design.layers.acts, design.steps
    longest = 0.0
    for name in (mechanism.name, *mechanism.checked.references):
        named = design.evaluator.mechanisms[name]
        memory = min(named.window_days, _REMEMBERED * design.evaluator.half_life_days[name])
        longest = max(longest, named.lag_days + memory)
    days = acts.day[np.isin(acts.event, events)]
    first = max(int(steps.step_of(days.min())) - steps.burn_in, 0)
    last = design.rows
    if np.isfinite(longest):
        last = min(last, int(steps.step_of(days.max() + np.int64(np.ceil(longest)))) - steps.burn_in + 2)
    return slice(min(first, design.rows), max(last, min(first, design.rows)))


class LayersWithout:
    """A look-up of layers, as the evaluator takes it, each time without one act.

    The leading axis runs over the acts left out and, within each, over the asked steps: shape (acts * steps,).
    `weights`: what an act counts by its age, by layer, kept from an earlier look-up of the same layers, and added to.
    """

    def __init__(
        self, layers: Layers, rows: slice, events: NDArray[np.int64], weights: dict[Layer, Floats] | None = None
    ) -> None:
        self.layers, self.rows, self.events = layers, rows, events
        self._weights = {} if weights is None else weights
        self.at = layers.steps.starts[rows]
        self._inside = np.isin(layers.acts.event, events)
        self._of: dict[Layer, NDArray[np.bool_]] = {}

    def __call__(self, layer: Layer) -> _LayerWithout:
        return _LayerWithout(self, layer)

    def cell(self, layer: Layer, i: int, j: int) -> Floats:
        """The trace from node i to node j: shape (acts * steps,)."""
        acts: Acts = self.layers.acts
        out = np.tile(self.layers(layer)[self.rows, i, j], (self.events.size, 1))
        if layer not in self._of:
            self._of[layer] = layer.takes(acts) & self._inside
        chosen = self._of[layer] & (acts.source == i) & (acts.target == j)
        if self.at.size and chosen.any():
            if layer not in self._weights:
                self._weights[layer] = weights_by_age(layer, int(self.layers.steps.origin_day - acts.day.min()))
            weights = self._weights[layer]
            for event, day in zip(acts.event[chosen], acts.day[chosen], strict=True):
                out[np.searchsorted(self.events, event)] -= weights[np.maximum(self.at - day, 0)]
        return np.maximum(out, 0.0).reshape(-1)


class _LayerWithout:
    """One layer: read like an array (n, nodes, nodes), by whole columns only."""

    def __init__(self, layers: LayersWithout, layer: Layer) -> None:
        self._layers, self._layer = layers, layer

    @property
    def shape(self) -> tuple[int]:
        return (self._layers.events.size * self._layers.at.size,)

    def __getitem__(self, key: tuple[slice, int, int]) -> Floats:
        return self._layers.cell(self._layer, key[1], key[2])


def _part(cause: bool, outcome: bool) -> Literal["cause", "outcome", "cause and outcome"]:
    return "cause and outcome" if cause and outcome else "cause" if cause else "outcome"


def headline(row: dict[str, object]) -> str:
    """What an act was: its summary, with who and to whom where a machine coded it; those alone where there is none."""
    summary = str(row.get("summary") or "").strip()
    source, target = (_joined(row[side]) for side in ("source", "target"))
    if summary:  # a coder's own sentence names the sides; the label of a code does not
        return f"{source} → {target}: {summary}" if row.get("code") else summary
    return " ".join(part for part in (source, str(row.get("type") or row["event_class"]), target) if part)


def _joined(codes: object) -> str:
    return ";".join(codes) if isinstance(codes, Sequence) and not isinstance(codes, str) else str(codes)
