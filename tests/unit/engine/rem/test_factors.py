"""Covariates of words: an effect for each but the first, the same as columns of ones and zeros made by hand."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import lynchpin
from helpers.relational_plain import crowded_stream
from lynchpin.cli import app
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.errors import BadValue

STREAM = crowded_stream(4, events=120, days=20)  # six actors
PARTY = pl.DataFrame({"actor": list("ABCDEF"), "value": ["left", "right", "new left", "right", "left", "new left"]})
PACT = pl.DataFrame(
    {"sender": list("ABCDE"), "receiver": list("BCDEF"), "value": ["war", "trade", "war", "aid", "trade"]}
)


def one(level):
    return PARTY.with_columns(value=(pl.col("value") == level).cast(pl.Int64))


@pytest.mark.parametrize("likelihood", ["ordinal", "interval"])
def test_an_effect_for_each_word_but_the_first(likelihood):
    fit = lynchpin.rem(STREAM, "inertia send(party, factor)", likelihood=likelihood, covariates={"party": PARTY})
    by_hand = lynchpin.rem(
        STREAM,
        "inertia send(new) send(right)",
        likelihood=likelihood,
        covariates={"new": one("new left"), "right": one("right")},
    )
    assert fit.names[-2:] == ("send(party, level=new left)", "send(party, level=right)")
    np.testing.assert_allclose(fit.estimate, by_hand.estimate, rtol=1e-9)
    assert fit.log_likelihood == pytest.approx(by_hand.log_likelihood, rel=1e-12)
    assert "send(party): each is compared with 'left'" in fit.notes


def test_numbers_stand_for_kinds_and_products_are_taken_with_each():
    numbers = PARTY.with_columns(value=pl.col("value").replace_strict({"left": 10, "right": 2, "new left": 9}))
    fit = lynchpin.rem(STREAM, "receive(party, factor):inertia", covariates={"party": numbers})
    assert fit.names == ("receive(party, level=9):inertia", "receive(party, level=10):inertia")
    by_hand = lynchpin.rem(
        STREAM, "receive(new):inertia receive(left):inertia", covariates={"new": one("new left"), "left": one("left")}
    )
    np.testing.assert_allclose(fit.estimate, by_hand.estimate, rtol=1e-9)


def test_pairs_have_kinds_and_who_has_none_is_none():
    fit = lynchpin.rem(STREAM, "tie(pact, factor, absent=0)", covariates={"pact": PACT}, ridge=0.1)
    tables = {name: PACT.filter(pl.col("value") == name).with_columns(value=pl.lit(1)) for name in ("trade", "war")}
    by_hand = lynchpin.rem(STREAM, "tie(trade, absent=0) tie(war, absent=0)", covariates=tables, ridge=0.1)
    np.testing.assert_allclose(fit.estimate, by_hand.estimate, rtol=1e-9)


def test_one_level_can_be_asked_for_and_is_read_again(tmp_path):
    fit = lynchpin.rem(STREAM, "send(party, level=new left)", covariates={"party": PARTY})
    by_hand = lynchpin.rem(STREAM, "send(new)", covariates={"new": one("new left")})
    np.testing.assert_allclose(fit.estimate, by_hand.estimate, rtol=1e-9)
    again = lynchpin.load_rem(fit.save(tmp_path / "fit.rem"))
    assert again.request.terms == fit.request.terms


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("same(x, factor)", "same has no factor"),
        ("inertia(factor)", "inertia has no factor"),
        ("send(x, factor, absent=2)", "none of the kinds"),
        ("send(x, factor, level=a)", "a level is one of a factor"),
    ],
)
def test_what_does_not_go_together_is_refused(text, what):
    with pytest.raises(BadValue, match=what):
        parse_effects(text)


def test_one_value_or_a_word_that_could_not_be_written_is_refused():
    with pytest.raises(BadValue, match="has one value only"):
        lynchpin.rem(STREAM, "send(x, factor)", covariates={"x": PARTY.with_columns(value=pl.lit("left"))})
    with pytest.raises(BadValue, match="is no name of a kind"):
        odd = PARTY.with_columns(value=pl.col("value").str.replace("right", "right (old)", literal=True))
        lynchpin.rem(STREAM, "send(x, factor)", covariates={"x": odd})


def test_the_command(tmp_path):
    names = np.array(STREAM.actors)
    pl.DataFrame({"time": STREAM.when, "sender": names[STREAM.src], "receiver": names[STREAM.dst]}).write_csv(
        tmp_path / "e.csv"
    )
    PARTY.write_csv(tmp_path / "p.csv")
    asked = ["rem", str(tmp_path / "e.csv"), "--effects", "send(party, factor)", "--json"]
    told = json.loads(CliRunner().invoke(app, [*asked, "--covariate", f"party={tmp_path / 'p.csv'}"]).stdout)
    fit = lynchpin.rem(STREAM, "send(party, factor)", covariates={"party": PARTY})
    assert told["names"] == list(fit.names)
    np.testing.assert_allclose(told["estimate"], fit.estimate, rtol=1e-9)
