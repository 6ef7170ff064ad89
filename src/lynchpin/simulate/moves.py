"""What a run does differently from what the fit alone would do, as arrays; `no_moves` for a plain run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lynchpin.design.layers import Layer
from lynchpin.models import Fit
from lynchpin.simulate.inflow import known_ahead
from lynchpin.simulate.program import Compiled, Ints32
from lynchpin.statistics._base import Floats

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
