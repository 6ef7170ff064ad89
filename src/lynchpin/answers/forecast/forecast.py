"""The forecast of a fit, month by month: the stacked one, the mechanism model beside it, and the baselines.

Every number is read off exact probabilities. Those of the whole horizon are those of the sum, not sums of months.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from lynchpin import limits
from lynchpin.account.cases.calendar import Announced
from lynchpin.answers.forecast.baselines import BASELINES, MonthsAhead, baseline_pmf, past_months
from lynchpin.answers.forecast.chances import Doubt, doubt_of
from lynchpin.answers.forecast.grid import top_of
from lynchpin.answers.forecast.months import Panel, UnitName, make_panel, unit_names
from lynchpin.answers.forecast.stack import EWMA, WEIGHTS, DaysAhead, lengths_of, stacks
from lynchpin.answers.simulate import Paths, simulate
from lynchpin.days import day_number, day_of, edges, month_start, months_ahead
from lynchpin.defaults import DAYS, DRAWS
from lynchpin.engine.scoring import scores as score
from lynchpin.engine.scoring.predictive import Counts, Predictive, negative_binomial, roughened
from lynchpin.engine.statistics.base import Floats
from lynchpin.model import Fit
from lynchpin.results import QUANTILES, Forecast

#: What the stacked forecast and the mechanism model are called in every table.
MODEL, MECHANISM = "lynchpin", "mechanism model"


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Every model's probabilities: month by month, and for all months together.

    months : model -> one Predictive for each month; whole : model -> Predictive of their sum
    doubts : of the stacked forecast's chance of any, for each month and, last, for all months together
    past : a model, its mean log score from earlier days whose answers are known, and how many they are
    runaway, held : of the mechanism model's paths: see `lynchpin.answers.simulate.Paths`
    """

    panel: Panel
    origin: date
    draws: int
    months: Mapping[str, Sequence[Predictive]]
    whole: Mapping[str, Predictive]
    doubts: Sequence[Doubt]
    past: Sequence[tuple[str, float, int]]
    runaway: float = 0.0
    held: float = 0.0


def forecast(
    fit: Fit, *, days: int = DAYS, draws: int = DRAWS, seed: int | None = None, workers: int | None = None
) -> Forecast:
    """Counts of every dyad and class in the months after the origin, stacked, by the mechanisms, and by each baseline.

    Parameters
    ----------
    fit : Fit
    days : int, how far ahead, rounded to whole months (180 days are six), 1 to 60 of them
    draws : int, simulated paths of the mechanism model, at least 100
    seed : int or None, None for the case's own
    workers : int or None, threads that share the paths, None for one for each core; the answer is the same

    Returns
    -------
    Forecast

    Raises
    ------
    BadValue : days or draws out of range
    """
    return summarise(foresee(fit, days=days, draws=draws, seed=seed, workers=workers))


def foresee(
    fit: Fit, *, days: int = DAYS, draws: int = DRAWS, seed: int | None = None, workers: int | None = None
) -> Outlook:
    """The probabilities behind a forecast; parameters as for `forecast`."""
    months = months_ahead(days)
    limits.whole("draws", draws)
    limits.optional("seed", seed)
    case, origin = fit.case, fit.origin
    used = case.seed if seed is None else seed
    panel = make_panel(fit.events, unit_names(case), origin)
    boundaries = [day_number(day) for day in edges(origin, 1, months)]
    paths = played(fit, boundaries, draws, used, workers=workers)
    counts = paths.counts.astype(np.int64)
    spans = [DaysAhead(a - boundaries[0], b - a) for a, b in pairwise(boundaries)]
    spans.append(DaysAhead(0, boundaries[-1] - boundaries[0]))
    history = past_months(panel, origin)
    rows = np.arange(len(panel.units))
    tops = [top_of(history, MonthsAhead(1, 1))] * months + [top_of(history, MonthsAhead(1, months))]
    aheads = [*(MonthsAhead(k + 1, 1) for k in range(months)), MonthsAhead(1, months)]
    drawn = [*(counts[:, k] for k in range(months)), counts.sum(axis=1)]
    stacked = stacks(panel, spans, lengths=lengths_of(panel, case.calendar, spans[-1].days))
    said = {
        MODEL: [stack.pmf(rows, top) for stack, top in zip(stacked, tops, strict=True)],
        MECHANISM: [drawn_pmf(draw, top) for draw, top in zip(drawn, tops, strict=True)],
    }
    for name in BASELINES:
        said[name] = [baseline_pmf(name, history, a, rows, top) for a, top in zip(aheads, tops, strict=True)]
    by_model = {name: [Predictive(pmf) for pmf in pmfs] for name, pmfs in said.items()}
    return Outlook(
        panel,
        origin,
        draws,
        {name: values[:-1] for name, values in by_model.items()},
        {name: values[-1] for name, values in by_model.items()},
        [doubt_of(panel, stack) for stack in stacked],
        earlier_scores(panel, months, case.calendar),
        paths.runaway,
        paths.held,
    )


