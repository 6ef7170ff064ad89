"""Streaming counters: how often each triple, pair, act on an actor and actor was seen, decayed to the day asked for.

Who ever stands beside whom is an index, made once; the counters run through time over it. A slot of the index whose
facts are still to come counts zero, so the index tells nothing of the future.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lynchpin.predict.columns import HALF_LIVES

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
