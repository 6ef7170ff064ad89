"""By period and by dyad: planted differences are found again, none is where none is, and thin data say so."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from helpers.planted_change import ALLIES, DAYS, START, changing_case, changing_fit
from lynchpin.answers.evidence import splits
from lynchpin.answers.evidence.splits import by_condition, by_dyad, by_period
from lynchpin.errors import BadValue
from lynchpin.report.plots import forest

MIDDLE = DAYS // 2
SPLIT = START + timedelta(days=MIDDLE)
BY_ALLY = (0.0, 0.2, 0.5, 0.9, 1.2)


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return changing_case(tmp_path_factory.mktemp("changing"))


@pytest.fixture(scope="module")
def since_2010(fit_2012):
    return by_period(fit_2012, [date(2010, 1, 1)])


@pytest.fixture(scope="module")
def by_ally(case):
    return by_dyad(changing_fit(case, 3, lambda ally, day: BY_ALLY[ally]))


# --- by period ------------------------------------------------------------------------------------


def test_an_effect_that_begins_at_the_split_is_found(case):
    found = by_period(changing_fit(case, 1, lambda ally, day: 1.0 if day >= MIDDLE else 0.0), [SPLIT])
    push = found.claims[0]
    before, after = push.splits
    (change,) = push.changes
    for one, truth in ((before, 0.0), (after, 1.0)):
        assert abs(one.estimate - truth) < 3.0 * one.standard_error
    assert change.stand == "raises" and change.rate_ratio_lower < 2.0 < change.rate_ratio_upper
    assert 1.0 < change.detectable < change.rate_ratio
    assert change.estimate == pytest.approx(after.estimate - before.estimate)
    assert (before.first < SPLIT) and before.last == after.first == SPLIT


def test_an_effect_that_stays_shows_no_change(case):
    found = by_period(changing_fit(case, 2, lambda ally, day: 0.8), [SPLIT])
    (change,) = found.claims[0].changes
    assert change.stand == "not clear" and change.rate_ratio_lower < 1.0 < change.rate_ratio_upper
    assert all(one.rate_ratio_lower > 1.0 for one in found.claims[0].splits)


def test_a_busier_time_is_not_taken_for_a_stronger_effect(case, monkeypatch):
    """Every ally's rate doubles at the split, whatever its rival does: the levels take it. A fault, once: no levels."""
    fit = changing_fit(case, 5, lambda ally, day: 0.6, rise=0.7)
    (change,) = by_period(fit, [SPLIT]).claims[0].changes
    assert change.stand == "not clear"
    monkeypatch.setattr(splits, "own_levels", lambda masks: None)
    (without,) = by_period(fit, [SPLIT]).claims[0].changes
    assert without.stand == "raises" and without.rate_ratio > 1.1 * change.rate_ratio


def test_several_splits_make_several_periods(fit_2012):
    days = [date(2006, 1, 1), date(2003, 1, 1)]
    found = by_period(fit_2012, days)
    assert found.days == tuple(sorted(days))
    for claim in found.claims:
        assert [p.first for p in claim.splits[1:]] == [p.last for p in claim.splits[:-1]] == sorted(days)
        assert claim.splits[-1].last == date(2012, 7, 9)
        assert len(claim.changes) == 2


def test_a_period_without_data_says_so(since_2010):
    found = since_2010
    burden = next(c for c in found.claims if c.mechanism == "burden")
    assert all(p.rate_ratio is None and p.left_out_because for p in burden.splits)
    assert burden.changes[0].effect is None and burden.changes[0].detectable is None
    assert "no change can be told" in found.summary()
    counted = next(c for c in found.claims if c.mechanism == "territory_brake")
    assert sum(p.n_cause_events for p in counted.splits) == 66


