"""Statistics written down, not computed: the code that reads statistics off numbers is run once on names.

`control_values` and `Evaluator` are handed arrays of `Term` in place of traces. What comes back is a graph of sums,
minima, logarithms and products over cells, which the kernel works through for every path: the rules of a statistic
stand in one place. A statistic made of anything else raises `NotAGraph`, and is simulated by the slow way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np

from lynchpin.design.layers import Layer

SUM, LEAST, LOG1P, TIMES = range(4)

Cell = tuple[Layer, int, int]


class NotAGraph(Exception):
    """A statistic that is no sum, minimum, logarithm or product of traces."""


@dataclass(slots=True)
class Graph:
    """Cells, and nodes over them; the same expression is one node. Values are numbered cells first, then nodes.

    cells : cell -> its number
    nodes : (kind, parts, constant) -> its number among the nodes; parts are negative for cells (-1 - number)
    """

    cells: dict[Cell, int] = field(default_factory=dict)
    nodes: dict[tuple[int, tuple[int, ...], float], int] = field(default_factory=dict)

    def traces(self, layer: Layer, nodes: int) -> Symbols:
        """The names of a layer's traces: shape (1, nodes, nodes), with a zero diagonal."""
        names = np.empty((1, nodes, nodes), dtype=object)
        for i in range(nodes):
            for j in range(nodes):
                names[0, i, j] = 0.0 if i == j else Term(self, ((layer, i, j),), 0.0)
        return names.view(Symbols)

    def value(self, part: Any) -> int:
        """The number of a part: a cell, or a node that is added where it is new."""
        if isinstance(part, int):
            return part
        return -1 - self.cells.setdefault(part, len(self.cells))

    def add(self, kind: int, parts: tuple[Any, ...], constant: float = 0.0) -> Term:
        """The term of a node."""
        key = (kind, tuple(self.value(part) for part in parts), constant)
        return Term(self, (self.nodes.setdefault(key, len(self.nodes)),), 0.0)

    def settle(self, x: Any) -> int:
        """The number of an expression's own node or cell."""
        if not isinstance(x, Term):
            return int(self.add(SUM, (), float(x)).parts[0])
        if len(x.parts) == 1 and x.constant == 0.0:
            return self.value(x.parts[0])
        return int(self.add(SUM, x.parts, x.constant).parts[0])


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A sum of cells and nodes, and a constant."""

    graph: Graph
    parts: tuple[Any, ...]
    constant: float

    def __add__(self, other: Any) -> Term:
        if not isinstance(other, Term):
            return self if other == 0.0 else Term(self.graph, self.parts, self.constant + float(other))
        return Term(self.graph, self.parts + other.parts, self.constant + other.constant)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Term:
        if isinstance(other, Term):
            raise NotAGraph
        return self + (-float(other))

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Term):
            return self.graph.add(TIMES, (self.graph.settle(self), self.graph.settle(other)))
        if other == 1.0:
            return self
        return 0.0 if other == 0.0 else self.graph.add(TIMES, (self.graph.settle(self), self.graph.settle(other)))

    __rmul__ = __mul__

    def log1p(self) -> Term:
        return self.graph.add(LOG1P, (self.graph.settle(self),))


def _least(x: Any, y: Any) -> Any:
    """The smaller of two traces, which are never negative."""
    if not isinstance(x, Term) or not isinstance(y, Term):
        number, other = (y, x) if isinstance(x, Term) else (x, y)
        if isinstance(other, Term) and number != 0.0:
            raise NotAGraph
        return 0.0 if isinstance(other, Term) else min(x, y)
    return x.graph.add(LEAST, (x.graph.settle(x), x.graph.settle(y)))


def _log1p(x: Any) -> Any:
    return x.log1p() if isinstance(x, Term) else math.log1p(x)


_BY_ELEMENT = {np.minimum: np.frompyfunc(_least, 2, 1), np.log1p: np.frompyfunc(_log1p, 1, 1)}
_PLAIN = (np.add, np.subtract, np.multiply)


class Symbols(np.ndarray):
    """An array of terms and numbers that numpy's own functions can be used on."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        plain = [np.asarray(x, dtype=object) for x in inputs]
        if ufunc in _BY_ELEMENT and method == "__call__":
            found = _BY_ELEMENT[ufunc](*plain)
        elif ufunc is np.minimum and method == "reduce" and options.get("axis", 0) == 0:
            found = reduce(_BY_ELEMENT[ufunc], plain[0])
        elif ufunc in _PLAIN:
            found = getattr(ufunc, method)(*plain, **options)
        else:
            raise NotAGraph(ufunc.__name__)
        if out is not None:
            np.asarray(out[0])[...] = found
            return out[0]
        return np.asarray(found, dtype=object).view(Symbols)
