"""What paths draw their coefficients from, and which acts are drawn once for both directions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from lynchpin.account.cases import read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.answers.simulate.draw import posterior, simulate
from lynchpin.answers.simulate.inflow import mutual_share
from lynchpin.model import Fit
from lynchpin.model.design import build_design, expand
from lynchpin.model.design.steps import lay_steps

SPREAD = np.array([[2.0, 0.0, 0.0], [1.2, 0.5, 0.0], [-0.4, 0.3, 1.0]])


def a_fit() -> Any:
    return SimpleNamespace(estimate=np.array([1.0, -2.0, 0.5]), covariance=SPREAD @ SPREAD.T)


def test_coefficients_have_the_fits_mean_and_covariance() -> None:
    drawn = posterior(a_fit(), 200_000, 1)
    assert drawn.shape == (200_000, 3)
    np.testing.assert_allclose(drawn.mean(axis=0), [1.0, -2.0, 0.5], atol=0.02)
    np.testing.assert_allclose(np.cov(drawn.T), SPREAD @ SPREAD.T, atol=0.05)


def test_a_seed_gives_one_draw_and_another_seed_another() -> None:
    one, same, other = (posterior(a_fit(), 7, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, same)
    assert (one != other).all()


def test_paths_are_as_far_apart_as_the_covariance_says(fit_2012: Fit) -> None:
    """Four times the covariance, twice the spread of what a step expects, on the log scale."""
    sharp = replace(fit_2012, covariance=fit_2012.covariance * 1e-4)
    wide = replace(fit_2012, covariance=fit_2012.covariance * 4e-4)
    spread = []
    for fit in (sharp, wide):
        expected = simulate(fit, 1, 2000, 2, expected=True).expected
        assert expected is not None
        spread.append(np.log(expected[:, 0]).std(axis=0))
    np.testing.assert_allclose(spread[1] / spread[0], 2.0, rtol=0.05)


@pytest.mark.parametrize(
    ("acts", "share"),
    [
        ([("JPN;KOR", "JPN;KOR")], 1.0),
        ([("JPN", "KOR")], 0.0),
        ([("JPN;KOR", "JPN;KOR"), ("JPN", "KOR"), ("PRK", "KOR")], 0.5),  # a mutual act stands in both directions
        ([("JPN", "KOR"), ("KOR", "JPN")], 0.0),  # two acts, one each way
        ([("JPN;KOR;USA", "JPN;KOR;USA"), ("USA", "KOR"), ("USA", "JPN")], 0.75),
        ([("USA", "JPN;KOR")], 0.0),
    ],
)
def test_the_mutual_share_is_of_acts_that_stand_in_both_directions(
    tmp_path: Any, acts: list[tuple[str, str]], share: float
) -> None:
    write_new_case("toy", tmp_path)
    case, start = read_case(tmp_path / "toy"), date(2015, 1, 1)
    events = pl.DataFrame(
        {
            "date": [start + timedelta(days=20)] * len(acts),
            "source": [source.split(";") for source, _ in acts],
            "target": [target.split(";") for _, target in acts],
            "event_class": ["cooperation"] * len(acts),
            "contexts": pl.Series([[] for _ in acts], dtype=pl.List(pl.String)),
            "source_sector": ["GOV"] * len(acts),
            "target_sector": ["GOV"] * len(acts),
        }
    )
    design = build_design(case, expand(events, case), lay_steps(start, start + timedelta(days=140), 7))
    by_class = dict(zip([unit.event_class for unit in design.units], mutual_share(design), strict=True))
    assert by_class == {"cooperation": pytest.approx(share), "conflict": 0.0}
