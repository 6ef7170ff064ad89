"""Attribution: the share of a planted effect, and what a period does to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from helpers.planted import planted_case, planted_fit
from lynchpin.answers.evidence import attribution, claims
from lynchpin.answers.evidence.attribution import Replayed, _drawn, _rows, _share, _timed
from lynchpin.answers.evidence.placebo import draw_lags, placebo
from lynchpin.days import day_of
from lynchpin.errors import BadValue


@pytest.fixture(scope="module")
def fit(tmp_path_factory):
    return planted_fit(planted_case(tmp_path_factory.mktemp("planted")), 5, effect=1.0)


def test_expected_acts_are_those_recorded_and_the_effect_has_its_share(fit):
    threat = attribution(fit, replays=False)[0]
    assert threat.expected == pytest.approx(threat.recorded, rel=0.1)
    assert threat.expected_without < threat.expected
    assert 0.15 < threat.share_lower < threat.share < threat.share_upper < 1.0
    assert threat.share == pytest.approx(1.0 - threat.expected_without / threat.expected)


def test_without_an_effect_there_is_no_share(fit):
    k, rows = fit.design.position("shared_threat"), np.arange(fit.design.rows)
    timed = np.tile(fit.estimate, (1001, 1))
    timed[:, k] = np.concatenate([[0.0], np.linspace(-0.5, 0.5, 1000)])
    share = _share(fit, "shared_threat", rows, timed)
    assert share.share == pytest.approx(0.0, abs=1e-12) and share.share_lower < 0.0 < share.share_upper


def test_a_share_speaks_of_the_timing_effect_and_holds_none_where_its_interval_does(fit_2012, ledger_2012):
    """The share of a mechanism whose statistic is never below nothing has the side and the zero of the ledger's row."""
    ledger = {claim.mechanism: claim for claim in ledger_2012 if claim.effect}
    for share in attribution(fit_2012, replays=False):
        claim = ledger.get(share.mechanism)
        if claim is None:
            assert (share.share, share.share_lower, share.share_upper) == (0.0, 0.0, 0.0)
        elif claim.mechanism != "grievance_against_push":  # a product is switched to average conditions
            assert (share.share > 0) == (claim.rate_ratio > 1)
            assert (share.share_lower <= 0 <= share.share_upper) == (claim.at_least <= 1 <= claim.at_most)


def test_the_other_coefficients_go_along(fit):
    """Where one is moved by its error, the others move by what they hang on it."""
    k = fit.design.position("shared_threat")
    timed = _timed(fit, "shared_threat", _drawn(fit, 1), 1)
    effect = placebo(fit, "shared_threat", draw_lags(fit, "shared_threat", 499, 1)).effect
    assert timed[0, k] == pytest.approx(effect.estimate)
    along = fit.covariance[:, k] / fit.covariance[k, k]
    np.testing.assert_allclose(timed[0] - fit.estimate, along * (effect.estimate - fit.estimate[k]))
    assert np.quantile(timed[1:, k], [0.05, 0.95]) == pytest.approx((effect.lower, effect.upper), abs=0.002)


def test_periods_add_up_and_a_seed_gives_one_answer(fit):
    whole = attribution(fit, replays=False)[0]
    parts = [
        attribution(fit, since, until, replays=False)[0]
        for since, until in ((None, date(2007, 1, 1)), (date(2007, 1, 1), None))
    ]
    assert sum(part.recorded for part in parts) == whole.recorded
    assert sum(part.expected for part in parts) == pytest.approx(whole.expected)
    again = [attribution(fit, seed=seed, replays=False) for seed in (None, None, 2)]
    assert again[0] == again[1] != again[2]
    assert np.isfinite([part.share for part in parts]).all()


def test_an_empty_period_is_one_clear_error(fit):
    with pytest.raises(BadValue, match="no fitted step"):
        attribution(fit, date(1990, 1, 1), date(1991, 1, 1))


def test_as_text(fit):
    assert "shared_threat" in attribution(fit, replays=False).summary().splitlines()[2]


def test_clustering_reaches_the_draws(fit):
    """Where the sandwich is four times the model's variance, coefficients are drawn twice as wide; never narrower."""
    k = fit.design.position("shared_threat")
    plain, sharp, wide = (replace(fit, clustered=fit.covariance * times) for times in (1.0, 0.25, 4.0))
    assert np.array_equal(_drawn(sharp, 1), _drawn(plain, 1))
    np.testing.assert_allclose(_drawn(wide, 1) - fit.estimate, 2.0 * (_drawn(plain, 1) - fit.estimate))
    many = _drawn(plain, 1)
    assert many[:, k].std() == pytest.approx(np.sqrt(fit.covariance[k, k]), rel=0.1)
    both = [fit.design.position(name) for name in ("shared_threat", "patron_push")]
    np.testing.assert_allclose(
        np.corrcoef(many[:, both].T)[0, 1],
        fit.covariance[both[0], both[1]] / np.sqrt(np.prod(np.diag(fit.covariance)[both])),
        atol=0.1,
    )


def test_clustering_reaches_the_interval_of_a_share(fit):
    share = attribution(fit, replays=False)[0]
    claim = next(c for c in claims(fit) if c.mechanism == "shared_threat")
    rows, k = np.arange(fit.design.rows), fit.design.position("shared_threat")
    for end, at in ((share.share_lower, claim.lower), (share.share_upper, claim.upper)):
        timed = np.tile(_timed(fit, "shared_threat", _drawn(fit, 1), 1)[0], (2, 1))
        timed += ((at - timed[0, k]) * fit.covariance[:, k] / fit.covariance[k, k])[None]
        assert end == pytest.approx(_share(fit, "shared_threat", rows, timed).share, abs=0.06)


def test_the_interval_of_a_share_holds_nine_tenths_of_the_draws(fit):
    """A planted spread: one coefficient is drawn at 0, 0.01, ... 1, all else stays; a share rises with it."""
    k, grid = fit.design.position("shared_threat"), np.linspace(0.0, 1.0, 101)
    drawn = np.repeat(fit.estimate[None], 102, axis=0)
    drawn[1:, k] = np.random.default_rng(1).permutation(grid)
    rows = np.arange(fit.design.rows)
    told = _share(fit, "shared_threat", rows, drawn)
    for end, at in ((told.share_lower, grid[5]), (told.share_upper, grid[95])):
        alone = np.repeat(fit.estimate[None], 2, axis=0)
        alone[:, k] = at
        assert end == pytest.approx(_share(fit, "shared_threat", rows, alone).share)
    replayed = Replayed(np.full(101, 100.0), np.random.default_rng(2).permutation(100.0 - np.arange(101.0)))
    assert replayed.interval == pytest.approx((0.05, 0.95))


def test_a_period_has_the_steps_that_begin_in_it(fit):
    """`since` is in it and `until` is not; a period may end with the record."""
    steps = fit.design.steps
    starts = [day_of(day) for day in steps.starts[steps.burn_in : steps.count]]
    day = timedelta(days=1)
    assert _rows(fit, starts[10], starts[12]).tolist() == [10, 11]
    assert _rows(fit, starts[10] + day, starts[12] + day).tolist() == [11, 12]
    assert _rows(fit, starts[10] - day, starts[12] - day).tolist() == [10, 11]
    last = len(starts) - 1
    assert _rows(fit, starts[-1], fit.origin).tolist() == [last] == _rows(fit, starts[-1], None).tolist()
    assert _rows(fit, None, None).tolist() == list(range(last + 1))
    with pytest.raises(BadValue, match="no fitted step"):
        _rows(fit, fit.origin, None)
