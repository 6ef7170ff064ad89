"""Statistics from elsewhere, events of an age between two, who is new, and what partners are like, in a fit."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import lynchpin
from helpers.seeds import seeds
from lynchpin.cli import app
from lynchpin.errors import BadData, BadValue


def random_events(seed, *, events=60, actors=5):
    rng = np.random.default_rng(seed)
    src = rng.integers(0, actors, events)
    dst = (src + rng.integers(1, actors, events)) % actors
    time = np.sort(rng.integers(0, 25, events)).astype(float)
    return pl.DataFrame({"time": time, "sender": [f"a{k}" for k in src], "receiver": [f"a{k}" for k in dst]})


EVENTS = random_events(1)


@pytest.mark.parametrize("likelihood", ["ordinal", "choice"])
def test_a_statistic_that_is_given_back_is_the_statistic(likelihood):
    """The design of a fit as the table of another: at each time its own value, not that of the time before."""
    ours = lynchpin.rem(EVENTS, "inertia(4) otp(4, scale=log1p)", likelihood=likelihood)
    table = ours.design().select("time", "sender", "receiver", a="inertia", b="otp").unique()
    theirs = lynchpin.rem(EVENTS, "tie(a, absent=0) tie(b, absent=0)", likelihood=likelihood, statistics=table)
    np.testing.assert_allclose(theirs.estimate, ours.estimate, rtol=1e-9)
    assert theirs.log_likelihood == pytest.approx(ours.log_likelihood, rel=1e-12)
    one = lynchpin.rem(EVENTS, "tie(a, absent=0) reciprocity(4)", likelihood=likelihood, statistics=table)
    both = lynchpin.rem(EVENTS, "inertia(4) reciprocity(4)", likelihood=likelihood)
    np.testing.assert_allclose(one.estimate, both.estimate, rtol=1e-9)


def test_it_is_saved_and_read_from_a_file(tmp_path):
    ours = lynchpin.rem(EVENTS, "inertia(4)")
    ours.design().select("time", "sender", "receiver", mine="inertia").write_csv(tmp_path / "s.csv")
    EVENTS.write_csv(tmp_path / "e.csv")
    asked = ["rem", str(tmp_path / "e.csv"), "--effects", "tie(mine)", "--statistics-from", str(tmp_path / "s.csv")]
    done = CliRunner().invoke(app, [*asked, "--save", str(tmp_path / "fit.rem"), "--json"])
    assert done.exit_code == 0, done.output
    fit = lynchpin.load_rem(tmp_path / "fit.rem")
    np.testing.assert_allclose(fit.estimate, ours.estimate, rtol=1e-9)
    np.testing.assert_allclose(fit.design()["tie(mine)"], ours.design()["inertia"], rtol=1e-9)


@pytest.mark.parametrize(
    ("table", "effects", "what"),
    [
        (pl.DataFrame({"time": [0], "sender": ["a0"], "receiver": ["a1"]}), "inertia", "there is no statistic"),
        (pl.DataFrame({"time": [0], "sender": ["a0"], "x": [1.0]}), "tie(x)", "no column for the receiver"),
        (pl.DataFrame({"time": [0], "sender": ["a0"], "receiver": ["a1"], "x": [1]}), "inertia", "no effect names one"),
        (
            pl.DataFrame({"time": [0], "sender": ["a0"], "receiver": ["a1"], "x": [1]}),
            "tie(x)",
            "no value for a0 -> a2",
        ),
    ],
)
def test_a_bad_table_is_refused(table, effects, what):
    with pytest.raises((BadData, BadValue), match=what):
        lynchpin.rem(EVENTS, effects, statistics=table)


@pytest.mark.parametrize("seed", seeds(100, 30))
def test_events_of_an_age_between_two_are_counted(seed):
    """Older than 3, and no older than 3 + 4; with decay as if they had happened 3 later."""
    events = random_events(seed, events=30)
    fit = lynchpin.rem(events, "inertia(lag=3, window=4) inertia(2, lag=3)", ridge=1.0)
    names = ["inertia(window=4, lag=3)", "inertia(half_life=2, lag=3)"]
    assert list(fit.names) == names
    past = [*zip(events["time"], events["sender"], events["receiver"], strict=True)]
    for row in fit.design().iter_rows(named=True):
        ages = [row["time"] - t for t, s, r in past if (s, r) == (row["sender"], row["receiver"])]
        assert row[names[0]] == sum(3 < age <= 7 for age in ages)
        assert row[names[1]] == pytest.approx(sum(2.0 ** (-(age - 3) / 2) for age in ages if age > 3))


def test_a_lag_is_followed_through_waits():
    """In the interval likelihood an event begins to count within a wait: the integral is cut there."""
    events = pl.DataFrame({"time": [0.0, 10.0, 30.0], "sender": list("aba"), "receiver": list("bab")})
    fit = lynchpin.rem(events, "inertia(lag=5)", likelihood="interval", ridge=1.0)
    rows = fit.design().filter(pl.col("sender") == "a")
    held = rows.group_by("inertia").agg(pl.col("exposure").sum()).sort("inertia").rows()
    assert held == [(0.0, 5.0), (1.0, 25.0)]


@pytest.mark.parametrize("seed", seeds(100, 30))
def test_who_has_acted_before_is_not_new(seed):
    events = random_events(seed, events=25)
    rows = lynchpin.rem(events, "otp(new) indegreeReceiver(new) otp indegreeReceiver", ridge=1.0).design()
    first = {(s, r): t for t, s, r in reversed(events.rows())}
    old = [first.get((s, r), np.inf) < t for t, s, r in rows.select("time", "sender", "receiver").iter_rows()]
    for name in ("otp", "indegreeReceiver"):
        gone = rows[f"{name}(new)"].to_numpy()
        np.testing.assert_array_equal(gone, np.where(old, 0.0, rows[name].to_numpy()))


def test_what_partners_are_like_by_hand():
    """a and b have sent to c, b to a; nobody to b: the mean of the means. Values 1, 2 and 6."""
    events = pl.DataFrame({"time": [1, 2, 3, 4], "sender": list("abbc"), "receiver": list("ccaa")})
    values = pl.DataFrame({"actor": list("abc"), "value": [1.0, 2.0, 6.0]})
    fit = lynchpin.rem(events, "tertiusReceiver(x) tertiusDiff(x)", covariates={"x": values}, ridge=1.0)
    rows = fit.design().filter(pl.col("time") == 4)
    of = {
        (s, r): (m, d)
        for s, r, m, d in rows.select("sender", "receiver", "tertiusReceiver(x)", "tertiusDiff(x)").rows()
    }
    assert {r: of[s, r][0] for s, r in of} == {"c": 1.5, "a": 2.0, "b": 1.75}
    assert of["a", "c"][1] == 0.5 and of["b", "a"][1] == 0.0 and of["c", "a"][1] == 4.0
    assert of["a", "b"][1] == of["c", "b"][1] == pytest.approx((0.5 + 0.5 + 0.0 + 4.0) / 4)


def test_values_of_partners_change_on_their_day():
    values = pl.DataFrame({"actor": list("abca"), "value": [1.0, 2.0, 6.0, 5.0], "time": [0, 0, 0, 2]})
    events = pl.DataFrame({"time": [1, 2, 3], "sender": list("abc"), "receiver": list("cab")})
    rows = lynchpin.rem(events, "tertiusReceiver(x)", covariates={"x": values}, ridge=1.0).design()
    found = (
        rows.filter(pl.col("receiver") == "c").group_by("time").agg(pl.col("tertiusReceiver(x)").first()).sort("time")
    )
    assert found.rows() == [(1.0, 0.0), (2.0, 1.0), (3.0, 5.0)]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("tertiusReceiver(x, 30)", "does not decay"),
        ("tertiusReceiver", "needs a covariate"),
        ("inertia(new, scale=prop)", "has no proportion"),
        ("psABBA(lag=3)", "does not decay"),
        ("inertia(of=x, lag=3, absent=0)", "lag is of events"),
    ],
)
def test_what_makes_no_sense_is_refused(text, what):
    with pytest.raises(BadValue, match=what):
        lynchpin.rem(EVENTS, text, covariates={"x": pl.DataFrame({"actor": ["a0"], "value": [1]})})
