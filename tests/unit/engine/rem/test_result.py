"""What a fit does afterwards: prints, draws, saves, predicts, is checked; and the sandwich."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import lynchpin
from helpers.relational_plain import crowded_stream
from lynchpin.cli import app
from lynchpin.errors import LynchpinError
from lynchpin.report.plots import coefficients

TEXT = "inertia(4d) reciprocity(9d) otp(scale=log1p)"
STREAM = crowded_stream(7, events=200, days=50)


@pytest.fixture(scope="module")
def fit():
    return lynchpin.rem(STREAM, TEXT)


def test_summary_names_every_convention(fit):
    text = fit.summary()
    for part in ("Estimate", "Pr(>|z|)", "AIC", "Breslow", "2^(-age/half-life)", "full risk set of 30 dyads", "90 %"):
        assert part in text
    assert fit.aic == pytest.approx(-2 * fit.log_likelihood + 6)


def test_frame_and_picture(fit):
    table = fit.to_frame()
    assert table["z"].to_list() == pytest.approx((fit.estimate / fit.se).tolist())
    frame = coefficients.data(table)
    assert frame["name"].to_list() == list(fit.names)
    assert "inertia" in json.dumps(fit.plot().to_dict())


def test_saved_and_loaded_it_is_the_same(fit, tmp_path):
    back = lynchpin.load_rem(fit.save(tmp_path / "fit.npz"))
    assert back.summary() == fit.summary() and back.to_dict() == fit.to_dict()
    new = pl.DataFrame({"time": [60, 61], "sender": ["A", "B"], "receiver": ["B", "C"]})
    assert back.predict(new).equals(fit.predict(new))
    (tmp_path / "other.npz").write_bytes(b"no")
    with pytest.raises(LynchpinError, match="not a saved fit"):
        lynchpin.load_rem(tmp_path / "other.npz")


def test_prediction_is_the_fitted_chance(fit):
    """Fit on everything, ask for the tail: the chances are those of the whole likelihood."""
    known, new = STREAM.before(40.0), STREAM
    half = lynchpin.rem(known, TEXT)
    tail = pl.DataFrame(
        {
            "time": STREAM.when,
            "sender": [STREAM.actors[k] for k in STREAM.src],
            "receiver": [STREAM.actors[k] for k in STREAM.dst],
        }
    ).filter(pl.col("time") >= 40.0)
    table = half.predict(tail)
    assert table.height == tail.unique().height and table["n_at_risk"].unique().to_list() == [30]
    from lynchpin.engine.rem.problem import prepare

    problem = prepare(half.request, new)
    X = problem.features.fill(problem.features.start(), problem.plan)
    eta = (half.estimate @ X).reshape(-1, 30)
    q = int(np.searchsorted(problem.plan.at, 40.0))
    row = problem.plan.seen_row[problem.plan.seen_ptr[q]]
    expected = np.exp(eta[q, row]) / np.exp(eta[q]).sum()
    assert table["probability"][0] == pytest.approx(expected, rel=1e-10)
    with pytest.raises(LynchpinError, match="not later"):
        half.predict(tail.with_columns(pl.lit(1.0).alias("time")))
    with pytest.raises(LynchpinError, match="does not know"):
        half.predict(pl.DataFrame({"time": [90], "sender": ["Z"], "receiver": ["A"]}))


def test_checks(fit):
    found = fit.check()
    assert found.recall["mean_rank"] < 0.52 and found.surprise < found.null_surprise
    timed = lynchpin.rem(STREAM, TEXT, likelihood="interval").check()
    assert 0.0 <= timed.waiting_p <= 1.0
    counted = lynchpin.rem(STREAM, TEXT, likelihood="rate").check()
    assert counted.pit.mean() == pytest.approx(1.0) and (np.abs(counted.pit - 1) < 0.2).all()
    with pytest.raises(LynchpinError):
        lynchpin.rem(STREAM, TEXT, likelihood="type").check()


@pytest.mark.parametrize("likelihood", ["ordinal", "interval", "rate"])
def test_sandwich_by_hand(likelihood):
    """Scores by time point are independent pieces: their outer products, from the sums of each alone. A wait is one."""
    from lynchpin.engine.rem.problem import prepare
    from lynchpin.engine.rem.work import Work

    fit = lynchpin.rem(STREAM, TEXT, likelihood=likelihood, cluster="time")
    problem = prepare(fit.request, STREAM)
    scores = []
    for g in range(problem.plan.groups):
        carried = problem.features.start()
        if g:
            problem.features.advance(carried, problem.plan.part(0, g))
        part = problem.plan.part(g, g + 1)
        work = Work(problem.features, problem.plan.part(0, g + 1), fit.request.model)
        before = Work(problem.features, problem.plan.part(0, g), fit.request.model) if g else None
        gradient = work.sums(fit.estimate).gradient
        scores.append(gradient - (before.sums(fit.estimate).gradient if before else 0.0))
        assert part.groups == 1
    S = np.array([np.sum(np.array(scores)[problem.plan.point == k], axis=0) for k in np.unique(problem.plan.point)])
    used = int((S != 0).any(axis=1).sum())
    expected = fit.covariance @ (S.T @ S) @ fit.covariance * used / (used - 1)
    np.testing.assert_allclose(fit.robust, expected, rtol=1e-6, atol=1e-12)
    by_dyad = lynchpin.rem(STREAM, TEXT, likelihood=likelihood, cluster="dyad")
    np.testing.assert_allclose(by_dyad.estimate, fit.estimate, rtol=1e-8)
    assert (np.diag(by_dyad.robust) > 0).all() and "clustered by dyad" in by_dyad.summary()


@pytest.fixture
def csv(tmp_path):
    lines = [
        f"{t:g},{STREAM.actors[s]},{STREAM.actors[r]}"
        for t, s, r in zip(STREAM.when, STREAM.src, STREAM.dst, strict=True)
    ]
    file = tmp_path / "events.csv"
    file.write_text("\n".join(["time,sender,receiver", *lines]))
    return file


def test_command_line(csv, fit, tmp_path):
    done = CliRunner().invoke(
        app, ["rem", str(csv), "--effects", TEXT, "--time-unit", "d", "--json", "--save", str(tmp_path / "f.npz")]
    )
    answer = json.loads(done.stdout)
    assert answer["estimate"] == fit.estimate.tolist()
    for key in ("names", "se", "log_likelihood", "null_log_likelihood", "n_events", "n_dyads", "seconds"):
        assert key in answer
    assert lynchpin.load_rem(tmp_path / "f.npz").log_likelihood == fit.log_likelihood
    shown = CliRunner().invoke(
        app, ["rem", str(csv), "--effects", TEXT, "--time-unit", "d", "--ties", "efron", "--controls", "5"]
    )
    assert "Efron" in shown.stdout and "5 controls" in shown.stdout


def test_command_line_says_where_it_hurts(csv):
    done = CliRunner().invoke(app, ["rem", str(csv), "--effects", "inertia", "--covariate", "gdp"])
    assert isinstance(done.exception, LynchpinError) and "NAME=FILE" in str(done.exception)
