"""The lateral gap: the allies' tie to each other, less their mean tie to the patron.

May import: results (records only), plots.
"""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import Literal, cast

import altair as alt
import polars as pl

from lynchpin.plots import theme
from lynchpin.plots._chart import ONCE, Tables, drawn, framed, time, tooltip, x_at, y_at


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
