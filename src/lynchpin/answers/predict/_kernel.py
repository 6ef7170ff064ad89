"""The kernel: for every question of a day, a shortlist of candidates and the statistics of each of them.

Indices of half-lives stand for 1, 3, 10, 30, 100 days and ever: 0 .. 5. Way 0: the act is done by s to o; way 1: it is
done to s by o; `role[o, way]` is how often o stood where the answer stands. All counts are of days before the one asked
for. `reference.py` says the same plainly.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

EVER, MONTH = 5, 3  # positions of half-lives that are used alone
TINY = 1e-6


class Scratch(NamedTuple):
    """Room for one question at a time, along the candidates; zero, or -1 where it holds slots."""

    pair_at: np.ndarray
    triple_at: np.ndarray
    return_at: np.ndarray
    walk: np.ndarray  # (n, 4)
    triad: np.ndarray  # (n, 5)
    intensity: np.ndarray  # (n, 4)
    on_state: np.ndarray  # (states + 1, 4); the last row is for none known
    on_kind: np.ndarray  # (kinds + 1, 2)
    score: np.ndarray  # (n,)


@njit(cache=True, nogil=True)
def _count(x):
    return math.log1p(10.0 * x)


@njit(cache=True, nogil=True)
def _share(x):
    return math.log1p(300.0 * x)


@njit(cache=True, nogil=True)
def _two_steps(ix, c, s, walk):
    """Paths s - k - o over pairs, either way: products of counts (30 days, ever), and of shares."""
    walk[:] = 0.0
    all_s = c.role[s, 0, EVER] + c.role[s, 1, EVER]
    late_s = c.role[s, 0, MONTH] + c.role[s, 1, MONTH] + TINY
    for p in range(ix.pair_start[s], ix.pair_start[s + 1]):
        first = c.pair[p, 0, EVER] + c.pair[p, 1, EVER]
        if first <= 0.0:
            continue
        first_late = c.pair[p, 0, MONTH] + c.pair[p, 1, MONTH]
        k = ix.pair_target[p]
        all_k = c.role[k, 0, EVER] + c.role[k, 1, EVER]
        late_k = c.role[k, 0, MONTH] + c.role[k, 1, MONTH] + TINY
        for q in range(ix.pair_start[k], ix.pair_start[k + 1]):
            second = c.pair[q, 0, EVER] + c.pair[q, 1, EVER]
            o = ix.pair_target[q]
            if second <= 0.0 or o == s:
                continue
            late = first_late * (c.pair[q, 0, MONTH] + c.pair[q, 1, MONTH])
            walk[o, 0] += late
            walk[o, 1] += first * second
            walk[o, 2] += late / (late_s * late_k)
            walk[o, 3] += first * second / (all_s * all_k)


@njit(cache=True, nogil=True)
def _intensities(ix, c, s, r, follows, at, intensity):
    """sum over r' of follows[r', r] * count of (s, r', o), for every partner o of s."""
    for p in range(ix.pair_start[s], ix.pair_start[s + 1]):
        o = ix.pair_target[p]
        for j in range(ix.pair_triple_start[p], ix.pair_triple_start[p + 1]):
            u = ix.pair_triples[j]
            if c.triple[u, EVER] > 0.0:
                for k in range(at.size):
                    intensity[o, k] += follows[ix.triple_relation[u], r, k] * c.triple[u, at[k]]


@njit(cache=True, nogil=True)
def _partners_do(ix, c, s, r, triad):
    """triad[o, 0:2]: the act on o by partners of s, weighted by their share in what s has to do with anyone."""
    all_s = c.role[s, 0, EVER] + c.role[s, 1, EVER]
    late_s = c.role[s, 0, MONTH] + c.role[s, 1, MONTH] + TINY
    for p in range(ix.pair_start[s], ix.pair_start[s + 1]):
        both = c.pair[p, 0, EVER] + c.pair[p, 1, EVER]
        if both <= 0.0:
            continue
        ever, late = both / all_s, (c.pair[p, 0, MONTH] + c.pair[p, 1, MONTH]) / late_s
        begin = ix.pair_target[p] * ix.n_relations + r
        for t in range(ix.sr_start[begin], ix.sr_start[begin + 1]):
            o = ix.triple_target[t]
            triad[o, 0] += late * c.triple[t, MONTH]
            triad[o, 1] += ever * c.triple[t, EVER]


@njit(cache=True, nogil=True)
def _near_past(ix, c, s, r, back, acts_late, acts, triad):
    """triad[o, 2:4]: o's share in the past of whom s did the act to; triad[o, 4]: the act on o by those who, like s,
    do it to them."""
    begin = s * ix.n_relations + r
    for t in range(ix.sr_start[begin], ix.sr_start[begin + 1]):
        if c.triple[t, EVER] <= 0.0:
            continue
        k = ix.triple_target[t]
        ever, late = c.triple[t, EVER] / acts, c.triple[t, MONTH] / (acts_late + TINY)
        all_k = c.role[k, 0, EVER] + c.role[k, 1, EVER]
        late_k = c.role[k, 0, MONTH] + c.role[k, 1, MONTH] + TINY
        for q in range(ix.pair_start[k], ix.pair_start[k + 1]):
            if c.pair[q, 0, EVER] + c.pair[q, 1, EVER] > 0.0:
                o = ix.pair_target[q]
                triad[o, 2] += late * (c.pair[q, 0, MONTH] + c.pair[q, 1, MONTH]) / late_k
                triad[o, 3] += ever * (c.pair[q, 0, EVER] + c.pair[q, 1, EVER]) / all_k
        on_k = c.act[ix.act_at[r * ix.n + k], EVER]
        for u in range(ix.sr_start[k * ix.n_relations + back], ix.sr_start[k * ix.n_relations + back + 1]):
            other = ix.triple_target[u]
            weight = ever * c.triple[u, EVER] / on_k
            if other == s or weight < 2e-4:  # too little to follow
                continue
            weight /= c.act[ix.act_at[back * ix.n + other], EVER]
            block = other * ix.n_relations + r
            for v in range(ix.sr_start[block], ix.sr_start[block + 1]):
                triad[ix.triple_target[v], 4] += weight * c.triple[v, EVER]


@njit(cache=True, nogil=True)
def _on_groups(ix, c, s, r, acts_late, acts, state, kind, on_state, on_kind):
    """Shares of each state and each kind in whom s did the act to, and in whom s had to do with."""
    on_state[:] = 0.0
    on_kind[:] = 0.0
    begin = s * ix.n_relations + r
    for t in range(ix.sr_start[begin], ix.sr_start[begin + 1]):
        o = ix.triple_target[t]
        on_state[state[o], 0] += c.triple[t, MONTH] / (acts_late + TINY)
        on_state[state[o], 1] += c.triple[t, EVER] / (acts + TINY)
        on_kind[kind[o], 0] += c.triple[t, EVER] / (acts + TINY)
    all_s = c.role[s, 0, EVER] + c.role[s, 1, EVER] + TINY
    late_s = c.role[s, 0, MONTH] + c.role[s, 1, MONTH] + TINY
    for p in range(ix.pair_start[s], ix.pair_start[s + 1]):
        o = ix.pair_target[p]
        on_state[state[o], 2] += (c.pair[p, 0, MONTH] + c.pair[p, 1, MONTH]) / late_s
        on_state[state[o], 3] += (c.pair[p, 0, EVER] + c.pair[p, 1, EVER]) / all_s
        on_kind[kind[o], 1] += (c.pair[p, 0, EVER] + c.pair[p, 1, EVER]) / all_s


@njit(cache=True, nogil=True)
def _base(ix, c, r, base):
    """First score of every candidate without regard to s."""
    way = 1 if r >= ix.n_relations // 2 else 0
    for o in range(ix.n):
        base[o] = 0.3 * _count(c.role[o, way, MONTH])
        a = ix.act_at[r * ix.n + o]
        if a >= 0:
            base[o] += 0.3 * _count(c.act[a, EVER]) + 0.3 * _count(c.act[a, MONTH])


@njit(cache=True, nogil=True)
def _first_score(ix, c, gx, gc, s, r, state, kind, base, room):
    """The score that makes the shortlist, by weights set by hand: nothing is fitted here."""
    home = state[s]
    for o in range(ix.n):
        v = base[o]
        if room.walk[o, 3] > 0.0:
            v += 0.3 * _share(room.walk[o, 3])
        if room.triad[o, 1] > 0.0:
            v += 0.5 * _count(room.triad[o, 1])
        if room.triad[o, 3] > 0.0:
            v += 0.3 * _share(room.triad[o, 3])
        if state[o] >= 0:
            v += 0.5 * room.on_state[state[o], 3] + 0.5 * room.on_state[state[o], 1]
            if state[o] == home:
                v += 0.5
            if kind[o] >= 0:
                v += 0.5 * room.on_kind[kind[o], 0]
        room.score[o] = v
    for p in range(ix.pair_start[s], ix.pair_start[s + 1]):
        o = ix.pair_target[p]
        room.score[o] += 0.7 * _count(c.pair[p, 0, EVER] + c.pair[p, 1, EVER])
        room.score[o] += 0.3 * _count(c.pair[p, 0, 2] + c.pair[p, 1, 2]) + 0.5 * _count(30.0 * room.intensity[o, 3])
    begin = s * ix.n_relations + r
    for t in range(ix.sr_start[begin], ix.sr_start[begin + 1]):
        room.score[ix.triple_target[t]] += 0.5 * _count(c.triple[t, EVER]) + 0.5 * _count(c.triple[t, MONTH])
    if home >= 0:
        begin = home * gx.n_relations + r
        for t in range(gx.sr_start[begin], gx.sr_start[begin + 1]):
            room.score[gx.triple_target[t]] += 0.3 * _count(gc.triple[t, EVER])


@njit(cache=True, nogil=True)
def _shortlist(score, chosen):
    """The best by score, by position; who is tied with the first one left out is left out too. -> how many"""
    n, most = score.size, chosen.size
    if n <= most:
        for o in range(n):
            chosen[o] = o
        return n
    edge = np.partition(score, n - most - 1)[n - most - 1]
    size = 0
    for o in range(n):
        if score[o] > edge:
            chosen[size] = o
            size += 1
    return size


@njit(cache=True, nogil=True)
def _history_columns(ix, c, s, r, o, day, acts_late, acts, done_late, done, room, x):
    """Columns of one candidate that come from who did what to whom."""
    way = 1 if r >= ix.n_relations // 2 else 0
    t, p, b, a = room.triple_at[o], room.pair_at[o], room.return_at[o], ix.act_at[r * ix.n + o]
    if t >= 0 and c.triple[t, EVER] > 0.0:
        for h in range(6):
            x[h] = _count(c.triple[t, h])
        age = day - c.triple_last[t]
        x[36] = 1.0 / age
        x[40] = 1.0 if age == 1 else 0.0
        x[43] = c.triple[t, MONTH] / (acts_late + 1e-3)
        x[44] = c.triple[t, EVER] / acts
        x[47] = c.triple[t, EVER] / c.act[a, EVER]
    if p >= 0 and c.pair[p, 0, EVER] + c.pair[p, 1, EVER] > 0.0:
        for h in range(6):
            x[6 + h] = _count(c.pair[p, way, h])
            x[12 + h] = _count(c.pair[p, 1 - way, h])
        age = day - c.pair_last[p]
        x[37] = 1.0 / age
        x[41] = 1.0 if age == 1 else 0.0
        x[45] = c.pair[p, way, MONTH] / (done_late + 1e-3)
        x[46] = c.pair[p, way, EVER] / (done + 1e-3)
        x[48] = (c.pair[p, 0, EVER] + c.pair[p, 1, EVER]) / (c.role[o, 0, EVER] + c.role[o, 1, EVER])
        for k in range(4):
            x[49 + k] = math.log1p(1000.0 * room.intensity[o, k])
    if b >= 0:
        x[18], x[19], x[20] = _count(c.triple[b, 1]), _count(c.triple[b, MONTH]), _count(c.triple[b, EVER])
    if a >= 0 and c.act[a, EVER] > 0.0:
        for h in range(6):
            x[21 + h] = _count(c.act[a, h])
        x[38] = 1.0 / (day - c.act_last[a])
    for h in range(6):
        x[27 + h] = _count(c.role[o, way, h])
    x[33], x[34] = _count(c.role[o, 1 - way, 1]), _count(c.role[o, 1 - way, MONTH])
    x[35] = _count(c.role[o, 1 - way, EVER])
    if c.role[o, 0, EVER] + c.role[o, 1, EVER] > 0.0:
        x[39] = 1.0 / (day - c.last[o])
        x[42] = 1.0 if day - c.last[o] == 1 else 0.0
    x[53], x[54] = _count(room.walk[o, 0]), _count(room.walk[o, 1])
    x[55], x[56] = _share(room.walk[o, 2]), _share(room.walk[o, 3])
    x[57], x[58] = _count(room.triad[o, 0]), _count(room.triad[o, 1])
    x[59], x[60], x[61] = _share(room.triad[o, 2]), _share(room.triad[o, 3]), _share(room.triad[o, 4])
    x[62] = 1.0 if o == s else 0.0


@njit(cache=True, nogil=True)
def _name_columns(tables, s, r, o, state, kind, room, x):
    """Columns of one candidate that come from its name and that of s."""
    home, sort = state[s], kind[s]
    st, kd = state[o], kind[o]
    if st >= 0:
        x[65], x[66] = _share(room.on_state[st, 0]), _share(room.on_state[st, 1])
        x[67], x[68] = _share(room.on_state[st, 2]), _share(room.on_state[st, 3])
        x[75] = _count(tables.act_state[r, st])
        if home >= 0:
            x[63] = 1.0 if st == home else 0.0
            x[64] = 1.0 - x[63]
            x[76] = _count(tables.state_act_state[home, r, st])
            x[77] = _count(tables.state_state[home, st])
    if kd >= 0:
        x[78], x[79] = _share(room.on_kind[kd, 0]), _share(room.on_kind[kd, 1])
        x[80] = _count(tables.act_kind[r, kd])
        if sort >= 0:
            same = 1 if st >= 0 and st == home else 0
            x[81] = _count(tables.kind_act_kind[sort, r, kd, same])


@njit(cache=True, nogil=True)
def _home_columns(gx, gc, home, r, shortlist, size, room, X):
    """Columns of the candidates of one question: what the state of s, in all its actors, did to each of them."""
    begin = home * gx.n_relations + r
    for p in range(gx.pair_start[home], gx.pair_start[home + 1]):
        room.pair_at[gx.pair_target[p]] = p
    for t in range(gx.sr_start[begin], gx.sr_start[begin + 1]):
        room.triple_at[gx.triple_target[t]] = t
    for m in range(size):
        t, p = room.triple_at[shortlist[m]], room.pair_at[shortlist[m]]
        if t >= 0:
            X[m, 69], X[m, 70] = _count(gc.triple[t, 1]), _count(gc.triple[t, MONTH])
            X[m, 71] = _count(gc.triple[t, EVER])
        if p >= 0:
            X[m, 72] = _count(gc.pair[p, 0, 1] + gc.pair[p, 1, 1])
            X[m, 73] = _count(gc.pair[p, 0, MONTH] + gc.pair[p, 1, MONTH])
            X[m, 74] = _count(gc.pair[p, 0, EVER] + gc.pair[p, 1, EVER])
    for p in range(gx.pair_start[home], gx.pair_start[home + 1]):
        room.pair_at[gx.pair_target[p]] = -1
    for t in range(gx.sr_start[begin], gx.sr_start[begin + 1]):
        room.triple_at[gx.triple_target[t]] = -1


@njit(cache=True, nogil=True)
def _mark(ix, s, r, back, room):
    """Where each candidate's slots are, for one s and one act."""
    for p in range(ix.pair_start[s], ix.pair_start[s + 1]):
        room.pair_at[ix.pair_target[p]] = p
    for t in range(ix.sr_start[s * ix.n_relations + r], ix.sr_start[s * ix.n_relations + r + 1]):
        room.triple_at[ix.triple_target[t]] = t
    for t in range(ix.sr_start[s * ix.n_relations + back], ix.sr_start[s * ix.n_relations + back + 1]):
        room.return_at[ix.triple_target[t]] = t


@njit(cache=True, nogil=True)
def _unmark(ix, s, r, back, room):
    for p in range(ix.pair_start[s], ix.pair_start[s + 1]):
        room.pair_at[ix.pair_target[p]] = -1
        for k in range(4):
            room.intensity[ix.pair_target[p], k] = 0.0
    for t in range(ix.sr_start[s * ix.n_relations + r], ix.sr_start[s * ix.n_relations + r + 1]):
        room.triple_at[ix.triple_target[t]] = -1
    for t in range(ix.sr_start[s * ix.n_relations + back], ix.sr_start[s * ix.n_relations + back + 1]):
        room.return_at[ix.triple_target[t]] = -1


@njit(cache=True, nogil=True)
def ask(ix, c, gx, gc, tables, state, kind, follows, at, day, qs, qr, room, shortlist, size, X, first):
    """Answer the questions of one day.

    qs, qr: (questions,), who and which act, sorted by who; shortlist: (questions, most), positions, filled up to
    size: (questions,); X: (questions, most, columns), zero; first: (questions, n) or (0, 0), the first scores
    """
    half = ix.n_relations // 2
    base = np.zeros((ix.n_relations, ix.n), np.float32)
    has_base = np.zeros(ix.n_relations, np.bool_)
    for q in range(qs.size):
        s, r = qs[q], qr[q]
        way, back = (1, r - half) if r >= half else (0, r + half)
        if not has_base[r]:
            _base(ix, c, r, base[r])
            has_base[r] = True
        if q == 0 or qs[q - 1] != s:
            _two_steps(ix, c, s, room.walk)
        a = ix.act_at[back * ix.n + s]
        acts_late = c.act[a, MONTH] if a >= 0 else np.float32(0.0)
        acts = c.act[a, EVER] if a >= 0 else np.float32(0.0)
        _mark(ix, s, r, back, room)
        _intensities(ix, c, s, r, follows, at, room.intensity)
        room.triad[:] = 0.0
        _partners_do(ix, c, s, r, room.triad)
        _near_past(ix, c, s, r, back, acts_late, acts, room.triad)
        _on_groups(ix, c, s, r, acts_late, acts, state, kind, room.on_state, room.on_kind)
        _first_score(ix, c, gx, gc, s, r, state, kind, base[r], room)
        size[q] = _shortlist(room.score, shortlist[q])
        if first.shape[0] > 0:
            first[q] = room.score
        done_late, done = c.role[s, 1 - way, MONTH], c.role[s, 1 - way, EVER]
        for m in range(size[q]):
            o = shortlist[q, m]
            _history_columns(ix, c, s, r, o, day, acts_late, acts, done_late, done, room, X[q, m])
            _name_columns(tables, s, r, o, state, kind, room, X[q, m])
        _unmark(ix, s, r, back, room)
        if state[s] >= 0:
            _home_columns(gx, gc, state[s], r, shortlist[q], size[q], room, X[q])
