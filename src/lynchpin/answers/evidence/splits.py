"""A mechanism of the ledger taken apart: what its timing does in each dyad, in each period, and under a condition.

All of it speaks of the ledger's own effect, the timing effect. By dyad and by period, one mechanism at a time has an
effect for each part, by one step of the same test; dyads pull each other by as much as they are alike. Over periods
every dyad and class that it moves may stand on another level in each, so that a busier time is not taken for a stronger
effect; a trace does not know of the day: acts of before are remembered after it. By condition, a product of the case is
read off the ledger's effects as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl

from lynchpin.account.cases import Case, Mechanism
from lynchpin.account.theory import CheckedCause, CheckedEdge, CheckedProduct, CheckedRef
from lynchpin.answers.evidence.parts import Part, Parts, both, correlation, parts_under
from lynchpin.answers.evidence.placebo import draw_lags, lay_null, settled_placebo
from lynchpin.answers.evidence.sides import cause_events, count_cause, count_target, target_events
from lynchpin.answers.evidence.spread import pool
from lynchpin.days import day_number
from lynchpin.defaults import SHIFTS
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadValue
from lynchpin.model import Fit
from lynchpin.model.design import Design, Unit
from lynchpin.numbers import Z90
from lynchpin.results import Effect, EffectChange, PooledEffect, SplitClaim, SplitLedger, SplitPart, per_doubling

#: Acts of the target, below which a part of the record is said to hold too little.
FEWEST = 5

#: Information on a coefficient from the part's own acts, below which it says next to nothing.
SMALLEST_INFORMATION = 0.25

#: Log rate ratio beyond which an end of an interval says nothing: a thousand per doubling.
MOST = float(np.log2(1000.0))

#: Steps, below which a period is too short to ask for.
FEWEST_STEPS = 10

#: The strong condition: nine in ten of the steps of a dyad have less of it.
STRONG = 0.9

#: 80 % quantile of the normal distribution: with it beyond the interval, an effect is found in 80 of 100 records.
_Z80 = 0.8416212335729143

BY_DYAD = (
    "Each mechanism in turn has a timing effect of its own in each directed dyad that it moves. Own ratio: what the "
    "dyad's own acts say, slow drift out, per doubling of the cause, 90 %. Ledger: the mechanism's row there, which is "
    "the mean of the own ratios, each weighted by what the record holds on it. All: the mean where dyads may differ "
    "(random effects by restricted maximum likelihood). Shrunk: each dyad pulled toward it by as much as the dyad is "
    "unsure and dyads are alike. The two directions of a pair share mutual acts; that covariance is counted "
    "in. sd: between dyads, of the log ratio per unit of the statistic. p: were all dyads alike, the chance that "
    "they seem to differ as much. Of the spread of two dyads hardly anything is known, and the interval of their "
    "mean takes them as they are. Association in time is not called cause."
)

BY_PERIOD = (
    "Whole record: the mechanism's row in the ledger. Each mechanism in turn has a timing effect of its own in each "
    "period, slow drift out as there, and each dyad that it moves a level of its own in each, so that the periods' "
    "mean may differ a little from the whole. The change is the ratio of the two rate ratios, later over earlier, "
    "with its 90 % interval: it is clear where the whole interval lies on one side of 1. Would show: the smallest "
    "change that 80 of 100 such records show. Of ten mechanisms that did not change, one shows a change by chance. A "
    "day that was chosen because something changed then will find it changed: choose it by what happened in the world. "
    "Association in time is not called cause."
)

BY_CONDITION = (
    "Where the condition is average, the ratio is that of the mechanism in the ledger; what a doubling of the "
    "condition multiplies it by follows from the product's own row there. Least: the least of it that was seen; "
    "strong: nine in ten of the steps have less. The trace is the decayed number of its acts. The three ratios are not "
    "independent: whether they differ is said by the last line, whose interval is clear of 1 or not. "
    "Association in time is not called cause."
)


def split_claim(case: Case, mechanism: Mechanism, splits: Sequence[SplitPart]) -> SplitClaim:
    """The parts of a mechanism under what the case says of it."""
    text = next((claim.text for claim in case.claims if claim.id == mechanism.claim), "")
    return SplitClaim(mechanism.claim, text, mechanism.name, mechanism.says, mechanism.expect, tuple(splits))


def pooled_places(
    splits: Sequence[SplitPart], at: Sequence[int], covariance: Floats, tau: float | None = None
) -> tuple[list[SplitPart], PooledEffect | None]:
    """Pool the effects of places, and give each of them all the others.

    Parameters
    ----------
    splits : every place
    at : those that are pooled; they have an effect
    covariance : (len(at), len(at)), of their errors
    tau : as for `spread.pool`

    Returns
    -------
    The places, those that are pooled with what they are given the others; and the mean, None of fewer than two.
    """
    given = list(splits)
    if len(at) < 2:
        return given, None
    pooled = pool(np.array([effect.estimate for k in at if (effect := splits[k].effect)]), covariance, tau=tau)
    for k, shrunk, error, weight in zip(at, pooled.shrunk, pooled.shrunk_error, pooled.weight, strict=True):
        given[k] = replace(given[k], shrunk=Effect.of(shrunk, error, MOST), weight=float(weight))
    (low, high), (new_low, new_high) = np.minimum([pooled.interval(), pooled.new_place()], MOST).tolist()
    return given, PooledEffect(
        n=len(at),
        effect=Effect(pooled.mean, low, high, pooled.standard_error),
        sd=pooled.tau,
        sd_lower=pooled.tau_lower,
        sd_upper=pooled.tau_upper if np.isfinite(pooled.tau_upper) else None,
        spread_p=pooled.p,
        i_squared=pooled.i_squared,
        new=Effect(pooled.mean, new_low, new_high),
    )


# -- By dyad.


def by_dyad(fit: Fit) -> SplitLedger:
    """Every mechanism of a fit that moves several directed dyads, by dyad.

    Raises
    ------
    BadValue : no mechanism moves more than one dyad
    """
    moving = [m for m in fit.case.mechanisms if len(m.checked.dyads) > 1]
    if not moving:
        raise BadValue(
            "every mechanism of the case moves one dyad only", "--by dyad", "name a role or a variable on the right"
        )
    return SplitLedger("dyad", tuple(_by_dyad(fit, m) for m in moving), BY_DYAD)


def _by_dyad(fit: Fit, mechanism: Mechanism) -> SplitClaim:
    names = {f"{i}->{j}": (i, j) for i, j in mechanism.checked.dyads}
    n_cause = count_cause(fit.design.layers.acts, fit.case, mechanism)
    found = _parts(fit, mechanism.name, [_of(dyad) for dyad in names.values()]) if n_cause else None
    dyads = []
    for number, (name, dyad) in enumerate(names.items()):
        acts, why = _acts(fit.design, mechanism.name, dyad), None
        if found is None:
            why = "the record holds no act of its cause"
        elif acts < FEWEST:
            why = f"fewer than {FEWEST} acts"
        elif found.own_information[number] < SMALLEST_INFORMATION:
            why = "its acts say next to nothing of it"
        dyads.append(SplitPart(name, n_target_events=acts, left_out_because=why))
    kept = [k for k, dyad in enumerate(dyads) if dyad.left_out_because is None]
    if found is None or not kept:
        return replace(split_claim(fit.case, mechanism, dyads), n_cause_events=n_cause)
    told = found.of(kept)
    for k, one in zip(kept, np.eye(len(kept)), strict=True):
        dyads[k] = replace(dyads[k], effect=told.effect(one, MOST))
    dyads, pooled = pooled_places(dyads, kept, told.covariance())
    if pooled is not None and pooled.n == 2:  # a t interval with one degree of freedom says nothing of anything
        error = pooled.effect.standard_error or 0.0
        pooled = replace(pooled, effect=Effect.of(pooled.effect.estimate, error, MOST))
    claim = split_claim(fit.case, mechanism, dyads)
    return replace(claim, n_cause_events=n_cause, pooled=pooled, ledger=_ledger(fit, mechanism.name))


def _parts(fit: Fit, name: str, parts: Sequence[Part], steps_up: Floats | None = None) -> Parts:
    """The parts under as many shifts as a ledger takes at first."""
    null = lay_null(fit, name, steps_up=steps_up)
    return parts_under(fit, name, null, draw_lags(fit, name, SHIFTS, fit.case.seed), parts)


def _ledger(fit: Fit, name: str) -> Effect | None:
    """The mechanism's effect as its row in the ledger has it."""
    found = settled_placebo(fit, name, SHIFTS, fit.case.seed)
    return None if found is None else found.effect


