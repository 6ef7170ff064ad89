"""Outcomes apart from history: what is explained, while all other rows are remembered only, under every likelihood."""

from __future__ import annotations

import json
from dataclasses import replace
from math import factorial, log

import numpy as np
import polars as pl
import pytest
from scipy.special import logsumexp
from typer.testing import CliRunner

import lynchpin
from helpers.plain_interval import PlainInterval, past
from helpers.relational_plain import HALF_LIFE, crowded_stream, plain_columns
from lynchpin.cli import app
from lynchpin.errors import BadData, BadValue, UnknownName

STREAM = crowded_stream(4, events=120, days=20)  # six actors, whole days, types clash and talk
CLASH = STREAM.kind == 0
EFFECTS = ("inertia", "reciprocity")
TEXT = f"inertia({HALF_LIFE}) reciprocity({HALF_LIFE})"
N = len(STREAM.actors)
DYADS = [(i, j) for i in range(N) for j in range(N) if i != j]
#: Types are mixed on most days: a stream whose days are of one type each, so that waits are cut by history.
APART = replace(STREAM, kind=(STREAM.when % 3 != 0).astype(np.int32))


def clashes(stream, time):
    now = (stream.when == time) & (stream.kind == 0)
    return list(zip(stream.src[now].tolist(), stream.dst[now].tolist(), strict=True))


def frame_of(stream):
    names = np.array(stream.actors)
    kinds = np.array(stream.kinds)[stream.kind]
    return pl.DataFrame(
        {"time": stream.when, "sender": names[stream.src], "receiver": names[stream.dst], "type": kinds}
    )


@pytest.mark.parametrize("stream", [STREAM, APART], ids=["mixed", "apart"])
def test_which_dyad_next_by_hand(stream):
    fit = lynchpin.rem(stream, TEXT, outcome="clash")
    total, times = 0.0, np.unique(stream.when[stream.kind == 0])
    for time in times:
        X = plain_columns(stream, time, EFFECTS)  # both types are remembered
        every = logsumexp([X[d] @ fit.estimate for d in DYADS])
        total += sum(X[d] @ fit.estimate - every for d in clashes(stream, time))
    assert fit.log_likelihood == pytest.approx(total, rel=1e-10)
    assert (fit.n_events, fit.n_time_points) == (int((stream.kind == 0).sum()), times.size)


def test_which_receiver_by_hand():
    fit = lynchpin.rem(STREAM, TEXT, likelihood="choice", outcome="clash")
    total = 0.0
    for time in np.unique(STREAM.when[CLASH]):
        eta = plain_columns(STREAM, time, EFFECTS) @ fit.estimate
        total += sum(eta[i, j] - logsumexp(np.delete(eta[i], i)) for i, j in clashes(STREAM, time))
    assert fit.log_likelihood == pytest.approx(total, rel=1e-10)


@pytest.mark.parametrize("decay_to", ["now", "previous"])
@pytest.mark.parametrize("stream", [STREAM, APART], ids=["mixed", "apart"])
def test_waiting_times_by_plain_integration(stream, decay_to):
    """The first row of all starts the clock and the last stops it; history changes rates within a wait."""
    fit = lynchpin.rem(stream, TEXT, likelihood="interval", outcome="clash", decay_to=decay_to)
    times = np.unique(stream.when)

    def columns(t):
        if decay_to == "now":
            return plain_columns(stream, t, EFFECTS)
        held = times[np.searchsorted(times, t, side="left") - 1]  # known until t, reckoned to the time point before
        back = 2.0 ** ((t - held) / HALF_LIFE)
        return plain_columns(stream, t, EFFECTS) * back

    explained = stream.kind == 0
    seen = replace(stream, **{k: getattr(stream, k)[explained] for k in ("when", "src", "dst", "kind", "weight")})
    plain = PlainInterval(
        seen, columns, begin=times[0], counts_begin=False, end=times[-1], jumps=tuple(times[1:].tolist())
    )
    assert fit.log_likelihood == pytest.approx(plain.value(fit.estimate), rel=1e-9)
    np.testing.assert_allclose(plain.slope(fit.estimate), 0.0, atol=1e-5)
    assert fit.n_events == len(plain.seen)
    after = int(times[-1] > stream.when[explained][-1])  # the silence after the last of them is one more
    assert fit.n_time_points == np.unique(stream.when[explained & (stream.when > times[0])]).size + after


