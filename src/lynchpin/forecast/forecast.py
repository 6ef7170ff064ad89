"""The forecast of a fit, month by month, beside the baselines; and what happened next, for a reveal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lynchpin.cases import Case
from lynchpin.errors import BadValue
from lynchpin.events import day_number
from lynchpin.forecast import scores as score
from lynchpin.forecast.baselines import BASELINES
from lynchpin.forecast.months import edges, month_start, monthly_counts, unit_names
from lynchpin.models import Fit
from lynchpin.results import QUANTILES, Forecast
from lynchpin.simulate import simulate

MODEL = "lynchpin"

#: Past months that a forecast shows and that the baselines read.
HISTORY_MONTHS = 36

Draws = Mapping[str, NDArray[np.int64]]


def forecast(
    fit: Fit, *, days: int = 180, draws: int = 1000, seed: int | None = None, workers: int | None = None
) -> Forecast:
    """Counts of every dyad and class in the months after the origin, by the fit and by each baseline.

    Parameters
    ----------
    fit : Fit
    days : int, how far ahead, rounded to whole months (180 days are six), 1 to 60 of them
    draws : int, simulated paths, at least 100
    seed : int or None, None for the case's own
    workers : int or None, threads that share the paths, None for one for each core; the answer is the same

    Returns
    -------
    Forecast

    Raises
    ------
    BadValue : days or draws out of range
    """
    return summarise(fit, forecast_draws(fit, days=days, draws=draws, seed=seed, workers=workers))


def forecast_draws(
    fit: Fit, *, days: int = 180, draws: int = 1000, seed: int | None = None, workers: int | None = None
) -> Draws:
    """The draws behind a forecast: model name -> (draws, months, units)."""
    months = round(days / 30.4375)
    if not 1 <= months <= 60:
        raise BadValue(f"cannot forecast {days} days ahead", "days", "ask for 30 to 1826 days")
    if draws < 100:
        raise BadValue(f"{draws} draws are too few for quantiles", "draws", "ask for at least 100; 1000 is usual")
    case, origin = fit.case, fit.made_from.origin
    used = case.seed if seed is None else seed
    ahead = edges(origin, 1, months)
    steps = -(-(day_number(ahead[-1]) - day_number(origin)) // case.step_days)
    days_ahead = [day_number(day) - day_number(origin) for day in ahead]
    paths = simulate(fit, steps, draws, used, edges=days_ahead, workers=workers)
    history = monthly_counts(fit.events, case, _behind(fit))
    drawn = {MODEL: paths.counts.astype(np.int64)}
    for stream, (name, baseline) in enumerate(BASELINES.items(), start=2):  # a stream each: none leans on another
        drawn[name] = baseline(history, months, np.random.default_rng([used, stream]), draws)
    return drawn


def summarise(fit: Fit, draws: Draws) -> Forecast:
    """Draws to the quantiles that a forecast shows."""
    case, origin = fit.case, fit.made_from.origin
    months = draws[MODEL].shape[1]
    ahead, behind = edges(origin, 1, months), _behind(fit)
    past = monthly_counts(fit.events, case, behind)
    return Forecast(
        table=pl.concat([_quantiles(case, model, values, ahead) for model, values in draws.items()]),
        history=_counts_frame(case, past, behind, first=-past.shape[1]),
        observed=None,
        scores=None,
        model=MODEL,
        draws=draws[MODEL].shape[0],
        horizon_days=day_number(ahead[-1]) - day_number(origin),
        totals=pl.concat(
            [
                _quantiles(case, model, values.sum(axis=1, keepdims=True), [ahead[0], ahead[-1]])
                for model, values in draws.items()
            ]
        ).drop("month"),
    )


def reveal(fit: Fit, draws: Draws, later: pl.DataFrame) -> Forecast:
    """The forecast with what happened next, and the scores of every model.

    Parameters
    ----------
    draws : from `forecast_draws`
    later : DataFrame, events dated on or after the origin, with event_class
    """
    case, plain = fit.case, summarise(fit, draws)
    ahead = edges(fit.made_from.origin, 1, draws[MODEL].shape[1])
    observed = monthly_counts(later, case, ahead)
    rows: list[tuple[str, str, float, int]] = []
    for model, values in draws.items():
        measured = {
            "crps": score.crps(values, observed.T),
            "log_score": score.log_score(values, observed.T),
            "coverage_90": score.covered(values, observed.T, 0.9).astype(float),
        }
        rows += [(model, metric, float(found.mean()), found.size) for metric, found in measured.items()]
    table = pl.DataFrame(rows, schema=["model", "metric", "value", "n"], orient="row")
    return replace(plain, observed=_counts_frame(case, observed, ahead, first=1), scores=table)


def _behind(fit: Fit) -> list[date]:
    """Boundaries of the past months, as many whole ones as the record has, at most HISTORY_MONTHS, at least one."""
    origin: date = fit.made_from.origin
    months = 1
    while months < HISTORY_MONTHS and month_start(origin, -(months + 1)) >= fit.made_from.first_event_date:
        months += 1
    return edges(origin, -months, -1)


def _quantiles(case: Case, model: str, values: NDArray[np.int64], ahead: list[date]) -> pl.DataFrame:
    """One row per dyad, class and month: values is (draws, months, units)."""
    names = unit_names(case)
    months = values.shape[1]
    found = np.quantile(values, list(QUANTILES.values()), axis=0, method="inverted_cdf")
    flat = {name: found[k].T.ravel().astype(np.int64) for k, name in enumerate(QUANTILES)}
    return pl.DataFrame(
        {
            "model": [model] * (months * len(names)),
            "source": [i for i, _, _ in names for _ in range(months)],
            "target": [j for _, j, _ in names for _ in range(months)],
            "event_class": [c for _, _, c in names for _ in range(months)],
            "month": list(range(1, months + 1)) * len(names),
            "period_start": ahead[:-1] * len(names),
            "period_end": ahead[1:] * len(names),
            "mean": values.mean(axis=0).T.ravel(),
            **flat,
            "p_any": (values > 0).mean(axis=0).T.ravel(),
        }
    )


def _counts_frame(case: Case, counts: NDArray[np.int64], boundaries: list[date], *, first: int) -> pl.DataFrame:
    names, months = unit_names(case), counts.shape[1]
    return pl.DataFrame(
        {
            "source": [i for i, _, _ in names for _ in range(months)],
            "target": [j for _, j, _ in names for _ in range(months)],
            "event_class": [c for _, _, c in names for _ in range(months)],
            "month": list(range(first, first + months)) * len(names),
            "period_start": boundaries[:-1] * len(names),
            "period_end": boundaries[1:] * len(names),
            "count": counts.ravel(),
        }
    )
