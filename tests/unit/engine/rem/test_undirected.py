"""Events without a direction: statistics of pairs and likelihoods, the choice of coordination among them, by loops."""

from __future__ import annotations

from itertools import combinations, pairwise, permutations

import numpy as np
import polars as pl
import pytest
from scipy.special import logsumexp

import lynchpin
from helpers.seeds import seeds
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.events import stream_of
from lynchpin.engine.rem.problem import prepare
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.shards import blocks_of, row_numbers
from lynchpin.engine.rem.work import Work
from lynchpin.engine.statistics import every_statistic
from lynchpin.errors import BadValue

HALF_LIFE = 3.0


def counts_of(stream, at, half_life):
    """How often each pair has met, by a plain loop: symmetric."""
    N = np.zeros((len(stream.actors),) * 2)
    for t, s, r in zip(stream.when, stream.src, stream.dst, strict=True):
        if t < at:
            much = 0.5 ** ((at - t) / half_life)
            N[s, r] += much
            N[r, s] += much
    return N


def shared(N, i, j):
    return sum(min(N[i, k], N[j, k]) for k in range(len(N)) if k not in (i, j))


def four(N, i, j):
    others = [k for k in range(len(N)) if k not in (i, j)]
    return sum(min(N[i, k], N[m, k], N[m, j]) for k, m in permutations(others, 2))


#: What is asked -> the same of the counts of pairs, N, and of those that have met, T.
PLAIN = {
    "inertia": lambda N, T, i, j: N[i, j],
    "inertia(unique)": lambda N, T, i, j: T[i, j],
    "totaldegreeDyad": lambda N, T, i, j: N[i].sum() + N[j].sum(),
    "degreeMin": lambda N, T, i, j: min(N[i].sum(), N[j].sum()),
    "degreeMax(unique)": lambda N, T, i, j: max(T[i].sum(), T[j].sum()),
    "degreeDiff": lambda N, T, i, j: abs(N[i].sum() - N[j].sum()),
    "sp": lambda N, T, i, j: shared(N, i, j),
    "sp(unique)": lambda N, T, i, j: shared(T, i, j),
    "fourCycle": lambda N, T, i, j: four(N, i, j),
    "fourCycle(unique)": lambda N, T, i, j: four(T, i, j),
    "sp(new)": lambda N, T, i, j: 0.0 if T[i, j] else shared(N, i, j),
}
#: Of the one that is chosen.
CHOSEN = {
    "inertia(unique)": PLAIN["inertia(unique)"],
    "totaldegreeReceiver": lambda N, T, i, j: N[j].sum(),
    "totaldegreeReceiver(unique, new)": lambda N, T, i, j: 0.0 if T[i, j] else T[j].sum(),
    "sp(unique, new)": lambda N, T, i, j: 0.0 if T[i, j] else shared(T, i, j),
}


def random_events(seed, *, events=24, actors=5):
    rng = np.random.default_rng(seed)
    src = rng.integers(0, actors, events)
    dst = (src + rng.integers(1, actors, events)) % actors
    time = np.sort(rng.integers(0, 14, events)).astype(float)
    return pl.DataFrame({"time": time, "sender": [f"a{k}" for k in src], "receiver": [f"a{k}" for k in dst]})


def ask(events, effects, likelihood="ordinal", half_life=HALF_LIFE, **options):
    stream = stream_of(events)
    terms = parse_effects(" ".join(effects), half_life=half_life)
    return stream, prepare(Request(terms=terms, likelihood=likelihood, undirected=True, **options), stream)


def plain_columns(stream, at, effects, half_life):
    """Effect by effect, of every ordered pair: shape (effects, n, n)."""
    N, n = counts_of(stream, at, half_life), len(stream.actors)
    T = (counts_of(stream, at, np.inf) > 0).astype(float)
    X = np.zeros((len(effects), n, n))
    for k, formula in enumerate(effects.values()):
        for i, j in permutations(range(n), 2):
            X[k, i, j] = formula(N, T, i, j)
    return X


