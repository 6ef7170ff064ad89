"""By period and by dyad: planted differences are found again, none is where none is, and thin data say so."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from helpers.planted_change import ALLIES, DAYS, START, changing_case, changing_fit
from lynchpin.answers.evidence import periods
from lynchpin.answers.evidence.conditions import by_condition
from lynchpin.answers.evidence.dyads import by_dyad
from lynchpin.answers.evidence.periods import by_period
from lynchpin.answers.evidence.spread import independent_likelihood as plain_likelihood
from lynchpin.answers.evidence.spread import pool, restricted_likelihood, spread
from lynchpin.errors import BadValue
from lynchpin.report.plots import dyads as dyad_picture
from lynchpin.report.plots import periods as period_picture

MIDDLE = DAYS // 2
SPLIT = START + timedelta(days=MIDDLE)
BY_ALLY = (0.0, 0.2, 0.5, 0.9, 1.2)


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return changing_case(tmp_path_factory.mktemp("changing"))


@pytest.fixture(scope="module")
def by_ally(case):
    return by_dyad(changing_fit(case, 3, lambda ally, day: BY_ALLY[ally]))


# --- by period ------------------------------------------------------------------------------------


def test_an_effect_that_begins_at_the_split_is_found(case):
    found = by_period(changing_fit(case, 1, lambda ally, day: 1.0 if day >= MIDDLE else 0.0), [SPLIT])
    push = found.claims[0]
    before, after = push.periods
    (change,) = push.changes
    for one, truth in ((before, 0.0), (after, 1.0)):
        assert abs(one.estimate - truth) < 3.0 * one.standard_error
    assert change.stand == "raises" and change.ratio_lower < 2.0 < change.ratio_upper
    assert 1.0 < change.detectable < change.ratio
    assert change.difference == pytest.approx(after.estimate - before.estimate)
    assert (before.first < SPLIT) and before.last == after.first == SPLIT


def test_an_effect_that_stays_shows_no_change(case):
    found = by_period(changing_fit(case, 2, lambda ally, day: 0.8), [SPLIT])
    (change,) = found.claims[0].changes
    assert change.stand == "not clear" and change.ratio_lower < 1.0 < change.ratio_upper
    assert all(one.rate_ratio_lower > 1.0 for one in found.claims[0].periods)


def test_a_busier_time_is_not_taken_for_a_stronger_effect(case, monkeypatch):
    """Every ally's rate doubles at the split, whatever its rival does: the levels take it. A fault, once: no levels."""
    fit = changing_fit(case, 5, lambda ally, day: 0.6, rise=0.7)
    (change,) = by_period(fit, [SPLIT]).claims[0].changes
    assert change.stand == "not clear"
    monkeypatch.setattr(periods, "_level", lambda mask: lambda unit, whole: None)
    (without,) = by_period(fit, [SPLIT]).claims[0].changes
    assert without.stand == "raises" and without.ratio > 1.1 * change.ratio


def test_several_splits_make_several_periods(fit_2012):
    days = [date(2006, 1, 1), date(2003, 1, 1)]
    found = by_period(fit_2012, days)
    assert found.splits == tuple(sorted(days))
    for claim in found.claims:
        assert [p.first for p in claim.periods[1:]] == [p.last for p in claim.periods[:-1]] == sorted(days)
        assert claim.periods[-1].last == date(2012, 7, 9)
        assert len(claim.changes) == 2


def test_a_period_without_data_says_so(fit_2012):
    found = by_period(fit_2012, [date(2010, 1, 1)])
    burden = next(c for c in found.claims if c.mechanism == "burden")
    assert all(p.rate_ratio is None and p.nothing_because for p in burden.periods)
    assert burden.changes[0].ratio is None and burden.changes[0].detectable is None
    assert "no change can be told" in found.summary()
    counted = next(c for c in found.claims if c.mechanism == "grievance_brake")
    assert sum(p.n_cause_events for p in counted.periods) == 55


