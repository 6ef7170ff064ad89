"""Types in the risk set: what can happen is a dyad with a type; columns and likelihoods against plain loops."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest
from scipy.special import logsumexp

import lynchpin
from helpers.seeds import seeds
from lynchpin.engine.rem import idle
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.events import stream_of
from lynchpin.engine.rem.factors import with_levels
from lynchpin.engine.rem.problem import prepare
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.shards import blocks_of, row_numbers
from lynchpin.engine.rem.work import Work
from lynchpin.engine.statistics import catalogue
from lynchpin.errors import BadData, BadValue, UnknownName

KINDS = ("clash", "talk", "visit")
HALF_LIFE = 3.0
#: (statistic, type=, level of the alternative or None), as `MODEL` says it.
PLAIN = (
    ("inertia", "all", None),
    ("inertia", "same", None),
    ("reciprocity", "other", None),
    ("otp", "same", None),
    ("outdegreeSender", "same", None),
    ("indegreeReceiver", "all", "talk"),
)
MODEL = (
    "inertia inertia(type=same) reciprocity(type=other) otp(type=same) outdegreeSender(type=same) "
    "indegreeReceiver:type(level=talk)"
)


def random_events(seed, *, events=24, actors=4, kinds=3):
    """Few actors, many of one time, every type there."""
    rng = np.random.default_rng(seed)
    src = rng.integers(0, actors, events)
    dst = (src + rng.integers(1, actors, events)) % actors
    kind = np.append(np.arange(kinds), rng.integers(0, kinds, events - kinds))
    return pl.DataFrame(
        {
            "time": np.sort(rng.integers(0, 12, events)).astype(float),
            "sender": [f"a{k}" for k in src],
            "receiver": [f"a{k}" for k in dst],
            "type": [KINDS[k] for k in kind],
        }
    )


def ask(events, text, likelihood="ordinal", half_life=HALF_LIFE, **options):
    stream = stream_of(events)
    terms, _ = with_levels(parse_effects(text, half_life=half_life), {}, stream, stream.kinds)
    request = Request(terms=terms, likelihood=likelihood, typed=True, **options)
    return stream, prepare(request, stream)


def plain_values(stream, what, c, at, half_life):
    """The numbers of all dyads by the reference of their statistic, from the events that count for type c."""
    name, of_type, level = what
    n = len(stream.actors)
    if level is not None and stream.kinds[c] != level:
        return np.zeros((n, n))
    some = {"all": np.ones(stream.count, bool), "same": stream.kind == c, "other": stream.kind != c}[of_type]
    reference = catalogue()[name].reference
    return reference(stream.when[some], stream.src[some], stream.dst[some], at, n, half_life)


def alternatives(stream):
    n = len(stream.actors)
    return [(i, j, c) for i, j, c in product(range(n), range(n), range(len(stream.kinds))) if i != j]


@pytest.mark.parametrize("seed", seeds(200, 50))
def test_every_column_is_what_plain_loops_say(seed):
    stream, problem = ask(random_events(seed), MODEL)
    work, seen, tables = Work(problem.features, problem.plan, problem.request.model), 0, {}
    for shard in work.shards:
        for part, block in zip(shard.parts, blocks_of(shard), strict=True):
            rows, at = row_numbers(part), np.repeat(part.at, part.hi - part.lo)
            i, j, c = part.i[rows], part.j[rows], part.kind[rows]
            for k, what in enumerate(PLAIN):
                for time, kind in {*zip(at.tolist(), c.tolist(), strict=True)}:
                    tables[time, kind] = plain_values(stream, what, kind, time, HALF_LIFE)
                right = [
                    tables[key][a, b] for a, b, key in zip(i, j, zip(at.tolist(), c.tolist(), strict=True), strict=True)
                ]
                np.testing.assert_allclose(block.X[k], right, rtol=1e-12, atol=1e-12)
            seen += rows.size
    assert seen == problem.plan.rows == len(alternatives(stream)) * problem.plan.groups


def plain_likelihood(stream, likelihood, beta, half_life):
    """The log-likelihood by loops over everything that could have happened."""
    if likelihood == "interval":
        base, slopes = beta[0], beta[1:]
    else:
        base, slopes = 0.0, beta
    times, total = np.unique(stream.when), 0.0

    def eta(at):
        values = {c: [plain_values(stream, what, c, at, half_life) for what in PLAIN] for c in range(len(stream.kinds))}
        return {
            (i, j, c): base + sum(b * X[i, j] for b, X in zip(slopes, values[c], strict=True))
            for i, j, c in alternatives(stream)
        }

    for before, time in zip([None, *times[:-1]], times, strict=True):
        if likelihood == "interval" and before is None:
            continue
        said = eta(time)
        acts = [a for t, *a in zip(stream.when, stream.src, stream.dst, stream.kind, strict=True) if t == time]
        total += sum(said[tuple(map(int, a))] for a in acts)
        if likelihood == "interval":  # full memory: nothing moves within a wait
            total -= (time - before) * sum(np.exp(list(said.values())))
        elif likelihood == "ordinal":
            total -= len(acts) * logsumexp(list(said.values()))
        else:
            total -= sum(logsumexp([value for (i, _, _), value in said.items() if i == s]) for s, _, _ in acts)
    return total


@pytest.mark.parametrize("likelihood", ["ordinal", "interval", "choice"])
@pytest.mark.parametrize("seed", range(4))
def test_the_likelihood_is_that_of_plain_loops(likelihood, seed):
    half_life = None if likelihood == "interval" else HALF_LIFE
    stream, problem = ask(random_events(seed, events=14), MODEL, likelihood, half_life)
    beta = np.random.default_rng(seed).normal(0.0, 0.3, problem.features.columns)
    sums = Work(problem.features, problem.plan, problem.request.model).sums(beta)
    assert sums.value == pytest.approx(plain_likelihood(stream, likelihood, beta, half_life or np.inf), rel=1e-10)
    nudge = np.zeros(beta.size)
    for k in range(beta.size):
        nudge[:] = 0.0
        nudge[k] = 1e-5
        ends = [plain_likelihood(stream, likelihood, beta + s * nudge, half_life or np.inf) for s in (1, -1)]
        assert sums.gradient[k] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-5, abs=1e-5)


SHARED = "type inertia(type=same) reciprocity(type=each) outdegreeSender(type=same) indegreeReceiver otp(window=2, type=same)"


@pytest.mark.parametrize("likelihood", ["ordinal", "interval", "rate"])
@pytest.mark.parametrize("ties", ["breslow", "efron"])
def test_idle_dyads_are_summed_through_their_actors(likelihood, ties, monkeypatch):
    """Of each type apart: the same sums as with a row for every dyad, at a fraction of the rows."""
    rng = np.random.default_rng(3)
    events = random_events(3, events=60, actors=16).with_columns(
        time=pl.Series(np.sort(rng.uniform(0, 40, 60)).round(1))
    )
    options = {"ties": ties, "start": 20.0} if likelihood == "ordinal" else {"start": 20.0}
    _, problem = ask(events, SHARED, likelihood, half_life=None, **options)
    monkeypatch.setattr(idle, "_MOST_LIVE", 10.0)
    monkeypatch.setattr(idle, "SHARED_ROWS", 0)
    model = problem.request.model
    each = Work(problem.features, problem.plan, model, share_idle=False)
    shared = Work(problem.features, problem.plan, model, share_idle=True)
    assert all(shard.live is not None for shard in shared.shards)
    for scale in (0.0, 0.4):
        beta = rng.normal(0.0, scale, problem.features.columns)
        a, b = each.sums(beta), shared.sums(beta)
        assert b.value == pytest.approx(a.value, rel=1e-10)
        np.testing.assert_allclose(b.gradient, a.gradient, rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(b.information, a.information, rtol=1e-8, atol=1e-8)


def test_with_as_many_controls_as_there_are_others_it_is_the_full_risk_set():
    events = random_events(5, events=40)
    full = lynchpin.rem(events, "type inertia(type=same)", typed=True, half_life=3.0)
    for weights in ("nested", "weighted"):
        drawn = lynchpin.rem(
            events, "type inertia(type=same)", typed=True, half_life=3.0, controls=35, control_weights=weights
        )
        np.testing.assert_allclose(drawn.estimate, full.estimate, rtol=1e-6)
    few = lynchpin.rem(events, "type inertia(type=same)", typed=True, half_life=3.0, controls=5).design()
    assert set(few["type"]) == set(KINDS)
    acts = (
        few.filter(pl.col("events") > 0)
        .group_by("sender", "receiver", "type")
        .agg(pl.col("events").sum())
        .sort(pl.all())
    )
    was = events.group_by("sender", "receiver", "type").len("events").sort(pl.all())
    assert acts.select(was.columns).cast({"events": pl.UInt32}).equals(was.cast({"events": pl.UInt32}))


def test_where_types_tell_nothing_it_is_the_model_of_dyads():
    """A type is then drawn with the share that it has, whatever the dyad: the sums part."""
    events = random_events(7, events=60)
    typed = lynchpin.rem(events, "type inertia reciprocity", typed=True)
    plain = lynchpin.rem(events, "inertia reciprocity")
    np.testing.assert_allclose(typed.estimate[2:], plain.estimate, rtol=1e-6)
    share = events["type"].value_counts().sort("type")["count"].to_numpy()
    np.testing.assert_allclose(typed.estimate[:2], np.log(share[1:] / share[0]), rtol=1e-6, atol=1e-9)


def test_only_what_is_explained_is_at_risk():
    events = random_events(2, events=40)
    fit = lynchpin.rem(events, "type inertia(class=visit)", typed=True, outcome="talk|clash")
    assert fit.names == ("type(level=talk)", "inertia")
    assert set(fit.design()["type"]) == {"talk", "clash"}
    assert "full risk set of 12 dyads, each with 2 types" in fit.summary()


def test_active_dyads_are_at_risk_with_the_types_that_they_act_by():
    events = random_events(2, events=9)
    rows = lynchpin.rem(events, "outdegreeSender", typed=True, risk_set="active", ridge=1.0).design()
    found = rows.select("sender", "receiver", "type").unique().sort(pl.all())
    assert found.equals(events.select("sender", "receiver", "type").unique().sort(pl.all()))


def test_senders_with_types():
    events = random_events(4, events=30)
    fit = lynchpin.rem(events, "type outdegreeSender(type=same)", typed=True, risk_set="senders")
    assert fit.n_dyads == 4
    assert fit.design().height == 4 * 3 * events["time"].n_unique()


def test_it_is_saved_and_predicts(tmp_path):
    events = random_events(8, events=60)
    old, new = events.filter(pl.col("time") < 9), events.filter(pl.col("time") >= 9)
    fit = lynchpin.rem(old, "type inertia(type=interact)", typed=True, ridge=1.0)
    fit.save(tmp_path / "a.rem")
    again = lynchpin.load_rem(tmp_path / "a.rem").predict(new)
    assert again.equals(fit.predict(new))
    assert set(again["n_at_risk"]) == {36}
    assert (
        again["type"].to_list()
        == again.join(new, on=["time", "sender", "receiver", "type"], how="semi")["type"].to_list()
    )


def simulated(seed, beta, *, events=800, actors=7, kinds=2):
    """Who acts on whom by which type: inertia within the type and across types, with a half-life of 20 events."""
    rng, n = np.random.default_rng(seed), actors
    N, rows = np.zeros((kinds, n, n)), []
    same, other, level = beta
    for t in range(events):
        N *= 2.0 ** (-1.0 / 20.0)
        across = N.sum(axis=0) - N
        eta = same * N + other * across + level * np.arange(kinds)[:, None, None]
        eta[:, np.arange(n), np.arange(n)] = -np.inf
        p = np.exp(eta - eta.max()).ravel()
        c, i, j = np.unravel_index(rng.choice(p.size, p=p / p.sum()), eta.shape)
        rows.append((float(t), f"a{i}", f"a{j}", KINDS[c]))
        N[c, i, j] += 1.0
    return pl.DataFrame(rows, schema=["time", "sender", "receiver", "type"], orient="row")


def test_what_was_planted_is_found():
    """Within the type and across: the 99 % interval of six records' mean holds the truth."""
    truth = np.array([0.6, -0.3, 0.5])
    text = "inertia(20, type=same) inertia(20, type=other) type"
    fits = [lynchpin.rem(simulated(seed, truth), text, typed=True) for seed in range(6)]
    off = np.array([(fit.estimate - truth) / fit.se for fit in fits])
    assert (np.abs(off.mean(axis=0)) < 2.58 / np.sqrt(len(fits)) + 0.1).all(), off.mean(axis=0)
    assert 0.5 < off.std() < 1.5


@pytest.mark.parametrize(
    ("text", "options", "what"),
    [
        ("type inertia", {}, "types are not at risk"),
        ("inertia(type=same)", {}, "types are not at risk"),
        ("inertia(type=interact)", {}, "types are not at risk"),
        ("inertia(type=both)", {"typed": True}, "no type 'both'"),
        ("inertia(type=same, class=talk)", {"typed": True}, "type=same and class= both say which events count"),
        ("otp(type=same, legs=talk/clash)", {"typed": True}, "type=same and legs= both say which events count"),
        ("type(30d)", {"typed": True, "time_unit": "d"}, "the type of an alternative takes a level"),
        ("type(level=war)", {"typed": True}, "no type 'war' is at risk"),
        ("type", {"typed": True, "outcome": "talk"}, "the events are all of one type"),
        ("inertia", {"typed": True, "likelihood": "type"}, "the type model asks of which type"),
    ],
)
def test_what_makes_no_sense_is_refused(text, options, what):
    with pytest.raises((BadValue, BadData, UnknownName), match=what.replace("(", r"\(")):
        lynchpin.rem(random_events(1), text, **options)
