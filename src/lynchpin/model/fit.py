"""Fitting a case: coefficients, pooling of dyads, dispersion, half-lives, and how sure we are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import polars as pl

from lynchpin.account.cases import Case, Known
from lynchpin.engine.likelihoods import counts
from lynchpin.engine.likelihoods.laplace import evidence_of
from lynchpin.engine.statistics.base import Floats
from lynchpin.events import first_day
from lynchpin.model.design import Design, build_design, expand
from lynchpin.model.design.steps import lay_steps
from lynchpin.model.half_life import HalfLifeProfile, fit_half_lives
from lynchpin.model.newton import clustered_meat, maximise
from lynchpin.numbers import Z90
from lynchpin.results import Provenance

_INTERCEPT_SD = 10.0
_SMALLEST_POOLED_VARIANCE = 1e-3

#: How the size of counts is found: what a case calls their distribution -> function of counts, log means and tolerance.
_SIZE_OF: dict[str, Callable[[counts.Counts, Floats, float], float]] = {
    "negative binomial": counts.best_size,
    "poisson": lambda y, eta, tolerance: float("inf"),
}


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Fit:
    """A fitted case.

    Arrays follow `design.columns`. `covariance` is Laplace's (inverse of the penalised observed information);
    `clustered` is the sandwich whose clusters are an unordered pair's quarters. `standard_error` is the larger of the
    two: a mutual act stands in two rows, which Laplace alone would count as two pieces of evidence.
    """

    design: Design
    estimate: Floats
    covariance: Floats
    clustered: Floats
    theta: Mapping[str, float]  # class -> negative binomial size; inf is Poisson
    pooled_sd: Mapping[str, float]  # class -> standard deviation of its dyad effects
    half_life_interval: Mapping[str, tuple[float, float]]  # of the mechanisms whose half-life was fitted
    log_likelihood: float
    converged: bool
    known: Known
    half_life_profile: Mapping[str, HalfLifeProfile] = field(default_factory=dict)  # the same, day by day

    @property
    def case(self) -> Case:
        return self.design.case

    @property
    def events(self) -> pl.DataFrame:
        """The events that were fitted, all dated before the origin."""
        return self.known.events

    @property
    def origin(self) -> date:
        """The first day that is not known."""
        return self.known.origin

    @property
    def made_from(self) -> Provenance:
        """Where the fit comes from."""
        return self.known.provenance

    @property
    def standard_error(self) -> Floats:
        return np.sqrt(np.maximum(np.diag(self.covariance), np.diag(self.clustered)))

    def to_frame(self) -> pl.DataFrame:
        """One row per coefficient: name, kind, event_class, half_life_days, estimate, standard_error, lower, upper."""
        se = self.standard_error
        return pl.DataFrame(
            {
                "name": [c.name for c in self.design.columns],
                "kind": [c.kind for c in self.design.columns],
                "event_class": [c.event_class for c in self.design.columns],
                "half_life_days": pl.Series([c.half_life_days for c in self.design.columns], dtype=pl.Float64),
                "estimate": self.estimate,
                "standard_error": se,
                "lower": self.estimate - Z90 * se,
                "upper": self.estimate + Z90 * se,
            }
        )

    def summary(self) -> str:
        """The fit as text for a terminal."""

        return summary_text(self)


def fit_case(known: Known) -> Fit:
    """Fit a case's rate model to what was known on a day.

    Parameters
    ----------
    known : Known, the case and the events before its origin

    Returns
    -------
    Fit

    Raises
    ------
    BadValue : the record is too short
    """
    case, design = known.case, _design(known)
    state = settle(design, case)
    wanted = [m.name for m in case.mechanisms if m.half_life_days is None]
    profiles: dict[str, HalfLifeProfile] = {}
    if wanted:
        design, profiles = fit_half_lives(
            design, wanted, state.beta, state.theta, precision_of(design, case, state.variance)
        )
        state = settle(design, case, state)
    precision = precision_of(design, case, state.variance)
    beta, at, converged = maximise(design, state.beta, state.theta, precision)
    covariance = at.covariance
    meat = clustered_meat(design, beta, state.theta)
    return Fit(
        design=design,
        estimate=beta,
        covariance=covariance,
        clustered=covariance @ meat @ covariance,
        theta=state.theta,
        pooled_sd={c: float(np.sqrt(v)) for c, v in state.variance.items()},
        half_life_interval={name: profile.interval for name, profile in profiles.items()},
        log_likelihood=at.sums.value,
        converged=converged and state.settled,
        known=known,
        half_life_profile=profiles,
    )


def penalty(fit: Fit) -> Floats:
    """Precision of the Gaussian prior of each coefficient of a fit: shape (columns,)."""
    return precision_of(fit.design, fit.case, {c: sd**2 for c, sd in fit.pooled_sd.items()})


def _design(known: Known) -> Design:
    """The rows of every step from the first event, or the start of the case, to the origin."""
    case = known.case
    steps = lay_steps(max(case.start, first_day(known.events)), known.origin, case.step_days)
    return build_design(case, expand(known.events, case), steps)


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Where a fit stands: coefficients, sizes and pooling, in turn."""

    beta: Floats
    theta: dict[str, float]
    variance: dict[str, float]  # class -> variance of its dyad effects
    settled: bool


