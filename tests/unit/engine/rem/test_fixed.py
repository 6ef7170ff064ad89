"""Coefficients that are given: the likelihood climbs over the others, and nothing else is different."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import lynchpin
from helpers.relational_plain import crowded_stream
from lynchpin.cli import app
from lynchpin.errors import BadValue, UnknownName

STREAM = crowded_stream(4, events=120, days=20)
TEXT = "inertia(4d) reciprocity(4d) outdegreeSender"
LIKELIHOODS = ["ordinal", "interval", "rate", "choice"]


def text_for(likelihood):
    return TEXT.replace("Sender", "Receiver") if likelihood == "choice" else TEXT


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_given_its_estimate_the_others_are_what_they_were(likelihood):
    free = lynchpin.rem(STREAM, text_for(likelihood), likelihood=likelihood)
    at = free.names.index("reciprocity")
    held = lynchpin.rem(STREAM, text_for(likelihood), likelihood=likelihood, fix={"reciprocity": free.estimate[at]})
    assert held.names == tuple(name for name in free.names if name != "reciprocity")
    np.testing.assert_allclose(held.estimate, np.delete(free.estimate, at), atol=1e-7)
    assert held.log_likelihood == pytest.approx(free.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(held.every_estimate, free.estimate, atol=1e-7)
    information = np.linalg.inv(free.covariance)
    others = np.delete(np.delete(information, at, 0), at, 1)
    np.testing.assert_allclose(held.se, np.sqrt(np.diag(np.linalg.inv(others))), rtol=1e-6)
    assert held.n_parameters == free.n_parameters - 1
    assert held.check().surprise == pytest.approx(free.check().surprise, rel=1e-7)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_at_nothing_the_effect_might_not_be_there(likelihood):
    text = text_for(likelihood)
    held = lynchpin.rem(STREAM, text, likelihood=likelihood, fix={"inertia(half_life=4)": 0.0}, cluster="dyad")
    less = lynchpin.rem(STREAM, text.removeprefix("inertia(4d) "), likelihood=likelihood, cluster="dyad")
    np.testing.assert_allclose(held.estimate, less.estimate, atol=1e-7)
    np.testing.assert_allclose(held.se, less.se, rtol=1e-6)


def test_an_exposure_counts_as_an_offset():
    """A dyad at risk for twice as much: counts by the logarithm of what each was open to, with a coefficient of one."""
    n, rng = 5, np.random.default_rng(3)
    names = "ABCDE"
    open_to = rng.uniform(0.5, 4.0, (n, n))
    rows = [(a, b, np.log(open_to[i, j])) for i, a in enumerate(names) for j, b in enumerate(names) if i != j]
    table = pl.DataFrame(rows, schema=["sender", "receiver", "value"], orient="row")
    frame = pl.DataFrame(
        [
            (float(day), a, b)
            for day in range(40)
            for i, a in enumerate(names)
            for j, b in enumerate(names)
            if i != j
            for _ in range(rng.poisson(0.1 * open_to[i, j]))
        ],
        schema=["time", "sender", "receiver"],
        orient="row",
    )
    fit = lynchpin.rem(
        frame, "tie(log)", likelihood="rate", covariates={"log": table}, fix={"tie(log)": 1.0}, start=0.0, stop=39.5
    )
    off = ~np.eye(n, dtype=bool)
    exposure = 39.0 + 0.5
    assert fit.estimate[0] == pytest.approx(np.log(frame.height / (exposure * open_to[off].sum())), rel=1e-7)
    assert fit.se[0] == pytest.approx(frame.height**-0.5, rel=1e-6)


def test_who_cannot_act_is_kept_out():
    """At minus fifty a dyad is compared with nobody: the same as one that is not at risk."""
    quiet = [("A", "B"), ("C", "D")]
    names = np.array(STREAM.actors)
    acts = [pair in quiet for pair in zip(names[STREAM.src], names[STREAM.dst], strict=True)]
    frame = pl.DataFrame({"time": STREAM.when, "sender": names[STREAM.src], "receiver": names[STREAM.dst]}).filter(
        ~pl.Series(acts)
    )
    out = pl.DataFrame({"sender": ["A", "C"], "receiver": ["B", "D"], "value": [1, 1]})
    at_risk = [(a, b) for a in STREAM.actors for b in STREAM.actors if a != b and (a, b) not in quiet]
    held = lynchpin.rem(
        frame, "inertia tie(out, absent=0)", covariates={"out": out}, fix={"tie(out)": -50.0}, actors=STREAM.actors
    )
    less = lynchpin.rem(frame, "inertia", dyads=at_risk, actors=STREAM.actors)
    assert held.log_likelihood == pytest.approx(less.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(held.estimate, less.estimate, rtol=1e-8)


def test_it_is_said_saved_and_predicted(tmp_path):
    fit = lynchpin.rem(STREAM, TEXT, fix={"inertia": 0.5})
    assert "fixed, not estimated: inertia = 0.5" in fit.summary()
    again = lynchpin.load_rem(fit.save(tmp_path / "fit.rem"))
    new = pl.DataFrame({"time": [30.0], "sender": ["A"], "receiver": ["B"]})
    assert again.predict(new).equals(fit.predict(new))
    np.testing.assert_array_equal(again.every_estimate, fit.every_estimate)


@pytest.mark.parametrize(
    ("fix", "error", "what"),
    [
        ({"inertai": 1.0}, UnknownName, "no coefficient 'inertai'"),
        ({"otp": 1.0}, UnknownName, "no coefficient 'otp'"),
        ({"inertia": float("nan")}, BadValue, "fixed at nan"),
        ({"inertia": 1.0, "inertia(4)": 2.0}, BadValue, "given twice"),
        ({"inertia": 1.0, "reciprocity": 0.0, "outdegreeSender": 0.0}, BadValue, "every coefficient is given"),
    ],
)
def test_what_is_no_coefficient_is_refused(fix, error, what):
    with pytest.raises(error, match=what):
        lynchpin.rem(STREAM, TEXT, fix=fix)


def test_what_does_not_go_together_is_refused():
    with pytest.raises(BadValue, match="random effects go with estimated"):
        lynchpin.rem(STREAM, TEXT, fix={"inertia": 1.0}, random="sender")
    with pytest.raises(BadValue, match="the type model has a coefficient for each type"):
        lynchpin.rem(STREAM, "inertia", likelihood="type", fix={"inertia": 1.0})


def test_the_command(tmp_path):
    names = np.array(STREAM.actors)
    file = tmp_path / "e.csv"
    pl.DataFrame({"time": STREAM.when, "sender": names[STREAM.src], "receiver": names[STREAM.dst]}).write_csv(file)
    asked = ["rem", str(file), "--effects", "inertia(half_life=4) reciprocity(4)", "--json"]
    told = json.loads(CliRunner().invoke(app, [*asked, "--fix", "inertia(half_life=4)=0.5"]).stdout)
    assert told["names"] == ["reciprocity"] and told["fixed"] == {"inertia(half_life=4)": 0.5}
    fit = lynchpin.rem(STREAM, "inertia(4d) reciprocity(4d)", fix={"inertia": 0.5})
    np.testing.assert_allclose(told["estimate"], fit.estimate, rtol=1e-9)
    for wrong in ("inertia", "inertia=x", "=1"):
        assert CliRunner().invoke(app, [*asked, "--fix", wrong]).exit_code != 0
