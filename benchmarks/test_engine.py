"""fit and simulate: the engine of a brief."""

from __future__ import annotations

import numpy as np
import pytest
from _world import world
from scipy.optimize import minimize

from lynchpin.answers.simulate import reference, simulate
from lynchpin.answers.simulate.draw import posterior
from lynchpin.answers.simulate.inflow import placed
from lynchpin.answers.simulate.moves import no_moves
from lynchpin.answers.simulate.program import pairs_of
from lynchpin.model.fit import precision_of
from lynchpin.model.newton import maximise, sums


@pytest.fixture(scope="session")
def problem(fitted):
    variance = {c: sd**2 for c, sd in fitted.pooled_sd.items()}
    return fitted.design, fitted.theta, precision_of(fitted.design, fitted.case, variance)


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
        return -at.value + 0.5 * precision @ beta**2, -(at.gradient - precision * beta)

    options = {"maxiter": 2000, "maxfun": 4000, "ftol": 1e-14, "gtol": 1e-6}
    run = lambda: minimize(loss, start(design), jac=True, method="L-BFGS-B", options=options)  # noqa: E731
    found = benchmark.pedantic(run, rounds=3)
    np.testing.assert_allclose(found.x, fitted.estimate, atol=1e-2)


@pytest.mark.benchmark(group="simulate")
def test_simulate_lynchpin(benchmark, fitted):
    paths = benchmark(lambda: simulate(fitted, 27, 1000, 1))
    assert paths.counts.shape == (1000, 27, 100)


@pytest.mark.benchmark(group="simulate")
def test_simulate_lynchpin_reference(benchmark, fitted):
    """The slow, readable form of the same."""
    moves, beta = no_moves(fitted, 27), posterior(fitted, 1000, 1)
    played = benchmark.pedantic(lambda: reference.play(fitted, moves, beta, 1), rounds=1)
    assert np.array_equal(
        reference.by_unit(played.acts, pairs_of(placed(fitted.design))), simulate(fitted, 27, 1000, 1).counts
    )


@pytest.mark.benchmark(group="simulate-10000")
def test_simulate_10000_lynchpin(benchmark, fitted):
    paths = benchmark(lambda: simulate(fitted, 26, 10_000, 1, edges=[0, 30, 60, 90, 120, 150, 180]))
    assert paths.counts.shape == (10_000, 6, 100)


@pytest.mark.benchmark(group="simulate-10000")
def test_simulate_10000_peer_numpy_counts_from_fixed_rates(benchmark):
    counts = benchmark(lambda: np.random.default_rng(1).negative_binomial(0.5, 0.9, size=(10_000, 26, 100)))
    assert counts.shape == (10_000, 26, 100)


@pytest.mark.benchmark(group="simulate-50-states")
def test_simulate_50_states_lynchpin(benchmark, tmp_path, monkeypatch):
    """Each coefficient has a Gaussian of its own: a dense covariance of 12,275 would weigh more than the simulation."""
    made = world(50, 120, tmp_path)

    def independent(fit, draws, seed):
        return fit.estimate + 0.02 * np.random.default_rng(seed).standard_normal((draws, fit.estimate.size))

    monkeypatch.setattr("lynchpin.answers.simulate.draw.posterior", independent)
    paths = benchmark.pedantic(lambda: simulate(made, 90, 1000, 1, edges=[0, 30, 60, 90]), rounds=1, warmup_rounds=0)
    assert paths.counts.shape == (1000, 3, 12_250)


@pytest.mark.benchmark(group="simulate-50-states")
def test_simulate_50_states_peer_numpy_counts_from_fixed_rates(benchmark):
    def draw():
        rng = np.random.default_rng(1)
        return sum(rng.negative_binomial(0.5, 0.95, size=(1000, 12_250)) for _ in range(90))

    assert benchmark.pedantic(draw, rounds=1).shape == (1000, 12_250)


@pytest.mark.benchmark(group="simulate")
def test_simulate_peer_numpy_counts_from_fixed_rates(benchmark):
    counts = benchmark(lambda: np.random.default_rng(1).negative_binomial(0.5, 0.9, size=(1000, 27, 100)))
    assert counts.shape == (1000, 27, 100)
