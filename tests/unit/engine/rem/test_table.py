"""The design as a table holds all that the likelihood reads: from it alone the log-likelihood comes out again."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl
import pytest
from scipy.special import gammaln
from typer.testing import CliRunner

import lynchpin
from helpers.relational_plain import crowded_stream
from lynchpin.cli import app
from lynchpin.errors import BadData, BadValue

STREAM = crowded_stream(4, events=120, days=20)
TEXT = "inertia(4d) reciprocity(4d) inertia(4d):reciprocity(4d)"


def predictor(fit, table):
    names = [name for name in fit.names if name != "baseline"]
    return table[names].to_numpy() @ fit.estimate[len(fit.names) - len(names) :]


@pytest.mark.parametrize(
    "options", [{}, {"controls": 5}, {"outcome": "talk"}, {"controls": 5, "control_weights": "weighted"}]
)
@pytest.mark.parametrize("likelihood", ["ordinal", "choice"])
def test_who_is_next(likelihood, options):
    fit = lynchpin.rem(STREAM, TEXT, likelihood=likelihood, **options)
    table = fit.design()
    assert table.columns[8:] == list(fit.names) and table.height == fit.n_rows
    of = table.with_columns(eta=predictor(fit, table) + table["weight"].log().to_numpy())
    each = of.group_by("comparison").agg(
        events=pl.col("events").sum(),
        said=(pl.col("events") * pl.col("eta")).sum(),
        all=pl.col("eta").exp().sum().log(),
    )
    total = (each["said"] - each["events"] * each["all"]).sum()
    assert total == pytest.approx(fit.log_likelihood, rel=1e-10)
    assert table["events"].sum() == fit.n_events and table["time_point"].n_unique() == fit.n_time_points


@pytest.mark.parametrize("likelihood", ["interval", "rate"])
def test_when_and_who(likelihood):
    fit = lynchpin.rem(STREAM, TEXT, likelihood=likelihood)
    table = fit.design()
    eta = fit.estimate[0] + predictor(fit, table)
    total = table["events"].to_numpy() @ eta - (table["weight"] * table["exposure"]).to_numpy() @ np.exp(eta)
    if likelihood == "rate":
        total -= gammaln(table["events"].to_numpy() + 1.0).sum()
    assert total == pytest.approx(fit.log_likelihood, rel=1e-10)


@pytest.mark.parametrize("clock", ["time", "order"])
def test_of_which_type(clock):
    fit = lynchpin.rem(STREAM, "inertia", likelihood="type", start=5.0, clock=clock)
    table = fit.design()
    assert table["type"].value_counts().sort("type")["count"].sum() == fit.n_events
    eta = fit.estimate[0] + fit.estimate[1] * table["inertia"].to_numpy()
    total = np.where(table["type"].to_numpy() == "talk", eta, 0.0).sum() - np.log1p(np.exp(eta)).sum()
    assert total == pytest.approx(fit.log_likelihood, rel=1e-10)


def test_the_first_rows_by_hand():
    frame = pl.DataFrame(
        {
            "time": ["2012-07-01", "2012-07-02", "2012-07-04", "2012-07-05", "2012-07-06"],
            "sender": list("ABABA"),
            "receiver": list("BCBAC"),
        }
    )
    table = lynchpin.rem(frame, "inertia reciprocity", ridge=1.0).design()
    third = table.filter(pl.col("time_point") == 2)
    assert third["time"].unique().to_list() == [datetime(2012, 7, 4)]
    assert third.select("sender", "receiver", "events", "inertia", "reciprocity").rows() == [
        ("A", "B", 1, 1.0, 0.0),
        ("A", "C", 0, 0.0, 0.0),
        ("B", "A", 0, 0.0, 1.0),
        ("B", "C", 0, 1.0, 0.0),
        ("C", "A", 0, 0.0, 0.0),
        ("C", "B", 0, 0.0, 1.0),
    ]


def test_the_command_writes_it_and_replaces_nothing(tmp_path):
    names = np.array(STREAM.actors)
    file = tmp_path / "e.csv"
    pl.DataFrame({"time": STREAM.when, "sender": names[STREAM.src], "receiver": names[STREAM.dst]}).write_csv(file)
    asked = ["rem", str(file), "--effects", "inertia", "--table"]
    right = lynchpin.rem(file, "inertia").design()
    for name, read in (("t.parquet", pl.read_parquet), ("t.csv", pl.read_csv)):
        assert CliRunner().invoke(app, [*asked, str(tmp_path / name)]).exit_code == 0
        assert read(tmp_path / name).equals(right)
    fit = lynchpin.rem(file, "inertia")
    for path, error, what in (
        (tmp_path / "t.csv", BadData, "is there already"),
        (tmp_path / "t.xlsx", BadValue, "no kind of table"),
        (tmp_path / "none" / "t.csv", BadData, "no folder"),
    ):
        with pytest.raises(error, match=what):
            fit.write_design(path)
        assert CliRunner().invoke(app, [*asked, str(path)]).exit_code != 0