@pytest.mark.parametrize("seed", seeds(200, 50))
def test_every_statistic_of_pairs_is_what_plain_loops_say(seed):
    stream, problem = ask(random_events(seed), PLAIN)
    pairs, seen = list(combinations(range(len(stream.actors)), 2)), 0
    for shard in Work(problem.features, problem.plan, problem.request.model).shards:
        for part, block in zip(shard.parts, blocks_of(shard), strict=True):
            for g in range(part.groups):
                rows = slice(block.ptr[g], block.ptr[g + 1])
                right = plain_columns(stream, part.at[g], PLAIN, HALF_LIFE)
                listed = row_numbers(part)[rows]
                assert [*zip(part.i[listed].tolist(), part.j[listed].tolist(), strict=True)] == pairs
                np.testing.assert_allclose(block.X[:, rows], [[X[p] for p in pairs] for X in right], atol=1e-12)
                seen += 1
    assert seen == problem.plan.groups


@pytest.mark.parametrize("name", [name for name, row in every_statistic().items() if row.pairs and row.about == "dyad"])
@pytest.mark.parametrize("seed", range(3))
def test_a_number_of_a_pair_is_the_same_both_ways(name, seed):
    """By its kernel, of events that reach it as events without a direction do."""
    from lynchpin.engine.statistics.memory import Carried, Memory, ask, changes_of, every_dyad

    row, events = every_statistic()[name], stream_of(random_events(seed)).of_pairs()
    changes = changes_of(events.when, events.src, events.dst, np.ones(events.count), Memory())
    changes = changes.both_ways() if row.pairs == "both" and row.feed != "actor values" else changes
    out, at = np.empty(25 * 4), np.array([3.0, 6.0, 9.0, 20.0])
    ask(row, Carried.start(row, 5), changes, Memory(), at, every_dyad(5, 4), out)
    found = out.reshape(4, 5, 5) * ~np.eye(5, dtype=bool)
    np.testing.assert_allclose(found, np.swapaxes(found, 1, 2), atol=1e-12)


def plain_ordinal(stream, beta, effects):
    total, n = 0.0, len(stream.actors)
    for time in np.unique(stream.when):
        eta = np.einsum("k,kij->ij", beta, plain_columns(stream, time, effects, HALF_LIFE))
        acts = [(s, r) for t, s, r in zip(stream.when, stream.src, stream.dst, strict=True) if t == time]
        total += sum(eta[a] for a in acts) - len(acts) * logsumexp([eta[p] for p in combinations(range(n), 2)])
    return total


def plain_interval(stream, beta, effects):
    """With full memory, so that nothing moves within a wait."""
    total, n, times = 0.0, len(stream.actors), np.unique(stream.when)
    for before, time in pairwise(times):
        eta = beta[0] + np.einsum("k,kij->ij", beta[1:], plain_columns(stream, time, effects, np.inf))
        total += sum(eta[s, r] for t, s, r in zip(stream.when, stream.src, stream.dst, strict=True) if t == time)
        total -= (time - before) * sum(np.exp(eta[p]) for p in combinations(range(n), 2))
    return total


def plain_coordination(stream, beta, effects):
    """Straight from the paper: both have to choose the other, among all pairs of which both do."""
    total, n = 0.0, len(stream.actors)
    for t, s, r in zip(stream.when, stream.src, stream.dst, strict=True):
        eta = np.einsum("k,kij->ij", beta, plain_columns(stream, t, effects, HALF_LIFE))
        p = {
            (i, j): np.exp(eta[i, j] - logsumexp([eta[i, h] for h in range(n) if h != i]))
            for i, j in permutations(range(n), 2)
        }
        total += np.log(p[s, r] * p[r, s]) - np.log(sum(p[i, j] * p[j, i] for i, j in combinations(range(n), 2)))
    return total


LIKELIHOODS = [
    ("ordinal", plain_ordinal, PLAIN),
    ("interval", plain_interval, PLAIN),
    ("choice", plain_coordination, CHOSEN),
]


@pytest.mark.parametrize(("likelihood", "plain", "effects"), LIKELIHOODS, ids=[one[0] for one in LIKELIHOODS])
@pytest.mark.parametrize("seed", range(3))
def test_the_likelihood_is_that_of_plain_loops(likelihood, plain, effects, seed):
    half_life = None if likelihood == "interval" else HALF_LIFE
    stream, problem = ask(random_events(seed, events=14), effects, likelihood, half_life)
    beta = np.random.default_rng(seed).normal(0.0, 0.2, problem.features.columns)
    sums = Work(problem.features, problem.plan, problem.request.model).sums(beta)
    assert sums.value == pytest.approx(plain(stream, beta, effects), rel=1e-10)
    for k in range(beta.size):
        nudge = np.where(np.arange(beta.size) == k, 1e-5, 0.0)
        slope = (plain(stream, beta + nudge, effects) - plain(stream, beta - nudge, effects)) / 2e-5
        assert sums.gradient[k] == pytest.approx(slope, rel=1e-5, abs=1e-5)


