"""Records drawn from a fit: their chances by hand, what they remember by a fit's own columns, and the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from scipy.integrate import quad
from scipy.stats import kstest

import lynchpin
from helpers.planted_waits import Truth
from helpers.planted_waits import drawn as thinned
from lynchpin.engine.rem.bands import numbers_of
from lynchpin.engine.rem.checks import read_parts
from lynchpin.engine.rem.events import stream_of
from lynchpin.engine.rem.problem import prepare
from lynchpin.engine.rem.simulate import Drawn, draw_records, explained_events, prepared
from lynchpin.engine.rem.stretches import reading, used_up_after
from lynchpin.errors import BadValue, DidNotConverge

NAMES = "ABCDE"


def record(events, seed=1, actors=4, days=None, types=()):
    """Events at times of their own, or on so many days."""
    rng = np.random.default_rng(seed)
    src = rng.integers(0, actors, events)
    dst = (src + rng.integers(1, actors, events)) % actors
    when = np.sort(rng.integers(0, days, events).astype(float) if days else np.cumsum(rng.exponential(1.0, events)))
    names = np.array(list(NAMES))
    frame = pl.DataFrame({"time": when, "sender": names[src], "receiver": names[dst]})
    return frame.with_columns(type=pl.Series(np.array(types)[rng.integers(0, len(types), events)])) if types else frame


# --- what is remembered: the columns of a drawn record are those of a fit of that record -------------------------------

X = pl.DataFrame({"actor": list("ABCD"), "value": [0.1, -0.4, 0.9, 0.3]})
DATED = pl.DataFrame({"actor": [*"ABCD", "B"], "time": [-1.0] * 4 + [7.5], "value": [0.1, -0.4, 0.9, 0.3, 1.2]})
FRIENDS = pl.DataFrame({"sender": list("ABC"), "receiver": list("BCA"), "value": [1.0, 1.0, 1.0]})
TYPES = ("clash", "talk")
CASES = {
    "counts": ("inertia reciprocity(4) outdegreeSender(window=5) otp(3, scale=log1p)", {}, {}),
    "ties": ("inertia(unique) osp(unique, window=6) sp(unique, new)", {}, {}),
    "shares": ("inertia(scale=prop) outdegreeSender(scale=std)", {}, {}),
    "order": ("psABBA recencySendSender rrankSend inertia:reciprocity", {}, {}),
    "late": ("inertia(lag=2, window=3) reciprocity(lag=1)", {}, {}),
    "covariates": ("send(x) same(x) inertia(4):send(x) tertiusReceiver(x)", {"covariates": {"x": X}}, {}),
    "networks": (
        "otp(second=friend, unique, absent=0) tie(friend, absent=0) inertia",
        {"covariates": {"friend": FRIENDS}},
        {},
    ),
    "history": ("inertia(6) reciprocity", {"start": 8.0}, {}),
    "outcome": ("inertia(class=talk) inertia(class=clash, window=4)", {"outcome": "clash"}, {"types": TYPES}),
    "typed": ("type inertia(4, type=same) reciprocity(type=other)", {"typed": True}, {"types": TYPES}),
    "pairs": ("inertia(4) sp(scale=log1p) degreeMin", {"undirected": True}, {}),
    "presence": ("inertia", {"presence": pl.DataFrame({"actor": ["D"], "from": [-1.0], "to": [99.0]})}, {}),
    "held": ("inertia(3)", {"decay_to": "previous"}, {}),
}


def again(fit, one, problem):
    """The history of a fit with a drawn record after it."""
    stream, mine = problem.stream, explained_events(problem)
    kept = np.setdiff1d(np.arange(stream.count), mine)
    columns = {
        "when": np.concatenate([stream.when[kept], one.when]),
        "src": np.concatenate([stream.src[kept], one.src.astype(np.int32)]),
        "dst": np.concatenate([stream.dst[kept], one.dst.astype(np.int32)]),
        "kind": np.concatenate([stream.kind[kept], one.kind.astype(np.int32)]),
    }
    order = np.argsort(columns["when"], kind="stable")
    return replace(stream, **{name: column[order] for name, column in columns.items()}, weight=np.ones(order.size))


def totals(fit, stream):
    problem = prepare(replace(fit.request, controls=None, ties="breslow", stop=None), stream)
    first = int(problem.features.baseline)
    return sum(block.X[first:, block.seen_row] @ block.seen_count for _, block in read_parts(problem))


@pytest.mark.parametrize("likelihood", ["ordinal", "choice", "interval"])
@pytest.mark.parametrize("case", CASES)
def test_a_drawn_record_remembers_what_a_fit_of_it_remembers(case, likelihood):
    effects, options, made = CASES[case]
    if likelihood == "choice" and case in ("shares", "pairs", "order", "covariates", "counts"):
        effects = {"shares": "inertia(scale=prop)", "order": "psABBA rrankSend"}.get(case, "inertia(4) reciprocity")
        options = {}
    days = None if likelihood == "interval" else 20
    frame = record(40, 3, days=days, **made)
    fit = lynchpin.rem(frame, effects, likelihood=likelihood, ridge=2.0, **options)
    problem = prepared(fit)
    for one in draw_records(fit, 2, seed=5):
        assert one.when.size > 1
        np.testing.assert_allclose(one.totals, totals(fit, again(fit, one, problem)), rtol=1e-9, atol=1e-9)
    if likelihood != "interval":  # the time points are those of the record
        assert np.unique(one.when).tolist() == np.unique(problem.stream.when[explained_events(problem)]).tolist()


# --- chances by hand -------------------------------------------------------------------------------------------------


def test_chances_of_what_comes_next_by_hand():
    """Two dyads, inertia of log 3: the second event is as the first in 3 of 4, the third as both in 9 of 10."""
    frame = pl.DataFrame({"time": [0.0, 1.0, 2.0], "sender": list("ABA"), "receiver": list("BAB")})
    fit = lynchpin.rem(frame, "inertia reciprocity:inertia", fix={"inertia": np.log(3.0)}, ridge=1e9)
    draws = 600
    made = draw_records(fit, draws, seed=2)
    first, second, third = (np.array([one.src[k] for one in made]) for k in range(3))
    for share, chance, of in (
        ((first == 0).mean(), 0.5, draws),
        ((second == first).mean(), 0.75, draws),
        ((third == first)[second == first].mean(), 0.9, (second == first).sum()),
        ((third == first)[second != first].mean(), 0.5, (second != first).sum()),
    ):
        assert share == pytest.approx(chance, abs=4.0 * np.sqrt(chance * (1.0 - chance) / of))


def test_simultaneous_dyads_are_all_different_where_ties_are_exact():
    """Three dyads of one time of six, by weights: no two are the same; under Breslow's they may be."""
    frame = pl.DataFrame(
        {"time": np.repeat(np.arange(20.0), 3), "sender": list("ABC") * 20, "receiver": list("BCA") * 20}
    )
    for ties, most in (("exact", 1), ("breslow", 3)):
        fit = lynchpin.rem(frame, "inertia(2)", ties=ties, ridge=1.0)
        (one,) = draw_records(fit, 1)
        often = np.unique(np.stack([one.when, one.src * 3 + one.dst]), axis=1, return_counts=True)[1]
        assert (often.max() == 1) == (most == 1)


