"""Relational event models: the engine beside what does the same, on a record that is drawn here."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from _stream import FIVE, world

import lynchpin
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.problem import prepare
from lynchpin.engine.rem.request import Request

THIRTY = world(states=30, days=119, events=2000, live_share=0.8)
THIRTY = replace(THIRTY, when=THIRTY.when + np.arange(2000) / 4000.0)  # all times distinct, as peers need them
_SEEN = np.unique(np.concatenate([THIRTY.src[:50], THIRTY.dst[:50]]))
FIFTY = replace(
    THIRTY.before(THIRTY.when[50]),
    src=np.searchsorted(_SEEN, THIRTY.src[:50]).astype(np.int32),
    dst=np.searchsorted(_SEEN, THIRTY.dst[:50]).astype(np.int32),
    actors=tuple(THIRTY.actors[k] for k in _SEEN),
)


@pytest.mark.benchmark(group="rem")
def test_rem_lynchpin(benchmark):
    found = benchmark(lambda: lynchpin.rem(THIRTY, FIVE))
    assert found.n_rows == 1_740_000


@pytest.mark.benchmark(group="rem")
def test_rem_peer_r_survival_clogit_fit_only(benchmark, tmp_path: Path):
    """The same fit by R's survival, on statistics that we write for it."""
    if shutil.which("Rscript") is None:
        pytest.skip("there is no Rscript here")
    found = lynchpin.rem(THIRTY, FIVE)
    problem = prepare(Request(terms=parse_effects(FIVE)), THIRTY)
    X = problem.features.fill(problem.features.start(), problem.plan)
    y = np.zeros(X.shape[1], int)
    y[problem.plan.seen_row + np.arange(2000) * 870] = 1
    table = pl.DataFrame({"y": y, "g": np.repeat(np.arange(2000), 870), **dict(zip(FIVE.split(), X, strict=True))})
    table.write_csv(tmp_path / "rows.csv")
    code = (
        f"suppressMessages(library(survival)); d <- read.csv('{tmp_path / 'rows.csv'}'); "
        f"m <- clogit(y ~ {' + '.join(FIVE.split())} + strata(g), d, method='breslow'); "
        "write(format(c(coef(m), m$loglik[2]), digits=15), stdout())"
    )
    run = lambda: subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True)  # noqa: E731
    said = benchmark.pedantic(run, rounds=1).stdout.split()
    np.testing.assert_allclose([float(word) for word in said[:5]], found.estimate, rtol=1e-4)


@pytest.mark.benchmark(group="rem-fifty-events")
def test_rem_fifty_events_lynchpin(benchmark):
    assert benchmark(lambda: lynchpin.rem(FIFTY, FIVE, first=1)).n_events == 49


@pytest.mark.benchmark(group="rem-fifty-events")
def test_rem_fifty_events_peer_remflow(benchmark):
    """The one other Python package, at the size that it can do (`pip install remflow`)."""
    remflow = pytest.importorskip("remflow")
    import pandas as pd

    names = [[FIFTY.actors[k] for k in side] for side in (FIFTY.src, FIFTY.dst)]
    table = pd.DataFrame({"time": FIFTY.when, "sender": names[0], "receiver": names[1]})

    def run():
        history = remflow.remify(table, model="tie", ordinal=True, riskset="full")
        effects = "~ " + " + ".join(f"{name}()" for name in FIVE.split())
        return remflow.remstimate(history, remflow.remstats(history, tie_effects=effects))

    theirs = benchmark.pedantic(run, rounds=1)
    ours = lynchpin.rem(FIFTY, FIVE, first=1)
    assert theirs.loglik == pytest.approx(ours.log_likelihood, rel=1e-5)
    assert (np.asarray(theirs.se) < ours.se).all()  # they leave the mean's term out


@pytest.mark.benchmark(group="rem-sampled")
def test_rem_sampled_lynchpin(benchmark):
    """185 states by day, 15,261 events, 20 controls for each: the size of a year of ICEWS."""
    stream = world(states=185, days=365, events=15_261)
    found = benchmark(lambda: lynchpin.rem(stream, FIVE, half_life=30.0, scale="log1p", controls=20))
    assert found.n_rows > 150_000


@pytest.mark.benchmark(group="rem-everyone")
def test_rem_everyone_lynchpin(benchmark):
    """The same with the full risk set of 34,040 dyads, which no array of 20.8 GB is made for."""
    stream = world(states=185, days=365, events=15_261)
    found = benchmark.pedantic(
        lambda: lynchpin.rem(stream, FIVE, half_life=30.0, scale="log1p"), rounds=2, warmup_rounds=1
    )
    assert found.n_rows == 365 * 34_040
