"""Every likelihood against plain loops and scipy: the value at the top, that it is the top, and its curvature."""

from __future__ import annotations

from functools import cache
from math import log

import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp

import lynchpin
from helpers.plain_interval import PlainInterval
from helpers.relational_plain import EFFECTS, HALF_LIFE, crowded_stream, plain_columns
from lynchpin.engine.likelihoods import counts, multinomial
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.problem import prepare
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.shards import blocks_of
from lynchpin.engine.rem.work import Work

TEXT = " ".join(EFFECTS)


@pytest.fixture(scope="module")
def stream():
    return crowded_stream()


def others(n):
    return [(i, j) for i in range(n) for j in range(n) if i != j]


def ordinal(stream, beta, ties):
    """Breslow's and Efron's log-likelihood, straight from the papers; Efron's of a table with a row for each event."""
    total, n = 0.0, len(stream.actors)
    for time in np.unique(stream.when):
        X = plain_columns(stream, time)
        eta = {d: float(X[d] @ beta) for d in others(n)}
        tied = [(s, r) for t, s, r in zip(stream.when, stream.src, stream.dst, strict=True) if t == time]
        whole = sum(np.exp(e) for e in eta.values())
        part = sum(np.exp(eta[d]) for d in tied)
        total += sum(eta[d] for d in tied)
        for k in range(len(tied)):
            again = part - sum(np.exp(eta[d]) for d in set(tied))
            total -= log(whole + again - k / len(tied) * part if ties == "efron" else whole)
    return total


def interval(stream, beta, ties):
    return exact(stream, plain_columns.__defaults__[0]).value(beta)


@cache
def exact(stream, names):
    """Rates followed through every wait; the first event starts the clock."""
    return PlainInterval(
        stream, lambda t: plain_columns(stream, t, names), begin=stream.when[0], counts_begin=False, panels=1
    )


def choice(stream, beta, ties):
    total, n = 0.0, len(stream.actors)
    for t, s, r in zip(stream.when, stream.src, stream.dst, strict=True):
        eta = plain_columns(stream, t)[s] @ beta
        total += eta[r] - logsumexp([eta[j] for j in range(n) if j != s])
    return total


def rate(stream, beta, ties, size=None):
    total, n = 0.0, len(stream.actors)
    for time in np.arange(stream.when[0], stream.when[-1] + 1):
        X = plain_columns(stream, time)
        for i, j in others(n):
            y = int(((stream.when == time) & (stream.src == i) & (stream.dst == j)).sum())
            mu = np.exp(beta[0] + X[i, j] @ beta[1:])
            total += stats.poisson.logpmf(y, mu) if size is None else stats.nbinom.logpmf(y, size, size / (size + mu))
    return total


CASES = [
    ("ordinal", "breslow", ordinal, TEXT),
    ("ordinal", "efron", ordinal, TEXT),
    ("interval", "breslow", interval, TEXT),
    ("choice", "breslow", choice, "inertia reciprocity otp"),
    ("rate", "breslow", rate, TEXT),
]


@pytest.mark.parametrize(
    ("likelihood", "ties", "plain", "effects"), CASES, ids=lambda x: x if isinstance(x, str) else ""
)
def test_likelihood_is_that_of_plain_loops(stream, monkeypatch, likelihood, ties, plain, effects):
    names = tuple(effects.split())
    monkeypatch.setattr(plain_columns, "__defaults__", (names,))
    found = lynchpin.rem(stream, effects, likelihood=likelihood, ties=ties, half_life=HALF_LIFE)
    at = plain(stream, found.estimate, ties)
    assert found.log_likelihood == pytest.approx(at, rel=1e-10)
    step = np.diag(found.se * 1e-3)
    up = np.array([plain(stream, found.estimate + h, ties) for h in step])
    down = np.array([plain(stream, found.estimate - h, ties) for h in step])
    assert (up < at).all() and (down < at).all()
    curvature = (2 * at - up - down) / (found.se * 1e-3) ** 2
    np.testing.assert_allclose(curvature, np.diag(np.linalg.inv(found.covariance)), rtol=1e-3)