def test_what_drops_out_of_a_window_between_them():
    fit = lynchpin.rem(APART, "inertia(window=2.5)", likelihood="interval", outcome="clash")
    explained = APART.kind == 0
    seen = replace(APART, **{k: getattr(APART, k)[explained] for k in ("when", "src", "dst", "kind", "weight")})
    jumps = sorted({*APART.when.tolist(), *(APART.when + 2.5).tolist()})
    plain = PlainInterval(
        seen,
        lambda t: past(APART, t, "inertia", window=2.5)[..., None],
        begin=APART.when[0],
        counts_begin=False,
        end=APART.when[-1],
        jumps=jumps,
    )
    assert fit.log_likelihood == pytest.approx(plain.value(fit.estimate), rel=1e-9)


def test_counts_by_hand():
    fit = lynchpin.rem(STREAM, TEXT, likelihood="rate", outcome="clash")
    total = 0.0
    for time in np.arange(STREAM.when[0], STREAM.when[-1] + 0.5):
        eta = fit.estimate[0] + plain_columns(STREAM, time, EFFECTS) @ fit.estimate[1:]
        now = clashes(STREAM, time)
        total += sum(eta[d] for d in now) - sum(np.exp(eta[d]) for d in DYADS)
        total -= sum(log(factorial(now.count(d))) for d in set(now))
    assert fit.log_likelihood == pytest.approx(total, rel=1e-10)


def test_types_are_those_of_the_outcomes():
    three = replace(STREAM, kind=(np.arange(STREAM.count) % 3).astype(np.int32), kinds=("a", "b", "c"))
    fit = lynchpin.rem(three, "inertia", likelihood="type", outcome=["a", "c"])
    assert fit.names == ("c: baseline", "c: inertia")
    total, kept = 0.0, np.flatnonzero(three.kind != 1)
    for e in kept:
        eta = fit.estimate[0] + fit.estimate[1] * (
            ((three.src == three.src[e]) & (three.dst == three.dst[e]) & (three.when < three.when[e])).sum()
        )
        total += eta * (three.kind[e] == 2) - np.log1p(np.exp(eta))
    assert fit.log_likelihood == pytest.approx(total, rel=1e-10)
    assert fit.n_events == kept.size


@pytest.mark.parametrize("likelihood", ["ordinal", "choice", "interval", "rate"])
def test_all_types_are_no_choice(likelihood):
    both = lynchpin.rem(STREAM, TEXT, likelihood=likelihood, outcome="clash|talk")
    every = lynchpin.rem(STREAM, TEXT, likelihood=likelihood)
    np.testing.assert_array_equal(both.estimate, every.estimate)
    assert both.log_likelihood == every.log_likelihood


@pytest.mark.parametrize("likelihood", ["ordinal", "choice", "interval", "rate"])
def test_without_a_memory_of_the_others_they_might_not_be_there(likelihood):
    """But for the clock, which the whole record holds."""
    frame = frame_of(STREAM)
    text, of = "inertia(class=clash) reciprocity(class=clash)", {"likelihood": likelihood, "actors": STREAM.actors}
    edges = {"start": 0.0, "stop": 19.0}
    apart = lynchpin.rem(frame, text, outcome="clash", **of, **edges)
    alone = lynchpin.rem(frame.filter(pl.col("type") == "clash"), text, **of, **edges)
    np.testing.assert_allclose(apart.estimate, alone.estimate, rtol=1e-9)
    assert apart.log_likelihood == pytest.approx(alone.log_likelihood, rel=1e-12)


