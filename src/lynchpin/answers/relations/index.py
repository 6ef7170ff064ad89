"""The relation index: decayed magnitude of a pair's acts, net of conflict, between -1 and 1."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import combinations

import numpy as np
import polars as pl

from lynchpin.account.cases import Case
from lynchpin.answers.relations.blocks import block_weights, prior_weight, remembered_acts
from lynchpin.answers.relations.change_points import change_points
from lynchpin.engine.statistics.base import Floats
from lynchpin.events import acts_of, first_day
from lynchpin.results import RelationIndex

#: One act's worth of doubt, half of it cooperative and half hostile, of this size: a pair that has long been silent
#: drifts to zero and its interval widens.
DOUBT_ACTS, DOUBT_SIZE = 1.0, 5.0

#: Reweightings of the acts behind each interval (Rubin 1981, The Bayesian bootstrap, Annals of Statistics 9(1)).
REWEIGHTINGS = 200


def relation_index(case: Case, events: pl.DataFrame, origin: date) -> RelationIndex:
    """The index of every pair of the case's states, month by month up to an origin.

    At time t it is sum(w m) / (sum(w |m|) + doubt) over the pair's acts dated before t, m the magnitude and w halving
    every half-life. An act counts once for each unordered pair in it. The 90 % interval is of the pair's own balance,
    what the index would be without doubt and with no end of acts like these: the acts are reweighted in blocks that
    are as long as their signs persist (`block_weights`), and the doubt by a prior worth one independent act
    (`prior_weight`).

    Parameters
    ----------
    case : Case
    events : DataFrame from `case_events`, dated before `origin`
    origin : date

    Returns
    -------
    RelationIndex
    """
    grid = _months(first_day(events), origin)
    told = acts_of(events)
    acts = pair_acts(told, case.states)
    rng = np.random.default_rng(case.seed)
    drawn = rng.standard_exponential((REWEIGHTINGS + 1, told.height))
    doubt = rng.standard_gamma(DOUBT_ACTS / 2.0, (2, REWEIGHTINGS + 1))
    doubt[:, 0] = DOUBT_ACTS / 2.0  # the index itself; the rest are its interval
    begins = rng.random((REWEIGHTINGS + 1, told.height))
    paths: dict[str, Floats] = {}
    series, turns = [], []
    for pair in combinations(case.states, 2):
        name = "-".join(sorted(pair))
        mine = acts.filter((pl.col("low") == min(pair)) & (pl.col("high") == max(pair)))
        at = mine["event"].to_numpy()
        magnitude, days = mine["magnitude"].to_numpy(), mine["date"].to_numpy().astype("datetime64[D]").astype(float)
        remembered = remembered_acts(days, case.index_half_life_days)
        weights = block_weights(magnitude, drawn[:, at], begins[:, at], remembered)
        in_turn = mine.with_columns(event=pl.int_range(mine.height))
        prior = np.hstack([doubt[:, :1], doubt[:, 1:] * prior_weight(magnitude)])
        paths[name], decayed = _paths(in_turn, weights, prior, grid, case.index_half_life_days)
        series.append(_series(name, grid, paths[name], decayed))
        turns.append(change_points(name, mine, case.seed))
    gap, gap_pair, patron_pairs = _gap(case, paths, grid)
    return RelationIndex(
        series=pl.concat(series).sort("pair", "date"),
        change_points=pl.concat(turns).sort("pair", "date"),
        gap=gap,
        gap_pair=gap_pair,
        gap_patron_pairs=patron_pairs,
        half_life_days=case.index_half_life_days,
    )


def pair_acts(events: pl.DataFrame, states: tuple[str, ...]) -> pl.DataFrame:
    """Each event once for each unordered pair of states in it: columns event (its row), date, magnitude, low, high."""
    return (
        events.with_row_index("event")
        .filter(pl.col("magnitude").is_not_null())
        .select("event", "date", "magnitude", "source", "target")
        .explode("source")
        .explode("target")
        .filter(pl.col("source").is_in(list(states)) & pl.col("target").is_in(list(states)))
        .filter(pl.col("source") != pl.col("target"))
        .select(
            "event",
            "date",
            "magnitude",
            low=pl.min_horizontal("source", "target"),
            high=pl.max_horizontal("source", "target"),
        )
        .unique()
        .sort("event", "low", "high")
    )


def _months(first: date, origin: date) -> list[date]:
    """The origin and the same day of each month before it, back to the first event; days past 28 become the 28th."""
    grid, year, month = [origin], origin.year, origin.month
    while grid[-1] > first:
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        grid.append(date(year, month, min(origin.day, 28)))
    return grid[::-1]


def _paths(
    acts: pl.DataFrame, weights: Floats, doubt: Floats, grid: list[date], half_life_days: float
) -> tuple[Floats, Floats]:
    """The index under every reweighting (times, reweightings), and the decayed number of acts (times,)."""
    days = np.array(grid, dtype="datetime64[D]").astype(np.int64)
    age = days[:, None] - acts["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    kept = np.where(age > 0, 2.0 ** (-np.maximum(age, 0) / half_life_days), 0.0)
    m = acts["magnitude"].to_numpy()
    w = weights[:, acts["event"].to_numpy()]
    net = kept @ (w * m).T + DOUBT_SIZE * (doubt[0] - doubt[1])
    size = kept @ (w * np.abs(m)).T + DOUBT_SIZE * (doubt[0] + doubt[1])
    return net / size, kept.sum(axis=1)


def _series(name: str, grid: list[date], paths: Floats, decayed: Floats) -> pl.DataFrame:
    silent = decayed == 0.0
    low, high = np.quantile(paths[:, 1:], [0.05, 0.95], axis=1)
    columns = {"index": paths[:, 0], "lower": low, "upper": high}
    return pl.DataFrame(
        {
            "pair": [name] * len(grid),
            "date": grid,
            **{k: np.where(silent, np.nan, v) for k, v in columns.items()},
            "weight": decayed,
        }
    ).with_columns(pl.col("index", "lower", "upper").fill_nan(None))


def _gap(case: Case, paths: Mapping[str, Floats], grid: list[date]) -> tuple[pl.DataFrame, str, tuple[str, ...]]:
    """The lateral gap: the index of the two allies less the mean of their indices with the patron."""
    empty = pl.DataFrame(schema={"date": pl.Date, "gap": pl.Float64, "lower": pl.Float64, "upper": pl.Float64})
    patron, allies = case.roles.get("patron", ()), case.roles.get("ally", ())
    if len(patron) != 1 or len(allies) != 2:
        return empty, "", ()
    lateral = "-".join(sorted(allies))
    with_patron = tuple("-".join(sorted((patron[0], ally))) for ally in allies)
    if any(name not in paths for name in (lateral, *with_patron)):
        return empty, "", ()
    gap = paths[lateral] - (paths[with_patron[0]] + paths[with_patron[1]]) / 2.0
    low, high = np.quantile(gap[:, 1:], [0.05, 0.95], axis=1)
    return pl.DataFrame({"date": grid, "gap": gap[:, 0], "lower": low, "upper": high}), lateral, with_patron
