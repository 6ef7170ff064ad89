"""The lateral gap with a scenario and without it, at the end of each month ahead.

May import: results (records only), plots.
"""

from __future__ import annotations

import altair as alt
import polars as pl

from lynchpin.plots._chart import Tables, drawn, framed, time, tooltip
from lynchpin.plots.what_if import WITH, WITHOUT
from lynchpin.results import WhatIf

GAP = "lateral gap"

#: Share of the spread that is left free above and below.
_ROOM = 0.15


def data(found: WhatIf) -> pl.DataFrame:
    """The gap's rows of `WhatIf.index`; empty where the case has no patron with two allies.

    Returns
    -------
    DataFrame, columns date, baseline, scenario, low, high: where the scenario ends in 90 % of the pairs, with the
    baseline at its mean
    """
    rows = found.index.filter(pl.col("pair") == GAP).sort("date")
    low, high = (pl.col("baseline") + pl.col(end) for end in ("lower", "upper"))
    return rows.select("date", "baseline", "scenario", low=low, high=high)


@drawn
def draw(frame: pl.DataFrame, *, height: int = 190) -> alt.LayerChart:
    """The picture of `data`: two lines, and the band of the differences around the one that is changed."""
    tables = Tables()
    base = tables.chart("gap", frame)
    x = time("date", frame["date"].min(), frame["date"].max(), ticks=6)  # type: ignore[arg-type]
    ends = [float(value) for name in ("baseline", "scenario", "low", "high") for value in frame[name]]
    room = _ROOM * max(max(ends) - min(ends), 0.1)
    scale = alt.Scale(domain=[min(ends) - room, max(ends) + room], nice=False)
    axis = alt.Axis(grid=True, tickCount=4, title="lateral gap, from -2 to 2", format="+.2~f")
    band = base.mark_area(color=WITH, opacity=0.22, aria=False)
    layers = [band.encode(x=x, y=alt.Y("low", type="quantitative", scale=scale, axis=axis), y2=alt.Y2("high"))]
    up = frame["scenario"][-1] >= frame["baseline"][-1]
    last = base.transform_window(rank="row_number()").transform_filter(f"datum.rank == {frame.height}")
    for side, colour, word, above in (("baseline", WITHOUT, "without", not up), ("scenario", WITH, "with", up)):
        y = alt.Y(side, type="quantitative", scale=scale, axis=axis)
        point = alt.OverlayMarkDef(color=colour, size=45)
        layers.append(
            base.mark_line(color=colour, strokeWidth=2.5, point=point, aria=False).encode(x=x, y=y, tooltip=_TIPS)
        )
        text = last.mark_text(
            text=word, align="right", fontWeight=600, color=colour, dy=-12 if above else 14, aria=False
        )
        layers.append(text.encode(x=x, y=y))
    first, then = (f"{frame[side][-1]:+.2f}" for side in ("baseline", "scenario"))
    description = f"The lateral gap at the end of each month: at last {first} without the scenario, {then} with it."
    return framed(layers, tables, height=height, description=description)


_TIPS = tooltip(
    ("date", "End of month"),
    ("baseline", "Without"),
    ("scenario", "With"),
    formats={"baseline": "+.2f", "scenario": "+.2f"},
)
