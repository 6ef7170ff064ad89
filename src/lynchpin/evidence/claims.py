"""The claims ledger: one row per mechanism, and one per claim that no event can test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from lynchpin.cases import Case, ClaimText, Mechanism
from lynchpin.evidence.influence import top_events
from lynchpin.evidence.many import benjamini_hochberg, holm
from lynchpin.evidence.measure import Measured, measure
from lynchpin.evidence.placebo import SHIFTS
from lynchpin.evidence.sides import count_cause, count_target
from lynchpin.evidence.verdict import RULE, verdict
from lynchpin.models import Fit
from lynchpin.models.fit import Z90
from lynchpin.results import Claim, Ledger
from lynchpin.theory import explain


def claims(
    fit: Fit,
    *,
    shifts: int = SHIFTS,
    seed: int | None = None,
    workers: int = 1,
    tell: Callable[[str], None] | None = None,
) -> Ledger:
    """The ledger of a fit, in the order of the case's claims.

    Parameters
    ----------
    fit : Fit
    shifts : int, random shifts of each cause in time
    seed : int or None, of the shifts; None for the case's own
    workers : int, threads; the ledger is the same with any
    tell : function or None, called with the name of what is done

    Returns
    -------
    Ledger. A claim with several mechanisms has a row for each. A mechanism that states no claim comes last.
    """
    case = fit.case
    measured = measure(fit, shifts=shifts, seed=seed, workers=workers, tell=tell)
    rows: list[Claim] = []
    for claim in case.claims:
        stated = [m for m in case.mechanisms if m.claim == claim.id]
        rows += [_row(fit, m, claim, measured[m.name]) for m in stated] or [_untestable(claim)]
    rows += [_row(fit, m, None, measured[m.name]) for m in case.mechanisms if not m.claim]
    return Ledger(tuple(_adjusted(rows)))


def _row(fit: Fit, mechanism: Mechanism, claim: ClaimText | None, found: Measured) -> Claim:
    k = fit.design.position(mechanism.name)
    beta, se = float(fit.estimate[k]), float(fit.standard_error[k])
    lower, upper = beta - Z90 * se, beta + Z90 * se
    acts = fit.design.layers.acts
    n_cause, n_target = count_cause(acts, fit.case, mechanism), count_target(acts, mechanism)
    why = missing(n_cause, n_target)
    row = Claim(
        id=claim.id if claim else "",
        claim=claim.text if claim else "",
        mechanism=mechanism.name,
        says=mechanism.says,
        sentence=sentence(mechanism, fit.case, fit.design.columns[k].half_life_days),
        expect=mechanism.expect,
        estimate=None,
        lower=None,
        upper=None,
        standard_error=None,
        rate_ratio=None,
        rate_ratio_lower=None,
        rate_ratio_upper=None,
        half_life_days=fit.design.columns[k].half_life_days,
        half_life_interval=None,
        verdict="untestable",
        rule=RULE,
        detectable=None,
        n_cause_events=n_cause,
        n_target_events=n_target,
        untestable_because=why,
        note=mechanism.note,
    )
    if why is not None:
        return row
    return replace(
        row,
        estimate=beta,
        lower=lower,
        upper=upper,
        standard_error=se,
        rate_ratio=per_doubling(beta),
        rate_ratio_lower=per_doubling(lower),
        rate_ratio_upper=per_doubling(upper),
        percent_per_doubling=100.0 * (per_doubling(beta) - 1.0),
        half_life_interval=fit.half_life_interval.get(mechanism.name),
        verdict=verdict(mechanism.expect, lower, upper, found.placebo_p, found.placebo_p_against, found.heldout_gain),
        detectable=None if found.detectable is None else per_doubling(found.detectable),
        placebo_p=found.placebo_p,
        placebo_p_against=found.placebo_p_against,
        placebo_shifts=found.placebo_shifts,
        heldout_gain=found.heldout_gain,
        heldout_steps=found.heldout_steps,
        top_events=top_events(fit, mechanism),
    )


def _adjusted(rows: Sequence[Claim]) -> list[Claim]:
    """The rows with their placebo p-values adjusted for one another."""
    at = [k for k, row in enumerate(rows) if row.placebo_p is not None]
    p_values = [p for row in rows if (p := row.placebo_p) is not None]
    adjusted = dict(zip(at, zip(holm(p_values), benjamini_hochberg(p_values), strict=True), strict=True))
    return [
        replace(row, holm_p=adjusted[k][0], bh_p=adjusted[k][1]) if k in adjusted else row for k, row in enumerate(rows)
    ]


def _untestable(claim: ClaimText) -> Claim:
    return Claim(
        id=claim.id,
        claim=claim.text,
        mechanism="",
        says="",
        sentence="",
        expect="?",
        estimate=None,
        lower=None,
        upper=None,
        standard_error=None,
        rate_ratio=None,
        rate_ratio_lower=None,
        rate_ratio_upper=None,
        half_life_days=None,
        half_life_interval=None,
        verdict="untestable",
        rule=RULE,
        detectable=None,
        n_cause_events=0,
        n_target_events=0,
        untestable_because=claim.untestable_because,
    )


def missing(n_cause: int, n_target: int) -> str | None:
    """Why so many acts of cause and target say nothing; None where they may."""
    if n_cause == 0:
        return "the record holds no act of its cause before this day"
    if n_target == 0:
        return "the record holds no act of the kind it would move before this day"
    return None


def per_doubling(estimate: float) -> float:
    """Rate ratio when one plus the decayed count of the cause doubles: the statistic is a log1p."""
    return float(2.0**estimate)


def sentence(mechanism: Mechanism, case: Case, half_life_days: float | None = None) -> str:
    """The mechanism as one English sentence, with the case's own names."""
    days = mechanism.half_life_days or half_life_days
    return explain(
        mechanism.checked,
        expect=mechanism.expect,
        half_life_days=days,
        words=_words(case),
        window_days=mechanism.window_days,
        lag_days=mechanism.lag_days,
    )


def _words(case: Case) -> Mapping[str, str]:
    """Plain words for the codes that a sentence would otherwise show."""
    return (
        {
            "GOV": "government",
            "LEG": "legislature",
            "OPP": "opposition",
            "JUD": "courts",
            "CVL": "civil society",
        }
        | {"MIL": "armed forces"}
        | dict(case.labels)
    )
