"""Scores against scoringrules, against the definition by double loop, and against values by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.forecast import scores

RNG = np.random.default_rng(11)
DRAWS = RNG.negative_binomial(0.7, 0.3, size=(150, 40))
OBSERVED = RNG.negative_binomial(0.7, 0.3, size=40)


def test_crps_is_scoringrules():
    scoringrules = pytest.importorskip("scoringrules")
    expected = scoringrules.crps_ensemble(OBSERVED.astype(float), DRAWS.T.astype(float), estimator="nrg")
    np.testing.assert_allclose(scores.crps(DRAWS, OBSERVED), expected, rtol=1e-12, atol=1e-12)


def test_crps_is_its_definition():
    x, y = DRAWS[:, 0].astype(float), float(OBSERVED[0])
    expected = np.abs(x - y).mean() - np.abs(x[:, None] - x).mean() / 2
    np.testing.assert_allclose(scores.crps(DRAWS[:, :1], OBSERVED[:1]), [expected], rtol=1e-12)


def test_crps_of_a_certain_forecast_is_the_distance():
    np.testing.assert_allclose(scores.crps(np.full((10, 2), 3), np.array([3, 5])), [0.0, 2.0])


def test_log_score_by_hand():
    draws = np.array([[0], [0], [1], [2]])
    span = 2 * 2 + 2
    found = [float(scores.log_score(draws, np.array([y]))[0]) for y in (0, 1)]
    np.testing.assert_allclose(found, [-np.log((2 + 1 / span) / 5), -np.log((1 + 1 / span) / 5)])
    assert np.isfinite(scores.log_score(draws, np.array([50]))[0])


def test_log_scores_are_those_of_probabilities_that_sum_to_at_most_one():
    draws = np.array([[0], [1], [1]])
    total = sum(np.exp(-scores.log_score(draws, np.array([y]))[0]) for y in range(3))
    assert 0.8 < total <= 1.0


def test_covered_counts_both_ends():
    draws = np.arange(101)[:, None]
    inside = [bool(scores.covered(draws, np.array([y]), 0.9)[0]) for y in (4, 5, 50, 95, 96)]
    assert inside == [False, True, True, True, False]
