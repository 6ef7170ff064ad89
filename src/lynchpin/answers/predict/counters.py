"""Streaming counters: how often each triple, pair, act on an actor and actor was seen, decayed to the day asked for.

A slot's counts lie side by side, one for each half-life; a day that passes is a multiplication along the slots.
Days may pass unsettled: a slot that is counted is brought to its day first, all others when they are next asked for, by
the same multiplications in the same order. So it makes no difference to any digit how often somebody asks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lynchpin.answers.predict._values import EVER, MONTH
from lynchpin.answers.predict.columns import HALF_LIVES
from lynchpin.engine.compiled import njit

Int32 = NDArray[np.int32]
Float32 = NDArray[np.float32]
NEVER = -(2**31)  # last day of what was never seen


class Index(NamedTuple):
    """Slots of the distinct triples (s, r, o), pairs (s, o) and acts on an actor (r, o), sorted in that order.

    The block of triples of (s, r) begins at `sr_start[s * n_relations + r]`, the block of pairs of s at
    `pair_start[s]`, that of acts r at `act_start[r]`; the triples of a pair are
    `pair_triples[pair_triple_start[p] : pair_triple_start[p + 1]]`, and `place[t]` is where t stands among them. The
    blocks of r, one for each s, are `block_start[by_act_start[r] : by_act_start[r + 1]]` to `block_end`, of
    `block_source`.
    """

    n: int  # candidates
    n_relations: int  # both ways
    sr_start: Int32
    triple_target: Int32
    triple_relation: Int32
    triple_pair: Int32
    triple_act: Int32
    pair_start: Int32
    pair_target: Int32
    pair_triple_start: Int32
    pair_triples: Int32
    pair_relation: Int32  # of each of `pair_triples`
    place: Int32
    act_at: Int32  # (n_relations * n,), slot of (r, o), -1 where there is none
    act_start: Int32
    act_target: Int32
    by_act_start: Int32
    block_source: Int32
    block_start: Int32
    block_end: Int32


class Counters(NamedTuple):
    """Decayed counts, one column for each half-life, and days last seen; along the slots of an `Index`."""

    triple: Float32  # (triples, half-lives)
    pair: Float32  # (pairs, 2, half-lives): done by s, done to s
    both: Float32  # (2, pairs): the two together, over all time and at 30 days
    act: Float32  # (acts, half-lives)
    role: Float32  # (n, 2, half-lives): done to o, done by o
    by_pair: Float32  # (triples,), the count over all time, in the order of `pair_triples`
    triple_last: Int32
    triple_at: Int32  # the day a triple was last brought to
    pair_last: Int32
    act_last: Int32
    last: Int32


class Passing(NamedTuple):
    """Days that have passed since all counters were brought to one.

    since: that day; days: (passed,), each day that was stopped at since; factors: (passed, half-lives); learns:
    (passed,), whether the exposure of that day is to be counted on the way
    """

    since: int
    days: NDArray[np.int64]
    factors: Float32
    learns: NDArray[np.bool_]


def _starts(of: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Where each number's block begins among sorted numbers, and the end of the last, shape (size + 1,)."""
    return np.concatenate([[0], np.cumsum(np.bincount(of, minlength=size))])


