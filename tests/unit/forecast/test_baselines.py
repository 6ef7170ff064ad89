"""The baselines say what their names promise."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.forecast.baselines import BASELINES

HISTORY = np.array([[9] * 12 + [0, 2] * 6, [0] * 24, [1] * 23 + [5]])


def drawn(name):
    return BASELINES[name](HISTORY, 3, np.random.default_rng(1), 4000)


@pytest.mark.parametrize("name", BASELINES)
def test_shape_and_whole_counts(name):
    draws = drawn(name)
    assert draws.shape == (4000, 3, 3)
    assert draws.min() >= 0
    assert np.issubdtype(draws.dtype, np.integer)


def test_zero_is_zero():
    assert not drawn("zero").any()


def test_last_month_is_poisson_around_the_last_month():
    draws = drawn("last month (Poisson)")
    np.testing.assert_allclose(draws.mean(axis=(0, 1)), [2.0, 0.0, 5.0], atol=0.1)
    np.testing.assert_allclose(draws[..., 2].var(), 5.0, atol=0.3)


def test_own_last_year_draws_only_from_the_units_own_last_year():
    draws = drawn("own last 12 months")
    assert set(np.unique(draws[..., 0])) == {0, 2}
    assert set(np.unique(draws[..., 1])) == {0}
    np.testing.assert_allclose(draws[..., 2].mean(), (11 + 5) / 12, atol=0.1)


def test_pooled_bootstrap_gives_every_unit_the_same():
    draws = drawn("pooled bootstrap")
    np.testing.assert_allclose(draws.mean(axis=(0, 1)), HISTORY[:, -12:].mean(), atol=0.1)


def test_ewma_weighs_recent_months_more_and_gives_silent_units_a_little():
    mean = drawn("EWMA negative binomial").mean(axis=(0, 1))
    weight = 2.0 ** (-np.arange(24)[::-1] / 6.0)
    expected = (HISTORY @ weight + HISTORY.mean() / 6) / (weight.sum() + 1 / 6)
    np.testing.assert_allclose(mean, expected, rtol=0.08)
    assert 0 < mean[1] < 0.2
