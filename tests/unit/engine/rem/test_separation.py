"""An estimate that runs off is refused by name, whether fast or slowly; a large finite one is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog

import lynchpin
from helpers.relational_plain import HALF_LIFE, crowded_stream, plain_columns
from lynchpin.engine.rem.events import EventStream
from lynchpin.errors import DidNotConverge

ACTORS = "ABCDEF"
PAIRS = [(i, j) for i in range(6) for j in range(6) if i != j]


def stream_of_pairs(pairs, kind=None, when=None):
    src, dst = np.array(pairs, np.int32).T
    return EventStream(
        np.arange(len(pairs), dtype=float) if when is None else when,
        src,
        dst,
        np.zeros(len(pairs), np.int32) if kind is None else kind.astype(np.int32),
        np.ones(len(pairs)),
        tuple(ACTORS),
        ("clash", "talk"),
        False,
    )


def drawn(events, seed, but=()):
    """Events of random dyads, some dyads left out."""
    can = [pair for pair in PAIRS if pair not in but]
    return [can[k] for k in np.random.default_rng(seed).integers(0, len(can), events)]


def of_dyads(values):
    """A covariate of dyads; 0 where none is given."""
    rows = [(ACTORS[i], ACTORS[j], float(values.get((i, j), 0.0))) for i, j in PAIRS]
    return pl.DataFrame(rows, schema=["sender", "receiver", "value"], orient="row")


NOISE = dict(zip(PAIRS, np.random.default_rng(5).normal(size=30), strict=True))


def refused(stream, effects, likelihood, **covariates):
    with pytest.raises(DidNotConverge, match="without fail") as error:
        lynchpin.rem(stream, effects, likelihood=likelihood, covariates=covariates)
    return error.value


@pytest.mark.parametrize("likelihood", ["ordinal", "choice", "interval", "rate"])
def test_a_dyad_that_never_acts(likelihood):
    """Quasi-separation: most comparisons say nothing against a finite estimate of the noise."""
    quiet = (0, 1)
    error = refused(
        stream_of_pairs(drawn(300, 1, but=[quiet])),
        "tie(x) tie(y)",
        likelihood,
        x=of_dyads({quiet: 1.0}),
        y=of_dyads(NOISE),
    )
    assert error.where == "tie(x)" and "-infinity" in error.what and "ridge" in error.mend


@pytest.mark.parametrize("spread", ["crowded", "heavy"])
@pytest.mark.parametrize("likelihood", ["ordinal", "choice"])
def test_always_the_highest(likelihood, spread):
    """Full separation, and slow: the runner-up may be as near as it likes, so each step only moves on by a share."""
    rng = np.random.default_rng(3)
    values = rng.uniform(size=30) ** 3 if spread == "crowded" else np.exp(rng.normal(0.0, 6.0, size=30))
    height = {pair: float(value) for pair, value in zip(PAIRS, values, strict=True)}
    if likelihood == "choice":
        best = [max((p for p in PAIRS if p[0] == s), key=lambda p: height[p]) for s in rng.integers(0, 6, 200)]
    else:
        best = [max(height, key=lambda p: height[p])] * 200
    error = refused(stream_of_pairs(best), "tie(x) tie(y)", likelihood, x=of_dyads(height), y=of_dyads(NOISE))
    assert error.where == "tie(x)" and "+infinity" in error.what


@pytest.mark.parametrize("likelihood", ["ordinal", "choice", "interval", "rate"])
def test_a_rare_effect_among_very_many_events(likelihood):
    """So rare, and the climb of so many events so short, that its standard error looks harmless."""
    quiet = (0, 1)
    pairs = drawn(120_000, 4, but=[quiet])
    when = np.sort(np.random.default_rng(4).integers(0, 300, len(pairs))).astype(float)
    stream = replace(stream_of_pairs(pairs, when=when), actors=(*ACTORS, *(f"Q{k}" for k in range(30))))
    error = refused(
        stream, "tie(x, absent=0) tie(y, absent=0)", likelihood, x=of_dyads({quiet: 1e-3}), y=of_dyads(NOISE)
    )
    assert error.where == "tie(x)"


def test_a_sum_of_effects():
    """Neither alone, and both together: who acts has the highest sum, and often not the highest of either."""
    rng = np.random.default_rng(7)
    a = {pair: float(value) for pair, value in zip(PAIRS, rng.normal(size=30), strict=True)}
    b = {pair: -a[pair] + 0.1 * float(rng.uniform()) for pair in PAIRS}
    best = [max((p for p in PAIRS if p[0] == s), key=lambda p: a[p] + b[p]) for s in rng.integers(0, 6, 100)]
    error = refused(
        stream_of_pairs(best), "tie(a) tie(b) tie(y)", "choice", a=of_dyads(a), b=of_dyads(b), y=of_dyads(NOISE)
    )
    assert error.where == "tie(a), tie(b)" and "a sum of effects" in error.what


@pytest.mark.parametrize("share", [1.0, 0.2])
def test_types_told_by_the_sender(share):
    """Full: one sender's talk is all there is. Quasi: it talks on a fifth of days only, and nobody else ever does."""
    pairs, rng = drawn(200, 8), np.random.default_rng(8)
    from_a = np.array([i == 0 for i, _ in pairs])
    error = refused(
        stream_of_pairs(pairs, kind=from_a & (rng.random(200) < share)),
        "send(x) receive(y)",
        "type",
        x=pl.DataFrame({"actor": list(ACTORS), "value": [1.0, 0, 0, 0, 0, 0]}),
        y=pl.DataFrame({"actor": list(ACTORS), "value": [0.3, 0.1, 0.4, 0.1, 0.5, 0.9]}),
    )
    assert "send(x)" in error.where and "receive(y)" not in error.where


