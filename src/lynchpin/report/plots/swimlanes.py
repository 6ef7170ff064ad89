"""The lives of agreements: a lane each, a mark for every act, the line between them coloured by what it left behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import Tables, drawn, framed, time, tooltip, x_at
from lynchpin.report.plots.staircase import FAMILIES, WORDS, families
from lynchpin.report.plots.theme import spoken
from lynchpin.results import AgreementLife, StageRow

ROW = 40  # pixels

_SCHEMA = {
    "lane": pl.Int32,
    "title": pl.String,
    "date": pl.Date,
    "until": pl.Date,
    "stage": pl.String,
    "family": pl.String,
    "when": pl.String,
    "actor": pl.String,
    "summary": pl.String,
    "last": pl.Boolean,
}


def when(act: StageRow) -> str:
    """The act's date, as precise as it is known.

    Examples
    --------
    >>> when(StageRow(date(2016, 11, 23), "month", "signed", "", "", "", ""))
    'Nov 2016'
    """
    if act.precision == "year":
        return f"{act.date:%Y}"
    return f"{act.date:%b %Y}" if act.precision == "month" else f"{act.date.day} {act.date:%b %Y}"


def acts(lives: Sequence[AgreementLife], *, end: date) -> pl.DataFrame:
    """One row per act, in lane order.

    Parameters
    ----------
    lives : sequence of AgreementLife, the lanes, top to bottom
    end : date, up to which the last act's stage is drawn; an ended agreement's line stops at its end

    Returns
    -------
    DataFrame, columns lane, title, date, until, stage, family, when, actor, summary, last (the lane's last act)
    """
    rows = []
    for lane, life in enumerate(lives):
        history = sorted(life.history, key=lambda act: act.date)
        for at, (act, family) in enumerate(zip(history, families(history), strict=True)):
            last = at + 1 == len(history)
            until = (act.date if family == "ended" else max(end, act.date)) if last else history[at + 1].date
            rows.append(
                (
                    lane,
                    life.title,
                    act.date,
                    until,
                    spoken(act.stage),
                    family,
                    when(act),
                    act.actor,
                    act.summary,
                    last,
                )
            )
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


@drawn
def draw(frame: pl.DataFrame, *, start: date, end: date) -> alt.LayerChart:
    """The picture of `acts`, from `start` to `end`."""
    lanes = frame["lane"].n_unique()
    height = ROW * max(lanes, 1)
    tables = Tables()
    base = tables.chart("acts", frame.with_columns(middle=pl.col("lane") * ROW + 28)).encode(
        x=time("date", start, end),
        y=alt.Y(
            "middle",
            type="quantitative",
            axis=None,
            scale=alt.Scale(domain=[0, height], range=[0, height], nice=False),
        ),
        color=COLOUR,
    )
    first = pl.col("date") == pl.col("date").min().over("lane")
    names = frame.filter(first).unique("lane", keep="first", maintain_order=True).select("lane", "title")
    ends = frame.filter("last").select("lane", "stage", "family")
    labels = tables.chart(
        "lanes", names.join(ends, on="lane", maintain_order="left").with_columns(top=pl.col("lane") * ROW)
    )
    y = alt.Y("top", type="quantitative", axis=None, scale=alt.Scale(domain=[0, height], range=[0, height]))
    layers = [
        labels.mark_rule(color=theme.FAINT).encode(y=y),
        labels.mark_text(align="left", baseline="top", dy=5, limit=alt.ExprRef(expr="width - 128")).encode(
            x=x_at(0), y=y, text=alt.Text("title", type="nominal")
        ),
        labels.mark_text(align="right", baseline="top", dy=5, fontWeight=600).encode(
            x=x_at(alt.ExprRef(expr="width")), y=y, text=alt.Text("stage", type="nominal"), color=_WORDS
        ),
        base.mark_rule(strokeWidth=3, opacity=0.55, clip=True, aria=False).encode(x2=alt.X2("until")),
        base.mark_point(filled=True, size=60, opacity=1, stroke="white", strokeWidth=0.8, aria=False).encode(
            shape=SHAPE,
            tooltip=tooltip(
                ("when", "Date"),
                ("title", "Agreement"),
                ("stage", "Stage"),
                ("actor", "Moved by"),
                ("summary", "What"),
            ),
        ),
    ]
    description = f"Stages of {lanes} agreement{'' if lanes == 1 else 's'} from {start} to {end}: " + "; ".join(
        f"{title}: {stage}" for title, stage in frame.filter("last").select("title", "stage").iter_rows()
    )
    return framed(layers, tables, height=height, description=description + ".", apart=("color",))


_DOMAIN = list(FAMILIES)
COLOUR = alt.Color(
    "family",
    type="nominal",
    scale=alt.Scale(domain=_DOMAIN, range=[colour for colour, _ in FAMILIES.values()]),
    legend=None,
)
_WORDS = alt.Color("family", type="nominal", scale=alt.Scale(domain=_DOMAIN, range=list(WORDS.values())), legend=None)
SHAPE = alt.Shape(
    "family",
    type="nominal",
    scale=alt.Scale(domain=_DOMAIN, range=[shape for _, shape in FAMILIES.values()]),
    legend=None,
)
