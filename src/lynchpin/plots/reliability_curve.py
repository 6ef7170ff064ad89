"""Chances against how often it came: on the diagonal they agree.

May import: results (records only), plots.
"""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import polars as pl

from lynchpin.plots import theme
from lynchpin.plots._chart import Tables, drawn, framed, tooltip

SIDE = 320  # pixels, the height


def curve(groups: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Bins of each group in one frame: columns group, forecast, observed, lower, upper, n."""
    return pl.concat([frame.select(pl.lit(name).alias("group"), pl.all()) for name, frame in groups.items()])


@drawn
def draw(points: pl.DataFrame) -> alt.LayerChart:
    """The picture of `curve`: a dot for each bin, with the 90 % interval of the share."""
    names = points["group"].unique(maintain_order=True).to_list()
    tables = Tables()
    scale, axis = alt.Scale(domain=[0, 1], nice=False), alt.Axis(format=".0%", tickCount=5, grid=True)
    x = alt.X("forecast", type="quantitative", scale=scale, axis=axis, title="chance issued")
    y = alt.Y("observed", type="quantitative", scale=scale, axis=axis, title="share that came")
    colour = alt.Color(
        "group",
        type="nominal",
        scale=alt.Scale(domain=names, range=[theme.ACCENT, theme.WARMS[0], theme.BLUES[1]][: len(names)]),
        legend=alt.Legend(title=None, orient="top-left", symbolType="circle"),
    )
    base = tables.chart("points", points)
    line = tables.chart("line", pl.DataFrame({"forecast": [0.0, 1.0], "observed": [0.0, 1.0]}))
    tips = tooltip(
        ("group", "Among"),
        ("forecast", "Chance"),
        ("observed", "Came"),
        ("n", "Moments"),
        formats={"forecast": ".0%", "observed": ".0%", "n": "d"},
    )
    layers = [
        line.mark_line(color=theme.MUTED, strokeDash=[3, 3]).encode(x=x, y=y),
        base.mark_rule(strokeWidth=1.5, opacity=0.6).encode(
            x=x, y=alt.Y("lower", type="quantitative", scale=scale), y2=alt.Y2("upper"), color=colour
        ),
        base.mark_point(filled=True, size=80, opacity=1).encode(x=x, y=y, color=colour, tooltip=tips),
    ]
    said = "; ".join(
        f"{group}: {forecast:.0%} issued, {observed:.0%} came"
        for group, forecast, observed in points.select("group", "forecast", "observed").iter_rows()
    )
    return framed(layers, tables, height=SIDE, description=f"Reliability of the chances a year ahead. {said}.")