#: From how many earlier days, a month apart, a forecast says how it would have done.
EARLIER = 12


def earlier_scores(panel: Panel, months: int, calendar: Sequence[Announced] = ()) -> list[tuple[str, float, int]]:
    """The stack and the best baseline from earlier days, each blind to what came after: name, mean log score, days."""
    found: dict[str, list[float]] = {MODEL: [], EWMA: []}
    end = day_of(panel.end)
    for back in range(months, months + EARLIER):
        day = month_start(end, -back)
        start, stop = day_number(day), day_number(month_start(day, months))
        if start - panel.first < 60 or stop > panel.end:
            continue
        past, ahead = panel.before(start), MonthsAhead(1, months)
        history, rows = past_months(past, day), np.arange(len(panel.units))
        came, top = panel.between(start, stop), top_of(history, ahead)
        [stack] = stacks(past, [DaysAhead(0, stop - start)], lengths=lengths_of(past, calendar, stop - start))
        for name, pmf in ((MODEL, stack.pmf(rows, top)), (EWMA, baseline_pmf(EWMA, history, ahead, rows, top))):
            found[name].append(float(score.log_score(Predictive(pmf), came).mean()))
    return [(name, float(np.mean(values)), len(values)) for name, values in found.items() if values]


def summarise(outlook: Outlook) -> Forecast:
    """Probabilities to the numbers that a forecast shows."""
    origin, units = outlook.origin, outlook.panel.units
    months = len(outlook.months[MODEL])
    ahead = edges(origin, 1, months)
    past = past_months(outlook.panel, origin).counts
    return Forecast(
        table=pl.concat(
            [
                _rows(units, model, values, ahead, outlook.doubts[:-1] if model == MODEL else ())
                for model, values in outlook.months.items()
            ]
        ),
        history=_counts_frame(units, past, edges(origin, -past.shape[1], -1), first=-past.shape[1]),
        observed=None,
        scores=None,
        model=MODEL,
        draws=outlook.draws,
        horizon_days=day_number(ahead[-1]) - day_number(origin),
        totals=pl.concat(
            [
                _rows(units, model, [value], [ahead[0], ahead[-1]], outlook.doubts[-1:] if model == MODEL else ())
                for model, value in outlook.whole.items()
            ]
        ).drop("month"),
        mechanism=MECHANISM,
        weights=pl.DataFrame(
            [(member, c, weight) for member, weight in WEIGHTS.items() for c in dict.fromkeys(u[2] for u in units)],
            schema={"member": pl.String, "event_class": pl.String, "weight": pl.Float64},
            orient="row",
        ),
        past=pl.DataFrame(
            outlook.past,
            schema={"model": pl.String, "log_score": pl.Float64, "days": pl.Int64},
            orient="row",
        ),
        runaway=outlook.runaway,
        held=outlook.held,
    )


def reveal(outlook: Outlook, later: pl.DataFrame) -> Forecast:
    """The forecast with what happened next, and the scores of every model.

    Parameters
    ----------
    outlook : from `foresee`
    later : DataFrame, events dated on or after the origin, with event_class
    """
    plain, units = summarise(outlook), outlook.panel.units
    ahead = edges(outlook.origin, 1, len(outlook.months[MODEL]))
    counted = make_panel(later, units, ahead[-1], start=ahead[0])
    observed = counted.at([day_number(day) for day in ahead])
    measures: dict[str, Callable[[Predictive, Counts], Floats]]
    measures = {"crps": score.crps, "log_score": score.log_score, "coverage_90": partial(score.inside, level=0.9)}
    rows = [
        (model, name, float(np.mean([of(said, y) for said, y in zip(months, observed.T, strict=True)])), observed.size)
        for model, months in outlook.months.items()
        for name, of in measures.items()
    ]
    table = pl.DataFrame(rows, schema=["model", "metric", "value", "n"], orient="row")
    return replace(plain, observed=_counts_frame(units, observed, ahead, first=1), scores=table)


