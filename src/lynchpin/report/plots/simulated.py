"""A record among records drawn from its fit, and its residuals: bands with what was seen, and sums through time."""

from __future__ import annotations

from datetime import date
from typing import Any

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import Tables, drawn, framed, time, together, tooltip, x_at
from lynchpin.results.simulated import Residuals, Simulated

ROW, HEIGHT, _WIDTH = 24, 200, 640
#: Actors in the picture of residuals.
_ACTORS = 20


# -- What was seen, and the band of the draws.


def measures(record: Simulated) -> list[str]:
    """The measures in their order, those of which something was drawn."""
    known = record.bands.filter(pl.col("mean").is_not_null() & pl.col("observed").is_finite())
    return known["measure"].unique(maintain_order=True).to_list()


def bands(record: Simulated, measure: str) -> pl.DataFrame:
    """One measure, each number as a share of the way from the least to the greatest of its row and beyond.

    Returns
    -------
    DataFrame, columns row, part, observed, mean, lower, upper, within (whether the observed is in the band), and all
    but the first two placed from 0 to 1 (`x_...`); text. Totals of effects have a scale for each row, all others one
    """
    frame = record.bands.filter((pl.col("measure") == measure) & pl.col("mean").is_not_null())
    frame = frame.filter(pl.col("observed").is_finite()).with_row_index("row")
    low, high = pl.min_horizontal("lower", "observed"), pl.max_horizontal("upper", "observed")
    if measure != "total of an effect":
        low, high = pl.min_horizontal(low.min(), pl.lit(0.0)), high.max()
    room = (high - low) * 0.08 + 1e-12
    low = low - room if measure == "total of an effect" else low
    placed = {
        f"x_{name}": (pl.col(name) - low) / (high + room - low) for name in ("observed", "mean", "lower", "upper")
    }
    shown = [pl.col(name).round_sig_figs(3).cast(pl.String) for name in ("observed", "mean", "lower", "upper")]
    return frame.select(
        pl.col("row").cast(pl.Int32),
        "part",
        "observed",
        "mean",
        "lower",
        "upper",
        within=pl.col("observed").is_between("lower", "upper"),
        text=pl.format("{} seen; drawn {} ({} to {})", *shown),
        **placed,
    )


