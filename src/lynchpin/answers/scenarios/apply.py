"""A scenario as the arrays of a run: what it moves, step by step, for one fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from lynchpin.answers.scenarios.scenario import Hold, Inject, Multiply, Remove, Scenario, Span
from lynchpin.answers.simulate.inflow import decay_of
from lynchpin.answers.simulate.moves import Added, Moves, no_moves
from lynchpin.days import day_number
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadValue, UnknownName, suggest
from lynchpin.events import SCHEMA
from lynchpin.model import Fit
from lynchpin.model.design import Acts, expand
from lynchpin.model.design.layers import Layer, layer_traces

_YEAR_DAYS = 365


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """What a run of a scenario is handed.

    moves : Moves
    put_in : DataFrame, the acts that are put in, in the columns of the record with event_class
    without : ids of past events that are taken out
    """

    moves: Moves
    put_in: pl.DataFrame
    without: frozenset[str]


def applied(fit: Fit, scenario: Scenario, steps: int, end: date) -> Applied:
    """Fit a scenario to a fit's units, steps and record.

    Parameters
    ----------
    fit : Fit
    scenario : Scenario
    steps : int
    end : date, the first day that is not played

    Raises
    ------
    BadValue : an act or a change lies outside the days that are played
    UnknownName : no event of the record has the id of one that is to be taken out
    """
    plain, width = no_moves(fit, steps), fit.design.steps.step_days
    units = [(u.source, u.target, u.event_class) for u in fit.design.units]
    shape = (steps, len(units))
    kept, given, factor = np.ones(shape), np.zeros(shape), np.ones(shape)
    pull = np.ones((steps, plain.pull.shape[1]))
    slots = [
        (units[u], fit.design.columns[p].name)
        for u, unit in enumerate(fit.design.units)
        for p in unit.columns
        if fit.design.columns[p].kind in ("control", "mechanism")
    ]
    for change in scenario.changes:
        if isinstance(change, Multiply):
            share = _share(change.span, fit.origin, end, steps, width)[:, None]
            times = 1.0 + (change.factor - 1.0) * share
            if change.mechanism:
                chosen = [name == change.mechanism and unit in change.units for unit, name in slots]
                pull[:, chosen] *= times
            else:
                factor[:, [unit in change.units for unit in units]] *= times
        elif isinstance(change, Hold):
            share = _share(change.span, fit.origin, end, steps, width)[:, None]
            chosen = [source == change.actor for source, _, _ in units]
            rate = np.array([_last_year(u.y, width) for u in fit.design.units])[chosen]
            kept[:, chosen] *= 1.0 - share
            given[:, chosen] = given[:, chosen] * (1.0 - share) + rate * share
    without = frozenset(_past(fit, change) for change in scenario.changes if isinstance(change, Remove))
    acts = put_in(fit, [change for change in scenario.changes if isinstance(change, Inject)], end)
    layers, start, added = tuple(plain.start), plain.start, list(plain.added)
    if without:
        left, gone = _split(fit, without)
        origin = np.array([fit.design.steps.origin_day])
        start = {layer: layer_traces(left, layer, origin)[0] for layer in layers}
        late = [layer for layer in layers if not layer.is_plain]
        added += [(step, layer, i, j, -gain) for step, layer, i, j, gain in _gains(fit, gone, late, steps)]
    if acts.height:
        added += _gains(fit, expand(acts, fit.case), layers, steps)
    moves = Moves(steps, kept, given, factor, pull, start, tuple(added))
    return Applied(moves, acts, without)


def _share(span: Span, origin: date, end: date, steps: int, width: int) -> Floats:
    """How much of each step a span covers: shape (steps,)."""
    first, last = span.first or origin, span.last or end
    if last <= origin or first >= end:
        raise BadValue(
            f"{first} to {last} lies outside the days that are played, {origin} to {end - timedelta(days=1)}",
            "the scenario's from and until",
            "move it, ask for more --days, or for another --as-of",
        )
    starts = np.arange(steps) * width
    low = day_number(first) - day_number(origin)
    high = day_number(span.last) - day_number(origin) if span.last else steps * width
    return np.asarray(np.clip(np.minimum(starts + width, high) - np.maximum(starts, low), 0, width) / width)


def _last_year(y: np.ndarray[tuple[int], np.dtype[np.int64]], width: int) -> float:
    """Mean count of a step over the last year of the record."""
    return float(y[-max(_YEAR_DAYS // width, 1) :].mean())


def _past(fit: Fit, change: Remove) -> str:
    known = fit.events["event_id"].to_list()
    if change.event not in known:
        raise UnknownName(
            f"no event before {fit.origin} has the id {change.event!r}",
            change.where,
            suggest(change.event, known) if len(known) < 5000 else "`lynchpin events` lists ids",
        )
    return change.event


def _split(fit: Fit, gone: frozenset[str]) -> tuple[Acts, Acts]:
    """The acts of the record without some events, and theirs."""
    acts = fit.design.layers.acts
    theirs = np.isin(acts.event, np.flatnonzero(fit.events["event_id"].is_in(list(gone)).to_numpy()))
    return acts.only(~theirs), acts.only(theirs)


def _gains(fit: Fit, acts: Acts, layers: Iterable[Layer], steps: int) -> Iterator[Added]:
    """What acts add to traces at the end of each step beyond what decay makes of what they added before."""
    width = fit.design.steps.step_days
    ends = fit.design.steps.origin_day + width * np.arange(steps + 1)
    for layer in layers:
        counted = layer_traces(acts, layer, ends)
        gains = counted[1:] - decay_of(layer, width) * counted[:-1]
        for step, i, j in np.argwhere(np.abs(gains) > 1e-12):
            yield int(step), layer, int(i), int(j), float(gains[step, i, j])


def put_in(fit: Fit, injections: Sequence[Inject], end: date) -> pl.DataFrame:
    """Acts that are put in before a day, as a record: one row for each act on its day."""
    origin = fit.origin
    means = dict(fit.events.group_by("event_class").agg(pl.col("magnitude").mean()).iter_rows())
    rows: list[dict[str, object]] = []
    for change in injections:
        if not origin <= change.day < end:
            raise BadValue(
                f"{change.day} is not among the days that are played, {origin} to {end - timedelta(days=1)}",
                change.where,
                "move the act, ask for more --days, or for another --as-of",
            )
        (source, source_sector), (target, target_sector) = (
            (node.partition(".")[0], node.partition(".")[2])
            for node in (change.act.source.domain[0], change.act.target.domain[0])
        )
        both = sorted({source, target})
        event_class, day = change.act.classes[0], change.day
        magnitude = means.get(event_class) if change.magnitude is None else change.magnitude
        while day < end and (change.until is None or day < change.until):
            rows.append(
                {
                    "event_id": f"scenario-{len(rows) + 1}",
                    "date": day,
                    "precision": "day",
                    "source": [source] if change.act.directed else both,
                    "source_sector": source_sector if change.act.directed else "",
                    "target": [target] if change.act.directed else both,
                    "target_sector": target_sector if change.act.directed else "",
                    "contexts": sorted(change.act.contexts),
                    "magnitude": magnitude,
                    "summary": change.says,
                    "status": "scenario",
                    "dataset": "scenario",
                    "event_class": event_class,
                }
            )
            if change.every_days is None:
                break
            day += timedelta(days=change.every_days)
    empty = pl.DataFrame(schema=SCHEMA | {"event_class": pl.String()})
    return pl.DataFrame(rows, schema=empty.schema).sort("date", maintain_order=True) if rows else empty
