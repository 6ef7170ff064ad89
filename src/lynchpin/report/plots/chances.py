"""Where an agreement may stand: one bar for each horizon, parted by stage."""

from __future__ import annotations

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import Tables, drawn, framed, tooltip
from lynchpin.report.plots.theme import spoken
from lynchpin.results import AgreementLife, chance

BAR = 30  # pixels

#: Stage -> colour, from the best to the worst: the bars stack in this order.
COLOURS = {
    "in_force": theme.BLUES[0],
    "signed": theme.BLUES[2],
    "agreed_in_principle": theme.BLUES[1],
    "negotiating": "#c6dbef",
    "suspended": theme.WARMS[3],
    "termination_notice": theme.WARMS[0],
    "ended": "#3d4651",
}

_DAY_WORDS = {91: "3 months", 182: "6 months", 365: "12 months", 730: "24 months"}


def bars(life: AgreementLife) -> pl.DataFrame:
    """The forecast as parts of bars, a row each: horizon, order, stage, low, high (its ends), middle, words, tip."""
    order = list(COLOURS)
    rows = []
    for days in dict.fromkeys(one.horizon_days for one in life.forecast):
        parts = sorted((c for c in life.forecast if c.horizon_days == days), key=lambda one: order.index(one.stage))
        done = 0.0
        for part in parts:
            words = chance(part.probability)
            tip = f"{words} ({chance(part.lower)} to {chance(part.upper)})"
            until = done + part.probability
            rows.append(
                (
                    _DAY_WORDS.get(days, f"{days} days"),
                    order.index(part.stage),
                    spoken(part.stage),
                    done,
                    until,
                    (done + until) / 2.0,
                    words if part.probability >= 0.06 else "",
                    tip,
                )
            )
            done = until
    names = ["horizon", "order", "stage", "low", "high", "middle", "words", "tip"]
    return pl.DataFrame(rows, schema=names, orient="row")


@drawn
def draw(frame: pl.DataFrame, title: str) -> alt.LayerChart:
    """The picture of `bars`.

    Parameters
    ----------
    frame : DataFrame, from `bars`
    title : str, the agreement's name, for the text alternative
    """
    horizons = frame["horizon"].unique(maintain_order=True).to_list()
    height = BAR * len(horizons) + 4
    stages = [spoken(stage) for stage in COLOURS]
    y = alt.Y(
        "horizon",
        type="nominal",
        title=None,
        scale=alt.Scale(type="band", domain=horizons, paddingInner=0.25, paddingOuter=0.1),
        axis=alt.Axis(labelColor=theme.INK),
    )
    scale = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(format=".0%", tickCount=5)
    colour = alt.Color(
        "stage", type="nominal", legend=None, scale=alt.Scale(domain=stages, range=list(COLOURS.values()))
    )
    pale = {spoken(stage) for stage in ("negotiating", "suspended", "termination_notice", "agreed_in_principle")}
    tables = Tables()
    base = tables.chart("bars", frame.with_columns(ink=pl.col("stage").is_in(list(pale)))).encode(y=y)
    layers = [
        base.mark_bar(stroke="white", strokeWidth=1, aria=False).encode(
            x=alt.X("low", type="quantitative", title=None, scale=scale, axis=axis),
            x2=alt.X2("high"),
            color=colour,
            tooltip=tooltip(("horizon", "In"), ("stage", "Stands at"), ("tip", "Chance (90 %)")),
        ),
        base.transform_filter("datum.ink")
        .mark_text(fill=theme.INK, aria=False)
        .encode(x=alt.X("middle", type="quantitative"), text=alt.Text("words", type="nominal")),
        base.transform_filter("!datum.ink")
        .mark_text(fill="white", aria=False)
        .encode(x=alt.X("middle", type="quantitative"), text=alt.Text("words", type="nominal")),
    ]
    said = "; ".join(
        f"in {horizon}: "
        + ", ".join(
            f"{stage} {tip}"
            for h, stage, tip, words in frame.select("horizon", "stage", "tip", "words").iter_rows()
            if h == horizon and words
        )
        for horizon in horizons
    )
    return framed(layers, tables, height=height, description=f"Where {title} may stand, {said}.")
