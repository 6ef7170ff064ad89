"""The rate model against scipy, against numbers by hand, and its kernel against its reference."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lynchpin.engine.likelihoods import counts
from lynchpin.engine.likelihoods._kernels import size_slope, unit_sums

THETAS = [0.05, 0.8, 12.0, 9e3, np.inf]
RNG = np.random.default_rng(7)
Y = RNG.poisson(0.4, 200) * RNG.integers(1, 4, 200)
ETA = RNG.normal(-1.0, 1.5, 200)


@pytest.mark.parametrize("theta", THETAS)
def test_log_likelihood_is_scipys(theta):
    mu = np.exp(ETA)
    expected = stats.poisson.logpmf(Y, mu) if np.isinf(theta) else stats.nbinom.logpmf(Y, theta, theta / (theta + mu))
    np.testing.assert_allclose(counts.log_chance(Y, np.exp(ETA), theta), expected, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("theta", THETAS)
def test_derivatives_are_those_of_the_log_likelihood(theta):
    h = 1e-5
    up, mid, down = (counts.log_chance(Y, np.exp(ETA + d), theta) for d in (h, 0.0, -h))
    np.testing.assert_allclose(counts.score(Y, ETA, theta), (up - down) / (2 * h), rtol=1e-5, atol=1e-6)
    rough = -(counts.score(Y, ETA + h, theta) - counts.score(Y, ETA - h, theta)) / (2 * h)
    np.testing.assert_allclose(counts.information(Y, ETA, theta), rough, rtol=1e-5, atol=1e-7)
    assert np.isfinite(mid).all()


@pytest.mark.parametrize("theta", THETAS)
def test_kernel_is_the_reference(theta):
    X, offset, beta = RNG.normal(size=(200, 3)), RNG.normal(size=200), np.array([0.3, -0.2, 0.1])
    X[:50, 1] = 0.0
    eta = offset + X @ beta
    value, gradient, information = unit_sums(Y, X, offset, beta, theta)
    np.testing.assert_allclose(value, counts.log_chance(Y, np.exp(eta), theta).sum(), rtol=1e-10)
    np.testing.assert_allclose(gradient, X.T @ counts.score(Y, eta, theta), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(information, (X.T * counts.information(Y, eta, theta)) @ X, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("theta", [0.05, 0.5, 4.0, 300.0])
def test_slope_and_curvature_by_log_size_are_those_by_differences(theta):
    h, value = 1e-3, [counts.log_chance(Y, np.exp(ETA), theta * np.exp(k * 1e-3)).sum() for k in (-1, 0, 1)]
    slope, curvature = size_slope(Y, np.exp(ETA), theta)
    np.testing.assert_allclose(slope, (value[2] - value[0]) / (2 * h), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(curvature, (value[2] - 2 * value[1] + value[0]) / h**2, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("theta", [0.5, 4.0])
def test_best_size_finds_the_size_again(theta):
    mu = np.full(40_000, 1.5)
    y = np.random.default_rng(3).negative_binomial(theta, theta / (theta + mu))
    assert abs(np.log(counts.best_size(y, np.log(mu)) / theta)) < 0.1


def test_best_size_of_underdispersed_counts_is_poissons():
    assert np.isinf(counts.best_size(np.ones(500, dtype=np.int64), np.zeros(500)))
