"""What is to be maximised: the request laid out on a stream, with its likelihood and its levels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lynchpin.engine.likelihoods.levels import Levels
from lynchpin.engine.likelihoods.newton import refuse_empty
from lynchpin.engine.rem.effects import column_names
from lynchpin.engine.rem.events import EventStream
from lynchpin.engine.rem.features import Features, build_features
from lynchpin.engine.rem.plan import Plan, plan_groups, with_controls
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.risk import RiskSet, risk_set
from lynchpin.engine.statistics import catalogue
from lynchpin.errors import BadValue


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A request, planned: everything but the coefficients."""

    request: Request
    stream: EventStream
    risk: RiskSet
    plan: Plan
    features: Features
    names: tuple[str, ...]


def prepare(request: Request, stream: EventStream) -> Problem:
    """Plan a request: who is compared when, and which columns say what they had in mind.

    Raises
    ------
    LynchpinError : the request does not fit the stream
    """
    if request.clock == "order":
        order = np.unique(stream.when, return_inverse=True)[1].astype(np.float64) + 1.0
        stream = replace(stream, when=order)
    if request.risk_set == "senders":
        _only_senders(request)
    needs = request.needs
    if needs.by_sender:
        _not_of_the_sender(request)
    risk = risk_set(stream, request.risk_set, dyads=request.dyads, presence=request.presence)
    plan = plan_groups(
        stream,
        risk,
        by_sender=needs.by_sender,
        events_only=needs.events_only,
        step=request.step if needs.steps else None,
        start=request.start,
        stop=request.stop,
        skip=request.history_only,
        decay_to_previous=request.decay_to == "previous",
    )
    refuse_empty(plan.events)
    request = request.resolved(plan.events / np.unique(plan.at).size)
    if request.controls is not None:
        plan = with_controls(plan, request.controls, request.seed, weighted=request.control_weights == "weighted")
    features = build_features(
        request.terms, stream, request.covariates, baseline=needs.baseline, decay_factor=request.decay_factor
    )
    names = (("baseline",) if needs.baseline else ()) + column_names(request.terms)
    return Problem(request, stream, risk, plan, features, names)


def levels_of(problem: Problem) -> Levels | None:
    """Who has an effect of its own."""
    request = problem.request
    if not request.random:
        return None
    if (
        "dyad" in request.random
        and request.needs.ties
        and request.ties == "efron"
        and (problem.plan.seen_count > 1).any()
    ):
        raise BadValue(
            "a dyad acts twice at one time point: with an effect of its own, Efron's likelihood rises for ever",
            "ties",
            "use breslow",
        )
    n = problem.features.n
    key = np.unique(problem.plan.i.astype(np.int64) * n + problem.plan.j)
    return Levels(request.random, (key // n).astype(np.int32), (key % n).astype(np.int32), n)


def _only_senders(request: Request) -> None:
    """The rate half of an actor-oriented model: actors wait, so only what belongs to a sender can count.

    Raises
    ------
    BadValue
    """
    if request.needs.by_sender:
        raise BadValue("a choice compares receivers", "risk set", "use the full risk set")
    for term in request.terms:
        for effect in term.effects:
            if catalogue()[effect.statistic].about != "sender":
                raise BadValue(
                    f"{effect.statistic} is no sender's own", "risk set senders", "use outdegreeSender, send(x), ..."
                )


def _not_of_the_sender(request: Request) -> None:
    """A sender's receivers are compared: a number of the sender's own tells none of them apart.

    Raises
    ------
    BadValue
    """
    for term in request.terms:
        if all(catalogue()[effect.statistic].about == "sender" for effect in term.effects):
            raise BadValue(f"{term} is the same for all receivers", "choice", "leave it out or multiply it")
