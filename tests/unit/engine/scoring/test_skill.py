"""Intervals of skill, the ranking of chances, and the corrected Diebold-Mariano test."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from lynchpin.engine.scoring.scores import (
    RESAMPLES,
    average_precision,
    diebold_mariano,
    interval_of,
    resample,
    skill_interval,
)

RNG = np.random.default_rng(7)


def interval(ours, theirs, block=1, seed=1):
    """Of scores with one pair of states for each origin."""
    return skill_interval(ours[:, None], theirs[:, None], resample(ours.size, 1, block, seed))


def test_a_clear_winner_has_skill_above_zero():
    theirs = RNG.gamma(20.0, 0.05, 24)
    value, low, high = interval(theirs * 0.9 + RNG.normal(0, 0.01, 24), theirs, 3)
    assert 0 < low < value < high and abs(value - 0.1) < 0.02


def test_few_origins_have_no_interval():
    value, low, high = interval(np.ones(3), np.full(3, 2.0))
    assert value == 0.5 and np.isnan(low) and np.isnan(high)


def test_equals_have_none():
    theirs = RNG.gamma(20.0, 0.05, 24)
    value, low, high = interval(RNG.permutation(theirs), theirs)
    assert low < 0 < high and abs(value) < 1e-9


def test_blocks_of_one_are_the_plain_bootstrap_and_one_seed_gives_one_answer():
    values = RNG.normal(size=(60, 1))
    drawn = resample(60, 1, 1, 3).sums(values) / 60
    np.testing.assert_allclose(drawn.std(), values.std() / np.sqrt(60), rtol=0.1)
    np.testing.assert_array_equal(drawn, resample(60, 1, 1, 3).sums(values) / 60)


def test_long_blocks_widen_the_interval_of_correlated_scores():
    steps = np.repeat(RNG.normal(size=20), 6)[:, None]
    assert resample(120, 1, 6, 1).sums(steps).std() > 1.5 * resample(120, 1, 1, 1).sums(steps).std()


def test_pairs_that_differ_widen_the_interval_and_pairs_that_agree_do_not():
    """What is common to all origins but differs between pairs is seen by drawing pairs only."""
    of_pairs = np.tile(RNG.normal(1.0, 0.3, 30), (24, 1))
    drawn = resample(24, 30, 1, 1)
    plain = drawn.origins.sum(axis=1)
    np.testing.assert_allclose(plain, 24.0)
    np.testing.assert_allclose(drawn.pairs.sum(axis=1), 30.0)
    spread = (drawn.sums(of_pairs) / (24 * 30)).std()
    np.testing.assert_allclose(spread, of_pairs[0].std() / np.sqrt(30), rtol=0.1)
    assert np.ptp(drawn.sums(np.ones((24, 30)))) < 1e-9


def test_too_few_pairs_are_not_drawn():
    assert (resample(10, 3, 1, 1).pairs == 1.0).all()


def test_an_interval_of_nothing_is_none():
    assert np.isnan(interval_of(np.array([]))).all()
    assert interval_of(np.arange(101.0)) == pytest.approx((5.0, 95.0))


@pytest.mark.parametrize(
    ("chance", "some", "value"),
    [
        ([0.9, 0.8, 0.7, 0.1], [1, 1, 0, 0], 1.0),
        ([0.9, 0.8, 0.7, 0.1], [0, 1, 0, 1], (1 / 2 + 2 / 4) / 2),
        ([0.5, 0.5, 0.5, 0.5], [1, 0, 0, 0], 0.25),  # equal chances are taken together
        ([0.2, 0.9, 0.2], [1, 0, 1], 2 / 3),
    ],
)
def test_average_precision_is_the_mean_precision_at_the_hits(chance, some, value):
    assert average_precision(np.array(chance), np.array(some, dtype=bool)) == pytest.approx(value)


def test_average_precision_of_no_hit_is_none():
    assert np.isnan(average_precision(np.array([0.5, 0.2]), np.zeros(2, dtype=bool)))


def test_diebold_mariano_of_single_steps_is_the_paired_t_test():
    ours, theirs = RNG.normal(1.0, 0.2, 30), RNG.normal(1.1, 0.2, 30)
    statistic, p = diebold_mariano(ours, theirs, 1)
    expected = stats.ttest_rel(theirs, ours)
    np.testing.assert_allclose([statistic, p], [expected.statistic, expected.pvalue], rtol=1e-9)


def test_no_test_where_there_is_no_power():
    assert diebold_mariano(np.ones(9), np.zeros(9), 1) is None
    assert diebold_mariano(np.ones(11), np.zeros(11), 3) is None
    assert diebold_mariano(np.ones(24), np.ones(24), 1) is None


@pytest.mark.parametrize(("n", "block"), [(6, 3), (8, 4), (7, 7), (5, 1)])
def test_a_bootstrap_draws_runs_of_neighbours_each_as_long_as_a_block(n: int, block: int) -> None:
    counts = resample(n, 1, block, 3).origins.astype(int)  # how often each origin was drawn
    runs = [np.bincount((start + np.arange(block)) % n, minlength=n) for start in range(n)]
    possible = {tuple(np.sum(chosen, axis=0)) for chosen in product(runs, repeat=n // block)}
    drawn = {tuple(row) for row in counts}
    assert counts.shape == (RESAMPLES, n) and (counts.sum(axis=1) == n).all()
    assert drawn <= possible
    assert len(drawn) > 0.8 * len(possible) or block == 1


def test_a_seed_gives_one_bootstrap_and_another_gives_another() -> None:
    ours, theirs = np.random.default_rng(2).gamma(9.0, 0.1, (2, 24))
    one, same, other = (skill_interval(ours[:, None], theirs[:, None], resample(24, 1, 2, seed)) for seed in (5, 5, 6))
    assert one == same and one[0] == other[0] and one[1:] != other[1:]


def test_an_interval_of_skill_holds_nine_tenths_of_the_resamples() -> None:
    rng = np.random.default_rng(4)
    ours, theirs = rng.gamma(9.0, 0.1, 40), rng.gamma(9.0, 0.1, 40)
    drawn = resample(40, 1, 2, 9)
    _, low, high = skill_interval(ours[:, None], theirs[:, None], drawn)
    skill = 1.0 - drawn.sums(ours[:, None]) / drawn.sums(theirs[:, None])
    assert np.mean(skill < low) == pytest.approx(0.05, abs=0.001)
    assert np.mean(skill > high) == pytest.approx(0.05, abs=0.001)
