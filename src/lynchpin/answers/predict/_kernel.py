"""The kernel: for every question of a day, a shortlist of candidates and the statistics of each of them.

Indices of half-lives stand for 1, 3, 10, 30, 100 days and ever: 0 .. 5. Way 0: the act is done by s to o; way 1: it is
done to s by o; `role[way, :, o]` is how often o stood where the answer stands. All counts are of days before the one
asked for. `lynchpin.testing.choice_reference` says the same plainly.

What depends on who is asked about alone is computed once for all its questions of a day, what depends on the act alone
once for all of that; of all actors only those are looked at whom a path reaches, but for one pass along the scores.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lynchpin.answers.predict._candidates import history_columns, home_columns, name_columns
from lynchpin.answers.predict._values import EVER, MONTH, TINY, counted, kth_best, shared
from lynchpin.engine.compiled import njit


class Scratch(NamedTuple):
    """Room for one question at a time, along the candidates; zero, or -1 where it holds slots."""

    pair_at: np.ndarray
    triple_at: np.ndarray
    return_at: np.ndarray
    walk: np.ndarray  # (n, 4)
    walked: np.ndarray  # (n,), what the walk adds to the first score
    near: np.ndarray  # (n, 2), what the pair adds to it, along the partners of s
    triad: np.ndarray  # (n, 5), as it is where `mark` is that of the question, else nothing
    mark: np.ndarray  # (n,), the question that last wrote to `triad`, from 1
    touched: np.ndarray  # (n,), whom it wrote to
    intensity: np.ndarray  # (n,), over all time
    role: np.ndarray  # (2, n, 9), columns of how busy a candidate is, by way
    has_role: np.ndarray  # (2, n)
    act: np.ndarray  # (acts, half-lives), columns of the act on a candidate
    has_act: np.ndarray  # (acts,)
    on_state: np.ndarray  # (states + 1, 4); the last row is for none known
    on_kind: np.ndarray  # (kinds + 1, 2)
    of_state: np.ndarray  # (states + 1,), what the state adds to the first score
    of_kind: np.ndarray  # (kinds + 1,)
    score: np.ndarray  # (n,)
    kept: np.ndarray  # (n,)


def make_scratch(n: int, acts: int, states: int, kinds: int) -> Scratch:
    """Room for the questions of one day with n candidates."""
    none, zero, naught = np.int32(-1), np.float32(0.0), np.int32(0)
    return Scratch(
        np.full(n, none), np.full(n, none), np.full(n, none), np.full((n, 4), zero), np.zeros(n), np.zeros((n, 2)),
        np.full((n, 5), zero), np.full(n, naught), np.full(n, naught), np.full(n, zero), np.full((2, n, 9), zero),
        np.zeros((2, n), np.bool_), np.empty((acts, 6), np.float32), np.zeros(acts, np.bool_),
        np.full((states + 1, 4), zero), np.full((kinds + 1, 2), zero), np.zeros(states + 1),
        np.zeros(kinds + 1), np.full(n, zero), np.full(n, zero),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _two_steps(ix, c, s, walk):
    """Paths s - k - o over pairs, either way: products of counts (30 days, ever), and of shares."""
    walk[:] = 0.0
    ever, month = c.both[0], c.both[1]
    all_s = c.role[s, 0, EVER] + c.role[s, 1, EVER]
    late_s = c.role[s, 0, MONTH] + c.role[s, 1, MONTH] + TINY
    for p in range(ix.pair_start[s], ix.pair_start[s + 1]):
        first = ever[p]
        if first <= 0.0:
            continue
        first_late = month[p]
        k = ix.pair_target[p]
        weight = all_s * (c.role[k, 0, EVER] + c.role[k, 1, EVER])
        weight_late = late_s * (c.role[k, 0, MONTH] + c.role[k, 1, MONTH] + TINY)
        for q in range(ix.pair_start[k], ix.pair_start[k + 1]):
            second = ever[q]
            o = ix.pair_target[q]
            if second <= 0.0 or o == s:
                continue
            late = first_late * month[q]
            walk[o, 0] += late
            walk[o, 1] += first * second
            walk[o, 2] += late / weight_late
            walk[o, 3] += first * second / weight


@njit(cache=True, nogil=True)
def _of_partners(ix, c, s, room):
    """What all questions about one s share: the walk, and what it and the pairs add to the first score."""
    _two_steps(ix, c, s, room.walk)
    for o in range(ix.n):
        room.walked[o] = 0.3 * shared(room.walk[o, 3]) if room.walk[o, 3] > 0.0 else 0.0
    begin = ix.pair_start[s]
    for p in range(begin, ix.pair_start[s + 1]):
        room.pair_at[ix.pair_target[p]] = p
        room.near[p - begin, 0] = 0.7 * counted(c.both[0, p])
        room.near[p - begin, 1] = 0.3 * counted(c.pair[p, 0, 2] + c.pair[p, 1, 2])


@njit(cache=True, nogil=True)
def _leave_partners(ix, s, room):
    for p in range(ix.pair_start[s], ix.pair_start[s + 1]):
        room.pair_at[ix.pair_target[p]] = -1
        room.intensity[ix.pair_target[p]] = 0.0


@njit(cache=True, nogil=True)
def _intensities(ix, c, s, follow, intensity):
    """sum over r' of follow[r'] * count of (s, r', o) over all time, for every partner o of s; follow: (relations,)"""
    for p in range(ix.pair_start[s], ix.pair_start[s + 1]):
        total = np.float32(0.0)
        for j in range(ix.pair_triple_start[p], ix.pair_triple_start[p + 1]):
            total += follow[ix.pair_relation[j]] * c.by_pair[j]
        intensity[ix.pair_target[p]] = total


@njit(cache=True, nogil=True)
def _touch(room, o, question, size):
    """Make room for o in `triad`, if it is new to the question; -> how many are."""
    if room.mark[o] != question:
        room.mark[o] = question
        room.triad[o, :] = 0.0
        room.touched[size] = o
        return size + 1
    return size


@njit(cache=True, nogil=True)
def _partner_does(ix, c, p, begin, end, all_s, late_s, question, size, room):
    """What one partner, by its pair and its block of the act, adds to triad[o, 0:2]."""
    both = c.both[0, p]
    if both <= 0.0:
        return size
    ever, late = both / all_s, c.both[1, p] / late_s
    for t in range(begin, end):
        if c.triple[t, EVER] > 0.0:
            o = ix.triple_target[t]
            size = _touch(room, o, question, size)
            room.triad[o, 0] += late * c.triple[t, MONTH]
            room.triad[o, 1] += ever * c.triple[t, EVER]
    return size


@njit(cache=True, nogil=True)
def _partners_do(ix, c, s, r, question, room):
    """triad[o, 0:2]: the act on o by partners of s, weighted by their share in what s has to do with anyone.

    Partners who do the act are found along the fewer: along those of s, or along those who do it; both are sorted.
    """
    all_s = c.role[s, 0, EVER] + c.role[s, 1, EVER]
    late_s = c.role[s, 0, MONTH] + c.role[s, 1, MONTH] + TINY
    size = 0
    if ix.by_act_start[r + 1] - ix.by_act_start[r] < 8 * (ix.pair_start[s + 1] - ix.pair_start[s]):
        for b in range(ix.by_act_start[r], ix.by_act_start[r + 1]):
            p = room.pair_at[ix.block_source[b]]
            if p >= 0:
                begin, end = ix.block_start[b], ix.block_end[b]
                size = _partner_does(ix, c, p, begin, end, all_s, late_s, question, size, room)
    else:
        for p in range(ix.pair_start[s], ix.pair_start[s + 1]):
            block = ix.pair_target[p] * ix.n_relations + r
            begin, end = ix.sr_start[block], ix.sr_start[block + 1]
            if begin < end:
                size = _partner_does(ix, c, p, begin, end, all_s, late_s, question, size, room)
    return size


@njit(cache=True, nogil=True)
def _near_past(ix, c, s, r, back, acts_late, acts, question, size, room):
    """triad[o, 2:4]: o's share in the past of whom s did the act to; triad[o, 4]: the act on o by those who, like s,
    do it to them."""
    triad = room.triad
    begin = s * ix.n_relations + r
    for t in range(ix.sr_start[begin], ix.sr_start[begin + 1]):
        if c.triple[t, EVER] <= 0.0:
            continue
        k = ix.triple_target[t]
        ever, late = c.triple[t, EVER] / acts, c.triple[t, MONTH] / (acts_late + TINY)
        all_k = c.role[k, 0, EVER] + c.role[k, 1, EVER]
        late_k = c.role[k, 0, MONTH] + c.role[k, 1, MONTH] + TINY
        for q in range(ix.pair_start[k], ix.pair_start[k + 1]):
            if c.both[0, q] > 0.0:
                o = ix.pair_target[q]
                size = _touch(room, o, question, size)
                triad[o, 2] += late * c.both[1, q] / late_k
                triad[o, 3] += ever * c.both[0, q] / all_k
        on_k = c.act[ix.act_at[r * ix.n + k], EVER]
        for u in range(ix.sr_start[k * ix.n_relations + back], ix.sr_start[k * ix.n_relations + back + 1]):
            other = ix.triple_target[u]
            weight = ever * c.triple[u, EVER] / on_k
            if other == s or weight < 2e-4:  # too little to follow
                continue
            weight /= c.act[ix.act_at[back * ix.n + other], EVER]
            block = other * ix.n_relations + r
            for v in range(ix.sr_start[block], ix.sr_start[block + 1]):
                if c.triple[v, EVER] > 0.0:
                    size = _touch(room, ix.triple_target[v], question, size)
                    triad[ix.triple_target[v], 4] += weight * c.triple[v, EVER]
    return size


@njit(cache=True, nogil=True)
def _on_groups(ix, c, s, r, acts_late, acts, state, kind, room):
    """Shares of each state and each kind in whom s did the act to, and in whom s had to do with; and what each adds."""
    on_state, on_kind = room.on_state, room.on_kind
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
        on_state[state[o], 2] += c.both[1, p] / late_s
        on_state[state[o], 3] += c.both[0, p] / all_s
        on_kind[kind[o], 1] += c.both[0, p] / all_s
    for g in range(room.of_state.size):
        room.of_state[g] = 0.5 * on_state[g, 3] + 0.5 * on_state[g, 1]
    for g in range(room.of_kind.size):
        room.of_kind[g] = 0.5 * on_kind[g, 0]


@njit(cache=True, nogil=True)
def _base(ix, c, r, busy, base):
    """First score of every candidate without regard to s; busy: (n,), what its role adds."""
    base[:] = busy
    for a in range(ix.act_start[r], ix.act_start[r + 1]):
        base[ix.act_target[a]] += 0.3 * counted(c.act[a, EVER]) + 0.3 * counted(c.act[a, MONTH])


@njit(cache=True, nogil=True)
def _first_score(ix, c, gx, gc, s, r, state, kind, base, question, size, room):
    """The score that makes the shortlist, by weights set by hand: nothing is fitted here. size: of those touched"""
    home, named = state[s], room.of_state.size > 1
    for o in range(ix.n):
        room.score[o] = base[o] + room.walked[o]
    for j in range(ix.n if named else size):
        o = j if named else room.touched[j]
        v = base[o] + room.walked[o]
        if room.mark[o] == question:
            if room.triad[o, 1] > 0.0:
                v += 0.5 * counted(room.triad[o, 1])
            if room.triad[o, 3] > 0.0:
                v += 0.3 * shared(room.triad[o, 3])
        if state[o] >= 0:
            v += room.of_state[state[o]]
            if state[o] == home:
                v += 0.5
            if kind[o] >= 0:
                v += room.of_kind[kind[o]]
        room.score[o] = v
    begin = ix.pair_start[s]
    for p in range(begin, ix.pair_start[s + 1]):
        o = ix.pair_target[p]
        room.score[o] += room.near[p - begin, 0]
        room.score[o] += room.near[p - begin, 1] + 0.5 * counted(30.0 * room.intensity[o])
    begin = s * ix.n_relations + r
    for t in range(ix.sr_start[begin], ix.sr_start[begin + 1]):
        room.score[ix.triple_target[t]] += 0.5 * counted(c.triple[t, EVER]) + 0.5 * counted(c.triple[t, MONTH])
    if home >= 0:
        begin = home * gx.n_relations + r
        for t in range(gx.sr_start[begin], gx.sr_start[begin + 1]):
            room.score[gx.triple_target[t]] += 0.3 * counted(gc.triple[t, EVER])


@njit(cache=True, nogil=True)
def shortlist_of(score, floor, kept, chosen):
    """The best by score, by position; who is tied with the first one left out is left out too. -> how many

    score: (n,); floor: no more than the score of the first one left out; kept: (n,), room; chosen: (most,)
    """
    n, most = score.size, chosen.size
    if n <= most:
        for o in range(n):
            chosen[o] = o
        return n
    held = 0
    for o in range(n):
        kept[held] = score[o]
        held += 1 if score[o] >= floor else 0
    edge = kth_best(kept[:held], most + 1)
    size = 0
    for o in range(n):
        if score[o] > edge:
            chosen[size] = o
            size += 1
    return size


@njit(cache=True, nogil=True)
def _mark(ix, s, r, back, value, room):
    """Where each candidate's slots are, for one s and one act; or, where value is 0, nowhere again."""
    for t in range(ix.sr_start[s * ix.n_relations + r], ix.sr_start[s * ix.n_relations + r + 1]):
        room.triple_at[ix.triple_target[t]] = t if value else -1
    for t in range(ix.sr_start[s * ix.n_relations + back], ix.sr_start[s * ix.n_relations + back + 1]):
        room.return_at[ix.triple_target[t]] = t if value else -1


@njit(cache=True, nogil=True)
def bases_of(ix, c, acts, most, base, floor):
    """First scores by act without regard to who is asked about: (acts, n); and floor: (acts,), no more than the (most +
    1)th best of each: it is the better one of those whom the act was done to, and of those who were busiest."""
    half = ix.n_relations // 2
    busy = np.empty((2, ix.n), np.float32)
    for way in range(2):
        for o in range(ix.n):
            busy[way, o] = 0.3 * counted(c.role[o, way, MONTH])
    floor[:] = 0.0
    for way in range(2):
        busiest = _busiest(busy[way], most)
        for b in range(acts.size):
            if (acts[b] >= half) == (way == 1):
                _base(ix, c, acts[b], busy[way], base[b])
                targets = ix.act_target[ix.act_start[acts[b]] : ix.act_start[acts[b] + 1]]
                floor[b] = max(_next_best(base[b][busiest], most), _next_best(base[b][targets], most))


@njit(cache=True, nogil=True)
def _busiest(busy, most):
    """The (most + 1) who are busiest, and those tied with the last of them."""
    if busy.size <= most:
        return np.arange(busy.size)
    return np.flatnonzero(busy >= kth_best(busy, most + 1))


@njit(cache=True, nogil=True)
def _next_best(scores, most):
    """The (most + 1)th best score, or zero where there are fewer; no score is below zero."""
    if scores.size <= most:
        return np.float32(0.0)
    return kth_best(scores, most + 1)


@njit(cache=True, nogil=True)
def ask(
    ix, c, gx, gc, tables, state, kind, follows, follow, at, day, unit, qs, qr, acts, base, floor, before, room,
    shortlist, size, X, first
):  # fmt: skip
    """Answer questions of one day.

    qs, qr: (questions,), who and which act, sorted by who; acts: (acts,), the acts of the day, sorted; follow: (acts,
    relations), how often each act follows each, over all time; base: (acts, n), first scores without regard to who is
    asked about; floor: (acts,), no more than the (most + 1)th best of each; unit: steps of time in a
    day of the half-lives; before: questions of the day that the same room has served
    shortlist: (questions, most), positions, filled up to size: (questions,); X: (questions, most, columns), zero
    first: (questions, n) or (0, 0), the first scores
    """
    half = ix.n_relations // 2
    for q in range(qs.size):
        s, r = qs[q], qr[q]
        way, back = (1, r - half) if r >= half else (0, r + half)
        b = np.searchsorted(acts, r)
        if q == 0 or qs[q - 1] != s:
            if q > 0:
                _leave_partners(ix, qs[q - 1], room)
            _of_partners(ix, c, s, room)
        a = ix.act_at[back * ix.n + s]
        acts_late = c.act[a, MONTH] if a >= 0 else np.float32(0.0)
        acts_ever = c.act[a, EVER] if a >= 0 else np.float32(0.0)
        _mark(ix, s, r, back, 1, room)
        _intensities(ix, c, s, follow[b], room.intensity)
        touched = _partners_do(ix, c, s, r, before + q + 1, room)
        touched = _near_past(ix, c, s, r, back, acts_late, acts_ever, before + q + 1, touched, room)
        if room.of_state.size > 1 or room.of_kind.size > 1:
            _on_groups(ix, c, s, r, acts_late, acts_ever, state, kind, room)
        _first_score(ix, c, gx, gc, s, r, state, kind, base[b], before + q + 1, touched, room)
        size[q] = shortlist_of(room.score, floor[b], room.kept, shortlist[q])
        if first.shape[0] > 0:
            first[q] = room.score
        done_late, done = c.role[s, 1 - way, MONTH], c.role[s, 1 - way, EVER]
        for m in range(size[q]):
            o = shortlist[q, m]
            history_columns(
                ix,
                c,
                s,
                r,
                o,
                day,
                unit,
                acts_late,
                acts_ever,
                done_late,
                done,
                follows,
                at,
                before + q + 1,
                room,
                X[q, m],
            )
            name_columns(tables, s, r, o, state, kind, room, X[q, m])
        _mark(ix, s, r, back, 0, room)
        if state[s] >= 0:
            home_columns(gx, gc, state[s], r, shortlist[q], size[q], X[q])
    if qs.size > 0:
        _leave_partners(ix, qs[qs.size - 1], room)
