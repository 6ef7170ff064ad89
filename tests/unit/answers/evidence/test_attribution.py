"""Attribution: the share of a planted effect, and what a period does to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from helpers.planted import planted_case, planted_fit
from lynchpin.answers.evidence import attribution
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
    estimate = fit.estimate.copy()
    estimate[fit.design.position("shared_threat")] = 0.0
    share = attribution(replace(fit, estimate=estimate), replays=False)[0]
    assert share.share == pytest.approx(0.0, abs=1e-12) and share.share_lower < 0.0 < share.share_upper


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
