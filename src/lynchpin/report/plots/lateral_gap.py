"""The lateral gap: the allies' tie to each other, less their mean tie to the patron."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import Literal, cast

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import ONCE, Tables, drawn, framed, time, tooltip, x_at, y_at
from lynchpin.report.plots.what_if import WITH, WITHOUT
from lynchpin.results import WhatIf


def line(gap: pl.DataFrame, *, at_most: int = 240) -> pl.DataFrame:
    """The gap, thinned for drawing: columns date, gap, lower, upper; the last row is always kept."""
    rows = gap.drop_nulls("gap").sort("date")
    step = -(-rows.height // at_most) or 1
    return rows.reverse().gather_every(step).reverse().select("date", "gap", "lower", "upper")


def reach(points: pl.DataFrame) -> float:
    """Half the height of the axis: the farthest the band goes, up to the next quarter; 0.5 at least, 2 at most.

    Examples
    --------
    >>> reach(pl.DataFrame({"lower": [-0.9, None], "upper": [0.1, None]}))
    1.0
    """
    ends = [abs(value) for value in (points["lower"].min(), points["upper"].max()) if isinstance(value, float)]
    return min(max(ceil(max(ends, default=0.0) * 4) / 4, 0.5), 2.0)


@drawn
def draw(points: pl.DataFrame, *, start: date, end: date, height: int = 210) -> alt.LayerChart:
    """The picture of `line`, with words on either side of zero and today's value.

    Parameters
    ----------
    points : DataFrame, from `line`
    start, end : the time axis
    height : int, pixels
    """
    far = reach(points)
    scale = alt.Scale(domain=[-far, far], nice=False)
    axis = alt.Axis(tickCount=5, labelExpr="datum.value == 0 ? '0' : format(datum.value, '+.2~f')", grid=True)
    tables = Tables()
    base = tables.chart("points", points).encode(x=time("date", start, end))
    words = [
        _word(tables, "▲ closer to each other than to the patron", "top", theme.COOPERATION, 4),
        _word(tables, "▼ less close to each other than to the patron", "bottom", theme.CONFLICT, height - 4),
    ]
    zero = tables.chart("once", ONCE).mark_rule(color=theme.MUTED, strokeWidth=1)
    y = alt.Y("gap", type="quantitative", title=None, scale=scale)
    tips = [
        alt.Tooltip("date", type="temporal", title="Date", timeUnit="utcyearmonthdate", format="%-d %b %Y"),
        *tooltip(
            ("gap", "Gap"),
            ("lower", "90 % from"),
            ("upper", "90 % to"),
            formats={"gap": "+.2f", "lower": "+.2f", "upper": "+.2f"},
        ),
    ]
    today = tables.chart("today", points.tail(1)).encode(x=alt.X("date", type="temporal"), y=y)
    layers = [
        base.mark_area(color=theme.ACCENT, opacity=0.17, aria=False, clip=True).encode(
            y=alt.Y("lower", type="quantitative", title=None, scale=scale, axis=axis), y2=alt.Y2("upper")
        ),
        zero.encode(y=alt.Y(datum=0, type="quantitative", title=None, scale=scale)),
        base.mark_line(color=theme.ACCENT, strokeWidth=2, aria=False, clip=True).encode(y=y),
        base.mark_point(opacity=0, size=60, aria=False).encode(y=y, tooltip=tips),
        today.mark_point(filled=True, color=theme.ACCENT, size=55, opacity=1),
        *words,
    ]
    value = points["gap"].item(-1) if points.height else None
    description = (
        f"The lateral gap from {start} to {end} with its 90 % band"
        + (f"; {value:+.2f} at the end" if value is not None else "")
        + ". Above zero the allies are closer to each other than to the patron, below zero less close."
    )
    return framed(layers, tables, height=height, description=description)


def _word(tables: Tables, text: str, baseline: Literal["top", "bottom"], colour: str, place: int) -> alt.Chart:
    """What one side of zero means."""
    chart = tables.chart("once", ONCE).mark_text(
        text=text, align="left", baseline=baseline, fill=colour, fontWeight=600
    )
    return cast(alt.Chart, chart.encode(x=x_at(6), y=y_at(place)))


# -- The lateral gap with a scenario and without it, at the end of each month ahead.

GAP = "lateral gap"

#: Share of the spread that is left free above and below.
_ROOM = 0.15


def data_ahead(found: WhatIf) -> pl.DataFrame:
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
def draw_ahead(frame: pl.DataFrame, *, height: int = 190) -> alt.LayerChart:
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
