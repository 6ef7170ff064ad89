"""What a run does differently from what the fit alone would do, as arrays; `no_moves` for a plain run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from lynchpin.answers.simulate.inflow import decay_of, inflow, known_ahead, placed
from lynchpin.answers.simulate.program import Compiled, Ints32, compiled
from lynchpin.answers.simulate.symbols import Cell
from lynchpin.engine.statistics.base import Floats
from lynchpin.model import Fit
from lynchpin.model.design.layers import Layer, layer_traces

#: (step, layer, source node, target node, what its trace gains by the end of the step)
Added = tuple[int, Layer, int, int, float]


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """Arrays with one row serve every step; `kept`, `given` and `factor` have the same number of rows.

    steps : int
    kept, given : (steps or 1, units); a mean is kept * its rate + given
    factor : (steps or 1, units), what the mean is multiplied by, the mutual part by the smaller of its two directions'
    pull : (steps or 1, slots), what a column's term in the log mean is multiplied by
    start : layer -> (nodes, nodes), traces at the origin
    added : what traces gain besides: from acts that are put in, and under a lag or a window from those of the record
    """

    steps: int
    kept: Floats
    given: Floats
    factor: Floats
    pull: Floats
    start: Mapping[Layer, Floats]
    added: tuple[Added, ...] = ()


class FlatMoves(NamedTuple):
    """`Moves` for the kernel: cells by number."""

    kept: Floats
    given: Floats
    factor: Floats
    pull: Floats
    start: Floats  # (cells,)
    first_added: Ints32  # (steps + 1,)
    added_cell: Ints32
    added: Floats


def no_moves(fit: Fit, steps: int) -> Moves:
    """A run in which nothing is changed."""
    design = fit.design
    units = len(design.units)
    slots = sum(design.columns[p].kind in ("control", "mechanism") for u in design.units for p in u.columns)
    return Moves(
        steps,
        np.ones((1, units)),
        np.zeros((1, units)),
        np.ones((1, units)),
        np.ones((1, slots)),
        design.layers.at_origin(),
        tuple(
            (int(step), layer, int(i), int(j), float(known[step, i, j]))
            for layer in design.layers.at_origin()
            if not layer.is_plain
            for known in [known_ahead(design, layer, steps)]
            for step, i, j in np.argwhere(known != 0.0)
        ),
    )


def flat(moves: Moves, compiled: Compiled) -> FlatMoves:
    """Moves as the kernel takes them."""
    at = {cell: k for k, cell in enumerate(compiled.cells)}
    rows = sorted((step, at[layer, i, j], gain) for step, layer, i, j, gain in moves.added if (layer, i, j) in at)
    first = np.searchsorted(np.array([step for step, _, _ in rows]), np.arange(moves.steps + 1))
    return FlatMoves(
        kept=moves.kept,
        given=moves.given,
        factor=moves.factor,
        pull=moves.pull,
        start=np.array([moves.start[layer][i, j] for layer, i, j in compiled.cells]),
        first_added=first.astype(np.int32),
        added_cell=np.array([cell for _, cell, _ in rows], dtype=np.int32),
        added=np.array([gain for _, _, gain in rows], dtype=np.float64),
    )


# -- A run that begins on a day of the record, in place of its origin: what was remembered then, and what is given.


def past_moves(fit: Fit, first: int, steps: int) -> Moves:
    """A run from a fitted step of the record on, in which nothing else is changed.

    Parameters
    ----------
    fit : Fit
    first : int, the fitted row that it begins with, from 0 on
    steps : int, not beyond the origin

    Returns
    -------
    Moves
    """
    design = fit.design
    row = design.steps.burn_in + first
    density = [design.offset[u.event_class][first : first + steps] for u in design.units]
    at_origin = [design.offset_at_origin[u.event_class] for u in design.units]
    form = compiled(fit)
    wanted = None if form is None else frozenset(form.cells)
    kept = np.exp(np.stack(density, axis=1) - np.array(at_origin))
    plain = no_moves(fit, steps)
    return replace(
        plain,
        kept=kept,
        given=np.zeros_like(kept),
        factor=np.ones_like(kept),
        start={layer: design.layers(layer)[row] for layer in plain.start},
        added=tuple(_given(fit, row, steps, wanted)),
    )


def _given(fit: Fit, row: int, steps: int, wanted: frozenset[Cell] | None) -> list[Added]:
    """What traces gain at the end of each step beyond decay and what is drawn: see the module.

    wanted : the cells that a run reads; None for all
    """
    design = fit.design
    acts, width = design.layers.acts, design.steps.step_days
    n = len(acts.nodes)
    times = design.steps.starts[row : row + steps + 1]
    added: list[Added] = []
    for layer in design.layers.at_origin():
        takes = inflow(design, layer)
        drawn = np.zeros((n, n), dtype=bool)
        for c, i, j, _ in placed(design):
            drawn[i, j] |= c in takes.classes
        gained = _gains(design.layers(layer)[row : row + steps + 1], decay_of(layer, width)) - takes.steady
        gained[:, drawn] = 0.0
        if not layer.is_plain:  # acts from before the run begin to count, or drop out
            early = acts.only(acts.day < times[0])
            gained[:, drawn] = _gains(layer_traces(early, layer, times), decay_of(layer, width))[:, drawn]
        read = np.array([[wanted is None or (layer, i, j) in wanted for j in range(n)] for i in range(n)])
        for step, i, j in np.argwhere((np.abs(gained) > 1e-12) & read):
            added.append((int(step), layer, int(i), int(j), float(gained[step, i, j])))
    return added


def _gains(traces: Floats, decay: float) -> Floats:
    """What comes in over each step: shape (steps, nodes, nodes)."""
    return np.asarray(traces[1:] - decay * traces[:-1])
