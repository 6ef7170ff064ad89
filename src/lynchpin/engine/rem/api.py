"""The one call: a stream and the text of a model in, a fit out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from lynchpin.engine.likelihoods.levels import FACTORS
from lynchpin.engine.rem.actors import Actors, with_actors
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.events import EventStream, read_events, stream_of
from lynchpin.engine.rem.factors import with_levels
from lynchpin.engine.rem.fit import fit_request
from lynchpin.engine.rem.frames import Frame, as_polars
from lynchpin.engine.rem.own import own_statistics
from lynchpin.engine.rem.request import Cluster, ControlWeights, Counts, CovariateFrom, DecayTo, Kind, Request, Ties
from lynchpin.engine.rem.result import RemFit
from lynchpin.engine.rem.shards import DEFAULT_MEMORY
from lynchpin.engine.rem.terms import Scale, Term
from lynchpin.engine.rem.times import POINTS, time_of
from lynchpin.errors import BadValue, UnknownName, suggest


def rem(
    events: str | Path | EventStream | Frame,
    effects: str,
    *,
    likelihood: Kind = "ordinal",
    half_life: str | float | None = None,
    scale: Scale = "none",
    actors: Actors | None = None,
    risk_set: str = "full",
    dyads: Sequence[tuple[str, str]] | Frame | None = None,
    presence: Frame | None = None,
    covariates: Mapping[str, Frame] | None = None,
    covariate_from: CovariateFrom = "after",
    statistics: pl.DataFrame | None = None,
    controls: int | None = None,
    control_weights: ControlWeights = "auto",
    ties: Ties = "breslow",
    decay_to: DecayTo = "now",
    decay_factor: bool = False,
    clock: str = "time",
    start: str | float | None = None,
    stop: str | float | None = None,
    first: int | None = None,
    step: str | float = 1.0,
    counts: Counts = "poisson",
    ridge: float = 0.0,
    random: str | Sequence[str] = (),
    pool: bool = False,
    cluster: Cluster = "none",
    seed: int = 1,
    weight: str | None = None,
    time_unit: str | None = None,
    outcome: str | Sequence[str] = (),
    typed: bool = False,
    undirected: bool = False,
    fix: Mapping[str, float] | None = None,
    executor: Executor | None = None,
    memory: int = DEFAULT_MEMORY,
) -> RemFit:
    """Fit a relational event model.

    Parameters
    ----------
    events : CSV file, frame (of polars, pandas or Arrow, as all frames here) or stream of time, sender, receiver and,
        if there are, type and weight
    effects : what may move who acts on whom: `inertia(30d) reciprocity otp(scale=log1p)`; docs/reference/rem.md has all
    likelihood : "ordinal" (which dyad next), "interval" (when and which), "choice" (which receiver, given the sender),
        "rate" (counts per dyad and step), "type" (of which type, given that it happens)
    half_life, scale : of effects that name none; half_life="fit": by profile likelihood
    actors : those that could act, where some never do: a file, a frame of actor, or names; None: those of the events
    risk_set : "full", "active", or "senders" for the rate half of an actor-oriented model; `dyads` gives the pairs
    presence : frame of actor, from, to: when actors take part
    covariates : name -> frame of actor (or sender, receiver), value and, if it varies, time
    covariate_from : "after", a value dated t counts for what comes after t; "at", for what happens at t too
    statistics : frame of time, sender, receiver and a column for each statistic that was computed elsewhere, which
        `tie(name)` reads: a row counts at its time, and until the next of its dyad
    controls : others drawn for each event's dyad; None: everyone at risk
    control_weights : "nested", "weighted" or "auto": see `Request`
    ties : of simultaneous events (ordinal, choice): "breslow", "efron", or "exact" for up to a dozen at one time
    decay_to, decay_factor, first : conventions of other software, see `Request`
    start : events before it are history only; a clock starts there (interval, rate)
    stop : until when the record was watched: events after it are left out; that nothing came after the last event
        counts too (interval, rate)
    step, counts : of the rate likelihood
    ridge : precision of a normal prior of every coefficient
    random : "sender", "receiver", "dyad" or some of them: each gets an effect of its own, partially pooled
    pool : short for random effects of senders and receivers, those of the two that the likelihood can tell
    cluster : "none", "dyad" or "time": sandwich standard errors
    seed : of the draw of controls
    weight : the column that says how much an event counts, or "no"; None: `weight`, where there is one
    clock : "time", or "order": time points are counted, and lengths are numbers of them
    time_unit : of times that are numbers (ms, s, min, h, d, w, mo, y): lengths such as 30d need it
    outcome : types of the events that are explained, apart by `|`; all others are history only: effects remember them
        as before. None: every event is explained
    undirected : events have no direction: what is compared are pairs; under "choice" a pair acts where both choose it
        (choice of coordination)
    typed : what is compared are dyads each with every type that is explained: `type` and `type=` of effects say which
    fix : coefficients that are given and not estimated (offsets): name, or the effect as written -> value
    executor : any concurrent.futures.Executor: threads, processes, `distributed.Client().get_executor()`; the estimates
        do not depend on it
    memory : bytes of columns that may be kept between passes, in this process or in each worker

    Raises
    ------
    LynchpinError : the events or the effects cannot be read, or the record cannot tell what is asked

    Examples
    --------
    >>> import polars as pl
    >>> sender, receiver = "ABCABACBACABCB", "BABCACBACBBCAA"
    >>> events = pl.DataFrame({"time": range(14), "sender": list(sender), "receiver": list(receiver)})
    >>> found = rem(events, "inertia reciprocity")
    >>> found.names, found.n_dyads
    (('inertia', 'reciprocity'), 6)
    """
    if isinstance(events, EventStream):
        stream = _given(events, weight, time_unit)
    elif isinstance(events, str | Path):
        stream = read_events(events, weight=weight, time_unit=time_unit)
    else:
        stream = stream_of(as_polars(events, "events"), weight=weight, time_unit=time_unit)
    presence = None if presence is None else as_polars(presence, "presence")
    tables = {name: as_polars(table, f"covariates, {name}") for name, table in (covariates or {}).items()}
    if actors is not None:
        stream = with_actors(stream, actors)
    of_times, notes = stream.clock, list(stream.notes)
    lengths = POINTS if clock == "order" else of_times
    is_free = half_life == "fit"
    span = lengths.length(half_life, "half_life") if half_life is not None and not is_free else None
    edges: dict[str, float | None] = {"start": None, "stop": None}
    for name, value in (("start", start), ("stop", stop)):
        if value is not None:
            edges[name], said = time_of(value, name, of_times)
            notes += said
    named = _types(outcome, stream.kinds)
    at_risk = [kind for kind in stream.kinds if kind in (named or stream.kinds)] if typed else []
    terms = parse_effects(effects, half_life=span, scale=scale, clock=lengths)
    own = {} if statistics is None else _own(statistics, terms, tables)
    tables |= own
    terms, said = with_levels(terms, tables, stream, at_risk)
    stream = replace(stream, notes=(*notes, *said))
    request = Request(
        terms=terms,
        likelihood=likelihood,
        risk_set=risk_set,
        controls=controls,
        control_weights=control_weights,
        ties=ties,
        decay_to=decay_to,
        decay_factor=decay_factor,
        clock=clock,  # type: ignore[arg-type]
        start=edges["start"],
        stop=edges["stop"],
        first=first,
        step=lengths.length(step, "step"),
        counts=counts,
        seed=seed,
        ridge=ridge,
        random=_factors(random),
        cluster=cluster,
        covariates=tables,
        covariates_at=tuple(own),
        covariate_from=covariate_from,
        presence=presence,
        dyads=_frame(dyads),
        outcome=named,
        typed=typed,
        undirected=undirected,
        fixed=tuple((name, float(value)) for name, value in (fix or {}).items()),
    )
    if pool:
        request = _with_pool(request)
    if is_free:
        from lynchpin.engine.rem.half_life import fit_half_life

        return fit_half_life(
            request,
            stream,
            lambda asked, start: fit_request(asked, stream, executor=executor, memory=memory, start=start),
        )
    return fit_request(request, stream, executor=executor, memory=memory)


def _own(
    statistics: pl.DataFrame, terms: Sequence[Term], covariates: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """The statistics from elsewhere that the effects name.

    Raises
    ------
    BadData, BadValue : they name none of them, or one that is a covariate too
    """
    every = own_statistics(statistics)
    named = {name for term in terms for effect in term.effects for name in effect.tables}
    if not set(every) & named:
        raise BadValue("no effect names one of the statistics", "statistics", f"write tie({next(iter(every))})")
    if twice := sorted(set(every) & set(covariates)):
        raise BadValue(f"{twice[0]} is a covariate and a statistic", "statistics", "name one of them otherwise")
    return {name: table for name, table in every.items() if name in named}


def _given(stream: EventStream, weight: str | None, time_unit: str | None) -> EventStream:
    """A stream that is read already, with the unit of its times."""
    if weight is not None:
        raise BadValue("a stream has its weights", "weight", "leave it out")
    if time_unit is not None and stream.is_dated:
        raise BadValue("the times are dates", "time_unit", "leave it out: it is of numbers")
    return stream if time_unit is None else replace(stream, unit=time_unit)


def _types(outcome: str | Sequence[str], kinds: Sequence[str]) -> tuple[str, ...]:
    """The types that are named; a comma parts them too, where no type has it in its name.

    Raises
    ------
    BadValue, UnknownName : the events have no types, or none of that name
    """
    named: list[str] = []
    for word in [outcome] if isinstance(outcome, str) else outcome:
        for part in (one.strip() for one in word.split("|")):
            named += [part] if part in kinds else [one.strip() for one in part.split(",")]
    if not outcome:
        return ()
    if not any(kinds):
        raise BadValue("the events have no types", "outcome", "leave it out, or give the events a column type")
    for name in named:
        if not name or name not in kinds:
            raise UnknownName(f"no event is of type {name!r}", "outcome", suggest(name, kinds, noun="type"))
    return tuple(dict.fromkeys(named))


def _factors(random: str | Sequence[str]) -> tuple[str, ...]:
    """The factors in their order."""
    named = random.replace(",", " ").split() if isinstance(random, str) else random
    return tuple(sorted(set(named), key=lambda factor: (FACTORS.index(factor) if factor in FACTORS else -1, factor)))


def _with_pool(request: Request) -> Request:
    """With effects of senders and receivers, those of the two that can be told."""
    ends = ["sender"] * (not request.needs.by_sender) + ["receiver"] * (request.risk_set != "senders")
    return replace(request, random=_factors([*request.random, *ends]))


def _frame(dyads: Any) -> pl.DataFrame | None:
    if dyads is None:
        return None
    if hasattr(dyads, "columns"):
        return as_polars(dyads, "dyads")
    return pl.DataFrame([tuple(pair)[:2] for pair in dyads], schema=["sender", "receiver"], orient="row")
