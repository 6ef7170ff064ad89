"""Every likelihood is a value whose parts say the same: sums, terms, residuals, null; and workers can be handed it."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy import stats

import lynchpin
from helpers.relational_plain import crowded_stream
from lynchpin.engine.likelihoods.multinomial import TypedEvents, block_of
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.problem import prepare
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.shards import blocks_of
from lynchpin.engine.rem.work import Work

STREAM = crowded_stream(11, events=120, actors=5, days=40)
WORDS = [
    {"likelihood": "ordinal"},
    {"likelihood": "ordinal", "ties": "efron"},
    {"likelihood": "interval"},
    {"likelihood": "choice"},
    {"likelihood": "choice", "ties": "efron"},
    {"likelihood": "rate"},
    {"likelihood": "rate", "counts": "nb2"},
    {"likelihood": "type"},
]


def laid(options):
    """The likelihood, its groups' margins, and one block of all its rows."""
    request = Request(terms=parse_effects("inertia(4) otp(4)"), **options)
    problem = prepare(request, STREAM)
    if request.needs.events_only:
        typed = TypedEvents(problem.features.fill(problem.features.start(), problem.plan), STREAM.kind.astype(np.int64))
        margins = problem.plan.margins._replace(seen_count=np.bincount(typed.kind).astype(float))
        return request.model, margins, block_of(typed, np.zeros(typed.kind.size, np.int32), 1), typed
    work = Work(problem.features, problem.plan, request.model)
    (block,) = [block for shard in work.shards for block in blocks_of(shard)]
    return request.model, problem.plan.margins, block, block


@pytest.mark.parametrize("options", WORDS, ids=lambda options: "-".join(options.values()))
def test_sums_terms_and_residuals_agree(options):
    likelihood, _, block, summed = laid(options)
    beta = np.random.default_rng(0).normal(0, 0.2, block.X.shape[0] + len(likelihood.extra))
    sums, k = likelihood.sums(summed, beta), block.X.shape[0]
    terms = likelihood.given(beta[-1]).terms(block, block.eta(beta[:k]), None)
    assert terms.value == pytest.approx(sums.value, rel=1e-12)
    np.testing.assert_allclose(block.X @ terms.score, sums.gradient[:k], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(block.X @ likelihood.residual(block, beta), sums.gradient[:k], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("options", WORDS, ids=lambda options: "-".join(options.values()))
def test_the_null_is_the_value_without_effects(options):
    likelihood, margins, block, summed = laid(options)
    beta = np.zeros(block.X.shape[0] + len(likelihood.extra))
    if likelihood.needs.clock:
        beta[0] = np.log(margins.seen_count.sum() / (margins.exposure @ margins.at_risk))
    if likelihood.needs.events_only:
        beta[0] = np.log(margins.seen_count[1] / margins.seen_count[0])
    if likelihood.extra:  # the size is at its best for the null
        values = [likelihood.sums(summed, np.append(beta[:-1], size)).value for size in np.linspace(-6, 15, 2001)]
        assert likelihood.null(margins) == pytest.approx(max(values), abs=1e-4)
    else:
        value = likelihood.sums(summed, beta).value + likelihood.constant(margins)
        assert likelihood.null(margins) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("options", WORDS, ids=lambda options: "-".join(options.values()))
def test_a_worker_can_be_handed_it(options):
    likelihood, _, block, summed = laid(options)
    likelihood = likelihood.given(0.5)
    back, beta = pickle.loads(pickle.dumps(likelihood)), np.full(block.X.shape[0] + len(likelihood.extra), 0.1)
    assert back.sums(summed, beta).value == likelihood.sums(summed, beta).value
    eta = block.eta(beta[: block.X.shape[0]])
    assert back.terms(block, eta.copy(), None).value == likelihood.terms(block, eta.copy(), None).value


def test_the_chance_of_so_many_or_fewer_is_scipys():
    y, mu = np.array([0.0, 1.0, 4.0]), np.array([0.3, 2.0, 1.5])
    of = {
        "poisson": lambda k: stats.poisson.cdf(k, mu),
        "nb2": lambda k: stats.nbinom.cdf(k, 0.7, 0.7 / (0.7 + mu)),
    }
    for counts, cdf in of.items():
        upper, lower = laid({"likelihood": "rate", "counts": counts})[0].cumulative(y, mu, np.array([np.log(0.7)]))
        np.testing.assert_allclose(upper, cdf(y), rtol=1e-12)
        np.testing.assert_allclose(lower, cdf(y - 1), rtol=1e-12)


def test_ties_say_nothing_where_nothing_is_shared():
    """A word about simultaneous events refuses no likelihood that has no denominator."""
    asked = {"likelihood": "interval", "random": "dyad"}
    plain, tied = (lynchpin.rem(STREAM, "inertia(4)", ties=ties, **asked) for ties in ("breslow", "efron"))
    np.testing.assert_array_equal(plain.estimate, tied.estimate)


def test_separation_of_counts_with_a_size_is_looked_for_without_it():
    """The size is no coefficient: a direction without a top is one of the means alone."""
    burst = np.repeat(np.arange(STREAM.count), np.random.default_rng(3).geometric(0.4, STREAM.count))
    columns = {name: getattr(STREAM, name)[burst] for name in ("when", "src", "dst", "kind", "weight")}
    quiet = replace(STREAM, actors=(*STREAM.actors, "Q"), **columns)
    never = pl.DataFrame({"sender": ["Q", "A"], "receiver": ["A", "Q"], "value": [1.0, 1.0]})
    with pytest.raises(lynchpin.LynchpinError, match="predicts the events without fail") as caught:
        lynchpin.rem(quiet, "inertia(4) tie(x, absent=0)", covariates={"x": never}, likelihood="rate", counts="nb2")
    assert caught.value.where == "tie(x)"
