"""The benchmark: a choice model and the recurrency baselines under the protocol of `protocol.py`.

Weights are fitted on train days and stay; a question of a day sees every fact of the days before, whichever split it is
in, and nothing of its own day. `split="valid"` is for choosing; test is for the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np

from lynchpin.answers.predict.choice import ChoiceModel, Options, fit_choice
from lynchpin.answers.predict.facts import Facts, no_traits, traits_of_names
from lynchpin.answers.predict.history import SHORTLIST, PastFacts
from lynchpin.answers.predict.layouts import read_benchmark
from lynchpin.answers.predict.learn import drawn, gather, rank_days, weight_table
from lynchpin.answers.predict.protocol import Ranks, interval, scores
from lynchpin.answers.predict.recurrency import recurrency_ranks
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
#: Answers that a fit rests on at most: where there are more, the days just before the end of train are learned from.
MOST_LEARNED = 400_000
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
    most_questions: int | None = None,
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
    most_questions : int, >= 1, about how many questions are scored, drawn by the seed from all days alike, and how many
        answers are learned from; None: all of the split are scored, and at most `MOST_LEARNED` answers learned from
    progress : called with days done and days to do

    Raises
    ------
    BadData : as for `read_benchmark`
    BadValue : no such split, or no question to score
    """
    if split not in ("valid", "test"):
        raise BadValue(f"cannot score split {split!r}", "--split", 'it is "valid" or "test"')
    if most_questions is not None and most_questions < 1:
        raise BadValue(f"cannot score {most_questions} questions", "--questions", "ask for 1 or more")
    options = options or Options()
    parts, (valid_day, test_day) = read_benchmark(folder)
    facts = parts["all"]
    del parts
    begin, end = (valid_day, test_day) if split == "valid" else (test_day, int(facts.day[-1]) + 1)
    clock = _Clock()
    traits = traits_of_names(facts.actors, NAMES_ON) if with_names else no_traits(len(facts.actors))
    history = PastFacts(facts, traits, valid_day)
    clock.note("index")
    earliest = min(first_day * facts.unit, int(facts.day[0]) + (valid_day - int(facts.day[0])) // 3)
    since = _learned_since(facts, earliest, valid_day, share, most_questions or MOST_LEARNED)
    if since > earliest:
        history.advance_to(since, leap=True)
    sample = gather(history, since, valid_day, share=share, seed=options.seed, most=most, progress=progress)
    clock.note("train statistics")
    choice = fit_choice(sample, history.ways, options)
    clock.note("fit")
    weights = weight_table(choice, sample)
    clock.note("standard errors")
    del sample
    kept = drawn(history, begin, end, most_questions, options.seed)
    found, held = rank_days(history, choice, begin, end, kept, most=most, progress=progress)
    ranks = {"choice": found}
    clock.note("scoring")
    if with_baselines:
        ranks |= recurrency_ranks(history, begin, end, kept)
    clock.note("baselines")
    told = BenchmarkScores(
        split=split, actors=len(facts.actors), relations=len(facts.relations), questions=found.day.size,
        fitted=choice.facts, with_names=with_names, most=min(most, history.n),
        shortlisted=float(100.0 * (found.above < most).mean()),
        models=tuple(model_scores(name, each) for name, each in ranks.items()),
        by_history=_by_history(found, held),
        weights=weights, options=asdict(options), seed=options.seed, drawn_from=None if kept.all() else kept.size,
    )  # fmt: skip
    return Benchmark(told, choice, ranks, clock.seconds)


def _learned_since(facts: Facts, earliest: int, valid_day: int, share: float, most: int) -> int:
    """The first day to learn from: the earliest, or so late that a share of the answers from it on is not too many."""
    days = facts.day[np.searchsorted(facts.day, earliest) : np.searchsorted(facts.day, valid_day)]
    few = int(most / (2.0 * share))  # facts, each with two answers
    return earliest if days.size <= few else min(int(days[days.size - few - 1]) + 1, int(days[-1]))


def in_history(facts: Facts, first_day: int, end: int) -> Ints:
    """For each fact of some days, both ways, what was there before its day: 0 its triple, 1 its pair, 2 neither.

    Plain, and what `PastFacts.held` is held against.
    """
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
