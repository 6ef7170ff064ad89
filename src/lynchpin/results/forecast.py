"""Counts to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from lynchpin.numbers import per_cent
from lynchpin.results.base import Rows, Shown, Told, chance, drawn

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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Forecast(Told, Shown):
    """Counts to come, per dyad, class and month: stacked, by the mechanism model and by each baseline.

    table : DataFrame, one row per model, source, target, class and month ahead; columns model, source, target,
        event_class, month (1, 2, ...), period_start, period_end (exclusive), mean, q05 ... q95 (see QUANTILES),
        p_any, p_1, p_2 (chances of at least one event, of exactly one, of exactly two), and of `model` alone any_lower,
        any_upper (the 90 % interval of p_any: what the record leaves open about how much there usually is) and
        base_rate (share of the windows as long, side by side before the origin, that held one; half a window with and
        half one without added)
    history : DataFrame, counts in the months before the origin: source, target, event_class, month (-1 is the last
        month, -2 the one before, ...), period_start, period_end, count
    observed : DataFrame or None, what happened in the forecast's months: source, target, event_class, month,
        period_start, period_end, count; only where a reveal was asked for
    scores : DataFrame or None, with observed: model, metric ("crps", "log_score", "coverage_90"), value, n;
        smaller crps and log_score are better
    model : str, name of the forecast that is shown, in `table`: the stacked one
    mechanism : str, name of the mechanism model in `table`; "" where there is none
    weights : DataFrame or None, the members of the stack: member, event_class, weight; weights of a class sum to one
    runaway, held : float, of the mechanism model's paths: see `lynchpin.results.forecast`
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

    def plot(self, source: str, target: str, event_class: str) -> alt.TopLevelMixin:
        """The fan of one dyad and class: months behind as bars, months ahead as bands."""
        return drawn(self, source, target, event_class)

    def to_frame(self) -> pl.DataFrame:
        """One row per model, dyad, class and month ahead."""
        return self.table


def nothing_ahead() -> Forecast:
    """A forecast of nothing: what a brief holds before one is made."""
    none = pl.DataFrame()
    return Forecast(none, none, None, None, model="", draws=0, horizon_days=0)


# -- At least one act of a pattern by a day.


@dataclass(frozen=True, slots=True, repr=False)
class AnyBy(Told, Shown):
    """The chance that at least one act of a pattern happens in time."""

    acts: str  # the pattern, as asked
    start: date  # the first day that counts
    by: date  # the last day that counts
    p_any: float  # chance of at least one, by the default forecast
    lower: float  # 90 % interval of the chance: what the record leaves open about how much there usually is
    upper: float
    mean: float  # acts expected, by the default forecast
    q05: int
    q95: int
    draws: int
    windows: int  # whole windows of the same length before `start`, side by side
    windows_with_any: int  # of these, with at least one
    base_rate: float  # their share, half a window with and half one without added
    mechanism_p_any: float  # the same chance by the mechanism model alone
    mechanism_mean: float
    runaway: float = 0.0  # see `lynchpin.results.forecast`
    held: float = 0.0


@dataclass(frozen=True, slots=True, repr=False)
class AnyOf(Told, Rows[AnyBy], Shown):
    """The chances of several patterns, in the order they were asked in: a sequence of `AnyBy`."""

    rows: tuple[AnyBy, ...]


# -- How a chance is said.


def chance_beside(share: float, lower: float | None, upper: float | None, base_rate: float | None) -> str:
    """A chance with its 90 % interval and its base rate, as far as there are some.

    Examples
    --------
    >>> chance_beside(0.92, 0.81, 0.999, 0.77), chance_beside(0.92, None, None, None)
    ('92 % (81 % to > 99.5 %; base rate 77 %)', '92 %')
    """
    beside = [] if lower is None or upper is None else [f"{chance(lower)} to {chance(upper)}"]
    beside += [] if base_rate is None else [f"base rate {chance(base_rate)}"]
    return f"{chance(share)} ({'; '.join(beside)})" if beside else chance(share)


# -- What a reader of simulated paths is warned of.

#: When a path has run away.
RUN_AWAY = "a step more than three times as full as any of the record"

#: Above this share of values that were held at the end of their range, the paths are where the record never was.
MOST_HELD = 0.05


def beware(runaway: float, held: float) -> tuple[str, ...]:
    """Warnings about paths, in plain words; none where they stay near what the record has shown.

    Parameters
    ----------
    runaway : float, share of paths that ran away
    held : float, share of values of statistics that left their range in the record and were held at its end

    Examples
    --------
    >>> beware(0.0, 0.013)
    ()
    """
    said = []
    if runaway > 0.0:
        said.append(f"Beware: {per_cent(max(runaway, 0.001), 1)} of the paths run away: {RUN_AWAY}.")
    if held > MOST_HELD:
        said.append(
            f"Beware: {per_cent(held, 1)} of the values of statistics left the range of the record and were held at "
            "its end: the paths go where the record has never been, and acts that feed one another would run away "
            "there."
        )
    return tuple(said)


# -- The relation index ahead, and the lateral gap.


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class IndexAhead(Shown):
    """The relation index of every pair, and the lateral gap, at the end of each month ahead.

    table : DataFrame, columns pair, date, mean, q05 ... q95 (see QUANTILES)
    draws : int, simulated paths
    runaway, held : float, of the paths: see `lynchpin.results.forecast`
    """

    table: pl.DataFrame
    draws: int
    runaway: float
    held: float

    def to_frame(self) -> pl.DataFrame:
        """One row per pair and month."""
        return self.table
