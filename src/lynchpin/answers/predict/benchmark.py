"""The benchmark: a choice model and the recurrency baselines under the protocol of `protocol.py`.

Weights are fitted on train days and stay; a question of a day sees every fact of the days before, whichever split it is
in, and nothing of its own day. `split="valid"` is for choosing; test is for the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lynchpin.answers.predict.choice import ChoiceModel, Options, fit_choice
from lynchpin.answers.predict.facts import Facts, no_traits, read_benchmark, traits_of_names
from lynchpin.answers.predict.history import SHORTLIST, Float32, PastFacts, questions
from lynchpin.answers.predict.learn import gather, score_days, weight_table
from lynchpin.engine.statistics.base import Ints
from lynchpin.errors import BadValue
from lynchpin.results import BenchmarkScores, HistoryPart, ModelScores

Split = Literal["valid", "test"]

#: Training questions start here: before, there is little history to learn from.
FIRST_DAY = 60
#: Share of the train questions that are learned from; all of them give 0.15 points more on valid, for twice the room.
SHARE = 0.5
#: A day on which the states of names are looked up; offices, which change, are not used.
NAMES_ON = date(2013, 12, 31)
IN_HISTORY = ("triple", "pair", "neither")


@dataclass(frozen=True, slots=True, eq=False)
class Benchmark:
    """A run: what is told of it, the fit, the ranks of each model, and processor seconds of each stage."""

    scores: BenchmarkScores
    choice: ChoiceModel
    ranks: dict[str, Ranks]
    seconds: dict[str, float]


def run_benchmark(
    folder: str | Path,
    *,
    split: Split = "test",
    share: float = SHARE,
    with_names: bool = True,
    options: Options | None = None,
    first_day: int = FIRST_DAY,
    most: int = SHORTLIST,
    with_baselines: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Benchmark:
    """Fit on train, score a split, and put the baselines beside it.

    Parameters
    ----------
    folder : as for `read_benchmark`
    split : {"valid", "test"}
    share : float in (0, 1], of the train questions; fewer are quicker and need less room
    with_names : whether states and kinds are read from the names of actors (static side information)
    options : Options of the fit
    first_day, most : first train day that is learned from; length of a shortlist
    with_baselines : whether to score the recurrency baselines as well
    progress : called with days done and days to do

    Raises
    ------
    BadData : as for `read_benchmark`
    BadValue : no such split
    """
    if split not in ("valid", "test"):
        raise BadValue(f"cannot score split {split!r}", "--split", 'it is "valid" or "test"')
    options = options or Options()
    parts, (valid_day, test_day) = read_benchmark(folder)
    facts = parts["all"]
    begin, end = (valid_day, test_day) if split == "valid" else (test_day, int(facts.day[-1]) + 1)
    clock = _Clock()
    history = PastFacts(
        facts, traits_of_names(facts.actors, NAMES_ON) if with_names else no_traits(len(facts.actors)), valid_day
    )
    clock.note("index")
    since = min(first_day, int(facts.day[0]) + (valid_day - int(facts.day[0])) // 3)
    sample = gather(history, facts, since, valid_day, share=share, seed=options.seed, most=most, progress=progress)
    clock.note("train statistics")
    choice = fit_choice(sample, history.ways, options)
    clock.note("fit")
    weights = weight_table(choice, sample)
    clock.note("standard errors")
    del sample
    ranks = {"choice": collect(score_days(history, choice, facts, begin, end, most=most, progress=progress), facts)}
    clock.note("scoring")
    for name, (decay, alpha) in BASELINES.items() if with_baselines else ():
        ranks[name] = collect(recurrency(facts, begin, decay=decay, alpha=alpha), facts, end)
    clock.note("baselines")
    told = BenchmarkScores(
        split=split, actors=len(facts.actors), relations=len(facts.relations), questions=ranks["choice"].day.size,
        fitted=choice.facts, with_names=with_names, most=min(most, history.n),
        shortlisted=float(100.0 * (ranks["choice"].above < most).mean()),
        models=tuple(model_scores(name, each) for name, each in ranks.items()),
        by_history=_by_history(ranks["choice"], in_history(facts, begin, end)),
        weights=weights, options=asdict(options), seed=options.seed,
    )  # fmt: skip
    return Benchmark(told, choice, ranks, clock.seconds)


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


def in_history(facts: Facts, first_day: int, end: int) -> Ints:
    """For each fact of some days, both ways, what was there before its day: 0 its triple, 1 its pair, 2 neither."""
    day, s, r, o = facts.both_ways()
    n, ways = len(facts.actors), 2 * len(facts.relations)
    first: list[Ints] = []
    for key in ((s * ways + r) * n + o, s * n + o):
        _, at, which = np.unique(key, return_index=True, return_inverse=True)  # `at` is the first, and days ascend
        first.append(day[at][which])
    told = np.where(first[0] < day, 0, np.where(first[1] < day, 1, 2))
    return told[(day >= first_day) & (day < end)]


def model_scores(model: str, ranks: Ranks) -> ModelScores:
    """Scores in percent, with the interval over days."""
    low, high = interval(ranks)
    found = {name: 100.0 * value for name, value in scores(ranks).items()}
    return ModelScores(model, lower=100.0 * low, upper=100.0 * high, **found)


def _by_history(ranks: Ranks, held: Ints) -> tuple[HistoryPart, ...]:
    told = []
    for k, name in enumerate(IN_HISTORY):
        found = scores(ranks.part(held == k))
        told.append(
            HistoryPart(name, 100.0 * float((held == k).mean()), 100.0 * found["mrr"], 100.0 * found["hits_10"])
        )
    return tuple(told)


class _Clock:
    """Processor time of each stage, in seconds."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.process_time()

    def note(self, stage: str) -> None:
        now = time.process_time()
        self.seconds[stage] = round(now - self._last, 1)
        self._last = now


