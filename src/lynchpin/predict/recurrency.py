"""The recurrency baselines: what happened will happen again.

    relaxed     how often r was done to o, by anyone:  xi = count(r, o) / count(r)
    strict      how often s did r to o, decayed:       psi = sum of 2 ** (lambda * (k - t)) over the days k before t
    combined    alpha * psi + (1 - alpha) * xi

Gastinger, Meilicke, Errica, Sztyler, Schuelke & Stuckenschmidt (2024), History repeats itself: a baseline for temporal
knowledge graph forecasting, IJCAI. One lambda and one alpha for all relations here.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lynchpin.predict.facts import Facts, Ints
from lynchpin.predict.history import questions

#: name -> (lambda, alpha): strict is alpha 1, relaxed alpha 0.
BASELINES: dict[str, tuple[float, float]] = {
    "relaxed": (0.0, 0.0),
    "strict": (0.04, 1.0),
    "combined": (0.04, 0.99999),
}


def recurrency(
    facts: Facts, first_day: int, *, decay: float, alpha: float
) -> Iterator[tuple[int, NDArray[np.float64], Ints, Ints, Ints]]:
    """Scores of every actor for the questions of each day from one on.

    Parameters
    ----------
    facts : Facts
    first_day : int
    decay : float, lambda, per day
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
                    fade = alpha * 2.0 ** (-decay * (int(today) - seen[key]))
                    score[q, list(past)] += fade * np.array(list(past.values()))
            yield int(today), score, which, o[a:b], r[a:b]
        for key_s, key_r, target in zip(s[a:b].tolist(), r[a:b].tolist(), o[a:b].tolist(), strict=True):
            key = (key_s, key_r)
            past = strict.setdefault(key, {})
            if seen.get(key, today) != today:
                fade = 2.0 ** (-decay * (int(today) - seen[key]))
                for other in past:
                    past[other] *= fade
            seen[key] = int(today)
            past[target] = past.get(target, 0.0) + 1.0
        np.add.at(on_actor, (r[a:b], o[a:b]), 1.0)
