"""The protocol of temporal-knowledge-graph forecasting: time-aware filter, all actors, exact expectation under ties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lynchpin.answers.predict.counters import Float32
from lynchpin.answers.predict.facts import Facts
from lynchpin.engine.compiled import njit
from lynchpin.engine.statistics.base import Ints

HITS = (1, 3, 10)


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Where the answers came.

    Attributes
    ----------
    above, tied : ndarray of int, shape (facts,), other candidates with a higher and with the same score
    day : ndarray of int, shape (facts,)
    is_head : ndarray of bool, shape (facts,), the sender was asked for
    """

    above: Ints
    tied: Ints
    day: Ints
    is_head: NDArray[np.bool_]

    def reciprocal(self) -> NDArray[np.float64]:
        """Expected reciprocal rank: mean of 1 / rank over above + 1 .. above + tied + 1."""
        last = self.above + self.tied + 1
        harmonic = np.cumsum(np.concatenate([[0.0], 1.0 / np.arange(1, last.max(initial=0) + 1)]))
        return np.asarray((harmonic[last] - harmonic[self.above]) / (self.tied + 1))

    def hits(self, k: int) -> NDArray[np.float64]:
        """Chance of a rank of k or better."""
        return np.clip((k - self.above) / (self.tied + 1), 0.0, 1.0)

    def part(self, chosen: NDArray[np.bool_]) -> Ranks:
        return Ranks(self.above[chosen], self.tied[chosen], self.day[chosen], self.is_head[chosen])


def rank(score: Float32, question: Ints, answer: Ints) -> tuple[Ints, Ints]:
    """Where each answer comes among all candidates, the other answers of its question left out.

    Parameters
    ----------
    score : ndarray, shape (questions, candidates), higher is better
    question, answer : ndarray of int, shape (facts,)

    Returns
    -------
    above, tied : ndarray of int, shape (facts,)

    Examples
    --------
    >>> above, tied = rank(np.array([[3.0, 2.0, 2.0, 1.0]]), np.array([0, 0]), np.array([0, 2]))
    >>> above.tolist(), tied.tolist()
    ([0, 0], [0, 1])
    """
    above, tied = np.zeros(question.size, np.int64), np.zeros(question.size, np.int64)
    order = np.argsort(question, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(question[order])) + 1):
        if not rows.size:
            continue
        line = score[question[rows[0]]]
        right = line[answer[rows]]
        for row, own in zip(rows, right, strict=True):
            above[row] = (line > own).sum() - (right > own).sum()
            tied[row] = (line == own).sum() - (right == own).sum()
    return above, tied


def scores(ranks: Ranks) -> dict[str, float]:
    """Mean reciprocal rank and hits, as shares, with the mean reciprocal rank by side."""
    reciprocal = ranks.reciprocal()
    told = {"mrr": reciprocal} | {f"hits_{k}": ranks.hits(k) for k in HITS}
    told |= {"mrr_tail": reciprocal[~ranks.is_head], "mrr_head": reciprocal[ranks.is_head]}
    return {name: float(values.mean()) if values.size else float("nan") for name, values in told.items()}


def interval(ranks: Ranks, *, level: float = 0.95, draws: int = 2000, seed: int = 1) -> tuple[float, float]:
    """Interval of the mean reciprocal rank: whole days drawn again, percentiles.

    Parameters
    ----------
    ranks : Ranks
    level : float in (0, 1)
    draws, seed : int
    """
    days, which = np.unique(ranks.day, return_inverse=True)
    total, held = np.bincount(which, ranks.reciprocal()), np.bincount(which)
    picked = np.random.default_rng(seed).integers(days.size, size=(draws, days.size))
    means = total[picked].sum(axis=1) / held[picked].sum(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@njit(cache=True, nogil=True)
def rank_answers(first, shortlist, size, utility, start, answer, above, tied):  # pragma: no cover - measured uncompiled
    """The same for the choice model, whose shortlist comes first: `rank(all_scores(...), ...)`, a line at a time.

    first: (questions, n), first scores, changed; shortlist, utility: (questions, most), filled up to size:
    (questions,); start: (questions + 1,), where the answers of a question begin in answer: (facts,);
    above, tied: (facts,), filled
    """
    for q in range(size.size):
        line, top, low = first[q], np.float32(0.0), np.float32(np.inf)
        for o in range(line.size):
            top = max(top, line[o])
        for m in range(size[q]):
            low = min(low, utility[q, m])
        ahead = np.float32(np.float64(top) - np.float64(low) + 1.0)
        for m in range(size[q]):
            line[shortlist[q, m]] = utility[q, m] + ahead
        for e in range(start[q], start[q + 1]):
            own, over, same = line[answer[e]], 0, 0
            for o in range(line.size):
                over += line[o] > own
                same += line[o] == own
            for other in range(start[q], start[q + 1]):
                over -= line[answer[other]] > own
                same -= line[answer[other]] == own
            above[e], tied[e] = over, same


def collect(
    scored: Iterator[tuple[int, NDArray[Any], Ints, Ints, Ints]], facts: Facts, end: int | None = None
) -> Ranks:
    """Ranks of the answers of scored days, before a day."""
    columns: list[tuple[Ints, Ints, Ints, NDArray[np.bool_]]] = []
    for day, score, which, answer, relation in scored:
        if end is not None and day >= end:
            break
        above, tied = rank(score, which, answer)
        columns.append((above, tied, np.full(answer.size, day), relation >= len(facts.relations)))
    return Ranks(*(np.concatenate(column) for column in zip(*columns, strict=True)))
