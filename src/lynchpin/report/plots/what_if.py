"""A scenario against its baseline: differences with their intervals, one row each, and the two sides month by month."""

from __future__ import annotations

import textwrap
from typing import Literal

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import ONCE, Tables, drawn, framed, time, tooltip, x_at, y2_at, y_at
from lynchpin.results import WhatIf, direction, signed

ROW, TOP = 38, 22  # pixels: of a row, of the heading above them
WITHOUT, WITH = theme.MUTED, theme.ACCENT

_WEIGHTS: tuple[tuple[str, Literal[400, 600]], ...] = (("yardstick", 600), ("unit", 400))

#: Whether a mark is shown, on a page with room beside the bars and on one without.
_WIDE, _NARROW = "width > 560 ? 1 : 0", "width > 560 ? 0 : 1"

#: Dyads and classes that are drawn below the yardsticks.
LARGEST = 8

#: Letters of a label that one line holds.
LINE = 38


def data(found: WhatIf) -> pl.DataFrame:
    """Yardsticks in their order, then the dyads and classes that differ most.

    Returns
    -------
    DataFrame, columns row, label, kind ("yardstick" or "unit"), difference, lower, upper, text, sides, clear, verdict
    (in words, with the acts put in), first and second (the label on two lines; second is "" where one is enough), short
    (the label, or what stands before its colon where it is too long)
    """
    yardsticks = found.measures.select(
        label="name",
        kind=pl.lit("yardstick"),
        difference="difference",
        lower="lower",
        upper="upper",
        baseline="baseline",
        scenario="scenario",
        put_in="put_in",
    )
    name = pl.format("{} → {}  {}", "source", "target", pl.col("event_class").str.replace_all("_", " ", literal=True))
    units = (
        found.table.filter((pl.col("difference") != 0.0) & (pl.col("difference").abs() >= 0.05))
        .sort(pl.col("difference").abs(), descending=True, maintain_order=True)
        .head(LARGEST)
        .select(
            label=name,
            kind=pl.lit("unit"),
            difference="difference",
            lower="lower",
            upper="upper",
            baseline="baseline",
            scenario="scenario",
            put_in="put_in",
        )
    )
    rows = pl.concat([yardsticks, units]).with_row_index("row").with_columns(pl.col("row").cast(pl.Int32))
    sides = [f"{b:.1f} → {s:.1f}" for b, s in rows.select("baseline", "scenario").iter_rows()]
    text = [
        f"{signed(d)} ({signed(lo)} to {signed(up)})"
        for d, lo, up in rows.select("difference", "lower", "upper").iter_rows()
    ]
    ways = [
        direction(low, high) + (f"; {put_in} put in" if put_in else "")
        for low, high, put_in in rows.select("lower", "upper", "put_in").iter_rows()
    ]
    lines = [_two_lines(label) for label in rows["label"]]
    return rows.with_columns(
        sides=pl.Series(sides, dtype=pl.String),
        text=pl.Series(text, dtype=pl.String),
        verdict=pl.Series(ways, dtype=pl.String),
        first=pl.Series([first for first, _ in lines], dtype=pl.String),
        second=pl.Series([second for _, second in lines], dtype=pl.String),
        short=pl.Series(
            [first if ": " in label else label for label, (first, _) in zip(rows["label"], lines, strict=True)],
            dtype=pl.String,
        ),
        clear=(pl.col("lower") > 0.0) | (pl.col("upper") < 0.0),
    ).drop("baseline", "scenario", "put_in")


def _two_lines(label: str) -> tuple[str, str]:
    """A label that is too long for one line on two, cut where it names its part, else between words."""
    if len(label) <= LINE:
        return label, ""
    head, colon, tail = label.partition(": ")
    if colon and len(head) <= LINE:
        return head, tail
    head, *rest = textwrap.wrap(label, LINE)
    return head, " ".join(rest)


