"""Held-out score: is the next period foretold better with a mechanism than without it?

The origin rolls through the second half of the record. At each, everything that is estimated (coefficients, pooling,
dispersion, fitted half-lives, the means that products are measured from) is estimated from the steps before it; then
each step up to the next origin is scored, given the acts before that step: of one mechanism, by when the acts came; of
the account as a whole, by the log probability of the counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np

from lynchpin.account.theory import CheckedProduct
from lynchpin.answers.evidence.placebo import lay_null, under, without
from lynchpin.answers.evidence.shifts import ByDay
from lynchpin.days import day_of
from lynchpin.engine.likelihoods import counts
from lynchpin.engine.likelihoods.newton import Factor
from lynchpin.engine.statistics.base import Floats
from lynchpin.model import Fit
from lynchpin.model.design import Acts, Design, Unit, build_design
from lynchpin.model.design.build import with_half_life
from lynchpin.model.fit import Estimate, precision_of, settle
from lynchpin.model.half_life import GRID_DAYS
from lynchpin.model.newton import maximise, point
from lynchpin.results import Window

#: Turns of coefficients and dispersion at the first origin, one at each later, and the tolerance on log dispersion.
_FIRST_ROUNDS, _SIZE_TOLERANCE = 12, 0.1

#: Origins that roll through the held-out half.
ORIGINS = 5

#: The share of the fitted steps that the first origin stands after.
FIRST_SHARE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """What leaving out each mechanism, and all of them, does to the score of what was held out.

    windows : mechanism -> the gain of each window: log chance of when the acts came that it moves, given how many of
        each pair and class came, with its timing effect less without
    whole : the gain of each window of all mechanisms together: log chance of the counts, with the joint model's
        coefficients less with none of them
    steps : int, steps that were scored
    """

    windows: Mapping[str, tuple[Window, ...]]
    whole: tuple[Window, ...]
    steps: int

    def gain(self, name: str) -> float:
        """Over all windows, in nats; > 0: it helps."""
        return sum(window.gain for window in self.windows[name])


def held_out(fit: Fit, origins: int = ORIGINS) -> HeldOut:
    """Roll the origin, fit what was known, score what came next.

    A timing effect says when acts come and not how many, so that is what it is scored on. With a mechanism its
    coefficient is the timing effect as the steps before the origin have it, pulled toward none by the case's prior as
    far as those steps leave it open, and the other coefficients go along; without it, it is none.

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
    windows: dict[str, list[Window]] = {name: [] for name in names}
    whole: list[Window] = []
    state: Blind | None = None
    for start, end in pairwise(ends):
        state = fit_before(fit, int(start), state)
        earlier = state.as_fit(fit)
        at = slice(int(start), int(end))
        ahead = units_ahead(design, state.design, at)
        days = (_day(design, int(start)), _day(design, int(end)))
        by_day: ByDay = {}
        for name in names:
            k = state.design.position(name)
            moved = [unit for unit in ahead if k in unit.columns]
            none = without(earlier, [k])
            along = earlier.covariance[:, k] / earlier.covariance[k, k]
            timed = none + along * _pulled(earlier, name, by_day)
            gain = sum(
                float(unit.y @ (_shape(design, unit, at, timed) - _shape(design, unit, at, none))) for unit in moved
            )
            windows[name].append(Window(*days, gain))
        places = [state.design.position(name) for name in names]
        moved = [unit for unit in ahead if np.isin(places, unit.columns).any()]
        bare = without(earlier, places) if places else earlier.estimate
        gain = sum(
            _log_score(design, unit, at, earlier.estimate, state) - _log_score(design, unit, at, bare, state)
            for unit in moved
        )
        whole.append(Window(*days, gain))
    return HeldOut({name: tuple(value) for name, value in windows.items()}, tuple(whole), int(ends[-1] - ends[0]))


def _shape(design: Design, unit: Unit, at: slice, beta: Floats) -> Floats:
    """Log chance of each step, for an act that comes in one of some steps: shape (rows,)."""
    eta = design.offset[unit.event_class][at] + unit.X @ beta[unit.columns]
    top = eta.max()  # as `scipy.special.logsumexp` has it, which takes ten times as long about it
    rest = np.exp(np.where(eta == top, -np.inf, eta) - top).sum()
    tops = np.count_nonzero(eta == top)
    return np.asarray(eta - (np.log1p(rest / tops) + np.log(tops) + top))


def _log_score(design: Design, unit: Unit, at: slice, beta: Floats, state: Blind) -> float:
    """Log chance of the counts of some steps."""
    mean = np.exp(design.offset[unit.event_class][at] + unit.X @ beta[unit.columns])
    return float(counts.log_chance(unit.y, mean, state.estimate.theta[unit.event_class]).sum())


def _pulled(fit: Fit, name: str, by_day: ByDay) -> float:
    """The timing effect of a fit, pulled toward none by the prior."""
    found = under(fit, name, lay_null(fit, name), np.zeros(1, dtype=np.int64), by_day)
    if found is None:
        return 0.0
    variance = found.clustered_error**2
    return found.estimate * fit.case.prior_sd**2 / (fit.case.prior_sd**2 + variance)


def _day(design: Design, row: int) -> date:
    """The first day of a fitted row."""
    return day_of(int(design.steps.starts[design.steps.burn_in + row]))


@dataclass(frozen=True, slots=True, eq=False)
class Blind:
    """A case fitted to what was known at an origin."""

    design: Design
    estimate: Estimate
    covariance: Floats

    def as_fit(self, fit: Fit) -> Fit:
        """A fit like the one it is a part of, with what was known at the origin in it."""
        return replace(
            fit,
            design=self.design,
            estimate=self.estimate.beta,
            covariance=self.covariance,
            clustered=self.covariance,
            theta=self.estimate.theta,
            pooled_sd={c: float(np.sqrt(v)) for c, v in self.estimate.variance.items()},
        )


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
