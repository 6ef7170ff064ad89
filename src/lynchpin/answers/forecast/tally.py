"""Answers of many origins to the tables of a backtest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lynchpin.answers.forecast.backtest import Answer
from lynchpin.answers.forecast.baselines import BASELINES
from lynchpin.answers.forecast.ceiling import two_sided
from lynchpin.answers.forecast.forecast import MECHANISM, MODEL
from lynchpin.answers.forecast.months import Panel
from lynchpin.answers.forecast.stack import WEIGHTS
from lynchpin.days import day_number, horizon_days, month_start
from lynchpin.engine.scoring import scores as score
from lynchpin.engine.statistics.base import Floats

#: Metric -> what it is about: counts, or at least one. All are means but the last, which is one number.
TARGETS: dict[str, str] = {
    **dict.fromkeys(("crps", "log_score", *(f"interval_score_{level * 100:.0f}" for level in score.LEVELS)), "count"),
    **dict.fromkeys(("brier", "log_score_any", "average_precision"), "any"),
}

#: What skill is told of.
SKILL = ("crps", "log_score", "brier")

_KEYS = ["model", "horizon_days"]


_SKILL = "model against target metric horizon_days value lower upper best dm dm_p n"
_CEILING = "horizon_days metric against value lower upper ours share share_lower share_upper n"
_RELIABILITY = "model horizon_days bin_lower bin_upper forecast observed lower upper n"


#: Months ahead -> metric -> scores of two-sided rates on the spans of all origins that have the horizon.
Seen = Mapping[int, Mapping[str, Floats]]


def tables(
    answers: Sequence[Answer], panel: Panel, every: int, seed: int, seen: Seen | None = None
) -> dict[str, pl.DataFrame]:
    """The frames of `lynchpin.results.Backtest`, by name.

    Parameters
    ----------
    panel : Panel, the whole record
    every : int, months between origins
    seen : what rates from both sides would have scored, where it is known (`rolling.roll`); None: it is worked out
    """
    told = long(answers, panel)
    days = told["horizon_days"].unique().sort().to_list()
    months = {horizon_days(m): m for one in answers for m in one.came}
    skills, ceilings, reliable = [], [], []
    for one in days:
        of = told.filter(pl.col("horizon_days") == one)
        drawn = Drawn(of, max(1, -(-months[one] // every)), seed)
        skills += drawn.skill()
        ceilings += drawn.ceiling(panel, months[one], seen) if drawn.best(SKILL[0]) else []
        reliable += drawn.reliability()
    classes = list(dict.fromkeys(c for _, _, c in panel.units))
    asked = [(one.question.origin, horizon_days(m)) for one in answers for m in sorted(one.came)]
    return {
        "scores": _scores(told),
        "skill": _frame(skills, _SKILL),
        "ceiling": _frame(ceilings, _CEILING),
        "coverage": _coverage(told),
        "pit": _pit(told),
        "reliability": _frame(reliable, _RELIABILITY),
        "origins": told.group_by("origin", *_KEYS, maintain_order=True).agg(
            pl.col("crps", "log_score").mean(), expected=pl.col("mean").sum(), recorded=pl.col("came").sum()
        ),
        "weights": _frame(
            [(*when, member, c, weight) for when in asked for member, weight in WEIGHTS.items() for c in classes],
            "origin horizon_days member event_class weight",
        ),
    }


def _frame(rows: Sequence[tuple[Any, ...]], names: str) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=names.split(), orient="row", infer_schema_length=None)


def long(answers: Sequence[Answer], panel: Panel) -> pl.DataFrame:
    """A row for each horizon, origin, model and unit: what was scored, what came, its class and its pair of states."""
    names = list(dict.fromkeys("-".join(sorted((i, j))) for i, j, _ in panel.units))
    pair = [names.index("-".join(sorted((i, j)))) for i, j, _ in panel.units]
    told = [(one, of) for one in answers for of in one.scored]
    told.sort(key=lambda both: horizon_days(both[1].months))  # stable, so that origins and models keep their order
    times, units = len(told), len(panel.units)
    days = pl.Series([horizon_days(of.months) for _, of in told], dtype=pl.Int64)
    of_each: dict[str, list[Any]] = {
        "origin": [one.question.origin for one, _ in told],
        "model": [of.model for _, of in told],
    }
    again = pl.Series(np.repeat(np.arange(times), units))
    columns: dict[str, Any] = {
        "event_class": pl.Series([c for *_, c in panel.units], dtype=pl.String).gather(
            np.tile(np.arange(units), times)
        ),
        "pair": np.tile(np.array(pair, dtype=np.int64), times),
        "came": np.concatenate([one.came[of.months] for one, of in told]),
        **{name: np.concatenate([of.values[name] for _, of in told]) for name in told[0][1].values},
        **{name: pl.Series(values).gather(again) for name, values in of_each.items()},
        "horizon_days": days.gather(again),
    }
    return pl.DataFrame(columns)


def _scores(told: pl.DataFrame) -> pl.DataFrame:
    """Means of every metric over all units and by class, a class of "" for all."""
    both = pl.concat([told.with_columns(event_class=pl.lit("")), told])
    precision = pl.struct("p_any", "came").map_batches(_ranked, return_dtype=pl.Float64, returns_scalar=True)
    wide = both.group_by(*_KEYS, "event_class", maintain_order=True).agg(
        pl.col([name for name in TARGETS if name in both.columns]).mean(),
        average_precision=precision,
        n=pl.len().cast(pl.Int64),
    )
    tall = wide.unpivot(list(TARGETS), index=[*_KEYS, "event_class", "n"], variable_name="metric")
    return tall.select(
        "model", pl.col("metric").replace_strict(TARGETS).alias("target"), "event_class", "horizon_days", "metric",
        pl.col("value").fill_nan(None), "n",
    )  # fmt: skip


def _ranked(rows: pl.Series) -> float:
    chance, came = (rows.struct.field(name).to_numpy() for name in ("p_any", "came"))
    return score.average_precision(chance, (came > 0).astype(np.float64))


def _coverage(told: pl.DataFrame) -> pl.DataFrame:
    parts = [
        told.group_by(_KEYS, maintain_order=True).agg(
            level=pl.lit(level),
            value=pl.col(f"covered_{level * 100:.0f}").mean(),
            closed=pl.col(f"closed_{level * 100:.0f}").mean(),
            n=pl.len().cast(pl.Int64),
        )
        for level in score.LEVELS
    ]
    return pl.concat(parts).sort("horizon_days", maintain_order=True)


def _pit(told: pl.DataFrame) -> pl.DataFrame:
    names = [f"pit_{k}" for k in range(score.PIT_BINS)]
    tall = told.group_by(_KEYS, maintain_order=True).agg(pl.col(names).mean()).unpivot(names, index=_KEYS)
    k = pl.col("variable").str.strip_prefix("pit_").cast(pl.Int64)
    low, high = k / score.PIT_BINS, (k + 1) / score.PIT_BINS
    return tall.select(*_KEYS, bin_lower=low, bin_upper=high, share="value")


class Drawn:
    """One horizon's rows with what resamples of origins and pairs of states say of them.

    Parameters
    ----------
    of : rows of `long` of one horizon
    block : origins that one span reaches over
    """

    def __init__(self, of: pl.DataFrame, block: int, seed: int) -> None:
        self.by_model = {str(model): rows for (model,), rows in of.group_by("model", maintain_order=True)}
        self.days, self.block = int(of["horizon_days"][0]), block
        origins = of.group_by("model", maintain_order=True).agg(pl.col("origin").unique(maintain_order=True))
        self.origins: dict[str, list[Any]] = dict(origins.iter_rows())
        self.pairs = of["pair"].n_unique()
        self.resamples = cache(partial(score.resample, pairs=self.pairs, block=block, seed=seed))

    def sums(self, model: str, values: NDArray[Any] | str, origins: Sequence[Any] | None = None) -> Floats:
        """Values of a model's rows, or a column, summed by origin and pair: (origins, pairs)."""
        rows = self.by_model[model]
        count = len(self.origins[model])
        column = rows[values].to_numpy() if isinstance(values, str) else values
        place = np.repeat(np.arange(count), rows.height // count) * self.pairs + rows["pair"].to_numpy()
        flat = np.bincount(place, weights=column, minlength=count * self.pairs).astype(np.float64)
        summed = flat.reshape(count, self.pairs)
        return summed if origins is None else summed[[self.origins[model].index(day) for day in origins]]

    def best(self, metric: str) -> str:
        """The best of the seven baselines, picked afterwards; "" where there are none."""
        rivals = (name for name in self.by_model if name in BASELINES)
        return min(rivals, key=lambda name: float(self.by_model[name][metric].mean()), default="")  # type: ignore[arg-type]

    def skill(self) -> list[tuple[Any, ...]]:
        """Ours, and the mechanism model's, against every other forecaster."""
        found = []
        for metric in SKILL:
            best = self.best(metric)
            for model in (MODEL, MECHANISM):
                for against in self.by_model:
                    if model not in self.by_model or against in (model, MODEL):
                        continue
                    shared = [day for day in self.origins[model] if day in self.origins[against]]
                    ours, theirs = (self.sums(name, metric, shared) for name in (model, against))
                    value, lower, upper = score.skill_interval(ours, theirs, self.resamples(len(shared)))
                    dm, p = score.diebold_mariano(ours.sum(axis=1), theirs.sum(axis=1), self.block) or (None, None)
                    asked = (model, against, TARGETS[metric], metric, self.days)
                    found.append((*asked, value, lower, upper, against == best, dm, p, len(shared)))
        return found

    def ceiling(self, panel: Panel, months: int, seen: Seen | None) -> list[tuple[Any, ...]]:
        """What two-sided rates would have gained on the best baseline, and the share of it that ours has."""
        origins = self.origins[MODEL]
        if seen is None:
            starts = [day_number(day) for day in origins]
            seen = {months: two_sided(panel, starts, [day_number(month_start(day, months)) for day in origins])}
        drawn, found = self.resamples(len(origins)), []
        for metric, values in seen[months].items():
            best = self.best(metric)
            theirs, ours = (self.sums(name, metric) for name in (best, MODEL))
            known = self.sums(MODEL, values.ravel())
            value, lower, upper = score.skill_interval(known, theirs, drawn)
            gained, possible = (drawn.sums(theirs - part) for part in (ours, known))
            shares = (gained / np.where(possible > 0.0, possible, np.nan))[possible > 0.0]
            low, high = score.interval_of(shares if len(origins) >= score.LEAST_RESAMPLED else shares[:0])
            gain = 1.0 - float(ours.sum() / theirs.sum())
            share = gain / value if value > 0.0 else float("nan")
            said = (self.days, metric, best, value, lower, upper)
            found.append((*said, gain, share, low, high, len(origins)))
        return found

    def reliability(self) -> list[tuple[Any, ...]]:
        """Chances of at least one in ten bins, with how often there was one; intervals as for skill."""
        found, edges = [], np.linspace(0.0, 1.0, 11)
        for model, rows in self.by_model.items():
            chance, some = rows["p_any"].to_numpy(), rows["came"].to_numpy() > 0
            at = np.clip(np.digitize(chance, edges[1:-1]), 0, edges.size - 2)
            drawn = self.resamples(len(self.origins[model]))
            for k in np.unique(at):
                here = at == k
                hits, of = (drawn.sums(self.sums(model, part.astype(np.float64))) for part in (some & here, here))
                lower, upper = score.interval_of(hits[of > 0] / of[of > 0])
                bin_of = (model, self.days, float(edges[k]), float(edges[k + 1]))
                means = (float(chance[here].mean()), float(some[here].mean()))
                found.append((*bin_of, *means, lower, upper, int(here.sum())))
        return found
