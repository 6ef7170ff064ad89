"""The relation index against its formula, its limits, and its band against records whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from scipy import stats

from helpers.index_band import coverage
from lynchpin.answers.relations import relation_index
from lynchpin.answers.relations.blocks import block_length, block_weights, persistence, prior_weight
from lynchpin.answers.relations.index import DOUBT_ACTS, DOUBT_SIZE, _paths, _series, pair_acts

ORIGIN = date(2012, 7, 9)


def test_index_is_its_formula(northeast, fit_2012):
    found = relation_index(northeast, fit_2012.events, ORIGIN)
    acts = pair_acts(fit_2012.events, northeast.states).filter((pl.col("low") == "JPN") & (pl.col("high") == "KOR"))
    for day in (ORIGIN, date(2011, 1, 9)):
        net, size = 0.0, DOUBT_ACTS * DOUBT_SIZE
        for when, magnitude in acts.select("date", "magnitude").iter_rows():
            if when < day:
                weight = 2.0 ** (-(day - when).days / 180.0)
                net, size = net + weight * magnitude, size + weight * abs(magnitude)
        row = found.series.filter((pl.col("pair") == "JPN-KOR") & (pl.col("date") == day)).row(0, named=True)
        np.testing.assert_allclose(row["index"], net / size, rtol=1e-9)
        assert -1 <= row["lower"] < row["index"] < row["upper"] <= 1


def test_gap_is_the_lateral_index_less_the_mean_of_the_patrons(northeast, fit_2012):
    found = relation_index(northeast, fit_2012.events, ORIGIN)
    now = {r["pair"]: r["index"] for r in found.series.filter(pl.col("date") == ORIGIN).iter_rows(named=True)}
    gap = found.gap.row(-1, named=True)
    np.testing.assert_allclose(gap["gap"], now["JPN-KOR"] - (now["JPN-USA"] + now["KOR-USA"]) / 2, rtol=1e-9)
    assert gap["lower"] < gap["gap"] < gap["upper"]
    assert found.gap_pair == "JPN-KOR"


def test_nothing_is_said_before_the_first_act(northeast, fit_2012):
    series = relation_index(northeast, fit_2012.events, ORIGIN).series
    silent = series.filter(pl.col("weight") == 0.0)
    assert silent.height > 0
    assert silent["index"].null_count() == silent.height
    assert series.filter(pl.col("weight") > 0.0)["index"].null_count() == 0


def test_an_act_counts_once_for_a_pair(northeast):
    rows = [(date(2012, 1, 1), ["JPN", "KOR", "USA"], ["JPN", "KOR", "USA"], 2.0)]
    events = pl.DataFrame(rows, schema=["date", "source", "target", "magnitude"], orient="row")
    acts = pair_acts(events, northeast.states)
    assert acts.select("low", "high").rows() == [("JPN", "KOR"), ("JPN", "USA"), ("KOR", "USA")]


def acts_of(*rows):
    return pl.DataFrame(rows, schema=["date", "source", "target", "magnitude"], orient="row")


def test_an_act_of_the_day_itself_is_not_in_the_index_of_that_day(northeast):
    days = (ORIGIN - timedelta(days=61), ORIGIN - timedelta(days=30))  # 9 May and 9 June
    events = acts_of((days[0], ["JPN"], ["KOR"], 5.0), (days[1], ["JPN"], ["KOR"], -5.0))
    series = relation_index(northeast, events, ORIGIN).series.filter(pl.col("pair") == "JPN-KOR")
    told = {row["date"]: row for row in series.iter_rows(named=True)}
    assert list(told) == [days[0], days[1], ORIGIN]
    assert told[days[0]]["weight"] == 0.0 and told[days[0]]["index"] is None
    assert told[days[1]]["weight"] == pytest.approx(2.0 ** (-31 / 180))
    kept = 5.0 * 2.0 ** (-31 / 180)
    assert told[days[1]]["index"] == pytest.approx(kept / (kept + DOUBT_ACTS * DOUBT_SIZE))
    assert told[ORIGIN]["weight"] == pytest.approx(2.0 ** (-61 / 180) + 2.0 ** (-30 / 180))


def test_months_go_back_to_the_first_act_over_years_and_1970(northeast):
    found = relation_index(northeast, acts_of((date(1969, 11, 15), ["JPN"], ["KOR"], 5.0)), date(1970, 2, 10))
    days = found.series.filter(pl.col("pair") == "JPN-KOR").select("date", "weight").rows()
    assert [day for day, _ in days] == [date(1969, 11, 10), date(1969, 12, 10), date(1970, 1, 10), date(1970, 2, 10)]
    assert [weight for _, weight in days] == pytest.approx([0.0, *(2.0 ** (-age / 180) for age in (25, 56, 87))])


def test_a_seed_gives_one_interval_and_another_seed_another_and_the_index_stays(northeast, fit_2012):
    one, same, other = (
        relation_index(replace(northeast, seed=seed), fit_2012.events, ORIGIN).series for seed in (1, 1, 2)
    )
    assert one.equals(same)
    assert one["index"].equals(other["index"]) and not one["lower"].equals(other["lower"])


def test_the_interval_leaves_out_one_in_twenty_on_each_side(northeast):
    """Without any act only the doubt is drawn: the index is (a - b) / (a + b) of two gamma variables, so beta."""
    paths, _ = _paths(
        pair_acts(acts_of((ORIGIN, ["JPN"], ["KOR"], 1.0)), northeast.states),
        np.ones((20_001, 1)),
        np.random.default_rng(1).standard_gamma(DOUBT_ACTS / 2.0, (2, 20_001)),
        [ORIGIN],
        180.0,
    )
    row = _series("JPN-KOR", [ORIGIN], paths, np.ones(1)).row(0, named=True)
    ends = 2.0 * stats.beta(DOUBT_ACTS / 2.0, DOUBT_ACTS / 2.0).ppf([0.05, 0.95]) - 1.0
    assert [row["lower"], row["upper"]] == pytest.approx(ends, abs=0.02)


def chain(stays_warm, stays_cold, n, rng):
    """Magnitudes of 5 and -5 whose signs persist, and their mean in the long run."""
    warm = (1.0 - stays_cold) / (2.0 - stays_warm - stays_cold)
    signs = [rng.random() < warm]
    for u in rng.random(n - 1):
        signs.append(u < (stays_warm if signs[-1] else 1.0 - stays_cold))
    return np.where(signs, 5.0, -5.0), 5.0 * (2.0 * warm - 1.0)


def one_by_one(magnitude, drawn, begins, remembered):
    return drawn


def held(stays_warm, stays_cold, **other):
    """How often the band holds the truth in ten years of 300 acts with such runs of signs; over three such records."""
    found = []
    for seed in range(3):
        rng = np.random.default_rng(100 + seed)
        days = np.sort(rng.integers(0, 3650, 300))
        magnitude, _ = chain(stays_warm, stays_cold, days.size, rng)
        found.append(coverage(magnitude, days, 3650, 40, seed, **other)[0])
    return np.mean(found)


@pytest.mark.parametrize(("stays_warm", "stays_cold"), [(0.68, 0.65), (0.72, 0.88), (0.94, 0.13), (0.5, 0.5)])
def test_the_interval_holds_under_persistent_signs(stays_warm, stays_cold):
    """As in the records of Japan and South Korea, the two Koreas, South Korea and America; and no runs at all."""
    assert 0.85 <= held(stays_warm, stays_cold) <= 0.94


def test_acts_weighed_one_by_one_would_promise_too_much():
    assert held(0.72, 0.88, weigh=one_by_one, prior=lambda magnitude: 1.0) < 0.80


def test_a_prior_of_one_whole_act_would_promise_too_little():
    """Pairs of nearly one sign are where it shows: that is what the half of a block mends."""
    wide = coverage(*_mostly_warm(), 4000, 80, 3, prior=lambda magnitude: 1.0)
    ours = coverage(*_mostly_warm(), 4000, 80, 3)
    assert 0.86 <= ours[0] <= 0.94 and ours[0] < wide[0] and ours[2] < wide[2]


def _mostly_warm():
    rng = np.random.default_rng(4)
    days = np.sort(rng.integers(0, 4000, 240))
    return np.where(rng.random(240) < 0.85, 5.0, -5.0), days


def test_an_independent_act_weighs_half_a_block():
    """By hand: warm acts stay warm in 2 of 3 cases, cold ones turn in none: f = 2/3, and a block is (5/3) / (1/3) = 5."""
    magnitude = np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0])
    assert persistence(magnitude) == pytest.approx(2 / 3)
    assert block_length(2 / 3) == pytest.approx(5.0) and prior_weight(magnitude) == pytest.approx(2.5)
    assert prior_weight(np.array([1.0, -1.0, 1.0, -1.0])) == 0.5


def test_weights_have_mean_one_and_acts_of_a_block_share_theirs():
    rng = np.random.default_rng(2)
    magnitude, _ = chain(0.85, 0.85, 400, rng)
    weights = block_weights(magnitude, rng.standard_exponential((3001, 400)), rng.random((3001, 400)), 40.0)
    assert (weights[0] == 1.0).all() and weights[1:].mean() == pytest.approx(1.0, abs=0.03)
    f = persistence(magnitude)
    assert (weights[1:, 1:] == weights[1:, :-1]).mean() == pytest.approx(1.0 - (1.0 - f) / (1.0 + f), abs=0.02)
    lone = rng.standard_exponential((5, 4))
    assert (block_weights(np.array([1.0, -1.0, 1.0, -1.0]), lone, rng.random((5, 4)), 4.0)[1:] == lone[1:]).all()