def test_periods_are_a_frame_and_a_picture(fit_2012):
    found = by_period(fit_2012, [date(2010, 1, 1)])
    frame = found.to_frame()
    assert frame.height == 2 * len(fit_2012.case.mechanisms) and "change_ratio" in frame.columns
    shown = period_picture.data(found)
    assert shown.height == frame.height and shown.filter(shown["period"] == 0)["change"].unique().to_list() == [""]
    assert found.plot().to_dict()["layer"]


BAD_SPLITS = [
    ([date(2012, 7, 9)], "not before 2012-07-09"),
    ([date(2020, 1, 1)], "not before 2012-07-09"),
    ([date(1998, 3, 1)], "has 0 steps"),
    ([date(2012, 6, 1)], "steps of 7 days"),
    ([date(2005, 1, 1), date(2005, 1, 1)], "named twice"),
]


@pytest.mark.parametrize(("days", "said"), BAD_SPLITS)
def test_a_split_that_cannot_be_is_one_clear_error(fit_2012, days, said):
    with pytest.raises(BadValue, match=said):
        by_period(fit_2012, days)


@pytest.mark.slow
def test_share_of_changes_that_are_clear_where_there_is_none_and_at_the_stated_size(case):
    """Of 100 records without a change about one in ten shows one; at the change that each states, four in five do."""
    false, power = [], []
    for seed in range(100):
        (change,) = by_period(changing_fit(case, seed, lambda ally, day: 0.5), [SPLIT]).claims[0].changes
        false.append(change.stand != "not clear")
        step = np.log2(change.detectable)
        found = by_period(
            changing_fit(case, seed, lambda ally, day, step=step: 0.5 + (step if day >= MIDDLE else 0.0)), [SPLIT]
        )
        power.append(found.claims[0].changes[0].stand == "raises")
    print("false", np.mean(false), "power", np.mean(power))
    assert np.mean(false) <= 0.16 and np.mean(power) >= 0.7


# --- by dyad --------------------------------------------------------------------------------------


def test_effects_that_differ_by_dyad_are_found_again(by_ally):
    (claim,) = by_ally.claims
    assert claim.mechanism == "turn_to_patron" and claim.n_dyads == len(ALLIES)
    assert [one.dyad for one in claim.dyads] == [f"{ally}->USA" for ally in ALLIES]
    for one, truth in zip(claim.dyads, BY_ALLY, strict=True):
        assert abs(one.estimate - truth) < 3.0 * one.standard_error
    shrunk = [one.shrunk for one in claim.dyads]
    assert np.corrcoef(np.log2(shrunk), BY_ALLY)[0, 1] > 0.8
    assert claim.sd_lower > 0.0 and claim.sd_lower < np.std(BY_ALLY, ddof=1) < claim.sd_upper
    assert claim.spread_p < 0.05


def test_shrinking_pulls_toward_the_mean(by_ally):
    (claim,) = by_ally.claims
    for one in claim.dyads:
        own, given, mean = (np.log2(x) for x in (one.rate_ratio, one.shrunk, claim.rate_ratio))
        assert abs(given - mean) <= abs(own - mean) + 1e-9
        assert one.shrunk_upper / one.shrunk_lower <= one.rate_ratio_upper / one.rate_ratio_lower


def test_alike_dyads_are_not_told_apart(case):
    (claim,) = by_dyad(changing_fit(case, 4, lambda ally, day: 0.7)).claims
    assert claim.sd_lower == 0.0 and claim.spread_p > 0.05
    assert claim.rate_ratio_lower < 2.0**0.7 < claim.rate_ratio_upper


def test_dyads_with_too_little_data_say_so(fit_2012):
    found = by_dyad(fit_2012)
    reaction = next(c for c in found.claims if c.mechanism == "third_party_reaction")
    thin = {one.dyad: one for one in reaction.dyads if one.rate_ratio is None}
    assert thin["CHN->JPN"].left_out_because == "fewer than 5 acts"
    assert "CHN->JPN (0): fewer than 5 acts" in found.summary()
    burden = next(c for c in found.claims if c.mechanism == "burden")
    assert burden.n_dyads == 0 and burden.sd is None and burden.rate_ratio is None
    assert "one_dyad_only" not in {c.mechanism for c in found.claims}
    shown = dyad_picture.data(reaction)
    assert shown.filter(shown["kind"] == "few").height == len(thin)
    assert found.plot("third_party_reaction").to_dict()["layer"]
    assert found.to_frame().height == sum(len(c.dyads) for c in found.claims)


