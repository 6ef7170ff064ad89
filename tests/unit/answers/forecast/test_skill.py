"""Intervals of skill and the corrected Diebold-Mariano test."""

from __future__ import annotations

import numpy as np
from scipy import stats

from lynchpin.answers.forecast.scores import block_means, diebold_mariano, skill_interval

RNG = np.random.default_rng(7)


def test_a_clear_winner_has_skill_above_zero():
    theirs = RNG.gamma(20.0, 0.05, 24)
    value, low, high = skill_interval(theirs * 0.9 + RNG.normal(0, 0.01, 24), theirs, 3, 1)
    assert 0 < low < value < high and abs(value - 0.1) < 0.02


def test_few_origins_have_no_interval():
    value, low, high = skill_interval(np.ones(3), np.full(3, 2.0), 1, 1)
    assert value == 0.5 and np.isnan(low) and np.isnan(high)


def test_equals_have_none():
    theirs = RNG.gamma(20.0, 0.05, 24)
    value, low, high = skill_interval(RNG.permutation(theirs), theirs, 1, 1)
    assert low < 0 < high and abs(value) < 1e-9


def test_blocks_of_one_are_the_plain_bootstrap_and_one_seed_gives_one_answer():
    values = RNG.normal(size=(60, 1))
    drawn = block_means(values, 1, 3)[:, 0]
    np.testing.assert_allclose(drawn.std(), values.std() / np.sqrt(60), rtol=0.1)
    np.testing.assert_array_equal(drawn, block_means(values, 1, 3)[:, 0])


def test_long_blocks_widen_the_interval_of_correlated_scores():
    steps = np.repeat(RNG.normal(size=20), 6)[:, None]
    assert block_means(steps, 6, 1).std() > 1.5 * block_means(steps, 1, 1).std()


def test_diebold_mariano_of_single_steps_is_the_paired_t_test():
    ours, theirs = RNG.normal(1.0, 0.2, 30), RNG.normal(1.1, 0.2, 30)
    statistic, p = diebold_mariano(ours, theirs, 1)
    expected = stats.ttest_rel(theirs, ours)
    np.testing.assert_allclose([statistic, p], [expected.statistic, expected.pvalue], rtol=1e-9)


def test_no_test_where_there_is_no_power():
    assert diebold_mariano(np.ones(9), np.zeros(9), 1) is None
    assert diebold_mariano(np.ones(11), np.zeros(11), 3) is None
    assert diebold_mariano(np.ones(24), np.ones(24), 1) is None
