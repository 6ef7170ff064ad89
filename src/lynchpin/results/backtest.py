"""How forecasts would have done: scores from many origins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from lynchpin.results.base import Shown, Told


@dataclass(frozen=True, slots=True)
class FeedDays:
    """Which days of a feed have data.

    first, end : date, the first day of the record, and the day after its last
    days_with_reports : int
    usual : float, the median number of reports of such a day; 0 where no row was coded by machine
    holes : pairs of the first day of a run without data and the first day after it, by day
    """

    first: date
    end: date
    days_with_reports: int
    usual: float
    holes: tuple[tuple[date, date], ...]

    @property
    def days_in_holes(self) -> int:
        """How many days the holes have together."""
        return sum((b - a).days for a, b in self.holes)


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
    feed_days: FeedDays | None  # None: people wrote the record, which has no volume by day
    left_out: int  # pairs of an origin and a horizon that were not asked, since data are missing there
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


def days_line(covered: FeedDays, most: int = 3) -> str:
    """Which days have data, in a sentence.

    Examples
    --------
    >>> days_line(FeedDays(date(2018, 1, 1), date(2018, 4, 11), 90, 500.0, ((date(2018, 2, 1), date(2018, 2, 11)),)))
    '100 days, 90 with reports, usually 500; holes of 10 days in all: 2018-02-01 to 2018-02-10'
    """
    days = (covered.end - covered.first).days
    said = f"{days:,} days, {covered.days_with_reports:,} with reports, usually {covered.usual:,.0f}"
    if not covered.holes:
        return f"{said}; no hole"
    longest = sorted(sorted(covered.holes, key=lambda hole: hole[0] - hole[1])[:most])
    shown = ", ".join(str(a) if (b - a).days == 1 else f"{a} to {b - timedelta(days=1)}" for a, b in longest)
    more = f", and {len(covered.holes) - most} shorter ones" if len(covered.holes) > most else ""
    return f"{said}; holes of {covered.days_in_holes:,} days in all: {shown}{more}"
