"""The way up: it ends at the top, and where there is none the columns that are to blame are named, wherever they stand."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.engine.likelihoods.laplace import evidence_of
from lynchpin.engine.likelihoods.newton import Factor, NoTop, Penalised, ascend, climb, lower_inverse, refuse_collinear
from lynchpin.engine.likelihoods.rows import Sums
from lynchpin.errors import DidNotConverge

NAMES = ("a", "b", "c", "d", "e")
PLACES = [(1, 2), (1, 3), (2, 4), (3, 4), (0, 4)]


def logistic(X, y):
    """The sums of a logistic regression, written down plainly."""

    def sums(beta):
        eta = X @ beta
        p = 1.0 / (1.0 + np.exp(-eta))
        return Sums(float(y @ eta - np.logaddexp(0.0, eta).sum()), X.T @ (y - p), (X.T * (p * (1 - p))) @ X)

    return sums


@pytest.mark.parametrize("guilty", PLACES)
def test_an_information_that_is_not_positive_names_the_columns_of_its_direction(guilty):
    a, b = guilty
    information = np.diag([1.0, 4.0, 100.0, 0.25, 9.0])
    information[a, b] = information[b, a] = 1.001 * np.sqrt(information[a, a] * information[b, b])
    with pytest.raises(NoTop) as caught:
        Factor(information, NAMES)
    assert caught.value.where == f"near {NAMES[a]}, {NAMES[b]}"


@pytest.mark.parametrize("k", [0, 2, 4])
def test_an_information_without_bounds_names_its_column(k):
    information = np.eye(5)
    information[k, k] = np.nan
    with pytest.raises(NoTop) as caught:
        Factor(information, NAMES)
    assert caught.value.where == f"near {NAMES[k]}"


@pytest.mark.parametrize("guilty", PLACES)
def test_a_climb_onto_a_saddle_names_the_columns_that_rise(guilty):
    """Concave where it begins; after a step, the sum of two columns bends upwards."""
    a, b = guilty

    def sums(beta):
        information = np.eye(5)
        if beta.any():
            information[a, b] = information[b, a] = -1.001
        return Sums(float(beta.sum()), np.ones(5), information)

    with pytest.raises(NoTop) as caught:
        climb(sums, np.zeros(5), np.zeros(5), NAMES)
    assert caught.value.where == f"near {NAMES[a]}, {NAMES[b]}"


@pytest.mark.parametrize("k", [0, 2, 4])
def test_a_coefficient_that_runs_off_is_named(k):
    X = np.random.default_rng(1).normal(size=(60, 5))
    y = (X[:, k] > 0).astype(float)
    with pytest.raises(NoTop) as caught:
        climb(logistic(X, y), np.zeros(5), np.zeros(5), NAMES, passes=9)
    assert caught.value.where == f"furthest from it: {NAMES[k]}"


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (0, 1, 2, 4, 3), (1, 2, 4, 0, 3)])
def test_a_sum_of_columns_is_said_with_its_own_parts_alone(order):
    """The last of the three in the order is the guilty one, in the last place and in the middle."""
    X = np.random.default_rng(2).normal(size=(40, 5))
    X[:, 4] = X[:, 1] - 0.5 * X[:, 2]
    X, names = X[:, order], [NAMES[k] for k in order]
    with pytest.raises(DidNotConverge) as caught:
        refuse_collinear(X.T @ X, names)
    assert caught.value.what == "e is a combination of b, c" and caught.value.where == "e"


def test_a_climb_ends_at_the_top():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(400, 3))
    y = (rng.random(400) < 1.0 / (1.0 + np.exp(-X @ [1.0, -2.0, 0.0]))).astype(float)
    sums, ridge = logistic(X, y), np.array([0.0, 3.0, 0.5])
    top = climb(sums, np.full(3, 2.0), ridge, NAMES[:3])
    there = sums(top.estimate)
    np.testing.assert_allclose(there.gradient, ridge * top.estimate, atol=1e-6)
    np.testing.assert_allclose(top.covariance, np.linalg.inv(there.information + np.diag(ridge)), rtol=1e-6)
    assert not top.is_doubtful


def test_the_inverse_and_the_factor_make_the_same_step():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(50, 4)) * [1.0, 1e3, 1e-3, 1.0]
    sums = logistic(X, (rng.random(50) < 0.5).astype(float))(np.zeros(4))
    point, inverted = (
        Penalised(sums, np.zeros(4), np.full(4, 1e-9), NAMES[:4], by_inverse=by_inverse) for by_inverse in (False, True)
    )
    np.testing.assert_allclose(point.step()[1], inverted.step()[1], rtol=1e-9)
    np.testing.assert_allclose(point.factor.log_det, np.linalg.slogdet(point.curvature)[1], rtol=1e-9)


class Hill:
    """The height log(x) - x of one coordinate, with its top at 1 and nothing at 0 and below."""

    def __init__(self, at):
        self.x = float(at[0])
        self.value = np.log(self.x) - self.x if self.x > 0 else -np.inf

    def step(self):
        slope = np.array([1.0 / self.x - 1.0])
        return slope, slope * self.x**2


def walk(start, **options):
    at = np.array([start])
    return ascend(Hill, at, Hill(at), is_near=options.pop("is_near", lambda step, rise: rise < 1e-16), **options)


def test_a_step_is_shortened_until_it_leads_up():
    """From 3, Newton's whole step leads to -3, where there is no height."""
    ascent = walk(3.0)
    assert ascent.arrived and ascent.at[0] == pytest.approx(1.0, abs=1e-7)
    heights = [Hill(walk(3.0, steps=k).at).value for k in range(1, 6)]
    assert (np.diff(heights) > 0).all()


