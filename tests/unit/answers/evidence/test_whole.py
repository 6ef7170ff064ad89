"""The account as a whole: by hand, and on records whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.planted import planted_case, planted_fit
from lynchpin.answers.evidence.held_out import HeldOut
from lynchpin.answers.evidence.placebo import Placebo
from lynchpin.answers.evidence.whole import whole


@pytest.fixture(scope="module")
def fit(tmp_path_factory):
    return planted_fit(planted_case(tmp_path_factory.mktemp("planted")), 5, effect=1.0)


def test_scores_are_added_up_on_their_expected_sides(fit):
    rng = np.random.default_rng(1)
    one, two = rng.normal(size=40), rng.normal(size=40)
    timings = {"shared_threat": Placebo(one, 1.0, 1.0), "patron_push": Placebo(two, 1.0, 1.0)}
    found = whole(fit, timings, HeldOut({}, (), 0), 39)
    sums = one + two
    assert found.statistic == pytest.approx(sums[0] / np.std(sums[1:]))
    rank = (1 + np.sum(sums[1:] >= sums[0])) / 40
    assert found.placebo_p == pytest.approx(min(rank, 0.5) if sums[0] > 0 else max(rank, 0.5))
    at = [fit.design.position(name) for name in timings]
    z = fit.estimate[at] / fit.standard_error[at]
    r = fit.covariance[at[0], at[1]] / np.sqrt(fit.covariance[at[0], at[0]] * fit.covariance[at[1], at[1]])
    assert found.fit_z == pytest.approx(z.sum() / np.sqrt(2.0 + 2.0 * r))
    alone = whole(fit, timings | {"patron_push": None}, HeldOut({}, (), 0), 39)
    assert alone.mechanisms == ("shared_threat",)
    assert alone.statistic == pytest.approx(one[0] / np.std(one[1:]))
    assert whole(fit, dict.fromkeys(timings), HeldOut({}, (), 0), 39) is None


def test_a_planted_effect_carries_the_account_and_none_does_not(fit, tmp_path):
    from lynchpin.answers.evidence import claims

    found = claims(planted_fit(planted_case(tmp_path / "loud"), 5, effect=1.6)).whole
    assert (found.side, found.grade) in {("for", "moderate"), ("for", "strong")} and found.heldout_gain > 0.0
    calm = claims(planted_fit(planted_case(tmp_path / "calm"), 3)).whole
    assert abs(calm.statistic) < found.statistic and calm.grade in ("none", "slight")
