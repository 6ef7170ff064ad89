"""The relation index against its formula, its limits, and its change points against a planted break."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lynchpin.answers.relations import relation_index
from lynchpin.answers.relations.change_points import change_points, part
from lynchpin.answers.relations.index import DOUBT_ACTS, DOUBT_SIZE, pair_acts

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
