"""Pooling of places: a published example, and what shrinkage must do."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.answers.evidence.spread import likeliest_tau, pool, restricted_likelihood

# Thirteen trials of the BCG vaccine, log risk ratios and variances: Colditz et al. (1994), as in R's metafor (dat.bcg).
BCG = np.array(
    [
        [-0.8893, 0.3256], [-1.5854, 0.1946], [-1.3481, 0.4154], [-1.4416, 0.0200], [-0.2175, 0.0512], [-0.7861, 0.0069],
        [-1.6209, 0.2230], [0.0120, 0.0040], [-0.4694, 0.0564], [-1.3713, 0.0730], [-0.3394, 0.0124], [0.4459, 0.5325],
        [-0.0173, 0.0714],
    ]
)  # fmt: skip


def plain_likelihood(tau2, estimate, variance):
    """The restricted likelihood of places that share no outcome, as it is written: what the whole matrix must agree with."""
    weight = 1.0 / (variance + tau2)
    mean = weight @ estimate / weight.sum()
    return 0.5 * np.log(weight).sum() - 0.5 * np.log(weight.sum()) - 0.5 * (weight @ (estimate - mean) ** 2)


def independent(estimate, variance):
    """Places that share no outcome, at the likeliest spread."""
    return pool(estimate, np.diag(variance), tau=likeliest_tau(estimate, np.diag(variance)))


def test_published_example():
    """metafor 4.6, rma(yi, vi, method = "REML", test = "knha"): the rounding of the data leaves three digits."""
    found = independent(*BCG.T)
    assert found.tau**2 == pytest.approx(0.3132, abs=2e-3)
    assert found.mean == pytest.approx(-0.7145, abs=1e-3)
    assert found.standard_error == pytest.approx(0.1807, abs=1e-3)
    assert found.i_squared == pytest.approx(0.9222, abs=5e-3)
    assert found.degrees == 12


def test_tau_is_where_the_restricted_likelihood_is_highest():
    found = independent(*BCG.T)
    best = plain_likelihood(found.tau**2, *BCG.T)
    for tau2 in np.linspace(0.0, 1.0, 60):
        assert plain_likelihood(tau2, *BCG.T) <= best + 1e-9


def test_places_that_agree_have_no_spread():
    found = independent(np.array([0.20, 0.22, 0.18, 0.21]), np.full(4, 0.04))
    assert found.tau == 0.0 and found.i_squared == 0.0
    np.testing.assert_allclose(found.shrunk, found.mean)
    assert found.standard_error == pytest.approx(0.1), "never narrower than the plain one"
    assert found.shrunk_error == pytest.approx(np.full(4, 0.1)), "given all the others, each is as unsure as the mean"


def test_shrinkage_pulls_the_unsure_most_and_never_past_the_mean():
    found = independent(*BCG.T)
    pull = (found.shrunk - BCG[:, 0]) / (found.mean - BCG[:, 0])
    assert ((pull > 0) & (pull < 1)).all()
    assert (np.diff(pull[np.argsort(BCG[:, 1])]) > 0).all()
    assert (found.shrunk_error <= np.hypot(np.sqrt(BCG[:, 1]), found.standard_error)).all()
    assert found.weight.sum() == pytest.approx(1.0)


def test_intervals_cover_the_mean_of_places_and_the_next_place():
    rng = np.random.default_rng(1)
    mean_in, next_in = [], []
    for _ in range(300):
        variance = rng.uniform(0.02, 0.2, 12)
        truth = rng.normal(0.3, 0.25, 13)
        found = independent(truth[:12] + rng.normal(0.0, np.sqrt(variance)), variance)
        low, high = found.interval()
        mean_in.append(low <= 0.3 <= high)
        low, high = found.new_place()
        next_in.append(low <= truth[12] <= high)
    assert 0.86 <= np.mean(mean_in) <= 0.97
    assert 0.75 <= np.mean(next_in) <= 0.97, "too narrow with a dozen places, as is known and said"


def test_the_tried_spreads_come_near_the_likeliest_and_the_whole_matrix_to_the_plain_formula():
    rng = np.random.default_rng(1)
    for _ in range(20):
        n = int(rng.integers(3, 9))
        variance = rng.uniform(0.01, 0.3, n)
        estimate = rng.normal(0.3, 0.5, n) + rng.normal(0, np.sqrt(variance))
        ours, theirs = pool(estimate, np.diag(variance)), independent(estimate, variance)
        assert ours.tau == pytest.approx(theirs.tau, abs=0.03)
        assert ours.mean == pytest.approx(theirs.mean, abs=0.02)
        assert ours.interval() == pytest.approx(theirs.interval(), abs=0.04)
        assert ours.shrunk == pytest.approx(theirs.shrunk, abs=0.03)
        assert ours.shrunk_error == pytest.approx(theirs.shrunk_error, abs=0.03)
        taus = np.array([0.0, 0.2, 1.0])
        theirs_at = np.array([plain_likelihood(tau**2, estimate, variance) for tau in taus])
        gap = restricted_likelihood(taus, estimate, np.diag(variance)) - theirs_at
        assert gap == pytest.approx(np.full(3, gap[0]))


def test_errors_that_hang_together_are_not_counted_twice():
    """Two directions with the same acts say as much as one: the mean is no surer for the second."""
    alike = pool(np.array([0.4, 0.4]), np.array([[0.04, 0.0399], [0.0399, 0.04]]))
    apart = pool(np.array([0.4, 0.4]), np.diag([0.04, 0.04]))
    assert np.diff(alike.interval()) > 1.35 * np.diff(apart.interval())
    assert alike.tau == 0.0 and alike.p == pytest.approx(1.0)


def test_the_interval_of_the_spread_holds_the_truth():
    """In nine of ten draws, or so: by profile likelihood, a little too often at the edge."""
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(200):
        variance = rng.uniform(0.02, 0.1, 8)
        found = pool(rng.normal(0.2, 0.4, 8) + rng.normal(0, np.sqrt(variance)), np.diag(variance))
        held += found.tau_lower <= 0.4 <= found.tau_upper
    assert 0.82 <= held / 200 <= 0.98