@drawn
def draw(frame: pl.DataFrame) -> alt.LayerChart:
    """The picture of `data`: names on the left, differences around the line of none, both sides on the right."""
    low = min([-0.5, *frame["lower"]])
    high = max([0.5, *frame["upper"]])
    middle = frame.with_columns(middle=pl.col("row") * ROW + TOP + ROW / 2)
    height = ROW * max(frame.height, 1) + TOP
    reach = alt.Scale(
        domain=[low, high],
        nice=False,
        range=[
            alt.ExprRef(expr="width > 560 ? 300 : 6"),
            alt.ExprRef(expr="width > 560 ? width - 160 : width - 6"),
        ],
    )
    axis = alt.Axis(
        grid=True,
        tickCount=6,
        title="← fewer acts | more acts than without it →",
        labelExpr="datum.value == 0 ? 'no difference' : format(datum.value, '+~g')",
    )
    y = alt.Y(
        "middle", type="quantitative", scale=alt.Scale(domain=[0, height], range=[0, height], nice=False), axis=None
    )
    # in parts: `alt.condition` has altair try each kind of colour against the schema, on every layer
    colour = alt.ColorValue(theme.MUTED, condition={"test": "datum.clear", "value": theme.ACCENT})
    tables = Tables()
    base, once = tables.chart("differences", middle).encode(y=y), tables.chart("once", ONCE)
    x = alt.X("difference", type="quantitative", scale=reach, axis=axis)
    tips = tooltip(("label", "Acts"), ("sides", "Without → with"), ("text", "Difference (90 %)"))
    layers = [
        once.mark_rule(color=theme.INK, strokeWidth=1, aria=False).encode(
            x=alt.X(datum=0, type="quantitative", scale=reach), y=y_at(TOP), y2=y2_at(height)
        ),
        once.mark_text(text="without → with", align="right", color=theme.MUTED, aria=False).encode(
            x=x_at(alt.ExprRef(expr="width")), y=y_at(8)
        ),
        *_divider(once, frame),
        base.mark_rule(strokeWidth=3.5, strokeCap="round").encode(
            x=alt.X("lower", type="quantitative", scale=reach), x2=alt.X2("upper"), color=colour, tooltip=tips
        ),
        base.mark_point(filled=True, size=95, opacity=1, stroke="white", strokeWidth=1.2).encode(
            x=x, color=colour, tooltip=tips
        ),
        *_names(base),
        *(
            base.mark_text(align="right", dy=dy, opacity=alt.ExprRef(expr=shown)).encode(
                x=x_at(alt.ExprRef(expr="width")), text=alt.Text(column, type="nominal"), color=colour
            )
            for column, shown, dy in (("sides", _WIDE, -8), ("verdict", _WIDE, 8), ("sides", _NARROW, -15))
        ),
    ]
    description = "Differences in expected acts, scenario minus baseline, with 90 % intervals: " + "; ".join(
        f"{row['label']}: {row['sides']}, {row['text']}" for row in frame.iter_rows(named=True)
    )
    return framed(layers, tables, height=height, description=f"{description}.")


def _names(base: alt.Chart) -> list[alt.Chart]:
    """What each row is about: beside its bar, on two lines where one is too short; above it on a narrow page."""
    made = []
    for kind, weight in _WEIGHTS:
        for column, asked, shown, dy in (
            ("first", "datum.second == ''", _WIDE, 0),
            ("first", "datum.second != ''", _WIDE, -8),
            ("second", "datum.second != ''", _WIDE, 8),
            ("short", "true", _NARROW, -15),
        ):
            rows = base.transform_filter(f"datum.kind == '{kind}' && {asked}")
            text = rows.mark_text(
                align="left",
                fontWeight=400 if column == "second" else weight,
                dy=dy,
                color=theme.INK,
                limit=290,
                opacity=alt.ExprRef(expr=shown),
            )
            made.append(text.encode(x=x_at(0), text=alt.Text(column, type="nominal")))
    return made