@drawn
def draw_bands(record: Simulated, measure: str, name: str = "bands") -> alt.LayerChart:
    """The picture of one measure: a bar from the 5th to the 95th of a hundred draws, and a point for what was seen."""
    frame = bands(record, measure)
    height = ROW * max(frame.height, 1)
    tables = Tables()
    placed = frame.with_columns(middle=pl.col("row") * ROW + ROW // 2)
    lanes = alt.Scale(domain=[0, height], range=[0, height], nice=False)
    reach = alt.Scale(domain=[0, 1], nice=False, range=[alt.ExprRef(expr="150"), alt.ExprRef(expr="width - 230")])
    base = tables.chart(name, placed).encode(y=alt.Y("middle", type="quantitative", scale=lanes, axis=None))
    colour = alt.Color(
        "within",
        type="nominal",
        scale=alt.Scale(domain=[False, True], range=[theme.ACCENT, theme.MUTED]),
        legend=None,
    )
    tips = tooltip(("part", "Of"), ("text", ""))
    lower, seen = (alt.X(f"x_{end}", type="quantitative", scale=reach, axis=None) for end in ("lower", "observed"))
    layers = [
        base.mark_rule(strokeWidth=9, strokeCap="round", color=theme.tint(theme.ACCENT, 0.18)).encode(
            x=lower, x2=alt.X2("x_upper"), tooltip=tips
        ),
        base.mark_point(filled=True, size=70, opacity=1, stroke="white", strokeWidth=1.2).encode(
            x=seen, color=colour, tooltip=tips
        ),
        base.mark_text(align="left", limit=145).encode(x=x_at(0), text=alt.Text("part", type="nominal")),
        base.mark_text(align="right", limit=225).encode(
            x=x_at(alt.ExprRef(expr="width")), text=alt.Text("text", type="nominal"), color=colour
        ),
    ]
    said = "; ".join(f"{row['part']}: {row['text']}" for row in frame.iter_rows(named=True))
    return framed(layers, tables, height=height, description=f"{measure}, seen and drawn (90 %): {said}.")


def whole(record: Simulated) -> dict[str, Any]:
    """Every measure, one below the other, for a file."""
    parts = enumerate(measures(record))
    return together([(measure, draw_bands(record, measure, f"bands-{k}"), _WIDTH) for k, measure in parts])


# -- Residuals.


def course(record: Residuals, name: str, most: int = 400) -> pl.DataFrame:
    """The sums of one coefficient through time: at, value; every so many of them where there are more than `most`."""
    frame = record.score.filter(pl.col("name") == name).select(at="time", value="value")
    if frame.schema["at"].is_temporal():
        frame = frame.with_columns(pl.col("at").cast(pl.Date))
    return frame.gather_every(max(frame.height // most, 1)) if frame.height > most else frame


@drawn
def draw_course(record: Residuals, name: str, table: str = "course") -> alt.LayerChart:
    """The picture of `course`, between the two lines that 90 of 100 sums of a model that holds stay within."""
    frame = course(record, name)
    test = record.tests.row(by_predicate=pl.col("name") == name, named=True)
    bound = float(test["bound"])
    tables = Tables()
    base = tables.chart(table, frame)
    if frame.schema["at"] == pl.Date:
        days: tuple[date, date] = frame["at"].min(), frame["at"].max()  # type: ignore[assignment]
        x = time("at", *days)
    else:
        x = alt.X("at", type="quantitative", title="time", scale=alt.Scale(nice=False))
    reach = 1.15 * max(bound, float(test["largest"]))
    scale = alt.Scale(domain=[-reach, reach], nice=False)
    axis = alt.Axis(title="seen less expected, added up", tickCount=5)
    value = alt.Y("value", type="quantitative", scale=scale, axis=axis)
    layers = [
        base.mark_rule(strokeWidth=1, color=theme.MUTED).encode(y=alt.Y(datum=0, type="quantitative", scale=scale)),
        *(
            base.mark_rule(strokeDash=[4, 3], strokeWidth=1, color=theme.MUTED).encode(
                y=alt.Y(datum=end, type="quantitative", scale=scale)
            )
            for end in (-bound, bound)
        ),
        base.mark_line(strokeWidth=2, color=theme.ACCENT).encode(x=x, y=value),
    ]
    told = f"{name}: strays {test['largest']:.2f} at most; 90 of 100 of a model that holds stay below {bound:.2f}."
    return framed(layers, tables, height=HEIGHT, description=told)


def actors(record: Residuals) -> pl.DataFrame:
    """The actors that are furthest from what was expected: row, name, z, zero, text."""
    frame = record.actors.head(_ACTORS).with_row_index("row")
    counts = [pl.col(name).round_sig_figs(3).cast(pl.String) for name in ("observed", "expected")]
    return frame.select(
        pl.col("row").cast(pl.Int32),
        "z",
        name=pl.format("{} ({})", "actor", "role"),
        zero=pl.lit(0.0),
        text=pl.format("{} seen, {} expected", *counts),
    )


@drawn
def draw_actors(record: Residuals, table: str = "actors") -> alt.LayerChart:
    """The picture of `actors`: how far each is from what was expected, in standard deviations."""
    frame = actors(record)
    height, most = ROW * max(frame.height, 1), max(3.0, *(abs(z) for z in frame["z"]), 0.0)
    tables = Tables()
    placed = frame.with_columns(middle=pl.col("row") * ROW + ROW // 2)
    lanes = alt.Scale(domain=[0, height], range=[0, height], nice=False)
    reach = alt.Scale(
        domain=[-most, most], nice=False, range=[alt.ExprRef(expr="190"), alt.ExprRef(expr="width - 190")]
    )
    axis = alt.Axis(title="seen less expected, in standard deviations", grid=True, tickCount=7)
    base = tables.chart(table, placed).encode(y=alt.Y("middle", type="quantitative", scale=lanes, axis=None))
    tips = tooltip(("name", "Actor"), ("text", ""))
    z = alt.X("z", type="quantitative", scale=reach, axis=axis)
    layers = [
        base.mark_rule(strokeWidth=3, strokeCap="round", color=theme.tint(theme.ACCENT, 0.35)).encode(
            x=alt.X("zero", type="quantitative", scale=reach), x2=alt.X2("z"), tooltip=tips
        ),
        base.mark_point(filled=True, size=70, opacity=1, color=theme.ACCENT).encode(x=z, tooltip=tips),
        base.mark_text(align="left", limit=185).encode(x=x_at(0), text=alt.Text("name", type="nominal")),
        base.mark_text(align="right", limit=185).encode(
            x=x_at(alt.ExprRef(expr="width")), text=alt.Text("text", type="nominal")
        ),
    ]
    said = "; ".join(f"{row['name']}: {row['text']}" for row in frame.iter_rows(named=True))
    return framed(layers, tables, height=height, description=f"Actors, seen and expected: {said}.")


def whole_residuals(record: Residuals) -> dict[str, Any]:
    """Every coefficient's course and the actors, one below the other, for a file."""
    names = record.tests["name"].to_list()
    charts = [(name, draw_course(record, name, f"course-{k}"), _WIDTH) for k, name in enumerate(names)]
    return together([*charts, ("actors that are furthest from what was expected", draw_actors(record), _WIDTH)])
