"""Moderation by period: what each mechanism does before a day and after it, and whether the difference could be seen.

One mechanism at a time gets a coefficient for each period in the place of its one; every dyad and class that it moves
may stand on another level in each period, so that a busier time is not taken for a stronger effect. All else is common
to the periods. A trace does not know of the day: acts of before are remembered after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl

from lynchpin.account.cases import Mechanism
from lynchpin.answers.evidence.claims import per_doubling
from lynchpin.answers.evidence.refit import Part, Refit, parted, refitted
from lynchpin.answers.evidence.sides import cause_events, target_events
from lynchpin.days import day_number, day_of
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadValue
from lynchpin.model import Fit
from lynchpin.model.design import Unit
from lynchpin.model.design.build import linked
from lynchpin.numbers import Z90
from lynchpin.results import PeriodChange, PeriodClaim, PeriodEffect, PeriodLedger

#: Acts of the target, below which a period is said to hold too little.
FEWEST = 5

#: Information on a coefficient from the record, below which a period says next to nothing.
SMALLEST_INFORMATION = 0.25

#: Steps, below which a period is too short to ask for.
FEWEST_STEPS = 10

#: 80 % quantile of the normal distribution: with it beyond the interval, an effect is found in 80 of 100 records.
_Z80 = 0.8416212335729143

METHOD = (
    "Each mechanism in turn has a coefficient of its own in each period, and each dyad that it moves a level of "
    "its own; all else is common. The change is the ratio of the two rate ratios, later over earlier, with its 90 "
    "% interval: it is clear where the whole interval lies on one side of 1. Would show: the smallest change that "
    "80 of 100 such records show. Of ten mechanisms that did not change, one shows a change by chance. A day that "
    "was chosen because something changed then will find it changed: choose it by what happened in the world. "
    "Association in time is not called cause."
)


def by_period(fit: Fit, splits: Sequence[date]) -> PeriodLedger:
    """Every mechanism of a fit before and after each day.

    Parameters
    ----------
    fit : Fit
    splits : days; each begins a period

    Returns
    -------
    PeriodLedger

    Raises
    ------
    BadValue : a day is named twice, is not before the origin, or leaves a period of fewer than ten steps
    """
    days = checked(fit, splits)
    claims = {c.id: c.text for c in fit.case.claims}
    return PeriodLedger(
        splits=tuple(days),
        claims=tuple(_claim(fit, m, days, claims.get(m.claim, "")) for m in fit.case.mechanisms),
        method=METHOD,
    )


def checked(fit: Fit, splits: Sequence[date]) -> list[date]:
    """The days in order, each between the first fitted step and the origin."""
    origin, steps = fit.origin, fit.design.steps
    days = sorted(splits)
    for day in days:
        if day >= origin:
            raise BadValue(
                f"{day} is not before {origin}, on which the fit stands",
                "--split",
                f"name an earlier day: nothing dated on or after {origin} is known",
            )
        if days.count(day) > 1:
            raise BadValue(f"{day} is named twice", "--split", "name it once")
    edges = [0, *(_row(fit, day) for day in days), fit.design.rows]
    for number, (first, end) in enumerate(pairwise(edges)):
        if end - first < FEWEST_STEPS:
            begins, ends = (date.fromordinal(_day_one(fit, row)) for row in (first, end))
            raise BadValue(
                f"the period {begins} to {ends} has {max(end - first, 0)} steps of {steps.step_days} days",
                "--split",
                f"leave at least {FEWEST_STEPS} steps in each period; the first fitted step begins on "
                f"{date.fromordinal(_day_one(fit, 0))}"
                + (" (what is before it fills the memory)" if number == 0 else ""),
            )
    return days


def _row(fit: Fit, day: date) -> int:
    """The first fitted step that begins on a day or after it."""
    steps = fit.design.steps
    starts = steps.starts[steps.burn_in : steps.count]
    return int(np.searchsorted(starts, day_number(day)))


def _day_one(fit: Fit, row: int) -> int:
    """The ordinal of the first day of a fitted step."""
    steps = fit.design.steps
    return day_of(steps.starts[steps.burn_in + row]).toordinal()


def _claim(fit: Fit, mechanism: Mechanism, days: Sequence[date], text: str) -> PeriodClaim:
    design = linked(fit.design, mechanism.name)
    edges = [0, *(_row(fit, day) for day in days), design.rows]
    masks = []
    for first, end in pairwise(edges):
        mask = np.zeros(design.rows)
        mask[first:end] = 1.0
        masks.append(mask)
    parts = [(str(number), _within(mask)) for number, mask in enumerate(masks)]
    split = parted(design, mechanism.name, parts, [_level(mask) for mask in masks[1:]])
    found = refitted(fit, split, len(parts), fit.design.position(mechanism.name))
    bounds = [date.fromordinal(_day_one(fit, 0)), *days, fit.origin]
    counts = _counts(fit, mechanism, bounds)
    prior = fit.case.prior_sd**-2
    effects = []
    for number, (n_cause, n_target) in enumerate(counts):
        few = n_target < FEWEST or 1.0 / found.covariance[number, number] - prior < SMALLEST_INFORMATION
        why = (
            f"fewer than {FEWEST} acts of its target" if n_target < FEWEST else "the period says next to nothing of it"
        )
        effects.append(_effect(found, number, bounds, n_cause, n_target, why if few else None))
    changes = tuple(
        _change(found, number, day, prior, known=all(e.estimate is not None for e in effects[number : number + 2]))
        for number, day in enumerate(days)
    )
    return PeriodClaim(mechanism.claim, text, mechanism.name, mechanism.says, mechanism.expect, tuple(effects), changes)


def _within(mask: Floats) -> Part:
    def part(unit: Unit, whole: Floats) -> Floats:
        return whole * mask

    return part


def _level(mask: Floats) -> Part:
    def part(unit: Unit, whole: Floats) -> Floats:
        return mask

    return part


def _counts(fit: Fit, mechanism: Mechanism, bounds: Sequence[date]) -> list[tuple[int, int]]:
    """Acts of cause and target in each period; the causes of the first reach back to where the record begins."""
    acts = fit.design.layers.acts
    day: Ints = fit.events["date"].cast(pl.Int32).to_numpy().astype(np.int64)
    causes, targets = cause_events(acts, fit.case, mechanism), target_events(acts, mechanism)
    edges = [day_number(bound) for bound in bounds]
    found = []
    for number, (first, end) in enumerate(pairwise(edges)):
        inside = (day >= first) & (day < end)
        since = day < end if number == 0 else inside
        found.append((int((causes & since).sum()), int((targets & inside).sum())))
    return found


def _effect(
    found: Refit, number: int, bounds: Sequence[date], n_cause: int, n_target: int, why: str | None
) -> PeriodEffect:
    beta, error = float(found.estimate[number]), float(found.standard_error[number])
    ends = (beta, beta - Z90 * error, beta + Z90 * error)
    ratio, lower, upper = (None, None, None) if why else map(per_doubling, ends)
    return PeriodEffect(
        first=bounds[number],
        last=bounds[number + 1],
        n_cause_events=n_cause,
        n_target_events=n_target,
        estimate=None if why else beta,
        standard_error=None if why else error,
        rate_ratio=ratio,
        rate_ratio_lower=lower,
        rate_ratio_upper=upper,
        nothing_because=why,
    )


def _change(found: Refit, number: int, on: date, prior: float, *, known: bool) -> PeriodChange:
    """The later of two periods less the earlier."""
    if not known:
        return PeriodChange(on, *(None,) * 7)
    contrast = np.zeros(found.estimate.size)
    contrast[[number, number + 1]] = (-1.0, 1.0)
    difference = float(contrast @ found.estimate)
    error = found.error_of(contrast)
    lower, upper = difference - Z90 * error, difference + Z90 * error
    shown = found.shown_of(contrast, prior)
    smallest = (Z90 + _Z80) * error / shown if shown > 0.0 else np.inf
    return PeriodChange(
        on=on,
        difference=difference,
        standard_error=error,
        ratio=per_doubling(difference),
        ratio_lower=per_doubling(lower),
        ratio_upper=per_doubling(upper),
        stand="raises" if lower > 0.0 else "lowers" if upper < 0.0 else "not clear",
        detectable=per_doubling(smallest) if smallest < 10.0 else None,
    )
