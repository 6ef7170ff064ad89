"""What an agreement in force is followed by: the parties' cooperation while it holds, against while it does not.

For every pair of states that the record follows, months of four weeks, and the number of agreements of the pair in
force at the month's start:

    y[pair, month] ~ Poisson,  log mean = pair + log(all other acts of the record in that year) + beta * log2(1 + n)

so exp(beta) is the rate ratio of the pair's cooperative acts when the first agreement takes effect. Errors are
clustered by pair and year. The comparison is within pairs, but agreements take effect when relations are good: read it
as what tends to come with an agreement in force, not as what it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final

import numpy as np
import polars as pl

from lynchpin.answers.agreements.covariates import read_record
from lynchpin.answers.agreements.spells import known, now
from lynchpin.days import day_number
from lynchpin.engine.likelihoods.newton import Penalised, ascend
from lynchpin.engine.likelihoods.rows import Sums
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import DidNotConverge
from lynchpin.events import before
from lynchpin.numbers import Z90
from lynchpin.results import AgreementLife

_MONTH, _YEAR = 28, 364
_RIDGE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Feedback:
    """The rate ratio of cooperative acts for a pair's first agreement in force, with its 90 % interval.

    n_changes : int, how often the number in force changed for some pair: what the estimate stands on
    """

    rate_ratio: float
    lower: float
    upper: float
    n_pairs: int
    n_changes: int

    def factor(self, in_force: int) -> float:
        """What one more agreement multiplies the pair's cooperation by, where so many are in force."""
        return float(self.rate_ratio ** (np.log2(2.0 + in_force) - np.log2(1.0 + in_force)))


def feedback(lives: Sequence[AgreementLife], events: pl.DataFrame, states: Sequence[str], origin: date) -> Feedback:
    """Estimate it from what was known before an origin.

    Raises
    ------
    DidNotConverge : for no pair did the number of agreements in force ever change
    """
    record = read_record(before(events, origin), states, ())
    lives = [cut for life in lives if (cut := known(life, origin)).history]
    if not record.day.size:
        raise DidNotConverge("no event is known", "the record", "ask for a later --as-of")
    starts = np.arange(record.day[0] + _YEAR, day_number(origin) - _MONTH + 1, _MONTH)
    y, x, pair_of, cluster, offset = [], [], [], [], []
    pairs = list(combinations(range(len(states)), 2))
    changes = 0
    for p, (a, b) in enumerate(pairs):
        mine = [life for life in lives if {states[a], states[b]} <= set(life.parties)]
        between = ((record.source[:, a] & record.target[:, b]) | (record.source[:, b] & record.target[:, a])) & (
            record.sign > 0
        )
        days, rest = record.day[between], record.day[~between]
        volume = np.searchsorted(rest, starts + _MONTH) - np.searchsorted(rest, starts + _MONTH - _YEAR)
        offset.append(np.log(np.maximum(volume, 1.0)))
        n = np.array([sum(_in_force(life, int(day)) for life in mine) for day in starts], dtype=float)
        changes += int((np.diff(n) != 0).sum())
        y.append(np.searchsorted(days, starts + _MONTH) - np.searchsorted(days, starts))
        x.append(np.log2(1.0 + n))
        pair_of.append(np.full(starts.size, p))
        cluster.append(1000 * p + (starts - starts[0]) // _YEAR if starts.size else starts)
    if not changes:
        raise DidNotConverge(
            "no agreement took effect or ended between two states of the record", "the stage file", "add agreements"
        )
    return _fitted(
        np.concatenate(y).astype(float),
        np.concatenate(x),
        np.concatenate(pair_of),
        np.concatenate(cluster),
        np.concatenate(offset),
        len(pairs),
        changes,
    )


def _in_force(life: AgreementLife, day: int) -> bool:
    standing = now(life, day).standing
    return standing.stage == "in_force"


def _fitted(
    y: Floats,
    x: Floats,
    pair: np.ndarray[tuple[int], np.dtype[np.int64]],
    cluster: np.ndarray[tuple[int], np.dtype[np.int64]],
    offset: Floats,
    n_pairs: int,
    changes: int,
) -> Feedback:
    """Poisson regression with pair effects; sandwich errors by cluster."""
    design = np.column_stack([np.eye(n_pairs)[pair], x])
    precision, names = np.full(n_pairs + 1, _RIDGE), [*(f"pair {k}" for k in range(n_pairs)), "agreements in force"]

    def look(beta: Floats) -> Penalised:
        eta = design @ beta + offset
        mu = np.exp(eta)
        sums = Sums(float(y @ eta - mu.sum()), design.T @ (y - mu), design.T @ (design * mu[:, None]))
        return Penalised(sums, beta, precision, names)

    start = np.append(np.full(n_pairs, np.log((y.sum() + 1.0) / np.exp(offset).sum())), 0.0)
    ascent = ascend(look, start, is_near=lambda step, rise: bool(np.abs(step).max() < 1e-10), steps=50, longest=2.0)
    beta = ascent.end
    scores = design * (y - np.exp(design @ beta + offset))[:, None]
    _, at = np.unique(cluster, return_inverse=True)
    sums = np.zeros((at.max() + 1, n_pairs + 1))
    np.add.at(sums, at, scores)
    inverse = ascent.solved.covariance
    spread = float(np.sqrt((inverse @ (sums.T @ sums) @ inverse)[-1, -1]))
    lower, upper = np.exp(beta[-1] - Z90 * spread), np.exp(beta[-1] + Z90 * spread)
    return Feedback(float(np.exp(beta[-1])), float(lower), float(upper), n_pairs, changes)