def _of(dyad: tuple[str, str]) -> Part:
    def part(unit: Unit) -> Floats | None:
        return np.ones(len(unit.y)) if (unit.source, unit.target) == dyad else None

    return part


def _acts(design: Design, name: str, dyad: tuple[str, str]) -> int:
    """Acts of the classes that a mechanism moves, in one dyad, in the fitted steps."""
    k = design.position(name)
    return int(sum(u.y.sum() for u in design.units if k in u.columns and (u.source, u.target) == dyad))


# -- By period.


def by_period(fit: Fit, splits: Sequence[date]) -> SplitLedger:
    """Every mechanism of a fit before and after each day, and whether the difference could be seen.

    Parameters
    ----------
    fit : Fit
    splits : days; each begins a period

    Raises
    ------
    BadValue : a day is named twice, is not before the origin, or leaves a period of fewer than ten steps
    """
    days = checked(fit, splits)
    claims = tuple(_by_period(fit, mechanism, days) for mechanism in fit.case.mechanisms)
    return SplitLedger("period", claims, BY_PERIOD, days=tuple(days))


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
    return int(steps.starts[steps.burn_in + row]) + date(1970, 1, 1).toordinal()


def _by_period(fit: Fit, mechanism: Mechanism, days: Sequence[date]) -> SplitClaim:
    rows = fit.design.rows
    edges = [0, *(_row(fit, day) for day in days), rows]
    masks = np.array([(np.arange(rows) >= start) & (np.arange(rows) < end) for start, end in pairwise(edges)], float)
    bounds = [date.fromordinal(_day_one(fit, 0)), *days, fit.origin]
    counts = _counts(fit, mechanism, bounds)
    has_cause = any(n_cause for n_cause, _ in counts)
    found = _parts(fit, mechanism.name, list(map(_within, masks)), own_levels(masks)) if has_cause else None
    periods = []
    for number, ((first, last), (n_cause, n_target)) in enumerate(zip(pairwise(bounds), counts, strict=True)):
        why = None
        if n_target < FEWEST:
            why = f"fewer than {FEWEST} acts of its target"
        elif found is None or found.own_information[number] < SMALLEST_INFORMATION:
            why = "the period says next to nothing of it"
        period = SplitPart(first=first, last=last, n_cause_events=n_cause, n_target_events=n_target)
        periods.append(replace(period, left_out_because=why))
    kept = [k for k, period in enumerate(periods) if period.left_out_because is None]
    changes = [EffectChange(day) for day in days]
    if found is not None and kept:
        told = found.of(kept)
        for k, one in zip(kept, np.eye(len(kept)), strict=True):
            periods[k] = replace(periods[k], effect=told.effect(one))
        changes = [
            _change(told, kept.index(k), day) if k in kept and k + 1 in kept else EffectChange(day)
            for k, day in enumerate(days)
        ]
    whole = _ledger(fit, mechanism.name) if has_cause else None
    return replace(split_claim(fit.case, mechanism, periods), changes=tuple(changes), ledger=whole)


