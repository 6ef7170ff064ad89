"""The forecast of a fit, month by month: the stacked one, the mechanism model beside it, and the baselines.

Every number is read off exact probabilities. Those of the whole horizon are those of the sum, not sums of months.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl

from lynchpin import limits
from lynchpin.account.cases.calendar import Announced
from lynchpin.answers.forecast.baselines import (
    BASELINES,
    HISTORY_MONTHS,
    LONG_MONTHS,
    MonthsAhead,
    PastMonths,
    baseline_pmf,
    spread_of,
)
from lynchpin.answers.forecast.calendar import lengths
from lynchpin.answers.forecast.mechanism import drawn_pmf, played
from lynchpin.answers.forecast.months import Panel, UnitName, make_panel, unit_names
from lynchpin.answers.forecast.stack import EWMA, WEIGHTS, DaysAhead, stacks
from lynchpin.days import day_number, day_of, edges, month_start, months_ahead
from lynchpin.defaults import DAYS, DRAWS
from lynchpin.engine.scoring import scores as score
from lynchpin.engine.scoring.predictive import Counts, Predictive
from lynchpin.model import Fit
from lynchpin.results import QUANTILES, Forecast

#: What the stacked forecast and the mechanism model are called in every table.
MODEL, MECHANISM = "lynchpin", "mechanism model"

#: The grid of counts reaches so many times the largest count of a unit's past, and at least so far.
_REACH, _LEAST_TOP = 4.0, 20


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Every model's probabilities: month by month, and for all months together.

    months : model -> one Predictive for each month; whole : model -> Predictive of their sum
    past : model -> its mean log score from earlier days, as far as their answers are known, and how many days
    runaway, held : of the mechanism model's paths: see `lynchpin.answers.simulate.Paths`
    """

    panel: Panel
    origin: date
    draws: int
    months: Mapping[str, Sequence[Predictive]]
    whole: Mapping[str, Predictive]
    past: Mapping[str, float]
    past_days: int
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
    stacked = stacks(panel, spans, lengths=lengths(panel, case.calendar, spans[-1].days))
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
        *earlier_scores(panel, months, case.calendar),
        paths.runaway,
        paths.held,
    )


#: From how many earlier days, a month apart, a forecast says how it would have done.
EARLIER = 12


def earlier_scores(panel: Panel, months: int, calendar: Sequence[Announced] = ()) -> tuple[dict[str, float], int]:
    """Mean log scores of the stack and of the best baseline from earlier days, each blind to what came after it.

    Returns
    -------
    dict (model -> nats, empty where no answer is known yet), and how many days
    """
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
        [stack] = stacks(past, [DaysAhead(0, stop - start)], lengths=lengths(past, calendar, stop - start))
        for name, pmf in ((MODEL, stack.pmf(rows, top)), (EWMA, baseline_pmf(EWMA, history, ahead, rows, top))):
            found[name].append(float(score.log_score(Predictive(pmf), came).mean()))
    days = len(found[MODEL])
    return ({name: float(np.mean(values)) for name, values in found.items()} if days else {}), days


def past_months(panel: Panel, end: date) -> PastMonths:
    """The months before the end of what is known: all whole ones, at most LONG_MONTHS, at least one."""
    months = 1
    while months < LONG_MONTHS and day_number(month_start(end, -(months + 1))) >= panel.first:
        months += 1
    boundaries = [day_number(day) for day in edges(end, -months, -1)]
    kept, long = boundaries[-HISTORY_MONTHS - 1 :], panel.at(boundaries)
    return PastMonths(long[:, -HISTORY_MONTHS:], panel.volume_at(kept), long)


def top_of(history: PastMonths, ahead: MonthsAhead, rows: Counts | None = None) -> int:
    """How far the grid of counts reaches for some units (None: all)."""
    spread = spread_of(history, ahead)
    return int(max(_REACH * (spread if rows is None else spread[rows]).max(initial=0.0), _LEAST_TOP))


def summarise(outlook: Outlook) -> Forecast:
    """Probabilities to the numbers that a forecast shows."""
    origin, units = outlook.origin, outlook.panel.units
    months = len(outlook.months[MODEL])
    ahead = edges(origin, 1, months)
    past = past_months(outlook.panel, origin).counts
    return Forecast(
        table=pl.concat([_rows(units, model, values, ahead) for model, values in outlook.months.items()]),
        history=_counts_frame(units, past, edges(origin, -past.shape[1], -1), first=-past.shape[1]),
        observed=None,
        scores=None,
        model=MODEL,
        draws=outlook.draws,
        horizon_days=day_number(ahead[-1]) - day_number(origin),
        totals=pl.concat(
            [_rows(units, model, [value], [ahead[0], ahead[-1]]) for model, value in outlook.whole.items()]
        ).drop("month"),
        mechanism=MECHANISM,
        weights=pl.DataFrame(
            [(member, c, weight) for member, weight in WEIGHTS.items() for c in dict.fromkeys(u[2] for u in units)],
            schema={"member": pl.String, "event_class": pl.String, "weight": pl.Float64},
            orient="row",
        ),
        past=pl.DataFrame(
            {
                "model": list(outlook.past),
                "log_score": list(outlook.past.values()),
                "days": [outlook.past_days] * len(outlook.past),
            },
            schema={"model": pl.String, "log_score": pl.Float64, "days": pl.Int64},
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
    rows: list[tuple[str, str, float, int]] = []
    for model, months in outlook.months.items():
        measured = {
            "crps": [score.crps(month, y) for month, y in zip(months, observed.T, strict=True)],
            "log_score": [score.log_score(month, y) for month, y in zip(months, observed.T, strict=True)],
            "coverage_90": [score.inside(month, y, 0.9) for month, y in zip(months, observed.T, strict=True)],
        }
        rows += [(model, metric, float(np.mean(found)), observed.size) for metric, found in measured.items()]
    table = pl.DataFrame(rows, schema=["model", "metric", "value", "n"], orient="row")
    return replace(plain, observed=_counts_frame(units, observed, ahead, first=1), scores=table)


def _rows(units: Sequence[UnitName], model: str, values: Sequence[Predictive], ahead: list[date]) -> pl.DataFrame:
    """One row per unit and span of days."""
    months = len(values)
    flat = {
        name: np.stack([value.quantile(share) for value in values], axis=1).ravel() for name, share in QUANTILES.items()
    }
    return pl.DataFrame(
        {
            "model": [model] * (months * len(units)),
            "source": [i for i, _, _ in units for _ in range(months)],
            "target": [j for _, j, _ in units for _ in range(months)],
            "event_class": [c for _, _, c in units for _ in range(months)],
            "month": list(range(1, months + 1)) * len(units),
            "period_start": ahead[:-1] * len(units),
            "period_end": ahead[1:] * len(units),
            "mean": np.stack([value.mean for value in values], axis=1).ravel(),
            **flat,
            "p_any": np.stack([value.p_any for value in values], axis=1).ravel(),
        }
    )


def _counts_frame(units: Sequence[UnitName], counts: Counts, boundaries: list[date], *, first: int) -> pl.DataFrame:
    months = counts.shape[1]
    return pl.DataFrame(
        {
            "source": [i for i, _, _ in units for _ in range(months)],
            "target": [j for _, j, _ in units for _ in range(months)],
            "event_class": [c for _, _, c in units for _ in range(months)],
            "month": list(range(first, first + months)) * len(units),
            "period_start": boundaries[:-1] * len(units),
            "period_end": boundaries[1:] * len(units),
            "count": counts.ravel(),
        }
    )
