"""The chances of exactly one and exactly two acts, which a brief draws where counts are small."""

from __future__ import annotations

import numpy as np
import polars as pl

from lynchpin.answers.forecast.forecast import foresee, summarise


def test_chances_of_small_counts_are_those_of_the_distribution(fit_2012) -> None:
    outlook = foresee(fit_2012, days=60, draws=100)
    summary = summarise(outlook)
    ours = summary.table.filter((pl.col("model") == summary.model) & (pl.col("month") == 1))
    pmf = outlook.months[summary.model][0].pmf
    np.testing.assert_array_equal(ours["p_1"].to_numpy(), pmf[:, 1])
    np.testing.assert_array_equal(ours["p_2"].to_numpy(), pmf[:, 2])
    assert (1.0 - ours["p_any"] + ours["p_1"] + ours["p_2"] <= 1.0 + 1e-12).all()
