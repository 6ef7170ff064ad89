"""What every picture does the same way: its data, its time axis, its frame.

Building an altair chart checks every part against the schema, which costs more than the drawing; `drawn` switches
that off, since the tests check the whole of every chart.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, ParamSpec, TypeVar

import altair as alt
import numpy as np
import polars as pl
from altair.utils import schemapi, update_nested
from altair.vegalite.v6.schema import channels

from lynchpin.report.plots import theme

P = ParamSpec("P")
R = TypeVar("R")


class _Unchecked:
    """While anybody draws, no part is checked. Altair's own switch is one for all threads: the first who is done would
    turn the checks on for whoever draws still."""

    def __init__(self) -> None:
        self._lock, self._drawing, self._before = threading.Lock(), 0, True

    def __enter__(self) -> None:
        with self._lock:
            if self._drawing == 0:
                self._before = schemapi.DEBUG_MODE
                schemapi.disable_debug_mode()
            self._drawing += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._drawing -= 1
            if self._drawing == 0 and self._before:
                schemapi.enable_debug_mode()


_unchecked = _Unchecked()


def drawn(draw: Callable[P, R]) -> Callable[P, R]:
    """A draw function that builds its chart without checking each part on the way."""

    @functools.wraps(draw)
    def quick(*args: P.args, **kwargs: P.kwargs) -> R:
        with _unchecked:
            return draw(*args, **kwargs)

    return quick


def rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """A frame as the rows of a picture: dates as YYYY-MM-DD, floats to four significant digits, NaN as null."""
    shorter = [
        pl.col(name).round_sig_figs(4).fill_nan(None) if dtype.is_float() else pl.col(name).dt.to_string("%Y-%m-%d")
        for name, dtype in frame.schema.items()
        if dtype.is_float() or dtype == pl.Date
    ]
    return (frame.with_columns(shorter) if shorter else frame).to_dicts()


class Whole:
    """Plain values handed through altair untouched: its copies on the way would cost more than the drawing."""

    _schema: ClassVar[dict[str, Any]] = {"type": "object"}

    def __init__(self, value: Any) -> None:
        self.value = value

    def to_dict(self) -> Any:
        return self.value


class Tables(dict[str, Whole]):
    """The data of one picture, by name."""

    def chart(self, name: str, frame: pl.DataFrame) -> alt.Chart:
        """A layer on `frame`; its days are read as the start of that day in UTC, whatever the reader's time zone.

        ("date" reads a date without a time as UTC, and leaves what is already read alone: layers share their rows, and
        a format of its own would read them twice.)
        """
        self[name] = Whole(rows(frame))
        parse = {column: "date" for column, dtype in frame.schema.items() if dtype == pl.Date}
        form = alt.JsonDataFormat(type="json", parse=parse or None)
        return alt.Chart(alt.NamedData(name=name, format=form))


def utc(day: date) -> str:
    """The expression for the start of a day in UTC.

    Examples
    --------
    >>> utc(date(2012, 7, 9))
    'utc(2012,6,9)'
    """
    return f"utc({day.year},{day.month - 1},{day.day})"


def day_format(start: date, end: date) -> str:
    """How the days of a time axis are written: as years, as months, or as days, the shorter the axis.

    Examples
    --------
    >>> day_format(date(1998, 1, 1), date(2012, 7, 9)), day_format(date(2012, 1, 1), date(2012, 2, 1))
    ('%Y', '%-d %b')
    """
    days = (end - start).days
    return "%Y" if days > 1100 else "%b %Y" if days > 120 else "%-d %b"


def time(field: str, start: date, end: date, *, ticks: int = 8, low: str = "") -> alt.X:
    """A time axis in UTC from `start` (or the expression `low`) to `end`, without a title."""
    scale = alt.Scale(
        type="utc",
        nice=False,
        domainMin=alt.ExprRef(expr=low or utc(start)),
        domainMax=alt.ExprRef(expr=utc(end)),
    )
    axis = alt.Axis(
        format=day_format(start, end), tickCount=ticks, labelOverlap="greedy", labelSeparation=8, labelBound=True
    )
    return alt.X(field=field, type="temporal", title=None, scale=scale, axis=axis)


def tooltip(*fields: tuple[str, str], formats: Mapping[str, str] | None = None) -> list[alt.Tooltip]:
    """Tooltip lines: (field, title) pairs; numbers take a d3 format where one is named."""
    named = formats or {}
    return [
        alt.Tooltip(field=field, type="quantitative", title=title, format=named[field])
        if field in named
        else alt.Tooltip(field=field, type="nominal", title=title)
        for field, title in fields
    ]


def x_at(pixels: int | alt.ExprRef) -> alt.XValue:
    """A place on the picture, in pixels from its left edge."""
    return alt.XValue(pixels)  # type: ignore[no-untyped-call]


def y_at(pixels: int) -> alt.YValue:
    """A place on the picture, in pixels from its top."""
    return alt.YValue(pixels)  # type: ignore[no-untyped-call]


def y2_at(pixels: int) -> alt.Y2Value:
    """The other end of a mark, in pixels from the top."""
    return alt.Y2Value(pixels)  # type: ignore[no-untyped-call]


class Picture(alt.LayerChart):
    """A layered chart whose layers are taken as they are.

    Altair's own would copy every layer, twice, to sort out shared data and selections; ours share neither. And it looks
    up the data of every layer for the types of its fields, which ours name: without `validate`, `told` writes the same.
    """

    def __init__(self, **parts: Any) -> None:
        super(alt.LayerChart, self).__init__(**parts)

    def to_dict(self, validate: bool = True, **more: Any) -> dict[str, Any]:
        """The specification, as altair's own has it: see `TopLevelMixin.to_dict`."""
        look = alt.theme.get()
        if validate or more or look is None:
            return super().to_dict(validate=validate, **more)
        return dict(update_nested(look(), told(self) | {"$schema": alt.SCHEMA_URL}, copy=True))


