"""How forecasts would have done: scores from many origins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from lynchpin.results.base import Shown, Told


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Backtest(Told, Shown):
    """Scores of every model from many past origins, each blind to its own future.

    scores : DataFrame: model, target ("count", "any"), event_class ("" for all), horizon_days, metric, value, n;
        means over units and origins, smaller is better; average_precision (of "any") is one number, larger is better
    skill : DataFrame: model, against, target, metric, horizon_days, value (1 - mean score / the other's), lower, upper
        (90 %, origins resampled in blocks and pairs of states singly), best (whether the other is the best of the
        baselines that count, on that metric),
        dm, dm_p (Diebold-Mariano, corrected by Harvey, Leybourne and Newbold; null for few origins), n (origins)
    ceiling : DataFrame: horizon_days, metric, against (the best of the baselines that count), value (what two-sided
        rates, from before and after each span, would have gained on it), lower, upper, ours (what ours gained), share
        (ours / value), share_lower, share_upper, n; the ends as for skill
    coverage : DataFrame: model, horizon_days, level, value (by the randomised PIT), closed (ends included), n
    pit : DataFrame: model, horizon_days, bin_lower, bin_upper, share
    reliability : DataFrame: model, horizon_days, bin_lower, bin_upper, forecast, observed, lower, upper, n: chances of
        at least one against how often there was one
    origins : DataFrame: origin, model, horizon_days, crps, log_score, expected, recorded: means and sums over units
    weights : DataFrame: origin, horizon_days, member, event_class, weight: of the stack, which are fixed
    baselines : the seven that ours is held to; further : more that are told beside them
    """

    subject: str  # the case, or "top:25 dyads"
    title: str
    model: str
    mechanism: str  # "" where there is none
    baselines: tuple[str, ...]
    further: tuple[str, ...]
    origin_days: tuple[date, ...]
    lag_days: int
    units: int
    dyads: tuple[tuple[str, str], ...]
    classes: tuple[str, ...]
    events: int
    first_event_date: date
    last_event_date: date
    data_hash: str
    view: str
    seed: int
    version: str
    scores: pl.DataFrame
    skill: pl.DataFrame
    ceiling: pl.DataFrame
    coverage: pl.DataFrame
    pit: pl.DataFrame
    reliability: pl.DataFrame
    origins: pl.DataFrame
    weights: pl.DataFrame
    store: str = ""  # file name of the store; "" for the case's own chronology

    def told(self) -> str:
        """Subject, days, events and store in a line."""
        days, noun = self.origin_days, "episodes" if self.view == "episodes" else "events"
        origins = f"{len(days)} origins from {days[0]} to {days[-1]}" if len(days) > 1 else f"one origin, {days[0]}"
        return (
            f"{self.subject}, {origins}: {self.events:,} {noun} from {self.first_event_date} to "
            f"{self.last_event_date}, {self.store or 'own chronology'}"
        )

    @property
    def horizons(self) -> list[int]:
        """Horizons in days, short to long."""
        return sorted(self.scores["horizon_days"].unique().to_list())

    def to_frame(self) -> pl.DataFrame:
        """One tidy frame of all that was scored: section ("score", "skill", ...), and the columns below."""
        keep = ["model", "against", "target", "event_class", "horizon_days", "metric", "value", "lower", "upper", "n"]
        none = {name: pl.lit(None, dtype=pl.Float64) for name in ("lower", "upper")}
        empty = {name: pl.lit("") for name in ("against", "event_class")}
        share = pl.col("level").mul(100).round(0).cast(pl.Int64)
        bins = pl.format("{} to {}", pl.col("bin_lower").round(2), pl.col("bin_upper").round(2))
        parts = [
            self.scores.with_columns(section=pl.lit("score"), against=pl.lit(""), **none),
            self.skill.with_columns(section=pl.lit("skill"), event_class=pl.lit("")),
            self.coverage.with_columns(
                section=pl.lit("coverage"),
                target=pl.lit("count"),
                metric=pl.format("coverage_{}", share),
                **empty,
                **none,
            ),
            self.pit.with_columns(
                section=pl.lit("pit"),
                target=pl.lit("count"),
                metric=bins,
                value=pl.col("share"),
                n=pl.lit(None, dtype=pl.Int64),
                **empty,
                **none,
            ),
            self.reliability.with_columns(
                section=pl.lit("reliability"), target=pl.lit("any"), metric=bins, value=pl.col("observed"), **empty
            ),
        ]
        return pl.concat([part.select("section", *keep) for part in parts])
