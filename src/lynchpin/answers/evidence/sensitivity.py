"""Sensitivity: one mechanism refitted under every combination of choices that could have been made otherwise.

For every record (step, reports or episodes, feed, rows, classes, exposure, counts) the model is settled anew:
coefficients, pooling, dispersion. Within a record the mechanism's half-life, memory, joint acts and scale change its
column, and all coefficients are refitted with pooling and dispersion held; tests hold that against whole fits. What is
told of each is the ledger's effect, that of timing. Half-lives of other mechanisms stay
as the case's own fit has them. Only the part of a design that the mechanism's coefficient depends on is fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np

from lynchpin.account.cases import Case, Mechanism, case_events
from lynchpin.answers.evidence.choices import (
    ALL_FEEDS,
    choices_of,
    classes_from,
    curve_placebo,
    rows_of,
    under,
    varied,
)
from lynchpin.answers.evidence.placebo import settled_placebo
from lynchpin.answers.evidence.recall import (
    check_half_lives,
    lengths,
)
from lynchpin.answers.evidence.said import sentence
from lynchpin.answers.evidence.specifications import Read, Stands, Task, Work, keys, of_record
from lynchpin.crew import each
from lynchpin.defaults import SHIFTS
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadValue, LynchpinError
from lynchpin.events import acts_of
from lynchpin.model import Fit
from lynchpin.results import Choice, Sensitivity, Specification

RULE = (
    "Every combination of the choices was fitted; none was left out for what it shows. Specifications stand on the "
    "same acts: they are not independent, and the share that agrees is no p-value. An interval is clear of no effect "
    "where the whole 90 % lies on one side; what a grade asks for besides is in the ledger. Ratios are timing effects, "
    "with the spread over shifts of the case's own specification. Association in time is not called cause."
)

Tell = Callable[[int, int], None]


def sensitivity(
    fit: Fit,
    mechanism: str,
    events: str | Path | None = None,
    *,
    vary: Sequence[str] = (),
    half_lives: Sequence[float] = (),
    classes: Mapping[str, Case] | None = None,
    shifts: int = 0,
    executor: Executor | None = None,
    tell: Tell | None = None,
) -> Sensitivity:
    """Refit a mechanism under every combination of choices.

    Parameters
    ----------
    fit : Fit, the case's own
    mechanism : str, one of the case
    events : path of the store that the fit stands on; None for the case's own chronology
    vary : names of the choices to vary, the others as the case has them; none for all
    half_lives : days, tried besides
    classes : mapping or None, name -> case whose classes, of the same names, are tried besides
    shifts : int, random lags by which the cause is moved for a placebo of the whole curve; 0 for none
    executor : any concurrent.futures.Executor; a record is a task, and carries its acts; None for this process
    tell : function or None, called after each record with how many are done, and how many there are

    Returns
    -------
    Sensitivity

    Raises
    ------
    UnknownName : the case has no such mechanism, or there is no such choice
    BadValue : a half-life is not above zero, or a further case has classes of other names
    """
    case, said = fit.case, fit.case.mechanism(mechanism)
    others = dict(classes or {})
    for name, other in others.items():
        if set(other.class_names) != set(case.class_names):
            raise BadValue(
                f"the classes of {name} have other names than those of {case.name}",
                "--classes",
                "a further scheme has other rules for the same names: " + ", ".join(case.class_names),
            )
    asked = check_half_lives(half_lives)
    reports = acts_of(case_events(case, events, as_of=fit.known.as_of, episodes=False))
    own_days = fit.design.evaluator.half_life_days[mechanism]
    given = (*(["classes"] if others else []), *(["half-life"] if asked else []))  # what is named besides is tried
    choices = varied(
        choices_of(
            case,
            said,
            reports,
            folded=fit.known.view == "episodes",
            half_life_days=own_days,
            more_half_lives=asked,
            more_classes=tuple(others),
        ),
        (*vary, *given) if vary else (),
    )
    of_own = settled_placebo(fit, mechanism, SHIFTS, case.seed)
    stands = Stands(case, fit.known, fit.estimate, fit.theta, fit.pooled_sd, fit.design.evaluator.half_life_days)
    work = Work(stands, said, choices, lengths(said, own_days, asked), own_days, tuple(others), shifts, of_own)
    records = list(product(*(keys(choices, name) for name in ("reports", "feed", "classes", "rows"))))
    tasks = [Task(work, one, _read(fit, said, events, choices, others, *one)) for one in records]
    found: dict[tuple[str, ...], Specification] = {}
    shifted: dict[tuple[str, ...], Floats] = {}
    for told, moved_there in each(of_record, tasks, executor, tell=tell):
        found |= told
        shifted |= moved_there
    order = list(product(*(keys(choices, choice.name) for choice in choices)))
    curve = Sensitivity(
        mechanism=mechanism,
        claim=said.claim,
        says=said.says,
        sentence=sentence(said, case, own_days),
        expect=said.expect,
        choices=choices,
        specifications=tuple(found[at] for at in order),
        rule=RULE,
    )
    moved = [shifted[at] for at in order if at in shifted]
    return replace(curve, placebo=curve_placebo(np.array(moved), curve.side)) if moved else curve


def _read(
    fit: Fit,
    mechanism: Mechanism,
    events: str | Path | None,
    choices: Sequence[Choice],
    others: Mapping[str, Case],
    view: str,
    feed: str,
    scheme: str,
    rows: str,
) -> Read:
    """The case and the classified events of one record, or why there are none."""
    one = None if feed in (ALL_FEEDS, keys(choices, "feed")[0]) else feed
    try:
        found = case_events(fit.case, events, as_of=fit.known.as_of, episodes=view == "episodes", feed=one)
    except LynchpinError as error:
        return error.what
    found = rows_of(found, rows)
    if scheme in others:
        return classes_from(fit.case, others[scheme], found)
    return under(fit.case, found, scheme, mechanism.name)
