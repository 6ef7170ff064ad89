"""Edges and draws of agreements: the day itself, a sequel that is not known yet, the covariance and the seed of draws."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from lynchpin.answers.agreements.covariates import MEANINGS
from lynchpin.answers.agreements.hazards import COLUMNS, Hazards, Posterior, draw_coefficients, hazard_ratios
from lynchpin.answers.agreements.moments import APART_DAYS, moments
from lynchpin.answers.agreements.spells import now
from lynchpin.answers.agreements.stages import MOVES, STANDINGS
from lynchpin.days import day_number
from lynchpin.results import AgreementLife, StageRow

DAY = date(2012, 7, 9)


def life(*acts: tuple[date, str]) -> AgreementLife:
    history = tuple(StageRow(day, "day", stage, "", "", "", "verified") for day, stage in acts)
    return AgreementLife("pact", "The pact", ("JPN", "KOR"), "", "other", acts[-1][1], acts[-1][0], history)


def late(days: int) -> date:
    return DAY + timedelta(days=days)


def test_an_act_of_the_day_itself_is_not_known_on_its_morning() -> None:
    one = life((late(-70), "negotiating"), (DAY, "signed"), (late(7), "setback"))
    asked = {days: now(one, day_number(late(days))) for days in (0, 1, 7, 8, 22)}
    assert [asked[days].standing.stage for days in asked] == ["negotiating", "signed", "signed", "signed", "signed"]
    assert [asked[days].weeks_since for days in asked] == [10, 0, 1, 0, 2]
    assert [asked[days].setbacks for days in asked] == [0, 0, 0, 1, 1]
    assert [asked[days].is_fresh for days in asked] == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("days", "origin", "count"), [(91, 92, 1), (91, 91, 0), (91, 92 + APART_DAYS, 2), (365, 365, 0)]
)
def test_a_moment_counts_once_its_sequel_is_over(days: int, origin: int, count: int) -> None:
    """The first moment is the day after the first act; its sequel ends the day before the origin at the latest."""
    found = moments([life((DAY, "negotiating"), (late(40), "signed"))], late(origin), days)
    assert len(found) == count
    assert [moment.then.stage for moment in found] == ["signed"] * count


def test_a_sequel_has_its_first_day_and_not_the_day_after_its_last() -> None:
    for on, stage in ((1, "signed"), (91, "signed"), (92, "negotiating")):
        (first, *_) = moments([life((DAY, "negotiating"), (late(on), "signed"))], late(92), 91)
        assert first.then.stage == stage
    (first,) = moments([life((DAY, "negotiating"), (DAY, "signed"))], late(92), 91)
    assert first.standing.stage == "signed", "an act of the day before the moment is known on it"


P = 1 + len(STANDINGS) + len(COLUMNS) + 2
SPREAD = np.array([[2.0, 0.0, 0.0], [1.2, 0.5, 0.0], [-0.4, 0.3, 1.0]])


def posterior() -> Posterior:
    """Three coefficients that hang together, the others sharp; the precision's factor is that of the inverse."""
    covariance = np.eye(P) * 1e-6
    covariance[:3, :3] = SPREAD @ SPREAD.T
    return Posterior(np.arange(P) / 10.0, np.linalg.cholesky(np.linalg.inv(covariance)))


def hazards() -> Hazards:
    return Hazards(
        moves=(posterior(),) * len(MOVES),
        kinds=("other",),
        ids=("pact",),
        centre=np.zeros(len(MEANINGS)),
        scale=np.ones(len(MEANINGS)),
        coefficient_sd=0.5,
        kind_sd=0.5,
        agreement_sd=0.5,
        n_moves=np.ones(len(MOVES), dtype=np.int64),
        weeks=100.0,
    )


def test_draws_have_the_posteriors_mean_and_covariance() -> None:
    drawn = posterior().draws(np.random.default_rng(1).standard_normal((P, 200_000)))
    np.testing.assert_allclose(drawn.mean(axis=1), np.arange(P) / 10.0, atol=0.02)
    np.testing.assert_allclose(np.cov(drawn[:3]), SPREAD @ SPREAD.T, atol=0.05)
    np.testing.assert_allclose(np.cov(drawn)[3:, 3:], np.eye(P - 3) * 1e-6, atol=1e-7)


def test_a_seed_gives_one_draw_and_another_seed_another() -> None:
    one, same, other = (draw_coefficients(hazards(), 5, seed) for seed in (3, 3, 4))
    for a, b, c in zip(one, same, other, strict=True):
        assert np.array_equal(a, b) and not np.array_equal(a, c)
    assert not np.array_equal(one[0], one[1]), "each move has draws of its own"
    assert draw_coefficients(hazards(), 0, 3)[0].tolist() == posterior().mode[:, None].tolist()


def test_the_interval_of_a_ratio_is_that_of_90_in_100() -> None:
    at = 1 + len(STANDINGS)
    covariance = np.eye(P) * 1e-6
    covariance[at, at] = 0.25
    one = Posterior(np.full(P, 0.3), np.linalg.cholesky(np.linalg.inv(covariance)))
    found = hazard_ratios(Hazards(**{**{n: getattr(hazards(), n) for n in Hazards.__slots__}, "moves": (one,) * len(MOVES)}), COLUMNS[0])  # fmt: skip
    assert set(found) == set(MOVES)
    ratio, lower, upper = found[MOVES[0]]
    assert np.log([ratio, lower, upper]) == pytest.approx([0.3, 0.3 - 1.6448536 * 0.5, 0.3 + 1.6448536 * 0.5])
