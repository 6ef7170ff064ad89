"""The recurrency baselines: what happened will happen again (Gastinger et al. 2024)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lynchpin.answers.predict.counters import NEVER
from lynchpin.answers.predict.facts import Facts
from lynchpin.answers.predict.history import PastFacts, questions
from lynchpin.answers.predict.protocol import Ranks
from lynchpin.engine.compiled import njit
from lynchpin.engine.statistics.base import Ints

#: name -> (lambda, alpha): strict is alpha 1, relaxed alpha 0.
BASELINES: dict[str, tuple[float, float]] = {
    "relaxed": (0.0, 0.0),
    "strict": (0.04, 1.0),
    "combined": (0.04, 0.99999),
}


def recurrency(
    facts: Facts, first_day: int, *, decay: float, alpha: float
) -> Iterator[tuple[int, NDArray[np.float64], Ints, Ints, Ints]]:
    """Scores of every actor for the questions of each day from one on: plain, what `recurrency_ranks` is held against.

    Parameters
    ----------
    facts : Facts
    first_day : int
    decay : float, lambda, per day (of `Facts.unit` steps)
    alpha : float in [0, 1], weight of the strict score

    Yields
    ------
    day; scores, shape (questions, actors); question and answer of each fact of the day, both ways; its relation
    """
    n, ways = len(facts.actors), 2 * len(facts.relations)
    day, s, r, o = facts.both_ways()
    strict: dict[tuple[int, int], dict[int, float]] = {}  # (s, r) -> o -> the sum, as of `seen`
    seen: dict[tuple[int, int], int] = {}
    on_actor = np.zeros((ways, n))
    for today in np.unique(day):
        a, b = np.searchsorted(day, [today, today + 1])
        if today >= first_day:
            asked_s, asked_r, which = questions(s[a:b], r[a:b])
            score = on_actor[asked_r] * ((1.0 - alpha) / np.maximum(on_actor.sum(axis=1), 1.0))[asked_r, None]
            for q, key in enumerate(zip(asked_s.tolist(), asked_r.tolist(), strict=True)):
                past = strict.get(key)
                if past:
                    fade = alpha * 2.0 ** (-decay * ((int(today) - seen[key]) / facts.unit))
                    score[q, list(past)] += fade * np.array(list(past.values()))
            yield int(today), score, which, o[a:b], r[a:b]
        for key_s, key_r, target in zip(s[a:b].tolist(), r[a:b].tolist(), o[a:b].tolist(), strict=True):
            key = (key_s, key_r)
            past = strict.setdefault(key, {})
            if seen.get(key, today) != today:
                fade = 2.0 ** (-decay * ((int(today) - seen[key]) / facts.unit))
                for other in past:
                    past[other] *= fade
            seen[key] = int(today)
            past[target] = past.get(target, 0.0) + 1.0
        np.add.at(on_actor, (r[a:b], o[a:b]), 1.0)


#: Gaps of time whose fading is looked up; longer ones are computed.
LOOKED_UP = 2**16


def recurrency_ranks(
    history: PastFacts, begin: int, end: int, kept: NDArray[np.bool_] | None = None
) -> dict[str, Ranks]:
    """Where each baseline put the answers of some days: `collect(recurrency(...))` of each, to the last bit.

    The room is that of the triples and acts that are in the facts, whoever else there is.

    Parameters
    ----------
    history : PastFacts, whose facts they are; where it stands does not matter
    begin, end : int, from the first day on, before the end
    kept : ndarray of bool, shape (facts of those days, both ways), facts whose questions are scored; None: all
    """
    day, _, relation, _ = history.of_days(begin, end)
    kept = np.ones(day.size, np.bool_) if kept is None else kept
    from_row, to_row = np.searchsorted(history.days, [begin, end]).tolist()
    names, index = list(BASELINES), history.index
    out: dict[str, Ranks] = {}
    for decay in sorted({decay for decay, _ in BASELINES.values()}):
        group = [name for name in names if BASELINES[name][0] == decay]
        alphas = np.array([BASELINES[name][1] for name in group])
        fades = np.array([2.0 ** (-decay * (gap / history.unit)) for gap in range(LOOKED_UP)])
        above, tied = (np.zeros((len(group), day.size), np.int64) for _ in range(2))
        rank_recurring(
            index,
            history.triples[:to_row],
            history.days[:to_row],
            from_row,
            kept,
            decay / history.unit,
            fades,
            alphas,
            above,
            tied,
        )
        for k, name in enumerate(group):
            is_head = relation[kept] >= history.ways // 2
            out[name] = Ranks(above[k, kept], tied[k, kept], day[kept], is_head)
    return {name: out[name] for name in names}


@njit(cache=True, nogil=True)
def _faded(decay, fades, gap):
    return fades[gap] if gap < fades.size else 2.0 ** (-decay * gap)


@njit(cache=True, nogil=True)
def rank_recurring(ix, slots, day, begin, kept, decay, fades, alphas, above, tied):  # pragma: no cover
    """Ranks under baselines of one decay: slots, day: (facts,), by day, source, relation; ranked from `begin` on.

    kept: (facts from begin on,); decay: per step of time; fades: 2 ** (-decay * gap) for each gap looked up; alphas:
    (baselines,); above, tied: (baselines, facts from begin on), filled where kept
    """
    value, seen = np.zeros(ix.triple_target.size), np.full(ix.triple_target.size, NEVER, np.int64)
    on_it, total = np.zeros(ix.act_target.size), np.zeros(ix.n_relations)
    recurs = (alphas > 0.0).any()
    block_of = np.empty(ix.triple_target.size, np.int32)  # where the triples of the same s and r begin
    for b in range(ix.block_start.size):
        block_of[ix.block_start[b] : ix.block_end[b]] = b
    a = 0
    while a < slots.size:
        z = a
        while z < slots.size and day[z] == day[a]:
            z += 1
        e = max(a, begin)
        while e < z:
            b = block_of[slots[e]]
            stop = e + 1
            while stop < z and block_of[slots[stop]] == b:
                stop += 1
            if kept[e - begin]:
                gap = day[a] - seen[ix.block_start[b]] if seen[ix.block_start[b]] != NEVER else 0
                fade = _faded(decay, fades, gap)
                _rank_question(ix, slots, e, stop, begin, b, fade, value, on_it, total, alphas, above, tied)
            e = stop
        for e in range(a, z):
            t = slots[e]
            if recurs:
                first, end = ix.block_start[block_of[t]], ix.block_end[block_of[t]]
                if seen[first] != NEVER and seen[first] != day[a]:
                    fade = _faded(decay, fades, day[a] - seen[first])
                    for u in range(first, end):
                        value[u] *= fade
                seen[first] = day[a]
                value[t] += 1.0
            on_it[ix.triple_act[t]] += 1.0
            total[ix.triple_relation[t]] += 1.0
        a = z


@njit(cache=True, nogil=True)
def _rank_question(ix, slots, e, stop, begin, b, faded, value, on_it, total, alphas, above, tied):  # pragma: no cover
    """Ranks of the answers of one question, facts e .. stop - 1, among all actors."""
    r = ix.triple_relation[slots[e]]
    first, last = ix.act_start[r], ix.act_start[r + 1]
    for k in range(alphas.size):
        weight, fade = (1.0 - alphas[k]) / max(total[r], 1.0), alphas[k] * faded
        for f in range(e, stop):
            own = on_it[ix.triple_act[slots[f]]] * weight + fade * value[slots[f]]
            over, same = 0, ix.n - (last - first) if own == 0.0 else 0
            for a in range(first, last):
                plain = on_it[a] * weight
                over += plain > own
                same += plain == own
            for u in range(ix.block_start[b], ix.block_end[b]):
                if value[u] > 0.0:
                    plain = on_it[ix.triple_act[u]] * weight
                    score = plain + fade * value[u]
                    over += (score > own) - (plain > own)
                    same += (score == own) - (plain == own)
            for g in range(e, stop):
                score = on_it[ix.triple_act[slots[g]]] * weight + fade * value[slots[g]]
                over -= score > own
                same -= score == own
            above[k, f - begin], tied[k, f - begin] = over, same
