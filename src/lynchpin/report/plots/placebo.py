"""A mechanism with its cause moved in time: how often each value of its statistic came, and where the record stands."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import Tables, drawn, framed, tooltip, y_at

HEIGHT, BINS = 170, 31


def data(moved: Sequence[float], own: float) -> pl.DataFrame:
    """The moved values in bins of one width that take in the record's own.

    Returns
    -------
    DataFrame, columns low, high, shifts, none (the foot of each bar)

    Examples
    --------
    >>> data([-1.0, 0.0, 0.1, 1.0], 2.0)["shifts"].sum()
    4
    """
    values = np.asarray(moved, dtype=np.float64)
    most = max(3.0, float(np.abs(values).max(initial=0.0)), abs(own)) * 1.05
    edges = np.linspace(-most, most, BINS + 1)
    shifts, _ = np.histogram(values, edges)
    return pl.DataFrame({"low": edges[:-1], "high": edges[1:], "shifts": shifts.astype(np.int64), "none": 0})


@drawn
def draw(frame: pl.DataFrame, own: float, name: str) -> alt.LayerChart:
    """The picture of `data`: bars for the shifts, a mark for the record as it is."""
    tables = Tables()
    most = float(frame["high"][-1])
    scale = alt.Scale(domain=[-most, most], nice=False, zero=False)
    top = float(max(frame["shifts"].to_list(), default=1) or 1)
    count = alt.Scale(domain=[0, top * 1.18], nice=False)
    x = alt.X(
        "low", type="quantitative", scale=scale, title="statistic, in standard errors", axis=alt.Axis(tickCount=7)
    )
    mark = pl.DataFrame({"own": [own], "name": ["the record as it is"]})
    bars = (
        tables.chart("shifts", frame)
        .mark_rect(color=theme.tint(theme.MUTED, 0.55), aria=False)
        .encode(
            x=x,
            x2=alt.X2("high"),
            y=alt.Y("shifts", type="quantitative", scale=count, title="shifts", axis=alt.Axis(grid=True, tickCount=4)),
            y2=alt.Y2("none"),
            tooltip=tooltip(
                ("low", "From"),
                ("high", "To"),
                ("shifts", "Shifts"),
                formats={"low": ".2f", "high": ".2f", "shifts": "d"},
            ),
        )
    )
    rule = (
        tables.chart("own", mark)
        .mark_rule(color=theme.ACCENT, strokeWidth=3, aria=False)
        .encode(x=alt.X("own", type="quantitative", scale=scale))
    )
    left = own > most * 0.4
    label = (
        tables.chart("label", mark)
        .mark_text(
            align="right" if left else "left", dx=-7 if left else 7, baseline="top", fontWeight=600, fill=theme.ACCENT
        )
        .encode(x=alt.X("own", type="quantitative", scale=scale), y=y_at(2), text=alt.Text("name", type="nominal"))
    )
    beyond = int(frame.filter(pl.col("low") >= own)["shifts"].sum())
    description = (
        f"{name}: the statistic of the record is {own:.2f} standard errors; of "
        f"{int(frame['shifts'].sum())} shifts of its cause in time, about {beyond} lie above it."
    )
    return framed([bars, rule, label], tables, height=HEIGHT, description=description)
