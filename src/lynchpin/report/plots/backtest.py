"""The pictures of a backtest: skill, calibration, PIT, reliability, and scores through time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial

import altair as alt
import polars as pl

from lynchpin.numbers import per_cent
from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import ONCE, Tables, drawn, framed, time, tooltip
from lynchpin.results.base import part

#: A colour for each of the models that are drawn as lines: ours, the mechanism model, the best baseline.
COLOURS = (theme.ACCENT, theme.OTHERS[0], theme.MUTED)

ROW = 30  # pixels


def skill_rows(skill: pl.DataFrame, model: str, metric: str, days: int) -> pl.DataFrame:
    """Our skill against each other model, the hardest to beat first: against, value, lower, upper, best."""
    chosen = (pl.col("model") == model) & (pl.col("metric") == metric) & (pl.col("horizon_days") == days)
    return (
        skill.filter(chosen).sort("value").select("against", "value", pl.col("lower", "upper").fill_nan(None), "best")
    )


@drawn
def draw_skill(rows: pl.DataFrame, name: str) -> alt.LayerChart:
    """A forest of `skill_rows`: right of zero we are better."""
    left, right = (rows.select(pl.coalesce(end, "value")).to_series() for end in ("lower", "upper"))
    low = max(min(0.0, float(left.min() or 0.0)) - 0.02, -0.5)  # type: ignore[arg-type]
    high = min(max(float(right.max() or 0.0), 0.0), 0.38) + 0.02  # type: ignore[arg-type]  # near zero counts
    scale = alt.Scale(domain=[low, high], nice=False, clamp=True)
    axis = alt.Axis(format="+.0%", grid=True, title=None, tickCount=6, tickMinStep=0.01)
    order = rows["against"].to_list()
    y = alt.Y(
        "against",
        type="nominal",
        scale=alt.Scale(type="point", domain=order, padding=0.5),
        axis=alt.Axis(title=None, labelLimit=190, labelColor=theme.INK),
    )
    tables = Tables()
    base = tables.chart("skill", rows).encode(y=y)
    tips = tooltip(
        ("against", "Against"),
        ("value", "Skill"),
        ("lower", "90 % from"),
        ("upper", "90 % to"),
        formats={"value": "+.1%", "lower": "+.1%", "upper": "+.1%"},
    )
    layers = [
        tables.chart("once", ONCE)
        .mark_rule(color=theme.INK, strokeWidth=1)
        .encode(x=alt.X(datum=0, type="quantitative", scale=scale, axis=axis)),
        base.mark_rule(strokeWidth=3, strokeCap="round", color=theme.ACCENT).encode(
            x=alt.X("lower", type="quantitative", scale=scale, axis=axis), x2=alt.X2("upper"), tooltip=tips
        ),
        base.transform_filter(f"datum.value >= {low} && datum.value <= {high}")
        .mark_point(filled=True, size=75, opacity=1, stroke="white", color=theme.ACCENT)
        .encode(x=alt.X("value", type="quantitative", scale=scale, axis=axis), tooltip=tips),
        *_beyond(base, rows, low, high, alt.X("value", type="quantitative", scale=scale, axis=axis), tips),
    ]
    signed = partial(per_cent, places=1, sign=True)
    told = "; ".join(
        f"{a}: {signed(v)}" + ("" if lo is None else f" ({signed(lo)} to {signed(hi)})")
        for a, v, lo, hi in rows.drop("best").iter_rows()
    )
    return framed(layers, tables, height=ROW * max(rows.height, 1), description=f"{name}, with 90 % intervals: {told}.")


def _beyond(
    base: alt.Chart, rows: pl.DataFrame, low: float, high: float, x: alt.X, tips: list[alt.Tooltip]
) -> list[alt.Chart]:
    """A skill beyond the axis is no dot at its end: an arrow points out, its value beside it."""
    layers: list[alt.Chart] = []
    sides = (
        (pl.col("value") < low, f"datum.value < {low}", "triangle-left", "left", 10),
        (pl.col("value") > high, f"datum.value > {high}", "triangle-right", "right", -10),
    )
    for outside, test, shape, align, dx in sides:
        if rows.filter(outside).height:
            chosen = base.transform_filter(test)
            arrow = chosen.mark_point(filled=True, size=90, opacity=1, color=theme.ACCENT, shape=shape)
            value: alt.Chart = chosen.mark_text(align=align, dx=dx, dy=-10, color=theme.MUTED)  # type: ignore[arg-type]
            layers += [
                arrow.encode(x=x, tooltip=tips),
                value.encode(x=x, text=alt.Text("value", type="quantitative", format="+.0%")),
            ]
    return layers


def coverage_rows(coverage: pl.DataFrame, models: list[str], days: int) -> pl.DataFrame:
    """Coverage of central intervals beside their level: model, level, value, closed."""
    return coverage.filter(pl.col("model").is_in(models) & (pl.col("horizon_days") == days)).select(
        "model", "level", "value", "closed"
    )


@drawn
def draw_coverage(rows: pl.DataFrame, models: list[str], name: str) -> alt.LayerChart:
    """Level against coverage: on the line is calibrated, below it too narrow."""
    return _against_the_line(
        rows, models, name, ("level", "value"), "stated share", "share inside", "calibration of central intervals"
    )


def reliability_rows(reliability: pl.DataFrame, models: list[str], days: int) -> pl.DataFrame:
    """Chance of at least one beside how often there was one: model, forecast, observed, lower, upper, n."""
    return reliability.filter(pl.col("model").is_in(models) & (pl.col("horizon_days") == days)).select(
        "model", "forecast", "observed", "lower", "upper", "n"
    )


@drawn
def draw_reliability(rows: pl.DataFrame, models: list[str], name: str) -> alt.LayerChart:
    """Chance against frequency, with the 90 % interval of ours: on the line is reliable."""
    return _against_the_line(
        rows, models, name, ("forecast", "observed"), "chance given", "how often", "reliability of at least one"
    )


def _against_the_line(
    rows: pl.DataFrame, models: list[str], name: str, fields: tuple[str, str], across: str, up: str, what: str
) -> alt.LayerChart:
    scale = alt.Scale(domain=[0, 1], nice=False)
    tables = Tables()
    x = alt.X(
        fields[0], type="quantitative", scale=scale, axis=alt.Axis(format=".0%", grid=True, title=across, tickCount=5)
    )
    y = alt.Y(
        fields[1], type="quantitative", scale=scale, axis=alt.Axis(format=".0%", grid=True, title=up, tickCount=5)
    )
    line = tables.chart("line", pl.DataFrame({fields[0]: [0.0, 1.0], fields[1]: [0.0, 1.0]}))
    base = tables.chart("rows", rows).encode(x=x, y=y, color=_colour(models))
    tips = tooltip(
        ("model", "Model"), (fields[0], across.capitalize()), (fields[1], up.capitalize()),
        formats={fields[0]: ".0%", fields[1]: ".1%"},
    )  # fmt: skip
    layers = [line.mark_line(color=theme.INK, strokeDash=[4, 3], strokeWidth=1, aria=False).encode(x=x, y=y)]
    if "lower" in rows.columns:
        ours = tables.chart("ours", rows.filter(pl.col("model") == models[0]))
        layers.append(
            ours.mark_rule(color=COLOURS[0], strokeWidth=1.5, opacity=0.55, aria=False).encode(
                x=x, y=alt.Y("lower", type="quantitative", scale=scale), y2=alt.Y2("upper")
            )
        )
    layers += [
        base.mark_line(strokeWidth=1.6, aria=False),
        base.mark_point(filled=True, size=60, opacity=1, stroke="white").encode(tooltip=tips),
    ]
    main = rows.filter(pl.col("model") == models[0]).select(*fields)
    told = "; ".join(f"{models[0]} {per_cent(a)}: {per_cent(b)}" for a, b in main.iter_rows())
    return framed(layers, tables, height=260, description=f"{name}, {what}: {told}.")


def pit_rows(pit: pl.DataFrame, model: str, days: int) -> pl.DataFrame:
    """The PIT histogram of one model: bin_lower, bin_upper, share."""
    return pit.filter((pl.col("model") == model) & (pl.col("horizon_days") == days)).select(
        "bin_lower", "bin_upper", "share"
    )


@drawn
def draw_pit(rows: pl.DataFrame, name: str) -> alt.LayerChart:
    """Bars of equal height are a calibrated forecast; a cup is too narrow, a hill too wide."""
    even = 1.0 / max(rows.height, 1)
    top = max(float(rows["share"].max() or 0.0), even) * 1.15  # type: ignore[arg-type]
    tables = Tables()
    bars = tables.chart("bins", rows)
    scale, height = alt.Scale(domain=[0, 1], nice=False), alt.Scale(domain=[0, top], nice=False)
    axis = alt.Axis(format=".1f", title="probability integral transform", tickCount=5)
    y = alt.Y(
        "share", type="quantitative", scale=height, axis=alt.Axis(format=".0%", grid=True, tickCount=4, title="share")
    )
    layers = [
        bars.mark_rect(color=theme.tint(theme.ACCENT, 0.55), x2Offset=-1.5).encode(
            x=alt.X("bin_lower", type="quantitative", scale=scale, axis=axis),
            x2=alt.X2("bin_upper"),
            y=y,
            y2=alt.Y2(datum=0),
            tooltip=tooltip(("bin_lower", "From"), ("bin_upper", "To"), ("share", "Share"), formats={"share": ".1%"}),
        ),
        tables.chart("once", ONCE)
        .mark_rule(color=theme.INK, strokeDash=[4, 3])
        .encode(y=alt.Y(datum=even, type="quantitative", scale=height)),
    ]
    told = ", ".join(per_cent(share) for share in rows["share"])
    return framed(layers, tables, height=200, description=f"{name}, shares of the PIT in ten bins: {told}.")


def time_rows(origins: pl.DataFrame, models: list[str], metric: str, days: int) -> pl.DataFrame:
    """Mean score of each origin: origin, model, score."""
    chosen = pl.col("model").is_in(models) & (pl.col("horizon_days") == days)
    return origins.filter(chosen).select("origin", "model", score=pl.col(metric))


@drawn
def draw_time(rows: pl.DataFrame, models: list[str], name: str, *, start: date, end: date) -> alt.LayerChart:
    """A line for each model: lower is better."""
    tables = Tables()
    base = tables.chart("rows", rows).encode(
        x=time("origin", start, end),
        y=alt.Y("score", type="quantitative", title=None, axis=alt.Axis(grid=True, tickCount=5)),
        color=_colour(models),
    )
    tips = [
        alt.Tooltip("origin", type="temporal", title="Origin", timeUnit="utcyearmonthdate", format="%-d %b %Y"),
        *tooltip(("model", "Model"), ("score", "Score"), formats={"score": ".3f"}),
    ]
    layers = [
        base.mark_line(strokeWidth=1.8, aria=False),
        base.mark_point(filled=True, size=30, opacity=1).encode(tooltip=tips),
    ]
    means = rows.group_by("model", maintain_order=True).agg(pl.col("score").mean())
    told = ", ".join(f"{model} {value:.3f}" for model, value in means.iter_rows())
    return framed(layers, tables, height=230, description=f"{name}, mean score of each origin; over all: {told}.")


def _colour(models: list[str]) -> alt.Color:
    return alt.Color(
        "model", type="nominal", scale=alt.Scale(domain=models, range=list(COLOURS[: len(models)])), legend=None
    )


# -- Chances against how often it came: on the diagonal they agree.

SIDE = 320  # pixels, the height


def curve(groups: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Bins of each group in one frame: columns group, forecast, observed, lower, upper, n."""
    return pl.concat([frame.select(pl.lit(name).alias("group"), pl.all()) for name, frame in groups.items()])


