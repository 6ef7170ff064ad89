"""JSON against the record and against the table, model by model: every model has numbers of its own, under its name."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import StringIO
from math import nan
from typing import Any

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from helpers.made_up import BASELINES, made_up_brief, made_up_forecast
from helpers.records import DAY, LATER, backtest, issued, prediction, track
from lynchpin.errors import BadValue
from lynchpin.report.contract import answer, dump
from lynchpin.report.events import events_table, plain_table
from lynchpin.report.screen import parts
from lynchpin.results import Reason
from lynchpin.results.forecast import QUANTILES

MODELS = ("stacked", "mechanism", "zero", "seasonal")


def read(record: object) -> Any:
    return json.loads(dump(answer(record)))


def lines(record: object) -> list[str]:
    out = StringIO()
    screen = Console(file=out, width=200, highlight=False)
    for part in parts(record, 200):
        print(part, file=out) if isinstance(part, str) else screen.print(part)
    return out.getvalue().splitlines()


def line(record: object, name: str, nth: int = 0) -> str:
    return [one for one in lines(record) if one.startswith(name + " ")][nth]


# --- forecasts ----------------------------------------------------------------------------------------------------------


def test_each_model_of_a_forecast_says_its_own_numbers() -> None:
    """Ours at the top of a row, the mechanism model's and each baseline's inside it; no row of another dyad or month."""
    forecast = made_up_forecast(np.random.default_rng(3), reveal=True)
    other = forecast.table.filter(pl.col("model") == forecast.model).with_columns(
        pl.lit("mechanism").alias("model"), pl.col(pl.Float64) + 0.5
    )
    forecast = replace(forecast, table=pl.concat([forecast.table, other]), mechanism="mechanism")
    key = ("source", "target", "event_class", "month")
    number = {(row["model"], *(row[name] for name in key)): row for row in forecast.table.iter_rows(named=True)}
    assert forecast.observed is not None
    came = {tuple(row[name] for name in key): row["count"] for row in forecast.observed.iter_rows(named=True)}
    rows = read(forecast)["forecast"]
    assert len(rows) == len(came) == 20 * 5 * 6
    for row in rows:
        at = (row["source"], row["target"], row["class"], row["month"])
        assert set(row["baselines"]) == set(BASELINES) and row["observed"] == came[at]
        for model, told in ((forecast.model, row), ("mechanism", row["mechanism"]), *row["baselines"].items()):
            for name in ("mean", "p_any", *QUANTILES):
                assert told[name] == pytest.approx(number[(model, *at)][name], rel=1e-5), (model, at, name)
    assert len({row["mean"] for row in rows}) > 200


def test_a_brief_that_reveals_nothing_says_nothing_of_what_came() -> None:
    brief = made_up_brief()
    told = json.loads(dump(answer(brief)))
    assert all("observed" not in row for row in told["forecast"])
    hidden = json.loads(dump(answer(replace(brief, revealed=None))))
    assert "revealed" not in hidden and all("observed" not in row for row in hidden["forecast"])
    assert hidden["forecast"] == told["forecast"]


# --- backtests and track records: numbers that differ by model, metric and horizon ---------------------------------------------


def own(model: str, metric: str, days: int) -> float:
    """A number that no other model, metric or horizon has, exact in four digits."""
    metrics = ("crps", "log_score", "brier", "closed", "covered", "skill", "average_precision")
    return (1 + MODELS.index(model)) / 10 + (1 + metrics.index(metric)) / 100 + days / 10_000


def many() -> Any:
    horizons = (30, 91)
    score, skill, inside = [], [], []
    for days in horizons:
        for model in MODELS:
            at = {"model": model, "horizon_days": days}
            for event_class, more in (("", 0.0), ("conflict", 5.0)):
                score += [
                    at | {"target": "count", "event_class": event_class, "metric": m, "value": own(model, m, days) + more, "n": 6}
                    for m in ("crps", "log_score", "brier", "average_precision")
                ]  # fmt: skip
            for level in (0.5, 0.9):
                value = {"value": own(model, "covered", days), "closed": own(model, "closed", days)}
                inside.append(
                    at | {"level": level, "n": 6} | {k: v if level == 0.9 else v / 2 for k, v in value.items()}
                )
            if model != "stacked":
                for metric, more in (("crps", 0.0), ("log_score", 0.001)):
                    row = {
                        "model": "stacked",
                        "against": model,
                        "target": "count",
                        "metric": metric,
                        "horizon_days": days,
                    }
                    value = own(model, "skill", days) + more
                    end = {
                        "lower": value - 0.5,
                        "upper": value + 0.5,
                        "best": model == "zero",
                        "dm": None,
                        "dm_p": None,
                    }
                    skill.append(row | {"value": value, "n": 3} | end)
    frames = {"scores": score, "skill": skill, "coverage": inside}
    return backtest(**{name: pl.DataFrame(rows) for name, rows in frames.items()}, baselines=("zero", "seasonal"))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("days", "nth"), [(30, 0), (91, 1)])
def test_each_model_of_a_backtest_has_its_own_numbers_in_the_table_and_in_the_json(
    model: str, days: int, nth: int
) -> None:
    record = many()
    told = read(record)
    shown = line(record, model, nth).replace(" %", "%").split()
    value = {
        row["metric"]: row["value"]
        for row in told["scores"]
        if (row["model"], row["horizon_days"], row["class"]) == (model, days, "")
    }
    metrics = ("crps", "log_score", "brier", "average_precision")
    assert value == {m: pytest.approx(own(model, m, days)) for m in metrics}
    skill = {
        row["metric"]: row["value"] for row in told["skill"] if (row["against"], row["horizon_days"]) == (model, days)
    }
    (inside,) = [
        row for row in told["coverage"] if (row["model"], row["horizon_days"], row["level"]) == (model, days, 0.9)
    ]
    cells = [model, f"{value['crps']:.4f}", f"{value['log_score']:.4f}", f"{value['brier']:.4f}"]
    if skill:
        cells = [*cells[:2], f"{100 * skill['crps']:+.1f}%", cells[2], f"{100 * skill['log_score']:+.1f}%", cells[3]]
    assert shown == [
        *cells,
        f"{value['average_precision']:.3f}",
        *(f"{100 * inside[of]:.1f}%" for of in ("value", "closed")),
    ]


VERDICTS = [(0.01, 0.3, "beats"), (-0.01, 0.3, "cannot be told from"), (-0.3, -0.01, "loses to"), (-0.3, 0.01, "cannot be told from")]  # fmt: skip


@pytest.mark.parametrize(("lower", "upper", "verdict"), VERDICTS)
def test_a_skill_is_said_by_its_interval_not_by_its_value(lower: float, upper: float, verdict: str) -> None:
    record = backtest()
    value = (lower + upper) / 2.0
    skill = record.skill.with_columns(
        pl.lit(lower).alias("lower"), pl.lit(upper).alias("upper"), pl.lit(value).alias("value")
    )
    told = replace(record, skill=skill).summary()
    assert re.search(rf"30 days, crps: {verdict} the best baseline \(zero\)", told), told


def test_each_model_of_a_track_record_has_its_own_mean() -> None:
    """Over two periods, the second of which another model has no score of."""
    rows = []
    for model, values in (("stacked", (0.25, 0.75)), ("zero", (1.0, 3.0)), ("seasonal", (5.0,))):
        for k, value in enumerate(values):
            period = {"period_start": DAY.replace(month=k + 1), "period_end": LATER, "n": 3, "record_hash": "ab"}
            rows.append({"number": 1, "model": model, "metric": "crps", "value": value} | period)
    record = track(scores=pl.DataFrame(rows), issued=(issued(),))
    means = {row["model"]: row["value"] for row in read(record)["means"]}
    assert means == {"stacked": 0.5, "zero": 2.0, "seasonal": 5.0}
    for model, mean in means.items():
        assert line(record, model).split() == [model, f"{mean:.4f}"]


# --- rows and signs ----------------------------------------------------------------------------------------------------------


def test_a_reason_for_a_candidate_has_a_plus_and_one_against_it_a_minus() -> None:
    reasons = (Reason("inertia", "acts lately", 1.5), Reason("distance", "far away", -0.5))
    one = replace(prediction().candidates[0], reasons=reasons)
    record = prediction(candidates=(one,))
    assert "+ acts lately; - far away" in "\n".join(lines(record))
    assert [reason["weight"] for reason in read(record)["candidates"][0]["reasons"]] == [1.5, -0.5]


def cells(table: Any, column: int = 0) -> list[str]:
    return [str(cell) for cell in table.columns[column].cells]


def test_a_limit_keeps_the_newest_events_and_the_first_rows_of_any_other_table() -> None:
    brief = made_up_brief()
    assert brief.revealed is not None
    events = brief.revealed.sort("date", maintain_order=True)
    days = [str(day) for day in events["date"]]
    assert len(set(days)) > 3
    assert cells(events_table(events, 2, 160)) == days[-2:]
    assert cells(events_table(events, 0, 160)) == days
    assert events_table(events, 2, 160).caption == f"2 of {len(days)} rows"
    rows = pl.DataFrame({"name": ["a", "b", "c"]})
    assert cells(plain_table(rows, 2)) == ["a", "b"] and cells(plain_table(rows)) == ["a", "b", "c"]
    for make in (events_table, plain_table):
        with pytest.raises(BadValue, match="cannot show -1 rows"):
            make(events, -1)


@pytest.mark.parametrize("bad", [nan, float("inf"), -float("inf"), np.float64("nan")])
def test_no_number_that_json_does_not_have_is_printed(bad: float) -> None:
    text = dump({"one": bad, "rows": pl.DataFrame({"x": [1.5, bad]}), "deep": {"list": [bad, (bad, 2.0)]}})
    told = json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} in the JSON"))
    assert told == {"one": None, "rows": [{"x": 1.5}, {"x": None}], "deep": {"list": [None, [None, 2.0]]}}
