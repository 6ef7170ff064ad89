"""Timing effects of parts: one part is the ledger's own number, parts add up to it, and errors that are shared are bounded."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from helpers.planted_change import changing_case, changing_fit
from lynchpin.answers.evidence import claims
from lynchpin.answers.evidence.parts import Parts, both, correlation, parts_under
from lynchpin.answers.evidence.placebo import Placebo, draw_lags, lay_null, placebo
from lynchpin.answers.evidence.splits import by_dyad, by_period

NAME = "turn_to_patron"


@pytest.fixture(scope="module")
def fit(tmp_path_factory):
    return changing_fit(changing_case(tmp_path_factory.mktemp("changing")), 8, lambda ally, day: 0.3 * ally)


@pytest.fixture(scope="module")
def lags(fit):
    return draw_lags(fit, NAME, 60, 1)


def of(dyad):
    return lambda unit: np.ones(len(unit.y)) if (unit.source, unit.target) == dyad else None


def test_one_part_is_the_ledgers_effect_under_every_shift(fit, lags):
    whole = placebo(fit, NAME, lags)
    found = parts_under(fit, NAME, lay_null(fit, NAME), lags, [lambda unit: np.ones(len(unit.y))])
    assert found.estimate() == pytest.approx([whole.estimate])
    assert found.effect(np.ones(1)).standard_error == pytest.approx(whole.effect.standard_error)
    assert found.own_information == pytest.approx([whole.information])
    error = np.sqrt(np.maximum(found.information, found.clustered)[:, 0, 0])
    np.testing.assert_allclose(found.score[:, 0] / error, whole.studentised, rtol=1e-9)


def test_the_ledgers_effect_is_the_mean_of_the_parts_by_what_the_record_holds_on_each(fit, lags):
    whole, null = placebo(fit, NAME, lags), lay_null(fit, NAME)
    rows = np.arange(fit.design.rows)
    by = {
        "dyad": [of(dyad) for dyad in fit.case.mechanism(NAME).checked.dyads],
        "period": [lambda unit: (rows < 200) * 1.0, lambda unit: (rows >= 200) * 1.0],
    }
    for parts in by.values():
        found = parts_under(fit, NAME, null, lags, parts)
        weight = found.information[0].sum(axis=1)
        assert weight @ found.estimate() / weight.sum() == pytest.approx(whole.estimate, rel=1e-9)
        assert len(set(found.estimate().round(6))) == len(parts)  # they differ, all the same


def test_splits_begin_with_the_row_of_the_ledger(fit, fit_2012, ledger_2012):
    for one, own in ((fit, claims(fit)), (fit_2012, ledger_2012)):
        rows = {row.mechanism: row.effect for row in own}
        for ledger in (by_dyad(one), by_period(one, [date(2006, 7, 1)])):
            for claim in ledger.claims:
                assert claim.ledger == rows[claim.mechanism], claim.mechanism
                text = "" if claim.ledger is None else f"{claim.ledger.number()} ("
                assert text in ledger.summary()


def test_an_error_that_is_shared_is_no_larger_than_the_smaller_one():
    """Two parts, no prior, errors 1 and 1.2 that hang together at 0.99: their mean must lie between them."""
    information = np.linalg.inv(np.array([[1.0, 1.188], [1.188, 1.44]]))
    found = Parts(
        (information @ [0.5, 0.8])[None], information[None], (0.1 * information)[None]
    )  # the clustered one is smaller: the model's holds
    assert found.estimate() == pytest.approx([0.5, 0.8])
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance())), [1.0, 1.2], rtol=1e-5)
    assert found.covariance()[0, 1] == pytest.approx(1.0, rel=1e-5)
    weights = np.linalg.solve(found.covariance(), np.ones(2))
    assert (weights >= -1e-9).all()


def test_a_part_without_a_cause_is_left_out():
    found = Parts(np.array([[2.0, 0.0]]), np.diag([4.0, 0.0])[None], np.zeros((1, 2, 2)))
    assert found.own_information == pytest.approx([4.0, 0.0])
    assert found.of([0]).estimate() == pytest.approx([0.5])


def test_a_sum_of_two_effects_by_hand():
    """Errors 0.2 and 0.5, correlation -0.5; first + 2 second: variance 0.04 + 1 - 0.2 = 0.84."""
    one = Placebo(np.array([2.0]), 25.0, 1.0)
    other = Placebo(np.array([-1.0]), 4.0, 1.0)
    spread = [Placebo(np.array([p.studentised[0], -1.0, 1.0]), p.information, p.inflation) for p in (one, other)]
    found = both(*spread, -0.5, (1.0, 2.0))
    assert (found.estimate, found.standard_error) == pytest.approx((0.4 - 1.0, np.sqrt(0.84)))


def test_a_mechanism_hangs_together_with_itself(fit):
    null = lay_null(fit, NAME)
    assert correlation(fit, (NAME, null), (NAME, null)) == pytest.approx(1.0)
    other = "one_dyad_only"
    across = correlation(fit, (NAME, null), (other, lay_null(fit, other)))
    assert -1.0 < across < 1.0 and across != 0.0
