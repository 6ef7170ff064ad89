"""From a history to a fit, and from a fit to scores of every actor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lynchpin.answers.predict.choice import (
    ChoiceModel,
    Int16,
    Sample,
    describe,
    expanded,
    in_steps,
    information,
    looked_at,
    loss_and_gradients,
)
from lynchpin.answers.predict.columns import COLUMNS, GROUPS
from lynchpin.answers.predict.facts import Facts
from lynchpin.answers.predict.history import SHORTLIST, Asked, Float32, PastFacts, questions
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadValue
from lynchpin.results import Weight


def gather(
    history: PastFacts, facts: Facts, first_day: int, end: int, *, share: float = 1.0, seed: int = 1,
    most: int = SHORTLIST, progress: Callable[[int, int], None] | None = None,
) -> Sample:  # fmt: skip
    """Questions of the days from one to another, with statistics of the days before each.

    Parameters
    ----------
    history : PastFacts; it is moved on to the last of those days
    facts : Facts that the questions are made of, both ways
    first_day, end : int; from the first day on, before the end
    share : float in (0, 1], of the questions of each day, drawn by the seed
    seed, most : int; length of a shortlist
    progress : called after each day
    """
    rng = np.random.default_rng(seed)
    day, s, r, o = facts.between(first_day, end).both_ways()
    most = min(most, history.n)
    held: list[tuple[Ints, Ints, Ints, Ints]] = []  # s, r, question of each fact, its answer
    days = np.unique(day)
    for today in days:
        a, b = np.searchsorted(day, [today, today + 1])
        asked_s, asked_r, which = questions(s[a:b], r[a:b])
        keep = np.ones(asked_s.size, np.bool_) if share >= 1.0 else rng.random(asked_s.size) < share
        new = np.cumsum(keep) - 1
        kept = keep[which]
        held.append((asked_s[keep], asked_r[keep], new[which[kept]], o[a:b][kept]))
    total = sum(part[0].size for part in held)
    X: Int16 = np.zeros((total, most, len(COLUMNS)), np.int16)
    parts: list[tuple[NDArray[Any], ...]] = []
    at = 0
    for done, (today, (asked_s, asked_r, which, answer)) in enumerate(zip(days, held, strict=True), 1):
        history.advance_to(int(today))
        asked = history.ask(asked_s, asked_r, most=most)
        X[at : at + asked_s.size] = in_steps(asked.X)
        at += asked_s.size
        counts, places = _places(asked, which, answer)
        parts.append((asked.size, np.full(asked_s.size, today), asked_r, described(history, asked), counts, places))
        if progress is not None:
            progress(done, days.size)
    if not parts:
        raise BadValue("there are no days to learn from", f"days {first_day} to {end}", "ask for a later day")
    size, on_day, relation, z, counts, places = (np.concatenate(column) for column in zip(*parts, strict=True))
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Sample(X, size, on_day, relation, z, start, places)


def described(history: PastFacts, asked: Asked) -> Float32:
    """The descriptors of questions."""
    traits = history.traits
    return describe(asked, traits.state[asked.source] >= 0, traits.kind[asked.source] >= 0)


def all_scores(history: PastFacts, choice: ChoiceModel, asked: Asked) -> Float32:
    """Scores of every actor, shape (questions, actors): the shortlist by the model, then all others."""
    utility = choice.utilities(asked, described(history, asked))
    score = asked.first.astype(np.float32)
    for q in range(asked.source.size):
        chosen = utility[q, : asked.size[q]]
        if chosen.size:
            ahead = float(score[q].max(initial=0.0)) - float(chosen.min()) + 1.0
            score[q, asked.shortlist[q, : asked.size[q]]] = chosen + ahead
    return score


def score_days(
    history: PastFacts, choice: ChoiceModel, facts: Facts, first_day: int, end: int, *, most: int = SHORTLIST,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[tuple[int, Float32, Ints, Ints, Ints]]:  # fmt: skip
    """Scores for the questions of each day, weights stay and counters move; in the form of `recurrency`."""
    day, s, r, o = facts.between(first_day, end).both_ways()
    days = np.unique(day)
    for done, today in enumerate(days, 1):
        a, b = np.searchsorted(day, [today, today + 1])
        asked_s, asked_r, which = questions(s[a:b], r[a:b])
        history.advance_to(int(today))
        asked = history.ask(asked_s, asked_r, most=most, with_first=True)
        yield int(today), all_scores(history, choice, asked), which, o[a:b], r[a:b]
        if progress is not None:
            progress(done, days.size)


def _places(asked: Asked, which: Ints, answer: Ints) -> tuple[Ints, Ints]:
    """How many answers of each question are on its shortlist, and their places in it, question by question."""
    counts, places = np.zeros(asked.source.size, np.int64), []
    for row in np.argsort(which, kind="stable"):
        q = which[row]
        place = np.flatnonzero(asked.shortlist[q, : asked.size[q]] == answer[row])
        if place.size:
            counts[q] += 1
            places.append(int(place[0]))
    return counts, np.array(places, dtype=np.int64)


# -- The weights as a table: in groups, with standard errors that allow for days.


def weight_table(choice: ChoiceModel, sample: Sample) -> tuple[Weight, ...]:
    """The weights of a fit with their standard errors: each group, then its columns.

    Parameters
    ----------
    choice : ChoiceModel
    sample : Sample, what it was fitted to
    """
    parts = _parts()
    _, day = np.unique(sample.day, return_inverse=True)
    _, gradients = loss_and_gradients(choice, sample, day)
    G, spread = gradients.T @ gradients, _spread(choice, sample, parts)
    bread = np.linalg.inv(information(choice, sample))
    covariance = bread @ G @ bread
    told = []
    for group, part, pull in zip(GROUPS, parts, spread, strict=True):
        total, se = float(choice.weight[part].sum()), float(np.sqrt(covariance[part, part].sum()))
        told.append(Weight(group.name, group.says, "", total, se, float(pull)))
        for column, at in zip(group.columns, range(part.start, part.stop), strict=True):
            weight = float(choice.weight[at])
            told.append(Weight(group.name, "", column, weight, float(np.sqrt(covariance[at, at])), abs(weight)))
    return tuple(told)


def _spread(choice: ChoiceModel, sample: Sample, parts: list[slice]) -> Floats:
    """Spread of each group's part of the utility among the candidates of a question."""
    spread, chosen = np.zeros(len(parts)), looked_at(sample)
    for q in chosen:
        off, _ = expanded(choice, sample, q)
        spread += [(off[:, part] @ choice.weight[part]).var() for part in parts]
    return np.sqrt(spread / max(1, len(chosen)))


def _parts() -> list[slice]:
    ends = np.cumsum([0, *(len(group.columns) for group in GROUPS)]).tolist()
    return [slice(a, b) for a, b in pairwise(ends)]