def _within(mask: Floats) -> Part:
    return lambda unit: mask


def own_levels(masks: Floats) -> Floats:
    """A column for each period but the first: with it every unit stands on a level of its own there: (rows, k - 1)."""
    return np.asarray(masks[1:].T)


def _counts(fit: Fit, mechanism: Mechanism, bounds: Sequence[date]) -> list[tuple[int, int]]:
    """Acts of cause and target in each period; the causes of the first reach back to where the record begins."""
    acts = fit.design.layers.acts
    day: Ints = fit.events["date"].cast(pl.Int32).to_numpy().astype(np.int64)
    causes, targets = cause_events(acts, fit.case, mechanism), target_events(acts, mechanism)
    edges = [day_number(bound) for bound in bounds]
    counts = []
    for number, (first, end) in enumerate(pairwise(edges)):
        inside = (day >= first) & (day < end)
        since = day < end if number == 0 else inside
        counts.append((int((causes & since).sum()), int((targets & inside).sum())))
    return counts


def _change(told: Parts, number: int, on: date) -> EffectChange:
    """The later of two periods less the earlier."""
    contrast = np.zeros(told.score.shape[1])
    contrast[[number, number + 1]] = (-1.0, 1.0)
    effect = told.effect(contrast)
    smallest = (Z90 + _Z80) * (effect.standard_error or np.inf)
    return EffectChange(on, effect, per_doubling(smallest) if smallest < 10.0 else None)


