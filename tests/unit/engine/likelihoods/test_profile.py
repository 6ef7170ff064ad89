"""Intervals by profile: read off a grid and searched for, both against a parabola."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

from lynchpin.engine.likelihoods.profile import NOWHERE, crossing, ends_on_grid, highest
from lynchpin.numbers import DROP90


def test_the_drop_is_half_the_quantile():
    assert pytest.approx(chi2.ppf(0.90, 1) / 2.0, abs=1e-9) == DROP90


def test_ends_on_a_grid_are_where_the_lines_cross():
    places = np.exp([0.0, 1.0, 2.0, 3.0])
    lower, upper = ends_on_grid(places, np.array([-2 * DROP90, 0.0, -DROP90 / 2, -2 * DROP90]))
    assert np.log(lower) == pytest.approx(0.5)
    assert np.log(upper) == pytest.approx(2 + 1 / 3)


@pytest.mark.parametrize(
    ("heights", "ends"),
    [([0.0, -1.0, -1.2], (7.0, 28.0)), ([-9.0, -9.0, 0.0], (None, 28.0)), ([0.0, -9.0, 0.0], (7.0, None))],
)
def test_an_end_that_is_not_reached_is_the_grids(heights, ends):
    found = ends_on_grid(np.array([7.0, 14.0, 28.0]), np.array(heights))
    for got, edge in zip(found, ends, strict=True):
        assert got == edge if edge is not None else 7.0 < got < 28.0


def test_a_search_finds_the_top_and_where_it_falls():
    seen = {}

    def height(x):
        return seen.setdefault(x, -((x - 2.3) ** 2))

    highest(height, 0.0, 10.0, looks=5, tolerance=1e-6)
    top = max(seen, key=seen.get)
    assert top == pytest.approx(2.3, abs=1e-5)
    assert crossing(height, -DROP90, top, 10.0, 1e-9) == pytest.approx(2.3 + np.sqrt(DROP90), abs=1e-8)


def test_where_nothing_can_be_fitted_the_search_ends_with_the_grid():
    looked = []
    highest(lambda x: looked.append(x) or NOWHERE, 0.0, 1.0, looks=7, tolerance=1e-3)
    assert len(looked) == 7