def test_one_direction_only_is_one_clear_error(case):
    from dataclasses import replace

    fit = changing_fit(replace(case, mechanisms=case.mechanisms[1:]), 1, lambda ally, day: 0.0)
    with pytest.raises(BadValue, match="one dyad only"):
        by_dyad(fit)


# --- by condition ---------------------------------------------------------------------------------


def test_a_product_is_read_as_a_mechanism_by_condition(fit_2012):
    found = by_condition(fit_2012)
    push = next(one for one in found.interactions if one.product == "grievance_against_push")
    assert (push.mechanism, push.condition) == ("patron_push", "a -- b : grievance")
    least, average, strong = push.conditions
    ledger = fit_2012.to_frame().filter(pl.col("name") == "patron_push").row(0, named=True)
    for ours, theirs in (
        (average.rate_ratio, "estimate"), (average.rate_ratio_lower, "lower"), (average.rate_ratio_upper, "upper")
    ):  # fmt: skip
        assert ours == pytest.approx(2.0 ** ledger[theirs])
    assert least.trace <= average.trace <= strong.trace and strong.share_of_steps >= 0.9
    doublings = np.log2((1.0 + strong.trace) / (1.0 + average.trace))
    assert strong.rate_ratio / average.rate_ratio == pytest.approx(push.change**doublings)
    beta = fit_2012.estimate[fit_2012.design.position("grievance_against_push")]
    assert push.change == pytest.approx(2.0 ** (beta * np.log(2.0)))
    assert "that ratio is multiplied by" in found.summary() and found.to_frame().height == 6


def test_a_case_without_a_product_is_one_clear_error(case):
    with pytest.raises(BadValue, match="product of a condition and a mechanism"):
        by_condition(changing_fit(case, 1, lambda ally, day: 0.0))


# --- the pooling ----------------------------------------------------------------------------------


def test_where_errors_are_independent_it_is_the_pooling_of_triads():
    rng = np.random.default_rng(1)
    for _ in range(20):
        n = int(rng.integers(3, 9))
        variance = rng.uniform(0.01, 0.3, n)
        estimate = rng.normal(0.3, 0.5, n) + rng.normal(0, np.sqrt(variance))
        ours, theirs = spread(estimate, np.diag(variance)), pool(estimate, variance)
        assert ours.sd == pytest.approx(theirs.tau, abs=0.03)
        assert ours.mean == pytest.approx(theirs.mean, abs=0.02)
        assert (ours.lower, ours.upper) == pytest.approx(theirs.interval(), abs=0.04)
        assert ours.shrunk == pytest.approx(theirs.shrunk, abs=0.03)
        assert ours.shrunk_error == pytest.approx(theirs.shrunk_error, abs=0.03)
        taus = np.array([0.0, 0.2, 1.0])
        theirs_at = np.array([plain_likelihood(tau**2, estimate, variance) for tau in taus])
        gap = restricted_likelihood(taus, estimate, np.diag(variance)) - theirs_at
        assert gap == pytest.approx(np.full(3, gap[0]))


def test_errors_that_hang_together_are_not_counted_twice():
    """Two directions with the same acts say as much as one: the mean is no surer for the second."""
    alike = spread(np.array([0.4, 0.4]), np.array([[0.04, 0.0399], [0.0399, 0.04]]))
    apart = spread(np.array([0.4, 0.4]), np.diag([0.04, 0.04]))
    assert alike.upper - alike.lower > 1.35 * (apart.upper - apart.lower)
    assert alike.sd == 0.0 and alike.p == pytest.approx(1.0)


def test_the_interval_of_the_spread_holds_the_truth():
    """In nine of ten draws, or so: by profile likelihood, a little too often at the edge."""
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(200):
        variance = rng.uniform(0.02, 0.1, 8)
        found = spread(rng.normal(0.2, 0.4, 8) + rng.normal(0, np.sqrt(variance)), np.diag(variance))
        held += found.sd_lower <= 0.4 <= found.sd_upper
    assert 0.82 <= held / 200 <= 0.98
