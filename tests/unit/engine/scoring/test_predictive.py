"""Probabilities of counts: they sum to one, sums convolve, and the tail is where it should be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lynchpin.engine.likelihoods.counts import log_chance
from lynchpin.engine.scoring.predictive import (
    EPSILON,
    Predictive,
    negative_binomial,
    power,
    roughened,
)

MEAN, SIZE = np.array([0.0, 0.3, 4.0, 60.0]), np.array([1.0, 0.4, np.inf, 3.0])


def test_negative_binomials_are_those_of_scipy():
    k = np.arange(80)
    for mean, size in [(0.3, 0.4), (4.0, 2.0), (60.0, 3.0)]:
        expected = stats.nbinom.logpmf(k, size, size / (size + mean))
        np.testing.assert_allclose(log_chance(k, np.full(80, mean), np.full(80, size)), expected, atol=1e-9)
    np.testing.assert_allclose(
        log_chance(k, np.full(80, 4.0), np.full(80, np.inf)), stats.poisson.logpmf(k, 4.0), rtol=1e-5
    )


def test_every_pmf_and_its_tail_sum_to_one():
    forecast = negative_binomial(MEAN, SIZE, 30)
    np.testing.assert_allclose(forecast.pmf.sum(axis=1) + forecast.tail, 1.0)
    assert forecast.pmf[0, 0] == 1.0 and forecast.tail[3] > 0.5
    whole = roughened(negative_binomial(MEAN, SIZE, 3000).pmf, np.array([0.0, 1.0, 9.0, 90.0]))
    np.testing.assert_allclose(whole.sum(axis=1), 1.0, atol=1e-9)


def test_mean_and_quantiles():
    forecast = negative_binomial(MEAN, SIZE, 2000)
    np.testing.assert_allclose(forecast.mean, MEAN, rtol=1e-6, atol=1e-9)
    for share in (0.05, 0.5, 0.95):
        assert forecast.quantile(share)[2] == stats.poisson.ppf(share, 4.0)
        assert forecast.quantile(share)[3] == stats.nbinom.ppf(share, 3.0, 3.0 / 63.0)


@pytest.mark.parametrize("times", [1, 2, 3, 6])
def test_a_power_is_the_convolution(times):
    pmf = np.random.default_rng(3).dirichlet(np.ones(7), size=4)
    expected = [np.ones(1)] * 4
    for _ in range(times):
        expected = [np.convolve(sofar, one) for sofar, one in zip(expected, pmf, strict=True)]
    np.testing.assert_allclose(power(pmf, times, 6 * times), np.stack(expected), atol=1e-12)
    np.testing.assert_allclose(power(pmf, times, 4), np.stack(expected)[:, :5], atol=1e-12)


def test_the_unforeseen_keeps_a_chance():
    forecast = Predictive(roughened(np.eye(1, 30), np.zeros(1)))
    assert EPSILON / 1e6 < forecast.chance(np.array([9]))[0] < EPSILON
    assert forecast.chance(np.array([500]))[0] > 0


def test_below_and_chance_make_the_cdf():
    forecast = negative_binomial(np.full(40, 5.0), np.full(40, 1.0), 12)
    y = np.arange(40)
    steps = np.diff(forecast.below(y))
    np.testing.assert_allclose(steps, forecast.chance(y)[:-1], atol=1e-12)
