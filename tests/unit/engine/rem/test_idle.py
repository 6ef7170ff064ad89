"""Idle dyads summed through their actors equal idle dyads taken one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import lynchpin
from helpers.relational_plain import crowded_stream
from lynchpin.engine.rem import idle, work
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.problem import prepare
from lynchpin.engine.rem.request import Request

TEXT = (
    "inertia(1d, scale=log1p) reciprocity(1d) outdegreeSender(3d, scale=log1p) indegreeReceiver(2d) otp(window=5d) "
    "isp(1d, scale=log1p) outdegreeSender(3d, scale=log1p):inertia(1d, scale=log1p)"
)


def quiet_world():
    """Ten states act, and thirty more could."""

    stream = crowded_stream(2, events=250, actors=10, days=60)
    return replace(stream, actors=(*stream.actors, *(f"Q{k}" for k in range(30))))


STREAM = quiet_world()


@pytest.mark.parametrize(
    ("likelihood", "ties"), [("ordinal", "breslow"), ("ordinal", "efron"), ("interval", "breslow"), ("rate", "breslow")]
)
def test_shared_equals_one_by_one(monkeypatch, likelihood, ties):
    one_by_one = lynchpin.rem(STREAM, TEXT, likelihood=likelihood, ties=ties)
    monkeypatch.setattr(idle, "SHARED_ROWS", 0)
    shared = lynchpin.rem(STREAM, TEXT, likelihood=likelihood, ties=ties)
    assert shared.log_likelihood == pytest.approx(one_by_one.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(shared.estimate, one_by_one.estimate, rtol=1e-8)
    np.testing.assert_allclose(shared.se, one_by_one.se, rtol=1e-8)


#: Who was lately a friend of whom: a value stays however long ago it was set.
FRIENDS = pl.DataFrame({"sender": ["A", "Q1", "Q2"], "receiver": ["Q1", "B", "A"], "value": [1, 1, 1]})

OF_TYPES = "inertia(1d, class=clash) inertia(1d, class=talk) otp(2d, class=talk) outdegreeSender(3d)"
OF_TIES = "inertia(unique, window=3) otp(unique, window=2) indegreeReceiver(unique) totaldegreeSender(unique, window=9)"
OF_NETWORKS = "inertia(1d) otp(unique, window=2, second=friend, absent=0) outdegreeSender(of=friend, absent=0)"


@pytest.mark.parametrize("text", [OF_TYPES, OF_TIES, OF_NETWORKS, "fourCycle(unique, window=2) nodeTransSender(1d)"])
def test_types_ties_and_networks_are_shared(monkeypatch, text):
    covariates = {"friend": FRIENDS} if "friend" in text else {}
    one_by_one = lynchpin.rem(STREAM, text, covariates=covariates, ridge=1e-6)
    monkeypatch.setattr(idle, "SHARED_ROWS", 0)
    shared = lynchpin.rem(STREAM, text, covariates=covariates, ridge=1e-6)
    assert shared.log_likelihood == pytest.approx(one_by_one.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(shared.estimate, one_by_one.estimate, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("paths", ["", "otp(3d) osp"])
def test_weights_of_any_sign_are_shared_where_they_can_be(monkeypatch, paths):
    """The smaller of a negative leg and of none is negative: then third parties reach dyads that are idle."""
    weighed = replace(STREAM, weight=np.resize([1.0, -1.0, 0.0, 0.5, -0.25], STREAM.count), weighed_by="w")
    text = f"inertia(2d) reciprocity outdegreeSender(5d) indegreeReceiver {paths}"
    problem = prepare(Request(terms=parse_effects(text)), weighed)
    assert (idle.roles_of(problem.features) is None) is bool(paths)
    one_by_one = lynchpin.rem(weighed, text)
    monkeypatch.setattr(idle, "SHARED_ROWS", 0)
    shared = lynchpin.rem(weighed, text)
    np.testing.assert_allclose(shared.estimate, one_by_one.estimate, rtol=1e-8)
    np.testing.assert_allclose(shared.se, one_by_one.se, rtol=1e-8)


def test_rows_are_few(monkeypatch):
    monkeypatch.setattr(idle, "SHARED_ROWS", 0)
    problem = prepare(Request(terms=parse_effects(TEXT)), STREAM)
    shared = work.Work(problem.features, problem.plan, problem.request.model, share_idle=True)
    rows = sum(part.groups * shard.live.rows for shard in shared.shards for part in shard.parts)
    assert rows < problem.plan.rows / 4


NOT_SHARED = ["totaldegreeDyad", "inertia(scale=std)", "inertia(scale=prop)", "outdegreeSender:indegreeReceiver"]


@pytest.mark.parametrize("text", NOT_SHARED)
def test_what_does_not_factorise_is_not_shared(text):
    problem = prepare(Request(terms=parse_effects(f"{text} reciprocity")), STREAM)
    assert idle.roles_of(problem.features) is None


def test_a_wrong_sign_would_be_seen(monkeypatch):
    """The law of the first test catches a live dyad that is counted twice."""
    monkeypatch.setattr(idle, "SHARED_ROWS", 0)
    right = idle.block_of

    def wrong(X, part, live):
        block = right(X, part, live)
        return block._replace(sign=np.abs(block.sign))

    monkeypatch.setattr("lynchpin.engine.rem.shards.block_of", wrong)
    twice = lynchpin.rem(STREAM, "inertia(1d) outdegreeSender(3d)")
    monkeypatch.undo()
    assert abs(twice.log_likelihood - lynchpin.rem(STREAM, "inertia(1d) outdegreeSender(3d)").log_likelihood) > 1.0


def rows_and_states(bystanders):

    actors = (*STREAM.actors[:10], *(f"Q{k}" for k in range(bystanders)))
    problem = prepare(Request(terms=parse_effects(TEXT)), replace(STREAM, actors=actors))
    shards = work.Work(problem.features, problem.plan, problem.request.model, share_idle=True).shards
    rows = sum(part.groups * shard.live.rows for shard in shards for part in shard.parts)
    return rows, sum(state.state.size for shard in shards for state in shard.carried), len(shards)


def test_nothing_grows_with_bystanders(monkeypatch):
    monkeypatch.setattr(idle, "SHARED_ROWS", 0)
    assert rows_and_states(30) == rows_and_states(90)


def test_actors_with_a_value_of_their_own_are_no_bystanders(monkeypatch):
    """Thirty actors never act and differ in wealth: equal to one by one."""
    import polars as pl

    wealth = pl.DataFrame({"actor": STREAM.actors, "value": np.random.default_rng(1).normal(size=40)})
    asked = {"covariates": {"x": wealth}, "likelihood": "rate"}
    one_by_one = lynchpin.rem(STREAM, "send(x) receive(x) reciprocity(1d)", **asked)
    monkeypatch.setattr(idle, "SHARED_ROWS", 0)
    shared = lynchpin.rem(STREAM, "send(x) receive(x) reciprocity(1d)", **asked)
    assert shared.log_likelihood == pytest.approx(one_by_one.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(shared.estimate, one_by_one.estimate, rtol=1e-8)


def test_a_bystander_that_stands_for_itself_alone_would_be_seen(monkeypatch):
    from lynchpin.engine.rem import idle as bystanders

    monkeypatch.setattr(idle, "SHARED_ROWS", 0)
    right = lynchpin.rem(STREAM, "inertia(1d) outdegreeSender(3d)")

    def wrong(features, plan):
        features, plan, stands_for = bystanders.merge_bystanders(features, plan)
        return features, plan, np.ones_like(stands_for)

    monkeypatch.setattr(work, "merge_bystanders", wrong)
    assert abs(lynchpin.rem(STREAM, "inertia(1d) outdegreeSender(3d)").log_likelihood - right.log_likelihood) > 1.0