def test_controls_presence_and_a_start_go_with_it():
    every = lynchpin.rem(APART, TEXT, outcome="clash", likelihood="interval")
    spells = pl.DataFrame({"actor": ["A"], "from": [None], "to": ["1000"]}, schema_overrides={"from": pl.String})
    there = lynchpin.rem(APART, TEXT, outcome="clash", likelihood="interval", presence=spells)
    assert there.log_likelihood == pytest.approx(every.log_likelihood, rel=1e-12)
    for likelihood in ("ordinal", "interval"):
        some = lynchpin.rem(APART, TEXT, outcome="clash", likelihood=likelihood, controls=30, start=4.0)
        full = lynchpin.rem(APART, TEXT, outcome="clash", likelihood=likelihood, start=4.0)
        np.testing.assert_allclose(some.estimate, full.estimate, atol=1e-5)  # all others drawn
        assert some.n_events == int((APART.when[APART.kind == 0] >= 4.0).sum())


def test_the_active_are_those_with_an_outcome():
    quiet = replace(STREAM, kind=np.where(STREAM.src == 0, 1, 0).astype(np.int32))  # A only talks
    fit = lynchpin.rem(quiet, "inertia", risk_set="active", outcome="clash")
    clash = quiet.kind == 0
    assert fit.n_dyads == len({*zip(quiet.src[clash].tolist(), quiet.dst[clash].tolist(), strict=True)})


def test_it_is_said_saved_and_predicted(tmp_path):
    fit = lynchpin.rem(STREAM, TEXT, outcome=("clash",))
    others = int((~CLASH).sum())
    assert f"explained: events of type clash; {others} of other types are history only" in fit.summary()
    assert fit.to_dict()["outcome"] == ["clash"]
    again = lynchpin.load_rem(fit.save(tmp_path / "fit.rem"))
    assert again.request.outcome == ("clash",)
    new = pl.DataFrame({"time": [30, 30], "sender": ["A", "B"], "receiver": ["B", "C"], "type": ["talk", "clash"]})
    assert again.predict(new)["sender"].to_list() == ["B"]
    assert again.check().recall["mean_rank"] < 0.6
    with pytest.raises(BadData, match="no event is of type clash"):
        again.predict(new.filter(pl.col("type") == "talk"))


@pytest.mark.parametrize(
    ("outcome", "error", "what"),
    [
        ("clas", UnknownName, "no event is of type 'clas'"),
        ("clash|", UnknownName, "no event is of type ''"),
        (["clash", "walk"], UnknownName, "no event is of type 'walk'"),
    ],
)
def test_a_type_that_is_not_there_is_refused(outcome, error, what):
    with pytest.raises(error, match=what):
        lynchpin.rem(STREAM, TEXT, outcome=outcome)


def test_events_without_types_have_no_outcome():
    with pytest.raises(BadValue, match="the events have no types"):
        lynchpin.rem(frame_of(STREAM).drop("type"), TEXT, outcome="clash")
    with pytest.raises(BadData, match="the events that are explained are all of one type"):
        lynchpin.rem(STREAM, "inertia", likelihood="type", outcome="clash")


def test_the_command(tmp_path):
    file = tmp_path / "events.csv"
    frame_of(STREAM).write_csv(file)
    asked = ["rem", str(file), "--effects", TEXT, "--outcome"]
    fit = lynchpin.rem(STREAM, TEXT, outcome="clash")
    done = CliRunner().invoke(app, [*asked, "clash", "--json"])
    told = json.loads(done.stdout)
    np.testing.assert_allclose(told["estimate"], fit.estimate, rtol=1e-12)
    assert told["outcome"] == ["clash"]
    both = json.loads(CliRunner().invoke(app, [*asked, "clash,talk", "--json"]).stdout)
    assert both["outcome"] == ["clash", "talk"]
    assert CliRunner().invoke(app, [*asked, "clsh"]).exit_code != 0
