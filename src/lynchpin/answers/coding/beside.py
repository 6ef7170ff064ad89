"""Two records of the same days beside each other: what each has that the other lacks, and whether one codes responses.

A coder who codes an act may go and look for the answer to it. Then answers are in the record more often than other
acts, and a cause seems to bring its effect. A feed that is coded without knowing what came before cannot do that. So
the two are asked the same: after an act of one state toward another, how much more often does the other act back
within some days than it does at other times? Records differ in how much they hold; that ratio does not depend on it.

Both records are cut to the days that both cover and to the directed pairs of states asked about. Acts of one kind by
one state toward another on one day are one act, since feeds tell an act many times. Joint acts have no direction and no
answer: they count for what each record has, and not for answers.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from lynchpin.days import day_number
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadData
from lynchpin.events import first_day, last_day

#: Days by which acts are moved to see how often one meets the other by chance: months away, before and after. A move
#: that leaves the days that both cover is not counted.
SHIFTS: Final = tuple(sign * days for days in range(61, 241, 13) for sign in (-1, 1))

_BLOCK_DAYS = 91

#: With fewer blocks than this nothing is known of how they differ, and no interval is given.
_FEWEST_BLOCKS = 8
_BOOTSTRAPS = 1000

ANY = "any"

Times = tuple[float, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Found:
    """How much of one record stands in the other.

    kind : of act; acts, of_other : acts of the one record and of the other
    found : share of the one's acts that the other has within some days; by_chance : the same with days moved
    """

    kind: str
    acts: int
    of_other: int
    found: float
    by_chance: float


@dataclass(frozen=True, slots=True)
class Answers:
    """How much likelier an answer is soon after an act than months away, in one record.

    kind : of the act and of the answer; acts : that can be answered
    answered : days with an answer to an act within the days, on the mean; by_chance : the same with the answers moved.
        Answers are counted: whether there is any tends to one in a record that is dense, and the ratio with it
    ratio : answered over by_chance, None where nothing is expected, with its 90 % interval lower to upper, None where
        the days are too few
    """

    kind: str
    acts: int
    answered: float
    by_chance: float
    ratio: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Beside:
    """Two records beside each other.

    first, last : the days that both cover; pairs : directed pairs asked about
    one_in_other, other_in_one : by kind
    one_answers, other_answers : by kind
    times : one's ratio over the other's, by kind, as (value, lower, upper); the ends are None where the days hold fewer
        than eight blocks
    """

    first: date
    last: date
    pairs: int
    one_in_other: tuple[Found, ...]
    other_in_one: tuple[Found, ...]
    one_answers: tuple[Answers, ...]
    other_answers: tuple[Answers, ...]
    times: dict[str, Times | None]


def beside(
    one: pl.DataFrame,
    other: pl.DataFrame,
    states: Collection[str],
    *,
    near_days: int = 1,
    answer_days: int = 14,
    seed: int = 0,
) -> Beside:
    """Lay two records beside each other.

    Parameters
    ----------
    one, other : DataFrame with date, source and target (lists of states) and kind (text); rows without a kind are left
        out
    states : ISO3 codes; every directed pair of two of them in which either record has an act is asked about
    near_days : int, >= 0, days by which the two may date an act apart
    answer_days : int, > 0, days within which an act back is an answer; one of the same day is none, since the order
        within a day is not known
    seed : int, of the blocks of 91 days that intervals redraw, the same in both records

    Raises
    ------
    BadData : the two share no day, or one has no act between the states
    """
    acts = [_acts(record, states) for record in (one, other)]
    if any(record.is_empty() for record in acts):
        raise BadData("a record has no act between the states", "beside", "ask about states that both records follow")
    first, last = max(first_day(one), first_day(other)), min(last_day(one), last_day(other))
    if first > last:
        raise BadData("the two records share no day", f"{first} to {last}", "take records of the same years")
    acts = [record.filter(pl.col("date").is_between(first, last)) for record in acts]
    kinds = sorted({*acts[0]["kind"], *acts[1]["kind"]})
    pairs = sorted({*acts[0]["pair"], *acts[1]["pair"]})
    span = (day_number(first), day_number(last))
    weights = _redrawn(first, last, seed)
    told = [[_answers(record, kind, answer_days, span, weights) for kind in (*kinds, ANY)] for record in acts]
    times = {a[0].kind: _over(a, b) for a, b in zip(told[0], told[1], strict=True)}
    return Beside(
        first,
        last,
        len(pairs),
        tuple(_found(acts[0], acts[1], kind, near_days, span) for kind in (*kinds, ANY)),
        tuple(_found(acts[1], acts[0], kind, near_days, span) for kind in (*kinds, ANY)),
        tuple(answers for answers, _ in told[0]),
        tuple(answers for answers, _ in told[1]),
        times,
    )


def _acts(record: pl.DataFrame, states: Collection[str]) -> pl.DataFrame:
    """Each directed pair, day and kind once: date, day (number), pair, back (the pair the other way), kind, joint."""
    among = list(states)
    return (
        record.filter(pl.col("kind").is_not_null())
        .select("date", "kind", "source", "target", joint=pl.col("source") == pl.col("target"))
        .explode("source")
        .explode("target")
        .filter(pl.col("source").is_in(among) & pl.col("target").is_in(among) & (pl.col("source") != pl.col("target")))
        .group_by("date", "source", "target", "kind")
        .agg(pl.col("joint").all())
        .with_columns(
            day=pl.col("date").cast(pl.Int32).cast(pl.Int64),
            pair=pl.col("source") + ">" + pl.col("target"),
            back=pl.col("target") + ">" + pl.col("source"),
        )
        .sort("pair", "day", "kind")
    )


def _of(acts: pl.DataFrame, kind: str) -> pl.DataFrame:
    return acts if kind == ANY else acts.filter(pl.col("kind") == kind)


def _days_by_pair(acts: pl.DataFrame) -> dict[str, Ints]:
    return {str(key[0]): part["day"].unique().sort().to_numpy() for key, part in acts.group_by("pair")}


def _count(acts: pl.DataFrame, column: str, days: dict[str, Ints], begin: int, end: int) -> Floats:
    """Of each act, how many of the `days` of its pair lie from `begin` to `end` days after it."""
    hits = np.zeros(acts.height)
    pairs, at = acts[column].to_numpy().astype(str), acts["day"].to_numpy()
    for pair in np.unique(pairs):
        here, held = pairs == pair, days.get(str(pair))
        if held is not None:
            low = np.searchsorted(held, at[here] + begin, side="left")
            hits[here] = np.searchsorted(held, at[here] + end, side="right") - low
    return hits


def _by_chance(
    acts: pl.DataFrame,
    column: str,
    days: dict[str, Ints],
    begin: int,
    end: int,
    span: tuple[int, int],
    *,
    once: bool = False,
) -> Floats:
    """Of each act, `_count` months away, on the mean of the SHIFTS that stay within the days both cover."""
    at, total, tried = acts["day"].to_numpy(), np.zeros(acts.height), np.zeros(acts.height)
    for shift in SHIFTS:
        inside = (at + shift + begin >= span[0]) & (at + shift + end <= span[1])
        counted = _count(acts, column, days, shift + begin, shift + end)
        total += (np.minimum(counted, 1.0) if once else counted) * inside
        tried += inside
    out: Floats = total / np.maximum(tried, 1.0)
    return out


def _found(mine: pl.DataFrame, theirs: pl.DataFrame, kind: str, near: int, span: tuple[int, int]) -> Found:
    acts, held = _of(mine, kind), _of(theirs, kind)
    days = _days_by_pair(held)
    hits = _count(acts, "pair", days, -near, near) > 0
    chance = _by_chance(acts, "pair", days, -near, near, span, once=True)
    found, expected = (float(values.mean()) if acts.height else 0.0 for values in (hits, chance))
    return Found(kind, acts.height, held.height, found, expected)


def _answers(
    acts: pl.DataFrame, kind: str, within: int, span: tuple[int, int], weights: Floats
) -> tuple[Answers, Floats]:
    """Answers in one record, and the ratio under every redrawing of blocks (NaN where nothing is expected)."""
    mine = _of(acts, kind).filter(~pl.col("joint"))
    days = _days_by_pair(mine)
    hits = _count(mine, "back", days, 1, within)
    chance = _by_chance(mine, "back", days, 1, within, span)
    block = (mine["day"].to_numpy() - span[0]) // _BLOCK_DAYS
    n = weights.shape[1]
    came, expected = (np.bincount(block, weights=values, minlength=n)[:n] for values in (hits, chance))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(weights @ expected > 0.0, (weights @ came) / (weights @ expected), np.nan)
    told = n >= _FEWEST_BLOCKS and np.isfinite(ratios[1:]).any()
    ends = np.nanquantile(ratios[1:], [0.05, 0.95]) if told else (np.nan, np.nan)
    values = [None if not np.isfinite(value) else float(value) for value in (ratios[0], *ends)]
    shares = [float(part.mean()) if mine.height else 0.0 for part in (hits, chance)]
    return Answers(kind, mine.height, shares[0], shares[1], values[0], values[1], values[2]), ratios


def _over(a: tuple[Answers, Floats], b: tuple[Answers, Floats]) -> Times | None:
    if not a[0].ratio or not b[0].ratio:
        return None
    if a[0].lower is None or b[0].lower is None:
        return a[0].ratio / b[0].ratio, None, None
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = a[1][1:] / b[1][1:]
    drawn = drawn[np.isfinite(drawn)]
    lower, upper = np.quantile(drawn, [0.05, 0.95]) if drawn.size else (np.nan, np.nan)
    return a[0].ratio / b[0].ratio, float(lower), float(upper)


def _redrawn(first: date, last: date, seed: int) -> Floats:
    """How often each block of days stands in the record itself (once) and in each redrawing."""
    n = (last - first) // timedelta(days=_BLOCK_DAYS) + 1
    drawn = np.random.default_rng(seed).multinomial(n, [1.0 / n] * n, _BOOTSTRAPS)
    return np.vstack([np.ones(n), drawn]).astype(np.float64)