#: Methods of altair that say no more than the parts of a thing, once its fields name their types.
_PLAIN = (
    alt.SchemaBase.to_dict,
    alt.LayerChart.to_dict,
    alt.Chart.to_dict,
    channels.FieldChannelMixin.to_dict,
    channels.ValueChannelMixin.to_dict,
    channels.DatumChannelMixin.to_dict,
    Picture.to_dict,
)


def told(value: Any) -> Any:
    """A part of a picture as plain values; what is more than its parts is left to altair."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, alt.SchemaBase):
        given: dict[str, Any] = value._kwds
        if (
            value._args
            or type(value).to_dict not in _PLAIN
            or given.get("shorthand", alt.Undefined) is not alt.Undefined
        ):
            return value.to_dict(validate=False)
        parts = {k: told(v) for k, v in given.items() if v is not alt.Undefined and k != "shorthand"}
        return parts | {"mark": {"type": mark}} if isinstance(mark := parts.get("mark"), str) else parts
    if isinstance(value, dict):
        return {k: told(v) for k, v in value.items() if v is not alt.Undefined}
    if isinstance(value, list | tuple):
        return [told(v) for v in value]
    return value.to_dict() if hasattr(value, "to_dict") else schemapi._todict(value, None, np, None)


def framed(
    layers: Sequence[alt.Chart],
    tables: Tables,
    *,
    height: int,
    description: str,
    apart: Sequence[str] = (),
    params: Sequence[alt.Parameter] = (),
) -> alt.LayerChart:
    """The layers as one picture: as wide as its container, `height` pixels high, with its text alternative.

    `apart` names the channels whose scales the layers do not share; `params` are what the reader can set.
    """
    return Picture(
        layer=list(layers),
        datasets=dict(tables),
        width="container",
        height=height,
        description=description,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        config=Whole(theme.config()),
        resolve=alt.Resolve(scale=dict.fromkeys(apart, "independent")) if apart else alt.Undefined,
        params=[param.param for param in params] if params else alt.Undefined,
    )


def together(charts: Sequence[tuple[str, alt.LayerChart, int]], title: str = "") -> dict[str, Any]:
    """Pictures one below the other as one specification, for a file: their data must not share names.

    charts : (title, picture, width in pixels); title : of the whole
    """
    parts, data, shared = [], dict[str, Any](), theme.config()
    for name, chart, width in charts:
        spec: dict[str, Any] = chart.properties(width=width).to_dict(validate=False)
        data |= spec.pop("datasets")
        for key in ("$schema", "config", "autosize"):
            spec.pop(key, None)
        parts.append(spec | {"title": {"text": name, "anchor": "start", "frame": "group", "fontSize": 13}})
    whole = {"$schema": alt.SCHEMA_URL, "vconcat": parts, "datasets": data, "config": shared, "background": "white"}
    return whole | ({"title": {"text": title, "anchor": "start", "fontSize": 15}} if title else {})


#: One row of nothing: what a mark at a fixed place stands on.
ONCE = pl.DataFrame({"one": [1]})
