"""Rates that move while nothing happens: their integral over a wait, against plain loops and by hand."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from math import exp, log

import numpy as np
import polars as pl
import pytest
from scipy.integrate import quad

import lynchpin
from helpers.plain_interval import PlainInterval, covariate, past
from lynchpin.engine.rem import idle
from lynchpin.engine.rem.events import stream_of
from lynchpin.engine.rem.problem import prepare
from lynchpin.engine.rem.waits import Moves, _looks, _panels, instants, radau
from lynchpin.engine.rem.work import Work

ACTORS = "ABCDE"


def stream_at(*events):
    """(time, sender, receiver), times in their order."""
    return stream_of(pl.DataFrame(events, schema=["time", "sender", "receiver"], orient="row"), time_unit="d")


def drawn(seed, events=14, days=20.0):
    """Crowded, with simultaneous events and a dyad that acts twice at one time."""
    rng = np.random.default_rng(seed)
    src = rng.integers(0, 5, events)
    dst = (src + rng.integers(1, 5, events)) % 5
    when = np.sort(np.round(rng.uniform(0, days, events), 3))
    when[4], src[4], dst[4] = when[3], src[3], dst[3]
    when[8] = when[7]
    names = np.array(list(ACTORS))
    frame = pl.DataFrame({"time": when, "sender": names[src], "receiver": names[dst]})
    return stream_of(frame, actors=tuple(ACTORS), time_unit="d")


EFFECTS = (
    "inertia(0.7, scale=log1p) reciprocity(6) otp(2.5) outdegreeSender(window=2.2) osp(window=5) recencyContinue "
    "recencySendReceiver send(wealth) inertia(0.7, scale=log1p):send(wealth) psABBA"
)
WEALTH = [(a, -1.0, 0.1 * k) for k, a in enumerate(ACTORS)] + [("B", 4.321, 0.9), ("D", 11.0, -0.4), ("B", 17.77, 0.2)]
SPELLS = {"E": (3.5, 99.0), "C": (-9.0, 16.123)}  # from, to


def everything(stream, previous):
    """The columns of EFFECTS by plain loops; previous: decay is reckoned to the time point before."""

    def columns(t):
        to = stream.when[stream.when < t].max(initial=stream.when[0]) if previous else t

        def decayed(statistic, half_life):  # by one and the same factor, where decay is reckoned to an earlier time
            return past(stream, t, statistic, half_life=half_life) * 2.0 ** ((t - to) / half_life)

        inertia = np.log1p(decayed("inertia", 0.7))
        wealth = np.tile(covariate(WEALTH, t)[:, None], (1, 5))
        return np.stack(
            [
                inertia,
                decayed("reciprocity", 6.0),
                decayed("otp", 2.5),
                past(stream, t, "outdegreeSender", window=2.2),
                past(stream, t, "osp", window=5.0),
                past(stream, t, "recencyContinue"),
                past(stream, t, "recencySendReceiver"),
                wealth,
                inertia * wealth,
                past(stream, t, "psABBA"),
            ],
            axis=-1,
        )

    return columns


def present(t, i, j):
    return all(SPELLS.get(ACTORS[k], (-np.inf, np.inf))[0] <= t < SPELLS.get(ACTORS[k], (0, np.inf))[1] for k in (i, j))


def asked(effects, **options):
    """The request that `lynchpin.rem` makes of it, without the fit."""
    from lynchpin.engine.rem.effects import parse_effects
    from lynchpin.engine.rem.request import Request

    return Request(terms=parse_effects(effects), likelihood="interval", **options)


@pytest.mark.parametrize(("seed", "decay_to"), [(1, "now"), (2, "now"), (3, "now"), (4, "previous"), (5, "previous")])
def test_everything_that_moves_together(seed, decay_to):
    """Decay, windows, ages, a dated covariate, spells, a start within the record and a stop after it."""
    stream = drawn(seed)
    stream = replace(stream, **{c: getattr(stream, c)[_can(stream)] for c in ("when", "src", "dst", "kind", "weight")})
    begin, end = 2.5, 24.25
    wealth = pl.DataFrame(WEALTH, schema=["actor", "time", "value"], orient="row")
    presence = pl.DataFrame([(a, *s) for a, s in SPELLS.items()], schema=["actor", "from", "to"], orient="row")
    request = asked(EFFECTS, covariates={"wealth": wealth}, presence=presence, start=begin, stop=end, decay_to=decay_to)
    problem = prepare(request, stream)
    jumps = [t for _, t, _ in WEALTH] + [t for spell in SPELLS.values() for t in spell]
    jumps += [t + window for t in stream.when for window in (2.2, 5.0)]
    plain = PlainInterval(
        stream, everything(stream, decay_to == "previous"), begin=begin, end=end, jumps=jumps, at_risk=present
    )
    beta = np.array([-2.0, 0.8, -0.3, 0.2, 0.25, -0.2, 1.1, -0.7, 0.6, 0.5, 0.9])
    found = Work(problem.features, problem.plan, request.model).sums(beta)
    assert found.value == pytest.approx(plain.value(beta), rel=1e-9)
    np.testing.assert_allclose(found.gradient, plain.slope(beta), rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found.information, plain.information(beta), rtol=1e-8, atol=1e-9)


def _can(stream):
    return [present(t, i, j) for t, i, j in zip(stream.when, stream.src, stream.dst, strict=True)]


def test_a_decaying_rate_by_hand():
    """Two dyads at risk, three events: the integral by scipy's quad, at the fit's own coefficients."""
    stream = stream_at((0.0, "A", "B"), (1.0, "B", "A"), (1.5, "A", "B"), (4.0, "A", "B"), (4.3, "B", "A"))
    fit = lynchpin.rem(stream, "inertia(0.8)", likelihood="interval", stop=6.0)
    a, b = fit.estimate
    events = [(0.0, 0), (1.0, 1), (1.5, 0), (4.0, 0), (4.3, 1)]

    def rate(t, who):
        return exp(a + b * sum(0.5 ** ((t - s) / 0.8) for s, x in events if x == who and s < t))

    edges = [*(t for t, _ in events), 6.0]
    total = sum(log(rate(t, who)) for t, who in events[1:])
    for low, high in pairwise(edges):
        total -= sum(quad(rate, low, high, args=(who,), epsabs=1e-13)[0] for who in (0, 1))
    assert fit.log_likelihood == pytest.approx(total, rel=1e-9)


def test_what_is_common_to_all_moves_a_rate_by_hand():
    """A covariate of one value for every actor: two events in three units of time without it, three in two with it."""
    stream = stream_at(
        (0.0, "A", "B"), (1.0, "B", "A"), (2.5, "A", "B"), (3.5, "A", "B"), (4.0, "B", "A"), (4.5, "A", "B")
    )
    rows = [(actor, t, x) for actor in "AB" for t, x in ((-1.0, 0.0), (3.0, 1.0))]
    war = pl.DataFrame(rows, schema=["actor", "time", "value"], orient="row")
    fit = lynchpin.rem(stream, "send(war)", likelihood="interval", covariates={"war": war}, stop=5.0)
    assert fit.estimate == pytest.approx([log(2 / (2 * 3)), log(3 / (2 * 2)) - log(2 / (2 * 3))], abs=1e-8)


def test_a_window_that_ends_within_a_wait_by_hand():
    """Full for the first part of a wait, empty for the rest: the rate inside is events over time inside."""
    stream = stream_at((0.0, "A", "B"), (0.5, "A", "B"), (0.7, "B", "A"), (4.0, "A", "B"), (4.2, "A", "B"))
    fit = lynchpin.rem(stream, "outdegreeSender(window=1) ", likelihood="interval", stop=8.0, scale="none")
    # of A: 0-0.5 one, 0.5-1 two, 1-1.5 one, 4-4.2 one, 4.2-5 two, 5-5.2 one; of B: 0.7-1.7 one; else none
    spent = {1: 0.5 + 0.5 + 0.2 + 0.2 + 1.0, 2: 0.5 + 0.8}
    spent[0] = 2 * 8.0 - spent[1] - spent[2]
    happened = {0: 2, 1: 2, 2: 0}  # 0.7 B -> A and 4.0 A -> B at none; 0.5 and 4.2 at one
    a, b = fit.estimate
    rates = {x: exp(a + b * x) for x in spent}
    total = sum(happened[x] * (a + b * x) - rates[x] * spent[x] for x in spent)
    assert fit.log_likelihood == pytest.approx(total, rel=1e-12)
    left = {x: happened[x] - rates[x] * spent[x] for x in spent}
    assert sum(left.values()) == pytest.approx(0.0, abs=1e-8)
    assert sum(x * much for x, much in left.items()) == pytest.approx(0.0, abs=1e-8)


def test_a_covariate_that_changes_within_a_wait_by_hand():
    """Half an hour of war in the longest wait: its rate is one event over the time that it lasted."""
    stream = stream_at((0.0, "A", "B"), (1.0, "B", "A"), (2.0, "A", "B"), (10.0, "A", "B"), (12.0, "B", "A"))
    war = pl.DataFrame({"actor": ["A", "B", "A", "A"], "time": [-1.0, -1.0, 9.5, 10.5], "value": [0.0, 0.0, 1.0, 0.0]})
    fit = lynchpin.rem(stream, "send(war)", likelihood="interval", covariates={"war": war}, stop=20.0)
    assert fit.estimate[0] == pytest.approx(log(3 / (40.0 - 1.0)), rel=1e-9)
    assert fit.estimate.sum() == pytest.approx(log(1 / 1.0), abs=1e-8)


def test_a_value_is_needed_from_the_beginning_of_a_wait():
    stream = stream_at((0.0, "A", "B"), (1.0, "B", "A"), (2.0, "A", "B"), (3.0, "B", "A"))
    late = pl.DataFrame({"actor": ["A", "B"], "time": [0.0, 0.5], "value": [0.0, 1.0]})
    with pytest.raises(lynchpin.LynchpinError, match="no value for B before 0"):
        lynchpin.rem(stream, "send(x)", likelihood="interval", covariates={"x": late})
    assert lynchpin.rem(stream, "send(x, absent=0)", likelihood="interval", covariates={"x": late}).n_events == 3


def test_spells_within_and_at_the_end_of_waits_by_hand():
    """C comes and goes between two events, and D at events: all that counts is how long each dyad was there."""
    stream = stream_at(
        (0.0, "A", "B"), (1.0, "B", "A"), (4.0, "D", "A"), (6.0, "A", "B"), (8.0, "B", "C"), (9.0, "A", "B")
    )
    spells = pl.DataFrame({"actor": ["C", "C", "D"], "from": [2.0, 7.0, 4.0], "to": [3.5, 9.0, 6.0]})
    x = pl.DataFrame({"actor": list("ABCD"), "value": [1.0, 0.0, 0.0, 0.0]})
    fit = lynchpin.rem(
        stream, "send(x)", likelihood="interval", presence=spells, covariates={"x": x}, start=0.0, stop=10.0
    )
    # from A: to B for 10, to C for 1.5 + 2, to D for 2; three events. From others: as long, and B-C, C-B, B-D, D-B
    of_a = 10.0 + 3.5 + 2.0
    others = of_a + 2 * 3.5 + 2 * 2.0
    assert fit.estimate.sum() == pytest.approx(log(3 / of_a), rel=1e-9)
    assert fit.estimate[0] == pytest.approx(log(3 / others), rel=1e-9)
    assert fit.n_events == 6 and fit.n_time_points == 7


def test_a_covariate_may_be_dated_at_the_entry():
    stream = stream_at((0.0, "A", "B"), (1.0, "B", "A"), (4.0, "A", "B"), (6.0, "C", "B"), (9.0, "A", "B"))
    spells = pl.DataFrame({"actor": ["C"], "from": [2.0], "to": [None]})
    x = pl.DataFrame({"actor": list("ABC"), "time": [-1.0, -1.0, 2.0], "value": [0.0, 0.0, 1.0]})
    fit = lynchpin.rem(stream, "send(x)", likelihood="interval", presence=spells, covariates={"x": x}, start=0.0)
    assert fit.estimate.sum() == pytest.approx(log(1 / (2 * 7.0)), rel=1e-9)


# -- What shares the rows of a wait: samples, idle dyads, clusters, checks.


MOVING = "inertia(2) outdegreeSender(window=3) indegreeReceiver(5, scale=log1p)"


def many(seed=3, events=160, days=60.0):
    rng = np.random.default_rng(seed)
    names = np.array(list("ABCDEFGH"))
    src = rng.choice(8, events, p=np.arange(8, 0, -1) / 36)
    dst = (src + rng.integers(1, 8, events)) % 8
    when = np.sort(rng.uniform(0, days, events))
    return stream_of(pl.DataFrame({"time": when, "sender": names[src], "receiver": names[dst]}), time_unit="d")


def test_idle_dyads_are_shared_at_every_instant(monkeypatch):
    stream = many()
    plain = lynchpin.rem(stream, MOVING, likelihood="interval", stop=64.0)
    monkeypatch.setattr(idle, "SHARED_ROWS", 0)
    monkeypatch.setattr(idle, "_MOST_LIVE", 9.0)
    shared = lynchpin.rem(stream, MOVING, likelihood="interval", stop=64.0)
    np.testing.assert_allclose(shared.estimate, plain.estimate, rtol=1e-9)
    np.testing.assert_allclose(shared.se, plain.se, rtol=1e-8)
    assert shared.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)


def test_neither_shards_nor_workers_nor_memory_change_a_digit():
    stream = many()
    plain = lynchpin.rem(stream, MOVING, likelihood="interval")
    with ThreadPoolExecutor(2) as pool:
        spread = lynchpin.rem(stream, MOVING, likelihood="interval", executor=pool)
    lean = lynchpin.rem(stream, MOVING, likelihood="interval", memory=0)
    for other in (spread, lean):
        assert other.estimate.tolist() == plain.estimate.tolist() and other.log_likelihood == plain.log_likelihood


def test_a_wait_of_thousands_of_half_lives():
    """What decayed long ago stands still: the rest of the wait is one instant, and nothing overflows."""
    stream = stream_at((0.0, "A", "B"), (0.02, "A", "B"), (0.05, "B", "A"), (90.0, "B", "A"), (90.01, "A", "B"))
    fit = lynchpin.rem(stream, "inertia(0.01)", likelihood="interval", stop=200.0)
    a, b = fit.estimate
    total = 0.0
    for who in (0, 1):
        events = stream.when[stream.src == who]

        def rate(t, events=events):
            age = t - events[events < t]
            return exp(a + b * (0.5 ** (age / 0.01)).sum())

        total += sum(log(rate(t)) for t in events if t > 0)
        edges = np.unique([*stream.when, *(t + 0.01 * k for t in stream.when for k in range(1, 60)), 200.0])
        edges = edges[edges <= 200.0]
        total -= sum(quad(rate, low, high, epsabs=0, epsrel=1e-12)[0] for low, high in pairwise(edges))
    assert b * 1.3 > 5.0 and fit.log_likelihood == pytest.approx(total, rel=1e-8)


def test_all_controls_are_the_whole_risk_set():
    stream = many()
    whole = lynchpin.rem(stream, MOVING, likelihood="interval", cluster="time")
    drawn_all = lynchpin.rem(stream, MOVING, likelihood="interval", controls=99)
    np.testing.assert_allclose(drawn_all.estimate, whole.estimate, rtol=1e-8)
    np.testing.assert_allclose(drawn_all.se, whole.se, rtol=1e-7)
    assert drawn_all.n_rows == whole.n_rows == (stream.count - 1) * 56


def test_a_sample_of_controls_is_off_by_no_more_than_its_error():
    stream = many(events=600, days=200.0)
    whole = lynchpin.rem(stream, MOVING, likelihood="interval")
    off = []
    for seed in range(8):
        some = lynchpin.rem(stream, MOVING, likelihood="interval", controls=8, seed=seed)
        off.append((some.estimate - whole.estimate) / whole.se)
    assert (np.abs(np.mean(off, axis=0)) < 0.5).all()


def test_the_rows_and_the_time_points_are_those_of_the_waits():
    stream = many()
    still, moving = (lynchpin.rem(stream, e, likelihood="interval") for e in ("inertia", MOVING))
    assert (still.n_rows, still.n_time_points) == (moving.n_rows, moving.n_time_points)
    assert still.null_log_likelihood == pytest.approx(moving.null_log_likelihood, rel=1e-13)


def test_integrated_rates_of_the_truth_are_exponential():
    """By the time change of a point process; with a half-life nine times too long they are not."""
    rng, when, events, trace = np.random.default_rng(8), 0.0, [], np.zeros(6)
    pairs = [(a, b) for a in "ABC" for b in "ABC" if a != b]
    while len(events) < 1500:  # thinning: rates only fall until the next event
        top = np.exp(-1.8 + 0.6 * trace)
        step = rng.exponential(1.0 / top.sum())
        when, trace = when + step, trace * 0.5**step
        rates = np.exp(-1.8 + 0.6 * trace)
        if rng.uniform() * top.sum() < rates.sum():
            d = rng.choice(6, p=rates / rates.sum())
            trace[d] += 1.0
            events.append((when, *pairs[d]))
    fit = lynchpin.rem(stream_at(*events), "inertia(1)", likelihood="interval", start=0.0)
    assert fit.check().waiting_p > 0.05
    assert np.abs((fit.estimate - [-1.8, 0.6]) / fit.se).max() < 2.5
    assert lynchpin.rem(stream_at(*events), "inertia(9)", likelihood="interval", start=0.0).check().waiting_p < 0.05


def test_the_half_life_has_its_top_where_the_exact_likelihood_has():
    stream = drawn(7, events=40, days=60.0)
    fit = lynchpin.rem(stream, "inertia reciprocity", likelihood="interval", half_life="fit")
    best = fit.request.terms[0].effects[0].half_life

    def columns(t):
        return np.stack([past(stream, t, s, half_life=best) for s in ("inertia", "reciprocity")], axis=-1)

    plain = PlainInterval(stream, columns, begin=float(stream.when[0]), counts_begin=False, panels=8)
    assert fit.log_likelihood == pytest.approx(plain.value(fit.estimate), rel=1e-8)
    np.testing.assert_allclose(plain.slope(fit.estimate) * fit.se, 0.0, atol=1e-5)
    np.testing.assert_allclose(np.linalg.inv(plain.information(fit.estimate)), fit.covariance, rtol=1e-6)


# -- The rule.


@pytest.mark.parametrize("looks", range(2, 13))
def test_the_rule_is_exact_for_polynomials(looks):
    x, weight = radau(looks)
    assert x[-1] == 1.0 and (x > 0).all() and (weight > 0).all() and (np.diff(x) > 0).all()
    for power in range(2 * looks - 1):
        assert weight @ x**power == pytest.approx(1 / (power + 1), rel=1e-13)


SMOOTH = [lambda s, b=b: np.exp(b * 2.0**-s) for b in (-5.0, -1.0, 2.0, 5.0)]
SMOOTH += [lambda s, b=b, x=x: (1 + x * 2.0**-s) ** b for b in (-3.0, 0.5, 3.0) for x in (0.5, 30.0, 1e4)]
AGES = [lambda s, b=b: np.exp(b / (1 + s)) for b in (-5.0, 2.0, 5.0)]


@pytest.mark.parametrize("length", [1e-7, 1e-3, 0.02, 0.3, 1.0, 1.9, 4.0, 17.0, 60.0, 5000.0])
@pytest.mark.parametrize("ages", [False, True])
def test_the_panels_are_right_to_eight_digits(length, ages):
    """Of the integral of each rate over a part that begins with the event."""
    edges, scale = _panels(Moves(np.empty(0), () if ages else (1.0,), ages), length)
    for rate in AGES if ages else SMOOTH:
        total, count = 0.0, 0
        for a, b, unit in zip(edges, np.minimum(edges[1:], length), scale, strict=False):
            x, weight = radau(int(_looks(b - a, unit)))
            total += float((b - a) * weight @ rate(a + (b - a) * x))
            count += x.size
        pieces = np.unique([0.0, *np.geomspace(1e-3, 1.0, 60) * length, *np.arange(0.0, min(length, 60.0), 0.5)])
        true = sum(quad(rate, a, b, epsabs=0, epsrel=1e-13)[0] for a, b in pairwise(pieces))
        assert total == pytest.approx(true, rel=1.1e-8)
    assert count == instants(Moves(np.empty(0), () if ages else (1.0,), ages), length)
    assert count <= (4 + 7 * min(length, 43.0) if not ages else 10 + 15 * np.log1p(length))


def test_several_half_lives_share_the_panels():
    """The shortest first; when it stands still, the next; at last nothing moves, and one panel is enough."""
    edges, scale = _panels(Moves(np.empty(0), (1.0, 100.0), False), 1e6)
    assert scale[0] == 1.0 and scale[-1] == np.inf and (np.diff(scale) >= 0).all()
    assert edges[-1] == np.inf and edges.size < 60
