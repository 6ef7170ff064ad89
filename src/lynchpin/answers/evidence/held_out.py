"""Held-out score: is the next period foretold better with a mechanism than without it?

The origin rolls through the second half of the record. At each, everything that is estimated (coefficients, pooling,
dispersion, fitted half-lives, the means that products are measured from) is estimated from the steps before it; then
each step up to the next origin is scored by the log probability of its counts, given the acts before that step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from lynchpin.account.theory import CheckedProduct
from lynchpin.engine.likelihoods import counts
from lynchpin.engine.likelihoods.newton import Factor
from lynchpin.engine.statistics.base import Floats
from lynchpin.model import Fit
from lynchpin.model.design import Acts, Design, Unit, build_design
from lynchpin.model.design.build import with_half_life
from lynchpin.model.fit import Estimate, precision_of, settle
from lynchpin.model.half_life import GRID_DAYS
from lynchpin.model.newton import maximise, point

#: Turns of coefficients and dispersion at the first origin, one at each later, and the tolerance on log dispersion.
_FIRST_ROUNDS, _SIZE_TOLERANCE = 12, 0.1

#: Origins that roll through the held-out half.
ORIGINS = 5

#: The share of the fitted steps that the first origin stands after.
FIRST_SHARE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """What leaving out each mechanism does to the score of what was held out.

    gain : mechanism -> log score of the held-out acts it moves, with it less without it, in nats; > 0: it helps
    information : mechanism -> (origins + 1,), what the record held on its coefficient at each origin and at the end
    steps : int, steps that were scored
    """

    gain: Mapping[str, float]
    information: Mapping[str, Floats]
    steps: int


def held_out(fit: Fit, origins: int = ORIGINS) -> HeldOut:
    """Roll the origin, fit what was known, score what came next.

    Parameters
    ----------
    fit : Fit
    origins : int

    Returns
    -------
    HeldOut. Leaving a mechanism out is one Newton step from the fit with it; tests hold it against refits.
    """
    design, case = fit.design, fit.case
    ends = np.unique(np.linspace(FIRST_SHARE * design.rows, design.rows, origins + 1).astype(int))
    names = [m.name for m in case.mechanisms]
    gain = dict.fromkeys(names, 0.0)
    information: dict[str, list[float]] = {name: [] for name in names}
    state: Blind | None = None
    for start, end in pairwise(ends):
        state = fit_before(fit, int(start), state)
        known, beta, covariance = state.design, state.estimate.beta, state.covariance
        ahead = units_ahead(design, known, slice(int(start), int(end)))
        for name in names:
            k = known.position(name)
            moved = [unit for unit in ahead if k in unit.columns]
            without = beta - covariance[:, k] * (beta[k] / covariance[k, k])
            for unit in moved:
                offset = design.offset[unit.event_class][start:end]
                theta = state.estimate.theta[unit.event_class]
                scores = [
                    float(counts.log_chance(unit.y, np.exp(offset + unit.X @ b[unit.columns]), theta).sum())
                    for b in (beta, without)
                ]
                gain[name] += scores[0] - scores[1]
            information[name].append(1.0 / covariance[k, k] - case.prior_sd**-2)
    for name in names:
        k = design.position(name)
        information[name].append(1.0 / fit.covariance[k, k] - case.prior_sd**-2)
    held = {name: np.maximum.accumulate(np.maximum(value, 0.0)) for name, value in information.items()}
    return HeldOut(gain, held, int(ends[-1] - ends[0]))


@dataclass(frozen=True, slots=True, eq=False)
class Blind:
    """A case fitted to what was known at an origin."""

    design: Design
    estimate: Estimate
    covariance: Floats


def fit_before(fit: Fit, row: int, earlier: Blind | None = None) -> Blind:
    """Fit a case to the steps before a row, from where an earlier origin left off; nothing later is looked at.

    A half-life that is to be fitted is the best of the grid by the same one-step score that a placebo uses.
    """
    case = fit.case
    steps = replace(fit.design.steps, count=fit.design.steps.burn_in + row)
    acts = acts_before(fit.design.layers.acts, steps.origin_day)
    half_lives = {} if earlier is None else dict(earlier.design.evaluator.half_life_days)
    known = build_design(case, acts, steps, half_lives)
    start, rounds = (None, _FIRST_ROUNDS) if earlier is None else (earlier.estimate, 1)
    state = settle(known, case, start, rounds, _SIZE_TOLERANCE)
    for mechanism in case.mechanisms:
        if mechanism.half_life_days is None:
            known = with_half_life(known, mechanism.name, _best_half_life(known, mechanism.name, state))
    precision = precision_of(known, case, state.variance)
    beta, at, _ = maximise(known, state.beta, state.theta, precision, steps=8, tolerance=1e-6)
    return Blind(known, replace(state, beta=beta), at.covariance)


def acts_before(acts: Acts, day: int) -> Acts:
    """The acts dated before a day."""
    chosen = acts.day < day
    return replace(
        acts,
        day=acts.day[chosen],
        event=acts.event[chosen],
        source=acts.source[chosen],
        target=acts.target[chosen],
        event_class=acts.event_class[chosen],
        event_day=acts.event_day[acts.event_day < day],
        volume=acts.volume[acts.event_day < day],
    )


def units_ahead(design: Design, known: Design, rows: slice) -> list[Unit]:
    """The units of a longer design over some later rows, as they look with what was known: its half-lives and means."""
    steps = design.steps
    at = slice(steps.burn_in + rows.start, steps.burn_in + rows.stop)
    remade = {
        m.name
        for m in design.case.mechanisms
        if m.half_life_days is None or isinstance(m.checked.cause, CheckedProduct) or m.checked.references
    }
    units = []
    for unit in design.units:
        X = unit.X[rows].copy(order="F")
        for k, p in enumerate(unit.columns):
            column = design.columns[p]
            if column.kind == "mechanism" and column.name in remade:
                X[:, k] = known.evaluator.statistic(column.name, (unit.source, unit.target), design.layers)[at]
        units.append(replace(unit, X=X, y=unit.y[rows]))
    return units


def _best_half_life(known: Design, name: str, state: Estimate) -> float:
    """The half-life of the grid whose column would gain most, by one Newton step from the fit without it."""
    k = known.position(name)
    precision = precision_of(known, known.case, state.variance)
    here = point(known, state.beta, state.theta, precision)
    covariance = here.covariance
    beta = state.beta - covariance[:, k] * (state.beta[k] / covariance[k, k])
    others = np.arange(beta.size) != k
    names = np.array([column.name for column in known.columns])[others]
    rest = Factor(here.curvature[np.ix_(others, others)], names)
    best, most = GRID_DAYS[0], -1.0
    for days in GRID_DAYS:
        score, square, against = 0.0, float(precision[k]), np.zeros(beta.size)
        for unit in with_half_life(known, name, days).units:
            if k not in unit.columns:
                continue
            eta = known.offset[unit.event_class] + unit.X @ np.where(others, beta, 0.0)[unit.columns]
            x = unit.X[:, unit.columns == k][:, 0]
            weighted = x * counts.information(unit.y, eta, state.theta[unit.event_class])
            score += float(x @ counts.score(unit.y, eta, state.theta[unit.event_class]))
            square += float(weighted @ x)
            against[unit.columns] += weighted @ unit.X
        left = square - float(against[others] @ rest.solve(against[others]))
        if score**2 / left > most:
            best, most = days, score**2 / left
    return best
