"""Blocks, shards, workers and samples change no digit that they should not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import lynchpin
from helpers.relational_plain import crowded_stream
from lynchpin.engine.rem import work
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.fit import fit_request
from lynchpin.engine.rem.request import Request

TEXT = "inertia(4d) reciprocity(9d) otp(scale=log1p) osp(window=6d) indegreeReceiver(scale=prop)"
LONG = crowded_stream(5, events=400, actors=8, days=80)


def request(**options):
    return Request(terms=parse_effects(TEXT), **options)


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(work, "BLOCK_NUMBERS", 1200)


@pytest.mark.parametrize("likelihood", ["ordinal", "interval", "choice", "rate"])
def test_blocks_workers_order_and_memory_change_nothing(small_blocks, likelihood):
    asked = request(likelihood=likelihood)
    alone = fit_request(asked, LONG)
    shuffled = fit_request(asked, LONG, order=np.random.default_rng(0).permutation(_shards(asked)).tolist())
    forgetful = fit_request(asked, LONG, memory=0)
    with ThreadPoolExecutor(4) as pool:
        threads = fit_request(asked, LONG, executor=pool)
    for other in (shuffled, forgetful, threads):
        np.testing.assert_array_equal(other.estimate, alone.estimate)
        np.testing.assert_array_equal(other.covariance, alone.covariance)


def _shards(asked):
    from lynchpin.engine.rem.problem import prepare

    problem = prepare(asked, LONG)
    return len(work.cut(problem.features, problem.plan, 0))


def test_one_block_and_many_agree(monkeypatch):
    whole = fit_request(request(), LONG)
    monkeypatch.setattr(work, "BLOCK_NUMBERS", 1200)
    np.testing.assert_allclose(fit_request(request(), LONG).estimate, whole.estimate, rtol=1e-10)


def test_a_warm_start_ends_at_the_same_top(monkeypatch, small_blocks):
    from lynchpin.engine.rem import layout

    cold = fit_request(request(), LONG)
    monkeypatch.setattr(layout, "WARM_ROWS", 0)
    monkeypatch.setattr(layout, "_warm", lambda *a, **k: layout.np.full(5, 0.1))
    np.testing.assert_allclose(fit_request(request(), LONG).estimate, cold.estimate, rtol=1e-9, atol=1e-12)


def test_controls_are_drawn_alike_and_uniformly():
    a, b, c = (lynchpin.rem(LONG, TEXT, controls=4, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(a.estimate, b.estimate)
    assert (a.estimate != c.estimate).all()
    assert a.n_rows < LONG.count * 5 + 1


def test_every_other_dyad_is_drawn_equally_often():
    from lynchpin.engine.rem.plan import plan_groups
    from lynchpin.engine.rem.risk import risk_set
    from lynchpin.engine.rem.sample import with_controls

    plan = plan_groups(LONG, risk_set(LONG))
    drawn = np.zeros(plan.i.size)
    for seed in range(400):
        sample = with_controls(plan, 1, seed, weighted=True)
        key = sample.i[sample.lo[0] : sample.hi[0]].astype(int) * 8 + sample.j[sample.lo[0] : sample.hi[0]]
        cases = plan.seen_ptr[1]
        assert np.unique(key).size == key.size == 2 * cases
        np.add.at(drawn, np.searchsorted(plan.i[:56].astype(int) * 8 + plan.j[:56], key[cases:]), 1)
        weight = np.exp(sample.log_weight[sample.lo[0] : sample.hi[0]])
        assert weight.sum() == pytest.approx(56)
    free = np.delete(drawn[:56], plan.seen_row[: plan.seen_ptr[1]])
    assert free.min() > 0
    assert ((free - free.mean()) ** 2 / free.mean()).sum() < 100  # chi-squared with about fifty degrees of freedom


def test_as_many_controls_as_there_are_give_the_full_risk_set():
    full = lynchpin.rem(LONG, TEXT)
    sampled = lynchpin.rem(LONG, TEXT, controls=1000)
    np.testing.assert_allclose(sampled.estimate, full.estimate, rtol=1e-9)
    timed = lynchpin.rem(LONG, TEXT, likelihood="interval", controls=1000)
    np.testing.assert_allclose(timed.estimate, lynchpin.rem(LONG, TEXT, likelihood="interval").estimate, rtol=1e-9)


@pytest.mark.slow
def test_sampled_estimates_are_right_on_average():
    full = lynchpin.rem(LONG, "inertia(4d) reciprocity(9d)", likelihood="interval")
    draws = [
        lynchpin.rem(LONG, "inertia(4d) reciprocity(9d)", likelihood="interval", controls=3, seed=s).estimate
        for s in range(200)
    ]
    off = np.mean(draws, axis=0) - full.estimate
    assert (np.abs(off) < 4 * np.std(draws, axis=0) / np.sqrt(200) + 0.1 * full.se).all()
