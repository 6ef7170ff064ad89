"""Workers of any kind give the numbers of one process, and are sent a shard once."""

from __future__ import annotations

import pickle
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest

import lynchpin
from helpers.relational_plain import crowded_stream
from lynchpin.engine.rem import shards, work, workers
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.fit import fit_request
from lynchpin.engine.rem.problem import prepare
from lynchpin.engine.rem.request import Request

LONG = crowded_stream(5, events=400, actors=8, days=80)
ASKED = Request(terms=parse_effects("inertia(4d) reciprocity(9d) otp(scale=log1p)"))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(work, "BLOCK_NUMBERS", 1200)


class Sealed(Executor):
    """Workers that see nothing but what is pickled, one task after the other, and what it weighed."""

    def __init__(self, hands: int = 2) -> None:
        self.held = [{} for _ in range(hands)]
        self.weights, self.whole, self.turn = [], [], 0

    def submit(self, task, /, *args, **kwargs):
        packed = pickle.dumps((task, args))
        self.weights.append(len(packed))
        _, (_, shard, *_) = pickle.loads(args[1])
        self.whole.append(shard is not None)
        mine, workers._held = workers._held, self.held[self.turn % len(self.held)]
        self.turn += 1 + (self.turn % 7 == 0)  # tasks change hands
        future: Future = Future()
        task, args = pickle.loads(packed)
        future.set_result(pickle.loads(pickle.dumps(task(*args))))
        workers._held = mine
        return future


def test_a_worker_is_sent_a_shard_once():
    hands = Sealed()
    alone, spread = fit_request(ASKED, LONG), fit_request(ASKED, LONG, executor=hands)
    np.testing.assert_array_equal(spread.estimate, alone.estimate)
    problem = prepare(ASKED, LONG)
    n_shards = len(work.cut(problem.features, problem.plan, 0))
    assert n_shards > 3
    assert n_shards <= sum(hands.whole) <= n_shards * len(hands.held)
    by_name = [weight for weight, whole in zip(hands.weights, hands.whole, strict=True) if not whole]
    assert len(by_name) > n_shards and max(by_name) < 800


def test_effects_of_dyads_go_out_with_the_coefficients():
    """Who has effects is sent with the shard, once; then one number for each effect."""
    hands, asked, stream = Sealed(1), replace(ASKED, random=("dyad",)), LONG.before(25.0)
    alone, spread = fit_request(asked, stream), fit_request(asked, stream, executor=hands)
    np.testing.assert_array_equal(spread.estimate, alone.estimate)
    np.testing.assert_array_equal(spread.random[0].effect, alone.random[0].effect)
    by_name = [weight for weight, whole in zip(hands.weights, hands.whole, strict=True) if not whole]
    assert max(by_name) < 800 + 8 * 56


def test_old_runs_are_let_go():
    hands, before = Sealed(1), shards._kept.keys() | workers._held.keys()
    for _ in range(5):
        fit_request(ASKED, LONG, executor=hands)
    assert len({run for run, _ in hands.held[0]}) == workers.RUNS_HELD
    assert shards._kept.keys() | workers._held.keys() == before
    for key in hands.held[0]:
        shards.forget(key)


def test_a_dead_worker_is_said_so():
    class Dead(Executor):
        def submit(self, task, /, *args, **kwargs):
            raise BrokenExecutor

    with pytest.raises(lynchpin.LynchpinError, match="a worker died"):
        fit_request(ASKED, LONG, executor=Dead())


@pytest.mark.slow
def test_four_processes_and_shuffled_shards():
    alone = fit_request(ASKED, LONG)
    problem = prepare(ASKED, LONG)
    order = np.random.default_rng(3).permutation(len(work.cut(problem.features, problem.plan, 0))).tolist()
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        spread = fit_request(ASKED, LONG, executor=pool, order=order)
    np.testing.assert_allclose(spread.estimate, alone.estimate, rtol=1e-10)
    np.testing.assert_allclose(spread.covariance, alone.covariance, rtol=1e-10)


def test_a_cluster():
    distributed = pytest.importorskip("distributed")
    alone = fit_request(ASKED, LONG)
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0") as cluster,
        distributed.Client(cluster) as client,
    ):
        spread = lynchpin.rem(LONG, "inertia(4d) reciprocity(9d) otp(scale=log1p)", executor=client.get_executor())
    np.testing.assert_allclose(spread.estimate, alone.estimate, rtol=1e-10)