def make_index(s: Int32, r: Int32, o: Int32, n_s: int, n_r: int, n: int) -> tuple[Index, Int32]:
    """The index of facts both ways, and the slot of each of them.

    Parameters
    ----------
    s, r, o : ndarray of int, shape (facts,), sources 0 .. n_s - 1, relations 0 .. n_r - 1, targets 0 .. n - 1
    """
    wide = s.astype(np.int64)
    wide *= n_r
    wide += r
    wide *= n
    wide += o
    key, of_fact = np.unique(wide, return_inverse=True)
    slots: Int32 = of_fact.astype(np.int32)
    del wide
    sr, target = np.divmod(key, n)
    del key
    source, relation = np.divmod(sr, n_r)
    pair_key, triple_pair = np.unique(source * n + target, return_inverse=True)
    act_key, triple_act = np.unique(relation * n + target, return_inverse=True)
    by_pair = np.argsort(triple_pair, kind="stable").astype(np.int32)
    place = np.empty_like(by_pair)
    place[by_pair] = np.arange(by_pair.size, dtype=np.int32)
    act_at = np.full(n_r * n if slots.size else 0, -1, dtype=np.int32)
    act_at[act_key] = np.arange(act_key.size)
    first = np.flatnonzero(np.concatenate([np.ones(min(1, sr.size), np.bool_), sr[1:] != sr[:-1]]))
    end = np.concatenate([first[1:], [sr.size]])[: first.size]
    sr_start = np.zeros(n_s * n_r + 1, dtype=np.int32)
    sr_start[sr[first] + 1] = end - first
    np.cumsum(sr_start, out=sr_start)
    by_act = np.argsort(relation[first], kind="stable")
    first, end = first[by_act], end[by_act]
    parts = (
        sr_start,
        target,
        relation,
        triple_pair,
        triple_act,
        _starts(pair_key // n, n_s),
        pair_key % n,
        _starts(triple_pair, pair_key.size),
        by_pair,
        relation[by_pair],
        place,
        act_at,
        _starts(act_key // n, n_r),
        act_key % n,
        _starts(relation[first], n_r),
        source[first],
        first,
        end,
    )
    return Index(n, n_r, *(np.ascontiguousarray(part, dtype=np.int32) for part in parts)), slots


def make_counters(index: Index) -> Counters:
    """Counters at zero."""
    triples, pairs, acts = index.triple_target.size, index.pair_target.size, index.act_target.size
    h, zero, never = len(HALF_LIVES), np.float32(0.0), np.int32(NEVER)
    return Counters(
        triple=np.full((triples, h), zero),
        pair=np.full((pairs, 2, h), zero),
        both=np.full((2, pairs), zero),
        act=np.full((acts, h), zero),
        role=np.full((index.n, 2, h), zero),
        by_pair=np.full(triples, zero),
        triple_last=np.full(triples, never),
        triple_at=np.full(triples, never),
        pair_last=np.full(pairs, never),
        act_last=np.full(acts, never),
        last=np.full(index.n, never),
    )


def factors(days: float) -> Float32:
    """What is left of each count when days have passed, shape (half-lives,): 2 ** (-days / half_life)."""
    return np.asarray(2.0 ** (-days / np.array(HALF_LIVES)), dtype=np.float32)


def settle(
    index: Index,
    counters: Counters,
    passing: Passing,
    at: NDArray[np.int64],
    exposed: NDArray[np.float64] | None = None,
) -> None:
    """Bring every counter to the last of the days that passed.

    Parameters
    ----------
    at : ndarray of int, shape (k,), half-lives whose exposure is counted
    exposed : ndarray, shape (relations, k), changed on days that learn; None: no exposure is counted
    """
    h = len(HALF_LIVES)
    nowhere = np.full(h, -1, dtype=np.int64)
    of_line = nowhere.copy()
    of_line[at] = np.arange(at.size)
    relation, none, never = index.triple_relation, np.zeros(0, np.int32), np.zeros_like(passing.learns)
    nobody = np.zeros((0, at.size))
    learns, into = (never, nobody) if exposed is None else (passing.learns, exposed)
    settle_slots(counters.triple, counters.triple_at, *passing[:3], learns, of_line, relation, into)
    for counts, last in (
        (counters.pair.reshape(-1, 2 * h), counters.pair_last),
        (counters.act, counters.act_last),
        (counters.role.reshape(-1, 2 * h), counters.last),
    ):
        settle_slots(counts, last, *passing[:3], never, nowhere, none, nobody)
    np.add(counters.pair[:, 0, MONTH], counters.pair[:, 1, MONTH], out=counters.both[1])


@njit(cache=True, nogil=True)
def settle_slots(counts, last, since, days, factors, learns, of_line, relation, exposed):  # pragma: no cover
    """Bring slots to the last of the days that passed, each from the day it was brought to before.

    counts: (slots, columns), half-lives in turn; last: (slots,), a slot was brought to this day if it is after `since`;
    of_line: (half-lives,), the column of exposed that the half-life has, or -1; relation: (slots,), whose it is
    """
    half_lives, learned = factors.shape[1], learns.any()
    columns = counts.shape[1]
    for t in range(counts.shape[0]):
        if counts[t, EVER] == 0.0 and counts[t, columns - 1] == 0.0:
            continue
        begin = np.searchsorted(days, last[t]) + 1 if last[t] > since else 0
        for j in range(begin, days.size):
            for i in range(0, columns, half_lives):
                for h in range(half_lives):
                    counts[t, i + h] *= factors[j, h]
            if learned and learns[j]:
                for h in range(half_lives):
                    if of_line[h] >= 0:
                        exposed[relation[t], of_line[h]] += counts[t, h]


@njit(cache=True, nogil=True)
def _bring(counts, t, last, since, days, factors):  # pragma: no cover - measured uncompiled
    """Bring one slot to the last of the days that passed, as `settle_slots` does all; counts: (slots, half-lives)."""
    begin = np.searchsorted(days, last) + 1 if last > since else 0
    for j in range(begin, days.size):
        for h in range(counts.shape[1]):
            counts[t, h] *= factors[j, h]


@njit(cache=True, nogil=True)
def _bring_triple(index, counters, t, passing, at, exposed):  # pragma: no cover - measured uncompiled
    """The same for a triple, whose exposure on days that learn is counted on the way."""
    last = counters.triple_at[t]
    begin = np.searchsorted(passing.days, last) + 1 if last > passing.since else 0
    if counters.triple[t, EVER] > 0.0 and passing.learns.any():
        for k in range(at.size):
            x = counters.triple[t, at[k]]
            for j in range(begin, passing.days.size):
                x *= passing.factors[j, at[k]]
                if passing.learns[j]:
                    exposed[index.triple_relation[t], k] += x
    _bring(counters.triple, t, last, passing.since, passing.days, passing.factors)


@njit(cache=True, nogil=True)
def pass_day(index, counters, triples, day, passing, learning, at, exposed, followed):  # pragma: no cover
    """Take in the facts of one day: bring their slots to it, count what followed what, and add them; each weighs one.

    triples: (facts,), slots; passing: the last of its days is this one, or none where all counters stand at it;
    learning: whether followers are counted: followed[r', r, k] += decayed count of (s, r', o), at half-life at[k]
    """
    half = index.n_relations // 2
    for t in triples:
        p, a, o = index.triple_pair[t], index.triple_act[t], index.triple_target[t]
        if counters.pair_last[p] != day:
            for way in range(2):
                _bring(counters.pair[:, way], p, counters.pair_last[p], passing.since, passing.days, passing.factors)
            counters.pair_last[p] = day
            for j in range(index.pair_triple_start[p], index.pair_triple_start[p + 1]):
                u = index.pair_triples[j]
                if learning and counters.triple_at[u] != day:
                    _bring_triple(index, counters, u, passing, at, exposed)
                    counters.triple_at[u] = day
        if counters.triple_at[t] != day:
            _bring_triple(index, counters, t, passing, at, exposed)
            counters.triple_at[t] = day
        if counters.act_last[a] != day:
            _bring(counters.act, a, counters.act_last[a], passing.since, passing.days, passing.factors)
            counters.act_last[a] = day
        if counters.last[o] != day:
            for way in range(2):
                _bring(counters.role[:, way], o, counters.last[o], passing.since, passing.days, passing.factors)
            counters.last[o] = day
    if learning:
        for t in triples:
            p, r = index.triple_pair[t], index.triple_relation[t]
            for j in range(index.pair_triple_start[p], index.pair_triple_start[p + 1]):
                u = index.pair_triples[j]
                for k in range(at.size):
                    followed[index.triple_relation[u], r, k] += counters.triple[u, at[k]]
    for t in triples:
        p, a, o = index.triple_pair[t], index.triple_act[t], index.triple_target[t]
        way = 1 if index.triple_relation[t] >= half else 0
        for h in range(counters.triple.shape[1]):
            counters.triple[t, h] += 1.0
            counters.pair[p, way, h] += 1.0
            counters.act[a, h] += 1.0
            counters.role[o, way, h] += 1.0
        counters.both[0, p] = counters.pair[p, 0, EVER] + counters.pair[p, 1, EVER]
        counters.both[1, p] = counters.pair[p, 0, MONTH] + counters.pair[p, 1, MONTH]
        counters.by_pair[index.place[t]] += 1.0
        counters.triple_last[t] = day


@njit(cache=True, nogil=True)
def count_exposure(index, counters, at, exposed):  # pragma: no cover - measured uncompiled
    """exposed[r', k] += decayed count of all triples of r', at half-life at[k]: what could have been followed today."""
    for t in range(index.triple_relation.size):
        for k in range(at.size):
            exposed[index.triple_relation[t], k] += counters.triple[t, at[k]]
