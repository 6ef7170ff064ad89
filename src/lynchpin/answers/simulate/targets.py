"""Targets besides counts by month: at least one act of a pattern by a day, and the relation index ahead.

A target is a function of simulated paths; the stages of agreements have a model of their own (`answers.agreements`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from lynchpin.account.theory import CheckedEdge, check_pattern, dyads_of, parse_pattern
from lynchpin.answers.simulate import simulate
from lynchpin.answers.simulate.inflow import placed
from lynchpin.answers.simulate.program import pairs_of
from lynchpin.answers.simulate.ties import tie_names, ties
from lynchpin.days import day_number, edges, months_ahead
from lynchpin.defaults import DAYS, DRAWS
from lynchpin.errors import BadValue
from lynchpin.model import Fit
from lynchpin.results import QUANTILES, AnyBy, AnyOf, IndexAhead

LONGEST_DAYS = 1826


def any_by(
    fit: Fit,
    patterns: Sequence[str],
    by: date,
    *,
    draws: int = DRAWS,
    seed: int | None = None,
    workers: int | None = None,
) -> AnyOf:
    """The chance of at least one act of each pattern from the origin to a day.

    Parameters
    ----------
    fit : Fit
    patterns : edges of the theory language between states, as in "PRK -> KOR : material_conflict"
    by : date, the last day that counts
    draws : int, paths, at least 100
    seed : int or None, None for the case's own
    workers : int or None, threads that share the paths

    Returns
    -------
    AnyOf, a sequence of AnyBy, one for each pattern, by the mechanism model, with how often windows of the same
    length before the origin held at least one

    Raises
    ------
    BadValue : the day is before the origin, or more than LONGEST_DAYS after it
    BadMechanism : a pattern does not read, or does not fit the case
    """
    case, origin = fit.case, fit.origin
    days = day_number(by) - day_number(origin) + 1
    if not 1 <= days <= LONGEST_DAYS:
        last = origin + timedelta(LONGEST_DAYS - 1)
        raise BadValue(f"{by} is not between {origin} and {last}", "--by", "the origin is the first day that counts")
    read = [check_pattern(parse_pattern(text), case.vocabulary) for text in patterns]
    used = case.seed if seed is None else seed
    steps = -(-days // case.step_days)
    paths = simulate(fit, steps, draws, used, edges=[0, days], workers=workers)
    counts = paths.counts[:, 0]
    chances = []
    for text, edge in zip(patterns, read, strict=True):
        some = counts[:, _units(fit, edge)].sum(axis=1, dtype=np.int64)
        held, windows = _windows(fit, edge, days)
        low, high = np.quantile(some, [0.05, 0.95], method="inverted_cdf")
        chances.append(
            AnyBy(
                acts=text,
                start=origin,
                by=by,
                p_any=float((some > 0).mean()),
                mean=float(some.mean()),
                q05=int(low),
                q95=int(high),
                draws=draws,
                windows=windows,
                windows_with_any=held,
                runaway=paths.runaway,
                held=paths.held,
            )
        )
    return AnyOf(tuple(chances))


def index_ahead(
    fit: Fit, *, days: int = DAYS, draws: int = DRAWS, seed: int | None = None, workers: int | None = None
) -> IndexAhead:
    """The relation index of every pair, and the lateral gap, at the end of each month ahead.

    New acts draw their magnitudes from the past acts of their class. The index is read at the end of the step in which
    a month ends, so that the first months of a weekly case can be some days early or late.

    Returns
    -------
    IndexAhead
    """
    months = months_ahead(days)
    case, origin = fit.case, fit.origin
    ahead = edges(origin, 1, months)
    at = [day_number(day) - day_number(origin) for day in ahead]
    steps = -(-at[-1] // case.step_days)
    standing = ties(fit, pairs_of(placed(fit.design)).astype(np.int32), steps)
    used = case.seed if seed is None else seed
    played = simulate(fit, steps, draws, used, edges=at, ties=standing, workers=workers)
    index = played.index
    assert index is not None
    paths = {name: index[:, :, k].astype(np.float64) for k, name in enumerate(tie_names(case))}
    patron, allies = case.roles.get("patron", ()), case.roles.get("ally", ())
    if len(patron) == 1 and len(allies) == 2:
        one, two = (paths["-".join(sorted((patron[0], ally)))] for ally in allies)
        paths["lateral gap"] = paths["-".join(sorted(allies))] - (one + two) / 2.0
    table = pl.concat(
        pl.DataFrame(
            {
                "pair": [name] * months,
                "date": ahead[1:],
                "mean": values.mean(axis=0),
                **{q: np.quantile(values, share, axis=0) for q, share in QUANTILES.items()},
            }
        )
        for name, values in paths.items()
    )
    return IndexAhead(table, draws, played.runaway, played.held)


def _units(fit: Fit, edge: CheckedEdge) -> list[int]:
    dyads = set(dyads_of(edge))
    return [
        k for k, u in enumerate(fit.design.units) if (u.source, u.target) in dyads and u.event_class in edge.classes
    ]


def _windows(fit: Fit, edge: CheckedEdge, days: int) -> tuple[int, int]:
    """Of the whole windows of so many days before the origin, side by side: how many held an act, and how many."""
    acts, nodes = fit.design.layers.acts, fit.case.nodes
    dyads = {(nodes.index(i), nodes.index(j)) for i, j in dyads_of(edge)}
    chosen = np.isin(acts.event_class, [acts.classes.index(c) for c in edge.classes])
    chosen &= np.array([(i, j) in dyads for i, j in zip(acts.source.tolist(), acts.target.tolist(), strict=True)], bool)
    end = fit.design.steps.origin_day
    windows = (end - int(acts.event_day[0])) // days if acts.event_day.size else 0
    back = (end - 1 - acts.day[chosen]) // days
    return int(np.unique(back[back < windows]).size), windows
