"""One agreement through time: its acts, the chance of success as it would have been issued, and what bore on it.

Three bands on one time axis, top to bottom: the acts on a line coloured by what they left behind; the chance that it
stands signed or in force a year later, each value from a fit to what was known that day; and the forces, one row each,
orange where above their average and blue where below.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import altair as alt
import polars as pl

from lynchpin.report.plots import swimlanes, theme
from lynchpin.report.plots._chart import Tables, drawn, framed, time, tooltip, x_at
from lynchpin.report.plots.theme import spoken
from lynchpin.results import AgreementLife
from lynchpin.results import chance as in_words

ACTS, CHANCE, GAP, ROW = 40, 190, 36, 20  # pixels: the acts, the chance, between the bands, a force
_MOST = 2.5  # standard deviations at which a force's colour is full


def chance(issued: pl.DataFrame, *, end: date) -> pl.DataFrame:
    """The chances as issued, each until the next: columns date, until, standing, probability, lower, upper."""
    rows = issued.sort("date").select("date", "standing", "probability", "lower", "upper")
    return rows.with_columns(until=pl.col("date").shift(-1).fill_null(end))


def forces(issued: pl.DataFrame, *, end: date) -> pl.DataFrame:
    """The forces in long form: columns row, force, date, until, value; none where the parties are not followed."""
    fixed = {"date", "standing", "probability", "lower", "upper"}
    names = [name for name in issued.columns if name not in fixed]
    rows = issued.sort("date").with_columns(until=pl.col("date").shift(-1).fill_null(end))
    parts = [
        rows.select(
            row=pl.lit(k, dtype=pl.Int32), force=pl.lit(spoken(name)), date="date", until="until", value=pl.col(name)
        )
        for k, name in enumerate(names)
    ]
    return pl.concat(parts).drop_nulls("value")


@drawn
def draw(
    life: AgreementLife, issued: pl.DataFrame, means: Mapping[str, str], *, end: date, asked: date | None = None
) -> alt.LayerChart:
    """The picture of one agreement.

    Parameters
    ----------
    life : AgreementLife, with the history to show
    issued : DataFrame, from `lynchpin.answers.agreements.backtest.replay`
    means : force -> what it is, for tooltips
    end : date, end of the time axis
    asked : date, a day to mark; None for none
    """
    chances, strips = chance(issued, end=end), forces(issued, end=end)
    start = min(act.date for act in life.history) - timedelta(days=90)
    top, low = ACTS + GAP, ACTS + GAP + CHANCE
    height = low + GAP + ROW * strips["row"].n_unique() + 4
    scale = alt.Scale(domain=[0, height], range=[0, height], nice=False)

    def y(field: str, *, axis: alt.Axis | None = None) -> alt.Y:
        return alt.Y(field, type="quantitative", title=None, axis=axis, scale=scale)

    tables = Tables()
    acts = swimlanes.acts([life], end=end).with_columns(middle=pl.lit(ACTS - 14))
    line = tables.chart("acts", acts).encode(x=time("date", start, end), y=y("middle"), color=swimlanes.COLOUR)
    placed = chances.with_columns(
        at=low - CHANCE * pl.col("probability"),
        under=low - CHANCE * pl.col("lower"),
        over=low - CHANCE * pl.col("upper"),
    )
    last = placed.tail(1).with_columns(date=pl.col("until"))
    steps = pl.concat([placed, last])
    curve = tables.chart("chances", steps).encode(x=alt.X("date", type="temporal"))
    grid = pl.DataFrame({"share": [0.0, 0.25, 0.5, 0.75, 1.0]}).with_columns(
        at=low - CHANCE * pl.col("share"), words=pl.format("{} %", (pl.col("share") * 100).cast(pl.Int32))
    )
    rules = tables.chart("grid", grid).encode(y=y("at"))
    cells = tables.chart(
        "forces",
        strips.with_columns(
            y=low + GAP + ROW * pl.col("row"),
            y2=low + GAP + ROW * pl.col("row") + ROW - 3,
            means=pl.col("force").replace_strict({spoken(k): v for k, v in means.items()}, default=""),
        ),
    )
    names = strips.unique("row", maintain_order=True).with_columns(y=low + GAP + ROW * pl.col("row") + ROW / 2 - 1)
    named = tables.chart("names", names).encode(x=x_at(0), y=y("y"), text=alt.Text("force", type="nominal"))
    heads = pl.DataFrame(
        {
            "y": [4, top - 20, low + GAP - 10],
            "words": [
                "Acts",
                "Chance to stand signed or in force a year later, as issued (90 % band)",
                "Forces, in standard deviations from the average: orange above, blue below",
            ],
        }
    )
    tips = tooltip(
        ("standing", "Stands at"),
        ("probability", "Chance"),
        ("lower", "90 % from"),
        ("upper", "90 % to"),
        formats={"probability": ".0%", "lower": ".0%", "upper": ".0%"},
    )
    day = alt.Tooltip("date", type="temporal", title="Issued", timeUnit="utcyearmonthdate", format="%-d %b %Y")
    layers = [
        rules.mark_rule(color=theme.FAINT),
        rules.mark_text(align="left", baseline="bottom", dy=-1, fill=theme.MUTED).encode(
            x=x_at(2), text=alt.Text("words", type="nominal")
        ),
        line.mark_rule(strokeWidth=3, opacity=0.55, clip=True, aria=False).encode(x2=alt.X2("until")),
        line.mark_point(filled=True, size=70, opacity=1, stroke="white", strokeWidth=0.8, aria=False).encode(
            shape=swimlanes.SHAPE,
            tooltip=tooltip(("when", "Date"), ("stage", "Stage"), ("actor", "Moved by"), ("summary", "What")),
        ),
        curve.mark_area(interpolate="step-after", color=theme.ACCENT, opacity=0.17, aria=False).encode(
            y=y("under"), y2=alt.Y2("over")
        ),
        curve.mark_line(interpolate="step-after", color=theme.ACCENT, strokeWidth=2, aria=False).encode(y=y("at")),
        curve.mark_point(opacity=0, size=60, aria=False).encode(y=y("at"), tooltip=[day, *tips]),
        cells.mark_rect(aria=False, clip=True).encode(
            x=alt.X("date", type="temporal"),
            x2=alt.X2("until"),
            y=y("y"),
            y2=alt.Y2("y2"),
            color=alt.Color(
                "value",
                type="quantitative",
                scale=alt.Scale(
                    domain=[-_MOST, 0, _MOST],
                    range=[theme.BLUES[0], "#f4f5f6", theme.WARMS[0]],
                    clamp=True,
                    interpolate="rgb",
                ),
                legend=None,
            ),
            tooltip=[
                day,
                *tooltip(("force", "Force"), ("means", "What"), ("value", "Value"), formats={"value": "+.1f"}),
            ],
        ),
        named.mark_text(align="left", baseline="middle", dx=4, fontWeight=600, stroke="white", strokeWidth=4),
        named.mark_text(align="left", baseline="middle", dx=4, fontWeight=600),
        tables.chart("heads", heads)
        .mark_text(align="left", baseline="middle", fill=theme.MUTED)
        .encode(x=x_at(0), y=y("y"), text=alt.Text("words", type="nominal")),
    ]
    if asked is not None:
        mark = tables.chart("asked", pl.DataFrame({"date": [asked]}))
        layers.append(mark.mark_rule(color=theme.INK, strokeDash=[3, 3]).encode(x=alt.X("date", type="temporal")))
    now = placed.row(-1, named=True)
    issued_last = "{} ({} to {})".format(*(in_words(now[key]) for key in ("probability", "lower", "upper")))
    description = (
        f"{life.title} from {start} to {end}: {len(life.history)} acts; the chance to stand signed or in force a year "
        f"later, as issued on {placed.height} days, the last {issued_last}, when it stood at: "
        f"{spoken(now['standing'])}; and {strips['row'].n_unique()} forces."
    )
    return framed(layers, tables, height=height, description=description, apart=("color",))
