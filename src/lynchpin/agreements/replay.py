"""The chance of an agreement through time, as it would have been issued: fitted anew on each day with what was known
then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from lynchpin.agreements.backtest import Progress
from lynchpin.agreements.covariates import MEANINGS
from lynchpin.agreements.hazards import COLUMNS, Hazards
from lynchpin.agreements.outlook import YEAR_WEEKS, chance_of, chances, fit_agreements
from lynchpin.errors import DidNotConverge, UnknownName
from lynchpin.results import AgreementLife

#: What is drawn through time, whatever the agreement has reached.
GOAL: Final = ("signed", "in_force")


def replay(
    lives: Sequence[AgreementLife],
    events: pl.DataFrame,
    agreement: str,
    *,
    states: Sequence[str],
    adversaries: Sequence[str],
    until: date,
    seed: int,
    step_days: int = 91,
    draws: int = 60,
    on_progress: Progress | None = None,
) -> pl.DataFrame:
    """Chance to stand signed or in force a year later, issued every `step_days` and on the day after every act.

    Parameters
    ----------
    lives, events, states, adversaries, seed : as for `fit_agreements`; each fit is cut to its own day
    agreement : str, id
    until : date, the last day of issue
    step_days : int; draws : int
    on_progress : called with the number of days done and in all

    Returns
    -------
    DataFrame, a row for each day of issue: date, standing, probability, lower, upper (90 %), then the value of each of
    the record's covariates, in standard deviations (null where the record does not follow the parties)

    Raises
    ------
    UnknownName : no agreement has that id
    """
    life = next((one for one in lives if one.id == agreement), None)
    if life is None:
        raise UnknownName(f"no agreement {agreement!r}", "replay", "ask for one of the stage file")
    first = life.history[0].date + timedelta(days=1)
    acts = {act.date + timedelta(days=1) for act in life.history}
    grid = {until - timedelta(days=k * step_days) for k in range((until - first).days // step_days + 1)}
    days = sorted(day for day in acts | grid if first <= day <= until)
    rows: list[dict[str, object]] = []
    like: Hazards | None = None
    for done, day in enumerate(days):
        try:
            fitted = fit_agreements(
                lives, events, states=states, adversaries=adversaries, origin=day, seed=seed, like=like
            )
        except DidNotConverge:
            continue
        like = fitted.hazards
        start = fitted.start(next(one for one in fitted.lives if one.id == agreement), draws)
        drawn = chance_of(chances(start, YEAR_WEEKS), YEAR_WEEKS, GOAL)
        lower, upper = np.quantile(drawn, [0.05, 0.95])
        outside = bool(start.x[COLUMNS.index("outside")])
        values = start.x[len(COLUMNS) - len(MEANINGS) :]
        rows.append(
            {
                "date": day,
                "standing": start.now.standing.stage,
                "probability": float(drawn.mean()),
                "lower": float(lower),
                "upper": float(upper),
                **{name: None if outside else float(v) for name, v in zip(MEANINGS, values, strict=True)},
            }
        )
        if on_progress:
            on_progress(done + 1, len(days))
    numbers = ("probability", "lower", "upper", *MEANINGS)
    schema: dict[str, type[pl.DataType]] = {"date": pl.Date, "standing": pl.String}
    for name in numbers:
        schema[name] = pl.Float64
    return pl.DataFrame(rows, schema=schema)