def precision_of(design: Design, case: Case, variance: Mapping[str, float]) -> Floats:
    """Of the Gaussian prior of each coefficient."""
    by_kind = {"class": _INTERCEPT_SD**-2, "control": case.prior_sd**-2, "mechanism": case.prior_sd**-2}
    return np.array([1.0 / variance[c.event_class] if c.kind == "dyad" else by_kind[c.kind] for c in design.columns])


def settle(
    design: Design, case: Case, start: Estimate | None = None, rounds: int = 60, size_tolerance: float = 1e-3
) -> Estimate:
    """Turn by turn: coefficients given variances and sizes, then those given the coefficients, until nothing moves.

    The variances are the fixed point of `evidence_of`.
    """
    state = start or Estimate(
        _first_guess(design),
        dict.fromkeys(case.class_names, 1.0),
        dict.fromkeys(case.class_names, 1.0),
        False,
    )
    classes = tuple(dict.fromkeys(u.event_class for u in design.units))  # all of them, unless it is part of a design
    by_class = {c: [u for u in design.units if u.event_class == c] for c in classes}
    y = {c: np.concatenate([u.y for u in units]) for c, units in by_class.items()}
    dyads = {
        c: [k for k, col in enumerate(design.columns) if col.kind == "dyad" and col.event_class == c] for c in by_class
    }
    for _ in range(rounds):
        precision = precision_of(design, case, state.variance)
        beta, at, _ = maximise(design, state.beta, state.theta, precision, steps=3, tolerance=1e-4)
        spread = np.diag(at.covariance)
        theta, variance = dict(state.theta), dict(state.variance)
        for c, units in by_class.items():
            eta = np.concatenate([design.offset[c] + u.X @ beta[u.columns] for u in units])
            theta[c] = _SIZE_OF[case.counts](y[c], eta, size_tolerance) if y[c].any() else float("inf")
            squares, determined = evidence_of(beta[dyads[c]], spread[dyads[c]], 1.0 / state.variance[c])
            variance[c] = max(squares / max(determined, 1e-3), _SMALLEST_POOLED_VARIANCE)
            variance[c] = min(variance[c], _INTERCEPT_SD**2)
        settled = bool(
            np.abs(beta - state.beta).max() < 1e-3
            and all(abs(np.log(variance[c] / state.variance[c])) < 1e-2 for c in variance)
            and all(theta[c] == state.theta[c] or abs(np.log(theta[c] / state.theta[c])) < 1e-2 for c in theta)
        )
        state = replace(state, beta=beta, theta=theta, variance=variance, settled=settled)
        if settled:
            break
    return state


def _first_guess(design: Design) -> Floats:
    """Every class at its mean rate, all else at zero."""
    beta = np.zeros(len(design.columns))
    for k, column in enumerate(design.columns):
        if column.kind == "class":
            units = [u for u in design.units if u.event_class == column.event_class]
            total = sum(float(u.y.sum()) for u in units)
            exposure = float(np.exp(design.offset[column.event_class]).sum())
            beta[k] = np.log((total + 0.5) / (exposure * max(len(units), 1) + 0.5))
    return beta


# -- A fit as text for a terminal, in the field's form: estimate, standard error, interval.


def summary_text(fit: Fit) -> str:
    """Every coefficient but the dyad effects, which are summed up by their spread."""
    made_from, steps = fit.made_from, fit.design.steps
    lines = [
        f"{made_from.case}, the days before {made_from.origin}: {made_from.events_used:,} events, "
        f"{fit.design.rows} steps of {steps.step_days} days, {len(fit.design.units)} dyads and classes",
        f"log-likelihood {fit.log_likelihood:.4f}, {'converged' if fit.converged else 'DID NOT CONVERGE'}",
        "traces decay to the start of each step; statistics are log(1 + trace); intervals are 90 %",
        "",
        f"{'':30} {'class':22} {'half-life':>9} {'estimate':>9} {'SE':>7} {'interval':>18}",
    ]
    for row in fit.to_frame().filter(pl.col("kind") != "dyad").iter_rows(named=True):
        memory = "" if row["half_life_days"] is None else f"{row['half_life_days']:.0f} d"
        lines.append(
            f"{row['name'][:30]:30} {row['event_class'] or 'those it moves':22} {memory:>9} {row['estimate']:9.3f} "
            f"{row['standard_error']:7.3f} {row['lower']:8.3f} to {row['upper']:6.3f}"
        )
    lines += ["", f"{'':30} {'class':22} {'size':>9} {'sd of dyads':>17}"]
    lines += [f"{'dispersion and pooling':30} {c:22} {fit.theta[c]:9.3g} {fit.pooled_sd[c]:17.3f}" for c in fit.theta]
    return "\n".join(lines)
