"""The history as it stood on the morning of a day, and what it says of a question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lynchpin.answers.predict._kernel import ask, bases_of, make_scratch
from lynchpin.answers.predict._values import EVER
from lynchpin.answers.predict.columns import COLUMNS, PAIR_INTENSITY
from lynchpin.answers.predict.counters import (
    Float32,
    Int32,
    Passing,
    count_exposure,
    factors,
    make_counters,
    make_index,
    pass_day,
    settle,
)
from lynchpin.answers.predict.facts import Facts, Traits
from lynchpin.engine.statistics.base import Ints

#: Candidates that get past the first score.
SHORTLIST = 150
#: Questions whose statistics are in memory at a time: 6 MB of them.
PART = 128
#: Events that a relation must have behind it before its followers are believed: added to the exposure.
PRIOR_EXPOSURE = 5.0


class Tables(NamedTuple):
    """Counts of acts between states and kinds, over all time."""

    act_state: Float32  # (relations both ways, states)
    state_act_state: Float32
    state_state: Float32
    act_kind: Float32
    kind_act_kind: Float32  # (kinds, relations, kinds, whether of one state)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a history says of some questions of one day.

    Attributes
    ----------
    day : int
    source, relation : ndarray of int, shape (questions,); a relation from the number of relations on is asked backwards
    shortlist : ndarray of int, shape (questions, most), positions of candidates
    size : ndarray of int, shape (questions,), how many of them there are
    X : ndarray, shape (questions, most, columns), statistics in the order of `COLUMNS`
    first : ndarray, shape (questions, actors), first scores; no rows where they were not asked for
    """

    day: int
    source: Ints
    relation: Ints
    shortlist: Int32
    size: Int32
    X: Float32
    first: Float32


