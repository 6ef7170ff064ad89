"""Months ahead as strips: the chance of no event, of one, of two, and of three or more, where counts are small.

Where the median of every month is none, a fan is a wall of zeros: its bands lie on one another and say nothing. The
chances themselves fit on a strip.
"""

from __future__ import annotations

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import Tables, drawn, framed, tooltip
from lynchpin.results import chance

#: The parts of a strip, and how full the colour of each is; the first is no colour of the class.
PARTS: dict[str, float] = {"0": 0.0, "1": 0.34, "2": 0.62, "3 or more": 1.0}

#: Pixels of a month.
ROW = 30

_NARROWEST = 0.07  # a part of less has no room for its number


def fits(future: pl.DataFrame) -> bool:
    """Whether the months of `fan.ahead` are told by strips: the median of each is none, and the chances are known."""
    columns = {"q50", "p_1", "p_2"}
    return bool(columns <= set(future.columns) and future.height and (future["q50"] == 0).all())


def parts(future: pl.DataFrame, observed: pl.DataFrame) -> pl.DataFrame:
    """The strips of `fan.ahead`, month by month and part by part.

    Parameters
    ----------
    future : DataFrame, from `fan.ahead`: month, period_start, p_any, p_1 and p_2, the chances of exactly one and two
    observed : DataFrame, from `fan.came`; may be empty

    Returns
    -------
    DataFrame, columns period_start, month (words), count (a key of `PARTS`), chance, low, high (where it begins and
    ends, 0 to 1), words (the chance, "" where there is no room), tip, came (whether so many came)
    """
    came = dict(observed.select("month", "count").iter_rows()) if observed.height else {}
    rows = []
    for number, start, any_, one, two in future.select("month", "period_start", "p_any", "p_1", "p_2").iter_rows():
        low = 0.0
        shares = (1.0 - any_, one, two, max(any_ - one - two, 0.0))
        for at, (count, share) in enumerate(zip(PARTS, shares, strict=True)):
            seen = number in came and min(came[number], len(PARTS) - 1) == at
            words = chance(share) if share >= _NARROWEST else ""
            month = f"{start.day} {start:%b %Y}"
            rows.append((start, month, count, share, low, low + share, words, chance(share), seen))
            low += share
    schema = {
        "period_start": pl.Date,
        "month": pl.String,
        "count": pl.String,
        "chance": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "words": pl.String,
        "tip": pl.String,
        "came": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def colours(colour: str) -> list[str]:
    """The colour of each part, given that of the class."""
    return [theme.tint(colour, share) if share else theme.FAINT for share in PARTS.values()]


def is_pale(colour: str) -> bool:
    """Whether dark words are read better on a colour than white ones.

    Examples
    --------
    >>> is_pale("#eceff2"), is_pale("#0b4a8f"), is_pale("#e8912d")
    (True, False, True)

    References
    ----------
    W3C, Web Content Accessibility Guidelines 2.2, relative luminance; at 0.179 both contrasts are equal.
    """
    parts = [int(colour[at : at + 2], 16) / 255.0 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179


@drawn
def draw(frame: pl.DataFrame, name: str, colour: str) -> alt.LayerChart:
    """The picture of `parts`: a strip for each month.

    Parameters
    ----------
    frame : DataFrame, from `parts`
    name : str, of the dyad and class, for the text alternative
    colour : str, of the class
    """
    months = frame["month"].unique(maintain_order=True).to_list()
    y = alt.Y(
        "month",
        type="nominal",
        title=None,
        scale=alt.Scale(type="band", domain=months, paddingInner=0.22, paddingOuter=0.1),
        axis=alt.Axis(labelColor=theme.INK),
    )
    x = alt.X(
        "low",
        type="quantitative",
        title=None,
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(format=".0%", tickCount=5),
    )
    fill = alt.Color("count", type="nominal", legend=None, scale=alt.Scale(domain=list(PARTS), range=colours(colour)))
    tables = Tables()
    pale = [count for count, tone in zip(PARTS, colours(colour), strict=True) if is_pale(tone)]
    drawn_frame = frame.with_columns(middle=(pl.col("low") + pl.col("high")) / 2.0, pale=pl.col("count").is_in(pale))
    base = tables.chart("months", drawn_frame).encode(y=y)
    place = alt.X("middle", type="quantitative")
    words = alt.Text("words", type="nominal")
    layers = [
        base.mark_bar(stroke="white", strokeWidth=1, aria=False).encode(
            x=x,
            x2=alt.X2("high"),
            color=fill,
            tooltip=tooltip(("month", "Month from"), ("count", "Events"), ("tip", "Chance")),
        ),
        base.transform_filter("datum.pale").mark_text(fill=theme.INK, aria=False).encode(x=place, text=words),
        base.transform_filter("!datum.pale").mark_text(fill="white", aria=False).encode(x=place, text=words),
    ]
    if frame["came"].any():  # on the upper edge, so that no chance is hidden
        layers.append(
            base.transform_filter("datum.came")
            .mark_point(
                shape="diamond",
                filled=True,
                color=theme.INK,
                stroke="white",
                size=90,
                opacity=1,
                aria=False,
                yOffset=-0.39 * ROW,
            )
            .encode(x=place)
        )
    said = "; ".join(
        f"{month}: "
        + ", ".join(
            f"{count} {tip}" for m, count, tip in frame.select("month", "count", "tip").iter_rows() if m == month
        )
        for month in months
    )
    return framed(
        layers, tables, height=ROW * len(months) + 4, description=f"{name}: chances of so many events, {said}."
    )
