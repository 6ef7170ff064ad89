"""Questions that the command line and the page ask alike: of a case, of a fit, and of a record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from lynchpin.account.cases import Case as PlainCase
from lynchpin.account.cases import Known, builtin_cases
from lynchpin.account.cases.roles import roles_in_words
from lynchpin.account.theory import joint_acts
from lynchpin.answers.evidence import attribution
from lynchpin.answers.evidence.influence import weight_of
from lynchpin.answers.evidence.placebo import draw_lags, placebo, settled_placebo
from lynchpin.answers.evidence.said import missing, sentence, share_words, stage_sentence
from lynchpin.answers.evidence.sensitivity import sensitivity
from lynchpin.answers.evidence.sides import count_cause, count_target
from lynchpin.answers.evidence.splits import by_condition, by_dyad, by_period
from lynchpin.answers.forecast.targets import any_by, index_ahead
from lynchpin.answers.predict import predict
from lynchpin.answers.scenarios import (
    Baseline,
    Scenario,
    baseline,
    changes_of,
    read_scenario,
    scenario_text,
    scenarios_of,
)
from lynchpin.days import optional_day, parse_day
from lynchpin.defaults import SHIFTS
from lynchpin.errors import BadValue, UnknownName, suggest
from lynchpin.model import Fit, fit_case
from lynchpin.record.ontology import plover
from lynchpin.record.ontology.contexts import contexts
from lynchpin.record.ontology.sectors import sectors
from lynchpin.record.sources import sources as all_sources
from lynchpin.record.store import Store
from lynchpin.results import (
    AnyOf,
    Effect,
    IndexAhead,
    Prediction,
    Sensitivity,
    Shares,
    SplitLedger,
    WhatIf,
    per_doubling,
)
from lynchpin.session.facade import Case
from lynchpin.session.facade import Fit as PublicFit
from lynchpin.session.what_if import what_if

__all__ = [
    "Baseline",
    "any_of",
    "baseline",
    "built_in",
    "coefficients",
    "curve",
    "explained",
    "feeds",
    "fit_known",
    "index",
    "next_actors",
    "parted",
    "placebo_draws",
    "played",
    "scenario_file",
    "scenarios",
    "shares",
    "store_states",
    "timing_effect",
    "vocabulary",
    "weights_of_act",
    "without_acts",
]


# -- Of a case.


def built_in() -> dict[str, Path]:
    """The cases that come with the package: name -> file."""
    return builtin_cases()


def explained(case: Case) -> dict[str, Any]:
    """Every mechanism of a case in a sentence, and its roles in words."""
    told: list[tuple[Any, str, str, str]] = [
        (m, sentence(m, case), m.says, joint_acts(m.checked)) for m in case.mechanisms
    ]
    told += [(m, stage_sentence(m, case), m.says, "none") for m in case.stage_mechanisms]
    told += [(share, share_words(share), share_words(share), "none") for share in case.shares]
    rows = [
        {
            "name": one.name,
            "claim": one.claim,
            "says": says,
            "expect": one.expect,
            "sentence": words,
            "joint_acts": joint,
        }
        for one, words, says, joint in told
    ]
    return {"case": case.name, "roles": roles_in_words(case), "mechanisms": rows}


def scenarios(case: Case) -> dict[str, dict[str, Any]]:
    """The scenarios beside a case: name -> title, what they assume, and the claim they speak to."""
    read = {name: read_scenario(name, case) for name in scenarios_of(case)}
    return {name: {"title": one.title, "assumes": one.assumes, "claim": one.claim} for name, one in read.items()}


# -- Of a fit.


def coefficients(fitted: Fit) -> dict[str, Any]:
    """What `lynchpin fit --json` tells beside where it comes from."""
    return {
        "log_likelihood": fitted.log_likelihood,
        "converged": fitted.converged,
        "dispersion": fitted.theta,
        "pooled_sd": fitted.pooled_sd,
        "n_steps": fitted.design.rows,
        "n_units": len(fitted.design.units),
        "coefficients": fitted.to_frame().rename({"event_class": "class"}),
    }


def parted(fitted: Fit, *, split: Sequence[str] = (), by: str | None = None) -> SplitLedger:
    """Each mechanism by period where days are named, else by dyad or by condition.

    Raises
    ------
    BadValue : both or neither is asked for, or `by` is something else
    """
    if split and by:
        raise BadValue("--split and --by do not go together", "claims", "ask for one at a time")
    if split:
        return by_period(fitted, [parse_day(day, name="--split") for day in split])
    if by not in ("dyad", "condition"):
        mend = "write --by dyad or --by condition, or --split DATE for periods"
        raise BadValue(f"claims cannot be told apart by {by!r}", "--by", mend)
    return by_dyad(fitted) if by == "dyad" else by_condition(fitted)


def shares(
    fitted: Fit,
    *,
    first: str | None = None,
    last: str | None = None,
    replay: bool = True,
    tell: Callable[[str], None] | None = None,
) -> Shares:
    """What each mechanism accounts for: see `lynchpin.answers.evidence.attribution`."""
    since, until = optional_day(first, name="--from"), optional_day(last, name="--to")
    return attribution(fitted, since, until, replays=replay, tell=tell)


def any_of(
    fitted: Fit, patterns: Sequence[str], by: str | date, *, draws: int, seed: int | None = None, workers: int = 1
) -> AnyOf:
    """The chance of at least one act of each pattern by a day: see `lynchpin.answers.forecast.targets.any_by`."""
    return any_by(fitted, list(patterns), parse_day(by, name="--by"), draws=draws, seed=seed, workers=workers)


def index(fitted: Fit, *, days: int, draws: int, seed: int | None = None) -> IndexAhead:
    """The relation index ahead: see `lynchpin.answers.forecast.targets.index_ahead`."""
    return index_ahead(fitted, days=days, draws=draws, seed=seed)


def played(
    fitted: Fit,
    scenario: str | None = None,
    *,
    days: int,
    draws: int,
    seed: int | None = None,
    kept: Baseline | None = None,
    **changes: Sequence[str],
) -> WhatIf:
    """A scenario against its baseline; `scenario` is the name of one beside the case, never a path.

    Raises
    ------
    UnknownName : no scenario of that name stands beside the case
    LynchpinError : as for `lynchpin.answers.scenarios.what_if`
    """
    made = changes_of(fitted.case, **changes)
    whole = beside_case(fitted.case, scenario)
    return what_if(fitted, whole, changes=made, days=days, draws=draws, seed=seed, workers=1, kept=kept)


def beside_case(case: Case | PlainCase, scenario: str | None) -> Scenario | None:
    """The scenario of a name beside a case, never of a path; UnknownName where there is none."""
    if scenario is None:
        return None
    if scenario not in scenarios_of(case):
        mend = suggest(scenario, scenarios_of(case), noun="scenario")
        raise UnknownName(f"no scenario named {scenario[:80]!r} beside {case.name}", "scenario", mend)
    return read_scenario(scenario, case)


def scenario_file(case: Case, scenario: str | None, title: str, **changes: Sequence[str]) -> str:
    """A scenario, with further changes, as the text of a TOML file that `lynchpin whatif --scenario` reads."""
    made = changes_of(case, **changes)
    whole = beside_case(case, scenario) or Scenario("changes", "", "", "", ())
    return scenario_text(replace(whole, title=title or whole.title, changes=(*whole.changes, *made)))


def fit_known(known: Known) -> PublicFit:
    """A case as known on a day, fitted."""
    return PublicFit.of(fit_case(known))


def without_acts(fitted: Fit, acts: Collection[str]) -> PublicFit:
    """The fit to the record without some of its acts.

    Raises
    ------
    UnknownName : the record, as known then, holds no act of an id
    """
    known = fitted.known
    missing = sorted(set(acts) - set(known.events["event_id"]))
    if missing:
        raise UnknownName(
            f"no act {missing[0]!r} was known before {known.origin}", "acts", "the events page lists them"
        )
    kept = known.events.filter(pl.col("event_id").is_null() | ~pl.col("event_id").is_in(sorted(acts)))
    return PublicFit.of(fit_case(replace(known, events=kept)))


def timing_effect(fitted: Fit, mechanism: str, *, shifts: int = SHIFTS, seed: int | None = None) -> Effect | None:
    """The effect that a mechanism's row of the ledger speaks of: that of its cause's timing.

    Parameters
    ----------
    fitted : Fit
    mechanism : str, a name
    shifts, seed : as for the ledger; with the same ones the effect is the same

    Returns
    -------
    Effect, None where the ledger has none: too few acts, or nothing of the cause is left
    """
    named, acts = fitted.case.mechanism(mechanism), fitted.design.layers.acts
    if missing(count_cause(acts, fitted.case, named), count_target(acts, named)) is not None:
        return None
    used = fitted.case.seed if seed is None else seed
    found = settled_placebo(fitted, mechanism, shifts, used)
    return None if found is None else found.effect


def weights_of_act(fitted: Fit, event_id: str) -> list[dict[str, Any]]:
    """What one act weighs in each mechanism that it stands in, as cause or as outcome; the heaviest first.

    Both ratios are those of the cause's timing, of which the ledger speaks.
    """
    rows = []
    for mechanism in fitted.case.mechanisms:
        weight = weight_of(fitted, mechanism, event_id)
        if weight is not None:
            rows.append(
                {
                    "claim": mechanism.claim,
                    "mechanism": mechanism.name,
                    "part": weight.part,
                    "rate_ratio": weight.rate_ratio_without * per_doubling(weight.shift),
                    "rate_ratio_without": weight.rate_ratio_without,
                    "shift": weight.shift,
                }
            )
    return sorted(rows, key=lambda row: -abs(row["shift"]))


def placebo_draws(fitted: Fit, mechanism: str, *, shifts: int = SHIFTS) -> dict[str, Any] | None:
    """The statistic of a mechanism with its cause moved in time, and where it was; None where nothing can be moved.

    Returns
    -------
    dict: `own`, the statistic of the record as it is; `moved`, one for each shift, in standard errors
    """
    named = fitted.case.mechanism(mechanism)
    moved = placebo(fitted, named.name, draw_lags(fitted, named.name, shifts, fitted.case.seed))
    if moved is None:
        return None
    return {"own": float(moved.studentised[0]), "moved": moved.studentised[1:].tolist()}


def curve(fitted: PublicFit, mechanism: str, store: str | Path | None, tell: Callable[[str, int], None]) -> Sensitivity:
    """A mechanism under every choice; `tell` is called with what is done and how many there are."""
    return sensitivity(fitted, mechanism, store, tell=lambda done, of: tell(f"record {done}", of))


# -- Of a record.


def vocabulary() -> dict[str, dict[str, str]]:
    """The words that acts are coded in, with what each means: types, contexts, sectors; and the states by code."""
    return {
        "types": {name: one.meaning for name, one in plover.types().items()},
        "contexts": {name: one.meaning for name, one in contexts("lynchpin").items()},
        "sectors": {code: one.meaning for code, one in sectors("lynchpin").items()},
    }


def next_actors(record: str | Path, actor: str, *, case: str | Path, **asked: Any) -> Prediction:
    """Who acts next: see `lynchpin.answers.predict.predict`."""
    return predict(str(record), actor, case=str(case), **asked)


def store_states(store: str | Path, *, unresolved: bool = False) -> pl.DataFrame:
    """The states of a store by volume, or the names that no state was found for."""
    with Store.open(store, read_only=True) as opened:
        return opened.unresolved() if unresolved else opened.states()


def feeds() -> list[dict[str, Any]]:
    """The feeds that can be read."""
    return [
        {"name": s.name, "summary": s.summary, "columns": s.columns, "citation": s.citation, "licence": s.licence}
        for s in all_sources().values()
    ]
