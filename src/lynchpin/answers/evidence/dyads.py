"""Heterogeneity across dyads: what each mechanism does in each directed dyad that it moves.

One mechanism at a time gets a coefficient for each dyad in the place of its one; all else is common. The prior that
pulls every coefficient toward no effect is taken out again, and the dyads pull each other instead, by as much as they
are alike.
"""

from __future__ import annotations

import numpy as np

from lynchpin.account.cases import Mechanism
from lynchpin.answers.evidence.claims import per_doubling
from lynchpin.answers.evidence.refit import Part, parted, refitted
from lynchpin.answers.evidence.sides import count_cause
from lynchpin.answers.evidence.spread import Spread, spread
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadValue
from lynchpin.model import Fit
from lynchpin.model.design import Design, Unit
from lynchpin.model.design.build import linked
from lynchpin.numbers import Z90
from lynchpin.results import DyadClaim, DyadEffect, DyadLedger

#: Acts of the target, below which a dyad is said to hold too little.
FEWEST = 5

#: Information on a coefficient from the dyad's own acts, below which it says next to nothing.
SMALLEST_INFORMATION = 0.25

METHOD = (
    "Each mechanism in turn has a coefficient of its own in each directed dyad that it moves. Own ratio: what the "
    "dyad's own acts say, with the prior taken out again, per doubling of the cause, 90 %. Shrunk: the same, "
    "pulled toward the mean of all by as much as the dyad is unsure and dyads are alike (random effects by "
    "restricted maximum likelihood). The two directions of a pair share mutual acts; that covariance is counted "
    "in. sd: between dyads, of the log ratio per unit of the statistic. p: were all dyads alike, the chance that "
    "they seem to differ as much. Of the spread of two dyads hardly anything is known, and the interval of their "
    "mean takes them as they are. Association in time is not called cause."
)


def by_dyad(fit: Fit) -> DyadLedger:
    """Every mechanism of a fit that moves several directed dyads, by dyad.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    DyadLedger

    Raises
    ------
    BadValue : no mechanism moves more than one dyad
    """
    moving = [m for m in fit.case.mechanisms if len(m.checked.dyads) > 1]
    if not moving:
        raise BadValue(
            "every mechanism of the case moves one dyad only", "--by dyad", "name a role or a variable on the right"
        )
    claims = {c.id: c.text for c in fit.case.claims}
    return DyadLedger(tuple(_claim(fit, m, claims.get(m.claim, "")) for m in moving), METHOD)


def _claim(fit: Fit, mechanism: Mechanism, text: str) -> DyadClaim:
    design = linked(fit.design, mechanism.name)
    dyads = mechanism.checked.dyads
    acts = [_acts(design, mechanism.name, dyad) for dyad in dyads]
    parts = [(f"{i}->{j}", _of((i, j))) for i, j in dyads]
    k = fit.design.position(mechanism.name)
    found = refitted(fit, parted(design, mechanism.name, parts), len(parts), k)
    prior = fit.case.prior_sd**-2
    information = 1.0 / np.diag(found.covariance) - prior
    why = [
        f"fewer than {FEWEST} acts"
        if n < FEWEST
        else "its acts say next to nothing of it"
        if known < SMALLEST_INFORMATION
        else None
        for n, known in zip(acts, information, strict=True)
    ]
    kept = np.flatnonzero([reason is None for reason in why])
    n_cause = count_cause(fit.design.layers.acts, fit.case, mechanism)
    if n_cause == 0:
        kept, why = kept[:0], ["the record holds no act of its cause"] * len(dyads)
    estimate, covariance = found.own(kept, prior) if kept.size else (np.empty(0), np.empty((0, 0)))
    pooled = spread(estimate, covariance) if kept.size > 1 else None
    place = {int(at): number for number, at in enumerate(kept)}
    return DyadClaim(
        id=mechanism.claim,
        claim=text,
        mechanism=mechanism.name,
        says=mechanism.says,
        expect=mechanism.expect,
        n_cause_events=n_cause,
        n_dyads=kept.size if pooled else 0,
        rate_ratio=None if pooled is None else _ratio(pooled.mean),
        rate_ratio_lower=None if pooled is None else _ratio(pooled.lower),
        rate_ratio_upper=None if pooled is None else _ratio(pooled.upper),
        sd=None if pooled is None else pooled.sd,
        sd_lower=None if pooled is None else pooled.sd_lower,
        sd_upper=None if pooled is None or not np.isfinite(pooled.sd_upper) else pooled.sd_upper,
        spread_p=None if pooled is None else pooled.p,
        dyads=tuple(
            _effect(f"{i}->{j}", acts[at], why[at], place.get(at), estimate, covariance, pooled)
            for at, (i, j) in enumerate(dyads)
        ),
    )


def _of(dyad: tuple[str, str]) -> Part:
    def part(unit: Unit, whole: Floats) -> Floats | None:
        return whole if (unit.source, unit.target) == dyad else None

    return part


def _acts(design: Design, name: str, dyad: tuple[str, str]) -> int:
    """Acts of the classes that a mechanism moves, in one dyad, in the fitted steps."""
    k = design.position(name)
    return int(sum(u.y.sum() for u in design.units if k in u.columns and (u.source, u.target) == dyad))


def _effect(
    dyad: str,
    acts: int,
    why: str | None,
    at: int | None,
    estimate: Floats,
    covariance: Floats,
    pooled: Spread | None,
) -> DyadEffect:
    if at is None:
        return DyadEffect(dyad, acts, *(None,) * 8, left_out_because=why)
    beta, error = float(estimate[at]), float(np.sqrt(covariance[at, at]))
    given = (None, None) if pooled is None else (float(pooled.shrunk[at]), float(pooled.shrunk_error[at]))
    shrunk, off = given
    return DyadEffect(
        dyad=dyad,
        n_target_events=acts,
        estimate=beta,
        standard_error=error,
        rate_ratio=_ratio(beta),
        rate_ratio_lower=_ratio(beta - Z90 * error),
        rate_ratio_upper=_ratio(beta + Z90 * error),
        shrunk=_ratio(shrunk),
        shrunk_lower=None if shrunk is None or off is None else _ratio(shrunk - Z90 * off),
        shrunk_upper=None if shrunk is None or off is None else _ratio(shrunk + Z90 * off),
        left_out_because=None,
    )


def _ratio(estimate: float | None) -> float | None:
    """Per doubling, no larger than a thousand: beyond that a record says nothing."""
    return None if estimate is None else min(per_doubling(min(estimate, 10.0)), 1000.0)
