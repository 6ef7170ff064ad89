"""Until when a record was watched: that nothing came after the last event is told by the record too."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import numpy as np
import polars as pl
import pytest

import lynchpin
from helpers.relational_plain import crowded_stream
from lynchpin.engine.rem.events import EventStream

STREAM = crowded_stream(4, events=60, days=20)  # six actors: 30 dyads
LAST = float(STREAM.when[-1])


@pytest.mark.parametrize("likelihood", ["interval", "rate"])
def test_of_a_constant_rate(likelihood):
    """Half of the record watched, and as long again in silence: half the rate, by hand."""
    wealth = pl.DataFrame({"actor": list("ABCDEF"), "value": [1.0, 0, 0, 0, 0, 0]})
    start, stop = 0.0, 2 * LAST + (2.0 if likelihood == "rate" else 0.0)
    found = lynchpin.rem(
        STREAM, "send(x)", likelihood=likelihood, covariates={"x": wealth}, start=start, stop=stop, first=0
    )
    from_a = int((STREAM.src == 0).sum())
    assert found.estimate[0] == pytest.approx(log((60 - from_a) / (25 * stop)), rel=1e-9)
    assert found.estimate[:2].sum() == pytest.approx(log(from_a / (5 * stop)), rel=1e-9)


def test_steps_after_the_last_event_and_a_part_of_one():
    asked = {"likelihood": "rate", "half_life": 5.0, "start": 0.0}
    plain = lynchpin.rem(STREAM, "inertia", **asked)
    same = lynchpin.rem(STREAM, "inertia", stop=LAST + 1.0, **asked)
    assert same.log_likelihood == plain.log_likelihood and same.n_rows == plain.n_rows
    longer = lynchpin.rem(STREAM, "inertia", stop=LAST + 8.5, **asked)
    assert longer.n_rows == plain.n_rows + 8 * 30
    beta = longer.estimate
    total = 0.0
    for step in range(int(LAST) + 9):
        past = STREAM.when < step
        N = np.zeros((6, 6))
        np.add.at(N, (STREAM.src[past], STREAM.dst[past]), 0.5 ** ((step - STREAM.when[past]) / 5.0))
        eta = beta[0] + beta[1] * N[~np.eye(6, dtype=bool)]
        total -= np.exp(eta).sum() * (0.5 if step == int(LAST) + 8 else 1.0)
        now = STREAM.when == step
        total += (beta[0] + beta[1] * N[STREAM.src[now], STREAM.dst[now]]).sum()
    y = np.unique(np.stack([STREAM.when, STREAM.src, STREAM.dst]), axis=1, return_counts=True)[1]
    total -= sum(log(k) for n in y for k in range(2, n + 1))
    assert longer.log_likelihood == pytest.approx(total, rel=1e-9)


def test_a_rare_record_is_not_made_to_look_busy():
    """Forty events a record: the silence after the last is worth one, a seventh of a standard error, if it is left out."""
    rng, rate = np.random.default_rng(6), exp(-5.0)
    sums = {None: 0.0, 200.0: 0.0}
    for _ in range(60):
        steps, dyads = np.nonzero(rng.poisson(rate, size=(200, 30)))
        if steps.size < 2:
            continue
        i, j = dyads // 5, dyads % 5
        stream = EventStream(
            steps.astype(float),
            i.astype(np.int32),
            (j + (j >= i)).astype(np.int32),
            np.zeros(steps.size, np.int32),
            np.ones(steps.size),
            tuple("ABCDEF"),
            ("",),
            False,
        )
        for stop in sums:
            plan = _plan(stream, stop)
            sums[stop] += plan.events - rate * float(plan.exposure @ plan.at_risk)  # the score of the truth
    assert abs(sums[200.0]) < 4 * np.sqrt(60 * 200 * 30 * rate)
    assert sums[None] - sums[200.0] > 20


def _plan(stream, stop):
    from lynchpin.engine.rem.effects import parse_effects
    from lynchpin.engine.rem.problem import prepare
    from lynchpin.engine.rem.request import Request

    return prepare(Request(terms=parse_effects("inertia"), likelihood="rate", start=0.0, stop=stop), stream).plan


def test_a_wait_that_has_not_ended_is_none_of_the_waits():
    asked = {"likelihood": "interval", "half_life": 5.0}
    plain = lynchpin.rem(STREAM, "inertia", **asked)
    watched = lynchpin.rem(STREAM, "inertia", stop=LAST + 1e-9, **asked)
    assert watched.check().waiting_p == pytest.approx(plain.check().waiting_p, rel=1e-3)
    later = pl.DataFrame({"time": [LAST + 3.0], "sender": ["A"], "receiver": ["B"]})
    assert watched.predict(later).height == 1
    assert "watched until" in watched.summary()


REFUSED = [
    ({"likelihood": "interval", "stop": 99.0, "clock": "order"}, "no clock that can stop"),
    ({"likelihood": "rate", "stop": -3.0}, "no event until the stop"),
]


@pytest.mark.parametrize(("options", "said"), REFUSED)
def test_a_stop_that_cannot_be(options, said):
    with pytest.raises(lynchpin.LynchpinError, match=said):
        lynchpin.rem(STREAM, "inertia", **options)


def test_dates_stop_too(tmp_path):
    (tmp_path / "e.csv").write_text(
        "time,sender,receiver\n"
        + "".join(f"2012-01-{d:02d},{a},{b}\n" for d, (a, b) in enumerate(["ab", "ba", "ac", "cb"] * 5, 1))
    )
    found = lynchpin.rem(tmp_path / "e.csv", "reciprocity(9d)", likelihood="rate", stop="2012-03-01")
    assert found.n_time_points == 60 and "watched until 2012-03-01" in found.summary()
    found.save(tmp_path / "fit")
    assert lynchpin.load_rem(tmp_path / "fit").request.stop == found.request.stop


def test_negative_binomial_counts_know_their_null():
    """The null model is the model without effects: a column of noise gains next to nothing."""
    burst = np.repeat(np.arange(60), np.random.default_rng(2).geometric(0.4, 60))
    bursty = replace(STREAM, **{c: getattr(STREAM, c)[burst] for c in ("when", "src", "dst", "kind", "weight")})
    wealth = pl.DataFrame({"actor": list("ABCDEF"), "value": [0.1, 0.2, 0.1, 0.3, 0.2, 0.1]})
    found = lynchpin.rem(
        bursty,
        "send(x)",
        likelihood="rate",
        counts="nb2",
        covariates={"x": wealth},
        start=0.0,
        stop=LAST + 30.5,
        ridge=1e6,
    )
    assert found.log_likelihood == pytest.approx(found.null_log_likelihood, abs=1e-3)