def test_periods_are_a_frame_and_a_picture(fit_2012, since_2010):
    found = since_2010
    frame = found.to_frame()
    assert frame.height == 2 * len(fit_2012.case.mechanisms) and "change_ratio" in frame.columns
    shown = forest.periods(found)
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
    assert claim.mechanism == "turn_to_patron" and claim.pooled.n == len(ALLIES)
    assert [one.part for one in claim.splits] == [f"{ally}->USA" for ally in ALLIES]
    for one, truth in zip(claim.splits, BY_ALLY, strict=True):
        assert abs(one.estimate - truth) < 3.0 * one.standard_error
    shrunk = [one.shrunk.estimate for one in claim.splits]
    assert np.corrcoef(shrunk, BY_ALLY)[0, 1] > 0.8
    assert 0.0 < claim.pooled.sd_lower < np.std(BY_ALLY, ddof=1) < claim.pooled.sd_upper
    assert claim.pooled.spread_p < 0.05


def test_shrinking_pulls_toward_the_mean(by_ally):
    (claim,) = by_ally.claims
    mean = claim.pooled.estimate
    for one in claim.splits:
        assert abs(one.shrunk.estimate - mean) <= abs(one.estimate - mean) + 1e-9
        assert one.shrunk.upper - one.shrunk.lower <= one.upper - one.lower


def test_alike_dyads_are_not_told_apart(case):
    (claim,) = by_dyad(changing_fit(case, 4, lambda ally, day: 0.7)).claims
    assert claim.pooled.sd_lower == 0.0 and claim.pooled.spread_p > 0.05
    assert claim.pooled.lower < 0.7 < claim.pooled.upper


def test_dyads_with_too_little_data_say_so(fit_2012):
    found = by_dyad(fit_2012)
    reaction = next(c for c in found.claims if c.mechanism == "third_party_reaction")
    thin = {one.part: one for one in reaction.splits if one.rate_ratio is None}
    assert thin["CHN->JPN"].left_out_because == "fewer than 5 acts"
    assert "CHN->JPN (1): fewer than 5 acts" in found.summary()
    burden = next(c for c in found.claims if c.mechanism == "burden")
    told = next(c for c in found.to_dict()["claims"] if c["mechanism"] == "burden")
    assert {one.left_out_because for one in burden.splits} == {"the record holds no act of its cause"}
    assert burden.pooled is None and (told["n_dyads"], told["sd"], told["rate_ratio"]) == (0, None, None)
    assert "one_dyad_only" not in {c.mechanism for c in found.claims}
    shown = forest.data(reaction, "dyad")
    assert shown.filter(shown["kind"] == "few").height == len(thin)
    assert found.plot("third_party_reaction").to_dict()["layer"]
    assert found.to_frame().height == sum(len(c.splits) for c in found.claims)


def test_one_direction_only_is_one_clear_error(case):
    from dataclasses import replace

    fit = changing_fit(replace(case, mechanisms=case.mechanisms[1:]), 1, lambda ally, day: 0.0)
    with pytest.raises(BadValue, match="one dyad only"):
        by_dyad(fit)


# --- by condition ---------------------------------------------------------------------------------


def test_a_product_is_read_as_a_mechanism_by_condition(fit_2012, ledger_2012):
    found = by_condition(fit_2012)
    push = next(one for one in found.claims if one.product == "grievance_against_push")
    assert (push.mechanism, push.condition) == ("patron_push", "a -- b : grievance")
    least, average, strong = push.splits
    (change,) = push.changes
    rows = {row.mechanism: row for row in ledger_2012}
    assert average.effect == push.ledger == rows["patron_push"].effect
    assert least.trace <= average.trace <= strong.trace and strong.share_of_steps >= 0.9
    doublings = np.log2((1.0 + strong.trace) / (1.0 + average.trace))
    assert strong.rate_ratio / average.rate_ratio == pytest.approx(change.rate_ratio**doublings)
    row = rows["grievance_against_push"]
    assert change.rate_ratio == pytest.approx(2.0 ** (row.estimate * np.log(2.0)))
    assert change.standard_error == pytest.approx(row.standard_error * np.log(2.0))
    assert "that ratio is multiplied by" in found.summary() and found.to_frame().height == 6


def test_a_case_without_a_product_is_one_clear_error(case):
    with pytest.raises(BadValue, match="product of a condition and a mechanism"):
        by_condition(changing_fit(case, 1, lambda ally, day: 0.0))
