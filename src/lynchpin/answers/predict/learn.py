"""From a history to a fit, and from a fit to scores of every actor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lynchpin.answers.predict.choice import (
    ChoiceModel,
    Sample,
    describe,
    expanded,
    in_steps,
    information,
    looked_at,
    loss_and_gradients,
)
from lynchpin.answers.predict.columns import COLUMNS, GROUPS
from lynchpin.answers.predict.counters import Float32
from lynchpin.answers.predict.history import PART, SHORTLIST, Asked, PastFacts, questions
from lynchpin.answers.predict.kept import Kept
from lynchpin.answers.predict.protocol import Ranks, rank_answers
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadValue
from lynchpin.results import Weight

#: First scores, of all actors, that are in memory at a time: 32 MB of them.
SCORES = 2**23


def gather(
    history: PastFacts, first_day: int, end: int, *, share: float = 1.0, seed: int = 1,
    most: int = SHORTLIST, progress: Callable[[int, int], None] | None = None,
) -> Sample:  # fmt: skip
    """Questions of the days from one to another, with statistics of the days before each.

    Parameters
    ----------
    history : PastFacts, of whose facts the questions are made, both ways; it is moved on to the last of those days
    first_day, end : int; from the first day on, before the end
    share : float in (0, 1], of the questions of each day, drawn by the seed
    seed, most : int; length of a shortlist
    progress : called after each day
    """
    rng = np.random.default_rng(seed)
    most = min(most, history.n)
    held: list[tuple[int, Ints, Ints, Ints, Ints]] = []  # day; s, r, question of each fact, its answer
    for today, s, r, o in _by_day(history, first_day, end):
        asked_s, asked_r, which = questions(s, r)
        keep = np.ones(asked_s.size, np.bool_) if share >= 1.0 else rng.random(asked_s.size) < share
        new = np.cumsum(keep) - 1
        kept = keep[which]
        held.append((today, asked_s[keep], asked_r[keep], new[which[kept]], o[kept]))
    if not held:
        raise BadValue("there are no days to learn from", f"days {first_day} to {end}", "ask for a later day")
    X = Kept((sum(each[1].size for each in held), most, len(COLUMNS)))
    parts: list[tuple[NDArray[Any], ...]] = []
    at = 0
    for done, (today, asked_s, asked_r, which, answer) in enumerate(held, 1):
        history.advance_to(today)
        for here, asked in history.in_parts(asked_s, asked_r, most=most):
            X.put(at, in_steps(asked.X))
            at += asked.source.size
            inside = (which >= here.start) & (which < here.stop)
            counts, places = _places(asked, which[inside] - here.start, answer[inside])
            on_day = np.full(asked.source.size, today)
            parts.append((asked.size, on_day, asked.relation, described(history, asked), counts, places))
        if progress is not None:
            progress(done, len(held))
    size, on_day, relation, z, counts, places = (np.concatenate(column) for column in zip(*parts, strict=True))
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Sample(X, size, on_day, relation, z, start, places)


def _by_day(history: PastFacts, first_day: int, end: int) -> Iterator[tuple[int, Ints, Ints, Ints]]:
    """Source, relation and target of the facts of each day that has any, both ways."""
    for today in np.unique(history.of_days(first_day, end)[0]).tolist():
        _, s, r, o = history.of_days(today, today + 1)
        yield today, s, r, o


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
    history: PastFacts, choice: ChoiceModel, first_day: int, end: int, *, most: int = SHORTLIST,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[tuple[int, Float32, Ints, Ints, Ints]]:  # fmt: skip
    """Scores for the questions of each day, weights stay and counters move; in the form of `recurrency`."""
    days = np.unique(history.of_days(first_day, end)[0]).size
    for done, (today, s, r, o) in enumerate(_by_day(history, first_day, end), 1):
        asked_s, asked_r, which = questions(s, r)
        history.advance_to(today)
        asked = history.ask(asked_s, asked_r, most=most, with_first=True)
        yield today, all_scores(history, choice, asked), which, o, r
        if progress is not None:
            progress(done, days)


def drawn(history: PastFacts, first_day: int, end: int, most: int | None, seed: int) -> NDArray[np.bool_]:
    """Facts of some days, both ways, whose questions are scored: all, or so many questions, drawn from all alike."""
    day, s, r, _ = history.of_days(first_day, end)
    is_new = np.ones(day.size, np.bool_)
    is_new[1:] = (day[1:] != day[:-1]) | (s[1:] != s[:-1]) | (r[1:] != r[:-1])
    n = int(is_new.sum())
    if most is None or most >= n:
        return np.ones(day.size, np.bool_)
    chosen = np.random.default_rng(seed).permutation(n) < most
    return np.asarray(chosen[np.cumsum(is_new) - 1], dtype=np.bool_)


def rank_days(
    history: PastFacts, choice: ChoiceModel, first_day: int, end: int, kept: NDArray[np.bool_], *,
    most: int = SHORTLIST, progress: Callable[[int, int], None] | None = None,
) -> tuple[Ranks, Ints]:  # fmt: skip
    """Where the answers of some days come, and what the history held of each: as `collect(score_days(...))`.

    Scores of all actors are in memory for a few questions at a time, whatever there is of days and actors.

    Parameters
    ----------
    history, choice, first_day, end, most, progress : as for `score_days`
    kept : ndarray of bool, shape (facts of those days, both ways), as `drawn` gives it
    """
    part = int(np.clip(SCORES // history.n, 1, PART))
    day = history.of_days(first_day, end)[0]
    days = np.unique(day[kept]).tolist()
    parts: list[tuple[NDArray[Any], ...]] = []
    for done, today in enumerate(days, 1):
        a, b = np.searchsorted(day, [today, today + 1])
        _, s, r, o = (column[kept[a:b]] for column in history.of_days(today, today + 1))
        asked_s, asked_r, which = questions(s, r)
        history.advance_to(today)
        held = history.held(today, today + 1)[kept[a:b]]
        start = np.searchsorted(which, np.arange(asked_s.size + 1))  # facts of a day are sorted by question
        above, tied = np.zeros(o.size, np.int64), np.zeros(o.size, np.int64)
        for here, asked in history.in_parts(asked_s, asked_r, most=most, with_first=True, part=part):
            utility = choice.utilities(asked, described(history, asked))
            rank_answers(
                asked.first, asked.shortlist, asked.size, utility, start[here.start : here.stop + 1], o, above, tied
            )
        parts.append((above, tied, np.full(o.size, today), r >= history.ways // 2, held))
        if progress is not None:
            progress(done, len(days))
    if not parts:
        raise BadValue("there is no question to score", f"days {first_day} to {end}", "ask for a later day")
    above, tied, on_day, is_head, held = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Ranks(above, tied, on_day, is_head), held


def _places(asked: Asked, which: Ints, answer: Ints) -> tuple[Ints, Ints]:
    """How many answers of each question are on its shortlist, and their places in it, question by question."""
    order = np.argsort(which, kind="stable")
    which, answer = which[order], answer[order]
    most = asked.shortlist.shape[1]
    hit = (asked.shortlist[which] == answer[:, None]) & (np.arange(most) < asked.size[which][:, None])
    found = hit.any(axis=1)
    counts = np.bincount(which[found], minlength=asked.source.size).astype(np.int64)
    return counts, hit[found].argmax(axis=1).astype(np.int64)


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
