"""Lengths are written in the unit of the times, everywhere; and which of two readings a number has is said."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import lynchpin
from lynchpin.cli import app
from lynchpin.errors import LynchpinError

WHO = {"sender": list("ABABCABACB") * 4, "receiver": list("BCBAABACBA") * 4, "type": list("xyxxyxyyxx") * 4}
DAYS = pl.DataFrame({"time": pl.date_range(pl.date(2012, 1, 1), pl.date(2012, 2, 9), eager=True), **WHO})
NUMBERS = pl.DataFrame({"time": [3600.0 * k for k in range(40)], **WHO})
TWO = "inertia(7200) inertia(36000)"


def words(fit):
    """All that a fit prints, and all that it answers with."""
    return fit.summary() + json.dumps(fit.to_dict())


@pytest.mark.parametrize(
    ("events", "options", "effects", "label"),
    [
        (NUMBERS, {"time_unit": "s"}, "inertia(2h) inertia(36000)", "inertia(half_life=7200s)"),
        (NUMBERS, {}, TWO, "inertia(half_life=7200)"),
        (NUMBERS, {"time_unit": "ms"}, TWO, "inertia(half_life=7200ms)"),
        (DAYS, {}, "inertia(2d) inertia(9)", "inertia(half_life=2d)"),
        (DAYS, {"clock": "order"}, "inertia(2) inertia(9)", "inertia(half_life=2)"),
        (NUMBERS, {"time_unit": "s", "clock": "order"}, "inertia(2) inertia(9)", "inertia(half_life=2)"),
    ],
)
def test_the_unit_of_a_length(events, options, effects, label):
    fit = lynchpin.rem(events, effects, ridge=1.0, **options)
    assert fit.names[0] == label == fit.to_dict()["effects"][0]
    if "2d" not in label:
        assert "00d" not in words(fit) and "2d" not in words(fit) and "9d" not in words(fit)


@pytest.mark.parametrize(
    ("events", "options", "unit"),
    [
        (NUMBERS, {"time_unit": "s"}, " s"),
        (NUMBERS, {}, ""),
        (DAYS, {}, " d"),
        (DAYS, {"clock": "order"}, " time points"),
    ],
)
def test_a_fitted_half_life_has_its_unit(events, options, unit):
    fit = lynchpin.rem(events, "inertia", half_life="fit", **options)
    low, high = fit.to_dict()["half_life_interval"]
    best, told = fit.to_dict()["half_life"], fit.to_dict()
    assert low <= best <= high
    assert f"half-life {best:.3g}{unit}, fitted by profile likelihood" in fit.summary()
    end = "; its " if any((told["half_life_open_below"], told["half_life_open_above"])) else "\n"
    assert f"90 % interval {low:.3g} to {high:.3g}{unit}{end}" in fit.summary() + "\n"
    is_open = told["half_life_open_below"], told["half_life_open_above"]
    assert fit.summary().count("is the edge of what was searched") == sum(is_open)
    assert fit.to_dict()["time_unit"] == (unit.strip() if len(unit) == 2 else None)
    gap = 3600.0 if events is NUMBERS and not options.get("clock") else 1.0
    assert gap / 2 * 0.99 <= low < high <= 2 * 39 * gap * 1.01, "searched in the unit that it is in"


def test_errors_write_lengths_in_the_unit_too():
    for effects, says in (
        ("inertia(7200) inertia(7200)", r"inertia\(half_life=7200s\) is there twice"),
        ("inertia(7200, class=z)", r"inertia\(half_life=7200s, class=z\)"),
    ):
        with pytest.raises(LynchpinError, match=says):
            lynchpin.rem(NUMBERS, effects, time_unit="s")
    with pytest.raises(LynchpinError, match=r"outdegreeSender\(half_life=7200s\) is the same for all receivers"):
        lynchpin.rem(NUMBERS, "outdegreeSender(2h)", likelihood="choice", time_unit="s")


def test_a_length_with_a_unit_where_time_points_are_counted():
    with pytest.raises(LynchpinError, match="30d is a length with a unit, and the clock counts time points"):
        lynchpin.rem(DAYS, "inertia(30d)", clock="order")


@pytest.mark.parametrize(
    "effect", ["psABBA(9d)", "recencyContinue(window=9d)", "rrankSend(half_life=1d)", "send(x, 3d)"]
)
def test_what_does_not_decay_says_so(effect):
    with pytest.raises(LynchpinError, match="does not decay"):
        lynchpin.rem(DAYS, effect)


# -- A covariate that varies over time.

VALUES = pl.DataFrame(
    {"actor": list("ABC") * 2, "time": [-1.0] * 3 + [18000.0] * 3, "value": [0.0, 0.0, 0.0, 1.0, 2.0, 4.0]}
)


@pytest.mark.parametrize("since", ["after", "at"])
def test_a_value_counts_after_its_time_or_at_it(since):
    fit = lynchpin.rem(NUMBERS, "send(x)", covariates={"x": VALUES}, covariate_from=since)
    at, h = fit.estimate[0], 1e-4
    value = {b: by_hand(b, since == "at") for b in (at, at - h, at + h)}
    assert fit.log_likelihood == pytest.approx(value[at], rel=1e-10) and value[at] == max(value.values())
    said = {
        "after": "a covariate dated t counts for what comes after t",
        "at": "counts for what happens at t and after",
    }
    assert said[since] in fit.summary()


def by_hand(b, at_its_time):
    """Which of six dyads acts next, with b send(x): all alike before the change, at the time of the sixth event."""
    total = 0.0
    for k, sender in enumerate(WHO["sender"]):
        changed = k >= 5 if at_its_time else k > 5
        x = {"A": 1.0, "B": 2.0, "C": 4.0} if changed else dict.fromkeys("ABC", 0.0)
        total += b * x[sender] - np.log(2 * sum(np.exp(b * v) for v in x.values()))
    return total


def test_a_value_dated_at_the_first_event():
    first = VALUES.with_columns(pl.col("time").replace({-1.0: 0.0}))
    with pytest.raises(LynchpinError, match="no value for A") as caught:
        lynchpin.rem(NUMBERS, "send(x)", covariates={"x": first})
    assert "covariate-from at" in caught.value.mend
    assert np.isfinite(lynchpin.rem(NUMBERS, "send(x)", covariates={"x": first}, covariate_from="at").estimate).all()


def test_a_covariate_without_times_needs_no_word():
    fit = lynchpin.rem(NUMBERS, "send(x)", covariates={"x": VALUES.tail(3).drop("time")})
    assert "a covariate dated" not in fit.summary()


def test_times_of_a_covariate_that_differ_by_rounding():
    """0.1 + 0.2 is the event's time 0.3, so the value counts after it."""
    events = NUMBERS.with_columns(time=pl.Series([0.1 * k for k in range(40)]))
    fits = [
        lynchpin.rem(events, "send(x)", covariates={"x": VALUES.with_columns(pl.col("time").replace({18000.0: t}))})
        for t in (0.1 * 3, 0.3)
    ]
    assert 0.1 * 3 != 0.3 and fits[0].log_likelihood == fits[1].log_likelihood


