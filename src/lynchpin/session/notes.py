"""Method and limits, in words, with the figures of the very run."""

from __future__ import annotations

from lynchpin.model import Fit
from lynchpin.model.newton import CLUSTER_DAYS
from lynchpin.numbers import Z90
from lynchpin.record.store.folding import LONGEST_DAYS, WINDOW_DAYS
from lynchpin.results import Forecast, Provenance, beware

_STEP = {1: "day", 7: "week"}


def notes(fit: Fit, outlook: Forecast) -> tuple[str, ...]:
    """What a reader must know to judge a brief: one sentence or a few each, warnings first."""
    warnings = (*_warnings(fit), *beware(outlook.runaway, outlook.held))
    return (*warnings, *_folding(fit.made_from), *_method(fit, outlook), *_limits())


def _warnings(fit: Fit) -> list[str]:
    made_from = fit.made_from
    warnings = []
    if not fit.converged:
        warnings.append("The fit did not settle: read every figure of this brief with caution.")
    if made_from.as_of is not None and made_from.origin != made_from.as_of:
        warnings.append(
            f"The record ends on {made_from.last_event_date}, long before {made_from.as_of}: "
            f"the fit and the outlook stand on {made_from.origin}."
        )
    return warnings


def _folding(made_from: Provenance) -> list[str]:
    """Nothing where people wrote one row for each act."""
    if made_from.view != "episodes":
        return []
    return [
        f"A machine codes one act many times: {made_from.reports} reports are folded into {made_from.events_used} "
        f"episodes (repeats, mirrored acts, visits with their hosting, restatements at most {WINDOW_DAYS} days apart "
        f"and {LONGEST_DAYS} after the first). An episode counts once, on the day of its first report."
    ]


def _method(fit: Fit, outlook: Forecast) -> list[str]:
    case, steps = fit.case, fit.design.steps
    step = _STEP[case.step_days]
    return [
        f"Counts per dyad, class and {step} are {case.counts}. {fit.design.rows} {step}s are fitted, after "
        f"{steps.burn_in} that fill the memory. The log mean adds a class mean, a partially pooled dyad effect, the "
        "controls, the mechanisms, and the log of the record's own recent density in that class, so that a source that "
        "reports more does not look like a world that does more.",
        "A trace counts past acts, each halving every half-life, decayed to the start of the step; acts of one step "
        "never see each other. A mechanism's statistic is log(1 + trace), with the smaller of two traces for & and "
        "the sum for |. The factors of a product are measured from their means, so a main effect reads at average "
        "conditions.",
        "A rate ratio says what doubling the cause (one plus its trace) does to the expected number of acts. Every "
        f"coefficient but the class means has a Gaussian prior around no effect (sd {case.prior_sd:g}); it keeps "
        "rare causes from running away and pulls estimates toward 1.",
        f"Intervals are 90 % (the estimate -/+ {Z90:.3f} standard errors). The standard error is the larger of "
        f"Laplace's and a sandwich clustered by unordered pair and {CLUSTER_DAYS}-day block, since a mutual act "
        "stands in both directions but is one piece of evidence. A fitted half-life is the best of a few that were "
        "tried; the estimate's interval takes it as given.",
        "The outlook is a stack, a weighted mean of the probabilities of three levels of each count (decayed with "
        "half-lives of 60, 180 and 365 days) and the best of the baselines. The weights are fixed. The spread is "
        "fitted for the very span to past answers that were known: pooled over a class, with each unit's own shrunk "
        "toward it. The mechanism model is no member, since it gained too little on days left out; it and the "
        "baselines are printed beside it: where they are as good, prefer them.",
        f"The mechanism model's own outlook draws {outlook.draws} paths: coefficients from their posterior, then "
        f"counts {step} by {step}, so that acts feed later rates; mutual acts are drawn once for both directions. A "
        "statistic that leaves the range it has had in the record is held at its end.",
        "The relation index carries one act's worth of doubt, so a pair that has long been silent drifts to zero. "
        "Change points are breaks in the mean quarterly magnitude; they say when a relation turned, not why.",
    ]


def _limits() -> list[str]:
    return [
        "Association in time is not cause: a third thing may have moved both. A verdict asks for the interval, for a "
        "placebo (the cause moved in time, with the slow drift of every pair taken out) and for a held-out score that "
        "is no worse; with a dozen claims, one may still pass by luck.",
        "What is coded decides what can be found. Density follows the sources, not the world; each row says whether "
        "it was verified, recalled or coded by machine.",
        "Blindness goes by dates. Agreements and events were named and described afterwards, so a name or a sentence "
        "can hint at what came later although its date does not; no model reads them. The account and the choice of "
        "mechanisms are as old as the case says, the coding of the record is younger.",
    ]