def test_constant_rates_give_waits_of_a_poisson_process():
    frame = record(60, 2)
    fit = lynchpin.rem(frame, "", likelihood="interval")
    made = draw_records(fit, 60, seed=4)
    length = frame["time"][-1] - frame["time"][0]
    assert np.mean([one.when.size for one in made]) == pytest.approx(59.0, abs=4.0 * np.sqrt(59.0 / 60))
    waits = np.concatenate([np.diff(one.when) for one in made])
    assert kstest(waits, "expon", args=(0.0, length / 59.0)).pvalue > 0.001


def test_rates_that_decay_give_waits_that_use_up_an_exponential():
    """By the integral of each rate with scipy's quad: Ogata's transform of time is that of a Poisson process."""
    truth = Truth(-3.0, inertia=(0.5, 1.0))
    events, _ = thinned(truth, 40.0, np.random.default_rng(1))
    fit = lynchpin.rem(events, truth.effects, likelihood="interval", start=0.0, stop=40.0)
    fit = replace(fit, estimate=np.array([-3.0, 0.5]))
    a, b = fit.estimate
    used = []
    for one in draw_records(fit, 2, seed=8):
        key, when = one.src * 5 + one.dst, one.when

        def whole(t, key=key, when=when):
            past = when < t
            N = np.bincount(key[past], weights=0.5 ** ((t - when[past]) / 1.0), minlength=25)
            return float(np.exp(a + b * N).sum() - 5 * np.exp(a))

        used += [quad(whole, x, y, epsabs=1e-7, limit=80)[0] for x, y in pairwise([0.0, *when])]
    assert len(used) > 40 and kstest(used, "expon").pvalue > 0.01