@drawn
def draw(points: pl.DataFrame) -> alt.LayerChart:
    """The picture of `curve`: a dot for each bin, with the 90 % interval of the share."""
    names = points["group"].unique(maintain_order=True).to_list()
    tables = Tables()
    scale, axis = alt.Scale(domain=[0, 1], nice=False), alt.Axis(format=".0%", tickCount=5, grid=True)
    x = alt.X("forecast", type="quantitative", scale=scale, axis=axis, title="chance issued")
    y = alt.Y("observed", type="quantitative", scale=scale, axis=axis, title="share that came")
    colour = alt.Color(
        "group",
        type="nominal",
        scale=alt.Scale(domain=names, range=[theme.ACCENT, theme.WARMS[0], theme.BLUES[1]][: len(names)]),
        legend=alt.Legend(title=None, orient="top-left", symbolType="circle"),
    )
    base = tables.chart("points", points)
    line = tables.chart("line", pl.DataFrame({"forecast": [0.0, 1.0], "observed": [0.0, 1.0]}))
    tips = tooltip(
        ("group", "Among"),
        ("forecast", "Chance"),
        ("observed", "Came"),
        ("n", "Moments"),
        formats={"forecast": ".0%", "observed": ".0%", "n": "d"},
    )
    layers = [
        line.mark_line(color=theme.MUTED, strokeDash=[3, 3]).encode(x=x, y=y),
        base.mark_rule(strokeWidth=1.5, opacity=0.6).encode(
            x=x, y=alt.Y("lower", type="quantitative", scale=scale), y2=alt.Y2("upper"), color=colour
        ),
        base.mark_point(filled=True, size=80, opacity=1).encode(x=x, y=y, color=colour, tooltip=tips),
    ]
    said = "; ".join(
        f"{group}: {part(forecast)} issued, {part(observed)} came"
        for group, forecast, observed in points.select("group", "forecast", "observed").iter_rows()
    )
    return framed(layers, tables, height=SIDE, description=f"Reliability of the chances a year ahead. {said}.")
