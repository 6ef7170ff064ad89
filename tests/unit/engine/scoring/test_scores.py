"""Scores against scoringrules, against the definition by a long sum, and against values by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.engine.scoring import scores
from lynchpin.engine.scoring.predictive import Predictive, negative_binomial

RNG = np.random.default_rng(11)
MEAN, SIZE = RNG.gamma(1.0, 5.0, 60) + 0.05, RNG.gamma(2.0, 2.0, 60) + 0.1
OBSERVED = RNG.negative_binomial(SIZE, SIZE / (SIZE + MEAN))
FORECAST = negative_binomial(MEAN, SIZE, 600)
SHORT = negative_binomial(MEAN, SIZE, 8)


def spelled_out(forecast, reach=4000):
    """The same forecast with its tail written on the grid."""
    ratio = forecast.top / (forecast.top + 1)
    tail = forecast.tail[:, None] * (1 - ratio) * ratio ** np.arange(reach)
    return Predictive(np.concatenate([forecast.pmf, tail], axis=1))


def test_crps_and_log_score_are_those_of_scoringrules():
    scoringrules = pytest.importorskip("scoringrules")
    p = SIZE / (SIZE + MEAN)
    np.testing.assert_allclose(
        scores.crps(FORECAST, OBSERVED),
        scoringrules.crps_negbinom(OBSERVED, SIZE, p, backend="numpy"),
        rtol=1e-7,
        atol=1e-7,
    )
    with np.errstate(divide="ignore"):  # theirs gives some large counts no chance at all
        expected = scoringrules.logs_negbinom(OBSERVED, SIZE, p, backend="numpy")
    told = np.isfinite(expected)
    assert told.sum() > 50
    np.testing.assert_allclose(scores.log_score(FORECAST, OBSERVED)[told], expected[told], rtol=1e-9)


def test_crps_of_an_ensemble_is_that_of_scoringrules():
    scoringrules = pytest.importorskip("scoringrules")
    draws = RNG.poisson(3.0, size=(20, 50))
    pmf = np.stack([np.bincount(row, minlength=30) / row.size for row in draws])
    observed = RNG.poisson(3.0, size=20)
    expected = scoringrules.crps_ensemble(observed.astype(float), draws.astype(float), estimator="nrg", backend="numpy")
    np.testing.assert_allclose(scores.crps(Predictive(pmf), observed), expected, atol=1e-12)


def test_interval_score_is_that_of_scoringrules():
    scoringrules = pytest.importorskip("scoringrules")
    for level in scores.LEVELS:
        low, high = FORECAST.quantile((1 - level) / 2), FORECAST.quantile((1 + level) / 2)
        expected = scoringrules.interval_score(OBSERVED.astype(float), low.astype(float), high.astype(float), 1 - level)
        np.testing.assert_allclose(scores.interval_score(FORECAST, OBSERVED, level), expected)


def test_brier_is_that_of_scoringrules():
    scoringrules = pytest.importorskip("scoringrules")
    expected = scoringrules.brier_score((OBSERVED > 0).astype(float), FORECAST.p_any)
    np.testing.assert_allclose(scores.brier_any(FORECAST, OBSERVED), expected)


@pytest.mark.parametrize("factor", [1, 3, 20])
def test_the_tail_beyond_the_grid_is_summed_exactly(factor):
    whole, observed = spelled_out(SHORT), OBSERVED * factor
    for name in ("crps", "log_score", "brier_any", "log_score_any"):
        score = getattr(scores, name)
        np.testing.assert_allclose(score(SHORT, observed), score(whole, observed), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(SHORT.mean, whole.mean, rtol=1e-9)
    np.testing.assert_allclose(scores.pit(SHORT, observed), scores.pit(whole, observed), atol=1e-9)


def test_crps_is_its_definition_and_log_score_by_hand():
    forecast = Predictive(np.array([[0.5, 0.25, 0.25]]))
    np.testing.assert_allclose(scores.crps(forecast, np.array([1])), [0.5**2 + (0.75 - 1) ** 2])
    np.testing.assert_allclose(scores.log_score(forecast, np.array([2])), [np.log(4)])
    np.testing.assert_allclose(scores.brier_any(forecast, np.array([0])), [0.25])


def test_a_certain_forecast_is_as_wrong_as_it_is_far():
    certain = Predictive(np.eye(1, 8, 3).repeat(2, axis=0))
    np.testing.assert_allclose(scores.crps(certain, np.array([3, 5])), [0.0, 2.0], atol=1e-12)


def test_coverage_of_a_calibrated_forecast_is_its_level():
    mean = np.full(40_000, 0.7)  # nearly all zeros: intervals with their ends cover far too much
    forecast, came = (
        negative_binomial(mean, np.full(mean.size, 2.0), 40),
        RNG.negative_binomial(2.0, 2 / 2.7, mean.size),
    )
    for level in scores.LEVELS:
        assert abs(scores.coverage(forecast, came, level).mean() - level) < 0.01
    assert scores.inside(forecast, came, 0.9).mean() > 0.93
    np.testing.assert_allclose(scores.pit(forecast, came).mean(axis=0), 0.1, atol=0.01)


def test_an_overconfident_forecast_covers_too_little_and_its_pit_is_a_cup():
    mean = np.full(5_000, 10.0)
    forecast, came = (
        negative_binomial(mean, np.full(mean.size, np.inf), 80),
        RNG.negative_binomial(2.0, 1 / 6, mean.size),
    )
    assert scores.coverage(forecast, came, 0.9).mean() < 0.75
    bins = scores.pit(forecast, came).mean(axis=0)
    assert min(bins[0], bins[-1]) > 1.5 * bins[4:6].max()


def test_pit_rows_sum_to_one():
    np.testing.assert_allclose(scores.pit(FORECAST, OBSERVED).sum(axis=1), 1.0)


@pytest.mark.parametrize("name", ["crps", "log_score"])
def test_scores_are_proper(name):
    """Telling the truth scores best on average: over all counts, weighted by the truth."""
    truth = negative_binomial(np.array([3.0]), np.array([2.0]), 200)
    k = np.arange(201)

    def expected(forecast):
        said = Predictive(forecast.pmf.repeat(k.size, axis=0))
        return float(truth.pmf[0] @ getattr(scores, name)(said, k))

    best = expected(truth)
    for mean, size in [(2.0, 2.0), (4.0, 2.0), (3.0, 1.0), (3.0, 8.0)]:
        assert expected(negative_binomial(np.array([mean]), np.array([size]), 200)) > best


def test_intervals_of_50_80_and_90_are_told_apart() -> None:
    """Twenty counts alike: the ends of each interval are known, and so are its width and what it holds."""
    even = Predictive(np.full((1, 20), 0.05))
    for level, low, high in ((0.5, 4, 14), (0.8, 1, 17), (0.9, 0, 18)):
        at = np.array([low]), np.array([high])
        assert scores.interval_score(even, at[0], level)[0] == high - low
        assert scores.interval_score(even, at[1] + 1, level)[0] == pytest.approx(high - low + 2.0 / (1.0 - level))
        assert [scores.inside(even, np.array([count]), level)[0] for count in (low, high, high + 1)] == [1.0, 1.0, 0.0]
        held = np.mean([scores.coverage(even, np.array([count]), level)[0] for count in range(20)])
        assert held == pytest.approx(level)
