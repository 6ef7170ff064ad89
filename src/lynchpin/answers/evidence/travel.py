"""Which mechanisms travel: the same four sentences said of every case, each with its own effect, and all together.

The sentences name no state. A case can bear one where it has what the sentence speaks of: roles `patron`, `ally` and
`adversary`, variables `a` and `b` of the allies, groups `cooperation` and `conflict`, and a class of grievances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from lynchpin.account.cases import Case, read_known
from lynchpin.account.cases.reading import build_case, read_values
from lynchpin.answers.evidence.placebo import settled_placebo
from lynchpin.answers.evidence.sides import count_cause, count_target
from lynchpin.answers.evidence.splits import FEWEST, pooled_places
from lynchpin.answers.evidence.spread import likeliest_tau
from lynchpin.defaults import SHIFTS
from lynchpin.errors import LynchpinError
from lynchpin.model import Fit, fit_case
from lynchpin.results import Expect, SplitClaim, SplitPart


@dataclass(frozen=True, slots=True)
class Sentence:
    """A claim that can be made of any two allies of a patron, and the mechanism that states it."""

    name: str
    claim: str
    says: str
    expect: Expect
    half_life: str


_AT_HOME = " | ".join(f"a.{sector} -> a.GOV : conflict" for sector in ("LEG", "OPP", "JUD", "CVL"))

SENTENCES = (
    Sentence(
        "threat",
        "A threat from outside pulls two allies together.",
        "adversary -> ally : conflict => a -> b : cooperation",
        "+",
        "60d",
    ),
    Sentence(
        "push",
        "As the patron works with both, they work with each other.",
        "patron -- a : cooperation & patron -- b : cooperation => a -> b : cooperation",
        "+",
        "60d",
    ),
    Sentence(
        "grievance",
        "Their own quarrel holds cooperation back.",
        "a -- b : grievance => a -> b : cooperation",
        "-",
        "60d",
    ),
    Sentence("veto", "Pressure at home turns against the other.", f"{_AT_HOME} => a -> b : conflict", "+", "30d"),
)


def said_of(case: Case) -> Case:
    """The same case with the four sentences in the place of its own claims and mechanisms.

    Raises
    ------
    BadMechanism : the case lacks what a sentence speaks of
    """
    values, lines, digest = read_values(case.path)
    own = {key: value for key, value in values.items() if key not in ("claim", "mechanism", "share")}
    own["claim"] = [{"id": f"W{k}", "name": s.name, "text": s.claim} for k, s in enumerate(SENTENCES, start=1)]
    own["mechanism"] = [
        {"name": s.name, "claim": f"W{k}", "says": s.says, "expect": s.expect, "half_life": s.half_life}
        for k, s in enumerate(SENTENCES, start=1)
    ]
    return build_case(own, lines, case.path, digest)


def travels(cases: Sequence[Case]) -> tuple[SplitClaim, ...]:
    """The four sentences in every case, on its own whole chronology.

    Parameters
    ----------
    cases : sequence of Case, each with a chronology

    Returns
    -------
    tuple of SplitClaim, one for each sentence, its parts the cases: each case's timing effect, as in a ledger; the mean
    over cases by restricted maximum likelihood; each case pulled toward the mean. Cases that share acts, as two
    chronologies of one patron may, are pooled as if they did not
    """
    fits = {case.name: _fitted(case) for case in cases}
    titles = {case.name: case.title for case in cases}
    found = []
    for k, sentence in enumerate(SENTENCES, start=1):
        parts = [_own(sentence.name, name, titles[name], fit) for name, fit in fits.items()]
        at = [place for place, part in enumerate(parts) if part.effect is not None]
        estimate = np.array([cast(float, parts[place].estimate) for place in at])
        covariance = np.diag([cast(float, parts[place].standard_error) ** 2 for place in at])
        tau = likeliest_tau(estimate, covariance) if len(at) > 1 else None
        given, pooled = pooled_places(parts, at, covariance, tau)
        claim = SplitClaim(f"W{k}", sentence.claim, sentence.name, sentence.says, sentence.expect, tuple(given))
        found.append(replace(claim, pooled=pooled))
    return tuple(found)


def _fitted(case: Case) -> Fit | str:
    try:
        return fit_case(read_known(said_of(case), None))
    except LynchpinError as error:
        return error.what


def _own(name: str, part: str, title: str, fit: Fit | str) -> SplitPart:
    if isinstance(fit, str):
        return SplitPart(part, title, left_out_because=fit)
    mechanism = fit.case.mechanism(name)
    acts = fit.design.layers.acts
    n_cause, n_target = count_cause(acts, fit.case, mechanism), count_target(acts, mechanism)
    counted = SplitPart(part, title, n_cause_events=n_cause, n_target_events=n_target)
    if min(n_cause, n_target) < FEWEST:
        return replace(counted, left_out_because=f"fewer than {FEWEST} acts of its cause or of its target")
    timing = settled_placebo(fit, name, SHIFTS, fit.case.seed)
    if timing is None:
        return replace(counted, left_out_because="the record says next to nothing of it")
    return replace(counted, effect=timing.effect)
