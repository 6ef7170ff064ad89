"""The choice model: its likelihood by hand, planted weights found again, one seed one fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lynchpin.answers.predict._choice_kernel import STEP, question_gradient
from lynchpin.answers.predict.choice import (
    DESCRIPTORS,
    Options,
    Sample,
    fit_choice,
    in_steps,
    information,
    loss_and_gradients,
)
from lynchpin.answers.predict.columns import COLUMNS
from lynchpin.answers.predict.learn import weight_table
from lynchpin.errors import DidNotConverge

K, MOST = len(COLUMNS), 12
TRUE = {3: 0.9, 20: -0.6, 50: 0.4}
SHIFT = {1: 0.8}  # of act 1, on column 3


def planted(questions=3000, seed=1):
    """Questions whose answers are drawn from a known model; columns without weight are noise or zero."""
    rng = np.random.default_rng(seed)
    X = np.zeros((questions, MOST, K))
    X[:, :, [3, 20, 50, 70]] = rng.normal(size=(questions, MOST, 4))
    relation = rng.integers(0, 2, questions)
    w = np.zeros((2, K))
    w[:, list(TRUE)] = list(TRUE.values())
    w[1, 3] += SHIFT[1]
    utility = np.einsum("qkf,qf->qk", X, w[relation]) + rng.gumbel(size=(questions, MOST))
    return Sample(
        in_steps(X), np.full(questions, MOST, np.int32), np.sort(rng.integers(0, 60, questions)), relation,
        np.zeros((questions, len(DESCRIPTORS)), np.float32), np.arange(questions + 1), utility.argmax(axis=1),
    )  # fmt: skip


@pytest.fixture(scope="module")
def fitted():
    sample = planted()
    return sample, fit_choice(sample, 2, Options(passes=12, batch=64, ridge_relation=20.0))


def test_planted_weights_are_found_within_their_intervals(fitted):
    sample, choice = fitted
    table = {w.column: w for w in weight_table(choice, sample) if w.column}
    total = (
        choice.weight + choice.by_relation
    ) * choice.scale  # the two parts of a weight are only held apart by ridges
    for at, value in TRUE.items():
        se = table[COLUMNS[at]].se * choice.scale[at] * np.sqrt(2.0)  # each act has half of the questions
        assert 0.01 < se < 0.1
        for act in (0, 1):
            wanted = value + (SHIFT[1] if (at, act) == (3, 1) else 0.0)
            assert abs(total[act, at] - wanted) < 4 * se, (COLUMNS[at], act)
    assert np.abs(total[:, 70]).max() < 0.15  # noise


def test_the_ridge_holds_deviations_back():
    sample = planted(800)
    free, held = (fit_choice(sample, 2, Options(batch=32, ridge_relation=ridge)) for ridge in (1.0, 10_000.0))
    assert np.abs(held.by_relation).max() < 0.3 * np.abs(free.by_relation).max()


def test_one_seed_one_fit():
    sample = planted(500)
    first, again = (fit_choice(sample, 2, Options()) for _ in range(2))
    other = fit_choice(sample, 2, Options(seed=2))
    assert first.weight.tobytes() == again.weight.tobytes() and first.losses == again.losses
    assert not np.array_equal(first.weight, other.weight)


def test_likelihood_and_gradient_by_hand():
    X = in_steps(np.array([[[1.0, 0.5], [0.0, -1.0], [9.0, 9.0]]]))
    w = np.array([0.7, -0.2], np.float32)
    g, u = np.zeros(2, np.float32), np.zeros(3, np.float32)
    answers = np.array([0, 1, 1])
    loss = question_gradient(X, np.array([2], np.int32), 0, answers, w * np.float32(STEP), u, g)
    v = np.array([0.7 - 0.1, 0.2])  # the third is past the end of the list
    p = np.exp(v) / np.exp(v).sum()
    assert loss == pytest.approx(-np.log(p[[0, 1, 1]]).sum(), rel=1e-4)
    wanted = 3 * (p @ [[1.0, 0.5], [0.0, -1.0]]) - np.array([1.0, 0.5]) - 2 * np.array([0.0, -1.0])
    np.testing.assert_allclose(g * STEP, wanted, atol=2e-3)


def test_nothing_to_learn_from_is_an_error():
    sample = planted(10)
    empty = replace(sample, start=np.zeros(11, np.int64), places=np.zeros(0, np.int64))
    with pytest.raises(DidNotConverge, match="no question has an answer"):
        fit_choice(empty, 2)


def test_the_fit_ends_where_the_slope_in_w_is_nothing(fitted):
    sample, choice = fitted
    day = sample.day
    loss, slope = loss_and_gradients(choice, sample, day)
    assert slope.shape == (day.max() + 1, K)
    total = slope.sum(axis=0) + choice.options.ridge * choice.weight
    assert np.abs(total).max() < 1e-3 * sample.places.size
    for at in (3, 70):  # the slope and the curvature are those of the loss, away from the maximum too
        step = np.zeros(K, np.float32)
        step[at] = 0.05
        away = replace(choice, weight=choice.weight + 6 * step)
        loss, slope = loss_and_gradients(away, sample, day)
        up, down = (
            loss_and_gradients(replace(away, weight=away.weight + sign * step), sample, day)[0] for sign in (1, -1)
        )
        assert (up - down) / 0.1 == pytest.approx(slope[:, at].sum(), rel=0.02)
        assert information(away, sample)[at, at] == pytest.approx((up - 2 * loss + down) / 0.05**2 + 1.0, rel=0.1)
