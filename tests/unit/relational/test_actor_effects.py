"""Effects of senders and receivers: derivatives by differences, and planted effects found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from relational_plain import crowded_stream

import lynchpin
from lynchpin.relational.effects import parse_effects
from lynchpin.relational.events import EventStream
from lynchpin.relational.fit import likelihood_of, prepare
from lynchpin.relational.request import Request
from lynchpin.relational.work import Work

STREAM = crowded_stream(11, events=120, actors=5, days=40)


@pytest.mark.parametrize("likelihood", ["ordinal", "interval", "rate"])
def test_derivatives(likelihood):
    problem = prepare(Request(terms=parse_effects("inertia(4) otp(4)"), likelihood=likelihood, pool=True), STREAM)
    work = Work(problem.features, problem.plan, likelihood_of(problem.request, 5))
    size = problem.features.columns + 10
    at, h = np.random.default_rng(0).normal(0, 0.3, size), 1e-5
    here = work.sums(at)
    for a in range(size):
        up, down = work.sums(at + h * np.eye(size)[a]), work.sums(at - h * np.eye(size)[a])
        assert (up.value - down.value) / (2 * h) == pytest.approx(here.gradient[a], rel=1e-6, abs=1e-5)
        np.testing.assert_allclose((down.gradient - up.gradient) / (2 * h), here.information[a], rtol=1e-5, atol=1e-4)


def test_without_effects_it_is_the_plain_likelihood():
    for likelihood in ("ordinal", "interval"):
        request = Request(terms=parse_effects("inertia(4) otp(4)"), likelihood=likelihood)
        problem = prepare(request, STREAM)
        beta = np.full(problem.features.columns, 0.1)
        plain = Work(problem.features, problem.plan, likelihood_of(request)).sums(beta)
        pooled = Work(problem.features, problem.plan, likelihood_of(replace(request, pool=True), 5))
        both = pooled.sums(np.concatenate([beta, np.zeros(10)]))
        k = beta.size
        assert both.value == pytest.approx(plain.value, rel=1e-12)
        np.testing.assert_allclose(both.information[:k, :k], plain.information, rtol=1e-9)


def test_planted_effects_are_found():
    """Senders differ by a standard deviation of 0.8, receivers by none."""
    rng, n = np.random.default_rng(4), 25
    u = rng.normal(0, 0.8, n)
    w = np.exp(u)[:, None] * ~np.eye(n, dtype=bool)
    src, dst = np.divmod(rng.choice(n * n, 2500, p=(w / w.sum()).ravel()), n)
    when, ones = np.arange(2500.0) // 5, np.ones(2500)
    stream = EventStream(
        when,
        src.astype(np.int32),
        dst.astype(np.int32),
        np.zeros(2500, np.int32),
        ones,
        tuple(map(str, range(n))),
        ("",),
        False,
    )
    found = lynchpin.rem(stream, "reciprocity(20d)", pool=True)
    assert found.pooled_sd == pytest.approx((u.std(), 0.0), abs=0.15)
    assert np.corrcoef(found.pooled[0], u)[0, 1] > 0.95
    assert abs(found.estimate[0]) < 3 * found.se[0]
    assert "pooled: normal" in found.summary()
    assert found.check().surprise < lynchpin.rem(stream, "reciprocity(20d)").check().surprise


def test_saved_and_predicted(tmp_path):
    found = lynchpin.rem(STREAM.before(30.0), "inertia(4)", pool=True)
    back = lynchpin.load_rem(found.save(tmp_path / "f.npz"))
    np.testing.assert_array_equal(back.pooled, found.pooled)
    late = STREAM.when >= 30.0
    new = replace(STREAM, **{c: getattr(STREAM, c)[late] for c in ("when", "src", "dst", "kind", "weight")})
    assert back.predict(new).equals(found.predict(new))


@pytest.mark.parametrize("options", [{"likelihood": "choice"}, {"ties": "efron"}, {"cluster": "dyad"}])
def test_what_does_not_go_together_is_refused(options):
    with pytest.raises(lynchpin.LynchpinError, match="effects of actors go with"):
        lynchpin.rem(STREAM, "inertia", pool=True, **options)
