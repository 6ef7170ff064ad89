"""The push of one mechanism through time, its acts below it; and what the record says of its half-life."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

import altair as alt
import polars as pl

from lynchpin.numbers import DROP90
from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import ONCE, Tables, drawn, framed, time, together, tooltip, y2_at, y_at
from lynchpin.report.plots.theme import claim_name, spoken
from lynchpin.results import Fade

TICKS = (0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)

#: Acts that are named in the picture, how much of a name stands there, and the least share of the axis between two.
NAMED, LETTERS, _APART = 5, 58, 0.06
_ROW, _STRIP = 15, 20  # pixels of a row of names, and of the strip of acts
_NARROW = 560  # pixels; a picture that is not wider has no names in it: its tips have them, and the text beside it

_FLOOR = -3.0


def data(found: Fade, letters: int = LETTERS) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The curve, and the acts with their place on it; `letters` of a name are shown.

    Returns
    -------
    curve : columns date, times, lower, upper, ahead
    acts : columns date, headline, ahead, times (just after the act), name ("" where there is no room), level (1 the
        highest row), align
    """
    first, last = _ends(found.curve)
    after = found.acts.filter(pl.col("date").is_between(first, last)).sort("date", maintain_order=True)
    drawn_on = found.curve["date"]
    at = drawn_on.search_sorted(after["date"] + timedelta(days=1)).clip(0, drawn_on.len() - 1)
    placed = after.with_columns(times=found.curve["times"].gather(at))
    return found.curve, _named(placed.select("date", "headline", "ahead", "times"), first, last, letters)


def _named(acts: pl.DataFrame, first: date, last: date, letters: int) -> pl.DataFrame:
    """Names for the acts after which the push was strongest, a row each, none of them close to another."""
    span = max((last - first).days, 1)
    name, level, align = [""] * acts.height, [0] * acts.height, ["left"] * acts.height
    taken: list[float] = []
    order = acts.with_row_index().sort(pl.col("times").log().abs(), descending=True, maintain_order=True)
    for row, day, headline in order.select("index", "date", "headline").iter_rows():
        at = (day - first).days / span
        if len(taken) < NAMED and headline and all(abs(at - other) > _APART for other in taken):
            short = headline if len(headline) <= letters else headline[:letters].rsplit(" ", 1)[0] + " …"
            name[row] = f"{day.day} {day:%b %Y} {short}"
            align[row] = "left" if at < 0.5 else "right"
            taken.append(at)
    shown = [row for row in range(acts.height) if name[row]]
    left, right = ([row for row in shown if align[row] == side] for side in ("left", "right"))
    for number, row in enumerate([*left, *reversed(right)]):  # so that no line runs through the name of another
        level[row] = number + 1
    return acts.with_columns(
        name=pl.Series(name, dtype=pl.String),
        level=pl.Series(level, dtype=pl.Int32),
        align=pl.Series(align, dtype=pl.String),
    )


def heading(found: Fade) -> str:
    """What the picture is of."""
    return claim_name(found.claim, found.mechanism)


def bounds(curve: pl.DataFrame) -> tuple[float, float]:
    """The log axis: the nearest ticks that hold the band, a tenth and ten at the most, 0.8 to 1.25 at least."""
    low, high = min(0.8, float(curve["lower"].min())), max(1.25, float(curve["upper"].max()))  # type: ignore[arg-type]
    return (
        max((tick for tick in TICKS if tick <= low), default=TICKS[0]),
        min((tick for tick in TICKS if tick >= high), default=TICKS[-1]),
    )


