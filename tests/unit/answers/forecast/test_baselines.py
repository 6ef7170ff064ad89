"""The baselines say what their names promise."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.answers.forecast.baselines import BASELINES, FURTHER, MonthsAhead, PastMonths, baseline_pmf
from lynchpin.engine.scoring.predictive import Predictive

COUNTS = np.array([[9] * 12 + [0, 2] * 6, [0] * 24, [1] * 23 + [5]])
HISTORY = PastMonths(COUNTS, np.full(24, 50.0) + np.eye(24)[-1] * 50.0, COUNTS)
ROWS, TOP = np.arange(3), 400


def said(name, first=1, months=1, history=HISTORY):
    return Predictive((BASELINES | FURTHER)[name](history, MonthsAhead(first, months), ROWS, TOP))


@pytest.mark.parametrize("name", [*BASELINES, *FURTHER])
@pytest.mark.parametrize("months", [1, 3])
def test_pmfs_sum_to_one_and_rows_can_be_asked_for_alone(name, months):
    whole = said(name, months=months)
    np.testing.assert_allclose(whole.pmf.sum(axis=1), 1.0, atol=1e-6)
    alone = (BASELINES | FURTHER)[name](HISTORY, MonthsAhead(1, months), ROWS[1:2], TOP)
    np.testing.assert_allclose(alone, whole.pmf[1:2], atol=1e-12)
    rough = baseline_pmf(name, HISTORY, MonthsAhead(1, months), ROWS, TOP)
    assert (rough[:, :100] > 0).all()


def test_the_names_stay():
    assert set(BASELINES) == {
        "own last 12 months", "EWMA negative binomial", "last month (Poisson)", "seasonal", "pooled bootstrap",
        "volume only", "zero",
    }  # fmt: skip


def test_zero_is_zero():
    assert (said("zero").pmf[:, 0] == 1.0).all()


def test_last_month_is_poisson_around_the_last_month():
    np.testing.assert_allclose(said("last month (Poisson)").mean, [2.0, 0.0, 5.0], atol=1e-4)
    np.testing.assert_allclose(said("last month (Poisson)", months=3).mean, [6.0, 0.0, 15.0], atol=1e-3)


def test_own_last_year_knows_only_the_units_own_last_year():
    pmf = said("own last 12 months").pmf
    np.testing.assert_allclose(pmf[0, :3], [0.5, 0.0, 0.5])
    np.testing.assert_allclose(pmf[2, [1, 5]], [11 / 12, 1 / 12])
    two = said("own last 12 months", months=2).pmf
    np.testing.assert_allclose(two[0, :5], [0.25, 0.0, 0.5, 0.0, 0.25], atol=1e-12)


def test_pooled_bootstrap_gives_every_unit_the_same():
    np.testing.assert_allclose(said("pooled bootstrap").mean, COUNTS[:, -12:].mean(), rtol=1e-9)


def test_seasonal_looks_a_year_back():
    np.testing.assert_allclose(said("seasonal").mean, [4.5, 0.0, 1.0], atol=1e-4)  # 9 and 0, two and one year ago
    np.testing.assert_allclose(said("seasonal", first=2).mean, [5.5, 0.0, 1.0], atol=1e-4)
    young = PastMonths(COUNTS[:, -5:], HISTORY.volume[-5:], COUNTS[:, -5:])
    np.testing.assert_allclose(said("seasonal", history=young).mean, young.counts.mean(axis=1), atol=1e-4)


def test_volume_only_moves_with_the_volume():
    share = COUNTS.sum(axis=1) / HISTORY.volume.sum()
    np.testing.assert_allclose(said("volume only").mean, share * 100.0, atol=1e-3)


def test_ewma_weighs_recent_months_more_and_gives_silent_units_a_little():
    mean = said("EWMA negative binomial").mean
    weight = 2.0 ** (-np.arange(24)[::-1] / 6.0)
    expected = (COUNTS @ weight + COUNTS.mean() / 6) / (weight.sum() + 1 / 6)
    np.testing.assert_allclose(mean, expected, rtol=1e-3)
    assert 0 < mean[1] < 0.2


def test_the_long_bootstrap_draws_spans_of_months_that_follow_each_other():
    """Three months of 9 hold 27, never 9 + 0 + 2: what hangs together stays together."""
    pmf = said("own last 240 months", months=3).pmf
    held = {count: pmf[0, count] * 22 for count in np.flatnonzero(pmf[0])}
    assert held == pytest.approx({27: 10, 18: 1, 11: 1, 2: 5, 4: 5})
    assert said("own last 240 months").pmf[2, [1, 5]] == pytest.approx([23 / 24, 1 / 24])
    short = PastMonths(COUNTS[:, -2:], HISTORY.volume[-2:], COUNTS[:, -2:])
    assert said("own last 240 months", months=3, history=short).mean == pytest.approx([3.0, 0.0, 9.0])


def test_zero_is_tempered_by_the_base_rate():
    pmf = said("tempered zero").pmf
    some = COUNTS[COUNTS > 0]
    assert pmf[:, 0] == pytest.approx(1.0 - some.size / COUNTS.size)
    assert pmf @ np.arange(TOP + 1) == pytest.approx(COUNTS.mean())
    silent = PastMonths(np.zeros((3, 6), dtype=np.int64), np.ones(6), np.zeros((3, 6), dtype=np.int64))
    assert (said("tempered zero", history=silent).pmf[:, 0] == 1.0).all()
