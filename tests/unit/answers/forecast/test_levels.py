"""Paths that stand on the default forecast's levels: means are its own, and a change multiplies as before."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lynchpin.answers.forecast.levels import at_level, levels_of, scaled
from lynchpin.answers.simulate import simulate
from lynchpin.answers.simulate.moves import no_moves

KEYS = ["source", "target", "event_class"]


def test_the_baseline_of_a_scenario_is_the_default_forecast(fit_2012):
    said = fit_2012.forecast(days=90, draws=100)
    ours = said.totals.filter(pl.col("model") == said.model)
    both = fit_2012.what_if(days=90, draws=100, silence=["PRK"]).table.join(ours, on=KEYS)
    assert both.height == ours.height
    np.testing.assert_allclose(both["baseline"], both["mean"], rtol=1e-9)
    np.testing.assert_allclose(both["any_baseline"], both["p_any"], rtol=1e-9)
    silent = both.filter(pl.col("source") == "PRK")
    assert silent["scenario"].max() == 0.0 and silent["ratio"].max() == 0.0
    assert silent["any_scenario"].null_count() == silent.height  # given, so that there is no chance of it
    half = fit_2012.what_if(days=90, draws=100, scale=["0.5 PRK -> KOR : material_conflict"]).table
    row = half.filter((pl.col("source") == "PRK") & (pl.col("target") == "KOR")).filter(
        pl.col("event_class") == "material_conflict"
    )
    assert row["ratio"][0] == pytest.approx(0.5, abs=0.05)


def test_paths_at_the_level_expect_what_the_forecast_does(fit_2012):
    levels = levels_of(fit_2012, [0, 30, 91])
    moves = scaled(no_moves(fit_2012, 13), at_level(fit_2012, levels, 13, 7))
    expected = simulate(fit_2012, 13, 200, 7, edges=[0, 30, 91], moves=moves, expected=True).expected
    np.testing.assert_allclose(expected.mean(axis=0), levels.periods, rtol=0.03)


def test_rates_that_fill_a_period_of_whole_steps_are_those_of_the_stack_by_hand(fit_2012):
    levels = levels_of(fit_2012, [0, 28])
    weights = np.array([0.30, 0.25, 0.20, 0.25])
    np.testing.assert_allclose(levels.periods[0], levels.mean, rtol=1e-9)
    np.testing.assert_allclose(weights @ levels.whole.mean, levels.mean, rtol=0.05, atol=0.02)