@drawn
def draw(
    frames: tuple[pl.DataFrame, pl.DataFrame],
    name: str = "",
    *,
    origin: date | None = None,
    as_of: bool = True,
    height: int = 260,
) -> alt.LayerChart:
    """The picture of `data`: the push on a log axis, dashed from the origin on; a stroke below it for each act.

    Parameters
    ----------
    frames : from `data`
    name : str, of the mechanism and what it moves, for the text alternative
    origin : date or None, the first day that is not known
    as_of : bool, whether that day was asked for, or is the end of the record
    height : int, pixels
    """
    curve, acts = frames
    low, high = bounds(curve)
    start, end = _ends(curve)
    names = acts.filter(pl.col("name") != "")
    room, floor = _ROW * (names.height + 1) + 4, height - _STRIP
    scale = alt.Scale(type="log", domain=[low, high], range=[floor, _top(room)], nice=False)
    ticks = [tick for tick in TICKS if low <= tick <= high and (high / low < 12 or tick not in (0.67, 0.8, 1.25, 1.5))]
    axis = alt.Axis(values=ticks, grid=True, title=None, labelExpr="'×' + format(datum.value, '~g')")
    y = alt.Y("times", type="quantitative", title=None, scale=scale, axis=axis)
    x = time("date", start, end)
    tables = Tables()
    base = tables.chart("curve", curve.with_columns(pl.col("lower", "upper", "times").clip(low, high))).encode(x=x)
    known, ahead = "!datum.ahead", f"datum.ahead || datum.date >= {_last_known(curve)}"
    band = alt.Y("lower", type="quantitative", title=None, scale=scale, axis=axis)
    once = tables.chart("once", ONCE)
    layers = [
        base.mark_area(color=theme.ACCENT, opacity=0.17, aria=False, clip=True).encode(y=band, y2=alt.Y2("upper")),
        once.mark_rule(color=theme.MUTED, strokeWidth=1, aria=False).encode(
            y=alt.Y(datum=1, type="quantitative", scale=scale)
        ),
        base.transform_filter(known).mark_line(color=theme.ACCENT, strokeWidth=1.8, aria=False, clip=True).encode(y=y),
        base.transform_filter(ahead)
        .mark_line(color=theme.ACCENT, strokeWidth=1.8, strokeDash=[4, 3], aria=False, clip=True)
        .encode(y=y),
        *_acts(tables, acts, x, floor, height),
        *_names(tables, names, x, scale, room),
        *_origin(tables, origin, as_of, end),
        base.mark_point(opacity=0, size=60, aria=False).encode(y=y, tooltip=_CURVE_TIP),
    ]
    description = (
        f"The push of {name or 'the mechanism'} through time with its 90 % band, {start} to {end}, "
        f"and the {acts.height} acts of its cause"
        + (f"; strongest after {'; '.join(names['name'])}" if names.height else "")
        + "."
    )
    return framed(layers, tables, height=height, description=description)


def _ends(curve: pl.DataFrame) -> tuple[date, date]:
    """The first and the last day that is drawn."""
    first, last = curve["date"].min(), curve["date"].max()
    assert isinstance(first, date) and isinstance(last, date)
    return first, last


def _last_known(curve: pl.DataFrame) -> str:
    """The last drawn day before the origin, where the dashes begin, as the picture counts time."""
    day = curve.filter(~pl.col("ahead"))["date"].max()
    assert isinstance(day, date)
    return f"utc({day.year},{day.month - 1},{day.day})"


def _acts(tables: Tables, acts: pl.DataFrame, x: alt.X, floor: int, height: int) -> list[alt.Chart]:
    """A stroke for each act, below the curve; pale where it was not known."""
    tips = [_ACT_DAY, *tooltip(("headline", "Act"), ("times", "Push after it"), formats={"times": ".2f"})]
    base = tables.chart("acts", acts.select("date", "headline", "times", "ahead")).encode(x=x, tooltip=tips)
    return [
        base.transform_filter(f"{'' if shown else '!'}datum.ahead")
        .mark_rule(color=colour, strokeWidth=2, opacity=0.75)
        .encode(y=y_at(floor + 6), y2=y2_at(height - 1))
        for shown, colour in ((False, theme.INK), (True, theme.CONFLICT))
        if shown in acts["ahead"]
    ]


def _names(tables: Tables, names: pl.DataFrame, x: alt.X, scale: alt.Scale, room: int) -> list[alt.Chart]:
    """The names above the plot, each with a line down to its place on the curve."""
    if names.is_empty():
        return []
    layers: list[alt.Chart] = []
    sides: tuple[Literal["left", "right"], ...] = ("left", "right")
    for row in names.iter_rows(named=True):
        side = sides[row["align"] == "right"]
        one = tables.chart(f"name-{row['level']}", pl.DataFrame([row]).select("date", "name", "times")).encode(x=x)
        one = one.transform_filter(f"width > {_NARROW}")
        top = _ROW * row["level"]
        layers += [
            one.mark_rule(color=theme.RULE, strokeWidth=1, aria=False).encode(
                y=alt.Y("times", type="quantitative", title=None, scale=scale), y2=y2_at(top + 2)
            ),
            one.mark_text(
                align=side, dx=4 if side == "left" else -4, baseline="top", fontSize=11, color=theme.MUTED
            ).encode(y=y_at(top), text=alt.Text("name", type="nominal")),
        ]
    return layers


def _top(room: int) -> Any:
    """Where the curve's room begins: below the names, which a narrow picture has no room for."""
    return alt.ExprRef(expr=f"width > {_NARROW} ? {room} : {min(room, _ROW + 4)}")


def _origin(tables: Tables, origin: date | None, as_of: bool, end: object) -> list[alt.Chart]:
    """The line between what is known and what is not."""
    if origin is None or not isinstance(end, date) or origin > end:
        return []
    word = f"{'as of' if as_of else 'to'} {origin.day} {origin:%b %Y}"
    base = tables.chart("origin", pl.DataFrame({"day": [origin]})).encode(x=alt.X("day", type="temporal"))
    return [
        base.mark_rule(color=theme.INK, strokeWidth=1.2, aria=False),
        base.mark_text(text=word, align="right", baseline="top", dx=-5, fontWeight=600).encode(y=y_at(0)),
    ]


