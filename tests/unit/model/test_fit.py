"""The fit: a planted truth is found again, the optimum is one, the sandwich and the half-lives are what they say."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lynchpin.account.cases import Known, read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.engine.likelihoods import counts
from lynchpin.events import SCHEMA
from lynchpin.model import fit_case
from lynchpin.model.design import build_design, expand
from lynchpin.model.design.steps import lay_steps
from lynchpin.model.newton import CLUSTER_DAYS, clustered_meat, maximise, sums

START = date(2010, 1, 4)
STATES = ("USA", "JPN", "KOR", "PRK")
WEEKS = 900
TRUTH = {"shared_threat": 0.9, "patron_push": -0.4, "inertia": 0.35}
BASE = {"cooperation": -2.6, "conflict": -2.8}
SIZE = 1.5


def planted_case(folder, *, half_life="60d"):
    write_new_case("planted", folder)
    file = folder / "planted" / "case.toml"
    text = file.read_text().replace("start = 2015-01-01", f"start = {START}")
    text = text.replace("[[control]]", '[model]\nexposure_half_life = "none"\n\n[[control]]', 1)
    text = text.replace('half_life = "60d"                # or "fit"', f'half_life = "{half_life}"')
    file.write_text(text)
    return read_case(file)


def planted_events(seed, threat_half_life=60.0):
    """Counts drawn week by week from the model, by plain loops that share nothing with the package."""
    rng = np.random.default_rng(seed)
    pairs = [(i, j) for i in range(4) for j in range(4) if i != j]
    dyad = {(p, c): rng.normal(0.0, 0.4) for p in pairs for c in BASE}
    memory = {(c, h): np.zeros((4, 4)) for c in BASE for h in {90.0, 60.0, threat_half_life}}
    rows = []
    for week in range(WEEKS):
        coop, conf = memory["cooperation", 60.0], memory["conflict", threat_half_life]
        threat = np.log1p(conf[3, 1] + conf[3, 2])
        push = np.log1p(min(coop[0, 1] + coop[1, 0], coop[0, 2] + coop[2, 0]))
        drawn = []
        for (i, j), c in dyad:
            eta = BASE[c] + dyad[(i, j), c] + TRUTH["inertia"] * np.log1p(memory[c, 90.0][i, j])
            if {i, j} == {1, 2} and c == "cooperation":
                eta += TRUTH["shared_threat"] * threat + TRUTH["patron_push"] * push
            mu = np.exp(eta)
            for _ in range(rng.negative_binomial(SIZE, SIZE / (SIZE + mu))):
                drawn.append((int(rng.integers(7)), i, j, c))
        for (c, h), trace in memory.items():
            trace *= 2.0 ** (-7.0 / h)
            for day, i, j, cls in drawn:
                if cls == c:
                    trace[i, j] += 2.0 ** (-(7.0 - day) / h)
        rows += [(START + timedelta(days=7 * week + day), STATES[i], STATES[j], c) for day, i, j, c in drawn]
    rows.sort(key=lambda r: r[0])
    return pl.DataFrame(
        {
            "event_id": [f"e{k}" for k in range(len(rows))],
            "date": [r[0] for r in rows],
            "source": [[r[1]] for r in rows],
            "target": [[r[2]] for r in rows],
            "event_class": [r[3] for r in rows],
            "contexts": pl.Series([[] for _ in rows], dtype=pl.List(pl.String)),
            "source_sector": ["GOV"] * len(rows),
            "target_sector": ["GOV"] * len(rows),
            "magnitude": [1.0 if r[3] == "cooperation" else -1.0 for r in rows],
        }
    )


ORIGIN = START + timedelta(days=7 * WEEKS)


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    case = planted_case(tmp_path_factory.mktemp("planted"))
    return [fit_case(Known(case, planted_events(seed), None, ORIGIN)) for seed in (1, 2, 3)]


def estimate(fit, name, event_class=None):
    for k, c in enumerate(fit.design.columns):
        if c.name == name and (event_class is None or c.event_class == event_class):
            return fit.estimate[k], fit.standard_error[k]
    raise LookupError(name)


def test_planted_coefficients_are_found_again(planted):
    z = []
    for fit in planted:
        assert fit.converged
        for name in ("shared_threat", "patron_push"):
            found, se = estimate(fit, name)
            z.append((found - TRUTH[name]) / se)
            assert se < 0.25
        for c in BASE:
            found, se = estimate(fit, "inertia(90d)", c)
            z.append((found - TRUTH["inertia"]) / se)
    assert np.max(np.abs(z)) < 3.0
    assert abs(np.mean(z)) < 0.8


def test_planted_dispersion_and_pooling_are_found_again(planted):
    for fit in planted:
        for c in BASE:
            assert abs(np.log(fit.theta[c] / SIZE)) < 0.5
            assert 0.15 < fit.pooled_sd[c] < 0.9


def test_planted_half_life_is_found_again(tmp_path):
    case = planted_case(tmp_path, half_life="fit")
    fit = fit_case(Known(case, planted_events(5, threat_half_life=30.0), None, ORIGIN))
    low, high = fit.half_life_interval["shared_threat"]
    assert low <= 30.0 <= high
    assert 7.0 < fit.design.columns[fit.design.position("shared_threat")].half_life_days < 120.0


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    case = planted_case(tmp_path_factory.mktemp("small"))
    events = planted_events(9)
    first = events["date"].min()
    return build_design(case, expand(events, case), lay_steps(first, first + timedelta(days=7 * 120), 7))


def test_gradient_and_information_are_derivatives(small):
    rng = np.random.default_rng(1)
    beta = rng.normal(-0.5, 0.3, len(small.columns))
    theta = {"cooperation": 0.7, "conflict": float("inf")}
    here, h = sums(small, beta, theta), 1e-5
    for k in rng.choice(beta.size, 8, replace=False):
        step = np.eye(beta.size)[k] * h
        up, down = sums(small, beta + step, theta), sums(small, beta - step, theta)
        np.testing.assert_allclose(here.gradient[k], (up.value - down.value) / (2 * h), rtol=1e-5)
        np.testing.assert_allclose(here.information[k], -(up.gradient - down.gradient) / (2 * h), rtol=1e-4, atol=1e-4)


def test_optimum_is_one_from_a_bad_start(small):
    theta = {"cooperation": 0.7, "conflict": 2.0}
    precision = np.full(len(small.columns), 1.0)
    near, at, met = maximise(small, np.zeros(precision.size), theta, precision)
    far, _, met_too = maximise(small, np.full(precision.size, 3.0), theta, precision)
    assert met and met_too
    np.testing.assert_allclose(near, far, atol=1e-5)
    np.testing.assert_allclose(at.sums.gradient, precision * near, atol=1e-3)


def test_sandwich_counts_a_mutual_act_once(small):
    """A design in which every row stands twice, in one cluster, has four times the meat and twice the information."""
    beta = np.zeros(len(small.columns))
    theta = {"cooperation": float("inf"), "conflict": float("inf")}
    meat = clustered_meat(small, beta, theta)
    expected = np.zeros_like(meat)
    pairs = {frozenset((u.source, u.target)) for u in small.units}
    block = np.arange(small.rows) * 7 // CLUSTER_DAYS
    for pair in pairs:
        for b in np.unique(block):
            score = np.zeros(beta.size)
            for u in small.units:
                if {u.source, u.target} == set(pair):
                    eta = small.offset[u.event_class] + u.X @ beta[u.columns]
                    inside = block == b
                    score[u.columns] += u.X[inside].T @ counts.score(u.y[inside], eta[inside], np.inf)
            expected += np.outer(score, score)
    np.testing.assert_allclose(meat, expected, rtol=1e-9, atol=1e-9)


def test_standard_error_is_the_larger_of_the_two(fit_2012):
    se = fit_2012.standard_error
    assert (se >= np.sqrt(np.diag(fit_2012.covariance)) - 1e-12).all()
    assert (se >= np.sqrt(np.diag(fit_2012.clustered)) - 1e-12).all()
    assert (se > np.sqrt(np.diag(fit_2012.covariance)) + 1e-9).any()


def test_summary_and_frame_hold_the_same_numbers(fit_2012):
    frame = fit_2012.to_frame()
    row = frame.filter(pl.col("name") == "patron_push").row(0, named=True)
    assert f"{row['estimate']:9.3f}" in fit_2012.summary()
    assert row["lower"] < row["estimate"] < row["upper"]
    assert frame.height == len(fit_2012.design.columns)
    assert set(SCHEMA) <= set(fit_2012.events.columns)
