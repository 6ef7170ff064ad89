"""The history as it stood on the morning of a day, and what it says of a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lynchpin.answers.predict._kernel import Scratch, ask
from lynchpin.answers.predict.columns import COLUMNS, HALF_LIVES, PAIR_INTENSITY
from lynchpin.answers.predict.facts import Facts, Traits
from lynchpin.engine.statistics.base import Ints

#: Candidates that get past the first score.
SHORTLIST = 150
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
        self.traits, self.learn_until = traits, learn_until
        self._day, self._s, self._r, self._o = facts.both_ways()
        self._index = make_index(self._s, self._r, self._o, self.n, self.ways, self.n)
        self._triples = triples_of(self._index, self._s, self._r, self._o)
        self.counters = make_counters(self._index)
        home = traits.state[self._s].astype(np.int64)
        at_home = home >= 0
        s, r, o = home[at_home], self._r[at_home], self._o[at_home]
        self._home_index = make_index(s, r, o, len(traits.states), self.ways, self.n)
        self._home_triples = np.full(self._s.size, -1, dtype=np.int32)
        self._home_triples[at_home] = triples_of(self._home_index, s, r, o)
        self._home_counters = make_counters(self._home_index)
        states, kinds, ways = len(traits.states), len(traits.kinds), self.ways
        shapes = ((ways, states), (states, ways, states), (states, states), (ways, kinds), (kinds, ways, kinds, 2))
        self._tables = Tables(*(np.zeros(shape, np.float32) for shape in shapes))
        self._at = np.array(PAIR_INTENSITY, dtype=np.int64)
        self._followed = np.zeros((ways, ways, self._at.size), np.float32)
        self._exposed = np.zeros((ways, self._at.size))
        self._next = 0
        self.day: int | None = None

    def advance_to(self, day: int) -> None:
        """Take in every fact dated strictly before a day, and decay to it."""
        end = int(np.searchsorted(self._day, day))
        while self._next < end:
            today = int(self._day[self._next])
            self._decay_to(today)
            stop = int(np.searchsorted(self._day, today, side="right"))
            self._take_in(self._next, stop, today)
            self._next = stop
        self._decay_to(day)

    def _decay_to(self, day: int) -> None:
        if self.day is not None and day > self.day:
            decay(self.counters, day - self.day)
            decay(self._home_counters, day - self.day)
        self.day = day

    def _take_in(self, a: int, b: int, day: int) -> None:
        triples = self._triples[a:b]
        if day < self.learn_until:
            count_followers(self._index, self.counters, triples, self._at, self._followed)
            count_exposure(self._index, self.counters, self._at, self._exposed)
        count(self._index, self.counters, triples, day)
        at_home = self._home_triples[a:b]
        count(self._home_index, self._home_counters, at_home[at_home >= 0], day)
        self._count_names(self._s[a:b], self._r[a:b], self._o[a:b])

    def _count_names(self, s: Ints, r: Ints, o: Ints) -> None:
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
        return (self._followed / (self._exposed[:, None, :] + PRIOR_EXPOSURE)).astype(np.float32)

    def ask(self, source: Ints, relation: Ints, *, most: int = SHORTLIST, with_first: bool = False) -> Asked:
        """What the history says of questions of its day.

        Parameters
        ----------
        source, relation : ndarray of int, shape (questions,), sorted by source
        most : int, length of the shortlist
        with_first : bool, whether to give the first scores of all actors
        """
        assert self.day is not None
        n, states, kinds = self.n, len(self.traits.states), len(self.traits.kinds)
        most = min(most, n)
        none, zero = np.int32(-1), np.float32(0.0)
        room = Scratch(
            pair_at=np.full(n, none),
            triple_at=np.full(n, none),
            return_at=np.full(n, none),
            walk=np.full((n, 4), zero),
            triad=np.full((n, 5), zero),
            intensity=np.full((n, 4), zero),
            on_state=np.full((states + 1, 4), zero),
            on_kind=np.full((kinds + 1, 2), zero),
            score=np.full(n, zero),
        )
        shortlist, size = np.zeros((source.size, most), np.int32), np.zeros(source.size, np.int32)
        X = np.zeros((source.size, most, len(COLUMNS)), np.float32)
        first = np.zeros((source.size, n) if with_first else (0, 0), np.float32)
        ask(
            self._index, self.counters, self._home_index, self._home_counters, self._tables, self.traits.state,
            self.traits.kind, self.follows(), self._at, self.day, source, relation, room, shortlist, size, X, first,
        )  # fmt: skip
        return Asked(self.day, source, relation, shortlist, size, X, first)


def questions(s: Ints, r: Ints) -> tuple[Ints, Ints, NDArray[np.int64]]:
    """The distinct questions behind facts, sorted, and the question of each fact."""
    if not s.size:
        return s, r, np.zeros(0, dtype=np.int64)
    pairs, which = np.unique(np.column_stack([s, r]), axis=0, return_inverse=True)
    return np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1]), which.reshape(-1)


# -- Streaming counters: how often each triple, pair, act on an actor and actor was seen, decayed to the day asked
# for.

Int32 = NDArray[np.int32]
Float32 = NDArray[np.float32]
NEVER = -(10**6)  # last day of what was never seen


class Index(NamedTuple):
    """Slots of the distinct triples (s, r, o), pairs (s, o) and acts on an actor (r, o), sorted in that order.

    The block of triples of (s, r) begins at `sr_start[s * n_relations + r]`, the block of pairs of s at
    `pair_start[s]`; the triples of a pair are `pair_triples[pair_triple_start[p] : pair_triple_start[p + 1]]`.
    """

    n: int  # candidates
    n_relations: int  # both ways
    key: NDArray[np.int64]  # (triples,), (s * n_relations + r) * n + o
    sr_start: Int32
    triple_target: Int32
    triple_relation: Int32
    triple_pair: Int32
    triple_act: Int32
    pair_start: Int32
    pair_target: Int32
    pair_triple_start: Int32
    pair_triples: Int32
    act_at: Int32  # (n_relations * n,), slot of (r, o), -1 where there is none


class Counters(NamedTuple):
    """Decayed counts, one column for each half-life, and days last seen; along the slots of an `Index`."""

    triple: Float32  # (triples, half-lives)
    pair: Float32  # (pairs, 2, half-lives): done by s, done to s
    act: Float32  # (acts, half-lives)
    role: Float32  # (n, 2, half-lives): done to o, done by o
    triple_last: Int32
    pair_last: Int32
    act_last: Int32
    last: Int32


def make_index(s: NDArray[np.int64], r: NDArray[np.int64], o: NDArray[np.int64], n_s: int, n_r: int, n: int) -> Index:
    """The index of facts both ways.

    Parameters
    ----------
    s, r, o : ndarray of int, shape (facts,), sources 0 .. n_s - 1, relations 0 .. n_r - 1, targets 0 .. n - 1
    """
    key = np.unique((s * n_r + r) * n + o)
    sr, target = key // n, key % n
    pair_key, triple_pair = np.unique(sr // n_r * n + target, return_inverse=True)
    act_key, triple_act = np.unique(sr % n_r * n + target, return_inverse=True)
    by_pair = np.argsort(triple_pair, kind="stable")
    act_at = np.full(n_r * n, -1, dtype=np.int32)
    act_at[act_key] = np.arange(act_key.size)
    parts = (
        np.searchsorted(sr, np.arange(n_s * n_r + 1)),
        target,
        sr % n_r,
        triple_pair,
        triple_act,
        np.searchsorted(pair_key // n, np.arange(n_s + 1)),
        pair_key % n,
        np.searchsorted(triple_pair[by_pair], np.arange(pair_key.size + 1)),
        by_pair,
        act_at,
    )
    return Index(n, n_r, key, *(np.ascontiguousarray(part, dtype=np.int32) for part in parts))


def triples_of(index: Index, s: NDArray[np.int64], r: NDArray[np.int64], o: NDArray[np.int64]) -> Int32:
    """The slots of triples that are in the index."""
    return np.searchsorted(index.key, (s * index.n_relations + r) * index.n + o).astype(np.int32)


def make_counters(index: Index) -> Counters:
    """Counters at zero."""
    triples, pairs, acts = index.key.size, index.pair_target.size, int(index.act_at.max(initial=-1)) + 1
    h, zero, never = len(HALF_LIVES), np.float32(0.0), np.int32(NEVER)
    return Counters(
        triple=np.full((triples, h), zero),
        pair=np.full((pairs, 2, h), zero),
        act=np.full((acts, h), zero),
        role=np.full((index.n, 2, h), zero),
        triple_last=np.full(triples, never),
        pair_last=np.full(pairs, never),
        act_last=np.full(acts, never),
        last=np.full(index.n, never),
    )


def decay(counters: Counters, days: int) -> None:
    """Let days pass: every count shrinks by 2 ** (-days / half_life)."""
    factor = (2.0 ** (-days / np.array(HALF_LIVES))).astype(np.float32)
    for counts in (counters.triple, counters.pair, counters.act, counters.role):
        counts *= factor


@njit(cache=True, nogil=True)
def count(index, counters, triples, day):  # pragma: no cover - measured uncompiled
    """Add the facts of one day, which weigh one: triples (facts,), their slots."""
    half = index.n_relations // 2
    for t in triples:
        p, a, o = index.triple_pair[t], index.triple_act[t], index.triple_target[t]
        way = 1 if index.triple_relation[t] >= half else 0
        for h in range(counters.triple.shape[1]):
            counters.triple[t, h] += 1.0
            counters.pair[p, way, h] += 1.0
            counters.act[a, h] += 1.0
            counters.role[o, way, h] += 1.0
        counters.triple_last[t] = day
        counters.pair_last[p] = day
        counters.act_last[a] = day
        counters.last[o] = day


@njit(cache=True, nogil=True)
def count_followers(index, counters, triples, at, followed):  # pragma: no cover - measured uncompiled
    """followed[r', r, k] += decayed count of (s, r', o), at half-life at[k], for every fact (s, r, o) of a day."""
    for t in triples:
        p, r = index.triple_pair[t], index.triple_relation[t]
        for j in range(index.pair_triple_start[p], index.pair_triple_start[p + 1]):
            u = index.pair_triples[j]
            for k in range(at.size):
                followed[index.triple_relation[u], r, k] += counters.triple[u, at[k]]


@njit(cache=True, nogil=True)
def count_exposure(index, counters, at, exposed):  # pragma: no cover - measured uncompiled
    """exposed[r', k] += decayed count of all triples of r', at half-life at[k]: what could have been followed today."""
    for t in range(index.key.size):
        for k in range(at.size):
            exposed[index.triple_relation[t], k] += counters.triple[t, at[k]]
