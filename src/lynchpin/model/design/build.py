"""The design: for every dyad and class, the counts and the columns that may move them.

A dyad and class is a *unit*; it holds only its own few columns, so nothing of the size events x dyads x statistics is
ever made. Units are independent given the coefficients: their gradients and Hessians add.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lynchpin import limits
from lynchpin.account.cases import Case, Mechanism
from lynchpin.account.theory import CheckedProduct, joint_acts, leaves, ways_of
from lynchpin.engine.statistics import of_counts
from lynchpin.engine.statistics.base import Floats
from lynchpin.engine.statistics.trace import traces
from lynchpin.errors import BadData
from lynchpin.model.design.acts import Acts
from lynchpin.model.design.evaluate import Evaluator, Scale
from lynchpin.model.design.layers import Layer, Layers
from lynchpin.model.design.steps import Steps

Kind = Literal["class", "dyad", "control", "mechanism"]

#: Half-life of a mechanism that is to be fitted, until it is.
FIRST_HALF_LIFE_DAYS = 60.0


@dataclass(frozen=True, slots=True)
class Column:
    """One coefficient of the model."""

    name: str
    kind: Kind
    event_class: str  # "" for a mechanism, which may move several
    half_life_days: float | None  # None: it has none


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One dyad and class through time.

    columns : (k,), positions in the design's columns; X : (steps, k), column by column in memory, as kernels read it;
    y : (steps,), counts
    """

    source: str
    target: str
    event_class: str
    columns: NDArray[np.int64]
    X: Floats
    y: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Everything a fit needs. Rows are the steps after the burn-in; `offset` is the log exposure of a class in each."""

    case: Case
    steps: Steps
    layers: Layers
    columns: tuple[Column, ...]
    units: tuple[Unit, ...]
    offset: Mapping[str, Floats]  # class -> (rows,)
    offset_at_origin: Mapping[str, float]
    evaluator: Evaluator

    @property
    def rows(self) -> int:
        return self.steps.count - self.steps.burn_in

    def range_of(self, column: int) -> tuple[float, float]:
        """Smallest and largest value of a column over all units and rows."""
        seen = [unit.X[:, unit.columns == column] for unit in self.units if column in unit.columns]
        return min(float(x.min()) for x in seen), max(float(x.max()) for x in seen)

    def position(self, name: str) -> int:
        """Where the column of a mechanism stands."""
        return next(k for k, column in enumerate(self.columns) if column.kind == "mechanism" and column.name == name)


def build_design(case: Case, acts: Acts, steps: Steps, half_life_days: Mapping[str, float] | None = None) -> Design:
    """Put the columns of a case together.

    Parameters
    ----------
    case : Case
    acts : Acts, expanded from events dated before the origin
    steps : Steps
    half_life_days : mapping or None, fitted half-lives by mechanism

    Returns
    -------
    Design. Columns in this order: one per class; one per class and dyad; each control per class; each mechanism.
    """
    refuse_oversize(case, steps)
    layers = Layers(acts, steps)
    dyads = [(i, j) for i in case.states for j in case.states if i != j]
    columns = [Column(c, "class", c, None) for c in case.class_names]
    columns += [Column(f"{i}->{j}", "dyad", c, None) for c in case.class_names for i, j in dyads]
    columns += [Column(k.label, "control", c, k.half_life_days) for k in case.controls for c in case.class_names]
    evaluator = _evaluator(case, layers, steps, half_life_days or {})
    columns += [Column(m.name, "mechanism", "", _finite(evaluator.half_life_days[m.name])) for m in case.mechanisms]

    controls = {(k, c): control_values(layers, case, k, c) for k in range(len(case.controls)) for c in case.class_names}
    at_class = {c: p for p, c in enumerate(case.class_names)}
    first_dyad, first_control = len(at_class), len(at_class) * (1 + len(dyads))
    first_mechanism = first_control + len(case.controls) * len(at_class)
    fitted = slice(steps.burn_in, steps.count)
    units = []
    for c in case.class_names:
        for d, (i, j) in enumerate(dyads):
            s, t = case.states.index(i), case.states.index(j)
            where = [at_class[c], first_dyad + at_class[c] * len(dyads) + d]
            values: list[Floats] = [np.ones(steps.count), np.ones(steps.count)]
            for k in range(len(case.controls)):
                where.append(first_control + k * len(at_class) + at_class[c])
                values.append(controls[k, c][:-1, s, t])
            for m, mechanism in enumerate(case.mechanisms):
                if moves(mechanism, (i, j), c):
                    where.append(first_mechanism + m)
                    values.append(evaluator.statistic(mechanism.name, (i, j), layers)[:-1])
            X = np.array([value[fitted] for value in values]).T
            units.append(Unit(i, j, c, np.array(where), X, _counts(acts, steps, s, t, at_class[c])[fitted]))
    exposure = _log_exposure(acts, steps, case.exposure_half_life_days)
    return Design(
        case=case,
        steps=steps,
        layers=layers,
        columns=tuple(columns),
        units=tuple(units),
        offset={c: value[fitted] for c, value in exposure.items()},
        offset_at_origin={c: float(value[-1]) for c, value in exposure.items()},
        evaluator=evaluator,
    )


def refuse_oversize(case: Case, steps: Steps) -> None:
    """Refuse a design that no fit would get through, before it is made.

    Raises
    ------
    BadData : it would have more coefficients or numbers than may be, or its mechanisms would be read too often
    """
    dyads, classes = len(case.states) * (len(case.states) - 1), len(case.classes)
    coefficients = classes * (1 + dyads + len(case.controls)) + len(case.mechanisms)
    columns = sum(len(m.checked.dyads) * len(m.checked.target.classes) for m in case.mechanisms)
    cells = steps.count * (dyads * classes * (2 + len(case.controls)) + columns)
    layers = classes * len(case.controls) + sum(_layers_of(m) for m in case.mechanisms)
    cells += steps.count * layers * len(case.nodes) ** 2
    ways = ways_of({m.name: m.checked for m in case.mechanisms})
    read = steps.count * sum(ways[m.name] * len(m.checked.dyads) for m in case.mechanisms)
    for many, most, of in (
        (coefficients, limits.COEFFICIENTS, "coefficients"),
        (cells, limits.CELLS, "numbers in its design"),
        (read, limits.READ, "readings of its mechanisms"),
    ):
        if many > most:
            raise BadData(
                f"the fit would have {many:,} {of}, and at most {most:,} may be",
                case.path.name,
                "name fewer states or classes, a later start, or a longer step",
            )


def _layers_of(mechanism: Mechanism) -> int:
    """How many layers a mechanism is read off: one for each edge, and where joint acts are left out one for each pair
    of states that moves besides."""
    pairs = {frozenset(dyad) for dyad in mechanism.checked.dyads} if joint_acts(mechanism.checked) == "left out" else ()
    return len(leaves(mechanism.checked.cause)) * (1 + len(pairs))


def with_half_life(design: Design, mechanism: str, days: float) -> Design:
    """The same design with another half-life for one mechanism: only the columns that depend on it are made anew."""
    return restated(design, replace(design.evaluator.mechanisms[mechanism], half_life_days=days), {})


def restated(design: Design, mechanism: Mechanism, scales: Mapping[tuple[str, int], Scale]) -> Design:
    """The same design with one mechanism said otherwise: only the columns that depend on it are made anew.

    Parameters
    ----------
    design : Design
    mechanism : Mechanism, in the place of the one of its name; its half-life is a number of days, or inf
    scales : as for `Evaluator`; empty for log1p
    """
    name, days = mechanism.name, mechanism.half_life_days
    assert days is not None
    given = dict(design.evaluator.half_life_days) | {name: days}
    mechanisms = tuple(mechanism if m.name == name else m for m in design.case.mechanisms)
    changed = {m.name for m in mechanisms if name in (m.name, *m.checked.references)}
    stay = {key: mean for key, mean in design.evaluator.centres.items() if key[0] not in changed}
    case = replace(design.case, mechanisms=mechanisms)
    evaluator = _evaluator(case, design.layers, design.steps, given, scales, stay)
    fitted = slice(design.steps.burn_in, design.steps.count)
    columns = tuple(
        replace(column, half_life_days=_finite(days)) if column.kind == "mechanism" and column.name == name else column
        for column in design.columns
    )
    units = []
    for unit in design.units:
        here = [
            (k, columns[p].name)
            for k, p in enumerate(unit.columns)
            if columns[p].kind == "mechanism" and columns[p].name in changed
        ]
        if here:
            X = unit.X.copy(order="F")
            for k, moved in here:
                X[:, k] = evaluator.statistic(moved, (unit.source, unit.target), design.layers)[:-1][fitted]
            unit = replace(unit, X=X)
        units.append(unit)
    return replace(design, columns=columns, units=tuple(units), evaluator=evaluator)


def with_exposure(design: Design, half_life_days: float | None) -> Design:
    """The same design with another exposure: its half-life in days, or None for none."""
    steps = design.steps
    exposure = _log_exposure(design.layers.acts, steps, half_life_days)
    return replace(
        design,
        case=replace(design.case, exposure_half_life_days=half_life_days),
        offset={c: value[steps.burn_in : steps.count] for c, value in exposure.items()},
        offset_at_origin={c: float(value[-1]) for c, value in exposure.items()},
    )


def linked(design: Design, name: str) -> Design:
    """The part of a design that the coefficient of a mechanism is estimated from: exact, and smaller.

    Coefficients belong to one class, but for those of mechanisms that move several: the likelihood falls into parts, by
    classes that such mechanisms link. The units of the other parts are left out; columns stay where they are.
    """
    sets = [set(m.checked.target.classes) for m in design.case.mechanisms]
    found = set(design.case.mechanism(name).checked.target.classes)
    while any(found & other and not other <= found for other in sets):
        found = found.union(*(other for other in sets if found & other))
    return replace(design, units=tuple(unit for unit in design.units if unit.event_class in found))


def _finite(days: float) -> float | None:
    """A half-life; None where acts do not fade."""
    return days if np.isfinite(days) else None


def moves(mechanism: Mechanism, dyad: tuple[str, str], event_class: str) -> bool:
    """Whether a mechanism has this dyad and class on its right side."""
    return event_class in mechanism.checked.target.classes and dyad in mechanism.checked.dyads


def control_values(layers: Layers | Mapping[Layer, Floats], case: Case, control: int, event_class: str) -> Floats:
    """log1p of a control statistic of one class, for every dyad of states: shape (n, states, states)."""
    spec = case.controls[control]
    layer = Layer((event_class,), (), spec.half_life_days)
    N = layers(layer) if isinstance(layers, Layers) else layers[layer]
    m = len(case.states)
    of_traces = of_counts()[spec.statistic].of_traces
    assert of_traces is not None
    return np.log1p(of_traces(N[:, :m, :m]))


def _evaluator(
    case: Case,
    layers: Layers,
    steps: Steps,
    half_life_days: Mapping[str, float],
    scales: Mapping[tuple[str, int], Scale] | None = None,
    centres: Mapping[tuple[str, int], float] | None = None,
) -> Evaluator:
    """The evaluator of a case, with the factors of its products centred on their means over the fitted rows.

    Means that are known are given as `centres`.
    """
    days = {m.name: half_life_days.get(m.name) or m.half_life_days or FIRST_HALF_LIFE_DAYS for m in case.mechanisms}
    nodes = {node: position for position, node in enumerate(case.nodes)}
    evaluator = Evaluator({m.name: m for m in case.mechanisms}, days, nodes, centres or {}, scales or {})
    for mechanism in case.mechanisms:
        cause = mechanism.checked.cause
        known = (mechanism.name, 0) in evaluator.centres
        if isinstance(cause, CheckedProduct) and not cause.summed and not known:
            seen = [evaluator.factors(mechanism.name, dyad, layers) for dyad in mechanism.checked.dyads]
            for part in range(len(cause.parts)):
                mean = float(np.mean([factors[part][steps.burn_in : steps.count] for factors in seen]))
                evaluator = replace(evaluator, centres={**evaluator.centres, (mechanism.name, part): mean})
    return evaluator


def _counts(acts: Acts, steps: Steps, source: int, target: int, event_class: int) -> NDArray[np.int64]:
    chosen = (acts.source == source) & (acts.target == target) & (acts.event_class == event_class)
    step = steps.step_of(acts.day[chosen])
    return np.bincount(step[(step >= 0) & (step < steps.count)], minlength=steps.count)


def _log_exposure(acts: Acts, steps: Steps, half_life_days: float | None) -> dict[str, Floats]:
    """Log of the record's own recent density, class by class, at each step and at the origin: shape (steps + 1,).

    Density is the decayed number of events before a step over the decayed number of steps that the record had by then,
    plus one event and one step, so that a thin beginning does not run away. A class has its part of it: its decayed
    events plus one, over all of them plus one of each class. All events count toward the density, the case's or not.
    """
    starts, n = steps.starts, len(acts.classes)
    if half_life_days is None:
        return {c: np.zeros(starts.size) for c in acts.classes}
    volume = acts.volume.astype(float)
    number = traces(acts.event_day, np.zeros_like(acts.event_day), volume, starts, 1, half_life_days)[:, 0]
    age = np.maximum(starts - min(acts.event_day[0], starts[0]), 0) / half_life_days
    length = (1.0 - 2.0**-age) * half_life_days / np.log(2.0) / steps.step_days
    density = (number + 1.0) / (length + 1.0)
    acts = acts.only(acts.among_states)
    _, once = np.unique(acts.event, return_index=True)  # an event of the case counts once, however many pairs it has
    once = np.sort(once[acts.event_class[once] >= 0])  # pairs are in order of time
    of_class = traces(acts.day[once], acts.event_class[once], np.ones(once.size), starts, n, half_life_days) + 1.0
    part = of_class / of_class.sum(axis=1, keepdims=True)
    return {c: np.log(density * part[:, k] * n) for k, c in enumerate(acts.classes)}