RIDGED = [case for case in CASES if case[:2] != ("rate", "breslow")]
RIDGED += [("rate", counts, rate, "inertia reciprocity") for counts in ("poisson", "nb2")]


@pytest.mark.parametrize(
    ("likelihood", "kind_of", "plain", "effects"), RIDGED, ids=lambda x: x if isinstance(x, str) else ""
)
def test_a_ridge_is_one_rule(stream, monkeypatch, likelihood, kind_of, plain, effects):
    """At the top every coefficient's slope is the ridge's pull on it; none on the baseline and on the size of counts."""
    monkeypatch.setattr(plain_columns, "__defaults__", (tuple(effects.split()),))
    nb2 = kind_of == "nb2"
    option = {"counts": kind_of} if likelihood == "rate" else {"ties": kind_of}
    found = lynchpin.rem(
        bursts(stream) if nb2 else stream, effects, likelihood=likelihood, half_life=HALF_LIFE, ridge=20.0, **option
    )

    def value(beta):
        extra = (float(np.exp(beta[-1])),) if nb2 else ()
        return plain(bursts(stream) if nb2 else stream, beta[: len(beta) - nb2], kind_of, *extra)

    step = 1e-4 * np.eye(found.estimate.size)
    slope = np.array([(value(found.estimate + h) - value(found.estimate - h)) / 2e-4 for h in step])
    pull = 20.0 * found.estimate
    pull[[k for k, name in enumerate(found.names) if name in ("baseline", "log size")]] = 0.0
    np.testing.assert_allclose(slope, pull, atol=2e-4)
    assert np.abs(pull).max() > 0.5


def bursts(stream):
    """Counts that vary more than Poisson."""
    from dataclasses import replace

    burst = np.repeat(np.arange(stream.count), np.random.default_rng(2).geometric(0.4, stream.count))
    return replace(stream, **{c: getattr(stream, c)[burst] for c in ("when", "src", "dst", "kind", "weight")})


def test_negative_binomial_is_scipys(stream):
    bursty = bursts(stream)
    found = lynchpin.rem(bursty, TEXT, likelihood="rate", counts="nb2", half_life=HALF_LIFE)
    *beta, log_size = found.estimate
    at = rate(bursty, np.array(beta), "", np.exp(log_size))
    assert found.log_likelihood == pytest.approx(at, rel=1e-9)
    for k in range(found.estimate.size):
        for sign in (-1, 1):
            moved = found.estimate.copy()
            moved[k] += sign * 0.05 * found.se[k]
            assert rate(bursty, moved[:-1], "", np.exp(moved[-1])) < at
    assert found.null_log_likelihood < found.log_likelihood


def test_poisson_counts_are_refused_for_a_size(stream):
    quiet = lynchpin.rem(stream, "inertia", likelihood="rate", half_life=HALF_LIFE)
    assert quiet.names == ("baseline", "inertia")
    from dataclasses import replace

    once = np.unique(np.stack([stream.when, stream.src, stream.dst]), axis=1, return_index=True)[1]
    single = replace(stream, **{c: getattr(stream, c)[np.sort(once)] for c in ("when", "src", "dst", "kind", "weight")})
    with pytest.raises(lynchpin.LynchpinError, match="no more than Poisson"):
        lynchpin.rem(single, "inertia", likelihood="rate", counts="nb2", half_life=HALF_LIFE)


def test_gradients_are_those_of_the_value(stream):
    """Central differences, for the likelihoods whose gradient has parts of its own."""
    for options in ({"likelihood": "ordinal", "ties": "efron"}, {"likelihood": "rate", "counts": "nb2"}):
        request = Request(terms=parse_effects(TEXT, half_life=HALF_LIFE), **options)
        problem = prepare(request, stream)
        work = Work(problem.features, problem.plan, request.model)
        k = problem.features.columns + (options["likelihood"] == "rate")
        beta = np.linspace(-0.3, 0.4, k)
        at = work.sums(beta)
        h = 1e-6
        for a in range(k):
            step = np.eye(k)[a] * h
            up, down = work.sums(beta + step), work.sums(beta - step)
            assert (up.value - down.value) / (2 * h) == pytest.approx(at.gradient[a], rel=1e-6, abs=1e-6)
            if options["likelihood"] == "ordinal":
                np.testing.assert_allclose(
                    (down.gradient - up.gradient) / (2 * h), at.information[a], rtol=1e-5, atol=1e-5
                )