class PastFacts:
    """Counters over the facts, moved forward day by day.

    Parameters
    ----------
    facts : Facts; those that are still to come change no answer
    traits : Traits of its actors
    learn_until : int, day; the relation-pair matrix takes in nothing dated on or after it, and stays as it is then
    """

    def __init__(self, facts: Facts, traits: Traits, learn_until: int) -> None:
        self.n, self.ways = len(facts.actors), 2 * len(facts.relations)
        self.traits, self.learn_until, self.unit = traits, learn_until, facts.unit
        self.days, self._s, self._r, self._o = (column.astype(np.int32) for column in facts.both_ways())
        self.index, self.triples = make_index(self._s, self._r, self._o, self.n, self.ways, self.n)
        self.counters = make_counters(self.index)
        home = traits.state[self._s]
        at_home = home >= 0
        s, r, o = home[at_home], self._r[at_home], self._o[at_home]
        self._home_index, slots = make_index(s, r, o, len(traits.states), self.ways, self.n)
        self._home_triples = np.full(self._s.size if slots.size else 0, -1, dtype=np.int32)
        self._home_triples[at_home[: self._home_triples.size]] = slots
        self._home_counters = make_counters(self._home_index)
        states, kinds, ways = len(traits.states), len(traits.kinds), self.ways
        shapes = ((ways, states), (states, ways, states), (states, states), (ways, kinds), (kinds, ways, kinds, 2))
        self._tables = Tables(*(np.zeros(shape, np.float32) for shape in shapes))
        self._at = np.array(PAIR_INTENSITY, dtype=np.int64)
        self._followed = np.zeros((ways, ways, self._at.size), np.float32)
        self._exposed = np.zeros((ways, self._at.size))
        self._follows: Float32 | None = None
        self._next = 0
        self.day: int | None = None

    def of_days(self, first: int, end: int) -> tuple[Ints, Ints, Ints, Ints]:
        """Day, source, relation and target of the facts of some days, both ways, in the order of `Facts.both_ways`."""
        a, b = np.searchsorted(self.days, [first, end])
        day, s, r, o = (column[a:b].astype(np.int64) for column in (self.days, self._s, self._r, self._o))
        return day, s, r, o

    def held(self, first: int, end: int) -> Ints:
        """What the history holds of each fact of some days, both ways: 0 its triple, 1 its pair, 2 neither."""
        a, b = np.searchsorted(self.days, [first, end])
        triples = self.triples[a:b]
        has_pair = self.counters.both[0, self.index.triple_pair[triples]] > 0.0
        return np.where(self.counters.triple[triples, EVER] > 0.0, 0, np.where(has_pair, 1, 2)).astype(np.int64)

    def advance_to(self, day: int, *, leap: bool = False) -> None:
        """Take in every fact dated strictly before a day, and decay to it.

        Parameters
        ----------
        day : int
        leap : bool, whether days that are learned from are passed without bringing every counter to each of them: far
            quicker over many days; the relation-pair matrix then differs by rounding of its sums
        """
        end = int(np.searchsorted(self.days, day))
        stops = np.unique(self.days[self._next : end]).tolist()
        days = _Days(self.day if self.day is not None else (stops[0] if stops else day), len(stops) + 1, self.unit)
        for today in stops:
            stop = int(np.searchsorted(self.days, today, side="right"))
            learning = today < self.learn_until
            stepped = days.step(today, learns=learning and leap)
            if learning and not (leap and stepped):
                self._settle(days)
                count_exposure(self.index, self.counters, self._at, self._exposed)
            self._take_in(self._next, stop, today, days.passing(), learning)
            self._next = stop
        days.step(day)
        self._settle(days)
        self.day = day

    def _settle(self, days: _Days) -> None:
        passing = days.passing()
        if passing.days.size:
            settle(self.index, self.counters, passing, self._at, self._exposed)
            settle(self._home_index, self._home_counters, passing, self._at)
        days.settled()

    def _take_in(self, a: int, b: int, day: int, passing: Passing, learning: bool) -> None:
        self._follows = None if learning else self._follows
        pass_day(
            self.index,
            self.counters,
            self.triples[a:b],
            day,
            passing,
            learning,
            self._at,
            self._exposed,
            self._followed,
        )
        at_home = self._home_triples[a:b]
        pass_day(
            self._home_index, self._home_counters, at_home[at_home >= 0], day, passing, False, self._at,
            np.zeros((self.ways, self._at.size)), self._followed,
        )  # fmt: skip
        self._count_names(self._s[a:b], self._r[a:b], self._o[a:b])

    def _count_names(self, s: Int32, r: Int32, o: Int32) -> None:
        state_s, state_o, kind_s, kind_o = (has[who] for has in (self.traits.state, self.traits.kind) for who in (s, o))
        tables = self._tables
        known = state_o >= 0
        np.add.at(tables.act_state, (r[known], state_o[known]), 1.0)
        known &= state_s >= 0
        np.add.at(tables.state_act_state, (state_s[known], r[known], state_o[known]), 1.0)
        np.add.at(tables.state_state, (state_s[known], state_o[known]), 1.0)
        one_state = (known & (state_s == state_o)).astype(np.int64)
        known = kind_o >= 0
        np.add.at(tables.act_kind, (r[known], kind_o[known]), 1.0)
        known &= kind_s >= 0
        np.add.at(tables.kind_act_kind, (kind_s[known], r[known], kind_o[known], one_state[known]), 1.0)

    def follows(self) -> Float32:
        """Relation-pair matrix, shape (relations, relations, half-lives): acts r a day for each decayed act r' of the
        pair, in closed form from the days learned from."""
        if self._follows is None:
            self._follows = (self._followed / (self._exposed[:, None, :] + PRIOR_EXPOSURE)).astype(np.float32)
        return self._follows

    def ask(self, source: Ints, relation: Ints, *, most: int = SHORTLIST, with_first: bool = False) -> Asked:
        """What the history says of questions of its day.

        Parameters
        ----------
        source, relation : ndarray of int, shape (questions,), sorted by source
        most : int, length of the shortlist
        with_first : bool, whether to give the first scores of all actors
        """
        [(_, asked)] = self.in_parts(source, relation, most=most, with_first=with_first, part=max(1, source.size))
        return asked

    def in_parts(
        self, source: Ints, relation: Ints, *, most: int = SHORTLIST, with_first: bool = False, part: int = PART
    ) -> Iterator[tuple[slice, Asked]]:
        """The same, so many questions at a time: where they stand among all, and what the history says of them."""
        assert self.day is not None
        most, acts, follows = min(most, self.n), np.unique(relation), self.follows()
        follow = np.ascontiguousarray(follows[:, acts, -1].T)
        base, floor = np.empty((acts.size, self.n), np.float32), np.zeros(acts.size, np.float32)
        bases_of(self.index, self.counters, acts, most, base, floor)
        room = make_scratch(self.n, self.index.act_target.size, len(self.traits.states), len(self.traits.kinds))
        for a in range(0, max(1, source.size), part):
            here = slice(a, min(a + part, source.size))
            q = here.stop - a
            shortlist, size = np.zeros((q, most), np.int32), np.zeros(q, np.int32)
            X = np.zeros((q, most, len(COLUMNS)), np.float32)
            first = np.zeros((q, self.n) if with_first else (0, 0), np.float32)
            ask(
                self.index, self.counters, self._home_index, self._home_counters, self._tables, self.traits.state,
                self.traits.kind, follows, follow, self._at, self.day, self.unit, source[here], relation[here], acts,
                base, floor, a, room, shortlist, size, X, first,
            )  # fmt: skip
            yield here, Asked(self.day, source[here], relation[here], shortlist, size, X, first)


class _Days:
    """Days that pass between two settlings."""

    def __init__(self, since: int, most: int, unit: int) -> None:
        self._since, self._unit, self._passed, self._from = since, unit, 0, 0
        self._now = since
        self._days, self._learns = np.zeros(most, np.int64), np.zeros(most, np.bool_)
        self._factors = np.zeros((most, factors(1.0).size), np.float32)

    def step(self, day: int, *, learns: bool = False) -> bool:
        """Let time pass to a day; whether any did."""
        if day <= self._now:
            return False
        k = self._passed
        self._days[k], self._factors[k], self._learns[k] = day, factors((day - self._now) / self._unit), learns
        self._now, self._passed = day, k + 1
        return True

    def passing(self) -> Passing:
        a, b = self._from, self._passed
        return Passing(self._since, self._days[a:b], self._factors[a:b], self._learns[a:b])

    def settled(self) -> None:
        self._since, self._from = self._now, self._passed


def questions(s: Ints, r: Ints) -> tuple[Ints, Ints, NDArray[np.int64]]:
    """The distinct questions behind facts, sorted, and the question of each fact."""
    if not s.size:
        return s, r, np.zeros(0, dtype=np.int64)
    pairs, which = np.unique(np.column_stack([s, r]), axis=0, return_inverse=True)
    return np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1]), which.reshape(-1)