def _keys(units: Sequence[UnitName], first: int, boundaries: list[date]) -> dict[str, list[Any]]:
    """Columns that name every unit and span of days, unit by unit."""
    months = len(boundaries) - 1
    names = ("source", "target", "event_class")
    return {
        **{name: [unit[k] for unit in units for _ in range(months)] for k, name in enumerate(names)},
        "month": list(range(first, first + months)) * len(units),
        "period_start": boundaries[:-1] * len(units),
        "period_end": boundaries[1:] * len(units),
    }


def _rows(
    units: Sequence[UnitName],
    model: str,
    values: Sequence[Predictive],
    ahead: list[date],
    doubts: Sequence[Doubt] = (),
) -> pl.DataFrame:
    """One row per unit and span of days; what stands beside a chance is missing where no `doubts` are given."""

    def flat(of: Callable[[Predictive], Floats]) -> Floats:
        return np.stack([of(value) for value in values], axis=1).ravel()

    def beside(name: str) -> pl.Series:
        rows = len(values) * len(units)
        found = np.stack([getattr(one, name) for one in doubts], axis=1).ravel() if doubts else [None] * rows
        return pl.Series(found, dtype=pl.Float64)

    quantiles = {name: flat(lambda one, share=share: one.quantile(share)) for name, share in QUANTILES.items()}  # type: ignore[misc]
    means: dict[str, Floats | pl.Series] = {
        "mean": flat(lambda one: one.mean),
        **quantiles,
        "p_any": flat(lambda one: one.p_any),
    }
    means |= {"any_lower": beside("lower"), "any_upper": beside("upper"), "base_rate": beside("base_rate")}
    return pl.DataFrame({"model": [model] * (len(values) * len(units)), **_keys(units, 1, ahead), **means})


def _counts_frame(units: Sequence[UnitName], counts: Counts, boundaries: list[date], *, first: int) -> pl.DataFrame:
    return pl.DataFrame({**_keys(units, first, boundaries), "count": counts.ravel()})


# -- The mechanism model: simulated counts of a fit as probabilities.

#: How many draws' worth a negative binomial of the draws' mean and variance counts beside them.
_SMOOTH = 20.0


def played(fit: Fit, boundaries: Sequence[int], draws: int, seed: int, *, workers: int | None = None) -> Paths:
    """Paths whose periods lie between neighbouring days ahead of a fit's origin.

    Parameters
    ----------
    boundaries : rising day numbers, the first the fit's origin
    workers : as for `lynchpin.answers.simulate.simulate`
    """
    edges = [day - boundaries[0] for day in boundaries]
    steps = -(-edges[-1] // fit.case.step_days)
    return simulate(fit, steps, draws, seed, edges=edges, workers=workers)


def drawn_pmf(draws: Counts, top: int) -> Floats:
    """Draws as probabilities: their shares, smoothed by a negative binomial of their mean and variance.

    Half a count is added to the draws together, so that nothing is held to be impossible.

    Parameters
    ----------
    draws : ndarray, shape (draws, units)

    Returns
    -------
    ndarray, shape (units, top + 1)
    """
    n, units = draws.shape
    share = np.zeros((units, top + 2))
    np.add.at(share, (np.broadcast_to(np.arange(units), draws.shape), np.minimum(draws, top + 1)), 1.0 / n)
    mean, variance = draws.mean(axis=0) + 0.5 / n, draws.var(axis=0)
    size = np.where(variance > mean, mean**2 / np.maximum(variance - mean, 1e-12), np.inf)
    pmf = (n * share[:, :-1] + _SMOOTH * negative_binomial(mean, size, top).pmf) / (n + _SMOOTH)
    return roughened(pmf, draws.max(axis=0).astype(np.float64))
