"""What the pictures are drawn from, on numbers."""

from __future__ import annotations

from datetime import date
from math import log2
from typing import Any

import polars as pl

from lynchpin.report.plots import backtest as backtest_plot
from lynchpin.report.plots import (
    fan,
    lateral_gap,
    ledger,
    relation_index,
    swimlanes,
    theme,
    timeline,
    totals,
)
from lynchpin.report.plots import staircase as stages
from lynchpin.results import AgreementLife, Claim, Effect, Forecast, StageRow, Watch

DAY = date(2012, 7, 9)
WATCH = Watch("A", "B", "talk")


def stage(day: date, name: str) -> StageRow:
    return StageRow(day, "day", name, "", "s", "", "verified")


def agreement(*acts: StageRow, title: str = "T") -> AgreementLife:
    return AgreementLife("t", title, ("A", "B"), "", "other", acts[-1].stage, acts[-1].date, acts)


def claim(**more: Any) -> Claim:
    values: dict[str, Any] = {"id": "C1", "claim": "c", "mechanism": "m_n", "says": "", "sentence": "", "expect": "+"}
    values |= {"effect": Effect(log2(1.1), log2(0.9), log2(1.3)), "grade": "none"}
    return Claim(**(values | more))


def counts(months: list[int], **columns: list[float]) -> pl.DataFrame:
    def first(month: int) -> date:
        at = 2012 * 12 + 6 + month - (1 if month > 0 else 0)
        return date(at // 12, at % 12 + 1, 9)

    return pl.DataFrame(
        {
            "source": ["A"] * len(months),
            "target": ["B"] * len(months),
            "event_class": ["talk"] * len(months),
            "month": months,
            "period_start": [first(month) for month in months],
            "period_end": [first(month + 1 if month != -1 else 1) for month in months],
            **columns,
        }
    )


def a_forecast(with_totals: bool) -> Forecast:
    quantiles = {"q05": 0.0, "q10": 0.0, "q25": 0.0, "q50": 1.0, "q75": 2.0, "q90": 3.0, "q95": 4.0}
    table = pl.concat(
        [
            counts([2, 1], **{name: [value, value] for name, value in quantiles.items()}).with_columns(
                model=pl.lit(model), mean=pl.lit(mean), p_any=pl.lit(0.7)
            )
            for model, mean in (("zero", 0.0), ("ours", 1.25))
        ]
    )
    summed = pl.DataFrame(
        {
            "model": ["zero", "ours"],
            "source": "A",
            "target": "B",
            "event_class": "talk",
            "mean": [0.0, 2.5],
            "q10": [0, 1],
            "q90": [0, 5],
            "p_any": [0.0, 0.9],
        }
    )
    return Forecast(
        table, counts([-3, -2, -1], count=[4, 0, 2]), None, None, "ours", 100, 61, summed if with_totals else None
    )


def test_class_colours_follow_the_groups() -> None:
    groups = {"cooperation": ["c1", "c2", "both"], "conflict": ["f1", "both"]}
    colours = theme.class_colours(["c1", "f1", "both", "c2", "odd"], groups)
    assert colours["c1"] in theme.BLUES and colours["c2"] in theme.BLUES and colours["c1"] != colours["c2"]
    assert colours["f1"] in theme.WARMS
    assert colours["both"] in theme.OTHERS and colours["odd"] in theme.OTHERS


def test_dots_stand_in_the_lane_of_every_pair() -> None:
    events = pl.DataFrame(
        {
            "event": ["e0", "e1", "e2", "e3"],
            "date": [DAY] * 4,
            "source": [["A", "B", "C"], ["A"], ["A"], ["A"]],
            "target": [["A", "B", "C"], ["B"], ["D"], ["A"]],
            "event_class": ["talk", "raid", "talk", None],
            "magnitude": [2.0, -3.0, 1.0, None],
            **{name: ["x"] * 4 for name in timeline.TEXT_COLUMNS},
        }
    )
    dots = timeline.dots(events, ["B-A", "A-C"], ["talk", "raid"], {"A": "Aland"})
    assert dots.select("event", "pair", "size").rows() == [
        ("e0", "B – Aland", 2.0),
        ("e1", "B – Aland", 3.0),
        ("e0", "Aland – C", 2.0),
    ]
    assert dots["y"].to_list() == sorted(dots["y"])


def test_index_line_is_thinned_and_keeps_its_end() -> None:
    days = pl.date_range(date(2000, 1, 1), date(2001, 12, 31), "1d", eager=True)
    values = [None if at < 10 else at / 1000 for at in range(len(days))]
    series = pl.DataFrame({"pair": "A-B", "date": days, "index": values, "lower": values, "upper": values})
    line = relation_index.line(series, "A-B", at_most=50)
    assert line.height <= 50 and line["date"].item(-1) == days[-1] and line["index"].null_count() == 0
    assert relation_index.line(series, "X-Y").is_empty()


def test_turns_are_labelled_without_overlap_latest_first() -> None:
    days = [date(2010, month, 1) for month in range(1, 9)]
    points = pl.DataFrame({"pair": "A-B", "date": days, "before": 0.0, "after": [0.1, -0.1] * 4})
    turns = relation_index.turns(points, "A-B", start=date(1998, 1, 1), end=DAY)
    assert turns["date"].to_list() == days
    assert turns["label"].to_list() == [""] * 5 + ["▼ Jun 2010", "▲ Jul 2010", "▼ Aug 2010"]
    assert sorted(turns.filter(pl.col("label") != "")["level"]) == [0, 1, 2]
    assert relation_index.turns(points.clear(), "A-B", start=DAY, end=DAY).is_empty()


def test_gap_axis_reaches_the_band() -> None:
    gap = pl.DataFrame({"date": [DAY, DAY], "gap": [None, -0.5], "lower": [None, -0.8], "upper": [None, -0.1]})
    line = lateral_gap.line(gap)
    assert line.height == 1 and lateral_gap.reach(line) == 1.0
    assert lateral_gap.reach(line.clear()) == 0.5


def test_ledger_rows_and_axis() -> None:
    frame = ledger.data(
        [
            claim(),
            claim(expect="-", side="against", grade="slight"),
            claim(effect=None),
            claim(effect=Effect(0.58, 0.43, 0.71, unit="share"), basis="counts"),
            claim(grade="strong", side="for"),
        ]
    )
    assert frame["label"].to_list() == ["C1 · M n"] * 3 and frame["row"].to_list() == [0, 1, 2]
    assert frame["verdict"].to_list() == ["none", "slight against", "strong for"]
    assert frame["text"].to_list() == ["×0.90 to ×1.30"] * 3
    assert ledger.bounds(frame) == (0.8, 1.5)
    assert ledger.bounds(frame.with_columns(upper=pl.lit(99.0), lower=pl.lit(0.001))) == (0.1, 10.0)


def test_fan_frames() -> None:
    forecast = a_forecast(with_totals=False)
    ahead = fan.ahead(forecast, WATCH)
    assert ahead["month"].to_list() == [1, 2] and ahead["band_80"].to_list() == ["0 to 3"] * 2
    behind = fan.behind(forecast, WATCH, months=2)
    assert behind["count"].to_list() == [0, 2] and fan.last_year(behind) == 1.0
    assert fan.came(forecast, WATCH).is_empty()
    assert fan.ahead(forecast, Watch("B", "A", "talk")).is_empty()


def test_totals_are_summed_draw_by_draw_or_not_at_all() -> None:
    rows = totals.beside(a_forecast(with_totals=True), WATCH)
    assert rows.select("model", "mean", "low", "high", "text").rows() == [
        ("ours", 2.5, 1, 5, "2.5 (1–5)"),
        ("zero", 0.0, 0, 0, "0.0 (0–0)"),
    ]
    plain = totals.beside(a_forecast(with_totals=False), WATCH)
    assert plain.select("model", "mean", "low", "text").rows() == [
        ("ours", 2.5, None, "2.5"),
        ("zero", 0.0, None, "0.0"),
    ]


def test_families_remember_force() -> None:
    life = [
        stage(date(2012, 1, day), name)
        for day, name in enumerate(("resumed", "in_force", "suspended", "amended", "ended", "resumed"), 1)
    ]
    assert stages.families(life) == ["progress", "in force", "setback", "in force", "ended", "progress"]


def test_lanes_run_from_act_to_act() -> None:
    first, second = date(2010, 1, 1), date(2011, 1, 1)
    frame = swimlanes.acts(
        [agreement(stage(second, "ended"), stage(first, "signed")), agreement(stage(first, "proposed"))], end=DAY
    )
    assert frame.select("lane", "date", "until", "last").rows() == [
        (0, first, second, False),
        (0, second, second, True),
        (1, first, DAY, True),
    ]


def test_rungs_are_the_stages_stood_on() -> None:
    acts = swimlanes.acts(
        [agreement(*(stage(DAY, name) for name in ("setback", "odd_one", "in_force", "signed")))], end=DAY
    )
    assert stages.rungs(acts) == ["in force", "signed", "setback", "odd one"]


def test_pair_keys_do_not_depend_on_order() -> None:
    assert timeline.pairs_of(["B"], ["A"]) == timeline.pairs_of(["A"], ["B"]) == ["A-B"]
    assert timeline.pairs_of(["A"], ["A"]) == [] and timeline.pairs_of([], ["A"]) == []


def test_a_skill_beyond_the_axis_is_an_arrow_with_its_value() -> None:
    rows = pl.DataFrame({"against": ["near", "far"], "value": [0.05, 0.82], "lower": [0.0, 0.7], "upper": [0.1, 0.9]})
    spec = backtest_plot.draw_skill(rows.with_columns(best=pl.lit(True)), "x").to_dict()
    arrows = [layer for layer in spec["layer"] if layer["mark"].get("shape") == "triangle-right"]
    assert len(arrows) == 1 and "datum.value >" in arrows[0]["transform"][0]["filter"]
    near = backtest_plot.draw_skill(rows.head(1).with_columns(best=pl.lit(True)), "x").to_dict()
    assert not any(str(layer["mark"].get("shape", "")).startswith("triangle") for layer in near["layer"])


def test_a_pact_in_force_resumes_below_in_force() -> None:
    assert stages.rungs(
        pl.DataFrame({"date": [date(2016, 1, k) for k in (1, 2, 3)], "stage": ["in force", "suspended", "resumed"]})
    ) == ["in force", "resumed", "suspended"]
