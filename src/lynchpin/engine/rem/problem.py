"""What is to be maximised: the request laid out on a stream, with its likelihood and its levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lynchpin.engine.compiled import is_small
from lynchpin.engine.likelihoods.exact import MOST_TIED
from lynchpin.engine.likelihoods.levels import Levels
from lynchpin.engine.likelihoods.newton import refuse_empty
from lynchpin.engine.likelihoods.rows import group_sums
from lynchpin.engine.rem.cost import afford
from lynchpin.engine.rem.covariates import needed
from lynchpin.engine.rem.events import EventStream
from lynchpin.engine.rem.features import Features, build_features
from lynchpin.engine.rem.fixed import columns_of
from lynchpin.engine.rem.plan import Plan, plan_groups
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.risk import RiskSet, risk_set
from lynchpin.engine.rem.sample import with_controls
from lynchpin.engine.rem.terms import column_names
from lynchpin.engine.rem.times import POINTS, Clock, rounding
from lynchpin.engine.rem.waits import integrated, moves_of
from lynchpin.engine.statistics import catalogue
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadValue


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A request, planned: everything but the coefficients.

    stream : what columns are made of, in order where the request counts time points; given : the same in its own times
    rows : how many the plan compares, before a wait is looked at more than once
    fixed : coefficients that are given: position in `names` -> value
    explained : (events,), which of the stream are explained, or None: all
    notes : what was mended, left out or taken in one of two ways
    """

    request: Request
    stream: EventStream
    given: EventStream
    risk: RiskSet
    plan: Plan
    features: Features
    names: tuple[str, ...]
    rows: int
    notes: tuple[str, ...]
    explained: NDArray[np.bool_] | None = None
    fixed: Mapping[int, float] = field(default_factory=dict)

    @property
    def is_small(self) -> bool:
        """Whether loading numba would take longer than doing without: see `lynchpin.engine.compiled`."""
        by_loops = self.request.random or self.request.needs.subsets  # what no numpy stands for
        return not by_loops and is_small(self.plan.rows * self.features.columns, self.plan.groups)


def prepare(request: Request, stream: EventStream, *, without_acts: bool = False) -> Problem:
    """Plan a request: who is compared when, and which columns say what they had in mind.

    Parameters
    ----------
    request, stream : what, of what
    without_acts : the events that are explained are in nobody's past, and a wait is one group: for who draws others in
        their place

    Raises
    ------
    LynchpinError : the request does not fit the stream
    """
    needs, notes = request.needs, list(stream.notes)
    if request.undirected:
        _only_pairs(request)
        stream = stream.of_pairs()
    given, start, stop = _watched(request, stream, notes)
    stream, skip = given, request.history_only
    if request.clock == "order":
        times, order = np.unique(given.when, return_inverse=True)
        stream = replace(given, when=order.astype(np.float64) + 1.0, is_dated=False, unit="", notes=())
        if start is not None:  # the first that counts comes one time point after the start
            history = int(np.searchsorted(times, start))
            start, skip = float(history), max(skip, history)
    if request.risk_set == "senders":
        _only_senders(request)
    if needs.by_sender:
        _not_of_the_sender(request, stream.clock)
    explained = stream.of_types(request.outcome, "outcome") if request.outcome else None
    afford(request, stream, explained)
    risk = risk_set(
        stream,
        request.risk_set,
        dyads=request.dyads,
        presence=request.presence,
        notes=notes,
        explained=explained,
        typed=request.typed,
        undirected=request.undirected,
        mutual=needs.mutual,
    )
    plan = plan_groups(
        stream,
        risk,
        by_sender=needs.by_sender,
        events_only=needs.events_only,
        step=request.step if needs.steps else None,
        start=start,
        stop=stop if needs.clock else None,
        skip=skip,
        decay_to_previous=request.decay_to == "previous",
        waits=needs.waits,
        explained=explained,
    )
    refuse_empty(plan.events)
    who = needed(plan, risk, events_only=needs.events_only, waits=needs.waits)
    at_once = group_sums(plan.seen_count, plan.seen_ptr)
    if needs.subsets:
        _not_too_many(plan, at_once, np.unique(given.when) if request.clock == "order" else None, given)
    request = request.resolved(plan.events / plan.points, bool((at_once > 1).any()))
    if request.controls is not None:
        weighted = request.control_weights == "weighted"
        plan = with_controls(plan, request.controls, request.seed, weighted=weighted, together=needs.subsets)
    features, said = build_features(
        request.terms,
        stream,
        request.covariates,
        who,
        baseline=needs.baseline,
        decay_factor=request.decay_factor,
        from_then=request.covariate_from == "at" or frozenset(request.covariates_at),
        at_risk=() if risk.kinds is None else risk.kinds.tolist(),
        undirected=request.undirected,
        remembered=history_of(plan, stream, explained) if without_acts else None,
    )
    rows = plan.rows
    if needs.waits and not without_acts:
        stays = request.decay_to == "previous"
        plan = integrated(plan, moves_of(features, decay_stays=stays), decay_stays=stays)
    names = (("baseline",) if needs.baseline else ()) + column_names(request.terms, stream.clock.span)
    notes = list(dict.fromkeys([*notes, *said]))
    fixed = columns_of(request.fixed, names, request.terms, POINTS if request.clock == "order" else given.clock)
    return Problem(request, stream, given, risk, plan, features, names, rows, tuple(notes), explained, fixed)