@pytest.mark.slow
def test_as_many_events_as_thinning_draws():
    """300 records each of a planted law, drawn by thinning that knows no engine, and by a fit held at that law."""
    truth = Truth(-3.0, inertia=(0.3, 2.0), reciprocity=(0.3, -3.0))
    rng = np.random.default_rng(6)
    plain = [thinned(truth, 60.0, rng)[0] for _ in range(300)]
    fit = lynchpin.rem(plain[0], truth.effects, likelihood="interval", start=0.0, stop=60.0)
    held = replace(fit, estimate=truth.coefficients)
    ours = draw_records(held, 300, seed=3)
    for mine, theirs in (
        ([one.when.size for one in ours], [frame.height for frame in plain]),
        ([np.diff(one.when).mean() for one in ours], [frame["time"].diff().mean() for frame in plain]),
        ([_alike(one.src, one.dst) for one in ours], [_alike(*_ends(frame)) for frame in plain]),
    ):
        error = np.hypot(np.std(mine), np.std(theirs)) / np.sqrt(300)
        assert np.mean(mine) == pytest.approx(np.mean(theirs), abs=4.0 * error)


def _ends(frame):
    return (frame[end].replace_strict(list(NAMES), list(range(5))).to_numpy() for end in ("sender", "receiver"))


def _alike(src, dst):
    """The share of events that return the one before."""
    return np.mean((src[1:] == dst[:-1]) & (dst[1:] == src[:-1]))


def test_a_total_rate_is_used_up_when_its_integral_says():
    """exp(3 x) on a stretch of two: eight instants read its integral to a millionth."""
    x, _ = reading(8)
    found = used_up_after(np.exp(3.0 * x), 2.0 * (np.exp(1.5) - 1.0) / 3.0, 2.0)
    assert found == pytest.approx(1.0, abs=1e-6)
    assert used_up_after(np.exp(3.0 * x), 13.0, 2.0) is None


# --- the same for the same seed, and what is refused -------------------------------------------------------------------


def test_the_same_seed_gives_the_same_records_whoever_draws_them():
    fit = lynchpin.rem(record(40), "inertia(5) reciprocity", likelihood="interval")
    one = fit.simulate(10, seed=3)
    with ThreadPoolExecutor(2) as pool:
        assert fit.simulate(10, seed=3, executor=pool).events.equals(one.events)
    assert not fit.simulate(10, seed=4).events.equals(one.events)
    assert one.events.filter(draw=2).equals(fit.simulate(2, seed=3).events.filter(draw=2))
    saved = one.to_dict()
    assert (saved["draws"], saved["seed"], saved["n_events"]) == (10, 3, 39)


@pytest.mark.slow
def test_the_bytes_do_not_depend_on_the_hash_seed(tmp_path):
    record(30).write_csv(tmp_path / "a.csv")
    told = []
    for seed in ("0", "77"):
        words = ["rem", "a.csv", "--effects", "inertia(5) otp", "--likelihood", "interval", "--simulate", "5", "--json"]
        words += ["--simulated", f"drawn-{seed}.csv", "--check"]
        done = subprocess.run(
            [sys.executable, "-m", "lynchpin", *words],
            cwd=tmp_path, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True,
        )  # fmt: skip
        told.append([line for line in done.stdout.splitlines() if "seconds" not in line])
    assert told[0] == told[1]
    assert (tmp_path / "drawn-0.csv").read_bytes() == (tmp_path / "drawn-77.csv").read_bytes()


REFUSED = [
    ({"likelihood": "rate"}, "no records are drawn from the rate likelihood"),
    ({"likelihood": "interval", "risk_set": "senders", "effects": "outdegreeSender"}, "says nothing of receivers"),
    ({"likelihood": "choice", "undirected": True}, "choice of coordination"),
    ({"likelihood": "interval", "clock": "order"}, "waits are not counted"),
]


@pytest.mark.parametrize(("options", "what"), REFUSED, ids=[what for _, what in REFUSED])
def test_what_no_record_is_drawn_from_is_refused(options, what):
    fit = lynchpin.rem(record(40), **{"effects": "inertia", "ridge": 1.0} | options)
    with pytest.raises(BadValue, match=what):
        fit.simulate(2)