def _divider(once: alt.Chart, frame: pl.DataFrame) -> list[alt.Chart]:
    """A line between the yardsticks and the dyads and classes, where there are both."""
    yardsticks = frame.filter(pl.col("kind") == "yardstick").height
    if yardsticks in (0, frame.height):
        return []
    y = TOP + yardsticks * ROW
    return [
        once.mark_rule(color=theme.RULE, aria=False).encode(
            x=x_at(0),
            x2=alt.X2Value(alt.ExprRef(expr="width")),  # type: ignore[no-untyped-call]
            y=y_at(y),
        )
    ]


def months(found: WhatIf, name: str) -> pl.DataFrame:
    """Both sides of one yardstick, month by month: its rows of `WhatIf.monthly`."""
    return found.monthly.filter(pl.col("name") == name).sort("month")


def word_shifts(without: float, made: float) -> tuple[float, float]:
    """How far below its line's end each side is named: apart from each other, and never on the axis.

    Parameters
    ----------
    without, made : float, pixels of the ends above the axis

    Examples
    --------
    >>> word_shifts(100.0, 60.0), word_shifts(60.0, 100.0), word_shifts(100.0, 0.0), word_shifts(4.0, 0.0)
    ((-11, 13), (13, -11), (-11, -11), (-21.0, -11))
    """
    upper, lower = max(without, made), min(without, made)
    below: float = 13 if lower >= 24 else -11
    above: float = -11 if below > 0 else min(-11, upper - lower - 25)
    return (below, above) if made > without else (above, below)


@drawn
def draw_months(frame: pl.DataFrame, *, height: int = 190) -> alt.LayerChart:
    """The picture of `months`: the two sides as lines, each with the band that holds 90 % of its paths."""
    start, end = frame["period_start"].min(), frame["period_end"].max()
    half = (pl.col("period_end") - pl.col("period_start")).dt.total_days() // 2
    tables = Tables()
    base = tables.chart("months", frame.with_columns(middle=pl.col("period_start") + pl.duration(days=half)))
    x = time("middle", start, end, ticks=6)  # type: ignore[arg-type]
    tops = [float(value) for side in ("baseline_upper", "scenario_upper") for value in frame[side]]
    top = max(1.0, *tops) * 1.08
    scale = alt.Scale(domain=[0, top], nice=False)
    axis = alt.Axis(grid=True, tickCount=4, title="acts expected a month")
    layers = []
    for side, colour, share in (("baseline", WITHOUT, 0.22), ("scenario", WITH, 0.22)):
        layers.append(
            base.mark_area(color=colour, opacity=share, aria=False).encode(
                x=x, y=alt.Y(f"{side}_lower", type="quantitative", scale=scale, axis=axis), y2=alt.Y2(f"{side}_upper")
            )
        )
    for side, colour in (("baseline", WITHOUT), ("scenario", WITH)):
        layers.append(
            base.mark_line(
                color=colour, strokeWidth=2.5, point=alt.OverlayMarkDef(color=colour, size=45), aria=False
            ).encode(x=x, y=alt.Y(side, type="quantitative", scale=scale, axis=axis), tooltip=_TIPS)
        )
    last = base.transform_window(rank="row_number()").transform_filter(f"datum.rank == {frame.height}")
    ends = [float(value) * height / top for side in ("baseline", "scenario") for value in frame[side].tail(1)]
    shifts = word_shifts(*ends) if ends else (0, 0)
    for side, colour, word in (("baseline", WITHOUT, "without"), ("scenario", WITH, "with")):
        layers.append(
            last.mark_text(
                text=word, align="right", fontWeight=600, color=colour, dy=shifts[side == "scenario"], aria=False
            ).encode(x=x, y=alt.Y(side, type="quantitative", scale=scale, axis=axis))
        )
    without, made = (", ".join(f"{value:.1f}" for value in frame[side]) for side in ("baseline", "scenario"))
    name = frame["name"][0] if frame.height else ""
    return framed(
        layers,
        tables,
        height=height,
        description=f"{name}: acts expected each month, without the scenario {without}, with it {made}.",
    )


_TIPS = tooltip(("baseline", "Without"), ("scenario", "With"), formats={"baseline": ".2f", "scenario": ".2f"})
