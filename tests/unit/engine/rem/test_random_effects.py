"""Effects of senders, receivers and dyads: by differences, by a plain reference, and planted ones found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import lynchpin
from helpers.plain_random_effects import Plain
from helpers.relational_plain import crowded_stream
from lynchpin.engine.likelihoods.laplace import Factored
from lynchpin.engine.likelihoods.pooled import few
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.events import EventStream
from lynchpin.engine.rem.fit import fit_request
from lynchpin.engine.rem.problem import levels_of, prepare
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.work import Work

STREAM = crowded_stream(11, events=120, actors=5, days=40)
SETS = [("sender", "receiver"), ("dyad",), ("sender", "receiver", "dyad")]
KINDS = [
    {"likelihood": "ordinal"},
    {"likelihood": "ordinal", "ties": "efron"},
    {"likelihood": "interval"},
    {"likelihood": "rate"},
    {"likelihood": "rate", "counts": "nb2"},
]


def read(random, stream=STREAM, **options):
    request = Request(terms=parse_effects("inertia(4) otp(4)"), random=random, **options)
    problem = prepare(request, stream)
    levels = levels_of(problem)
    return Work(problem.features, problem.plan, request.model, levels=levels), levels


def whole(sums, levels):
    """The information, written down."""
    k = len(sums.fixed)
    out = np.zeros((k + levels.effects, k + levels.effects))
    out[:k, :k], out[:k, k:], out[k:, :k] = sums.fixed, sums.cross, sums.cross.T
    out[k:, k:] = sums.actors if not levels.has_dyads else -sums.vectors.T @ sums.vectors
    for a in levels.ends() if levels.has_dyads else []:
        for b in levels.ends():
            np.add.at(out, (k + a, k + b), sums.by_dyad)
    return out


@pytest.mark.parametrize("random", SETS, ids="-".join)
@pytest.mark.parametrize("options", KINDS, ids=lambda o: "-".join(o.values()))
def test_derivatives_and_solving(options, random):
    stream = often(crowded_stream(11, events=20, actors=5, days=12), 0.6) if "ties" in options else STREAM
    work, levels = read(random, stream, **options)
    rng, h = np.random.default_rng(0), 1e-5
    at = rng.normal(0, 0.3, 2 + options["likelihood"].startswith(("interval", "rate")) + levels.effects)
    k, here = at.size - levels.effects, work.pooled(at, 0.3)
    H = whole(here, levels)
    for a in range(0, at.size, 3):
        move = h * np.eye(at.size)[a]
        up, down = work.pooled(at + move, 0.3), work.pooled(at - move, 0.3)
        assert (up.value - down.value) / (2 * h) == pytest.approx(here.gradient[a], rel=1e-6, abs=1e-5)
        np.testing.assert_allclose((down.gradient - up.gradient) / (2 * h), H[a], rtol=1e-5, atol=1e-4)
    prior = np.exp(rng.normal(0, 1, at.size))
    found, inverse = Factored(here, levels, prior), np.linalg.inv(H + np.diag(prior))
    np.testing.assert_allclose(found.step(here.gradient), inverse @ here.gradient, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(found.covariance, inverse[:k, :k], rtol=1e-8)
    np.testing.assert_allclose(found.effect_variance(), np.diag(inverse)[k:], rtol=1e-8)
    assert found.log_det == pytest.approx(np.linalg.slogdet((H + np.diag(prior))[k:, k:])[1], rel=1e-10)


@pytest.mark.parametrize("random", SETS, ids="-".join)
@pytest.mark.parametrize("likelihood", ["ordinal", "ordinal efron", "interval", "rate"])
def test_idle_dyads_summed_through_actors_are_summed_right(monkeypatch, likelihood, random):
    """Fading memory, so that most dyads are idle; products of actors' numbers, and what dies with a dyad."""
    from lynchpin.engine.rem import idle

    stream = crowded_stream(3, events=40, actors=9, days=60)
    text = "inertia(0.3) outdegreeSender(20) indegreeReceiver(9,scale=log1p)"
    name, *ties = likelihood.split()
    request = Request(terms=parse_effects(text), likelihood=name, ties=ties[0] if ties else "breslow", random=random)
    problem = prepare(request, often(stream, 0.7))
    levels, task = levels_of(problem), request.model
    plain = Work(problem.features, problem.plan, task, levels=levels)
    monkeypatch.setattr(idle, "SHARED_ROWS", 0)
    monkeypatch.setattr(idle, "_MOST_LIVE", 9.0)
    shared = Work(problem.features, problem.plan, task, levels=levels, share_idle=True)
    assert shared.shards[0].live is not None and plain.shards[0].live is None
    at = np.random.default_rng(1).normal(0, 0.4, problem.features.columns + levels.effects)
    a, b = plain.pooled(at, 0.0), shared.pooled(at, 0.0)
    assert b.value == pytest.approx(a.value, rel=1e-12)
    np.testing.assert_allclose(b.gradient, a.gradient, atol=1e-9)
    np.testing.assert_allclose(b.fixed, a.fixed, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(b.cross, a.cross, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(whole(b, levels), whole(a, levels), atol=1e-9)


def test_merged_vectors_take_no_more_off_than_there_is():
    """They keep the direction in which all effects rise together."""
    V = np.random.default_rng(0).dirichlet(np.ones(12), 37)
    fewer = few(V, 5)
    assert len(fewer) <= 5
    assert np.linalg.eigvalsh(V.T @ V - fewer.T @ fewer).min() > -1e-12
    assert (fewer.sum(axis=1) ** 2).sum() == pytest.approx((V.sum(axis=1) ** 2).sum())
    np.testing.assert_allclose(few(np.tile(V[:1], (8, 1)), 1), np.sqrt(8) * V[:1])


def favoured(seed=2, *, bursts=False):
    """Four actors; some dyads act more, some more often talk."""
    rng = np.random.default_rng(seed)
    w = np.exp(rng.normal(0, 1.2, (4, 4)))
    np.fill_diagonal(w, 0.0)
    d = rng.choice(16, 60, p=w.ravel() / w.sum())
    talk = rng.random(60) < 1.0 / (1.0 + np.exp(-rng.normal(0, 2.0, 16)[d]))
    ends = {"src": d // 4, "dst": d % 4, "kind": talk}
    stream = replace(
        crowded_stream(seed, events=60, actors=4, days=20), **{k: v.astype(np.int32) for k, v in ends.items()}
    )
    return often(stream, 0.35) if bursts else stream


def often(stream, chance):
    again = np.repeat(np.arange(stream.count), np.random.default_rng(2).geometric(chance, stream.count))
    return replace(stream, **{c: getattr(stream, c)[again] for c in ("when", "src", "dst", "kind", "weight")})


SLOW = pytest.mark.slow
REFERENCE = [
    ("ordinal", {}, ("dyad",)),
    pytest.param("ordinal", {}, ("sender", "receiver"), marks=SLOW),
    pytest.param("ordinal", {"ties": "efron"}, ("dyad",), marks=SLOW),
    ("ordinal", {"ties": "efron"}, ("sender", "receiver")),
    pytest.param("interval", {}, ("sender", "dyad"), marks=SLOW),
    ("interval", {}, ("sender",)),
    ("choice", {}, ("receiver",)),
    pytest.param("rate", {}, ("dyad",), marks=SLOW),
    pytest.param("rate", {"counts": "nb2"}, ("dyad",), marks=SLOW),
    ("rate", {"counts": "nb2"}, ("sender",)),
    ("type", {}, ("dyad",)),
    pytest.param("type", {}, ("sender", "receiver"), marks=SLOW),
]


@pytest.mark.parametrize(("likelihood", "options", "random"), REFERENCE)
def test_the_integrated_likelihood_is_that_of_plain_loops(likelihood, options, random):
    """Its value is, and coefficients and standard deviations are where it is highest."""
    nb2 = options.get("counts") == "nb2"
    stream = favoured(bursts=nb2)
    found = lynchpin.rem(stream, "reciprocity(4)", likelihood=likelihood, random=random, **options)
    beta = found.estimate[:-1] if nb2 else found.estimate
    sd = np.array([max(factor.sd, 1e-3) for factor in found.random])
    size = np.exp(found.estimate[-1]) if nb2 else None
    plain = Plain(stream, likelihood, random, ("reciprocity",), ties=options.get("ties", "breslow"), size=size)
    top = plain.marginal(beta, sd)
    assert found.log_likelihood == pytest.approx(top, abs=2e-5)
    for a in range(beta.size):
        for sign in (-1, 1):
            assert plain.marginal(beta + sign * 0.3 * found.se[a] * np.eye(beta.size)[a], sd) < top
    for f, factor in enumerate(found.random):
        assert factor.lower <= factor.sd <= factor.upper
        for times in (0.8, 1.25) if factor.sd else (10.0,):
            assert plain.marginal(beta, np.where(np.arange(sd.size) == f, sd * times, sd)) < top


def test_the_interval_is_where_the_integrated_likelihood_has_dropped():
    stream = favoured()
    found = lynchpin.rem(stream, "reciprocity(4)", random="dyad")
    plain = Plain(stream, "ordinal", ("dyad",), ("reciprocity",))
    (factor,) = found.random
    for end in (factor.lower, factor.upper):
        low, mid, high = (plain.marginal(found.estimate + m * found.se, [end]) for m in (-0.5, 0.0, 0.5))
        best = mid + (high - low) ** 2 / (8.0 * (2.0 * mid - low - high))  # of the parabola: coefficients follow
        assert found.log_likelihood - best == pytest.approx(1.3528, abs=0.05)


def planted(likelihood, sd, rng, *, actors=16, size=None, steps=60):
    """A record in which dyads differ by a normal of that standard deviation, and nothing else matters."""
    off = ~np.eye(actors, dtype=bool)
    u = rng.normal(0, sd, (actors, actors))
    if likelihood == "rate":
        mu = np.where(off, np.exp(-2.5 + u), 0.0)
        y = np.array(
            [rng.poisson(mu * (1.0 if size is None else rng.gamma(size, 1 / size, mu.shape))) for _ in range(steps)]
        )
        t, i, j = np.nonzero(y)
        again = np.repeat(np.arange(t.size), y[t, i, j])
        when, src, dst = t[again].astype(float), i[again], j[again]
    else:
        w = np.where(off, np.exp(u), 0.0)
        src, dst = np.divmod(rng.choice(w.size, 1500, p=(w / w.sum()).ravel()), actors)
        when = np.arange(1500.0) // 3
    parts = [when, src.astype(np.int32), dst.astype(np.int32), np.zeros(when.size, np.int32), np.ones(when.size)]
    return EventStream(*parts, tuple("ABCDEFGHIJKLMNOP"[:actors]), ("",), False), u[off]


@pytest.mark.parametrize(("likelihood", "size"), [("ordinal", None), ("interval", None), ("rate", None), ("rate", 0.8)])
def test_planted_effects_of_dyads_are_found(likelihood, size):
    stream, u = planted(likelihood, 0.8, np.random.default_rng(7), size=size)
    counts = "poisson" if size is None else "nb2"
    found = lynchpin.rem(stream, "reciprocity(20)", likelihood=likelihood, counts=counts, random="dyad", start=0.0)
    (factor,) = found.random
    assert factor.lower < u.std() < factor.upper
    assert factor.sd == pytest.approx(u.std(), abs=0.12)
    assert np.corrcoef(factor.effect, u)[0, 1] > 0.8
    off = (factor.effect - factor.effect.mean() - u + u.mean()) / factor.se
    assert 0.84 < float((np.abs(off) < 1.645).mean()) < 0.96
    assert abs(found.estimate[0 if likelihood == "ordinal" else 1]) < 3 * found.se[0 if likelihood == "ordinal" else 1]


@SLOW
@pytest.mark.parametrize(("likelihood", "size"), [("ordinal", None), ("interval", None), ("rate", None), ("rate", 0.8)])
def test_intervals_of_the_standard_deviation_cover(likelihood, size):
    """Sixty records: the mean is near the truth (Laplace's is a little low), and nine in ten intervals hold it."""
    widths, held, counts = [], 0, "poisson" if size is None else "nb2"
    for seed in range(60):
        stream, _ = planted(likelihood, 0.8, np.random.default_rng([seed, 77]), size=size, actors=12)
        (factor,) = lynchpin.rem(
            stream, "reciprocity(20,scale=log1p)", likelihood=likelihood, counts=counts, random="dyad", start=0.0
        ).random
        widths.append(factor.sd)
        held += factor.lower <= 0.8 <= factor.upper
    assert np.mean(widths) == pytest.approx(0.8, abs=0.025 + 3 * np.std(widths) / np.sqrt(60))
    assert 48 <= held <= 60


def test_planted_effects_of_actors_are_found():
    """Senders differ by a standard deviation of 0.8, receivers by none; for every likelihood that can tell."""
    rng, n = np.random.default_rng(4), 16
    u = rng.normal(0, 0.8, n)
    w = np.exp(u)[:, None] * ~np.eye(n, dtype=bool)
    src, dst = np.divmod(rng.choice(n * n, 1200, p=(w / w.sum()).ravel()), n)
    when, ones = np.arange(1200.0) // 5, np.ones(1200)
    kind = (rng.random(1200) < 1 / (1 + np.exp(-u[src]))).astype(np.int32)
    three = np.where(rng.random(1200) < 0.3, 2, kind).astype(np.int32)
    stream = EventStream(
        when, src.astype(np.int32), dst.astype(np.int32), kind, ones, tuple(map(str, range(n))), ("a", "b"), False
    )
    for options in ({}, {"ties": "efron"}, {"likelihood": "interval"}, {"likelihood": "rate"}, {"likelihood": "type"}):
        found = lynchpin.rem(stream, "reciprocity(20)", pool=True, **options)
        senders, receivers = found.random
        assert senders.sd == pytest.approx(u.std(), abs=0.17) and senders.lower < u.std() < senders.upper
        assert receivers.sd < 0.15
        assert np.corrcoef(senders.effect, u)[0, 1] > 0.9
        assert abs(found.estimate[-1]) < 3 * found.se[-1]
    senders, receivers = lynchpin.rem(
        replace(stream, kind=three, kinds=("a", "b", "c")), "reciprocity(20)", likelihood="type", pool=True
    ).random
    assert senders.type[:1] + senders.type[-1:] == ("b", "c") and senders.effect.size == 2 * n
    assert np.corrcoef(senders.effect[:n], u)[0, 1] > 0.9
    turned = replace(stream, src=stream.dst, dst=stream.src)
    (receivers,) = lynchpin.rem(turned, "reciprocity(20)", likelihood="choice", pool=True).random
    assert receivers.of == "receiver" and receivers.sd == pytest.approx(u.std(), abs=0.17)


def test_two_types_as_a_choice_are_two_types():
    """Types beyond two are fitted as a choice among them; with two, that must be the logistic regression."""
    from lynchpin.engine.likelihoods import multinomial, pooled
    from lynchpin.engine.likelihoods.levels import Levels
    from lynchpin.engine.likelihoods.multinomial import TypedEvents

    rng = np.random.default_rng(0)
    X, of, dyad = (
        np.stack([np.ones(40), rng.normal(size=40)]),
        rng.integers(0, 2, 40),
        rng.integers(0, 3, 40).astype(np.int32),
    )
    levels = Levels(("sender",), np.array([0, 0, 1], np.int32), np.array([1, 2, 0], np.int32), 3)
    block = multinomial.block_of(TypedEvents(X, of), dyad, 3)
    at = rng.normal(size=5)
    two = pooled.sums(block, at, levels, multinomial.terms)
    wide = multinomial.block_of(TypedEvents(X, np.append(of[:-1], 2)), dyad, 3)  # a third type for the last event
    three = pooled.sums(
        wide, np.concatenate([at[:2], [-50.0, 0], at[2:], [-50.0, 0, 0]]), levels.copies(2), multinomial.terms
    )
    keep = [0, 1, 4, 5, 6]
    less = pooled.sums(
        multinomial.block_of(TypedEvents(X[:, :-1], of[:-1]), dyad[:-1], 3), at, levels, multinomial.terms
    )
    assert two.value < less.value
    np.testing.assert_allclose(three.gradient[keep], less.gradient - _last(X, dyad, at), atol=1e-6)


def _last(X, dyad, at):
    """What the last event says against the first two types' second: its chance times its columns."""
    p = 1.0 / (1.0 + np.exp(-(X[:, -1] @ at[:2] + (at[2] if dyad[-1] < 2 else at[3]))))
    z = np.array([dyad[-1] < 2, dyad[-1] == 2, False], float)
    return p * np.concatenate([X[:, -1], z])


def test_without_difference_it_is_the_plain_likelihood():
    """Where dyads do not differ, the standard deviation is none and the coefficients are those of a plain fit."""
    for likelihood in ("ordinal", "rate"):
        plain = lynchpin.rem(STREAM, "reciprocity(9)", likelihood=likelihood)
        found = lynchpin.rem(STREAM, "reciprocity(9)", likelihood=likelihood, random=["sender"])
        assert found.random[0].sd == found.random[0].lower == 0.0 < found.random[0].upper
        np.testing.assert_allclose(found.estimate, plain.estimate, rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(found.se, plain.se, rtol=1e-3)
        assert found.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-3)


def test_the_coefficient_that_does_not_settle_is_named(monkeypatch):
    from lynchpin.engine.likelihoods.effects import Standing

    monkeypatch.setattr(Standing, "lean", lambda self, theta: np.array([0.0, 0.1, 0.5]))
    with pytest.raises(lynchpin.LynchpinError, match="do not settle") as caught:
        lynchpin.rem(STREAM, "inertia(4) reciprocity(4) otp(4)", random="sender")
    assert caught.value.where == "otp"


def test_blocks_shards_and_order_change_nothing(monkeypatch):
    from lynchpin.engine.rem import work

    asked = Request(terms=parse_effects("inertia(4)"), random=("sender", "dyad"), likelihood="rate")
    whole = fit_request(asked, STREAM)
    monkeypatch.setattr(work, "BLOCK_NUMBERS", 300)
    cut = fit_request(asked, STREAM)
    problem = prepare(asked, STREAM)
    backwards = range(len(work.cut(problem.features, problem.plan, 0)) - 1, -1, -1)
    assert len(backwards) > 3
    np.testing.assert_allclose(cut.estimate, whole.estimate, rtol=1e-6)
    np.testing.assert_array_equal(fit_request(asked, STREAM, order=backwards).estimate, cut.estimate)


@SLOW
def test_a_half_life_is_fitted_beside_random_effects():
    found = lynchpin.rem(
        crowded_stream(9, events=200, actors=6, days=60), "reciprocity", half_life="fit", random="dyad"
    )
    low, high = found.half_life_interval
    assert low <= found.request.terms[0].effects[0].half_life <= high
    assert found.random[0].effect.size == 30


def test_saved_predicted_and_shown(tmp_path):
    asked = {"random": "sender dyad"}
    past, late = STREAM.before(30.0), STREAM.when >= 30.0
    found = lynchpin.rem(past, "inertia(4)", **asked)
    back = lynchpin.load_rem(found.save(tmp_path / "f.npz"))
    assert back.random_frame().equals(found.random_frame())
    assert found.random_frame().columns == ["of", "sender", "receiver", "type", "effect", "se"]
    assert found.random_frame().height == 5 + 20
    new = replace(STREAM, **{c: getattr(STREAM, c)[late] for c in ("when", "src", "dst", "kind", "weight")})
    assert back.predict(new).equals(found.predict(new))
    assert "Random effects of" in found.summary() and "Laplace" in found.summary()
    plain = lynchpin.rem(past, "inertia(4)")
    assert found.check().surprise <= plain.check().surprise + 1e-6
    assert found.aic == pytest.approx(-2 * found.log_likelihood + 2 * 3)
    assert plain.random_frame().height == 0


@pytest.mark.parametrize("likelihood", ["ordinal", "rate"])
def test_separation_is_refused_under_random_effects_too(likelihood):
    import polars as pl

    quiet = replace(STREAM, actors=(*STREAM.actors, "Q"))
    never = pl.DataFrame({"sender": ["Q", "A"], "receiver": ["A", "Q"], "value": [1.0, 1.0]})
    with pytest.raises(lynchpin.LynchpinError, match="predicts the events without fail"):
        lynchpin.rem(quiet, "tie(x, absent=0)", covariates={"x": never}, likelihood=likelihood, random="receiver")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"likelihood": "choice", "random": "sender"}, "same for all its receivers"),
        ({"likelihood": "choice", "random": "dyad"}, "no effects of dyads"),
        ({"cluster": "dyad", "random": "sender"}, "plain errors"),
        ({"random": "diad"}, "no random effect 'diad'"),
        ({"random": "dyad", "controls": 3}, "everyone at risk"),
        ({"random": "sender", "ties": "exact"}, "exact ties have no random effects"),
        ({"random": "receiver", "risk_set": "senders"}, "only senders"),
    ],
)
def test_what_does_not_go_together_is_refused(options, says):
    with pytest.raises(lynchpin.LynchpinError, match=says):
        lynchpin.rem(often(STREAM, 0.5), "outdegreeSender" if "risk_set" in options else "inertia", **options)