def history_of(plan: Plan, stream: EventStream, explained: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Which events no fit explains: those before the first that it does, and those of other types. Shape (events,)"""
    before: NDArray[np.bool_] = stream.when < plan.at[0]
    return before if explained is None else before | ~explained


def _watched(request: Request, stream: EventStream, notes: list[str]) -> tuple[EventStream, float | None, float | None]:
    """The events until the stop, and start and stop as times of the stream where they are equal but for rounding.

    Raises
    ------
    BadValue : no event is between start and stop
    """
    near, clock = rounding(stream.when), stream.clock

    def snapped(time: float | None) -> float | None:
        if time is None:
            return None
        k = int(np.abs(stream.when - time).argmin())
        return float(stream.when[k]) if abs(stream.when[k] - time) <= near else time

    start, stop = snapped(request.start), snapped(request.stop)
    if start is not None and stop is not None and not start < stop:
        raise BadValue(f"it stops at {clock.say(stop)} and starts at {clock.say(start)}", "stop", "give a later stop")
    if stop is not None and stop < stream.when[-1]:
        if stop < stream.when[0]:
            raise BadValue(
                f"no event until the stop at {clock.say(stop)}: the first is at {clock.say(float(stream.when[0]))}",
                "stop",
                "give a later stop",
            )
        cut = stream.until(stop)
        left = len(cut.left_out) - len(stream.left_out)
        actors = f", and {left:,} actors that act only then" if left else ""
        notes.append(f"{stream.count - cut.count:,} events after the stop at {clock.say(stop)} are left out{actors}")
        stream = cut
    if start is not None:
        if start > stream.when[-1]:
            last = clock.say(float(stream.when[-1]))
            raise BadValue(
                f"no event at or after the start at {clock.say(start)}: the last is at {last}",
                "start",
                "give an earlier start",
            )
        earlier = int(np.searchsorted(stream.when, start))
        if earlier:
            notes.append(f"{earlier:,} events before the start at {clock.say(start)} are history only")
    return stream, start, stop


def _not_too_many(plan: Plan, at_once: Floats, counted: Floats | None, stream: EventStream) -> None:
    """Exact ties are summed over all sets of as many dyads. counted : the times, where the plan counts time points.

    Raises
    ------
    BadValue : more than MOST_TIED events of one comparison
    """
    if at_once.max(initial=0.0) > MOST_TIED:
        g = int(at_once.argmax())
        when = float(plan.at[g] if counted is None else counted[int(plan.at[g]) - 1])
        raise BadValue(
            f"{at_once[g]:,.0f} events at {stream.clock.say(when)}: exact ties take up to {MOST_TIED} at one time",
            "ties",
            "use efron, which is near it where few of those compared act at once",
        )


def levels_of(problem: Problem) -> Levels | None:
    """Who has an effect of its own."""
    request = problem.request
    if not request.random:
        return None
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
            if effect.row.about != "sender" and effect.row.feed != "types":
                raise BadValue(
                    f"{effect.statistic} is no sender's own", "risk set senders", "use outdegreeSender, send(x), ..."
                )


def _only_pairs(request: Request) -> None:
    """Events without a direction: only what reads them so can count, and of a pair, or of who is chosen.

    Raises
    ------
    BadValue
    """
    allowed = ("dyad", "receiver") if request.needs.mutual else ("dyad",)
    for term in request.terms:
        for effect in term.effects:
            row, name = effect.row, effect.statistic
            if not row.pairs or row.about not in allowed:
                mend = "use inertia, sp, fourCycle, degreeMin, totaldegreeDyad, same(x), tie(x), ..."
                mend += "; of who is chosen totaldegreeReceiver, receive(x)" if request.needs.mutual else ""
                raise BadValue(f"{name} means a direction, and events have none", "undirected", mend)
            if effect.legs or effect.first or effect.second:
                raise BadValue(f"the legs of {name} tell the pair's actors apart", "undirected", "leave them out")
            if effect.scale == "prop" and row.share_of is not None and row.share_of[0] != "events":
                raise BadValue(f"{name} is a share of what a sender sent", "undirected", "use log1p, std or none")


def _not_of_the_sender(request: Request, clock: Clock) -> None:
    """A sender's receivers are compared: a number of the sender's own tells none of them apart, unless it is of a type.

    Raises
    ------
    BadValue
    """
    for term in request.terms:
        by_type = any(effect.type != "all" or catalogue()[effect.statistic].feed == "types" for effect in term.effects)
        if not by_type and all(catalogue()[effect.statistic].about == "sender" for effect in term.effects):
            raise BadValue(
                f"{term.text(clock.span)} is the same for all receivers", "choice", "leave it out or multiply it"
            )
