"""Reading a mechanism off the layers: the value of its statistic for a dyad.

The same code serves history (leading axis: steps) and simulation (leading axis: draws): it is handed a function from
layer to array and never asks what the leading axis is, nor whether the array holds numbers: the simulation compiles a
mechanism by handing over names (`lynchpin.answers.simulate.symbols`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import product
from typing import cast

import numpy as np

from lynchpin.account.cases import Mechanism
from lynchpin.account.theory import (
    Bound,
    CheckedBoth,
    CheckedCause,
    CheckedEdge,
    CheckedEither,
    CheckedMechanism,
    CheckedProduct,
    CheckedRef,
    apart,
    leaves,
    shared_classes,
)
from lynchpin.engine.statistics.base import Floats
from lynchpin.model.design.layers import Layer

Lookup = Callable[[Layer], Floats]

#: From a trace to the statistic that moves a rate.
Scale = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Computes the statistics of a case's mechanisms.

    Parameters
    ----------
    mechanisms : mapping, name -> mechanism
    half_life_days : mapping, name -> half-life, also of those that are fitted
    nodes : mapping, node -> its position
    centres : mapping, (mechanism, part) -> the mean that a factor of a product is measured from
    scales : mapping, (mechanism, part) -> the scale of a trace, log1p where none is named; part 0 of what is no product
    """

    mechanisms: Mapping[str, Mechanism]
    half_life_days: Mapping[str, float]
    nodes: Mapping[str, int]
    centres: Mapping[tuple[str, int], float] = field(default_factory=dict)
    scales: Mapping[tuple[str, int], Scale] = field(default_factory=dict)

    def statistic(self, name: str, dyad: tuple[str, str], layers: Lookup) -> Floats:
        """What moves the dyad's rate: log1p of the trace, or the product of centred factors.

        Parameters
        ----------
        name : str, the mechanism
        dyad : two states, source and target
        layers : function from Layer to array (n, nodes, nodes)

        Returns
        -------
        ndarray, shape (n,)
        """
        cause = self.mechanisms[name].checked.cause
        if isinstance(cause, CheckedProduct) and not cause.summed:
            factors = self.factors(name, dyad, layers)
            out = np.ones_like(factors[0])
            for position, factor in enumerate(factors):
                out = out * (factor - self.centres.get((name, position), 0.0))
            return out
        value = self._at(name, dyad, layers)
        return value if isinstance(cause, CheckedProduct) else self._scaled(name, 0, value)

    def read_as(self, name: str, dyad: tuple[str, str]) -> Hashable:
        """What a statistic depends on: dyads that are read as the same have the same one, to the last digit.

        The two directions of what moves both are read alike; where another mechanism is named, it may tell them apart.
        """
        checked = self.mechanisms[name].checked
        return dyad if checked.references else frozenset(frozenset(n.items()) for n in readings(checked, dyad))

    def _scaled(self, name: str, part: int, trace: Floats) -> Floats:
        scale = self.scales.get((name, part))
        return np.log1p(trace) if scale is None else scale(trace)

    def factors(self, name: str, dyad: tuple[str, str], layers: Lookup) -> list[Floats]:
        """The factors of a product mechanism, each on its own scale and not centred."""
        checked = self.mechanisms[name].checked
        assert isinstance(checked.cause, CheckedProduct)
        return [
            sum_of([self._factor(name, at, part, names, layers, dyad) for names in readings(checked, dyad)])
            for at, part in enumerate(checked.cause.parts)
        ]

    def _factor(
        self, name: str, at: int, part: CheckedCause, names: Mapping[str, str], layers: Lookup, dyad: tuple[str, str]
    ) -> Floats:
        if isinstance(part, CheckedRef):
            return self.statistic(part.mechanism, dyad, layers)
        return self._scaled(name, at, self._value(name, part, names, layers, dyad))

    def _at(self, name: str, dyad: tuple[str, str], layers: Lookup) -> Floats:
        checked = self.mechanisms[name].checked
        return sum_of([self._value(name, checked.cause, names, layers, dyad) for names in readings(checked, dyad)])

    def _value(
        self, name: str, cause: CheckedCause, names: Mapping[str, str], layers: Lookup, dyad: tuple[str, str]
    ) -> Floats:
        if isinstance(cause, CheckedRef):
            return self._at(cause.mechanism, dyad, layers)
        checked = self.mechanisms[name].checked
        values = []
        for bound in assignments(checked, cause.summed, names):
            if isinstance(cause, CheckedEdge):
                values.append(self._edge(name, cause, bound, layers))
                continue
            if isinstance(cause, CheckedProduct):
                parts = [self._factor(name, at, part, bound, layers, dyad) for at, part in enumerate(cause.parts)]
                values.append(reduce(np.multiply, parts))
                continue
            parts = [self._value(name, part, bound, layers, dyad) for part in cause.parts]
            assert isinstance(cause, (CheckedBoth, CheckedEither))
            values.append(reduce(np.minimum, parts) if isinstance(cause, CheckedBoth) else sum_of(parts))
        if not values:  # nobody is left to sum over
            return np.zeros(self._length(name, layers))
        return sum_of(values)

    def _edge(self, name: str, edge: CheckedEdge, names: Mapping[str, str], layers: Lookup) -> Floats:
        source, target = edge.source.node(names[edge.source.name]), edge.target.node(names[edge.target.name])
        if source is None or target is None or source == target:
            return np.zeros(layers(self.plain_layer(name, edge)).shape[0])
        right = self.mechanisms[name].checked.target
        N = layers(self.layer(name, edge, (source, target), (names[right.source.name], names[right.target.name])))
        i, j = self.nodes[source], self.nodes[target]
        return N[:, i, j] if edge.directed or edge.is_every_pair else N[:, i, j] + N[:, j, i]

    def layer(self, name: str, edge: CheckedEdge, ends: tuple[str, str], dyad: tuple[str, str]) -> Layer:
        """The layer that an edge of a mechanism is read off, when its ends stand for two nodes and the dyad moves."""
        checked, plain = self.mechanisms[name].checked, self.plain_layer(name, edge)
        shared = shared_classes(checked, edge)
        held = apart(edge, *ends, dyad) if shared and checked.joint != "with" else ()
        return plain._replace(apart=held, apart_classes=shared) if held else plain

    def plain_layer(self, name: str, edge: CheckedEdge) -> Layer:
        """The layer of an edge of a mechanism, joint acts and all."""
        mechanism = self.mechanisms[name]
        days = (self.half_life_days[name], mechanism.window_days, mechanism.lag_days)
        return Layer(edge.classes, edge.contexts, *days, edge.alone)

    def _length(self, name: str, layers: Lookup) -> int:
        classes = self.mechanisms[name].checked.target.classes
        return int(layers(Layer(classes, (), self.half_life_days[name])).shape[0])


