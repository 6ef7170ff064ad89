"""How warm a pair is, through time: the index, its 90 % band, and the days on which it turned."""

from __future__ import annotations

from datetime import date
from typing import Literal

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import Tables, drawn, framed, time, tooltip

LEVELS = 3  # rows of labels above the plot
LABEL_SHARE = 0.29  # of a small panel's width, that one label takes


def line(series: pl.DataFrame, pair: str, *, at_most: int = 200) -> pl.DataFrame:
    """One pair's index, thinned for drawing.

    Parameters
    ----------
    series : DataFrame, `RelationIndex.series`
    pair : str
    at_most : int, points to keep; evenly spaced by row, the last one always among them

    Returns
    -------
    DataFrame, columns date, index, lower, upper; rows without an index are left out
    """
    rows = series.filter(pl.col("pair") == pair).drop_nulls("index").sort("date")
    step = -(-rows.height // at_most) or 1
    return rows.reverse().gather_every(step).reverse().select("date", "index", "lower", "upper")


def turns(change_points: pl.DataFrame, pair: str, *, start: date, end: date) -> pl.DataFrame:
    """One pair's change points, each with a label and a place for it; the latest are labelled first.

    Returns
    -------
    DataFrame, columns date, before, after, label ("▲ Nov 2010"; "" where there is no room), level (0 at the top),
    align ("left" or "right"), rise (bool)
    """
    span = max((end - start).days, 1)
    taken = [1.0 + LABEL_SHARE] * LEVELS  # where the labels already placed on each level begin
    placed = []
    rows = change_points.filter((pl.col("pair") == pair) & pl.col("date").is_between(start, end))
    for day, before, after in rows.sort("date", descending=True).select("date", "before", "after").iter_rows():
        at = (day - start).days / span
        sides = [(at, "left"), (at - LABEL_SHARE, "right")]
        rooms = [
            (level, left, align)
            for left, align in sides
            for level in range(LEVELS)
            if left >= 0.0 and left + LABEL_SHARE <= min(taken[level], 1.0)
        ]
        level, left, align = rooms[0] if rooms else (0, taken[0], "left")
        taken[level] = left
        label = f"{'▲' if after >= before else '▼'} {day:%b %Y}" if rooms else ""
        placed.append((day, before, after, label, level, align, after >= before))
    placed.reverse()
    schema = {
        "date": pl.Date,
        "before": pl.Float64,
        "after": pl.Float64,
        "label": pl.String,
        "level": pl.Int32,
        "align": pl.String,
        "rise": pl.Boolean,
    }
    return pl.DataFrame(placed, schema=schema, orient="row")


def change_layers(tables: Tables, marks: pl.DataFrame, x: alt.X, scale: alt.Scale) -> list[alt.Chart]:
    """Rules and labels at the change points, above a plot with `LEVELS` * 13 pixels to spare."""
    if marks.is_empty():
        return []
    base = tables.chart("turns", marks).encode(x=x)
    y = alt.Y("place", type="quantitative", title=None, scale=scale)
    colour = alt.Color("rise", type="nominal", scale=_RISE, legend=None)
    layers = [base.mark_rule(strokeDash=[3, 2], strokeWidth=1.2).encode(color=colour, tooltip=_TURN_TIP)]
    for side in _SIDES:
        if side not in marks["align"]:
            continue
        way = 1 if side == "left" else -1
        here = base.transform_filter(f"datum.align == '{side}' && datum.label != ''")
        ground = f"M{0.2 * way},0h{12.4 * way}v1.9h{-12.4 * way}z"  # hides the rules of the others behind the words
        layers += [
            here.mark_point(shape=ground, size=169, filled=True, color=theme.PAPER, opacity=1, aria=False).encode(y=y),
            here.mark_text(align=side, dx=3 * way, baseline="top", fontWeight=600).encode(
                y=y, text=alt.Text("label", type="nominal"), color=colour
            ),
        ]
    return layers


_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
_RISE = alt.Scale(domain=[True, False], range=[theme.COOPERATION, theme.CONFLICT])
_TURN_TIP = [
    alt.Tooltip("date", type="temporal", title="Change point", timeUnit="utcyearmonthdate", format="%-d %b %Y"),
    alt.Tooltip("before", type="quantitative", title="Mean before", format="+.2f"),
    alt.Tooltip("after", type="quantitative", title="Mean after", format="+.2f"),
]


@drawn
def draw(
    points: pl.DataFrame, marks: pl.DataFrame, name: str, *, start: date, end: date, levels: int, height: int = 150
) -> alt.LayerChart:
    """The picture of `line` and `turns`: -1 all conflict, +1 all cooperation.

    Parameters
    ----------
    points, marks : DataFrames, from `line` and `turns`
    name : str, the pair's name, for the text alternative
    start, end : the time axis
    levels : int, rows of labels above the plot; the same for pictures that stand side by side
    height : int, pixels
    """
    room = 13 * levels + 4
    scale = alt.Scale(domain=[-1, 1], range=[height, room], nice=False)
    above = (room - 13 * pl.col("level")) / (height - room) * 2  # in units of the index
    placed = marks.with_columns(place=1 + above)
    sign = alt.Axis(
        values=[-1, 0, 1],
        labelExpr="datum.value > 0 ? '+1' : datum.value < 0 ? '−1' : '0'",
        title=None,
        grid=True,
        labelColor=alt.ExprRef(
            expr=f"datum.value > 0 ? '{theme.COOPERATION}' : datum.value < 0 ? '{theme.CONFLICT}' : '{theme.MUTED}'"
        ),
    )
    x = time("date", start, end, ticks=5)
    tables = Tables()
    base = tables.chart("points", points).encode(x=x)
    layers = [
        base.mark_area(color=theme.ACCENT, opacity=0.17, aria=False).encode(
            y=alt.Y("lower", type="quantitative", title=None, scale=scale, axis=sign), y2=alt.Y2("upper")
        ),
        base.mark_line(color=theme.ACCENT, strokeWidth=1.8, aria=False).encode(
            y=alt.Y("index", type="quantitative", title=None, scale=scale),
        ),
        *change_layers(tables, placed, x, scale),
        base.mark_point(opacity=0, size=60, aria=False).encode(
            y=alt.Y("index", type="quantitative", title=None, scale=scale),
            tooltip=[
                alt.Tooltip("date", type="temporal", title="Date", timeUnit="utcyearmonthdate", format="%-d %b %Y"),
                *tooltip(
                    ("index", "Index"),
                    ("lower", "90 % from"),
                    ("upper", "90 % to"),
                    formats={"index": "+.2f", "lower": "+.2f", "upper": "+.2f"},
                ),
            ],
        ),
    ]
    last = points.tail(1).to_dicts()
    today = f"; {last[0]['index']:+.2f} at the end" if last else ""
    description = (
        f"Relation index of {name} from {start} to {end}, from -1 all conflict to +1 all cooperation, with its "
        f"90 % band{today}; {marks.height} change point{'' if marks.height == 1 else 's'}."
    )
    return framed(layers, tables, height=height, description=description, apart=("color",))
