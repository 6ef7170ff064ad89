"""What moves the rates: a forest of rate ratios by timing, one row per tested claim, with both ends, on a log axis."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from lynchpin.report.evidence import end
from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import Tables, drawn, framed, tooltip, x_at
from lynchpin.report.plots.theme import claim_name
from lynchpin.results import Claim

ROW = 42  # pixels
TICKS = (0.1, 0.25, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 4.0, 10.0)
FEW_TICKS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)


def data(claims: Sequence[Claim]) -> pl.DataFrame:
    """One row for each claim whose effect is a ratio, in the claims' order.

    Returns
    -------
    DataFrame, columns row, label, ratio, lower, upper (rate ratio per doubling of the cause, 90 % interval), text (the
    two ends), verdict (the grade and its side), expect
    """
    rows: list[tuple[object, ...]] = []
    for claim in claims:
        if claim.effect is None or not claim.effect.is_ratio:
            continue
        label = claim_name(claim.id, claim.mechanism)
        numbers = (claim.rate_ratio, claim.at_least, claim.at_most)
        ends = " to ".join(end(value, claim.unit) for value in (claim.at_least, claim.at_most))
        rows.append((len(rows), label, *numbers, ends, claim.graded, claim.expect))
    schema = {
        "row": pl.Int32,
        "label": pl.String,
        "ratio": pl.Float64,
        "lower": pl.Float64,
        "upper": pl.Float64,
        "text": pl.String,
        "verdict": pl.String,
        "expect": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def bounds(frame: pl.DataFrame) -> tuple[float, float]:
    """The log axis: the nearest ticks that hold every interval, a tenth and ten at the most, 0.8 to 1.25 at least."""
    values = [value for name in ("lower", "upper") for value in frame[name].drop_nulls()]
    low, high = min(values, default=1.0), max(values, default=1.0)
    return (
        max((tick for tick in TICKS if tick <= min(low, 0.8)), default=TICKS[0]),
        min((tick for tick in TICKS if tick >= max(high, 1.25)), default=TICKS[-1]),
    )


def ratio_axis(ticks: Sequence[float]) -> alt.Axis:
    """The log axis of rate ratios per doubling, with so many ticks."""
    return alt.Axis(
        values=list(ticks),
        grid=True,
        title="rate ratio when the cause doubles (log scale)",
        labelExpr="datum.value == 1 ? 'no change' : '×' + format(datum.value, '~g')",
    )


@drawn
def draw(frame: pl.DataFrame) -> alt.LayerChart:
    """The picture of `data`: names beside the intervals where there is room, above them where there is not."""
    low, high = bounds(frame)
    drawn_frame = frame.with_columns(
        pl.col("ratio", "lower", "upper").clip(low, high),
        middle=pl.col("row") * ROW + 28,
        side=pl.when(pl.col("expect") == "+").then(high).when(pl.col("expect") == "-").then(low),
        cut_low=pl.col("lower") < low,
        cut_high=pl.col("upper") > high,
    )
    height = ROW * max(frame.height, 1)
    reach = alt.Scale(
        type="log",
        domain=[low, high],
        nice=False,
        range=[
            alt.ExprRef(expr="width > 560 ? 232 : 4"),
            alt.ExprRef(expr="width > 560 ? width - 140 : width - 4"),
        ],
    )
    lanes = alt.Scale(domain=[0, height], range=[0, height], nice=False)
    ticks = [tick for tick in TICKS if low <= tick <= high and (tick in (*FEW_TICKS, low, high) or high / low < 4)]
    axis = ratio_axis(ticks)
    y = alt.Y("middle", type="quantitative", scale=lanes, axis=None)
    colour = alt.Color(
        "verdict",
        type="nominal",
        scale=alt.Scale(domain=list(theme.VERDICTS), range=list(theme.VERDICTS.values())),
        legend=None,
    )
    tables = Tables()
    base = tables.chart("claims", drawn_frame).encode(y=y)
    x = alt.X("ratio", type="quantitative", scale=reach, axis=axis)
    line = alt.ExprRef(expr=f"width > 560 ? {ROW**2} : 484")  # no change: whole rows, or clear of the names
    lift = alt.ExprRef(expr="width > 560 ? 0 : -17")
    tips = tooltip(("label", "Claim"), ("text", "At least, at most"), ("expect", "Expected"), ("verdict", "Evidence"))
    layers = [
        base.transform_filter("isValid(datum.side)")
        .transform_calculate(one="1")
        .mark_bar(color=theme.FAINT, height=16, aria=False)
        .encode(x=alt.X("one", type="quantitative", scale=reach, axis=axis), x2=alt.X2("side")),
        base.mark_point(
            shape="stroke", angle=90, size=line, strokeWidth=1, opacity=1, color=theme.MUTED, aria=False
        ).encode(x=alt.X(datum=1, type="quantitative", scale=reach)),
        base.mark_rule(strokeWidth=3.5, strokeCap="round").encode(
            x=alt.X("lower", type="quantitative", scale=reach), x2=alt.X2("upper"), color=colour, tooltip=tips
        ),
        base.mark_point(filled=True, size=90, opacity=1, stroke="white", strokeWidth=1.2).encode(
            x=x, color=colour, tooltip=tips
        ),
        base.mark_text(align="left", fontWeight=600, dy=lift).encode(x=x_at(0), text=alt.Text("label", type="nominal")),
        base.mark_text(align="right", dy=lift).encode(
            x=x_at(alt.ExprRef(expr="width")), text=alt.Text("text", type="nominal"), color=colour
        ),
        *(
            base.transform_filter(f"datum.{flag}")
            .mark_text(text=arrow, dx=shift, fontWeight=700)
            .encode(x=alt.X(end, type="quantitative", scale=reach), color=colour)
            for flag, end, arrow, shift in (("cut_low", "lower", "◂", -3), ("cut_high", "upper", "▸", 3))
            if drawn_frame[flag].any()
        ),
    ]
    description = (
        "Forest of rate ratios when the cause doubles, with what they are at least and at most: "
        + "; ".join(f"{row['label']}: {row['text']}, {row['verdict']}" for row in frame.iter_rows(named=True))
        + "."
    )
    return framed(layers, tables, height=height, description=description)
