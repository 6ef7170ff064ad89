"""Peers' own examples in which a rate moves within a wait, and two records whose rates decay with their exact integral.

goldfish 1.7.0 cuts waits where a window ends or a covariate changes (its Social Evolution vignette; 439 calls in seconds, 84
actors). remstimate 3.1.0 holds a covariate over a wait at its value at the end. The data is in the reference folder.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import lynchpin
from lynchpin.engine.rem.events import read_events

START, STOP, WAVE = 1220733470, 1224374400, 1220918400


@pytest.fixture(scope="module")
def data(shared: Path) -> Path:
    return shared / "reference" / "peers" / "data"


@pytest.fixture(scope="module")
def calls(data):
    return read_events(data / "se_calls.csv", actors=tuple(pl.read_csv(data / "se_actors.csv")["label"]), weight="no")


def agrees(fit, coef, se, loglik, *, within=1e-4):
    np.testing.assert_allclose((fit.estimate - coef) / np.array(se), 0.0, atol=within)
    np.testing.assert_allclose(fit.se, se, rtol=1e-4)
    assert fit.log_likelihood == pytest.approx(loglik, abs=1e-5)


def test_windows_that_end_within_waits(calls):
    effects = "indegreeSender outdegreeSender indegreeSender(window=300) outdegreeSender(window=300)"
    fit = lynchpin.rem(calls, effects, likelihood="interval", risk_set="senders", start=START)
    agrees(
        fit,
        [-13.8589864308508, 0.018637282565883, 0.0315763261160121, 1.5888665978773, 0.812526366678085],
        [0.0574855835253684, 0.00239685468776089, 0.00201408130726644, 0.0720997507230379, 0.0909545915979641],
        -5651.24162772266,
    )


def partners(calls, end):
    """How many different others each actor has called, or was called by: an actor's number from each first call on."""
    rows, seen, number = [(name, 0, 0) for name in calls.actors], set(), dict.fromkeys(calls.actors, 0)
    for t, pair in zip(calls.when, zip(calls.src, calls.dst, strict=True), strict=True):
        if pair not in seen:
            seen.add(pair)
            name = calls.actors[pair[end]]
            number[name] += 1
            rows.append((name, int(t), number[name]))
    table = pl.DataFrame(rows, schema=["actor", "time", "value"], orient="row")
    return table.unique(["actor", "time"], keep="last", maintain_order=True)


def test_a_wave_of_friendships_within_a_wait(calls, data):
    named = pl.read_csv(data / "se_friend.csv").filter(pl.col("time") == WAVE).group_by("receiver").len()
    before = pl.DataFrame({"actor": calls.actors, "time": [0] * 84, "value": [0] * 84})
    after = named.select(actor="receiver", time=pl.lit(WAVE, pl.Int64), value=pl.col("len").cast(pl.Int64))
    tables = {"known_by": partners(calls, 1), "knows": partners(calls, 0), "friends": pl.concat([before, after])}
    fit = lynchpin.rem(
        calls,
        "send(known_by) send(knows) send(friends)",
        likelihood="interval",
        risk_set="senders",
        covariates=tables,
        start=START,
        stop=STOP,
    )
    agrees(
        fit,
        [-14.3803728646976, 0.695555092441751, 0.234632934996801, 0.0547923171426596],
        [0.0956692015249692, 0.0631149961356831, 0.0301532039512037, 0.0150489549015599],
        -6003.10196364437,
    )


@pytest.mark.parametrize(
    ("file", "half_life", "coef"),
    [
        ("sim1", 1.0, [-3.051743583116481, 0.5236487643149648]),
        ("sim3", 10.0, [-3.0219553282660723, 0.2233188397771296]),
    ],
)
def test_the_exact_integral_of_a_decay(data, file, half_life, coef):
    fit = lynchpin.rem(data / f"{file}.csv", f"inertia({half_life})", likelihood="interval", start=0.0)
    np.testing.assert_allclose((fit.estimate - coef) / fit.se, 0.0, atol=1e-3)


def test_a_covariate_held_over_the_wait_is_one_dated_at_its_beginning(data):
    """Two waves of extraversion fall into waits: remstimate gives the whole wait the value of its end."""
    events = pl.read_csv(data / "history.csv", schema_overrides={"sender": pl.String, "receiver": pl.String})
    waves = pl.read_csv(data / "info_extraversion.csv", schema_overrides={"actor": pl.String})
    coef, se = [-7.90583407673998, 0.0166321035036189, -0.0359221367688613], [0.160375502, 0.021917710, 0.094750844]
    times = events["time"].unique().sort()
    held = waves.with_columns(time=pl.Series([times.filter(times < t).max() or 0 for t in waves["time"]]))

    def fitted(table):
        return lynchpin.rem(
            events,
            "outdegreeSender send(extraversion)",
            likelihood="interval",
            risk_set="senders",
            weight="no",
            covariates={"extraversion": table},
        )

    agrees(fitted(held), coef, se, -1003.74284661795)
    cut = fitted(waves)
    np.testing.assert_allclose((cut.estimate - coef) / se, [0.000684, -0.000887, -0.005613], atol=1e-6)
