"""Statistics written down, not computed: the code that reads statistics off numbers is run once on names.

`control_values` and `Evaluator` are handed arrays of `Sum` in place of traces. What comes back is a graph of sums,
minima, maxima, differences, logarithms and products over cells, which the kernel works through for every path: the
rules of a statistic stand in one place. A statistic made of anything else raises `NotAGraph`, and is simulated by the
slow way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np

from lynchpin.model.design.layers import Layer

SUM, LEAST, LOG1P, TIMES, MOST, LESS, SIZE = range(7)

Cell = tuple[Layer, int, int]


class NotAGraph(Exception):
    """A statistic that cannot be written as a graph."""


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
                names[0, i, j] = Sum(self, () if i == j else ((layer, i, j),), 0.0)
        return names.view(Symbols)

    def value(self, part: Any) -> int:
        """The number of a part: a cell, or a node that is added where it is new."""
        if isinstance(part, int):
            return part
        return -1 - self.cells.setdefault(part, len(self.cells))

    def add(self, kind: int, parts: tuple[Any, ...], constant: float = 0.0) -> Sum:
        """The term of a node."""
        key = (kind, tuple(self.value(part) for part in parts), constant)
        return Sum(self, (self.nodes.setdefault(key, len(self.nodes)),), 0.0)

    def settle(self, x: Any) -> int:
        """The number of an expression's own node or cell."""
        if not isinstance(x, Sum):
            return int(self.add(SUM, (), float(x)).parts[0])
        if len(x.parts) == 1 and x.constant == 0.0:
            return self.value(x.parts[0])
        return int(self.add(SUM, x.parts, x.constant).parts[0])


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    """A sum of cells and nodes, and a constant."""

    graph: Graph
    parts: tuple[Any, ...]
    constant: float

    def __add__(self, other: Any) -> Sum:
        if not isinstance(other, Sum):
            return self if other == 0.0 else Sum(self.graph, self.parts, self.constant + float(other))
        return Sum(self.graph, self.parts + other.parts, self.constant + other.constant)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Sum:
        if isinstance(other, Sum):
            return self.graph.add(LESS, (self.graph.settle(self), self.graph.settle(other)))
        return self + (-float(other))

    def __abs__(self) -> Sum:
        return self.graph.add(SIZE, (self.graph.settle(self),))

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Sum):
            return self.graph.add(TIMES, (self.graph.settle(self), self.graph.settle(other)))
        if other == 1.0:
            return self
        return 0.0 if other == 0.0 else self.graph.add(TIMES, (self.graph.settle(self), self.graph.settle(other)))

    __rmul__ = __mul__

    def log1p(self) -> Any:
        if _is_zero(self):
            return 0.0
        return self.graph.add(LOG1P, (self.graph.settle(self),))


def _is_zero(x: Any) -> bool:
    return x.parts == () and x.constant == 0.0 if isinstance(x, Sum) else x == 0.0


def _least(x: Any, y: Any) -> Any:
    """The smaller of two traces, which are never negative."""
    if _is_zero(x) or _is_zero(y):
        return 0.0
    return _two(LEAST, x, y)


def _most(x: Any, y: Any) -> Any:
    """The larger of two traces, which are never negative."""
    if _is_zero(x) or _is_zero(y):
        return y if _is_zero(x) else x
    return _two(MOST, x, y)


def _two(kind: int, x: Any, y: Any) -> Sum:
    if not isinstance(x, Sum) or not isinstance(y, Sum):
        raise NotAGraph
    return x.graph.add(kind, (x.graph.settle(x), x.graph.settle(y)))


def _log1p(x: Any) -> Any:
    return x.log1p() if isinstance(x, Sum) else math.log1p(x)


_BY_ELEMENT = {
    np.minimum: np.frompyfunc(_least, 2, 1),
    np.maximum: np.frompyfunc(_most, 2, 1),
    np.log1p: np.frompyfunc(_log1p, 1, 1),
}
_PLAIN = (np.add, np.subtract, np.multiply, np.absolute)


class Symbols(np.ndarray):
    """An array of terms and numbers that numpy's own functions can be used on."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        plain = [np.asarray(x, dtype=object) for x in inputs]
        if ufunc in _BY_ELEMENT and method == "__call__":
            answer = _BY_ELEMENT[ufunc](*plain)
        elif ufunc in (np.minimum, np.maximum) and method == "reduce" and options.get("axis", 0) == 0:
            answer = reduce(_BY_ELEMENT[ufunc], plain[0])
        elif ufunc in _PLAIN:
            answer = getattr(ufunc, method)(*plain, **options)
        else:
            raise NotAGraph(ufunc.__name__)
        if out is not None:
            np.asarray(out[0])[...] = answer
            return out[0]
        return np.asarray(answer, dtype=object).view(Symbols)
