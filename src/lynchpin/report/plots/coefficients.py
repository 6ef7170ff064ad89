"""The coefficients of a relational event model: one row each, the estimate with its 90 % interval."""

from __future__ import annotations

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import Tables, drawn, framed, tooltip, x_at

ROW = 30  # pixels
_NOT_EFFECTS = ("baseline", "log size")  # on another scale than the effects, and no claim of anyone


def data(table: pl.DataFrame) -> pl.DataFrame:
    """The effects in the order of the model.

    Parameters
    ----------
    table : frame with name, estimate, lower, upper

    Returns
    -------
    DataFrame, columns row, name, estimate, lower, upper (log rate per unit of the statistic), sure (the interval leaves
    zero out), text
    """
    effects = table.filter(~pl.col("name").is_in(_NOT_EFFECTS))
    shown = [pl.col(name).round_sig_figs(3).cast(pl.String) for name in ("estimate", "lower", "upper")]
    return effects.with_row_index("row").select(
        pl.col("row").cast(pl.Int32),
        "name",
        "estimate",
        "lower",
        "upper",
        sure=(pl.col("lower") > 0) | (pl.col("upper") < 0),
        text=pl.format("{} ({} to {})", *shown),
    )


@drawn
def draw(frame: pl.DataFrame) -> alt.LayerChart:
    """The picture of `data`: names on the left, numbers on the right, a line at zero."""
    low = min(0.0, *frame["lower"]) if frame.height else -1.0
    high = max(0.0, *frame["upper"]) if frame.height else 1.0
    room = 0.04 * (high - low)
    height = ROW * max(frame.height, 1)
    placed = frame.with_columns(middle=pl.col("row") * ROW + ROW // 2)
    lanes = alt.Scale(domain=[0, height], range=[0, height], nice=False)
    reach = alt.Scale(
        domain=[low - room, high + room],
        nice=False,
        range=[alt.ExprRef(expr="210"), alt.ExprRef(expr="width - 190")],
    )
    axis = alt.Axis(title="log rate for one unit of the statistic, 90 % interval", grid=True, tickCount=5)
    x = alt.X("estimate", type="quantitative", scale=reach, axis=axis)
    colour = alt.Color(
        "sure",
        type="nominal",
        scale=alt.Scale(domain=[True, False], range=[theme.ACCENT, theme.MUTED]),
        legend=None,
    )
    tables = Tables()
    base = tables.chart("coefficients", placed).encode(y=alt.Y("middle", type="quantitative", scale=lanes, axis=None))
    tips = tooltip(("name", "Effect"), ("text", "Estimate (90 %)"))
    layers = [
        base.mark_point(shape="stroke", angle=90, size=ROW**2, strokeWidth=1, opacity=1, color=theme.MUTED).encode(
            x=alt.X(datum=0, type="quantitative", scale=reach)
        ),
        base.mark_rule(strokeWidth=3, strokeCap="round").encode(
            x=alt.X("lower", type="quantitative", scale=reach), x2=alt.X2("upper"), color=colour, tooltip=tips
        ),
        base.mark_point(filled=True, size=80, opacity=1, stroke="white", strokeWidth=1.2).encode(
            x=x, color=colour, tooltip=tips
        ),
        base.mark_text(align="left", limit=200).encode(x=x_at(0), text=alt.Text("name", type="nominal")),
        base.mark_text(align="right").encode(
            x=x_at(alt.ExprRef(expr="width")), text=alt.Text("text", type="nominal"), color=colour
        ),
    ]
    said = "; ".join(f"{row['name']}: {row['text']}" for row in frame.iter_rows(named=True))
    return framed(layers, tables, height=height, description=f"Coefficients with 90 % intervals: {said}.")