def test_type_is_a_logistic_regression(stream):
    found = lynchpin.rem(stream, TEXT, likelihood="type", half_life=HALF_LIFE)
    rows = [plain_columns(stream, t)[s, r] for t, s, r in zip(stream.when, stream.src, stream.dst, strict=True)]
    X, y = np.column_stack([np.ones(stream.count), rows]), stream.kind
    eta = X @ found.estimate
    assert found.log_likelihood == pytest.approx(float((y * eta - np.log1p(np.exp(eta))).sum()), rel=1e-12)
    p = 1 / (1 + np.exp(-eta))
    np.testing.assert_allclose(X.T @ (y - p), 0.0, atol=1e-7)
    np.testing.assert_allclose(np.linalg.inv(found.covariance), (X.T * (p * (1 - p))) @ X, rtol=1e-6)
    assert found.names[1] == "talk: inertia"


def test_three_types_have_the_gradient_of_their_value():
    rng = np.random.default_rng(0)
    X, of, beta = rng.normal(size=(3, 50)), rng.integers(0, 3, 50), rng.normal(size=6)
    at, h = multinomial.sums(multinomial.TypedEvents(X, of), beta), 1e-6
    for a in range(6):
        up, down = (
            multinomial.sums(multinomial.TypedEvents(X, of), beta + sign * h * np.eye(6)[a]) for sign in (1, -1)
        )
        assert (up.value - down.value) / (2 * h) == pytest.approx(at.gradient[a], abs=1e-6)
        np.testing.assert_allclose((down.gradient - up.gradient) / (2 * h), at.information[a], atol=1e-6)


def test_the_rate_of_unit_steps_has_the_interval_likelihood(stream):
    """One step per time point: the same top, where rates stand still within a step."""
    from dataclasses import replace

    order = np.unique(stream.when, return_inverse=True)[1].astype(float)
    even = replace(stream, when=order)
    full = "outdegreeSender inertia(window=3)"
    a = lynchpin.rem(even, full, likelihood="rate")
    b = lynchpin.rem(even, full, likelihood="interval", start=-1.0)
    np.testing.assert_allclose(a.estimate, b.estimate, rtol=1e-8)
    np.testing.assert_allclose(a.se, b.se, rtol=1e-8)
    # decay of a step is to its beginning, that of a wait, where it is held, to the time point before: a step more
    a = lynchpin.rem(even, TEXT, likelihood="rate", half_life=HALF_LIFE)
    b = lynchpin.rem(even, TEXT, likelihood="interval", half_life=HALF_LIFE, start=-1.0, decay_to="previous")
    older = np.array([1.0, *[2.0 ** (1.0 / HALF_LIFE)] * len(EFFECTS)])
    np.testing.assert_allclose(a.estimate, b.estimate * older, rtol=1e-8)
    np.testing.assert_allclose(a.se, b.se * older, rtol=1e-8)


def test_a_block_is_the_columns_of_the_references(stream):
    request = Request(terms=parse_effects(f"{TEXT} inertia:otp", half_life=HALF_LIFE))
    problem = prepare(request, stream)
    work = Work(problem.features, problem.plan, request.model)
    X = np.concatenate([block.X for shard in work.shards for block in blocks_of(shard)], axis=1)
    slow = [[plain_columns(stream, t)[d] for d in others(6)] for t in np.unique(stream.when)]
    slow = np.concatenate(slow).T
    np.testing.assert_allclose(X[:4], slow, atol=1e-12)
    np.testing.assert_allclose(X[4], slow[0] * slow[3], atol=1e-12)


def test_a_size_that_runs_off_is_an_error():
    with pytest.raises(lynchpin.LynchpinError):
        counts.sums(None, np.array([0.0, 99.0]))  # type: ignore[arg-type]