def test_the_command_line(tmp_path):
    NUMBERS.write_csv(tmp_path / "e.csv")
    VALUES.write_csv(tmp_path / "x.csv")
    asked = [
        "rem",
        str(tmp_path / "e.csv"),
        "--effects",
        "send(x) inertia(2h)",
        "--covariate",
        f"x={tmp_path / 'x.csv'}",
    ]
    told = [
        json.loads(CliRunner().invoke(app, [*asked, "--time-unit", "s", "--covariate-from", since, "--json"]).stdout)
        for since in ("after", "at")
    ]
    assert told[0]["log_likelihood"] != told[1]["log_likelihood"]
    assert told[0]["effects"][1] == "inertia(half_life=7200s)"


# -- A shift of some types.


def shift_of(effect):
    """Of every dyad at the last time point: 1 where it follows."""
    from lynchpin.engine.rem.effects import parse_effects
    from lynchpin.engine.rem.events import stream_of
    from lynchpin.engine.rem.problem import prepare
    from lynchpin.engine.rem.request import Request
    from lynchpin.engine.rem.shards import blocks_of
    from lynchpin.engine.rem.work import Work

    rows = {"time": [1, 2, 3, 4], "sender": list("ABCA"), "receiver": list("BAAB"), "type": list("xyyx")}
    problem = prepare(Request(terms=parse_effects(effect)), stream_of(pl.DataFrame(rows)))
    work = Work(problem.features, problem.plan, problem.request.model)
    X = np.concatenate([block.X[0] for shard in work.shards for block in blocks_of(shard)]).reshape(4, -1)
    pairs = ["AB", "AC", "BA", "BC", "CA", "CB"]
    return {pair for pair, value in zip(pairs, X[-1], strict=True) if value}


def test_the_latest_of_its_types_or_of_all():
    """A to B of x; B to A and C to A of y: then B to A follows the latest x, and nothing the latest of all as x."""
    assert shift_of("psABBA(class=x)") == {"BA"}
    assert shift_of("psABBA(class=x, latest=all)") == set()
    assert shift_of("psABBA(class=y, latest=all)") == shift_of("psABBA(class=y)") == shift_of("psABBA") == {"AC"}
    fit = lynchpin.rem(NUMBERS, "psABBA(class=x) psABAY(class=x, latest=all) psABAB", ridge=1.0)
    assert "psABBA(class=x): after the latest event of type x, whatever else came since" in fit.summary()
    assert "psABAY(class=x, latest=all): after the latest event of type x, if nothing else came since" in fit.summary()
    assert "psABAB:" not in fit.summary()
    assert fit.to_dict()["effects"][1] == "psABAY(class=x, latest=all)"
    for effect, says in (("inertia(latest=all)", "is no shift"), ("psABBA(latest=some)", "no latest 'some'")):
        with pytest.raises(LynchpinError, match=says):
            lynchpin.rem(NUMBERS, effect)


def test_shares_and_logs_of_negative_weights_are_refused():
    weighed = NUMBERS.with_columns(weight=pl.Series(np.linspace(-1, 1, 40)))
    for scale in ("prop", "log1p"):
        with pytest.raises(LynchpinError, match=f"{scale} of a negative weight: A -> B at 0 weighs -1"):
            lynchpin.rem(weighed, f"inertia(scale={scale})")
    assert np.isfinite(lynchpin.rem(weighed, "inertia(scale=std) psABBA recencyContinue otp").estimate).all()


def test_shifts_and_recency_see_events_of_any_weight():
    """Weights are of counts: what happened last happened, whatever it weighs."""
    text = "psABBA psABAY rrankSend recencyContinue recencySendSender"
    plain = lynchpin.rem(NUMBERS, text, ridge=1.0)
    for weight in (-1.0, 0.0, 0.5):
        found = lynchpin.rem(NUMBERS.with_columns(weight=pl.lit(weight)), text, ridge=1.0)
        np.testing.assert_array_equal(found.estimate, plain.estimate)