def test_the_score_of_coordination_is_spread_over_its_rows():
    _, problem = ask(random_events(1, events=14), CHOSEN, "choice")
    model, beta = problem.request.model, np.array([0.3, -0.1, 0.2, 0.1])
    work = Work(problem.features, problem.plan, model)
    score = sum(block.X @ model.residual(block, beta) for shard in work.shards for block in blocks_of(shard))
    np.testing.assert_allclose(score, work.sums(beta).gradient, rtol=1e-10, atol=1e-10)


def meetings(seed, beta, *, events=500, n=9):
    """Both want it: who has met before, with a half-life of 30 events, and who is busy (degree of the other)."""
    rng, N, rows = np.random.default_rng(seed), np.zeros((n, n)), []
    for t in range(events):
        eta = beta[0] * N + beta[1] * N.sum(axis=0)[None, :]
        np.fill_diagonal(eta, -np.inf)
        p = np.exp(eta - eta.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        both = np.triu(p * p.T, 1).ravel()
        i, j = divmod(int(rng.choice(both.size, p=both / both.sum())), n)
        rows.append((float(t), f"a{i}", f"a{j}"))
        N[i, j] += 1.0
        N[j, i] += 1.0
        N *= 2.0 ** (-1.0 / 30.0)
    return pl.DataFrame(rows, schema=["time", "sender", "receiver"], orient="row")


def test_what_was_planted_is_found():
    truth = np.array([0.25, 0.05])
    text = "inertia(30) totaldegreeReceiver(30)"
    fits = [lynchpin.rem(meetings(seed, truth), text, undirected=True, likelihood="choice") for seed in range(6)]
    off = np.array([(fit.estimate - truth) / fit.se for fit in fits])
    assert (np.abs(off.mean(axis=0)) < 2.58 / np.sqrt(len(fits)) + 0.15).all(), off.mean(axis=0)
    assert 0.4 < off.std() < 1.6


def test_who_is_named_first_changes_nothing():
    events = random_events(3, events=40)
    turned = events.rename({"sender": "receiver", "receiver": "sender"}).select(events.columns)
    for likelihood in ("ordinal", "interval", "choice"):
        a, b = (
            lynchpin.rem(e, "inertia sp", undirected=True, likelihood=likelihood, half_life=3.0)
            for e in (events, turned)
        )
        np.testing.assert_allclose(a.estimate, b.estimate, rtol=1e-8)
        assert a.n_dyads == 10
    assert "each of the two chooses the other" in b.summary()


def test_networks_and_values_of_pairs_are_for_both():
    events = random_events(3, events=40)
    friends = pl.DataFrame({"sender": ["a1", "a4"], "receiver": ["a0", "a2"], "value": [1, 1]})
    table = lynchpin.rem(
        events,
        "tie(friend, absent=0) sp(of=friend, absent=0)",
        undirected=True,
        covariates={"friend": friends},
        ridge=1.0,
    ).design()
    tied = table.filter(pl.col("tie(friend)") > 0).select("sender", "receiver").unique().sort(pl.all()).rows()
    assert tied == [("a0", "a1"), ("a2", "a4")]


@pytest.mark.parametrize(
    ("text", "options", "what"),
    [
        ("reciprocity", {}, "reciprocity means a direction"),
        ("outdegreeSender", {}, "outdegreeSender means a direction"),
        (
            "receive(x)",
            {"covariates": {"x": pl.DataFrame({"actor": ["a0"], "value": [1]})}},
            "receive means a direction",
        ),
        ("totaldegreeSender", {"likelihood": "choice"}, "totaldegreeSender means a direction"),
        ("sp(legs=a/b)", {}, "the legs of sp tell the pair's actors apart"),
        ("inertia", {"likelihood": "type"}, "the type model asks nothing of direction"),
        ("inertia", {"risk_set": "senders"}, "undirected events have no senders"),
        ("inertia", {"likelihood": "choice", "controls": 3}, "compared with every other"),
        ("inertia", {"likelihood": "choice", "ties": "efron"}, "compared with every other"),
        ("inertia", {"random": "sender"}, "random effects of pairs only"),
    ],
)
def test_what_means_a_direction_is_refused(text, options, what):
    with pytest.raises(BadValue, match=what):
        lynchpin.rem(random_events(1), text, undirected=True, **options)
