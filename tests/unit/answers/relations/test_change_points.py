"""Turns against planted ones, against their absence, and the kernel against its formula."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lynchpin.answers.relations.blocks import moved_orders, persistence_within
from lynchpin.answers.relations.change_points import TOLD_P, change_points, spell_kernel, spell_reference, within


def quarterly(means, noise=0.5, seed=3):
    """One act a quarter, from 2000 on, about these means."""
    rng = np.random.default_rng(seed)
    days = [date(2000, 1, 15) + timedelta(days=91 * k) for k in range(len(means))]
    return pl.DataFrame({"date": days, "magnitude": [m + rng.normal(0, noise) for m in means]})


def test_planted_turn_is_found_and_dated():
    acts = quarterly([4.0] * 12 + [-4.0] * 12)
    found = change_points("A-B", acts)
    assert found.height == 1
    row = found.row(0, named=True)
    assert abs((row["date"] - acts["date"][12]).days) <= 92
    assert row["before"] > 0.3 and row["after"] < -0.3 and row["p"] <= TOLD_P


def test_a_spell_is_found_with_both_its_ends():
    """Warm for two years in the midst of ten cold ones: what a single cut would miss."""
    acts = quarterly([-3.0] * 16 + [4.0] * 8 + [-3.0] * 16)
    found = change_points("A-B", acts)
    assert found.height == 2
    assert [abs((day - acts["date"][at]).days) <= 92 for day, at in zip(found["date"], (16, 24), strict=True)] == [
        True
    ] * 2
    assert (found["after"] > found["before"]).to_list() == [True, False]


def test_no_turn_where_there_is_none_or_too_little():
    assert change_points("A-B", quarterly([1.0] * 24)).is_empty()
    assert change_points("A-B", quarterly([4.0, 4.0, 4.0, -4.0, -4.0, -4.0])).is_empty()
    assert change_points("A-B", quarterly([2.0] * 20, noise=0.0)).is_empty()
    assert change_points("A-B", quarterly([]).cast({"date": pl.Date, "magnitude": pl.Float64})).is_empty()


def test_noise_seldom_turns():
    """One in twenty records is the promise; 40 records without a turn have 2 such on the mean, 6 or more in 1 of 70."""
    rng, told = np.random.default_rng(4), 0
    for seed in range(40):
        acts = quarterly([0.0] * 40).with_columns(magnitude=pl.Series(rng.normal(0, 3, 40)))
        told += change_points("A-B", acts, seed).height > 0
    assert told <= 5


def test_a_quarter_of_many_acts_weighs_more_than_one_of_a_single_act():
    """A lone act in each of four quarters does not outweigh years of a dozen acts each: no turn is told."""
    rng, rows = np.random.default_rng(5), []
    for k in range(24):
        for _ in range(1 if 10 <= k < 14 else 12):
            rows.append((date(2000, 1, 3) + timedelta(days=91 * k), float(rng.choice([5.0, -5.0]))))
    acts = pl.DataFrame(rows, schema=["date", "magnitude"], orient="row")
    lone = acts["date"].is_between(date(2002, 6, 1), date(2003, 6, 1))
    acts = acts.with_columns(magnitude=pl.when(lone).then(6.0).otherwise(pl.col("magnitude")))
    assert acts.filter(lone).height == 4 and change_points("A-B", acts).is_empty()


@pytest.mark.parametrize("n", [8, 9, 13, 24])
def test_the_kernel_finds_what_the_formula_finds(n):
    rng = np.random.default_rng(n)
    values, weight = rng.normal(0, 1, (6, n)) + np.repeat([0.0, 2.0], [n // 2, n - n // 2]), rng.uniform(0.5, 4.0, n)
    found = spell_kernel(values, weight, 4)
    np.testing.assert_allclose(found, [spell_reference(row, weight, 4) for row in values], rtol=1e-9)


def test_the_statistic_by_hand():
    """Eight quarters of weight one, four at 1 and four at -1: the fall in squares about the mean is all of the eight."""
    statistic, begin, end = spell_kernel(np.repeat([1.0, -1.0], 4)[None], np.ones(8), 4)[0]
    assert statistic == pytest.approx(8.0) and (begin, end) in {(0, 4), (4, 8)}


def test_likeness_within_quarters_by_hand():
    """Two quarters of (3, 1) and (-1, -3): between 16, within 2, so (16 - 2) / (16 + 2)."""
    assert within(np.array([3.0, 1.0, -1.0, -3.0]), np.array([0, 0, 1, 1])) == pytest.approx(14 / 18)
    assert within(np.array([3.0, 1.0]), np.array([0, 1])) == 0.0


def test_moved_acts_are_the_same_acts_in_blocks():
    rng = np.random.default_rng(2)
    orders = moved_orders(100, 9.0, 50, rng)
    assert (np.sort(orders, axis=1) == np.arange(100)).all()
    assert 0.80 < (np.diff(orders, axis=1) == 1).mean() < 0.95  # eight steps in nine stay within
    assert (np.diff(moved_orders(100, 1.0, 50, rng), axis=1) == 1).mean() < 0.05


def test_a_turn_is_not_persistence_and_runs_are():
    turned, rng, signs = np.repeat([1.0, -1.0], 30), np.random.default_rng(3), [1.0]
    for stays in rng.random(1999) < 0.8:  # an autocorrelation of 0.6
        signs.append(signs[-1] if stays else -signs[-1])
    assert persistence_within(turned[None], np.repeat([0, 1], 30)[None])[0] == 0.0
    assert persistence_within(turned[None], np.zeros((1, 60), dtype=int))[0] > 0.9
    assert persistence_within(np.array([signs]), np.zeros((1, 2000), dtype=int))[0] == pytest.approx(0.6, abs=0.05)


def test_runs_are_seldom_told_as_turns():
    """Signs that stay in four cases of five, six acts a quarter, and no turn: told in one record in ten at most."""
    told = 0
    for seed in range(30):
        rng, signs = np.random.default_rng(seed), [1.0]
        for stays in rng.random(239) < 0.8:
            signs.append(signs[-1] if stays else -signs[-1])
        days = [date(2000, 1, 2) + timedelta(days=15 * k) for k in range(240)]
        acts = pl.DataFrame({"date": days, "magnitude": [4.0 * sign for sign in signs]})
        told += change_points("A-B", acts, seed).height > 0
    assert told <= 5