def test_numbers_that_are_none_are_refused():
    fit = lynchpin.rem(record(40), "inertia")
    for asked in ({"draws": 0}, {"seed": -1}):
        with pytest.raises(BadValue):
            fit.simulate(**asked)


def test_rates_that_run_off_are_said():
    fit = lynchpin.rem(record(60), "inertia", likelihood="interval")
    with pytest.raises(DidNotConverge, match="run off"):
        draw_records(replace(fit, estimate=np.array([-1.0, 3.0])), 1)


# --- the record among the draws --------------------------------------------------------------------------------------


def test_numbers_of_a_record_by_hand():
    """A -> B twice, B -> A, B -> C, C -> A, A -> C: three actors."""
    frame = pl.DataFrame({"time": [0.0, 1.0, 2.0, 4.0, 7.0, 9.0], "sender": list("ABABCA"), "receiver": list("BABCAC")})
    problem = prepared(lynchpin.rem(frame, "inertia", ridge=1.0))
    one = Drawn(
        np.array([0.0, 1.0, 2.0, 4.0, 7.0, 9.0]), np.array([0, 1, 0, 1, 2, 0]), np.array([1, 0, 1, 2, 0, 2]),
        np.zeros(6, int), np.array([2.5]),
    )  # fmt: skip
    found = numbers_of(one, problem)
    assert [found["sent", f"rank {r}"] for r in (1, 2, 3)] == [3.0, 2.0, 1.0]
    assert [found["received", f"rank {r}"] for r in (1, 2, 3)] == [2.0, 2.0, 2.0]
    assert [found["dyads by events", name] for name in ("0", "1", "2", "3 to 5")] == [1.0, 4.0, 1.0, 0.0]
    assert found["share", "returned"] == pytest.approx(4 / 5)  # AB BA, AC CA; not BC
    # two-paths of three: AB BC (closed by AC), BA AC (closed by BC), BC CA (by BA), CA AB (CB lacks)
    assert found["share", "two-paths closed"] == pytest.approx(3 / 4)
    assert found["gap within a dyad", "50 %"] == 2.0
    assert found["total of an effect", "inertia"] == 2.5
    assert ("wait", "50 %") not in found


def test_a_record_is_usual_among_draws_of_its_own_fit_and_unusual_among_others():
    """Everyone returns at once: a model without reciprocity does not make such records, one with it does."""
    rng = np.random.default_rng(2)
    rows = []
    for k in range(12):
        i, j = rng.choice(5, 2, replace=False)
        rows += [(2.0 * k, NAMES[i], NAMES[j]), (2.0 * k + 1.0, NAMES[j], NAMES[i])]
    frame = pl.DataFrame(rows, schema=["time", "sender", "receiver"], orient="row")
    plain, made = (lynchpin.rem(frame, effects, ridge=0.1).simulate(40, seed=1) for effects in ("inertia", "psABBA"))
    returned = [one.bands.filter(measure="share", part="returned").row(0, named=True) for one in (plain, made)]
    assert returned[0]["observed"] == 1.0 > returned[0]["upper"] and returned[0]["p"] < 0.1
    assert returned[0]["mean"] < returned[1]["mean"]
    total = made.bands.filter(measure="total of an effect").row(0, named=True)
    assert total["lower"] <= total["observed"] <= total["upper"]
    assert "returned" in plain.outside["part"].to_list() and "outside" in plain.summary()


def test_dates_types_and_order_are_told_as_they_were_given():
    frame = record(30, days=15, types=TYPES).with_columns(pl.lit("2020-01-01").str.to_date() + pl.duration(days="time"))
    frame = frame.drop("time").rename({"literal": "time"}) if "literal" in frame.columns else frame
    fit = lynchpin.rem(frame, "inertia(30d)", clock="time")
    events = fit.simulate(2).events
    assert events.schema["time"] == pl.Datetime("us") and set(events["type"]) == set(TYPES)
    counted = lynchpin.rem(record(30, days=15), "inertia", clock="order").simulate(1).events
    assert set(counted["time"]) == set(record(30, days=15)["time"])


def test_a_stream_of_weights_weighs_as_the_record_did():
    """One event weighs 5, all others 1: every draw remembers as much as the record holds."""
    frame = record(30, days=15).with_columns(weight=pl.Series([5.0] + [1.0] * 29))
    fit = lynchpin.rem(stream_of(frame), "outdegreeSender", ridge=1.0)
    (one,) = draw_records(fit, 1)
    assert one.when.size == 30
