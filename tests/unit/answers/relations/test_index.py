"""The relation index against its formula, its limits, and its change points against a planted break."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from scipy import stats

from lynchpin.answers.relations import relation_index
from lynchpin.answers.relations.change_points import change_points, part, part_kernel, part_reference
from lynchpin.answers.relations.index import (
    DOUBT_ACTS,
    DOUBT_SIZE,
    REWEIGHTINGS,
    _paths,
    _series,
    block_weights,
    pair_acts,
    persistence,
)

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


def quarterly(before, after, quarters=24):
    rng = np.random.default_rng(3)
    start = date(2000, 1, 15)
    days = [start + timedelta(days=91 * k) for k in range(quarters)]
    means = [before if k < quarters // 2 else after for k in range(quarters)]
    return pl.DataFrame({"date": days, "magnitude": [m + rng.normal(0, 0.5) for m in means]})


def test_planted_break_is_found_and_dated():
    acts = quarterly(4.0, -4.0)
    found = change_points("A-B", acts)
    assert found.height == 1
    row = found.row(0, named=True)
    assert abs((row["date"] - acts["date"][12]).days) <= 92
    assert row["before"] > 0.3 and row["after"] < -0.3


def test_no_break_where_there_is_none():
    assert change_points("A-B", quarterly(1.0, 1.0)).is_empty()
    assert change_points("A-B", quarterly(4.0, -4.0, quarters=6)).is_empty()


@pytest.mark.parametrize("seed", range(12))
def test_parting_is_the_optimum_that_pelt_finds(seed):
    """Against ruptures, which counts the same cost; a tie would be no fault, so the costs are compared."""
    ruptures = pytest.importorskip("ruptures")
    rng = np.random.default_rng(seed)
    values = np.repeat(rng.normal(0, 1, 6), rng.integers(4, 15, 6)) + rng.normal(0, 0.4, 1)
    values = values + rng.normal(0, 0.3, values.size)
    cuts = part(values, 0.5, 4)
    theirs = ruptures.Pelt(model="l2", min_size=4, jump=1).fit(values).predict(pen=0.5)[:-1]

    def cost(at):
        pieces = np.split(values, at)
        assert min(len(piece) for piece in pieces) >= 4
        return sum(((piece - piece.mean()) ** 2).sum() for piece in pieces) + 0.5 * len(at)

    assert cost(cuts) <= cost(theirs) + 1e-9
    assert cuts == theirs or abs(cost(cuts) - cost(theirs)) < 1e-9


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


def covers(stays_warm, stays_cold, weigh, records=60):
    """The share of days, over records, on which the 90 % interval holds what the index would be in the long run."""
    rng, held = np.random.default_rng(8), []
    for _ in range(records):
        days = np.sort(rng.integers(0, 3650, 300))
        magnitude, mean = chain(stays_warm, stays_cold, days.size, rng)
        kept = 2.0 ** (-np.clip(np.arange(1000, 3650, 200)[:, None] - days, 0, None) / 180.0)
        kept[np.arange(1000, 3650, 200)[:, None] <= days] = 0.0
        shape = (REWEIGHTINGS + 1, days.size)
        weights = weigh(magnitude, rng.standard_exponential(shape), rng.random(shape))[1:]
        doubt = DOUBT_SIZE * rng.standard_gamma(DOUBT_ACTS / 2.0, (2, REWEIGHTINGS))
        size = kept @ (weights * 5.0).T + doubt.sum(axis=0)
        ends = np.quantile((kept @ (weights * magnitude).T + doubt[0] - doubt[1]) / size, [0.05, 0.95], axis=1)
        truth = kept.sum(axis=1) * mean / (5.0 * kept.sum(axis=1) + DOUBT_SIZE * DOUBT_ACTS)
        held.append((ends[0] <= truth) & (truth <= ends[1]))
    return float(np.mean(held))


def one_by_one(magnitude, drawn, begins):
    return drawn


@pytest.mark.parametrize(("stays_warm", "stays_cold"), [(0.75, 0.56), (0.72, 0.80), (0.5, 0.5)])
def test_the_interval_holds_under_persistent_signs(stays_warm, stays_cold):
    """As persistent as Japan and South Korea, and the two Koreas, are in the record, and not at all."""
    assert 0.86 <= covers(stays_warm, stays_cold, block_weights) <= 0.95


def test_acts_weighed_one_by_one_would_promise_too_much():
    assert covers(0.72, 0.80, one_by_one) < 0.80


def test_weights_have_mean_one_and_acts_of_a_block_share_theirs():
    rng = np.random.default_rng(2)
    magnitude, _ = chain(0.85, 0.85, 400, rng)
    weights = block_weights(magnitude, rng.standard_exponential((3001, 400)), rng.random((3001, 400)))
    assert (weights[0] == 1.0).all() and weights[1:].mean() == pytest.approx(1.0, abs=0.03)
    f = persistence(magnitude)
    assert (weights[1:, 1:] == weights[1:, :-1]).mean() == pytest.approx(1.0 - (1.0 - f) / (1.0 + f), abs=0.02)
    lone = rng.standard_exponential((5, 4))
    assert (block_weights(np.array([1.0, -1.0, 1.0, -1.0]), lone, rng.random((5, 4)))[1:] == lone[1:]).all()


def test_a_turn_has_a_p_and_noise_seldom_a_small_one():
    """The planted turn is far beyond chance; of records without one few have a break with p at most 0.05."""
    assert change_points("A-B", quarterly(4.0, -4.0))["p"][0] == pytest.approx(1 / 200)
    rng, small = np.random.default_rng(4), 0
    for seed in range(40):
        acts = quarterly(0.0, 0.0, quarters=40).with_columns(magnitude=pl.Series(rng.normal(0, 3, 40)))
        small += bool((change_points("A-B", acts, seed)["p"] <= 0.05).any())
    assert small <= 5


def test_the_kernel_parts_as_the_reference():
    rng = np.random.default_rng(6)
    for n in (8, 9, 30, 77):
        values = rng.normal(0, 1, n) + np.repeat([0.0, 2.0], [n // 2, n - n // 2])
        for penalty in (0.1, 1.0, 30.0):
            assert np.array_equal(part_kernel(values, penalty, 4), part_reference(values, penalty, 4))
