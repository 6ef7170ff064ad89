"""Which events stand on either side of a mechanism."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lynchpin.account.cases import Case, Mechanism
from lynchpin.account.theory import CheckedEdge, joint_acts, leaves
from lynchpin.engine.statistics.base import Floats
from lynchpin.model.design import Acts
from lynchpin.model.design.build import FIRST_HALF_LIFE_DAYS
from lynchpin.model.design.evaluate import Evaluator
from lynchpin.model.design.layers import Layer


def cause_events(acts: Acts, case: Case, mechanism: Mechanism) -> NDArray[np.bool_]:
    """Which events any edge of the cause takes in, whoever the names stand for; references included: (events,).

    An act that is left out for standing on both sides is none of them.
    """
    taken = np.zeros(len(acts.contexts), dtype=bool)
    waiting = [mechanism]
    while waiting:
        one = waiting.pop()
        if joint_acts(one.checked) == "left out":
            taken |= _read(acts, case, one)
        for leaf in leaves(one.checked.cause):
            if not isinstance(leaf, CheckedEdge):
                waiting.append(case.mechanism(leaf.mechanism))
            elif joint_acts(one.checked) != "left out":
                taken[acts.event[_taken(acts, leaf)]] = True
    return taken


def _read(acts: Acts, case: Case, mechanism: Mechanism) -> NDArray[np.bool_]:
    """Which events stand in a cell that the mechanism is read off, for any dyad that it moves: (events,)."""
    asked = Asked(len(acts.nodes))
    days = {m.name: m.half_life_days or FIRST_HALF_LIFE_DAYS for m in case.mechanisms}
    nodes = {node: position for position, node in enumerate(acts.nodes)}
    evaluator = Evaluator({m.name: m for m in case.mechanisms}, days, nodes)
    for dyad in mechanism.checked.dyads:
        evaluator.statistic(mechanism.name, dyad, asked)  # type: ignore[arg-type]
    return asked.events(acts)


class Asked:
    """A look-up of layers, as the evaluator takes it, that notes which of their cells are read."""

    def __init__(self, nodes: int) -> None:
        self.nodes = nodes
        self.cells: dict[Layer, NDArray[np.bool_]] = {}

    def __call__(self, layer: Layer) -> _AskedLayer:
        return _AskedLayer(self.cells.setdefault(layer, np.zeros((self.nodes, self.nodes), dtype=bool)))

    def events(self, acts: Acts) -> NDArray[np.bool_]:
        """Which events stand in a cell that was read: (events,)."""
        taken = np.zeros(len(acts.contexts), dtype=bool)
        for layer, cells in self.cells.items():
            taken[acts.event[layer.takes(acts) & cells[acts.source, acts.target]]] = True
        return taken


class _AskedLayer:
    shape = (1,)

    def __init__(self, cells: NDArray[np.bool_]) -> None:
        self._cells = cells

    def __getitem__(self, key: tuple[slice, int, int]) -> Floats:
        self._cells[key[1:]] = True
        return np.zeros(1)


def count_cause(acts: Acts, case: Case, mechanism: Mechanism) -> int:
    """Number of events that the cause takes in."""
    return int(cause_events(acts, case, mechanism).sum())


def count_target(acts: Acts, mechanism: Mechanism) -> int:
    """Number of events of the dyads and classes on the right side."""
    return int(target_events(acts, mechanism).sum())


def target_events(acts: Acts, mechanism: Mechanism) -> NDArray[np.bool_]:
    """Which events are of the dyads and classes on the right side: (events,)."""
    taken = np.zeros(len(acts.contexts), dtype=bool)
    taken[acts.event[_taken(acts, mechanism.checked.target)]] = True
    return taken


def _taken(acts: Acts, edge: CheckedEdge) -> NDArray[np.bool_]:
    source = np.isin(acts.source, [acts.nodes.index(n) for n in edge.source.domain])
    target = np.isin(acts.target, [acts.nodes.index(n) for n in edge.target.domain])
    either = source & target
    if not edge.directed:
        swapped = np.isin(acts.target, [acts.nodes.index(n) for n in edge.source.domain])
        swapped &= np.isin(acts.source, [acts.nodes.index(n) for n in edge.target.domain])
        either |= swapped
    return either & Layer(edge.classes, edge.contexts, np.inf, alone=edge.alone).takes(acts)