def test_what_stops_a_walk_is_said():
    once = walk(3.0, steps=1)
    assert not once.arrived and not once.stalled and once.solved.x == 3.0 and once.here.x == once.at[0] < 3.0
    stuck = walk(3.0, shortest=0.9)
    assert stuck.stalled and stuck.at[0] == 3.0
    assert walk(3.0, looks=1).stalled and walk(3.0, looks=1).looks == 1
    near = walk(0.5, longest=0.1, steps=3)
    assert near.at[0] == pytest.approx(0.8)  # three steps of a tenth, uphill
    assert walk(0.5, is_near=lambda step, rise: True).at[0] == 0.5


def test_the_next_variance_of_a_prior_leads_to_the_top_of_the_evidence():
    """y = X b + noise of variance 1, b ~ N(0, v): the marginal likelihood of v is known exactly."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(80, 12))
    y = X @ rng.normal(0.0, 0.7, 12) + rng.normal(size=80)

    def marginal(v):
        covariance = np.eye(80) + v * X @ X.T
        return -0.5 * (np.linalg.slogdet(covariance)[1] + y @ np.linalg.solve(covariance, y))

    v = 1.0
    for _ in range(200):
        posterior = np.linalg.inv(X.T @ X + np.eye(12) / v)
        squares, determined = evidence_of(posterior @ X.T @ y, np.diag(posterior), 1.0 / v)
        v = squares / determined
    assert 0 < determined < 12
    assert marginal(v) > max(marginal(v * 1.01), marginal(v / 1.01))


@pytest.mark.parametrize("n", [1, 40, 41, 139, 200])
def test_a_triangular_matrix_is_inverted_as_any_other(n: int) -> None:
    rng = np.random.default_rng(n)
    drawn = rng.normal(size=(n, 3 * n))
    root = np.linalg.cholesky(drawn @ drawn.T / (3 * n))
    found = lower_inverse(root)
    np.testing.assert_allclose(found, np.linalg.inv(root), rtol=0.0, atol=1e-12 * np.abs(found).max())
    assert (np.triu(found, 1) == 0.0).all()
    np.testing.assert_allclose(found @ root, np.eye(n), atol=1e-12)
