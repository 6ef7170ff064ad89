"""Counts to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from lynchpin.results.beware import beware

if TYPE_CHECKING:
    import altair as alt


#: The quantiles that every forecast row carries, in column order.
QUANTILES: dict[str, float] = {
    "q05": 0.05,
    "q10": 0.10,
    "q25": 0.25,
    "q50": 0.50,
    "q75": 0.75,
    "q90": 0.90,
    "q95": 0.95,
}


@dataclass(frozen=True, slots=True)
class Watch:
    """A dyad and class whose outlook the brief shows large."""

    source: str
    target: str
    event_class: str


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Counts to come, per dyad, class and month: stacked, by the mechanism model and by each baseline.

    table : DataFrame, one row per model, source, target, class and month ahead; columns model, source, target,
        event_class, month (1, 2, ...), period_start, period_end (exclusive), mean, q05 ... q95 (see QUANTILES),
        p_any (chance of at least one event)
    history : DataFrame, counts in the months before the origin: source, target, event_class, month (-1 is the last
        month, -2 the one before, ...), period_start, period_end, count
    observed : DataFrame or None, what happened in the forecast's months: source, target, event_class, month,
        period_start, period_end, count; only where a reveal was asked for
    scores : DataFrame or None, with observed: model, metric ("crps", "log_score", "coverage_90"), value, n;
        smaller crps and log_score are better
    model : str, name of the forecast that is shown, in `table`: the stacked one
    mechanism : str, name of the mechanism model in `table`; "" where there is none
    weights : DataFrame or None, the members of the stack: member, event_class, weight; weights of a class sum to one
    runaway, held : float, of the mechanism model's paths: see `lynchpin.results.beware`
    past : DataFrame or None, how the stack (with the weights it starts from, without the mechanism model) and the best
        of the baselines would have done over the same horizon from earlier days: model, log_score, days
    totals : DataFrame or None, `table` for the whole horizon at once, the same columns without
        month (quantiles of months do not add up to the quantiles of their sum)
    """

    table: pl.DataFrame
    history: pl.DataFrame
    observed: pl.DataFrame | None
    scores: pl.DataFrame | None
    model: str
    draws: int
    horizon_days: int
    totals: pl.DataFrame | None = None
    mechanism: str = ""
    weights: pl.DataFrame | None = None
    past: pl.DataFrame | None = None
    runaway: float = 0.0
    held: float = 0.0

    def to_frame(self) -> pl.DataFrame:
        """One row per model, dyad, class and month ahead."""
        return self.table

    def summary(self) -> str:
        """Our expected counts over the whole horizon, the largest ten, with their 80 % intervals."""
        lines = [f"events expected over {self.horizon_days} days, {self.draws} draws"]
        if self.totals is not None:
            ours = self.totals.filter(pl.col("model") == self.model).sort("mean", descending=True).head(10)
            lines += [
                f"{row['source']} -> {row['target']} {row['event_class']:24} {row['mean']:6.1f} "
                f"({row['q10']} to {row['q90']})"
                for row in ours.iter_rows(named=True)
            ]
        return "\n".join([*lines, *beware(self.runaway, self.held)])

    def plot(self, source: str, target: str, event_class: str) -> alt.TopLevelMixin:
        """The fan of one dyad and class: months behind as bars, months ahead as bands."""
        from lynchpin.plots import fan, theme

        watch = Watch(source, target, event_class)
        name = f"{source} to {target}, {event_class.replace('_', ' ')}"
        drawn = (fan.behind(self, watch), fan.ahead(self, watch), fan.came(self, watch))
        return fan.draw(*drawn, name, theme.ACCENT)
