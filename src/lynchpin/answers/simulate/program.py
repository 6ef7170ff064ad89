"""A fit as flat arrays: what the kernel needs to play it forward, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from lynchpin.answers.simulate.inflow import Inflow, inflow, mutual_share, placed
from lynchpin.answers.simulate.symbols import Cell, Graph, NotAGraph
from lynchpin.answers.simulate.uniforms import bounds, table
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.model import Fit
from lynchpin.model.design import Design
from lynchpin.model.design.build import control_values
from lynchpin.model.design.layers import Layer

Ints32 = NDArray[np.int32]


class Program(NamedTuple):
    """Values are numbered cells first, then nodes. Lists of lists are flat, with where each begins."""

    step_days: int
    decay: Floats  # (cells,), what is left one step later
    steady: Floats  # (cells,), what comes in at every step
    kind: Ints32  # (nodes,), SUM, LEAST, LOG1P or TIMES
    constant: Floats  # (nodes,), added to a sum
    first_part: Ints32  # (nodes + 1,)
    part: Ints32  # values
    offset: Floats  # (units,), log exposure at the origin
    fixed: Ints32  # (units, 2), the columns of its class and of its dyad
    first_slot: Ints32  # (units + 1,), a slot is a column that moves with time
    slot_value: Ints32  # (slots,)
    slot_column: Ints32  # (slots,)
    low: Floats  # (slots,), range of the column in the record
    high: Floats  # (slots,)
    pair: Ints32  # (pairs, 2), the units of the two directions
    mutual: Floats  # (pairs,), share of acts that both directions share
    law: Ints32  # (pairs,), which table of factors
    quantiles: Floats  # (classes, 2, octaves, cells + 1)
    bounds: Floats  # (classes, STRIPS), of the factor where its number is known roughly
    first_feed: Ints32  # (units + 1,)
    feed_cell: Ints32
    feed_factor: Floats
    first_late: Ints32  # (units + 1,)
    late_cell: Ints32
    late_delay: Ints32  # steps, at least 1
    late_factor: Floats


class Compiled(NamedTuple):
    """A program, and what its cells stand for."""

    program: Program
    cells: tuple[Cell, ...]
    inflows: dict[Layer, Inflow]


#: Programs of fits that are still in use: a fit is played several times, and its program is the same each time.
_KEPT: WeakKeyDictionary[Fit, Compiled | None] = WeakKeyDictionary()


def compiled(fit: Fit) -> Compiled | None:
    """The program of a fit; None where a statistic is more than sums, minima, logarithms and products of traces."""
    if fit not in _KEPT:
        _KEPT[fit] = _compiled(fit)
    return _KEPT[fit]


def _compiled(fit: Fit) -> Compiled | None:
    design = fit.design
    try:
        graph, slots = _slots(design)
    except NotAGraph:
        return None
    cells = tuple(graph.cells)
    at = {cell: k for k, cell in enumerate(cells)}
    inflows = {layer: inflow(design, layer) for layer in dict.fromkeys(layer for layer, _, _ in cells)}
    units = placed(design)
    pairs = pairs_of(units)
    ranges = ranges_of(design)
    fed: dict[tuple[int, int, int], list[int]] = {}
    for k, (layer, i, j) in enumerate(cells):
        for c in inflows[layer].classes:
            fed.setdefault((c, i, j), []).append(k)
    feeds = [fed.get((c, i, j), []) for c, i, j, _ in units]
    late = [
        [(k, delay, float(factor[i, j])) for k in cells_fed for delay, factor in inflows[cells[k][0]].late]
        for cells_fed, (_, i, j, _) in zip(feeds, units, strict=True)
    ]
    lates = [some for of_unit in late for some in of_unit]
    parts = [[_number(p, len(cells)) for p in parts] for _, parts, _ in graph.nodes]
    flat = [slot for of_unit in slots for slot in of_unit]
    tables = [table(fit.theta[c]) for c in design.case.class_names]
    program = Program(
        step_days=design.steps.step_days,
        decay=np.array([inflows[layer].decay for layer, _, _ in cells]),
        steady=np.array([inflows[layer].steady[i, j] for layer, i, j in cells]),
        kind=np.array([kind for kind, _, _ in graph.nodes], dtype=np.int32),
        constant=np.array([constant for _, _, constant in graph.nodes], dtype=np.float64),
        first_part=_firsts(parts),
        part=np.array([p for some in parts for p in some], dtype=np.int32),
        offset=np.array([design.offset_at_origin[u.event_class] for u in design.units]),
        fixed=np.array([_fixed(design, u.columns) for u in design.units], dtype=np.int32),
        first_slot=_firsts(slots),
        slot_value=np.array([_number(value, len(cells)) for _, value in flat], dtype=np.int32),
        slot_column=np.array([column for column, _ in flat], dtype=np.int32),
        low=np.array([ranges[0][column] for column, _ in flat]),
        high=np.array([ranges[1][column] for column, _ in flat]),
        pair=pairs.astype(np.int32),
        mutual=mutual_share(design)[pairs[:, 0]],
        law=np.array([units[k][0] for k in pairs[:, 0]], dtype=np.int32),
        quantiles=np.stack(tables),
        bounds=np.stack([bounds(quantiles) for quantiles in tables]),
        first_feed=_firsts(feeds),
        feed_cell=np.array([k for some in feeds for k in some], dtype=np.int32),
        feed_factor=np.array([inflows[cells[k][0]].factor[cells[k][1:]] for some in feeds for k in some]),
        first_late=_firsts(late),
        late_cell=np.array([k for k, _, _ in lates], dtype=np.int32),
        late_delay=np.array([delay for _, delay, _ in lates], dtype=np.int32),
        late_factor=np.array([factor for _, _, factor in lates], dtype=np.float64),
    )
    assert len(at) == len(cells)
    return Compiled(program, cells, inflows)


def pairs_of(units: list[tuple[int, int, int, int]]) -> Ints:
    """Units of the same class in the two directions of a dyad: shape (pairs, 2)."""
    return np.array([(k, back) for k, (_, _, _, back) in enumerate(units) if k < back])


def ranges_of(design: Design) -> tuple[Floats, Floats]:
    """Smallest and largest value of every column in the record, with room for rounding: two arrays (columns,)."""
    low, high = np.full(len(design.columns), np.inf), np.full(len(design.columns), -np.inf)
    for unit in design.units:
        low[unit.columns] = np.minimum(low[unit.columns], unit.X.min(axis=0))
        high[unit.columns] = np.maximum(high[unit.columns], unit.X.max(axis=0))
    return low - 1e-9, high + 1e-9


def _slots(design: Design) -> tuple[Graph, list[list[tuple[int, int]]]]:
    """The graph of all statistics, and of every unit the (column, value) pairs that move with time."""
    case, graph = design.case, Graph()
    traces: dict[Layer, np.ndarray[tuple[int, ...], np.dtype[np.object_]]] = {}

    class Names(dict[Layer, Floats]):
        def __missing__(self, layer: Layer) -> Floats:
            if layer not in traces:
                traces[layer] = graph.traces(layer, len(case.nodes))
            return traces[layer]  # type: ignore[return-value]

    names = Names()
    states = {name: k for k, name in enumerate(case.states)}
    controls = {
        (spec.label, c): control_values(names, case, k, c)[0]
        for k, spec in enumerate(case.controls)
        for c in case.class_names
    }
    seen: dict[tuple[str, str, str], int] = {}
    slots = []
    for unit in design.units:
        of_unit = []
        for p in unit.columns:
            column = design.columns[p]
            if column.kind == "control":
                x = controls[column.name, unit.event_class][states[unit.source], states[unit.target]]
                of_unit.append((int(p), graph.settle(x)))
            elif column.kind == "mechanism":
                key = (column.name, unit.source, unit.target)
                if key not in seen:
                    seen[key] = graph.settle(design.evaluator.statistic(column.name, key[1:], names.__getitem__)[0])
                of_unit.append((int(p), seen[key]))
        slots.append(of_unit)
    return graph, slots


def _fixed(design: Design, columns: Ints) -> list[int]:
    return [int(p) for p in columns if design.columns[p].kind in ("class", "dyad")]


def _firsts(lists: Sequence[Sequence[object]]) -> Ints32:
    return np.concatenate([[0], np.cumsum([len(some) for some in lists])]).astype(np.int32)


def _number(value: int, cells: int) -> int:
    """A graph's number of a value as the program's: cells first, then nodes."""
    return -1 - value if value < 0 else cells + value