def sum_of(values: list[Floats]) -> Floats:
    """The sum of arrays of one shape; there is at least one."""
    return reduce(np.add, values)


def readings(checked: CheckedMechanism, dyad: tuple[str, str]) -> list[dict[str, str]]:
    """The ways a dyad fits the right side: which name stands for which node. Nodes stand for themselves.

    Two ways that the cause cannot tell apart are one. A dyad is worked out once: what comes is not to be changed.
    """
    key = ("readings", dyad)
    if key not in checked.kept:
        checked.kept[key] = _readings(checked, dyad)
    return cast("list[dict[str, str]]", checked.kept[key])


def _readings(checked: CheckedMechanism, dyad: tuple[str, str]) -> list[dict[str, str]]:
    right = checked.target
    ends = (
        [(right.source, right.target)]
        if right.directed
        else [(right.source, right.target), (right.target, right.source)]
    )
    found: dict[object, dict[str, str]] = {}
    for source, target in ends:
        if source.node(dyad[0]) is None or target.node(dyad[1]) is None:
            continue
        names = {bound.name: bound.domain[0] for bound in checked.names if bound.kind == "node"}
        names |= {source.name: dyad[0], target.name: dyad[1]}
        found.setdefault(_seen_by_cause(checked, names), names)
    return list(found.values())


def _seen_by_cause(checked: CheckedMechanism, names: Mapping[str, str]) -> object:
    """What the cause makes of a reading: the ends of each of its edges, and whom its free names may not be."""

    def end(bound: Bound) -> str:
        return str(bound.node(names[bound.name])) if bound.name in names else f" {bound}"

    edges = [leaf for leaf in leaves(checked.cause) if isinstance(leaf, CheckedEdge)]
    ends = [(end(edge.source), end(edge.target)) for edge in edges]
    kept = tuple(e if edge.directed else tuple(sorted(e)) for edge, e in zip(edges, ends, strict=True))
    barred = {(x, names[y]) for x, y in (*checked.distinct, *((y, x) for x, y in checked.distinct)) if y in names}
    return kept, frozenset((x, node) for x, node in barred if x not in names)


def assignments(
    checked: CheckedMechanism, summed: tuple[str, ...], names: Mapping[str, str]
) -> Iterator[Mapping[str, str]]:
    """Every way to give the summed names a node, none of which makes two variables of one role the same."""
    if not summed:
        yield names
        return
    domains = {bound.name: bound.domain for bound in checked.names}
    for choice in product(*(domains[name] for name in summed)):
        bound = dict(names) | dict(zip(summed, choice, strict=True))
        if all(bound.get(x) != bound.get(y) or x not in bound for x, y in checked.distinct):
            yield bound