@pytest.mark.parametrize("likelihood", ["ordinal", "interval", "rate", "type"])
def test_a_large_finite_effect_is_not_refused(likelihood):
    """One event in 20,000 against the effect is enough; the estimate has a closed form."""
    events, often = 20_000, (0, 1)
    if likelihood == "type":
        pairs = [often] * (events // 2) + [(2, 3)] * (events // 2)
        kind = np.arange(events) < events // 2
        kind[0], kind[-1] = False, True
        expected = 2 * np.log(events / 2 - 1)
    else:
        pairs, kind = [often] * (events - 1) + [(2, 3)], np.zeros(events)
        expected = np.log((events - 1) * 29)
    when = np.arange(events, dtype=float) // 50
    found = lynchpin.rem(
        stream_of_pairs(pairs, kind=np.array(kind), when=when),
        "tie(x)",
        likelihood=likelihood,
        start=-1.0,
        covariates={"x": of_dyads({often: 1.0})},
    )
    assert found.estimate[-1] == pytest.approx(expected, rel=1e-6)
    assert found.se[-1] == pytest.approx(np.sqrt(2.0) if likelihood == "type" else 1.0, rel=1e-3)


SHORT = {"ordinal": 12, "choice": 12, "rate": 12, "type": 20}
TEXT = {"choice": ("inertia", "reciprocity", "otp")}
USUAL = ("inertia", "reciprocity", "outdegreeSender", "otp")


def separated_by_all_comparisons(stream, likelihood):
    """The linear programme of Konis over every comparison, by plain loops."""
    names, Z = TEXT.get(likelihood, USUAL), []
    for time in np.unique(stream.when) if likelihood != "rate" else np.arange(stream.when[0], stream.when[-1] + 1):
        X = plain_columns(stream, time, names)
        if likelihood in ("rate", "type"):
            X = np.concatenate([np.ones((*X.shape[:2], 1)), X], axis=2)
        now = stream.when == time
        acts = list(zip(stream.src[now], stream.dst[now], stream.kind[now], strict=True))
        if likelihood == "rate":
            Z += [-X[pair] for pair in PAIRS] + [X[i, j] for i, j, _ in acts]
        for i, j, kind in acts:
            if likelihood == "type":
                Z.append(X[i, j] if kind else -X[i, j])
            elif likelihood != "rate":
                Z += [X[i, j] - X[pair] for pair in PAIRS if likelihood == "ordinal" or pair[0] == i]
    Z = np.array(Z)
    best = linprog(-Z.sum(axis=0), A_ub=-Z, b_ub=np.zeros(len(Z)), bounds=(-1.0, 1.0))
    return -best.fun > 1e-6


@pytest.mark.parametrize("likelihood", ["ordinal", "choice", "rate", "type"])
def test_the_verdict_is_that_of_all_comparisons(likelihood):
    """On records so short that about half are separated."""
    verdicts = []
    for seed in range(40):
        stream = crowded_stream(seed, events=SHORT[likelihood], days=12)
        try:
            found = lynchpin.rem(
                stream, " ".join(TEXT.get(likelihood, USUAL)), likelihood=likelihood, half_life=HALF_LIFE
            )
            verdict = False
            assert np.isfinite(found.se).all()
        except DidNotConverge as error:
            if "without fail" not in error.what:
                continue  # a column never varies, or is a sum of others
            verdict = True
        verdicts.append(verdict)
        assert verdict == separated_by_all_comparisons(stream, likelihood), seed
    assert 4 <= sum(verdicts) <= len(verdicts) - 4


def test_a_ridge_mends_it():
    quiet = (0, 1)
    covariates = {"x": of_dyads({quiet: 1.0})}
    stream = stream_of_pairs(drawn(300, 1, but=[quiet]))
    found = lynchpin.rem(stream, "tie(x)", covariates=covariates, ridge=1.0)
    assert -10 < found.estimate[0] < -1


@pytest.mark.parametrize(
    ("likelihood", "factor"), [("ordinal", "sender"), ("rate", "dyad"), ("choice", "receiver"), ("type", "receiver")]
)
def test_effects_of_actors_hide_nothing(likelihood, factor):
    quiet, rng = (0, 1), np.random.default_rng(9)
    pairs = drawn(300, 1, but=[quiet])
    kind = np.array([i != 0 and rng.random() < 0.5 for i, _ in pairs])
    covariates = {
        "x": of_dyads({(0, j): 1.0 for j in range(1, 6)} if likelihood == "type" else {quiet: 1.0}),
        "y": of_dyads(NOISE),
    }
    with pytest.raises(DidNotConverge, match="without fail") as error:
        lynchpin.rem(
            stream_of_pairs(pairs, kind=kind),
            "tie(x) tie(y)",
            likelihood=likelihood,
            random=factor,
            covariates=covariates,
        )
    assert "tie(x)" in error.value.where


def test_a_half_life_that_cannot_be_fitted_says_why():
    quiet = (0, 1)
    pairs, when = drawn(300, 1, but=[quiet]), np.arange(300.0) // 5
    with pytest.raises(DidNotConverge, match=r"no half-life .* tie\(x\) predicts the events without fail"):
        lynchpin.rem(
            stream_of_pairs(pairs, when=when),
            "inertia tie(x)",
            half_life="fit",
            covariates={"x": of_dyads({quiet: 1.0})},
        )


def test_workers_and_idle_dyads_change_no_verdict(monkeypatch):
    """Idle dyads are summed through their actors, and are looked at one by one all the same."""
    from concurrent.futures import ThreadPoolExecutor

    from lynchpin.engine.rem import idle

    monkeypatch.setattr(idle, "SHARED_ROWS", 0)
    stream = replace(stream_of_pairs([(0, 1), (1, 0)] * 40), actors=(*ACTORS, *(f"Q{k}" for k in range(30))))
    with ThreadPoolExecutor(2) as pool, pytest.raises(DidNotConverge, match="without fail") as error:
        lynchpin.rem(stream, "inertia(2) indegreeReceiver(2)", first=2, executor=pool)
    assert "inertia" in error.value.where
