"""Months behind as bars, months ahead as a fan: counts of one dyad and class."""

from __future__ import annotations

from datetime import date

import altair as alt
import polars as pl

from lynchpin.report.plots import theme
from lynchpin.report.plots._chart import Tables, drawn, framed, time, tooltip, y2_at, y_at
from lynchpin.results import Forecast, Watch

#: The bands of the fan, widest first: (per cent, lower quantile, upper quantile, share of the colour).
BANDS = ((90, "q05", "q95", 0.18), (80, "q10", "q90", 0.36), (50, "q25", "q75", 0.62))


def of(frame: pl.DataFrame, watch: Watch) -> pl.DataFrame:
    """The rows of one dyad and class."""
    return frame.filter(
        (pl.col("source") == watch.source)
        & (pl.col("target") == watch.target)
        & (pl.col("event_class") == watch.event_class)
    )


def behind(forecast: Forecast, watch: Watch, *, months: int = 24) -> pl.DataFrame:
    """Counts of the last months before the origin: columns month (-1 the last), period_start, period_end, count."""
    rows = of(forecast.history, watch).filter(pl.col("month").is_between(-months, -1))
    return rows.sort("month").select("month", "period_start", "period_end", "count")


def ahead(forecast: Forecast, watch: Watch) -> pl.DataFrame:
    """Our forecast by month.

    Columns month, period_start, period_end, mean, q05 ... q95, p_any, p_1 and p_2 where they are known, band_50 ...
    (words).
    """
    rows = of(forecast.table, watch).filter(pl.col("model") == forecast.model).sort("month")
    bands = [
        pl.format("{} to {}", pl.col(low).round(0).cast(pl.Int64), pl.col(high).round(0).cast(pl.Int64)).alias(
            f"band_{share}"
        )
        for share, low, high, _ in BANDS
    ]
    quantiles = sorted({name for _, low, high, _ in BANDS for name in (low, high)} | {"q50"})
    few = [name for name in ("p_1", "p_2") if name in rows.columns]
    return rows.select("month", "period_start", "period_end", "mean", *quantiles, "p_any", *few, *bands)


def came(forecast: Forecast, watch: Watch) -> pl.DataFrame:
    """What happened in the forecast's months: columns month, period_start, period_end, count; empty when unknown."""
    if forecast.observed is None:
        return behind(forecast, watch).clear()
    return of(forecast.observed, watch).sort("month").select("month", "period_start", "period_end", "count")


def last_year(history: pl.DataFrame) -> float | None:
    """The mean count of the last twelve months of `behind` (fewer when the record is shorter); None without months."""
    mean = history.filter(pl.col("month") >= -12)["count"].mean()
    return float(mean) if isinstance(mean, (int, float)) else None


def highest(history: pl.DataFrame, future: pl.DataFrame, observed: pl.DataFrame) -> float:
    """The top of the axis: what is drawn, and room for a word above it."""
    columns = (history["count"], future["q95"], future["mean"], observed["count"])
    tops = [float(value) for column in columns for value in column.drop_nulls()]
    return max(1.0, *tops, 0.0) * 1.16