# -- By condition. A product `condition * mechanism` has an effect of its own, on the product of the two statistics,
# each measured from its mean. So the effect of the mechanism is its own where the condition is at its mean, and that
# plus the product's times the distance from the mean anywhere else. Both are rows of the ledger, here as there.


def by_condition(fit: Fit) -> SplitLedger:
    """Every product of a fit that refers to a mechanism, read as that mechanism by condition.

    Raises
    ------
    BadValue : the case has no such product, or the record holds no act of any
    """
    acts = fit.design.layers.acts
    claims = tuple(
        _by_condition(fit, product, cause, part)
        for product in fit.case.mechanisms
        if isinstance(cause := product.checked.cause, CheckedProduct) and not cause.summed and len(cause.parts) == 2
        for part, one in enumerate(cause.parts)
        if isinstance(one, CheckedRef) and count_cause(acts, fit.case, product) and count_target(acts, product)
    )
    if not claims:
        raise BadValue(
            "no mechanism of the case is a product of a condition and a mechanism with acts in the record",
            "--by condition",
            'write says = "a -- b : grievance * patron_push => a -> b : cooperation"',
        )
    return SplitLedger("condition", claims, BY_CONDITION)


def _by_condition(fit: Fit, product: Mechanism, cause: CheckedProduct, part: int) -> SplitClaim:
    design, referred, other = fit.design, cause.parts[part], 1 - part
    assert isinstance(referred, CheckedRef)
    fitted = slice(design.steps.burn_in, design.steps.count)
    values = np.concatenate(
        [design.evaluator.factors(product.name, dyad, design.layers)[other][fitted] for dyad in product.checked.dyads]
    )
    mean = design.evaluator.centres[product.name, other]
    strengths = {"least": float(values.min()), "average": mean, "strong": float(np.quantile(values, STRONG))}
    effects = _weighted(fit, referred.mechanism, product.name)
    conditions = [
        SplitPart(
            name,
            trace=float(np.expm1(value)),
            share_of_steps=float(np.mean(values <= value)),
            effect=effects(1.0, value - mean),
            left_out_because=None if effects(1.0, 0.0) else "the record says next to nothing of it",
        )
        for name, value in strengths.items()
    ]
    return replace(
        split_claim(fit.case, product, conditions),
        mechanism=referred.mechanism,
        changes=(EffectChange(effect=effects(0.0, float(np.log(2.0)))),),
        product=product.name,
        condition=_said(cause.parts[other]),
        ledger=effects(1.0, 0.0),
    )


def _weighted(fit: Fit, mechanism: str, product: str) -> Callable[[float, float], Effect | None]:
    """A weighted sum of two rows of the ledger, as a function of the weights; None where one of them says nothing."""
    names = (mechanism, product)
    laid = [(name, lay_null(fit, name)) for name in names]
    one, other = (settled_placebo(fit, name, SHIFTS, fit.case.seed, null) for name, null in laid)
    if one is None or other is None:
        return lambda first, second: None
    alike = correlation(fit, *laid)
    return lambda first, second: both(one, other, alike, (first, second))


def _said(cause: CheckedCause) -> str:
    """The part of a product as text."""
    if isinstance(cause, CheckedEdge):
        about = f"[{', '.join(cause.contexts)}]" if cause.contexts else ""
        return f"{cause}{about}{' alone' if cause.alone else ''}"
    if isinstance(cause, CheckedRef):
        return cause.mechanism
    return f" {cause.symbol} ".join(_said(part) for part in cause.parts)
