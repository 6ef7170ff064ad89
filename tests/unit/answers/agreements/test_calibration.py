"""Calibration of chances: the line by hand and against a slow search, corrections that never saw their own outcome."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize

from lynchpin.answers.agreements.calibration import (
    calibration,
    calibration_line,
    calibration_table,
    log_odds,
    recalibrated,
)


def drawn(slope, intercept, n, seed):
    """Chances that are too bold or too timid by a known line: what is issued, what came, and of which agreement."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(0.0, 1.5, n)
    came = (rng.random(n) < 1.0 / (1.0 + np.exp(-(intercept + slope * odds)))).astype(float)
    return 1.0 / (1.0 + np.exp(-odds)), came, np.arange(n) // 4


def test_the_line_by_hand():
    """Half issued throughout and three in four came: the intercept is log 3, and the slope stays at one."""
    intercept, slope = calibration_line(np.zeros(400), np.tile([1.0, 1.0, 1.0, 0.0], 100), np.ones(400))
    assert intercept == pytest.approx(np.log(3.0), abs=1e-3) and slope == pytest.approx(1.0)


def test_the_line_is_that_of_a_slow_search():
    chance, came, _ = drawn(0.6, 0.4, 300, 1)
    odds, weight = log_odds(chance), np.random.default_rng(2).integers(0, 3, 300).astype(float)

    def loss(beta):
        eta = beta[0] + beta[1] * odds
        return float(weight @ (np.logaddexp(0.0, eta) - came * eta))

    assert calibration_line(odds, came, weight) == pytest.approx(minimize(loss, [0.0, 1.0], tol=1e-10).x, abs=2e-3)


def test_a_known_distortion_is_found_and_corrected():
    chance, came, agreement = drawn(0.5, -0.5, 2000, 3)
    told = calibration(chance, came, agreement, np.full(2000, came.mean()), 1)
    assert told.slope[1] < 0.5 < told.slope[2] < 1.0 and told.intercept[1] < -0.5 < told.intercept[2] < 0.0
    corrected = calibration(recalibrated(chance, came, agreement), came, agreement, np.full(2000, came.mean()), 1)
    assert corrected.slope[1] < 1.0 < corrected.slope[2] and corrected.intercept[1] < 0.0 < corrected.intercept[2]
    assert corrected.brier[0] < told.brier[0] and corrected.saved[0] > 0.0
    assert (told.n, told.n_agreements) == (2000, 500)


def test_an_outcome_never_corrects_itself():
    chance, came, agreement = drawn(1.0, 0.0, 80, 4)
    turned = np.where(agreement == 3, 1.0 - came, came)
    one, other = recalibrated(chance, came, agreement), recalibrated(chance, turned, agreement)
    assert (one[agreement == 3] == other[agreement == 3]).all() and (one[agreement != 3] != other[agreement != 3]).all()


def test_a_line_that_parts_the_outcomes_is_held():
    intercept, slope = calibration_line(np.array([-1.0, -1.0, 1.0, 1.0]), np.array([0.0, 0.0, 1.0, 1.0]), np.ones(4))
    assert np.isfinite([intercept, slope]).all() and slope > 1.0


def test_the_table_has_what_was_issued_corrected_and_the_base_rate():
    chance, came, agreement = drawn(0.7, 0.0, 400, 5)
    frame = pl.DataFrame(
        {"agreement": agreement.astype(str), "chance": chance, "base_rate": 0.5, "succeeded": came > 0.5}
    )
    table = calibration_table(frame, 1)
    assert list(table) == ["as issued", "corrected", "base rate"]
    assert table["base rate"].brier[0] == pytest.approx(0.25) and table["base rate"].saved == (0.0, 0.0, 0.0)
    assert table["as issued"].brier[0] == pytest.approx(float(np.mean((chance - came) ** 2)))
