"""A run that begins on a day of the record, in place of its origin: what was remembered then, and what is given.

The acts of states are drawn, as ahead of the origin. What the model draws nothing for comes as it came: the acts of
sectors, the density of the record, and the acts from before the run.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lynchpin.design.layers import layer_traces
from lynchpin.models import Fit
from lynchpin.simulate.inflow import decay_of, inflow, placed
from lynchpin.simulate.moves import Added, Moves, no_moves
from lynchpin.simulate.program import compiled
from lynchpin.simulate.symbols import Cell
from lynchpin.statistics._base import Floats


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
    found: list[Added] = []
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
            found.append((int(step), layer, int(i), int(j), float(gained[step, i, j])))
    return found


def _gains(traces: Floats, decay: float) -> Floats:
    """What comes in over each step: shape (steps, nodes, nodes)."""
    return np.asarray(traces[1:] - decay * traces[:-1])