# -- The protocol of temporal-knowledge-graph forecasting: time-aware filter, all actors, exact expectation under
# ties.

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


# -- The recurrency baselines: what happened will happen again.

#: name -> (lambda, alpha): strict is alpha 1, relaxed alpha 0.
BASELINES: dict[str, tuple[float, float]] = {
    "relaxed": (0.0, 0.0),
    "strict": (0.04, 1.0),
    "combined": (0.04, 0.99999),
}


def recurrency(
    facts: Facts, first_day: int, *, decay: float, alpha: float
) -> Iterator[tuple[int, NDArray[np.float64], Ints, Ints, Ints]]:
    """Scores of every actor for the questions of each day from one on.

    Parameters
    ----------
    facts : Facts
    first_day : int
    decay : float, lambda, per day
    alpha : float in [0, 1], weight of the strict score

    Yields
    ------
    day; scores, shape (questions, actors); question and answer of each fact of the day, both ways; its relation
    """
    n, ways = len(facts.actors), 2 * len(facts.relations)
    day, s, r, o = facts.both_ways()
    strict: dict[tuple[int, int], dict[int, float]] = {}  # (s, r) -> o -> the sum, as of `seen`
    seen: dict[tuple[int, int], int] = {}
    on_actor = np.zeros((ways, n))
    for today in np.unique(day):
        a, b = np.searchsorted(day, [today, today + 1])
        if today >= first_day:
            asked_s, asked_r, which = questions(s[a:b], r[a:b])
            score = on_actor[asked_r] * ((1.0 - alpha) / np.maximum(on_actor.sum(axis=1), 1.0))[asked_r, None]
            for q, key in enumerate(zip(asked_s.tolist(), asked_r.tolist(), strict=True)):
                past = strict.get(key)
                if past:
                    fade = alpha * 2.0 ** (-decay * (int(today) - seen[key]))
                    score[q, list(past)] += fade * np.array(list(past.values()))
            yield int(today), score, which, o[a:b], r[a:b]
        for key_s, key_r, target in zip(s[a:b].tolist(), r[a:b].tolist(), o[a:b].tolist(), strict=True):
            key = (key_s, key_r)
            past = strict.setdefault(key, {})
            if seen.get(key, today) != today:
                fade = 2.0 ** (-decay * (int(today) - seen[key]))
                for other in past:
                    past[other] *= fade
            seen[key] = int(today)
            past[target] = past.get(target, 0.0) + 1.0
        np.add.at(on_actor, (r[a:b], o[a:b]), 1.0)
