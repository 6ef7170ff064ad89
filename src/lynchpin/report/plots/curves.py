"""An effect that is a curve: the log rate over the values of a statistic, or a coefficient over time, with its band."""

from __future__ import annotations

from datetime import date
from typing import Any

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import Tables, drawn, framed, time, together, tooltip
from lynchpin.results.curves import Curve, Curves

HEIGHT, _WIDTH = 240, 560


def data(curve: Curve) -> pl.DataFrame:
    """The points of a curve: at, value, lower, upper, and a text for each."""
    points = curve.points
    if points.schema["at"].is_temporal():
        points = points.with_columns(pl.col("at").cast(pl.Date))
        where = pl.col("at").dt.to_string("%Y-%m-%d")
    else:
        where = pl.col("at").round_sig_figs(4).cast(pl.String)
    shown = [pl.col(name).round_sig_figs(3).cast(pl.String) for name in ("value", "lower", "upper")]
    return points.with_columns(where=where, text=pl.format("{} ({} to {})", *shown))


def title(curve: Curve) -> str:
    """What the picture is of."""
    return curve.name if curve.kind == "smooth" else f"{curve.name} through time"


@drawn
def draw(curve: Curve, name: str = "curve") -> alt.LayerChart:
    """The picture of one curve: the line, its 90 % band, and a line at no effect."""
    frame = data(curve)
    tables = Tables()
    base = tables.chart(name, frame)
    if frame.schema["at"] == pl.Date:
        days: tuple[date, date] = frame["at"].min(), frame["at"].max()  # type: ignore[assignment]
        x = time("at", *days)
    else:
        of = "statistic" if curve.kind == "smooth" else "time"
        x = alt.X("at", type="quantitative", title=of, scale=alt.Scale(nice=False))
    smooth = "log rate, 0 where the statistic is " + ("" if curve.reference is None else f"{curve.reference:g}")
    axis = alt.Axis(title=smooth if curve.kind == "smooth" else "coefficient", tickCount=5)
    scale = alt.Scale(zero=True)
    tips = tooltip(("where", "At"), ("text", "Value (90 %)"))
    low, value = (alt.Y(name, type="quantitative", scale=scale, axis=axis) for name in ("lower", "value"))
    layers = [
        base.mark_area(color=theme.tint(theme.ACCENT, 0.18)).encode(x=x, y=low, y2=alt.Y2("upper")),
        base.mark_rule(strokeWidth=1, color=theme.MUTED).encode(y=alt.Y(datum=0, type="quantitative", scale=scale)),
        base.mark_line(strokeWidth=2.5, color=theme.ACCENT).encode(x=x, y=value),
        base.mark_point(opacity=0, size=200).encode(x=x, y=value, tooltip=tips),
    ]
    ends = [f"{row['text']} at {row['where']}" for row in (frame.row(0, named=True), frame.row(-1, named=True))]
    told = f"{title(curve)}: from {ends[0]} to {ends[1]}, 90 % pointwise."
    return framed(layers, tables, height=HEIGHT, description=told)


def whole(found: Curves) -> dict[str, Any]:
    """Every curve, one below the other, for a file."""
    return together([(title(curve), draw(curve, f"curve-{k}"), _WIDTH) for k, curve in enumerate(found.curves)])
