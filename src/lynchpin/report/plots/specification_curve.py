"""One mechanism under every choice: estimates from the smallest to the largest, and below them which choices made them.

A column is a few neighbouring specifications, or one where there are few. A row below is one way to make a choice: dark
where many specifications of the column make it so.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import ONCE, Tables, drawn, framed, tooltip, x_at, y2_at, y_at
from lynchpin.report.plots.theme import claim_name, sentence_case
from lynchpin.results import Sensitivity
from lynchpin.results.base import part

#: Columns of the lower panel; with fewer specifications each has its own.
COLUMNS = 96

TOP, CURVE, GAP, ROW, BETWEEN = 50, 230, 46, 17, 7  # pixels
#: Rate ratios that may stand on the axis.
TICKS = (0.1, 0.17, 0.25, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0)

_NAMES, _NUMBERS = 190, 126  # pixels on the left and on the right
UNCLEAR, AGAINST = "#9aa5b1", "#b3341f"
_COLOURS = {"expected": theme.ACCENT, "against": AGAINST, "not clear": UNCLEAR}


@dataclass(frozen=True, slots=True)
class Figures:
    """What the picture shows.

    specifications : rank, ratio, lower, upper, stand ("expected", "against", "not clear"), own, text, choices
    levels : row, choice (shown once), level, own, text
    strips : row, first, last (ranks), share of the specifications of those ranks that are made so
    said : lines above the curve
    """

    specifications: pl.DataFrame
    levels: pl.DataFrame
    strips: pl.DataFrame
    said: tuple[str, ...]


def data(found: Sensitivity) -> Figures:
    """The figures of a curve."""
    done = found.fitted
    expected = "raises" if found.side > 0 else "lowers"
    rows = [
        {
            "rank": rank,
            "ratio": s.rate_ratio,
            "lower": s.rate_ratio_lower,
            "upper": s.rate_ratio_upper,
            "stand": "not clear" if s.stand == "not clear" else "expected" if s.stand == expected else "against",
            "own": s.own,
            "text": str(s.effect),
            "choices": ", ".join(s.choices[c.name] for c in found.choices if len(c.levels) > 1),
        }
        for rank, s in enumerate(done)
    ]
    schema = {
        "rank": pl.Int32,
        **dict.fromkeys(("ratio", "lower", "upper"), pl.Float64),
        "stand": pl.String,
        "own": pl.Boolean,
        "text": pl.String,
        "choices": pl.String,
    }
    n, columns = len(done), min(len(done), COLUMNS)
    edges = [k * n // columns for k in range(columns + 1)] if columns else [0]
    levels, strips, last = [], [], ""
    for row, level in enumerate(found.levels()):
        median = "" if level.median_ratio is None else f"{level.median_ratio:.2f}"
        clear = "" if level.share_expected is None else part(level.share_expected)
        levels.append(
            {
                "row": row,
                "choice": sentence_case(level.choice) if level.choice != last else "",
                "level": level.level,
                "own": level.own,
                "median": median,
                "clear": clear,
            }
        )
        last = level.choice
        for first, end in pairwise(edges):
            here = done[first:end]
            share = sum(s.choices[level.choice] == level.level for s in here) / len(here)
            strips.append({"row": row, "first": first, "last": end, "share": share, "level": level.level})
    with_sign, clear_n, against = found.stands(done)
    side = {1: "above", -1: "below"}[found.side]
    said = (
        claim_name(found.claim, found.mechanism)
        + f": {n} specifications, {part(with_sign / max(n, 1))} {side} no effect",
        f"90 % interval clear of no effect: {part(clear_n / max(n, 1))} {side}, {part(against / max(n, 1))} on the "
        "other side. They stand on the same acts; the share is no p-value.",
    )
    text = {"row": pl.Int32, "choice": pl.String, "level": pl.String, "own": pl.Boolean}
    strip = {"row": pl.Int32, "first": pl.Int32, "last": pl.Int32, "share": pl.Float64, "level": pl.String}
    return Figures(
        pl.DataFrame(rows, schema=schema),
        pl.DataFrame(levels, schema={**text, "median": pl.String, "clear": pl.String}),
        pl.DataFrame(strips, schema=strip),
        said,
    )


def bounds(frame: pl.DataFrame) -> tuple[float, float]:
    """The log axis: the ticks that hold every estimate and most of every interval."""
    low = min(frame["lower"].quantile(0.05) or 1.0, frame["ratio"].min() or 1.0, 0.8)
    high = max(frame["upper"].quantile(0.95) or 1.0, frame["ratio"].max() or 1.0, 1.25)
    return (
        max((tick for tick in TICKS if tick <= low), default=TICKS[0]),  # type: ignore[operator]
        min((tick for tick in TICKS if tick >= high), default=TICKS[-1]),  # type: ignore[operator]
    )


@drawn
def draw(figures: Figures) -> alt.LayerChart:
    """The picture of `data`."""
    frame = figures.specifications
    n = max(frame.height, 1)
    low, high = bounds(frame)
    floor = TOP + CURVE
    placed = _placed(figures.levels)
    strips = figures.strips.join(placed.select("row", "middle"), on="row").with_columns(
        top=pl.col("middle") - ROW / 2 + 1, bottom=pl.col("middle") + ROW / 2 - 1
    )
    height = floor + GAP + ROW * placed.height + BETWEEN * _choices(figures.levels) + 8
    across = alt.Scale(
        domain=[0, n], nice=False, range=[alt.ExprRef(expr=f"{_NAMES}"), alt.ExprRef(expr=f"width - {_NUMBERS}")]
    )
    reach = alt.Scale(type="log", domain=[low, high], nice=False, range=[floor, TOP])
    down = alt.Scale(domain=[0, height], range=[0, height], nice=False)
    colour = alt.Color(
        "stand",
        type="nominal",
        scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())),
        legend=None,
    )
    tables = Tables()
    ticks = [tick for tick in TICKS if low <= tick <= high and (high / low < 6.0 or tick not in (0.67, 0.8, 1.25, 1.5))]
    lines = pl.DataFrame({"tick": ticks, "label": ["no change" if t == 1.0 else f"×{t:g}" for t in ticks]})
    scaled = tables.chart("ticks", lines).encode(y=_y("tick", reach))
    shown = frame.with_columns(pl.col("ratio", "lower", "upper").clip(low, high), at=pl.col("rank") + 0.5)
    x = alt.X("at", type="quantitative", scale=across, axis=None)
    base = tables.chart("specifications", shown).encode(x=x)
    tips = tooltip(("text", "Rate ratio (90 %)"), ("choices", "Choices"))
    own = base.transform_filter("datum.own")
    level = tables.chart("levels", placed).encode(y=_y("middle", down))
    strip = tables.chart("strips", strips).encode(
        x=alt.X("first", type="quantitative", scale=across, axis=None),
        x2=alt.X2("last"),
        y=_y("top", down),
        y2=alt.Y2("bottom"),
    )
    once = tables.chart("once", ONCE)

    def words(
        text: str, x: alt.XValue, y: float, *, align: Literal["left", "right"] = "left", **look: Any
    ) -> alt.Chart:
        written: alt.Chart = once.mark_text(text=text, align=align, **look)
        return written.encode(x=x, y=y_at(round(y)))

    end = alt.X2Value(alt.ExprRef(expr=f"width - {_NUMBERS}"))  # type: ignore[no-untyped-call]
    right = x_at(alt.ExprRef(expr="width"))
    layers = [
        scaled.mark_rule(color=theme.FAINT).encode(
            x=x_at(_NAMES),
            x2=end,
        ),
        scaled.mark_text(align="right", color=theme.MUTED).encode(
            x=x_at(_NAMES - 8), text=alt.Text("label", type="nominal")
        ),
        base.mark_rule(strokeWidth=_width(n), opacity=0.55, aria=False).encode(
            y=_y("lower", reach), y2=alt.Y2("upper"), color=colour, tooltip=tips
        ),
        scaled.transform_filter("datum.tick == 1").mark_rule(color=theme.MUTED).encode(x=x_at(_NAMES), x2=end),
        base.mark_point(filled=True, size=26 if n <= 120 else 12, opacity=1, aria=False).encode(
            y=_y("ratio", reach), color=colour, tooltip=tips
        ),
        strip.mark_rect(color=theme.INK, aria=False).encode(
            opacity=alt.Opacity(
                "share", type="quantitative", scale=alt.Scale(domain=[0, 1], range=[0, 0.9]), legend=None
            )
        ),
        own.mark_rule(color=theme.INK, strokeDash=[3, 3], strokeWidth=1).encode(
            y=y_at(TOP),
            y2=y2_at(height - 8),
        ),
        own.mark_rule(color=theme.INK, strokeWidth=2.5).encode(y=_y("lower", reach), y2=alt.Y2("upper")),
        own.mark_point(filled=True, shape="diamond", size=120, color=theme.INK, stroke="white", opacity=1).encode(
            y=_y("ratio", reach), tooltip=tips
        ),
        own.mark_text(dy=-8, align="center", fontWeight=600)
        .transform_calculate(said="'the case: ' + datum.text")
        .encode(y=y_at(TOP), text=alt.Text("said", type="nominal")),
        level.mark_text(align="left", fontWeight=600).encode(x=x_at(0), text=alt.Text("choice", type="nominal")),
        level.transform_filter("!datum.own")
        .mark_text(align="right", color=theme.MUTED)
        .encode(x=x_at(_NAMES - 8), text=alt.Text("level", type="nominal")),
        level.transform_filter("datum.own")
        .mark_text(align="right", fontWeight=600)
        .encode(x=x_at(_NAMES - 8), text=alt.Text("level", type="nominal")),
        level.mark_text(align="right", color=theme.MUTED).encode(
            x=x_at(alt.ExprRef(expr=f"width - {_NUMBERS} + 56")), text=alt.Text("median", type="nominal")
        ),
        level.mark_text(align="right", color=theme.MUTED).encode(x=right, text=alt.Text("clear", type="nominal")),
        words(figures.said[0], x_at(0), 8, fontWeight=600, fontSize=13.5),
        words(figures.said[1], x_at(0), 25, color=theme.MUTED),
        words("rate ratio when", x_at(0), TOP + 2, color=theme.MUTED),
        words("the cause doubles", x_at(0), TOP + 17, color=theme.MUTED),
        words(
            "median", x_at(alt.ExprRef(expr=f"width - {_NUMBERS} + 56")), floor + 24, color=theme.MUTED, align="right"
        ),
        words("clear", right, floor + 24, color=theme.MUTED, align="right"),
        words(
            "from the smallest estimate to the largest; dark: made this way; bold: by the case",
            x_at(_NAMES),
            floor + 24,
            color=theme.MUTED,
        ),
    ]
    description = (
        " ".join(figures.said)
        + " "
        + "; ".join(
            f"{row['choice'] or '…'} {row['level']}: median {row['median']}, clear {row['clear']}"
            for row in figures.levels.iter_rows(named=True)
        )
    )
    return framed(layers, tables, height=height, description=description, apart=["y"])


def _y(field: str, scale: alt.Scale) -> alt.Y:
    return alt.Y(field, type="quantitative", scale=scale, axis=None)


def _width(n: int) -> float:
    """Of an interval's line, in pixels: thinner the more there are."""
    return 2.5 if n <= 60 else 1.6 if n <= 160 else 1.0


def _choices(levels: pl.DataFrame) -> int:
    return int((levels["choice"] != "").sum())


def _placed(levels: pl.DataFrame) -> pl.DataFrame:
    """The rows below the curve with where they stand, in pixels, a little apart where a choice begins."""
    begun = (pl.col("choice") != "").cum_sum()
    return levels.with_columns(middle=TOP + CURVE + GAP + pl.col("row") * ROW + begun * BETWEEN)
