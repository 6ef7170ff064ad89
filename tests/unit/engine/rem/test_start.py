"""When a record starts and stops: what is before is history, what is after is left out, for every likelihood."""

from __future__ import annotations

from dataclasses import replace
from math import factorial, log

import numpy as np
import polars as pl
import pytest
from scipy.special import logsumexp

import lynchpin
from helpers.plain_interval import PlainInterval
from helpers.relational_plain import HALF_LIFE, crowded_stream, plain_columns
from lynchpin.engine.rem.events import stream_of

STREAM = crowded_stream(4, events=120, days=20)  # six actors, whole days
START, STOP = 7.0, 15.0
EFFECTS = ("inertia", "reciprocity")
TEXT = f"inertia({HALF_LIFE}) reciprocity({HALF_LIFE})"
FITTED = np.unique(STREAM.when[STREAM.when >= START])
DYADS = [(i, j) for i in range(6) for j in range(6) if i != j]


def acts(time):
    return [(s, r) for t, s, r in zip(STREAM.when, STREAM.src, STREAM.dst, strict=True) if t == time]


@pytest.mark.parametrize("likelihood", ["ordinal", "choice", "type", "interval"])
def test_events_before_the_start_are_history_only(likelihood):
    """The same as so many time points that are history; an event at the start counts."""
    before = int(np.unique(STREAM.when[STREAM.when < START]).size)
    text = TEXT if likelihood != "type" else "inertia outdegreeSender"
    # a clock that counts time points, so that `first` and `start` have the same waiting times
    options = {"clock": "order"} if likelihood == "interval" else {}
    by_start = lynchpin.rem(STREAM, text, likelihood=likelihood, start=START, **options)
    by_first = lynchpin.rem(STREAM, text, likelihood=likelihood, first=before, **options)
    assert by_start.n_events == int((STREAM.when >= START).sum())
    assert by_start.log_likelihood == pytest.approx(by_first.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(by_start.estimate, by_first.estimate, rtol=1e-10)
    whole = lynchpin.rem(STREAM, text, likelihood=likelihood, **options)
    assert abs(whole.log_likelihood - by_start.log_likelihood) > 1.0
    assert any(f"{int((STREAM.when < START).sum())} events before the start at 7" in note for note in by_start.notes)


def test_an_ordinal_likelihood_by_hand():
    fit = lynchpin.rem(STREAM, TEXT, start=START)
    total = 0.0
    for time in FITTED:
        X = plain_columns(STREAM, time, EFFECTS)
        every = logsumexp([X[d] @ fit.estimate for d in DYADS])
        total += sum(X[d] @ fit.estimate - every for d in acts(time))
    assert fit.log_likelihood == pytest.approx(total, rel=1e-10)


@pytest.mark.parametrize("start", [START, START - 0.75])
def test_the_clock_of_waiting_times_starts_there(start):
    fit = lynchpin.rem(STREAM, TEXT, likelihood="interval", start=start)
    plain = PlainInterval(STREAM, lambda t: plain_columns(STREAM, t, EFFECTS), begin=start)
    assert fit.n_events == int((STREAM.when >= START).sum())
    assert fit.log_likelihood == pytest.approx(plain.value(fit.estimate), rel=1e-10)


def test_steps_begin_there():
    fit = lynchpin.rem(STREAM, TEXT, likelihood="rate", start=START, stop=STOP)
    total = 0.0
    for time in np.arange(START, STOP + 0.5):  # an event at the stop opens a step, which is whole
        eta = fit.estimate[0] + plain_columns(STREAM, time, EFFECTS) @ fit.estimate[1:]
        now = acts(time)
        total += sum(eta[d] for d in now) - sum(np.exp(eta[d]) for d in DYADS)
        total -= sum(log(factorial(now.count(d))) for d in set(now))
    assert fit.log_likelihood == pytest.approx(total, rel=1e-10)


@pytest.mark.parametrize("likelihood", ["ordinal", "choice", "type", "interval", "rate"])
def test_events_after_the_stop_are_left_out_and_counted(likelihood):
    """Not one byte of the answer depends on them: the fit is that of the file that ends there."""
    names = np.array(STREAM.actors)
    frame = pl.DataFrame(
        {"time": STREAM.when, "sender": names[STREAM.src], "receiver": names[STREAM.dst], "type": STREAM.kind}
    )
    late = pl.DataFrame({"time": [18.0, 19.0], "sender": ["Z", "A"], "receiver": ["A", "Y"], "type": [0, 1]})
    longer = pl.concat([frame, late.cast(dict(frame.schema))])
    text = TEXT if likelihood != "type" else "inertia outdegreeSender"
    cut = lynchpin.rem(frame.filter(pl.col("time") <= STOP), text, likelihood=likelihood, stop=STOP)
    fit = lynchpin.rem(longer, text, likelihood=likelihood, stop=STOP)
    assert (fit.log_likelihood, fit.n_dyads, fit.n_events) == (cut.log_likelihood, cut.n_dyads, cut.n_events)
    assert fit.estimate.tolist() == cut.estimate.tolist()
    after = int((longer["time"] > STOP).sum())
    assert [note for note in fit.notes if "stop" in note] == [
        f"{after} events after the stop at 15 are left out, and 2 actors that act only then"
    ]
    assert fit.notes[0] in fit.summary() and fit.to_dict()["notes"] == list(fit.notes)


def test_who_acts_only_after_the_stop_may_be_named_in_other_tables():
    names = np.array(STREAM.actors)
    frame = pl.DataFrame({"time": STREAM.when, "sender": names[STREAM.src], "receiver": names[STREAM.dst]})
    longer = pl.concat([frame, pl.DataFrame({"time": [19.0], "sender": ["Z"], "receiver": ["A"]})])
    presence = pl.DataFrame({"actor": ["Z", "A"], "from": [17.0, 0.0], "to": [None, 99.0]})
    assert lynchpin.rem(longer, TEXT, stop=STOP, presence=presence).n_dyads == 30


REFUSED = [
    ({"start": 20.5}, "no event at or after the start at 20.5"),
    ({"stop": -1.0}, "no event until the stop at -1"),
    ({"start": 9.0, "stop": 9.0}, "it stops at 9 and starts at 9"),
    ({"start": float("nan")}, "is not a time"),
    ({"start": "soon"}, "'soon' is not a time"),
]


@pytest.mark.parametrize("likelihood", ["ordinal", "choice", "type", "interval", "rate"])
@pytest.mark.parametrize(("options", "said"), REFUSED)
def test_a_start_or_a_stop_that_leaves_nothing(likelihood, options, said):
    with pytest.raises(lynchpin.LynchpinError, match=said):
        lynchpin.rem(STREAM, TEXT, likelihood=likelihood, **options)


def test_dates_start_too(tmp_path):
    pairs = ["ab", "ba", "ac", "cb"] * 5
    rows = "".join(f"2012-01-{d:02d},{a},{b}\n" for d, (a, b) in enumerate(pairs, 1))
    (tmp_path / "e.csv").write_text("time,sender,receiver\n" + rows)
    fit = lynchpin.rem(tmp_path / "e.csv", "reciprocity(9d)", start="2012-01-11")
    assert fit.n_events == 10 and "10 events before the start at 2012-01-11 are history only" in fit.summary()
    with pytest.raises(
        lynchpin.LynchpinError, match=r"no event at or after the start at 2030-01-01: the last is at 2012-01-20"
    ):
        lynchpin.rem(tmp_path / "e.csv", "reciprocity(9d)", start="2030-01-01")


def test_a_start_that_differs_by_rounding_is_the_event():
    frame = pl.DataFrame({"time": [0.1, 0.3, 0.7, 0.9, 1.3], "sender": list("abcab"), "receiver": list("bcaba")})
    fit = lynchpin.rem(frame, "", start=0.1 + 0.2, likelihood="interval")
    assert fit.n_events == 4


def test_a_fit_that_starts_late_is_checked_saved_and_predicts(tmp_path):
    fit = lynchpin.rem(STREAM, TEXT, start=START, stop=STOP)
    back = lynchpin.load_rem(fit.save(tmp_path / "fit"))
    assert back.notes == fit.notes and back.check().recall == fit.check().recall
    new = pl.DataFrame({"time": [16.0], "sender": ["A"], "receiver": ["B"]})
    X = plain_columns(replace(STREAM.before(15.5)), 16.0, EFFECTS)
    chance = np.exp(X @ fit.estimate)[0, 1] / sum(np.exp(X[d] @ fit.estimate) for d in DYADS)
    assert back.predict(new)["probability"][0] == pytest.approx(chance, rel=1e-9)


def test_a_stream_that_counts_time_points_keeps_its_own_times():
    late = replace(STREAM, when=STREAM.when * 3 + 100)
    fit = lynchpin.rem(late, TEXT, clock="order", start=100 + 3 * START)
    same = lynchpin.rem(STREAM, TEXT, clock="order", start=START)
    assert fit.log_likelihood == same.log_likelihood and fit.stream.when.tolist() == late.when.tolist()
    assert fit.check().recall == same.check().recall
    new = pl.DataFrame({"time": [200.0, 230.0], "sender": ["A", "B"], "receiver": ["B", "C"]})
    assert fit.predict(new)["time"].to_list() == [200.0, 230.0]


def test_stream_of_a_part_has_no_one_of_the_rest():
    frame = pl.DataFrame({"time": [1, 2, 3], "sender": ["b", "a", "c"], "receiver": ["a", "b", "d"]})
    part = stream_of(frame).until(2.0)
    assert part.actors == ("a", "b") and part.left_out == ("c", "d")
    assert part.src.tolist() == [1, 0] and part.dst.tolist() == [0, 1]
