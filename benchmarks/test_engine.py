"""fit and simulate: the engine of a brief."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from lynchpin.models.fit import _precision
from lynchpin.models.newton import maximise, sums
from lynchpin.simulate import simulate


@pytest.fixture(scope="session")
def problem(fitted):
    variance = {c: sd**2 for c, sd in fitted.pooled_sd.items()}
    return fitted.design, fitted.theta, _precision(fitted.design, fitted.case, variance)


def start(design):
    return np.where([c.kind == "class" for c in design.columns], -3.0, 0.0)


@pytest.mark.benchmark(group="fit")
def test_fit_lynchpin_newton(benchmark, problem, fitted):
    design, theta, precision = problem
    beta, _, converged = benchmark(lambda: maximise(design, start(design), theta, precision))
    assert converged
    np.testing.assert_allclose(beta, fitted.estimate, atol=1e-4)


@pytest.mark.benchmark(group="fit")
def test_fit_peer_scipy_lbfgsb(benchmark, problem, fitted):
    design, theta, precision = problem

    def loss(beta):
        at = sums(design, beta, theta)
        return -at.log_likelihood + 0.5 * precision @ beta**2, -(at.gradient - precision * beta)

    options = {"maxiter": 2000, "maxfun": 4000, "ftol": 1e-14, "gtol": 1e-6}
    run = lambda: minimize(loss, start(design), jac=True, method="L-BFGS-B", options=options)  # noqa: E731
    found = benchmark.pedantic(run, rounds=3)
    np.testing.assert_allclose(found.x, fitted.estimate, atol=1e-2)


@pytest.mark.benchmark(group="simulate")
def test_simulate_lynchpin(benchmark, fitted):
    paths = benchmark(lambda: simulate(fitted, 27, 1000, 1))
    assert paths.counts.shape == (1000, 27, 100)


@pytest.mark.benchmark(group="simulate")
def test_simulate_peer_numpy_counts_from_fixed_rates(benchmark):
    counts = benchmark(lambda: np.random.default_rng(1).negative_binomial(0.5, 0.9, size=(1000, 27, 100)))
    assert counts.shape == (1000, 27, 100)
