"""One horizon, every model: the expected count of one dyad and class, ours beside the baselines."""

from __future__ import annotations

from typing import Any, Literal

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import Tables, drawn, framed, tooltip, x_at
from lynchpin.report.plots.fan import of
from lynchpin.report.plots.theme import sentence_case
from lynchpin.results import Forecast, Watch

ROW = 40  # pixels


def over_horizon(forecast: Forecast) -> pl.DataFrame:
    """Every dyad and class over the whole horizon, by model.

    Returns
    -------
    DataFrame, columns model, source, target, event_class, mean, low, high (80 % interval; null when the forecast has
    no totals, since the quantiles of months do not add up), p_any (null likewise) with any_lower, any_upper and
    base_rate (null but for ours), ours (bool); ours first, then the baselines in the forecast's order
    """
    keys = ["model", "source", "target", "event_class"]
    beside = ("any_lower", "any_upper", "base_rate")
    if forecast.totals is not None:
        frame = forecast.totals.select(
            *keys, "mean", low=pl.col("q10"), high=pl.col("q90"), p_any=pl.col("p_any"),
            **{name: pl.col(name) if name in forecast.totals.columns else pl.lit(None, pl.Float64) for name in beside},
        )  # fmt: skip
    else:
        nothing = pl.lit(None, dtype=pl.Float64)
        frame = forecast.table.group_by(keys, maintain_order=True).agg(pl.col("mean").sum())
        frame = frame.with_columns(low=nothing, high=nothing, p_any=nothing, **dict.fromkeys(beside, nothing))
    return frame.with_columns(ours=pl.col("model") == forecast.model).sort("ours", descending=True, maintain_order=True)


def beside(forecast: Forecast, watch: Watch) -> pl.DataFrame:
    """One dyad and class over the horizon, a row per model: columns as there, and row and text."""
    rows = of(over_horizon(forecast), watch)
    words = [
        f"{mean:.1f}" if low is None else f"{mean:.1f} ({low:.0f}–{high:.0f})"
        for mean, low, high in rows.select("mean", "low", "high").iter_rows()
    ]
    kept = ("model", "mean", "low", "high", "p_any", "any_lower", "any_upper", "base_rate", "ours")
    return rows.select(*kept).with_columns(
        row=pl.int_range(pl.len(), dtype=pl.Int32), text=pl.Series(words, dtype=pl.String)
    )


@drawn
def draw(frame: pl.DataFrame, name: str, colour: str, *, came: int | None = None) -> alt.LayerChart:
    """The picture of `beside`: a dot for the expected count, a line for the 80 % interval.

    Parameters
    ----------
    frame : DataFrame, from `beside`
    name : str, of the dyad and class, for the text alternative
    colour : str, of the class
    came : int or None, the count that came; drawn in every row
    """
    height = ROW * max(frame.height, 1)
    tops = [value for column in ("mean", "high") for value in frame[column].drop_nulls()]
    top = max([1.0, *tops, *([float(came)] if came is not None else [])]) * 1.06
    x_scale, lanes = alt.Scale(domain=[0, top], nice=False), alt.Scale(domain=[0, height], range=[0, height])
    axis = alt.Axis(tickMinStep=1, format="d", tickCount=5, grid=True, title=None)
    tables = Tables()
    names = [sentence_case(model) if ours else model for model, ours in frame.select("model", "ours").iter_rows()]
    base = tables.chart("models", frame.with_columns(model=pl.Series(names), middle=pl.col("row") * ROW + 27)).encode(
        y=alt.Y("middle", type="quantitative", scale=lanes, axis=None),
        color=alt.Color(
            "ours",
            type="nominal",
            scale=alt.Scale(domain=[True, False], range=[colour, theme.MUTED]),
            legend=None,
        ),
    )
    x = alt.X("mean", type="quantitative", scale=x_scale, axis=axis)
    tips = tooltip(("model", "Model"), ("text", "Expected (80 % interval)"))
    layers = [
        base.transform_filter("isValid(datum.low)")
        .mark_rule(strokeWidth=3, strokeCap="round")
        .encode(x=alt.X("low", type="quantitative", scale=x_scale, axis=axis), x2=alt.X2("high"), tooltip=tips),
        base.mark_point(filled=True, size=75, opacity=1, stroke="white", strokeWidth=1.2).encode(x=x, tooltip=tips),
        *(
            base.transform_filter(f"{mine}datum.ours")
            .mark_text(align=side, dy=-16, fontWeight=weight, fill=theme.INK)
            .encode(x=x_at(place), text=alt.Text(field, type="nominal"), color=alt.ColorValue(theme.INK))
            for mine, weight in _WEIGHTS
            for side, place, field in _SIDES
        ),
    ]
    if came is not None:
        layers.append(
            base.mark_point(shape="diamond", filled=True, size=110, opacity=1, stroke="white", strokeWidth=1.2).encode(
                x=alt.X(datum=came, type="quantitative", scale=x_scale), color=alt.ColorValue(theme.INK)
            )
        )
    listed = "; ".join(f"{row['model']}: {row['text']}" for row in frame.iter_rows(named=True))
    description = f"{name}, expected count over the horizon with 80 % interval, by model: {listed}." + (
        f" Observed: {came}." if came is not None else ""
    )
    return framed(layers, tables, height=height, description=description)


_WEIGHTS: tuple[tuple[str, Literal["bold", "normal"]], ...] = (("", "bold"), ("!", "normal"))
_SIDES: tuple[tuple[Literal["left", "right"], Any, str], ...] = (
    ("left", 0, "model"),
    ("right", alt.ExprRef(expr="width"), "text"),
)
