"""What every number of a fit rests on, in words."""

from __future__ import annotations

import numpy as np

from lynchpin.engine.rem.events import EventStream
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.terms import said_of_shifts
from lynchpin.engine.rem.times import POINTS


def silent_actors(stream: EventStream) -> int:
    """How many actors are in no event."""
    return len(stream.actors) - int(np.unique(np.concatenate([stream.src, stream.dst])).size)


def conventions(asked: Request, stream: EventStream, n_dyads: int) -> tuple[str, ...]:
    """What every number of a fit rests on, in words; n_dyads : how many were at risk."""
    lengths = POINTS if asked.clock == "order" else stream.clock
    remembers = any(e.half_life for t in asked.terms for e in t.effects)
    to = "the time point itself" if asked.decay_to == "now" else "the time point before"
    said = [
        _outcome_words(asked, stream),
        "events have no direction: a pair is one, whoever is named first" if asked.undirected else "",
        "events of one time share their history: only what is strictly before counts",
        f"decay: 2^(-age/half-life), age reckoned to {to}" if remembers else "",
        "decayed counts times ln2/half-life" if asked.decay_factor and remembers else "",
        _FROM[asked.covariate_from] if asked.dated else "",
        *said_of_shifts(asked.terms, lengths.span),
        "time is the order of the time points: 1, 2, 3, ..." if asked.clock == "order" else "",
        _CLOCK.get((asked.likelihood, asked.decay_to), ""),
        f"simultaneous events: {_TIES[asked.ties]}" if asked.needs.ties else "",
        _risk_words(asked, stream, n_dyads),
        f"{len(stream.actors):,} actors listed, {silent_actors(stream):,} of them in no event"
        if stream.is_listed
        else "",
        _control_words(asked),
        f"steps of {lengths.span(asked.step)}, counts {_COUNTS[asked.counts]}" if asked.needs.steps else "",
        "" if asked.start is None or not asked.needs.clock else f"the clock starts at {stream.clock.say(asked.start)}",
        "" if asked.stop is None else f"watched until {stream.clock.say(asked.stop)}",
        f"the first {asked.history_only} time point(s) are history only" if asked.history_only else "",
        _RANDOM if asked.random else "",
        "fixed, not estimated: " + ", ".join(f"{name} = {value:g}" for name, value in asked.fixed)
        if asked.fixed
        else "",
        f"ridge: normal prior of precision {asked.ridge:g}" if asked.ridge else "",
        "standard errors: " + _error_words(asked),
        "BIC and AICc count time points; intervals are 90 %",
    ]
    return tuple(line for line in said if line)


_FROM = {
    "after": "a covariate dated t counts for what comes after t",
    "at": "a covariate dated t counts for what happens at t and after",
}
_TIES = {
    "breslow": "Breslow; a dyad stands once, however often it acts",
    "efron": "Efron; a dyad with several events of one time stands as often",
    "exact": "exact, of all sets of as many dyads; a dyad with several events of one time stands as often",
}
_COUNTS = {"poisson": "Poisson", "nb2": "negative binomial (variance mu + mu^2/size; the last row is log size)"}
_CLOCK = {
    ("interval", "now"): "rates move within a wait, with decay, ages, windows, covariates and presence; integrated",
    ("interval", "previous"): "decay is held within a wait; ages, windows, covariates and presence move; integrated",
    ("rate", "now"): "rates are those of the beginning of a step, all of it",
    ("rate", "previous"): "rates are those of the beginning of a step, all of it",
}
_RANDOM = (
    "random effects: normal; coefficients, standard deviations and log-likelihood by Laplace's approximation; standard "
    "errors allow for the effects and for the doubt about their standard deviations"
)
_ERRORS = {
    "none": "inverse observed information, the mean's term in it",
    "dyad": "sandwich, clustered by dyad",
    "time": "sandwich, clustered by time point",
}


def _outcome_words(asked: Request, stream: EventStream) -> str:
    if not asked.outcome:
        return ""
    others = int((~stream.of_types(asked.outcome, "outcome")).sum())
    return f"explained: events of type {' or '.join(asked.outcome)}; {others:,} of other types are history only"


def _error_words(asked: Request) -> str:
    if asked.needs.mutual and asked.cluster == "none":
        return "inverse expected information: the variance of the score, given the past"
    return _ERRORS[asked.cluster]


def _risk_words(asked: Request, stream: EventStream, n_dyads: int) -> str:
    if asked.needs.events_only:
        return "events only: the type is modelled, given that the event happens"
    unit = "pairs" if asked.undirected else "dyads"
    what = f"given {unit}" if asked.dyads is not None else f"{asked.risk_set} risk set"
    who = f"{n_dyads:,} {'actors' if asked.risk_set == 'senders' else unit}"
    who += f", each with {len(asked.outcome) or len(stream.kinds)} types" if asked.typed else ""
    spells = ", while both actors are present" if asked.presence is not None else ""
    spells += ", each for its own time" if asked.has_pair_spells else ""
    chosen = "; a sender's receivers compared" if asked.needs.by_sender else ""
    chosen = "; a pair acts where each of the two chooses the other" if asked.needs.mutual else chosen
    return f"{what} of {who}{spells}{chosen}"


def _control_words(asked: Request) -> str:
    if asked.controls is None:
        return ""
    how = {
        "weighted": "those of a time point weighted for all they stand for",
        "nested": "each event compared with its own (nested case-control)",
    }[asked.control_weights]
    if asked.needs.subsets:
        how = "the events of a time point compared with theirs as one set"
    return f"{asked.controls} controls drawn for each event's dyad (seed {asked.seed}), {how}"
