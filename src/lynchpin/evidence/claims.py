"""The claims ledger: one row per mechanism, and one per claim that no event can test."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lynchpin.cases import Case, ClaimText, Mechanism
from lynchpin.design import Acts
from lynchpin.evidence.verdict import DETECTABLE_SE, RULE, verdict
from lynchpin.models import Fit
from lynchpin.models.fit import Z90
from lynchpin.results import Claim, Ledger
from lynchpin.theory import CheckedEdge, explain, leaves


def claims(fit: Fit) -> Ledger:
    """The ledger of a fit, in the order of the case's claims.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Ledger. A claim with several mechanisms has a row for each. A mechanism that states no claim comes last.
    """
    case = fit.case
    rows = []
    for claim in case.claims:
        stated = [m for m in case.mechanisms if m.claim == claim.id]
        rows += [_row(fit, m, claim) for m in stated] or [_untestable(claim)]
    return Ledger(tuple(rows + [_row(fit, m, None) for m in case.mechanisms if not m.claim]))


def _row(fit: Fit, mechanism: Mechanism, claim: ClaimText | None) -> Claim:
    k = fit.design.position(mechanism.name)
    beta, se = float(fit.estimate[k]), float(fit.standard_error[k])
    lower, upper = beta - Z90 * se, beta + Z90 * se
    acts = fit.design.layers.acts
    n_cause, n_target = count_cause(acts, fit.case, mechanism), count_target(acts, mechanism)
    missing = _missing(n_cause, n_target)
    tested = missing is None
    found = verdict(mechanism.expect, lower, upper) if tested else "untestable"
    side = -1.0 if mechanism.expect == "-" else 1.0
    return Claim(
        id=claim.id if claim else "",
        claim=claim.text if claim else "",
        mechanism=mechanism.name,
        says=mechanism.says,
        sentence=sentence(mechanism, fit.case, fit.design.columns[k].half_life_days),
        expect=mechanism.expect,
        estimate=beta if tested else None,
        lower=lower if tested else None,
        upper=upper if tested else None,
        standard_error=se if tested else None,
        rate_ratio=per_doubling(beta) if tested else None,
        rate_ratio_lower=per_doubling(lower) if tested else None,
        rate_ratio_upper=per_doubling(upper) if tested else None,
        half_life_days=fit.design.columns[k].half_life_days,
        half_life_interval=fit.half_life_interval.get(mechanism.name) if tested else None,
        verdict=found,
        rule=RULE,
        detectable=per_doubling(side * DETECTABLE_SE * se) if tested else None,
        n_cause_events=n_cause,
        n_target_events=n_target,
        untestable_because=missing,
        note=mechanism.note,
    )


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


def _missing(n_cause: int, n_target: int) -> str | None:
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


def count_cause(acts: Acts, case: Case, mechanism: Mechanism) -> int:
    """Number of events that any edge of the cause takes in, whoever the names stand for; references included."""
    by_name = {m.name: m for m in case.mechanisms}
    taken = np.zeros(len(acts.contexts), dtype=bool)
    waiting = [mechanism]
    while waiting:
        for leaf in leaves(waiting.pop().checked.cause):
            if isinstance(leaf, CheckedEdge):
                taken[acts.event[_taken(acts, leaf)]] = True
            else:
                waiting.append(by_name[leaf.mechanism])
    return int(taken.sum())


def count_target(acts: Acts, mechanism: Mechanism) -> int:
    """Number of events of the dyads and classes on the right side."""
    return int(np.unique(acts.event[_taken(acts, mechanism.checked.target)]).size)


def _taken(acts: Acts, edge: CheckedEdge) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    source = np.isin(acts.source, [acts.nodes.index(n) for n in edge.source.domain])
    target = np.isin(acts.target, [acts.nodes.index(n) for n in edge.target.domain])
    either = source & target
    if not edge.directed:
        swapped = np.isin(acts.target, [acts.nodes.index(n) for n in edge.source.domain])
        swapped &= np.isin(acts.source, [acts.nodes.index(n) for n in edge.target.domain])
        either |= swapped
    return either & acts.fits(edge.classes, edge.contexts)
