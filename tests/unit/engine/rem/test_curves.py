"""Curves: what mgcv finds on the same table, straight where the truth is straight, and bands that cover as they say."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import lynchpin
from helpers.planted_curves import bent, planted, planted_waits, turning
from lynchpin import cli
from lynchpin.engine.rem.curves import _conditional, _poisson, curves, natural
from lynchpin.errors import BadValue, UnknownName
from lynchpin.report import files

RECORDS = int(os.environ.get("LYNCHPIN_RECORDS", "200"))


def fitted(seed: int, **options):
    events, values = planted(seed, **options)
    return lynchpin.rem(events, "receive(x) send(x)", covariates={"x": values}, time_unit="d")


@pytest.fixture(scope="module")
def fit():
    return fitted(1)


@pytest.fixture(scope="module")
def found(fit):
    return curves(fit, smooth=["receive(x)"], varying=["send(x)"])


def at(curve, places):
    points = curve.points
    return [np.interp(places, points["at"], points[name]) for name in ("value", "lower", "upper")]


def test_it_is_what_mgcv_finds(found):
    """mgcv 1.8-41 on `fit.design()`: gam(cbind(one, comparison) ~ s(rx, bs="cr", k=10) + s(time, by=sx, bs="cr", k=10),
    family=cox.ph, weights=events, method="REML"), knots at the same quantiles; differences of its curve to that at 0.
    """
    smooth, varying = found["receive(x)"], found["send(x)"]
    value, lower, upper = at(smooth, [-2.0, -1.0, -0.5, 0.5, 1.0, 1.9])
    np.testing.assert_allclose(value, [-0.1524249, -0.9585301, -0.6557062, 0.7100191, 0.9794086, 0.2552006], atol=5e-3)
    error = [0.18025459, 0.12674718, 0.09426849, 0.08003210, 0.09067580, 0.12185929]
    np.testing.assert_allclose((upper - lower) / 2 / 1.6448536, error, atol=2e-3)
    value, lower, upper = at(varying, [10, 200, 400, 700, 1000, 1300])
    np.testing.assert_allclose(
        value, [-0.03253768, 0.31788418, 0.51069516, 0.02000011, -0.46380492, -0.39164085], atol=5e-3
    )
    error = [0.10614738, 0.05925478, 0.05846880, 0.05746929, 0.06273791, 0.06112696]
    np.testing.assert_allclose((upper - lower) / 2 / 1.6448536, error, atol=2e-3)
    assert (smooth.df, varying.df) == pytest.approx((6.248978, 6.708273), abs=0.02)
    assert found.log_likelihood == pytest.approx(-6911.717, abs=0.02)


def test_the_straight_model_is_the_fit_itself(fit, found):
    assert found.straight == pytest.approx(fit.log_likelihood, abs=0.01)
    assert found.n_events == fit.n_events and smooth_is_nought(found["receive(x)"])


def smooth_is_nought(curve) -> bool:
    value, lower, upper = at(curve, [curve.reference])
    return abs(value[0]) < 1e-2 and upper[0] - lower[0] < 1e-2


def test_what_is_straight_stays_straight():
    fit = fitted(3, over_x=lambda x: 0.5 * x, over_time=lambda share: 0.3 + 0.0 * share)
    found = curves(fit, smooth=["receive(x)"], varying=["send(x)"])
    assert found["receive(x)"].df < 1.6 and found["send(x)"].df < 2.6
    value, _, _ = at(found["receive(x)"], [-1.5, 1.5])
    slope = fit.estimate[0]
    np.testing.assert_allclose(value, [-1.5 * slope, 1.5 * slope], atol=0.05)
    assert found.log_likelihood - found.straight < 4.0


def slow_conditional(X, table, beta):
    value = 0.0
    for _, rows in table.with_row_index().group_by("comparison"):
        score = X[rows["index"].to_numpy()] @ beta
        below = np.log((rows["weight"].to_numpy() * np.exp(score)).sum())
        value += float((rows["events"].to_numpy() * (score - below)).sum())
    return value


@pytest.mark.parametrize("kind", ["ordinal", "interval"])
def test_the_likelihoods_are_those_of_a_plain_loop(fit, kind):
    rng = np.random.default_rng(2)
    table = (
        fit.design()
        .head(132 * 30)
        .with_columns(weight=pl.Series(rng.uniform(1, 3, 132 * 30)), exposure=pl.Series(rng.uniform(0, 2, 132 * 30)))
    )
    X = rng.normal(size=(table.height, 3))
    likely, beta = (_conditional if kind == "ordinal" else _poisson)(X, table), np.array([0.3, -0.2, 0.1])
    if kind == "ordinal":
        slow = lambda b: slow_conditional(X, table, b)  # noqa: E731
    else:
        mean = table["exposure"].to_numpy() * table["weight"].to_numpy()
        slow = lambda b: float(table["events"].to_numpy() @ (X @ b) - mean @ np.exp(X @ b))  # noqa: E731
    told = likely(beta)
    assert told.value == pytest.approx(slow(beta), rel=1e-10)
    steps = 1e-5 * np.eye(3)
    np.testing.assert_allclose(
        told.gradient, [(slow(beta + s) - slow(beta - s)) / 2e-5 for s in steps], rtol=1e-5, atol=1e-4
    )
    bend = [-(likely(beta + s).gradient - likely(beta - s).gradient) / 2e-5 for s in steps]
    np.testing.assert_allclose(told.information, bend, rtol=1e-5, atol=1e-4)


def test_the_penalty_is_the_integral_of_the_squared_second_derivative():
    basis = natural(np.array([0.0, 1.0, 2.0, 4.0, 7.0, 9.0]), knots=6)
    beta = np.array([0.0, 1.0, -0.5, 2.0, 0.3, 0.7])
    fine = np.linspace(0.0, 1.0, 200_001)
    second = basis.spline(fine, 2) @ beta
    assert beta @ basis.penalty @ beta == pytest.approx(np.trapezoid(second**2, fine), rel=1e-6)
    np.testing.assert_allclose(basis(np.array([0.0, 1.0, 2.0, 4.0, 7.0, 9.0])), np.eye(6), atol=1e-12)


def test_in_continuous_time():
    events, values = planted_waits(4)
    fit = lynchpin.rem(
        events, "receive(x) send(x)", likelihood="interval", covariates={"x": values}, start=0.0, stop=1500.0,
        time_unit="d", covariate_from="at",
    )  # fmt: skip
    found = fit.curves(smooth=["receive(x)"], varying=["send(x)"])
    assert found.straight == pytest.approx(fit.log_likelihood, abs=0.02)
    assert found.log_likelihood - found.straight > 100
    value, lower, upper = at(found["receive(x)"], np.linspace(-1.9, 1.9, 39))
    truth = bent(np.linspace(-1.9, 1.9, 39))
    assert ((lower < truth) & (truth < upper)).mean() > 0.7 and np.abs(value - truth).max() < 0.4
    (baseline,) = found.coefficients.filter(pl.col("name") == "baseline")["estimate"]
    assert -5.5 < baseline < -3.5


@pytest.mark.slow
def test_bands_cover_as_they_say():
    places, share = np.linspace(-1.9, 1.9, 39), np.linspace(0.02, 0.98, 39)
    covered = np.zeros((2, 39))
    for seed in range(RECORDS):
        found = curves(fitted(1000 + seed, points=600), smooth=["receive(x)"], varying=["send(x)"])
        for k, (name, where, truth) in enumerate(
            [("receive(x)", places, bent(places)), ("send(x)", share * 600, turning(share))]
        ):
            _, lower, upper = at(found[name], where)
            covered[k] += (lower < truth) & (truth < upper)
    covered /= RECORDS
    print(
        f"\ncovered on the average {covered.mean(axis=1).round(3)}, least {covered.min(axis=1)}, most {covered.max(axis=1)}"
    )
    assert ((covered.mean(axis=1) > 0.85) & (covered.mean(axis=1) < 0.95)).all()


def test_what_is_refused(fit):
    with pytest.raises(UnknownName, match="no coefficient"):
        curves(fit, smooth=["recieve(x)"])
    for options, words in (
        ({}, "no effect is to be a curve"),
        ({"smooth": ["send(x)"], "varying": ["send(x)"]}, "named twice"),
        ({"smooth": ["send(x)"], "knots": 3}, "3 knots"),
    ):
        with pytest.raises(BadValue, match=words):
            curves(fit, **options)
    few = planted(1, points=60)[0]
    plain = lynchpin.rem(few, "receive(x)", covariates={"x": pl.DataFrame({"actor": [f"a{k}" for k in range(12)], "value": [0.0, 1.0] * 6})}, time_unit="d")  # fmt: skip
    with pytest.raises(BadValue, match="has 2 values"):
        curves(plain, smooth=["receive(x)"])
    for more in ({"ridge": 2.0}, {"cluster": "dyad"}, {"undirected": True, "likelihood": "choice"}):
        with pytest.raises(BadValue, match="curves know no ridge"):
            curves(replace(fit, request=replace(fit.request, **more)), smooth=["send(x)"])
    with pytest.raises(BadValue, match="plain effects only"):
        curves(replace(fit, request=replace(fit.request, ties="efron")), smooth=["send(x)"])


def test_it_is_told_drawn_and_written(found, tmp_path):
    text = found.summary()
    assert (
        "over straight lines" in text
        and "receive(x): log rate, 0 at 0" in text
        and "send(x): coefficient through" in text
    )
    told = found.to_dict()
    assert json.loads(json.dumps(told, allow_nan=False))["curves"][0]["name"] == "receive(x)"
    assert len(told["curves"][0]["points"]) == found["receive(x)"].points.height
    page = files.page(found)
    assert page.count("90 % pointwise") >= 2 and "http" not in page.split("<body")[1][:2000]
    found.plot().to_dict()
    assert len(files.spec(found)["vconcat"]) == 2 and len(repr(found)) < 2000


def test_dated_curves_go_over_days():
    events, values = planted(5, points=200)
    days = pl.date(2001, 1, 1) + pl.duration(days=pl.col("time").floor().cast(pl.Int64))
    fit = lynchpin.rem(
        events.with_columns(time=days), "send(x)", covariates={"x": values.filter(pl.col("time") == 0).drop("time")}
    )
    points = curves(fit, varying=["send(x)"])["send(x)"].points
    assert points.schema["at"] == pl.Datetime("us") and points["at"].min().year == 2001
    assert "2001-" in curves(fit, varying=["send(x)"]).summary()


def test_from_the_command_line(tmp_path, monkeypatch, capsys):
    events, values = planted(6, points=150)
    events.write_csv(tmp_path / "events.csv")
    values.write_csv(tmp_path / "x.csv")
    monkeypatch.chdir(tmp_path)
    words = ["rem", "events.csv", "--effects", "receive(x)", "--covariate", "x=x.csv", "--time-unit", "d"]

    def run(*more: str):
        monkeypatch.setattr("sys.argv", ["lynchpin", *words, *more])
        with pytest.raises(SystemExit) as left:
            cli.main()
        return left.value.code or 0, *capsys.readouterr()

    code, out, _ = run("--smooth", "receive(x)", "--out", "curves.html")
    assert code == 0 and "receive(x): log rate, 0 at 0" in out and (tmp_path / "curves.html").stat().st_size > 10_000
    code, out, _ = run("--smooth", "receive(x)", "--json")
    assert code == 0 and json.loads(out)["curves"]["curves"][0]["kind"] == "smooth"
    assert run("--out", "curves.html")[0] == 2
    code, _, said = run("--varying", "recieve(x)")
    assert code == 2 and "did you mean 'receive(x)'" in said
