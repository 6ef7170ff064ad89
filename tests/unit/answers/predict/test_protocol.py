"""Ranks, ties and filters by hand, and the baselines against a plain loop."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.answers.predict.benchmark import in_history
from lynchpin.answers.predict.facts import make_facts
from lynchpin.answers.predict.protocol import Ranks, collect, interval, rank, scores
from lynchpin.answers.predict.recurrency import recurrency


def ranks(above, tied, day=None, head=None):
    n = len(above)
    given = [np.zeros(n, int) if day is None else np.array(day), np.zeros(n, bool) if head is None else np.array(head)]
    return Ranks(np.array(above), np.array(tied), *given)


@pytest.mark.parametrize(
    "score, answers, above, tied",
    [
        ([4, 3, 2, 1], [0], [0], [0]),
        ([4, 3, 2, 1], [3], [3], [0]),
        ([4, 3, 2, 1], [3, 0], [2, 0], [0, 0]),  # the other right answer is left out
        ([1, 1, 1, 1], [2], [0], [3]),
        ([1, 1, 1, 1], [2, 3], [0, 0], [2, 2]),  # tied with a right answer: left out as well
        ([2, 1, 1, 0], [1, 0, 2], [0, 0, 0], [0, 0, 0]),
        ([0, 0, 5, 0], [1], [1], [2]),
    ],
)
def test_ranks_by_hand(score, answers, above, tied):
    found = rank(np.array([[9, 9, 9, 9], score], float), np.ones(len(answers), int), np.array(answers))
    assert (found[0].tolist(), found[1].tolist()) == (above, tied)


def test_expectations_under_ties_by_hand():
    found = ranks([0, 0, 2], [0, 3, 1])
    np.testing.assert_allclose(found.reciprocal(), [1, (1 + 1 / 2 + 1 / 3 + 1 / 4) / 4, (1 / 3 + 1 / 4) / 2])
    np.testing.assert_allclose(found.hits(1), [1, 1 / 4, 0])
    np.testing.assert_allclose(found.hits(3), [1, 3 / 4, 1 / 2])


def test_expectation_is_the_mean_over_random_orders():
    rng = np.random.default_rng(1)
    score = np.array([2.0, 1, 1, 1, 0, 1])
    drawn = []
    for _ in range(4000):
        order = np.lexsort((rng.random(6), -score))
        drawn.append(1.0 / (1 + order.tolist().index(3)))
    above, tied = rank(score[None], np.array([0]), np.array([3]))
    assert abs(np.mean(drawn) - ranks(above, tied).reciprocal()[0]) < 0.01


def test_scores_by_side_and_interval_over_days():
    found = ranks([0, 1, 3, 0], [0, 0, 0, 0], day=[1, 1, 2, 2], head=[False, True, False, True])
    told = scores(found)
    assert told["mrr"] == pytest.approx((1 + 0.5 + 0.25 + 1) / 4)
    assert (told["mrr_tail"], told["mrr_head"]) == (pytest.approx(0.625), pytest.approx(0.75))
    assert interval(found, seed=3) == interval(found, seed=3) == (pytest.approx(0.625), pytest.approx(0.75))


def some_facts(seed=2):
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, [9, 5, 2, 5], size=(70, 4))
    return make_facts(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3], [*"abcde"], ["x", "y"])


@pytest.mark.parametrize("decay, alpha", [(0.0, 0.0), (0.0, 1.0), (0.3, 1.0), (0.3, 0.9)])
def test_recurrency_equals_a_plain_loop(decay, alpha):
    facts = some_facts()
    day, s, r, o = facts.both_ways()
    seen = 0
    for today, score, which, answer, relation in recurrency(facts, 4, decay=decay, alpha=alpha):
        now = np.flatnonzero(day == today)
        assert answer.tolist() == o[now].tolist() and relation.tolist() == r[now].tolist()
        for row, e in enumerate(now):
            for target in range(5):
                psi = sum(
                    2.0 ** (decay * (day[k] - today))
                    for k in range(len(day))
                    if day[k] < today and (s[k], r[k], o[k]) == (s[e], r[e], target)
                )
                of_relation = [o[k] for k in range(len(day)) if day[k] < today and r[k] == r[e]]
                xi = of_relation.count(target) / max(1, len(of_relation))
                assert score[which[row], target] == pytest.approx(alpha * psi + (1 - alpha) * xi)
                seen += 1
    assert seen > 200


def test_the_day_itself_changes_no_baseline_score():
    facts = some_facts()
    whole = {day: score for day, score, *_ in recurrency(facts, 6, decay=0.1, alpha=0.9)}
    for day, score in whole.items():
        until = facts.before(day + 1)
        [(last, again, *_)] = recurrency(until, day, decay=0.1, alpha=0.9)
        assert last == day and np.array_equal(score, again)


def test_what_history_held_of_each_answer():
    facts = make_facts([0, 0, 1, 1, 1], [0, 1, 0, 0, 0], [0, 0, 0, 1, 0], [1, 2, 1, 1, 2], [*"abc"], ["x", "y"])
    held = in_history(facts, 1, 2)
    _, s, r, o = facts.between(1, 2).both_ways()
    told = {(int(a), int(b), int(c)): int(h) for a, b, c, h in zip(s, r, o, held, strict=True)}
    assert told == {(0, 0, 1): 0, (0, 1, 1): 1, (0, 0, 2): 2, (1, 2, 0): 0, (1, 3, 0): 1, (2, 2, 0): 2}


def test_collect_marks_heads_and_days():
    facts = some_facts()
    found = collect(recurrency(facts, 5, decay=0.0, alpha=1.0), facts, 7)
    assert set(found.day.tolist()) <= {5, 6} and found.is_head.sum() * 2 == found.day.size