@drawn
def draw(
    history: pl.DataFrame,
    future: pl.DataFrame,
    observed: pl.DataFrame,
    name: str,
    colour: str,
    *,
    height: int = 230,
) -> alt.LayerChart:
    """The picture of `behind`, `ahead` and `came`.

    Parameters
    ----------
    history, future, observed : DataFrames; `observed` may be empty, and is where nothing is revealed
    name : str, of the dyad and class, for the text alternative
    colour : str, of the class
    height : int, pixels
    """
    months = pl.concat([frame.select("period_start", "period_end") for frame in (history, future)])
    start, end = _day(months["period_start"].min()), _day(months["period_end"].max())
    origin = _day(future["period_start"].min())
    top = highest(history, future, observed)
    tables = Tables()
    past, next_ = tables.chart("past", _middled(history)), tables.chart("next", _middled(future))
    x = time("period_start", start, end, ticks=6)
    middle, x2 = time("middle", start, end, ticks=6), alt.X2("period_end")
    layers = [
        past.mark_rect(color=theme.tint(colour, 0.85), x2Offset=-1.5, aria=False)
        .transform_filter("datum.count > 0")
        .encode(x=x, x2=x2, y=_count(top, "count"), y2=alt.Y2(datum=0)),
        *(
            next_.mark_rect(
                color=theme.tint(colour, share), stroke=theme.tint(colour, share), strokeWidth=1.5, aria=False
            ).encode(x=x, x2=x2, y=_count(top, low), y2=alt.Y2(high))
            for _, low, high, share in BANDS
        ),
        next_.mark_rule(color=theme.INK, strokeWidth=2, aria=False).encode(x=x, x2=x2, y=_count(top, "q50")),
        next_.mark_point(
            filled=True, color="white", stroke=theme.INK, strokeWidth=1.3, size=34, opacity=1, aria=False
        ).encode(x=middle, y=_count(top, "mean")),
        *_own_mean(tables, history, future, top),
        *_origin(tables, origin),
    ]
    if observed.height:
        came_marks = tables.chart("came", _middled(observed)).mark_point(
            shape="diamond", filled=True, color=theme.INK, stroke="white", size=130, opacity=1, aria=False
        )
        layers.append(came_marks.encode(x=middle, y=_count(top, "count")))
        next_ = tables.chart("next", _middled(future.join(observed.select("month", "count"), on="month", how="left")))
    layers += [
        month.mark_rect(opacity=0, aria=False).encode(x=x, x2=x2, y=y_at(0), y2=y2_at(height), tooltip=tips)
        for month, tips in ((past, _PAST), (next_, [*_NEXT, *(_PAST[1:] if observed.height else [])]))
    ]
    means = ", ".join(f"{value:.1f}" for value in future["mean"])
    description = (
        f"{name}: {history.height} months of counts before {origin}, then {future.height} months of forecast with "
        f"50, 80 and 90 % bands; expected per month: {means}"
        + (f"; observed: {', '.join(str(count) for count in observed['count'])}" if observed.height else "")
        + "."
    )
    return framed(layers, tables, height=height, description=description)


def _count(top: float, field: str) -> alt.Y:
    """The axis of counts, which are whole numbers from zero on."""
    axis = alt.Axis(tickMinStep=1, format="d", grid=True, tickCount=5)
    return alt.Y(field, type="quantitative", title=None, axis=axis, scale=alt.Scale(domain=[0, top], nice=False))


def _middled(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame of months with the middle of each."""
    half = (pl.col("period_end") - pl.col("period_start")).dt.total_days() // 2
    return frame.with_columns(middle=pl.col("period_start") + pl.duration(days=half))


def _own_mean(tables: Tables, history: pl.DataFrame, future: pl.DataFrame, top: float) -> list[alt.Chart]:
    """The mean of the last twelve months, drawn through them and on over the forecast."""
    mean = last_year(history)
    if mean is None:
        return []
    year = history.filter(pl.col("month") >= -12)
    ends = {"from": [year["period_start"].min()], "to": [future["period_end"].max()], "mean": [mean]}
    return [
        tables.chart("year", pl.DataFrame(ends))
        .mark_rule(color=theme.MUTED, strokeDash=[4, 3], strokeWidth=1.4, aria=False)
        .encode(x=alt.X("from", type="temporal"), x2=alt.X2("to"), y=_count(top, "mean"))
    ]


def _origin(tables: Tables, origin: date) -> list[alt.Chart]:
    """The line between what is known and what is forecast."""
    base = tables.chart("origin", pl.DataFrame({"day": [origin]})).encode(x=alt.X("day", type="temporal"))
    return [
        base.mark_rule(color=theme.INK, strokeWidth=1, aria=False),
        base.mark_text(text="forecast", align="left", baseline="top", dx=5, fontWeight=600).encode(y=y_at(0)),
    ]


def _day(value: object) -> date:
    """A frame's bound as a day."""
    assert isinstance(value, date)
    return value


_MONTH = alt.Tooltip(
    "period_start", type="temporal", title="Month from", timeUnit="utcyearmonthdate", format="%-d %b %Y"
)
_PAST = [_MONTH, alt.Tooltip("count", type="quantitative", title="Events", format="d")]
_NEXT = [
    _MONTH,
    *tooltip(
        ("mean", "Expected"),
        ("q50", "Median"),
        *((f"band_{share}", f"{share} % interval") for share, *_ in reversed(BANDS)),
        ("p_any", "Chance of any"),
        formats={"mean": ".1f", "q50": ".0f", "p_any": ".0%"},
    ),
]