def profile(found: Fade) -> pl.DataFrame:
    """What the record says of the half-life: columns days, drop (0 for the best), inside (the 90 % interval)."""
    low, high = found.half_life_interval or (0.0, 0.0)
    return found.profile.with_columns(inside=pl.col("days").is_between(low, high))


@drawn
def draw_profile(
    frame: pl.DataFrame, interval: tuple[float, float], given: float | None, *, height: int = 260
) -> alt.LayerChart:
    """The picture of `profile`: log-likelihood less the best, by half-life on a log axis; shaded is the 90 % interval.

    Parameters
    ----------
    frame : DataFrame, from `profile`
    interval : tuple of days
    given : float or None, the half-life that the case gives
    height : int, pixels
    """
    first, last = float(frame["days"].min()), float(frame["days"].max())  # type: ignore[arg-type]
    ticks = [day for day in (7, 30, 90, 180, 365, 730) if first <= day <= last]
    reach = alt.Scale(type="log", domain=[first, last], nice=False)
    axis = alt.Axis(
        values=ticks,
        title="half-life (log scale)",
        grid=False,
        labelExpr="datum.value >= 365 ? format(datum.value / 365, '.0f') + ' y' : datum.value + ' d'",
    )
    x = alt.X("days", type="quantitative", scale=reach, axis=axis)
    scale = alt.Scale(domain=[_FLOOR, 0.15], nice=False)
    y_axis = alt.Axis(values=[0, -1, -2, -3], grid=True, title=None, labelExpr="replace(datum.label, '-', '−')")
    y = alt.Y("drop", type="quantitative", title=None, scale=scale, axis=y_axis)
    tables = Tables()
    base = tables.chart("tried", frame).encode(x=x, y=y)
    span = tables.chart("span", pl.DataFrame({"low": [interval[0]], "high": [interval[1]]}))
    once = tables.chart("limit", ONCE)
    layers = [
        span.mark_rect(color=theme.ACCENT, opacity=0.13, aria=False).encode(
            x=alt.X("low", type="quantitative", scale=reach, axis=axis), x2=alt.X2("high"), y=y_at(0), y2=y2_at(height)
        ),
        once.mark_rule(color=theme.MUTED, strokeDash=[4, 3], aria=False).encode(
            y=alt.Y(datum=-round(DROP90, 7), type="quantitative", scale=scale)
        ),
        base.mark_line(color=theme.ACCENT, strokeWidth=1.8, aria=False, clip=True),
        base.mark_point(filled=True, color=theme.ACCENT, size=45, opacity=1, clip=True).encode(
            tooltip=tooltip(("days", "Half-life, days"), ("drop", "Log-likelihood less the best"), formats=_PROFILE)
        ),
    ]
    if given is not None and first <= given <= last:
        layers.append(
            tables.chart("given", pl.DataFrame({"days": [given]}))
            .mark_rule(color=theme.INK, strokeWidth=1.2, aria=False)
            .encode(x=x)
        )
    best = frame.sort("drop", descending=True)["days"].item(0)
    description = (
        f"Profile likelihood of the half-life from {first:.0f} to {last:.0f} days: best at {best:.0f}, "
        f"90 % interval {interval[0]:.0f} to {interval[1]:.0f}."
    )
    return framed(layers, tables, height=height, description=description)


_PROFILE = {"days": ".0f", "drop": ".2f"}
_ACT_DAY = alt.Tooltip("date", type="temporal", title="Date", timeUnit="utcyearmonthdate", format="%-d %b %Y")
_CURVE_TIP = [
    _ACT_DAY,
    *tooltip(
        ("times", "Push"),
        ("lower", "90 % from"),
        ("upper", "90 % to"),
        formats={"times": ".2f", "lower": ".2f", "upper": ".2f"},
    ),
]


def whole(found: Fade, *, as_of: bool) -> dict[str, Any]:
    """Both pictures as one specification, for a file."""
    moved = f"rate of {spoken(found.classes[0])}{' and more' if len(found.classes) > 1 else ''}"
    title = f"{moved}, {found.source} → {found.target}, over the rate with {found.against}"
    parts = [(title, draw(data(found), heading(found), origin=found.origin, as_of=as_of), 760)]
    if found.half_life_interval is not None:
        given = None if found.is_fitted else found.half_life_days
        panel = draw_profile(profile(found), found.half_life_interval, given, height=170)
        parts.append(("Its half-life: log-likelihood less that of the best", panel, 380))
    return together(parts, f"{heading(found)}: how it fades")
