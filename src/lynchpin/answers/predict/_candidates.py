"""Kernels of the columns of one candidate, in the order of `columns.COLUMNS`; see `_kernel.py` for the words."""

from __future__ import annotations

import math

import numpy as np

from lynchpin.answers.predict._values import EVER, MONTH, counted, shared
from lynchpin.engine.compiled import njit


@njit(cache=True, nogil=True)
def _age(day, last, unit):
    """Days since, from 1: a day that has begun counts."""
    return -((last - day) // unit)


@njit(cache=True, nogil=True)
def _role_columns(c, o, way, room):
    """How busy a candidate is in the role asked for, and in the other: the same for all questions of a day."""
    for h in range(6):
        room.role[way, o, h] = counted(c.role[o, way, h])
    room.role[way, o, 6] = counted(c.role[o, 1 - way, 1])
    room.role[way, o, 7] = counted(c.role[o, 1 - way, MONTH])
    room.role[way, o, 8] = counted(c.role[o, 1 - way, EVER])
    room.has_role[way, o] = True


@njit(cache=True, nogil=True)
def _intensity_columns(ix, c, p, r, follows, at, ever, x):
    """sum over r' of follows[r', r] * count of (s, r', o); the one over all time is known."""
    for k in range(at.size):
        total = np.float32(0.0)
        if k == at.size - 1:
            total = ever
        else:
            for j in range(ix.pair_triple_start[p], ix.pair_triple_start[p + 1]):
                if c.by_pair[j] > 0.0:
                    total += follows[ix.pair_relation[j], r, k] * c.triple[ix.pair_triples[j], at[k]]
        x[49 + k] = math.log1p(1000.0 * total)


@njit(cache=True, nogil=True)
def history_columns(
    ix, c, s, r, o, day, unit, acts_late, acts, done_late, done, follows, at, question, room, x
):  # fmt: skip
    """Columns of one candidate that come from who did what to whom."""
    way = 1 if r >= ix.n_relations // 2 else 0
    t, p, b, a = room.triple_at[o], room.pair_at[o], room.return_at[o], ix.act_at[r * ix.n + o]
    if t >= 0 and c.triple[t, EVER] > 0.0:
        for h in range(6):
            x[h] = counted(c.triple[t, h])
        age = _age(day, c.triple_last[t], unit)
        x[36] = 1.0 / age
        x[40] = 1.0 if age == 1 else 0.0
        x[43] = c.triple[t, MONTH] / (acts_late + 1e-3)
        x[44] = c.triple[t, EVER] / acts
        x[47] = c.triple[t, EVER] / c.act[a, EVER]
    if p >= 0 and c.both[0, p] > 0.0:
        for h in range(6):
            x[6 + h] = counted(c.pair[p, way, h])
            x[12 + h] = counted(c.pair[p, 1 - way, h])
        age = _age(day, c.pair_last[p], unit)
        x[37] = 1.0 / age
        x[41] = 1.0 if age == 1 else 0.0
        x[45] = c.pair[p, way, MONTH] / (done_late + 1e-3)
        x[46] = c.pair[p, way, EVER] / (done + 1e-3)
        x[48] = c.both[0, p] / (c.role[o, 0, EVER] + c.role[o, 1, EVER])
        _intensity_columns(ix, c, p, r, follows, at, room.intensity[o], x)
    if b >= 0:
        x[18], x[19], x[20] = counted(c.triple[b, 1]), counted(c.triple[b, MONTH]), counted(c.triple[b, EVER])
    if a >= 0 and c.act[a, EVER] > 0.0:
        if not room.has_act[a]:
            for h in range(6):
                room.act[a, h] = counted(c.act[a, h])
            room.has_act[a] = True
        for h in range(6):
            x[21 + h] = room.act[a, h]
        x[38] = 1.0 / _age(day, c.act_last[a], unit)
    if not room.has_role[way, o]:
        _role_columns(c, o, way, room)
    for h in range(9):
        x[27 + h] = room.role[way, o, h]
    if c.role[o, 0, EVER] + c.role[o, 1, EVER] > 0.0:
        age = _age(day, c.last[o], unit)
        x[39] = 1.0 / age
        x[42] = 1.0 if age == 1 else 0.0
    x[53], x[54] = counted(room.walk[o, 0]), counted(room.walk[o, 1])
    x[55], x[56] = shared(room.walk[o, 2]), shared(room.walk[o, 3])
    if room.mark[o] == question:
        x[57], x[58] = counted(room.triad[o, 0]), counted(room.triad[o, 1])
        x[59], x[60], x[61] = shared(room.triad[o, 2]), shared(room.triad[o, 3]), shared(room.triad[o, 4])
    x[62] = 1.0 if o == s else 0.0


@njit(cache=True, nogil=True)
def name_columns(tables, s, r, o, state, kind, room, x):
    """Columns of one candidate that come from its name and that of s."""
    home, sort = state[s], kind[s]
    st, kd = state[o], kind[o]
    if st >= 0:
        x[65], x[66] = shared(room.on_state[st, 0]), shared(room.on_state[st, 1])
        x[67], x[68] = shared(room.on_state[st, 2]), shared(room.on_state[st, 3])
        x[75] = counted(tables.act_state[r, st])
        if home >= 0:
            x[63] = 1.0 if st == home else 0.0
            x[64] = 1.0 - x[63]
            x[76] = counted(tables.state_act_state[home, r, st])
            x[77] = counted(tables.state_state[home, st])
    if kd >= 0:
        x[78], x[79] = shared(room.on_kind[kd, 0]), shared(room.on_kind[kd, 1])
        x[80] = counted(tables.act_kind[r, kd])
        if sort >= 0:
            same = 1 if st >= 0 and st == home else 0
            x[81] = counted(tables.kind_act_kind[sort, r, kd, same])


@njit(cache=True, nogil=True)
def home_columns(gx, gc, home, r, shortlist, size, X):
    """Columns of the candidates of one question: what the state of s, in all its actors, did to each of them."""
    begin = home * gx.n_relations + r
    for m in range(size):
        o = shortlist[m]
        t = _found(gx.triple_target, gx.sr_start[begin], gx.sr_start[begin + 1], o)
        p = _found(gx.pair_target, gx.pair_start[home], gx.pair_start[home + 1], o)
        if t >= 0:
            X[m, 69], X[m, 70] = counted(gc.triple[t, 1]), counted(gc.triple[t, MONTH])
            X[m, 71] = counted(gc.triple[t, EVER])
        if p >= 0:
            X[m, 72] = counted(gc.pair[p, 0, 1] + gc.pair[p, 1, 1])
            X[m, 73] = counted(gc.pair[p, 0, MONTH] + gc.pair[p, 1, MONTH])
            X[m, 74] = counted(gc.pair[p, 0, EVER] + gc.pair[p, 1, EVER])


@njit(cache=True, nogil=True)
def _found(targets, begin, end, o):
    """Where o stands in a sorted block, or -1."""
    at = begin + np.searchsorted(targets[begin:end], o)
    return at if at < end and targets[at] == o else -1
